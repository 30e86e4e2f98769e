//! What is typed after `update` and `index`.

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args as Group, Subcommand};

use super::args::SETTINGS;
use super::decided::{self, Decided};
use super::groups::{Limited, Settings, Standing, Writing};
use super::values::Days;

#[derive(Debug, Group)]
pub(super) struct Update {
    /// Files and folders of new articles; - is standard input
    #[arg(required = true, value_name = "INPUT")]
    pub(super) inputs: Vec<PathBuf>,
    /// Write tonight's articles, where they belong, here instead of to standard output
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Write what happened to stories, as CSV
    #[arg(long, value_name = "FILE")]
    pub(super) changes: Option<PathBuf>,
    /// Write one original record of each near-duplicate group that is new tonight
    #[arg(long, value_name = "FILE")]
    pub(super) unique: Option<PathBuf>,
    /// Write the records that could not be used, as CSV
    #[arg(long, value_name = "FILE")]
    pub(super) refusals: Option<PathBuf>,
    /// Say what would change, and change nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// The time that articles without a date are seen at, instead of now
    #[arg(long, value_name = "TIME")]
    pub(super) now: Option<jiff::Timestamp>,
    #[command(flatten)]
    pub(super) indexing: Indexing,
    #[command(flatten)]
    pub(super) keeping: Keeping,
    #[command(flatten)]
    pub(super) settings: Settings,
}

/// Which index.
#[derive(Debug, Group)]
#[command(next_help_heading = "Index")]
pub(super) struct Indexing {
    /// The folder of the index; `update` makes a missing one
    #[arg(long, value_name = "DIR", env = "SAMESTORY_INDEX")]
    pub(super) index: Option<PathBuf>,
}

/// How long an index keeps what.
#[derive(Debug, Group)]
#[command(next_help_heading = "Index")]
pub(super) struct Keeping {
    /// Forget whole stories this long after their newest article, counted to the newest of all that is not of the future; never if not given
    #[arg(long, value_name = "TIME", env = "SAMESTORY_RETAIN")]
    pub(super) retain: Option<Days>,
    /// Store the texts of articles for this long; if not given, `update` stores none and `serve` all for ever
    #[arg(long, value_name = "TIME", env = "SAMESTORY_STORE_TEXT")]
    pub(super) store_text: Option<Days>,
}

/// What can be done to an index.
#[derive(Debug, Subcommand)]
pub(super) enum Index {
    /// Count what it holds
    Stats(Indexing),
    /// Read every file, and see whether all is as it was written
    Check(Indexing),
    /// Write all of it, in the layouts of `cluster`
    #[command(after_help = SETTINGS)]
    Export(Box<Export>),
    /// Write what happened to stories, as CSV
    Log(Log),
    /// Take decisions of editors: must-link, cannot-link, representative, lock, undo
    Decide(Decide),
    /// Forget whole stories that are older than --retain, and texts that are older than --store-text
    Expire(Expire),
    /// Forget articles: nothing of them is left in any file
    Forget(Forget),
    /// Copy the index, while it may be in use
    Backup(Backup),
}

#[derive(Debug, Group)]
pub(super) struct Log {
    /// Write here instead of to standard output
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    #[command(flatten)]
    pub(super) indexing: Indexing,
}

/// Which index to change, and where to write what happened to its stories.
#[derive(Debug, Group)]
pub(super) struct Changing {
    /// Write what happened to stories, as CSV
    #[arg(long, value_name = "FILE")]
    pub(super) changes: Option<PathBuf>,
    #[command(flatten)]
    pub(super) indexing: Indexing,
    #[command(flatten)]
    pub(super) standing: Standing,
}

#[derive(Debug, Group)]
pub(super) struct Decide {
    /// CSV or JSON Lines with decision, article_id, other_id, by, reason, in the order in which they were made
    #[arg(value_parser = decided::decisions)]
    pub(super) file: Arc<Decided>,
    #[command(flatten)]
    pub(super) changing: Changing,
}

#[derive(Debug, Group)]
pub(super) struct Expire {
    #[command(flatten)]
    pub(super) changing: Changing,
    #[command(flatten)]
    pub(super) keeping: Keeping,
}

#[derive(Debug, Group)]
pub(super) struct Forget {
    /// The ids of the articles
    #[arg(required = true, value_name = "ID")]
    pub(super) ids: Vec<String>,
    #[command(flatten)]
    pub(super) changing: Changing,
}

#[derive(Debug, Group)]
pub(super) struct Backup {
    /// The folder of the copy: empty, or not there yet
    #[arg(value_name = "TO")]
    pub(super) to: PathBuf,
    #[command(flatten)]
    pub(super) indexing: Indexing,
}

#[derive(Debug, Group)]
pub(super) struct Export {
    /// Write here instead of to standard output
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    #[command(flatten)]
    pub(super) indexing: Indexing,
    #[command(flatten)]
    pub(super) standing: Standing,
    #[command(flatten)]
    pub(super) writing: Writing,
    /// A CSV with source, owner: one owner is one report
    #[arg(long, value_name = "FILE", env = "SAMESTORY_SOURCES")]
    pub(super) sources: Option<PathBuf>,
}

/// What `config` shows and writes.
#[derive(Debug, Group)]
pub(super) struct AllSettings {
    #[command(flatten)]
    pub(super) settings: Settings,
    #[command(flatten)]
    pub(super) limited: Limited,
    #[command(flatten)]
    pub(super) indexing: Indexing,
    #[command(flatten)]
    pub(super) keeping: Keeping,
}
