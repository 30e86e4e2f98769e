//! What [`super::neighbours`] finds of some reports only, given the postings of their terms.
//!
//! A night asks for new reports, and for those whose answer may be another one now. What a report's query gives depends on
//! the open postings of its own terms, within its reach in time, and on how many reports there are in its past.

use foldhash::HashMap;
use rayon::prelude::*;

use super::neighbours::{Candidates, Comparison, Found, Index, NONE, Own, Scratch, bound, gather};
use super::reach::{CAP, FAR, HISTORY, NEAR, POSTED, Times, heaviest, past};
use super::weights::{Vectors, Weights};
use crate::kernel::time::{DAY, TimeFactor};

/// Reports that one thread queries at a time.
const PART: usize = 256;

/// All postings of some terms, in a stretch of whole days that nothing that is asked reaches beyond.
#[derive(Debug, Default)]
pub struct Postings {
    /// A number for each term.
    numbers: HashMap<u32, u32>,
    starts: Vec<u32>,
    reports: Vec<u32>,
    weights: Vec<u16>,
}

/// Postings that came, went, or are found now or no more: of one term, by time.
#[derive(Debug, Default)]
struct Changes {
    /// Ascending.
    times: Vec<i64>,
}

/// A report that came or went.
#[derive(Debug, Clone, Copy)]
pub struct Moved {
    /// The position, of one that came; of one that went it is the time that counts.
    pub position: Option<u32>,
    /// When it was published; `None` where that is not known.
    pub time: Option<i64>,
    /// The hash of its id.
    pub identity: u64,
}

impl Postings {
    /// Room for the postings of some terms, so many each.
    pub fn with_lengths(terms: &[u32], lengths: &[u32]) -> Self {
        let numbers = terms.iter().copied().zip(0..).collect();
        let mut starts = vec![0];
        starts.extend(lengths.iter().scan(0, |end, length| {
            *end += length;
            Some(*end)
        }));
        let n = starts.last().copied().unwrap_or(0) as usize;
        Self { numbers, starts, reports: vec![0; n], weights: vec![0; n] }
    }

    /// Where the postings of the term of a number stand.
    pub fn of_mut(&mut self, number: usize) -> (&mut [u32], &mut [u16]) {
        let range = self.starts[number] as usize..self.starts[number + 1] as usize;
        (&mut self.reports[range.clone()], &mut self.weights[range])
    }

    /// Whether a term is among them.
    pub fn has(&self, term: u32) -> bool {
        self.numbers.contains_key(&term)
    }

    /// Takes in the postings of other terms.
    pub fn extend(&mut self, other: Self) {
        let (terms, postings) = (self.numbers.len() as u32, self.reports.len() as u32);
        self.numbers.extend(other.numbers.into_iter().map(|(term, n)| (term, n + terms)));
        self.starts.extend(other.starts.iter().skip(1).map(|end| end + postings));
        self.reports.extend(other.reports);
        self.weights.extend(other.weights);
    }

    /// Puts the postings of each term in the order of the reports.
    pub fn sort(&mut self) {
        for number in 0..self.numbers.len() {
            let (reports, weights) = self.of_mut(number);
            if !reports.is_sorted() {
                let mut both: Vec<(u32, u16)> =
                    reports.iter().copied().zip(weights.iter().copied()).collect();
                both.sort_unstable();
                for (i, (report, weight)) in both.into_iter().enumerate() {
                    (reports[i], weights[i]) = (report, weight);
                }
            }
        }
    }

    /// The postings of one term.
    fn of(&self, term: u32) -> &[u32] {
        let Some(&number) = self.numbers.get(&term) else { return &[] };
        &self.reports[self.starts[number as usize] as usize..self.starts[number as usize + 1] as usize]
    }

    /// The open postings, ready to be queried.
    fn open<'a>(&self, times: &'a Times, factor: &'a TimeFactor) -> Index<'a> {
        let mut index = Index {
            times,
            factor,
            starts: vec![0],
            reports: Vec::with_capacity(self.reports.len()),
            weights: Vec::with_capacity(self.reports.len()),
        };
        for ends in self.starts.windows(2) {
            let range = ends[0] as usize..ends[1] as usize;
            let (mut reports, mut weights) = (&self.reports[range.clone()], &self.weights[range]);
            while let Some(&first) = reports.first() {
                let n = of_day(reports, first, times);
                let crowded = n > CAP;
                let identity = |&i: &u32| times.identities[i as usize];
                let bound = if crowded { bound(reports[..n].iter().map(identity)) } else { 0 };
                for (report, &weight) in reports[..n].iter().zip(weights) {
                    if !crowded || identity(report) < bound {
                        index.reports.push(*report);
                        index.weights.push(weight);
                    }
                }
                (reports, weights) = (&reports[n..], &weights[n..]);
            }
            index.starts.push(index.reports.len() as u32);
        }
        index
    }
}

/// How many of some reports, ascending, are of the day of the first.
fn of_day(reports: &[u32], first: u32, times: &Times) -> usize {
    match times.of(first) {
        None => reports.partition_point(|&i| times.of(i).is_none()),
        Some(time) => {
            let next = (time.div_euclid(DAY) + 1) * DAY;
            reports.partition_point(|&i| times.of(i).is_some_and(|time| time < next))
        }
    }
}

/// The reports that stay and whose queries may give something else, because others came and went; ascending.
///
/// `moved` has the terms by which each is found. `before` are the times of all reports as they were, ascending.
pub fn concerned(
    postings: &Postings,
    times: &Times,
    before: &[i64],
    moved: &[(Moved, Vec<u32>)],
) -> Vec<u32> {
    let came: Vec<bool> = {
        let mut came = vec![false; times.stamped.len()];
        moved.iter().filter_map(|(m, _)| m.position).for_each(|i| came[i as usize] = true);
        came
    };
    let mut by_term: Vec<(u32, Moved)> =
        moved.iter().flat_map(|(m, terms)| terms.iter().map(|&term| (term, *m))).collect();
    by_term.sort_unstable_by_key(|(term, m)| (*term, m.time, m.identity));
    let history = History { before, now: times };
    let one = |of_term: &[(u32, Moved)]| {
        let all = postings.of(of_term[0].0);
        let changes = changes(all, of_term, times, &came);
        let first = changes.times.first().map_or(0, |&time| {
            let reaches = time.saturating_sub(NEAR);
            all.partition_point(|&i| times.of(i).is_some_and(|own| own < reaches))
        });
        let concerned = |&i: &u32| !came[i as usize] && history.reaches(i, &changes);
        all[first..].iter().copied().filter(concerned).collect::<Vec<u32>>()
    };
    let mut dirty: Vec<u32> = by_term.par_chunk_by(|x, y| x.0 == y.0).flat_map_iter(one).collect();
    dirty.extend(history.crossed(moved).into_iter().filter(|&i| !came[i as usize]));
    dirty.sort_unstable();
    dirty.dedup();
    dirty
}

/// The postings of one term that differ from before: those of reports that came or went, and in buckets with such a report
/// those that are open now and were not, or the other way round.
fn changes(all: &[u32], moved: &[(u32, Moved)], times: &Times, came: &[bool]) -> Changes {
    let day = |time: Option<i64>| time.map(|time| time.div_euclid(DAY));
    let mut changed: Vec<i64> = moved.iter().filter_map(|(_, m)| m.time).collect();
    for of_day in moved.chunk_by(|x, y| day(x.1.time) == day(y.1.time)) {
        let bucket = day(of_day[0].1.time);
        let begin = all.partition_point(|&i| day(times.of(i)) < bucket);
        let end = all.partition_point(|&i| day(times.of(i)) <= bucket);
        let now = &all[begin..end];
        let gone = of_day.iter().filter(|(_, m)| m.position.is_none()).map(|(_, m)| m.identity);
        let stayed = || now.iter().filter(|&&i| !came[i as usize]);
        let identity = |&i: &u32| times.identities[i as usize];
        let before: Vec<u64> = stayed().map(identity).chain(gone).collect();
        let bound_of = |identities: &mut dyn Iterator<Item = u64>, n: usize| {
            if n > CAP { bound(identities) } else { u64::MAX }
        };
        let was = bound_of(&mut before.iter().copied(), before.len());
        let is = bound_of(&mut now.iter().map(identity), now.len());
        if was != is {
            let flipped = stayed().filter(|i| (identity(i) < was) != (identity(i) < is));
            changed.extend(flipped.filter_map(|&i| times.of(i)));
        }
    }
    changed.sort_unstable();
    Changes { times: changed }
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

    /// Whether a report's query can meet a posting that changed.
    fn reaches(&self, i: u32, changes: &Changes) -> bool {
        let Some(time) = self.now.of(i) else { return true };
        let any = |from: i64, to: i64| {
            let first = changes.times.partition_point(|&t| t < from);
            changes.times.get(first).is_some_and(|&t| t <= to)
        };
        any(time.saturating_sub(FAR), time)
            || (any(time, time.saturating_add(NEAR)) && self.is_long(time) != [true, true])
    }

    /// The reports whose past became long enough, or too short.
    fn crossed(&self, moved: &[(Moved, Vec<u32>)]) -> Vec<u32> {
        let times = || moved.iter().filter_map(|(m, _)| m.time);
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

/// By which terms the reports of some vectors are found, with their weights.
pub fn posted(vectors: &Vectors) -> Vec<Vec<(u32, u16)>> {
    let fixed = vectors.fixed();
    (0..vectors.len()).into_par_iter().map(|i| heaviest(i, vectors, &fixed).collect()).collect()
}

/// The candidates of the reports that ask, given what these are found by.
pub fn candidates(
    postings: &Postings,
    asking: &[(u32, Vec<(u32, u16)>)],
    times: &Times,
    factor: &TimeFactor,
) -> Vec<Candidates> {
    let index = postings.open(times, factor);
    let one = |scratch: &mut Scratch, (report, terms): &(u32, Vec<(u32, u16)>)| {
        let mut own: Own = ([NONE; POSTED], [0; POSTED]);
        for (slot, (term, weight)) in terms.iter().enumerate() {
            own.0[slot] = postings.numbers.get(term).copied().unwrap_or(NONE);
            own.1[slot] = *weight;
        }
        index.candidates(*report, &own, scratch)
    };
    let scratch = || Scratch::new(times.stamped.len());
    asking.par_iter().with_min_len(PART).map_init(scratch, one).collect()
}

/// Compares the reports that ask with their candidates; both are positions among the vectors and times. What is found of
/// each report is in the order of `asking`.
pub fn compare(
    vectors: &Vectors,
    fixed: &Weights,
    times: &Times,
    factor: &TimeFactor,
    asking: Vec<(u32, Candidates)>,
) -> Found {
    let comparison = Comparison { vectors, fixed, times, factor };
    let part = |scratch: &mut Scratch, some: &[(u32, Candidates)]| {
        let mut found = Found::default();
        for (report, candidates) in some {
            comparison.compare(*report, candidates.clone(), &mut scratch.probe, &mut found);
        }
        found
    };
    gather(asking.par_chunks(PART).map_init(|| Scratch::new(0), part).collect())
}
