//! What is typed after `update` and `index`.

use std::path::PathBuf;

use clap::{Args as Group, Subcommand};

use super::args::{SETTINGS, Settings};

#[derive(Debug, Group)]
pub(super) struct Update {
    /// Files and folders of new articles; - is standard input
    #[arg(required = true, value_name = "INPUT")]
    pub(super) inputs: Vec<String>,
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
    pub(super) settings: Settings,
}

/// Which index, and how long it keeps what.
#[derive(Debug, Group)]
#[command(next_help_heading = "Index")]
pub(super) struct Indexing {
    /// The folder of the index; `update` makes a missing one
    #[arg(long, value_name = "DIR", env = "SAMESTORY_INDEX")]
    pub(super) index: Option<PathBuf>,
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
}

#[derive(Debug, Group)]
pub(super) struct Export {
    /// Write here instead of to standard output
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    #[command(flatten)]
    pub(super) indexing: Indexing,
    #[command(flatten)]
    pub(super) settings: Settings,
}

/// What `config` shows and writes.
#[derive(Debug, Group)]
pub(super) struct AllSettings {
    #[command(flatten)]
    pub(super) settings: Settings,
    #[command(flatten)]
    pub(super) indexing: Indexing,
}
