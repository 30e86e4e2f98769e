//! Rows as comma-separated values.

use std::io::{self, Write};

use super::cell::Cell;

/// The characters that make a spreadsheet take a text for a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A CSV file being written.
pub(super) struct Sheet<'a> {
    writer: csv::Writer<&'a mut dyn Write>,
    excel: bool,
    field: String,
}

impl<'a> Sheet<'a> {
    /// Begins with the names of the columns.
    pub(super) fn new(out: &'a mut dyn Write, excel: bool, columns: &[String]) -> io::Result<Self> {
        let mut builder = csv::WriterBuilder::new();
        builder.buffer_capacity(1 << 16);
        if excel {
            out.write_all("\u{feff}".as_bytes())?;
            builder.terminator(csv::Terminator::CRLF);
        }
        let mut sheet = Self { writer: builder.from_writer(out), excel, field: String::new() };
        let header: Vec<Cell<'_>> = columns.iter().map(|name| Cell::Text(name)).collect();
        sheet.row(&header)?;
        Ok(sheet)
    }

    /// Writes one row.
    pub(super) fn row(&mut self, row: &[Cell<'_>]) -> io::Result<()> {
        for cell in row {
            match cell {
                Cell::Text(text) if !(self.excel && text.starts_with(FORMULA)) => {
                    self.writer.write_field(text)?;
                }
                Cell::Nothing => self.writer.write_field("")?,
                _ => {
                    self.field.clear();
                    if let Cell::Text(_) = cell {
                        self.field.push('\'');
                    }
                    cell.spell(&mut self.field);
                    self.writer.write_field(&self.field)?;
                }
            }
        }
        Ok(self.writer.write_record(None::<&[u8]>)?)
    }

    /// Hands on what is still in memory.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.writer.flush()
    }
}
