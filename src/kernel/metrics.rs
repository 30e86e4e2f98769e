//! How well one partition of some items agrees with another: the usual measures of clustering.
//!
//! All of them are functions of the contingency table, which holds for each pair of a predicted and a gold cluster how
//! many items they share. The table is sparse: its cells are the distinct label pairs, found by sorting.

/// Precision, recall and their harmonic mean, each in 0..=1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scores {
    /// Share of what was joined that belongs together; 1 when nothing was joined, for then nothing is wrong.
    pub precision: f64,
    /// Share of what belongs together that was joined; 1 when nothing belongs together.
    pub recall: f64,
    /// Harmonic mean of the two; 0 when both are 0.
    pub f1: f64,
}

impl Scores {
    /// Adds the harmonic mean to a precision and a recall.
    pub fn new(precision: f64, recall: f64) -> Self {
        Self { precision, recall, f1: harmonic(precision, recall) }
    }

    /// The scores of counted decisions: right ones, all that were made, and all that should have been made.
    pub fn of_counts(right: u64, made: u64, due: u64) -> Self {
        Self::new(share(right, made), share(right, due))
    }
}

/// How a predicted partition agrees with a gold one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Agreement {
    /// How many items were compared.
    pub items: u64,
    /// How many clusters were predicted.
    pub predicted_clusters: u64,
    /// How many clusters the gold partition has.
    pub gold_clusters: u64,
    /// Size of the largest predicted cluster.
    pub predicted_largest: u64,
    /// Size of the largest gold cluster.
    pub gold_largest: u64,
    /// The mean over items of the precision and recall of the item's own cluster (Bagga & Baldwin 1998).
    pub bcubed: Scores,
    /// Precision and recall over pairs of items that stand in one cluster.
    pub pairwise: Scores,
    /// Adjusted Rand index (Hubert & Arabie 1985): 1 for equal partitions, about 0 for unrelated ones.
    pub adjusted_rand: f64,
    /// 1 when every predicted cluster holds members of one gold cluster only, 0..=1.
    pub homogeneity: f64,
    /// 1 when every gold cluster lies in one predicted cluster, 0..=1.
    pub completeness: f64,
    /// Harmonic mean of homogeneity and completeness (Rosenberg & Hirschberg 2007).
    pub v_measure: f64,
}

/// Compares two partitions of the same items: `predicted[i]` and `gold[i]` are the labels of item `i`.
///
/// Labels are names only. No items at all agree fully. Costs a sort: O(n log n).
///
/// ```
/// use samestory::kernel::metrics::agreement;
///
/// let found = agreement(&[1, 1, 2, 2], &[7, 7, 7, 8]);
/// assert_eq!(found.bcubed.precision, 0.75);
/// assert_eq!(found.pairwise.recall, 1.0 / 3.0);
/// ```
///
/// # Panics
/// When the slices differ in length.
pub fn agreement(predicted: &[u32], gold: &[u32]) -> Agreement {
    let mut cells = cells(predicted, gold);
    let by_predicted = totals(&cells, |key| key >> 32);
    let precision = mean_share(&cells, &by_predicted, |key| key >> 32);
    cells.sort_unstable_by_key(|cell| cell.0.rotate_left(32));
    let by_gold = totals(&cells, |key| key & 0xffff_ffff);
    let recall = mean_share(&cells, &by_gold, |key| key & 0xffff_ffff);

    let items = predicted.len() as u64;
    let both = pairs(cells.iter().map(|cell| cell.1));
    let joined = pairs(by_predicted.iter().map(|cell| cell.1));
    let due = pairs(by_gold.iter().map(|cell| cell.1));
    let mutual = entropy(&by_predicted, items) + entropy(&by_gold, items) - entropy(&cells, items);
    let homogeneity = information_share(mutual, entropy(&by_gold, items));
    let completeness = information_share(mutual, entropy(&by_predicted, items));
    Agreement {
        items,
        predicted_clusters: by_predicted.len() as u64,
        gold_clusters: by_gold.len() as u64,
        predicted_largest: largest(&by_predicted),
        gold_largest: largest(&by_gold),
        bcubed: if items == 0 { Scores::new(1.0, 1.0) } else { Scores::new(precision, recall) },
        pairwise: Scores::of_counts(both, joined, due),
        adjusted_rand: adjusted_rand(both, joined, due, pairs([items].into_iter())),
        homogeneity,
        completeness,
        v_measure: harmonic(homogeneity, completeness),
    }
}

/// Labels or label pairs with how many items carry them.
pub(super) type Counts = Vec<(u64, u64)>;

/// The contingency table by (predicted, gold): the predicted label is in the upper half of a key.
pub(super) fn cells(predicted: &[u32], gold: &[u32]) -> Counts {
    assert_eq!(predicted.len(), gold.len(), "both partitions are of the same items");
    let mut keys: Vec<u64> =
        predicted.iter().zip(gold).map(|(&p, &g)| u64::from(p) << 32 | u64::from(g)).collect();
    keys.sort_unstable();
    keys.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as u64)).collect()
}

/// The cells summed by one of their labels; they must be sorted by it.
fn totals(cells: &Counts, label: fn(u64) -> u64) -> Counts {
    let same = |a: &(u64, u64), b: &(u64, u64)| label(a.0) == label(b.0);
    cells.chunk_by(same).map(|run| (label(run[0].0), run.iter().map(|cell| cell.1).sum())).collect()
}

/// The mean over items of the share that the item's cell has in its cluster. Sums whole clusters, in order.
fn mean_share(cells: &Counts, clusters: &Counts, label: fn(u64) -> u64) -> f64 {
    let same = |a: &(u64, u64), b: &(u64, u64)| label(a.0) == label(b.0);
    let (mut sum, mut items) = (0.0, 0);
    for (run, &(_, size)) in cells.chunk_by(same).zip(clusters) {
        let squares: u64 = run.iter().map(|cell| cell.1 * cell.1).sum();
        sum += squares as f64 / size as f64;
        items += size;
    }
    sum / items as f64
}

/// How many unordered pairs lie inside clusters of these sizes.
pub(super) fn pairs(sizes: impl Iterator<Item = u64>) -> u64 {
    sizes.map(|n| n * n.saturating_sub(1) / 2).sum()
}

/// Entropy of a distribution given by counts, in nats; 0 when there is none.
fn entropy(counts: &Counts, items: u64) -> f64 {
    counts.iter().map(|&(_, n)| n as f64 / items as f64).map(|p| -p * libm::log(p)).sum()
}

/// Mutual information as a share of an entropy, kept inside 0..=1; 1 where there is nothing to know.
fn information_share(mutual: f64, entropy: f64) -> f64 {
    if entropy <= 0.0 { 1.0 } else { (mutual / entropy).clamp(0.0, 1.0) }
}

/// The adjusted Rand index from counts of pairs: joined in both, in the prediction, in the gold, and all.
fn adjusted_rand(both: u64, joined: u64, due: u64, all: u64) -> f64 {
    if both == joined && both == due {
        return 1.0;
    }
    let expected = joined as f64 * due as f64 / all as f64;
    (both as f64 - expected) / ((joined as f64 + due as f64) / 2.0 - expected)
}

fn largest(clusters: &Counts) -> u64 {
    clusters.iter().map(|cell| cell.1).max().unwrap_or(0)
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

fn harmonic(a: f64, b: f64) -> f64 {
    if a + b == 0.0 { 0.0 } else { 2.0 * a * b / (a + b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Literal values: `adjusted_rand_score`, `homogeneity_completeness_v_measure` and `pair_confusion_matrix` of
    /// scikit-learn 1.9; B-cubed by its definition, item by item.
    #[test]
    fn values_of_scikit_learn() {
        let check = |predicted: &[u32], gold: &[u32], expected: [f64; 8]| {
            let a = agreement(predicted, gold);
            let (b, p) = (a.bcubed, a.pairwise);
            let v = [a.adjusted_rand, a.homogeneity, a.completeness, a.v_measure];
            let got = [b.precision, b.recall, p.precision, p.recall, v[0], v[1], v[2], v[3]];
            let near =
                got.iter().zip(expected).all(|(got, expected)| (got - expected).abs() < 1e-11);
            assert!(near, "{got:?}\n{expected:?}");
        };
        let third = 1.0 / 3.0;
        let mixed = [0.368421052632, 0.638587448593, 0.779436519109, 0.702016876181];
        check(
            &[0, 0, 0, 1, 1, 2, 2, 2],
            &[5, 5, 6, 6, 6, 7, 7, 8],
            [2.0 * third, 2.5 * third, 3.0 / 7.0, 0.6, mixed[0], mixed[1], mixed[2], mixed[3]],
        );
        check(&[1; 6], &[1, 1, 1, 2, 2, 2], [0.5, 1.0, 0.4, 1.0, 0.0, 0.0, 1.0, 0.0]);
        let apart = [1.0, 0.6, 1.0, 0.0, 0.0, 1.0, 0.655458753541, 0.791875668469];
        check(&[0, 1, 2, 3, 4], &[0, 0, 1, 1, 2], apart);
    }

    #[test]
    fn labels_are_names_only() {
        let (predicted, gold) = ([0, 0, 0, 1, 1, 2, 2, 2], [5, 5, 6, 6, 6, 7, 7, 5]);
        let (a, b) = (agreement(&predicted, &gold), agreement(&predicted, &gold.map(|g| 9 - g)));
        assert_eq!(a.pairwise, b.pairwise);
        assert_eq!((a.gold_clusters, a.gold_largest), (3, 3));
        assert_eq!((b.gold_clusters, b.gold_largest), (3, 3));
        assert!((a.bcubed.f1 - b.bcubed.f1).abs() < 1e-12);
        assert!((a.v_measure - b.v_measure).abs() < 1e-12);
    }

    #[test]
    fn equal_partitions_and_none() {
        for labels in [&[][..], &[3], &[1, 1, 2, 9]] {
            let a = agreement(labels, labels);
            assert_eq!([a.bcubed.f1, a.pairwise.f1, a.adjusted_rand], [1.0; 3], "{labels:?}");
            assert!((a.v_measure - 1.0).abs() < 1e-12, "{labels:?}");
        }
        let a = agreement(&[1, 1, 2, 9], &[7, 7, 7, 8]);
        assert_eq!(
            [a.predicted_clusters, a.gold_clusters, a.predicted_largest, a.gold_largest],
            [3, 2, 2, 3]
        );
    }
}
