//! Words to shingles: every run of a few words, hashed.

use crate::kernel::hash::mix;
use crate::kernel::sort::Sorter;
use crate::text::words::Word;

/// Words in a shingle. Three find copies that were edited in every tenth word, where five lose half of them.
pub const WORDS: usize = 3;

/// Odd multipliers that make a shingle's hash depend on the order of its words (multiply-shift hashing of a vector).
const FACTORS: [u64; WORDS] = [0x9e37_79b9_7f4a_7c15, 0xc2b2_ae3d_27d4_eb4f, 0x1656_67b1_9e37_79f9];

/// Writes the 64-bit hash of every shingle, in the order of the text, to `hashes`.
///
/// Fewer words than a shingle has make one shingle of them all; no words make none.
pub fn shingle(words: &[Word], hashes: &mut Vec<u64>) {
    hashes.clear();
    let one = |run: &[Word]| {
        mix(run
            .iter()
            .zip(FACTORS)
            .fold(0u64, |sum, (word, factor)| sum.wrapping_add(word.hash.wrapping_mul(factor))))
    };
    if words.len() < WORDS {
        hashes.extend((!words.is_empty()).then(|| one(words)));
    } else {
        hashes.extend(words.windows(WORDS).map(one));
    }
}

/// The set of the upper halves of some shingle hashes, ascending and distinct: what the exact check compares.
pub fn set<'a>(hashes: &[u64], sorter: &'a mut Sorter) -> &'a [u32] {
    sorter.distinct(hashes.iter().map(|hash| (hash >> 32) as u32))
}
