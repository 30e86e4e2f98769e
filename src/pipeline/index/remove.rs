//! What editors and rules take out of an index, or decide about it.

use foldhash::HashMap;
use jiff::Timestamp;

use super::settle::Ending;
use super::state::State;
use super::update::Turn;
use super::{Error, Index, Night, Options, rows};
use crate::kernel::hash::hash;
use crate::model::Decision;
use crate::pipeline::Clock;
use crate::pipeline::prepare::Prepared;
use crate::stages::decide;
use crate::store::{Batch, Journal, Named, RunLine, Stored};

impl Index {
    /// Forgets articles: nothing of their texts, terms and postings is left in any file once [`Index::scrub`] is done as well, and
    /// of what editors decided about them only who decided what and when, which no longer holds. Gives what happened, and the ids
    /// that no article has.
    ///
    /// # Errors
    /// As [`Index::update`].
    pub fn forget(
        &mut self,
        ids: &[String],
        now: Timestamp,
    ) -> Result<(Night, Vec<String>), Error> {
        let (mut removed, mut missing) = (Vec::new(), Vec::new());
        for id in ids {
            match self.store.article(id)? {
                Some(stored) => removed.push(stored.row),
                None => missing.push(id.clone()),
            }
        }
        removed.sort_unstable();
        removed.dedup();
        let identities: Vec<u64> = ids.iter().map(|id| hash(id.as_bytes())).collect();
        let reason = "its last article was forgotten".to_owned();
        let ending = Ending { change: "gone", reason };
        // Versions that were replaced long ago lie in segments still.
        let gone = |a: &Prepared| identities.contains(&a.identity);
        let run = RunLine { at: now.to_string(), command: "forget", ..RunLine::default() };
        let batch = Batch { run, removed, forgotten: ids.to_vec(), ..Batch::default() };
        let night = self.change(true, |index| index.remove(gone, ending, batch, Vec::new()))?;
        self.params.decisions = decide::in_force(&self.store.decisions()?).decisions;
        self.store.sweep()?;
        if Journal::is_there(self.store.folder()) {
            let waited = Journal::open(self.store.folder())?.forget(ids)?;
            missing.retain(|id| !waited.contains(id));
        }
        Ok((night, missing))
    }

    /// Forgets whole stories whose newest article is older than `options.retain_days` before the newest of all, of those that
    /// are not later than `options.now`, and lets texts go that are older than `options.store_text_days`: of these nothing is
    /// left in any file once [`Index::scrub`] is done as well. What is left is grouped as one run over it would: reports of its
    /// first 33 days, whose past was partly in what is forgotten, may be grouped in another way. A dry run only says what would go.
    ///
    /// # Errors
    /// As [`Index::update`].
    pub fn expire(&mut self, options: &Options) -> Result<Night, Error> {
        let keep = !options.dry_run;
        let night = self.change(keep, |index| {
            let night = index.let_expire(options, Vec::new())?.unwrap_or_default();
            Ok::<_, Error>(Night { texts_gone: index.let_texts_go(options)?, ..night })
        })?;
        self.store.sweep()?;
        Ok(night)
    }

    /// Leaves nothing in the database's file of what was forgotten or let go: all of it is written anew.
    ///
    /// # Errors
    /// [`Error::Locked`] where somebody reads the index for longer than is waited: what was done counts, but copies of what is gone
    /// may be left. The system refuses.
    pub fn scrub(&self) -> Result<(), Error> {
        self.store.scrub()
    }

    /// Whether what was deleted left room in the database, and copies may be left there.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn has_room(&self) -> Result<bool, Error> {
        self.store.has_room()
    }

    /// Forgets stories as [`Index::expire`] does, as a part of a change that tells of these rows; none where nothing is that old.
    pub(super) fn let_expire(
        &mut self,
        options: &Options,
        told: Vec<u32>,
    ) -> Result<Option<Night>, Error> {
        let Some(days) = options.retain_days else { return Ok(None) };
        let Some(before) = self.cut_off(days, options.now, &[])? else { return Ok(None) };
        let removed = self.store.rows_of_stories_before(&before)?;
        if removed.is_empty() {
            return Ok(None);
        }
        let reason = format!("its newest article is older than {days} days");
        let ending = Ending { change: "expired", reason };
        let run = RunLine { at: options.now.to_string(), command: "expire", ..RunLine::default() };
        let rows = removed.clone();
        let gone = move |a: &Prepared| rows.binary_search(&a.row).is_ok();
        self.remove(gone, ending, Batch { run, removed, ..Batch::default() }, told).map(Some)
    }

    /// Lets the texts go that are older than they are stored for, and counts them.
    fn let_texts_go(&self, options: &Options) -> Result<u64, Error> {
        let Some(before) = self.texts_before(options, &[])? else { return Ok(0) };
        let texts = self.store.texts_before(&before)?;
        if texts > 0 {
            let run =
                RunLine { at: options.now.to_string(), command: "expire", ..RunLine::default() };
            self.store.write(&Batch { run, texts_before: Some(before), ..Batch::default() })?;
        }
        Ok(texts)
    }

    /// The time before which texts are let go, as [`Index::cut_off`] gives it; none where all of them stay.
    pub(super) fn texts_before(
        &self,
        options: &Options,
        new: &[Stored],
    ) -> Result<Option<String>, Error> {
        // Endless days let no text go.
        match options.store_text_days.filter(|days| *days != f64::INFINITY) {
            Some(days) => self.cut_off(days, options.now, new),
            None => Ok(None),
        }
    }

    /// The second before which articles are older than so many days: those are counted to the newest article of the index and
    /// of some new ones that is not later than `now`, for a date in the future makes nothing old. None where nothing can be
    /// that old.
    ///
    /// # Errors
    /// The days are no number, endless or below 0; the database cannot be read.
    fn cut_off(&self, days: f64, now: Timestamp, new: &[Stored]) -> Result<Option<String>, Error> {
        if !days.is_finite() || days < 0.0 {
            return Err(Error::Days(days));
        }
        let new = new.iter().filter_map(|a| a.entry.time()).filter(|time| *time <= now);
        let Some(newest) = self.store.newest(now)?.max(new.max()) else { return Ok(None) };
        let seconds = newest.as_second().checked_sub((days * 86_400.0) as i64);
        let time = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
        // Times are compared as the database spells them. Without the Z of that second this comes before all that are in it.
        Ok(time.map(|time| time.strftime("%Y-%m-%dT%H:%M:%S").to_string()))
    }

    /// Takes decisions of editors; those that contradict others are refused, by position, with the reason.
    ///
    /// # Errors
    /// As [`Index::update`].
    pub fn decide(
        &mut self,
        made: &[Decision],
        now: Timestamp,
    ) -> Result<(Night, Vec<(usize, String)>), Error> {
        let stored = self.store.decisions()?;
        let all: Vec<Decision> = stored.iter().chain(made).cloned().collect();
        let found = decide::in_force(&all);
        let refused: Vec<(usize, String)> = found
            .refused
            .into_iter()
            .filter_map(|(i, reason)| Some((i.checked_sub(stored.len())?, reason)))
            .collect();
        let accepted = |i: &usize| refused.iter().all(|(refused, _)| refused != i);
        let decisions = (0..made.len()).filter(accepted).map(|i| made[i].clone()).collect();
        let old = std::mem::replace(&mut self.params.decisions, found.decisions);
        let run = RunLine { at: now.to_string(), command: "decide", ..RunLine::default() };
        let mut night = Night::default();
        let turn = Turn {
            state: State::load(&self.store, &[])?,
            successors: HashMap::default(),
            ending: Ending { change: "gone", reason: String::new() },
            batch: Batch { decisions, run, ..Batch::default() },
            decided: old.clone(),
            told: Vec::new(),
            clock: Clock::default(),
        };
        let settled = self.change(true, |index| index.settle(turn, &mut night));
        if let Err(error) = settled {
            self.params.decisions = old;
            return Err(error);
        }
        Ok((night, refused))
    }

    fn remove(
        &mut self,
        gone: impl Fn(&Prepared) -> bool,
        ending: Ending,
        mut batch: Batch,
        told: Vec<u32>,
    ) -> Result<Night, Error> {
        batch.run.counts.removed = batch.removed.len() as i64;
        let state = State::load(&self.store, &[])?;
        self.rewrite(&state, gone, &mut batch)?;
        let mut night = Night::default();
        let (successors, decided) = (HashMap::default(), Vec::new());
        let clock = Clock::default();
        let turn = Turn { state, successors, ending, batch, decided, told, clock };
        self.settle(turn, &mut night)?;
        Ok(night)
    }

    /// Writes segments again without articles that are to leave nothing behind, nor others that are no more.
    fn rewrite(
        &self,
        state: &State,
        gone: impl Fn(&Prepared) -> bool,
        batch: &mut Batch,
    ) -> Result<(), Error> {
        let mut number = self.store.next()?.segment;
        let removed = batch.removed.clone();
        let stays =
            |a: &Prepared| state.was(a.row).is_there() && removed.binary_search(&a.row).is_err();
        for named in self.store.segments_of(rows::KIND)? {
            let segment = self.store.segment(&named)?;
            if !rows::records(&segment)?.iter().any(&gone) {
                continue;
            }
            batch.replaced_segments.push(named.number);
            let left = rows::only(&rows::read(&segment)?, stays);
            if left.articles.is_empty() {
                continue;
            }
            let mut writer = self.store.new_segment(number)?;
            rows::write(&mut writer, &[left])?;
            batch.segments.push(Named { number, bytes: writer.finish()? as i64, ..named });
            number += 1;
        }
        Ok(())
    }
}
