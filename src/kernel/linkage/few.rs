//! Rounds in which few groups merge: only these and their neighbours are looked at again.
//!
//! In a chain in which every link is as strong as the one before, or stronger, one pair of groups merges a round. So such a
//! round may cost what it changes, and not what there is.

use foldhash::HashMap;

use super::rounds::{Linkage, Merging, NONE, Nearest, ends};
use super::{Edge, Merger};

/// Edges that stay where they are, and for each group where those at it are. An edge that another one took in joins a
/// group to itself.
struct Adjacency<'a> {
    edges: &'a mut [Edge],
    of: HashMap<u32, Vec<u32>>,
}

impl Linkage {
    /// Merges what rounds over all edges merge after a round that `merged` these.
    pub(super) fn merge_few(
        &mut self,
        edges: &mut [Edge],
        mut merged: Vec<Merger>,
        merging: &mut Merging,
    ) {
        let mut adjacency = Adjacency::new(edges);
        while !merged.is_empty() {
            merged.iter().for_each(|merger| adjacency.merge(merger, &merging.nearest));
            let changed = self.look_again(&merged, &mut adjacency, &mut merging.nearest);
            merged = self.merge_all_of(adjacency.mutual(&changed, &merging.nearest).iter());
            self.note(&merged, merging);
        }
    }

    /// Finds the nearest again of each group that may have another one because of some mergers; gives these groups.
    fn look_again(
        &self,
        merged: &[Merger],
        adjacency: &mut Adjacency<'_>,
        nearest: &mut Nearest,
    ) -> Vec<u32> {
        let mut again: Vec<u32> = merged.iter().map(|m| m.into).collect();
        for end in merged.iter().flat_map(|m| [m.into, m.gone]) {
            nearest.edge[end as usize] = NONE;
        }
        for (i, other) in adjacency.around(merged) {
            let way = &mut nearest.edge[other as usize];
            if *way != NONE && (*way == i || is_gone(&adjacency.edges[*way as usize])) {
                *way = NONE;
                again.push(other);
            }
        }
        // To all others a merger is no closer than its parts were, but its lowest item may be lower than that of the part which
        // was as close.
        let mut changed = Vec::new();
        for (i, other) in adjacency.around(merged) {
            if nearest.edge[other as usize] != NONE
                && let Some(fraction) = self.close_fraction(&adjacency.edges[i as usize])
                && nearest.offer(other, i, fraction, adjacency.edges)
            {
                changed.push(other);
            }
        }
        for &group in &again {
            adjacency.forget_gone(group);
            for (i, _) in adjacency.at(group) {
                if let Some(fraction) = self.close_fraction(&adjacency.edges[i as usize]) {
                    nearest.offer(group, i, fraction, adjacency.edges);
                }
            }
        }
        changed.append(&mut again);
        changed
    }
}

impl<'a> Adjacency<'a> {
    fn new(edges: &'a mut [Edge]) -> Self {
        let mut of: HashMap<u32, Vec<u32>> = HashMap::default();
        for (i, e) in (0..).zip(&*edges) {
            of.entry(e.a).or_default().push(i);
            of.entry(e.b).or_default().push(i);
        }
        Self { edges, of }
    }

    /// Gives a group the edges of the one that it takes in, adding up those that now join the same two. Those to groups
    /// without a nearest never matter, see [`contract`](super::rounds).
    fn merge(&mut self, &Merger { into, gone, .. }: &Merger, nearest: &Nearest) {
        let Self { edges, of } = self;
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

    /// The edges at a group, and the groups at their other ends.
    fn at(&self, group: u32) -> impl Iterator<Item = (u32, u32)> {
        let own = self.of.get(&group).into_iter().flatten();
        let own = own.map(|&i| (i, &self.edges[i as usize])).filter(|(_, e)| !is_gone(e));
        own.map(move |(i, e)| (i, if e.a == group { e.b } else { e.a }))
    }

    /// The edges at groups that took in others.
    fn around(&self, merged: &[Merger]) -> impl Iterator<Item = (u32, u32)> {
        merged.iter().flat_map(|m| self.at(m.into))
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
