//! What articles are compared by, out of their segments, for the articles that a night touches.

use foldhash::HashMap;

use super::rows;
use super::state::{Known, State};
use crate::model::Entry;
use crate::pipeline::corpus::Corpus;
use crate::pipeline::exact::NOTICE;
use crate::pipeline::parts::{self, Span};
use crate::pipeline::prepare::Prepared;
use crate::pipeline::spool::Item;
use crate::stages::sketch::Sketch;
use crate::stages::weights::Vectors;
use crate::store::{Block, Error, Segment};

/// Which lists of an article are wanted, beside its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// The words of its headline, where its text is short enough for a notice.
    Headline,
    /// What the exact check looks at: its shingles, the words of its headline and its details.
    Checked,
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

    /// Calls `each` with the position, the segment and the record of every article, in the order in which they lie on the disk.
    fn each_record(
        &self,
        wanted: &[u32],
        mut each: impl FnMut(usize, u32, &[u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let place = |i: u32| {
            let Known { segment, at, .. } = self.rows[wanted[i as usize] as usize];
            (segment, at)
        };
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
                each(i as usize, number, &bytes)?;
            }
        }
        Ok(())
    }

    /// The terms of some articles, in their order.
    pub(super) fn terms(&self, wanted: &[u32]) -> Result<Vectors, Error> {
        let (mut places, mut lengths) = (Vec::with_capacity(wanted.len()), vec![0; wanted.len()]);
        self.each_record(wanted, |i, segment, record| {
            let terms = rows::terms(record);
            lengths[i] = terms.len();
            places.push((i, segment, terms));
            Ok(())
        })?;
        let mut vectors = Vectors::with_lengths(lengths.into_iter());
        let (mut reader, mut list) = (Reader::default(), Vec::new());
        for (i, segment, terms) in places {
            list.clear();
            reader.append((&self.segments, segment), rows::TERMS, terms, &mut list)?;
            vectors.fill(i, &list);
        }
        Ok(vectors)
    }

    /// The words of the headlines of some articles, in their order.
    pub(super) fn headlines(&self, wanted: &[u32]) -> Result<Headlines, Error> {
        let mut headlines =
            Headlines { words: Vec::new(), spans: vec![Span::default(); wanted.len()] };
        let mut reader = Reader::default();
        self.each_record(wanted, |i, segment, record| {
            let (from, title) = ((&*self.segments, segment), rows::title_words(record));
            headlines.spans[i] = reader.append(from, rows::HASHES, title, &mut headlines.words)?;
            Ok(())
        })?;
        Ok(headlines)
    }

    /// The sketches of those articles that have one.
    pub(super) fn sketches(&self, wanted: &[u32]) -> Result<HashMap<u32, Sketch>, Error> {
        let mut sketches = HashMap::with_capacity_and_hasher(wanted.len(), Default::default());
        let mut list = Vec::new();
        let mut reader = Reader::default();
        self.each_record(wanted, |i, segment, record| {
            let sketch = rows::sketch(record);
            list.clear();
            reader.append((&self.segments, segment), rows::SKETCHES, sketch, &mut list)?;
            sketches.extend(list.first().map(|sketch| (wanted[i], *sketch)));
            Ok(())
        })?;
        Ok(sketches)
    }

    /// Some articles as a corpus of their own.
    pub(super) fn corpus(
        &self,
        rows: &[u32],
        wanted: Wanted,
        mut entry: impl FnMut(&Prepared) -> Entry,
    ) -> Result<Corpus, Error> {
        let (mut corpus, mut kept) = (Corpus::default(), parts::ChunkLists::default());
        corpus.reserve(rows.len());
        let mut readers: [Reader; 3] = Default::default();
        self.each_record(rows, |_, number, record| {
            let a = rows::prepared(record);
            let entry = entry(&a);
            let [words, shingles, facts] = &mut readers;
            let from = (&*self.segments, number);
            let checked = wanted == Wanted::Checked;
            let headline = checked || wanted == Wanted::Headline && a.n_words <= NOTICE;
            let only = |is_wanted: bool, list: Span| if is_wanted { list } else { Span::default() };
            let (title_words, details) = (only(headline, a.title_words), only(checked, a.details));
            let told = only(wanted == Wanted::Facts, a.facts);
            corpus.push(Prepared {
                entry,
                title_words: words.append(from, rows::HASHES, title_words, &mut kept.hashes)?,
                details: words.append(from, rows::HASHES, details, &mut kept.hashes)?,
                shingles: shingles.append(
                    from,
                    rows::SHINGLES,
                    only(checked, a.shingles),
                    &mut kept.shingles,
                )?,
                facts: facts.append(from, rows::FACTS, told, &mut kept.facts)?,
                sketch: Span::default(),
                terms: Span::default(),
                ..a
            });
            Ok(())
        })?;
        corpus.end_part(kept, Vec::new()).map_err(super::world::aside)?;
        corpus.seal(&mut crate::pipeline::Run::default());
        Ok(corpus)
    }
}

/// The words of headlines, each ascending.
pub(super) struct Headlines {
    words: Vec<u32>,
    spans: Vec<Span>,
}

impl Headlines {
    pub(super) fn of(&self, i: usize) -> &[u32] {
        self.spans[i].of(&self.words)
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
        (segments, number): (&[Segment], u32),
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
