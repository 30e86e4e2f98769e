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
pub mod output;
mod overview;
mod pairs;
#[cfg(feature = "parquet")]
mod parquet;
#[cfg(feature = "parquet")]
mod placed;
mod places;
mod printable;
mod reason;
mod refusals;
mod shown;
mod stories;
mod story;
pub mod terminal;
mod unique;

use std::io::{self, Write};

pub use changes::write_changes;
pub use choice::{Choice, Since};
pub use overview::{Material, Overview, Thresholds};
#[cfg(feature = "parquet")]
pub use placed::ArticleRows;
pub use printable::printable;
pub use refusals::write_refusals;
pub use shown::{counted, lag, shown, thousands};
pub use story::{Story, loosest};
pub use unique::write_unique;

use crate::model::Grouping;
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
    /// The names of the user's columns, in the order of [`Entry::kept`](crate::model::Entry::kept).
    pub keep: &'a [String],
    /// The owner of each source, ascending by source: outlets of one owner report as one.
    pub owners: &'a [(String, String)],
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
            let mut sheet = csv::Sheet::new(out, table.excel, &columns)?;
            rows(grouping, table, &mut |row| sheet.row(row))?;
            sheet.finish()
        }
        Format::Jsonl => {
            let mut lines = jsonl::Lines::new(out, &columns);
            rows(grouping, table, &mut |row| lines.row(row))
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

fn columns(table: &Table<'_>) -> Vec<String> {
    let fixed = fixed_columns(table.layout);
    let keep = if table.layout == Layout::Articles { table.keep } else { &[] };
    fixed.iter().map(|&name| name.to_owned()).chain(keep.iter().cloned()).collect()
}

fn fixed_columns(layout: Layout) -> &'static [&'static str] {
    match layout {
        Layout::Articles => articles::COLUMNS,
        Layout::Stories => stories::COLUMNS,
        Layout::Pairs => pairs::COLUMNS,
    }
}

/// Hands the rows of a layout to `emit` one by one, so that no table is ever held in memory.
fn rows(grouping: &Grouping, table: &Table<'_>, emit: &mut Emit<'_>) -> io::Result<()> {
    match table.layout {
        Layout::Articles => articles::rows(grouping, table.only, emit),
        Layout::Stories => stories::rows(grouping, table.owners, emit),
        Layout::Pairs => pairs::rows(grouping, emit),
    }
}

/// Takes one row, its cells in the order of the columns.
type Emit<'a> = dyn FnMut(&[Cell<'_>]) -> io::Result<()> + 'a;
