//! Parquet: a file's rows, batch by batch, of the columns that are wanted.

use std::cell::Cell;
use std::fs::File;
use std::io::Read as _;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Once};

use arrow_array::{RecordBatch, RecordBatchReader as _};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder,
};
use parquet::errors::ParquetError;
use parquet::file::reader::ChunkReader;

use super::chunk::{Body, Piece};
use super::draft::Columns;
use super::input::{Input, unreadable};
use super::{Options, columnar};

/// Rows of a batch: so many articles are about a chunk.
const ROWS: usize = 128;

/// The batches of a Parquet file.
pub(super) struct Batches {
    file: Arc<str>,
    rows: ParquetRecordBatchReader,
    /// The number of the row that was read last.
    row: u64,
    ended: bool,
}

impl Batches {
    /// Reads what the file says of itself; the error is the reason to refuse it.
    pub(super) fn new(mut input: Input, options: &Options) -> Result<Self, String> {
        let rows = if let Some(path) = &input.path {
            let file = File::open(path).map_err(|error| unreadable(&error))?;
            rows(file, options)?
        } else {
            // Its end says where everything is.
            let mut bytes = Vec::new();
            input.bytes.read_to_end(&mut bytes).map_err(|error| input.damage(&error))?;
            rows(bytes::Bytes::from(bytes), options)?
        };
        Ok(Self { file: input.file, rows, row: 0, ended: false })
    }
}

fn rows(
    file: impl ChunkReader + 'static,
    options: &Options,
) -> Result<ParquetRecordBatchReader, String> {
    let mut columns = Columns::new(options);
    chosen(file, |names| {
        columns.with_content(names)?;
        let is_wanted = |i: &usize| {
            let number = columns.number(&names[*i]);
            columns.get(number).is_wanted()
        };
        Ok((0..names.len()).filter(is_wanted).collect())
    })
}

/// The rows of the columns that `choose` picks among all names.
fn chosen(
    file: impl ChunkReader + 'static,
    choose: impl FnOnce(&[String]) -> Result<Vec<usize>, String>,
) -> Result<ParquetRecordBatchReader, String> {
    // Without the schema of whoever wrote it, strings are strings and no dictionaries.
    let plain = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let metadata = unbroken(|| ArrowReaderMetadata::load(&file, plain)).map_err(damaged)?;
    let names: Vec<String> = metadata.schema().fields().iter().map(|f| f.name().clone()).collect();
    let wanted = choose(&names)?;
    let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata);
    let mask = ProjectionMask::roots(builder.parquet_schema(), wanted);
    unbroken(|| builder.with_projection(mask).with_batch_size(ROWS).build()).map_err(damaged)
}

/// The next batch.
fn next(rows: &mut ParquetRecordBatchReader) -> Option<Result<RecordBatch, ParquetError>> {
    unbroken(|| rows.next().transpose().map_err(ParquetError::from)).transpose()
}

thread_local! {
    /// Whether a panic of this thread is expected and nothing to tell of.
    static EXPECTED: Cell<bool> = const { Cell::new(false) };
}

/// Runs what reads a file. The library panics at some damages; here they are errors like the others.
fn unbroken<T>(read: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, ParquetError> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !EXPECTED.get() {
                usual(info);
            }
        }));
    });
    EXPECTED.set(true);
    let done = panic::catch_unwind(AssertUnwindSafe(read));
    EXPECTED.set(false);
    done.unwrap_or_else(|_| Err(ParquetError::General("its pages are damaged".to_owned())))
}

fn damaged(error: impl std::fmt::Display) -> String {
    format!("not a whole Parquet file ({error})")
}

/// Some columns of a Parquet file as text: their names, then the rows.
///
/// # Errors
/// The bytes are no whole Parquet file.
pub fn parquet_table(
    bytes: Vec<u8>,
    wanted: impl Fn(&str) -> bool,
) -> Result<(Vec<String>, Vec<Vec<String>>), String> {
    let choose = |names: &[String]| Ok((0..names.len()).filter(|&i| wanted(&names[i])).collect());
    let mut rows = chosen(bytes::Bytes::from(bytes), choose)?;
    let names = rows.schema().fields().iter().map(|field| field.name().clone()).collect();
    let mut table = Vec::new();
    while let Some(batch) = next(&mut rows) {
        table.extend(columnar::texts(&batch.map_err(damaged)?));
    }
    Ok((names, table))
}

impl Iterator for Batches {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        if self.ended {
            return None;
        }
        match next(&mut self.rows)? {
            Ok(batch) => {
                let first = self.row + 1;
                self.row += batch.num_rows() as u64;
                let body = Body::Columns { batch: Box::new(batch), first };
                Some(Piece::new(self.file.clone(), body))
            }
            Err(error) => {
                self.ended = true;
                let reason = format!(
                    "the Parquet data is damaged after this record; the rest is not read ({error})"
                );
                Some(Piece::refused(self.file.clone(), self.row, reason))
            }
        }
    }
}
