//! Candidate pairs to near-duplicate matches: the exact check.

use crate::kernel::sets::{containment, intersection, resemblance};
use crate::kernel::time::DAY;
use crate::params::Params;

/// What the check looks at of one article.
#[derive(Debug, Clone, Copy)]
pub struct Copy<'a> {
    /// Ascending shingle hashes.
    pub shingles: &'a [u32],
    /// Ascending hashes of the numbers in the text.
    pub numbers: &'a [u32],
    /// Seconds since 1970.
    pub time: Option<i64>,
}

/// Shingles that two articles must share to be called copies on containment alone: enough that it is no stock phrase.
const COPIED: usize = 12;
/// Articles further apart than this, or undated, must agree in their numbers: a template filled in again is no copy.
const FRESH: i64 = 2 * DAY;
/// Least share of numbers that agree, of the side that has fewer.
const AGREEING: f64 = 0.8;

/// Resemblance and containment of two articles, if they are near-duplicates of each other.
pub fn near(a: &Copy, b: &Copy, params: &Params) -> Option<(f64, f64)> {
    let (n, m) = (a.shingles.len(), b.shingles.len());
    // What cannot reach either threshold by its size alone is not counted.
    let common = intersection(a.shingles, b.shingles);
    let (resemblance, containment) = (resemblance(n, m, common), containment(n, m, common));
    let copied = resemblance >= params.min_resemblance || containment >= params.min_containment && common >= COPIED;
    let fresh = a.time.zip(b.time).is_some_and(|(x, y)| (x - y).abs() <= FRESH);
    (copied && (fresh || numbers_agree(a.numbers, b.numbers))).then_some((resemblance, containment))
}

/// Whether most numbers of the article that has fewer are in the other as well. Without numbers there is nothing to
/// disagree on.
fn numbers_agree(a: &[u32], b: &[u32]) -> bool {
    intersection(a, b) as f64 >= AGREEING * a.len().min(b.len()) as f64
}
