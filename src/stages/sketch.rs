//! Shingles to what is compared first: a MinHash signature, and what the lead has.

use crate::kernel::fss::{self, Signature};

/// The sketch of one article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sketch {
    /// MinHash by Fast Similarity Sketching.
    pub signature: Signature,
    /// The smallest hashes of the shingles at the beginning, ascending, filled up with the largest: what a cut copy
    /// shares with the text that it is cut from, however long that is.
    pub lead: Lead,
}

/// Some hashes of the lead.
pub type Lead = [u32; LEAD_HASHES];

/// That of a text without shingles.
pub const NO_LEAD: Lead = [u32::MAX; LEAD_HASHES];

/// Hashes kept of the lead.
pub const LEAD_HASHES: usize = 8;
/// Shingles of the lead. Copies are cut from the end, and what is put before them is short.
const LEAD: usize = 128;

/// Sketches the shingle hashes of an article; `None` without any.
pub fn sketch(hashes: &[u64]) -> Option<Sketch> {
    Some(Sketch {
        signature: fss::signature(hashes)?,
        lead: lead(&hashes[..hashes.len().min(LEAD)]),
    })
}

/// The smallest distinct hashes, by their upper halves.
fn lead(hashes: &[u64]) -> Lead {
    let mut smallest = NO_LEAD;
    for hash in hashes.iter().map(|hash| (hash >> 32) as u32) {
        // Most hashes are larger than all that are kept.
        if hash < smallest[LEAD_HASHES - 1] && !smallest.contains(&hash) {
            insert(&mut smallest, hash);
        }
    }
    smallest
}

/// Puts a value in its place among ascending ones, of which the last is lost; without a branch on where that is.
fn insert(ascending: &mut Lead, value: u32) {
    let mut before = [0; LEAD_HASHES];
    before[1..].copy_from_slice(&ascending[..LEAD_HASHES - 1]);
    for (place, before) in ascending.iter_mut().zip(before) {
        *place = (*place).min(value.max(before));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::hash::mix;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn a_lead_is_its_smallest_hashes(seed: u64, n in 1usize..200, different in 1u64..200) {
            let hashes: Vec<u64> = (0..n as u64).map(|i| mix(seed ^ (i * i % different))).collect();
            let distinct: BTreeSet<u32> = hashes.iter().take(128).map(|hash| (hash >> 32) as u32).collect();
            let mut smallest: Vec<u32> = distinct.into_iter().take(8).collect();
            smallest.resize(8, u32::MAX);
            let sketch = sketch(&hashes).expect("there are hashes");
            prop_assert_eq!(&sketch.lead[..], smallest);
            prop_assert_eq!(Some(sketch.signature), fss::signature(&hashes));
        }
    }

    #[test]
    fn nothing_has_no_sketch() {
        assert_eq!(sketch(&[]), None);
    }
}
