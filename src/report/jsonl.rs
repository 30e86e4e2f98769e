//! Rows as JSON objects, one a line.

use std::io::{self, Write};

use super::cell::Cell;

/// A JSON Lines file being written.
pub(super) struct Lines<'a> {
    out: &'a mut dyn Write,
    /// What stands before each value: the name and its punctuation.
    leads: Vec<String>,
    line: Vec<u8>,
    spelled: String,
}

impl<'a> Lines<'a> {
    /// Prepares the names of the columns.
    pub(super) fn new(out: &'a mut dyn Write, columns: &[String]) -> Self {
        let lead = |(i, name): (usize, &String)| {
            let mark = if i == 0 { '{' } else { ',' };
            format!("{mark}{}:", serde_json::Value::from(name.as_str()))
        };
        let leads = columns.iter().enumerate().map(lead).collect();
        Self { out, leads, line: Vec::new(), spelled: String::new() }
    }

    /// Writes one row.
    pub(super) fn row(&mut self, row: &[Cell<'_>]) -> io::Result<()> {
        self.line.clear();
        for (lead, cell) in self.leads.iter().zip(row) {
            self.line.extend_from_slice(lead.as_bytes());
            match cell {
                Cell::Text(text) => serde_json::to_writer(&mut self.line, text)?,
                Cell::Nothing => self.line.extend_from_slice(b"null"),
                _ => {
                    self.spelled.clear();
                    cell.spell(&mut self.spelled);
                    let quote: &[u8] = if cell.is_bare() { b"" } else { b"\"" };
                    self.line.extend_from_slice(quote);
                    self.line.extend_from_slice(self.spelled.as_bytes());
                    self.line.extend_from_slice(quote);
                }
            }
        }
        self.line.extend_from_slice(b"}\n");
        self.out.write_all(&self.line)
    }
}
