//! A night: read, find which versions stay, group what that touches, commit.

use foldhash::{HashMap, HashSet};

use super::arrange::{self, Arranged};
use super::findings::Findings;
use super::intake::{self, Earlier, Intake};
use super::pairs::Pairs;
use super::reports::{self, Reports};
use super::settle::{self, Before, Ending};
use super::state::{NONE, State};
use super::work::Work;
use super::{Error, Index, Night, Options, name, near, regroup, world};
use crate::kernel::filter::Rare;
use crate::model::{Article, Decision, Grouping};
use crate::pipeline::prepare::Prepared;
use crate::pipeline::{Clock, Counts, place};
use crate::read::{Chunk, Parsed, given};
use crate::store::{Batch, RunCounts, RunLine, Stored};

/// What goes and what is new, beside what the index has.
pub(super) struct Turn {
    pub(super) state: State,
    /// Rows of new versions, by the row of the version before.
    pub(super) successors: HashMap<u32, u32>,
    pub(super) ending: Ending,
    /// Has the new articles, and the rows of those that go.
    pub(super) batch: Batch,
    /// What was decided before, where that changes.
    pub(super) decided: Vec<Decision>,
    /// Rows of articles that are told of as new ones are: those that came earlier in the same change.
    pub(super) told: Vec<u32>,
    pub(super) clock: Clock,
}

impl Index {
    /// Adds the articles of all chunks; when it returns they are safe.
    ///
    /// # Errors
    /// The index is damaged or cannot be written, or days of the options are not what they may be; it is then as it was.
    pub fn update(
        &mut self,
        chunks: impl IntoIterator<Item = Chunk>,
        options: &Options,
    ) -> Result<Night, Error> {
        self.add(chunks.into_iter(), Chunk::parse, options, |_| Ok(()))
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
        self.add(chunks.into_iter(), Chunk::parse, options, ready)
    }

    /// Adds articles that are at hand.
    ///
    /// ```
    /// use jiff::Timestamp;
    /// use samestory::model::Article;
    /// use samestory::params::Params;
    /// use samestory::pipeline::index::{Access, Index, Options};
    ///
    /// let folder = tempfile::tempdir()?;
    /// let mut index = Index::open(&folder.path().join("news.idx"), Access::Create, &Params::default())?;
    /// let article = |id: &str, title: &str| Article { id: id.into(), title: title.into(), ..Article::default() };
    /// for id in ["monday", "tuesday"] {
    ///     let night = index.update_articles(vec![article(id, "Sarrel volcano erupts")], &Options::at(Timestamp::now()))?;
    ///     assert_eq!(night.counts.added, 1);
    /// }
    /// assert_eq!(index.stats()?.stories, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Index::update`].
    pub fn update_articles(
        &mut self,
        articles: Vec<Article>,
        options: &Options,
    ) -> Result<Night, Error> {
        let Parsed { articles, mut refusals, .. } = given(articles);
        let mut articles = articles.into_iter();
        let chunk = move || {
            let articles: Vec<Article> = articles.by_ref().take(256).collect();
            let chunk =
                Parsed { articles, refusals: std::mem::take(&mut refusals), ..Parsed::default() };
            (!chunk.articles.is_empty() || !chunk.refusals.is_empty()).then_some(chunk)
        };
        self.add(std::iter::from_fn(chunk), std::convert::identity, options, |_| Ok(()))
    }

    fn add<S: Send, E: From<Error>>(
        &mut self,
        chunks: impl Iterator<Item = S>,
        parse: fn(S) -> Parsed,
        options: &Options,
        ready: impl FnOnce(&Night) -> Result<(), E>,
    ) -> Result<Night, E> {
        let mut clock = Clock::default();
        self.store.sweep()?;
        let next = self.store.next()?;
        let read = intake::read(chunks, parse, &self.store, next, &self.params, options)?;
        let Intake { articles, mut segments, refusals, notes, counts, mut texts } = read;
        let mut night = Night { refusals, notes, counts, ..Night::default() };
        clock.stage(&mut night.stages, "read", counts.read, "articles");
        let state = State::load(&self.store, &segments)?;
        let known = self.known(&state, &articles)?;
        let versions = intake::versions(articles, |id| Ok(known.get(id).cloned()))?;
        versions.count(&mut night.counts);
        night.refusals.extend(versions.refusals);
        night.refusals.sort();
        let tonight: HashSet<u32> = versions.added.iter().map(|a| a.row).collect();
        texts.retain(|(row, _)| tonight.contains(row));
        // Nothing is kept of a segment of mere repetitions.
        segments.retain(|s| (s.first_row..s.first_row + s.rows).any(|row| tonight.contains(&row)));
        let mut batch = Batch { segments, texts, ..Batch::default() };
        batch.removed = versions.successors.keys().copied().collect();
        batch.removed.sort_unstable();
        let stored = |a: Prepared| Stored { row: a.row, entry: a.entry };
        batch.articles = versions.added.into_iter().map(stored).collect();
        batch.texts_before = self.texts_before(options, &batch.articles)?;
        let Counts { added, repeated, .. } = night.counts;
        let counts = RunCounts {
            read: counts.read as i64,
            added: added as i64,
            replaced: batch.removed.len() as i64,
            removed: 0,
            repeated: repeated as i64,
            refused: night.refusals.len() as i64,
        };
        batch.run = RunLine { at: options.now.to_string(), command: "update", counts };
        clock.stage(&mut night.stages, "look up", added, "new articles");
        let successors = versions.successors;
        self.change(!options.dry_run, |index| {
            if tonight.is_empty() && !options.dry_run {
                // A night of repetitions changes nothing; only that it was is written down.
                night.grouping =
                    Grouping { groups: vec![0], stories: vec![0], ..Grouping::default() };
                index.store.write(&batch)?;
            } else {
                let reason = "no article of it is left".to_owned();
                let ending = Ending { change: "gone", reason };
                let (decided, told) = (Vec::new(), Vec::new());
                let turn = Turn { state, successors, ending, batch, decided, told, clock };
                index.settle(turn, &mut night)?;
            }
            if let Some(left) = index.let_expire(options, tonight.into_iter().collect())? {
                night.changes.extend(left.changes);
                // What was said of tonight's articles may hold no longer.
                (night.grouping, night.tonight) = (left.grouping, left.tonight);
                night.counts.unmet = left.counts.unmet;
            }
            ready(&night)
        })?;
        Ok(night)
    }

    /// Does what changes the index; all of it counts or, where it fails or is not to be kept, nothing.
    pub(super) fn change<T, E: From<Error>>(
        &mut self,
        keep: bool,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.store.begin()?;
        let done = work(self).and_then(|done| {
            if keep {
                self.store.commit()?;
            }
            Ok(done)
        });
        self.store.undo();
        done
    }

    /// The articles that the index has under tonight's ids.
    fn known(
        &self,
        state: &State,
        tonight: &[Prepared],
    ) -> Result<HashMap<Box<str>, Earlier>, Error> {
        let new = Rare::new(tonight.iter().map(|a| a.identity));
        let rows = state.select(|row| state.was(row).is_there() && new.has(state.of(row).identity));
        let stored = self.store.articles_at(&rows)?.into_iter();
        let known = |Stored { row, entry }| {
            (entry.id.clone(), Earlier { row, delivered: state.of(row).delivered, entry })
        };
        Ok(stored.map(known).collect())
    }

    /// Groups what came, went or was decided and what that touches, finds what changed, and writes it.
    pub(super) fn settle(&mut self, turn: Turn, night: &mut Night) -> Result<(), Error> {
        let Turn { state, successors, ending, mut batch, decided, told, mut clock } = turn;
        let next = self.store.next()?.story;
        let stages = &mut night.stages;
        let decisions = self.params.decisions.iter().chain(&decided);
        let named = decisions.flat_map(|d| [&*d.article, &*d.other]).filter(|id| !id.is_empty());
        let removed = batch.removed.clone();
        let mut work =
            Work::new(&self.store, &self.params, state, removed, &batch.articles, named)?;
        work.tell_of(told);
        if batch.replaced_segments.is_empty() {
            self.merge_small(&work.state, &mut batch)?;
        }
        let mut pairs = Pairs::open(&self.store, work.state.rows.len())?;
        near::regroup(&mut work, &mut pairs)?;
        clock.stage(stages, "near", pairs.fresh.len() as u64, "pairs of copies");
        let reports = Reports::new(&work.state);
        let mut findings = Findings::load(&self.store, &work.state)?;
        let changed = reports::find(&work, &reports, &mut findings)?;
        clock.stage(stages, "stories", findings.fresh.len() as u64, "reports");
        let touched = work.touched(&reports, &changed);
        let grouped = regroup::regroup(&work, &reports, &findings, touched, &changed)?;
        night.counts.unmet = grouped.unmet(&work, &reports);
        clock.stage(stages, "group", grouped.positions.len() as u64, "reports at hand");
        let Arranged { corpus, mut found, mut placed, fresh, old } =
            arrange::arrange(&mut work, &reports, &pairs, &findings, grouped)?;
        let before = Before {
            members: work.members_of(&old),
            stories: self.store.stories_at(&old)?,
            successors,
            next,
        };
        let in_use = |names: &[String]| self.store.in_use(names);
        let names = settle::settle(&before, &fresh, &ending, in_use, &mut batch)?;
        let others = names.len() - placed.len();
        name(&mut placed, &names[others..]);
        let tonight: HashSet<u32> = work.told.iter().copied().collect();
        night.tonight = corpus.rows().map(|row| tonight.contains(&row)).collect();
        let grouping = place::arrange(corpus, &mut found, placed, &self.params);
        night.grouping = grouping.map_err(world::aside)?;
        clock.stage(&mut night.stages, "place", night.grouping.articles.len() as u64, "articles");
        let number = self.free_segment(&batch)?;
        pairs.write(&self.store, number)?.into_batch(&mut batch);
        let is_report = |row: u32| reports.position[row as usize] != NONE;
        let number = self.free_segment(&batch)?;
        findings.write(&self.store, number, is_report)?.into_batch(&mut batch);
        night.changes.clone_from(&batch.log);
        let added = work.added.len() as u64;
        drop(work);
        self.store.write(&batch)?;
        clock.stage(&mut night.stages, "write", added, "new articles");
        Ok(())
    }
}
