//! What editors decided, as a service asks for it.

use foldhash::HashSet;

use super::Index;
use super::undo::{Author, History};
use crate::model::Decision;
use crate::stages::decide;
use crate::store::{Decided, Error};

impl Index {
    /// All decisions in the order in which they were made, those undone included.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn decided(&self) -> Result<Vec<Decided>, Error> {
        self.store.decided()
    }

    /// At most so many decisions before one, the latest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn decided_before(&self, before: i64, most: usize) -> Result<Vec<Decided>, Error> {
        let _moment = self.store.moment()?;
        self.store.decided_before(before, most)
    }

    /// The decisions about one or more of some articles, the latest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn decided_about(&self, ids: &[&str]) -> Result<Vec<Decided>, Error> {
        let _moment = self.store.moment()?;
        self.store.decided_about(ids)
    }

    /// The number of the last decision about one or more of some articles.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn last_decided(&self, ids: &[&str]) -> Result<Option<i64>, Error> {
        self.store.last_decided(ids)
    }

    /// The numbers of those of some decisions that stand: that are in force, or undo something that was not decided anew since.
    /// Others on the same articles tell.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn standing_of(&self, some: &[Decided]) -> Result<HashSet<i64>, Error> {
        let mut ids: Vec<&str> =
            some.iter().flat_map(|d| [&*d.decision.article, &*d.decision.other]).collect();
        ids.sort_unstable();
        ids.dedup();
        Ok(History::of(&self.store.decided_among(&ids)?).standing())
    }

    /// The decisions in force, in the order in which they were made.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn in_force(&self) -> Result<Vec<Decided>, Error> {
        let decided = self.store.decided()?;
        let decisions: Vec<Decision> = decided.iter().map(|d| d.decision.clone()).collect();
        let positions = decide::in_force(&decisions).positions;
        Ok(positions.into_iter().map(|at| decided[at].clone()).collect())
    }

    /// The decisions that undo one, and all that were made together with it; empty where nothing is left of them to undo, none
    /// where there is no such decision. What they took the place of is in force again, as it was made. So is what they undid, as
    /// a decision of the author: an undoing can be undone.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn undoing(&self, number: i64, author: Author<'_>) -> Result<Option<Vec<Decision>>, Error> {
        let all = self.store.decided()?;
        let Some(asked) = all.iter().find(|d| d.number == number) else { return Ok(None) };
        let before = all.iter().filter(|d| d.first < asked.first).count();
        let together = all.iter().filter(|d| d.first == asked.first).count();
        Ok(Some(History::of(&all).undoing(before..before + together, author)))
    }

    /// The decisions that unlock some articles; empty where none of them is locked.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn unlocking(
        &self,
        is_named: impl Fn(&str) -> bool,
        author: Author<'_>,
    ) -> Result<Vec<Decision>, Error> {
        Ok(History::of(&self.store.decided()?).unlocking(is_named, author))
    }

    /// Why some decisions cannot hold beside those that were made, if they cannot.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn contradiction(&self, wished: &[Decision]) -> Result<Option<String>, Error> {
        let mut all = self.store.decisions()?;
        let before = all.len();
        all.extend_from_slice(wished);
        let refused = decide::in_force(&all).refused;
        Ok(refused.into_iter().find(|(i, _)| *i >= before).map(|(_, reason)| reason))
    }
}
