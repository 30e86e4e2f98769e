//! How far the B-cubed F1 would move had other gold clusters been labelled: a bootstrap (Efron 1979).
//!
//! Whole gold clusters are drawn, not items: the items of a cluster are right or wrong together.

use super::hash::{GOLDEN, mix, seed};
use super::metrics::{Scores, cells};

/// How often the gold clusters are drawn anew.
const RESAMPLES: usize = 200;

/// How many resamples lie beyond either end of the interval: 2.5 % of them, less the one that is the end.
const BEYOND: usize = 4;

/// The 95 % interval of the B-cubed F1, by percentiles over 200 resamples of the gold clusters with a fixed seed.
///
/// An item counts with the precision and recall that it has in the whole, as often as its gold cluster is drawn. The
/// interval has no width with a single gold cluster, and is 1 to 1 for no items.
///
/// ```
/// let (low, high) = samestory::kernel::bootstrap::bcubed_interval(&[1, 1, 2, 3], &[5, 5, 5, 6]);
/// assert!(0.0 <= low && low <= high && high <= 1.0);
/// ```
///
/// # Panics
/// When the slices differ in length.
pub fn bcubed_interval(predicted: &[u32], gold: &[u32]) -> (f64, f64) {
    let clusters = sums(predicted, gold);
    if clusters.is_empty() {
        return (1.0, 1.0);
    }
    let mut scores: Vec<f64> = (0..RESAMPLES).map(|i| resample(&clusters, i)).collect();
    scores.sort_by(f64::total_cmp);
    (scores[BEYOND], scores[RESAMPLES - 1 - BEYOND])
}

/// One gold cluster: its items, and the sums of their precision and recall.
#[derive(Clone, Copy, Default)]
struct Sums {
    items: f64,
    precision: f64,
    recall: f64,
}

fn sums(predicted: &[u32], gold: &[u32]) -> Vec<Sums> {
    // Gold label, items shared, size of the predicted cluster.
    let mut shares: Vec<(u32, u64, u64)> = Vec::new();
    for cluster in cells(predicted, gold).chunk_by(|a, b| a.0 >> 32 == b.0 >> 32) {
        let size = cluster.iter().map(|cell| cell.1).sum();
        shares.extend(cluster.iter().map(|&(key, n)| (key as u32, n, size)));
    }
    shares.sort_unstable();
    let sum = |gold: &[(u32, u64, u64)]| {
        let items = gold.iter().map(|share| share.1).sum::<u64>() as f64;
        let squares = gold.iter().map(|&(_, n, size)| ((n * n) as f64, size as f64));
        let precision = squares.clone().map(|(square, size)| square / size).sum();
        Sums { items, precision, recall: squares.map(|(square, _)| square / items).sum() }
    };
    shares.chunk_by(|a, b| a.0 == b.0).map(sum).collect()
}

/// The F1 of as many clusters as there are, each drawn from all.
fn resample(clusters: &[Sums], number: usize) -> f64 {
    let mut total = Sums::default();
    let seed = seed("bootstrap", number);
    for draw in 0..clusters.len() as u64 {
        let random = u128::from(mix(seed.wrapping_add(draw.wrapping_mul(GOLDEN))));
        let drawn = clusters[((random * clusters.len() as u128) >> 64) as usize];
        total.items += drawn.items;
        total.precision += drawn.precision;
        total.recall += drawn.recall;
    }
    Scores::new(total.precision / total.items, total.recall / total.items).f1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::metrics::agreement;

    /// A hundred gold clusters of four, of which every fourth is split into two: B-cubed recall is 7/8.
    #[test]
    fn the_interval_is_about_as_wide_as_the_standard_error_says() {
        let gold: Vec<u32> = (0..400).map(|i| i / 4).collect();
        let predicted: Vec<u32> =
            (0..400).map(|i| if i / 4 % 4 == 0 { i / 2 } else { 1000 + i / 4 }).collect();
        let f1 = agreement(&predicted, &gold).bcubed.f1;
        assert!((f1 - 14.0 / 15.0).abs() < 1e-12, "{f1}");
        let (low, high) = bcubed_interval(&predicted, &gold);
        // The standard error of the recall is sqrt(3/16)/2/10 = .0217; dF1/dR there is 2/(1+R)^2 = .569.
        let expected = 2.0 * 1.96 * 0.0217 * 0.569;
        assert!(low < f1 && f1 < high, "{low} {f1} {high}");
        assert!(((high - low) / expected - 1.0).abs() < 0.2, "{low} {high} {expected}");
    }

    #[test]
    fn four_resamples_lie_beyond_either_end() {
        let labels = |seed: u64, n: u64| -> Vec<u32> {
            (0..300).map(|i| (mix(i ^ seed << 32) % n) as u32).collect()
        };
        let (predicted, gold) = (labels(1, 9), labels(2, 40));
        let (low, high) = bcubed_interval(&predicted, &gold);
        let clusters = sums(&predicted, &gold);
        let scores = (0..RESAMPLES).map(|i| resample(&clusters, i));
        assert_eq!(scores.clone().filter(|&score| score < low).count(), BEYOND);
        assert_eq!(scores.filter(|&score| score > high).count(), BEYOND);
    }

    #[test]
    fn what_the_clusters_have_is_what_the_whole_has() {
        let (predicted, gold) = ([1, 1, 2, 2, 2, 3, 4], [5, 6, 5, 6, 6, 6, 7]);
        let total =
            |of: fn(&Sums) -> f64| sums(&predicted, &gold).iter().map(of).sum::<f64>() / 7.0;
        let expected = agreement(&predicted, &gold).bcubed;
        assert!((total(|s| s.precision) - expected.precision).abs() < 1e-12);
        assert!((total(|s| s.recall) - expected.recall).abs() < 1e-12);
        assert_eq!(total(|s| s.items), 1.0);
    }

    #[test]
    fn nothing_to_draw_from_is_no_width() {
        assert_eq!(bcubed_interval(&[], &[]), (1.0, 1.0));
        let (low, high) = bcubed_interval(&[1, 1, 2], &[5, 5, 5]);
        assert_eq!(low, high);
        assert_eq!(low, agreement(&[1, 1, 2], &[5, 5, 5]).bcubed.f1);
    }
}
