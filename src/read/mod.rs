//! Reading: files, folders and standard input to articles and refusals, as a stream.
//!
//! [`open`] looks at every input before anything is processed. The [`Reader`] it gives does the sequential part: it
//! decompresses, finds where records begin and end, and hands out [`Chunk`]s of about 256 KiB. [`Chunk::parse`] does the
//! rest and is meant to run in parallel. A record that cannot be read is a refusal beside the articles.

mod again;
mod chunk;
#[cfg(feature = "parquet")]
mod columnar;
mod csv;
mod dates;
mod draft;
mod elements;
mod encoding;
mod feed;
mod fields;
mod files;
mod given;
mod html;
mod identity;
mod input;
mod json;
mod lines;
#[cfg(feature = "parquet")]
mod parquet;
#[cfg(feature = "parquet")]
mod part;
mod reader;
mod received;
#[cfg(feature = "parquet")]
mod rows;
mod sniff;
mod sources;
mod text;
mod warc;
mod web;

use std::str::FromStr;

use jiff::tz::TimeZone;

pub use chunk::{Chunk, Parsed};
pub use fields::Field;
pub(crate) use files::paths;
#[cfg(feature = "parquet")]
pub use files::{Listed, listed};
pub(crate) use given::given;
#[cfg(feature = "parquet")]
pub use parquet::parquet_table;
pub use reader::{Reader, open};
pub use received::received;
#[cfg(feature = "parquet")]
pub use rows::rows;
pub use sources::{Outlet, outlets};

use crate::model::UnknownName;

/// A kind of input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// JSON Lines: one object a line.
    Jsonl,
    /// An array of objects, an object that holds one, a single object, or several one after another.
    Json,
    /// A header row and named columns, parted by commas, semicolons or tabs.
    Csv,
    /// A header row and named columns, parted by tabs.
    Tsv,
    /// Plain text, one article a file.
    Text,
    /// A page with one article.
    Html,
    /// RSS or Atom, an item an article.
    Feed,
    /// A web archive, a page an article.
    Warc,
    /// A Parquet file of named columns, one article a row.
    #[cfg(feature = "parquet")]
    Parquet,
}

/// The kinds by name; each name is also an extension, as are those after it.
const FORMATS: &[(Format, &[&str])] = &[
    (Format::Jsonl, &["jsonl", "ndjson"]),
    (Format::Json, &["json"]),
    (Format::Csv, &["csv"]),
    (Format::Tsv, &["tsv", "tab"]),
    (Format::Text, &["text", "txt"]),
    (Format::Html, &["html", "htm", "xhtml"]),
    (Format::Feed, &["feed", "rss", "atom", "rdf", "xml"]),
    (Format::Warc, &["warc", "wet"]),
    #[cfg(feature = "parquet")]
    (Format::Parquet, &["parquet"]),
];

impl FromStr for Format {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        let known = FORMATS.iter().find(|(_, names)| names.contains(&name));
        known.map(|(format, _)| *format).ok_or_else(|| UnknownName {
            given: name.to_owned(),
            allowed: FORMATS.iter().map(|(_, names)| names[0]).collect::<Vec<_>>().join(", "),
        })
    }
}

/// What the user says about the input.
#[derive(Debug, Clone)]
pub struct Options {
    /// The kind of every input; `None` to find out, by content first and extension second.
    pub format: Option<Format>,
    /// Columns named for a field. They go before every other name, which still serves where they are empty.
    pub fields: Vec<(Field, String)>,
    /// Columns whose values, joined by colons, are the id; an article that lacks one of them is without an id. None to take
    /// the id as given.
    pub id: Vec<String>,
    /// The zone of dates that name none.
    pub timezone: TimeZone,
    /// What is known of outlets, ascending by source.
    pub outlets: Vec<Outlet>,
    /// Columns to carry through.
    pub keep: Vec<String>,
    /// The most bytes a record may have; a longer one is a refusal.
    pub max_record: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            format: None,
            fields: Vec::new(),
            id: Vec::new(),
            timezone: TimeZone::UTC,
            outlets: Vec::new(),
            keep: Vec::new(),
            max_record: 64 << 20,
        }
    }
}

/// Why nothing is read at all.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There are no inputs.
    #[error("no input: name files or folders, or - for standard input")]
    NoInput,
    /// A named input is not there.
    #[error("{input}: no such file or folder")]
    Missing {
        /// The input as named.
        input: String,
    },
    /// A named input cannot be read.
    #[error("{input}: cannot be read")]
    Unreadable {
        /// The input as named.
        input: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// A folder holds no file of a known kind.
    #[error("{input}: nothing in this folder can be read")]
    NothingInFolder {
        /// The folder as named.
        input: String,
    },
    /// None of the named inputs is of a known kind.
    #[error("{input}: {reason}; --input-format names the kind of an input")]
    UnknownKind {
        /// The first of them, as named.
        input: String,
        /// What it looks like.
        reason: String,
    },
}

/// What the user should be told about the reading, once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes {
    /// Dates that were given and could not be read.
    pub unreadable_dates: u64,
    /// Texts and titles that were given in a shape that is not known, such as a list of objects of any keys; what stands
    /// there is not read.
    pub unread_texts: u64,
    /// Columns that were understood as a field of another name, sorted.
    pub aliases: Vec<(String, Field)>,
    /// Columns that the user named for a field, for the id or to be kept, and that some record has, sorted.
    pub met: Vec<String>,
}

impl Notes {
    /// Adds the notes of another part of the input.
    pub fn merge(&mut self, other: Self) {
        self.unreadable_dates += other.unreadable_dates;
        self.unread_texts += other.unread_texts;
        self.aliases.extend(other.aliases);
        self.aliases.sort();
        self.aliases.dedup();
        self.met.extend(other.met);
        self.met.sort();
        self.met.dedup();
    }
}
