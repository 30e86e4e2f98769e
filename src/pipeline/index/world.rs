//! All articles of an index in memory, grouped anew: what an export and an explanation look at.

use foldhash::HashMap;

use super::rows;
use super::settle::Fresh;
use super::state::State;
use crate::model::Entry;
use crate::params::Params;
use crate::pipeline::corpus::Corpus;
use crate::pipeline::place::Story;
use crate::pipeline::prepare::Chunkful;
use crate::pipeline::{Clock, Found, Run};
use crate::store::{Error, Member, Store, Stored};

/// Every stored article.
#[derive(Default)]
pub(super) struct World {
    chunks: Vec<Chunkful>,
    entries: HashMap<u32, Entry>,
}

impl World {
    /// Loads what the index has.
    pub(super) fn load(store: &Store) -> Result<Self, Error> {
        let mut world = Self::default();
        for Stored { row, entry } in store.articles()? {
            world.entries.insert(row, entry);
        }
        for named in store.segments_of(rows::KIND)? {
            world.chunks.push(rows::read(&store.segment(&named)?)?);
        }
        Ok(world)
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
    pub(super) fn group(&mut self, params: &Params) -> Result<(Corpus, Found), Error> {
        let (mut corpus, mut run) = (self.corpus()?, Run::default());
        let found = Found::new(&mut corpus, params, &mut run, &mut Clock::default());
        Ok((corpus, found.map_err(aside)?))
    }
}

/// A story as it was found, by rows.
pub(super) fn fresh(state: &State, corpus: &Corpus, story: &Story) -> Fresh {
    let row = |i: u32| corpus.row(i);
    let member = |&i: &u32| {
        let home = state.now(row(i));
        Member { row: row(i), story: 0, group: home.group, first: home.first }
    };
    let members = story.groups.iter().flat_map(|group| group.members.iter().map(member));
    let entries = story.groups.iter().flat_map(|g| &g.members);
    let times = entries.filter_map(|&i| {
        let entry = &corpus.entries[i as usize];
        entry.time()
    });
    Fresh {
        members: members.collect(),
        representative: row(story.groups[0].members[0]),
        groups: story.groups.len() as u32,
        identity: story.id,
        first: times.clone().min().map(|time| time.to_string()),
        last: times.max().map(|time| time.to_string()),
    }
}

/// What waits for its stage cannot be put aside.
pub(super) fn aside(cause: std::io::Error) -> Error {
    Error::Io { path: std::env::temp_dir(), cause }
}
