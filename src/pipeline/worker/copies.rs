//! The near-duplicate level: what is the same word for word, band keys, pairs of a bucket, the exact check.

use super::reports::UNDATED;
use super::rows::Rows;
use super::wire::Kind::{Bytes, Flag, Float, Long, Text};
use super::wire::{Column, Out, Row};
use super::writer::Writer;
use super::{Error, Settings, cards, identity, item, unpack};
use crate::kernel::buckets::of_bucket;
use crate::model::Entry;
use crate::pipeline::corpus::Corpus;
use crate::pipeline::parts::ChunkLists;
use crate::pipeline::prepare::{Chunkful, Prepared};
use crate::stages::candidates::{self, BOUNDS, Table};
use crate::stages::decide::Constraints;
use crate::stages::duplicates::{self, Examined};
use crate::stages::headline::Headline;
use crate::stages::shingle;
use crate::stages::sketch::Sketch;
use crate::stages::verify::{self, Compared};

pub(super) const TEXTS: &[Column] = &[
    ("content", Long),
    ("item", Long),
    ("source", Text),
    ("n_words", Long),
    ("title_words", Bytes),
    ("published", Text),
    ("seen", Text),
];
/// An article, and the earliest that has its text.
pub(super) const FOLDED: &[Column] = &[("item", Long), ("first_item", Long)];
pub(super) const SKETCHES: &[Column] = &[("item", Long), ("sketch", Bytes), ("time", Long)];
/// The articles of a bucket stand in the order of time, unknown first.
pub(super) const KEYS: &[Column] =
    &[("bucket_table", Long), ("bucket", Long), ("time", Long), ("item", Long)];
/// The weights of a pair, the earlier article first, add up; from [`candidates::SHARED`] on it is proposed.
pub(super) const PAIRS: &[Column] = &[("a", Long), ("b", Long), ("weight", Long)];
pub(super) const CANDIDATES: &[Column] = &[("a", Long), ("b", Long)];
pub(super) const SKETCH_PAIRS: &[Column] = &[
    ("a", Long),
    ("b", Long),
    ("a_sketch", Bytes),
    ("b_sketch", Bytes),
    ("a_n_shingles", Long),
    ("b_n_shingles", Long),
];
pub(super) const COPY_PAIRS: &[Column] = &[
    ("a", Long),
    ("b", Long),
    ("a_shingles", Bytes),
    ("b_shingles", Bytes),
    ("a_details", Bytes),
    ("b_details", Bytes),
    ("a_title_words", Bytes),
    ("b_title_words", Bytes),
    ("a_published", Text),
    ("b_published", Text),
    ("a_content", Long),
    ("b_content", Long),
    ("a_time", Long),
    ("b_time", Long),
];
/// `sum` is the strength as linkage adds it up; times are those that order articles.
pub(super) const EXAMINED: &[Column] = &[
    ("a", Long),
    ("b", Long),
    ("resemblance", Float),
    ("containment", Float),
    ("sum", Long),
    ("matches", Flag),
    ("a_time", Long),
    ("b_time", Long),
];

/// Folds articles of one text onto the first; those that stay are not written.
pub(super) fn fold(rows: &mut Rows<'_>, out: &mut Writer<'_>, _: &Settings) -> Result<(), Error> {
    while let Some(mut group) = rows.group()? {
        let first = group.row()?;
        let Some(second) = group.row()? else { continue };
        let mut chunk = Chunkful::default();
        let mut rest = first.into_iter().chain([second]);
        loop {
            let row = match rest.next() {
                Some(row) => row,
                None => match group.row()? {
                    Some(row) => row,
                    None => break,
                },
            };
            text(&row, &mut chunk.lists).map(|article| chunk.articles.push(article))?;
        }
        let mut corpus = Corpus::default();
        corpus.add(chunk)?;
        let exact = corpus.fold_exact(&Constraints::default())?;
        let at = |i: u32| Out::Long(item(corpus.identity(i)));
        for (i, first) in (0..).zip(exact.first()).filter(|&(i, first)| first != i) {
            out.row(&[at(i), at(first)])?;
        }
    }
    Ok(())
}

fn text(row: &Row, lists: &mut ChunkLists) -> Result<Prepared, Error> {
    Ok(Prepared {
        content: row.long(0)? as u64,
        identity: identity(row.long(1)?),
        entry: Entry {
            source: row.text(2).into(),
            published: cards::moment(row, 5)?.into(),
            seen: cards::moment(row, 6)?.into(),
            ..Entry::default()
        },
        n_words: row.long(3)? as u32,
        title_words: lists.add_hashes(unpack::<u32>(row, 4)?.into_iter()),
        ..Prepared::default()
    })
}

/// The time by which articles stand in order.
fn age(row: &Row, column: usize) -> i64 {
    row.maybe_long(column).unwrap_or(UNDATED)
}

/// The keys under which a sketch is looked for.
pub(super) fn keys(rows: &mut Rows<'_>, out: &mut Writer<'_>, _: &Settings) -> Result<(), Error> {
    while let Some(row) = rows.row()? {
        let sketch = cards::sketch(&row, 1)?;
        for (table, key) in candidates::keys(&sketch) {
            let [table, bucket] = [table.number(), key as i64].map(Out::Long);
            out.row(&[table, bucket, Out::Long(age(&row, 2)), row.copy(0)])?;
        }
    }
    Ok(())
}

/// The pairs of each bucket, by the bucket rule.
pub(super) fn pairs(rows: &mut Rows<'_>, out: &mut Writer<'_>, _: &Settings) -> Result<(), Error> {
    while let Some(mut group) = rows.group()? {
        let mut bucket: Vec<i64> = Vec::new();
        let mut weight = 0;
        while let Some(row) = group.row()? {
            weight =
                if row.long(0)? == Table::Lead.number() { 1 } else { candidates::SHARED as i64 };
            bucket.push(row.long(3)?);
        }
        let mut failed = Ok(());
        of_bucket(&bucket, BOUNDS, |a, b| {
            if failed.is_ok() {
                failed = out.row(&[a, b, weight].map(Out::Long));
            }
        });
        failed?;
    }
    Ok(())
}

/// Drops the pairs whose sketches leave no chance of a match.
pub(super) fn sift(
    rows: &mut Rows<'_>,
    out: &mut Writer<'_>,
    settings: &Settings,
) -> Result<(), Error> {
    while let Some(row) = rows.row()? {
        let sketches: [Sketch; 2] = [cards::sketch(&row, 2)?, cards::sketch(&row, 3)?];
        let sizes = [row.long(4)? as usize, row.long(5)? as usize];
        if duplicates::hopeful(sketches.each_ref(), sizes, &settings.params) {
            out.row(&[Out::Long(row.long(0)?), Out::Long(row.long(1)?)])?;
        }
    }
    Ok(())
}

/// A list that must be a set: no two of its elements have the same value, and these ascend.
fn set(row: &Row, column: usize, value: impl Fn(u32) -> u32) -> Result<Vec<u32>, Error> {
    let list = unpack::<u32>(row, column)?;
    let ascends = list.is_sorted_by(|&x, &y| value(x) < value(y));
    if ascends { Ok(list) } else { Err(row.bad(column, "is no set")) }
}

/// Compares two articles shingle by shingle.
pub(super) fn verify(
    rows: &mut Rows<'_>,
    out: &mut Writer<'_>,
    settings: &Settings,
) -> Result<(), Error> {
    while let Some(row) = rows.row()? {
        let shingles = [set(&row, 2, shingle::value)?, set(&row, 3, shingle::value)?];
        let details = [set(&row, 4, |hash| hash)?, set(&row, 5, |hash| hash)?];
        let headlines = [set(&row, 6, |hash| hash)?, set(&row, 7, |hash| hash)?];
        let times = [cards::moment(&row, 8)?, cards::moment(&row, 9)?];
        let contents = [row.long(10)? as u64, row.long(11)? as u64];
        let compared = |i: usize| Compared {
            shingles: &shingles[i],
            details: &details[i],
            headline: Headline::new(&headlines[i]),
            time: times[i].map(|time| time.as_second()),
            content: contents[i],
        };
        let near = verify::near(&compared(0), &compared(1), &settings.params);
        let found = Examined::new((0, 1), near);
        out.row(&[
            Out::Long(row.long(0)?),
            Out::Long(row.long(1)?),
            Out::Float(found.resemblance),
            Out::Float(found.containment),
            Out::Long(found.fixed_strength()),
            Out::Flag(found.matches()),
            Out::Long(age(&row, 12)),
            Out::Long(age(&row, 13)),
        ])?;
    }
    Ok(())
}
