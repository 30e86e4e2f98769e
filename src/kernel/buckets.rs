//! Which items share a key, without ever paying for all pairs of a crowded key.
//!
//! **The bucket rule.** Items that share a key form a bucket, in their order. A pair is proposed if one of the two is among
//! the first `hubs` items of a shared bucket, or if it is at most the `near`th after the other in one. The rule looks at the
//! set of items only, so that any order of arrival gives the same pairs; a bucket of n costs at most n × (hubs + near), and
//! one of at most hubs + near + 1 items is paired whole. What comes after all items of a bucket takes no pair away.

use super::hash::GOLDEN;
use super::sort::by_number_and;

/// What a bucket may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// How many of the first items of a bucket are paired with all of it.
    pub hubs: usize,
    /// With how many of the next items every item is paired.
    pub near: usize,
}

/// A pair of items, the lower in the upper half, so that pairs sort by both.
pub fn pair(a: u32, b: u32) -> u64 {
    u64::from(a.min(b)) << 32 | u64::from(a.max(b))
}

/// The two items of a [`pair`], the lower first.
pub fn items(pair: u64) -> (u32, u32) {
    ((pair >> 32) as u32, pair as u32)
}

/// Buffers for one table of keys after the other, all of the same items: a pair that an earlier table proposed need not be
/// proposed again.
#[derive(Debug, Default)]
pub struct Buckets {
    by_first: Vec<u64>,
    by_second: Vec<u64>,
    ends: Vec<u32>,
    finer_ends: Vec<u32>,
    recent: Recent,
    /// Whether every bucket's proposals count, however often a pair was proposed before.
    every: bool,
}

/// Bits of a key.
pub const KEY_BITS: u32 = 48;
/// Bits that choose a part first: so many parts can be written to at once.
const DIGIT: u32 = 8;
/// Most bits that choose a part of such a part, which lies in a near cache with all of its parts.
const FINER: u32 = 12;
/// Most pairs that are remembered: more do not stay in the caches, and to sort what repeats costs less.
const MOST_RECENT: usize = 1 << 16;

impl Buckets {
    /// Buckets that propose a pair once for each bucket it shares.
    pub fn every() -> Self {
        Self { every: true, ..Self::default() }
    }

    /// Hands over the pairs that the bucket rule proposes for `(key, item)` rows in any order. Keys have [`KEY_BITS`]
    /// bits, of which the upper ones should be spread evenly; items are below `items`.
    ///
    /// A pair may be handed over more than once, or not at all if an earlier call has handed it over. Returns the size of the
    /// largest bucket.
    pub fn propose(
        &mut self,
        items: usize,
        rows: impl ExactSizeIterator<Item = (u64, u32)> + Clone,
        bounds: Bounds,
        mut found: impl FnMut(u64),
    ) -> usize {
        let Self { by_first, by_second, ends, finer_ends, recent, every } = self;
        // What is left of a key has room above the item in 64 bits.
        let bits = items.max(2).ilog2();
        let first = DIGIT.max((bits + 1).saturating_sub(u64::BITS - KEY_BITS));
        let second = rows.len().max(1).ilog2().saturating_sub(first).clamp(1, FINER);
        let left = KEY_BITS - first;
        recent.make_room(rows.len());
        let item = |row: u64| (row & (u64::MAX >> left)) as u32;
        let mut each = |x: u64, y: u64| {
            let pair = pair(item(x), item(y));
            if *every || recent.is_new(pair) {
                found(pair);
            }
        };
        let mut largest = rows.len().min(1);
        let key = |row: u64| row >> (u64::BITS - left);
        let row = |(key, item)| (key >> left, key << (u64::BITS - left) | u64::from(item));
        for part in spread(rows.map(row), first, ends, by_first) {
            let part = part.iter().map(|&row| (row >> (u64::BITS - second), row));
            for part in spread(part, second, finer_ends, by_second).filter(|part| part.len() > 1) {
                part.sort_unstable();
                for bucket in part.chunk_by(|&x, &y| key(x) == key(y)).filter(|b| b.len() > 1) {
                    largest = largest.max(bucket.len());
                    of_bucket(bucket, bounds, &mut each);
                }
            }
        }
        largest
    }
}

/// Pairs met lately, each in the place that its hash gives it: most are met again and again.
#[derive(Debug, Default)]
pub struct Recent {
    places: Vec<u64>,
}

impl Recent {
    /// With room for so many pairs, if not for more already; what is forgotten for want of room is new when it is met again.
    pub fn make_room(&mut self, pairs: usize) {
        let places = (2 * pairs).next_power_of_two().min(MOST_RECENT);
        if self.places.len() < places {
            // No pair has an item twice, so that 0 is none.
            self.places = vec![0; places];
        }
    }

    /// Whether a pair was not met lately; there is room for some.
    pub fn is_new(&mut self, pair: u64) -> bool {
        let shift = u64::BITS - self.places.len().trailing_zeros();
        let place = (pair.wrapping_mul(GOLDEN) >> shift) as usize;
        std::mem::replace(&mut self.places[place], pair) != pair
    }
}

/// Spreads rows over parts by the `bits` of their digits, and gives the parts.
fn spread<'a>(
    rows: impl ExactSizeIterator<Item = (u64, u64)> + Clone,
    bits: u32,
    ends: &'a mut Vec<u32>,
    to: &'a mut Vec<u64>,
) -> impl Iterator<Item = &'a mut [u64]> {
    ends.clear();
    ends.resize((1 << bits) + 1, 0);
    rows.clone().for_each(|(digit, _)| ends[digit as usize + 1] += 1);
    for i in 1..ends.len() {
        ends[i] += ends[i - 1];
    }
    to.resize(rows.len(), 0);
    for (digit, row) in rows {
        // What was the beginning of the part becomes its end.
        let place = &mut ends[digit as usize];
        to[*place as usize] = row;
        *place += 1;
    }
    let (mut rest, mut start) = (&mut to[..], 0);
    ends.iter().map(move |&end| {
        let (part, after) = std::mem::take(&mut rest).split_at_mut((end - start) as usize);
        (rest, start) = (after, end);
        part
    })
}

/// The pairs of one bucket, whose items are ascending.
#[inline]
pub fn of_bucket<T: Copy>(bucket: &[T], bounds: Bounds, mut each: impl FnMut(T, T)) {
    for (i, &a) in bucket.iter().enumerate() {
        let others = &bucket[i + 1..];
        let partners = if i < bounds.hubs { others.len() } else { others.len().min(bounds.near) };
        others[..partners].iter().for_each(|&b| each(a, b));
    }
}

/// Sorts pairs and drops repetitions, with the room these had.
pub fn distinct(pairs: &mut Vec<u64>) {
    pairs.sort_unstable();
    pairs.dedup();
    pairs.shrink_to_fit();
}

/// Pairs of items below `n`, ascending.
pub fn sorted(pairs: &[u64], n: usize) -> Vec<u64> {
    by_number_and(pairs.iter().copied(), n, |&pair| items(pair).0 as usize, |&pair| pair)
}

/// The pairs of two lists, each ascending and distinct, as these are.
pub fn union(a: &[u64], b: &[u64]) -> Vec<u64> {
    union_by(a, b, |pair| pair, |pair, _| pair)
}

/// The values of two lists, each ascending and distinct by their `key`; of two that are the same by it what `both` makes of them.
///
/// ```
/// use samestory::kernel::buckets::union_by;
///
/// let both = union_by(&[10, 40, 90], &[41, 50], |value| value / 10, |value, other| value.max(other));
/// assert_eq!(both, [10, 41, 50, 90]);
/// ```
pub fn union_by(
    a: &[u64],
    b: &[u64],
    key: impl Fn(u64) -> u64,
    both: impl Fn(u64, u64) -> u64,
) -> Vec<u64> {
    let mut all = Vec::with_capacity(a.len() + b.len());
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        // Without branches on the data, as with intersections.
        let (x, y) = (a[i], b[j]);
        let (of_x, of_y) = (key(x), key(y));
        let one = if of_x < of_y { x } else { y };
        all.push(if of_x == of_y { both(x, y) } else { one });
        i += usize::from(of_x <= of_y);
        j += usize::from(of_y <= of_x);
    }
    all.extend_from_slice(&a[i..]);
    all.extend_from_slice(&b[j..]);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::hash::mix;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn proposals_equal_the_rule_word_for_word(keys in prop::collection::vec(0u64..9, 0..80), hubs in 0usize..4, near in 0usize..6) {
            let bounds = Bounds { hubs, near };
            let mut expected = Vec::new();
            for a in 0..keys.len() {
                for b in a + 1..keys.len() {
                    let rank = |i: usize| keys[..i].iter().filter(|&&k| k == keys[a]).count();
                    if keys[a] == keys[b] && (rank(a) < hubs || rank(b) - rank(a) <= near) {
                        expected.push(pair(a as u32, b as u32));
                    }
                }
            }
            let rows = keys.iter().enumerate().map(|(i, &k)| (mix(k) >> 16, i as u32)).rev();
            let (mut pairs, mut buckets) = (Vec::new(), Buckets::default());
            let largest = buckets.propose(keys.len(), rows, bounds, |pair| pairs.push(pair));
            prop_assert_eq!(largest, (0..9).map(|k| keys.iter().filter(|&&other| other == k).count()).max().unwrap_or(0));
            distinct(&mut pairs);
            prop_assert_eq!(pairs, expected);
        }
    }

    proptest! {
        #[test]
        fn pairs_sort_as_numbers(some in prop::collection::vec((0u32..40, 0u32..40), 0..90)) {
            let pairs: Vec<u64> = some.iter().map(|&(a, b)| pair(a, b)).collect();
            let mut expected = pairs.clone();
            expected.sort_unstable();
            prop_assert_eq!(sorted(&pairs, 40), expected);
        }

        #[test]
        fn unions_equal_maps(some in prop::array::uniform2(prop::collection::btree_map(0u64..30, 0u64..2, 0..20))) {
            let [a, b] = some.each_ref().map(|some| some.iter().map(|(key, low)| key << 1 | low).collect::<Vec<u64>>());
            let mut expected = some[0].clone();
            for (&key, &low) in &some[1] {
                expected.entry(key).and_modify(|own| *own = 1).or_insert(low);
            }
            let expected: Vec<u64> = expected.into_iter().map(|(key, low)| key << 1 | low).collect();
            prop_assert_eq!(union_by(&a, &b, |value| value >> 1, |x, y| x | y | 1), expected);
        }
    }

    #[test]
    fn pairs_sort_by_both_items() {
        assert_eq!(pair(7, 3), 0x3_0000_0007);
        assert_eq!(items(pair(7, 3)), (3, 7));
    }

    #[test]
    fn items_can_be_as_many_as_there_are_numbers() {
        let rows = [(7, 5), (7, u32::MAX - 1), (7 << 40, 6), (9, u32::MAX - 2)].into_iter();
        let mut pairs = Vec::new();
        let bounds = Bounds { hubs: 1, near: 1 };
        Buckets::default().propose(u32::MAX as usize, rows, bounds, |pair| pairs.push(pair));
        assert_eq!(pairs, [pair(5, u32::MAX - 1)]);
    }

    #[test]
    fn a_pair_may_count_once_for_each_bucket() {
        let rows = [(1, 0), (1, 1), (2 << 40, 0), (2 << 40, 1)].into_iter();
        let bounds = Bounds { hubs: 1, near: 1 };
        let times = |mut buckets: Buckets| {
            let mut pairs = Vec::new();
            buckets.propose(2, rows.clone(), bounds, |pair| pairs.push(pair));
            pairs.len()
        };
        assert_eq!((times(Buckets::every()), times(Buckets::default())), (2, 1));
    }

    #[test]
    fn equal_keys_meet_however_many_items_there_are() {
        for n in [0, 1, 2, 3, 100, 5000u32, 150_000] {
            let rows = (0..n).map(|i| (mix(u64::from(i / 2)) >> 16, i));
            let (mut pairs, bounds) = (Vec::new(), Bounds { hubs: 1, near: 1 });
            Buckets::default().propose(n as usize, rows, bounds, |pair| pairs.push(pair));
            distinct(&mut pairs);
            let expected: Vec<u64> = (0..n / 2).map(|i| pair(2 * i, 2 * i + 1)).collect();
            assert_eq!(pairs, expected);
        }
    }
}
