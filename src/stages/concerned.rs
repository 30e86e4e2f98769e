//! Which reports' queries may give something else than before, because others came and went.

use std::ops::Range;

use rayon::prelude::*;

use super::posted::plain;
use super::postings::Postings;
use super::reach::{self, FAR, HISTORY, Moment, NEAR, Purpose, Times, past};
use crate::kernel::time::{DAY, TimeFactor};

/// With one mover of a day for so many reports within its reach, much moved.
const MANY: usize = 100;

/// A report that came or went, or that is found by a term now and was not, or the other way round.
#[derive(Debug, Clone)]
pub struct Moved {
    /// The position, of one that is there.
    pub position: Option<u32>,
    /// When it was published; `None` where that is not known.
    pub time: Option<i64>,
    /// The hash of its id.
    pub identity: u64,
    /// By which terms it is found, with their weights.
    pub posted: Vec<(u32, u16)>,
    /// The term that it is about; all of them where the report came or went.
    pub only: Option<u32>,
}

/// The reports that stay and are found by a term now and were not, or the other way round, with the term: in buckets of
/// which others came or went.
pub fn flipped(postings: &Postings, times: &Times, moved: &[Moved]) -> Vec<(u32, u32)> {
    let came = came(times, moved);
    let mut by_term: Vec<(u32, u16, &Moved)> =
        moved.iter().flat_map(|m| m.posted.iter().map(move |p| (p.0, p.1, m))).collect();
    by_term.sort_unstable_by_key(|(term, _, m)| (*term, m.time, m.identity));
    let one = |of_term: &[(u32, u16, &Moved)]| {
        let term = of_term[0].0;
        let flipped = flipped_of(postings.of(term), of_term, times, &came);
        flipped.into_iter().map(move |i| (i, term))
    };
    by_term.par_chunk_by(|x, y| x.0 == y.0).flat_map_iter(one).collect()
}

/// Which reports came, by position.
fn came(times: &Times, moved: &[Moved]) -> Vec<bool> {
    let mut came = vec![false; times.stamped.len()];
    let all = moved.iter().filter(|m| m.only.is_none());
    all.filter_map(|m| m.position).for_each(|i| came[i as usize] = true);
    came
}

/// What [`flipped`] finds for one term.
fn flipped_of(
    (all, weights): (&[u32], &[u16]),
    moved: &[(u32, u16, &Moved)],
    times: &Times,
    came: &[bool],
) -> Vec<u32> {
    let mut flipped = Vec::new();
    for of_day in moved.chunk_by(|x, y| day(x.2.time) == day(y.2.time)) {
        let bucket = day(of_day[0].2.time);
        let begin = all.partition_point(|&i| day(times.of(i)) < bucket);
        let end = all.partition_point(|&i| day(times.of(i)) <= bucket);
        for purpose in Purpose::ALL {
            let now = || {
                let both = all[begin..end].iter().zip(&weights[begin..end]);
                both.filter(|p| purpose.has(*p.1)).map(|p| p.0)
            };
            let gone = of_day.iter().filter(|p| p.2.position.is_none() && purpose.has(p.1));
            let gone = gone.map(|p| p.2.identity);
            let stayed = || now().filter(|&&i| !came[i as usize]);
            let identity = |&i: &u32| times.identities[i as usize];
            let was = purpose.bound(stayed().map(identity).chain(gone));
            let is = purpose.bound(now().map(identity));
            if was != is {
                let open =
                    |bound: Option<u64>, i: &u32| bound.is_none_or(|bound| identity(i) < bound);
                flipped.extend(stayed().filter(|i| open(was, i) != open(is, i)));
            }
        }
    }
    flipped.sort_unstable();
    flipped.dedup();
    flipped
}

/// The reports that stay and whose queries may give something else, because of others that `moved`; ascending.
///
/// These are the ones that meet one of the others as a candidate, by all of its terms and theirs, and within reach; and
/// those with a past that became long enough, or too short. `before` are the times of all reports as they were, ascending.
pub fn concerned(
    postings: &Postings,
    times: &Times,
    factor: &TimeFactor,
    before: &[i64],
    moved: &[Moved],
) -> Vec<u32> {
    let came = came(times, moved);
    // How many stay of those before each position.
    let mut staying = vec![0u32];
    staying.extend(came.iter().scan(0, |n, &came| {
        *n += u32::from(!came);
        Some(*n)
    }));
    let history = History { before, now: times };
    let short = history.short(&came);
    let meeting =
        Meeting { postings, history, factor, came: &came, staying: &staying, short: &short };
    let mut by_day: Vec<&Moved> =
        moved.iter().filter(|m| meeting.stays(&meeting.range(m))).collect();
    by_day.sort_unstable_by_key(|m| m.time);
    let (mut dirty, mut few) = (meeting.history.crossed(moved), Vec::new());
    for of_day in by_day.chunk_by(|x, y| day(x.time) == day(y.time)) {
        let ranges = of_day.iter().map(|m| meeting.range(m));
        let all = ranges.reduce(|x, y| x.start.min(y.start)..x.end.max(y.end)).unwrap_or(0..0);
        let stay = staying[all.end] - staying[all.start];
        // Where much moved among those that stay, it costs less to ask all of them than to find out whom to ask.
        if of_day.len() * MANY > stay as usize {
            dirty.extend(all.map(|i| i as u32));
        } else {
            few.extend_from_slice(of_day);
        }
    }
    let one = |sums: &mut Sums, m: &&Moved| meeting.met(m, sums);
    let met = few.par_iter().with_min_len(64).map_init(Sums::default, one);
    dirty.extend(met.flatten_iter().collect::<Vec<u32>>());
    dirty.retain(|&i| !came[i as usize]);
    dirty.sort_unstable();
    dirty.dedup();
    dirty
}

/// The day of a time.
fn day(time: Option<i64>) -> Option<i64> {
    time.map(|time| time.div_euclid(DAY))
}

/// Sums of products, by report.
#[derive(Default)]
struct Sums {
    sums: Vec<u32>,
    touched: Vec<u32>,
    only: Vec<u32>,
}

/// Who meets whom.
struct Meeting<'a> {
    postings: &'a Postings,
    history: History<'a>,
    factor: &'a TimeFactor,
    came: &'a [bool],
    staying: &'a [u32],
    short: &'a [u32],
}

impl Meeting<'_> {
    /// Where those stand whose queries can reach one that moved: after it, and not long before it if their pasts are short.
    fn range(&self, m: &Moved) -> Range<usize> {
        let times = self.history.now;
        m.time.map_or(0..times.stamped.len(), |time| {
            let before = times.between(time.saturating_sub(NEAR), time);
            let looks_ahead = self.short[before.start] < self.short[before.end];
            let from = if looks_ahead { before.start } else { before.end };
            from..times.between(time, time.saturating_add(FAR + 1)).end
        })
    }

    /// Whether any of a range stays.
    fn stays(&self, range: &Range<usize>) -> bool {
        self.staying[range.start] < self.staying[range.end]
    }

    /// The staying reports whose queries may meet one that moved.
    fn met(&self, m: &Moved, Sums { sums, touched, only }: &mut Sums) -> Vec<u32> {
        let times = self.history.now;
        let range = self.range(m);
        if !self.stays(&range) {
            return Vec::new();
        }
        sums.resize(times.stamped.len(), 0);
        for &(term, own) in &m.posted {
            let (reports, weights) = self.postings.of(term);
            let first = reports.partition_point(|&i| (i as usize) < range.start);
            for (&i, &weight) in reports[first..].iter().zip(&weights[first..]) {
                if i as usize >= range.end {
                    break;
                }
                if sums[i as usize] == 0 {
                    touched.push(i);
                }
                sums[i as usize] += u32::from(plain(weight)) * u32::from(plain(own));
            }
        }
        if let Some(term) = m.only {
            only.clear();
            only.extend_from_slice(self.postings.of(term).0);
        }
        let mut met = Vec::new();
        for i in touched.drain(..) {
            let sum = std::mem::take(&mut sums[i as usize]);
            let has = || m.only.is_none() || only.binary_search(&i).is_ok();
            let meets = |partial| self.meets(i, m, partial);
            if !self.came[i as usize] && reach::partial(sum).is_some_and(meets) && has() {
                met.push(i);
            }
        }
        met
    }

    /// Whether a report's query can have one that moved among its candidates.
    fn meets(&self, i: u32, m: &Moved, partial: i64) -> bool {
        let own = self.history.now.moment(i);
        let Some((own_time, time)) = own.time.zip(m.time) else { return true };
        if past(own_time).contains(&time) {
            return true;
        }
        // Seen or published: the larger of the two factors.
        let its = Moment { time: m.time, stamped: true };
        let factor = reach::factor(own, its, self.factor);
        (time <= own_time && reach::is_partial_match(partial, factor))
            || self.history.is_long(own_time) != [true, true]
    }
}

/// How many reports there were and are in the past of each.
struct History<'a> {
    before: &'a [i64],
    now: &'a Times,
}

impl History<'_> {
    /// Whether there were, and whether there are, enough reports in the past of a time.
    fn is_long(&self, time: i64) -> [bool; 2] {
        let past = past(time);
        [self.before, &self.now.seconds].map(|all| {
            let count = |time| all.partition_point(|&t| t < time);
            count(past.end).saturating_sub(count(past.start)) >= HISTORY
        })
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
        for (i, &came) in came.iter().enumerate() {
            let is_short = self.now.of(i as u32).is_none_or(&mut is_short);
            short[i + 1] = short[i] + u32::from(is_short && !came);
        }
        short
    }

    /// The reports whose past became long enough, or too short.
    fn crossed(&self, moved: &[Moved]) -> Vec<u32> {
        let times = || moved.iter().filter(|m| m.only.is_none()).filter_map(|m| m.time);
        let Some((first, last)) = times().min().zip(times().max()) else { return Vec::new() };
        let range = self.now.between(first.saturating_add(NEAR), last.saturating_add(FAR + 1));
        let crossed = |&i: &u32| {
            self.now.of(i).is_some_and(|time| {
                let [was, is] = self.is_long(time);
                was != is
            })
        };
        (range.start as u32..range.end as u32).filter(crossed).collect()
    }
}
