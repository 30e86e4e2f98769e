//! What is at hand while an index changes.

use foldhash::{HashMap, HashSet};

use super::Error;
use super::lists::Wanted;
use super::reports::Reports;
use super::state::{Home, NONE, NOWHERE, State};
use crate::kernel::filter::Rare;
use crate::kernel::hash::hash;
use crate::model::Entry;
use crate::params::Params;
use crate::pipeline::corpus::Corpus;
use crate::pipeline::prepare::Prepared;
use crate::store::{Member, Store, Stored};

/// All articles of before and now, and what came and went.
pub(super) struct Work<'a> {
    pub(super) store: &'a Store,
    pub(super) params: &'a Params,
    pub(super) state: State,
    /// What the output says of articles, as far as that was needed.
    entries: HashMap<u32, Entry>,
    /// Rows that are new.
    pub(super) added: Vec<u32>,
    /// Rows of articles whose places are told, whatever becomes of their stories: the new ones at least.
    pub(super) told: Vec<u32>,
    /// Rows that are no more.
    pub(super) removed: Vec<u32>,
    /// Rows of articles that decisions name, or named.
    pub(super) named: Vec<u32>,
    /// Their ids.
    ids: HashMap<u32, Box<str>>,
    /// The same the other way round.
    rows: HashMap<Box<str>, u32>,
}

impl<'a> Work<'a> {
    /// Takes articles out and others in. `named` are the ids of articles that decisions name, or named.
    pub(super) fn new<'n>(
        store: &'a Store,
        params: &'a Params,
        mut state: State,
        removed: Vec<u32>,
        new: &[Stored],
        named: impl Iterator<Item = &'n str>,
    ) -> Result<Self, Error> {
        for &row in &removed {
            state.now[row as usize] = NOWHERE;
        }
        let mut entries = HashMap::default();
        let mut new_rows: HashMap<&str, u32> = HashMap::default();
        for Stored { row, entry } in new {
            state.now[*row as usize] = Home { story: NONE, group: *row, first: *row };
            entries.insert(*row, entry.clone());
            new_rows.insert(&entry.id, *row);
        }
        let mut rows: HashMap<Box<str>, u32> = HashMap::default();
        for id in named {
            let row = match new_rows.get(id) {
                Some(&row) => Some(row),
                None => store.article(id)?.map(|stored| stored.row),
            };
            let there = row.filter(|&row| state.now(row).is_there());
            rows.extend(there.map(|row| (id.into(), row)));
        }
        let ids: HashMap<u32, Box<str>> = rows.iter().map(|(id, &row)| (row, id.clone())).collect();
        let mut all: Vec<u32> = ids.keys().copied().collect();
        all.sort_unstable();
        let added: Vec<u32> = new.iter().map(|stored| stored.row).collect();
        let told = added.clone();
        Ok(Self { store, params, state, entries, added, told, removed, named: all, ids, rows })
    }

    /// Tells of these articles too, as far as they are still there.
    pub(super) fn tell_of(&mut self, rows: Vec<u32>) {
        self.told.extend(rows.into_iter().filter(|&row| self.state.now(row).is_there()));
    }

    /// The article that decisions name so, if it is there.
    pub(super) fn row_of(&self, id: &str) -> Option<u32> {
        self.rows.get(id).copied()
    }

    /// The report of the group that an article is in.
    pub(super) fn group_of(&self, row: u32) -> u32 {
        self.state.now(row).group
    }

    /// Stories that are to be grouped anew: of which an article or a report went, came or stands elsewhere, or of which a pair
    /// or a penalty `changed`; and those of articles that decisions name, or that are told of.
    pub(super) fn touched(&self, reports: &Reports, changed: &HashSet<u32>) -> HashSet<u32> {
        let mut stories: HashSet<u32> = HashSet::default();
        let story = |row: u32| self.state.was(row).story;
        let homes = self.state.was.iter().zip(&self.state.now);
        for (was, now) in
            homes.filter(|(was, now)| (was.group, was.first) != (now.group, now.first))
        {
            stories.insert(was.story);
            if now.is_there() {
                stories.insert(story(now.group));
            }
        }
        let moved = reports.came.iter().chain(&reports.went);
        stories.extend(
            moved.chain(changed).chain(&self.named).chain(&self.told).map(|&row| story(row)),
        );
        stories.remove(&NONE);
        stories
    }

    /// Where the articles of some stories belonged before.
    pub(super) fn members_of(&self, stories: &[u32]) -> Vec<Member> {
        let told = Rare::new(stories.iter().map(|&story| story.into()));
        let rows = self.state.select(|row| told.has(self.state.was(row).story.into()));
        let member = |row: u32| {
            let Home { story, group, first } = self.state.was(row);
            Member { row, story, group, first }
        };
        rows.into_iter().map(member).collect()
    }

    /// Some articles as far as they are compared as texts. What an id stands for is known where decisions name it, and sources
    /// only tell whether they are the same: so nothing of these articles is read from the database.
    pub(super) fn texts(&self, rows: &[u32], wanted: Wanted) -> Result<Corpus, Error> {
        let no_source = hash(b"");
        let entry = |a: &Prepared| Entry {
            id: self.ids.get(&a.row).cloned().unwrap_or_else(|| a.row.to_string().into()),
            source: if a.source == no_source { "".into() } else { a.source.to_string().into() },
            published: a.entry.published,
            seen: a.entry.seen,
            ..Entry::default()
        };
        self.state.corpus(rows, wanted, entry)
    }

    /// What the output says of some articles is at hand from now on.
    pub(super) fn read_entries(&mut self, rows: impl Iterator<Item = u32>) -> Result<(), Error> {
        let missing: Vec<u32> = rows.filter(|row| !self.entries.contains_key(row)).collect();
        for Stored { row, entry } in self.store.articles_at(&missing)? {
            self.entries.insert(row, entry);
        }
        match missing.iter().find(|row| !self.entries.contains_key(*row)) {
            Some(row) => {
                let what = format!("article {row} is in a story and is not there");
                Err(Error::damaged(&self.store.database(), what))
            }
            None => Ok(()),
        }
    }

    /// What the output says of an article that was read.
    pub(super) fn entry(&self, row: u32) -> &Entry {
        &self.entries[&row]
    }

    /// Some articles, each once, as a corpus of their own. What the output says of them is not at hand any more then: there
    /// may be many.
    pub(super) fn corpus(&mut self, rows: &[u32], wanted: Wanted) -> Result<Corpus, Error> {
        self.read_entries(rows.iter().copied())?;
        let Self { state, entries, .. } = self;
        state.corpus(rows, wanted, |a| entries.remove(&a.row).expect("it was read"))
    }
}
