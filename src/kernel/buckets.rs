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

/// Appends the pairs that the bucket rule proposes for the `(key, item)` rows, which it reorders.
///
/// A pair is appended once for each bucket that proposes it. Returns the size of the largest bucket.
pub fn propose(rows: &mut [(u64, u32)], bounds: Bounds, pairs: &mut Vec<u64>) -> usize {
    sort(rows);
    let mut largest = 0;
    for bucket in rows.chunk_by(|x, y| x.0 == y.0) {
        largest = largest.max(bucket.len());
        let leaders = if bucket.len() <= bounds.cap { bucket.len() } else { bounds.hubs };
        for (i, &(_, a)) in bucket.iter().enumerate().take(leaders) {
            pairs.extend(bucket[i + 1..].iter().map(|&(_, b)| pair(a, b)));
        }
    }
    largest
}

/// Sorts rows with uniformly distributed keys: one pass spreads them over as many parts as keep each in the cache,
/// then each part is sorted by comparison.
fn sort(rows: &mut [(u64, u32)]) {
    const PART: usize = 64;
    let bits = (rows.len() / PART).max(1).ilog2().min(16);
    if bits < 4 {
        return rows.sort_unstable();
    }
    let part = |key: u64| (key >> (64 - bits)) as usize;
    let mut starts = vec![0usize; (1 << bits) + 1];
    for &(key, _) in &*rows {
        starts[part(key) + 1] += 1;
    }
    for i in 1..starts.len() {
        starts[i] += starts[i - 1];
    }
    let mut next = starts.clone();
    let mut spread = vec![(0, 0); rows.len()];
    for &row in &*rows {
        let place = &mut next[part(row.0)];
        spread[*place] = row;
        *place += 1;
    }
    for ends in starts.windows(2) {
        spread[ends[0]..ends[1]].sort_unstable();
    }
    rows.copy_from_slice(&spread);
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
            let mut rows: Vec<(u64, u32)> = keys.iter().enumerate().map(|(i, &k)| (k, i as u32)).rev().collect();
            let mut pairs = Vec::new();
            propose(&mut rows, bounds, &mut pairs);
            distinct(&mut pairs);
            prop_assert_eq!(pairs, expected);
        }
    }

    #[test]
    fn sorting_in_parts_sorts() {
        let mut rows: Vec<(u64, u32)> = (0..5000).map(|i| (mix(i % 900), i as u32)).collect();
        let mut expected = rows.clone();
        expected.sort();
        sort(&mut rows);
        assert_eq!(rows, expected);
    }
}
