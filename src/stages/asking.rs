//! What [`super::neighbours`] finds of some reports only, given the postings of their terms.
//!
//! A night asks for new reports, and for those whose answer may be another one now. What a report's query gives depends on
//! the open postings of its own terms, within its reach in time, and on how many reports there are in its past.

use foldhash::HashMap;
use rayon::prelude::*;

use super::neighbours::{Candidates, Comparison, END, Found, Index, Own, Scratch, bound, gather};
use super::reach::{CAP, Times, heaviest};
use super::weights::{Vectors, Weights};
use crate::kernel::time::{DAY, TimeFactor};

/// Reports that one thread queries at a time.
const PART: usize = 256;

/// All postings of some terms, in a stretch of whole days that nothing that is asked reaches beyond.
#[derive(Debug)]
pub struct Postings {
    /// A number for each term.
    numbers: HashMap<u32, u32>,
    starts: Vec<u32>,
    reports: Vec<u32>,
    weights: Vec<u16>,
}

impl Default for Postings {
    /// Of no terms.
    fn default() -> Self {
        Self::with_lengths(&[], &[])
    }
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
    pub(super) fn of(&self, term: u32) -> (&[u32], &[u16]) {
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
