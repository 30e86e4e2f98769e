//! A night: read, find which versions stay, group, commit.

use foldhash::{HashMap, HashSet};

use super::intake::{self, Intake, Source};
use super::settle::{self, Ending, Fresh};
use super::world::{self, World};
use super::{Error, Index, Night, Options, name};
use crate::model::{Article, Grouping};
use crate::pipeline::{Clock, place};
use crate::read::Chunk;
use crate::store::{Batch, RunLine};

/// What goes and what is new, beside what the index has.
pub(super) struct Turn {
    pub(super) world: World,
    /// Rows of new articles.
    pub(super) tonight: HashSet<u32>,
    /// Rows of new versions, by the row of the version before.
    pub(super) successors: HashMap<u32, u32>,
    pub(super) ending: Ending,
    pub(super) batch: Batch,
    pub(super) clock: Clock,
}

impl Index {
    /// Adds the articles of all chunks; when it returns they are safe.
    ///
    /// # Errors
    /// The index is damaged or cannot be written; it is then as it was.
    pub fn update(
        &mut self,
        chunks: impl IntoIterator<Item = Chunk>,
        options: &Options,
    ) -> Result<Night, Error> {
        self.add(chunks.into_iter(), options, |_| Ok(()))
    }

    /// Adds the articles of all chunks, if `ready` finds nothing against it when it has seen what comes of them: outputs can
    /// be written before the index changes.
    ///
    /// # Errors
    /// As [`Index::update`], and those of `ready`; the index is then as it was.
    pub fn update_if<E: From<Error>>(
        &mut self,
        chunks: impl IntoIterator<Item = Chunk>,
        options: &Options,
        ready: impl FnOnce(&Night) -> Result<(), E>,
    ) -> Result<Night, E> {
        self.add(chunks.into_iter(), options, ready)
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
        self.add(std::iter::from_fn(chunk), options, |_| Ok(()))
    }

    fn add<S: Source, E: From<Error>>(
        &mut self,
        chunks: impl Iterator<Item = S>,
        options: &Options,
        ready: impl FnOnce(&Night) -> Result<(), E>,
    ) -> Result<Night, E> {
        let mut clock = Clock::default();
        self.store.sweep()?;
        let next = self.store.next()?;
        let read = intake::read(chunks, &self.store, next, &self.params, options)?;
        let Intake { articles, mut segments, refusals, notes, counts, mut texts } = read;
        let mut night = Night { refusals, notes, counts, ..Night::default() };
        clock.stage(&mut night.stages, "read", counts.read, "articles");
        let mut world = World::load(&self.store, &segments)?;
        let versions = intake::versions(articles, |id| Ok(world.known(id)))?;
        night.counts.repeated = versions.repeated;
        night.refusals.extend(versions.refusals);
        night.refusals.sort();
        let tonight: HashSet<u32> = versions.added.iter().map(|a| a.row).collect();
        texts.retain(|(row, _)| tonight.contains(row));
        // Nothing is kept of a segment of mere repetitions.
        segments.retain(|s| (s.first_row..s.first_row + s.rows).any(|row| tonight.contains(&row)));
        let mut batch = Batch { segments, texts, ..Batch::default() };
        self.merge_small(&world, &mut batch)?;
        batch.removed = versions.successors.keys().copied().collect();
        batch.removed.sort_unstable();
        world.replace(&batch.removed, versions.added, &mut batch.articles);
        batch.texts_before = match options.store_text_days {
            Some(days) => world.newest().and_then(|newest| world::before(newest, days)),
            None => None,
        };
        let (added, replaced) = (batch.articles.len() as i64, batch.removed.len() as i64);
        let (repeated, refused) = (versions.repeated as i64, night.refusals.len() as i64);
        batch.run = RunLine {
            at: options.now.to_string(),
            command: "update",
            counts: [counts.read as i64, added, replaced, 0, repeated, refused],
        };
        if tonight.is_empty() && !options.dry_run {
            // A night of repetitions changes nothing; only that it was is written down.
            night.grouping = Grouping { groups: vec![0], stories: vec![0], ..Grouping::default() };
            ready(&night)?;
            self.store.commit(&batch)?;
        } else {
            let ending = Ending { change: "gone", reason: "no article of it is left".to_owned() };
            let successors = versions.successors;
            let turn = Turn { world, tonight, successors, ending, batch, clock };
            self.settle(turn, options.dry_run, &mut night, ready)?;
        }
        if let Some(days) = options.retain_days.filter(|_| !options.dry_run) {
            night.changes.extend(self.expire(days, options)?.changes);
        }
        Ok(night)
    }

    /// Groups what is there now, finds what changed, and commits it.
    pub(super) fn settle<E: From<Error>>(
        &mut self,
        turn: Turn,
        dry_run: bool,
        night: &mut Night,
        ready: impl FnOnce(&Night) -> Result<(), E>,
    ) -> Result<(), E> {
        let Turn { mut world, tonight, successors, ending, mut batch, mut clock } = turn;
        let mut before = world.before(&self.store, self.store.next()?.story)?;
        before.successors = successors;
        let (corpus, found) = world.group(&self.params, &mut night.stages, &mut clock)?;
        let mut placed = place::assemble(&corpus, &found, &self.params);
        let fresh: Vec<Fresh> = placed.iter().map(|s| world::fresh(&corpus, s)).collect();
        let taken = world::names(&self.store)?;
        let names = settle::settle(&before, &fresh, &ending, |id| taken.contains(id), &mut batch);
        name(&mut placed, &names);
        night.tonight = corpus.articles.iter().map(|a| tonight.contains(&a.row)).collect();
        let grouping = place::arrange(corpus, &found, placed, &self.params);
        night.grouping = grouping.map_err(world::aside)?;
        clock.stage(&mut night.stages, "place", night.grouping.articles.len() as u64, "articles");
        night.changes.clone_from(&batch.log);
        ready(night)?;
        if !dry_run {
            self.store.commit(&batch)?;
        }
        clock.stage(&mut night.stages, "commit", tonight.len() as u64, "new articles");
        Ok(())
    }
}
