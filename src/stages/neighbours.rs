//! Which reports resemble which: candidate matches within the window, and each report's neighbourhood before it.
//!
//! Every report posts its heaviest terms to an inverted index. A query adds up the products of shared postings, a lower
//! bound of the cosine, and what passes is compared in full. First each report's neighbours are found, which say what its
//! terms are worth; then it asks for matches with these weights, or a series would find nothing but its own template.
//! Reports stand in the order of time, undated ones first, so that a window is a stretch of reports and of every posting list.

use std::ops::Range;

use super::best::{AROUND, best, best_matches};
use super::parts::in_parts;
use super::posted::{Posted, plain};
use super::postings::{Open, PostingLists};
use super::reach::{self, LEAST_AROUND, LEAST_MATCH, Neighbourhood, Own, Purpose, SIMILAR, Times};
use super::weights::{Vectors, Weights};
use crate::kernel::cosine::Probe;
use crate::kernel::share::Share;
use crate::kernel::sums::{PLACES, Sums};
use crate::kernel::time::{ONE, TimeFactor};

/// Neighbours that are kept.
const KEPT: usize = if cfg!(test) { 4 } else { 40 };
/// Neighbours that are remembered: who is near enough to be an earlier chapter, and how crowded it is.
pub const NEAREST: usize = if cfg!(test) { 3 } else { 8 };

/// A pair of reports that resemble each other, by position.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Similar {
    /// The lower position.
    pub a: u32,
    /// The higher position.
    pub b: u32,
    /// Cosine under the fixed weights.
    pub cosine: Share,
    /// Time factor.
    pub factor: Share,
}

impl Similar {
    /// A pair of positions with its cosine and its time factor, in 1 / 65,536.
    pub fn new((i, j): (u32, u32), cosine: i32, factor: i64) -> Self {
        let [cosine, factor] = [cosine, factor as i32].map(Share::new);
        Self { a: i.min(j), b: i.max(j), cosine, factor }
    }

    /// Cosine times time factor, in 1 / 65,536.
    pub fn similarity(&self) -> i64 {
        i64::from(self.cosine.get()) * i64::from(self.factor.get()) / ONE
    }
}

/// What is found of some reports.
#[derive(Debug, Clone, Default)]
pub struct Neighbours {
    /// Pairs whose cosine times time factor is at least [`SIMILAR`], ascending.
    pub similar: Vec<Similar>,
    /// For each report the [`NEAREST`] of its neighbours, with their cosines, the most similar first.
    pub nearest: Vec<Vec<(u32, i32)>>,
    /// What the terms of each report say among all its neighbours.
    pub local: Weights,
    /// How many candidates were compared in full, for matches and for neighbourhoods.
    pub compared: (u64, u64),
}

/// What is found of all reports, not put together yet: that needs the room in which it was found.
#[derive(Debug)]
pub struct Parts {
    /// The neighbourhoods.
    around: Neighbours,
    /// The pairs, those of some reports after those of others.
    similar: Vec<Neighbours>,
}

impl Parts {
    /// Puts all of it together.
    pub fn gather(self) -> Neighbours {
        let Neighbours { similar, compared, .. } = gather(self.similar);
        Neighbours { similar, compared: (compared.0, self.around.compared.1), ..self.around }
    }
}

/// The similar pairs of all reports, and what there is in the neighbourhood of each.
pub fn find(vectors: &Vectors, times: &Times, factor: &TimeFactor) -> Neighbours {
    search(vectors, times, factor).gather()
}

/// Finds what [`find`] does.
pub fn search(vectors: &Vectors, times: &Times, factor: &TimeFactor) -> Parts {
    let fixed = vectors.fixed();
    let posted = Posted::new(vectors, &fixed);
    let postings = PostingLists::of_all(&posted);
    let comparison = Comparison { vectors, fixed: &fixed, times, factor };
    let index = Index::new(postings.clone(), Purpose::Around, times, factor);
    let weigh = |scratch: &mut Scratch, i: u32, found: &mut Neighbours| {
        let around = index.around(i, posted.of(i), scratch);
        comparison.weigh(i, &around, &mut scratch.probe, found);
    };
    let around = gather(each(vectors.len(), weigh));
    drop(index);
    let index = Index::new(postings, Purpose::Matches, times, factor);
    let compare = |scratch: &mut Scratch, i: u32, found: &mut Neighbours| {
        let local = vectors.weights(&around.local, i as usize);
        let own = reach::own_of(posted.among(i, local), around.local.length(i as usize));
        let matches = index.matches(i, own, scratch);
        comparison.compare(i, &matches, &mut scratch.probe, found);
    };
    let similar = each(vectors.len(), compare);
    Parts { around, similar }
}

/// What `one` finds of each of so many reports, part by part.
pub(super) fn each(
    n: usize,
    one: impl Fn(&mut Scratch, u32, &mut Neighbours) + Sync + Send,
) -> Vec<Neighbours> {
    let part = |scratch: &mut Scratch, some: Range<usize>| {
        let mut found = Neighbours::default();
        some.for_each(|i| one(scratch, i as u32, &mut found));
        found.similar.shrink_to_fit();
        found
    };
    in_parts(n, part)
}

/// What is found of reports that follow one another.
pub(super) fn gather(parts: Vec<Neighbours>) -> Neighbours {
    let (mut nearest, mut local, mut similar) = (Vec::new(), Vec::new(), Vec::new());
    let compared =
        |c: (u64, u64), part: &Neighbours| (c.0 + part.compared.0, c.1 + part.compared.1);
    let compared = parts.iter().fold((0, 0), compared);
    nearest.reserve_exact(parts.iter().map(|part| part.nearest.len()).sum());
    for part in parts {
        similar.push(part.similar);
        nearest.extend(part.nearest);
        local.push(part.local);
    }
    Neighbours { similar: ascending(similar), nearest, local: Weights::concat(local), compared }
}

/// All pairs of some lists, ascending.
fn ascending(lists: Vec<Vec<Similar>>) -> Vec<Similar> {
    // Where the next pair with each lower position goes: most come in the order of the higher one.
    let last = lists.iter().flatten().map(|pair| pair.a as usize).max();
    let mut ends = vec![0; last.map_or(1, |last| last + 2)];
    lists.iter().flatten().for_each(|pair| ends[pair.a as usize + 1] += 1);
    (1..ends.len()).for_each(|i| ends[i] += ends[i - 1]);
    let mut all = vec![Similar::default(); ends[ends.len() - 1]];
    for pair in lists.into_iter().flatten() {
        let end = &mut ends[pair.a as usize];
        all[*end] = pair;
        *end += 1;
    }
    if !all.is_sorted() {
        all.chunk_by_mut(|x, y| x.a == y.a).for_each(<[Similar]>::sort_unstable);
    }
    all
}

/// What can be found for one purpose.
pub(super) struct Index<'a> {
    times: &'a Times,
    factor: &'a TimeFactor,
    postings: Open,
}

#[derive(Default)]
pub(super) struct Scratch {
    lists: Stretches,
    sums: Sums,
    /// What is found, until the best of it are taken out.
    candidates: Vec<(i64, u32)>,
    pub(super) probe: Probe,
}

impl<'a> Index<'a> {
    pub(super) fn new(
        postings: PostingLists,
        purpose: Purpose,
        times: &'a Times,
        factor: &'a TimeFactor,
    ) -> Self {
        Self { times, factor, postings: postings.open(purpose, times) }
    }

    /// The candidates for the neighbourhood of a report that posts the terms of these numbers, ascending.
    pub(super) fn around(
        &self,
        report: u32,
        posted: impl Iterator<Item = (u32, u16)>,
        scratch: &mut Scratch,
    ) -> Vec<u32> {
        let own: Vec<(u32, u64)> = posted
            .filter(|own| Purpose::Around.has(own.1))
            .map(|(number, weight)| (number, plain(weight).into()))
            .collect();
        let Scratch { lists, sums, candidates, .. } = scratch;
        let Neighbourhood { dated, undated } = self.times.neighbourhood(report);
        for range in [undated, dated] {
            lists.each(&self.postings, &own, range, (sums, LEAST_AROUND), |other, sum| {
                let partial = reach::partial(sum as u32).filter(|_| other != report);
                candidates.extend(partial.map(|partial| (partial, other)));
            });
        }
        best(candidates, AROUND)
    }

    /// The candidates for matches of a report among those before it, ascending; it asks by the terms of numbers.
    pub(super) fn matches(
        &self,
        report: u32,
        own: impl Iterator<Item = Own>,
        scratch: &mut Scratch,
    ) -> Vec<u32> {
        let own: Vec<Own> = own.collect();
        let Scratch { lists, sums, candidates, .. } = scratch;
        for range in self.times.before(report, self.factor) {
            lists.each(&self.postings, &own, range, (sums, LEAST_MATCH), |other, sum| {
                // Most promise too little whenever they are.
                if reach::promise(sum, ONE).is_none() {
                    return;
                }
                let factor = self.times.factor(report, other, self.factor);
                candidates.extend(reach::promise(sum, factor).map(|promise| (promise, other)));
            });
        }
        best_matches(candidates)
    }
}

/// The stretches of the lists of a query that are added up.
#[derive(Default)]
struct Stretches {
    /// Where the postings of each term go on and end, and what the term weighs in the report that asks.
    lists: Vec<(Range<usize>, u64)>,
    /// Those of a stretch of reports.
    stretch: Vec<(Range<usize>, u64)>,
}

impl Stretches {
    /// Adds up the products of the postings that a report shares with each in a range, and calls `each` with those whose
    /// sum is at least `least`.
    fn each(
        &mut self,
        postings: &Open,
        own: &[(u32, u64)],
        range: Range<usize>,
        (sums, least): (&mut Sums, u64),
        mut each: impl FnMut(u32, u64),
    ) {
        if range.is_empty() {
            return;
        }
        let Self { lists, stretch } = self;
        lists.clear();
        lists.extend(own.iter().map(|&(number, weight)| (postings.range(number), weight)));
        lists.retain(|list| !list.0.is_empty());
        postings.fetch(lists.iter().map(|list| &list.0), range.start);
        for (list, _) in &mut *lists {
            list.start = postings.next(list, 0, range.start);
        }
        for from in range.clone().step_by(PLACES) {
            let to = range.end.min(from + PLACES);
            stretch.clear();
            for (list, own) in &mut *lists {
                let end = postings.next(list, from, to);
                stretch.push((list.start..end, *own));
                list.start = end;
            }
            let of = |(list, own): &(Range<usize>, u64)| {
                (&postings.reports()[list.clone()], &postings.weights()[list.clone()], *own)
            };
            sums.each(stretch.iter().map(of), (from as u32, to - from), least, &mut each);
        }
    }
}

/// What it takes to compare reports in full.
pub struct Comparison<'a> {
    /// The terms of all.
    pub vectors: &'a Vectors,
    /// Their weights against the background.
    pub fixed: &'a Weights,
    /// When they were published.
    pub times: &'a Times,
    /// How similarity falls in time.
    pub factor: &'a TimeFactor,
}

impl Comparison<'_> {
    /// The neighbours of a report among its candidates, and what its terms say among them.
    pub(super) fn weigh(
        &self,
        report: u32,
        around: &[u32],
        probe: &mut Probe,
        found: &mut Neighbours,
    ) {
        found.compared.1 += around.len() as u64;
        self.vectors.fetch(self.fixed, around.iter().copied());
        self.vectors.load(self.fixed, report as usize, probe);
        let near = self.nearest(report, around, probe);
        found.local.push(&self.vectors.local_of(report as usize, &near, probe));
        found.nearest.push(near[..near.len().min(NEAREST)].to_vec());
    }

    /// The matches of a report among its candidates.
    pub(super) fn compare(
        &self,
        report: u32,
        matches: &[u32],
        probe: &mut Probe,
        found: &mut Neighbours,
    ) {
        found.compared.0 += matches.len() as u64;
        self.vectors.fetch(self.fixed, matches.iter().copied());
        self.vectors.load(self.fixed, report as usize, probe);
        found
            .similar
            .extend(matches.iter().filter_map(|&other| self.similar(report, other, probe)));
    }

    fn similar(&self, report: u32, other: u32, probe: &Probe) -> Option<Similar> {
        let cosine = self.vectors.cosine(self.fixed, probe, report as usize, other as usize);
        let factor = self.times.factor(report, other, self.factor);
        let similar = reach::is_similar(cosine, factor);
        similar.then(|| Similar::new((report, other), cosine, factor))
    }

    fn nearest(&self, report: u32, around: &[u32], probe: &Probe) -> Vec<(u32, i32)> {
        let cosine = |j: u32| self.vectors.cosine(self.fixed, probe, report as usize, j as usize);
        let mut nearest: Vec<(u32, i32)> = around.iter().map(|&j| (j, cosine(j))).collect();
        keep_nearest(&mut nearest);
        nearest
    }
}

/// Keeps those of some neighbours that count, the most similar first.
pub fn keep_nearest<K: Ord + Copy>(near: &mut Vec<(K, i32)>) {
    near.retain(|n| i64::from(n.1) >= SIMILAR);
    near.sort_unstable_by_key(|&(i, cosine)| (-cosine, i));
    near.truncate(KEPT);
}

#[cfg(test)]
mod tests;
