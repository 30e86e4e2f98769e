//! A copy of an index, made while others may write to it.

use std::fs;
use std::path::Path;

use rusqlite::backup::Progress;
use rusqlite::{Connection, MAIN_DB, Transaction};

use super::files::{lock, make_room, make_segments, sql, sync};
use super::tables::RETRIES;
use super::{Error, Journal, Segment, Store};

impl Store {
    /// Copies everything into an empty folder, as it is at one moment; the index may be written to meanwhile. What a service
    /// has accepted is in the copy's journal, as far as it is not in its index.
    ///
    /// # Errors
    /// The folder is not empty, a segment is missing or damaged, or the system refuses.
    pub fn copy_to(&self, folder: &Path) -> Result<(), Error> {
        make_room(folder)?;
        let _lock = lock(folder)?;
        make_segments(folder)?;
        let header = folder.join("header");
        if header.exists() {
            return Err(Error::Taken(folder.to_owned()));
        }
        let journal = Journal::is_there(self.folder()).then(|| Journal::open(self.folder()));
        let journal = journal.transpose()?;
        let (_moments, segments) = self.moments(journal.as_ref())?;
        if let Some(journal) = &journal {
            journal.copy_to(folder)?;
        }
        let database = folder.join("index.sqlite");
        copy_database(&self.db, &database).map_err(sql(database))?;
        for segment in segments {
            let name = segment.path().file_name().expect("a segment has a name");
            segment.copy_to(&folder.join("segments").join(name))?;
        }
        sync(&folder.join("segments"))?;
        let from = self.folder().join("header");
        fs::copy(&from, &header).map_err(Error::io(&from))?;
        sync(&header)?;
        sync(folder)
    }

    /// Begins a moment of the index and one of the journal, and opens the segments. No run went by between the two: an article
    /// that is accepted waits or is in the index, and an older version does not wait beside a newer one that is in.
    fn moments<'a>(
        &'a self,
        journal: Option<&'a Journal>,
    ) -> Result<(Moments<'a>, Vec<Segment>), Error> {
        for _ in 0..RETRIES {
            let before = self.n_runs()?;
            let waiting = journal.map(Journal::moment).transpose()?;
            let look = |store: &Self| Ok((store.opened()?, store.n_runs()?));
            let (moment, (segments, runs)) = self.at_one_moment(look)?;
            if journal.is_none() || runs == before {
                return Ok(((moment, waiting), segments));
            }
        }
        Err(Error::Locked(self.folder().to_owned()))
    }
}

/// A moment of the index, and one of the journal.
type Moments<'a> = (Transaction<'a>, Option<Transaction<'a>>);

/// Copies a database as it is at the moment that was begun on its connection.
pub(super) fn copy_database(db: &Connection, to: &Path) -> rusqlite::Result<()> {
    db.backup(MAIN_DB, to, None::<fn(Progress)>)
}
