//! The settings as they are typed, in groups, and their defaults: those of the library.

use std::path::PathBuf;
use std::sync::Arc;

use clap::builder::{BoolishValueParser, NonEmptyStringValueParser};
use clap::{ArgAction, Args as Group};
use jiff::tz::TimeZone;

use super::decided::{self, Decided};
use super::values::{self, Bytes, Days, Limit};
use crate::params::{PRESETS, Params, Representative};
use crate::read::{self, Field};
use crate::report::{Format, Layout};
use crate::text::boilerplate::Boilerplate;
use crate::text::learnt_terms::LearntTerms;

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
    #[command(flatten)]
    pub(super) records: Records,
    /// The kind of every input, instead of finding out
    #[arg(long, value_name = "KIND", env = "SAMESTORY_INPUT_FORMAT")]
    pub(super) input_format: Option<read::Format>,
}

/// How records are understood, whatever they come in.
#[derive(Debug, Group)]
#[command(next_help_heading = "Reading")]
pub(super) struct Records {
    /// Take a field from this column, as in text=story_html
    #[arg(long, value_name = "FIELD=COLUMN", env = "SAMESTORY_FIELD", value_delimiter = ',', value_parser = values::field)]
    pub(super) field: Vec<(Field, String)>,
    /// Make the id of these columns
    #[arg(long, value_name = "COLUMNS", env = "SAMESTORY_ID", value_delimiter = ',', value_parser = NonEmptyStringValueParser::new())]
    pub(super) id: Vec<String>,
    /// The zone of dates that name none
    #[arg(long, value_name = "ZONE", env = "SAMESTORY_TIMEZONE", default_value = "UTC", value_parser = values::timezone)]
    pub(super) timezone: TimeZone,
    /// Refuse records longer than this
    #[arg(long, value_name = "SIZE", env = "SAMESTORY_MAX_RECORD", default_value_t = Bytes(read::Options::default().max_record))]
    pub(super) max_record: Bytes,
    /// A CSV with source, owner, lang, timezone: what articles of a source do not say; one owner is one report
    #[arg(long, value_name = "FILE", env = "SAMESTORY_SOURCES")]
    pub(super) sources: Option<PathBuf>,
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
    #[command(flatten)]
    pub(super) standing: Standing,
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

/// Who stands for others.
#[derive(Debug, Group)]
#[command(next_help_heading = "Grouping")]
pub(super) struct Standing {
    /// Who stands for a near-duplicate group: earliest, longest or source:A,B
    #[arg(
        long,
        value_name = "RULE",
        env = "SAMESTORY_REPRESENTATIVE",
        default_value = values::show_representative(&Params::default().representative),
        value_parser = values::representative
    )]
    pub(super) representative: Representative,
}

impl Standing {
    /// What an index, which knows all other parameters, is opened with.
    pub(super) fn params(&self) -> Params {
        Params { representative: self.representative.clone(), ..Params::default() }
    }
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
    #[arg(long, value_name = "COLUMNS", env = "SAMESTORY_KEEP", value_delimiter = ',', value_parser = NonEmptyStringValueParser::new())]
    pub(super) keep: Vec<String>,
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
    /// How many threads, at most 1024; 0 is as many as the machine has
    #[arg(long, value_name = "N", env = "SAMESTORY_THREADS", default_value_t = 0, value_parser = values::threads())]
    pub(super) threads: usize,
    /// Exit with 3 if more records than this are refused: a share as in 5%, or a number
    #[arg(long, value_name = "LIMIT", env = "SAMESTORY_MAX_REFUSED")]
    pub(super) max_refused: Option<Limit>,
    /// Exit with 3 if any record is refused
    #[arg(long, env = "SAMESTORY_STRICT", action = ArgAction::SetTrue, value_parser = BoolishValueParser::new())]
    pub(super) strict: bool,
}

/// How much memory a run takes.
#[derive(Debug, Group)]
#[command(next_help_heading = "Running")]
pub(super) struct Limited {
    /// Keep about so much in memory, as in 500M or 2G, and the rest in temporary files
    #[arg(long, value_name = "SIZE", env = "SAMESTORY_MEMORY_LIMIT")]
    pub(super) memory_limit: Option<Bytes>,
}
