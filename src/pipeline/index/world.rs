//! All articles of an index in memory, grouped anew.

use foldhash::{HashMap, HashSet};
use jiff::Timestamp;

use super::intake::Known;
use super::rows;
use super::settle::{Before, Fresh};
use crate::model::Entry;
use crate::params::Params;
use crate::pipeline::corpus::Corpus;
use crate::pipeline::place::Story;
use crate::pipeline::prepare::{Chunkful, Prepared};
use crate::pipeline::{Clock, Found, Run, StageCount};
use crate::store::{Error, Named, Store, Stored};

/// Every stored article.
#[derive(Default)]
pub(super) struct World {
    chunks: Vec<Chunkful>,
    entries: HashMap<u32, Entry>,
    by_id: HashMap<Box<str>, (u32, u64)>,
    /// The highest row.
    last: u32,
}

impl World {
    /// Loads what the index has, and what tonight's segments have.
    pub(super) fn load(store: &Store, tonight: &[Named]) -> Result<Self, Error> {
        let mut world = Self::default();
        for Stored { row, entry } in store.articles()? {
            world.entries.insert(row, entry);
        }
        for named in store.segments()?.iter().chain(tonight) {
            let chunk = rows::read(&store.segment(named)?)?;
            for a in &chunk.articles {
                world.last = world.last.max(a.row);
                if let Some(entry) = world.entries.get(&a.row) {
                    world.by_id.insert(entry.id.clone(), (a.row, a.delivered));
                }
            }
            world.chunks.push(chunk);
        }
        Ok(world)
    }

    /// The rows of the articles of some ids, and the ids that no article has.
    pub(super) fn rows_of<'a>(&self, ids: &'a [String]) -> (Vec<u32>, Vec<&'a str>) {
        let (mut rows, mut missing) = (Vec::new(), Vec::new());
        for id in ids {
            match self.by_id.get(id.as_str()) {
                Some((row, _)) => rows.push(*row),
                None => missing.push(id.as_str()),
            }
        }
        rows.sort_unstable();
        rows.dedup();
        (rows, missing)
    }

    /// Whether an article is there.
    pub(super) fn has(&self, row: u32) -> bool {
        self.entries.contains_key(&row)
    }

    /// When the newest article was published, or else seen.
    pub(super) fn newest(&self) -> Option<Timestamp> {
        let times = (0..=self.last).filter_map(|row| self.entries.get(&row));
        times.filter_map(|entry| entry.published.or(entry.seen)).max()
    }

    pub(super) fn known(&self, id: &str) -> Option<Known> {
        let &(row, delivered) = self.by_id.get(id)?;
        Some(Known { row, delivered, entry: self.entries[&row].clone() })
    }

    /// Takes articles out and others in.
    pub(super) fn replace(
        &mut self,
        removed: &[u32],
        added: Vec<Prepared>,
        stored: &mut Vec<Stored>,
    ) {
        removed.iter().for_each(|row| drop(self.entries.remove(row)));
        for a in added {
            stored.push(Stored { row: a.row, entry: a.entry.clone() });
            self.entries.insert(a.row, a.entry);
        }
    }

    /// What stood before.
    pub(super) fn before(&self, store: &Store, next: u32) -> Result<Before, Error> {
        let (members, stories) = (store.members()?, store.stories()?);
        Ok(Before { members, stories, next, ..Before::default() })
    }

    /// Everything, ready to be grouped.
    pub(super) fn corpus(&mut self) -> Result<Corpus, Error> {
        let mut corpus = Corpus::default();
        for mut chunk in self.chunks.drain(..) {
            chunk.articles.retain_mut(|a| match self.entries.remove(&a.row) {
                Some(entry) => {
                    a.entry = entry;
                    true
                }
                None => false,
            });
            corpus.add(chunk).map_err(aside)?;
        }
        corpus.seal(&mut Run::default());
        Ok(corpus)
    }

    /// Groups everything.
    pub(super) fn group(
        &mut self,
        params: &Params,
        stages: &mut Vec<StageCount>,
        clock: &mut Clock,
    ) -> Result<(Corpus, Found), Error> {
        let (mut corpus, mut run) = (self.corpus()?, Run::default());
        let found = Found::new(&mut corpus, params, &mut run, clock).map_err(aside)?;
        stages.append(&mut run.stages);
        Ok((corpus, found))
    }
}

/// A story as it was found, by rows.
pub(super) fn fresh(corpus: &Corpus, story: &Story) -> Fresh {
    let row = |i: u32| corpus.articles[i as usize].row;
    let rows = story.groups.iter().flat_map(|group| {
        let earliest = group.members.iter().min_by_key(|&&i| corpus.by_time(i));
        let name = row(*earliest.expect("a group has members"));
        group.members.iter().map(move |&i| (row(i), name))
    });
    let entries = story.groups.iter().flat_map(|g| &g.members);
    let times = entries.filter_map(|&i| {
        let entry = &corpus.articles[i as usize].entry;
        entry.published.or(entry.seen)
    });
    Fresh {
        rows: rows.collect(),
        representative: row(story.groups[0].members[0]),
        groups: story.groups.len() as u32,
        identity: story.id,
        first: times.clone().min().map(|time| time.to_string()),
        last: times.max().map(|time| time.to_string()),
    }
}

/// So many days before a time, as the database spells it.
pub(super) fn before(time: Timestamp, days: f64) -> Option<String> {
    let seconds = time.as_second().checked_sub((days * 86_400.0) as i64)?;
    Timestamp::from_second(seconds).ok().map(|time| time.to_string())
}

/// All names of stories that are in use.
pub(super) fn names(store: &Store) -> Result<HashSet<String>, Error> {
    let stories = store.stories()?.into_iter().map(|story| story.id);
    Ok(stories.chain(store.redirects()?.into_iter().map(|r| r.0)).collect())
}

/// What waits for its stage cannot be put aside.
pub(super) fn aside(source: std::io::Error) -> Error {
    Error::Io { path: std::env::temp_dir(), source }
}
