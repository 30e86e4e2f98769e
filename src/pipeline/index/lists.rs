//! What articles are compared by, out of their segments, for the articles that a night touches.

use foldhash::HashMap;

use super::rows;
use super::state::State;
use crate::model::Entry;
use crate::pipeline::corpus::Corpus;
use crate::pipeline::parts::Span;
use crate::pipeline::prepare::{Chunkful, Prepared};
use crate::pipeline::spool::Item;
use crate::stages::sketch::Sketch;
use crate::stages::weights::Vectors;
use crate::store::{Block, Error, Segment};

/// Which lists of an article are wanted, beside its numbers and the words of its title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lists {
    Shingles,
    Facts,
    Neither,
}

/// Sketches that are looked at together: they stay in the cache.
const TOGETHER: usize = 1 << 10;

impl State {
    /// Calls `each` with those of a segment's articles that have a sketch and are wanted, by their places in the order of time,
    /// some at a time; `rows` are those of all its articles.
    pub(super) fn each_sketches(
        &self,
        segment: &Segment,
        rows: &[u32],
        wanted: impl Fn(u32) -> bool,
        mut each: impl FnMut(&[(u32, Sketch)]),
    ) -> Result<(), Error> {
        let sketched: Vec<u32> =
            rows.iter().copied().filter(|&row| self.of(row).n_shingles > 0).collect();
        let (mut block, mut bytes, mut some) = (Block::default(), Vec::new(), Vec::new());
        let mut from = 0;
        for rows in sketched.chunks(TOGETHER) {
            let length = rows.len() * Sketch::SIZE;
            bytes.clear();
            segment.read_by(&mut block, rows::SKETCHES, from, length, &mut bytes)?;
            from += length as u64;
            let both = rows.iter().zip(bytes.chunks_exact(Sketch::SIZE));
            let both = both.filter(|(row, _)| wanted(**row));
            some.clear();
            let age = |row: u32| self.ages[row as usize];
            some.extend(both.map(|(row, bytes)| (age(*row), Sketch::read(bytes))));
            each(&some);
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

    /// The terms of some articles, in their order.
    pub(super) fn terms(&self, wanted: &[u32]) -> Result<Vectors, Error> {
        let (mut places, mut lengths) = (Vec::with_capacity(wanted.len()), vec![0; wanted.len()]);
        self.each_record(wanted, |i, segment, a| {
            lengths[i] = a.terms.len();
            places.push((i, segment, a.terms));
            Ok(())
        })?;
        let mut vectors = Vectors::with_lengths(lengths.into_iter());
        let (mut reader, mut list) = (Reader::default(), Vec::new());
        for (i, segment, terms) in places {
            list.clear();
            reader.append(&self.segments, segment, rows::TERMS, terms, &mut list)?;
            vectors.fill(i, &list);
        }
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
        mut entry: impl FnMut(&Prepared) -> Entry,
    ) -> Result<Corpus, Error> {
        let mut chunk = Chunkful::default();
        let mut readers: [Reader; 3] = Default::default();
        self.each_record(wanted, |_, segment, a| {
            let Chunkful { articles, lists: kept, .. } = &mut chunk;
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
                entry: entry(&a),
                title_words: words.append(
                    &self.segments,
                    segment,
                    rows::HASHES,
                    a.title_words,
                    &mut kept.hashes,
                )?,
                numbers: words.append(
                    &self.segments,
                    segment,
                    rows::HASHES,
                    a.numbers,
                    &mut kept.hashes,
                )?,
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
        let before = list.len() as u32;
        list.extend(self.bytes.chunks_exact(T::SIZE).map(T::read));
        Ok(Span::between(before, list.len() as u32))
    }
}
