//! The nouns: what is read, what is decided. Nothing here computes an answer.

pub mod explain;
mod grouping;
mod kept;
mod moment;
mod owners;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use grouping::{Grouping, Places};
pub use kept::Kept;
pub use moment::Moment;
pub use owners::Owners;

/// One article as it was read, before cleaning.
///
/// An empty string means "not given"; an article has a title, a text, or both.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Article {
    /// The identity of the article: as given, else its canonical URL, else a hash of title and text; a
    /// one-article file without either goes by its path as given.
    pub id: String,
    /// The headline.
    pub title: String,
    /// The body, as delivered: it may hold markup and boilerplate.
    pub text: String,
    /// When it was published; `None` when not given or unreadable.
    pub published: Option<Timestamp>,
    /// When it was first seen by whoever collected it.
    pub seen: Option<Timestamp>,
    /// The outlet.
    pub source: String,
    /// The language as given, a BCP 47 tag.
    pub lang: String,
    /// The address as given.
    pub url: String,
    /// The input it came from, as named by the user or found in a folder.
    pub file: Arc<str>,
    /// Which record of that input, counted from 1 (the line number in JSON Lines).
    pub record: u64,
    /// What it has in the columns that the user asked to carry through.
    pub kept: Kept,
}

/// A record that could not become an article, and why. Refusals are data: they never end a run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Refusal {
    /// The input, as in [`Article::file`].
    pub file: Arc<str>,
    /// Which record of it, counted from 1; 0 when the input as a whole is meant.
    pub record: u64,
    /// What is wrong, in lower case and without a full stop.
    pub reason: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, record, reason } = self;
        match record {
            0 => write!(f, "{file}: {reason}"),
            _ => write!(f, "{file}: record {record}: {reason}"),
        }
    }
}

/// What an editor decided about articles, by their ids.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Decision {
    /// What is to hold.
    pub verdict: Verdict,
    /// The article.
    pub article: String,
    /// The other one, where the decision is about two; else empty.
    pub other: String,
    /// Who decided; may be empty.
    pub by: String,
    /// Why; may be empty.
    pub reason: String,
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { verdict, article, other, by, reason } = self;
        let by = if by.is_empty() { "an editor" } else { by };
        match verdict {
            Verdict::MustLink => write!(f, "{by} linked {article} with {other}"),
            Verdict::CannotLink => write!(f, "{by} parted {article} from {other}"),
            Verdict::Representative => write!(f, "{by} chose {article}"),
            Verdict::Lock => write!(f, "{by} locked the story of {article}"),
            Verdict::Undo => write!(f, "{by} took back what was decided on {article} {other}"),
        }?;
        if reason.is_empty() { Ok(()) } else { write!(f, ": {reason}") }
    }
}

/// What a decision says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The two tell one story.
    MustLink,
    /// The two are in no story together, and so in no near-duplicate group.
    CannotLink,
    /// The article stands for its group and its story.
    Representative,
    /// No other report joins the story of the article; copies of what is in it do.
    Lock,
    /// What was decided on these articles no longer holds.
    Undo,
}

impl Verdict {
    /// All verdicts.
    pub const ALL: [Self; 5] =
        [Self::MustLink, Self::CannotLink, Self::Representative, Self::Lock, Self::Undo];

    /// The word in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MustLink => "must-link",
            Self::CannotLink => "cannot-link",
            Self::Representative => "representative",
            Self::Lock => "lock",
            Self::Undo => "undo",
        }
    }
}

impl FromStr for Verdict {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        Self::ALL.into_iter().find(|known| known.as_str() == name).ok_or_else(|| UnknownName {
            given: name.to_owned(),
            allowed: Self::ALL.map(Self::as_str).join(", "),
        })
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A name that is none of those allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not one of {allowed}")]
pub struct UnknownName {
    /// What was given.
    pub given: String,
    /// What could be given, separated by commas.
    pub allowed: String,
}

/// What is kept of an article for the output: everything but its text.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Entry {
    /// As in [`Article::id`].
    pub id: Box<str>,
    /// As in [`Article::title`].
    pub title: Box<str>,
    /// As in [`Article::source`].
    pub source: Arc<str>,
    /// As given, else detected, else `und`.
    pub lang: Arc<str>,
    /// As in [`Article::url`].
    pub url: Box<str>,
    /// As in [`Article::file`].
    pub file: Arc<str>,
    /// As in [`Article::kept`].
    pub kept: Kept,
    /// As in [`Article::published`].
    pub published: Moment,
    /// As in [`Article::seen`].
    pub seen: Moment,
    /// 64-bit SimHash of the shingles.
    pub fingerprint: u64,
}

impl Entry {
    /// When the article was published, if that is known.
    pub fn published(&self) -> Option<Timestamp> {
        self.published.get()
    }

    /// When it was first seen, if that is known.
    pub fn seen(&self) -> Option<Timestamp> {
        self.seen.get()
    }

    /// When it was published; failing that, when it was first seen.
    pub fn time(&self) -> Option<Timestamp> {
        self.published().or(self.seen())
    }

    /// What orders articles in time: unknown times last, ids deciding between equals.
    pub fn by_time(&self) -> (bool, Option<Timestamp>, &str) {
        (self.published().is_none(), self.published(), &self.id)
    }
}

/// How a pair of articles was found to match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum MatchKind {
    /// The same text after cleaning, word for word.
    Exact,
    /// The same text but for edits; similarity is the resemblance.
    Near,
    /// Another report of the same event; similarity is cosine times time factor.
    Story,
    /// An editor's decision; it has no number.
    Editor,
}

impl MatchKind {
    /// The word of the output column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Near => "near",
            Self::Story => "story",
            Self::Editor => "editor",
        }
    }
}

/// A verified pair of articles, with the numbers that decided.
///
/// Shares and similarities are in 0..=1. `a` and `b` are positions in [`Grouping::articles`], `a < b`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Match {
    /// The one that stands first there.
    pub a: u32,
    /// The other.
    pub b: u32,
    /// On what ground they match.
    pub kind: MatchKind,
    /// Jaccard coefficient of the two shingle sets.
    pub resemblance: f32,
    /// Share of the smaller shingle set that is found in the other.
    pub containment: f32,
    /// Cosine of the weighted terms, before the time factor. 0 for a pair that only the near-duplicate level compared.
    pub cosine: f32,
    /// Cosine times time factor for a story match, the resemblance otherwise.
    pub similarity: f32,
    /// The crowding-corrected score of a story match (it can be below zero); 0 otherwise.
    pub score: f32,
}

/// What happened to a story of an index.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Change {
    /// The story, by its name.
    pub story_id: String,
    /// `new`, `grew`, `merged`, `split`, `representative`, `forgotten` where an article of it was, and of a story that is no more
    /// `expired` or `gone`.
    pub change: String,
    /// The names of the stories that it has articles from, parted by spaces.
    pub from: String,
    /// How many of its articles are new.
    pub articles_added: u32,
    /// Why, in words.
    pub reason: String,
}

/// Why an article stands for its group or story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reason {
    /// There is no other.
    Alone,
    /// The newest version at the outlet that had it first: a correction replaces what it corrects.
    NewestVersion,
    /// Published first.
    Earliest,
    /// The first by id, since none has a date of publication.
    Undated,
    /// The longest text (`--representative longest`).
    Longest,
    /// Its outlet was asked for (`--representative source:A,B`).
    PreferredSource,
    /// The report that the others resemble most.
    MostCentral,
    /// An editor chose it.
    Editor,
}
