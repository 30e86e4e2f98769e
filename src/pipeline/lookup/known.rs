//! An article as it is held to be looked up.

use crate::kernel::fss::Signature;
use crate::model::Entry;
use crate::pipeline::prepare::{Chunkful, Prepared};
use crate::stages::reach::Dated;
use crate::stages::weights::Vectors;

/// Heaviest terms by which an article is found.
const POSTED: usize = 16;

/// An article that is held.
pub(super) struct Known {
    pub(super) id: Box<str>,
    /// When it was published or seen.
    pub(super) dated: Dated,
    pub(super) content: u64,
    pub(super) signature: Option<Box<Signature>>,
    pub(super) terms: Box<[u32]>,
    pub(super) weights: Box<[u16]>,
    pub(super) length: f64,
}

impl Known {
    /// The heaviest terms.
    pub(super) fn heaviest(&self) -> impl Iterator<Item = u32> + use<> {
        let mut terms: Vec<(u16, u32)> =
            self.weights.iter().copied().zip(self.terms.iter().copied()).collect();
        terms.sort_unstable_by(|x, y| y.cmp(x));
        terms.into_iter().take(POSTED).map(|t| t.1)
    }
}

/// The articles of a chunk as they are held.
pub(super) fn of_chunk(chunk: &Chunkful, mut entry: impl FnMut(usize) -> Entry) -> Vec<Known> {
    let mut vectors = Vectors::with_lengths(chunk.articles.iter().map(|a| a.terms.len()));
    let terms = |a: &Prepared| a.terms.of(&chunk.lists.terms);
    chunk.articles.iter().enumerate().for_each(|(i, a)| vectors.fill(i, terms(a)));
    let fixed = vectors.fixed();
    let one = |(i, a): (usize, &Prepared)| {
        let entry = entry(i);
        let time = entry.time().map(jiff::Timestamp::as_second);
        Known {
            dated: Dated { time, stamped: entry.published().is_none() },
            id: entry.id,
            content: a.content,
            signature: a.sketch.of(&chunk.sketches).first().map(|s| Box::new(s.signature)),
            terms: vectors.dimensions(i).into(),
            weights: vectors.weights(&fixed, i).into(),
            length: fixed.length(i),
        }
    };
    chunk.articles.iter().enumerate().map(one).collect()
}
