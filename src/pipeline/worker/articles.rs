//! Articles: inputs to cards, and one card for each id.

use std::io::{Read, Write};
use std::sync::Arc;

use arrow_ipc::reader::StreamReader;

use super::rows::Rows;
use super::wire::Kind::{Bytes, Long, Text};
use super::wire::{Column, Row};
use super::writer::Writer;
use super::{Error, Settings, cards, identity};
use crate::model::{Article, Refusal};
use crate::pipeline::Run;
use crate::pipeline::corpus::Corpus;
use crate::pipeline::prepare::{Chunkful, Prepared, Preparer};
use crate::read;

/// All that is kept of an article.
pub(super) const CARD: &[Column] = &[
    ("item", Long),
    ("id", Text),
    ("title", Text),
    ("source", Text),
    ("lang", Text),
    ("url", Text),
    ("file", Text),
    ("kept", Bytes),
    ("published", Text),
    ("seen", Text),
    ("time", Long),
    ("record", Long),
    ("delivered", Long),
    ("content", Long),
    ("n_words", Long),
    ("fingerprint", Long),
    ("sketch", Bytes),
    ("n_shingles", Long),
    ("shingles", Bytes),
    ("details", Bytes),
    ("title_words", Bytes),
    ("terms", Bytes),
    ("facts", Bytes),
    ("refusal", Text),
];

/// Articles that are prepared together.
const TOGETHER: usize = 64;

/// Inputs to cards: cleans, shingles and sketches each article.
pub(super) fn prepare(
    input: impl Read,
    output: Box<dyn Write + '_>,
    settings: &Settings,
) -> Result<(), Error> {
    let reader = StreamReader::try_new(input, None).map_err(|e| Error::NoArrow(e.to_string()))?;
    let mut out = Writer::new(output, CARD)?;
    let mut preparer = Preparer::new(&settings.params);
    for batch in reader {
        let batch = batch.map_err(|error| Error::NoArrow(error.to_string()))?;
        for chunk in read::rows(&batch, &settings.options).map_err(Error::Column)? {
            let parsed = chunk.parse();
            let mut articles: Vec<Article> = parsed.articles;
            while !articles.is_empty() {
                let rest = articles.split_off(articles.len().min(TOGETHER));
                let chunk: Chunkful = preparer.prepare_all(articles, &settings.params);
                cards::write(&chunk, &mut out)?;
                articles = rest;
            }
            parsed.refusals.iter().try_for_each(|refusal| cards::refuse(refusal, &mut out))?;
        }
    }
    out.finish()
}

/// Of several articles with one id the newest: the rule of the corpus on one machine.
pub(super) fn seal(
    rows: &mut Rows<'_>,
    out: &mut Writer<'_>,
    settings: &Settings,
) -> Result<(), Error> {
    let keep: Arc<[String]> = settings.options.keep.as_slice().into();
    while let Some(mut group) = rows.group()? {
        let all = group.all()?;
        if let Some(other) = all.iter().find(|row| row.text(1) != all[0].text(1)) {
            return Err(Error::Clash(all[0].text(1).to_owned(), other.text(1).to_owned()));
        }
        let articles = all.iter().zip(0..).map(|(row, number)| version(row, number, &keep));
        let articles = articles.collect::<Result<Vec<_>, Error>>()?;
        let (mut corpus, mut run) = (Corpus::default(), Run::default());
        articles.into_iter().for_each(|article| corpus.push(article));
        corpus.seal(&mut run);
        for number in corpus.rows() {
            let row = &all[number as usize];
            out.row(&(0..CARD.len()).map(|column| row.copy(column)).collect::<Vec<_>>())?;
        }
        let refusals: Vec<Refusal> = run.refusals;
        refusals.iter().try_for_each(|refusal| cards::refuse(refusal, out))?;
    }
    Ok(())
}

/// What the choice between versions looks at, of the row with this number.
fn version(row: &Row, number: u32, keep: &Arc<[String]>) -> Result<Prepared, Error> {
    Ok(Prepared {
        entry: cards::entry(row, 1, keep)?,
        identity: identity(row.long(0)?),
        record: row.long(11)? as u64,
        delivered: row.long(12)? as u64,
        row: number,
        ..Prepared::default()
    })
}
