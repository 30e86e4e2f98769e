//! Sketches to candidate pairs: which articles are worth an exact comparison.

use rayon::prelude::*;

use super::sketch::Sketch;
use crate::kernel::bands;
use crate::kernel::buckets::{self, Bounds, Buckets};
use crate::kernel::hash::mix;

/// Bands of a signature. With 3 rows, a pair of resemblance .4 is proposed with chance .94 and one of .5 with .996.
pub const BANDS: usize = 42;
/// Slots in a band.
pub const ROWS: usize = 3;
/// What a bucket of articles that share a band may cost.
pub const BOUNDS: Bounds =
    if cfg!(test) { Bounds { cap: 4, hubs: 1 } } else { Bounds { cap: 8, hubs: 3 } };

/// Hashes of two leads that agree in a proposed pair.
pub const SHARED: usize = 2;

/// Blocks of a fingerprint; two fingerprints within [`DISTANCE`] bits agree in at least two of the five.
const BLOCKS: u32 = 5;
/// Most bits in which the fingerprints of a proposed pair differ.
pub const DISTANCE: u32 = 3;

/// Bands whose keys are computed together, because their slots lie side by side.
const TOGETHER: usize = 6;

/// Which sketches are proposed for comparison, as [`buckets::pair`]s of positions, ascending and distinct, and the size of the
/// largest bucket. An article without a sketch is in no pair.
pub fn propose(sketches: &[Option<&Sketch>]) -> (Vec<u64>, usize) {
    let present = || sketches.iter().zip(0..).filter_map(|(s, i): (_, u32)| Some(((*s)?, i)));
    let prints: Vec<(u64, u32)> = present().map(|(s, i)| (s.fingerprint, i)).collect();
    let items: Vec<(&Sketch, u32)> = present().collect();
    let bands = (0..BANDS / TOGETHER)
        .into_par_iter()
        .map_init(Buckets::default, |buckets, i| by_bands(&items, i * TOGETHER, buckets));
    let blocks =
        (0..BLOCKS).into_par_iter().flat_map_iter(|i| (i + 1..BLOCKS).map(move |j| (i, j)));
    let blocks = blocks
        .map_init(Buckets::default, |buckets, two| by_blocks(&prints, two, sketches, buckets));
    let leads = rayon::iter::once(&items).map(|items| (by_lead(items), 0));
    let proposed: Vec<(Vec<u64>, usize)> = bands.chain(blocks).chain(leads).collect();
    let largest = proposed.iter().map(|p| p.1).max().unwrap_or(0);
    let mut pairs = proposed.into_iter().flat_map(|p| p.0).collect();
    buckets::distinct(&mut pairs);
    (pairs, largest)
}

/// Pairs that share one of some bands, from `first` on.
fn by_bands(items: &[(&Sketch, u32)], first: usize, buckets: &mut Buckets) -> (Vec<u64>, usize) {
    let mut keys = vec![0; items.len() * TOGETHER];
    for (i, (sketch, _)) in items.iter().enumerate() {
        for band in 0..TOGETHER {
            keys[band * items.len() + i] = bands::key(&sketch.signature, first + band, ROWS);
        }
    }
    let mut pairs = Vec::new();
    let one = |band| {
        let keys = &keys[band * items.len()..(band + 1) * items.len()];
        let rows = keys.iter().zip(items).map(|(&key, &(_, i))| (key, i));
        buckets.propose(rows, BOUNDS, |_, _| true, &mut pairs)
    };
    let largest = (0..TOGETHER).map(one).max().unwrap_or(0);
    (pairs, largest)
}

/// Pairs whose texts begin alike: they share at least [`SHARED`] of the hashes of their leads.
fn by_lead(items: &[(&Sketch, u32)]) -> Vec<u64> {
    let hashes = |&(sketch, i): &(&_, u32)| lead_keys(sketch).map(move |key| (key, i));
    let rows: Vec<(u64, u32)> = items.iter().flat_map(hashes).collect();
    let mut pairs = Vec::new();
    Buckets::every().propose(rows.iter().copied(), BOUNDS, |_, _| true, &mut pairs);
    pairs.sort_unstable();
    let often = pairs.chunk_by(|x, y| x == y).filter(|same| same.len() >= SHARED);
    often.map(|same| same[0]).collect()
}

/// Pairs whose fingerprints agree in two given blocks and differ little elsewhere.
fn by_blocks(
    prints: &[(u64, u32)],
    (i, j): (u32, u32),
    sketches: &[Option<&Sketch>],
    buckets: &mut Buckets,
) -> (Vec<u64>, usize) {
    let mask = mask(i, j);
    let rows = prints.iter().map(|&(print, i)| (mix(print & mask), i));
    let fingerprint = |i: u32| sketches[i as usize].map_or(0, |s| s.fingerprint);
    let near = |a, b| (fingerprint(a) ^ fingerprint(b)).count_ones() <= DISTANCE;
    let mut pairs = Vec::new();
    let largest = buckets.propose(rows, BOUNDS, near, &mut pairs);
    (pairs, largest)
}

/// The bits of two blocks of a fingerprint.
fn mask(i: u32, j: u32) -> u64 {
    let block = |i: u32| {
        (u64::MAX >> (64 - 64 * (i + 1) / BLOCKS))
            & !(1u64.checked_shl(64 * i / BLOCKS).map_or(0, |bit| bit - 1))
    };
    block(i) | block(j)
}

fn lead_keys(sketch: &Sketch) -> impl Iterator<Item = u64> + use<> {
    sketch.lead.into_iter().filter(|&hash| hash != u32::MAX).map(|hash| mix(hash.into()))
}

/// Which keys a key is one of; keys of different tables have nothing to do with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// Of bands; a band is part of its key.
    Bands,
    /// Of the fingerprint's blocks, for a pair of blocks each.
    Blocks(u8),
    /// Of hashes of the lead.
    Lead,
}

impl Table {
    /// A number for each table.
    pub fn number(self) -> i64 {
        match self {
            Self::Bands => 0,
            Self::Blocks(pair) => 1 + i64::from(pair),
            Self::Lead => -1,
        }
    }
}

/// All keys under which an article is looked for.
pub fn keys(sketch: &Sketch) -> impl Iterator<Item = (Table, u64)> {
    let band = |band| (Table::Bands, bands::key(&sketch.signature, band, ROWS));
    let blocks = (0..BLOCKS).flat_map(|i| (i + 1..BLOCKS).map(move |j| mask(i, j)));
    let block = |(n, mask)| (Table::Blocks(n), mix(sketch.fingerprint & mask));
    let lead = lead_keys(sketch).map(|key| (Table::Lead, key));
    (0..BANDS).map(band).chain((0..).zip(blocks).map(block)).chain(lead)
}
