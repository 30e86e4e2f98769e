//! What an index asks of its database.

use std::sync::Arc;

use foldhash::HashSet;
use jiff::Timestamp;
use rusqlite::Row;

use super::tables::{
    ARTICLE, Member, Next, STORY, Stored, Story, of_any_block, row_of, stored, story, time,
};
use super::{Error, Store};

/// That a column is one of those in a list, which is given as JSON.
pub(super) const AMONG: &str = "IN (SELECT value FROM json_each(?1))";

impl Store {
    /// All articles, by row.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn articles(&self) -> Result<Vec<Stored>, Error> {
        self.entries(&format!("SELECT {ARTICLE} FROM articles ORDER BY row"), [])
    }

    /// The articles of some rows, from the first up to but not including the last.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn articles_between(&self, first: u32, last: u32) -> Result<Vec<Stored>, Error> {
        let sql = format!("SELECT {ARTICLE} FROM articles WHERE row >= ? AND row < ? ORDER BY row");
        self.entries(&sql, [first, last])
    }

    /// Where all articles belong, by row.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn members(&self) -> Result<Vec<Member>, Error> {
        let mut all = Vec::new();
        self.each_member(|member| all.push(member))?;
        Ok(all)
    }

    /// Calls `each` with where an article belongs, for all of them, by row.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn each_member(&self, mut each: impl FnMut(Member)) -> Result<(), Error> {
        let member = |r: &Row<'_>| {
            each(Member { row: r.get(0)?, story: r.get(1)?, group: r.get(2)?, first: r.get(3)? });
            Ok(())
        };
        let sql = "SELECT row, story, duplicate_group, same_text FROM members ORDER BY row";
        self.all(sql, member).map(drop)
    }

    /// All stories, oldest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn stories(&self) -> Result<Vec<Story>, Error> {
        self.all(&format!("SELECT {STORY} FROM stories ORDER BY story"), story)
    }

    /// The packed title and text of an article, where they are stored.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn text(&self, row: u32) -> Result<Option<Vec<u8>>, Error> {
        self.one("SELECT packed FROM texts WHERE row = ?", row, |r| r.get(0))
    }

    /// The time of the newest article of those that are not later than `now`, to the second; none without any.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn newest(&self, now: Timestamp) -> Result<Option<Timestamp>, Error> {
        // Times are compared as they are spelled: one with a fraction comes before the second that it is in.
        let now = now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        // A story that ends later may have articles that are not later.
        let sql = "SELECT MAX(time) FROM (\
                   SELECT MAX(last) AS time FROM stories WHERE last <= ?1 UNION ALL \
                   SELECT MAX(IFNULL(published, seen)) FROM articles WHERE IFNULL(published, seen) <= ?1 AND row IN \
                   (SELECT row FROM members WHERE story IN (SELECT story FROM stories WHERE last > ?1)))";
        Ok(self.one(sql, now, |r| time(r, 0))?.flatten())
    }

    /// The rows of all stories whose newest article is older than a second, which is spelled without the Z at its end.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn rows_of_stories_before(&self, second: &str) -> Result<Vec<u32>, Error> {
        let sql = "SELECT row FROM members WHERE story IN \
                   (SELECT story FROM stories WHERE last < ?) ORDER BY row";
        self.some(sql, [second], |r| r.get(0))
    }

    /// How many texts are stored of articles that are older than a second, which is spelled without the Z at its end.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn texts_before(&self, second: &str) -> Result<u64, Error> {
        let sql = "SELECT COUNT(*) FROM texts JOIN articles USING (row) \
                   WHERE IFNULL(published, seen) < ?";
        let texts = self.one(sql, second, |r| r.get::<_, u32>(0))?;
        Ok(texts.unwrap_or_default().into())
    }

    /// The article of an id.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn article(&self, id: &str) -> Result<Option<Stored>, Error> {
        let block = of_any_block("articles", "row");
        let sql = format!("SELECT {ARTICLE} FROM articles WHERE {block} AND id = ?");
        self.one(&sql, id, stored)
    }

    /// The story of an article.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn story_of(&self, row: u32) -> Result<Option<Story>, Error> {
        let sql = format!(
            "SELECT {STORY} FROM stories WHERE story = (SELECT story FROM members WHERE row = ?)"
        );
        self.one(&sql, row, story)
    }

    /// The articles of some rows, by row; rows without one are passed over.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn articles_at(&self, rows: &[u32]) -> Result<Vec<Stored>, Error> {
        let sql = format!("SELECT {ARTICLE} FROM articles WHERE row {AMONG} ORDER BY row");
        self.entries(&sql, [serde_json::Value::from(rows).to_string()])
    }

    /// The stories of some numbers, oldest first; numbers without one are passed over.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn stories_at(&self, numbers: &[u32]) -> Result<Vec<Story>, Error> {
        let sql = format!("SELECT {STORY} FROM stories WHERE story {AMONG} ORDER BY story");
        self.some(&sql, [serde_json::Value::from(numbers).to_string()], story)
    }

    /// Those of some names that are in use for a story, or were and lead elsewhere.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn in_use(&self, names: &[String]) -> Result<HashSet<String>, Error> {
        let block = of_any_block("stories", "story");
        let sql = format!(
            "SELECT story_id FROM stories WHERE {block} AND story_id {AMONG} \
             UNION SELECT story_id FROM redirects WHERE story_id {AMONG}"
        );
        let names = serde_json::Value::from(names).to_string();
        Ok(self.some(&sql, [names], |r| r.get(0))?.into_iter().collect())
    }

    /// The story of a name, or the one that the name leads to.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn story(&self, id: &str) -> Result<Option<Story>, Error> {
        let block = of_any_block("stories", "story");
        let sql = format!(
            "SELECT {STORY} FROM stories WHERE story = \
             IFNULL((SELECT story FROM stories WHERE {block} AND story_id = ?1), \
             (SELECT story FROM redirects WHERE story_id = ?1))"
        );
        self.one(&sql, id, story)
    }

    fn entries(&self, sql: &str, keys: impl rusqlite::Params) -> Result<Vec<Stored>, Error> {
        let mut names = Arc::default();
        self.some(sql, keys, |r| {
            let mut found = stored(r)?;
            found.entry.kept.share(&mut names);
            Ok(found)
        })
    }

    pub(super) fn one<T>(
        &self,
        sql: &str,
        key: impl rusqlite::ToSql,
        one: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, Error> {
        row_of(&self.db, sql, [key], one).map_err(self.sql())
    }

    /// The row, segment and story numbers that are free next.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn next(&self) -> Result<Next, Error> {
        let sql = "SELECT MAX((SELECT IFNULL(MAX(row), -1) FROM articles), (SELECT IFNULL(MAX(first_row + rows), 0) - 1 FROM segments WHERE kind = 'articles')), \
                   (SELECT IFNULL(MAX(number), 0) FROM segments), (SELECT IFNULL(MAX(story), 0) FROM stories)";
        let next = |r: &Row<'_>| {
            Ok(Next {
                row: (r.get::<_, i64>(0)? + 1) as u32,
                segment: r.get::<_, u32>(1)? + 1,
                story: r.get::<_, u32>(2)? + 1,
            })
        };
        self.db.query_row(sql, [], next).map_err(self.sql())
    }
}
