//! Shingles to what is compared first: a MinHash signature, and what the lead has.

use crate::kernel::fss::{self, Signature};
use crate::kernel::wide::wide;

/// The sketch of one article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sketch {
    /// MinHash by Fast Similarity Sketching.
    pub signature: Signature,
    /// Distinct hashes of shingles at the beginning, filled up with the largest value: what a cut copy shares with the text that
    /// it is cut from, however long that is and however short the copy.
    pub lead: Lead,
}

/// Some hashes of the lead.
pub type Lead = [u32; LEAD_HASHES];

/// That of a text without shingles.
pub const NO_LEAD: Lead = [u32::MAX; LEAD_HASHES];

/// Hashes kept of the lead.
pub const LEAD_HASHES: usize = OPENING_HASHES + OTHERS;
/// Of these so many are the smallest of the opening alone, so that a teaser has them.
const OPENING_HASHES: usize = 3;
/// And so many are the smallest others of the lead.
const OTHERS: usize = 7;
/// Shingles of the opening.
const OPENING: usize = 32;
/// Shingles of the lead. Copies are cut from the end, and what is put before them is short.
const LEAD: usize = 128;

/// Sketches the shingle hashes of an article; `None` without any.
pub fn sketch(hashes: &[u64]) -> Option<Sketch> {
    Some(Sketch { signature: fss::signature(hashes)?, lead: lead(hashes) })
}

wide! {
    fn lead(hashes: &[u64]) -> Lead {
        let first = |n: usize| &hashes[..hashes.len().min(n)];
        let opening: [u32; OPENING_HASHES] = smallest(first(OPENING), &[]);
        let others: [u32; OTHERS] = smallest(first(LEAD), &opening);
        let mut lead = NO_LEAD;
        lead[..OPENING_HASHES].copy_from_slice(&opening);
        lead[OPENING_HASHES..].copy_from_slice(&others);
        lead
    }
}

/// The smallest distinct hashes, by their upper halves, ascending, without those that are known.
#[inline(always)]
fn smallest<const N: usize>(hashes: &[u64], known: &[u32]) -> [u32; N] {
    let mut smallest = [u32::MAX; N];
    for hash in hashes.iter().map(|hash| (hash >> 32) as u32) {
        // Most hashes are larger than all that are kept.
        if hash < smallest[N - 1] && !is_among(&smallest, hash) && !is_among(known, hash) {
            insert(&mut smallest, hash);
        }
    }
    smallest
}

/// Not `contains`, which stops early and so cannot look at several values at once.
#[inline(always)]
fn is_among(values: &[u32], value: u32) -> bool {
    values.iter().fold(false, |some, &other| some | (other == value))
}

/// Puts a value in its place among ascending ones, of which the last is lost; without a branch on where that is.
#[inline(always)]
fn insert<const N: usize>(ascending: &mut [u32; N], value: u32) {
    let mut before = [0; N];
    before[1..].copy_from_slice(&ascending[..N - 1]);
    for (place, before) in ascending.iter_mut().zip(before) {
        *place = (*place).min(value.max(before));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::hash::mix;
    use crate::kernel::wide::tests::at_all_levels;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn a_lead_is_the_smallest_hashes_of_its_opening_and_of_all_of_it(seed: u64, n in 1usize..200, different in 1u64..200) {
            let hashes: Vec<u64> = (0..n as u64).map(|i| mix(seed ^ (i * i % different))).collect();
            let distinct = |n: usize| hashes.iter().take(n).map(|hash| (hash >> 32) as u32).collect::<BTreeSet<u32>>();
            let filled = |some: &mut dyn Iterator<Item = u32>, n: usize| {
                let mut some: Vec<u32> = some.take(n).collect();
                some.resize(n, u32::MAX);
                some
            };
            let mut lead = filled(&mut distinct(32).into_iter(), 3);
            let others = filled(&mut distinct(128).into_iter().filter(|hash| !lead.contains(hash)), 7);
            lead.extend(others);
            for sketch in at_all_levels(|| sketch(&hashes).expect("there are hashes")) {
                prop_assert_eq!(&sketch.lead[..], &lead);
                prop_assert_eq!(Some(sketch.signature), fss::signature(&hashes));
            }
        }
    }

    #[test]
    fn nothing_has_no_sketch() {
        assert_eq!(sketch(&[]), None);
    }
}
