//! Stories to rows of the layout `articles`: each story is placed as if it were all there is, which gives the same rows.

use std::io::{Read, Write};
use std::sync::Arc;

use arrow_ipc::writer::StreamWriter;

use super::rows::Rows;
use super::wire::Kind::{Bytes, Float, Long, Text};
use super::wire::{Column, Row};
use super::{Error, Settings, cards, identity};
use crate::model::{Entry, Grouping};
use crate::pipeline::Found;
use crate::pipeline::corpus::Corpus;
use crate::pipeline::exact::Exact;
use crate::pipeline::parts::Span;
use crate::pipeline::place as placing;
use crate::pipeline::prepare::{Chunkful, Prepared};
use crate::pipeline::stories::Stories;
use crate::report::ArticleRows;
use crate::stages::crowd::Scores;
use crate::stages::duplicates::{Duplicates, Examined};
use crate::stages::neighbours::Similar;

/// Articles (role 0), matches of copies (role 1) and of reports (role 2) of a story.
pub(super) const STORY: &[Column] = &[
    ("story", Long),
    ("role", Long),
    ("item", Long),
    ("first_item", Long),
    ("near_group", Long),
    ("id", Text),
    ("title", Text),
    ("source", Text),
    ("lang", Text),
    ("url", Text),
    ("file", Text),
    ("kept", Bytes),
    ("published", Text),
    ("seen", Text),
    ("content", Long),
    ("n_words", Long),
    ("fingerprint", Long),
    ("facts", Bytes),
    ("a", Long),
    ("b", Long),
    ("resemblance", Float),
    ("containment", Float),
    ("cosine", Long),
    ("factor", Long),
    ("score", Long),
    ("a_penalty", Long),
    ("b_penalty", Long),
];

/// Rows that are written together.
const TOGETHER: usize = 4096;

/// Places story after story.
pub(super) fn place(
    input: impl Read,
    output: impl Write,
    settings: &Settings,
) -> Result<(), Error> {
    let mut rows = Rows::open(input, STORY, (1, 2), settings.sort)?;
    let keep: Arc<[String]> = settings.options.keep.as_slice().into();
    let mut placed = ArticleRows::new(&keep);
    let mut stream = StreamWriter::try_new(output, &placed.schema())?;
    while let Some(mut group) = rows.group()? {
        let grouping = story(&group.all()?, settings, &keep)?;
        placed.add(&grouping)?;
        if placed.rows() >= TOGETHER {
            stream.write(&placed.batch()?)?;
        }
    }
    stream.write(&placed.batch()?)?;
    stream.finish()?;
    Ok(stream.get_mut().flush()?)
}

/// A story as the whole of a run.
fn story(rows: &[Row], settings: &Settings, keep: &Arc<[String]>) -> Result<Grouping, Error> {
    let role = |role: i64| rows.iter().filter(move |row| row.maybe_long(1) == Some(role));
    let mut chunk = Chunkful::default();
    let mut labels = Vec::new();
    let mut articles: Vec<&Row> = role(0).collect();
    articles.sort_by_key(|row| row.maybe_long(2));
    for row in articles {
        let facts = Span::append(&mut chunk.lists.facts, row.bytes(17));
        chunk.articles.push(article(row, facts, keep)?);
        labels.push([row.long(3)?, row.long(4)?]);
    }
    let mut corpus = Corpus::default();
    corpus.add(chunk)?;
    let position = |row: &Row, column: usize, item: i64| {
        let found = corpus.positions_of(identity(item)).next();
        found.ok_or_else(|| row.bad(column, "is not in the story"))
    };
    let mut first = Vec::new();
    for (row, label) in role(0).zip(&labels) {
        first.push(position(row, 3, label[0])?);
    }
    let folded_twice = |&(_, &f): &(&Row, &u32)| first[f as usize] != f;
    if let Some((row, _)) = role(0).zip(&first).find(folded_twice) {
        return Err(row.bad(3, "is a copy"));
    }
    let exact = Exact::new(&corpus, first);
    let slot = |row: &Row, column: usize, item: i64| {
        let at = position(row, column, item)?;
        let slot = exact.slot(at);
        let stands = exact.kept[slot as usize] == at;
        stands.then_some(slot).ok_or_else(|| row.bad(column, "is a copy"))
    };
    let mut group = Vec::new();
    for &i in &exact.kept {
        let row = &rows[0];
        group.push(slot(row, 4, labels[i as usize][1])?);
    }
    let near = |row: &Row| {
        let (a, b) = (slot(row, 18, row.long(18)?)?, slot(row, 19, row.long(19)?)?);
        let (resemblance, containment) = (row.float(20), row.float(21));
        let (a, b) = (a.min(b), a.max(b));
        Ok(Examined { a, b, resemblance, containment, strength: 1.0 })
    };
    let matches = role(1).map(near).collect::<Result<Vec<_>, Error>>()?;
    let duplicates = Duplicates { group, matches };
    let mut groups = exact.expand(&corpus, &duplicates);
    groups.sort_by_cached_key(|group| (corpus.time(group[0]).0, group[0]));
    let stories = stories(role(2), &corpus, &groups)?;
    let mut found = Found { constraints: Default::default(), exact, duplicates, groups, stories };
    Ok(placing::place(corpus, &mut found, &settings.params)?)
}

fn article(row: &Row, facts: Span, keep: &Arc<[String]>) -> Result<Prepared, Error> {
    if str::from_utf8(row.bytes(17)).is_err() {
        return Err(row.bad(17, "is no text"));
    }
    Ok(Prepared {
        entry: Entry { fingerprint: row.long(16)? as u64, ..cards::entry(row, 5, keep)? },
        identity: identity(row.long(2)?),
        content: row.long(14)? as u64,
        n_words: row.long(15)? as u32,
        facts,
        ..Prepared::default()
    })
}

/// One story of all groups, with what is known between them.
fn stories<'a>(
    pairs: impl Iterator<Item = &'a Row>,
    corpus: &Corpus,
    groups: &[Vec<u32>],
) -> Result<Stories, Error> {
    let mut canonical: Vec<(u64, u32)> =
        groups.iter().zip(0..).map(|(group, g)| (corpus.identity(group[0]), g)).collect();
    canonical.sort_unstable();
    let mut found = Stories::none(groups.len());
    found.story = vec![0; groups.len()];
    found.scores = Scores { pairs: Vec::new(), penalties: vec![0; groups.len()] };
    for row in pairs {
        let group = |column: usize| {
            let item = identity(row.long(column)?);
            let at = canonical.binary_search_by_key(&item, |c| c.0);
            at.map(|at| canonical[at].1).map_err(|_| row.bad(column, "stands for no group"))
        };
        let (a, b) = (group(18)?, group(19)?);
        found.scores.penalties[a as usize] = row.long(25)?;
        found.scores.penalties[b as usize] = row.long(26)?;
        found.similar.push(Similar::new((a, b), row.long(22)? as i32, row.long(23)?));
        found.scores.pairs.push(row.long(24)? as i32);
    }
    Ok(found)
}
