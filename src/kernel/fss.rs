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
/// So many empty slots are looked for among all elements, where letting each fall into its slot takes longer.
const FEW: usize = 4;
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
    let mut empty = SLOTS;
    for &round_seed in ROUND_SEEDS.iter() {
        empty = match empty {
            0 => break,
            1..=FEW => round_of_few(hashes, round_seed, &mut smallest),
            _ => one_round(hashes, round_seed, &mut smallest),
        };
    }
    if empty > 0 {
        for (slot, &slot_seed) in smallest.iter_mut().zip(SLOT_SEEDS.iter()) {
            if *slot == EMPTY {
                *slot = smallest_rank(hashes, slot_seed);
            }
        }
    }
    Some(low_bits(&smallest))
}

wide! {
    /// Lets every element fall into one slot, and fills the slots that are still empty. Returns how many are then.
    fn one_round(hashes: &[u64], round_seed: u64, smallest: &mut [u64; SLOTS]) -> usize {
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
        smallest.iter().map(|&slot| u64::from(slot == EMPTY)).sum::<u64>() as usize
    }

    /// As [`one_round`], where at most [`FEW`] slots are empty.
    fn round_of_few(hashes: &[u64], round_seed: u64, smallest: &mut [u64; SLOTS]) -> usize {
        const LANES: usize = 8;
        let mut slots = [SLOTS; FEW];
        let empty = (0..SLOTS).filter(|&slot| smallest[slot] == EMPTY);
        let empty = slots.iter_mut().zip(empty).map(|(place, slot)| *place = slot).count();
        let mut least = [[EMPTY; LANES]; FEW];
        let mut look = |ranks: &[u64; LANES]| {
            for (least, &slot) in least.iter_mut().zip(&slots[..empty]) {
                for (least, &rank) in least.iter_mut().zip(ranks) {
                    let fallen = if rank >> (64 - SLOT_BITS) == slot as u64 { rank } else { EMPTY };
                    *least = (*least).min(fallen);
                }
            }
        };
        let (many, rest) = hashes.as_chunks::<LANES>();
        for hashes in many {
            let mut ranks = [0; LANES];
            ranks.iter_mut().zip(hashes).for_each(|(rank, hash)| *rank = mix(hash ^ round_seed));
            look(&ranks);
        }
        let mut ranks = [EMPTY; LANES];
        ranks.iter_mut().zip(rest).for_each(|(rank, hash)| *rank = mix(hash ^ round_seed));
        look(&ranks);
        for (least, &slot) in least.iter().zip(&slots[..empty]) {
            smallest[slot] = least.iter().fold(EMPTY, |all, &rank| all.min(rank));
        }
        slots[..empty].iter().filter(|&&slot| smallest[slot] == EMPTY).count()
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

    /// Slot by slot, as the module says.
    fn slowly(hashes: &[u64]) -> Signature {
        let rank = |seed: u64| hashes.iter().map(move |hash| mix(hash ^ seed));
        std::array::from_fn(|slot| {
            let fell = |seed: &u64| rank(*seed).filter(|r| (r >> 57) as usize == slot).min();
            let classic = || rank(SLOT_SEEDS[slot]).min();
            ROUND_SEEDS.iter().find_map(fell).or_else(classic).unwrap_or(EMPTY) as u16
        })
    }

    #[test]
    fn signatures_equal_those_made_slot_by_slot() {
        for n in (1..60).chain((60..400).step_by(7)).chain([2000]) {
            let set = elements(n, 0..n);
            let found = at_all_levels(|| signature(&set));
            assert!(found.iter().all(|found| *found == Some(slowly(&set))), "{n}");
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
