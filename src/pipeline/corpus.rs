//! All articles of a run, each once, and those among them that are the same word for word.

use std::io;

use jiff::Timestamp;

use super::Run;
use super::parts::{Loaded, Part, Span};
use super::prepare::{Chunkful, Prepared};
use super::spool::{Place, Spool};
use crate::kernel::hash::hash;
use crate::kernel::sets::intersection;
use crate::model::{Entry, Refusal};
use crate::stages::decide::Constraints;
use crate::stages::duplicates::Duplicates;
use crate::stages::sketch::Sketch;
use crate::stages::terms::Term;
use crate::stages::verify::Copy;
use crate::stages::weights::Vectors;

/// All articles, ascending by the hash of their ids. The order, and with it every position, depends on the set of
/// articles only.
#[derive(Debug, Default)]
pub(super) struct Corpus {
    pub(super) articles: Vec<Prepared>,
    parts: Vec<Part>,
    /// In one piece, so that their memory can be given back.
    sketches: Vec<Sketch>,
    shingles: Spool<u32>,
    terms: Spool<Term>,
    facts: Spool<u8>,
}

impl Corpus {
    /// Adds the articles of one chunk.
    ///
    /// # Errors
    /// Their lists cannot be put aside.
    pub(super) fn add(&mut self, prepared: Chunkful) -> io::Result<()> {
        let part = self.parts.len() as u32;
        let before = self.sketches.len();
        self.sketches.extend(prepared.sketches);
        let placed = |a: Prepared| Prepared { part, sketch: a.sketch.after(before), ..a };
        self.articles.extend(prepared.articles.into_iter().map(placed));
        self.parts.push(prepared.part);
        self.shingles.push(prepared.lists.shingles)?;
        self.terms.push(prepared.lists.terms)?;
        self.facts.push(prepared.lists.facts)
    }

    /// Orders the articles when all are there. Of several with one id the newest stays (by date, then by content): the
    /// same content again is counted, other content is refused.
    pub(super) fn seal(&mut self, run: &mut Run) {
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

    /// Puts the articles in their order, each moved once, and their sketches.
    fn order(&mut self) {
        let articles = &mut self.articles;
        let rank = |a: &Prepared| (std::cmp::Reverse(a.entry.published), a.delivered);
        let mut order: Vec<(u64, u32)> = articles.iter().map(|a| a.identity).zip(0..).collect();
        order.sort_unstable_by(|x, y| {
            let (a, b) = (&articles[x.1 as usize], &articles[y.1 as usize]);
            let same = || a.entry.id.cmp(&b.entry.id).then_with(|| rank(a).cmp(&rank(b)));
            let placed = || place(&a.entry).cmp(&place(&b.entry));
            x.0.cmp(&y.0).then_with(same).then_with(placed)
        });
        let in_order = order.iter().map(|&(_, i)| std::mem::take(&mut articles[i as usize]));
        self.articles = in_order.collect();
        // The search for candidates reads all sketches again and again.
        let mut sketches = Vec::with_capacity(self.sketches.len());
        for article in &mut self.articles {
            let sketch = article.sketch.of(&self.sketches);
            article.sketch = Span::append(&mut sketches, sketch);
        }
        self.sketches = sketches;
    }

    fn part(&self, i: u32) -> (&Prepared, &Part) {
        let article = &self.articles[i as usize];
        (article, &self.parts[article.part as usize])
    }

    /// What the exact check looks at of some articles; of the others their shingles are missing.
    pub(super) fn copies<'a>(&'a self, kept: &[u32], shingles: &'a Loaded<u32>) -> Vec<Copy<'a>> {
        let copy = |(k, &i): (usize, &u32)| {
            let (article, part) = self.part(i);
            Copy {
                shingles: shingles.of(k),
                numbers: article.numbers.of(&part.hashes),
                time: article.entry.published.map(Timestamp::as_second),
                content: article.content,
            }
        };
        kept.iter().enumerate().map(copy).collect()
    }

    /// How many shingles an article has.
    pub(super) fn n_shingles(&self, i: u32) -> usize {
        self.articles[i as usize].shingles.len()
    }

    /// Loads the shingles of those of some articles that are wanted.
    pub(super) fn load_shingles(&self, kept: &[u32], wanted: &[bool]) -> io::Result<Loaded<u32>> {
        let place = |(&i, &wanted): (&u32, &bool)| {
            let article = &self.articles[i as usize];
            if wanted { article.shingles.place(article.part) } else { Place::default() }
        };
        Loaded::from(&self.shingles, &kept.iter().zip(wanted).map(place).collect::<Vec<Place>>())
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

    /// The sketch of an article that has words.
    pub(super) fn sketch(&self, i: u32) -> Option<&Sketch> {
        self.articles[i as usize].sketch.of(&self.sketches).first()
    }

    fn title_words(&self, i: u32) -> &[u32] {
        let (article, part) = self.part(i);
        article.title_words.of(&part.hashes)
    }

    /// Loads the numbers and names of some articles.
    pub(super) fn load_facts(&self, articles: &[u32]) -> io::Result<Loaded<u8>> {
        let place = |&i: &u32| {
            let article = &self.articles[i as usize];
            article.facts.place(article.part)
        };
        Loaded::from(&self.facts, &articles.iter().map(place).collect::<Vec<Place>>())
    }

    /// Gives back what only the search for candidates needs.
    pub(super) fn forget_sketches(&mut self) {
        self.sketches = Vec::new();
        self.articles.iter_mut().for_each(|article| article.sketch = Span::default());
    }

    /// Gives back what only the exact check needs.
    pub(super) fn forget_shingles(&mut self) {
        self.shingles = Spool::default();
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

    /// Finds the articles that are the same word for word.
    pub(super) fn fold_exact(&self, constraints: &Constraints) -> Exact {
        let mut order: Vec<u32> = (0..self.articles.len() as u32).collect();
        order.sort_unstable_by_key(|&i| (self.articles[i as usize].content, i));
        let mut first: Vec<u32> = (0..self.articles.len() as u32).collect();
        for same in order.chunk_by(|&i, &j| {
            self.articles[i as usize].content == self.articles[j as usize].content
        }) {
            if same.len() > 1 && self.articles[same[0] as usize].content != 0 {
                self.fold(same, constraints, &mut first);
            }
        }
        Exact { kept: (0..first.len() as u32).filter(|&i| first[i as usize] == i).collect(), first }
    }

    /// Folds articles of one content onto the first. But one text under unrelated headlines of one source is a notice
    /// (a paywall, a placeholder): these articles are folded only with those of the same source and headline.
    fn fold(&self, same: &[u32], constraints: &Constraints, first: &mut [u32]) {
        let source = |i: u32| &*self.articles[i as usize].entry.source;
        let title = |i: u32| self.title_words(i);
        let mut by_source = same.to_vec();
        by_source.sort_by_key(|&i| source(i));
        let mut one_text = Vec::new();
        let short = self.articles[same[0] as usize].n_words <= NOTICE;
        for of_one in by_source.chunk_by_mut(|&i, &j| source(i) == source(j)) {
            let notice = short
                && !source(of_one[0]).is_empty()
                && of_one.iter().any(|&i| unrelated(title(of_one[0]), title(i)));
            if !notice {
                one_text.extend_from_slice(of_one);
                continue;
            }
            of_one.sort_by_key(|&i| (title(i), i));
            for alike in of_one.chunk_by(|&i, &j| title(i) == title(j)) {
                alike.iter().for_each(|&i| first[i as usize] = alike[0]);
            }
        }
        for fold in constraints.split(one_text) {
            let lowest = *fold.iter().min().expect("no part is empty");
            fold.iter().for_each(|&i| first[i as usize] = lowest);
        }
    }
}

/// Most words of a notice.
const NOTICE: u32 = 120;

/// Whether two headlines share less than a third of the words of the shorter; no headline is related to all.
fn unrelated(a: &[u32], b: &[u32]) -> bool {
    3 * intersection(a, b) < a.len().min(b.len())
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

/// Which articles are the same word for word.
#[derive(Debug, Default)]
pub(super) struct Exact {
    /// For each article the first that has its text.
    pub(super) first: Vec<u32>,
    /// Those that are first.
    pub(super) kept: Vec<u32>,
}

impl Exact {
    /// Where what an article is folded onto stands among the kept ones.
    pub(super) fn slot(&self, i: u32) -> u32 {
        let kept = self.kept.binary_search(&self.first[i as usize]);
        kept.expect("what is first is kept") as u32
    }

    /// The sketches of the kept ones.
    pub(super) fn sketches<'a>(&self, corpus: &'a Corpus) -> Vec<Option<&'a Sketch>> {
        self.kept.iter().map(|&i| corpus.sketch(i)).collect()
    }

    /// How many shingles the kept ones have.
    pub(super) fn sizes(&self, corpus: &Corpus) -> Vec<usize> {
        self.kept.iter().map(|&i| corpus.n_shingles(i)).collect()
    }

    /// The near-duplicate groups over all articles, each earliest first, ordered by their lowest position.
    pub(super) fn expand(&self, corpus: &Corpus, copies: &Duplicates) -> Vec<Vec<u32>> {
        let mut slot = vec![u32::MAX; self.first.len()];
        for (k, &i) in self.kept.iter().enumerate() {
            slot[i as usize] = self.kept[copies.group[k] as usize];
        }
        let mut groups: Vec<Vec<u32>> = Vec::new();
        let mut group_of = vec![u32::MAX; self.first.len()];
        for (i, &first) in self.first.iter().enumerate() {
            let lead = slot[first as usize] as usize;
            if group_of[lead] == u32::MAX {
                group_of[lead] = groups.len() as u32;
                groups.push(Vec::new());
            }
            groups[group_of[lead] as usize].push(i as u32);
        }
        for group in groups.iter_mut().filter(|g| g.len() > 1) {
            group.sort_by(|&i, &j| corpus.by_time(i).cmp(&corpus.by_time(j)));
        }
        groups
    }
}
