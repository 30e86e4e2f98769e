//! Which reports resemble which: candidate matches within the window, and each report's neighbourhood before it.
//!
//! Every report posts its heaviest terms to an inverted index. A query adds up the products of shared postings, a lower
//! bound of the cosine, and what passes is compared in full. Reports stand in the order of time, undated ones first, so
//! that a window is a stretch of reports and of every posting list.

use std::ops::Range;

use rayon::prelude::*;

use super::reach::{self, AROUND, CAP, FAR, HUBS, MATCHES, POSTED, SIMILAR, Times, best};
use super::weights::{Vectors, Weights};
use crate::kernel::cosine::Probe;
use crate::kernel::time::{DAY, TimeFactor};

/// Neighbours that are kept.
const KEPT: usize = if cfg!(test) { 4 } else { 40 };
/// Neighbours that are remembered: who is near enough to be an earlier chapter, and how crowded it is.
pub const NEAREST: usize = if cfg!(test) { 3 } else { 8 };
/// Reports that one thread queries at a time.
const PART: usize = 512;

/// A pair of reports that resemble each other, by position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Similar {
    /// The lower position.
    pub a: u32,
    /// The higher position.
    pub b: u32,
    /// Cosine under the fixed weights, in 1 / 65,536.
    pub cosine: i32,
    /// Time factor, in 1 / 65,536.
    pub factor: i32,
}

/// What is found of some reports.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Pairs whose cosine times time factor is at least [`SIMILAR`], ascending.
    pub similar: Vec<Similar>,
    /// For each report the [`NEAREST`] of its neighbours, with their cosines, the most similar first.
    pub nearest: Vec<Vec<(u32, i32)>>,
    /// What the terms of each report say among all its neighbours.
    pub local: Weights,
    /// How many candidates were compared in full, for matches and for neighbourhoods.
    pub compared: (u64, u64),
}

/// The similar pairs of all reports, and what there is in the neighbourhood of each.
pub fn find(vectors: &Vectors, times: &Times, factor: &TimeFactor) -> Found {
    let fixed = vectors.fixed();
    let index = Index::new(vectors, &fixed, times, factor);
    let scratch = || Scratch { sums: vec![0; vectors.len()], ..Scratch::default() };
    let part = |scratch: &mut Scratch, from: usize| {
        let mut found = Found::default();
        for i in from..vectors.len().min(from + PART) {
            index.query(i as u32, scratch, &mut found);
        }
        found.similar.shrink_to_fit();
        found
    };
    let parts: Vec<usize> = (0..vectors.len()).step_by(PART).collect();
    let parts: Vec<Found> = parts.into_par_iter().map_init(scratch, part).collect();
    drop(index);
    drop(fixed);
    let (mut similar, mut nearest, mut local) = (Vec::new(), Vec::new(), Vec::new());
    let compared = |c: (u64, u64), part: &Found| (c.0 + part.compared.0, c.1 + part.compared.1);
    let compared = parts.iter().fold((0, 0), compared);
    similar.reserve_exact(parts.iter().map(|part| part.similar.len()).sum());
    nearest.reserve_exact(vectors.len());
    for part in parts {
        similar.extend(part.similar);
        nearest.extend(part.nearest);
        local.push(part.local);
    }
    similar.par_sort_unstable();
    Found { similar, nearest, local: Weights::concat(local), compared }
}

/// Closes the postings of crowded buckets but for the hubs. A bucket is a term on a day; it depends on the set of
/// reports only.
fn close_crowded(postings: &mut [Posting], times: &Times) {
    let day = |p: &Posting| times.of(p.report).map(|time| time.div_euclid(DAY));
    let same = |x: &Posting, y: &Posting| x.term == y.term && day(x) == day(y);
    for bucket in postings.chunk_by_mut(same).filter(|b| b.len() > CAP) {
        let identity = |p: &Posting| times.identities[p.report as usize];
        let mut lowest: Vec<u64> = bucket.iter().map(identity).collect();
        lowest.sort_unstable();
        bucket.iter_mut().for_each(|p| p.open = identity(p) < lowest[HUBS]);
    }
}

/// One of the heaviest terms of a report, on its way into the index.
#[derive(Debug, Clone, Copy)]
struct Posting {
    term: u32,
    report: u32,
    weight: u16,
    slot: u8,
    /// Whether queries find it.
    open: bool,
}

/// A term that no report can be found by.
const NONE: u32 = u32::MAX;

/// The inverted index: the open postings by term, then by report.
struct Index<'a> {
    vectors: &'a Vectors,
    fixed: &'a Weights,
    times: &'a Times,
    factor: &'a TimeFactor,
    /// Where the postings of each term begin, and where the last ones end.
    starts: Vec<u32>,
    /// The report of each posting.
    reports: Vec<u32>,
    weights: Vec<u16>,
    /// The posted terms of each report by number, [`NONE`] where there are fewer.
    own_terms: Vec<[u32; POSTED]>,
    own_weights: Vec<[u16; POSTED]>,
}

#[derive(Default)]
struct Scratch {
    sums: Vec<u32>,
    touched: Vec<u32>,
    probe: Probe,
}

impl<'a> Index<'a> {
    fn new(
        vectors: &'a Vectors,
        fixed: &'a Weights,
        times: &'a Times,
        factor: &'a TimeFactor,
    ) -> Self {
        let posted = |i: u32| posted(i, vectors, fixed);
        let n = vectors.len() as u32;
        let mut postings: Vec<Posting> = (0..n).into_par_iter().flat_map_iter(posted).collect();
        postings.par_sort_unstable_by_key(|p| (p.term, p.report));
        close_crowded(&mut postings, times);
        let mut index = Self {
            vectors,
            fixed,
            times,
            factor,
            starts: vec![0],
            reports: Vec::new(),
            weights: Vec::new(),
            own_terms: vec![[NONE; POSTED]; vectors.len()],
            own_weights: vec![[0; POSTED]; vectors.len()],
        };
        let useful = |same: &&[Posting]| same.len() > 1 && same.iter().any(|p| p.open);
        for same in postings.chunk_by(|x, y| x.term == y.term).filter(useful) {
            for p in same {
                let (report, slot) = (p.report as usize, p.slot as usize);
                index.own_terms[report][slot] = index.starts.len() as u32 - 1;
                index.own_weights[report][slot] = p.weight;
            }
            let open = || same.iter().filter(|p| p.open);
            index.reports.extend(open().map(|p| p.report));
            index.weights.extend(open().map(|p| p.weight));
            index.starts.push(index.reports.len() as u32);
        }
        index
    }

    /// The matches of a report with those before it, and its neighbours. An undated report is the later one of any
    /// pair with a dated one.
    fn query(&self, report: u32, scratch: &mut Scratch, found: &mut Found) {
        let time = self.times.of(report);
        let neighbourhood = self.times.neighbourhood(report);
        let scope = match time {
            Some(time) => {
                let first = self.times.between(time - FAR, time).start;
                let first = if neighbourhood.undated.is_empty() { first } else { 0 };
                first..neighbourhood.dated.end.max(report as usize + 1)
            }
            None => 0..self.vectors.len(),
        };
        self.add_up(report, &scope, scratch);
        let (mut matches, mut around) = (Vec::new(), Vec::new());
        for &other in &scratch.touched {
            let sum = std::mem::take(&mut scratch.sums[other as usize]);
            let Some(partial) = reach::partial(sum).filter(|_| other != report) else { continue };
            let (own, its) = (self.times.moment(report), self.times.moment(other));
            if reach::asks(own, its, other < report) {
                let factor = reach::factor(own, its, self.factor);
                matches.extend(reach::partial_match(partial, factor).map(|s| (s, other)));
            }
            let dated = its.time.is_some();
            let range = if dated { &neighbourhood.dated } else { &neighbourhood.undated };
            if range.contains(&(other as usize)) {
                around.push((partial, other));
            }
        }
        let (matches, around) = (best(matches, MATCHES), best(around, AROUND));
        found.compared.0 += matches.len() as u64;
        found.compared.1 += around.len() as u64;
        self.vectors.fetch(self.fixed, around.iter().chain(&matches).copied());
        self.vectors.load(self.fixed, report as usize, &mut scratch.probe);
        let similar = |other| self.similar(report, other, &scratch.probe);
        found.similar.extend(matches.into_iter().filter_map(similar));
        let near = self.nearest(report, around, &scratch.probe);
        let local = self.vectors.local_of(report as usize, &near, &scratch.probe);
        found.local.push(&local);
        found.nearest.push(near[..near.len().min(NEAREST)].to_vec());
    }

    /// Adds up the products of the postings that a report shares with those in scope.
    fn add_up(&self, report: u32, scope: &Range<usize>, scratch: &mut Scratch) {
        scratch.touched.clear();
        let (terms, weights) = (self.own_terms[report as usize], self.own_weights[report as usize]);
        let known = terms.iter().zip(weights).filter(|own| *own.0 != NONE);
        for (&term, own) in known {
            let all = self.starts[term as usize] as usize..self.starts[term as usize + 1] as usize;
            let (reports, weights) = (&self.reports[all.clone()], &self.weights[all]);
            let first = reports.partition_point(|&other| (other as usize) < scope.start);
            for (&other, &weight) in reports[first..].iter().zip(&weights[first..]) {
                if other as usize >= scope.end {
                    break;
                }
                let sum = &mut scratch.sums[other as usize];
                if *sum == 0 {
                    scratch.touched.push(other);
                }
                *sum += u32::from(weight) * u32::from(own);
            }
        }
    }

    fn similar(&self, report: u32, other: u32, probe: &Probe) -> Option<Similar> {
        let cosine = self.vectors.cosine(self.fixed, probe, report as usize, other as usize);
        let factor = self.times.factor(report, other, self.factor);
        let (a, b) = (report.min(other), report.max(other));
        let similar = reach::is_similar(cosine, factor);
        similar.then_some(Similar { a, b, cosine, factor: factor as i32 })
    }

    fn nearest(&self, report: u32, around: Vec<u32>, probe: &Probe) -> Vec<(u32, i32)> {
        let cosine = |j: u32| self.vectors.cosine(self.fixed, probe, report as usize, j as usize);
        let mut nearest: Vec<(u32, i32)> = around.into_iter().map(|j| (j, cosine(j))).collect();
        keep_nearest(&mut nearest);
        nearest
    }
}

/// What a report posts.
fn posted(report: u32, vectors: &Vectors, fixed: &Weights) -> impl Iterator<Item = Posting> {
    let heaviest = reach::heaviest(report as usize, vectors, fixed);
    let posting = move |(slot, (term, weight))| Posting { term, report, weight, slot, open: true };
    (0..).zip(heaviest).map(posting)
}

/// Keeps those of some neighbours that count, the most similar first.
pub fn keep_nearest<K: Ord + Copy>(near: &mut Vec<(K, i32)>) {
    near.retain(|n| i64::from(n.1) >= SIMILAR);
    near.sort_unstable_by_key(|&(i, cosine)| (-cosine, i));
    near.truncate(KEPT);
}
