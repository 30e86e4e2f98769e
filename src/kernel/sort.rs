//! Sorting without comparisons, or with few: of hashes, which are spread evenly, and by small numbers.

use super::wide::wide;

/// Fewer values are not worth a table, and of more the table would not stay in the cache.
const SIZES: std::ops::Range<usize> = 24..4096;
/// A bucket of more values shows that they are not spread evenly.
const CROWD: u16 = 12;

/// Where lists of these lengths begin, one behind the other, and where the last one ends; `[0]` without any. They have fewer than
/// 2^32 items in all.
pub fn starts(lengths: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut starts = vec![0];
    starts.extend(lengths.scan(0u32, |end, length| {
        *end = end.checked_add(length).expect("fewer than 2^32 items");
        Some(*end)
    }));
    starts
}

/// Buffers to be used again.
#[derive(Debug, Default)]
pub struct Sorter {
    sorted: Vec<u32>,
    begins: Vec<u16>,
}

impl Sorter {
    /// The distinct values, ascending. Of those that differ in no other bits than those set in `ignored`, only the
    /// smallest is given. Expected linear for hashes, and never worse than sorting by comparison.
    pub fn distinct(
        &mut self,
        values: impl ExactSizeIterator<Item = u32> + Clone,
        ignored: u32,
    ) -> &[u32] {
        if !SIZES.contains(&values.len()) || !self.by_buckets(values.clone()) {
            self.sorted.clear();
            self.sorted.extend(values);
            self.sorted.sort_unstable();
        }
        self.sorted.dedup_by_key(|value| *value | ignored);
        &self.sorted
    }

    /// Sorts into at least as many buckets as there are values, then those next to each other; false when one is crowded.
    fn by_buckets(&mut self, values: impl ExactSizeIterator<Item = u32> + Clone) -> bool {
        let bits = values.len().next_power_of_two().trailing_zeros();
        let bucket = |value: u32| (value >> (32 - bits)) as usize;
        self.begins.clear();
        self.begins.resize(1 << bits, 0);
        values.clone().for_each(|value| self.begins[bucket(value)] += 1);
        let (mut sum, mut largest) = (0, 0);
        for begin in &mut self.begins {
            let count = std::mem::replace(begin, sum);
            sum += count;
            largest = largest.max(count);
        }
        if largest > CROWD {
            return false;
        }
        self.sorted.resize(values.len(), 0);
        for value in values {
            let begin = &mut self.begins[bucket(value)];
            self.sorted[usize::from(*begin)] = value;
            *begin += 1;
        }
        settle(&mut self.sorted);
        true
    }
}

/// Items in the order of their numbers, which are below `n`; those of one number stay in their order. Linear: the items are gone
/// through twice.
///
/// ```
/// use samestory::kernel::sort::by_number;
///
/// let words = ["pier", "on", "the", "by", "sea"];
/// assert_eq!(by_number(words.into_iter(), 5, |word| word.len()), ["on", "by", "the", "sea", "pier"]);
/// assert!(by_number([0u8; 0].into_iter(), 0, |_| 0).is_empty());
/// ```
pub fn by_number<T: Copy>(
    items: impl Iterator<Item = T> + Clone,
    n: usize,
    number: impl Fn(&T) -> usize,
) -> Vec<T> {
    let mut places = vec![0u32; n];
    items.clone().for_each(|item| places[number(&item)] += 1);
    let mut end = 0;
    for place in &mut places {
        end += std::mem::replace(place, end);
    }
    let Some(first) = items.clone().next() else { return Vec::new() };
    let mut sorted = vec![first; end as usize];
    for item in items {
        let place = &mut places[number(&item)];
        sorted[*place as usize] = item;
        *place += 1;
    }
    sorted
}

/// As [`by_number`], with those of one number in the order of their keys.
///
/// ```
/// use samestory::kernel::sort::by_number_and;
///
/// let words = ["pier", "on", "the", "by", "sea"];
/// let sorted = by_number_and(words.into_iter(), 5, |word| word.len(), |&word| word);
/// assert_eq!(sorted, ["by", "on", "sea", "the", "pier"]);
/// ```
pub fn by_number_and<T: Copy, K: Ord>(
    items: impl Iterator<Item = T> + Clone,
    n: usize,
    number: impl Fn(&T) -> usize,
    key: impl Fn(&T) -> K,
) -> Vec<T> {
    let mut sorted = by_number(items, n, &number);
    let of_one = sorted.chunk_by_mut(|x, y| number(x) == number(y));
    of_one.for_each(|some| some.sort_unstable_by_key(&key));
    sorted
}

wide! {
    /// Sorts values that are within a few places of their own, in rounds that compare each with the next and need no
    /// branch on how that ends (odd-even transposition sort).
    fn settle(values: &mut [u32]) {
        let exchange = |values: &mut [u32]| {
            for pair in values.as_chunks_mut::<2>().0 {
                *pair = [pair[0].min(pair[1]), pair[0].max(pair[1])];
            }
        };
        // Not `is_sorted`, which stops early and so cannot look at several values at once.
        while values.windows(2).fold(false, |some, pair| some | (pair[0] > pair[1])) {
            exchange(values);
            exchange(&mut values[1..]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::hash::mix;
    use crate::kernel::wide::tests::at_all_levels;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn equals_sorting_by_comparison(seed: u64, n in 0usize..5000, shift in 0u32..32, repeats in 1u64..4) {
            // From spread evenly to all the same; one sorter for two lists, as in use.
            let values: Vec<u32> = (0..n as u64).map(|i| mix(seed ^ (i / repeats)) as u32 >> shift).collect();
            let mut sorter = Sorter::default();
            for values in [&values[..], &values[n / 2..]] {
                let mut expected = values.to_vec();
                expected.sort_unstable();
                for ignored in [0, 15] {
                    expected.dedup_by_key(|value| *value | ignored);
                    let mut found = || sorter.distinct(values.iter().copied(), ignored).to_vec();
                    prop_assert!(at_all_levels(&mut found).iter().all(|found| *found == expected));
                }
            }
        }
    }
}
