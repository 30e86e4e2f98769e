//! All articles of a run, each once, and those among them that are the same word for word.

use std::io;

use foldhash::HashMap;
use jiff::Timestamp;
use rayon::prelude::*;

use super::Run;
use super::parts::Loaded;
use super::prepare::{Chunkful, Prepared};
use super::spool::{Place, Room, Spool};
use crate::kernel::hash::hash;
use crate::model::{Entry, Refusal};
use crate::stages::sketch::Sketch;
use crate::stages::terms::Term;
use crate::stages::verify::Copy;
use crate::stages::weights::Vectors;

/// All articles, ascending by the hash of their ids. The order, and with it every position, depends on the set of
/// articles only.
#[derive(Debug, Default)]
pub(super) struct Corpus {
    pub(super) articles: Vec<Prepared>,
    parts: u32,
    pub(super) sketches: Spool<Sketch>,
    pub(super) shingles: Spool<u32>,
    terms: Spool<Term>,
    /// Hashes of the words of headlines and of numbers.
    hashes: Spool<u32>,
    facts: Spool<u8>,
    /// While articles come: where one stands that has the lists for this key.
    known: HashMap<u64, u32>,
    pub(super) room: Room,
}

/// Articles that there is room for, once there are more than one chunk has.
const ROOM: usize = 1 << 17;

impl Corpus {
    /// A corpus that keeps so much in memory.
    pub(super) fn with_room(room: Room) -> Self {
        let lists = room.lists;
        Self {
            sketches: Spool::with_room(room.sketches),
            shingles: Spool::with_room(room.shingles),
            terms: Spool::with_room(lists),
            hashes: Spool::with_room(room.shingles),
            facts: Spool::with_room(lists),
            room,
            ..Self::default()
        }
    }

    /// As [`Self::add`], with a key for each article by which its lists are known from now on.
    ///
    /// # Errors
    /// As [`Self::add`].
    pub(super) fn add_new(&mut self, (prepared, keys): (Chunkful, Vec<u64>)) -> io::Result<()> {
        self.known.extend(keys.into_iter().zip(self.articles.len() as u32..));
        self.add(prepared)
    }

    /// Adds the articles of one chunk.
    ///
    /// # Errors
    /// Their lists cannot be put aside.
    pub(super) fn add(&mut self, prepared: Chunkful) -> io::Result<()> {
        let part = self.parts;
        self.parts += 1;
        let placed = |a: Prepared| if a.again { a } else { Prepared { part, ..a } };
        let articles = prepared.articles.into_iter().map(placed);
        if self.articles.is_empty() {
            // Where it is all that comes, it stays where it is.
            self.articles = articles.collect();
        } else {
            // Room that is not used yet costs nothing, but moving what is there to make more does.
            if self.articles.len() + articles.len() > self.articles.capacity() {
                self.articles.reserve(ROOM.max(3 * self.articles.len()));
            }
            self.articles.extend(articles);
        }
        self.sketches.push(prepared.sketches)?;
        self.shingles.push(prepared.lists.shingles)?;
        self.terms.push(prepared.lists.terms)?;
        self.hashes.push(prepared.lists.hashes)?;
        self.facts.push(prepared.lists.facts)
    }

    /// The article that has the lists for a key, if one of those added has.
    pub(super) fn known(&self, key: u64) -> Option<&Prepared> {
        self.known.get(&key).map(|&i| &self.articles[i as usize])
    }

    /// Orders the articles when all are there. Of several with one id the newest stays (by date, then by content): the
    /// same content again is counted, other content is refused.
    pub(super) fn seal(&mut self, run: &mut Run) {
        self.known = HashMap::default();
        self.order();
        let articles = &mut self.articles;
        articles.dedup_by(|later, kept| {
            let same = later.entry.id == kept.entry.id;
            if same && later.delivered == kept.delivered {
                run.counts.repeated += 1;
            } else if same {
                run.refusals.push(other_version(later, &kept.entry));
            }
            same
        });
        run.counts.without_text = articles.iter().filter(|a| a.n_words == 0).count() as u64;
        run.counts.undated = articles.iter().filter(|a| a.entry.published.is_none()).count() as u64;
    }

    /// Puts the articles in their order.
    fn order(&mut self) {
        let articles = &mut self.articles;
        let rank = |a: &Prepared| (std::cmp::Reverse(a.entry.published), a.delivered);
        let mut order: Vec<(u64, u32)> = articles.iter().map(|a| a.identity).zip(0..).collect();
        order.par_sort_unstable_by(|x, y| {
            let (a, b) = (&articles[x.1 as usize], &articles[y.1 as usize]);
            let same = || a.entry.id.cmp(&b.entry.id).then_with(|| rank(a).cmp(&rank(b)));
            let placed = || place(&a.entry).cmp(&place(&b.entry));
            x.0.cmp(&y.0).then_with(same).then_with(placed)
        });
        permute(articles, order.into_iter().map(|(_, i)| i).collect());
    }

    /// What the exact check looks at of an article with these shingles, and these words of its headline and numbers.
    pub(super) fn copy<'a>(
        &self,
        i: u32,
        shingles: &'a [u32],
        [headline, numbers]: [&'a [u32]; 2],
    ) -> Copy<'a> {
        let article = &self.articles[i as usize];
        let time = article.entry.published.map(Timestamp::as_second);
        Copy { shingles, numbers, headline, time, content: article.content }
    }

    /// How many shingles an article has.
    pub(super) fn n_shingles(&self, i: u32) -> usize {
        self.articles[i as usize].shingles.len()
    }

    /// Where the shingles of an article are.
    pub(super) fn shingles_of(&self, i: u32) -> Place {
        let article = &self.articles[i as usize];
        article.shingles.place(article.part)
    }

    /// The terms of some articles.
    pub(super) fn load_terms(&self, articles: impl Iterator<Item = u32>) -> io::Result<Vectors> {
        let place = |i: u32| {
            let article = &self.articles[i as usize];
            article.terms.place(article.part)
        };
        let places: Vec<Place> = articles.map(place).collect();
        let mut vectors = Vectors::with_lengths(places.iter().map(|place| place.len()));
        self.terms.gather(&places, |k, terms| vectors.fill(k, terms))?;
        Ok(vectors)
    }

    /// Where the sketch of an article is; of one without words there is none.
    pub(super) fn sketch(&self, i: u32) -> Place {
        let article = &self.articles[i as usize];
        article.sketch.place(article.part)
    }

    /// Loads the words of the headlines of some articles, and their numbers.
    pub(super) fn load_words(&self, articles: impl Iterator<Item = u32>) -> io::Result<Heads<'_>> {
        let places = |i: u32| {
            let article = &self.articles[i as usize];
            [article.title_words, article.numbers].map(|span| span.place(article.part))
        };
        let places: Vec<Place> = articles.flat_map(places).collect();
        Ok(Heads(Loaded::from(&self.hashes, &places)?))
    }

    /// Where the numbers and names of an article are.
    pub(super) fn facts_of(&self, i: u32) -> Place {
        let article = &self.articles[i as usize];
        article.facts.place(article.part)
    }

    /// Loads the numbers and names of some articles.
    pub(super) fn load_facts(&self, articles: &[u32]) -> io::Result<Loaded<'_, u8>> {
        let places: Vec<Place> = articles.iter().map(|&i| self.facts_of(i)).collect();
        Loaded::from(&self.facts, &places)
    }

    /// Gives back what only the search for candidates needs.
    pub(super) fn forget_sketches(&mut self) {
        self.sketches = Spool::default();
    }

    /// Gives back what only the exact check needs.
    pub(super) fn forget_shingles(&mut self) {
        self.shingles = Spool::default();
        self.hashes = Spool::default();
    }

    /// Gives back what only the story level needs.
    pub(super) fn forget_terms(&mut self) {
        self.terms = Spool::default();
    }

    /// When an article was published, in seconds; failing that, when it was seen, and then that it was only seen.
    pub(super) fn time(&self, i: u32) -> (Option<i64>, bool) {
        let entry = &self.articles[i as usize].entry;
        let time = entry.published.or(entry.seen);
        (time.map(Timestamp::as_second), entry.published.is_none())
    }

    /// The order of articles in time, unknown last, ids deciding between equals.
    pub(super) fn by_time(&self, i: u32) -> (bool, Option<Timestamp>, &str) {
        let entry = &self.articles[i as usize].entry;
        (entry.published.is_none(), entry.published, &entry.id)
    }

    /// The position of an article by its id.
    pub(super) fn position(&self, id: &str) -> Option<u32> {
        let wanted = (hash(id.as_bytes()), id);
        let found = self.articles.binary_search_by(|a| (a.identity, &*a.entry.id).cmp(&wanted));
        found.ok().map(|i| i as u32)
    }
}

/// The words of the headlines of some articles, and their numbers.
pub(super) struct Heads<'a>(Loaded<'a, u32>);

impl Heads<'_> {
    /// Of one article, each ascending.
    pub(super) fn of(&self, k: usize) -> [&[u32]; 2] {
        [2 * k, 2 * k + 1].map(|k| self.0.of(k))
    }
}

/// Puts at each position what stood at the position given for it; needs no room for a second list.
fn permute<T>(items: &mut [T], mut from: Vec<u32>) {
    for start in 0..items.len() {
        let mut at = start;
        loop {
            let source = std::mem::replace(&mut from[at], at as u32) as usize;
            if source == start {
                break;
            }
            items.swap(at, source);
            at = source;
        }
    }
}

/// Where an article came from.
pub(super) fn place(entry: &Entry) -> (&str, &str) {
    (&entry.file, &entry.url)
}

/// The refusal of an article whose newer version stays.
pub(super) fn other_version(later: &Prepared, kept: &Entry) -> Refusal {
    let reason = format!(
        "id {:?} has other content in {}, which is newer or comes first by content",
        later.entry.id, kept.file
    );
    Refusal { file: later.entry.file.clone(), record: later.record, reason }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Article;
    use crate::params::Params;
    use crate::pipeline::prepare::Preparer;

    #[test]
    fn what_was_delivered_before_has_the_lists_it_would_get() {
        let text = "Some 5 of 40 officials met Ana Ruiz in the harbour of Aden on Monday.";
        let article =
            |lang: &str| Article { text: text.into(), lang: lang.into(), ..Article::default() };
        let (params, mut preparer) = (Params::default(), Preparer::default());
        let (mut known, mut new) = (Corpus::default(), Corpus::default());
        for langs in [["", "fr"], ["fr", "de"]] {
            let articles = Vec::from(langs.map(article));
            new.add(preparer.prepare_all(articles.clone(), &params)).unwrap();
            let prepared = preparer.prepare_new(articles, &params, |key| known.known(key));
            known.add_new(prepared).unwrap();
        }
        assert_eq!(
            known.articles.iter().map(|a| a.again).collect::<Vec<_>>(),
            [false, false, true, false]
        );
        for i in 0..4 {
            let lists = |of: &Corpus| {
                let article = &of.articles[i as usize];
                let facts = of.facts.here(of.facts_of(i)).map(<[u8]>::to_vec);
                let terms = of.terms.here(article.terms.place(article.part)).map(<[Term]>::to_vec);
                let shingles = of.shingles.here(of.shingles_of(i)).map(<[u32]>::to_vec);
                let sketch = of.sketches.here(of.sketch(i)).map(<[Sketch]>::to_vec);
                let words = of.load_words([i].into_iter()).unwrap().of(0).map(<[u32]>::to_vec);
                (facts, terms, shingles, sketch, words, article.content, article.entry.lang.clone())
            };
            assert_eq!(lists(&known), lists(&new));
        }
    }
}
