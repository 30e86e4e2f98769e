//! Shingles to what is compared first: a MinHash signature and a SimHash fingerprint.

use crate::kernel::fss::{self, Signature};
use crate::kernel::simhash::simhash;

/// The sketch of one article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sketch {
    /// MinHash by Fast Similarity Sketching.
    pub signature: Signature,
    /// SimHash of the same shingles.
    pub fingerprint: u64,
}

/// Sketches the shingle hashes of an article; `None` without any.
pub fn sketch(hashes: &[u64]) -> Option<Sketch> {
    Some(Sketch { signature: fss::signature(hashes)?, fingerprint: simhash(hashes) })
}
