//! Pairs of articles that editors linked or parted, as labels for `samestory evaluate`.

use std::io::{self, Write};

use super::cell::Cell;
use super::csv::{Sheet, guarded};
use crate::model::{Decision, Verdict};

/// Writes `id1,id2,label` of the decisions on two articles: 1 where they tell one story, 0 where they are in none together.
/// Browsers save it as it is, so no id is a formula to a spreadsheet; [`unguarded`](super::unguarded) gives such an id back.
///
/// # Errors
/// Only those of `out`.
pub fn write_labels<'a>(
    out: &mut dyn Write,
    decisions: impl IntoIterator<Item = &'a Decision>,
) -> io::Result<()> {
    let mut sheet = Sheet::new(out, false, &["id1", "id2", "label"].map(str::to_owned))?;
    for Decision { verdict, article, other, .. } in decisions {
        let label = match verdict {
            Verdict::MustLink => 1,
            Verdict::CannotLink => 0,
            Verdict::Representative | Verdict::Lock | Verdict::Undo => continue,
        };
        let ids = [article, other].map(|id| guarded(id));
        sheet.row(&[Cell::Text(&ids[0]), Cell::Text(&ids[1]), Cell::Count(label)])?;
    }
    sheet.finish()
}
