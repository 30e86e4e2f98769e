//! Which candidate pairs come and go with articles: the rule of [`super::candidates`] for those buckets alone that change.
//!
//! A pair is a candidate while enough buckets propose it. What a bucket proposes depends on its members only, so that a pair's
//! count changes by what the buckets with a new or a gone member propose now and did not before, or the other way round.

use foldhash::HashSet;

use super::candidates::{BOUNDS, DISTANCE, SHARED, Table, keys};
use super::sketch::Sketch;
use crate::kernel::buckets::{items, of_bucket, pair};

/// What becomes of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It was there and stays.
    Stays,
    /// It was not there.
    Comes,
    /// It is there no more.
    Goes,
}

/// How many buckets propose a pair; there are fewer than a hundred in all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Proposals {
    /// Of bands and of fingerprints: one is enough.
    pub any: i8,
    /// Of leads: it takes [`SHARED`].
    pub lead: i8,
}

impl Proposals {
    /// Whether the pair is a candidate.
    pub fn suffice(self) -> bool {
        self.any > 0 || self.lead >= SHARED as i8
    }
}

/// The keys of all articles that come or go, or a part of these keys.
#[derive(Debug)]
pub struct Watched {
    part: Part,
    keys: HashSet<u64>,
    /// Most keys of others are not watched: a bit for each stretch of keys says so.
    bits: Vec<u64>,
    shift: u32,
}

/// An article under a key that is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    table: i8,
    key: u64,
    item: u32,
}

/// Some of all keys, so that those of many articles need not be in memory at once.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    number: u64,
    of: u64,
}

impl Part {
    /// As many parts as it takes when so many articles come or go.
    pub fn all(changing: usize) -> impl Iterator<Item = Self> {
        let of = changing.div_ceil(TOGETHER).max(1) as u64;
        (0..of).map(move |number| Self { number, of })
    }

    fn has(self, key: u64) -> bool {
        self.of == 1 || (key >> 16) % self.of == self.number
    }
}

/// Articles whose keys are in memory at once.
const TOGETHER: usize = 60_000;

impl Watched {
    /// Watches the keys of some sketches.
    pub fn new<'a>(part: Part, sketches: impl Iterator<Item = &'a Sketch>) -> Self {
        let of_part = |sketch| keys(sketch).map(|(_, key)| key).filter(move |&key| part.has(key));
        let all: Vec<u64> = sketches.flat_map(of_part).collect();
        // So many bits that one in some fifty is set, at most 16 MB.
        let places = (48 * all.len()).next_power_of_two().clamp(64, 1 << 27);
        let shift = u64::BITS - places.ilog2();
        let mut bits = vec![0u64; places / 64];
        for key in &all {
            let place = key >> shift;
            bits[place as usize / 64] |= 1 << (place % 64);
        }
        Self { part, keys: all.into_iter().collect(), bits, shift }
    }

    /// Adds an article for each of its keys that is watched.
    pub fn find(&self, item: u32, sketch: &Sketch, hits: &mut Vec<Hit>) {
        for (table, key) in keys(sketch) {
            let place = key >> self.shift;
            let may_be = self.bits[place as usize / 64] >> (place % 64) & 1 == 1;
            if may_be && self.part.has(key) && self.keys.contains(&key) {
                hits.push(Hit { table: table.number() as i8, key, item });
            }
        }
    }
}

/// How the numbers of proposals change, by pair; `hits` are of all articles before and now, under the keys of one part.
///
/// `rank` orders articles as their positions do.
pub fn shifts<R: Ord>(
    mut hits: Vec<Hit>,
    change: impl Fn(u32) -> Change,
    rank: impl Fn(u32) -> R,
    fingerprint: impl Fn(u32) -> u64,
) -> Vec<(u64, Proposals)> {
    hits.sort_unstable();
    let mut shifts: Vec<(u64, Proposals)> = Vec::new();
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for bucket in hits.chunk_by(|x, y| (x.table, x.key) == (y.table, y.key)) {
        if bucket.len() == 1 || bucket.iter().all(|hit| change(hit.item) == Change::Stays) {
            continue;
        }
        let table = i64::from(bucket[0].table);
        let counts = |a: u32, b: u32| {
            table <= 0 || (fingerprint(a) ^ fingerprint(b)).count_ones() <= DISTANCE
        };
        let mut members: Vec<u32> = bucket.iter().map(|hit| hit.item).collect();
        members.sort_unstable_by_key(|&item| rank(item));
        let proposals = |without: Change, pairs: &mut Vec<u64>| {
            let there: Vec<u32> =
                members.iter().copied().filter(|&item| change(item) != without).collect();
            pairs.clear();
            of_bucket(&there, BOUNDS, |a, b| pairs.push(pair(a, b)));
            pairs.sort_unstable();
        };
        proposals(Change::Comes, &mut before);
        proposals(Change::Goes, &mut after);
        let mut shift = |from: &[u64], other: &[u64], by: i8| {
            for &p in from.iter().filter(|p| other.binary_search(p).is_err()) {
                let (a, b) = items(p);
                if counts(a, b) {
                    let lead = table == Table::Lead.number();
                    let (any, lead) = if lead { (0, by) } else { (by, 0) };
                    shifts.push((p, Proposals { any, lead }));
                }
            }
        };
        shift(&before, &after, -1);
        shift(&after, &before, 1);
    }
    shifts
}

/// Adds up what changes the same pair; a pair of which nothing changes is left out.
pub fn add_up(shifts: &mut Vec<(u64, Proposals)>) {
    shifts.sort_unstable_by_key(|shift| shift.0);
    shifts.dedup_by(|later, kept| {
        let same = later.0 == kept.0;
        if same {
            kept.1.any += later.1.any;
            kept.1.lead += later.1.lead;
        }
        same
    });
    shifts.retain(|(_, by)| *by != Proposals::default());
}
