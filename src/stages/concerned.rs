//! Which reports' queries may give something else than before, because others came and went.
//!
//! This is asked of an index, which knows of each report when it was published or seen: none is undated here.

mod turned;

use std::collections::BTreeSet;
use std::ops::Range;

use rayon::prelude::*;

use turned::{Flipped, Open, Turned, turned};

use super::posted::plain;
use super::postings::Postings;
use super::reach::{self, Dated, FAR, HISTORY, NEAR, Purpose, Times, past};
use crate::kernel::time::{DAY, TimeFactor};

/// With one mover of a day for so many reports within its reach, much moved. Tests have few reports, and both happens there.
const MANY: usize = if cfg!(test) { 2 } else { 100 };

/// A report that came or went.
#[derive(Debug, Clone)]
pub struct Moved {
    /// The position, of one that is there.
    pub position: Option<u32>,
    /// When it was published or seen.
    pub time: i64,
    /// Whether that is when it was seen.
    pub stamped: bool,
    /// The hash of its id.
    pub identity: u64,
    /// By which terms it is found, with their weights.
    pub posted: Vec<(u32, u16)>,
}

/// A report whose query may give something else than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Concerned {
    /// Its position.
    pub report: u32,
    /// For which purpose: who has other neighbours may also have other matches.
    pub purpose: Purpose,
}

/// Which reports came, by position.
fn came(times: &Times, moved: &[Moved]) -> Vec<bool> {
    let mut came = vec![false; times.stamped.len()];
    moved.iter().filter_map(|m| m.position).for_each(|i| came[i as usize] = true);
    came
}

/// The reports that stay and whose queries may give something else, because of others that `moved`; ascending.
///
/// These are the ones that meet one of the others as a candidate, by all of its terms and theirs, and within reach; those
/// that ask by a term by which others are found now and were not, or the other way round; and those with a past that became
/// long enough, or too short. `before` are the times of all reports as they were, ascending; none is undated, nor of `times`.
pub fn concerned(
    postings: &Postings,
    times: &Times,
    factor: &TimeFactor,
    before: &[i64],
    moved: &[Moved],
) -> Vec<Concerned> {
    debug_assert_eq!(times.undated, 0, "an index knows the times of all");
    let came = came(times, moved);
    // How many stay of those before each position.
    let mut staying = vec![0u32];
    staying.extend(came.iter().scan(0, |n, &came| {
        *n += u32::from(!came);
        Some(*n)
    }));
    let history = History { before, now: times };
    let short = history.short(&came);
    let Turned { flipped, open } = turned(postings, times, moved, &came);
    let (came, staying, short) = (&came[..], &staying[..], &short[..]);
    let stamped = times.stamped.contains(&true) || moved.iter().any(|m| m.stamped);
    let back = reach::back(factor, stamped);
    let meeting = Meeting { postings, history, factor, back, came, staying, short, open: &open };
    let mut by_day: Vec<(u32, &Moved)> =
        (0..).zip(moved).filter(|(_, m)| meeting.stays(&meeting.range(m))).collect();
    by_day.sort_unstable_by_key(|(n, m)| (m.time, *n));
    let around = |report| Concerned { report, purpose: Purpose::Around };
    let mut dirty: Vec<Concerned> =
        meeting.history.crossed(moved).into_iter().map(around).collect();
    let mut few = Vec::new();
    for of_day in by_day.chunk_by(|x, y| day(x.1.time) == day(y.1.time)) {
        let ranges = of_day.iter().map(|(_, m)| meeting.range(m));
        let all = ranges.reduce(|x, y| x.start.min(y.start)..x.end.max(y.end)).unwrap_or(0..0);
        let stay = staying[all.end] - staying[all.start];
        // Where much moved among those that stay, it costs less to ask all of them than to find out whom to ask.
        if of_day.len() * MANY > stay as usize {
            let times = [0, of_day.len() - 1].map(|i| of_day[i].1.time);
            let one =
                |i| Purpose::ALL.into_iter().find(|&purpose| meeting.reaches(i, purpose, times));
            dirty.extend(all.filter_map(|i| {
                one(i as u32).map(|purpose| Concerned { report: i as u32, purpose })
            }));
        } else {
            few.extend_from_slice(of_day);
        }
    }
    let one = |sums: &mut Sums, &(n, m): &(u32, &Moved)| meeting.met(n, m, sums);
    let met = few.par_iter().with_min_len(64).map_init(Sums::default, one);
    dirty.extend(met.flatten_iter().collect::<Vec<Concerned>>());
    dirty.extend(flipped.iter().flat_map(|flipped| meeting.asking(flipped)));
    dirty.extend(
        meeting
            .history
            .recapped(moved)
            .flat_map(|(times, purpose)| meeting.reaching(times, purpose)),
    );
    dirty.retain(|c| !came[c.report as usize]);
    dirty.sort_unstable();
    dirty.dedup_by_key(|c| c.report);
    dirty
}

/// The day of a time.
fn day(time: i64) -> i64 {
    time.div_euclid(DAY)
}

/// The seconds of a day.
fn seconds(day: i64) -> Range<i64> {
    day * DAY..(day + 1) * DAY
}

/// Sums of products, by report.
#[derive(Default)]
struct Sums {
    /// For matches in the upper half, for neighbours in the lower.
    sums: Vec<u64>,
    touched: Vec<u32>,
}

/// Who meets whom.
struct Meeting<'a> {
    postings: &'a Postings,
    history: History<'a>,
    factor: &'a TimeFactor,
    /// How long before a report its matches can be.
    back: i64,
    came: &'a [bool],
    staying: &'a [u32],
    short: &'a [u32],
    /// Of those that moved, by number.
    open: &'a [Open],
}

impl Meeting<'_> {
    /// Where those stand whose queries can reach one that moved: after it, and not long before it if their pasts are short.
    fn range(&self, m: &Moved) -> Range<usize> {
        let (times, time) = (self.history.now, m.time);
        let before = times.between(time.saturating_sub(NEAR), time);
        let looks_ahead = self.short[before.start] < self.short[before.end];
        let from = if looks_ahead { before.start } else { before.end };
        from..times.between(time, time.saturating_add(FAR + 1)).end
    }

    /// Whether any of a range stays.
    fn stays(&self, range: &Range<usize>) -> bool {
        self.staying[range.start] < self.staying[range.end]
    }

    /// The reports that ask by a term and reach those that flipped.
    fn asking(&self, flipped: &Flipped) -> impl Iterator<Item = Concerned> {
        let Flipped { term, purpose, times } = *flipped;
        let (reports, weights) = self.postings.of(term);
        let range = self.around(times);
        let place = |end: usize| reports.partition_point(|&i| (i as usize) < end);
        (place(range.start)..place(range.end))
            .filter(move |&at| {
                purpose.has(weights[at]) && self.reaches(reports[at], purpose, times)
            })
            .map(move |at| Concerned { report: reports[at], purpose })
    }

    /// Where those stand whose queries for any purpose can reach others, published from the first time to the last.
    fn around(&self, [first, last]: [i64; 2]) -> Range<usize> {
        self.history.now.between(first.saturating_sub(NEAR), last.saturating_add(FAR + 1))
    }

    /// The reports whose query for a purpose can reach others, published from the first time to the last.
    fn reaching(&self, times: [i64; 2], purpose: Purpose) -> impl Iterator<Item = Concerned> {
        let all =
            self.around(times).map(|i| i as u32).filter(move |&i| self.reaches(i, purpose, times));
        all.map(move |report| Concerned { report, purpose })
    }

    /// Whether a report's query for a purpose can reach others, published from the first time to the last.
    fn reaches(&self, i: u32, purpose: Purpose, [first, last]: [i64; 2]) -> bool {
        let own = self.history.now.seconds[i as usize];
        match purpose {
            Purpose::Matches => first <= own && own.saturating_sub(last) <= self.back,
            Purpose::Around => {
                let past = past(own);
                let end = if self.is_short(i) { own.saturating_add(NEAR) } else { past.end };
                past.start <= last && first < end
            }
        }
    }

    /// Whether a report that stays has, or had, too few in its past.
    fn is_short(&self, i: u32) -> bool {
        self.short[i as usize] < self.short[i as usize + 1]
    }

    /// The staying reports whose queries may meet one that moved.
    fn met(&self, number: u32, m: &Moved, Sums { sums, touched }: &mut Sums) -> Vec<Concerned> {
        let range = self.range(m);
        sums.resize(self.came.len(), 0);
        let open = &self.open[self.open.partition_point(|open| open.number < number)..];
        for open in open.iter().take_while(|open| open.number == number) {
            let (reports, weights) = self.postings.of(open.term);
            let first = reports.partition_point(|&i| (i as usize) < range.start);
            for (&i, &weight) in reports[first..].iter().zip(&weights[first..]) {
                if i as usize >= range.end {
                    break;
                }
                if sums[i as usize] == 0 {
                    touched.push(i);
                }
                let is_around = Purpose::Around.has(weight);
                let own = if is_around { open.weight } else { open.weight >> 32 << 32 };
                sums[i as usize] += u64::from(plain(weight)) * own;
            }
        }
        let meets = |i: u32| {
            let sum = std::mem::take(&mut sums[i as usize]);
            if self.came[i as usize] { None } else { self.meets(i, m, sum) }
        };
        touched.drain(..).filter_map(meets).collect()
    }

    /// Whether a report's query can have one that moved among its candidates, and for which purpose.
    fn meets(&self, i: u32, m: &Moved, sum: u64) -> Option<Concerned> {
        let its = Dated { time: Some(m.time), stamped: m.stamped };
        let is_match = |partial| {
            let factor = reach::factor(self.history.now.dated(i), its, self.factor);
            reach::is_partial_match(partial, factor)
        };
        let meets = |purpose: &Purpose| match purpose {
            Purpose::Around => reach::partial(sum as u32).is_some(),
            Purpose::Matches => reach::partial((sum >> 32) as u32).is_some_and(is_match),
        };
        let reaches = |purpose: &Purpose| meets(purpose) && self.reaches(i, *purpose, [m.time; 2]);
        Purpose::ALL.into_iter().find(reaches).map(|purpose| Concerned { report: i, purpose })
    }
}

/// How many reports there were and are in the past of each.
struct History<'a> {
    before: &'a [i64],
    now: &'a Times,
}

impl History<'_> {
    /// How many reports there were, and are, in some seconds.
    fn between(&self, seconds: Range<i64>) -> [usize; 2] {
        [self.before, &self.now.seconds].map(|all| {
            let count = |time| all.partition_point(|&t| t < time);
            count(seconds.end).saturating_sub(count(seconds.start))
        })
    }

    /// The first and the last second of days on which another number of postings of a term is found than before, because their
    /// number of reports passed `reach::CALM`, with the purpose.
    fn recapped(&self, moved: &[Moved]) -> impl Iterator<Item = ([i64; 2], Purpose)> {
        let days: BTreeSet<i64> = moved.iter().map(|m| day(m.time)).collect();
        days.into_iter().flat_map(|day| {
            let seconds = seconds(day);
            let times = [seconds.start, seconds.end - 1];
            let [were, are] = self.between(seconds);
            let changed = move |purpose: &Purpose| purpose.cap(were) != purpose.cap(are);
            Purpose::ALL.into_iter().filter(changed).map(move |purpose| (times, purpose))
        })
    }

    /// Whether there were, and whether there are, enough reports in the past of a time.
    fn is_long(&self, time: i64) -> [bool; 2] {
        self.between(past(time)).map(|reports| reports >= HISTORY)
    }

    /// How many of those before each position stay and have, or had, too few reports in their past.
    fn short(&self, came: &[bool]) -> Vec<u32> {
        let mut short = vec![0; came.len() + 1];
        // Pasts begin and end one after the other, as the reports do.
        let mut ends = [self.before, &self.now.seconds].map(|all| (all, 0, 0));
        let mut is_short = |time| {
            let past = past(time);
            let mut any = false;
            for (all, first, end) in &mut ends {
                *first += all[*first..].iter().take_while(|&&t| t < past.start).count();
                *end += all[*end..].iter().take_while(|&&t| t < past.end).count();
                any |= end.saturating_sub(*first) < HISTORY;
            }
            any
        };
        for (i, (&came, &time)) in came.iter().zip(&self.now.seconds).enumerate() {
            short[i + 1] = short[i] + u32::from(is_short(time) && !came);
        }
        short
    }

    /// The reports whose past became long enough, or too short.
    fn crossed(&self, moved: &[Moved]) -> Vec<u32> {
        let times = || moved.iter().map(|m| m.time);
        let Some((first, last)) = times().min().zip(times().max()) else { return Vec::new() };
        let range = self.now.between(first.saturating_add(NEAR), last.saturating_add(FAR + 1));
        let crossed = |&i: &u32| {
            let [was, is] = self.is_long(self.now.seconds[i as usize]);
            was != is
        };
        (range.start as u32..range.end as u32).filter(crossed).collect()
    }
}

#[cfg(test)]
mod tests;
