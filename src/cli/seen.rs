//! What a command says of the inputs that it reads, where no run does.

use std::path::PathBuf;

use super::exit::Failure;
use super::groups::Reading;
use super::outcome::say_notes;
use super::tell::Tell;
use crate::model::{Article, Refusal};
use crate::pipeline::Counts;
use crate::read::{self, Notes, Parsed, Reader};

/// What was seen of some inputs.
#[derive(Default)]
pub(super) struct Seen {
    /// How they are read.
    pub(super) asked: read::Options,
    pub(super) counts: Counts,
    pub(super) notes: Notes,
    pub(super) refusals: Vec<Refusal>,
}

impl Seen {
    /// Opens inputs.
    pub(super) fn open(
        &mut self,
        inputs: &[PathBuf],
        reading: &Reading,
    ) -> Result<Reader, Failure> {
        self.asked = reading.options(&[])?;
        read::open(inputs, self.asked.clone()).map_err(Failure::usage)
    }

    /// The articles of a chunk, once all else that is in it is noted.
    pub(super) fn articles(&mut self, parsed: Parsed) -> Vec<Article> {
        let Parsed { articles, refusals, notes } = parsed;
        let n_articles = articles.len() as u64;
        self.counts.read += n_articles;
        self.counts.added += n_articles;
        let without_text = articles.iter().filter(|article| article.text.trim().is_empty());
        self.counts.without_text += without_text.count() as u64;
        self.refusals.extend(refusals);
        self.notes.merge(notes);
        articles
    }

    /// Says how the inputs were understood, and what was refused.
    pub(super) fn say(&self, tell: &Tell) {
        say_notes(&self.notes, &self.asked, &self.counts, tell);
        tell.refusals(&self.refusals, None);
    }
}
