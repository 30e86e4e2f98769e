//! Support: two reports are as close as those that stand by either find them.
//!
//! The score of a pair looks at its two alone. Reports of one event resemble each other in more than one way, and what two
//! of them do not share a third shares with both; a report that resembles one of them by chance finds no other that agrees.
//! So each report speaks for itself and for those that are close to it, in proportion to how close they are, and a pair's
//! supported score is the average of what both sides say of it. This is one step of a walk among close reports, which is how
//! similarities are diffused where neighbours are told by their neighbours (Jarvis, Patrick, *Clustering Using a Similarity
//! Measure Based on Shared Near Neighbors*, 1973; Donoser, Bischof, *Diffusion Processes for Retrieval Revisited*, CVPR 2013).

use std::cmp::Reverse;

use rayon::prelude::*;

use crate::kernel::linkage::Edge;
use crate::kernel::time::ONE;

/// Least score of a pair, less both penalties, whose reports speak for each other, in 1 / 65,536.
const CLOSE: i64 = ONE * 3 / 100;
/// How much a report's own word counts beside the scores of those that are close to it, in 1 / 65,536.
const OWN: i64 = ONE * 8 / 100;
/// What a report says of itself, in 1 / 65,536.
const LIKE: i64 = ONE * 6 / 10;
/// Most reports that speak for another one.
const MOST: usize = if cfg!(test) { 2 } else { 16 };

/// The least score, less both penalties, by which a pair can matter: no pair gets to the cut unless one of its reports, or one
/// that speaks for it, has a pair of at least this with the other. Shares are one in all, so that a supported score is an
/// average of scores; what is rounded off is less than 2 in all.
pub fn least(cut: i64) -> i64 {
    cut.min(CLOSE) - 2
}

/// The share that a report's own word has, and those of the others that speak for it, of all that are similar to it with
/// their scores, less both penalties; all in 1 / 65,536, one in all.
pub fn shares<K: Ord + Copy>(similar: impl Iterator<Item = (i64, K)>) -> (i64, Vec<(K, i64)>) {
    let mut close: Vec<(i64, K)> = similar.filter(|s| s.0 >= CLOSE).collect();
    if close.len() > MOST {
        close.select_nth_unstable_by_key(MOST, |&(score, other)| (Reverse(score), other));
        close.truncate(MOST);
    }
    let all = OWN + close.iter().map(|c| c.0).sum::<i64>();
    let others: Vec<(K, i64)> =
        close.into_iter().map(|(score, other)| (other, score * ONE / all)).collect();
    (ONE - others.iter().map(|o| o.1).sum::<i64>(), others)
}

/// What a report itself says of its pair with another one, given the share of its own word and that of the other one's, in
/// 1 / 65,536².
pub fn said(score: i64, own: i64, share: i64) -> i64 {
    own * score + share * LIKE
}

/// The average of what two sides say, in 1 / 65,536.
pub fn average(both: i64) -> i64 {
    both / (2 * ONE)
}

/// The supported scores of pairs, and the supported penalties.
///
/// `pairs` are ascending, each with its score. Pairs of reports that have no close one are left out: they are below the cut,
/// see [`least`].
pub fn support(
    pairs: impl Iterator<Item = (u32, u32, i32)> + Clone,
    penalties: &[i64],
    cut: i64,
) -> (Vec<Edge>, Vec<i64>) {
    let net = |(a, b, score): (u32, u32, i32)| {
        i64::from(score) - penalties[a as usize] - penalties[b as usize]
    };
    let mut counts = vec![false; penalties.len()];
    for (a, b, _) in pairs.clone().filter(|&pair| net(pair) >= least(cut)) {
        (counts[a as usize], counts[b as usize]) = (true, true);
    }
    let pairs = pairs.filter(|pair| counts[pair.0 as usize] && counts[pair.1 as usize]);
    let close = pairs.clone().filter(|&pair| net(pair) >= CLOSE);
    let close = Lists::of(penalties.len(), close.map(|pair| (pair.0, pair.1, net(pair) as i32)));
    let voices = Voices::of(&close);
    drop(close);
    let said_of = |i: usize| {
        let (own, others) = voices.of_report(i);
        let others = others.iter().map(|&(j, share)| i64::from(share) * penalties[j as usize]);
        average((ONE + own) * penalties[i] + others.sum::<i64>())
    };
    let supported = (0..penalties.len()).into_par_iter().map(said_of).collect();
    let lists = Lists::of(penalties.len(), pairs.clone());
    let edge = |(a, b, score): (u32, u32, i32)| Edge { a, b, sum: score.into(), examined: 1 };
    let mut edges: Vec<Edge> = pairs.map(edge).collect();
    let hear = |heard: &mut Heard, edges: &mut [Edge]| heard.all_of(edges, &lists, &voices);
    edges.par_chunk_by_mut(|x, y| x.a == y.a).for_each_init(Heard::default, hear);
    (edges, supported)
}

/// The others of each report, ascending, with a number each.
struct Lists {
    starts: Vec<usize>,
    others: Vec<(u32, i32)>,
}

impl Lists {
    /// Of pairs, ascending.
    fn of(n: usize, pairs: impl Iterator<Item = (u32, u32, i32)> + Clone) -> Self {
        let mut starts = vec![0; n + 2];
        for end in pairs.clone().flat_map(|pair| [pair.0, pair.1]) {
            starts[end as usize + 2] += 1;
        }
        (2..starts.len()).for_each(|i| starts[i] += starts[i - 1]);
        let mut others = vec![(0, 0); starts[n + 1]];
        for (a, b, number) in pairs {
            for (end, other) in [(a, b), (b, a)] {
                let next = &mut starts[end as usize + 1];
                others[*next] = (other, number);
                *next += 1;
            }
        }
        starts.pop();
        Self { starts, others }
    }

    fn of_report(&self, i: usize) -> &[(u32, i32)] {
        &self.others[self.starts[i]..self.starts[i + 1]]
    }
}

/// Who speaks for each report.
struct Voices {
    starts: Vec<usize>,
    /// With their shares.
    others: Vec<(u32, i32)>,
    own: Vec<i32>,
}

impl Voices {
    fn of(close: &Lists) -> Self {
        let n = close.starts.len() - 1;
        let mut voices = Self { starts: vec![0], others: Vec::new(), own: Vec::with_capacity(n) };
        for i in 0..n {
            let similar = close.of_report(i).iter().map(|&(other, net)| (net.into(), other));
            let (own, others) = shares(similar);
            voices.own.push(own as i32);
            voices.others.extend(others.into_iter().map(|(other, share)| (other, share as i32)));
            voices.starts.push(voices.others.len());
        }
        voices
    }

    fn of_report(&self, i: usize) -> (i64, &[(u32, i32)]) {
        (self.own[i].into(), &self.others[self.starts[i]..self.starts[i + 1]])
    }
}

/// What is said of the pairs of one report.
#[derive(Default)]
struct Heard {
    /// For each report its place among those of the one, 0 if it is none of them.
    place: Vec<u32>,
    /// By place: the scores of the pairs, and what those who speak for the one say of them.
    scores: Vec<i64>,
    said: Vec<i64>,
}

impl Heard {
    /// The edges have the same lower end, and become supported.
    fn all_of(&mut self, edges: &mut [Edge], lists: &Lists, voices: &Voices) {
        let a = edges[0].a;
        let similar = lists.of_report(a as usize);
        self.place.resize(lists.starts.len() - 1, 0);
        self.scores.clear();
        self.scores.push(0);
        self.said.clear();
        self.said.resize(similar.len() + 1, 0);
        for &(other, score) in similar {
            self.place[other as usize] = self.scores.len() as u32;
            self.scores.push(score.into());
        }
        let (own, others) = voices.of_report(a as usize);
        for &(other, share) in others {
            self.said[self.place[other as usize] as usize] += said(0, 0, share.into());
            for &(third, score) in lists.of_report(other as usize) {
                let said = &mut self.said[self.place[third as usize] as usize];
                *said += i64::from(share) * i64::from(score);
            }
        }
        for edge in edges {
            let (own_of_b, others_of_b) = voices.of_report(edge.b as usize);
            let one_side = said(edge.sum, own, 0) + self.said[self.place[edge.b as usize] as usize];
            let say = |&(other, share): &(u32, i32)| {
                let share = i64::from(share);
                match other == a {
                    true => said(0, 0, share),
                    false => share * self.scores[self.place[other as usize] as usize],
                }
            };
            let other_side = said(edge.sum, own_of_b, 0) + others_of_b.iter().map(say).sum::<i64>();
            edge.sum = average(one_side + other_side);
        }
        similar.iter().for_each(|s| self.place[s.0 as usize] = 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    /// The formula, slow and plain.
    fn plain(pairs: &BTreeMap<(u32, u32), i32>, penalties: &[i64]) -> (Vec<i64>, Vec<i64>) {
        let n = penalties.len() as u32;
        let score = |a: u32, b: u32| match a == b {
            true => LIKE,
            false => pairs.get(&(a.min(b), a.max(b))).map_or(0, |&score| score.into()),
        };
        let net = |a: u32, b: u32| score(a, b) - penalties[a as usize] - penalties[b as usize];
        let voices = |i: u32| {
            let there = |&j: &u32| pairs.contains_key(&(i.min(j), i.max(j)));
            let (own, mut others) = shares((0..n).filter(there).map(|j| (net(i, j), j)));
            others.push((i, own));
            others
        };
        let say = |a: u32, b: u32| voices(a).iter().map(|v| v.1 * score(v.0, b)).sum::<i64>();
        let scores = pairs.keys().map(|&(a, b)| average(say(a, b) + say(b, a))).collect();
        let penalty = |i: u32| {
            let said = voices(i).iter().map(|v| v.1 * penalties[v.0 as usize]).sum::<i64>();
            average(ONE * penalties[i as usize] + said)
        };
        (scores, (0..n).map(penalty).collect())
    }

    proptest! {
        #[test]
        fn equals_the_formula(
            pairs in prop::collection::btree_map((0u32..12, 0u32..12), 0i32..40_000, 0..40),
            penalties in prop::collection::vec(0i64..12_000, 12),
            cut in -2_000i64..20_000,
        ) {
            let pairs: BTreeMap<(u32, u32), i32> =
                pairs.into_iter().filter(|(ends, _)| ends.0 < ends.1).collect();
            let given = pairs.iter().map(|(&(a, b), &score)| (a, b, score));
            let (edges, supported) = support(given, &penalties, cut);
            let (scores, expected) = plain(&pairs, &penalties);
            let close = |i: u32| pairs.iter().any(|(&(a, b), &score)| {
                let net = i64::from(score) - penalties[a as usize] - penalties[b as usize];
                (a == i || b == i) && net >= least(cut)
            });
            let mut left: BTreeMap<(u32, u32), i64> = edges.iter().map(|e| ((e.a, e.b), e.sum)).collect();
            for (&(a, b), score) in pairs.keys().zip(scores) {
                match left.remove(&(a, b)) {
                    Some(sum) => prop_assert_eq!(sum, score),
                    None => {
                        let net = score - expected[a as usize] - expected[b as usize];
                        prop_assert!(!(close(a) && close(b)) && net < cut + 2);
                    }
                }
            }
            prop_assert!(left.is_empty());
            prop_assert_eq!(supported, expected);
        }
    }

    #[test]
    fn those_who_agree_bring_two_together() {
        let near =
            |pairs: &[(u32, u32, i32)]| support(pairs.iter().copied(), &[0; 3], CLOSE).0[0].sum;
        let by_chance = near(&[(0, 1, 9_000), (0, 2, 30_000)]);
        let agreed = near(&[(0, 1, 9_000), (0, 2, 30_000), (1, 2, 30_000)]);
        assert!(agreed > by_chance + by_chance / 2, "{by_chance} {agreed}");
    }

    #[test]
    fn shares_are_one_in_all() {
        let (own, others) = shares([(3_000, 7), (40_000, 9), (10, 1), (40_000, 5)].into_iter());
        assert_eq!(own + others.iter().map(|o| o.1).sum::<i64>(), ONE);
        assert_eq!(others.iter().map(|o| o.0).min(), Some(5));
        assert_eq!(others.len(), MOST);
    }
}
