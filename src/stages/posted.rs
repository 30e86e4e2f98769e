//! What a report posts: the terms by which it is found, its heaviest, and what each weighs in it.

use std::ops::Range;

use foldhash::HashMap;

use super::parts::in_parts;
use super::weights::{Vectors, Weights};
use crate::kernel::sort::starts;

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
    /// Where the posted terms stand among those of each report, of which there are at most [`super::weights::TERMS`]:
    /// one report after the other.
    positions: Vec<u8>,
    /// Where those of each report begin, and where the last ones end.
    starts: Vec<u32>,
    /// The number of each of these terms among those that at least two reports post; [`NONE`] of another.
    numbers: Vec<u32>,
    /// How many reports post the term of each number.
    counts: Vec<u32>,
}

/// The number of a term that finds nobody.
pub(super) const NONE: u32 = u32::MAX;

impl<'a> Posted<'a> {
    pub(super) fn new(vectors: &'a Vectors, fixed: &'a Weights) -> Self {
        let part = |(): &mut (), some: Range<usize>| {
            let (mut part, mut lengths) = (Vec::new(), Vec::new());
            for i in some {
                let positions = positions(vectors.weights(fixed, i));
                lengths.push(positions.len() as u32);
                part.extend(positions.into_iter().map(|position| position as u8));
            }
            (part, lengths)
        };
        let parts: Vec<(Vec<u8>, Vec<u32>)> = in_parts(vectors.len(), part);
        let starts = starts(parts.iter().flat_map(|part| part.1.iter().copied()));
        let mut positions = Vec::with_capacity(parts.iter().map(|part| part.0.len()).sum());
        parts.into_iter().for_each(|part| positions.extend(part.0));
        let mut all = Self { vectors, fixed, positions, starts, numbers: vec![], counts: vec![] };
        all.number();
        all
    }

    /// Numbers the terms.
    fn number(&mut self) {
        let mut known: HashMap<u32, u32> = HashMap::default();
        let (mut numbers, mut counts) = (Vec::with_capacity(self.positions.len()), Vec::new());
        for term in (0..self.len() as u32).flat_map(|report| self.terms(report)) {
            let number = *known.entry(term).or_insert(counts.len() as u32);
            if number as usize == counts.len() {
                counts.push(0);
            }
            counts[number as usize] += 1;
            numbers.push(number);
        }
        let mut next = 0..;
        let shared = |&count: &u32| if count > 1 { next.next() } else { None };
        let shared: Vec<u32> = counts.iter().map(shared).map(|n| n.unwrap_or(NONE)).collect();
        numbers.iter_mut().for_each(|number| *number = shared[*number as usize]);
        counts.retain(|&count| count > 1);
        (self.numbers, self.counts) = (numbers, counts);
    }

    /// How many reports there are.
    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    fn range(&self, report: u32) -> Range<usize> {
        self.starts[report as usize] as usize..self.starts[report as usize + 1] as usize
    }

    fn positions(&self, report: u32) -> impl Iterator<Item = u16> {
        self.positions[self.range(report)].iter().map(|&position| position.into())
    }

    /// The terms that one posts.
    fn terms(&self, report: u32) -> impl Iterator<Item = u32> {
        let dimensions = self.vectors.dimensions(report as usize);
        self.positions(report).map(|position| dimensions[usize::from(position)])
    }

    /// How many reports post the term of each number.
    pub(super) fn counts(&self) -> &[u32] {
        &self.counts
    }

    /// What one posts, see [`posted`], by the numbers of the terms.
    pub(super) fn of(&self, report: u32) -> impl Iterator<Item = (u32, u16)> {
        let posted = posted(report as usize, self.positions(report), self.vectors, self.fixed);
        self.numbers[self.range(report)].iter().copied().zip(posted.map(|posted| posted.1))
    }

    /// What one posts, each with what the term weighs among these weights of the report's terms.
    pub(super) fn among(
        &self,
        report: u32,
        weights: &[u16],
    ) -> impl Iterator<Item = ((u32, u16), u16)> {
        let weights = self.positions(report).map(|position| weights[usize::from(position)]);
        self.of(report).zip(weights)
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
    let mut keys: Vec<u32> = Vec::with_capacity(weights.len());
    keys.extend((0..1 << 16).zip(weights).filter(|t| *t.1 > 0).map(key));
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
    // Not `round`, which many processors have no instruction for.
    (f64::from(weight) / length * UNIT + 0.5) as u16
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::terms::Term;

    #[test]
    fn the_heaviest_terms_are_posted_and_those_that_say_nothing_are_not() {
        let level = |term: u32| if term == 0 { 0 } else { 2 + (term * 5 % 13) as u8 };
        let terms: Vec<Term> = (0..13).map(|term| Term::new(term, 4, level(term))).collect();
        let mut vectors = Vectors::with_lengths([4, terms.len()].into_iter());
        vectors.fill(0, &terms[..4]);
        vectors.fill(1, &terms);
        let fixed = vectors.fixed();
        let posted = |i: usize| heaviest(i, &vectors, &fixed).collect::<Vec<_>>();
        assert_eq!(posted(0).iter().map(|p| p.0).collect::<Vec<_>>(), [2, 1, 3]);
        assert_eq!(posted(1).len(), POSTED);
        let unmarked = |p: &&(u32, u16)| plain(p.1) == p.1;
        assert_eq!(posted(1).iter().filter(unmarked).count(), POSTED - FIRST);
        assert!(posted(1).iter().map(|p| plain(p.1)).is_sorted_by(|x, y| x >= y));
    }
}
