//! New articles into segments, and which versions of articles stay.

use foldhash::HashMap;
use rayon::prelude::*;

use super::{Options, Version, rows, texts};
use crate::model::{Entry, Refusal};
use crate::params::Params;
use crate::pipeline::corpus::seal::{other_version, rank};
use crate::pipeline::prepare::{Chunkful, Prepared, Preparer};
use crate::pipeline::{AHEAD, Counts};
use crate::read::{Notes, Parsed};
use crate::stages::pool::Pool;
use crate::store::{Error, Named, Next, Store};

/// Articles of a segment that is written while others are still read.
const ROWS: usize = 20_000;

/// What was read tonight; its lists are in segments that nothing names yet.
#[derive(Debug, Default)]
pub(super) struct Intake {
    pub(super) articles: Vec<Prepared>,
    pub(super) segments: Vec<Named>,
    pub(super) refusals: Vec<Refusal>,
    pub(super) notes: Notes,
    pub(super) counts: Counts,
    /// Packed texts, by row, where they are to be stored.
    pub(super) texts: Vec<(u32, Vec<u8>)>,
}

/// Reads, cleans, shingles and sketches; an article of unknown date is stamped with when it was seen.
pub(super) fn read<S: Send>(
    chunks: impl Iterator<Item = S>,
    parse: fn(S) -> Parsed,
    store: &Store,
    next: Next,
    params: &Params,
    options: &Options,
) -> Result<Intake, Error> {
    let (mut intake, mut waiting, mut chunks) = (Intake::default(), Waiting::new(next), chunks);
    let preparers = Pool::new(|| Preparer::new(params));
    loop {
        let ahead = AHEAD * rayon::current_num_threads();
        let batch: Vec<S> = chunks.by_ref().take(ahead).collect();
        if batch.is_empty() {
            break;
        }
        let work = |chunk: S| {
            let mut parsed = parse(chunk);
            let undated = parsed.articles.iter_mut().filter(|a| a.published.is_none());
            undated.for_each(|a| a.seen = a.seen.or(Some(options.now)));
            let texts: Vec<Vec<u8>> = match options.store_text_days {
                Some(_) => parsed.articles.iter().map(texts::pack).collect(),
                None => Vec::new(),
            };
            let prepared = preparers.with_one(|one| one.prepare_all(parsed.articles, params));
            (prepared, texts, parsed.refusals, parsed.notes)
        };
        let done: Vec<_> = batch.into_par_iter().map(work).collect();
        for (prepared, texts, refusals, notes) in done {
            intake.counts.read += prepared.articles.len() as u64;
            intake.refusals.extend(refusals);
            intake.notes.merge(notes);
            intake.texts.extend((waiting.next.row..).zip(texts));
            waiting.add(prepared);
            if waiting.rows >= ROWS {
                waiting.write(store, &mut intake)?;
            }
        }
    }
    waiting.write(store, &mut intake)?;
    Ok(intake)
}

/// Articles that wait to be a segment.
struct Waiting {
    chunks: Vec<Chunkful>,
    rows: usize,
    next: Next,
}

impl Waiting {
    fn new(next: Next) -> Self {
        Self { chunks: Vec::new(), rows: 0, next }
    }

    fn add(&mut self, mut chunk: Chunkful) {
        for article in &mut chunk.articles {
            article.row = self.next.row;
            self.next.row += 1;
        }
        self.rows += chunk.articles.len();
        self.chunks.push(chunk);
    }

    fn write(&mut self, store: &Store, intake: &mut Intake) -> Result<(), Error> {
        if self.rows == 0 {
            return Ok(());
        }
        let mut writer = store.new_segment(self.next.segment)?;
        rows::write(&mut writer, &self.chunks)?;
        intake.segments.push(Named {
            number: self.next.segment,
            kind: rows::KIND.to_owned(),
            first_row: self.next.row - self.rows as u32,
            rows: self.rows as u32,
            bytes: writer.finish()? as i64,
        });
        self.next.segment += 1;
        self.rows = 0;
        intake.articles.extend(self.chunks.drain(..).flat_map(|chunk| chunk.articles));
        Ok(())
    }
}

/// An article that the index has, and the hash of its title and text as delivered.
#[derive(Debug, Clone)]
pub(super) struct Earlier {
    pub(super) row: u32,
    pub(super) entry: Entry,
    pub(super) delivered: u64,
}

impl Earlier {
    fn version(&self) -> Version {
        Version { published: self.entry.published(), delivered: self.delivered }
    }
}

/// Which articles stay of tonight's and of those that the index has under the same ids.
#[derive(Debug, Default)]
pub(super) struct Versions {
    /// Tonight's that stay.
    pub(super) added: Vec<Prepared>,
    /// The rows of older ones that go, with those of the versions that replace them.
    pub(super) successors: HashMap<u32, u32>,
    pub(super) repeated: u64,
    pub(super) refusals: Vec<Refusal>,
}

impl Versions {
    /// Counts tonight's articles.
    pub(super) fn count(&self, counts: &mut Counts) {
        let those = |test: fn(&&Prepared) -> bool| self.added.iter().filter(test).count() as u64;
        counts.repeated = self.repeated;
        counts.added = self.added.len() as u64;
        counts.without_text = those(|article| article.n_words == 0);
        counts.undated = those(|article| article.entry.published().is_none());
    }
}

/// Of several versions that come tonight the newest stays, by date, then by content, as in a single run. It takes the place of
/// what the index has, unless that [stays](Version::stays).
pub(super) fn versions(
    mut articles: Vec<Prepared>,
    mut known: impl FnMut(&str) -> Result<Option<Earlier>, Error>,
) -> Result<Versions, Error> {
    let mut versions = Versions::default();
    articles.sort_by(|a, b| {
        let ranks = || rank(&a.entry, a.delivered).cmp(&rank(&b.entry, b.delivered));
        a.identity.cmp(&b.identity).then_with(ranks).then(a.row.cmp(&b.row))
    });
    let mut articles = articles.into_iter().peekable();
    while let Some(best) = articles.next() {
        let old = known(&best.entry.id)?;
        let mut judge = |later: &Prepared, entry: &Entry, delivered: u64| {
            if later.delivered == delivered {
                versions.repeated += 1;
            } else {
                versions.refusals.push(other_version(&later.entry, later.record, entry));
            }
        };
        let comes = Version { published: best.entry.published(), delivered: best.delivered };
        let stays = old.as_ref().filter(|old| old.version().stays(&comes));
        let (entry, delivered) =
            stays.map_or((&best.entry, best.delivered), |old| (&old.entry, old.delivered));
        if stays.is_some() {
            judge(&best, entry, delivered);
        }
        while let Some(later) = articles.next_if(|later| later.entry.id == best.entry.id) {
            judge(&later, entry, delivered);
        }
        if stays.is_none() {
            versions.successors.extend(old.map(|old| (old.row, best.row)));
            versions.added.push(best);
        }
    }
    Ok(versions)
}
