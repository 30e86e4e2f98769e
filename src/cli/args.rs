//! The command line as it is typed. An option with an environment variable is a *setting*, which `samestory.toml` may
//! give too.

use std::path::PathBuf;

use clap::{Arg, Args as Group, Parser, Subcommand};

use super::clean::Clean;
use super::explain::Explain;
use super::groups::{Judging, Limited, Reading, Settings};
use super::index_args::{AllSettings, Index, Update};
use super::knobs::Sweep;
use super::learn::Learn;
use super::report::Report;

/// Which news articles tell the same story: near-duplicate copies, and independent reports of one event.
#[derive(Debug, Parser)]
#[command(name = "samestory", version, max_term_width = 100, subcommand_required = true, arg_required_else_help = true, after_help = SETTINGS)]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) shared: Shared,
    #[command(subcommand)]
    pub(super) command: Command,
}

pub(super) const SETTINGS: &str = "The options of Reading, Grouping, Writing and Running are settings: SAMESTORY_WINDOW=3d in the \
environment or window = \"3d\" in samestory.toml is the same as --window 3d, which goes before both. \
`samestory config show` says what each is and where it comes from.";

const SWEEPING: &str = "--sweep with --in takes a setting (story-cut, min-similarity, min-resemblance, min-containment, \
window): the articles are grouped anew at each value, and at the value in force. With PREDICTED, which is then an output \
of `cluster --layout pairs`, it takes a column of it (similarity, resemblance, containment, cosine): pairs at or \
above each value count as joined, with all their copies; at the level of stories copies do at any, unless the run kept \
them apart. `grouped` is what the run itself joined. Without --plot, F1 is drawn as bars.

The 95 % interval of the B-cubed F1 is a bootstrap: the gold clusters are drawn 200 times with replacement, always with \
the same seed.";

/// What every command understands.
#[derive(Debug, Group)]
#[command(next_help_heading = "Everywhere")]
pub(super) struct Shared {
    /// Read settings from this file instead of samestory.toml
    #[arg(long, global = true, value_name = "FILE", env = "SAMESTORY_CONFIG")]
    pub(super) config: Option<PathBuf>,
    /// Say nothing but errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Say what each stage did
    #[arg(short, long, global = true)]
    pub(super) verbose: bool,
}

/// Leaves an option out of the help of a command that refuses it and says what is done instead.
fn without(option: Arg) -> Arg {
    option.hide(true)
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Group articles into near-duplicates and stories
    #[command(after_help = SETTINGS)]
    Cluster(Cluster),
    /// Add a night's articles to an index
    #[command(after_help = SETTINGS, mut_arg("decisions", without))]
    Update(Update),
    /// Look after an index
    #[command(subcommand)]
    Index(Index),
    /// Serve an index over HTTP, with a page for editors
    #[cfg(feature = "serve")]
    #[command(after_help = super::serve::TOKENS, mut_arg("decisions", without))]
    Serve(Box<super::serve::Serve>),
    /// Show what is left of each article, as it is compared
    #[command(after_help = SETTINGS)]
    Clean(Clean),
    /// Show what came in, on one screen and as a page
    #[command(after_help = SETTINGS)]
    Report(Report),
    /// Show every number that decides about two articles, or how a story came together
    #[command(after_help = SETTINGS)]
    Explain(Explain),
    /// Measure how well clusters agree with labels
    #[command(
        after_help = SWEEPING,
        allow_missing_positional = true,
        override_usage = "samestory evaluate [OPTIONS] PREDICTED GOLD\n       samestory evaluate [OPTIONS] GOLD --in INPUT..."
    )]
    Evaluate(Evaluate),
    /// Learn from a corpus what later runs can be told
    #[command(subcommand)]
    Learn(Learn),
    /// Show or write the settings
    #[command(subcommand)]
    Config(Config),
    /// Run one stage from Arrow to Arrow, for a run on many machines
    #[cfg(feature = "parquet")]
    #[command(mut_arg("decisions", without))]
    Worker(Box<super::worker::Worker>),
    /// Write the completions for a shell
    Completions(Completions),
    /// Write a manual page, as for man -l
    Man(Man),
}

#[derive(Debug, Group)]
pub(super) struct Cluster {
    /// Files and folders of articles; - is standard input
    #[arg(required = true, value_name = "INPUT")]
    pub(super) inputs: Vec<PathBuf>,
    /// Write the clusters here instead of to standard output
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Write one original record of each near-duplicate group
    #[arg(long, value_name = "FILE")]
    pub(super) unique: Option<PathBuf>,
    /// Write the records that could not be used, as CSV
    #[arg(long, value_name = "FILE")]
    pub(super) refusals: Option<PathBuf>,
    /// Write version, settings, counts, digests and times, as JSON
    #[arg(long, value_name = "FILE")]
    pub(super) summary: Option<PathBuf>,
    #[command(flatten)]
    pub(super) settings: Settings,
    #[command(flatten)]
    pub(super) limited: Limited,
}

#[derive(Debug, Group)]
pub(super) struct Evaluate {
    /// Clusters: the output of `cluster`, or id and cluster
    #[arg(required_unless_present = "inputs", conflicts_with = "inputs")]
    pub(super) predicted: Option<PathBuf>,
    /// Labels: JSON Lines or CSV of id and cluster, or of id1, id2, label
    pub(super) gold: PathBuf,
    /// Instead of PREDICTED, group these files and folders
    #[arg(long = "in", value_name = "INPUT", num_args = 1..)]
    pub(super) inputs: Vec<PathBuf>,
    /// Which column of the output of `cluster` is measured
    #[arg(long, value_name = "LEVEL", default_value = "story", value_parser = ["story", "duplicate"])]
    pub(super) level: String,
    /// How many of the worst merges and splits are named
    #[arg(long, value_name = "N", default_value_t = 5, conflicts_with = "sweep")]
    pub(super) worst: usize,
    /// Measure at each value of a knob, as in story-cut or story-cut=0..0.1:0.01
    #[arg(long, value_name = "KNOB[=FROM..TO:STEP]")]
    pub(super) sweep: Option<Option<Sweep>>,
    /// Draw the sweep as SVG
    #[arg(long, value_name = "FILE", requires = "sweep")]
    pub(super) plot: Option<PathBuf>,
    /// How the figures are written
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json"])]
    pub(super) format: String,
    #[command(flatten)]
    pub(super) reading: Reading,
    #[command(flatten)]
    pub(super) judging: Judging,
}

#[derive(Debug, Group)]
pub(super) struct Completions {
    /// The shell
    pub(super) shell: clap_complete::Shell,
}

#[derive(Debug, Group)]
pub(super) struct Man {
    /// The command; none for the page that lists them
    pub(super) command: Vec<String>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Config {
    /// Show each setting and where it comes from
    #[command(after_help = SETTINGS)]
    Show(AllSettings),
    /// Write the settings to samestory.toml, the defaults as comments
    #[command(after_help = SETTINGS)]
    Init(AllSettings),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::params::Params;
    use crate::read;
    use crate::report::{Format, Layout};

    #[test]
    fn the_command_line_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn an_empty_command_line_is_the_defaults() {
        let args = Args::parse_from(["samestory", "cluster", "news.jsonl"]);
        let Command::Cluster(Cluster { settings, .. }) = args.command else {
            panic!("it is cluster")
        };
        assert_eq!(settings.judging.params(), Params::default());
        let options = settings.reading.options(&settings.writing.keep).unwrap();
        assert_eq!(format!("{options:?}"), format!("{:?}", read::Options::default()));
        assert_eq!(
            (settings.writing.layout, settings.writing.format),
            (Layout::default(), Format::default())
        );
    }
}
