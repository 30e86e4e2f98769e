//! Crowding: what resembles its whole neighbourhood resembles nothing in particular.
//!
//! Two corrections of the fixed similarity, both functions of the set of articles. *Local weights*: a term that most of
//! an article's neighbours have says less. *Crowding*: from the score of a pair a quarter of how near either stands to
//! its own neighbours is taken off (cross-domain similarity local scaling: Conneau et al., *Word Translation Without
//! Parallel Data*, ICLR 2018).

use rayon::prelude::*;

use super::neighbours::{Report, Similar};
use super::weights::Weights;
use crate::kernel::cosine::{cosine, dot};
use crate::kernel::time::ONE;

/// Share of the similarity under local weights, in tenths.
const LOCAL_TENTHS: i64 = 7;
/// How many of the nearest neighbours tell how crowded an article stands.
const NEAREST: usize = 3;
/// Crowding where there is nobody, in 1 / 65,536.
const FLOOR: i64 = ONE * 3 / 10;
/// What part of the crowding is taken off: one over this.
const PART: i64 = 4;

/// The scores that grouping works on, all in 1 / 65,536.
#[derive(Debug, Clone, Default)]
pub struct Scores {
    /// Similarity under both weights, times the time factor: one for each pair.
    pub pairs: Vec<i64>,
    /// What is taken off every pair that an article is in, one for each article.
    pub penalties: Vec<i64>,
}

/// Corrects the similarity of pairs by the neighbourhoods of both sides.
pub fn correct(reports: &[Report], pairs: &[Similar], neighbours: &[Vec<(u32, i32)>]) -> Scores {
    let local: Vec<Weights> = (0..reports.len())
        .into_par_iter()
        .map(|i| local_weights(reports, i, &neighbours[i]))
        .collect();
    let mixed = |a: usize, b: usize, fixed_cosine: i32| {
        let side = |i: usize| (&*reports[i].vector.dimensions, &*local[i].weights);
        let local_cosine = cosine(dot(side(a), side(b)), local[a].length, local[b].length);
        ((10 - LOCAL_TENTHS) * i64::from(fixed_cosine) + LOCAL_TENTHS * local_cosine) / 10
    };
    let score = |pair: &Similar| {
        mixed(pair.a as usize, pair.b as usize, pair.cosine) * i64::from(pair.factor) / ONE
    };
    let crowding = |(i, near): (usize, &Vec<(u32, i32)>)| {
        let mut similar: Vec<i64> =
            near.iter().map(|&(j, cosine)| mixed(i, j as usize, cosine)).collect();
        similar.sort_unstable_by(|x, y| y.cmp(x));
        (similar.iter().take(NEAREST).sum::<i64>() / NEAREST as i64).max(FLOOR) / PART
    };
    Scores {
        pairs: pairs.par_iter().map(score).collect(),
        penalties: neighbours.par_iter().enumerate().map(crowding).collect(),
    }
}

/// Weighs the terms of article `i` by how many of its neighbours have them.
fn local_weights(reports: &[Report], i: usize, neighbours: &[(u32, i32)]) -> Weights {
    let own = reports[i].vector;
    let mut df = vec![1u8; own.dimensions.len()];
    for &(j, _) in neighbours {
        count_shared(&own.dimensions, &reports[j as usize].vector.dimensions, &mut df);
    }
    own.local(neighbours.len() + 1, &df)
}

/// Adds one to the count of every dimension that the other vector has too.
fn count_shared(own: &[u32], other: &[u32], counts: &mut [u8]) {
    let (mut i, mut j) = (0, 0);
    while i < own.len() && j < other.len() {
        let (x, y) = (own[i], other[j]);
        counts[i] += u8::from(x == y);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
}
