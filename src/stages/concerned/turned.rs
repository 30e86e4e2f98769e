//! What reports that come and go do to the buckets that they are in: which become crowded, or have other hubs.

use rayon::prelude::*;

use super::{Moved, day, seconds};
use crate::stages::posted::plain;
use crate::stages::postings::{Postings, bound};
use crate::stages::reach::{Purpose, Times};

/// Reports that stay and are found by a term now and were not, or the other way round: those of a bucket in which others
/// came or went.
pub(super) struct Flipped {
    pub(super) term: u32,
    pub(super) purpose: Purpose,
    /// When the first and the last of them were published.
    pub(super) times: [i64; 2],
}

/// A posting by which one that came is found, or one that went was.
#[derive(Clone, Copy)]
pub(super) struct Open {
    /// Which one of those that moved.
    pub(super) number: u32,
    pub(super) term: u32,
    /// What it weighs in it: for matches in the upper half, for neighbours in the lower, 0 where it is not found.
    pub(super) weight: u64,
}

/// What came of those that moved.
#[derive(Default)]
pub(super) struct Turned {
    pub(super) flipped: Vec<Flipped>,
    /// By number.
    pub(super) open: Vec<Open>,
}

/// A posting of one that moved.
struct Posting<'a> {
    term: u32,
    weight: u16,
    number: u32,
    of: &'a Moved,
}

/// What comes of those that `moved`.
pub(super) fn turned(postings: &Postings, times: &Times, moved: &[Moved], came: &[bool]) -> Turned {
    let posting =
        |number, of| move |&(term, weight): &(u32, u16)| Posting { term, weight, number, of };
    let n = moved.iter().map(|m| m.posted.len()).sum();
    let mut all: Vec<Posting<'_>> = Vec::with_capacity(n);
    all.extend((0..).zip(moved).flat_map(|(n, m)| m.posted.iter().map(posting(n, m))));
    all.sort_unstable_by_key(|p| (p.term, p.of.time, p.number));
    let of_term = all.par_chunk_by(|x, y| x.term == y.term);
    let parts =
        of_term.map(|of_term| turned_of(postings.of(of_term[0].term), of_term, times, came));
    let mut turned = Turned::default();
    for part in parts.collect::<Vec<Turned>>() {
        turned.flipped.extend(part.flipped);
        turned.open.extend(part.open);
    }
    turned.open.sort_unstable_by_key(|open| (open.number, open.term));
    turned
}

/// What comes of the postings of one term.
fn turned_of(
    (all, weights): (&[u32], &[u16]),
    moved: &[Posting<'_>],
    times: &Times,
    came: &[bool],
) -> Turned {
    let (mut turned, identity) = (Turned::default(), |&i: &u32| times.identities[i as usize]);
    for of_day in moved.chunk_by(|x, y| day(x.of.time) == day(y.of.time)) {
        let seconds = seconds(day(of_day[0].of.time));
        let reports = times.between(seconds.start, seconds.end);
        let place = |end: usize| all.partition_point(|&i| (i as usize) < end);
        let (begin, end) = (place(reports.start), place(reports.end));
        let mut open = vec![0; of_day.len()];
        for purpose in Purpose::ALL {
            let now = || {
                let both = all[begin..end].iter().zip(&weights[begin..end]);
                both.filter(|p| purpose.has(*p.1)).map(|p| p.0)
            };
            let gone = of_day.iter().filter(|p| p.of.position.is_none() && purpose.has(p.weight));
            let stayed = || now().filter(|&&i| !came[i as usize]);
            // As it is now: where that changes what is found of all terms, those who reach the day are asked anyhow.
            let cap = purpose.cap(reports.len());
            let was = bound(stayed().map(identity).chain(gone.map(|p| p.of.identity)), cap);
            let is = bound(now().map(identity), cap);
            let found = |bound: Option<u64>, identity| bound.is_none_or(|bound| identity < bound);
            for (p, open) in of_day.iter().zip(&mut open).filter(|(p, _)| purpose.has(p.weight)) {
                let bound = if p.of.position.is_some() { is } else { was };
                let weight = if found(bound, p.of.identity) { plain(p.weight).into() } else { 0 };
                *open |= if purpose == Purpose::Matches { weight << 32 } else { weight };
            }
            if was != is {
                let flips = |i: &&u32| found(was, identity(i)) != found(is, identity(i));
                let mut others = stayed().filter(flips);
                if let Some(first) = others.next() {
                    let last = others.next_back().unwrap_or(first);
                    let times = [first, last].map(|&i| times.seconds[i as usize]);
                    let term = of_day[0].term;
                    turned.flipped.push(Flipped { term, purpose, times });
                }
            }
        }
        let found = of_day.iter().zip(open).filter(|(_, weight)| *weight > 0);
        let found = found.map(|(p, weight)| Open { number: p.number, term: p.term, weight });
        turned.open.extend(found);
    }
    turned
}
