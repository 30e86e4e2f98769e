//! What is asked of the database a page at a time.

use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{OptionalExtension as _, Row, params_from_iter};

use super::commit::RunCounts;
use super::tables::{self, ARTICLE, STORY, Story, of_any_block};
use super::{Error, Store};
use crate::model::{Change, Entry};

/// Which stories are wanted, the one with the newest article first.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Their newest article is of this time or later.
    pub since: Option<String>,
    /// Their oldest article is of this time or earlier.
    pub until: Option<String>,
    /// One of their articles is of this outlet.
    pub source: Option<String>,
    /// One of their articles is in this language.
    pub lang: Option<String>,
    /// Titles of their articles have all these words.
    pub words: Vec<String>,
    /// They have so many articles at least.
    pub min_size: u32,
    /// They come after this one, which may be another by now or gone: time of its newest article and number.
    pub after: Option<(String, u32)>,
    /// Not more than so many.
    pub most: usize,
}

/// A story in brief: what its place among others is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Brief {
    /// Its number.
    pub story: u32,
    /// How many articles it has.
    pub size: u32,
    /// When its last article was published, or else seen.
    pub last: Option<Timestamp>,
}

/// A story in a list.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// The story.
    pub story: Story,
    /// The title of the article that stands for it.
    pub title: String,
    /// Its outlets, in the order of their names.
    pub sources: Vec<String>,
    /// Its languages.
    pub langs: Vec<String>,
    /// When its first and its last article were published, of those that say so; none where none does.
    pub published: Option<[Timestamp; 2]>,
}

/// An article and where it belongs.
#[derive(Debug, Clone, Default)]
pub struct Located {
    /// Its number.
    pub row: u32,
    /// What is kept of it.
    pub entry: Entry,
    /// The number of its story.
    pub story: u32,
    /// The id of the earliest article of its near-duplicate group.
    pub group: String,
}

/// A run as the database has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunSeen {
    /// Runs are counted from 1.
    pub run: i64,
    /// When it began.
    pub at: String,
    /// What was asked for.
    pub command: String,
    /// What came of it.
    pub counts: RunCounts,
}

impl Store {
    /// The stories that pass a filter, in its order.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn listed(&self, filter: &Filter) -> Result<Vec<Summary>, Error> {
        let (demands, mut values) = demands(filter);
        let sql = format!(
            "SELECT {STORY} FROM stories AS s WHERE {demands} ORDER BY s.last DESC, s.story LIMIT ?"
        );
        values.push(tables::limit(filter.most).into());
        let stories = self.some(&sql, params_from_iter(values), tables::story)?;
        stories.into_iter().map(|story| self.summarized(story)).collect()
    }

    /// All stories that pass a filter, whatever its `most` says, in no order.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn briefs(&self, filter: &Filter) -> Result<Vec<Brief>, Error> {
        let (demands, values) = demands(filter);
        let sql = format!("SELECT s.story, s.size, s.last FROM stories AS s WHERE {demands}");
        self.some(&sql, params_from_iter(values), |r| {
            Ok(Brief { story: r.get(0)?, size: r.get(1)?, last: tables::time(r, 2)? })
        })
    }

    /// A story by its number, as a list has it; none where it is gone.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn summary(&self, story: u32) -> Result<Option<Summary>, Error> {
        let sql = format!("SELECT {STORY} FROM stories WHERE story = ?");
        let story = self.one(&sql, story, tables::story)?;
        story.map(|story| self.summarized(story)).transpose()
    }

    /// The outlets of a story, in the order of their names; those that are not named are none.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn sources(&self, story: u32) -> Result<Vec<String>, Error> {
        self.distinct(story, "source")
    }

    fn distinct(&self, story: u32, column: &str) -> Result<Vec<String>, Error> {
        let sql = format!(
            "SELECT DISTINCT {column} FROM articles WHERE {column} <> '' AND row IN \
             (SELECT row FROM members WHERE story = ?) ORDER BY 1"
        );
        self.some(&sql, [story], |r| r.get(0))
    }

    fn summarized(&self, story: Story) -> Result<Summary, Error> {
        let title =
            self.one("SELECT title FROM articles WHERE row = ?", story.representative, |r| {
                r.get(0)
            })?;
        let sources = self.sources(story.story)?;
        let langs = self.distinct(story.story, "lang")?;
        let sql = "SELECT published FROM articles WHERE published IS NOT NULL AND row IN \
                   (SELECT row FROM members WHERE story = ?)";
        let times = self.some(sql, [story.story], |r| tables::parsed(r, 0))?;
        let (title, published) = (title.unwrap_or_default(), first_and_last(times.into_iter()));
        Ok(Summary { story, title, sources, langs, published })
    }

    /// The article of an id, and where it belongs.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn placed(&self, id: &str) -> Result<Option<Located>, Error> {
        let block = of_any_block("articles", "row");
        let sql = format!("SELECT {ARTICLE}, {PLACED} WHERE {block} AND id = ?");
        self.one(&sql, id, placed)
    }

    /// The articles of a story and where they belong, the earliest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn placed_in(&self, story: u32) -> Result<Vec<Located>, Error> {
        let sql = format!(
            "SELECT {ARTICLE}, {PLACED} WHERE story = ? ORDER BY RTRIM(IFNULL(published, IFNULL(seen, '')), 'Z'), id"
        );
        self.some(&sql, [story], placed)
    }

    /// What happened to a story, and when, oldest first; the stories that it came from too.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn history(&self, name: &str) -> Result<Vec<(i64, String, Change)>, Error> {
        let block = of_any_block("log", "number");
        let sql = format!(
            "SELECT {LOGGED} WHERE number IN (SELECT number FROM log WHERE {block} AND story_id = ?1 \
             UNION {LEFT}) \
             ORDER BY number"
        );
        self.some(&sql, [name], logged)
    }

    /// The last line of the log that says that a story was merged or split, or that articles moved into it or out of it.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn last_move(&self, name: &str) -> Result<Option<i64>, Error> {
        let block = of_any_block("log", "number");
        let sql = format!(
            "SELECT MAX(number) FROM (SELECT number FROM log WHERE {block} AND story_id = ?1 \
             AND came_from <> '' UNION ALL {LEFT})"
        );
        Ok(self.one(&sql, name, |r| r.get(0))?.flatten())
    }

    /// What happened to stories after a line of the log, and when, oldest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn log_after(&self, number: i64, most: usize) -> Result<Vec<(i64, String, Change)>, Error> {
        let sql = format!("SELECT {LOGGED} WHERE number > ? ORDER BY number LIMIT ?");
        self.some(&sql, [number, tables::limit(most)], logged)
    }

    /// The number of the last line of the log; 0 when it is empty.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn log_end(&self) -> Result<i64, Error> {
        let read = || {
            self.db.query_row("SELECT IFNULL(MAX(number), 0) FROM log", [], |r| r.get(0)).optional()
        };
        Ok(read().map_err(self.sql())?.unwrap_or(0))
    }

    /// Runs before one, newest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn runs(&self, before: i64, most: usize) -> Result<Vec<RunSeen>, Error> {
        let sql = "SELECT run, at, command, read, added, replaced, removed, repeated, refused \
                   FROM runs WHERE run < ? ORDER BY run DESC LIMIT ?";
        self.some(sql, [before, tables::limit(most)], |r| {
            let counts = RunCounts {
                read: r.get(3)?,
                added: r.get(4)?,
                replaced: r.get(5)?,
                removed: r.get(6)?,
                repeated: r.get(7)?,
                refused: r.get(8)?,
            };
            Ok(RunSeen { run: r.get(0)?, at: r.get(1)?, command: r.get(2)?, counts })
        })
    }
}

/// Lines of the log that say that articles left a story for others.
const LEFT: &str = "SELECT number FROM log WHERE came_from <> '' AND instr(' ' || came_from || ' ', ' ' || ?1 || ' ')";

/// Where an article belongs, to be read after its own columns.
const PLACED: &str = "story, (SELECT id FROM articles WHERE row = duplicate_group) FROM articles JOIN members USING (row)";

fn placed(r: &Row<'_>) -> rusqlite::Result<Located> {
    let stored = tables::stored(r)?;
    let group: Option<String> = r.get(12)?;
    Ok(Located {
        row: stored.row,
        entry: stored.entry,
        story: r.get(11)?,
        group: group.unwrap_or_default(),
    })
}

/// A line of the log.
const LOGGED: &str = "number, at, story_id, change, came_from, articles_added, reason FROM log JOIN runs USING (run)";

fn logged(r: &Row<'_>) -> rusqlite::Result<(i64, String, Change)> {
    let change = Change {
        story_id: r.get(2)?,
        change: r.get(3)?,
        from: r.get(4)?,
        articles_added: r.get(5)?,
        reason: r.get(6)?,
    };
    Ok((r.get(0)?, r.get(1)?, change))
}

/// The first and the last of some times; none of none.
pub fn first_and_last(times: impl Iterator<Item = Timestamp>) -> Option<[Timestamp; 2]> {
    times.map(|time| [time; 2]).reduce(|[first, last], [time, _]| [first.min(time), last.max(time)])
}

/// What a filter demands of a story `s`, and the values that it demands.
fn demands(filter: &Filter) -> (String, Vec<Value>) {
    let mut sql = String::from("1");
    let mut values: Vec<Value> = Vec::new();
    let mut demand = |condition: &str, value: Value| {
        sql.push_str(" AND ");
        sql.push_str(condition);
        values.push(value);
    };
    // Times are compared as they are spelled, and with the Z one with a fraction would come before the second that it is in.
    if let Some(since) = &filter.since {
        // The first of the two is for the index of the column.
        demand("s.last >= SUBSTR(?, 1, 19)", since.clone().into());
        demand("RTRIM(s.last, 'Z') >= RTRIM(?, 'Z')", since.clone().into());
    }
    if let Some(until) = &filter.until {
        demand("RTRIM(s.first, 'Z') <= RTRIM(?, 'Z')", until.clone().into());
    }
    if filter.min_size > 1 {
        demand("s.size >= ?", filter.min_size.into());
    }
    if let Some(source) = &filter.source {
        demand(&some_article("a.source = ?"), source.clone().into());
    }
    if let Some(lang) = &filter.lang {
        demand(&some_article("a.lang = ?"), lang.clone().into());
    }
    for word in &filter.words {
        demand(&some_article("a.title LIKE ? ESCAPE '\\'"), like(word).into());
    }
    if let Some((last, story)) = &filter.after {
        demand("IFNULL(s.last, '') <= ?", last.clone().into());
        sql.push_str(" AND (IFNULL(s.last, ''), -s.story) < (?, ?)");
        values.extend([last.clone().into(), Value::from(-i64::from(*story))]);
    }
    (sql, values)
}

fn some_article(condition: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM members AS m JOIN articles AS a USING (row) \
         WHERE m.story = s.story AND {condition})"
    )
}

/// A pattern for texts that have a word somewhere.
fn like(word: &str) -> String {
    let mut pattern = String::from("%");
    for c in word.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}
