//! How far a report reaches: whom it can match and who its neighbours can be.
//!
//! The rules of [`super::neighbours`] for two reports at a time, as they hold wherever the reports are, and for reports
//! in the order of time.

use std::ops::Range;

use super::posted::{FIRST, IS_FIRST, plain, unit};
use crate::kernel::cosine::square;
use crate::kernel::time::{DAY, ONE, TimeFactor};

// Tests have few articles, so that all limits are low there: each must be met.

/// Share of the cosine that the posted terms of a match must show, in 1 / 65,536.
const PARTIAL: i64 = ONE * 7 / 100;
/// Share of the similarity under both weights that they must show. The terms of the report that asks weigh what they say in
/// its neighbourhood, so that a series does not find all that shares its template.
const PROMISE: i64 = ONE * 5 / 100;
/// Share of a report's own length, in 1 / 16,383, that a term must have there for the report to ask by it: the lists of
/// words that all have are the longest, and they promise least.
const LIGHT: i64 = 1_000;
/// The same as [`PARTIAL`] of a neighbour. It is less, since who has few neighbours is told by the distant ones.
const PARTIAL_AROUND: i64 = ONE * 5 / 100;
/// Share of the similarity under local weights, in tenths.
const LOCAL_TENTHS: i64 = 7;
/// Least similarity of a match and of a neighbour, in 1 / 65,536.
pub const SIMILAR: i64 = ONE / 10;
/// A neighbourhood reaches from here to [`FAR`] before a report: near enough to be the same affair, too far to be the
/// same story.
pub const NEAR: i64 = 3 * DAY;
/// See [`NEAR`].
pub const FAR: i64 = 33 * DAY;
/// With fewer reports than this in its past, a report's own days serve as well.
pub const HISTORY: usize = if cfg!(test) { 6 } else { 200 };
/// Postings of one term on one day that are all found as matches; of more, only the [`HUBS`] with the lowest identities are.
pub const CAP: usize = if cfg!(test) { 4 } else { 700 };
/// The same on a day of at most [`CALM`] reports: lists are short there, so that more cost little.
const CAP_CALM: usize = if cfg!(test) { 5 } else { 1_500 };
/// See [`CAP_CALM`].
pub(super) const CALM: usize = if cfg!(test) { 8 } else { 8_192 };
/// The same as [`CAP`] of neighbours, which are looked for in a month and not in a week. No other is lower.
pub const CAP_AROUND: usize = if cfg!(test) { 4 } else { 300 };
/// See [`CAP`].
pub const HUBS: usize = if cfg!(test) { 2 } else { 4 };

/// What a report looks for others as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// Neighbours.
    Around,
    /// Matches.
    Matches,
}

impl Purpose {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Around, Self::Matches];

    /// Postings of one term on a day of so many reports that are all found.
    pub fn cap(self, reports: usize) -> usize {
        match self {
            Self::Around => CAP_AROUND,
            Self::Matches if reports <= CALM => CAP_CALM,
            Self::Matches => CAP,
        }
    }

    /// Whether a posting of this rank among those of its report serves the purpose; the heaviest has rank 0.
    pub fn has_rank(self, rank: i64) -> bool {
        self == Self::Matches || rank < FIRST as i64
    }

    /// Whether a posting of that weight can be found.
    pub fn has(self, weight: u16) -> bool {
        self == Self::Matches || weight & IS_FIRST != 0
    }
}

/// When a report was published, in seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dated {
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
    pub fn of(&self, i: u32) -> Option<i64> {
        (i as usize).checked_sub(self.undated).map(|i| self.seconds[i])
    }

    /// The dated reports from `from` up to but not including `to`, in seconds.
    pub fn between(&self, from: i64, to: i64) -> Range<usize> {
        let position = |time| self.undated + self.seconds.partition_point(|&t| t < time);
        position(from)..position(to)
    }

    /// The reports of the day of one; all undated ones, if it is.
    pub(super) fn day(&self, i: u32) -> Range<usize> {
        let Some(time) = self.of(i) else { return 0..self.undated };
        let start = time.div_euclid(DAY) * DAY;
        self.between(start, start + DAY)
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

    /// The reports among which the matches of one are: before it, and where it is undated all dated ones too.
    pub(super) fn before(&self, i: u32, by_gap: &TimeFactor) -> [Range<usize>; 2] {
        let Some(time) = self.of(i) else {
            return [0..i as usize, self.undated..self.stamped.len()];
        };
        let from = |stamped| time.saturating_sub(back(by_gap, stamped));
        let [far, near] = [true, false].map(|stamped| self.between(from(stamped), time).start);
        let is_stamped = self.stamped[i as usize] || self.stamped[far..near].contains(&true);
        [0..0, if is_stamped { far } else { near }..i as usize]
    }

    /// The time factor of two reports; 1 where either is of unknown date and they are not known to be far apart.
    pub fn factor(&self, a: u32, b: u32, by_gap: &TimeFactor) -> i64 {
        factor(self.dated(a), self.dated(b), by_gap)
    }

    pub(super) fn dated(&self, i: u32) -> Dated {
        Dated { time: self.of(i), stamped: self.stamped[i as usize] }
    }
}

/// Where the neighbours of a report are.
pub(super) struct Neighbourhood {
    pub(super) dated: Range<usize>,
    pub(super) undated: Range<usize>,
}

/// The time factor of two reports; 1 where either is of unknown date and they are not known to be far apart.
pub fn factor(a: Dated, b: Dated, factor: &TimeFactor) -> i64 {
    let Some((x, y)) = a.time.zip(b.time) else { return ONE };
    match factor.at(x.saturating_sub(y)) {
        0 => 0,
        _ if a.stamped || b.stamped => ONE,
        factor => factor,
    }
}

/// How many seconds before a report its matches can be: as long as there is a cosine that is enough, and where either of two
/// may be stamped throughout the window, inside which time says nothing of them.
pub fn back(by_gap: &TimeFactor, stamped: bool) -> i64 {
    by_gap.reach(if stamped { 1 } else { SIMILAR })
}

/// The seconds in which the past of a report lies.
pub fn past(time: i64) -> Range<i64> {
    time.saturating_sub(FAR - 1)..time.saturating_sub(NEAR)
}

/// Whether a report's query is the one that finds it as a match of the other: of the later by date or, where both are
/// undated, by order; of the undated one of two.
pub fn asks(own: Dated, other: Dated, other_is_before: bool) -> bool {
    match (own.time, other.time) {
        (Some(_), None) => false,
        (None, Some(_)) => true,
        _ => other_is_before,
    }
}

/// Whether another report is in the neighbourhood of one: in its past, or in whatever is at hand if there are fewer than
/// [`HISTORY`] in it, its own days and undated reports included.
pub fn is_around(own: Dated, other: Dated, history: bool) -> bool {
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

/// Whether the posted terms of two reports say enough for a match.
pub fn is_partial_match(partial: i64, factor: i64) -> bool {
    partial * factor >= PARTIAL * ONE
}

/// Below this sum no candidate is any good, whatever its time factor: see [`is_partial_match`] and [`partial`].
pub(super) const LEAST_MATCH: u64 = ((PARTIAL as u64) << 12) << 32;
/// See [`LEAST_MATCH`].
pub(super) const LEAST_AROUND: u64 = (PARTIAL_AROUND as u64) << 12;

/// How good a candidate for a match is, unless it is too little: the products of the terms that both post, see [`Own`], added up,
/// under both weights as in a score, times the time factor.
pub fn promise(sum: u64, factor: i64) -> Option<i64> {
    let [fixed, local] = [sum >> 32, sum & 0xffff_ffff].map(|sum| sum as i64 >> 12);
    let promise = mixed(fixed, local) * factor;
    let may_be = factor >= SIMILAR && is_partial_match(fixed, factor);
    (may_be && promise >= PROMISE * ONE).then_some(promise)
}

/// A term by which a report asks for matches: what it weighs to all, in the upper half, and what it says in the report's
/// neighbourhood. The product with a posted weight is both products at once, for no sum of either passes its half.
pub type Own = (u32, u64);

/// By what a report asks for matches, of what it posts and of all its terms, ascending, with their local weights.
pub fn own(
    posted: impl Iterator<Item = (u32, u16)>,
    dimensions: &[u32],
    local: &[u16],
) -> impl Iterator<Item = Own> {
    let place = |term: u32| dimensions.binary_search(&term).ok();
    let weight = move |term: u32| place(term).and_then(|i| local.get(i)).map_or(0, |local| *local);
    own_of(posted.map(move |posted| (posted, weight(posted.0))), (square(local) as f64).sqrt())
}

/// As [`own`], of what the report posts, each with its local weight, and the length of all its local weights.
pub(super) fn own_of(
    posted: impl Iterator<Item = ((u32, u16), u16)>,
    length: f64,
) -> impl Iterator<Item = Own> {
    posted.filter_map(move |((term, weight), local)| {
        let (fixed, local) = (plain(weight), unit(local, length));
        let is_heavy = mixed(fixed.into(), local.into()) >= LIGHT;
        is_heavy.then(|| (term, u64::from(fixed) << 32 | u64::from(local)))
    })
}

/// Whether two reports are similar.
pub fn is_similar(cosine: i32, factor: i64) -> bool {
    i64::from(cosine) * factor >= SIMILAR * ONE
}

/// The similarity of two articles under both weights, of that under each.
pub fn mixed(fixed: i64, local: i64) -> i64 {
    ((10 - LOCAL_TENTHS) * fixed + LOCAL_TENTHS * local) / 10
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Reports a whole number of days apart, or a second more or less.
    fn times() -> impl Strategy<Value = Times> {
        let time = (0i64..50, -1i64..2).prop_map(|(days, seconds)| days * DAY + seconds);
        (0usize..3, prop::collection::vec(time, 0..24)).prop_map(|(undated, mut seconds)| {
            seconds.sort_unstable();
            let n = undated + seconds.len();
            let stamped = (0..n).map(|i| i < undated || i % 5 == 0).collect();
            Times { undated, seconds, stamped, identities: vec![0; n] }
        })
    }

    proptest! {
        #[test]
        fn two_at_a_time_it_is_as_in_the_order_of_time(times in times()) {
            let by_gap = TimeFactor::new(7.0);
            let all = || 0..times.stamped.len() as u32;
            for own in all() {
                let Neighbourhood { dated, undated } = times.neighbourhood(own);
                let before = times.before(own, &by_gap);
                let history = times.of(own).is_some_and(|time| {
                    let past = past(time);
                    times.seconds.iter().filter(|&time| past.contains(time)).count() >= HISTORY
                });
                for other in all().filter(|&other| other != own) {
                    let (x, y, at) = (times.dated(own), times.dated(other), other as usize);
                    prop_assert_eq!(dated.contains(&at) || undated.contains(&at), is_around(x, y, history));
                    let (is_before, is_asked) = (before.iter().any(|range| range.contains(&at)), asks(x, y, other < own));
                    prop_assert!(!is_before || is_asked);
                    // Whom time does not keep apart is looked at.
                    prop_assert!(is_before || !is_asked || factor(x, y, &by_gap) < SIMILAR);
                    // One of the two asks.
                    prop_assert!(asks(x, y, other < own) != asks(y, x, own < other));
                }
            }
        }
    }

    #[test]
    fn dates_that_are_not_known_keep_nobody_apart() {
        let by_gap = TimeFactor::new(7.0);
        let at = |day: i64, stamped| Dated { time: Some(day * DAY), stamped };
        let undated = Dated { time: None, stamped: true };
        assert_eq!(factor(at(0, false), undated, &by_gap), ONE);
        assert_eq!(factor(at(3, false), at(1, false), &by_gap), by_gap.at(2 * DAY));
        assert_eq!(factor(at(3, false), at(1, true), &by_gap), ONE);
        assert_eq!(factor(at(3, true), at(1, false), &by_gap), ONE);
        assert_eq!(factor(at(9, true), at(1, true), &by_gap), 0);
        let stamped = vec![true, false, false];
        let times =
            Times { undated: 1, seconds: vec![DAY, 3 * DAY], stamped, identities: vec![0; 3] };
        assert_eq!(times.factor(0, 2, &by_gap), ONE);
        assert_eq!(times.factor(1, 2, &by_gap), by_gap.at(2 * DAY));
    }

    #[test]
    fn the_whole_window_is_looked_at_where_one_of_two_is_stamped() {
        let by_gap = TimeFactor::new(7.0);
        for stamped in [[false, false], [true, false], [false, true]] {
            let seconds = vec![0, 6 * DAY];
            let (stamped, is_far) = (stamped.to_vec(), stamped != [false; 2]);
            let times = Times { undated: 0, seconds, stamped, identities: vec![0; 2] };
            assert_eq!(times.before(1, &by_gap)[1].len(), usize::from(is_far));
        }
    }

    #[test]
    fn a_past_is_of_a_month_but_for_the_last_days() {
        assert_eq!(past(100 * DAY), 67 * DAY + 1..97 * DAY);
    }

    #[test]
    fn candidates_show_so_much() {
        let sum = |[fixed, local]: [i64; 2]| (fixed as u64) << 44 | (local as u64) << 12;
        assert_eq!(partial(3_276 << 12), Some(3_276));
        assert_eq!(partial((3_276 << 12) - 1), None);
        assert!(is_partial_match(9_174, ONE / 2) && !is_partial_match(9_174, ONE / 2 - 1));
        assert_eq!(promise(sum([20_000, 10_000]), ONE / 2), Some(13_000 * ONE / 2));
        // Too little under the weights that all share, with both weights, and so far apart.
        assert_eq!(promise(sum([4_587, 9_000]), ONE), Some(7_676 * ONE));
        assert_eq!(promise(sum([4_586, 9_000]), ONE), None);
        assert_eq!(promise(sum([5_000, 2_538]), ONE), Some(3_276 * ONE));
        assert_eq!(promise(sum([5_000, 2_536]), ONE), None);
        assert_eq!(promise(sum([60_000, 60_000]), SIMILAR), Some(60_000 * SIMILAR));
        assert_eq!(promise(sum([60_000, 60_000]), SIMILAR - 1), None);
        assert!(is_similar(13_106, ONE / 2) && !is_similar(13_105, ONE / 2));
        assert_eq!(mixed(100, 200), 170);
    }

    #[test]
    fn a_report_asks_by_its_heavy_terms() {
        // Of length 5: four fifths and three of one.
        let own = |posted: &[(u32, u16)]| {
            own(posted.iter().copied(), &[3, 7], &[300, 400]).collect::<Vec<Own>>()
        };
        let product = |fixed: u64, local: u64| fixed << 32 | local;
        assert_eq!(
            own(&[(7, 2_000 | IS_FIRST), (3, 10)]),
            [(7, product(2_000, 13_106)), (3, product(10, 9_830))]
        );
        // What it has no weight for locally needs the more otherwise: a thousand, three tenths of it.
        assert_eq!(own(&[(5, 3_334), (6, 3_333)]), [(5, product(3_334, 0))]);
    }
}
