//! All articles of a run, each once.

mod heads;
pub(super) mod seal;

use std::cmp::Ordering;
use std::io;
use std::ops::Range;

use foldhash::HashMap;
use jiff::Timestamp;

use super::parts::{ChunkLists, Column, Loaded, Span};
use super::prepare::{Chunkful, Prepared};
use super::spool::{Place, Room};
use crate::kernel::hash::hash;
use crate::model::Entry;
use crate::stages::headline::Headline;
use crate::stages::sketch::Sketch;
use crate::stages::terms::Term;
use crate::stages::verify;
use crate::stages::weights::Vectors;

/// All articles, ascending by the hash of their ids. The order, and with it every position, depends on the set of
/// articles only.
///
/// What is kept of an article is spread over columns, so that each goes when nothing needs it any more.
#[derive(Debug, Default)]
pub(super) struct Corpus {
    /// What the output says of each.
    pub(super) entries: Vec<Entry>,
    cards: Vec<Card>,
    /// Until it is settled which version of an article stays.
    origins: Vec<Origin>,
    parts: u32,
    /// None or one of each article.
    pub(super) sketches: Column<Sketch>,
    pub(super) shingles: Column<u32>,
    terms: Column<Term>,
    /// Whether terms are asked for again when the stories are found.
    keeps_terms: bool,
    /// Hashes of the words of headlines, and of details.
    hashes: Column<u32, [Span; 2]>,
    /// Numbers and names.
    facts: Column<u8>,
    /// While articles come: where one stands that has the lists for this key.
    known: HashMap<u64, u32>,
    pub(super) room: Room,
}

/// The numbers of an article, as in [`Prepared`].
#[derive(Debug, Clone, Copy)]
struct Card {
    identity: u64,
    content: u64,
    n_words: u32,
    row: u32,
    part: u32,
}

/// Where an article came from and what was delivered, as in [`Prepared`].
#[derive(Debug, Clone, Copy)]
struct Origin {
    record: u64,
    delivered: u64,
}

/// Articles that there is room for, once there are more than one chunk has.
const ROOM: usize = 1 << 17;

impl Corpus {
    /// A corpus that keeps so much in memory.
    pub(super) fn with_room(room: Room) -> Self {
        let lists = room.lists;
        Self {
            sketches: Column::with_room(room.sketches),
            shingles: Column::with_room(room.shingles),
            terms: Column::with_room(lists),
            hashes: Column::with_room(room.hashes),
            facts: Column::with_room(lists),
            room,
            ..Self::default()
        }
    }

    /// As [`Self::add`], with a key for each article by which its lists are known from now on.
    ///
    /// # Errors
    /// As [`Self::add`].
    pub(super) fn add_new(&mut self, (prepared, keys): (Chunkful, Vec<u64>)) -> io::Result<()> {
        self.known.extend(keys.into_iter().zip(self.entries.len() as u32..));
        self.add(prepared)
    }

    /// Adds the articles of one chunk.
    ///
    /// # Errors
    /// Their lists cannot be put aside.
    pub(super) fn add(&mut self, prepared: Chunkful) -> io::Result<()> {
        let Chunkful { articles, lists, sketches } = prepared;
        self.reserve(articles.len());
        articles.into_iter().for_each(|article| self.push(article));
        self.end_part(lists, sketches)
    }

    /// Makes room for so many articles more. Room that is not used yet costs nothing, but moving what is there to make more
    /// does.
    pub(super) fn reserve(&mut self, n: usize) {
        fn make_room<T>(column: &mut Vec<T>, n: usize) {
            if column.is_empty() {
                column.reserve_exact(n);
            } else if column.len() + n > column.capacity() {
                column.reserve(ROOM.max(3 * column.len()));
            }
        }
        make_room(&mut self.entries, n);
        make_room(&mut self.cards, n);
        make_room(&mut self.origins, n);
        make_room(&mut self.sketches.spans, n);
        make_room(&mut self.shingles.spans, n);
        make_room(&mut self.terms.spans, n);
        make_room(&mut self.hashes.spans, n);
        make_room(&mut self.facts.spans, n);
    }

    /// Adds an article, of which the lists come at the [end of its part](Self::end_part).
    pub(super) fn push(&mut self, a: Prepared) {
        let part = if a.again { a.part } else { self.parts };
        let Prepared { identity, content, n_words, row, record, delivered, .. } = a;
        self.entries.push(a.entry);
        self.cards.push(Card { identity, content, n_words, row, part });
        self.origins.push(Origin { record, delivered });
        self.sketches.spans.push(a.sketch);
        self.shingles.spans.push(a.shingles);
        self.terms.spans.push(a.terms);
        self.hashes.spans.push([a.title_words, a.details]);
        self.facts.spans.push(a.facts);
    }

    /// Adds the lists of the articles since the last part.
    ///
    /// # Errors
    /// They cannot be put aside.
    pub(super) fn end_part(&mut self, lists: ChunkLists, sketches: Vec<Sketch>) -> io::Result<()> {
        self.parts += 1;
        self.sketches.spool.push(sketches)?;
        self.shingles.spool.push(lists.shingles)?;
        self.terms.spool.push(lists.terms)?;
        self.hashes.spool.push(lists.hashes)?;
        self.facts.spool.push(lists.facts)
    }

    /// The article that has the lists for a key, if one of those added has, as far as it is the same for all that have them.
    pub(super) fn known(&self, key: u64) -> Option<Prepared> {
        let i = *self.known.get(&key)? as usize;
        let Entry { lang, fingerprint, .. } = &self.entries[i];
        let Card { content, n_words, part, .. } = self.cards[i];
        let [title_words, details] = self.hashes.spans[i];
        Some(Prepared {
            entry: Entry { lang: lang.clone(), fingerprint: *fingerprint, ..Entry::default() },
            delivered: self.origins[i].delivered,
            content,
            n_words,
            part,
            shingles: self.shingles.spans[i],
            sketch: self.sketches.spans[i],
            terms: self.terms.spans[i],
            title_words,
            details,
            facts: self.facts.spans[i],
            ..Prepared::default()
        })
    }

    /// How many articles there are.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The hash of the id of an article.
    pub(super) fn identity(&self, i: u32) -> u64 {
        self.cards[i as usize].identity
    }

    /// The hashes of the compared words of all articles, 0 without any.
    pub(super) fn contents(&self) -> impl Iterator<Item = u64> {
        self.cards.iter().map(|card| card.content)
    }

    /// That of one article.
    pub(super) fn content(&self, i: u32) -> u64 {
        self.cards[i as usize].content
    }

    /// How many words the text of an article has.
    pub(super) fn n_words(&self, i: u32) -> u32 {
        self.cards[i as usize].n_words
    }

    /// The number of an article in an index.
    pub(super) fn row(&self, i: u32) -> u32 {
        self.cards[i as usize].row
    }

    /// Which part the lists of an article are in.
    pub(super) fn part(&self, i: u32) -> u32 {
        self.cards[i as usize].part
    }

    /// How many parts there are.
    pub(super) fn n_parts(&self) -> usize {
        self.parts as usize
    }

    /// The numbers of all articles in an index.
    pub(super) fn rows(&self) -> impl ExactSizeIterator<Item = u32> {
        self.cards.iter().map(|card| card.row)
    }

    /// The hash of an article as delivered; not any more when grouping has begun.
    pub(super) fn delivered(&self, i: u32) -> u64 {
        self.origins[i as usize].delivered
    }

    /// What the exact check looks at of an article with these shingles, what is kept of its headline, and these details.
    pub(super) fn compared<'a>(
        &self,
        i: u32,
        shingles: &'a [u32],
        [headline, details]: [&'a [u32]; 2],
    ) -> verify::Compared<'a> {
        let time = self.entries[i as usize].published().map(Timestamp::as_second);
        let headline = Headline::new(headline);
        verify::Compared { shingles, details, headline, time, content: self.content(i) }
    }

    /// How many shingles an article has.
    pub(super) fn n_shingles(&self, i: u32) -> usize {
        self.shingles.spans[i as usize].len()
    }

    /// Where the shingles of an article are.
    pub(super) fn shingles_of(&self, i: u32) -> Place {
        self.shingles.spans[i as usize].place(self.part(i))
    }

    /// The terms of some articles.
    pub(super) fn load_terms(&self, articles: impl Iterator<Item = u32>) -> io::Result<Vectors> {
        let place = |i: u32| self.terms.spans[i as usize].place(self.part(i));
        let places: Vec<Place> = articles.map(place).collect();
        let mut vectors = Vectors::with_lengths(places.iter().map(|place| place.len()));
        self.terms.spool.gather(&places, |k, terms| vectors.fill(k, terms))?;
        Ok(vectors)
    }

    /// Where the sketch of an article is; of one without words there is none.
    pub(super) fn sketch(&self, i: u32) -> Place {
        self.sketches.spans[i as usize].place(self.part(i))
    }

    /// Where the numbers and names of an article are.
    pub(super) fn facts_of(&self, i: u32) -> Place {
        self.facts.spans[i as usize].place(self.part(i))
    }

    /// The numbers and names of articles, of none yet.
    pub(super) fn facts(&self) -> Loaded<'_, u8> {
        Loaded::new(&self.facts.spool)
    }

    /// What the output says of each article; all else goes.
    pub(super) fn into_entries(mut self) -> Vec<Entry> {
        let (entries, room) = (std::mem::take(&mut self.entries), self.room);
        drop(self);
        (room.give_back)();
        entries
    }

    /// Has the allocator give back what was let go.
    pub(super) fn give_back(&self) {
        (self.room.give_back)();
    }

    /// Gives back what only reading and the choice between versions need.
    pub(super) fn forget_origins(&mut self) {
        self.origins = Vec::new();
        self.give_back();
    }

    /// Gives back what only the search for candidates needs.
    pub(super) fn forget_sketches(&mut self) {
        self.sketches = Column::default();
        self.give_back();
    }

    /// Gives back what only the exact check needs.
    pub(super) fn forget_shingles(&mut self) {
        self.shingles = Column::default();
        self.hashes = Column::default();
        self.give_back();
    }

    /// Gives back what only the story level needs, unless that is to be kept.
    pub(super) fn forget_terms(&mut self) {
        if !self.keeps_terms {
            self.terms = Column::default();
            self.give_back();
        }
    }

    /// Keeps what only the story level needs for who explains what it found.
    pub(super) fn keep_terms(&mut self) {
        self.keeps_terms = true;
    }

    /// When an article was published, in seconds; failing that, when it was seen, and then that it was only seen.
    pub(super) fn time(&self, i: u32) -> (Option<i64>, bool) {
        let entry = &self.entries[i as usize];
        let time = entry.time();
        (time.map(Timestamp::as_second), entry.published().is_none())
    }

    /// See [`Entry::by_time`].
    pub(super) fn by_time(&self, i: u32) -> (bool, Option<Timestamp>, &str) {
        self.entries[i as usize].by_time()
    }

    /// The positions of the articles with this hash of their ids.
    pub(super) fn positions_of(&self, identity: u64) -> Range<u32> {
        let [from, to] = [Ordering::Less, Ordering::Equal].map(|most| {
            self.cards.partition_point(|card| card.identity.cmp(&identity) <= most) as u32
        });
        from..to
    }

    /// The position of an article by its id.
    pub(super) fn position(&self, id: &str) -> Option<u32> {
        self.positions_of(hash(id.as_bytes())).find(|&i| *self.entries[i as usize].id == *id)
    }
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
        assert_eq!(known.cards.iter().map(|card| card.part).collect::<Vec<_>>(), [0, 0, 0, 1]);
        for i in 0..4 {
            let lists = |of: &Corpus| {
                let terms = of.terms.spans[i as usize].place(of.part(i));
                let terms = of.terms.spool.here(terms).map(<[Term]>::to_vec);
                let facts = of.facts.spool.here(of.facts_of(i)).map(<[u8]>::to_vec);
                let shingles = of.shingles.spool.here(of.shingles_of(i)).map(<[u32]>::to_vec);
                let sketch = of.sketches.spool.here(of.sketch(i)).map(<[Sketch]>::to_vec);
                let mut heads = of.heads();
                heads.load([i].into_iter()).unwrap();
                let words = heads.of(0).map(<[u32]>::to_vec);
                let lang = of.entries[i as usize].lang.clone();
                (facts, terms, shingles, sketch, words, of.content(i), lang)
            };
            assert_eq!(lists(&known), lists(&new));
        }
    }
}
