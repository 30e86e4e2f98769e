//! Which candidates are compared in full.

use std::cmp::Ordering;

use crate::kernel::time::ONE;

// Tests have few articles, so that all limits are low there: each must be met.

/// Share of the similarity that the posted terms of all but the [`FEW`] best candidates for matches must show, in
/// 1 / 65,536; see [`super::reach::promise`].
const GOOD: i64 = ONE * 133 / 1_000;
/// See [`GOOD`].
const FEW: usize = if cfg!(test) { 3 } else { 28 };
/// Most candidates for matches that are compared in full; most reports have a tenth of that, those of stories of hundreds
/// all.
const MATCHES: usize = if cfg!(test) { 5 } else { 450 };
/// Most candidates for the neighbourhood that are compared in full.
pub const AROUND: usize = if cfg!(test) { 5 } else { 60 };

// Candidates are many, and the room they were in serves the next report.

/// Takes out the candidates for matches that are compared: beyond a few only good ones, ascending. None are left.
pub fn best_matches<K: Ord + Copy>(candidates: &mut Vec<(i64, K)>) -> Vec<K> {
    if candidates.len() > FEW {
        candidates.select_nth_unstable_by(FEW, order);
        let mut n = 0;
        candidates.retain(|c| {
            n += 1;
            n <= FEW || c.0 >= GOOD * ONE
        });
    }
    best(candidates, MATCHES)
}

/// The best first.
fn order<K: Ord>(x: &(i64, K), y: &(i64, K)) -> Ordering {
    y.0.cmp(&x.0).then_with(|| x.1.cmp(&y.1))
}

/// Takes out at most so many candidates, those with the highest partial sums, ascending: neighbours in time are neighbours in
/// memory. None are left.
pub fn best<K: Ord + Copy>(candidates: &mut Vec<(i64, K)>, most: usize) -> Vec<K> {
    if candidates.len() > most {
        candidates.select_nth_unstable_by(most, order);
        candidates.truncate(most);
    }
    let mut best: Vec<K> = candidates.drain(..).map(|c| c.1).collect();
    best.sort_unstable();
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_few_are_kept_and_of_the_others_the_good_ones(promises in prop::collection::vec(0i64..24, 0..12)) {
            // Around what is good.
            let promise = |step: i64| (8_716 - 12 + step) * ONE;
            let mut sorted: Vec<(i64, usize)> = promises.iter().map(|&step| promise(step)).zip(0..).collect();
            let mut given = sorted.clone();
            sorted.sort_by_key(|&(promise, i)| (-promise, i));
            let kept = |most: usize, few: usize| {
                let kept = sorted.iter().enumerate().filter(|(n, c)| *n < few || c.0 >= 8_716 * ONE);
                let mut kept: Vec<usize> = kept.take(most).map(|(_, c)| c.1).collect();
                kept.sort_unstable();
                kept
            };
            prop_assert_eq!(best_matches(&mut given.clone()), kept(MATCHES, FEW));
            prop_assert_eq!(best(&mut given, AROUND), kept(AROUND, usize::MAX));
            prop_assert!(given.is_empty());
        }
    }
}
