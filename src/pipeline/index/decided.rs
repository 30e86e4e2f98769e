//! What editors decided, as a service asks for it.

use foldhash::{HashMap, HashSet};

use super::Index;
use crate::model::{Decision, Verdict};
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

    /// The numbers of those of some decisions that are in force: later ones on the same articles tell. What others contradict
    /// was never written down.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn in_force_of(&self, some: &[Decided]) -> Result<HashSet<i64>, Error> {
        let Some(first) = some.iter().map(|d| d.number).min() else {
            return Ok(HashSet::default());
        };
        let mut ids: Vec<&str> =
            some.iter().flat_map(|d| [&*d.decision.article, &*d.decision.other]).collect();
        ids.sort_unstable();
        ids.dedup();
        let later = self.store.decided_among(&ids, first)?;
        Ok(numbers(&later))
    }

    /// The decisions in force, in the order in which they were made.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn in_force(&self) -> Result<Vec<Decided>, Error> {
        Ok(in_force(&self.store.decided()?))
    }

    /// The decisions that would be in force without those made together under a number.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn in_force_without(&self, run: i64) -> Result<Vec<Decided>, Error> {
        let mut others = self.store.decided()?;
        others.retain(|d| d.run != run);
        Ok(in_force(&others))
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

/// Those of some decisions that are in force.
fn in_force(decided: &[Decided]) -> Vec<Decided> {
    let decisions: Vec<Decision> = decided.iter().map(|d| d.decision.clone()).collect();
    let positions = decide::in_force(&decisions).positions;
    positions.into_iter().map(|at| decided[at].clone()).collect()
}

/// The numbers of those of some decisions that are in force. What an undoing made again, as it had been made, is still what it
/// was: the one before is in force with it.
fn numbers(decided: &[Decided]) -> HashSet<i64> {
    let mut numbers: HashSet<i64> = in_force(decided).into_iter().map(|d| d.number).collect();
    let (mut latest, mut again): (HashMap<&Decision, i64>, Vec<(i64, i64)>) = Default::default();
    for run in decided.chunk_by(|x, y| x.at == y.at) {
        let undoes = run.iter().any(|d| d.decision.verdict == Verdict::Undo);
        for made in run {
            let before = latest.insert(&made.decision, made.number);
            again.extend(before.filter(|_| undoes).map(|before| (made.number, before)));
        }
    }
    for (number, before) in again.into_iter().rev() {
        if numbers.contains(&number) {
            numbers.insert(before);
        }
    }
    numbers
}
