//! Support: two reports are as close as those that stand by either find them.
//!
//! The score of a pair looks at its two alone. Reports of one event resemble each other in more than one way, and what two
//! of them do not share a third shares with both; a report that resembles one of them by chance finds no other that agrees.
//! So each report speaks for itself and for those that are close to it, in proportion to how close they are, and a pair's
//! supported score is the average of what both sides say of it. This is one step of a walk among close reports, which is how
//! similarities are diffused where neighbours are told by their neighbours (Jarvis, Patrick, *Clustering Using a Similarity
//! Measure Based on Shared Near Neighbors*, 1973; Donoser, Bischof, *Diffusion Processes for Retrieval Revisited*, CVPR 2013).

use std::cmp::Reverse;
use std::ops::Range;

use rayon::prelude::*;

use super::parts::in_parts;
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

/// Supported scores.
#[derive(Debug, Default)]
pub struct Supported {
    /// Whether each report has a pair that can lift others over the cut, see [`least`].
    matters: Vec<bool>,
    /// Of each pair whose two reports do.
    scores: Vec<i32>,
    /// What is taken off every pair that a report is in.
    pub penalties: Vec<i64>,
}

impl Supported {
    /// The pairs that it was made of, in the same order, as edges, without those of reports that have no pair of at least
    /// [`least`]: these are below the cut.
    pub fn edges(
        &self,
        pairs: impl Iterator<Item = (u32, u32, i32)> + Clone,
    ) -> impl Iterator<Item = Edge> + Clone {
        let edge = |((a, b, _), &score): ((u32, u32, i32), &i32)| {
            let sum = score.into();
            Edge { a, b, sum, examined: 1 }
        };
        that_matter(&self.matters, pairs).zip(&self.scores).map(edge)
    }
}

fn that_matter(
    matters: &[bool],
    pairs: impl Iterator<Item = (u32, u32, i32)> + Clone,
) -> impl Iterator<Item = (u32, u32, i32)> + Clone {
    pairs.filter(|pair| matters[pair.0 as usize] && matters[pair.1 as usize])
}

/// What is said of pairs, ascending, each with its score.
pub fn support(
    pairs: impl Iterator<Item = (u32, u32, i32)> + Clone,
    penalties: &[i64],
    cut: i64,
) -> Supported {
    let n = penalties.len();
    let net = |(a, b, score): (u32, u32, i32)| {
        i64::from(score) - penalties[a as usize] - penalties[b as usize]
    };
    let mut matters = vec![false; n];
    for (a, b, _) in pairs.clone().filter(|&pair| net(pair) >= least(cut)) {
        (matters[a as usize], matters[b as usize]) = (true, true);
    }
    let pairs = that_matter(&matters, pairs);
    let close = pairs.clone().filter(|&pair| net(pair) >= CLOSE);
    let close = Adjacency::of(n, close.map(|pair| (pair.0, pair.1, net(pair) as i32)));
    let voices = Voices::of(&close);
    drop(close);
    let of_report = |i: usize| {
        let (own, others) = voices.of_report(i);
        let others = others.iter().map(|&(j, share)| i64::from(share) * penalties[j as usize]);
        average((ONE + own) * penalties[i] + others.sum::<i64>())
    };
    let supported = (0..n).into_par_iter().map(of_report).collect();
    let adjacent = Adjacency::of(n, pairs);
    let part = |heard: &mut Heard, some: Range<usize>| {
        let mut scores = Vec::new();
        some.for_each(|i| heard.all_of(i as u32, &adjacent, &voices, &mut scores));
        scores
    };
    let scores: Vec<Vec<i32>> = in_parts(n, part);
    drop(adjacent);
    let scores = scores.concat();
    Supported { matters, scores, penalties: supported }
}

/// The others of each report, ascending, with a number each.
struct Adjacency {
    starts: Vec<usize>,
    others: Vec<(u32, i32)>,
}

impl Adjacency {
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
    fn of(close: &Adjacency) -> Self {
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
    /// The supported scores of the pairs of report `a` with higher ones, ascending.
    fn all_of(&mut self, a: u32, adjacent: &Adjacency, voices: &Voices, supported: &mut Vec<i32>) {
        let similar = adjacent.of_report(a as usize);
        let first = similar.partition_point(|s| s.0 < a);
        if first == similar.len() {
            return;
        }
        self.place.resize(adjacent.starts.len() - 1, 0);
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
            for &(third, score) in adjacent.of_report(other as usize) {
                let said = &mut self.said[self.place[third as usize] as usize];
                *said += i64::from(share) * i64::from(score);
            }
        }
        for (b, one_side) in similar.iter().zip(&self.said[1..]).skip(first) {
            let (own_of_b, others_of_b) = voices.of_report(b.0 as usize);
            let say = |&(other, share): &(u32, i32)| {
                let share = i64::from(share);
                match other == a {
                    true => said(0, 0, share),
                    false => share * self.scores[self.place[other as usize] as usize],
                }
            };
            let other_side = others_of_b.iter().map(say).sum::<i64>();
            let both = said(b.1.into(), own + own_of_b, 0) + one_side + other_side;
            supported.push(average(both) as i32);
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
            let supported = support(given.clone(), &penalties, cut);
            let (scores, expected) = plain(&pairs, &penalties);
            let close = |i: u32| pairs.iter().any(|(&(a, b), &score)| {
                let net = i64::from(score) - penalties[a as usize] - penalties[b as usize];
                (a == i || b == i) && net >= least(cut)
            });
            let mut left: BTreeMap<(u32, u32), i64> = supported.edges(given).map(|e| ((e.a, e.b), e.sum)).collect();
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
            prop_assert_eq!(supported.penalties, expected);
        }
    }

    #[test]
    fn those_who_agree_bring_two_together() {
        let near = |pairs: &[(u32, u32, i32)]| {
            let pairs = pairs.iter().copied();
            support(pairs.clone(), &[0; 3], CLOSE).edges(pairs).next().map_or(0, |edge| edge.sum)
        };
        let by_chance = near(&[(0, 1, 9_000), (0, 2, 30_000)]);
        let agreed = near(&[(0, 1, 9_000), (0, 2, 30_000), (1, 2, 30_000)]);
        assert!(agreed > by_chance + by_chance / 2, "{by_chance} {agreed}");
    }

    #[test]
    fn whoever_has_no_close_pair_is_left_out() {
        let kept = |score: i64| {
            let pair = std::iter::once((0, 1, score as i32));
            support(pair.clone(), &[0; 2], ONE).edges(pair).count()
        };
        assert_eq!([1_963, 1_964].map(kept), [0, 1], "3 %, less what may be rounded off");
    }

    #[test]
    fn shares_are_one_in_all() {
        // Its own word counts as a score of 8 % does.
        assert_eq!(shares([(3 * 5_242, 7)].into_iter()), (ONE / 4, vec![(7, ONE * 3 / 4)]));
        assert_eq!(said(10, 3, 2), 30 + 2 * 39_321);
        let (own, others) = shares([(3_000, 7), (40_000, 9), (10, 1), (40_000, 5)].into_iter());
        assert_eq!(own + others.iter().map(|o| o.1).sum::<i64>(), ONE);
        assert_eq!(others.iter().map(|o| o.0).min(), Some(5));
        assert_eq!(others.len(), MOST);
    }
}
