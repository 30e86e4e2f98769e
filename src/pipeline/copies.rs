//! The near-duplicate level: candidate pairs are looked at batch by batch, so that only a batch's lists are in memory.

use std::io;

use rayon::prelude::*;

use super::corpus::Corpus;
use super::exact::Exact;
use super::parts::Loaded;
use super::spool::{Item, Place, Spool};
use crate::kernel::buckets::{self, items};
use crate::kernel::components::Components;
use crate::params::Params;
use crate::stages::candidates::{PASSES, Pass, Scratch};
use crate::stages::decide::Constraints;
use crate::stages::duplicates::{self, Candidates, Duplicates, Examined, hopeful};
use crate::stages::sketch::Sketch;
use crate::stages::verify::Compared;

/// Proposes pairs of articles that are not the same word for word.
///
/// # Errors
/// Sketches that were put aside cannot be read.
pub(super) fn propose(corpus: &Corpus, exact: &Exact, params: &Params) -> io::Result<Candidates> {
    let spool = &corpus.sketches.spool;
    let sizes: Vec<u32> = exact.kept.iter().map(|&i| corpus.n_shingles(i) as u32).collect();
    let places: Vec<Place> = exact.kept.iter().map(|&i| corpus.sketch(i)).collect();
    if spool.is_here() {
        let here = |&place: &Place| spool.here(place).and_then(<[Sketch]>::first);
        let sketches: Vec<Option<&Sketch>> = places.iter().map(here).collect();
        return Ok(duplicates::propose(&sketches, &sizes, params));
    }
    let (mut pairs, mut largest_bucket) = (Vec::new(), 0);
    for number in 0..PASSES {
        let mut pass = Pass::new(number, places.len());
        spool.gather(&places, |k, sketch| sketch.iter().for_each(|s| pass.add(k as u32, s)))?;
        let (found, largest) = pass.pairs(&pairs, &mut Scratch::default());
        largest_bucket = largest_bucket.max(largest);
        let found = in_order(corpus, exact, &found).1;
        let mut left = Vec::new();
        in_batches(&found, spool, &places, corpus.room.batch, |batch, loaded| {
            let hopes = |&pair: &u64| {
                let both = <[u32; 2]>::from(items(pair));
                let sizes = both.map(|i| sizes[i as usize] as usize);
                let both = both.map(|i| loaded.of(batch.place(i)).first());
                matches!(both, [Some(x), Some(y)] if hopeful([x, y], sizes, params))
            };
            left.extend(batch.pairs.iter().copied().filter(hopes));
            Ok(())
        })?;
        left.sort_unstable();
        pairs = buckets::union(&pairs, &left);
    }
    Ok(Candidates { pairs, largest_bucket })
}

/// Finds near-duplicate groups among the articles of candidate pairs.
///
/// # Errors
/// Shingles that were put aside cannot be read.
pub(super) fn find(
    corpus: &Corpus,
    exact: &Exact,
    candidates: Vec<u64>,
    constraints: &Constraints,
    params: &Params,
) -> io::Result<Duplicates> {
    let (components, pairs) = in_order(corpus, exact, &candidates);
    drop(candidates);
    let apart = constraints.groups_apart(|i| exact.slot(i));
    duplicates::find(pairs, &components, apart, |pairs| examine(corpus, exact, pairs, params))
}

/// What hangs together by pairs, in the order in which it was read, and the pairs in that order.
pub(super) fn in_order(corpus: &Corpus, exact: &Exact, pairs: &[u64]) -> (Components, Vec<u64>) {
    let part = |i: u32| corpus.part(exact.kept[i as usize]) as usize;
    let both = pairs.iter().map(|&pair| items(pair));
    let components = Components::new(exact.kept.len(), both, corpus.n_parts(), part);
    let pairs = components.sort(pairs, |&pair| items(pair).0);
    (components, pairs)
}

/// Checks pairs exactly: most quickly in the order of their components, so that each list is asked for once.
pub(super) fn examine(
    corpus: &Corpus,
    exact: &Exact,
    pairs: &[u64],
    params: &Params,
) -> io::Result<Vec<Examined>> {
    let mut examined = Vec::with_capacity(pairs.len());
    let places: Vec<Place> = exact.kept.iter().map(|&i| corpus.shingles_of(i)).collect();
    let (spool, mut heads) = (&corpus.shingles.spool, corpus.heads());
    in_batches(pairs, spool, &places, corpus.room.batch, |batch, loaded| {
        let kept = |&i: &u32| exact.kept[i as usize];
        heads.load(batch.members.iter().map(kept))?;
        let copy = |(k, i): (usize, &u32)| corpus.compared(kept(i), loaded.of(k), heads.of(k));
        let copies: Vec<Compared> = batch.members.par_iter().enumerate().map(copy).collect();
        let of = |i: u32| &copies[batch.place(i)];
        examined.append(&mut duplicates::examine(batch.pairs, of, params));
        Ok(())
    })?;
    Ok(examined)
}

/// Some pairs, and the articles in them.
struct Batch<'a> {
    pairs: &'a [u64],
    /// Their articles, each once.
    members: &'a [u32],
    /// For each article its place in `members`.
    local: &'a [u32],
}

impl Batch<'_> {
    /// Where an article stands among the members.
    fn place(&self, i: u32) -> usize {
        self.local[i as usize] as usize
    }
}

/// Calls `each` with some pairs after the others and the lists of their articles, which are at `places`: so many that these have
/// at most `room` bytes, unless those of one pair have more.
fn in_batches<T: Item>(
    mut rest: &[u64],
    spool: &Spool<T>,
    places: &[Place],
    room: usize,
    mut each: impl FnMut(&Batch<'_>, &Loaded<'_, T>) -> io::Result<()>,
) -> io::Result<()> {
    let (mut members, mut local) = (Vec::new(), vec![u32::MAX; places.len()]);
    let mut loaded = Loaded::new(spool);
    while !rest.is_empty() {
        let (mut used, mut n) = (0, 0);
        for &pair in rest {
            let both = <[u32; 2]>::from(items(pair));
            let new = both.iter().filter(|&&i| local[i as usize] == u32::MAX);
            used += new.map(|&i| places[i as usize].len() * T::SIZE).sum::<usize>();
            if used > room && n > 0 {
                break;
            }
            for i in both {
                if local[i as usize] == u32::MAX {
                    local[i as usize] = members.len() as u32;
                    members.push(i);
                }
            }
            n += 1;
        }
        let (pairs, others) = rest.split_at(n);
        loaded.load(members.iter().map(|&i: &u32| places[i as usize]))?;
        each(&Batch { pairs, members: &members, local: &local }, &loaded)?;
        members.drain(..).for_each(|i| local[i as usize] = u32::MAX);
        rest = others;
    }
    Ok(())
}
