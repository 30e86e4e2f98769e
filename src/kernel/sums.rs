//! Sums of products, by place: what a query adds up over the lists of an inverted index.

use super::wide::wide;

/// Places that are summed up at a time: so many sums stay in the second cache, and few lists are cut.
pub const PLACES: usize = 1 << 16;
/// With fewer products than one for so many places it costs less to note which sums are not zero than to look at all.
const SPARSE: usize = 8;

/// Sums by place, to be used again.
#[derive(Debug)]
pub struct Sums {
    /// All zero between two uses.
    sums: Box<[u64; PLACES]>,
    /// Longer than there are places, so that what may be noted needs no check.
    places: Box<[u16; 2 * PLACES]>,
}

impl Default for Sums {
    fn default() -> Self {
        // Not an array that is moved into a box: it would be on the stack first.
        let sums = vec![0; PLACES].into_boxed_slice().try_into();
        let places = vec![0; 2 * PLACES].into_boxed_slice().try_into();
        let is_so_long = "it is as long as the array";
        Self { sums: sums.expect(is_so_long), places: places.expect(is_so_long) }
    }
}

impl Sums {
    /// Adds up lists of numbers, ascending and distinct, and weights, times the factor of each list, and calls `each` with the
    /// numbers whose sum is at least `least`, which is not 0. All numbers are in `from..from + span`, and `span` is at most
    /// [`PLACES`]; all sums are below 2^63.
    pub fn each<'a>(
        &mut self,
        lists: impl Iterator<Item = (&'a [u32], &'a [u16], u64)> + Clone,
        (from, span): (u32, usize),
        least: u64,
        mut each: impl FnMut(u32, u64),
    ) {
        let Self { sums, places } = self;
        let place = |number: u32| number.wrapping_sub(from) as usize % PLACES;
        let products: usize = lists.clone().map(|list| list.0.len()).sum();
        let mut n = 0;
        if products * SPARSE < span {
            for (numbers, weights, factor) in lists {
                // Noted without a branch: whether a sum is the first of its place cannot be foretold.
                for (&number, &weight) in numbers.iter().zip(weights) {
                    let sum = &mut sums[place(number)];
                    places[n % (2 * PLACES)] = place(number) as u16;
                    n += usize::from(*sum == 0);
                    *sum += u64::from(weight) * factor;
                }
            }
            for &place in &places[..n] {
                let sum = std::mem::take(&mut sums[usize::from(place) % PLACES]);
                if sum >= least {
                    each(from + u32::from(place), sum);
                }
            }
        } else {
            for (numbers, weights, factor) in lists {
                for (&number, &weight) in numbers.iter().zip(weights) {
                    sums[place(number)] += u64::from(weight) * factor;
                }
            }
            let sums = &mut sums[..span];
            let n = at_least(sums, least, places);
            for &place in &places[..n] {
                each(from + u32::from(place), sums[usize::from(place)]);
            }
            sums.fill(0);
        }
    }
}

/// Values that are looked at together.
const BLOCK: usize = 16;

wide! {
    /// Notes in front of `places` where values are that are at least `least`, and gives how many there are.
    fn at_least(values: &[u64], least: u64, places: &mut [u16; 2 * PLACES]) -> usize {
        let is = |value: u64| (value as i64) >= least as i64;
        let mut n = 0;
        let mut note = |at: usize, value: u64| {
            places[n % (2 * PLACES)] = at as u16;
            n += usize::from(is(value));
        };
        let (blocks, rest) = values.as_chunks::<BLOCK>();
        for (block, values) in blocks.iter().enumerate() {
            // Most blocks have none.
            if values.iter().fold(false, |any, &value| any | is(value)) {
                values.iter().enumerate().for_each(|(i, &value)| note(BLOCK * block + i, value));
            }
        }
        let before = BLOCK * blocks.len();
        rest.iter().enumerate().for_each(|(i, &value)| note(before + i, value));
        n
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::wide::tests::at_all_levels;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn equals_a_map(
            lists in proptest::collection::vec(
                (proptest::collection::btree_map(0u32..300, 0u16..9, 0..40), 1u64..9), 0..9),
            least in 1u64..60,
            // Few products and many.
            span in prop_oneof![Just(300usize), Just(PLACES)],
        ) {
            let mut expected = BTreeMap::new();
            for (list, factor) in &lists {
                for (&number, &weight) in list {
                    *expected.entry(number + 7).or_insert(0) += u64::from(weight) * factor;
                }
            }
            expected.retain(|_, sum| *sum >= least);
            let lists: Vec<(Vec<u32>, Vec<u16>, u64)> = lists.iter().map(|(list, factor)| {
                (list.keys().map(|number| number + 7).collect(), list.values().copied().collect(), *factor)
            }).collect();
            let mut sums = Sums::default();
            let mut found = || {
                let mut found = BTreeMap::new();
                let all = lists.iter().map(|(numbers, weights, factor)| (&numbers[..], &weights[..], *factor));
                sums.each(all, (7, span), least, |number, sum| assert!(found.insert(number, sum).is_none()));
                found
            };
            prop_assert!(at_all_levels(&mut found).iter().all(|found| *found == expected));
        }
    }
}
