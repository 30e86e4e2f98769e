//! Rows as comma-separated values.

use std::borrow::Cow;
use std::io::{self, Write};

use super::AT_ONCE;
use super::cell::Cell;

/// The characters that make a spreadsheet take a text for a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A CSV file being written.
pub(super) struct Sheet<'a> {
    out: &'a mut dyn Write,
    excel: bool,
    /// Rows that are not handed on yet.
    rows: String,
}

impl<'a> Sheet<'a> {
    /// Begins with the names of the columns.
    pub(super) fn new(out: &'a mut dyn Write, excel: bool, columns: &[String]) -> io::Result<Self> {
        if excel {
            out.write_all("\u{feff}".as_bytes())?;
        }
        let mut sheet = Self { out, excel, rows: String::with_capacity(2 * AT_ONCE) };
        let header: Vec<Cell<'_>> = columns.iter().map(|name| Cell::Text(name)).collect();
        sheet.row(&header)?;
        Ok(sheet)
    }

    /// Writes one row.
    pub(super) fn row(&mut self, row: &[Cell<'_>]) -> io::Result<()> {
        spell_line(&mut self.rows, row, self.excel);
        if self.rows.len() >= AT_ONCE {
            self.out.write_all(self.rows.as_bytes())?;
            self.rows.clear();
        }
        Ok(())
    }

    /// Hands on what is still in memory.
    pub(super) fn finish(self) -> io::Result<()> {
        self.out.write_all(self.rows.as_bytes())
    }
}

/// Appends a row.
pub(super) fn spell_line(rows: &mut String, row: &[Cell<'_>], excel: bool) {
    spell_row(rows, row, excel);
    rows.push_str(if excel { "\r\n" } else { "\n" });
}

/// Appends a row, without the end of its line.
pub(super) fn spell_row(rows: &mut String, row: &[Cell<'_>], excel: bool) {
    for (i, cell) in row.iter().enumerate() {
        rows.push_str(if i == 0 { "" } else { "," });
        match cell {
            Cell::Text(text) if excel => push_text(rows, &guarded(text)),
            Cell::Text(text) => push_text(rows, text),
            // None of these has a character that would need quotation marks.
            _ => cell.spell(rows),
        }
    }
}

/// A text that no spreadsheet takes for a formula: an apostrophe goes before what begins like one.
pub(super) fn guarded(text: &str) -> Cow<'_, str> {
    if text.starts_with(FORMULA) { format!("'{text}").into() } else { text.into() }
}

/// The text that such an apostrophe stands before; `None` where it has none.
pub fn unguarded(text: &str) -> Option<&str> {
    text.strip_prefix('\'').filter(|text| text.starts_with(FORMULA))
}

/// Appends a text, in quotation marks where it has a character that parts fields or rows.
fn push_text(out: &mut String, text: &str) {
    if !has_special(text.as_bytes()) {
        out.push_str(text);
        return;
    }
    out.push('"');
    let mut parts = text.split('"');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        out.push_str("\"\"");
        out.push_str(part);
    }
    out.push('"');
}

/// Whether some bytes need quotation marks; eight at once, for most fields are short.
fn has_special(bytes: &[u8]) -> bool {
    let special = |b: u8| (b == b',') | (b == b'"') | (b == b'\n') | (b == b'\r');
    let (eights, rest) = bytes.as_chunks::<8>();
    // Not `any`, which stops early and so cannot look at several bytes at once.
    let of_eight = |eight: &[u8; 8]| eight.iter().fold(false, |some, &b| some | special(b));
    let in_rest = match bytes.last_chunk::<8>() {
        Some(last) => of_eight(last),
        None => rest.iter().fold(false, |some, &b| some | special(b)),
    };
    eights.iter().fold(in_rest, |some, eight| some | of_eight(eight))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_what_begins_like_a_formula_has_an_apostrophe() {
        for text in ["=1", "+1", "-1", "@a", "\ta", "\ra"] {
            assert_eq!(guarded(text), format!("'{text}"));
            assert_eq!(unguarded(&guarded(text)), Some(text));
        }
        for text in ["", "a=1", "'=1", "'a"] {
            assert_eq!(guarded(text), text);
        }
        assert_eq!(["a", "=1", "'a", "''=1"].map(unguarded), [None; 4]);
    }

    proptest! {
        #[test]
        fn rows_equal_those_of_the_csv_crate(fields in prop::collection::vec("[a,\"'\n\r\t é=]{0,6}", 2..5)) {
            let mut expected = csv::Writer::from_writer(Vec::new());
            expected.write_record(&fields).unwrap();
            let mut out = Vec::new();
            Sheet::new(&mut out, false, &fields).unwrap().finish().unwrap();
            prop_assert_eq!(out, expected.into_inner().unwrap());
        }
    }
}
