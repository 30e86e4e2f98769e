//! Fast Similarity Sketching: a MinHash signature in expected O(n + k log k) instead of O(n k).
//!
//! Dahlgaard, Knudsen, Thorup, *Fast Similarity Sketching*, FOCS 2017 (arXiv 1704.04370). In each round every element
//! falls into one slot, and a slot that is still empty after the earlier rounds keeps the smallest hash that fell into
//! it. The share of equal slots of two signatures is an unbiased estimate of the resemblance of the two sets, with a
//! lower variance than that of classic MinHash. A signature does not depend on the order of the elements, nor on how
//! often one occurs.

use std::sync::LazyLock;

use super::hash::{mix, seed};
use super::wide::wide;

/// Slots of a signature.
pub const SLOTS: usize = 128;
/// Rounds in which each element falls into one slot; what is empty after them is filled by classic MinHash.
const ROUNDS: usize = 3;
/// What stands in a slot into which nothing fell.
const EMPTY: u64 = u64::MAX;
/// Bits of a hash that choose the slot.
const SLOT_BITS: u32 = SLOTS.trailing_zeros();

/// A signature: of each slot's smallest hash the low 16 bits. Two different hashes agree in them by chance once in
/// 65,536, which the exact check after the sketch forgives, and a signature is four times smaller.
pub type Signature = [u16; SLOTS];

static ROUND_SEEDS: LazyLock<[u64; ROUNDS]> =
    LazyLock::new(|| std::array::from_fn(|i| seed("fss/round", i)));
static SLOT_SEEDS: LazyLock<[u64; SLOTS]> =
    LazyLock::new(|| std::array::from_fn(|i| seed("fss/slot", i)));

/// The signature of a set of well-mixed 64-bit hashes, in any order, repetitions allowed; `None` for the empty set.
///
/// ```
/// use samestory::kernel::fss::{SLOTS, equal_slots, signature};
/// use samestory::kernel::hash::mix;
///
/// let set = |range: std::ops::Range<u64>| -> Vec<u64> { range.map(mix).collect() };
/// let (a, b) = (signature(&set(0..900)).unwrap(), signature(&set(100..1000)).unwrap());
/// let estimate = f64::from(equal_slots(&a, &b)) / SLOTS as f64;
/// assert!((estimate - 0.8).abs() < 0.15, "800 of 1,000 are in both");
/// assert_eq!(signature(&[]), None);
/// ```
pub fn signature(hashes: &[u64]) -> Option<Signature> {
    if hashes.is_empty() {
        return None;
    }
    let mut smallest = [EMPTY; SLOTS];
    let is_full = ROUND_SEEDS.iter().any(|&seed| !one_round(hashes, seed, &mut smallest));
    if !is_full {
        for (slot, &slot_seed) in smallest.iter_mut().zip(SLOT_SEEDS.iter()) {
            if *slot == EMPTY {
                *slot = smallest_rank(hashes, slot_seed);
            }
        }
    }
    Some(low_bits(&smallest))
}

wide! {
    /// Lets every element fall into one slot, and fills the slots that are still empty. Returns whether some are then.
    fn one_round(hashes: &[u64], round_seed: u64, smallest: &mut [u64; SLOTS]) -> bool {
        let mut round = [EMPTY; SLOTS];
        let mut fall = |rank: u64| {
            let slot = &mut round[(rank >> (64 - SLOT_BITS)) as usize];
            *slot = (*slot).min(rank);
        };
        // Ranks first, for several of these are computed at once.
        let (many, rest) = hashes.as_chunks::<16>();
        for hashes in many {
            let mut ranks = [0; 16];
            ranks.iter_mut().zip(hashes).for_each(|(rank, hash)| *rank = mix(hash ^ round_seed));
            ranks.into_iter().for_each(&mut fall);
        }
        rest.iter().for_each(|hash| fall(mix(hash ^ round_seed)));
        for (slot, rank) in smallest.iter_mut().zip(round) {
            *slot = if *slot == EMPTY { rank } else { *slot };
        }
        // Not `any`, which stops early and so cannot look at several slots at once.
        smallest.iter().fold(false, |some, &slot| some | (slot == EMPTY))
    }

    /// What is kept of each slot.
    fn low_bits(smallest: &[u64; SLOTS]) -> Signature {
        // Not `map`, which is left as a call a slot.
        let mut signature = [0; SLOTS];
        signature.iter_mut().zip(smallest).for_each(|(slot, &hash)| *slot = hash as u16);
        signature
    }

    /// The smallest rank of some hashes; there is at least one.
    fn smallest_rank(hashes: &[u64], slot_seed: u64) -> u64 {
        hashes.iter().fold(EMPTY, |smallest, &hash| smallest.min(mix(hash ^ slot_seed)))
    }

    /// How many slots of two signatures are equal, 0..=[`SLOTS`]; divided by [`SLOTS`] it estimates the resemblance.
    pub fn equal_slots(a: &Signature, b: &Signature) -> u32 {
        u32::from(a.iter().zip(b).map(|(x, y)| u16::from(x == y)).sum::<u16>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::wide::tests::at_all_levels;

    /// The hashes of a made-up set: element `i` of universe `u`.
    fn elements(u: u64, range: std::ops::Range<u64>) -> Vec<u64> {
        range.map(|i| mix(mix(u) ^ i)).collect()
    }

    #[test]
    fn estimates_are_unbiased_and_no_wider_than_binomial() {
        // 400 trials of 128 slots. Classic MinHash has the variance J (1 - J) / 128, at most .00195, so that the
        // standard error of the mean is at most .0022; the variance of the trials is within a fifth of the true one.
        for (n, apart) in [(12u64, 4), (60, 20), (240, 80), (1200, 400), (240, 160), (243, 27)] {
            let resemblance = (n - apart) as f64 / (n + apart) as f64;
            let estimate = |t| {
                let (a, b) = (elements(t, 0..n), elements(t, apart..n + apart));
                let (a, b) = (signature(&a).unwrap(), signature(&b).unwrap());
                let equal = a.iter().zip(&b).filter(|(x, y)| x == y).count() as u32;
                assert!(at_all_levels(|| equal_slots(&a, &b)).iter().all(|&n| n == equal));
                f64::from(equal) / SLOTS as f64
            };
            let estimates: Vec<f64> = (0..400).map(estimate).collect();
            let mean = estimates.iter().sum::<f64>() / 400.0;
            let variance = estimates.iter().map(|e| (e - resemblance).powi(2)).sum::<f64>() / 400.0;
            assert!((mean - resemblance).abs() < 0.008, "{n}, {apart}: mean {mean}");
            let binomial = resemblance * (1.0 - resemblance) / SLOTS as f64;
            assert!(variance < binomial * 1.2, "{n}, {apart}: variance {variance}, {binomial}");
        }
    }

    #[test]
    fn order_and_repetition_do_not_matter() {
        let mut set = elements(7, 0..90);
        let expected = signature(&set);
        set.extend_from_within(10..50);
        set.reverse();
        assert_eq!(signature(&set), expected);
        assert_eq!(signature(&[]), None);
    }

    #[test]
    fn values_are_pinned() {
        for signature in at_all_levels(|| signature(&elements(1, 0..300)).unwrap()) {
            assert_eq!(signature[..4], [2800, 39871, 45712, 45876]);
        }
    }
}
