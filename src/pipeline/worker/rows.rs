//! Rows of an Arrow stream, in order and group by group.

use std::io::Read;
use std::iter::Peekable;
use std::rc::Rc;

use arrow_ipc::reader::StreamReader;

use super::Error;
use super::wire::{Batch, Column, Kind, Row, Values};

/// Most columns that order rows.
const ORDER: usize = 4;
type Key = [i64; ORDER];
type Keyed<'a> = Box<dyn Iterator<Item = Result<(Key, Row), Error>> + 'a>;

/// The rows of a stream, in the order that the stage asks for.
pub(super) struct Rows<'a> {
    rows: Peekable<Keyed<'a>>,
    key: usize,
}

impl<'a> Rows<'a> {
    /// Opens a stream that must have these columns, and may have others. Rows must come in the order of the first
    /// `order` of them, unless they are to be sorted here; the first `key` are what the rows of a group share.
    pub(super) fn open(
        stream: impl Read + 'a,
        columns: &'static [Column],
        (key, order): (usize, usize),
        sort: bool,
    ) -> Result<Self, Error> {
        let rows = keyed_rows(stream, columns, order)?;
        let rows: Keyed<'a> = if order == 0 {
            Box::new(rows)
        } else if sort {
            let mut all = rows.collect::<Result<Vec<(Key, Row)>, Error>>()?;
            all.sort_by_key(|(key, _)| *key);
            Box::new(all.into_iter().map(Ok))
        } else {
            let mut last = [i64::MIN; ORDER];
            Box::new(rows.map(move |row| {
                let (key, row) = row?;
                if std::mem::replace(&mut last, key) > key {
                    return Err(Error::Order);
                }
                Ok((key, row))
            }))
        };
        Ok(Self { rows: rows.peekable(), key })
    }

    /// The next group, after all rows of the one before were taken.
    pub(super) fn group(&mut self) -> Result<Option<Group<'_, 'a>>, Error> {
        let key = match self.rows.peek() {
            None => return Ok(None),
            Some(Ok((key, _))) => *key,
            Some(Err(_)) => match self.rows.next() {
                Some(Err(error)) => return Err(error),
                _ => return Ok(None),
            },
        };
        Ok(Some(Group { rows: self, key }))
    }

    /// The next row of any group.
    pub(super) fn row(&mut self) -> Result<Option<Row>, Error> {
        Ok(self.rows.next().transpose()?.map(|(_, row)| row))
    }
}

/// The rows of a stream as they come, each with what orders it.
fn keyed_rows<'a>(
    stream: impl Read + 'a,
    columns: &'static [Column],
    order: usize,
) -> Result<impl Iterator<Item = Result<(Key, Row), Error>> + 'a, Error> {
    let reader =
        StreamReader::try_new(stream, None).map_err(|error| Error::NoArrow(error.to_string()))?;
    let schema = reader.schema();
    let place = |(name, kind): &Column| {
        let at = schema
            .index_of(name)
            .map_err(|_| Error::Column(format!("there is no column {name}")))?;
        Ok((at, *name, *kind))
    };
    let places: Vec<_> = columns.iter().map(place).collect::<Result<_, Error>>()?;
    let batches = reader.map(move |batch| {
        let batch = batch.map_err(|error| Error::NoArrow(error.to_string()))?;
        let values = |&(at, name, kind): &(usize, &str, Kind)| {
            let array = batch.column(at);
            Values::new(array, kind).ok_or_else(|| {
                Error::Column(format!(
                    "column {name} is {}, where {} is wanted",
                    array.data_type(),
                    kind.sql()
                ))
            })
        };
        let values = places.iter().map(values).collect::<Result<_, Error>>()?;
        Ok((Rc::new(Batch { names: columns, values }), batch.num_rows()))
    });
    Ok(batches.flat_map(move |batch: Result<(Rc<Batch>, usize), Error>| {
        let (batch, n) = match batch {
            Ok((batch, n)) => (Ok(batch), n),
            Err(error) => (Err(Some(error)), 1),
        };
        let mut batch = batch;
        (0..n).map(move |at| match &mut batch {
            Ok(batch) => keyed(Row { batch: batch.clone(), at }, order),
            Err(error) => Err(error.take().expect("it is met once")),
        })
    }))
}

fn keyed(row: Row, order: usize) -> Result<(Key, Row), Error> {
    let mut key = [i64::MIN; ORDER];
    for (column, part) in key.iter_mut().enumerate().take(order) {
        *part = row.long(column)?;
    }
    Ok((key, row))
}

/// Rows that share a key.
pub(super) struct Group<'g, 'a> {
    rows: &'g mut Rows<'a>,
    key: Key,
}

impl Group<'_, '_> {
    /// The next row of the group.
    pub(super) fn row(&mut self) -> Result<Option<Row>, Error> {
        let n = self.rows.key;
        let key = self.key;
        let same = |row: &Result<(Key, Row), Error>| match row {
            Ok((other, _)) => other[..n] == key[..n],
            Err(_) => true,
        };
        Ok(self.rows.rows.next_if(same).transpose()?.map(|(_, row)| row))
    }

    /// All rows of the group that are left.
    pub(super) fn all(&mut self) -> Result<Vec<Row>, Error> {
        std::iter::from_fn(|| self.row().transpose()).collect()
    }
}
