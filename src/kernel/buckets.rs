//! Which items share a key, without ever paying for all pairs of a crowded key.
//!
//! **The bucket rule.** Items that share a key form a bucket. A pair is proposed if it shares a bucket of at most `cap`
//! items, or if one of the two is among the `hubs` lowest items of a shared bucket. The rule looks at the set of
//! items only, so that any order of arrival gives the same pairs, and a bucket of n costs at most n × max(cap, hubs).

/// What a bucket may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Up to how many items of a bucket are all paired with each other.
    pub cap: usize,
    /// How many of the lowest items of a larger bucket are paired with all of it.
    pub hubs: usize,
}

/// A pair of items, the lower in the upper half, so that pairs sort by both.
pub fn pair(a: u32, b: u32) -> u64 {
    u64::from(a.min(b)) << 32 | u64::from(a.max(b))
}

/// The two items of a [`pair`], the lower first.
pub fn items(pair: u64) -> (u32, u32) {
    ((pair >> 32) as u32, pair as u32)
}

/// Buffers for one table of keys after the other.
#[derive(Debug, Default)]
pub struct Buckets {
    rows: Vec<(u64, u32)>,
    ends: Vec<u32>,
    /// Pairs proposed lately, each in the place that its hash gives it: most are proposed again and again.
    recent: Vec<u64>,
    /// Whether every bucket's proposals count, however often a pair was proposed before.
    every: bool,
}

/// Rows for each part that is sorted by itself, few enough for an insertion sort.
const PART: usize = 12;
/// Most bits of a key that choose its part.
const MOST_BITS: u32 = 16;
/// Most pairs that are remembered.
const MOST_RECENT: usize = 1 << 20;

impl Buckets {
    /// Buckets that propose a pair once for each bucket it shares.
    pub fn every() -> Self {
        Self { every: true, ..Self::default() }
    }

    /// Appends the pairs that the bucket rule proposes for `(key, item)` rows in any order, and that `keep` lets
    /// through.
    ///
    /// A pair may be appended more than once. Returns the size of the largest bucket.
    pub fn propose(
        &mut self,
        rows: impl ExactSizeIterator<Item = (u64, u32)> + Clone,
        bounds: Bounds,
        keep: impl Fn(u32, u32) -> bool,
        pairs: &mut Vec<u64>,
    ) -> usize {
        self.sort(rows);
        let places = (2 * self.rows.len()).next_power_of_two().min(MOST_RECENT);
        if self.recent.len() < places {
            // No pair has an item twice, so that 0 is none.
            self.recent = vec![0; places];
        }
        let shift = u64::BITS - self.recent.len().trailing_zeros();
        let mut largest = 0;
        for bucket in self.rows.chunk_by(|x, y| x.0 == y.0).filter(|bucket| bucket.len() > 1) {
            largest = largest.max(bucket.len());
            of_bucket(bucket, bounds, |(_, a), (_, b)| {
                let pair = pair(a, b);
                let place = (pair.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> shift) as usize;
                let new = std::mem::replace(&mut self.recent[place], pair) != pair;
                if (new || self.every) && keep(a, b) {
                    pairs.push(pair);
                }
            });
        }
        largest.max(self.rows.len().min(1))
    }

    /// Sorts rows with uniformly distributed keys: one pass spreads them over many parts, then each part is sorted by
    /// comparison.
    fn sort(&mut self, rows: impl ExactSizeIterator<Item = (u64, u32)> + Clone) {
        let Self { rows: sorted, ends, .. } = self;
        let bits = (rows.len() / PART).max(2).ilog2().min(MOST_BITS);
        let part = |key: u64| (key >> (64 - bits)) as usize;
        ends.clear();
        ends.resize((1 << bits) + 1, 0);
        rows.clone().for_each(|(key, _)| ends[part(key) + 1] += 1);
        for i in 1..ends.len() {
            ends[i] += ends[i - 1];
        }
        sorted.resize(rows.len(), (0, 0));
        for row in rows {
            // What was the beginning of the part becomes its end.
            let place = &mut ends[part(row.0)];
            sorted[*place as usize] = row;
            *place += 1;
        }
        let mut start = 0;
        for &end in &ends[..1 << bits] {
            sorted[start..end as usize].sort_unstable();
            start = end as usize;
        }
    }
}

/// The pairs of one bucket, whose items are ascending.
#[inline]
pub fn of_bucket<T: Copy>(bucket: &[T], bounds: Bounds, mut each: impl FnMut(T, T)) {
    let leaders = if bucket.len() <= bounds.cap { bucket.len() } else { bounds.hubs };
    for (i, &a) in bucket.iter().enumerate().take(leaders) {
        bucket[i + 1..].iter().for_each(|&b| each(a, b));
    }
}

/// Sorts pairs and drops repetitions.
pub fn distinct(pairs: &mut Vec<u64>) {
    pairs.sort_unstable();
    pairs.dedup();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::hash::mix;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn proposals_equal_the_rule_word_for_word(keys in prop::collection::vec(0u64..9, 0..80), cap in 0usize..9, hubs in 0usize..4) {
            let bounds = Bounds { cap, hubs };
            let mut expected = Vec::new();
            for a in 0..keys.len() {
                for b in a + 1..keys.len() {
                    let size = keys.iter().filter(|&&k| k == keys[a]).count();
                    let lower = keys[..a].iter().filter(|&&k| k == keys[a]).count();
                    if keys[a] == keys[b] && (size <= cap || lower < hubs) {
                        expected.push(pair(a as u32, b as u32));
                    }
                }
            }
            let rows = keys.iter().enumerate().map(|(i, &k)| (mix(k), i as u32)).rev();
            let (mut pairs, mut buckets) = (Vec::new(), Buckets::default());
            buckets.propose(rows.clone(), bounds, |_, _| false, &mut pairs);
            prop_assert!(pairs.is_empty());
            buckets.recent.clear();
            let largest = buckets.propose(rows, bounds, |_, _| true, &mut pairs);
            prop_assert_eq!(largest, (0..9).map(|k| keys.iter().filter(|&&other| other == k).count()).max().unwrap_or(0));
            distinct(&mut pairs);
            prop_assert_eq!(pairs, expected);
        }
    }

    #[test]
    fn sorting_in_parts_sorts() {
        let mut buckets = Buckets::default();
        for n in [0, 1, 100, 5000u32] {
            let rows = (0..n).map(|i| (mix(u64::from(i % 900)), i));
            let mut expected: Vec<_> = rows.clone().collect();
            expected.sort();
            buckets.sort(rows);
            assert_eq!(buckets.rows, expected);
        }
    }
}
