//! The stable 64-bit hash: whatever can affect an answer or is stored goes through here.
//!
//! The values are a format. [`VERSION`] names it, and a test pins it.

use std::hint::select_unpredictable;

use twox_hash::XxHash3_64;

use super::wide::wide;

/// Names the hash, its seeds and mixers. A stored hash of another version is an error, never a wrong answer.
pub const VERSION: u32 = 1;

/// 2^64 divided by the golden ratio. A product with it has numbers that follow each other far apart in its upper bits: Knuth, *The
/// Art of Computer Programming*, volume 3, 6.4.
pub const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
/// The same for 32 bits: the prime next below 2^32 divided by the golden ratio.
pub const GOLDEN_32: u32 = 0x9e37_79b1;

/// XXH3-64 of the bytes.
///
/// ```
/// assert_eq!(samestory::kernel::hash::hash(b""), 0x2d06_8005_38d3_94c2, "as XXH3 has it everywhere");
/// ```
pub fn hash(bytes: &[u8]) -> u64 {
    XxHash3_64::oneshot(bytes)
}

/// XXH3-64 of `bytes[from..to]`: [`hash`], faster for short words in a longer text.
///
/// It loads 16 bytes at once, so that all words of up to 8 bytes, which are nearly all, go one way without a branch
/// on their length that a predictor cannot guess.
#[inline]
pub fn hash_within(bytes: &[u8], from: usize, to: usize) -> u64 {
    let len = to - from;
    match bytes.get(from..).and_then(|rest| rest.first_chunk()) {
        Some(block) if len.wrapping_sub(1) < 8 => {
            hash_upto_8(u128::from_le_bytes(*block) as u64, len as u64)
        }
        Some(block) if len.wrapping_sub(1) < 16 => {
            hash_9_to_16(u128::from_le_bytes(*block), len as u64)
        }
        _ => hash(&bytes[from..to]),
    }
}

wide! {
    /// [`hash_within`] of many runs, each given as where it begins and ends in `bytes`; of as many as there is room for.
    pub fn hash_runs(bytes: &[u8], runs: &[[u32; 2]], hashes: &mut [u64]) {
        const LANES: usize = 8;
        let (many, rest) = runs.as_chunks::<LANES>();
        let (hashes, hashes_rest) = hashes.as_chunks_mut::<LANES>();
        let one = |[from, to]: [u32; 2]| hash_within(bytes, from as usize, to as usize);
        for (runs, hashes) in many.iter().zip(hashes) {
            let (mut words, mut longer) = ([0; LANES], false);
            for (word, &[from, to]) in words.iter_mut().zip(runs) {
                let eight = bytes.get(from as usize..).and_then(|rest| rest.first_chunk());
                *word = eight.map_or(0, |eight| u64::from_le_bytes(*eight));
                longer |= (to - from > 8) | eight.is_none();
            }
            for ((hash, &word), [from, to]) in hashes.iter_mut().zip(&words).zip(runs) {
                // A longer word gets its own hash below.
                *hash = hash_upto_8(word, u64::from(to - from).min(8));
            }
            if longer {
                for (hash, &run) in hashes.iter_mut().zip(runs) {
                    if run[1] - run[0] > 8 || run[0] as usize + 8 > bytes.len() {
                        *hash = one(run);
                    }
                }
            }
        }
        hashes_rest.iter_mut().zip(rest).for_each(|(hash, &run)| *hash = one(run));
    }
}

/// XXH3-64 of the lowest `len` bytes of a word, 1..=8; the constants are XXH3's own and words of its secret.
#[inline(always)]
fn hash_upto_8(x: u64, len: u64) -> u64 {
    let byte = |i: u64| x >> (8 * i) & 0xFF;
    let mut few = (byte(0) << 16 | byte(len >> 1) << 24 | byte(len - 1) | len << 8) ^ 0x8727_5A9B;
    // These are 32 bits: what XXH3 shifts into them from above is 0.
    few = few.wrapping_mul(0xC2B2_AE3D_27D4_EB4F);
    few = (few ^ few >> 29).wrapping_mul(0x1656_67B1_9E37_79F9);
    few ^= few >> 32;
    let last = x >> (8 * (len.wrapping_sub(4) & 7)) & 0xFFFF_FFFF;
    let mut more = (last.wrapping_add(x << 32)) ^ 0xC73A_B174_C5EC_D5A2;
    more ^= more.rotate_left(49) ^ more.rotate_left(24);
    more = more.wrapping_mul(0x9FB2_1C65_1E98_DF25);
    more = (more ^ (more >> 35).wrapping_add(len)).wrapping_mul(0x9FB2_1C65_1E98_DF25);
    more ^= more >> 28;
    select_unpredictable(len < 4, few, more)
}

/// XXH3-64 of the lowest `len` bytes of a block, 9..=16.
#[inline]
fn hash_9_to_16(x: u128, len: u64) -> u64 {
    let low = x as u64 ^ 0x6782_737B_EA42_39B9;
    let high = (x >> (8 * (len - 8))) as u64 ^ 0xAF56_BC3B_0996_523A;
    let product = u128::from(low) * u128::from(high);
    let folded = product as u64 ^ (product >> 64) as u64;
    let sum = len.wrapping_add(low.swap_bytes()).wrapping_add(high).wrapping_add(folded);
    let sum = (sum ^ sum >> 37).wrapping_mul(0x1656_6791_9E37_79F9);
    sum ^ sum >> 32
}

/// Scrambles a value so that every input bit moves every output bit (the finaliser of MurmurHash3).
#[inline]
pub fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    x = (x ^ (x >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    x ^ (x >> 33)
}

/// Seed number `i` for the use called `name`: the XXH3 of both, so that no two uses share randomness.
pub fn seed(name: &str, i: usize) -> u64 {
    hash(format!("samestory/{name}/{i}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::wide::tests::at_all_levels;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn short_words_have_the_same_hash(before in 0usize..20, word in prop::collection::vec(any::<u8>(), 0..20), after in 0usize..20) {
            let bytes: Vec<u8> = [vec![b'x'; before], word.clone(), vec![b'y'; after]].concat();
            prop_assert_eq!(hash_within(&bytes, before, before + word.len()), XxHash3_64::oneshot(&word));
        }
    }

    proptest! {
        #[test]
        fn many_words_have_the_same_hashes(lengths in prop::collection::vec(1u32..19, 0..40)) {
            let ends: Vec<u32> = lengths.iter().scan(0, |end, n| { *end += n; Some(*end) }).collect();
            let bytes: Vec<u8> = (0..ends.last().copied().unwrap_or(0)).map(|i| (mix(i.into()) & 0xFF) as u8).collect();
            let runs: Vec<[u32; 2]> = ends.iter().zip(&lengths).map(|(&end, n)| [end - n, end]).collect();
            let expected: Vec<u64> = runs.iter().map(|&[from, to]| hash(&bytes[from as usize..to as usize])).collect();
            let hashes = || {
                let mut hashes = vec![0; runs.len()];
                hash_runs(&bytes, &runs, &mut hashes);
                hashes
            };
            prop_assert!(at_all_levels(hashes).iter().all(|hashes| *hashes == expected));
        }
    }

    #[test]
    fn values_are_pinned() {
        assert_eq!(hash(b""), 0x2d06_8005_38d3_94c2, "the published XXH3-64 of nothing");
        assert_eq!(hash(b"summit"), XxHash3_64::oneshot_with_seed(0, b"summit"));
        assert_eq!(mix(1), 0xb456_bcfc_34c2_cb2c);
    }
}
