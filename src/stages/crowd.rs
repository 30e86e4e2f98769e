//! Crowding: what resembles its whole neighbourhood resembles nothing in particular.
//!
//! Two corrections of the fixed similarity, both functions of the set of articles. *Local weights*: a term that most of
//! an article's neighbours have says less. *Crowding*: from the score of a pair a quarter of how near either stands to
//! its own neighbours is taken off (cross-domain similarity local scaling: Conneau et al., *Word Translation Without
//! Parallel Data*, ICLR 2018).

use std::ops::Range;

use super::neighbours::{Neighbours, Similar};
use super::parts::in_parts;
use super::reach::mixed;
use super::weights::Vectors;
use crate::kernel::cosine::Probe;
use crate::kernel::time::ONE;

/// How many of the nearest neighbours tell how crowded an article stands.
pub const CROWD: usize = 2;
/// Crowding where there is nobody, in 1 / 65,536.
const FLOOR: i64 = ONE * 27 / 100;
/// How many neighbours of an undated article there have to be to know where it stands.
pub const KNOWN: usize = 5;
/// Crowding for each that is missing, in 1 / 65,536: where neither dates nor neighbours tell an event from the next one
/// of its kind, only reports that are quite alike come together.
const STRANGER: i64 = ONE * 14 / 100;
/// Of no more than so many: two reports alone are no more likely to be two events than two of three.
const STRANGERS: usize = 3;
/// What part of the crowding is taken off: one over this.
const CROWDING_DIVISOR: i64 = 4;

/// The scores that grouping works on, all in 1 / 65,536.
#[derive(Debug, Clone, Default)]
pub struct Scores {
    /// Similarity under both weights, times the time factor: one for each pair.
    pub pairs: Vec<i32>,
    /// What is taken off every pair that an article is in, one for each article.
    pub penalties: Vec<i64>,
}

impl Scores {
    /// Those of parts that follow one another.
    fn concat(parts: &[Self]) -> Self {
        let pairs: Vec<&[i32]> = parts.iter().map(|part| &part.pairs[..]).collect();
        let penalties: Vec<&[i64]> = parts.iter().map(|part| &part.penalties[..]).collect();
        Self { pairs: pairs.concat(), penalties: penalties.concat() }
    }
}

/// Corrects the similarity of pairs by the neighbourhoods of both sides; so many articles, the first, are undated.
pub fn correct(vectors: &Vectors, found: &Neighbours, undated: usize) -> Scores {
    let Neighbours { similar, nearest, local, .. } = found;
    let one = |probe: &mut Probe, i: usize, own: &[Similar], scores: &mut Scores| {
        let own = own.iter();
        let near = &nearest[i][..nearest[i].len().min(CROWD)];
        vectors.fetch(local, own.clone().map(|p| p.b).chain(near.iter().map(|n| n.0)));
        vectors.load(local, i, probe);
        let mixed = |j: u32, fixed: i32| {
            let local = vectors.cosine(local, probe, i, j as usize);
            mixed(fixed.into(), local.into())
        };
        scores.pairs.extend(own.map(|p| score(mixed(p.b, p.cosine.get()), p.factor.get().into())));
        let crowd = near.iter().map(|&(j, fixed)| mixed(j, fixed));
        scores.penalties.push(penalty(crowd, nearest[i].len(), i >= undated));
    };
    let part = |probe: &mut Probe, some: Range<usize>| {
        let mut scores = Scores::default();
        let mut rest = &similar[similar.partition_point(|p| (p.a as usize) < some.start)..];
        for i in some {
            let n = rest.iter().take_while(|p| p.a as usize == i).count();
            let (own, later) = rest.split_at(n);
            one(probe, i, own, &mut scores);
            rest = later;
        }
        scores
    };
    Scores::concat(&in_parts(vectors.len(), part))
}

/// The score of a pair, of its similarity under both weights and its time factor.
pub fn score(mixed: i64, factor: i64) -> i32 {
    (mixed * factor / ONE) as i32
}

/// What is taken off every pair of an article: by its similarities under both weights to its [`CROWD`] nearest
/// neighbours, of which there may be fewer, and by how many neighbours are known, up to [`KNOWN`].
pub fn penalty(near: impl Iterator<Item = i64>, known: usize, dated: bool) -> i64 {
    let crowding = near.take(CROWD).sum::<i64>() / CROWD as i64;
    let strangers = if dated { 0 } else { KNOWN.saturating_sub(known).min(STRANGERS) };
    crowding.max(FLOOR + STRANGER * strangers as i64) / CROWDING_DIVISOR
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_stands_alone_pays_little_and_whom_nobody_knows_much() {
        let penalty = |near: &[i64], known, dated| penalty(near.iter().copied(), known, dated);
        assert_eq!(penalty(&[30_000, 20_000, 60_000], 5, true), 25_000 / CROWDING_DIVISOR);
        assert_eq!(penalty(&[60_000], 1, true), 30_000 / CROWDING_DIVISOR);
        assert_eq!(penalty(&[], 0, true), 17_694 / CROWDING_DIVISOR);
        assert_eq!(penalty(&[], 5, false), 17_694 / CROWDING_DIVISOR);
        assert_eq!(penalty(&[60_000], 4, false), 30_000 / CROWDING_DIVISOR);
        assert_eq!(penalty(&[], 4, false), (17_694 + 9_175) / CROWDING_DIVISOR);
        assert_eq!(
            [0, 2].map(|known| penalty(&[], known, false)),
            [(17_694 + 3 * 9_175) / CROWDING_DIVISOR; 2]
        );
        assert_eq!(score(20_000, ONE / 2), 10_000);
    }

    #[test]
    fn the_first_ones_are_undated() {
        let mut found = Neighbours { nearest: vec![Vec::new(); 2], ..Neighbours::default() };
        (0..2).for_each(|_| found.local.push(&[]));
        let scores = correct(&Vectors::with_lengths([0, 0].into_iter()), &found, 1);
        assert_eq!(
            scores.penalties,
            [(FLOOR + 3 * STRANGER) / CROWDING_DIVISOR, FLOOR / CROWDING_DIVISOR]
        );
    }
}
