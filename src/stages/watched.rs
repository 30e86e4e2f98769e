//! The buckets that articles come to or go from, and who else is in them. Articles are numbered here in the order of time.

use foldhash::HashMap;

use super::candidates::{BANDS, BOUNDS, PLACES, Table, table};
use super::sketch::{LEAD_HASHES, Sketch};
use crate::kernel::bands;
use crate::kernel::filter::Filter;
use crate::kernel::hash::mix;

/// The keys of all articles that come or go, or a part of these keys.
#[derive(Debug)]
pub struct Watched {
    places: Vec<Place>,
    /// The table of each bucket.
    tables: Vec<Table>,
    /// The earliest article that comes to each bucket or goes.
    earliest: Vec<u32>,
}

/// What is watched at one place of a sketch; keys of a lead may stand at each other's places and share one.
#[derive(Debug, Default)]
struct Place {
    /// A number for each key.
    buckets: HashMap<u64, u32>,
    /// Of so few bits that it stays in the nearest cache while it is asked: one other key in ten gets by.
    filter: Filter,
    /// The same of the keys mixed, so that of those that got by one in ten gets by again.
    second: Filter,
}

/// No article.
const NONE: u32 = u32::MAX;

/// What there is in buckets that are watched, as far as it matters.
///
/// Nothing changes between two articles that are before all that come to their bucket or go. Of these, only the first ones of
/// a bucket and the last ones are in a pair with any other.
#[derive(Debug)]
pub struct Members {
    buckets: Vec<Bucket>,
    /// Bucket and article, of all others.
    others: Vec<(u32, u32)>,
}

/// What is looked at of a bucket for each article in it lies side by side: memory is waited for once.
#[derive(Debug, Clone)]
struct Bucket {
    /// The earliest article that comes or goes.
    earliest: u32,
    /// The first and the last ones before it.
    first: [u32; BOUNDS.hubs],
    last: [u32; BOUNDS.near],
}

/// A share of all keys, so that those of many articles need not be in memory at once. A key of a band belongs to a part by its
/// place, a hash of a lead by its value, since it may stand at other places in other leads.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    number: usize,
    of: usize,
}

impl Part {
    /// As many parts as it takes when so many articles come or go.
    pub fn all(changing: usize) -> impl Iterator<Item = Self> {
        let of = changing.div_ceil(TOGETHER).clamp(1, PLACES);
        (0..of).map(move |number| Self { number, of })
    }

    /// Whether it has a hash of leads, wherever that stands.
    fn has_lead(self, key: u64) -> bool {
        key != NO_KEY && self.has(PLACES - 1 - key as usize % LEAD_HASHES)
    }

    fn has(self, place: usize) -> bool {
        place % self.of == self.number
    }
}

/// Articles whose keys are in memory at once.
const TOGETHER: usize = 60_000;

impl Watched {
    /// Watches the keys of some articles.
    pub fn new<'a>(part: Part, changing: impl Iterator<Item = (u32, &'a Sketch)>) -> Self {
        let changing: Vec<(u32, &Sketch)> = changing.collect();
        let (mut places, mut tables) = (Vec::<Place>::new(), Vec::new());
        let mut earliest: Vec<u32> = Vec::new();
        // Place by place, so that buckets that are looked at together lie together.
        for at in (0..PLACES).filter(|&place| is_of_lead(place) || part.has(place)) {
            let (table, place) = (table(at), of_table(at));
            if places.len() <= place {
                places.resize_with(place + 1, Place::default);
            }
            let buckets = &mut places[place].buckets;
            for &(item, sketch) in &changing {
                let key = key(sketch, at);
                if is_of_lead(at) && !part.has_lead(key) {
                    continue;
                }
                let bucket = *buckets.entry(key).or_insert(tables.len() as u32);
                match earliest.get_mut(bucket as usize) {
                    None => {
                        tables.push(table);
                        earliest.push(item);
                    }
                    Some(earliest) => *earliest = item.min(*earliest),
                }
            }
        }
        for place in &mut places {
            // The order does not matter: bits are set.
            let keys = || place.buckets.keys().copied();
            (place.filter, place.second) =
                (Filter::new(keys(), 8), Filter::new(keys().map(mix), 8));
        }
        Self { places, tables, earliest }
    }

    /// The table of a bucket.
    pub(super) fn table(&self, bucket: u32) -> Table {
        self.tables[bucket as usize]
    }

    /// Nothing yet.
    pub fn nothing(&self) -> Members {
        let (first, last) = ([NONE; BOUNDS.hubs], [NONE; BOUNDS.near]);
        let bucket = |&earliest| Bucket { earliest, first, last };
        Members { buckets: self.earliest.iter().map(bucket).collect(), others: Vec::new() }
    }

    /// Adds some articles for each of their keys that is watched.
    pub fn find(&self, articles: &[(u32, Sketch)], members: &mut Members) {
        let mut passing = vec![(0, 0); articles.len()];
        for place in 0..PLACES {
            let Some(watched) = self.places.get(of_table(place)) else { continue };
            if watched.buckets.is_empty() {
                continue;
            }
            // No branches: whether a key passes cannot be predicted.
            let mut n = 0;
            for ((_, sketch), article) in articles.iter().zip(0..) {
                let key = key(sketch, place);
                passing[n] = (key, article);
                n += usize::from(watched.filter.may_have(key));
            }
            let mut left = 0;
            for i in 0..n {
                passing[left] = passing[i];
                left += usize::from(watched.second.may_have(mix(passing[i].0)));
            }
            for &(key, article) in &passing[..left] {
                if let Some(&bucket) = watched.buckets.get(&key) {
                    members.put(bucket, articles[article as usize].0);
                }
            }
        }
    }
}

/// Stands for a hash that a lead does not have.
const NO_KEY: u64 = u32::MAX as u64;

/// The key at a place of a sketch, among those at that place alone.
#[inline]
fn key(sketch: &Sketch, place: usize) -> u64 {
    match place.checked_sub(BANDS) {
        None => bands::slots(&sketch.signature, place),
        Some(n) => sketch.lead[n].into(),
    }
}

/// Where keys at a place of a sketch are watched.
fn of_table(place: usize) -> usize {
    if is_of_lead(place) { 0 } else { place + 1 }
}

fn is_of_lead(place: usize) -> bool {
    table(place) == Table::Lead
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
    /// Adds an article that is in a bucket.
    fn put(&mut self, number: u32, item: u32) {
        let bucket = &mut self.buckets[number as usize];
        if item >= bucket.earliest {
            self.others.push((number, item));
        } else {
            put(&mut bucket.first, item, |x, y| y == NONE || x < y);
            put(&mut bucket.last, item, |x, y| y == NONE || x > y);
        }
    }

    /// Takes in what else there is.
    pub fn extend(&mut self, other: Self) {
        self.others.extend(other.others);
        self.others.extend(of_buckets(&other.buckets));
    }

    /// All of them, bucket by bucket.
    pub(super) fn into_hits(self) -> Vec<(u32, u32)> {
        let mut hits = self.others;
        hits.extend(of_buckets(&self.buckets));
        // Stable, because those of the buckets are in order.
        hits.sort();
        hits.dedup();
        hits
    }
}

/// The first and last articles of each bucket.
fn of_buckets(all: &[Bucket]) -> impl Iterator<Item = (u32, u32)> {
    let each = |(number, bucket): (u32, &Bucket)| {
        bucket.first.into_iter().chain(bucket.last).map(move |item| (number, item))
    };
    (0..).zip(all).flat_map(each).filter(|&(_, item)| item != NONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_foremost_stay() {
        let foremost = |items: &[u32]| {
            let mut foremost = [NONE; 3];
            items.iter().for_each(|&item| put(&mut foremost, item, |x, y| x < y));
            foremost
        };
        assert_eq!(foremost(&[7, 5, 6]), [5, 6, 7]);
        assert_eq!(foremost(&[5, 9]), [5, 9, NONE]);
        assert_eq!(foremost(&[4, 2, 8, 1, 9]), [1, 2, 4]);
    }
}
