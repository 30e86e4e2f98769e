//! Which reports resemble which: candidate matches within the window, and each report's neighbourhood before it.
//!
//! Every report posts its heaviest terms to an inverted index. A query adds up the products of shared postings, a lower
//! bound of the cosine, and what passes is compared in full. Reports stand in the order of time, undated ones first, so
//! that a window is a stretch of reports and of every posting list.

use rayon::prelude::*;

use super::reach::{self, AROUND, CAP, HUBS, MATCHES, POSTED, SIMILAR, Times, best};
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
    let (index, own) = Index::new(vectors, &fixed, times, factor);
    let comparison = Comparison { vectors, fixed: &fixed, times, factor };
    let part = |scratch: &mut Scratch, from: usize| {
        let mut found = Found::default();
        for (i, own) in (from as u32..).zip(&own[from..]).take(PART) {
            let candidates = index.candidates(i, own, scratch);
            comparison.compare(i, &candidates, &mut scratch.probe, &mut found);
        }
        found.similar.shrink_to_fit();
        found
    };
    let parts: Vec<usize> = (0..vectors.len()).step_by(PART).collect();
    let parts: Vec<Found> = parts.into_par_iter().map_init(Scratch::default, part).collect();
    drop((index, own));
    drop(fixed);
    gather(parts)
}

/// What is found of reports that follow one another.
pub(super) fn gather(parts: Vec<Found>) -> Found {
    let (mut similar, mut nearest, mut local) = (Vec::new(), Vec::new(), Vec::new());
    let compared = |c: (u64, u64), part: &Found| (c.0 + part.compared.0, c.1 + part.compared.1);
    let compared = parts.iter().fold((0, 0), compared);
    similar.reserve_exact(parts.iter().map(|part| part.similar.len()).sum());
    nearest.reserve_exact(parts.iter().map(|part| part.nearest.len()).sum());
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
        let bound = bound(bucket.iter().map(identity));
        bucket.iter_mut().for_each(|p| p.open = identity(p) < bound);
    }
}

/// Below which identity the postings of a crowded bucket are found.
pub(super) fn bound(identities: impl Iterator<Item = u64>) -> u64 {
    let mut lowest: Vec<u64> = identities.collect();
    lowest.sort_unstable();
    lowest[HUBS]
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

/// The end of the postings of a term: later than any report.
pub(super) const END: (u32, u16) = (u32::MAX, 0);
/// No postings to look at.
pub(super) const NONE: u32 = u32::MAX;
/// Reports whose sums are added up at a time: so many stay in the nearest cache.
const CHUNK: usize = 8_192;

/// The inverted index.
pub(super) struct Index<'a> {
    pub(super) times: &'a Times,
    pub(super) factor: &'a TimeFactor,
    /// The open postings as report and weight, by term, then by report; after those of each term an [`END`].
    pub(super) postings: Vec<(u32, u16)>,
}

/// What a report is looked for by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Own {
    /// Where the postings of its terms come into its scope; [`NONE`] where there are none.
    pub(super) first: [u32; POSTED],
    /// What its terms weigh.
    pub(super) weights: [u16; POSTED],
}

impl Own {
    /// Nothing.
    pub(super) const NOTHING: Self = Self { first: [NONE; POSTED], weights: [0; POSTED] };
}

/// What a report is compared with in full: candidates for matches, and for its neighbourhood, each ascending.
pub type Candidates = [Vec<u32>; 2];

#[derive(Default)]
pub(super) struct Scratch {
    /// Where the next posting of each term is, and what the term weighs in the report that asks.
    lists: Vec<(usize, u16)>,
    sums: Vec<u32>,
    touched: Vec<u32>,
    pub(super) probe: Probe,
}

impl<'a> Index<'a> {
    /// The index of all reports, and by what each is looked for.
    fn new(
        vectors: &'a Vectors,
        fixed: &'a Weights,
        times: &'a Times,
        factor: &'a TimeFactor,
    ) -> (Self, Vec<Own>) {
        let posted = |i: u32| posted(i, vectors, fixed);
        let n = vectors.len() as u32;
        let mut postings: Vec<Posting> = (0..n).into_par_iter().flat_map_iter(posted).collect();
        postings.par_sort_unstable_by_key(|p| (p.term, p.report));
        close_crowded(&mut postings, times);
        let begins: Vec<u32> =
            (0..n).into_par_iter().map(|i| times.scope(i).start as u32).collect();
        let mut index = Self { times, factor, postings: Vec::new() };
        let mut own = vec![Own::NOTHING; vectors.len()];
        let useful = |same: &&[Posting]| same.len() > 1 && same.iter().any(|p| p.open);
        for same in postings.chunk_by(|x, y| x.term == y.term).filter(useful) {
            let start = index.postings.len();
            let open = same.iter().filter(|p| p.open);
            index.postings.extend(open.map(|p| (p.report, p.weight)));
            let open = &index.postings[start..];
            for p in same {
                let (report, slot) = (p.report as usize, p.slot as usize);
                let before = open.partition_point(|other| other.0 < begins[report]);
                own[report].first[slot] = (start + before) as u32;
                own[report].weights[slot] = p.weight;
            }
            index.postings.push(END);
        }
        (index, own)
    }

    /// The candidates of a report among those before it, and for its neighbourhood.
    pub(super) fn candidates(&self, report: u32, own: &Own, scratch: &mut Scratch) -> Candidates {
        let neighbourhood = self.times.neighbourhood(report);
        let window = self.times.window(report, self.factor);
        let (mut matches, mut around) = (Vec::new(), Vec::new());
        self.add_up(report, own, scratch, |other, sum| {
            let Some(partial) = reach::partial(sum).filter(|_| other != report) else { return };
            let dated = other as usize >= self.times.undated;
            let range = if dated { &neighbourhood.dated } else { &neighbourhood.undated };
            if range.contains(&(other as usize)) {
                around.push((partial, other));
            }
            // Most are too long ago to match, and their position says so.
            if dated && (other as usize) < window {
                return;
            }
            let (own, its) = (self.times.moment(report), self.times.moment(other));
            if reach::asks(own, its, other < report) {
                let factor = reach::factor(own, its, self.factor);
                matches.extend(reach::partial_match(partial, factor).map(|s| (s, other)));
            }
        });
        [best(matches, MATCHES), best(around, AROUND)]
    }

    /// Adds up the products of the postings that a report shares with each in its scope.
    fn add_up(
        &self,
        report: u32,
        own: &Own,
        scratch: &mut Scratch,
        mut each: impl FnMut(u32, u32),
    ) {
        let Scratch { lists, sums, touched, .. } = scratch;
        let own = own.first.into_iter().zip(own.weights);
        lists.clear();
        lists.extend(own.filter(|own| own.0 != NONE).map(|(at, own)| (at as usize, own)));
        sums.resize(CHUNK, 0);
        let scope = self.times.scope(report);
        for from in scope.clone().step_by(CHUNK) {
            let to = scope.end.min(from + CHUNK) as u32;
            for (at, own) in &mut *lists {
                while self.postings[*at].0 < to {
                    let (other, weight) = self.postings[*at];
                    let sum = &mut sums[other as usize - from];
                    if *sum == 0 {
                        touched.push(other);
                    }
                    *sum += u32::from(weight) * u32::from(*own);
                    *at += 1;
                }
            }
            for other in touched.drain(..) {
                each(other, std::mem::take(&mut sums[other as usize - from]));
            }
        }
    }
}

/// What it takes to compare reports in full.
pub(super) struct Comparison<'a> {
    pub(super) vectors: &'a Vectors,
    pub(super) fixed: &'a Weights,
    pub(super) times: &'a Times,
    pub(super) factor: &'a TimeFactor,
}

impl Comparison<'_> {
    /// The matches of a report among its candidates, and its neighbours.
    pub(super) fn compare(
        &self,
        report: u32,
        [matches, around]: &Candidates,
        probe: &mut Probe,
        found: &mut Found,
    ) {
        found.compared.0 += matches.len() as u64;
        found.compared.1 += around.len() as u64;
        self.vectors.fetch(self.fixed, around.iter().chain(matches).copied());
        self.vectors.load(self.fixed, report as usize, probe);
        let similar = |&other: &u32| self.similar(report, other, probe);
        found.similar.extend(matches.iter().filter_map(similar));
        let near = self.nearest(report, around, probe);
        let local = self.vectors.local_of(report as usize, &near, probe);
        found.local.push(&local);
        found.nearest.push(near[..near.len().min(NEAREST)].to_vec());
    }

    fn similar(&self, report: u32, other: u32, probe: &Probe) -> Option<Similar> {
        let cosine = self.vectors.cosine(self.fixed, probe, report as usize, other as usize);
        let factor = self.times.factor(report, other, self.factor);
        let (a, b) = (report.min(other), report.max(other));
        let similar = reach::is_similar(cosine, factor);
        similar.then_some(Similar { a, b, cosine, factor: factor as i32 })
    }

    fn nearest(&self, report: u32, around: &[u32], probe: &Probe) -> Vec<(u32, i32)> {
        let cosine = |j: u32| self.vectors.cosine(self.fixed, probe, report as usize, j as usize);
        let mut nearest: Vec<(u32, i32)> = around.iter().map(|&j| (j, cosine(j))).collect();
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
