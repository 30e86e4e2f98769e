//! Sketches to candidate pairs: which articles are worth an exact comparison.

use rayon::prelude::*;

use super::sketch::{LEAD_HASHES, Sketch};
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

/// Passes over all sketches in which pairs are found.
pub const PASSES: usize = BANDS / TOGETHER + 2;

/// Which sketches are proposed for comparison, as [`buckets::pair`]s of positions, ascending and distinct, and the size of the
/// largest bucket. An article without a sketch is in no pair.
pub fn propose(sketches: &[Option<&Sketch>]) -> (Vec<u64>, usize) {
    let work = |number: usize| {
        let mut pass = Pass::new(number, sketches.len());
        for (sketch, i) in sketches.iter().zip(0..) {
            sketch.iter().for_each(|sketch| pass.add(i, sketch));
        }
        pass.pairs()
    };
    let proposed: Vec<(Vec<u64>, usize)> = (0..PASSES).into_par_iter().map(work).collect();
    let largest = proposed.iter().map(|p| p.1).max().unwrap_or(0);
    let mut pairs = proposed.into_iter().flat_map(|p| p.0).collect();
    buckets::distinct(&mut pairs);
    (pairs, largest)
}

/// What one pass gathers: the whole sketches need not be in memory at once.
#[derive(Debug)]
pub struct Pass {
    items: Vec<u32>,
    gathered: Gathered,
}

#[derive(Debug)]
enum Gathered {
    /// Keys of some bands, the first of which is named, each band's by itself.
    Bands(usize, [Vec<u64>; TOGETHER]),
    Fingerprints(Vec<u64>),
    Leads(Vec<[u32; LEAD_HASHES]>),
}

impl Pass {
    /// Begins a pass, `number` of [`PASSES`], over so many sketches.
    pub fn new(number: usize, sketches: usize) -> Self {
        let gathered = match (number * TOGETHER, number) {
            (first @ ..BANDS, _) => {
                Gathered::Bands(first, std::array::from_fn(|_| Vec::with_capacity(sketches)))
            }
            (_, number) if number + 1 < PASSES => Gathered::Leads(Vec::with_capacity(sketches)),
            _ => Gathered::Fingerprints(Vec::with_capacity(sketches)),
        };
        Self { items: Vec::with_capacity(sketches), gathered }
    }

    /// Adds the sketch of an item; their order does not matter.
    pub fn add(&mut self, item: u32, sketch: &Sketch) {
        self.items.push(item);
        match &mut self.gathered {
            Gathered::Bands(first, keys) => {
                let key = |band: usize| bands::key(&sketch.signature, *first + band, ROWS);
                keys.iter_mut().enumerate().for_each(|(band, keys)| keys.push(key(band)));
            }
            Gathered::Fingerprints(prints) => prints.push(sketch.fingerprint),
            Gathered::Leads(leads) => leads.push(sketch.lead),
        }
    }

    /// The pairs found, which may repeat, and the size of the largest bucket.
    pub fn pairs(self) -> (Vec<u64>, usize) {
        let mut buckets = Buckets::default();
        let mut pairs = Vec::new();
        let items = &self.items;
        let largest = match self.gathered {
            Gathered::Bands(_, keys) => {
                let one = |keys: Vec<u64>| {
                    let rows = keys.iter().copied().zip(items.iter().copied());
                    buckets.propose(rows, BOUNDS, |_, _| true, &mut pairs)
                };
                keys.into_iter().map(one).max().unwrap_or(0)
            }
            Gathered::Leads(leads) => {
                pairs = by_lead(items, &leads);
                0
            }
            Gathered::Fingerprints(prints) => {
                by_fingerprint(items, &prints, &mut buckets, &mut pairs)
            }
        };
        (pairs, largest)
    }
}

/// Pairs whose texts begin alike: at least two of the hashes of their leads propose them. They may repeat.
fn by_lead(items: &[u32], leads: &[[u32; LEAD_HASHES]]) -> Vec<u64> {
    let mut buckets = Buckets::every();
    let (mut rows, mut proposed) = (Vec::with_capacity(items.len()), Vec::new());
    let (mut once, mut twice) = (Vec::new(), Vec::new());
    // Part by part, for all rows and proposals at once would be the most that is in memory at any time.
    for part in 0..LEAD_HASHES as u64 {
        rows.clear();
        for (&lead, &item) in leads.iter().zip(items) {
            let of_part = lead_keys(lead).filter(|key| key % LEAD_HASHES as u64 == part);
            rows.extend(of_part.map(|key| (key, item)));
        }
        buckets.propose(rows.iter().copied(), BOUNDS, |_, _| true, &mut proposed);
        proposed.sort_unstable();
        for same in proposed.chunk_by(|x, y| x == y) {
            if same.len() > 1 || once.binary_search(&same[0]).is_ok() {
                twice.push(same[0]);
            }
        }
        once.append(&mut proposed);
        // Stable, because that makes use of what is in order already.
        once.sort();
        once.dedup();
    }
    twice
}

/// Pairs whose fingerprints agree in two blocks and differ little elsewhere; gives the size of the largest bucket.
fn by_fingerprint(
    items: &[u32],
    prints: &[u64],
    buckets: &mut Buckets,
    pairs: &mut Vec<u64>,
) -> usize {
    let last = items.iter().max().map_or(0, |&last| last as usize + 1);
    let mut of_item = vec![0; last];
    items.iter().zip(prints).for_each(|(&item, &print)| of_item[item as usize] = print);
    let near =
        |a: u32, b: u32| (of_item[a as usize] ^ of_item[b as usize]).count_ones() <= DISTANCE;
    let two = (0..BLOCKS).flat_map(|i| (i + 1..BLOCKS).map(move |j| (i, j)));
    let one = |(i, j): (u32, u32)| {
        let mask = mask(i, j);
        let rows = prints.iter().zip(items).map(|(&print, &item)| (mix(print & mask), item));
        buckets.propose(rows, BOUNDS, near, pairs)
    };
    two.map(one).max().unwrap_or(0)
}

/// The bits of two blocks of a fingerprint.
fn mask(i: u32, j: u32) -> u64 {
    let block = |i: u32| {
        (u64::MAX >> (64 - 64 * (i + 1) / BLOCKS))
            & !(1u64.checked_shl(64 * i / BLOCKS).map_or(0, |bit| bit - 1))
    };
    block(i) | block(j)
}

fn lead_keys(lead: [u32; LEAD_HASHES]) -> impl Iterator<Item = u64> {
    lead.into_iter().filter(|&hash| hash != u32::MAX).map(|hash| mix(hash.into()))
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
    let lead = lead_keys(sketch.lead).map(|key| (Table::Lead, key));
    (0..BANDS).map(band).chain((0..).zip(blocks).map(block)).chain(lead)
}
