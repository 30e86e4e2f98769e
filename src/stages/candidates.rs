//! Sketches to candidate pairs: which articles are worth an exact comparison.

use rayon::prelude::*;

use super::sketch::Sketch;
use crate::kernel::bands;
use crate::kernel::buckets::{self, Bounds};
use crate::kernel::hash::mix;

/// Bands of a signature. With 3 rows, a pair of resemblance .4 is proposed with chance .94 and one of .5 with .996.
pub const BANDS: usize = 42;
/// Slots in a band.
pub const ROWS: usize = 3;
/// What a bucket of articles that share a band may cost.
pub const BOUNDS: Bounds = Bounds { cap: 8, hubs: 3 };

/// Hashes of two leads that agree in a proposed pair.
const SHARED: usize = 2;

/// Blocks of a fingerprint; two fingerprints within [`DISTANCE`] bits agree in at least two of the five.
const BLOCKS: u32 = 5;
/// Most bits in which the fingerprints of a proposed pair differ.
pub const DISTANCE: u32 = 3;

/// Which sketches are proposed for comparison, as [`buckets::pair`]s of positions, ascending and distinct, and the size of the
/// largest bucket. An article without a sketch is in no pair.
pub fn propose(sketches: &[Option<&Sketch>]) -> (Vec<u64>, usize) {
    let bands = (0..BANDS).into_par_iter().map(|band| by_band(sketches, band));
    let blocks = (0..BLOCKS)
        .into_par_iter()
        .flat_map_iter(|i| (i + 1..BLOCKS).map(move |j| (i, j)))
        .map(|two| by_blocks(sketches, two));
    let leads = rayon::iter::once(()).map(|()| (by_lead(sketches), 0));
    let proposed: Vec<(Vec<u64>, usize)> = bands.chain(blocks).chain(leads).collect();
    let largest = proposed.iter().map(|p| p.1).max().unwrap_or(0);
    let mut pairs = proposed.into_iter().flat_map(|p| p.0).collect();
    buckets::distinct(&mut pairs);
    (pairs, largest)
}

fn present<'a>(sketches: &'a [Option<&'a Sketch>]) -> impl Iterator<Item = (u32, &'a Sketch)> {
    sketches.iter().enumerate().filter_map(|(i, s)| Some((i as u32, (*s)?)))
}

fn by_band(sketches: &[Option<&Sketch>], band: usize) -> (Vec<u64>, usize) {
    let mut rows: Vec<(u64, u32)> =
        present(sketches).map(|(i, s)| (bands::key(&s.signature, band, ROWS), i)).collect();
    let mut pairs = Vec::new();
    let largest = buckets::propose(&mut rows, BOUNDS, &mut pairs);
    buckets::distinct(&mut pairs);
    (pairs, largest)
}

/// Pairs whose texts begin alike: they share at least [`SHARED`] of the hashes of their leads.
fn by_lead(sketches: &[Option<&Sketch>]) -> Vec<u64> {
    let hashes = |(i, s): (u32, &Sketch)| {
        let known = s.lead.into_iter().filter(|&hash| hash != u32::MAX);
        known.map(move |hash| (mix(hash.into()), i)).collect::<Vec<_>>()
    };
    let mut rows: Vec<(u64, u32)> = present(sketches).flat_map(hashes).collect();
    let mut pairs = Vec::new();
    buckets::propose(&mut rows, BOUNDS, &mut pairs);
    pairs.sort_unstable();
    let often = pairs.chunk_by(|x, y| x == y).filter(|same| same.len() >= SHARED);
    often.map(|same| same[0]).collect()
}

/// Pairs whose fingerprints agree in two given blocks and differ little elsewhere.
fn by_blocks(sketches: &[Option<&Sketch>], (i, j): (u32, u32)) -> (Vec<u64>, usize) {
    let block = |i: u32| {
        (u64::MAX >> (64 - 64 * (i + 1) / BLOCKS))
            & !(1u64.checked_shl(64 * i / BLOCKS).map_or(0, |bit| bit - 1))
    };
    let mask = block(i) | block(j);
    let mut rows: Vec<(u64, u32)> =
        present(sketches).map(|(i, s)| (mix(s.fingerprint & mask), i)).collect();
    let mut pairs = Vec::new();
    let largest = buckets::propose(&mut rows, BOUNDS, &mut pairs);
    let fingerprint = |i: u32| sketches[i as usize].map_or(0, |s| s.fingerprint);
    pairs.retain(|&pair| {
        let (a, b) = buckets::items(pair);
        (fingerprint(a) ^ fingerprint(b)).count_ones() <= DISTANCE
    });
    (pairs, largest)
}
