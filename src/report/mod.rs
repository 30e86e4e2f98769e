//! A grouping as something people and programs read.

mod articles;
mod cell;
mod changes;
mod choice;
#[cfg(feature = "parquet")]
mod columnar;
mod csv;
mod flows;
pub mod html;
mod jsonl;
mod labels;
pub mod output;
mod overview;
mod pairs;
#[cfg(feature = "parquet")]
mod parquet;
#[cfg(feature = "parquet")]
mod placed;
mod printable;
mod reason;
mod refusals;
mod shown;
mod stories;
mod story;
pub mod terminal;
mod unique;

use std::io::{self, Write};
use std::ops::Range;

use rayon::prelude::*;

pub use changes::write_changes;
pub use choice::{Choice, Since};
pub use csv::unguarded;
pub use labels::write_labels;
pub use overview::{Material, Overview, Thresholds};
#[cfg(feature = "parquet")]
pub use placed::ArticleRows;
pub use printable::{printable, printable_json};
pub use refusals::write_refusals;
pub use shown::{address, counted, lag, shown, thousands};
pub use story::{Story, loosest};
pub use unique::write_unique;

use crate::model::{Grouping, Owners};
use cell::Cell;

/// What one row stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Layout {
    /// An article, in the order of the grouping.
    #[default]
    Articles,
    /// A story, largest first.
    Stories,
    /// A verified match, by the ids of its articles.
    Pairs,
}

/// How rows are spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Comma-separated values with a header row, as RFC 4180 has them.
    #[default]
    Csv,
    /// A JSON object a line.
    Jsonl,
    /// Parquet, compressed with zstd.
    #[cfg(feature = "parquet")]
    Parquet,
}

/// Which table is written, and how.
#[derive(Debug, Clone, Copy, Default)]
pub struct Table<'a> {
    /// What one row stands for.
    pub layout: Layout,
    /// How rows are spelled.
    pub format: Format,
    /// Spell CSV the way spreadsheets want it: byte order mark, CRLF, and an apostrophe before any text that they
    /// would take for a formula. Without it every text is exact.
    pub excel: bool,
    /// The names of the user's columns, as in [`Entry::kept`](crate::model::Entry::kept).
    pub keep: &'a [String],
    /// Who owns which outlet.
    pub owners: &'a Owners,
    /// Which articles have a row, in the order of [`Grouping::articles`]; `None` for all. Only the layout `articles`
    /// leaves rows out.
    pub only: Option<&'a [bool]>,
}

/// Writes a grouping as a table, row by row; the bytes are a function of the arguments.
///
/// ```
/// use samestory::model::Article;
/// use samestory::params::Params;
/// use samestory::pipeline::cluster_articles;
/// use samestory::report::{Format, Table, write};
///
/// let article = Article { id: "a".into(), title: "Pier reopens".into(), ..Article::default() };
/// let run = cluster_articles(vec![article], &Params::default())?;
/// let mut out = Vec::new();
/// write(&mut out, &run.grouping, &Table { format: Format::Jsonl, ..Table::default() })?;
/// assert!(String::from_utf8_lossy(&out).contains(r#""article_id":"a""#));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// Only those of `out`.
pub fn write(out: &mut dyn Write, grouping: &Grouping, table: &Table<'_>) -> io::Result<()> {
    let columns = columns(table);
    match table.format {
        Format::Csv => {
            csv::Sheet::new(out, table.excel, &columns)?.finish()?;
            spell(out, grouping, table, |out: &mut String, row| {
                csv::spell_line(out, row, table.excel);
                Ok(())
            })
        }
        Format::Jsonl => {
            let lines = jsonl::Lines::new(&columns);
            spell(out, grouping, table, |out: &mut Vec<u8>, row| lines.spell(out, row))
        }
        #[cfg(feature = "parquet")]
        Format::Parquet => {
            let columns = columnar::Columns::new(&columns, fixed_columns(table.layout).len());
            let mut file = parquet::File::new(out, columns)?;
            rows(grouping, table, &mut |row| file.row(row))?;
            file.finish()
        }
    }
}

/// Bytes of rows that are handed on at once.
const AT_ONCE: usize = 1 << 15;
/// Parts for each thread that are spelled before the first is handed on.
const AHEAD: usize = 4;

/// Writes rows as lines, which `one` appends. Those of articles are most of a run's output: all threads spell them, part by part.
fn spell<T: AsRef<[u8]> + Default + Send>(
    out: &mut dyn Write,
    grouping: &Grouping,
    table: &Table<'_>,
    one: impl Fn(&mut T, &[Cell<'_>]) -> io::Result<()> + Sync,
) -> io::Result<()> {
    if table.layout != Layout::Articles {
        let mut lines = T::default();
        rows(grouping, table, &mut |row| {
            one(&mut lines, row)?;
            if lines.as_ref().len() >= AT_ONCE {
                out.write_all(std::mem::take(&mut lines).as_ref())?;
            }
            Ok(())
        })?;
        return out.write_all(lines.as_ref());
    }
    let all = articles::Rows::new(grouping, table.only, table.keep);
    let part = |stories: &Range<usize>| -> io::Result<T> {
        let mut lines = T::default();
        all.of(stories.clone(), &mut |row| one(&mut lines, row))?;
        Ok(lines)
    };
    for some in articles::parts(grouping).chunks(AHEAD * rayon::current_num_threads()) {
        for lines in some.par_iter().map(part).collect::<Vec<_>>() {
            out.write_all(lines?.as_ref())?;
        }
    }
    Ok(())
}

fn columns(table: &Table<'_>) -> Vec<String> {
    let fixed = fixed_columns(table.layout);
    let keep = if table.layout == Layout::Articles { table.keep } else { &[] };
    fixed.iter().map(|&name| name.to_owned()).chain(keep.iter().cloned()).collect()
}

/// The columns that every table of a layout has. The user's own follow those of `articles`; the other layouts have none.
pub(crate) fn fixed_columns(layout: Layout) -> &'static [&'static str] {
    match layout {
        Layout::Articles => articles::COLUMNS,
        Layout::Stories => stories::COLUMNS,
        Layout::Pairs => pairs::COLUMNS,
    }
}

/// Hands the rows of a layout to `emit` one by one, so that no table is ever held in memory.
fn rows(grouping: &Grouping, table: &Table<'_>, emit: &mut Emit<'_>) -> io::Result<()> {
    match table.layout {
        Layout::Articles => articles::Rows::new(grouping, table.only, table.keep).all(emit),
        Layout::Stories => stories::rows(grouping, table.owners, emit),
        Layout::Pairs => pairs::rows(grouping, emit),
    }
}

/// Takes one row, its cells in the order of the columns.
type Emit<'a> = dyn FnMut(&[Cell<'_>]) -> io::Result<()> + 'a;
