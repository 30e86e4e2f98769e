//! A copy of an index, made while others may write to it.

use std::fs;
use std::path::Path;

use rusqlite::backup::Progress;
use rusqlite::{Connection, MAIN_DB};

use super::files::{lock, make_room, sql, sync};
use super::{Error, Journal, Store};

impl Store {
    /// Copies everything into an empty folder, as it is at one moment; the index may be written to meanwhile. What a service
    /// has accepted is in the copy's journal, as far as it is not in its index.
    ///
    /// # Errors
    /// The folder is not empty, a segment is missing or damaged, or the system refuses.
    pub fn copy_to(&self, folder: &Path) -> Result<(), Error> {
        make_room(folder)?;
        let _lock = lock(folder)?;
        let header = folder.join("header");
        if header.exists() {
            return Err(Error::Foreign(folder.to_owned()));
        }
        // What goes over to the index meanwhile is then in both, and is taken once; copied later it could be in neither.
        Journal::copy(self.folder(), folder)?;
        let (_moment, segments) = self.at_one_moment(Self::opened)?;
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
}

/// Copies a database as it is at the moment that was begun on its connection.
pub(super) fn copy_database(db: &Connection, to: &Path) -> rusqlite::Result<()> {
    db.backup(MAIN_DB, to, None::<fn(Progress)>)
}
