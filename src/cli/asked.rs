//! What options ask of the library.

use jiff::Timestamp;

use super::exit::Failure;
use super::groups::{Judging, Reading, Records};
use super::index_args::Keeping;
use super::targets;
use crate::params::Params;
use crate::pipeline::index::Options;
use crate::read;

impl Judging {
    /// The parameters that these options ask for.
    pub(super) fn params(&self) -> Params {
        Params {
            only_duplicates: self.only.is_some(),
            boilerplate: self.cleaning.boilerplate.clone(),
            terms: self.terms.clone(),
            ignore_dates: self.ignore_dates,
            window_days: self.window.0,
            representative: self.standing.representative.clone(),
            min_resemblance: self.min_resemblance,
            min_containment: self.min_containment,
            min_similarity: self.min_similarity,
            story_cut: self.story_cut.unwrap_or(self.preset),
            decisions: self.decisions.as_ref().map(|d| d.decisions.clone()).unwrap_or_default(),
        }
    }
}

impl Reading {
    /// The reader's options, with the columns to carry through.
    pub(super) fn options(&self, keep: &[String]) -> Result<read::Options, Failure> {
        Ok(read::Options { format: self.input_format, ..self.records.options(keep)? })
    }
}

impl Records {
    /// The reader's options for inputs of any kind, with the columns to carry through.
    pub(super) fn options(&self, keep: &[String]) -> Result<read::Options, Failure> {
        Ok(read::Options {
            format: None,
            fields: self.field.clone(),
            id: self.id.clone(),
            timezone: self.timezone.clone(),
            keep: keep.to_vec(),
            max_record: self.max_record.0,
            outlets: targets::outlets(self.sources.as_deref())?,
        })
    }
}

impl Keeping {
    /// What an index keeps for how long, counted at this time.
    pub(super) fn options(&self, now: Timestamp) -> Options {
        let Self { retain, store_text } = self;
        Options {
            store_text_days: store_text.map(|days| days.0),
            retain_days: retain.map(|days| days.0),
            ..Options::at(now)
        }
    }
}
