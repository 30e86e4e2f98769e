//! What editors decided, as the database has it: no line is ever taken out, what is undone is undone by a later line. Of
//! forgotten articles the ids are empty, and so are the reasons.

use rusqlite::Row;

use super::tables::parsed;
use super::{Error, Store};
use crate::model::Decision;

/// A decision with its place in the order of all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// Decisions are counted from 1.
    pub number: i64,
    /// The number of the first of those that it was made together with.
    pub run: i64,
    /// When.
    pub at: String,
    /// What.
    pub decision: Decision,
}

impl Store {
    /// All decisions in the order in which they were made.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn decided(&self) -> Result<Vec<Decided>, Error> {
        let sql = "SELECT number, at, decision, article_id, other_id, made_by, reason \
                   FROM decisions ORDER BY number";
        let decided = |r: &Row<'_>| {
            let decision = Decision {
                verdict: parsed(r, 2)?,
                article: r.get(3)?,
                other: r.get(4)?,
                by: r.get(5)?,
                reason: r.get(6)?,
            };
            Ok(Decided { number: r.get(0)?, run: r.get(0)?, at: r.get(1)?, decision })
        };
        let mut all = self.all(sql, decided)?;
        for made in all.chunk_by_mut(|x, y| x.at == y.at) {
            let first = made[0].number;
            made.iter_mut().for_each(|decided| decided.run = first);
        }
        Ok(all)
    }

    /// The same without their places.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn decisions(&self) -> Result<Vec<Decision>, Error> {
        Ok(self.decided()?.into_iter().map(|decided| decided.decision).collect())
    }
}
