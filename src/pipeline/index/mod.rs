//! The persistent index: every night's articles beside all that came before, with the answer of one run over all.

mod intake;
mod name;
mod rows;
mod settle;
#[cfg(test)]
mod tests;
mod world;

use std::path::Path;

use foldhash::{HashMap, HashSet};
use jiff::Timestamp;

use super::place::{self, Story as Placed};
use super::{Clock, Counts, StageCount};
use crate::model::{Article, Change, Entry, Grouping, Refusal};
use crate::params::Params;
use crate::read::{Chunk, Notes};
use crate::store::{Batch, RunLine, Store};
use intake::{Intake, Source};
use settle::{Ending, Fresh};
use world::World;

pub use crate::store::{Access, Error, Story};

/// An open index.
#[derive(Debug)]
pub struct Index {
    store: Store,
    params: Params,
}

/// What one update did.
#[derive(Debug, Default)]
pub struct Night {
    /// The stories that hold tonight's articles, whole.
    pub grouping: Grouping,
    /// Which of its articles are tonight's.
    pub tonight: Vec<bool>,
    /// What happened to stories.
    pub changes: Vec<Change>,
    /// The records that could not be used, by file and record.
    pub refusals: Vec<Refusal>,
    /// Articles read, and what they lacked.
    pub counts: Counts,
    /// What to tell the user about the reading.
    pub notes: Notes,
    /// The stages in order.
    pub stages: Vec<StageCount>,
}

/// How an update is made.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// When articles without a date were seen.
    pub now: Timestamp,
    /// Whether only to say what would change.
    pub dry_run: bool,
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

impl Night {
    /// How many of tonight's articles stay, new versions of older ones included.
    pub fn added(&self) -> usize {
        self.tonight.iter().filter(|tonight| **tonight).count()
    }
}

impl Index {
    /// Opens the index in a folder, for as long as it is wanted: many updates can follow. What decides who belongs
    /// together is that of the index; for [`Access::Create`] `params` must say the same.
    ///
    /// # Errors
    /// It is missing, locked, damaged, of another version or other parameters, or the system refuses.
    pub fn open(folder: &Path, access: Access, params: &Params) -> Result<Self, Error> {
        let store = Store::open(folder, access, params)?;
        Ok(Self { params: store.params().clone(), store })
    }

    /// Adds the articles of all chunks; when it returns they are safe.
    ///
    /// # Errors
    /// The index is damaged or cannot be written; it is then as it was.
    pub fn update(
        &mut self,
        chunks: impl IntoIterator<Item = Chunk>,
        options: &Options,
    ) -> Result<Night, Error> {
        self.add(chunks.into_iter(), options)
    }

    /// Adds articles that are at hand.
    ///
    /// # Errors
    /// As [`Index::update`].
    pub fn update_articles(
        &mut self,
        articles: Vec<Article>,
        options: &Options,
    ) -> Result<Night, Error> {
        let mut articles = articles.into_iter();
        let chunk = move || {
            let chunk: Vec<Article> = articles.by_ref().take(256).collect();
            (!chunk.is_empty()).then_some(chunk)
        };
        self.add(std::iter::from_fn(chunk), options)
    }

    fn add<S: Source>(
        &mut self,
        chunks: impl Iterator<Item = S>,
        options: &Options,
    ) -> Result<Night, Error> {
        let mut clock = Clock::default();
        let next = self.store.next()?;
        let read = intake::read(chunks, &self.store, next, &self.params, options.now)?;
        let Intake { articles, segments, refusals, notes, counts } = read;
        let mut night = Night { refusals, notes, counts, ..Night::default() };
        clock.stage(&mut night.stages, "read", counts.read, "articles");
        let mut world = World::load(&self.store, &segments)?;
        let versions = intake::versions(articles, |id| Ok(world.known(id)))?;
        night.counts.repeated = versions.repeated;
        night.refusals.extend(versions.refusals);
        night.refusals.sort();
        let mut batch = Batch { segments, ..Batch::default() };
        batch.removed = versions.successors.keys().copied().collect();
        batch.removed.sort_unstable();
        let tonight: HashSet<u32> = versions.added.iter().map(|a| a.row).collect();
        world.replace(&batch.removed, versions.added, &mut batch.articles);
        let mut before = world.before(&self.store, next.story)?;
        before.successors = versions.successors;
        let (corpus, found) = world.group(&self.params, &mut night.stages, &mut clock)?;
        let mut placed = place::assemble(&corpus, &found, &self.params);
        let fresh: Vec<Fresh> = placed.iter().map(|s| world::fresh(&corpus, s)).collect();
        let ending = Ending { change: "gone", reason: "no article of it is left".to_owned() };
        let taken = world::names(&self.store)?;
        let names = settle::settle(&before, &fresh, &ending, |id| taken.contains(id), &mut batch);
        name(&mut placed, &names);
        night.tonight = corpus.articles.iter().map(|a| tonight.contains(&a.row)).collect();
        let grouping = place::arrange(corpus, &found, placed, &self.params);
        night.grouping = grouping.map_err(world::aside)?;
        clock.stage(&mut night.stages, "place", night.grouping.articles.len() as u64, "articles");
        let (added, replaced) = (batch.articles.len() as i64, batch.removed.len() as i64);
        let (repeated, refused) = (versions.repeated as i64, night.refusals.len() as i64);
        batch.run = RunLine {
            at: options.now.to_string(),
            command: "update",
            counts: [counts.read as i64, added, replaced, 0, repeated, refused],
        };
        if !options.dry_run {
            self.store.commit(&batch)?;
        }
        night.changes = batch.log;
        clock.stage(&mut night.stages, "commit", added as u64, "new articles");
        Ok(night)
    }

    /// Everything in the index, as one run over it would give it but for the names of stories.
    ///
    /// # Errors
    /// The index is damaged or cannot be read.
    pub fn export(&self) -> Result<Grouping, Error> {
        let moment = self.store.moment()?;
        let mut world = World::load(&self.store, &[])?;
        let before = world.before(&self.store, 0)?;
        drop(moment);
        let (corpus, found) = world.group(&self.params, &mut Vec::new(), &mut Clock::default())?;
        let mut placed = place::assemble(&corpus, &found, &self.params);
        let story: HashMap<u32, u64> =
            before.stories.iter().map(|s| (s.story, name::number_of(&s.id))).collect();
        let home: HashMap<u32, u32> = before.members.iter().map(|m| (m.row, m.story)).collect();
        let names: Vec<u64> = placed
            .iter()
            .map(|s| story[&home[&corpus.articles[s.groups[0].members[0] as usize].row]])
            .collect();
        name(&mut placed, &names);
        place::arrange(corpus, &found, placed, &self.params).map_err(world::aside)
    }

    /// How much it holds.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn stats(&self) -> Result<Stats, Error> {
        let [articles, duplicate_groups, stories, segments, bytes, runs] = self.store.counts()?;
        Ok(Stats { articles, duplicate_groups, stories, segments, bytes, runs })
    }

    /// The article of an id, and its story.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn article(&self, id: &str) -> Result<Option<(Entry, Story)>, Error> {
        let _moment = self.store.moment()?;
        let Some(found) = self.store.article(id)? else { return Ok(None) };
        let story = self.store.story_of(found.row)?;
        Ok(story.map(|story| (found.entry, story)))
    }

    /// The story of a name, or the one that the name leads to now, and its articles as they came.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn story(&self, name: &str) -> Result<Option<(Story, Vec<Entry>)>, Error> {
        let _moment = self.store.moment()?;
        let Some(story) = self.store.story(name)? else { return Ok(None) };
        let articles = self.store.articles_of(story.story)?;
        Ok(Some((story, articles.into_iter().map(|stored| stored.entry).collect())))
    }

    /// Stories with an article at or after a time, the one with the newest article first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn stories_since(&self, since: Timestamp, most: usize) -> Result<Vec<Story>, Error> {
        self.store.stories_since(&since.to_string(), most)
    }

    /// What happened to stories, oldest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn log(&self) -> Result<Vec<(String, Change)>, Error> {
        self.store.log()
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
