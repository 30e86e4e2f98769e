//! How many runs an index has had, noted beside its database, which may lose the last ones without a word.
//!
//! SQLite believes the log of a database up to the first page that does not read as it was written, and passes over the rest:
//! after a crash that is what a run left that did not end. A bit that flips later looks the same. But a run is noted only
//! when it is safe, so that a database with fewer runs than were noted is damaged.

use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use rusqlite::Connection;

use super::{Error, Store};

impl Store {
    /// How many runs the database has; none where it has no tables.
    pub(super) fn n_runs(&self) -> Result<Option<i64>, Error> {
        runs(&self.db).map_err(self.sql())
    }

    /// Notes how many runs are safe now.
    pub(super) fn note_runs(&self) {
        if let (Some(lock), Ok(Some(runs))) = (&self.lock, self.n_runs()) {
            note(lock, runs);
        }
    }

    /// Demands the runs that were noted.
    pub(super) fn expect_runs(&self, noted: i64) -> Result<(), Error> {
        match self.n_runs()? {
            None if noted == 0 => Err(Error::damaged(&self.database(), "its tables are missing")),
            Some(runs) if runs >= noted => Ok(()),
            left => {
                let lost = noted - left.unwrap_or(0);
                let what = format!("{lost} of {noted} runs, which stood in it, are lost");
                Err(Error::damaged(&self.database_log(), what))
            }
        }
    }
}

/// Notes a number of runs in the file that the one writer has locked.
pub(super) fn note(lock: &File, runs: i64) {
    // Without the note a loss would not be seen; nothing else depends on it.
    let _ = lock.write_all_at(spelled(runs).as_bytes(), 0);
}

/// The runs that were noted in a folder, which is read before its database; 0 where none were.
pub(super) fn noted(folder: &Path) -> i64 {
    let read = || {
        let text = fs::read_to_string(folder.join("lock")).ok()?;
        let runs = text.get(5..24)?.parse().ok()?;
        (text == spelled(runs)).then_some(runs)
    };
    read().unwrap_or(0)
}

/// Always of one length, so that a note takes the place of the one before.
fn spelled(runs: i64) -> String {
    let said = format!("runs={runs:019}");
    format!("{said} crc32={:08x}\n", crc32fast::hash(said.as_bytes()))
}

/// How many runs a database has; none where it has no tables.
pub(super) fn runs(db: &Connection) -> rusqlite::Result<Option<i64>> {
    let count = || db.query_row("SELECT IFNULL(MAX(run), 0) FROM runs", [], |r| r.get(0));
    db.table_exists(None::<&str>, "runs")?.then(count).transpose()
}
