//! A candidate pair to a near-duplicate match: the exact check.

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
    /// What is the same for texts that are the same, word for word.
    pub content: u64,
}

/// The numbers of one check.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    /// Jaccard coefficient of the shingle sets, 0..=1.
    pub resemblance: f64,
    /// Share of the smaller shingle set found in the other, 0..=1.
    pub containment: f64,
    /// The larger of resemblance and containment, each as a multiple of what a match needs, up to [`STRONGEST`]; 0
    /// where the numbers in the texts forbid a match. From 1 on it is a match.
    pub strength: f64,
}

/// Beyond this a pair is no better evidence for the rest of its group.
pub const STRONGEST: f64 = 1.5;
/// Shingles that two articles must share to be called copies on containment alone: enough that it is no stock phrase.
const COPIED: usize = 12;
/// Articles further apart than this, or undated, must agree in their numbers: a template filled in again is no copy.
const FRESH: i64 = 2 * DAY;
/// Least share of numbers that agree, of the side that has fewer.
const AGREEING: f64 = 0.8;

/// Compares two articles shingle by shingle.
pub fn near(a: &Copy, b: &Copy, params: &Params) -> Near {
    let (n, m) = (a.shingles.len(), b.shingles.len());
    let common = intersection(a.shingles, b.shingles);
    let (resemblance, containment) = (resemblance(n, m, common), containment(n, m, common));
    let contained = if common >= COPIED { containment / params.min_containment } else { 0.0 };
    let strength = (resemblance / params.min_resemblance).max(contained).min(STRONGEST);
    let forbidden = a.content == b.content || !fresh(a, b) && !numbers_agree(a.numbers, b.numbers);
    Near { resemblance, containment, strength: if forbidden { 0.0 } else { strength } }
}

/// The least resemblance with which two sets of these sizes can match.
pub fn least_resemblance(n: usize, m: usize, params: &Params) -> f64 {
    let contained = params.min_containment * n.min(m) as f64;
    params.min_resemblance.min(contained / ((n + m) as f64 - contained).max(1.0))
}

fn fresh(a: &Copy, b: &Copy) -> bool {
    a.time.zip(b.time).is_some_and(|(x, y)| (x - y).abs() <= FRESH)
}

/// Whether most numbers of the article that has fewer are in the other as well. Without numbers there is nothing to
/// disagree on.
fn numbers_agree(a: &[u32], b: &[u32]) -> bool {
    intersection(a, b) as f64 >= AGREEING * a.len().min(b.len()) as f64
}
