//! The records that could not be used, as CSV.

use std::io::{self, Write};

use super::cell::Cell;
use super::csv::Sheet;
use crate::model::Refusal;

/// Writes `file,record,reason`; the record is empty where the input as a whole is refused.
///
/// # Errors
/// Only those of `out`.
pub fn write_refusals(out: &mut dyn Write, refusals: &[Refusal], excel: bool) -> io::Result<()> {
    let columns = ["file", "record", "reason"].map(str::to_owned);
    let mut sheet = Sheet::new(out, excel, &columns)?;
    for Refusal { file, record, reason } in refusals {
        let record = if *record == 0 { Cell::Nothing } else { Cell::Count(*record as usize) };
        sheet.row(&[Cell::Text(file), record, Cell::Text(reason)])?;
    }
    sheet.finish()
}
