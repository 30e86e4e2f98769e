//! What a service has accepted and the index does not have yet: taken from the journal, in the order in which it came.

use foldhash::{HashMap, HashSet};
use jiff::Timestamp;

use super::{Error, Index, Night, Options, Version};
use crate::model::{Article, Refusal};
use crate::store::Journal;

/// Articles that are taken at a time: what waits longer waits on the disk.
const AT_ONCE: usize = 10_000;

/// What was taken at a time.
#[derive(Debug)]
pub struct Taken {
    /// What came of it.
    pub night: Night,
    /// The articles.
    pub ids: HashSet<String>,
    /// How many arrivals that were, several versions of an article counted each.
    pub arrivals: usize,
    /// Whether more may wait.
    pub more: bool,
}

impl Index {
    /// Takes the oldest articles that wait in its journal; none when none waits.
    ///
    /// # Errors
    /// As [`Index::update`], and the journal cannot be read or written. What was taken and still waits does no harm when it is
    /// taken again.
    pub fn take(
        &mut self,
        journal: &mut Journal,
        options: &Options,
    ) -> Result<Option<Taken>, Error> {
        let waiting = journal.waiting(AT_ONCE)?;
        let Some(last) = waiting.last().map(|arrival| arrival.number) else { return Ok(None) };
        let arrivals = waiting.len();
        let articles: Vec<Article> = waiting.into_iter().map(|arrival| arrival.article).collect();
        let ids = articles.iter().map(|article| article.id.clone()).collect();
        let night = self.update_articles(current(articles, self.params.ignore_dates), options)?;
        journal.settle(last)?;
        Ok(Some(Taken { night, ids, arrivals, more: arrivals == AT_ONCE }))
    }

    /// Takes all that a service left waiting, if there was one: it came before whatever the index is asked for now. Texts are
    /// stored, as a service does. Gives what could not be used.
    ///
    /// # Errors
    /// As [`Index::take`], and something waits that has to be read with learnt artefacts which the index was opened without.
    pub fn take_waiting(&mut self, now: Timestamp) -> Result<Vec<Refusal>, Error> {
        let mut refusals = Vec::new();
        if !Journal::is_there(self.store.folder()) {
            return Ok(refusals);
        }
        let mut journal = Journal::open(self.store.folder())?;
        if !journal.waiting(1)?.is_empty() {
            // An index names the learnt artefacts that articles are read with, and has no copy of them.
            self.store.demand(&self.params)?;
        }
        let options = Options { store_text_days: Some(f64::INFINITY), ..Options::at(now) };
        while let Some(taken) = self.take(&mut journal, &options)? {
            refusals.extend(taken.night.refusals);
        }
        Ok(refusals)
    }
}

/// The articles, in the order in which they came, without versions that did not [stay](Version::stays) when another came later.
/// The index takes them all as one batch, in which no version comes later than another.
fn current(mut articles: Vec<Article>, ignore_dates: bool) -> Vec<Article> {
    let mut newest: HashMap<&str, Version> = HashMap::default();
    let mut stays = vec![true; articles.len()];
    for (article, stays) in articles.iter().zip(&mut stays).rev() {
        let version = Version::of(article, ignore_dates);
        let later = newest.entry(&article.id).or_insert(version);
        if version.stays(later) {
            *later = version;
        } else {
            // The same once more is left to be counted.
            *stays = version.delivered == later.delivered;
        }
    }
    let mut stays = stays.into_iter();
    articles.retain(|_| stays.next() == Some(true));
    articles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_versions_that_wait_the_one_that_came_last_is_taken() {
        let article = |id: &str, text: &str, second: Option<i64>| Article {
            id: id.into(),
            text: text.into(),
            published: second.map(|second| jiff::Timestamp::from_second(second).unwrap()),
            ..Article::default()
        };
        let left = |of: &[(&str, &str, Option<i64>)], ignore_dates: bool| {
            let articles = of.iter().map(|(id, text, second)| article(id, text, *second)).collect();
            let left = current(articles, ignore_dates);
            left.into_iter().map(|a| a.id + &a.text).collect::<Vec<_>>()
        };
        let undated = [("a", "1", None), ("b", "1", None), ("a", "2", None), ("a", "3", None)];
        assert_eq!(left(&undated, false), ["b1", "a3"]);
        let again = [("a", "1", None), ("a", "2", None), ("a", "2", None), ("a", "1", None)];
        assert_eq!(left(&again, false), ["a1", "a1"], "the same once more is left to be counted");
        let older =
            [("a", "1", Some(1)), ("a", "2", Some(2)), ("a", "3", Some(1)), ("a", "4", None)];
        assert_eq!(left(&older, false), ["a2", "a3", "a4"], "the index refuses what is older");
        assert_eq!(left(&older, true), ["a4"]);
    }
}
