//! The near-duplicate level: candidate pairs are looked at batch by batch, so that only a batch's lists are in memory.

use std::io;

use rayon::prelude::*;

use super::corpus::Corpus;
use super::exact::Exact;
use super::parts::Loaded;
use super::spool::{Item, Place, Spool};
use crate::kernel::buckets::{self, Buckets, items, pair};
use crate::kernel::linkage::together;
use crate::params::Params;
use crate::stages::candidates::{PASSES, Pass};
use crate::stages::duplicates::{self, Candidates, Examined, hopeful};
use crate::stages::sketch::Sketch;
use crate::stages::verify::Copy;

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
        let (mut found, largest) = pass.pairs(&pairs, &mut Buckets::default());
        largest_bucket = largest_bucket.max(largest);
        let mut left = Vec::new();
        Batches::new(corpus, exact, &mut found).each(spool, &places, |batch, loaded| {
            left.extend(
                batch
                    .pairs()
                    .filter(|(k, pair)| {
                        let both = k.map(|k| loaded.of(k).first());
                        let sizes =
                            <[u32; 2]>::from(items(*pair)).map(|i| sizes[i as usize] as usize);
                        matches!(both, [Some(x), Some(y)] if hopeful([x, y], sizes, params))
                    })
                    .map(|(_, pair)| pair),
            );
            Ok(())
        })?;
        pairs.append(&mut left);
        buckets::distinct(&mut pairs);
    }
    Ok(Candidates { pairs, largest_bucket })
}

/// Checks pairs exactly, ascending or not.
///
/// # Errors
/// Shingles that were put aside cannot be read.
pub(super) fn examine(
    corpus: &Corpus,
    exact: &Exact,
    pairs: &[u64],
    params: &Params,
) -> io::Result<Vec<Examined>> {
    // Some will be examined because these match: to make room for them then would need the memory twice.
    let mut examined = Vec::with_capacity(pairs.len() + pairs.len() / 4);
    let places: Vec<Place> = exact.kept.iter().map(|&i| corpus.shingles_of(i)).collect();
    let mut pairs = pairs.to_vec();
    Batches::new(corpus, exact, &mut pairs).each(
        &corpus.shingles.spool,
        &places,
        |batch, loaded| {
            let articles = || batch.members.iter().map(|&i| exact.kept[i as usize]);
            let heads = corpus.load_words(articles())?;
            let copy = |(k, i): (usize, u32)| corpus.copy(i, loaded.of(k), heads.of(k));
            let copies: Vec<Copy> = articles().enumerate().map(copy).collect();
            let local: Vec<u64> =
                batch.pairs().map(|([a, b], _)| pair(a as u32, b as u32)).collect();
            let mut found = duplicates::examine(&local, |k| &copies[k as usize], params);
            for e in &mut found {
                let (a, b) = (batch.members[e.a as usize], batch.members[e.b as usize]);
                (e.a, e.b) = (a.min(b), a.max(b));
            }
            examined.append(&mut found);
            Ok(())
        },
    )?;
    Ok(examined)
}

/// Pairs in an order in which those of the same articles stand together.
struct Batches<'a> {
    pairs: &'a [u64],
    /// Bytes of lists in a batch.
    room: usize,
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
    /// The places of both articles among the members, and the pair.
    fn pairs(&self) -> impl Iterator<Item = ([usize; 2], u64)> {
        self.pairs.iter().map(|&pair| {
            let (a, b) = items(pair);
            ([a, b].map(|i| self.local[i as usize] as usize), pair)
        })
    }
}

impl<'a> Batches<'a> {
    /// Sorts pairs by what they hang together with, and that by where it was read.
    fn new(corpus: &Corpus, exact: &Exact, pairs: &'a mut [u64]) -> Self {
        let root = together(exact.kept.len(), pairs.iter().map(|&pair| items(pair)));
        let part = |i: u32| corpus.part(exact.kept[i as usize]);
        let mut order: Vec<u32> = (0..root.len() as u32).collect();
        order.par_sort_by_cached_key(|&i| (part(root[i as usize]), root[i as usize]));
        // Pairs of ranks sort as they are.
        let mut rank = root;
        order.iter().zip(0..).for_each(|(&i, at)| rank[i as usize] = at);
        let renamed = |pair: u64, names: &[u32]| {
            let (a, b) = items(pair);
            buckets::pair(names[a as usize], names[b as usize])
        };
        pairs.iter_mut().for_each(|pair| *pair = renamed(*pair, &rank));
        pairs.par_sort_unstable();
        pairs.iter_mut().for_each(|pair| *pair = renamed(*pair, &order));
        Self { pairs, room: corpus.room.batch }
    }

    /// Calls `each` with every batch and the lists of its members, which are at `places`.
    fn each<T: Item>(
        &self,
        spool: &Spool<T>,
        places: &[Place],
        mut each: impl FnMut(&Batch<'_>, &Loaded<'_, T>) -> io::Result<()>,
    ) -> io::Result<()> {
        let (mut members, mut local) = (Vec::new(), vec![u32::MAX; places.len()]);
        let mut rest = self.pairs;
        while !rest.is_empty() {
            let (mut used, mut n) = (0, 0);
            for &pair in rest {
                let both = <[u32; 2]>::from(items(pair));
                let new = both.iter().filter(|&&i| local[i as usize] == u32::MAX);
                used += new.map(|&i| places[i as usize].len() * T::SIZE).sum::<usize>();
                if used > self.room && n > 0 {
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
            let wanted: Vec<Place> = members.iter().map(|&i| places[i as usize]).collect();
            let loaded = Loaded::from(spool, &wanted)?;
            each(&Batch { pairs, members: &members, local: &local }, &loaded)?;
            members.drain(..).for_each(|i| local[i as usize] = u32::MAX);
            rest = others;
        }
        Ok(())
    }
}
