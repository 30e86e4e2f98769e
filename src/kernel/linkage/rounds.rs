//! Rounds of mergers: all pairs of groups that are each other's nearest, then the edges of what they became.

use std::cmp::Ordering;

use super::apart::Apart;
use super::{Average, Edge, Merger, Tree, root, together};

/// No edge.
pub const NONE: u32 = u32::MAX;

/// Where a round moves at most one edge in so many, the next ones look at no others.
const FEW: usize = if cfg!(test) { 2 } else { 4 };

/// Groups on their way, and the rule by which they merge.
#[derive(Debug, Clone)]
pub struct Linkage {
    size: Vec<u64>,
    penalty: Vec<i64>,
    /// Whether there is any penalty.
    penalised: bool,
    pub(super) apart: Apart,
    average: Average,
    cut: i64,
}

/// Groups that merge, by their lowest items.
pub(super) struct Merging {
    /// What each group became part of; itself while it is one.
    target: Vec<u32>,
    pub(super) nearest: Nearest,
    mergers: Vec<Merger>,
}

/// The way from each group to its nearest, among edges at or above the cut.
pub(super) struct Nearest {
    /// The position of the edge; [`NONE`] without.
    pub(super) edge: Vec<u32>,
    /// Its [`fraction`](Linkage::fraction).
    pub(super) fraction: Vec<(i64, u64)>,
}

impl Nearest {
    fn new(n: usize) -> Self {
        Self { edge: vec![NONE; n], fraction: vec![(0, 0); n] }
    }

    /// Takes an edge of that fraction for the way from one of its ends, if it is closer than the one so far.
    pub(super) fn offer(&mut self, end: u32, i: u32, fraction: (i64, u64), edges: &[Edge]) -> bool {
        let (best, of_best) = (&mut self.edge[end as usize], &mut self.fraction[end as usize]);
        let closer = || match compare(fraction, *of_best) {
            Ordering::Equal => ends(&edges[i as usize]) < ends(&edges[*best as usize]),
            order => order == Ordering::Greater,
        };
        let taken = *best == NONE || closer();
        if taken {
            (*best, *of_best) = (i, fraction);
        }
        taken
    }

    /// Whether this edge is the way to the nearest from both of its ends.
    pub(super) fn is_mutual(&self, i: u32, e: &Edge) -> bool {
        self.edge[e.a as usize] == i && self.edge[e.b as usize] == i
    }
}

impl Linkage {
    pub(super) fn of_items(penalties: &[i64], label: &[u32], average: Average, cut: i64) -> Self {
        let (mut size, mut penalty) = (vec![0; label.len()], vec![0; label.len()]);
        for (&group, own) in label.iter().zip(penalties) {
            size[group as usize] += 1;
            penalty[group as usize] += own;
        }
        Self::new(size, penalty, average, cut)
    }

    /// Groups of which the size and the sum of the penalties are known.
    pub fn new(size: Vec<u64>, penalty: Vec<i64>, average: Average, cut: i64) -> Self {
        let penalised = penalty.iter().any(|&penalty| penalty != 0);
        Self { size, penalty, penalised, apart: Apart::default(), average, cut }
    }

    /// Merges groups until none are close; the labels are of groups, by position.
    pub fn finish(self, edges: Vec<Edge>) -> Tree {
        let label = (0..self.size.len() as u32).collect();
        let edges = self.hopeful(edges.into_iter());
        self.merge_all(edges, label)
    }

    /// Merges what hangs together, part after part: nothing else of it matters to a group. `label` says which group each
    /// item is in.
    pub(super) fn merge_all(mut self, mut edges: Vec<Edge>, mut label: Vec<u32>) -> Tree {
        let mut merging = Merging {
            target: (0..label.len() as u32).collect(),
            nearest: Nearest::new(label.len()),
            mergers: Vec::new(),
        };
        // What is kept apart may lie in several parts.
        if self.apart.is_empty() {
            let part = together(label.len(), edges.iter().map(ends));
            edges.sort_unstable_by_key(|e| (part[e.a as usize], e.a, e.b));
            let mut rest = &mut edges[..];
            while let Some(first) = rest.first() {
                let of_first = part[first.a as usize];
                let n = rest.iter().take_while(|e| part[e.a as usize] == of_first).count();
                let (of_part, others) = rest.split_at_mut(n);
                self.merge_part(of_part, &mut merging);
                rest = others;
            }
        } else {
            edges.sort_unstable_by_key(ends);
            self.merge_part(&mut edges, &mut merging);
        }
        let Merging { mut target, mergers, .. } = merging;
        label.iter_mut().for_each(|label| *label = root(&mut target, *label));
        Tree { label, mergers }
    }

    /// Round after round.
    fn merge_part(&mut self, edges: &mut [Edge], merging: &mut Merging) {
        let mut left = edges.len();
        loop {
            let edges = &mut edges[..left];
            for end in edges.iter().flat_map(|e| [e.a, e.b]) {
                merging.nearest.edge[end as usize] = NONE;
            }
            self.find_nearest(edges, &mut merging.nearest);
            let mutual = |(i, e): &(u32, &Edge)| merging.nearest.is_mutual(*i, e);
            let merged = self.merge_all_of((0..).zip(&*edges).filter(mutual).map(|(_, e)| e));
            if merged.is_empty() {
                return;
            }
            self.note(&merged, merging);
            let moved = edges.iter().filter(|e| !stays(e, &merging.target)).count();
            if moved <= edges.len() / FEW {
                return self.merge_few(edges, merged, merging);
            }
            left = contract(edges, &merging.nearest.edge, &merging.target);
        }
    }

    /// Notes what became part of what.
    pub(super) fn note(&mut self, merged: &[Merger], merging: &mut Merging) {
        merged.iter().for_each(|m| merging.target[m.gone as usize] = m.into);
        merging.mergers.extend_from_slice(merged);
        self.apart.follow(merged);
    }

    /// Keeps the groups of these items apart.
    pub(super) fn part(&mut self, pairs: &[(u32, u32)], label: &[u32]) {
        for &(a, b) in pairs {
            self.apart.part(label[a as usize], label[b as usize]);
        }
    }

    /// Whether the [`fraction`](Self::fraction) of an edge is the same however its groups grow by what it does not tell of.
    pub(super) fn counts_edges_alone(&self) -> bool {
        self.average == Average::ExaminedPairs && !self.penalised
    }

    /// Sum of the scores of the pairs between the two groups of an edge, and how many pairs that is over.
    fn fraction(&self, e: &Edge) -> (i64, u64) {
        let (a, b) = (e.a as usize, e.b as usize);
        let pairs = match self.average {
            Average::AllPairs => self.size[a] * self.size[b],
            Average::ExaminedPairs => u64::from(e.examined),
        };
        if !self.penalised {
            return (e.sum, pairs);
        }
        let penalty = i128::from(self.penalty[a]) * i128::from(self.size[b])
            + i128::from(self.penalty[b]) * i128::from(self.size[a]);
        ((i128::from(e.sum) - penalty) as i64, pairs)
    }

    /// The edges both of whose ends have an edge at or above the cut; the others never matter, see [`contract`].
    pub(super) fn hopeful(&self, edges: impl Iterator<Item = Edge> + Clone) -> Vec<Edge> {
        let mut alive = vec![false; self.size.len()];
        for e in edges.clone().filter(|e| self.is_close(e)) {
            alive[e.a as usize] = true;
            alive[e.b as usize] = true;
        }
        let hopeful = edges.filter(|e| alive[e.a as usize] && alive[e.b as usize]);
        // A list that grows needs up to three times the room, and this is the largest there is.
        let mut found = Vec::with_capacity(hopeful.clone().count());
        found.extend(hopeful);
        found
    }

    /// Whether an edge is at or above the cut, and may be.
    fn is_close(&self, e: &Edge) -> bool {
        self.close_fraction(e).is_some()
    }

    /// The [`fraction`](Self::fraction) of an edge at or above the cut that may be.
    pub(super) fn close_fraction(&self, e: &Edge) -> Option<(i64, u64)> {
        let (sum, pairs) = self.fraction(e);
        let close = i128::from(sum) >= i128::from(self.cut) * i128::from(pairs)
            && !self.apart.has(e.a, e.b);
        close.then_some((sum, pairs))
    }

    /// For each group the position of the edge to its nearest group, among edges at or above the cut; [`NONE`] without.
    pub fn nearest(&self, edges: &[Edge]) -> Vec<u32> {
        let mut nearest = Nearest::new(self.size.len());
        self.find_nearest(edges, &mut nearest);
        nearest.edge
    }

    /// As [`nearest`](Self::nearest), for groups that have none so far.
    fn find_nearest(&self, edges: &[Edge], nearest: &mut Nearest) {
        for (i, edge) in (0..).zip(edges) {
            let Some(fraction) = self.close_fraction(edge) else { continue };
            nearest.offer(edge.a, i, fraction, edges);
            nearest.offer(edge.b, i, fraction, edges);
        }
    }

    /// Merges the groups at both ends of each of these edges, the higher into the lower. No group is at two of them.
    pub(super) fn merge_all_of<'a>(
        &mut self,
        edges: impl Iterator<Item = &'a Edge>,
    ) -> Vec<Merger> {
        let merger = |e: &Edge| {
            let (sum, pairs) = self.fraction(e);
            Merger { into: e.a, gone: e.b, sum, pairs }
        };
        let merged: Vec<Merger> = edges.map(merger).collect();
        for &Merger { into, gone, .. } in &merged {
            self.size[into as usize] += self.size[gone as usize];
            self.penalty[into as usize] += self.penalty[gone as usize];
        }
        merged
    }
}

/// Compares averages, each a sum over so many pairs.
pub(super) fn compare((p, q): (i64, u64), (r, s): (i64, u64)) -> Ordering {
    (i128::from(p) * i128::from(s)).cmp(&(i128::from(r) * i128::from(q)))
}

pub(super) fn ends(e: &Edge) -> (u32, u32) {
    (e.a, e.b)
}

/// Whether both ends of an edge are what they became part of.
fn stays(e: &Edge, target: &[u32]) -> bool {
    target[e.a as usize] == e.a && target[e.b as usize] == e.b
}

/// Moves edges to the groups that their ends became part of, adding up those that now join the same two.
///
/// A group that has no edge at or above the cut never will have one, since averages of averages below the cut stay
/// below it: its edges are dropped.
/// Returns how many edges are left; these are the first.
fn contract(edges: &mut [Edge], nearest: &[u32], target: &[u32]) -> usize {
    let mut left = 0;
    for i in 0..edges.len() {
        let e = edges[i];
        let alive = nearest[e.a as usize] != NONE && nearest[e.b as usize] != NONE;
        let (a, b) = (target[e.a as usize], target[e.b as usize]);
        if alive && a != b {
            edges[left] = Edge { a: a.min(b), b: a.max(b), ..e };
            left += 1;
        }
    }
    add_up(&mut edges[..left])
}

/// Sorts edges, and adds up those that join the same two groups; returns how many are left, which are the first.
pub(super) fn add_up(edges: &mut [Edge]) -> usize {
    // In place: there may be more edges than would fit into memory twice.
    edges.sort_unstable_by_key(ends);
    let mut left = 0;
    for i in 0..edges.len() {
        let e = edges[i];
        match edges[..left].last_mut().filter(|last| ends(last) == ends(&e)) {
            Some(last) => {
                last.sum += e.sum;
                last.examined += e.examined;
            }
            None => {
                edges[left] = e;
                left += 1;
            }
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    proptest! {
        #[test]
        fn edges_move_with_their_ends_and_stay_in_order(
            pairs in prop::collection::btree_set((0u32..16, 0u32..16), 0..120),
            merged in prop::collection::vec((0u32..16, 0u32..16), 0..3),
            without in prop::collection::btree_set(0u32..16, 0..2),
        ) {
            let mut target: Vec<u32> = (0..16).collect();
            // A group is in one merger of a round.
            let mut of_merger = BTreeSet::new();
            for (a, b) in merged {
                if a != b && !of_merger.contains(&a) && !of_merger.contains(&b) {
                    of_merger.extend([a, b]);
                    target[a.max(b) as usize] = a.min(b);
                }
            }
            let nearest: Vec<u32> = (0..16).map(|i| if without.contains(&i) { NONE } else { 0 }).collect();
            let edge = |(n, (a, b)): (i64, (u32, u32))| Edge { a, b, sum: 1 << (n % 40), examined: 1 };
            let mut edges: Vec<Edge> = (0..).zip(pairs).map(edge).filter(|e| e.a < e.b).collect();
            let mut expected: BTreeMap<(u32, u32), (i64, u32)> = BTreeMap::new();
            for e in edges.iter().filter(|e| !without.contains(&e.a) && !without.contains(&e.b)) {
                let (a, b) = (target[e.a as usize], target[e.b as usize]);
                if a != b {
                    let both = expected.entry((a.min(b), a.max(b))).or_default();
                    (both.0, both.1) = (both.0 + e.sum, both.1 + e.examined);
                }
            }
            let left = contract(&mut edges, &nearest, &target);
            let found: Vec<_> = edges[..left].iter().map(|e| (ends(e), (e.sum, e.examined))).collect();
            prop_assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
        }
    }

    #[test]
    fn edges_of_which_all_lower_or_all_higher_ends_move_are_put_in_order() {
        let moved = |edges: [(u32, u32); 4], target: [u32; 10]| {
            let mut edges = edges.map(|(a, b)| Edge { a, b, sum: 1, examined: 1 });
            assert_eq!(contract(&mut edges, &[0; 10], &target), 4);
            edges.each_ref().map(ends)
        };
        let higher = moved([(1, 8), (1, 9), (2, 8), (2, 9)], [0, 1, 2, 3, 4, 5, 6, 7, 6, 5]);
        assert_eq!(higher, [(1, 5), (1, 6), (2, 5), (2, 6)]);
        let lower = moved([(3, 8), (3, 9), (4, 8), (4, 9)], [0, 1, 2, 2, 1, 5, 6, 7, 8, 9]);
        assert_eq!(lower, [(1, 8), (1, 9), (2, 8), (2, 9)]);
    }
}
