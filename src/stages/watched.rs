//! The buckets that articles come to or go from, and who else is in them.

use foldhash::HashMap;

use super::candidates::{BOUNDS, PLACES, Table, key, table};
use super::sketch::Sketch;

/// The keys of all articles that come or go, or a part of these keys.
#[derive(Debug)]
pub struct Watched {
    places: Vec<Place>,
    /// The table of each bucket, and the earliest article that comes to it or goes.
    changes: Vec<(i8, u32)>,
}

/// What is watched at one place of a sketch; keys of a lead may stand at each other's places and share one.
#[derive(Debug, Default)]
struct Place {
    /// A number for each key.
    buckets: HashMap<u64, u32>,
    filter: Filter,
}

/// Most keys of others are not watched: a bit for each stretch of keys says so. Of one place there are so few that the bits
/// stay in the cache while place after place is looked at.
#[derive(Debug, Default)]
struct Filter {
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
    /// The fingerprints of articles in buckets of fingerprints.
    prints: Vec<(u32, u64)>,
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

impl Filter {
    fn new(keys: &HashMap<u64, u32>) -> Self {
        // So many bits that one in some fifty is set.
        let bits = (32 * keys.len()).next_power_of_two().max(64);
        let mut filter = Self { bits: vec![0; bits / 64], shift: u64::BITS - bits.ilog2() };
        // The order does not matter: bits are set.
        keys.keys().for_each(|&key| {
            let (word, bit) = filter.place(key);
            filter.bits[word] |= bit;
        });
        filter
    }

    fn place(&self, key: u64) -> (usize, u64) {
        let place = key >> self.shift;
        (place as usize / 64, 1 << (place % 64))
    }

    fn may_have(&self, key: u64) -> bool {
        let (word, bit) = self.place(key);
        self.bits[word] & bit != 0
    }
}

impl Watched {
    /// Watches the keys of some articles. `rank` orders articles as their positions do.
    pub fn new<'a>(
        part: Part,
        changing: impl Iterator<Item = (u32, &'a Sketch)>,
        rank: impl Fn(u32) -> u32,
    ) -> Self {
        let (mut places, mut changes) = (Vec::<Place>::new(), Vec::new());
        for (item, sketch) in changing {
            let all = (0..PLACES).filter_map(|place| Some((place, key(sketch, place)?)));
            for (place, key) in all.filter(|k| part.has(k.1)) {
                let (table, place) = (table(place), of_table(place));
                if places.len() <= place {
                    places.resize_with(place + 1, Place::default);
                }
                let known = places[place].buckets.entry(key);
                let bucket = *known.or_insert(changes.len() as u32);
                match changes.get_mut(bucket as usize) {
                    None => changes.push((table.number() as i8, item)),
                    Some((_, earliest)) if rank(item) < rank(*earliest) => *earliest = item,
                    Some(_) => {}
                }
            }
        }
        places.iter_mut().for_each(|place| place.filter = Filter::new(&place.buckets));
        Self { places, changes }
    }

    /// The number of the table of a bucket.
    pub(super) fn table(&self, bucket: u32) -> i64 {
        self.changes[bucket as usize].0.into()
    }

    /// Nothing yet.
    pub fn nothing(&self) -> Members {
        let n = self.changes.len();
        let (first, last) = (vec![[NONE; BOUNDS.hubs]; n], vec![[NONE; BOUNDS.near]; n]);
        Members { first, last, others: Vec::new(), prints: Vec::new() }
    }

    /// Adds some articles for each of their keys that is watched.
    pub fn find(
        &self,
        articles: &[(u32, Sketch)],
        rank: impl Fn(u32) -> u32,
        members: &mut Members,
    ) {
        for place in 0..PLACES {
            let Some(watched) = self.places.get(of_table(place)) else { continue };
            let keys = articles.iter().filter_map(|a| Some((a, key(&a.1, place)?)));
            for (article, key) in keys.filter(|(_, key)| watched.filter.may_have(*key)) {
                if let Some(&bucket) = watched.buckets.get(&key) {
                    self.put(bucket, article, &rank, members);
                }
            }
        }
    }

    /// Adds an article that is in a bucket.
    fn put(
        &self,
        bucket: u32,
        (item, sketch): &(u32, Sketch),
        rank: impl Fn(u32) -> u32,
        members: &mut Members,
    ) {
        let (table, earliest) = self.changes[bucket as usize];
        if table > 0 {
            members.prints.push((*item, sketch.fingerprint));
        }
        if rank(*item) >= rank(earliest) {
            members.others.push((bucket, *item));
        } else {
            let before = |x: u32, y: u32| y == NONE || rank(x) < rank(y);
            let after = |x: u32, y: u32| y == NONE || rank(x) > rank(y);
            put(&mut members.first[bucket as usize], *item, before);
            put(&mut members.last[bucket as usize], *item, after);
        }
    }
}

/// Where keys at a place of a sketch are watched.
fn of_table(place: usize) -> usize {
    if table(place) == Table::Lead { 0 } else { place + 1 }
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
        let Self { first, last, others, prints } = other;
        self.others.extend(others);
        self.prints.extend(prints);
        self.others.extend(of_buckets(&first));
        self.others.extend(of_buckets(&last));
    }

    /// The fingerprints of those in buckets of fingerprints.
    pub(super) fn fingerprints(&self) -> HashMap<u32, u64> {
        self.prints.iter().copied().collect()
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
