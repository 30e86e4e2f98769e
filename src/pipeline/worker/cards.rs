//! Cards: all that is kept of an article, as a row and back.

use std::sync::Arc;

use jiff::Timestamp;

use super::articles::CARD;
use super::wire::{Out, Row};
use super::writer::Writer;
use super::{Error, item, pack};
use crate::model::{Entry, Kept, Refusal};
use crate::pipeline::parts::ChunkLists;
use crate::pipeline::prepare::{Chunkful, Prepared};
use crate::pipeline::spool::Item as _;
use crate::stages::sketch::Sketch;

/// Writes the cards of a chunk.
pub(super) fn write(chunk: &Chunkful, out: &mut Writer<'_>) -> Result<(), Error> {
    for article in &chunk.articles {
        card(article, chunk, out)?;
    }
    Ok(())
}

fn card(article: &Prepared, chunk: &Chunkful, out: &mut Writer<'_>) -> Result<(), Error> {
    let Prepared { entry, .. } = article;
    let ChunkLists { shingles, terms, hashes, facts } = &chunk.lists;
    let [published, seen] =
        [entry.published(), entry.seen()].map(|time| time.map(|t| t.to_string()));
    let time = entry.time().map(Timestamp::as_second);
    let sketch = Some(article.sketch.of(&chunk.sketches)).filter(|s| !s.is_empty()).map(pack);
    out.row(&[
        Out::Long(item(article.identity)),
        Out::Text(&entry.id),
        Out::text(&entry.title),
        Out::text(&entry.source),
        Out::text(&entry.lang),
        Out::text(&entry.url),
        Out::text(&entry.file),
        Out::Bytes(&kept_bytes(entry.kept.values())),
        Out::text(published.as_deref().unwrap_or_default()),
        Out::text(seen.as_deref().unwrap_or_default()),
        Out::long(time),
        Out::Long(article.record as i64),
        Out::Long(article.delivered as i64),
        Out::Long(article.content as i64),
        Out::Long(article.n_words.into()),
        Out::Long(entry.fingerprint as i64),
        sketch.as_deref().map_or(Out::Null, Out::Bytes),
        Out::Long(article.shingles.len() as i64),
        Out::Bytes(&pack(article.shingles.of(shingles))),
        Out::Bytes(&pack(article.details.of(hashes))),
        Out::Bytes(&pack(article.title_words.of(hashes))),
        Out::Bytes(&pack(article.terms.of(terms))),
        Out::Bytes(article.facts.of(facts)),
        Out::Null,
    ])
}

/// Writes a refusal in the place of a card.
pub(super) fn refuse(refusal: &Refusal, out: &mut Writer<'_>) -> Result<(), Error> {
    let mut row = vec![Out::Null; CARD.len()];
    let position = |name| CARD.iter().position(|c| c.0 == name).expect("it is a column of a card");
    row[position("file")] = Out::Text(&refusal.file);
    row[position("record")] = Out::Long(refusal.record as i64);
    row[position("refusal")] = Out::Text(&refusal.reason);
    out.row(&row)
}

/// The user's columns: each value after its length.
fn kept_bytes(kept: &[String]) -> Vec<u8> {
    let one = |value: &String| [&(value.len() as u32).to_le_bytes()[..], value.as_bytes()].concat();
    kept.iter().flat_map(one).collect()
}

/// Back from [`kept_bytes`], of the columns of these names.
fn kept(row: &Row, column: usize, names: &Arc<[String]>) -> Result<Kept, Error> {
    let bad = || row.bad(column, "is cut");
    let (mut bytes, mut values) = (row.bytes(column), Vec::new());
    while let Some((length, rest)) = bytes.split_first_chunk() {
        let length = u32::from_le_bytes(*length) as usize;
        let (value, rest) = rest.split_at_checked(length).ok_or_else(bad)?;
        values.push(String::from_utf8_lossy(value).into_owned());
        bytes = rest;
    }
    if bytes.is_empty() { Ok(Kept::new(names, values)) } else { Err(bad()) }
}

/// The entry whose columns, from the id to when it was seen, begin at `from`; its fingerprint stands elsewhere.
pub(super) fn entry(row: &Row, from: usize, keep: &Arc<[String]>) -> Result<Entry, Error> {
    Ok(Entry {
        id: row.text(from).into(),
        title: row.text(from + 1).into(),
        source: row.text(from + 2).into(),
        lang: row.text(from + 3).into(),
        url: row.text(from + 4).into(),
        file: row.text(from + 5).into(),
        kept: kept(row, from + 6, keep)?,
        published: moment(row, from + 7)?.into(),
        seen: moment(row, from + 8)?.into(),
        fingerprint: 0,
    })
}

/// A moment that a card holds.
pub(super) fn moment(row: &Row, column: usize) -> Result<Option<Timestamp>, Error> {
    match row.text(column) {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| row.bad(column, "is no time")),
    }
}

/// A sketch that a card holds.
pub(super) fn sketch(row: &Row, column: usize) -> Result<Sketch, Error> {
    let bytes = row.bytes(column);
    if bytes.len() == Sketch::SIZE {
        Ok(Sketch::read(bytes))
    } else {
        Err(row.bad(column, "is no sketch"))
    }
}
