//! Which candidate pairs come and go with articles: the rule of [`super::candidates`] for those buckets alone that change.
//!
//! A pair is a candidate while enough buckets propose it. What a bucket proposes depends on its members only, so that a pair's
//! count changes by what the buckets with a new or a gone member propose now and did not before, or the other way round.

use foldhash::{HashSet, HashSetExt};

use super::candidates::{BOUNDS, DISTANCE, SHARED, Table, keys};
use super::sketch::Sketch;
use crate::kernel::buckets::{of_bucket, pair};

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

/// How many buckets propose a pair.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Proposals {
    /// Of bands and of fingerprints: one is enough.
    pub any: i16,
    /// Of leads: it takes [`SHARED`].
    pub lead: i16,
}

impl Proposals {
    /// Whether the pair is a candidate.
    pub fn suffice(self) -> bool {
        self.any > 0 || self.lead >= SHARED as i16
    }
}

/// The keys of all articles that come or go.
#[derive(Debug)]
pub struct Watched {
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

impl Watched {
    /// Watches the keys of some sketches.
    pub fn new<'a>(sketches: impl Iterator<Item = &'a Sketch> + Clone) -> Self {
        let mut watched = HashSet::new();
        sketches.for_each(|sketch| watched.extend(keys(sketch).map(|(_, key)| key)));
        // So many bits that one in some fifty is set, at most 16 MB.
        let places = (48 * watched.len()).next_power_of_two().clamp(64, 1 << 27);
        let shift = u64::BITS - places.ilog2();
        let mut bits = vec![0u64; places / 64];
        for key in &watched {
            let place = key >> shift;
            bits[place as usize / 64] |= 1 << (place % 64);
        }
        Self { keys: watched, bits, shift }
    }

    /// Adds an article for each of its keys that is watched.
    pub fn find(&self, item: u32, sketch: &Sketch, hits: &mut Vec<Hit>) {
        for (table, key) in keys(sketch) {
            let place = key >> self.shift;
            let may_be = self.bits[place as usize / 64] >> (place % 64) & 1 == 1;
            if may_be && self.keys.contains(&key) {
                hits.push(Hit { table: table.number() as i8, key, item });
            }
        }
    }
}

/// How the numbers of proposals change, by pair, each pair once; `hits` are of all articles before and now.
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
        let mut shift = |from: &[u64], other: &[u64], by: i16| {
            for &p in from.iter().filter(|p| other.binary_search(p).is_err()) {
                let (a, b) = crate::kernel::buckets::items(p);
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
    shifts
}
