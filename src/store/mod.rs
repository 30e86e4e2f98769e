//! The index on disk: one folder with a header, a database and immutable segments.
//!
//! | file | what |
//! |---|---|
//! | `header` | format, versions of what is hashed, parameters; written once |
//! | `index.sqlite` | articles, groups, stories, log, and which segments count: readable by anyone with SQL |
//! | `segments/*.seg` | what articles are compared by, pairs of copies, what was found of reports; written once, never changed |
//! | `lock` | held by the one writer, who notes in it how many runs are safe |
//! | `service` | what a service has accepted: articles with their texts, which wait for the index or are in it |
//!
//! **One commit point.** Segments are written and synced first, then one transaction names them together with all else
//! that changed. What no transaction names is nothing, and is deleted when the next writer opens the index.

mod ask;
mod check;
mod commit;
mod copy;
mod crash;
mod decided;
mod files;
mod header;
mod journal;
mod look;
mod runs;
mod segment;
mod tables;

use std::io;
use std::path::{Path, PathBuf};

pub use commit::{Batch, RunCounts, RunLine};
pub use decided::Decided;
pub use files::{Access, Store};
pub use journal::{Arrival, Arrivals, Journal};
pub use look::{Brief, Filter, Located, RunSeen, Summary, first_and_last};
pub use segment::{Block, Keep, Segment, SegmentWriter};
pub use tables::{Member, Named, Next, Stored, Story};

use crate::params::OutOfRange;

/// Why an index cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no index.
    #[error("{0}: no index here")]
    Missing(PathBuf),
    /// The folder holds something else.
    #[error("{0}: the folder is not empty and holds no index")]
    Foreign(PathBuf),
    /// There is a file where the folder should be.
    #[error("{0}: no folder, and an index is one")]
    NoFolder(PathBuf),
    /// The folder has an index, and one is to be put there.
    #[error("{0}: the folder holds an index already")]
    Taken(PathBuf),
    /// Another process writes.
    #[error("{0}: another process is writing to the index")]
    Locked(PathBuf),
    /// It was built by another version.
    #[error("{path}: built by another version ({found}, this is {expected})")]
    Version {
        /// The file that says so.
        path: PathBuf,
        /// What it says.
        found: String,
        /// What it should say.
        expected: String,
    },
    /// It was built with other parameters.
    #[error("{path}: built with other settings: {what}")]
    Parameters {
        /// The header.
        path: PathBuf,
        /// What differs.
        what: String,
    },
    /// It is to be built with a parameter that is not in its range.
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
    /// Days that something is to be kept for cannot be counted.
    #[error("{0} days: give a finite number, 0 or more")]
    Days(f64),
    /// A file is not as it was written.
    #[error("{path}: damaged: {what}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// The system refuses.
    #[error("{path}: {cause}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The database refuses.
    #[error("{path}: {cause}")]
    Sql {
        /// The database.
        path: PathBuf,
        /// What it says.
        cause: rusqlite::Error,
    },
}

/// What is said of a segment that is not there.
const MISSING: &str = "the segment is missing";

impl Error {
    fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |cause| Self::Io { path: path.to_owned(), cause }
    }

    /// Whether a segment is not there: for a reader, another moment names others.
    fn is_missing(&self) -> bool {
        matches!(self, Self::Damaged { what, .. } if what == MISSING)
    }

    /// That a file is not as it was written.
    pub fn damaged(path: &Path, what: impl Into<String>) -> Self {
        Self::Damaged { path: path.to_owned(), what: what.into() }
    }
}
