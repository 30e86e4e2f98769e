//! The inverted index: which reports each term is heavy in.
//!
//! Reports stand in the order of time, undated ones first, so that a window is a stretch of every list. Of the postings of
//! one term on one day, a bucket, all are found, or of a crowded one its hubs only; that depends on the set of reports.

use std::ops::Range;

use foldhash::HashMap;

use super::posted::{NONE, Posted, plain};
use super::reach::{CAP_AROUND, HUBS, Purpose, Times};
use crate::kernel::search::count_below;
use crate::kernel::sort::starts;
use crate::kernel::wide::fetch;

/// All postings of some terms, by term, then by report.
#[derive(Debug, Clone)]
pub struct Postings {
    pub(super) numbers: Numbers,
    /// The postings, by the numbers of their terms.
    pub(super) lists: PostingLists,
}

/// A number for each term.
#[derive(Debug, Clone, Default)]
pub(super) struct Numbers(HashMap<u32, u32>);

impl Numbers {
    /// That of a term; [`NONE`] of one that is not among them.
    pub(super) fn of(&self, term: u32) -> u32 {
        self.0.get(&term).copied().unwrap_or(NONE)
    }
}

/// Postings, list after list; each term has a number.
#[derive(Debug, Clone, Default)]
pub(super) struct PostingLists {
    /// Where each list begins, and where the last one ends.
    starts: Vec<u32>,
    reports: Vec<u32>,
    /// As [`Posted`] gives them.
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
        let numbers = Numbers(terms.iter().copied().zip(0..).collect());
        Self { numbers, lists: PostingLists::with_lengths(lengths) }
    }

    /// Where the postings of the term of a number stand.
    pub fn of_mut(&mut self, number: usize) -> (&mut [u32], &mut [u16]) {
        let range = self.lists.range(number);
        (&mut self.lists.reports[range.clone()], &mut self.lists.weights[range])
    }

    /// Whether a term is among them.
    pub fn has(&self, term: u32) -> bool {
        self.numbers.of(term) != NONE
    }

    /// Takes in the postings of other terms.
    pub fn extend(&mut self, other: Self) {
        if self.numbers.0.is_empty() {
            *self = other;
            return;
        }
        let (terms, postings) = (self.numbers.0.len() as u32, self.lists.reports.len() as u32);
        self.numbers.0.extend(other.numbers.0.into_iter().map(|(term, n)| (term, n + terms)));
        let PostingLists { starts, reports, weights } = other.lists;
        self.lists.starts.extend(starts.iter().skip(1).map(|end| end + postings));
        self.lists.reports.extend(reports);
        self.lists.weights.extend(weights);
    }

    /// Puts the postings of each term in the order of the reports.
    pub fn sort(&mut self) {
        for number in 0..self.numbers.0.len() {
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
        match self.numbers.of(term) {
            NONE => (&[], &[]),
            number => self.lists.of(number as usize),
        }
    }
}

impl PostingLists {
    /// So many postings of the term of each number, to be put in their places.
    fn with_lengths(lengths: &[u32]) -> Self {
        let starts = starts(lengths.iter().copied());
        let n = starts.last().copied().unwrap_or(0) as usize;
        Self { starts, reports: vec![0; n], weights: vec![0; n] }
    }

    /// What reports post.
    pub(super) fn of_all(posted: &Posted<'_>) -> Self {
        let mut lists = Self::with_lengths(posted.counts());
        let Self { starts, reports, weights } = &mut lists;
        // Where the next posting of each term goes.
        let mut ends = starts.clone();
        for report in 0..posted.len() as u32 {
            for (number, weight) in posted.of(report).filter(|posting| posting.0 != NONE) {
                let end = &mut ends[number as usize];
                (reports[*end as usize], weights[*end as usize]) = (report, weight);
                *end += 1;
            }
        }
        lists
    }

    /// Those that are found.
    pub(super) fn open(self, purpose: Purpose, times: &Times) -> Open {
        let Self { mut starts, mut reports, mut weights } = self;
        let (mut begin, mut kept) = (0, 0);
        for end in starts.iter_mut().skip(1) {
            let all = begin..*end as usize;
            while begin < all.end {
                let rest = &reports[begin..all.end];
                // No bucket of a short list is crowded.
                let (n, cap) = match all.len() > CAP_AROUND {
                    true => {
                        let day = times.day(rest[0]);
                        let n = rest.partition_point(|&report| (report as usize) < day.end);
                        (n, purpose.cap(day.len()))
                    }
                    false => (rest.len(), CAP_AROUND),
                };
                let identity = |report: u32| times.identities[report as usize];
                let has = |at: &usize| purpose.has(weights[*at]);
                let bucket = begin..begin + n;
                let found = bucket.clone().filter(has).map(|at| identity(reports[at]));
                let bound = if n > cap { bound(found, cap) } else { None };
                for at in bucket {
                    let (report, weight) = (reports[at], weights[at]);
                    if purpose.has(weight) && bound.is_none_or(|bound| identity(report) < bound) {
                        (reports[kept], weights[kept]) = (report, plain(weight));
                        kept += 1;
                    }
                }
                begin += n;
            }
            *end = kept as u32;
        }
        reports.truncate(kept);
        reports.shrink_to_fit();
        weights.truncate(kept);
        weights.shrink_to_fit();
        let n = times.stamped.len();
        Open { lists: Self { starts, reports, weights }, n }
    }

    fn range(&self, number: usize) -> Range<usize> {
        self.starts[number] as usize..self.starts[number + 1] as usize
    }

    fn of(&self, number: usize) -> (&[u32], &[u16]) {
        let range = self.range(number);
        (&self.reports[range.clone()], &self.weights[range])
    }
}

/// The postings that are found for one purpose.
#[derive(Debug)]
pub(super) struct Open {
    lists: PostingLists,
    /// How many reports there are.
    n: usize,
}

impl Open {
    /// Where the postings of the term of a number are among all.
    pub(super) fn range(&self, number: u32) -> Range<usize> {
        if number == NONE { 0..0 } else { self.lists.range(number as usize) }
    }

    /// Brings lists, none of them empty, into the cache where a report is looked for in them: they lie far apart, and who
    /// reads one after the other waits for each.
    pub(super) fn fetch<'a>(&self, lists: impl Iterator<Item = &'a Range<usize>>, report: usize) {
        for list in lists {
            let guess = list.start + self.guess(list.len(), 0, report);
            fetch(&self.lists.reports[guess..=guess]);
            fetch(&self.lists.weights[guess..=guess]);
        }
    }

    /// Which of the postings of a term, from one of report `from` or a later one to its last, is the first of report `to` or
    /// a later one.
    pub(super) fn next(&self, rest: &Range<usize>, from: usize, to: usize) -> usize {
        let reports = &self.lists.reports[rest.clone()];
        rest.start + count_below(reports, to as u32, self.guess(reports.len(), from, to))
    }

    /// Where that is among so many, if the term is as frequent at all times.
    fn guess(&self, postings: usize, from: usize, to: usize) -> usize {
        postings * (to - from) / (self.n - from)
    }

    /// The reports of all postings, term by term, ascending for each.
    pub(super) fn reports(&self) -> &[u32] {
        &self.lists.reports
    }

    /// Their weights, without marks.
    pub(super) fn weights(&self) -> &[u16] {
        &self.lists.weights
    }
}

/// Below which identity the postings of a bucket are found, if it has more than `cap` and is crowded: those of its hubs.
pub(super) fn bound(identities: impl Iterator<Item = u64>, cap: usize) -> Option<u64> {
    let mut identities: Vec<u64> = identities.collect();
    (identities.len() > cap).then(|| *identities.select_nth_unstable(HUBS).1)
}
