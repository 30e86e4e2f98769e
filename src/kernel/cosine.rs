//! Sparse vectors with integer weights.

use std::hint::select_unpredictable;

use super::hash::GOLDEN_32;
use super::time::ONE;
use super::wide::{AVX512, Bits, bit_of, note_set, wide};

/// A vector laid out to be compared with many others: a small hash table that is looked up without a branch.
///
/// A merge of two sorted lists, or a search that ends when it finds, mispredicts at every other step. Here each
/// dimension stands in one of two neighbouring slots, and nothing branches on which. Where vectors are wide, bits tell of many
/// dimensions at once which can be here at all; only these are looked up.
#[derive(Debug, Clone)]
pub struct Probe {
    slots: Vec<Slot>,
    /// Chooses the slot of a dimension: the upper bits of its product with this, its key.
    factor: u32,
    shift: u32,
    /// Has the bits of the keys of all dimensions.
    bits: Bits,
}

#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    /// 0 where there is none.
    dimension: u32,
    weight: u16,
    position: u16,
}

impl Default for Probe {
    fn default() -> Self {
        Self { slots: vec![Slot::default(); 2], factor: 1, shift: 31, bits: [0; 32] }
    }
}

/// Slots for each dimension, so that nearly all find one of their two free.
const ROOM: usize = 8;

impl Probe {
    /// Takes another vector instead: at most 65,535 distinct dimensions other than 0, and their weights.
    pub fn load(&mut self, dimensions: &[u32], weights: &[u16]) {
        let mut bits = (ROOM * dimensions.len()).max(2).next_power_of_two().ilog2();
        let mut tries = 0u32;
        while !self.fill(dimensions, weights, GOLDEN_32.wrapping_add(tries << 1), bits) {
            tries += 1;
            bits += u32::from(tries.is_multiple_of(8));
        }
    }

    /// Tries to place every dimension in one of its two slots.
    fn fill(&mut self, dimensions: &[u32], weights: &[u16], factor: u32, bits: u32) -> bool {
        self.slots.clear();
        self.slots.resize((1 << bits) + 1, Slot::default());
        (self.factor, self.shift, self.bits) = (factor, 32 - bits, [0; 32]);
        for (position, (&dimension, &weight)) in dimensions.iter().zip(weights).enumerate() {
            let first = self.first(dimension);
            let free = self.slots[first..first + 2].iter_mut().find(|slot| slot.dimension == 0);
            let Some(slot) = free else { return false };
            *slot = Slot { dimension, weight, position: position as u16 };
            let (word, bit) = bit_of(dimension.wrapping_mul(factor));
            self.bits[word] |= 1 << bit;
        }
        true
    }

    #[inline]
    fn first(&self, dimension: u32) -> usize {
        (dimension.wrapping_mul(self.factor) >> self.shift) as usize
    }

    /// Dot product with another vector.
    #[inline]
    pub fn dot(&self, dimensions: &[u32], weights: &[u16]) -> u64 {
        dot(self, dimensions, weights)
    }

    /// Adds one to the count of every dimension of this vector that another has too; `counts` has a place for each, and at least one.
    pub fn count(&self, dimensions: &[u32], counts: &mut [u8]) {
        count(self, dimensions, counts);
    }

    /// The slot that has a dimension, if one has.
    #[inline(always)]
    fn slot(&self, dimension: u32) -> &Slot {
        let two = &self.slots[self.first(dimension)..][..2];
        &two[usize::from(two[0].dimension != dimension)]
    }

    /// What a dimension weighs here; nothing where it is not.
    #[inline(always)]
    fn weight(&self, dimension: u32) -> u64 {
        let slot = self.slot(dimension);
        select_unpredictable(slot.dimension == dimension, slot.weight, 0).into()
    }

    /// The positions of those of at most [`NOTED`] dimensions that may be here too, ascending. To be called from the code of
    /// that level.
    #[inline(always)]
    fn likely<'a, const LEVEL: u8>(
        &self,
        dimensions: &[u32],
        places: &'a mut [u32; NOTED + LANES],
    ) -> &'a [u32] {
        let mut n = 0;
        for (at, lane) in (0..).step_by(LANES).zip(dimensions.chunks(LANES)) {
            let mut keys = [0; LANES];
            keys[..lane.len()].copy_from_slice(lane);
            keys.iter_mut().for_each(|key| *key = key.wrapping_mul(self.factor));
            let Some(places) = places[n..].first_chunk_mut() else { break };
            n += note_set::<LEVEL>(&self.bits, &keys, lane.len(), places);
            places.iter_mut().for_each(|place| *place += at);
        }
        &places[..n]
    }
}

/// Dimensions that are looked at together.
const LANES: usize = 16;
/// Dimensions that are likely and noted before the first is looked up.
const NOTED: usize = 8 * LANES;

wide! {
    /// See [`Probe::dot`].
    fn dot(probe: &Probe, dimensions: &[u32], weights: &[u16]) -> u64 {
        let product = |(&dimension, &weight)| probe.weight(dimension) * u64::from(weight);
        if LEVEL < AVX512 {
            return dimensions.iter().zip(weights).map(product).sum();
        }
        // All are noted before one is looked up: how many of a few are likely cannot be foretold.
        let (mut places, mut sum) = ([0; NOTED + LANES], 0);
        for (dimensions, weights) in dimensions.chunks(NOTED).zip(weights.chunks(NOTED)) {
            let likely = probe.likely::<LEVEL>(dimensions, &mut places).iter();
            let both = likely.map(|&i| (&dimensions[i as usize], &weights[i as usize]));
            sum += both.map(product).sum::<u64>();
        }
        sum
    }

    /// See [`Probe::count`].
    fn count(probe: &Probe, dimensions: &[u32], counts: &mut [u8]) {
        let mut add = |dimension: u32| {
            let slot = probe.slot(dimension);
            counts[slot.position as usize] += u8::from(slot.dimension == dimension);
        };
        if LEVEL < AVX512 {
            return dimensions.iter().copied().for_each(add);
        }
        let mut places = [0; NOTED + LANES];
        for dimensions in dimensions.chunks(NOTED) {
            let likely = probe.likely::<LEVEL>(dimensions, &mut places);
            likely.iter().for_each(|&i| add(dimensions[i as usize]));
        }
    }
}

/// Squared length of a vector.
pub fn square(weights: &[u16]) -> u64 {
    weights.iter().map(|&w| u64::from(w) * u64::from(w)).sum()
}

/// Cosine in 1 / 65,536 from a dot product and two lengths (not squared); 0 when either vector is empty.
///
/// Square root, product and quotient are exactly rounded by IEEE 754, so the result is the same on every machine.
///
/// ```
/// use samestory::kernel::cosine::cosine;
///
/// assert_eq!(cosine(50, 10.0, 10.0), 1 << 15, "a half");
/// assert_eq!(cosine(0, 0.0, 10.0), 0);
/// ```
pub fn cosine(dot: u64, length_a: f64, length_b: f64) -> i64 {
    // Not `round`, which many processors have no instruction for.
    if dot == 0 { 0 } else { (dot as f64 / (length_a * length_b) * ONE as f64 + 0.5) as i64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::hash::mix;
    use crate::kernel::wide::tests::at_all_levels;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn probing_equals_maps(a: BTreeMap<u16, u16>, b: BTreeMap<u16, u16>, crowded: bool) {
            // Where they are crowded, the dimensions differ in their lowest bits only.
            let spread = |d: u16| if crowded { u32::from(d) + 1 } else { (mix(d.into()) as u32).max(1) };
            let split = |m: &BTreeMap<u16, u16>| -> (Vec<u32>, Vec<u16>) { m.iter().map(|(&d, &w)| (spread(d), w)).unzip() };
            let expected: u64 = a.iter().filter_map(|(d, &w)| Some(u64::from(w) * u64::from(*b.get(d)?))).sum();
            let ((dimensions, weights), (others, other_weights)) = (split(&a), split(&b));
            let mut probe = Probe::default();
            probe.load(&others, &other_weights);
            probe.load(&dimensions, &weights);
            let found = || {
                let mut counts = vec![0; a.len().max(1)];
                probe.count(&others, &mut counts);
                counts.truncate(a.len());
                (probe.dot(&others, &other_weights), counts)
            };
            let shared: Vec<u8> = a.keys().map(|d| u8::from(b.contains_key(d))).collect();
            prop_assert!(at_all_levels(found).iter().all(|found| *found == (expected, shared.clone())));
        }
    }

    #[test]
    fn dimensions_that_want_the_same_slots_find_others() {
        let first = |d: u32| d.wrapping_mul(GOLDEN_32) >> 27;
        let dimensions: Vec<u32> = (1..).filter(|&d| first(d) == 9).take(3).collect();
        let mut probe = Probe::default();
        probe.load(&dimensions, &[1, 10, 100]);
        assert_eq!(probe.dot(&dimensions, &[2, 3, 4]), 432);
    }

    #[test]
    fn angles() {
        let length = |w: &[u16]| (square(w) as f64).sqrt();
        assert_eq!(cosine(25, length(&[3, 4]), length(&[3, 4])), ONE);
        let expected = (20.0 / (5.0 * 26f64.sqrt()) * 65536.0f64).round() as i64;
        assert_eq!(cosine(20, length(&[3, 4]), length(&[5, 1])), expected);
        assert_eq!(cosine(0, 0.0, 0.0), 0);
    }
}
