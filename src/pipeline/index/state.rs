//! What an index knows of every article, in a few numbers each. This much is read every night; all else is read for the
//! articles that a night touches.

use foldhash::HashMap;

use super::rows::{self, Brief};
use crate::model::Entry;
use crate::pipeline::corpus::Corpus;
use crate::pipeline::parts::{Part, Span};
use crate::pipeline::prepare::{Chunkful, Prepared};
use crate::pipeline::spool::Item;
use crate::stages::sketch::Sketch;
use crate::stages::weights::Vectors;
use crate::store::{Block, Error, Named, Segment, Store};

/// No row, no story.
pub(super) const NONE: u32 = u32::MAX;

/// Where an article belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Home {
    /// Its story, as a number.
    pub(super) story: u32,
    /// The earliest article of its near-duplicate group: the group's report.
    pub(super) group: u32,
    /// The article that stands for all that are the same word for word.
    pub(super) first: u32,
}

/// Where an article belongs that is not there.
const NOWHERE: Home = Home { story: NONE, group: NONE, first: NONE };

impl Home {
    /// Whether the article is there.
    pub(super) fn is_there(self) -> bool {
        self.group != NONE
    }
}

/// An article that the index has, or has had.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    pub(super) identity: u64,
    pub(super) delivered: u64,
    pub(super) content: u64,
    /// As [`rows::moment`] reads it.
    pub(super) time: i64,
    pub(super) n_shingles: u32,
    /// Its segment, among those at hand, and its place in it.
    segment: u32,
    at: u32,
    /// Where it belonged before.
    pub(super) was: Home,
    /// Where it belongs now; its story is not known before all is grouped.
    pub(super) now: Home,
}

const UNKNOWN: Known = Known {
    identity: 0,
    delivered: 0,
    content: 0,
    time: i64::MIN,
    n_shingles: 0,
    segment: NONE,
    at: 0,
    was: NOWHERE,
    now: NOWHERE,
};

/// Which lists of an article are wanted, beside its numbers and the words of its title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lists {
    Shingles,
    Facts,
    Neither,
}

/// All articles by row, and the segments that they are in.
pub(super) struct State {
    pub(super) segments: Vec<Segment>,
    pub(super) rows: Vec<Known>,
}

impl State {
    /// What the index has, and what tonight's segments have.
    pub(super) fn load(store: &Store, tonight: &[Named]) -> Result<Self, Error> {
        let all = store.segments()?;
        let of_articles = all.iter().filter(|named| named.kind == rows::KIND).chain(tonight);
        let mut state = Self { segments: Vec::new(), rows: Vec::new() };
        for named in of_articles {
            let segment = store.segment(named)?;
            let records = segment.section(rows::RECORDS)?;
            for (at, record) in (0..).zip(records.chunks_exact(rows::RECORD)) {
                let Brief { row, identity, delivered, content, time, n_shingles } =
                    rows::brief(record);
                if state.rows.len() <= row as usize {
                    state.rows.resize(row as usize + 1, UNKNOWN);
                }
                let segment = state.segments.len() as u32;
                let place = &mut state.rows[row as usize];
                *place = Known {
                    identity,
                    delivered,
                    content,
                    time,
                    n_shingles,
                    segment,
                    at,
                    ..UNKNOWN
                };
            }
            state.segments.push(segment);
        }
        for m in store.members()? {
            let unknown = || Error::damaged(&store.database(), "an article is in no segment");
            let known = state.rows.get_mut(m.row as usize).filter(|k| k.segment != NONE);
            let known = known.ok_or_else(unknown)?;
            known.was = Home { story: m.story, group: m.group, first: m.first };
            known.now = known.was;
        }
        Ok(state)
    }

    pub(super) fn of(&self, row: u32) -> &Known {
        &self.rows[row as usize]
    }

    /// Rows of articles that pass, ascending.
    pub(super) fn select(&self, pass: impl Fn(u32, &Known) -> bool) -> Vec<u32> {
        (0..).zip(&self.rows).filter(|(row, known)| pass(*row, known)).map(|(row, _)| row).collect()
    }

    /// For each segment the rows of its articles, in their order there.
    pub(super) fn rows_by_segment(&self) -> Vec<Vec<u32>> {
        let mut all: Vec<Vec<u32>> = vec![Vec::new(); self.segments.len()];
        for (row, known) in (0..).zip(&self.rows).filter(|(_, known)| known.segment != NONE) {
            let rows = &mut all[known.segment as usize];
            if rows.len() <= known.at as usize {
                rows.resize(known.at as usize + 1, NONE);
            }
            rows[known.at as usize] = row;
        }
        all
    }

    /// The order of articles by their ids' hashes, as in a corpus.
    pub(super) fn by_identity(&self, row: u32) -> (u64, u32) {
        (self.of(row).identity, row)
    }

    /// Calls `each` with the sketch of every article that has one and passes.
    pub(super) fn each_sketch(
        segment: &Segment,
        mut each: impl FnMut(u32, &Sketch),
    ) -> Result<(), Error> {
        let records = segment.section(rows::RECORDS)?;
        let (mut block, mut bytes) = (Block::default(), Vec::new());
        let mut from = 0;
        for record in records.chunks_exact(rows::RECORD) {
            let Brief { row, n_shingles, .. } = rows::brief(record);
            if n_shingles == 0 {
                continue;
            }
            bytes.clear();
            segment.read_by(&mut block, rows::SKETCHES, from, Sketch::SIZE, &mut bytes)?;
            from += Sketch::SIZE as u64;
            each(row, &Sketch::read(&bytes));
        }
        Ok(())
    }

    /// Calls `each` with the position and the record of every article, in the order in which they lie on the disk.
    fn each_record(
        &self,
        wanted: &[u32],
        mut each: impl FnMut(usize, u32, Prepared) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let place = |i: u32| (self.of(wanted[i as usize]).segment, self.of(wanted[i as usize]).at);
        let mut order: Vec<u32> = (0..wanted.len() as u32).collect();
        order.sort_unstable_by_key(|&i| place(i));
        let mut bytes = Vec::new();
        for same in order.chunk_by(|&i, &j| place(i).0 == place(j).0) {
            let number = place(same[0]).0;
            let segment = &self.segments[number as usize];
            let mut block = Block::default();
            for &i in same {
                bytes.clear();
                let from = u64::from(place(i).1) * rows::RECORD as u64;
                segment.read_by(&mut block, rows::RECORDS, from, rows::RECORD, &mut bytes)?;
                each(i as usize, number, rows::prepared(&bytes))?;
            }
        }
        Ok(())
    }

    /// The terms of some articles, in their order; of those that are not wanted none.
    pub(super) fn terms(&self, wanted: &[u32]) -> Result<Vectors, Error> {
        let mut lists = vec![Vec::new(); wanted.len()];
        let mut reader = Reader::default();
        self.each_record(wanted, |i, segment, a| {
            reader.append(&self.segments, segment, rows::TERMS, a.terms, &mut lists[i]).map(drop)
        })?;
        let mut vectors = Vectors::with_lengths(lists.iter().map(Vec::len));
        lists.iter().enumerate().for_each(|(i, terms)| vectors.fill(i, terms));
        Ok(vectors)
    }

    /// The sketches of those articles that have one.
    pub(super) fn sketches(&self, wanted: &[u32]) -> Result<HashMap<u32, Sketch>, Error> {
        let (mut sketches, mut list) = (HashMap::default(), Vec::new());
        let mut reader = Reader::default();
        self.each_record(wanted, |i, segment, a| {
            list.clear();
            reader.append(&self.segments, segment, rows::SKETCHES, a.sketch, &mut list)?;
            sketches.extend(list.first().map(|sketch| (wanted[i], *sketch)));
            Ok(())
        })?;
        Ok(sketches)
    }

    /// Some articles as a corpus of their own.
    pub(super) fn corpus(
        &self,
        wanted: &[u32],
        lists: Lists,
        entry: impl Fn(u32) -> Entry,
    ) -> Result<Corpus, Error> {
        let mut chunk = Chunkful::default();
        let mut readers: [Reader; 3] = Default::default();
        self.each_record(wanted, |i, segment, a| {
            let Chunkful { articles, part: Part { hashes }, lists: kept, .. } = &mut chunk;
            let [words, shingles, facts] = &mut readers;
            let (mut shingled, mut told) = (Span::default(), Span::default());
            match lists {
                Lists::Shingles => {
                    shingled = shingles.append(
                        &self.segments,
                        segment,
                        rows::SHINGLES,
                        a.shingles,
                        &mut kept.shingles,
                    )?;
                }
                Lists::Facts => {
                    told = facts.append(
                        &self.segments,
                        segment,
                        rows::FACTS,
                        a.facts,
                        &mut kept.facts,
                    )?;
                }
                Lists::Neither => {}
            }
            articles.push(Prepared {
                entry: entry(wanted[i]),
                title_words: words.append(
                    &self.segments,
                    segment,
                    rows::HASHES,
                    a.title_words,
                    hashes,
                )?,
                numbers: words.append(&self.segments, segment, rows::HASHES, a.numbers, hashes)?,
                shingles: shingled,
                facts: told,
                sketch: Span::default(),
                terms: Span::default(),
                ..a
            });
            Ok(())
        })?;
        let mut corpus = Corpus::default();
        corpus.add(chunk).map_err(super::world::aside)?;
        corpus.seal(&mut crate::pipeline::Run::default());
        Ok(corpus)
    }
}

/// Reads lists of one kind, one after the other.
#[derive(Default)]
struct Reader {
    block: Block,
    /// The segment whose block that is.
    segment: Option<u32>,
    bytes: Vec<u8>,
}

impl Reader {
    /// Appends a list; gives where it stands now.
    fn append<T: Item>(
        &mut self,
        segments: &[Segment],
        number: u32,
        section: usize,
        span: Span,
        list: &mut Vec<T>,
    ) -> Result<Span, Error> {
        if self.segment != Some(number) {
            (self.block, self.segment) = (Block::default(), Some(number));
        }
        let segment = &segments[number as usize];
        self.bytes.clear();
        let (from, length) = (u64::from(span.ends()[0]) * T::SIZE as u64, span.len() * T::SIZE);
        segment.read_by(&mut self.block, section, from, length, &mut self.bytes)?;
        let items: Vec<T> = self.bytes.chunks_exact(T::SIZE).map(T::read).collect();
        Ok(Span::append(list, &items))
    }
}
