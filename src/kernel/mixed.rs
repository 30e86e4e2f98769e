//! Which clusters of a partition mix most of another one: the worst merges, and with the two exchanged the worst splits.

use std::cmp::Reverse;

use super::metrics::pairs;

/// A cluster of one partition that holds members of several clusters of the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mixed {
    /// Its label.
    pub label: u32,
    /// How many items it holds.
    pub items: u64,
    /// How many pairs of its items the other partition keeps apart; at least 1.
    pub wrong_pairs: u64,
    /// What it is made of, the largest part first; at least two.
    pub parts: Vec<Part>,
}

/// The items that two clusters share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The label in the other partition.
    pub label: u32,
    /// How many items.
    pub items: u64,
    /// The first of them.
    pub first: u32,
}

/// Our label, their label and the position of an item.
type Item = (u32, u32, u32);

/// The at most `most` clusters of `ours` with the most wrong pairs by `theirs`; ties go by label. O(n log n).
///
/// ```
/// let worst = samestory::kernel::mixed::mixed(&[1, 1, 1, 2], &[7, 7, 8, 8], 5);
/// assert_eq!((worst.len(), worst[0].label, worst[0].wrong_pairs), (1, 1, 2));
/// ```
///
/// # Panics
/// When the slices differ in length.
pub fn mixed(ours: &[u32], theirs: &[u32], most: usize) -> Vec<Mixed> {
    assert_eq!(ours.len(), theirs.len(), "both partitions are of the same items");
    let mut items: Vec<Item> =
        (0..).zip(ours.iter().zip(theirs)).map(|(i, (&our, &their))| (our, their, i)).collect();
    items.sort_unstable();
    let mut worst: Vec<(u64, &[Item])> = items
        .chunk_by(|a, b| a.0 == b.0)
        .map(|cluster| (wrong_pairs(cluster), cluster))
        .filter(|(wrong, _)| *wrong > 0)
        .collect();
    worst.sort_by_key(|&(wrong, cluster)| (Reverse(wrong), cluster[0].0));
    worst.truncate(most);
    let mixed = |(wrong_pairs, cluster): (u64, &[Item])| {
        let part =
            |run: &[Item]| Part { label: run[0].1, items: run.len() as u64, first: run[0].2 };
        let mut parts: Vec<Part> = cluster.chunk_by(|a, b| a.1 == b.1).map(part).collect();
        parts.sort_by_key(|part| (Reverse(part.items), part.label));
        Mixed { label: cluster[0].0, items: cluster.len() as u64, wrong_pairs, parts }
    };
    worst.into_iter().map(mixed).collect()
}

/// The pairs of a cluster less those within its parts.
fn wrong_pairs(cluster: &[Item]) -> u64 {
    let parts = cluster.chunk_by(|a, b| a.1 == b.1).map(|part| part.len() as u64);
    pairs([cluster.len() as u64].into_iter()) - pairs(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_merges_come_first() {
        //            0  1  2  3  4  5  6  7  8
        let ours = [4, 4, 4, 4, 7, 7, 2, 2, 9];
        let theirs = [1, 0, 0, 5, 3, 8, 6, 6, 6];
        let part = |label, items, first| Part { label, items, first };
        let four = Mixed {
            label: 4,
            items: 4,
            wrong_pairs: 5,
            parts: vec![part(0, 2, 1), part(1, 1, 0), part(5, 1, 3)],
        };
        let seven =
            Mixed { label: 7, items: 2, wrong_pairs: 1, parts: vec![part(3, 1, 4), part(8, 1, 5)] };
        assert_eq!(mixed(&ours, &theirs, 9), [four.clone(), seven]);
        assert_eq!(mixed(&ours, &theirs, 1), [four]);
        let split =
            Mixed { label: 6, items: 3, wrong_pairs: 2, parts: vec![part(2, 2, 6), part(9, 1, 8)] };
        assert_eq!(mixed(&theirs, &ours, 9), [split]);
        assert_eq!(mixed(&[], &[], 9), []);
    }
}
