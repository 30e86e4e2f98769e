//! How far a report reaches: what it posts, whom it can match, who its neighbours can be, and which of them are kept.
//!
//! The rules of [`super::neighbours`] for two reports at a time, as they hold wherever the reports are.

use std::cmp::Reverse;
use std::ops::Range;

use super::weights::{Vectors, Weights};
use crate::kernel::time::{DAY, ONE, TimeFactor};

// Tests have few articles, so that all limits are low there: each must be met.

/// Terms that a report posts.
pub const POSTED: usize = 16;
/// Fixed-point one of a posted weight.
const UNIT: f64 = 16_384.0;
/// Share of the cosine that the posted terms must show, in 1 / 65,536.
const PARTIAL: i64 = ONE * 7 / 100;
/// Most candidates that are compared in full, once for matches and once for the neighbourhood.
const CANDIDATES: usize = if cfg!(test) { 5 } else { 60 };
/// Least similarity of a match and of a neighbour, in 1 / 65,536.
pub const SIMILAR: i64 = ONE / 10;
/// A neighbourhood reaches from here to [`FAR`] before a report: near enough to be the same affair, too far to be the
/// same story.
pub const NEAR: i64 = 3 * DAY;
/// See [`NEAR`].
pub const FAR: i64 = 33 * DAY;
/// With fewer reports than this in its past, a report's own days serve as well.
pub const HISTORY: usize = if cfg!(test) { 6 } else { 200 };
/// Postings of one term on one day that are all found; of more, only the [`HUBS`] with the lowest identities are.
pub const CAP: usize = if cfg!(test) { 4 } else { 300 };
/// See [`CAP`].
pub const HUBS: usize = if cfg!(test) { 2 } else { 4 };

/// When a report was published, in seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// `None` where it is not known.
    pub time: Option<i64>,
    /// Whether that is when it was seen, not when it was published: then it says only that it is inside a window.
    pub stamped: bool,
}

/// The time factor of two reports; 1 where either is of unknown date and they are not known to be far apart.
pub fn factor(a: Moment, b: Moment, factor: &TimeFactor) -> i64 {
    let Some((x, y)) = a.time.zip(b.time) else { return ONE };
    match factor.at(x.saturating_sub(y)) {
        0 => 0,
        _ if a.stamped || b.stamped => ONE,
        factor => factor,
    }
}

/// The seconds in which the past of a report lies.
pub fn past(time: i64) -> Range<i64> {
    time.saturating_sub(FAR - 1)..time.saturating_sub(NEAR)
}

/// Whether a report's query is the one that finds it as a match of the other: of the later by date or, where both are
/// undated, by order; of the undated one of two.
pub fn asks(own: Moment, other: Moment, other_is_before: bool) -> bool {
    match (own.time, other.time) {
        (Some(_), None) => false,
        (None, Some(_)) => true,
        _ => other_is_before,
    }
}

/// Whether another report is in the neighbourhood of one: in its past, or in whatever is at hand if there are fewer than
/// [`HISTORY`] in it, its own days and undated reports included.
pub fn is_around(own: Moment, other: Moment, history: bool) -> bool {
    match (own.time, other.time) {
        (None, other) => other.is_none(),
        (Some(_), None) => !history,
        (Some(time), Some(other)) => {
            let Range { start, end } = past(time);
            (start..if history { end } else { time.saturating_add(NEAR) }).contains(&other)
        }
    }
}

/// What the posted terms of two reports say of their cosine, in 1 / 65,536, unless it is too little.
pub fn partial(sum: u32) -> Option<i64> {
    Some(i64::from(sum) >> 12).filter(|&partial| partial >= PARTIAL)
}

/// The similarity by the posted terms, in the square of 1 / 65,536, unless it is too little for a match.
pub fn partial_match(partial: i64, factor: i64) -> Option<i64> {
    Some(partial * factor).filter(|&similarity| similarity >= PARTIAL * ONE)
}

/// Whether two reports are similar.
pub fn is_similar(cosine: i32, factor: i64) -> bool {
    i64::from(cosine) * factor >= SIMILAR * ONE
}

/// The candidates with the highest partial sums, ascending: neighbours in time are neighbours in memory.
pub fn best<K: Ord + Copy>(mut candidates: Vec<(i64, K)>) -> Vec<K> {
    if candidates.len() > CANDIDATES {
        candidates.select_nth_unstable_by(CANDIDATES, |x, y| y.0.cmp(&x.0).then(x.1.cmp(&y.1)));
        candidates.truncate(CANDIDATES);
    }
    let mut best: Vec<K> = candidates.into_iter().map(|c| c.1).collect();
    best.sort_unstable();
    best
}

/// The terms by which article `i` is found, the heaviest first, with their weights.
pub fn heaviest(
    i: usize,
    vectors: &Vectors,
    fixed: &Weights,
) -> impl Iterator<Item = (u32, u16)> + use<> {
    let (dimensions, weights) = (vectors.dimensions(i), vectors.weights(fixed, i));
    let mut terms: Vec<(u16, u32)> =
        weights.iter().copied().zip(dimensions.iter().copied()).filter(|t| t.0 > 0).collect();
    let order = |t: &(u16, u32)| (Reverse(t.0), t.1);
    if terms.len() > POSTED {
        terms.select_nth_unstable_by_key(POSTED, order);
        terms.truncate(POSTED);
    }
    terms.sort_unstable_by_key(order);
    let length = fixed.length(i);
    let unit = move |weight: u16| (f64::from(weight) / length * UNIT).round() as u16;
    terms.into_iter().map(move |(weight, term)| (term, unit(weight)))
}
