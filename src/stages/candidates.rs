//! Sketches to candidate pairs: which articles are worth an exact comparison.

use rayon::prelude::*;

use super::pool::Pool;
use super::sketch::{LEAD_HASHES, Lead, NO_LEAD, Sketch};
use crate::kernel::bands;
use crate::kernel::buckets::{self, Bounds, Buckets, KEY_BITS};
use crate::kernel::hash::{GOLDEN_32, mix};
use crate::kernel::wide::{fetch, wide};

/// Bands of a signature. With 3 rows, a pair of resemblance .4 is proposed with chance .94 and one of .5 with .996.
pub const BANDS: usize = 42;
/// Slots in a band.
pub const ROWS: usize = 3;
/// What a bucket of articles that share a band may cost.
pub const BOUNDS: Bounds =
    if cfg!(test) { Bounds { hubs: 1, near: 1 } } else { Bounds { hubs: 3, near: 1 } };

/// Hashes of two leads that agree in a proposed pair.
pub const SHARED: usize = 2;

/// Bands whose keys are computed together, because their slots lie side by side.
const TOGETHER: usize = 7;

/// Passes over all sketches in which pairs are found.
pub const PASSES: usize = BANDS / TOGETHER + 1;
/// The last pass, which proposes what no other does.
const LEADS: usize = PASSES - 1;

/// Which sketches are proposed for comparison, as [`buckets::pair`]s of positions, ascending and distinct, and the size of the
/// largest bucket. They are in the order of time; an article without a sketch is in no pair.
pub fn propose(sketches: &[Option<&Sketch>]) -> (Vec<u64>, usize) {
    let idle = Pool::new(Scratch::default);
    let work = |number: usize, known: &[u64]| {
        let mut pass = Pass::new(number, sketches.len());
        for (sketch, i) in sketches.iter().zip(0..) {
            sketch.iter().for_each(|sketch| pass.add(i, sketch));
        }
        idle.with_one(|scratch| pass.pairs(known, scratch))
    };
    let join = |(some, largest): (Vec<u64>, usize), (others, other): (Vec<u64>, usize)| {
        (buckets::union(&some, &others), largest.max(other))
    };
    let passes = (0..LEADS).into_par_iter().with_max_len(1).map(|number| work(number, &[]));
    let (by_band, largest) = passes.reduce_with(join).unwrap_or_default();
    let by_lead = work(LEADS, &by_band).0;
    (buckets::union(&by_band, &by_lead), largest)
}

/// What one pass gathers: the whole sketches need not be in memory at once.
#[derive(Debug)]
pub enum Pass {
    /// Slots of some bands.
    Bands {
        /// The first slot of a signature that is gathered.
        first: usize,
        /// Whose slots these are.
        items: Vec<u32>,
        /// The slots.
        slots: Vec<[u16; TOGETHER * ROWS]>,
        /// How many items there may be.
        n: usize,
    },
    /// The lead of every item.
    Leads(Vec<Lead>),
}

/// Buffers that serve one pass after the other over the same sketches.
#[derive(Debug, Default)]
pub struct Scratch {
    buckets: Buckets,
    found: Vec<u64>,
}

impl Pass {
    /// Begins a pass, `number` of [`PASSES`], over so many sketches.
    pub fn new(number: usize, sketches: usize) -> Self {
        if number == LEADS {
            return Self::Leads(vec![NO_LEAD; sketches]);
        }
        let (items, slots) = (Vec::with_capacity(sketches), Vec::with_capacity(sketches));
        Self::Bands { first: number * TOGETHER * ROWS, items, slots, n: sketches }
    }

    /// Adds the sketch of an item, which is below the number of sketches; their order does not matter.
    pub fn add(&mut self, item: u32, sketch: &Sketch) {
        match self {
            Self::Bands { first, items, slots, .. } => {
                let some = sketch.signature[*first..].first_chunk();
                slots.push(*some.expect("all bands lie in the signature"));
                items.push(item);
            }
            Self::Leads(leads) => leads[item as usize] = sketch.lead,
        }
    }

    /// The pairs found, ascending and distinct, and the size of the largest bucket; a pair that an earlier pass with the same
    /// `scratch` has found may be left out. The last pass finds only pairs that are
    /// not `known`; the others need not know any.
    pub fn pairs(self, known: &[u64], scratch: &mut Scratch) -> (Vec<u64>, usize) {
        match self {
            Self::Bands { items, slots, n, .. } => {
                let Scratch { buckets, found } = scratch;
                found.clear();
                let one = |band: usize| {
                    let rows = slots.iter().map(|slots| bands::slots(slots, band));
                    let rows = rows.zip(items.iter().copied());
                    buckets.propose(n, rows, BOUNDS, |pair| found.push(pair))
                };
                let largest = (0..TOGETHER).map(one).max().unwrap_or(0);
                drop((items, slots));
                let mut pairs = buckets::sorted(found, n);
                pairs.dedup();
                pairs.shrink_to_fit();
                (pairs, largest)
            }
            Self::Leads(leads) => {
                // There is no pass after this one.
                *scratch = Scratch::default();
                (by_lead(leads, known), 0)
            }
        }
    }
}

/// Parts of all hashes that pairs by leads are looked for in: fewer would take more memory, more would go through all leads more often.
const LEAD_PARTS: u32 = 16;

/// Pairs proposed that are looked at together: what is fetched for one is then waited for with that for the others.
const AT_ONCE: usize = 256;

/// Pairs of items whose texts begin alike: at least two of the hashes of their leads propose them.
fn by_lead(leads: Vec<Lead>, known: &[u64]) -> Vec<u64> {
    let known = Known::new(known, leads.len());
    // Most pairs that share one hash share no other, and together they would be the most that is in memory at any time.
    let keep_new = |some: &mut Vec<u64>, new: &mut Vec<u64>| {
        keep_sharing(some, &leads);
        known.leave(some);
        new.append(some);
    };
    let all_buckets = Pool::new(Buckets::every);
    let of_part = |part: u32| -> Vec<u64> {
        let rows = LEAD_HASHES * leads.len() / LEAD_PARTS as usize;
        let mut rows = Vec::with_capacity(rows + rows / 8);
        for (lead, item) in leads.iter().zip(0..) {
            let ours = |&hash: &u32| hash % LEAD_PARTS == part && hash != u32::MAX;
            let mut ours =
                lead.iter().rev().fold(0u32, |all, hash| all << 1 | u32::from(ours(hash)));
            while ours != 0 {
                rows.push((lead[ours.trailing_zeros() as usize], item));
                ours &= ours - 1;
            }
        }
        let rows = rows.iter().map(|&(hash, item)| (spread(hash), item));
        let (mut some, mut new) = (Vec::with_capacity(AT_ONCE), Vec::new());
        let found = |pair| {
            let both = <[u32; 2]>::from(buckets::items(pair));
            both.into_iter().for_each(|i| fetch(&leads[i as usize]));
            some.push(pair);
            if some.len() == AT_ONCE {
                keep_new(&mut some, &mut new);
            }
        };
        all_buckets.with_one(|buckets| buckets.propose(leads.len(), rows, BOUNDS, found));
        keep_new(&mut some, &mut new);
        count(buckets::sorted(&new, leads.len()))
    };
    let join = |some: Vec<u64>, others: Vec<u64>| {
        buckets::union_by(&some, &others, |pair| pair >> 1, |pair, _| pair | 1)
    };
    let parts = (0..LEAD_PARTS).into_par_iter().with_max_len(1);
    let counted: Vec<Vec<u64>> = parts.map(of_part).collect();
    drop((all_buckets, known, leads));
    // Two by two, so that no long list is gone through again and again.
    let counted = counted.into_par_iter().with_max_len(1).reduce_with(join);
    counted.into_iter().flatten().filter(|pair| pair & 1 == 1).map(|pair| pair >> 1).collect()
}

/// Brings equal pairs, which are ascending, down to one, shifted left by a bit, which is set if there were several. Their lower
/// items are below 2^31.
fn count(mut pairs: Vec<u64>) -> Vec<u64> {
    pairs.iter_mut().for_each(|pair| *pair <<= 1);
    pairs.dedup_by(|again, pair| {
        let same = *again == *pair & !1;
        *pair |= u64::from(same);
        same
    });
    pairs
}

wide! {
    /// Keeps those of some pairs whose leads have so many hashes in common that these can propose them.
    fn keep_sharing(pairs: &mut Vec<u64>, leads: &[Lead]) {
        let mut kept = 0;
        for i in 0..pairs.len() {
            let (a, b) = buckets::items(pairs[i]);
            let (a, b) = (&leads[a as usize], &leads[b as usize]);
            // Marked first and then counted: the compiler would add up after each hash.
            let mut shared = [false; LEAD_HASHES];
            for hash in b {
                shared.iter_mut().zip(a).for_each(|(shared, other)| *shared |= hash == other);
            }
            // What fills up a lead stands in several places.
            let shared = shared.iter().zip(a).filter(|&(&shared, &hash)| shared & (hash != u32::MAX));
            pairs[kept] = pairs[i];
            kept += usize::from(shared.count() >= SHARED);
        }
        pairs.truncate(kept);
    }
}

/// A set of pairs.
struct Known<'a> {
    /// Ascending.
    pairs: &'a [u64],
    /// Where those begin that have an item as their lower one, for each item, and where the last ones end.
    starts: Vec<u32>,
}

impl<'a> Known<'a> {
    /// Some pairs, ascending, of so many items.
    fn new(pairs: &'a [u64], items: usize) -> Self {
        let mut starts = Vec::with_capacity(items + 1);
        let mut end = 0;
        for item in 0..=items as u64 {
            end += pairs[end..].iter().take_while(|&&pair| pair >> 32 < item).count();
            starts.push(end as u32);
        }
        Self { pairs, starts }
    }

    /// Those with the lower item of a pair.
    fn beside(&self, pair: u64) -> &'a [u64] {
        let lower = (pair >> 32) as usize;
        &self.pairs[self.starts[lower] as usize..self.starts[lower + 1] as usize]
    }

    /// Takes those that are known out of at most [`AT_ONCE`] pairs.
    fn leave(&self, pairs: &mut Vec<u64>) {
        // All are fetched before the first is looked at.
        let mut beside: [&[u64]; AT_ONCE] = [&[]; AT_ONCE];
        for (beside, &pair) in beside.iter_mut().zip(&*pairs) {
            *beside = self.beside(pair);
            fetch(&beside[..beside.len().min(1)]);
        }
        let mut beside = beside.into_iter();
        let mut known = || beside.next().expect("no more are looked at together");
        pairs.retain(|pair| known().binary_search(pair).is_err());
    }
}

/// A key of a value, the upper bits of which are spread evenly.
pub(super) fn spread(value: u32) -> u64 {
    u64::from(value.wrapping_mul(GOLDEN_32)) << (KEY_BITS - u32::BITS)
}

/// Which keys a key is one of; keys of different tables have nothing to do with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// Of bands; a band is part of its key.
    Bands,
    /// Of hashes of the lead.
    Lead,
}

impl Table {
    /// A number for each table.
    pub fn number(self) -> i64 {
        match self {
            Self::Bands => 0,
            Self::Lead => -1,
        }
    }
}

/// Places of keys in a sketch.
pub const PLACES: usize = BANDS + LEAD_HASHES;

/// The table of the keys at a place.
pub fn table(place: usize) -> Table {
    if place < BANDS { Table::Bands } else { Table::Lead }
}

/// The key at a place of a sketch, if there is one.
#[inline]
pub fn key(sketch: &Sketch, place: usize) -> Option<u64> {
    match place.checked_sub(BANDS) {
        None => Some(bands::key(&sketch.signature, place, ROWS)),
        Some(n) => Some(sketch.lead[n]).filter(|&hash| hash != u32::MAX).map(|h| mix(h.into())),
    }
}

/// All keys under which an article is looked for.
pub fn keys(sketch: &Sketch) -> impl Iterator<Item = (Table, u64)> {
    (0..PLACES).filter_map(|place| Some((table(place), key(sketch, place)?)))
}

/// Whether two sketches have so much in common that they are proposed, unless too many others have the same.
pub fn meet(x: &Sketch, y: &Sketch) -> bool {
    let of_y: Vec<(Table, u64)> = keys(y).collect();
    let weight = |(table, _): (Table, u64)| if table == Table::Bands { SHARED } else { 1 };
    keys(x).filter(|key| of_y.contains(key)).map(weight).sum::<usize>() >= SHARED
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::kernel::fss::SLOTS;
    use crate::kernel::wide::tests::at_all_levels;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn leads_that_share_two_hashes_are_kept(some in prop::collection::vec(prop::collection::btree_set(0u32..12, 0..9), 2..9)) {
            let lead = |hashes: &BTreeSet<u32>| {
                let mut lead = NO_LEAD;
                lead.iter_mut().zip(hashes).for_each(|(place, &hash)| *place = hash);
                lead
            };
            let leads: Vec<Lead> = some.iter().map(lead).collect();
            let n = some.len() as u32;
            let all: Vec<u64> = (0..n).flat_map(|a| (0..a).map(move |b| buckets::pair(a, b))).collect();
            let shared = |&pair: &u64| {
                let (a, b) = buckets::items(pair);
                some[a as usize].intersection(&some[b as usize]).count()
            };
            let expected: Vec<u64> = all.iter().copied().filter(|pair| shared(pair) >= 2).collect();
            let kept = || {
                let mut pairs = all.clone();
                keep_sharing(&mut pairs, &leads);
                pairs
            };
            prop_assert!(at_all_levels(kept).iter().all(|kept| *kept == expected));
        }
    }

    #[test]
    fn two_hashes_of_the_lead_are_enough() {
        let sketch = |(slot, hashes): (u16, &&[u32])| {
            let mut lead = NO_LEAD;
            lead[..hashes.len()].copy_from_slice(hashes);
            // No two share a band.
            Sketch { signature: [slot; SLOTS], lead }
        };
        let proposed = |leads: &[&[u32]]| {
            let sketches: Vec<Sketch> = (0..).zip(leads).map(sketch).collect();
            let (pairs, _) = propose(&sketches.iter().map(Some).collect::<Vec<_>>());
            let n = sketches.len();
            let all = (0..n).flat_map(|a| (a + 1..n).map(move |b| (a as u32, b as u32)));
            let meeting = all.filter(|&(a, b)| meet(&sketches[a as usize], &sketches[b as usize]));
            let pairs: Vec<(u32, u32)> = pairs.into_iter().map(buckets::items).collect();
            assert_eq!(pairs, meeting.collect::<Vec<_>>(), "no bucket is crowded");
            pairs
        };
        let [a, b, c] = [1 << 20, 1 << 30, (3 << 30) + 7];
        assert_eq!(proposed(&[&[a, b], &[a, b, c]]), [(0, 1)]);
        assert_eq!(proposed(&[&[a, c], &[b], &[a, b, c]]), [(0, 2)]);
        assert_eq!(proposed(&[&[a], &[a], &[], &[]]), []);
        // However many there are, of whatever parts.
        assert_eq!(proposed(&[&[1, 2, 3], &[1, 2, 3]]), [(0, 1)]);
        assert_eq!(proposed(&[&[1, 9, 2, 3], &[1, 2, 3, 9]]), [(0, 1)]);
    }

    #[test]
    fn one_band_is_enough_however_many_share_it() {
        let sketch = |slots: [u16; 3]| {
            let mut sketch = Sketch { signature: [slots[0]; SLOTS], lead: NO_LEAD };
            sketch.signature[ROWS..2 * ROWS].copy_from_slice(&slots);
            sketch
        };
        let some = [[1, 7, 7], [2, 7, 7], [3, 7, 7]].map(sketch);
        assert!(!meet(&some[0], &some[1]), "no slot of a band may differ");
        let same = |own: u16| Sketch { lead: [u32::from(own); LEAD_HASHES], ..some[0] };
        assert!(meet(&same(1), &same(2)));
    }
}
