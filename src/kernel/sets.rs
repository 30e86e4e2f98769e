//! Sorted slices of distinct hashes as sets.

use std::cmp::Ordering;

/// How many elements two ascending slices of distinct values have in common. Cost: the sum of their lengths.
pub fn intersection(a: &[u32], b: &[u32]) -> usize {
    let (mut i, mut j, mut n) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        // Without branches on the data: which side is smaller is a coin toss that a predictor cannot win.
        let (x, y) = (a[i], b[j]);
        n += usize::from(x == y);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    n
}

/// Jaccard coefficient from the sizes, 0..=1. An empty set resembles nothing, not even another empty one.
pub fn resemblance(a: usize, b: usize, common: usize) -> f64 {
    if common == 0 { 0.0 } else { common as f64 / (a + b - common) as f64 }
}

/// Share of the smaller set that is found in the other, 0..=1; 0 when either is empty.
pub fn containment(a: usize, b: usize, common: usize) -> f64 {
    if common == 0 { 0.0 } else { common as f64 / a.min(b) as f64 }
}

/// What only the first of two ascending slices holds, then what only the second holds.
pub fn differences<'a, T: Ord>(a: &'a [T], b: &'a [T]) -> (Vec<&'a T>, Vec<&'a T>) {
    let (mut i, mut j, mut only_a, mut only_b) = (0, 0, Vec::new(), Vec::new());
    while i < a.len() || j < b.len() {
        let order = match (a.get(i), b.get(j)) {
            (Some(x), Some(y)) => x.cmp(y),
            (Some(_), None) => Ordering::Less,
            _ => Ordering::Greater,
        };
        match order {
            Ordering::Less => only_a.push(&a[i]),
            Ordering::Greater => only_b.push(&b[j]),
            Ordering::Equal => {}
        }
        i += usize::from(order != Ordering::Greater);
        j += usize::from(order != Ordering::Less);
    }
    (only_a, only_b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn merging_equals_sets(a: BTreeSet<u32>, b: BTreeSet<u32>) {
            let (x, y): (Vec<u32>, Vec<u32>) = (a.iter().copied().collect(), b.iter().copied().collect());
            prop_assert_eq!(intersection(&x, &y), a.intersection(&b).count());
            let (only_x, only_y) = differences(&x, &y);
            prop_assert_eq!(only_x, a.difference(&b).collect::<Vec<_>>());
            prop_assert_eq!(only_y, b.difference(&a).collect::<Vec<_>>());
        }
    }

    #[test]
    fn nothing_resembles_nothing() {
        assert_eq!((resemblance(0, 0, 0), containment(0, 5, 0)), (0.0, 0.0));
        assert_eq!((resemblance(2, 4, 2), containment(2, 4, 2)), (0.5, 1.0));
    }
}
