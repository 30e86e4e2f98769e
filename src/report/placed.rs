//! The layout `articles` as Arrow columns, story by story, each row with its line of CSV beside it.

use std::io;

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, SchemaRef};

use super::articles::{self, COLUMNS};
use super::cell::Cell;
use super::columnar::Columns;
use super::csv::spell_row;
use crate::model::Grouping;

/// The column that holds a row as a line of CSV.
const LINE: &str = "samestory_row";

/// Rows being gathered.
pub struct ArticleRows {
    names: Vec<String>,
    columns: Columns,
}

impl ArticleRows {
    /// No rows yet; `keep` names the user's columns.
    pub fn new(keep: &[String]) -> Self {
        let names = COLUMNS.iter().map(|&name| name.to_owned()).chain(keep.iter().cloned());
        let mut names: Vec<String> = names.collect();
        names.push(LINE.to_owned());
        let columns = Columns::new(&names, COLUMNS.len());
        Self { names, columns }
    }

    /// Names and types.
    pub fn schema(&self) -> SchemaRef {
        self.columns.schema()
    }

    /// The same as SQL has them.
    pub fn sql(&self) -> String {
        self.columns.sql()
    }

    /// The header of the CSV.
    pub fn header(&self) -> String {
        let names = &self.names[..self.names.len() - 1];
        let mut line = String::new();
        spell_row(&mut line, &names.iter().map(|name| Cell::Text(name)).collect::<Vec<_>>(), false);
        line
    }

    /// How many rows wait.
    pub fn rows(&self) -> usize {
        self.columns.rows()
    }

    /// Adds the rows of a grouping.
    ///
    /// # Errors
    /// None that is known.
    pub fn add(&mut self, grouping: &Grouping) -> io::Result<()> {
        let keep = &self.names[COLUMNS.len()..self.names.len() - 1];
        articles::Rows::new(grouping, None, keep).all(&mut |row| {
            let mut line = String::new();
            spell_row(&mut line, row, false);
            let with_line = [row, &[Cell::Text(&line)]].concat();
            self.columns.row(&with_line);
            Ok(())
        })
    }

    /// The rows since the last batch.
    ///
    /// # Errors
    /// None that is known.
    pub fn batch(&mut self) -> Result<RecordBatch, ArrowError> {
        self.columns.batch()
    }
}
