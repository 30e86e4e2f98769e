//! Rounds in which few groups merge: only these, and the neighbours to which they are not as close as before, are looked at again.
//!
//! In a chain in which every link is as strong as the one before, or stronger, one pair of groups merges a round, and so it is
//! around a group that grows. So such a round may cost what it changes, and not what there is.

use std::collections::hash_map::Entry;

use foldhash::HashMap;

use super::rounds::{Linkage, Merging, NONE, Nearest, ends};
use super::ways::Ways;
use super::{Edge, Merger};

/// Edges that stay where they are, and where they are found. An edge that another one took in joins a group to itself.
struct Adjacency<'a> {
    edges: &'a mut [Edge],
    /// The edges at each group.
    of: HashMap<u32, Vec<u32>>,
    /// The edge that joins two groups, the lower first, where edges count alone: most of a group's stay what they are when it merges,
    /// and are not looked at.
    joining: HashMap<(u32, u32), u32>,
}

impl Linkage {
    /// Merges what rounds over all edges merge after a round that `merged` these.
    pub(super) fn merge_few(
        &mut self,
        edges: &mut [Edge],
        mut merged: Vec<Merger>,
        merging: &mut Merging,
    ) {
        let (mut adjacency, mut ways) = (Adjacency::new(edges), Ways::default());
        if self.counts_edges_alone() {
            adjacency.join();
        }
        while !merged.is_empty() {
            let touched = self.touched(&merged, &mut adjacency, &merging.nearest);
            merged.iter().for_each(|m| ways.forget(m.gone));
            let again = self.worse(&merged, &touched, &adjacency, &mut merging.nearest);
            let mut changed = self.closer(&touched, &adjacency, &mut ways, &mut merging.nearest);
            for &group in &again {
                self.find_way(group, &mut adjacency, &mut ways, &mut merging.nearest);
            }
            changed.extend(again);
            merged = self.merge_all_of(adjacency.mutual(&changed, &merging.nearest).iter());
            self.note(&merged, merging);
        }
    }

    /// The edges that may tell something else after some mergers; some may be gone.
    fn touched(
        &self,
        merged: &[Merger],
        adjacency: &mut Adjacency<'_>,
        nearest: &Nearest,
    ) -> Vec<u32> {
        let mut touched = Vec::new();
        if self.counts_edges_alone() {
            merged.iter().for_each(|merger| adjacency.take_in(merger, nearest, &mut touched));
            let parted = self.apart.fresh().iter();
            touched.extend(parted.filter_map(|pair| adjacency.joining.get(pair)));
        } else {
            merged.iter().for_each(|merger| adjacency.merge(merger, nearest));
            merged.iter().for_each(|m| touched.extend(adjacency.at(m.into)));
        }
        touched
    }

    /// The groups that have to look for their nearest again: those that merged, and those to which the nearest is not what it was.
    fn worse(
        &self,
        merged: &[Merger],
        touched: &[u32],
        adjacency: &Adjacency<'_>,
        nearest: &mut Nearest,
    ) -> Vec<u32> {
        let mut again: Vec<u32> = merged.iter().map(|m| m.into).collect();
        for end in merged.iter().flat_map(|m| [m.into, m.gone]) {
            nearest.edge[end as usize] = NONE;
        }
        for (i, e) in adjacency.left_of(touched) {
            for end in [e.a, e.b] {
                let (way, of_way) = (nearest.edge[end as usize], nearest.fraction[end as usize]);
                if way != NONE
                    && (is_gone(&adjacency.edges[way as usize])
                        || way == i && self.close_fraction(&e) != Some(of_way))
                {
                    nearest.edge[end as usize] = NONE;
                    again.push(end);
                }
            }
        }
        again
    }

    /// Offers the edges that were touched to all that have a nearest; gives those to which one of them is. A merger is no closer
    /// than its parts were, but its lowest item may be lower than that of the part which was as close.
    fn closer(
        &self,
        touched: &[u32],
        adjacency: &Adjacency<'_>,
        ways: &mut Ways,
        nearest: &mut Nearest,
    ) -> Vec<u32> {
        let mut changed = Vec::new();
        for (i, e) in adjacency.left_of(touched) {
            let Some(fraction) = self.close_fraction(&e) else { continue };
            ways.note(i, &e, fraction);
            for end in [e.a, e.b] {
                if nearest.edge[end as usize] != NONE
                    && nearest.offer(end, i, fraction, adjacency.edges)
                {
                    changed.push(end);
                }
            }
        }
        changed
    }

    /// Finds the nearest of a group that has none so far.
    fn find_way(
        &self,
        group: u32,
        adjacency: &mut Adjacency<'_>,
        ways: &mut Ways,
        nearest: &mut Nearest,
    ) {
        if !ways.knows(group) {
            adjacency.forget_gone(group);
        }
        let now = |i| {
            let e = adjacency.edges[i as usize];
            (e, self.close_fraction(&e))
        };
        if ways.knows(group) {
            if let Some((i, fraction)) = ways.closest(group, now) {
                nearest.offer(group, i, fraction, adjacency.edges);
            }
            return;
        }
        let close = || adjacency.at(group).filter_map(|i| Some((i, now(i).1?)));
        for (i, fraction) in close() {
            nearest.offer(group, i, fraction, adjacency.edges);
        }
        if self.counts_edges_alone() {
            ways.learn(group, adjacency.at(group).count(), close(), adjacency.edges);
        }
    }
}

impl<'a> Adjacency<'a> {
    fn new(edges: &'a mut [Edge]) -> Self {
        let mut of: HashMap<u32, Vec<u32>> = HashMap::default();
        for (i, e) in (0..).zip(&*edges) {
            of.entry(e.a).or_default().push(i);
            of.entry(e.b).or_default().push(i);
        }
        Self { edges, of, joining: HashMap::default() }
    }

    /// Finds edges by what they join.
    fn join(&mut self) {
        self.joining.reserve(self.edges.len());
        self.joining.extend((0..).zip(&*self.edges).map(|(i, e)| (ends(e), i)));
    }

    /// Gives a group the edges of the one that it takes in, adding up those that now join the same two. Those to groups
    /// without a nearest never matter, see [`contract`](super::rounds).
    fn merge(&mut self, &Merger { into, gone, .. }: &Merger, nearest: &Nearest) {
        let Self { edges, of, .. } = self;
        let mut own = of.remove(&into).unwrap_or_default();
        own.append(&mut of.remove(&gone).unwrap_or_default());
        own.retain(|&i| {
            let e = &mut edges[i as usize];
            let other = if e.a == into || e.a == gone { e.b } else { e.a };
            if is_gone(e) || other == into || other == gone {
                e.b = e.a;
                return false;
            }
            (e.a, e.b) = (into.min(other), into.max(other));
            nearest.edge[other as usize] != NONE
        });
        // What is in order already stays so, nearly.
        own.sort_by_key(|&i| ends(&edges[i as usize]));
        own.dedup_by(|later, first| {
            let Edge { sum, examined, .. } = edges[*later as usize];
            let same = ends(&edges[*later as usize]) == ends(&edges[*first as usize]);
            if same {
                edges[*first as usize].sum += sum;
                edges[*first as usize].examined += examined;
                edges[*later as usize].b = edges[*later as usize].a;
            }
            same
        });
        of.insert(into, own);
    }

    /// As [`merge`](Self::merge), looking at the edges of the group that is taken in alone. Notes the edges that are others now.
    fn take_in(
        &mut self,
        &Merger { into, gone, .. }: &Merger,
        nearest: &Nearest,
        touched: &mut Vec<u32>,
    ) {
        let Self { edges, of, joining } = self;
        let of_gone = of.remove(&gone).unwrap_or_default();
        let own = of.entry(into).or_default();
        for i in of_gone {
            let e = edges[i as usize];
            let other = if e.a == gone { e.b } else { e.a };
            if is_gone(&e) {
                continue;
            }
            joining.remove(&ends(&e));
            edges[i as usize].b = e.a;
            if other == into || nearest.edge[other as usize] == NONE {
                continue;
            }
            let (a, b) = (into.min(other), into.max(other));
            match joining.entry((a, b)) {
                Entry::Occupied(first) => {
                    let first = *first.get();
                    edges[first as usize].sum += e.sum;
                    edges[first as usize].examined += e.examined;
                    touched.push(first);
                }
                Entry::Vacant(none) => {
                    edges[i as usize] = Edge { a, b, ..e };
                    none.insert(i);
                    own.push(i);
                    touched.push(i);
                }
            }
        }
    }

    /// The edges at a group.
    fn at(&self, group: u32) -> impl Iterator<Item = u32> {
        let own = self.of.get(&group).into_iter().flatten().copied();
        own.filter(|&i| !is_gone(&self.edges[i as usize]))
    }

    /// Those of some edges that are not gone.
    fn left_of(&self, some: &[u32]) -> impl Iterator<Item = (u32, Edge)> {
        let all = some.iter().map(|&i| (i, self.edges[i as usize]));
        all.filter(|(_, e)| !is_gone(e))
    }

    /// Takes edges that are gone from the list of a group, which may be gone through often.
    fn forget_gone(&mut self, group: u32) {
        if let Some(own) = self.of.get_mut(&group) {
            own.retain(|&i| !is_gone(&self.edges[i as usize]));
        }
    }

    /// The edges, ascending, between groups that are each other's nearest now, of which one is among those that `changed`.
    fn mutual(&self, changed: &[u32], nearest: &Nearest) -> Vec<Edge> {
        let ways = changed.iter().map(|&group| nearest.edge[group as usize]);
        let found = ways.filter(|&i| i != NONE).map(|i| (i, self.edges[i as usize]));
        let found = found.filter(|(i, e)| nearest.is_mutual(*i, e));
        let mut found: Vec<Edge> = found.map(|(_, e)| e).collect();
        found.sort_unstable_by_key(ends);
        found.dedup();
        found
    }
}

fn is_gone(e: &Edge) -> bool {
    e.a == e.b
}
