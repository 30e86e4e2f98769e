//! The command line as it is typed. Defaults are those of the library; an option with an environment variable is a
//! *setting*, which `samestory.toml` may give too.

use std::path::PathBuf;
use std::sync::Arc;

use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args as Group, Parser, Subcommand};
use jiff::tz::TimeZone;

use super::clean::Clean;
use super::decided::{self, Decided};
use super::explain::Explain;
use super::index_args::{AllSettings, Index, Update};
use super::knobs::Sweep;
use super::learn::Learn;
use super::report::Report;
use super::values::{self, Bytes, Days, Limit};
use crate::params::{PRESETS, Params, Representative};
use crate::read::{self, Field};
use crate::report::{Format, Layout};
use crate::text::boilerplate::Boilerplate;
use crate::text::learnt_terms::LearntTerms;

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
of `cluster --layout pairs`, it takes a column of it (similarity, score, resemblance, containment, cosine): pairs at or \
above each value count as joined, with all their copies; at the level of stories copies do at any. Without --plot, F1 is drawn as bars.

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

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Group articles into near-duplicates and stories
    #[command(after_help = SETTINGS)]
    Cluster(Cluster),
    /// Add a night's articles to an index
    #[command(after_help = SETTINGS)]
    Update(Update),
    /// Look after an index
    #[command(subcommand)]
    Index(Index),
    /// Serve an index over HTTP, with a page for editors
    #[cfg(feature = "serve")]
    #[command(after_help = super::serve::TOKENS)]
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
    pub(super) inputs: Vec<String>,
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
}

/// All settings.
#[derive(Debug, Group)]
pub(super) struct Settings {
    #[command(flatten)]
    pub(super) reading: Reading,
    #[command(flatten)]
    pub(super) judging: Judging,
    #[command(flatten)]
    pub(super) writing: Writing,
    #[command(flatten)]
    pub(super) running: Running,
}

/// How inputs are understood.
#[derive(Debug, Group)]
#[command(next_help_heading = "Reading")]
pub(super) struct Reading {
    /// Take a field from this column, as in text=story_html
    #[arg(long, value_name = "FIELD=COLUMN", env = "SAMESTORY_FIELD", value_delimiter = ',', value_parser = values::field)]
    pub(super) field: Vec<(Field, String)>,
    /// Make the id of these columns
    #[arg(long, value_name = "COLUMNS", env = "SAMESTORY_ID", value_delimiter = ',')]
    pub(super) id: Vec<String>,
    /// The zone of dates that name none
    #[arg(long, value_name = "ZONE", env = "SAMESTORY_TIMEZONE", default_value = "UTC", value_parser = values::timezone)]
    pub(super) timezone: TimeZone,
    /// The kind of every input, instead of finding out
    #[arg(long, value_name = "KIND", env = "SAMESTORY_INPUT_FORMAT")]
    pub(super) input_format: Option<read::Format>,
    /// Refuse records longer than this
    #[arg(long, value_name = "SIZE", env = "SAMESTORY_MAX_RECORD", default_value_t = Bytes(read::Options::default().max_record))]
    pub(super) max_record: Bytes,
}

/// What can change an answer.
#[derive(Debug, Group)]
#[command(next_help_heading = "Grouping")]
pub(super) struct Judging {
    /// Stop after the near-duplicates: each group is its own story
    #[arg(long, value_name = "LEVEL", env = "SAMESTORY_ONLY", value_parser = ["duplicates"])]
    pub(super) only: Option<String>,
    /// Take the background of terms from here, as made by `samestory learn terms`
    #[arg(long, value_name = "FILE", env = "SAMESTORY_TERMS", value_parser = values::terms)]
    pub(super) terms: Option<Arc<LearntTerms>>,
    /// How far apart in time two matched reports may be
    #[arg(long, value_name = "TIME", env = "SAMESTORY_WINDOW", default_value_t = Days(Params::default().window_days))]
    pub(super) window: Days,
    #[command(flatten)]
    pub(super) cleaning: Cleaning,
    /// Treat every article as undated
    #[arg(long, env = "SAMESTORY_IGNORE_DATES", action = ArgAction::SetTrue, value_parser = BoolishValueParser::new())]
    pub(super) ignore_dates: bool,
    /// Who stands for a near-duplicate group: earliest, longest or source:A,B
    #[arg(
        long,
        value_name = "RULE",
        env = "SAMESTORY_REPRESENTATIVE",
        default_value = values::show_representative(&Params::default().representative),
        value_parser = values::representative
    )]
    pub(super) representative: Representative,
    /// Least resemblance of near-duplicates; raising it splits edited copies off
    #[arg(
        long,
        value_name = "SHARE",
        env = "SAMESTORY_MIN_RESEMBLANCE",
        default_value_t = Params::default().min_resemblance,
        value_parser = values::number(0.0, 1.0)
    )]
    pub(super) min_resemblance: f64,
    /// Least containment of cut and padded copies
    #[arg(
        long,
        value_name = "SHARE",
        env = "SAMESTORY_MIN_CONTAINMENT",
        default_value_t = Params::default().min_containment,
        value_parser = values::number(0.0, 1.0)
    )]
    pub(super) min_containment: f64,
    /// Least similarity of two reports that is kept as a match
    #[arg(
        long,
        value_name = "SHARE",
        env = "SAMESTORY_MIN_SIMILARITY",
        default_value_t = Params::default().min_similarity,
        value_parser = values::number(0.0, 1.0)
    )]
    pub(super) min_similarity: f64,
    /// How readily reports come together: strict would rather split than merge wrongly, broad the other way
    #[arg(
        long,
        value_name = "NAME",
        env = "SAMESTORY_PRESET",
        default_value = PRESETS[1].0,
        value_parser = values::choice(&PRESETS)
    )]
    pub(super) preset: f64,
    /// Least average score inside a story, in place of the preset's; raising it splits stories
    #[arg(
        long,
        value_name = "SCORE",
        env = "SAMESTORY_STORY_CUT",
        value_parser = values::number(-1.0, 1.0),
        allow_negative_numbers = true
    )]
    pub(super) story_cut: Option<f64>,
    /// Editors' decisions, as a CSV with decision, article_id, other_id, by, reason: must-link, cannot-link,
    /// representative, lock or undo
    #[arg(long, value_name = "FILE", env = "SAMESTORY_DECISIONS", value_parser = decided::decisions)]
    pub(super) decisions: Option<Arc<Decided>>,
}

/// What is left of an article.
#[derive(Debug, Group)]
#[command(next_help_heading = "Grouping")]
pub(super) struct Cleaning {
    /// Drop what each source repeats, as found by `samestory learn boilerplate`
    #[arg(long, value_name = "FILE", env = "SAMESTORY_BOILERPLATE", value_parser = values::boilerplate)]
    pub(super) boilerplate: Option<Arc<Boilerplate>>,
}

/// The shape of the output.
#[derive(Debug, Group)]
#[command(next_help_heading = "Writing")]
pub(super) struct Writing {
    /// What one row stands for
    #[arg(long, value_name = "ROWS", env = "SAMESTORY_LAYOUT", default_value = "articles", value_parser = values::choice(LAYOUTS))]
    pub(super) layout: Layout,
    /// How rows are spelled
    #[arg(long, value_name = "FORMAT", env = "SAMESTORY_FORMAT", default_value = "csv", value_parser = values::choice(FORMATS))]
    pub(super) format: Format,
    /// Carry these columns of the input through
    #[arg(long, value_name = "COLUMNS", env = "SAMESTORY_KEEP", value_delimiter = ',')]
    pub(super) keep: Vec<String>,
    /// A CSV with source, owner, lang, timezone: what articles of a source do not say; one owner is one report
    #[arg(long, value_name = "FILE", env = "SAMESTORY_SOURCES")]
    pub(super) sources: Option<PathBuf>,
    /// Spell CSV for spreadsheets: byte order mark, CRLF, no formulas
    #[arg(long, env = "SAMESTORY_EXCEL", action = ArgAction::SetTrue, value_parser = BoolishValueParser::new())]
    pub(super) excel: bool,
}

const LAYOUTS: &[(&str, Layout)] =
    &[("articles", Layout::Articles), ("stories", Layout::Stories), ("pairs", Layout::Pairs)];

const FORMATS: &[(&str, Format)] = &[
    ("csv", Format::Csv),
    ("jsonl", Format::Jsonl),
    #[cfg(feature = "parquet")]
    ("parquet", Format::Parquet),
];

/// How the run goes about it.
#[derive(Debug, Group)]
#[command(next_help_heading = "Running")]
pub(super) struct Running {
    /// How many threads; 0 is as many as the machine has
    #[arg(long, value_name = "N", env = "SAMESTORY_THREADS", default_value_t = 0)]
    pub(super) threads: usize,
    /// Keep about so much in memory, as in 500M or 2G, and the rest in temporary files
    #[arg(long, value_name = "SIZE", env = "SAMESTORY_MEMORY_LIMIT")]
    pub(super) memory_limit: Option<Bytes>,
    /// Exit with 3 if more records than this are refused: a share as in 5%, or a number
    #[arg(long, value_name = "LIMIT", env = "SAMESTORY_MAX_REFUSED")]
    pub(super) max_refused: Option<Limit>,
    /// Exit with 3 if any record is refused
    #[arg(long, env = "SAMESTORY_STRICT", action = ArgAction::SetTrue, value_parser = BoolishValueParser::new())]
    pub(super) strict: bool,
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
    pub(super) inputs: Vec<String>,
    /// Which column of the output of `cluster` is measured
    #[arg(long, value_name = "LEVEL", default_value = "story", value_parser = ["story", "duplicate"])]
    pub(super) level: String,
    /// How many of the worst merges and splits are named
    #[arg(long, value_name = "N", default_value_t = 5)]
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
        let options = settings.reading.options(&settings.writing.keep);
        assert_eq!(format!("{options:?}"), format!("{:?}", read::Options::default()));
        assert_eq!(
            (settings.writing.layout, settings.writing.format),
            (Layout::default(), Format::default())
        );
    }
}
