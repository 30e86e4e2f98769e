//! What a report posts: the terms by which it is found, its heaviest, and what each weighs in it.

use rayon::prelude::*;

use super::weights::{Vectors, Weights};

// Tests have few articles, so that all limits are low there: each must be met.

/// Terms that a report posts.
pub const POSTED: usize = if cfg!(test) { 12 } else { 32 };
/// How many of them, the heaviest, also find neighbours.
pub(super) const FIRST: usize = if cfg!(test) { 8 } else { 16 };
/// Fixed-point one of a posted weight.
const UNIT: f64 = 16_383.0;
/// Marks the weight of one of the [`FIRST`] terms.
pub(super) const IS_FIRST: u16 = 1 << 14;

/// The weight of a posting without its mark.
pub fn plain(weight: u16) -> u16 {
    weight & !IS_FIRST
}

/// What all reports post.
pub(super) struct Posted<'a> {
    vectors: &'a Vectors,
    fixed: &'a Weights,
    /// Where the posted terms stand among those of each report, of which there are at most [`super::weights::TERMS`].
    positions: Vec<Box<[u8]>>,
}

impl<'a> Posted<'a> {
    pub(super) fn new(vectors: &'a Vectors, fixed: &'a Weights) -> Self {
        let positions = |i| {
            let positions = positions(vectors.weights(fixed, i));
            positions.into_iter().map(|position| position as u8).collect()
        };
        let positions = (0..vectors.len()).into_par_iter().map(positions).collect();
        Self { vectors, fixed, positions }
    }

    /// How many reports there are.
    pub(super) fn len(&self) -> usize {
        self.positions.len()
    }

    /// What one posts, see [`posted`].
    pub(super) fn of(&self, report: u32) -> impl Iterator<Item = (u32, u16)> {
        let positions = self.positions[report as usize].iter().map(|&position| position.into());
        posted(report as usize, positions, self.vectors, self.fixed)
    }
}

/// The terms by which article `i` is found, the heaviest first, with their weights.
pub fn heaviest(i: usize, vectors: &Vectors, fixed: &Weights) -> impl Iterator<Item = (u32, u16)> {
    posted(i, positions(vectors.weights(fixed, i)).into_iter(), vectors, fixed)
}

/// The positions of the heaviest of some weights, the heaviest first.
fn positions(weights: &[u16]) -> Vec<u16> {
    // Ascending by what is missing of the heaviest weight there can be, then by position, and so by term.
    let key = |(i, &weight): (u32, &u16)| u32::from(u16::MAX - weight) << 16 | i;
    let mut keys: Vec<u32> = (0..1 << 16).zip(weights).filter(|t| *t.1 > 0).map(key).collect();
    if keys.len() > POSTED {
        keys.select_nth_unstable(POSTED);
        keys.truncate(POSTED);
    }
    keys.sort_unstable();
    keys.into_iter().map(|key| key as u16).collect()
}

/// The terms at such positions of article `i`, with their weights; those that also find neighbours are marked, see
/// [`super::reach::Purpose::has`] and [`plain`].
fn posted(
    i: usize,
    positions: impl Iterator<Item = u16>,
    vectors: &Vectors,
    fixed: &Weights,
) -> impl Iterator<Item = (u32, u16)> {
    let (dimensions, weights) = (vectors.dimensions(i), vectors.weights(fixed, i));
    let length = fixed.length(i);
    positions.enumerate().map(move |(slot, position)| {
        let weight = unit(weights[usize::from(position)], length);
        let mark = if slot < FIRST { IS_FIRST } else { 0 };
        (dimensions[usize::from(position)], weight | mark)
    })
}

/// A weight of a vector of some length as one of a vector of length one.
pub(super) fn unit(weight: u16, length: f64) -> u16 {
    (f64::from(weight) / length * UNIT).round() as u16
}
