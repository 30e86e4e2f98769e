//! A copy of an index, made while others may write to it.

use std::fs;
use std::path::Path;

use rusqlite::MAIN_DB;
use rusqlite::backup::Progress;

use super::files::{lock, make_room, sql, sync};
use super::{Error, Store};

impl Store {
    /// Copies everything into an empty folder, as it is at one moment; the index may be written to meanwhile.
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
        let (_moment, segments) = self.at_one_moment(Self::opened)?;
        let database = folder.join("index.sqlite");
        let progress = None::<fn(Progress)>;
        self.db.backup(MAIN_DB, &database, progress).map_err(sql(database.clone()))?;
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
