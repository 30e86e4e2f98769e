//! How much an index holds, and whether it is as it was written.

use std::path::PathBuf;

use rusqlite::Row;

use super::files::check_pages;
use super::{Error, Journal, Segment, Store};

impl Store {
    /// Articles, near-duplicate groups, stories, segments, bytes, runs.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn counts(&self) -> Result<[u64; 6], Error> {
        let sql = "SELECT (SELECT COUNT(*) FROM articles), (SELECT IFNULL(SUM(duplicate_groups), 0) FROM stories), \
                   (SELECT COUNT(*) FROM stories), (SELECT COUNT(*) FROM segments), (SELECT IFNULL(SUM(bytes), 0) FROM segments), \
                   (SELECT COUNT(*) FROM runs)";
        let read = |r: &Row<'_>| {
            let mut counts = [0; 6];
            for (i, count) in counts.iter_mut().enumerate() {
                *count = r.get::<_, i64>(i)? as u64;
            }
            Ok(counts)
        };
        let mut counts = self.db.query_row(sql, [], read).map_err(self.sql())?;
        let length = |path: PathBuf| std::fs::metadata(path).map_or(0, |file| file.len());
        counts[4] += length(self.database()) + length(self.database_log());
        Ok(counts)
    }

    /// Reads every file; compares what stands in several places.
    ///
    /// # Errors
    /// The first damage that is found.
    pub fn check(&self) -> Result<(), Error> {
        let (_moment, segments) = self.at_one_moment(Self::opened)?;
        segments.iter().try_for_each(Segment::check)?;
        check_pages(&self.db, &self.database())?;
        for (sql, fault) in FAULTS {
            if !self.all(sql, |_| Ok(()))?.is_empty() {
                return Err(Error::damaged(&self.database(), *fault));
            }
        }
        if Journal::is_there(self.folder()) {
            Journal::open(self.folder())?.check()?;
        }
        Ok(())
    }
}

/// What must find nothing, and what it means if it does.
const FAULTS: &[(&str, &str)] = &[
    (
        "SELECT 1 FROM articles LEFT JOIN members USING (row) WHERE members.row IS NULL LIMIT 1",
        "an article belongs to no story",
    ),
    (
        "SELECT 1 FROM members LEFT JOIN articles USING (row) WHERE articles.row IS NULL LIMIT 1",
        "a story has an article that is not there",
    ),
    (
        "SELECT 1 FROM (SELECT story, COUNT(*) AS n FROM members GROUP BY story) AS m \
         FULL JOIN stories USING (story) WHERE m.n IS NOT stories.size LIMIT 1",
        "a story has another size than its articles",
    ),
];
