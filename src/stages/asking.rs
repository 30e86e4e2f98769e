//! What [`super::neighbours`] finds of some reports only, given the postings of their terms.
//!
//! A night asks for new reports, and for those whose answer may be another one now. What a report's query gives depends on
//! the open postings of its own terms, within its reach in time, and on how many reports there are in its past.

use foldhash::HashMap;
use rayon::prelude::*;

use super::neighbours::{Candidates, Comparison, END, Found, Index, Own, Scratch, bound, gather};
use super::reach::{self, CAP, FAR, HISTORY, Moment, NEAR, Times, heaviest, past};
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

    /// The postings of one term: reports, ascending, and weights.
    fn of(&self, term: u32) -> (&[u32], &[u16]) {
        let Some(&number) = self.numbers.get(&term) else { return (&[], &[]) };
        let range =
            self.starts[number as usize] as usize..self.starts[number as usize + 1] as usize;
        (&self.reports[range.clone()], &self.weights[range])
    }

    /// The open postings, ready to be queried; and for each term where they begin.
    fn open<'a>(&self, times: &'a Times, factor: &'a TimeFactor) -> (Index<'a>, Vec<usize>) {
        let mut open = Vec::with_capacity(self.reports.len() + self.numbers.len());
        let mut starts = Vec::with_capacity(self.numbers.len());
        for ends in self.starts.windows(2) {
            starts.push(open.len());
            let range = ends[0] as usize..ends[1] as usize;
            let (mut reports, mut weights) = (&self.reports[range.clone()], &self.weights[range]);
            while let Some(&first) = reports.first() {
                let n = of_day(reports, first, times);
                let identity = |&i: &u32| times.identities[i as usize];
                let bound = (n > CAP).then(|| bound(reports[..n].iter().map(identity)));
                let both = reports[..n].iter().zip(weights);
                let both = both.filter(|(i, _)| bound.is_none_or(|bound| identity(i) < bound));
                open.extend(both.map(|(&report, &weight)| (report, weight)));
                (reports, weights) = (&reports[n..], &weights[n..]);
            }
            open.push(END);
        }
        (Index { times, factor, postings: open }, starts)
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

/// The reports that stay and are found by a term now and were not, or the other way round, with the term: in buckets of
/// which others came or went.
pub fn flipped(postings: &Postings, times: &Times, moved: &[Moved]) -> Vec<(u32, u32)> {
    let came = came(times, moved);
    let mut by_term: Vec<(u32, &Moved)> =
        moved.iter().flat_map(|m| m.posted.iter().map(move |p| (p.0, m))).collect();
    by_term.sort_unstable_by_key(|(term, m)| (*term, m.time, m.identity));
    let one = |of_term: &[(u32, &Moved)]| {
        let term = of_term[0].0;
        let flipped = flipped_of(postings.of(term).0, of_term, times, &came);
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
fn flipped_of(all: &[u32], moved: &[(u32, &Moved)], times: &Times, came: &[bool]) -> Vec<u32> {
    let day = |time: Option<i64>| time.map(|time| time.div_euclid(DAY));
    let mut flipped = Vec::new();
    for of_day in moved.chunk_by(|x, y| day(x.1.time) == day(y.1.time)) {
        let bucket = day(of_day[0].1.time);
        let begin = all.partition_point(|&i| day(times.of(i)) < bucket);
        let end = all.partition_point(|&i| day(times.of(i)) <= bucket);
        let now = &all[begin..end];
        let gone = of_day.iter().filter(|(_, m)| m.position.is_none()).map(|(_, m)| m.identity);
        let stayed = || now.iter().filter(|&&i| !came[i as usize]);
        let identity = |&i: &u32| times.identities[i as usize];
        let before: Vec<u64> = stayed().map(identity).chain(gone).collect();
        let was = (before.len() > CAP).then(|| bound(before.into_iter()));
        let is = (now.len() > CAP).then(|| bound(now.iter().map(identity)));
        if was != is {
            let open = |bound: Option<u64>, i: &u32| bound.is_none_or(|bound| identity(i) < bound);
            flipped.extend(stayed().filter(|i| open(was, i) != open(is, i)));
        }
    }
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
    let meeting = Meeting { postings, history, factor, came: &came, staying: &staying };
    let one = |sums: &mut Sums, m: &Moved| meeting.met(m, sums);
    let met = moved.par_iter().with_min_len(64).map_init(Sums::default, one);
    let mut dirty: Vec<u32> = met.flatten_iter().collect();
    let crossed = meeting.history.crossed(moved);
    dirty.extend(crossed.into_iter().filter(|&i| !came[i as usize]));
    dirty.sort_unstable();
    dirty.dedup();
    dirty
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
}

impl Meeting<'_> {
    /// The staying reports whose queries may meet one that moved.
    fn met(&self, m: &Moved, Sums { sums, touched, only }: &mut Sums) -> Vec<u32> {
        let times = self.history.now;
        let range = m.time.map_or(0..times.stamped.len(), |time| {
            times.between(time.saturating_sub(NEAR), time.saturating_add(FAR + 1))
        });
        if self.staying[range.start] == self.staying[range.end] {
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
                sums[i as usize] += u32::from(weight) * u32::from(own);
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
        (time <= own_time && reach::partial_match(partial, factor).is_some())
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
    let (index, starts) = postings.open(times, factor);
    let one = |scratch: &mut Scratch, (report, terms): &(u32, Vec<(u32, u16)>)| {
        let begin = times.scope(*report).start as u32;
        let mut own = Own::NOTHING;
        for (slot, (term, weight)) in terms.iter().enumerate() {
            let Some(&number) = postings.numbers.get(term) else { continue };
            let start = starts[number as usize];
            let end = starts.get(number as usize + 1).map_or(index.postings.len(), |&end| end);
            let before = index.postings[start..end].partition_point(|other| other.0 < begin);
            own.first[slot] = (start + before) as u32;
            own.weights[slot] = *weight;
        }
        index.candidates(*report, &own, scratch)
    };
    asking.par_iter().with_min_len(PART).map_init(Scratch::default, one).collect()
}

/// Compares the reports that ask with their candidates; both are positions among the vectors and times. What is found of
/// each report is in the order of `asking`.
pub fn compare(
    vectors: &Vectors,
    fixed: &Weights,
    times: &Times,
    factor: &TimeFactor,
    asking: &[(u32, Candidates)],
) -> Found {
    let comparison = Comparison { vectors, fixed, times, factor };
    let part = |scratch: &mut Scratch, some: &[(u32, Candidates)]| {
        let mut found = Found::default();
        for (report, candidates) in some {
            comparison.compare(*report, candidates, &mut scratch.probe, &mut found);
        }
        found
    };
    gather(asking.par_chunks(PART).map_init(Scratch::default, part).collect())
}
