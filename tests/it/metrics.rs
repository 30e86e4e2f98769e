//! The measures of agreement against slow ones, item by item and pair by pair.

use proptest::prelude::*;
use samestory::kernel::bootstrap::bcubed_interval;
use samestory::kernel::metrics::agreement;
use samestory::kernel::mixed::mixed;

fn same(labels: &[u32], i: usize, j: usize) -> bool {
    labels[i] == labels[j]
}

/// B-cubed by its definition: the mean over items of the share of the item's `ours` cluster that is in its `theirs`.
fn slow_bcubed(ours: &[u32], theirs: &[u32]) -> f64 {
    let n = ours.len();
    let of = |i: usize| {
        let cluster: Vec<usize> = (0..n).filter(|&j| same(ours, i, j)).collect();
        cluster.iter().filter(|&&j| same(theirs, i, j)).count() as f64 / cluster.len() as f64
    };
    (0..n).map(of).sum::<f64>() / n as f64
}

/// The share of the pairs joined in `ours` that are joined in `theirs`.
fn slow_pairwise(ours: &[u32], theirs: &[u32]) -> f64 {
    let all = (0..ours.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
    let joined: Vec<(usize, usize)> = all.filter(|&(i, j)| same(ours, i, j)).collect();
    let right = joined.iter().filter(|&&(i, j)| same(theirs, i, j)).count();
    if joined.is_empty() { 1.0 } else { right as f64 / joined.len() as f64 }
}

proptest! {
    #[test]
    fn agree_with_their_definitions(labels in prop::collection::vec((0u32..5, 0u32..5), 1..40)) {
        let (predicted, gold): (Vec<u32>, Vec<u32>) = labels.into_iter().unzip();
        let (there, back) = (agreement(&predicted, &gold), agreement(&gold, &predicted));
        prop_assert!((there.bcubed.precision - slow_bcubed(&predicted, &gold)).abs() < 1e-12);
        prop_assert!((there.bcubed.recall - slow_bcubed(&gold, &predicted)).abs() < 1e-12);
        prop_assert_eq!(there.pairwise.precision, slow_pairwise(&predicted, &gold));
        prop_assert_eq!(there.pairwise.recall, slow_pairwise(&gold, &predicted));
        // Exchanging the two exchanges what is asked of each, and nothing else.
        prop_assert!((there.adjusted_rand - back.adjusted_rand).abs() < 1e-12);
        prop_assert!((there.homogeneity - back.completeness).abs() < 1e-12);
        prop_assert!((there.v_measure - back.v_measure).abs() < 1e-12);
    }

    #[test]
    fn mixed_clusters_hold_every_wrong_pair(labels in prop::collection::vec((0u32..5, 0u32..5), 0..40)) {
        let (ours, theirs): (Vec<u32>, Vec<u32>) = labels.into_iter().unzip();
        let pairs = (0..ours.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
        let wrong = pairs.filter(|&(i, j)| same(&ours, i, j) && !same(&theirs, i, j)).count();
        let all = mixed(&ours, &theirs, usize::MAX);
        prop_assert_eq!(all.iter().map(|cluster| cluster.wrong_pairs).sum::<u64>(), wrong as u64);
        prop_assert!(all.is_sorted_by_key(|cluster| std::cmp::Reverse(cluster.wrong_pairs)));
        for cluster in &all {
            for part in &cluster.parts {
                let inside = |i: &usize| ours[*i] == cluster.label && theirs[*i] == part.label;
                let members: Vec<usize> = (0..ours.len()).filter(inside).collect();
                prop_assert_eq!((members.len() as u64, members[0] as u32), (part.items, part.first));
            }
        }
        prop_assert_eq!(&mixed(&ours, &theirs, 2)[..], &all[..all.len().min(2)]);
    }

    /// The interval does not depend on the order of the items, only on the labels.
    #[test]
    fn the_interval_is_a_function_of_the_partitions(labels in prop::collection::vec((0u32..5, 0u32..9), 1..40)) {
        let (predicted, gold): (Vec<u32>, Vec<u32>) = labels.iter().copied().unzip();
        let (back, gold_back): (Vec<u32>, Vec<u32>) = labels.iter().rev().copied().unzip();
        let (low, high) = bcubed_interval(&predicted, &gold);
        prop_assert!(0.0 < low && low <= high && high <= 1.0);
        prop_assert_eq!((low, high), bcubed_interval(&back, &gold_back));
        prop_assert_eq!(bcubed_interval(&gold, &gold), (1.0, 1.0));
    }
}
