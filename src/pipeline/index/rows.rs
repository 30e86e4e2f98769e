//! What articles are compared by, to and from a segment: fixed records that point into sections of lists.

use crate::pipeline::parts::{Lists, Part, Span};
use crate::pipeline::prepare::{Chunkful, Prepared};
use crate::pipeline::spool::Item;
use crate::store::{Error, Segment, SegmentWriter};

/// What a segment of articles is called.
pub(super) const KIND: &str = "articles";
/// Sections of such a segment.
const RECORDS: usize = 0;
const SKETCHES: usize = 1;
const SHINGLES: usize = 2;
const HASHES: usize = 3;
const TERMS: usize = 4;
const FACTS: usize = 5;

/// Bytes of a record.
const RECORD: usize = 88;

/// Writes the articles of some chunks as a segment.
pub(super) fn write(writer: &mut SegmentWriter, chunks: &[Chunkful]) -> Result<(), Error> {
    let mut before = [0; 6];
    for chunk in chunks {
        for article in &chunk.articles {
            writer.write(&record(article, before))?;
        }
        before[0] += chunk.lists.shingles.len();
        before[1] += chunk.sketches.len();
        before[2] += chunk.lists.terms.len();
        before[3] += chunk.part.hashes.len();
        before[4] = before[3];
        before[5] += chunk.lists.facts.len();
    }
    writer.next_section();
    chunks.iter().try_for_each(|c| write_list(writer, &c.sketches))?;
    writer.next_section();
    chunks.iter().try_for_each(|c| write_list(writer, &c.lists.shingles))?;
    writer.next_section();
    chunks.iter().try_for_each(|c| write_list(writer, &c.part.hashes))?;
    writer.next_section();
    chunks.iter().try_for_each(|c| write_list(writer, &c.lists.terms))?;
    writer.next_section();
    chunks.iter().try_for_each(|c| writer.write(&c.lists.facts))
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
    [a.shingles, a.sketch, a.terms, a.title_words, a.numbers, a.facts]
}

fn record(a: &Prepared, before: [usize; 6]) -> [u8; RECORD] {
    let mut bytes = [0; RECORD];
    let (longs, ints) = bytes.split_at_mut(32);
    let values = [a.record, a.identity, a.delivered, a.content];
    longs.as_chunks_mut().0.iter_mut().zip(values).for_each(|(b, v)| *b = v.to_le_bytes());
    let spans =
        spans(a).into_iter().zip(before).flat_map(|(span, before)| span.after(before).ends());
    let values = [a.row, a.n_words].into_iter().chain(spans);
    ints.chunks_exact_mut(4).zip(values).for_each(|(b, v)| v.write(b));
    bytes
}

fn prepared(bytes: &[u8]) -> Prepared {
    let (longs, ints) = bytes.split_at(32);
    let long = |i: usize| u64::from_le_bytes(longs.as_chunks().0[i]);
    let int = |i: usize| u32::read(&ints[4 * i..4 * i + 4]);
    let span = |i: usize| Span::between(int(2 + 2 * i), int(3 + 2 * i));
    Prepared {
        record: long(0),
        identity: long(1),
        delivered: long(2),
        content: long(3),
        row: int(0),
        n_words: int(1),
        shingles: span(0),
        sketch: span(1),
        terms: span(2),
        title_words: span(3),
        numbers: span(4),
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
        let Chunkful { articles, part, lists, sketches } = &mut left;
        articles.push(Prepared {
            entry: a.entry.clone(),
            shingles: Span::append(&mut lists.shingles, a.shingles.of(&chunk.lists.shingles)),
            sketch: Span::append(sketches, a.sketch.of(&chunk.sketches)),
            terms: Span::append(&mut lists.terms, a.terms.of(&chunk.lists.terms)),
            title_words: Span::append(&mut part.hashes, a.title_words.of(&chunk.part.hashes)),
            numbers: Span::append(&mut part.hashes, a.numbers.of(&chunk.part.hashes)),
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
        part: Part { hashes: list(segment, HASHES)? },
        sketches: list(segment, SKETCHES)?,
        lists: Lists {
            shingles: list(segment, SHINGLES)?,
            terms: list(segment, TERMS)?,
            facts: segment.section(FACTS)?,
        },
    })
}

fn list<T: Item>(segment: &Segment, section: usize) -> Result<Vec<T>, Error> {
    Ok(segment.section(section)?.chunks_exact(T::SIZE).map(T::read).collect())
}
