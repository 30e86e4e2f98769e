//! Sorted slices of distinct hashes as sets.

use std::cmp::Ordering;

use super::wide::{add_shared, flag_of, pack, wide};

/// Values of a block.
const LANES: usize = 8;

/// Where in two ascending slices the blocks begin that are compared next.
#[derive(Default)]
struct Blocks {
    first: usize,
    /// The first and the second one's position together. Kept in place of the second, because two positions that are added to alike
    /// are put into a vector by the compiler, and the next round would wait for it.
    sum: usize,
}

impl Blocks {
    #[inline(always)]
    fn second(&self) -> usize {
        self.sum - self.first
    }

    /// Leaves the block behind that ends with the lower value, or both.
    #[inline(always)]
    fn go_on(&mut self, [x, y]: [&[u32; LANES]; 2], ignored: u32) {
        let (last_x, last_y) = (x[LANES - 1] | ignored, y[LANES - 1] | ignored);
        self.first += LANES * usize::from(last_x <= last_y);
        self.sum += LANES + LANES * usize::from(last_x == last_y);
    }
}

wide! {
    /// As [`intersection`], of values that are the same if they differ in no other bits than those set in `ignored`.
    pub fn intersection_above(a: &[u32], b: &[u32], ignored: u32) -> usize {
        let (mut at, mut shared) = (Blocks::default(), [0; LANES]);
        // All of one block with all of the other costs less than finding out which values to compare.
        while let (Some(x), Some(y)) = (a[at.first..].first_chunk(), b[at.second()..].first_chunk()) {
            at.go_on([x, y], ignored);
            add_shared::<LEVEL>(&mut shared, [x, y], ignored);
        }
        let left = one_by_one(&a[at.first..], &b[at.second()..], ignored);
        shared.iter().sum::<u32>() as usize + left
    }
}

wide! {
    /// Says of each value of two ascending slices whether it is in the other as well, compared as in
    /// [`intersection_above`]: `in_a` and `in_b`, as long as the slices and all 0, become 1 where it is.
    pub fn mark_common(a: &[u32], b: &[u32], ignored: u32, in_a: &mut [u8], in_b: &mut [u8]) {
        let mut at = Blocks::default();
        while let (Some(x), Some(y)) = (a[at.first..].first_chunk(), b[at.second()..].first_chunk::<LANES>()) {
            let (in_x, in_y) = (&mut in_a[at.first..][..LANES], &mut in_b[at.second()..][..LANES]);
            at.go_on([x, y], ignored);
            let (mut x, mut y) = (*x, *y);
            x.iter_mut().zip(&mut y).for_each(|(x, y)| (*x, *y) = (*x | ignored, *y | ignored));
            let (mut of_x, mut of_y) = ([0; LANES], [0; LANES]);
            for k in 0..LANES {
                of_x.iter_mut().zip(x).for_each(|(mark, w)| *mark |= u32::from(w == y[k]));
                of_y.iter_mut().zip(y).for_each(|(mark, w)| *mark |= u32::from(w == x[k]));
            }
            in_x.iter_mut().zip(of_x).for_each(|(all, mark)| *all |= mark as u8);
            in_y.iter_mut().zip(of_y).for_each(|(all, mark)| *all |= mark as u8);
        }
        let (mut i, mut j) = (at.first, at.second());
        while i < a.len() && j < b.len() {
            let (x, y) = (a[i] | ignored, b[j] | ignored);
            in_a[i] |= u8::from(x == y);
            in_b[j] |= u8::from(x == y);
            i += usize::from(x <= y);
            j += usize::from(y <= x);
        }
    }
}

wide! {
    /// How many values have each number in their four lowest bits, and how many of these are marked with 1, not 0.
    pub fn count_by_lowest(values: &[u32], marks: &[u8]) -> [[u32; 2]; 16] {
        let mut counts = [[0; 2]; 16];
        for (values, marks) in values.chunks(64).zip(marks.chunks(64)) {
            let (mut lowest, mut marked) = ([u8::MAX; 64], [0; 64]);
            lowest.iter_mut().zip(values).for_each(|(lowest, value)| *lowest = (value & 15) as u8);
            marked.iter_mut().zip(marks).for_each(|(marked, &mark)| *marked = flag_of(mark == 1));
            let marked = pack::<LEVEL>(&marked);
            for (number, [all, of_marked]) in (0..).zip(&mut counts) {
                let mut same = [0; 64];
                same.iter_mut().zip(&lowest).for_each(|(same, &lowest)| *same = flag_of(lowest == number));
                let same = pack::<LEVEL>(&same);
                *all += same.count_ones();
                *of_marked += (same & marked).count_ones();
            }
        }
        counts
    }
}

/// How many elements two ascending slices of distinct values have in common. Cost: the sum of their lengths.
///
/// ```
/// use samestory::kernel::sets::intersection;
///
/// assert_eq!(intersection(&[1, 4, 9], &[4, 5, 9, 12]), 2);
/// assert_eq!(intersection(&[], &[1]), 0);
/// ```
pub fn intersection(a: &[u32], b: &[u32]) -> usize {
    intersection_above(a, b, 0)
}

fn one_by_one(a: &[u32], b: &[u32], ignored: u32) -> usize {
    let (mut i, mut j, mut n) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        // Without branches on the data: which side is smaller is a coin toss that a predictor cannot win.
        let (x, y) = (a[i] | ignored, b[j] | ignored);
        n += usize::from(x == y);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    n
}

/// Jaccard coefficient from the sizes, 0..=1. An empty set resembles nothing, not even another empty one.
///
/// ```
/// assert_eq!(samestory::kernel::sets::resemblance(30, 40, 20), 0.4); // 20 of 50
/// assert_eq!(samestory::kernel::sets::resemblance(0, 0, 0), 0.0);
/// ```
pub fn resemblance(a: usize, b: usize, common: usize) -> f64 {
    if common == 0 { 0.0 } else { common as f64 / (a + b - common) as f64 }
}

/// Share of the smaller set that is found in the other, 0..=1; 0 when either is empty.
///
/// ```
/// assert_eq!(samestory::kernel::sets::containment(30, 400, 24), 0.8); // 24 of the 30 of the shorter text
/// ```
pub fn containment(a: usize, b: usize, common: usize) -> f64 {
    if common == 0 { 0.0 } else { common as f64 / a.min(b) as f64 }
}

/// What only the first of two ascending slices holds, then what only the second holds.
///
/// ```
/// use samestory::kernel::sets::differences;
///
/// assert_eq!(differences(&[5, 12], &[12, 50]), (vec![&5], vec![&50]));
/// ```
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
    use crate::kernel::wide::tests::at_all_levels;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn merging_equals_sets(a in prop::collection::btree_set(0u32..300, 0..120), b in prop::collection::btree_set(0u32..300, 0..120)) {
            let (x, y): (Vec<u32>, Vec<u32>) = (a.iter().copied().collect(), b.iter().copied().collect());
            let common = a.intersection(&b).count();
            prop_assert!(at_all_levels(|| intersection(&x, &y)).iter().all(|&n| n == common));
            let placed = |set: &[u32], part: u32| -> Vec<u32> { set.iter().map(|v| (v << 4) | ((v + part) % 16)).collect() };
            let (placed_x, placed_y) = (placed(&x, 1), placed(&y, 5));
            prop_assert!(at_all_levels(|| intersection_above(&placed_x, &placed_y, 15)).iter().all(|&n| n == common));
            let marked = |set: &[u32], other: &std::collections::BTreeSet<u32>| -> Vec<u8> {
                set.iter().map(|value| u8::from(other.contains(&(value >> 4)))).collect()
            };
            let expected = (marked(&placed_x, &b), marked(&placed_y, &a));
            let marks = || {
                let (mut in_x, mut in_y) = (vec![0; x.len()], vec![0; y.len()]);
                mark_common(&placed_x, &placed_y, 15, &mut in_x, &mut in_y);
                (in_x, in_y)
            };
            prop_assert!(at_all_levels(marks).iter().all(|marks| *marks == expected));
            let mut counts = [[0; 2]; 16];
            for (&value, &mark) in placed_x.iter().zip(&expected.0) {
                counts[value as usize % 16][0] += 1;
                counts[value as usize % 16][1] += u32::from(mark);
            }
            let counted = || count_by_lowest(&placed_x, &expected.0);
            prop_assert!(at_all_levels(counted).iter().all(|counted| *counted == counts));
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
