//! Every knob that can change an answer: its meaning, range and default.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::kernel::time::ONE;
use crate::model::Decision;
use crate::text::boilerplate::Boilerplate;
use crate::text::learnt_terms::LearntTerms;

/// Which article stands for its near-duplicate group.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Representative {
    /// The newest version at the outlet that published first; where none is dated, the first by id.
    #[default]
    Earliest,
    /// The longest text.
    Longest,
    /// The first of these outlets that has it, else as [`Representative::Earliest`].
    Source(Vec<String>),
}

/// Named trade-offs of the story level: each with its [`Params::story_cut`].
pub const PRESETS: [(&str, f64); 3] = [("strict", 0.09), ("balanced", 0.07), ("broad", 0.05)];

/// The knobs of one run. Stages are handed the struct and never make a default of their own.
#[derive(Debug, Clone, PartialEq)]
pub struct Params {
    /// Stop after the near-duplicate level: a group is its own story.
    pub only_duplicates: bool,
    /// What each source repeats, to be cleaned away.
    pub boilerplate: Option<Arc<Boilerplate>>,
    /// Term tables that go before those in the binary.
    pub terms: Option<Arc<LearntTerms>>,
    /// Treat every article as undated.
    pub ignore_dates: bool,
    /// How far apart in time two matched reports may be, in days, more than 0. Lowering it parts the chapters of an affair. Dated reports
    /// never match from 5.5 days on ([`crate::kernel::time`]), so that raising it changes nothing for them.
    pub window_days: f64,
    /// Who stands for a near-duplicate group.
    pub representative: Representative,
    /// Least Jaccard coefficient of the shingle sets of two near-duplicates, 0..=1. Raising it splits edited copies off.
    pub min_resemblance: f64,
    /// Least share of the smaller shingle set found in the larger, 0..=1: catches cut and padded copies. Of two versions
    /// under one headline, on the same days, it takes 0.7 of that.
    pub min_containment: f64,
    /// Least similarity (cosine times time factor) of two reports that are kept as a story match, 0..=1; a report without any in its
    /// story keeps its pairs there. Below 0.1 it changes nothing: see [`crate::stages::reach::SIMILAR`].
    pub min_similarity: f64,
    /// Least average score at which two groups of reports become one story, -1..=1. Raising it splits stories.
    pub story_cut: f64,
    /// Editors' decisions in force, in the order in which they were made.
    pub decisions: Vec<Decision>,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            only_duplicates: false,
            boilerplate: None,
            terms: None,
            ignore_dates: false,
            window_days: 7.0,
            representative: Representative::Earliest,
            min_resemblance: 0.425,
            min_containment: 0.68,
            min_similarity: 0.15,
            story_cut: PRESETS[1].1,
            decisions: Vec::new(),
        }
    }
}

/// A number that is not in its range.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("{name} is {value}: it must be {least} to {most}")]
pub struct OutOfRange {
    /// The field of [`Params`].
    pub name: &'static str,
    /// What it is.
    pub value: f64,
    /// The least that it may be.
    pub least: f64,
    /// The most that it may be.
    pub most: f64,
}

impl Params {
    /// Whether every number is in its range: shares, and a window of some time.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self) -> Result<(), OutOfRange> {
        let numbers = [
            ("window_days", self.window_days, f64::MIN_POSITIVE, f64::MAX),
            ("min_resemblance", self.min_resemblance, 0.0, 1.0),
            ("min_containment", self.min_containment, 0.0, 1.0),
            ("min_similarity", self.min_similarity, 0.0, 1.0),
            ("story_cut", self.story_cut, -1.0, 1.0),
        ];
        let outside =
            numbers.into_iter().find(|&(_, value, least, most)| !(least..=most).contains(&value));
        outside.map_or(Ok(()), |(name, value, least, most)| {
            Err(OutOfRange { name, value, least, most })
        })
    }

    /// [`Params::story_cut`] in 1 / 65,536.
    pub fn fixed_story_cut(&self) -> i64 {
        (self.story_cut * ONE as f64).round() as i64
    }
}
