//! What articles are compared by, to and from a segment: fixed records that point into sections of lists.

use jiff::Timestamp;

use crate::kernel::varint;
use crate::model::Entry;
use crate::pipeline::parts::{ChunkLists, Span};
use crate::pipeline::prepare::{Chunkful, Prepared};
use crate::pipeline::spool::Item;
use crate::stages::posted::{self, heaviest};
use crate::stages::reach::Dated;
use crate::stages::terms::Term;
use crate::stages::weights::Vectors;
use crate::store::{Error, Keep, Segment, SegmentWriter};

/// What a segment of articles is called.
pub(super) const KIND: &str = "articles";
/// Sections of such a segment.
pub(super) const RECORDS: usize = 0;
pub(super) const SKETCHES: usize = 1;
pub(super) const SHINGLES: usize = 2;
pub(super) const HASHES: usize = 3;
pub(super) const TERMS: usize = 4;
pub(super) const FACTS: usize = 5;
/// The terms by which articles are found, ascending, each by how much more it is than the one before, and with the bytes of its
/// postings.
pub(super) const POSTED: usize = 6;
/// The postings, term by term: which article of the segment, by how many it comes after the one before, and how heavy the term
/// is in it, in two bytes.
pub(super) const POSTINGS: usize = 7;

/// Bytes of a record.
pub(super) const RECORD: usize = 96;
/// Bytes of it that are eight-byte numbers.
const LONGS: usize = 40;

/// Writes the articles of some chunks as a segment, each with the hash of its source: so copies are told from notices without
/// the database.
pub(super) fn write(writer: &mut SegmentWriter, chunks: &[Chunkful]) -> Result<(), Error> {
    let mut before = [0; 6];
    writer.section(Keep::Plain)?;
    for chunk in chunks {
        for article in &chunk.articles {
            writer.write(&record(article, before))?;
        }
        before[0] += chunk.lists.shingles.len();
        before[1] += chunk.sketches.len();
        before[2] += chunk.lists.terms.len();
        before[3] += chunk.lists.hashes.len();
        before[4] = before[3];
        before[5] += chunk.lists.facts.len();
    }
    writer.section(Keep::Plain)?;
    chunks.iter().try_for_each(|c| write_list(writer, &c.sketches))?;
    writer.section(Keep::Plain)?;
    chunks.iter().try_for_each(|c| write_list(writer, &c.lists.shingles))?;
    writer.section(Keep::Packed)?;
    chunks.iter().try_for_each(|c| write_list(writer, &c.lists.hashes))?;
    writer.section(Keep::Plain)?;
    chunks.iter().try_for_each(|c| write_list(writer, &c.lists.terms))?;
    writer.section(Keep::Packed)?;
    chunks.iter().try_for_each(|c| writer.write(&c.lists.facts))?;
    write_postings(writer, chunks)
}

/// Writes by which terms the articles are found.
fn write_postings(writer: &mut SegmentWriter, chunks: &[Chunkful]) -> Result<(), Error> {
    let terms: Vec<&[Term]> =
        chunks.iter().flat_map(|c| c.articles.iter().map(|a| a.terms.of(&c.lists.terms))).collect();
    let mut vectors = Vectors::with_lengths(terms.iter().map(|terms| terms.len()));
    terms.iter().enumerate().for_each(|(i, terms)| vectors.fill(i, terms));
    let fixed = vectors.fixed();
    let posted = |i: usize| {
        heaviest(i, &vectors, &fixed).map(move |(term, weight)| (term, i as u32, weight))
    };
    let mut postings: Vec<(u32, u32, u16)> = Vec::with_capacity(posted::POSTED * terms.len());
    postings.extend((0..terms.len()).flat_map(posted));
    postings.sort_unstable();
    let (mut dictionary, mut list, mut before) = (Vec::new(), Vec::new(), 0);
    for same in postings.chunk_by(|x, y| x.0 == y.0) {
        let (begin, mut last) = (list.len(), 0);
        for (_, article, weight) in same {
            varint::put(&mut list, article - last);
            list.extend(weight.to_le_bytes());
            last = *article;
        }
        varint::put(&mut dictionary, same[0].0 - before);
        varint::put(&mut dictionary, (list.len() - begin) as u32);
        before = same[0].0;
    }
    writer.section(Keep::Plain)?;
    writer.write(&dictionary)?;
    writer.section(Keep::Plain)?;
    writer.write(&list)
}

/// When an article was published or else seen, as one number; without either only in an index that ignores dates, and there
/// always.
fn time_code(entry: &Entry) -> i64 {
    match (entry.published(), entry.seen()) {
        (Some(time), _) => time.as_second() * 2,
        (None, Some(time)) => time.as_second() * 2 + 1,
        (None, None) => i64::MIN,
    }
}

/// When a report was published or seen, and whether it is the latter. In an index that ignores dates all are of one time:
/// each is near every other then, as if undated, and who works with reports finds all by their times.
pub(super) fn time(code: i64) -> (i64, bool) {
    let Dated { time, stamped } = dated(code);
    (time.unwrap_or(0), stamped)
}

/// Back from [`time_code`], of an article.
pub(super) fn dated(code: i64) -> Dated {
    let time = (code != i64::MIN).then_some(code >> 1);
    Dated { time, stamped: time.is_none() || code & 1 == 1 }
}

fn write_list<T: Item>(writer: &mut SegmentWriter, list: &[T]) -> Result<(), Error> {
    let mut bytes = vec![0; 1024 * T::SIZE];
    for some in list.chunks(1024) {
        let places = bytes.chunks_exact_mut(T::SIZE);
        places.zip(some).for_each(|(place, item)| item.write(place));
        writer.write(&bytes[..some.len() * T::SIZE])?;
    }
    Ok(())
}

/// Spans in the order of the record.
fn spans(a: &Prepared) -> [Span; 6] {
    [a.shingles, a.sketch, a.terms, a.title_words, a.details, a.facts]
}

fn record(a: &Prepared, before: [usize; 6]) -> [u8; RECORD] {
    let mut bytes = [0; RECORD];
    let (longs, ints) = bytes.split_at_mut(LONGS);
    let values =
        [a.source, a.identity, a.delivered, a.content, time_code(&a.entry).cast_unsigned()];
    longs.as_chunks_mut().0.iter_mut().zip(values).for_each(|(b, v)| *b = v.to_le_bytes());
    let spans =
        spans(a).into_iter().zip(before).flat_map(|(span, before)| span.after(before).ends());
    let values = [a.row, a.n_words].into_iter().chain(spans);
    ints.chunks_exact_mut(4).zip(values).for_each(|(b, v)| v.write(b));
    bytes
}

/// What a record alone says of an article, beside its row and its lists.
#[derive(Debug, Clone, Copy)]
pub(super) struct Brief {
    pub(super) identity: u64,
    pub(super) delivered: u64,
    pub(super) content: u64,
    /// As [`dated`] reads it.
    pub(super) time: i64,
    /// The hash of its source.
    pub(super) source: u64,
    pub(super) n_words: u32,
    pub(super) n_shingles: u32,
}

/// One of the lists of an article, by its record; they are in the order of [`spans`].
fn span(bytes: &[u8], i: usize) -> Span {
    let ends = &bytes[LONGS + 8 * (i + 1)..];
    Span::between(u32::read(&ends[..4]), u32::read(&ends[4..8]))
}

/// Where the sketch of an article is, by its record.
pub(super) fn sketch(bytes: &[u8]) -> Span {
    span(bytes, 1)
}

/// Where the terms of an article are, by its record.
pub(super) fn terms(bytes: &[u8]) -> Span {
    span(bytes, 2)
}

/// Where the words of the headline of an article are, by its record.
pub(super) fn title_words(bytes: &[u8]) -> Span {
    span(bytes, 3)
}

/// The row of an article, and what its record alone says of it.
pub(super) fn brief(bytes: &[u8]) -> (u32, Brief) {
    let (longs, ints) = bytes.split_at(LONGS);
    let long = |i: usize| u64::from_le_bytes(longs.as_chunks().0[i]);
    let int = |i: usize| u32::read(&ints[4 * i..4 * i + 4]);
    let brief = Brief {
        identity: long(1),
        delivered: long(2),
        content: long(3),
        time: long(4).cast_signed(),
        source: long(0),
        n_words: int(1),
        n_shingles: int(3).saturating_sub(int(2)),
    };
    (int(0), brief)
}

/// An article as its record has it.
pub(super) fn prepared(bytes: &[u8]) -> Prepared {
    let (row, Brief { identity, delivered, content, time, source, n_words, .. }) = brief(bytes);
    let span = |i: usize| span(bytes, i);
    let Dated { time, stamped } = dated(time);
    let time = time.and_then(|time| Timestamp::from_second(time).ok());
    let (published, seen) = (time.filter(|_| !stamped), time.filter(|_| stamped));
    Prepared {
        entry: Entry { published: published.into(), seen: seen.into(), ..Entry::default() },
        source,
        identity,
        delivered,
        content,
        row,
        n_words,
        shingles: span(0),
        sketch: span(1),
        terms: span(2),
        title_words: span(3),
        details: span(4),
        facts: span(5),
        ..Prepared::default()
    }
}

/// The records of a segment, without their entries.
pub(super) fn records(segment: &Segment) -> Result<Vec<Prepared>, Error> {
    Ok(segment.section(RECORDS)?.chunks_exact(RECORD).map(prepared).collect())
}

/// The same articles without some; nothing of these is left.
pub(super) fn only(chunk: &Chunkful, stays: impl Fn(&Prepared) -> bool) -> Chunkful {
    let mut left = Chunkful::default();
    for a in chunk.articles.iter().filter(|a| stays(a)) {
        let Chunkful { articles, lists, sketches } = &mut left;
        articles.push(Prepared {
            entry: a.entry.clone(),
            shingles: Span::append(&mut lists.shingles, a.shingles.of(&chunk.lists.shingles)),
            sketch: Span::append(sketches, a.sketch.of(&chunk.sketches)),
            terms: Span::append(&mut lists.terms, a.terms.of(&chunk.lists.terms)),
            title_words: Span::append(&mut lists.hashes, a.title_words.of(&chunk.lists.hashes)),
            details: Span::append(&mut lists.hashes, a.details.of(&chunk.lists.hashes)),
            facts: Span::append(&mut lists.facts, a.facts.of(&chunk.lists.facts)),
            ..*a
        });
    }
    left
}

/// A whole segment.
pub(super) fn read(segment: &Segment) -> Result<Chunkful, Error> {
    Ok(Chunkful {
        articles: records(segment)?,
        sketches: list(segment, SKETCHES)?,
        lists: ChunkLists {
            shingles: list(segment, SHINGLES)?,
            terms: list(segment, TERMS)?,
            hashes: list(segment, HASHES)?,
            facts: segment.section(FACTS)?,
        },
    })
}

fn list<T: Item>(segment: &Segment, section: usize) -> Result<Vec<T>, Error> {
    Ok(segment.section(section)?.chunks_exact(T::SIZE).map(T::read).collect())
}
