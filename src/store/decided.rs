//! What editors decided, as the database has it: no line is ever taken out, what is undone is undone by a later line. Of
//! forgotten articles the ids are empty, and so are the reasons.

use super::{Error, Store};
use crate::model::{Decision, Verdict};

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
        let mut all = self.all(sql, |r| {
            let word: String = r.get(2)?;
            let verdict = Verdict::ALL.into_iter().find(|known| known.as_str() == word);
            let decided = Decided {
                number: r.get(0)?,
                run: r.get(0)?,
                at: r.get(1)?,
                decision: Decision {
                    verdict: verdict.unwrap_or(Verdict::Undo),
                    article: r.get(3)?,
                    other: r.get(4)?,
                    by: r.get(5)?,
                    reason: r.get(6)?,
                },
            };
            Ok((verdict.is_some(), decided))
        })?;
        for made in all.chunk_by_mut(|x, y| x.1.at == y.1.at) {
            let first = made[0].1.number;
            made.iter_mut().for_each(|(_, decided)| decided.run = first);
        }
        if let Some((_, unknown)) = all.iter().find(|(known, _)| !known) {
            let what = format!("decision {} is of an unknown kind", unknown.number);
            return Err(Error::damaged(&self.database(), what));
        }
        Ok(all.into_iter().map(|(_, decided)| decided).collect())
    }
}
