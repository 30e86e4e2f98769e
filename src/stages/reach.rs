//! How far a report reaches: what it posts, whom it can match, who its neighbours can be, and which of them are kept.
//!
//! The rules of [`super::neighbours`] for two reports at a time, as they hold wherever the reports are, and for reports
//! in the order of time.

use std::cmp::Reverse;
use std::ops::Range;

use super::weights::{Vectors, Weights};
use crate::kernel::time::{DAY, ONE, TimeFactor};

// Tests have few articles, so that all limits are low there: each must be met.

/// Terms that a report posts.
pub const POSTED: usize = 16;
/// Fixed-point one of a posted weight.
const UNIT: f64 = 16_384.0;
/// Share of the cosine that the posted terms of a match must show, in 1 / 65,536.
const PARTIAL: i64 = ONE * 7 / 100;
/// The same of a neighbour. It is less, since who has few neighbours is told by the distant ones.
const PARTIAL_AROUND: i64 = ONE * 5 / 100;
/// Most candidates for matches that are compared in full; most reports have a sixth of that, those of stories of hundreds
/// all.
pub const MATCHES: usize = if cfg!(test) { 5 } else { 200 };
/// Most candidates for the neighbourhood that are compared in full.
pub const AROUND: usize = if cfg!(test) { 5 } else { 60 };
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

/// When the reports were published, in the order of the reports: undated ones first, the others ascending.
#[derive(Debug, Clone, Default)]
pub struct Times {
    /// How many reports are undated.
    pub undated: usize,
    /// Seconds since 1970 of the others.
    pub seconds: Vec<i64>,
    /// Whether that is when a report was seen, not when it was published: then it says only that it is inside a
    /// window. One for each report.
    pub stamped: Vec<bool>,
    /// The hash of each report's id.
    pub identities: Vec<u64>,
}

impl Times {
    /// When a report was published.
    pub(super) fn of(&self, i: u32) -> Option<i64> {
        (i as usize).checked_sub(self.undated).map(|i| self.seconds[i])
    }

    /// The dated reports from `from` up to but not including `to`, in seconds.
    pub(super) fn between(&self, from: i64, to: i64) -> Range<usize> {
        let position = |time| self.undated + self.seconds.partition_point(|&t| t < time);
        position(from)..position(to)
    }

    /// The reports among which the neighbours of one are: of its past, or of whatever is at hand when that is little,
    /// its own days and undated reports included.
    pub(super) fn neighbourhood(&self, i: u32) -> Neighbourhood {
        let Some(time) = self.of(i) else {
            return Neighbourhood { dated: 0..0, undated: 0..self.undated };
        };
        let past = past(time);
        let past = self.between(past.start, past.end);
        if past.len() >= HISTORY {
            return Neighbourhood { dated: past, undated: 0..0 };
        }
        let dated = past.start..self.between(time, time + NEAR).end;
        Neighbourhood { dated, undated: 0..self.undated }
    }

    /// The first dated report that is not too long before one to match it.
    pub(super) fn window(&self, i: u32, by_gap: &TimeFactor) -> usize {
        let first = |time: i64| self.between(time.saturating_sub(by_gap.reach()), time).start;
        self.of(i).map_or(self.undated, first)
    }

    /// The reports among which the matches and the neighbours of one are. An undated report is the later one of any pair
    /// with a dated one.
    pub(super) fn scope(&self, i: u32) -> Range<usize> {
        let Some(time) = self.of(i) else { return 0..self.stamped.len() };
        let around = self.neighbourhood(i);
        let past = || self.between(time.saturating_sub(FAR), time).start;
        let first = if around.undated.is_empty() { past() } else { 0 };
        first..around.dated.end.max(i as usize + 1)
    }

    /// The time factor of two reports; 1 where either is of unknown date and they are not known to be far apart.
    pub fn factor(&self, a: u32, b: u32, by_gap: &TimeFactor) -> i64 {
        factor(self.moment(a), self.moment(b), by_gap)
    }

    pub(super) fn moment(&self, i: u32) -> Moment {
        Moment { time: self.of(i), stamped: self.stamped[i as usize] }
    }
}

/// Where the neighbours of a report are.
pub(super) struct Neighbourhood {
    pub(super) dated: Range<usize>,
    pub(super) undated: Range<usize>,
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

/// What the posted terms of two reports say of their cosine, in 1 / 65,536, unless it is too little for anything.
pub fn partial(sum: u32) -> Option<i64> {
    Some(i64::from(sum) >> 12).filter(|&partial| partial >= PARTIAL_AROUND)
}

/// The similarity by the posted terms, in the square of 1 / 65,536, unless it is too little for a match.
pub fn partial_match(partial: i64, factor: i64) -> Option<i64> {
    Some(partial * factor).filter(|&similarity| similarity >= PARTIAL * ONE)
}

/// Whether two reports are similar.
pub fn is_similar(cosine: i32, factor: i64) -> bool {
    i64::from(cosine) * factor >= SIMILAR * ONE
}

/// At most so many candidates, those with the highest partial sums, ascending: neighbours in time are neighbours in memory.
pub fn best<K: Ord + Copy>(mut candidates: Vec<(i64, K)>, most: usize) -> Vec<K> {
    if candidates.len() > most {
        candidates.select_nth_unstable_by(most, |x, y| y.0.cmp(&x.0).then(x.1.cmp(&y.1)));
        candidates.truncate(most);
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
