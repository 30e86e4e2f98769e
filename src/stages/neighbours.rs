//! Which reports resemble which: candidate matches within the window, and each report's neighbourhood before it.
//!
//! Every report posts its heaviest terms to an inverted index. A query adds up the products of shared postings, a lower
//! bound of the cosine, and what passes is compared in full. Reports are addressed by *rank*: undated ones first, then
//! by time, so that a window is a stretch of ranks and of every posting list.

use rayon::prelude::*;

use super::weights::{Vector, Weights};
use crate::kernel::cosine::{cosine, dot};
use crate::kernel::time::{DAY, ONE, TimeFactor};

/// Terms that a report posts.
const POSTED: usize = 16;
/// Fixed-point one of a posted weight.
const UNIT: f64 = 16_384.0;
/// Share of the cosine that the posted terms must show, in 1 / 65,536.
const PARTIAL: i64 = ONE * 7 / 100;
/// Most candidates that are compared in full, once for matches and once for the neighbourhood.
const CANDIDATES: usize = 60;
/// Least similarity of a match and of a neighbour, in 1 / 65,536.
pub const SIMILAR: i64 = ONE / 10;
/// Neighbours that are kept.
const KEPT: usize = 20;
/// A neighbourhood reaches from here to [`FAR`] before a report: near enough to be the same affair, too far to be the
/// same story.
const NEAR: i64 = 3 * DAY;
/// See [`NEAR`].
const FAR: i64 = 33 * DAY;
/// With fewer reports than this in its past, a report's own days serve as well.
const HISTORY: usize = 200;
/// Postings of one term on one day that are all found; of more, only the [`HUBS`] lowest are.
const CAP: usize = 1_000;
/// See [`CAP`].
const HUBS: usize = 4;

/// One report to be grouped: the terms of an article and its time in seconds, if known.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// Its terms.
    pub vector: &'a Vector,
    /// Seconds since 1970.
    pub time: Option<i64>,
    /// Whether that is when it was seen, not when it was published: then it says only that it is inside a window.
    pub stamped: bool,
}

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

/// What is found of one report.
#[derive(Debug, Clone, Default)]
struct Found {
    matches: Vec<Similar>,
    neighbours: Vec<(u32, i32)>,
}

/// All pairs whose cosine times time factor is at least [`SIMILAR`], ascending; and for each report its most similar neighbours
/// with their cosines, the most similar first.
pub fn find(
    reports: &[Report],
    fixed: &[Weights],
    factor: &TimeFactor,
) -> (Vec<Similar>, Vec<Vec<(u32, i32)>>) {
    let index = Index::new(reports, fixed);
    let found: Vec<Found> = (0..reports.len() as u32)
        .into_par_iter()
        .map_init(
            || Scratch { sums: vec![0; reports.len()], touched: Vec::new() },
            |scratch, rank| index.query(rank, factor, scratch),
        )
        .collect();
    let mut neighbours = vec![Vec::new(); reports.len()];
    let mut matches = Vec::with_capacity(found.iter().map(|f| f.matches.len()).sum());
    for (rank, found) in found.into_iter().enumerate() {
        neighbours[index.by_rank[rank] as usize] = found.neighbours;
        matches.extend(found.matches);
    }
    matches.par_sort_unstable();
    (matches, neighbours)
}

#[derive(Debug, Clone, Copy)]
struct Posting {
    term: u32,
    rank: u32,
    weight: u16,
    slot: u8,
    /// Whether queries find it.
    open: bool,
}

/// The inverted index.
struct Index<'a> {
    reports: &'a [Report<'a>],
    fixed: &'a [Weights],
    /// The position of the report of each rank.
    by_rank: Vec<u32>,
    /// The times of the dated reports, ascending; the ranks before them are undated.
    times: Vec<i64>,
    /// By term, then by rank.
    postings: Vec<Posting>,
    /// Where the postings of each rank are.
    places: Vec<[u32; POSTED]>,
}

struct Scratch {
    sums: Vec<u32>,
    touched: Vec<u32>,
}

impl<'a> Index<'a> {
    fn new(reports: &'a [Report<'a>], fixed: &'a [Weights]) -> Self {
        let mut by_rank: Vec<u32> = (0..reports.len() as u32).collect();
        by_rank.sort_by_key(|&i| reports[i as usize].time);
        let times: Vec<i64> = by_rank.iter().filter_map(|&i| reports[i as usize].time).collect();
        let posted = |(rank, &i): (usize, &u32)| {
            heaviest(rank as u32, reports[i as usize].vector, &fixed[i as usize])
        };
        let mut postings: Vec<Posting> =
            by_rank.par_iter().enumerate().flat_map_iter(posted).collect();
        postings.par_sort_unstable_by_key(|p| (p.term, p.rank));
        let mut places = vec![[u32::MAX; POSTED]; reports.len()];
        for (place, p) in postings.iter().enumerate() {
            places[p.rank as usize][p.slot as usize] = place as u32;
        }
        let mut index = Self { reports, fixed, by_rank, times, postings, places };
        index.close_crowded();
        index
    }

    /// Closes the postings of crowded buckets but for the hubs. A bucket is a term on a day; it depends on the set of
    /// reports only.
    fn close_crowded(&mut self) {
        let (times, by_rank, undated) = (&self.times, &self.by_rank, self.undated());
        let day =
            |p: &Posting| (p.rank as usize).checked_sub(undated).map(|i| times[i].div_euclid(DAY));
        for bucket in self
            .postings
            .chunk_by_mut(|x, y| x.term == y.term && day(x) == day(y))
            .filter(|b| b.len() > CAP)
        {
            let mut lowest: Vec<u32> = bucket.iter().map(|p| by_rank[p.rank as usize]).collect();
            lowest.sort_unstable();
            bucket.iter_mut().for_each(|p| p.open = by_rank[p.rank as usize] < lowest[HUBS]);
        }
    }

    fn undated(&self) -> usize {
        self.by_rank.len() - self.times.len()
    }

    /// Ranks of the dated reports from `from` up to but not including `to`, in seconds.
    fn ranks(&self, from: i64, to: i64) -> std::ops::Range<usize> {
        let rank = |time| self.undated() + self.times.partition_point(|&t| t < time);
        rank(from)..rank(to)
    }

    fn time(&self, rank: usize) -> Option<i64> {
        rank.checked_sub(self.undated()).map(|i| self.times[i])
    }

    /// The matches of a report with those of lower rank, and its neighbours.
    fn query(&self, rank: u32, factor: &TimeFactor, scratch: &mut Scratch) -> Found {
        let time = self.time(rank as usize);
        let neighbourhood = self.neighbourhood(rank as usize, time);
        let scope = match time {
            Some(time) => {
                self.ranks(time - FAR, time + 1).start..neighbourhood.end.max(rank as usize + 1)
            }
            None => 0..self.by_rank.len(),
        };
        self.add_up(rank, &scope, scratch);
        let (mut matches, mut neighbours) = (Vec::new(), Vec::new());
        for &other in &scratch.touched {
            let partial = i64::from(std::mem::take(&mut scratch.sums[other as usize])) >> 12;
            // An undated report is the later of any pair with a dated one.
            let earlier = other < rank || time.is_none() && other as usize >= self.undated();
            if earlier {
                let factor = self.factor(rank, other, factor);
                if partial * factor >= PARTIAL * ONE {
                    matches.push((partial * factor, other));
                }
            }
            if partial >= PARTIAL && neighbourhood.contains(&(other as usize)) {
                neighbours.push((partial, other));
            }
        }
        let matches = best(matches)
            .into_iter()
            .filter_map(|other| self.similar(rank, other, factor))
            .collect();
        Found { matches, neighbours: self.nearest(rank, neighbours) }
    }

    /// The ranks among which a report's neighbours are: of its past, or of whatever is at hand when that is little.
    fn neighbourhood(&self, rank: usize, time: Option<i64>) -> std::ops::Range<usize> {
        let Some(time) = time else { return 0..self.undated() };
        let past = self.ranks(time - FAR + 1, time - NEAR);
        if past.len() >= HISTORY {
            past
        } else {
            self.ranks(time - FAR + 1, time + NEAR).start
                ..self.ranks(time, time + NEAR).end.max(rank)
        }
    }

    /// The time factor of two reports; 1 where either is of unknown date and they are not known to be far apart.
    fn factor(&self, a: u32, b: u32, factor: &TimeFactor) -> i64 {
        let Some(gap) = self.time(a as usize).zip(self.time(b as usize)).map(|(x, y)| x - y) else {
            return ONE;
        };
        let stamped =
            [a, b].iter().any(|&rank| self.reports[self.by_rank[rank as usize] as usize].stamped);
        match factor.at(gap) {
            0 => 0,
            _ if stamped => ONE,
            factor => factor,
        }
    }

    /// Adds up the products of the postings that a report shares with those in scope.
    fn add_up(&self, rank: u32, scope: &std::ops::Range<usize>, scratch: &mut Scratch) {
        scratch.touched.clear();
        for &place in self.places[rank as usize].iter().take_while(|&&place| place != u32::MAX) {
            let own = self.postings[place as usize];
            let inside = |p: &&Posting| p.term == own.term && scope.contains(&(p.rank as usize));
            let (before, after) =
                (&self.postings[..place as usize], &self.postings[place as usize + 1..]);
            for p in before
                .iter()
                .rev()
                .take_while(inside)
                .chain(after.iter().take_while(inside))
                .filter(|p| p.open)
            {
                let sum = &mut scratch.sums[p.rank as usize];
                if *sum == 0 {
                    scratch.touched.push(p.rank);
                }
                *sum += u32::from(p.weight) * u32::from(own.weight);
            }
        }
    }

    fn cosine(&self, a: u32, b: u32) -> i32 {
        let (i, j) = (self.by_rank[a as usize] as usize, self.by_rank[b as usize] as usize);
        let side = |i: usize| (&*self.reports[i].vector.dimensions, &*self.fixed[i].weights);
        cosine(dot(side(i), side(j)), self.fixed[i].length, self.fixed[j].length) as i32
    }

    fn similar(&self, rank: u32, other: u32, factor: &TimeFactor) -> Option<Similar> {
        let (i, j) = (self.by_rank[rank as usize], self.by_rank[other as usize]);
        let factor = self.factor(rank, other, factor) as i32;
        let pair = Similar { a: i.min(j), b: i.max(j), cosine: self.cosine(rank, other), factor };
        (i64::from(pair.cosine) * i64::from(factor) >= SIMILAR * ONE).then_some(pair)
    }

    fn nearest(&self, rank: u32, neighbours: Vec<(i64, u32)>) -> Vec<(u32, i32)> {
        let mut nearest: Vec<(u32, i32)> = best(neighbours)
            .into_iter()
            .map(|other| (self.by_rank[other as usize], self.cosine(rank, other)))
            .collect();
        nearest.retain(|n| i64::from(n.1) >= SIMILAR);
        nearest.sort_unstable_by_key(|&(i, cosine)| (-cosine, i));
        nearest.truncate(KEPT);
        nearest
    }
}

/// The heaviest terms of a report, heaviest first, as postings.
fn heaviest(rank: u32, vector: &Vector, weights: &Weights) -> Vec<Posting> {
    let mut terms: Vec<(u16, u32)> = weights
        .weights
        .iter()
        .copied()
        .zip(vector.dimensions.iter().copied())
        .filter(|t| t.0 > 0)
        .collect();
    let order = |t: &(u16, u32)| (std::cmp::Reverse(t.0), t.1);
    if terms.len() > POSTED {
        terms.select_nth_unstable_by_key(POSTED, order);
        terms.truncate(POSTED);
    }
    terms.sort_unstable_by_key(order);
    let unit = |weight: u16| (f64::from(weight) / weights.length * UNIT).round() as u16;
    let posting = |(slot, (weight, term)): (usize, (u16, u32))| Posting {
        term,
        rank,
        weight: unit(weight),
        slot: slot as u8,
        open: true,
    };
    terms.into_iter().enumerate().map(posting).collect()
}

/// The candidates with the highest partial sums.
fn best(mut candidates: Vec<(i64, u32)>) -> Vec<u32> {
    if candidates.len() > CANDIDATES {
        candidates.select_nth_unstable_by(CANDIDATES, |x, y| y.0.cmp(&x.0).then(x.1.cmp(&y.1)));
        candidates.truncate(CANDIDATES);
    }
    candidates.into_iter().map(|c| c.1).collect()
}
