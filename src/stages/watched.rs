//! The buckets that articles come to or go from, and who else is in them.

use foldhash::HashMap;

use super::candidates::{BOUNDS, Table, keys};
use super::sketch::Sketch;

/// The keys of all articles that come or go, or a part of these keys.
#[derive(Debug)]
pub struct Watched {
    part: Part,
    /// For each table a number for each key.
    buckets: Vec<HashMap<u64, u32>>,
    /// The table of each bucket, and the earliest article that comes to it or goes.
    changes: Vec<(i8, u32)>,
    /// Most keys of others are not watched: a bit for each stretch of keys says so.
    bits: Vec<u64>,
    shift: u32,
}

/// No article.
const NONE: u32 = u32::MAX;

/// What there is in buckets that are watched, as far as it matters.
///
/// Nothing changes between two articles that are before all that come to their bucket or go. Of these, only the first ones of
/// a bucket and the last ones are in a pair with any other.
#[derive(Debug)]
pub struct Members {
    first: Vec<[u32; BOUNDS.hubs]>,
    last: Vec<[u32; BOUNDS.near]>,
    /// Bucket and article, of all others.
    others: Vec<(u32, u32)>,
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
    /// Watches the keys of some articles. `rank` orders articles as their positions do.
    pub fn new<'a, R: Ord>(
        part: Part,
        changing: impl Iterator<Item = (u32, &'a Sketch)>,
        rank: impl Fn(u32) -> R,
    ) -> Self {
        let (mut buckets, mut changes) = (Vec::<HashMap<u64, u32>>::new(), Vec::new());
        for (item, sketch) in changing {
            for (table, key) in keys(sketch).filter(|&(_, key)| part.has(key)) {
                if buckets.len() <= place(table) {
                    buckets.resize_with(place(table) + 1, HashMap::default);
                }
                let known = buckets[place(table)].entry(key);
                let bucket = *known.or_insert(changes.len() as u32);
                match changes.get_mut(bucket as usize) {
                    None => changes.push((table.number() as i8, item)),
                    Some((_, earliest)) if rank(item) < rank(*earliest) => *earliest = item,
                    Some(_) => {}
                }
            }
        }
        // So many bits that one in some fifty is set, at most 16 MB.
        let places = (48 * changes.len()).next_power_of_two().clamp(64, 1 << 27);
        let shift = u64::BITS - places.ilog2();
        let mut bits = vec![0u64; places / 64];
        // The order does not matter: bits are set.
        buckets.iter().flat_map(HashMap::keys).for_each(|key| {
            let place = key >> shift;
            bits[place as usize / 64] |= 1 << (place % 64);
        });
        Self { part, buckets, changes, bits, shift }
    }

    /// The number of the table of a bucket.
    pub(super) fn table(&self, bucket: u32) -> i64 {
        self.changes[bucket as usize].0.into()
    }

    /// Nothing yet.
    pub fn nothing(&self) -> Members {
        let n = self.changes.len();
        let (first, last) = (vec![[NONE; BOUNDS.hubs]; n], vec![[NONE; BOUNDS.near]; n]);
        Members { first, last, others: Vec::new() }
    }

    /// Adds an article for each of its keys that is watched. Gives whether there is any.
    pub fn find<R: Ord>(
        &self,
        item: u32,
        sketch: &Sketch,
        rank: impl Fn(u32) -> R,
        members: &mut Members,
    ) -> bool {
        let mut found = false;
        let before = |x: u32, y: u32| y == NONE || rank(x) < rank(y);
        let after = |x: u32, y: u32| y == NONE || rank(x) > rank(y);
        for (table, key) in keys(sketch) {
            let bit = key >> self.shift;
            let may_be = self.bits[bit as usize / 64] >> (bit % 64) & 1 == 1;
            if !may_be || !self.part.has(key) {
                continue;
            }
            let bucket = self.buckets.get(place(table)).and_then(|table| table.get(&key));
            let Some(&bucket) = bucket else { continue };
            found = true;
            if rank(item) >= rank(self.changes[bucket as usize].1) {
                members.others.push((bucket, item));
            } else {
                put(&mut members.first[bucket as usize], item, before);
                put(&mut members.last[bucket as usize], item, after);
            }
        }
        found
    }
}

/// Where the keys of a table are.
fn place(table: Table) -> usize {
    (table.number() + 1) as usize
}

/// Puts an item where it belongs among the foremost, if it does.
fn put(foremost: &mut [u32], item: u32, before: impl Fn(u32, u32) -> bool) {
    // Articles mostly come in the order of time.
    if foremost.last().is_none_or(|&last| !before(item, last)) {
        return;
    }
    let mut item = item;
    for place in foremost {
        if before(item, *place) {
            std::mem::swap(&mut item, place);
            if item == NONE {
                return;
            }
        }
    }
}

impl Members {
    /// Takes in what else there is.
    pub fn extend(&mut self, other: Self) {
        let Self { first, last, others } = other;
        self.others.extend(others);
        self.others.extend(of_buckets(&first));
        self.others.extend(of_buckets(&last));
    }

    /// All of them, bucket by bucket.
    pub(super) fn into_hits(self) -> Vec<(u32, u32)> {
        let mut hits = self.others;
        hits.extend(of_buckets(&self.first));
        hits.extend(of_buckets(&self.last));
        hits.sort_unstable();
        hits.dedup();
        hits
    }
}

/// The articles of each bucket.
fn of_buckets<const N: usize>(all: &[[u32; N]]) -> impl Iterator<Item = (u32, u32)> {
    let each = |(bucket, items): (u32, &[u32; N])| items.map(|item| (bucket, item));
    (0..).zip(all).flat_map(each).filter(|&(_, item)| item != NONE)
}
