//! The persistent index: every night's articles beside all that came before, with the answer of one run over all.

mod absorb;
mod anew;
mod arrange;
mod ask;
mod close;
mod decided;
mod explain;
mod few;
mod findings;
mod fold;
mod intake;
mod lists;
mod look;
mod merge;
mod near;
mod pairs;
mod postings;
mod reckon;
mod regroup;
mod remove;
mod reports;
mod rows;
mod settle;
mod state;
#[cfg(test)]
mod tests;
mod texts;
mod together;
mod undo;
mod update;
mod version;
mod waiting;
mod work;
mod world;

use std::path::Path;

use foldhash::HashMap;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::name::number_of;
use super::place::{self, Story as Placed};
use super::{Counts, Found, StageCount};
use crate::model::{Article, Change, Grouping, Refusal};
use crate::params::{Params, Representative};
use crate::read::Notes;
use crate::stages::decide;
use crate::store::{Member, Store, Stored};
use world::World;

pub use crate::store::{
    Access, Brief, Decided, Error, Filter, Located, RunCounts, RunSeen, Story, Summary,
    first_and_last,
};
pub use look::Told;
pub use undo::Author;
pub use version::Version;
pub use waiting::Taken;

/// Where articles belong, and the stories that there are.
type Homes = (Vec<Member>, Vec<Story>);

/// An open index.
#[derive(Debug)]
pub struct Index {
    store: Store,
    params: Params,
}

/// What one update did.
#[derive(Debug, Default)]
pub struct Night {
    /// At least the stories that hold tonight's articles, whole.
    pub grouping: Grouping,
    /// Which of its articles are tonight's.
    pub tonight: Vec<bool>,
    /// What happened to stories.
    pub changes: Vec<Change>,
    /// The records that could not be used, by file and record.
    pub refusals: Vec<Refusal>,
    /// Texts let go by [`Index::expire`].
    pub texts_gone: u64,
    /// Articles read, and what they lacked.
    pub counts: Counts,
    /// What to tell the user about the reading.
    pub notes: Notes,
    /// The stages in order.
    pub stages: Vec<StageCount>,
}

/// How an update or an expiry is made.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Options {
    /// When articles without a date were seen. Days are not counted from articles that are later.
    pub now: Timestamp,
    /// Whether only to say what would change.
    pub dry_run: bool,
    /// How many days the texts of articles are stored, counted from the newest article: 0 or more, without end for ever; none
    /// are without.
    pub store_text_days: Option<f64>,
    /// How many days stories are kept, counted from the newest article of each to that of all: 0 or more, with an end; for
    /// ever without.
    pub retain_days: Option<f64>,
}

impl Options {
    /// An update at this time that keeps no text, and everything else for ever.
    pub fn at(now: Timestamp) -> Self {
        Self { now, dry_run: false, store_text_days: None, retain_days: None }
    }
}

/// How much an index holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// Articles.
    pub articles: u64,
    /// Near-duplicate groups.
    pub duplicate_groups: u64,
    /// Stories.
    pub stories: u64,
    /// Segments that count.
    pub segments: u64,
    /// Bytes of all its files that count.
    pub bytes: u64,
    /// Runs that changed it.
    pub runs: u64,
}

impl Index {
    /// Opens the index in a folder, for as long as it is wanted: many updates can follow. What decides who belongs
    /// together is that of the index; for [`Access::Create`] `params` must say the same.
    ///
    /// # Errors
    /// It is missing, locked, damaged, of another version or other parameters, a parameter is not in its range, or the system refuses.
    pub fn open(folder: &Path, access: Access, params: &Params) -> Result<Self, Error> {
        params.check()?;
        let store = Store::open(folder, access, params)?;
        let decisions = decide::in_force(&store.decisions()?).decisions;
        Ok(Self { params: Params { decisions, ..store.params().clone() }, store })
    }

    /// Closes the index. One that was made by opening it and that no run changed is taken away again, so that what came to
    /// nothing leaves nothing behind.
    pub fn close(self) {
        self.store.close();
    }

    /// Has groups represented so from now on; gives how they were until now.
    pub fn represent(&mut self, representative: Representative) -> Representative {
        std::mem::replace(&mut self.params.representative, representative)
    }

    /// Everything in the index, as one run over it would give it but for the names of stories.
    ///
    /// # Errors
    /// The index is damaged or cannot be read.
    pub fn export(&self) -> Result<Grouping, Error> {
        Ok(self.grouped()?.0)
    }

    fn grouped(&self) -> Result<(Grouping, Found), Error> {
        let (mut world, before) = self.world()?;
        let (corpus, mut found) = world.group(&self.params)?;
        let mut placed = place::assemble(&corpus, &found, &self.params);
        let (members, stories) = before;
        let story: HashMap<u32, u64> =
            stories.iter().map(|s| (s.story, number_of(&s.id))).collect();
        let home: HashMap<u32, u32> = members.iter().map(|m| (m.row, m.story)).collect();
        let names: Vec<u64> =
            placed.iter().map(|s| story[&home[&corpus.row(s.groups[0].members[0])]]).collect();
        name(&mut placed, &names);
        let grouping = place::arrange(corpus, &mut found, placed, &self.params);
        Ok((grouping.map_err(world::aside)?, found))
    }

    /// Everything as it is at one moment, and the stories that it is in.
    fn world(&self) -> Result<(World, Homes), Error> {
        let (moment, world) = self.store.at_one_moment(World::load)?;
        let before = (self.store.members()?, self.store.stories()?);
        drop(moment);
        Ok((world, before))
    }

    /// Copies everything into an empty folder, as it is at one moment; the index may be written to meanwhile. What a service
    /// has accepted and the index does not have yet is in the copy, too.
    ///
    /// # Errors
    /// The folder is not empty, a segment is missing or damaged, or the system refuses.
    pub fn backup(&self, folder: &Path) -> Result<(), Error> {
        self.store.copy_to(folder)
    }

    /// How much it holds.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn stats(&self) -> Result<Stats, Error> {
        let [articles, duplicate_groups, stories, segments, bytes, runs] = self.store.counts()?;
        Ok(Stats { articles, duplicate_groups, stories, segments, bytes, runs })
    }

    /// An article as the index has it, with title and text as delivered, where these are still stored.
    ///
    /// # Errors
    /// The database cannot be read, or is damaged.
    pub fn original(&self, id: &str) -> Result<Option<Article>, Error> {
        let _moment = self.store.moment()?;
        let Some(Stored { row, entry }) = self.store.article(id)? else { return Ok(None) };
        let Some(packed) = self.store.text(row)? else { return Ok(None) };
        let (title, text) = texts::unpack(&self.store, &packed)?;
        Ok(Some(Article {
            id: id.to_owned(),
            title,
            text,
            published: entry.published(),
            seen: entry.seen(),
            source: entry.source.to_string(),
            lang: entry.lang.to_string(),
            url: entry.url.to_string(),
            ..Article::default()
        }))
    }

    /// Reads every file and compares what stands in several places.
    ///
    /// # Errors
    /// The first damage that is found.
    pub fn check(&self) -> Result<(), Error> {
        self.store.check()
    }
}

fn name(placed: &mut [Placed], names: &[u64]) {
    placed.iter_mut().zip(names).for_each(|(story, &name)| story.id = name);
}
