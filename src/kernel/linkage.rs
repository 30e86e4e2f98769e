//! Average linkage: two groups are as close as the average of the scores of the pairs between them.
//!
//! The closest two groups merge, again and again, while their average is at or above a cut. Average linkage is
//! *reducible*: a merger is never closer to a third group than the closer of its two parts was. So all pairs of groups
//! that are each other's nearest can merge at once, and rounds of that give the tree that one merger at a time gives
//! (Müllner, arXiv 1109.2378, section 2.3). All sums are integers and averages are compared as fractions, so the
//! outcome is exact: the same on any machine, in any order. Between equal averages the pair of groups with the lowest
//! items goes first within a round; all mutual nearest pairs of a round merge, and that is what ties come to.

mod apart;
mod few;
mod rounds;
mod ways;

use rounds::add_up;
pub use rounds::{Linkage, NONE};

/// What is known between two items, or between two groups of items; of 20 bytes, not 24, since there are many at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(Rust, packed(4))]
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

/// What must hold of the groups, whatever the scores say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Constraints {
    /// Pairs of items that are one group from the start.
    pub together: Vec<(u32, u32)>,
    /// Pairs of items that are never in one group, however they would get there. None may be in one group by `together`.
    pub apart: Vec<(u32, u32)>,
    /// Items whose groups nothing joins but what `together` joins to them.
    pub closed: Vec<u32>,
}

/// Groups items `0..penalties.len()`, without constraints.
///
/// The score of a pair is its edge's `sum` (0 without an edge) less the penalties of both items. `edges` have `a < b`,
/// each pair at most once, in any order. `cut` is in the unit of the scores and must be above 0 wherever a pair without an edge may
/// have score 0, since only groups with an edge between them are ever compared.
///
/// ```
/// use samestory::kernel::linkage::{Average, Edge, group};
///
/// let edge = |a, b, sum| Edge { a, b, sum, examined: 1 };
/// // 0 and 1 are close; 2 is close to 1 only, so that its average to both is 30.
/// let edges = [edge(0, 1, 90), edge(1, 2, 60)];
/// let labels = |cut| group(&[0; 3], edges.into_iter(), cut, Average::AllPairs).label;
/// assert_eq!(labels(30), [0, 0, 0]);
/// assert_eq!(labels(31), [0, 0, 2], "one link is not enough: no chains");
/// ```
pub fn group(
    penalties: &[i64],
    edges: impl Iterator<Item = Edge> + Clone,
    cut: i64,
    average: Average,
) -> Tree {
    group_under(&Constraints::default(), penalties, edges, cut, average)
}

/// Groups as [`group`] does, under constraints. Average linkage stays reducible: a merger is parted from a third group if
/// either of its parts was.
pub fn group_under(
    constraints: &Constraints,
    penalties: &[i64],
    edges: impl Iterator<Item = Edge> + Clone,
    cut: i64,
    average: Average,
) -> Tree {
    let label = together(penalties.len(), constraints.together.iter().copied());
    let mut groups = Linkage::of_items(penalties, &label, average, cut);
    groups.part(&constraints.apart, &label);
    let mut closed = vec![false; penalties.len()];
    constraints.closed.iter().for_each(|&i| closed[label[i as usize] as usize] = true);
    let at_start = |e: Edge| {
        let (a, b) = (label[e.a as usize], label[e.b as usize]);
        let open = a != b && !closed[a as usize] && !closed[b as usize];
        open.then(|| Edge { a: a.min(b), b: a.max(b), ..e })
    };
    let edges = edges.filter_map(at_start);
    let edges = if constraints.together.is_empty() {
        groups.hopeful(edges)
    } else {
        let mut all: Vec<Edge> = edges.collect();
        let left = add_up(&mut all);
        all.truncate(left);
        groups.hopeful(all.iter().copied())
    };
    groups.merge_all(edges, label)
}

/// For each of `n` items the lowest item of those that it is together with.
pub fn together(n: usize, pairs: impl Iterator<Item = (u32, u32)>) -> Vec<u32> {
    let mut label: Vec<u32> = (0..n as u32).collect();
    for (a, b) in pairs {
        let (a, b) = (root(&mut label, a), root(&mut label, b));
        label[a.max(b) as usize] = a.min(b);
    }
    (0..n as u32).map(|i| root(&mut label, i)).collect()
}

/// Where the way from an item ends; makes the way shorter for the next.
pub fn root(target: &mut [u32], mut i: u32) -> u32 {
    while target[i as usize] != i {
        target[i as usize] = target[target[i as usize] as usize];
        i = target[i as usize];
    }
    i
}

#[cfg(test)]
mod tests;
