//! Rows as JSON objects, one a line.

use std::io;

use super::cell::Cell;

/// How the rows of a table are spelled.
pub(super) struct Lines {
    /// What stands before each value: the name and its punctuation.
    leads: Vec<String>,
}

impl Lines {
    /// Prepares the names of the columns.
    pub(super) fn new(columns: &[String]) -> Self {
        let lead = |(i, name): (usize, &String)| {
            let mark = if i == 0 { '{' } else { ',' };
            format!("{mark}{}:", serde_json::Value::from(name.as_str()))
        };
        Self { leads: columns.iter().enumerate().map(lead).collect() }
    }

    /// Appends one row.
    pub(super) fn spell(&self, out: &mut Vec<u8>, row: &[Cell<'_>]) -> io::Result<()> {
        let mut spelled = String::new();
        for (lead, cell) in self.leads.iter().zip(row) {
            out.extend_from_slice(lead.as_bytes());
            match cell {
                Cell::Text(text) => serde_json::to_writer(&mut *out, text)?,
                Cell::Nothing => out.extend_from_slice(b"null"),
                _ => {
                    spelled.clear();
                    cell.spell(&mut spelled);
                    let quote: &[u8] = if cell.is_bare() { b"" } else { b"\"" };
                    out.extend_from_slice(quote);
                    out.extend_from_slice(spelled.as_bytes());
                    out.extend_from_slice(quote);
                }
            }
        }
        out.extend_from_slice(b"}\n");
        Ok(())
    }
}
