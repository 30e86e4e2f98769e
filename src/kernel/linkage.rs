//! Average linkage: two groups are as close as the average of the scores of the pairs between them.
//!
//! The closest two groups merge, again and again, while their average is at or above a cut. Average linkage is
//! *reducible*: a merger is never closer to a third group than the closer of its two parts was. So all pairs of groups
//! that are each other's nearest can merge at once, and rounds of that give the tree that one merger at a time gives
//! (Müllner, arXiv 1109.2378, section 2.3). All sums are integers and averages are compared as fractions, so the
//! outcome is exact: the same on any machine, in any order. Between equal averages the pair of groups with the lowest
//! items goes first within a round; all mutual nearest pairs of a round merge, and that is what ties come to.

use std::cmp::Ordering;

/// What is known between two items, or between two groups of items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// The lower item.
    pub a: u32,
    /// The higher item.
    pub b: u32,
    /// Sum of the scores of the pairs between them.
    pub sum: i64,
    /// How many of the pairs between them were examined.
    pub examined: u32,
}

/// Which pairs an average is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Average {
    /// All pairs between two groups; a pair without an edge has score 0.
    AllPairs,
    /// The pairs that were examined. Still reducible: an average of two averages lies between them.
    ExaminedPairs,
}

/// Two groups that became one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merger {
    /// The lowest item of the one, and of both from then on.
    pub into: u32,
    /// The lowest item of the other.
    pub gone: u32,
    /// Sum of the scores of the pairs between them.
    pub sum: i64,
    /// How many pairs that is over.
    pub pairs: u64,
}

/// What grouping gives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    /// For each item the lowest item of its group.
    pub label: Vec<u32>,
    /// All mergers, those of each group from the leaves to the root. Averages only fall on the way, so the last merger of
    /// a group is its weakest link.
    pub mergers: Vec<Merger>,
}

/// Groups items `0..penalties.len()`.
///
/// The score of a pair is its edge's `sum` (0 without an edge) less the penalties of both items. `edges` have `a < b`,
/// each pair at most once, in any order. `cut` is in the unit of the scores and must be above 0 wherever a pair without an edge may
/// have score 0, since only groups with an edge between them are ever compared.
pub fn group(
    penalties: &[i64],
    edges: impl Iterator<Item = Edge> + Clone,
    cut: i64,
    average: Average,
) -> Tree {
    let mut mergers = Vec::new();
    let mut groups =
        Groups { size: vec![1; penalties.len()], penalty: penalties.to_vec(), average, cut };
    let mut label: Vec<u32> = (0..penalties.len() as u32).collect();
    let mut edges = groups.hopeful(edges);
    edges.sort_unstable_by_key(|e| (e.a, e.b));
    loop {
        let nearest = groups.nearest(&edges);
        let merged = groups.merge_mutual(&nearest, &edges);
        if merged.is_empty() {
            break;
        }
        let mut target: Vec<u32> = (0..label.len() as u32).collect();
        merged.iter().for_each(|m| target[m.gone as usize] = m.into);
        label.iter_mut().for_each(|l| *l = target[*l as usize]);
        contract(&mut edges, &nearest, &target);
        mergers.extend(merged);
    }
    Tree { label, mergers }
}

const NONE: u32 = u32::MAX;

struct Groups {
    size: Vec<u64>,
    penalty: Vec<i64>,
    average: Average,
    cut: i64,
}

impl Groups {
    /// Sum of the scores of the pairs between the two groups of an edge, and how many pairs that is over.
    fn fraction(&self, e: &Edge) -> (i128, i128) {
        let (a, b) = (e.a as usize, e.b as usize);
        let pairs = match self.average {
            Average::AllPairs => self.size[a] * self.size[b],
            Average::ExaminedPairs => u64::from(e.examined),
        };
        let penalty = i128::from(self.penalty[a]) * i128::from(self.size[b])
            + i128::from(self.penalty[b]) * i128::from(self.size[a]);
        (i128::from(e.sum) - penalty, i128::from(pairs))
    }

    /// Orders edges by their average; equal ones by their ends, the lower counting as the closer.
    fn closer(&self, x: &Edge, y: &Edge) -> Ordering {
        let ((p, q), (r, s)) = (self.fraction(x), self.fraction(y));
        (p * s).cmp(&(r * q)).then_with(|| (y.a, y.b).cmp(&(x.a, x.b)))
    }

    /// The edges both of whose ends have an edge at or above the cut; the others never matter, see [`contract`].
    fn hopeful(&self, edges: impl Iterator<Item = Edge> + Clone) -> Vec<Edge> {
        let mut alive = vec![false; self.size.len()];
        for e in edges.clone().filter(|e| self.is_close(e)) {
            alive[e.a as usize] = true;
            alive[e.b as usize] = true;
        }
        edges.filter(|e| alive[e.a as usize] && alive[e.b as usize]).collect()
    }

    /// Whether an edge is at or above the cut.
    fn is_close(&self, e: &Edge) -> bool {
        let (sum, pairs) = self.fraction(e);
        sum >= i128::from(self.cut) * pairs
    }

    /// For each group the position of the edge to its nearest group, among edges at or above the cut.
    fn nearest(&self, edges: &[Edge]) -> Vec<u32> {
        let mut nearest = vec![NONE; self.size.len()];
        for (i, edge) in edges.iter().enumerate() {
            if !self.is_close(edge) {
                continue;
            }
            for end in [edge.a, edge.b] {
                let best = &mut nearest[end as usize];
                if *best == NONE || self.closer(edge, &edges[*best as usize]) == Ordering::Greater {
                    *best = i as u32;
                }
            }
        }
        nearest
    }

    /// Merges the groups that are each other's nearest, the higher into the lower.
    fn merge_mutual(&mut self, nearest: &[u32], edges: &[Edge]) -> Vec<Merger> {
        let mutual = |(i, e): &(usize, &Edge)| {
            nearest[e.a as usize] == *i as u32 && nearest[e.b as usize] == *i as u32
        };
        let merger = |e: &Edge| {
            let (sum, pairs) = self.fraction(e);
            Merger { into: e.a, gone: e.b, sum: sum as i64, pairs: pairs as u64 }
        };
        let merged: Vec<Merger> =
            edges.iter().enumerate().filter(mutual).map(|(_, e)| merger(e)).collect();
        for &Merger { into, gone, .. } in &merged {
            self.size[into as usize] += self.size[gone as usize];
            self.penalty[into as usize] += self.penalty[gone as usize];
        }
        merged
    }
}

/// Moves edges to the groups that their ends became part of, adding up those that now join the same two.
///
/// A group that has no edge at or above the cut never will have one, since averages of averages below the cut stay
/// below it: its edges are dropped.
fn contract(edges: &mut Vec<Edge>, nearest: &[u32], target: &[u32]) {
    edges.retain_mut(|e| {
        let alive = nearest[e.a as usize] != NONE && nearest[e.b as usize] != NONE;
        let (a, b) = (target[e.a as usize], target[e.b as usize]);
        (e.a, e.b) = (a.min(b), a.max(b));
        alive && a != b
    });
    // In place: there may be more edges than would fit into memory twice.
    edges.sort_unstable_by_key(|e| (e.a, e.b));
    edges.dedup_by(|later, kept| {
        let same = (later.a, later.b) == (kept.a, kept.b);
        if same {
            kept.sum += later.sum;
            kept.examined += later.examined;
        }
        same
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// One merger at a time, averages from the pairs themselves.
    fn best_first(penalties: &[i64], edges: &[Edge], cut: i64, average: Average) -> Tree {
        let mut groups: Vec<Vec<u32>> = (0..penalties.len() as u32).map(|i| vec![i]).collect();
        let mut mergers = Vec::new();
        loop {
            let mut best: Option<(i128, i128, usize, usize)> = None;
            for i in 0..groups.len() {
                for j in i + 1..groups.len() {
                    let between = |e: &&Edge| {
                        groups[i].contains(&e.a) && groups[j].contains(&e.b)
                            || groups[j].contains(&e.a) && groups[i].contains(&e.b)
                    };
                    let found: Vec<&Edge> = edges.iter().filter(between).collect();
                    if found.is_empty() {
                        continue;
                    }
                    let all = groups[i].len() * groups[j].len();
                    let penalty = |x: &[u32], y: &[u32]| {
                        x.iter().map(|&k| penalties[k as usize]).sum::<i64>() * y.len() as i64
                    };
                    let sum = found.iter().map(|e| e.sum).sum::<i64>()
                        - penalty(&groups[i], &groups[j])
                        - penalty(&groups[j], &groups[i]);
                    let pairs = if average == Average::AllPairs {
                        all
                    } else {
                        found.iter().map(|e| e.examined as usize).sum()
                    };
                    let (sum, pairs) = (i128::from(sum), pairs as i128);
                    if sum >= i128::from(cut) * pairs
                        && best.is_none_or(|(s, p, ..)| sum * p > s * pairs)
                    {
                        best = Some((sum, pairs, i, j));
                    }
                }
            }
            let Some((sum, pairs, i, j)) = best else { break };
            let gone = groups.remove(j);
            let lowest = |group: &[u32]| *group.iter().min().unwrap();
            let (x, y) = (lowest(&groups[i]), lowest(&gone));
            let (sum, pairs) = (sum as i64, pairs as u64);
            mergers.push(Merger { into: x.min(y), gone: x.max(y), sum, pairs });
            groups[i].extend(gone);
        }
        let mut label = vec![0; penalties.len()];
        for group in groups {
            let lowest = *group.iter().min().unwrap();
            group.into_iter().for_each(|i| label[i as usize] = lowest);
        }
        Tree { label, mergers }
    }

    /// Mergers that do not build on one another may come in any order.
    fn ordered(mut tree: Tree) -> Tree {
        tree.mergers.sort_by_key(|m| (m.into, m.gone));
        tree
    }

    /// Whether no merger of a group is weaker than its last.
    fn weakest_last(tree: &Tree) -> bool {
        let group = |m: &Merger| tree.label[m.into as usize];
        let average = |m: &Merger| m.sum as f64 / m.pairs as f64;
        let last = |m: &Merger| tree.mergers.iter().rfind(|l| group(l) == group(m)).unwrap();
        tree.mergers.iter().all(|m| average(m) >= average(last(m)) - 1e-6)
    }

    /// So widely spread that no two averages are equal: what ties come to is a matter of the rounds.
    fn inputs() -> impl Strategy<Value = (Vec<i64>, Vec<Edge>)> {
        (2usize..12).prop_flat_map(|n| {
            let penalties = prop::collection::vec(0i64..30_000_000, n);
            let edge = (0..n as u32, 0..n as u32, -50_000_000i64..400_000_000);
            (penalties, prop::collection::vec(edge, 0..30)).prop_map(|(penalties, raw)| {
                let mut edges: Vec<Edge> = raw
                    .into_iter()
                    .filter(|(a, b, _)| a != b)
                    .map(|(a, b, sum)| Edge { a: a.min(b), b: a.max(b), sum, examined: 1 })
                    .collect();
                edges.sort_by_key(|e| (e.a, e.b));
                edges.dedup_by_key(|e| (e.a, e.b));
                (penalties, edges)
            })
        })
    }

    proptest! {
        #[test]
        fn rounds_give_the_tree_of_best_first((penalties, edges) in inputs(), cut in 1i64..200_000_000) {
            let none = vec![0; penalties.len()];
            for (penalties, average) in [(&penalties, Average::AllPairs), (&none, Average::ExaminedPairs)] {
                let (rounds, slow) = (group(penalties, edges.iter().copied(), cut, average), best_first(penalties, &edges, cut, average));
                prop_assert!(weakest_last(&rounds));
                prop_assert_eq!(ordered(rounds), ordered(slow));
            }
        }
    }

    #[test]
    fn a_chain_stays_a_chain() {
        let edge = |a, b| Edge { a, b, sum: 100, examined: 1 };
        let chain = (0..9).map(|i| edge(i, i + 1));
        let tree = group(&[0; 10], chain, 60, Average::AllPairs);
        assert_eq!(tree.label, [0, 0, 2, 2, 4, 4, 6, 6, 8, 8]);
    }
}
