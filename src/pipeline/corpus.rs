//! All articles of a run, each once, and those among them that are the same word for word.

use std::io;

use jiff::Timestamp;

use super::Run;
use super::parts::{Loaded, Part};
use super::prepare::{Chunkful, Prepared};
use super::spool::{IN_MEMORY, Place, Spool};
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
    pub(super) sketches: Spool<Sketch>,
    pub(super) shingles: Spool<u32>,
    terms: Spool<Term>,
    facts: Spool<u8>,
    pub(super) room: Room,
}

/// How many bytes may be in memory of what can wait elsewhere.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    /// Sketches, which the search for candidates reads again and again.
    sketches: usize,
    /// Shingles, nearly all of which are compared.
    shingles: usize,
    /// Lists of each other kind.
    lists: usize,
    /// Lists that are looked at together.
    pub(super) batch: usize,
}

impl Default for Room {
    fn default() -> Self {
        Self { sketches: usize::MAX, shingles: 3 * IN_MEMORY, lists: IN_MEMORY, batch: 64 << 20 }
    }
}

impl Room {
    /// The room within a limit for the whole.
    pub(super) fn within(limit: usize) -> Self {
        let usual = Self::default();
        let batch = (limit / 16).min(usual.batch);
        let lists = (limit / 64).min(usual.lists);
        Self { sketches: limit / 8, shingles: lists, lists, batch }
    }
}

impl Corpus {
    /// A corpus that keeps so much in memory.
    pub(super) fn with_room(room: Room) -> Self {
        let lists = room.lists;
        Self {
            sketches: Spool::with_room(room.sketches),
            shingles: Spool::with_room(room.shingles),
            terms: Spool::with_room(lists),
            facts: Spool::with_room(lists),
            room,
            ..Self::default()
        }
    }

    /// Adds the articles of one chunk.
    ///
    /// # Errors
    /// Their lists cannot be put aside.
    pub(super) fn add(&mut self, prepared: Chunkful) -> io::Result<()> {
        let part = self.parts.len() as u32;
        let placed = |a: Prepared| Prepared { part, ..a };
        self.articles.extend(prepared.articles.into_iter().map(placed));
        self.parts.push(prepared.part);
        self.sketches.push(prepared.sketches)?;
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

    /// Puts the articles in their order.
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
        permute(articles, order.into_iter().map(|(_, i)| i).collect());
    }

    fn part(&self, i: u32) -> (&Prepared, &Part) {
        let article = &self.articles[i as usize];
        (article, &self.parts[article.part as usize])
    }

    /// What the exact check looks at of an article with these shingles.
    pub(super) fn copy<'a>(&'a self, i: u32, shingles: &'a [u32]) -> Copy<'a> {
        let (article, part) = self.part(i);
        Copy {
            shingles,
            numbers: article.numbers.of(&part.hashes),
            time: article.entry.published.map(Timestamp::as_second),
            content: article.content,
        }
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

    fn title_words(&self, i: u32) -> &[u32] {
        let (article, part) = self.part(i);
        article.title_words.of(&part.hashes)
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

    /// The order of articles by when they were published, or else seen, unknown first; positions decide between equals.
    /// What comes later stands later, so that it takes no place from what was there.
    fn age(&self, i: u32) -> (Option<i64>, u32) {
        (self.time(i).0, i)
    }

    /// Finds the articles that are the same word for word.
    pub(super) fn fold_exact(&self, constraints: &Constraints) -> Exact {
        let mut order: Vec<(u64, u32)> = self.articles.iter().map(|a| a.content).zip(0..).collect();
        order.sort_unstable();
        let mut first: Vec<u32> = (0..self.articles.len() as u32).collect();
        for same in order.chunk_by(|x, y| x.0 == y.0) {
            if same.len() > 1 && same[0].0 != 0 {
                let same: Vec<u32> = same.iter().map(|&(_, i)| i).collect();
                self.fold(&same, constraints, &mut first);
            }
        }
        Exact::new(self, first)
    }

    /// Folds articles of one content onto the earliest. But one text under unrelated headlines of one source is a notice
    /// (a paywall, a placeholder): these articles are folded only with those of the same source and headline.
    fn fold(&self, same: &[u32], constraints: &Constraints, first: &mut [u32]) {
        let source = |i: u32| &*self.articles[i as usize].entry.source;
        let title = |i: u32| self.title_words(i);
        let mut by_source = same.to_vec();
        by_source.sort_by_key(|&i| source(i));
        let mut one_text = Vec::new();
        let short = self.articles[same[0] as usize].n_words <= NOTICE;
        let mut fold = |alike: &[u32]| {
            let earliest = alike.iter().copied().min_by_key(|&i| self.age(i));
            let earliest = earliest.expect("no part is empty");
            alike.iter().for_each(|&i| first[i as usize] = earliest);
        };
        for of_one in by_source.chunk_by_mut(|&i, &j| source(i) == source(j)) {
            let notice = short
                && !source(of_one[0]).is_empty()
                && of_one.iter().any(|&i| unrelated(title(of_one[0]), title(i)));
            if !notice {
                one_text.extend_from_slice(of_one);
                continue;
            }
            of_one.sort_by_key(|&i| title(i));
            of_one.chunk_by(|&i, &j| title(i) == title(j)).for_each(&mut fold);
        }
        constraints.split(one_text).iter().for_each(|part| fold(part));
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
    /// The earliest article of each text, in the order of time, unknown first.
    pub(super) kept: Vec<u32>,
    /// For each article where that of its text stands among these.
    slots: Vec<u32>,
}

impl Exact {
    /// Takes in, for each article, the one that it is folded onto.
    pub(super) fn new(corpus: &Corpus, first: Vec<u32>) -> Self {
        let own = (0..).zip(&first).filter(|&(i, &first)| i == first);
        let mut order: Vec<(Option<i64>, u32)> = own.map(|(i, _)| corpus.age(i)).collect();
        order.sort_unstable();
        let kept: Vec<u32> = order.into_iter().map(|(_, i)| i).collect();
        let mut slots = vec![0; first.len()];
        kept.iter().zip(0..).for_each(|(&i, slot)| slots[i as usize] = slot);
        Self { slots: first.into_iter().map(|first| slots[first as usize]).collect(), kept }
    }

    /// Where what an article is folded onto stands among the kept ones.
    pub(super) fn slot(&self, i: u32) -> u32 {
        self.slots[i as usize]
    }

    /// What each article is folded onto.
    pub(super) fn first(&self) -> impl Iterator<Item = u32> {
        self.slots.iter().map(|&slot| self.kept[slot as usize])
    }

    /// The near-duplicate groups over all articles, each earliest first, ordered by their lowest position.
    pub(super) fn expand(&self, corpus: &Corpus, copies: &Duplicates) -> Vec<Vec<u32>> {
        let mut groups: Vec<Vec<u32>> = Vec::new();
        let mut group_of = vec![u32::MAX; self.kept.len()];
        for (i, &slot) in (0..).zip(&self.slots) {
            let group = &mut group_of[copies.group[slot as usize] as usize];
            if *group == u32::MAX {
                *group = groups.len() as u32;
                groups.push(Vec::new());
            }
            groups[*group as usize].push(i);
        }
        for group in groups.iter_mut().filter(|g| g.len() > 1) {
            group.sort_by(|&i, &j| corpus.by_time(i).cmp(&corpus.by_time(j)));
        }
        groups
    }
}
