//! What articles have beside their shingles that copies are checked by.

use std::io;

use super::Corpus;
use crate::pipeline::parts::Loaded;

impl Corpus {
    /// The words of the headlines of articles, and their details, of none yet.
    pub(in crate::pipeline) fn heads(&self) -> Heads<'_> {
        Heads { corpus: self, lists: Loaded::new(&self.hashes.spool) }
    }
}

/// The words of the headlines of some articles, and their details.
pub(in crate::pipeline) struct Heads<'a> {
    corpus: &'a Corpus,
    lists: Loaded<'a, u32>,
}

impl Heads<'_> {
    /// Takes those of these articles, instead of those that were taken before.
    ///
    /// # Errors
    /// What was put aside cannot be read.
    pub(in crate::pipeline) fn load(
        &mut self,
        articles: impl Iterator<Item = u32>,
    ) -> io::Result<()> {
        let Corpus { hashes, cards, .. } = self.corpus;
        let places =
            |i: u32| hashes.spans[i as usize].map(|span| span.place(cards[i as usize].part));
        self.lists.load(articles.flat_map(places))
    }

    /// Of one article, each ascending.
    pub(in crate::pipeline) fn of(&self, k: usize) -> [&[u32]; 2] {
        [2 * k, 2 * k + 1].map(|k| self.lists.of(k))
    }
}
