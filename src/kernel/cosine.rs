//! Sparse vectors with integer weights.

use super::time::ONE;

/// A vector's dimensions, ready to be looked up one by one: what one vector is compared with many others through.
///
/// A merge of two sorted lists mispredicts at every step. Here nearly all dimensions of the other vector are ruled out by
/// one bit, and the few others are found in a small open-addressed table.
#[derive(Debug, Clone, Default)]
pub struct Probe {
    /// Bit `d % BITS` is set for every dimension d.
    bits: Vec<u64>,
    /// Position plus one of a dimension at or after slot `d % slots`; 0 is empty.
    slots: Vec<u16>,
    dimensions: Vec<u32>,
}

const BITS: usize = 1 << 13;

impl Probe {
    /// Takes the dimensions of another vector instead; at most 65,535, all of them hashes.
    pub fn load(&mut self, dimensions: &[u32]) {
        self.dimensions.clear();
        self.dimensions.extend_from_slice(dimensions);
        self.bits.clear();
        self.bits.resize(BITS / 64, 0);
        self.slots.clear();
        self.slots.resize((2 * dimensions.len()).next_power_of_two(), 0);
        let mask = self.slots.len() - 1;
        for (i, &dimension) in dimensions.iter().enumerate() {
            self.bits[dimension as usize % BITS / 64] |= 1 << (dimension % 64);
            // The low bits chose the bit; the slot is chosen by others.
            let mut slot = (dimension >> 13) as usize & mask;
            while self.slots[slot] != 0 {
                slot = (slot + 1) & mask;
            }
            self.slots[slot] = i as u16 + 1;
        }
    }

    /// Calls `each` with the positions, here and in `other`, of every dimension that both have.
    #[inline]
    pub fn shared(&self, other: &[u32], mut each: impl FnMut(usize, usize)) {
        for (j, &dimension) in other.iter().enumerate() {
            if self.bits[dimension as usize % BITS / 64] >> (dimension % 64) & 1 == 1
                && let Some(i) = self.position(dimension)
            {
                each(i, j);
            }
        }
    }

    fn position(&self, dimension: u32) -> Option<usize> {
        let mask = self.slots.len() - 1;
        let mut slot = (dimension >> 13) as usize & mask;
        while self.slots[slot] != 0 {
            let i = usize::from(self.slots[slot]) - 1;
            if self.dimensions[i] == dimension {
                return Some(i);
            }
            slot = (slot + 1) & mask;
        }
        None
    }

    /// Dot product with another vector, `own` being the weights of the dimensions loaded.
    pub fn dot(&self, own: &[u16], other: &[u32], weights: &[u16]) -> u64 {
        let mut sum = 0;
        self.shared(other, |i, j| sum += u64::from(own[i]) * u64::from(weights[j]));
        sum
    }
}

/// Squared length of a vector.
pub fn square(weights: &[u16]) -> u64 {
    weights.iter().map(|&w| u64::from(w) * u64::from(w)).sum()
}

/// Cosine in 1 / 65,536 from a dot product and two lengths (not squared); 0 when either vector is empty.
///
/// Square root, product and quotient are exactly rounded by IEEE 754, so the result is the same on every machine.
pub fn cosine(dot: u64, length_a: f64, length_b: f64) -> i64 {
    if dot == 0 { 0 } else { (dot as f64 / (length_a * length_b) * ONE as f64).round() as i64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::hash::mix;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn probing_equals_maps(a: BTreeMap<u16, u16>, b: BTreeMap<u16, u16>) {
            // Some dimensions collide in the bits and in the slots.
            let spread = |d: u16| if d.is_multiple_of(3) { u32::from(d) << 16 } else { mix(d.into()) as u32 };
            let split = |m: &BTreeMap<u16, u16>| -> (Vec<u32>, Vec<u16>) { m.iter().map(|(&d, &w)| (spread(d), w)).unzip() };
            let expected: u64 = a.iter().filter_map(|(d, &w)| Some(u64::from(w) * u64::from(*b.get(d)?))).sum();
            let ((dims, weights), (others, other_weights)) = (split(&a), split(&b));
            let mut probe = Probe::default();
            probe.load(&others);
            probe.load(&dims);
            prop_assert_eq!(probe.dot(&weights, &others, &other_weights), expected);
        }
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
