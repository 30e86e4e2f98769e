//! Rows as a Parquet file.

use std::io::{self, Write};

use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::cell::Cell;
use super::columnar::Columns;

/// Rows that are handed on at once.
const ROWS: usize = 1 << 12;
/// Rows of a row group: what a reader decodes at once, and what is in memory until it is full.
const GROUP: usize = 1 << 17;

/// A Parquet file being written. Its bytes depend on its rows alone.
pub(super) struct File<'a> {
    out: &'a mut dyn Write,
    columns: Columns,
    writer: ArrowWriter<Vec<u8>>,
}

impl<'a> File<'a> {
    /// Begins a file with these columns.
    pub(super) fn new(out: &'a mut dyn Write, columns: Columns) -> io::Result<Self> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_row_count(Some(GROUP))
            .set_created_by(concat!("samestory ", env!("CARGO_PKG_VERSION")).to_owned());
        let writer = ArrowWriter::try_new(Vec::new(), columns.schema(), Some(properties.build()))
            .map_err(io::Error::other)?;
        Ok(Self { out, columns, writer })
    }

    /// Writes one row.
    pub(super) fn row(&mut self, row: &[Cell<'_>]) -> io::Result<()> {
        self.columns.row(row);
        if self.columns.rows() == ROWS { self.hand_on() } else { Ok(()) }
    }

    fn hand_on(&mut self) -> io::Result<()> {
        let batch = self.columns.batch().map_err(io::Error::other)?;
        self.writer.write(&batch).map_err(io::Error::other)?;
        self.out.write_all(&std::mem::take(self.writer.inner_mut()))
    }

    /// Writes what is still in memory, and the end, which says where everything is.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.hand_on()?;
        let rest = self.writer.into_inner().map_err(io::Error::other)?;
        self.out.write_all(&rest)
    }
}
