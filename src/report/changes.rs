//! What happened to stories, as CSV.

use std::io::{self, Write};

use super::cell::Cell;
use super::csv::Sheet;
use crate::model::Change;

/// Writes `story_id,change,from,articles_added,reason`, with the time first where it is known.
///
/// # Errors
/// Only those of `out`.
pub fn write_changes<'a>(
    out: &mut dyn Write,
    changes: impl IntoIterator<Item = (Option<&'a str>, &'a Change)>,
    timed: bool,
    excel: bool,
) -> io::Result<()> {
    let columns = ["at", "story_id", "change", "from", "articles_added", "reason"];
    let columns: Vec<String> =
        columns.iter().skip(usize::from(!timed)).map(|&name| name.to_owned()).collect();
    let mut sheet = Sheet::new(out, excel, &columns)?;
    for (at, Change { story_id, change, from, articles_added, reason }) in changes {
        let row = [
            at.map_or(Cell::Nothing, Cell::Text),
            Cell::Text(story_id),
            Cell::Text(change),
            Cell::text(from),
            Cell::Count(*articles_added as usize),
            Cell::Text(reason),
        ];
        sheet.row(&row[usize::from(!timed)..])?;
    }
    sheet.finish()
}
