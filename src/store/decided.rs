//! What editors decided, as the database has it: no line is ever taken out, what is undone is undone by a later line. Of
//! forgotten articles the ids are empty, and so are the reasons.

use rusqlite::Row;

use super::ask::AMONG;
use super::tables::{limit, parsed};
use super::{Error, Store};
use crate::model::Decision;

/// A decision with its place in the order of all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// Decisions are counted from 1.
    pub number: i64,
    /// The number of the first of those that it was made together with.
    pub first: i64,
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
        let mut all = self.all(&format!("{DECIDED} ORDER BY number"), decided)?;
        for made in all.chunk_by_mut(|x, y| x.at == y.at) {
            let first = made[0].number;
            made.iter_mut().for_each(|decided| decided.first = first);
        }
        Ok(all)
    }

    /// At most so many of those before one, the latest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn decided_before(&self, before: i64, most: usize) -> Result<Vec<Decided>, Error> {
        let sql = format!("{DECIDED} WHERE number < ? ORDER BY number DESC LIMIT ?");
        self.with_firsts(self.some(&sql, [before, limit(most)], decided)?)
    }

    /// Those about one or more of some articles, the latest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn decided_about(&self, ids: &[&str]) -> Result<Vec<Decided>, Error> {
        let sql =
            format!("{DECIDED} WHERE article_id {AMONG} OR other_id {AMONG} ORDER BY number DESC");
        self.with_firsts(self.some(&sql, [list(ids)], decided)?)
    }

    /// Those that are about some articles and no others, in the order in which they were made.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn decided_among(&self, ids: &[&str]) -> Result<Vec<Decided>, Error> {
        let sql = format!(
            "{DECIDED} WHERE article_id {AMONG} AND (other_id = '' OR other_id {AMONG}) \
             ORDER BY number DESC"
        );
        let mut some = self.with_firsts(self.some(&sql, [list(ids)], decided)?)?;
        some.reverse();
        Ok(some)
    }

    /// The number of the last one about one or more of some articles.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn last_decided(&self, ids: &[&str]) -> Result<Option<i64>, Error> {
        let sql = format!(
            "SELECT MAX(number) FROM decisions WHERE article_id {AMONG} OR other_id {AMONG}"
        );
        Ok(self.one(&sql, list(ids), |r| r.get(0))?.flatten())
    }

    /// Some, the latest first, with the numbers of the first ones that they were made together with, which may be none of them.
    fn with_firsts(&self, mut some: Vec<Decided>) -> Result<Vec<Decided>, Error> {
        let sql = "SELECT number FROM decisions AS d WHERE number <= ? AND at IS NOT \
                   (SELECT at FROM decisions WHERE number = d.number - 1) ORDER BY number DESC LIMIT 1";
        for made in some.chunk_by_mut(|x, y| x.at == y.at) {
            let earliest = made[made.len() - 1].number;
            let first = self.one(sql, earliest, |r| r.get(0))?.unwrap_or(earliest);
            made.iter_mut().for_each(|decided| decided.first = first);
        }
        Ok(some)
    }

    /// All without their places.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn decisions(&self) -> Result<Vec<Decision>, Error> {
        Ok(self.decided()?.into_iter().map(|decided| decided.decision).collect())
    }
}

const DECIDED: &str =
    "SELECT number, at, decision, article_id, other_id, made_by, reason FROM decisions";

/// A decision as if it had been made alone.
fn decided(r: &Row<'_>) -> rusqlite::Result<Decided> {
    let decision = Decision {
        verdict: parsed(r, 2)?,
        article: r.get(3)?,
        other: r.get(4)?,
        by: r.get(5)?,
        reason: r.get(6)?,
    };
    Ok(Decided { number: r.get(0)?, first: r.get(0)?, at: r.get(1)?, decision })
}

/// Ids as JSON; of articles that were forgotten they are empty, which names none.
fn list(ids: &[&str]) -> String {
    let ids: Vec<&str> = ids.iter().copied().filter(|id| !id.is_empty()).collect();
    serde_json::Value::from(ids).to_string()
}
