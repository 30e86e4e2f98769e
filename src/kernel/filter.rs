//! A set of keys in a few bits each, for passing over most of what is not in it.

use foldhash::HashSet;

use super::hash::GOLDEN;

/// One bit for each stretch of keys (Bloom, CACM 1970, with one hash): every key that it was made of passes, and of others one
/// in as many as there are bits for each key.
///
/// ```
/// use samestory::kernel::filter::Filter;
///
/// let filter = Filter::new([3, 5].into_iter(), 16);
/// assert!(filter.may_have(3) && filter.may_have(5));
/// assert!(!Filter::new([].into_iter(), 16).may_have(5));
/// ```
#[derive(Debug)]
pub struct Filter {
    bits: Vec<u64>,
    shift: u32,
}

impl Default for Filter {
    fn default() -> Self {
        Self::new([].into_iter(), 1)
    }
}

impl Filter {
    /// So many bits for each key, or up to twice as many.
    pub fn new(keys: impl ExactSizeIterator<Item = u64>, each: usize) -> Self {
        let bits = (each * keys.len()).next_power_of_two().max(64);
        let mut filter = Self { bits: vec![0; bits / 64], shift: u64::BITS - bits.ilog2() };
        for key in keys {
            let (word, bit) = filter.place(key);
            filter.bits[word] |= bit;
        }
        filter
    }

    fn place(&self, key: u64) -> (usize, u64) {
        let place = key.wrapping_mul(GOLDEN) >> self.shift;
        (place as usize / 64, 1 << (place % 64))
    }

    /// Whether a key may be in the set; `true` for all that are.
    #[inline]
    pub fn may_have(&self, key: u64) -> bool {
        let (word, bit) = self.place(key);
        self.bits[word] & bit != 0
    }
}

/// A set of keys behind a filter: most keys that it is asked for are not in it.
///
/// ```
/// use samestory::kernel::filter::Rare;
///
/// let rare = Rare::new([3, 5].into_iter());
/// assert!(rare.has(3) && !rare.has(4));
/// ```
#[derive(Debug)]
pub struct Rare {
    filter: Filter,
    keys: HashSet<u64>,
}

impl Rare {
    /// A set of these keys.
    pub fn new(keys: impl Iterator<Item = u64>) -> Self {
        let keys: HashSet<u64> = keys.collect();
        Self { filter: Filter::new(keys.iter().copied(), 8), keys }
    }

    /// Whether a key is in the set.
    #[inline]
    pub fn has(&self, key: u64) -> bool {
        self.filter.may_have(key) && self.keys.contains(&key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::hash::mix;

    #[test]
    fn what_is_in_passes_and_most_of_the_rest_does_not() {
        let filter = Filter::new((0..1000).map(|i: u32| mix(i.into())), 16);
        assert!((0..1000).map(mix).all(|key| filter.may_have(key)));
        // 1,000 bits of 16,384 are set: some 244 of 4,000 others pass, with a standard deviation of 15.
        let others = (1000..5000).map(mix).filter(|&key| filter.may_have(key)).count();
        assert!((180..310).contains(&others), "{others}");
    }
}
