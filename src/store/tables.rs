//! The tables of the database, and what is read from them.

use std::str::FromStr;

use jiff::Timestamp;
use rusqlite::types::{Type, ValueRef};
use rusqlite::{Connection, OptionalExtension as _, Params, Row, Transaction};

use super::{Error, Store};
use crate::model::Entry;

/// Made once. The columns that people query are explained in `docs/nightly.md`.
///
/// Ids and names are in no order, so that an index of them would be written again all over each night: they are indexed by
/// blocks of rows, and looked for in every block ([`of_any_block`]). Decisions are few a night: theirs are indexed as
/// they are.
const SCHEMA: &str = "
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS articles (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL, title TEXT NOT NULL, source TEXT NOT NULL, lang TEXT NOT NULL,
    url TEXT NOT NULL, file TEXT NOT NULL, kept TEXT, published TEXT, seen TEXT, fingerprint INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS articles_by_id ON articles (row >> 15, id);
CREATE TABLE IF NOT EXISTS members (
    row INTEGER PRIMARY KEY, story INTEGER NOT NULL, duplicate_group INTEGER NOT NULL, same_text INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS members_by_story ON members (story);
CREATE TABLE IF NOT EXISTS stories (
    story INTEGER PRIMARY KEY, story_id TEXT NOT NULL, representative INTEGER NOT NULL, size INTEGER NOT NULL,
    duplicate_groups INTEGER NOT NULL, first TEXT, last TEXT);
CREATE INDEX IF NOT EXISTS stories_by_id ON stories (story >> 15, story_id);
CREATE INDEX IF NOT EXISTS stories_by_last ON stories (last);
CREATE TABLE IF NOT EXISTS redirects (story_id TEXT PRIMARY KEY, story INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS log (
    number INTEGER PRIMARY KEY, run INTEGER NOT NULL, story_id TEXT NOT NULL, change TEXT NOT NULL, came_from TEXT NOT NULL,
    articles_added INTEGER NOT NULL, reason TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS log_by_story ON log (number >> 15, story_id);
CREATE INDEX IF NOT EXISTS log_of_moves ON log (came_from) WHERE came_from <> '';
CREATE TABLE IF NOT EXISTS runs (
    run INTEGER PRIMARY KEY, at TEXT NOT NULL, command TEXT NOT NULL, version TEXT NOT NULL, read INTEGER NOT NULL,
    added INTEGER NOT NULL, replaced INTEGER NOT NULL, removed INTEGER NOT NULL, repeated INTEGER NOT NULL, refused INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS segments (
    number INTEGER PRIMARY KEY, kind TEXT NOT NULL, first_row INTEGER NOT NULL, rows INTEGER NOT NULL, bytes INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS texts (row INTEGER PRIMARY KEY, packed BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS decisions (
    number INTEGER PRIMARY KEY, at TEXT NOT NULL, decision TEXT NOT NULL, article_id TEXT NOT NULL, other_id TEXT NOT NULL,
    made_by TEXT NOT NULL, reason TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS decisions_by_article ON decisions (article_id);
CREATE INDEX IF NOT EXISTS decisions_by_other ON decisions (other_id);
COMMIT;
";

/// How often a reader looks again when a writer was faster.
pub(super) const RETRIES: usize = 20;

/// An article as the database has it.
#[derive(Debug, Clone, Default)]
pub struct Stored {
    /// Its number: articles are counted as they come.
    pub row: u32,
    /// What is kept of it for the output.
    pub entry: Entry,
}

/// Where an article belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Member {
    /// The article.
    pub row: u32,
    /// Its story.
    pub story: u32,
    /// Its near-duplicate group, named by the row of its earliest member.
    pub group: u32,
    /// The article that stands for all that are the same word for word.
    pub first: u32,
}

/// A story as the database has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Story {
    /// Its number: stories are counted as they are found, so that the lower is the older.
    pub story: u32,
    /// Its name.
    pub id: String,
    /// The row of the article that stands for it.
    pub representative: u32,
    /// How many articles it has.
    pub size: u32,
    /// How many near-duplicate groups.
    pub groups: u32,
    /// When its first article was published, or else seen.
    pub first: Option<String>,
    /// When its last one was.
    pub last: Option<String>,
}

/// A segment that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The number in its file name.
    pub number: u32,
    /// What it holds.
    pub kind: String,
    /// The first row of the batch it belongs to.
    pub first_row: u32,
    /// How many rows.
    pub rows: u32,
    /// Length of the file.
    pub bytes: i64,
}

/// That a row of a table, numbered by a column, is of any block.
pub(super) fn of_any_block(table: &str, number: &str) -> String {
    format!(
        "{table}.{number} >> 15 IN (WITH RECURSIVE block(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM block \
         WHERE n < (SELECT MAX({number}) >> 15 FROM {table})) SELECT n FROM block)"
    )
}

pub(super) fn create(db: &Connection) -> rusqlite::Result<()> {
    db.execute_batch(SCHEMA)
}

impl Store {
    /// Until what this gives is dropped, all that is read is of one moment: that of the first look at the database.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn moment(&self) -> Result<Transaction<'_>, Error> {
        self.db.unchecked_transaction().map_err(self.sql())
    }

    /// What `load` reads of one moment, which lasts until the first of the two is dropped. A writer may delete segments
    /// before they are opened; there are others by then, and it begins again.
    ///
    /// # Errors
    /// Those of `load`, and the database cannot be read.
    pub fn at_one_moment<T>(
        &self,
        load: impl Fn(&Self) -> Result<T, Error>,
    ) -> Result<(Transaction<'_>, T), Error> {
        let mut tries = 0..RETRIES;
        loop {
            let moment = self.moment()?;
            match load(self) {
                Err(error) if error.is_missing() && tries.next().is_some() => {}
                loaded => return Ok((moment, loaded?)),
            }
        }
    }

    /// The segments that count, oldest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn segments(&self) -> Result<Vec<Named>, Error> {
        let named = |r: &Row<'_>| {
            Ok(Named {
                number: r.get(0)?,
                kind: r.get(1)?,
                first_row: r.get(2)?,
                rows: r.get(3)?,
                bytes: r.get(4)?,
            })
        };
        self.all("SELECT number, kind, first_row, rows, bytes FROM segments ORDER BY number", named)
    }

    /// Those of one kind.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn segments_of(&self, kind: &str) -> Result<Vec<Named>, Error> {
        let mut segments = self.segments()?;
        segments.retain(|named| named.kind == kind);
        Ok(segments)
    }

    pub(super) fn all<T>(
        &self,
        sql: &str,
        one: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, Error> {
        self.some(sql, [], one)
    }

    pub(super) fn some<T>(
        &self,
        sql: &str,
        keys: impl Params,
        one: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, Error> {
        rows_of(&self.db, sql, keys, one).map_err(self.sql())
    }
}

/// The first row of what is asked of a database, if there is any.
pub(super) fn row_of<T>(
    db: &Connection,
    sql: &str,
    keys: impl Params,
    one: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Option<T>> {
    db.prepare_cached(sql)?.query_row(keys, one).optional()
}

/// All rows of what is asked of a database.
pub(super) fn rows_of<T>(
    db: &Connection,
    sql: &str,
    keys: impl Params,
    one: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    db.prepare_cached(sql)?.query_map(keys, one)?.collect()
}

/// Numbers that are free.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Next {
    /// The next article.
    pub row: u32,
    /// The next segment.
    pub segment: u32,
    /// The next story.
    pub story: u32,
}

pub(super) const ARTICLE: &str =
    "row, id, title, source, lang, url, file, kept, published, seen, fingerprint";
pub(super) const STORY: &str =
    "story, story_id, representative, size, duplicate_groups, first, last";

/// What a column of text spells.
pub(super) fn parsed<T: FromStr>(r: &Row<'_>, i: usize) -> rusqlite::Result<T>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    r.get_ref(i)?.as_str()?.parse().map_err(|error| unreadable(i, error))
}

fn unreadable(i: usize, error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(i, Type::Text, Box::new(error))
}

/// The time in a column, if there is one.
pub(super) fn time(r: &Row<'_>, i: usize) -> rusqlite::Result<Option<Timestamp>> {
    match r.get_ref(i)? {
        ValueRef::Null => Ok(None),
        _ => parsed(r, i).map(Some),
    }
}

pub(super) fn stored(r: &Row<'_>) -> rusqlite::Result<Stored> {
    let text = |i: usize| r.get_ref(i).and_then(|value| Ok(value.as_str()?.into()));
    let kept = r.get_ref(7)?.as_str_or_null()?.map(serde_json::from_str).transpose();
    let entry = Entry {
        id: text(1)?,
        title: text(2)?,
        source: text(3)?.into(),
        lang: text(4)?.into(),
        url: text(5)?,
        file: r.get_ref(6)?.as_str()?.into(),
        kept: kept.map_err(|error| unreadable(7, error))?.unwrap_or_default(),
        published: time(r, 8)?.into(),
        seen: time(r, 9)?.into(),
        fingerprint: r.get::<_, i64>(10)? as u64,
    };
    Ok(Stored { row: r.get(0)?, entry })
}

/// At most so many rows, as the database counts them.
pub(super) fn limit(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}

pub(super) fn story(r: &Row<'_>) -> rusqlite::Result<Story> {
    Ok(Story {
        story: r.get(0)?,
        id: r.get(1)?,
        representative: r.get(2)?,
        size: r.get(3)?,
        groups: r.get(4)?,
        first: r.get(5)?,
        last: r.get(6)?,
    })
}
