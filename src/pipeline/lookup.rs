//! What a new article resembles among recent ones: an answer at once, before grouping gives the final one.
//!
//! Signatures and fixed weights of the newest articles are held in memory and found by the heaviest terms. Copies are told by
//! their signatures alone, reports by their similarity alone, so the answer is provisional.

mod known;

use std::collections::VecDeque;

use foldhash::{HashMap, HashSet};

use super::prepare::{Chunkful, Preparer};
use crate::kernel::cosine::Probe;
use crate::kernel::fss::{SLOTS, equal_slots};
use crate::kernel::time::{ONE, TimeFactor};
use crate::model::{Article, Entry};
use crate::params::Params;
use crate::stages::reach;
use known::Known;

/// Postings of one term that are followed, the newest.
const FOLLOWED: usize = 400;
/// Articles that are compared in full.
const COMPARED: usize = 40;
/// Least similarity at which a report is said to tell the same story, for now.
const SAME: f32 = 0.25;
/// Articles that are named.
const NAMED: usize = 5;

/// An article that was found, with how alike it is, 0..=1.
#[derive(Debug, Clone, PartialEq)]
pub struct Alike {
    /// The article.
    pub id: String,
    /// Estimated resemblance of a copy, similarity of a report.
    pub likeness: f32,
    /// Whether that is enough to belong together.
    pub enough: bool,
}

/// What an article resembles.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Likeness {
    /// The same text, the likest first.
    pub copies: Vec<Alike>,
    /// Other reports, the likest first.
    pub reports: Vec<Alike>,
}

/// Recent articles, ready to be looked up.
pub struct Lookup {
    params: Params,
    factor: TimeFactor,
    known: VecDeque<Known>,
    /// The number of the first of `known`; articles are counted as they come.
    first: u32,
    by_id: HashMap<Box<str>, u32>,
    postings: HashMap<u32, VecDeque<u32>>,
    most: usize,
}

/// Articles that are prepared to be looked up or added.
pub struct Sketched(Vec<Known>);

impl Lookup {
    /// No articles yet; at most `most` are held, the newest.
    pub fn new(params: &Params, most: usize) -> Self {
        Self {
            params: params.clone(),
            factor: TimeFactor::new(params.window_days),
            known: VecDeque::new(),
            first: 0,
            by_id: HashMap::default(),
            postings: HashMap::default(),
            most: most.max(1),
        }
    }

    /// How many articles are held.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Whether none is held.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Cleans and sketches articles, each alone; needs nothing of those that are held. On this thread: the others may
    /// be busy with an update for seconds.
    pub fn sketch(params: &Params, articles: &[Article]) -> Sketched {
        let chunk = Preparer::new(params).prepare_all(articles.to_vec(), params);
        Sketched(known::of_chunk(&chunk, |i| chunk.articles[i].entry.clone()))
    }

    /// Takes articles of a segment, with their entries.
    pub(super) fn add_chunk(&mut self, chunk: &Chunkful, entry: impl FnMut(usize) -> Entry) {
        known::of_chunk(chunk, entry).into_iter().for_each(|one| self.add_one(one));
    }

    /// What the first of the sketched articles resembles; nothing where there is none.
    pub fn find(&self, sketched: &Sketched) -> Likeness {
        sketched.0.first().map(|one| self.look_up(one)).unwrap_or_default()
    }

    /// Adds the sketched articles one by one, and says what each resembles among those before it.
    ///
    /// ```
    /// use samestory::model::Article;
    /// use samestory::params::Params;
    /// use samestory::pipeline::lookup::Lookup;
    ///
    /// let text = "The northern pier of Merrin reopened on Monday, a year after the storm broke it in two.";
    /// let article = |id: &str| Article { id: id.into(), title: "Pier reopens".into(), text: text.into(), ..Article::default() };
    /// let params = Params::default();
    /// let mut recent = Lookup::new(&params, 1000);
    /// recent.add(Lookup::sketch(&params, &[article("a")]));
    /// let found = recent.add(Lookup::sketch(&params, &[article("b")]));
    /// assert_eq!(found[0].copies[0].id, "a");
    /// ```
    pub fn add(&mut self, sketched: Sketched) -> Vec<Likeness> {
        let one = |one: Known| {
            let found = self.look_up(&one);
            self.add_one(one);
            found
        };
        sketched.0.into_iter().map(one).collect()
    }

    /// Adds all that another one holds.
    pub fn extend(&mut self, other: Self) {
        other.known.into_iter().for_each(|one| self.add_one(one));
    }

    fn add_one(&mut self, one: Known) {
        let number = self.first + self.known.len() as u32;
        for term in one.heaviest() {
            let list = self.postings.entry(term).or_default();
            list.push_back(number);
            if list.len() > 2 * FOLLOWED {
                list.drain(..FOLLOWED);
            }
        }
        self.by_id.insert(one.id.clone(), number);
        self.known.push_back(one);
        if self.known.len() > self.most {
            self.drop_oldest();
        }
    }

    /// Takes the newest articles out again, so many; of their ids the versions before are found again, where they are held still.
    pub fn take_back(&mut self, count: usize) {
        let gone = self.known.split_off(self.known.len().saturating_sub(count));
        let end = self.first + self.known.len() as u32;
        for one in &gone {
            self.by_id.remove(&one.id);
            for term in one.heaviest() {
                let Some(list) = self.postings.get_mut(&term) else { continue };
                list.retain(|number| *number < end);
                if list.is_empty() {
                    self.postings.remove(&term);
                }
            }
        }
        let ids: HashSet<&str> = gone.iter().map(|one| &*one.id).collect();
        let before = self.known.iter().zip(self.first..).filter(|(one, _)| ids.contains(&*one.id));
        self.by_id.extend(before.map(|(one, number)| (one.id.clone(), number)));
    }

    fn drop_oldest(&mut self) {
        let Some(oldest) = self.known.pop_front() else { return };
        if self.by_id.get(&oldest.id) == Some(&self.first) {
            self.by_id.remove(&oldest.id);
        }
        self.first += 1;
        for term in oldest.heaviest() {
            let Some(list) = self.postings.get_mut(&term) else { continue };
            while list.front().is_some_and(|number| *number < self.first) {
                list.pop_front();
            }
            if list.is_empty() {
                self.postings.remove(&term);
            }
        }
    }

    /// The version of an article that counts.
    fn is_current(&self, number: u32) -> bool {
        let at = |number: u32| &self.known[(number - self.first) as usize];
        number >= self.first && self.by_id.get(&at(number).id) == Some(&number)
    }

    fn look_up(&self, one: &Known) -> Likeness {
        let mut shared: HashMap<u32, u32> = HashMap::default();
        for term in one.heaviest() {
            let list = self.postings.get(&term).into_iter().flatten();
            list.rev().take(FOLLOWED).for_each(|&n| *shared.entry(n).or_default() += 1);
        }
        let mut shared: Vec<(u32, u32)> = shared.into_iter().map(|(n, count)| (count, n)).collect();
        shared.sort_unstable_by(|x, y| y.cmp(x));
        let mut probe = Probe::default();
        probe.load(&one.terms, &one.weights);
        let mut found = Likeness::default();
        let current = shared.into_iter().map(|s| s.1).filter(|&n| self.is_current(n));
        for number in current.take(COMPARED) {
            let other = &self.known[(number - self.first) as usize];
            if other.id == one.id {
                continue;
            }
            self.compare(one, other, &probe, &mut found);
        }
        for list in [&mut found.copies, &mut found.reports] {
            list.sort_by(|x, y| y.likeness.total_cmp(&x.likeness).then_with(|| x.id.cmp(&y.id)));
            list.truncate(NAMED);
        }
        found
    }

    fn compare(&self, one: &Known, other: &Known, probe: &Probe, found: &mut Likeness) {
        let alike = |likeness: f32, enough: f32| Alike {
            id: other.id.to_string(),
            likeness,
            enough: likeness >= enough,
        };
        let resemblance = match (&one.signature, &other.signature) {
            _ if one.content != 0 && one.content == other.content => 1.0,
            (Some(x), Some(y)) => equal_slots(x, y) as f32 / SLOTS as f32,
            _ => 0.0,
        };
        if f64::from(resemblance) >= self.params.min_resemblance {
            found.copies.push(alike(resemblance, self.params.min_resemblance as f32));
            return;
        }
        let dot = probe.dot(&other.terms, &other.weights) as f64;
        let lengths = one.length * other.length;
        let factor = reach::factor(one.dated, other.dated, &self.factor) as f64 / ONE as f64;
        let similarity = if lengths > 0.0 { dot / lengths * factor } else { 0.0 };
        if similarity >= self.params.min_similarity {
            found.reports.push(alike(similarity as f32, SAME));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn article(id: &str, title: &str, text: &str) -> Article {
        Article { id: id.into(), title: title.into(), text: text.into(), ..Article::default() }
    }

    #[test]
    fn copies_and_reports_are_found_and_the_oldest_go() {
        let params = Params::default();
        let text = "Mount Sarrel erupted before dawn and ash closed the airport of Quellara for the day, the aviation office said.";
        let mut lookup = Lookup::new(&params, 3);
        let articles = [
            article("a", "Sarrel volcano erupts, Quellara airport closed", text),
            article("b", "Sarrel volcano erupts, Quellara airport closed", text),
            article(
                "c",
                "Quellara airport shut by ash of the Sarrel eruption",
                "Flights were cancelled.",
            ),
            article("d", "Library lends seeds", "A shelf of seeds stands beside the novels."),
        ];
        let found = lookup.add(Lookup::sketch(&params, &articles));
        let ids = |list: &[Alike]| list.iter().map(|a| a.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(&found[1].copies), ["a"]);
        assert_eq!(ids(&found[2].reports), ["a", "b"]);
        assert!(found[2].reports[0].enough);
        assert_eq!(found[3], Likeness::default());
        let again = Lookup::sketch(&params, &articles[..1]);
        assert_eq!(ids(&lookup.find(&again).copies), ["b"], "the first is gone");
        assert_eq!(lookup.len(), 3);
    }

    #[test]
    fn what_is_taken_back_is_not_found_and_what_it_replaced_is() {
        let params = Params::default();
        let mut lookup = Lookup::new(&params, 9);
        let volcano = article("a", "Sarrel volcano erupts, Quellara airport closed", "");
        lookup.add(Lookup::sketch(&params, std::slice::from_ref(&volcano)));
        let library = ["a", "b"].map(|id| article(id, "Library of Pellin lends seeds", ""));
        lookup.add(Lookup::sketch(&params, &library));
        lookup.take_back(2);
        let found = |id: &str, like: &Article| {
            let like = Article { id: id.into(), ..like.clone() };
            lookup.find(&Lookup::sketch(&params, &[like]))
        };
        assert_eq!(found("c", &library[0]), Likeness::default());
        assert_eq!(found("c", &volcano).copies[0].id, "a");
        lookup.take_back(9);
        assert!(lookup.is_empty() && lookup.by_id.is_empty() && lookup.postings.is_empty());
    }
}
