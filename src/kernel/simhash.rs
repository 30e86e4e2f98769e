//! SimHash: 64 bits that differ little when two sets differ little (Charikar, STOC 2002).

use super::wide::wide;

/// Counters of hashes that stand side by side and are counted at once.
const LANES: usize = 4;
/// Hashes of a lane that are counted at once.
const ROWS: usize = 8;

/// One bit of 64 counters for each lane.
type Plane = [u64; LANES];

wide! {
    /// The fingerprint of a multiset of well-mixed 64-bit hashes: bit i is set when more than half of the hashes have it
    /// set. Nothing at all is 0.
    ///
    /// The counters are kept bit-sliced (plane p holds bit p of all 64 counts of a lane). Eight hashes of each lane at a time go
    /// through a tree of full adders, so that one costs one or two vector operations instead of 64 additions, and no branch.
    ///
    /// ```
    /// use samestory::kernel::hash::mix;
    /// use samestory::kernel::simhash::simhash;
    ///
    /// let set = |range: std::ops::Range<u64>| -> Vec<u64> { range.map(mix).collect() };
    /// let distance = (simhash(&set(0..500)) ^ simhash(&set(5..505))).count_ones();
    /// assert!(distance < 12, "nearly the same set: {distance} bits of 64 differ");
    /// assert_eq!(simhash(&[]), 0);
    /// ```
    pub fn simhash(hashes: &[u64]) -> u64 {
        let mut planes = [[0; LANES]; 32];
        // The first three are counted in by the adders.
        let used = (32 - (hashes.len() as u32).leading_zeros() as usize).max(3);
        let planes = &mut planes[..used];
        let (blocks, _) = hashes.as_chunks::<LANES>().0.as_chunks::<ROWS>();
        blocks.iter().for_each(|rows| count(planes, rows));
        // What the last block lacks is filled up with hashes of no bits, which count for nothing.
        let rest = &hashes[blocks.as_flattened().as_flattened().len()..];
        let mut rows = [[0; LANES]; ROWS];
        rows.as_flattened_mut().iter_mut().zip(rest).for_each(|(bits, hash)| *bits = *hash);
        count(planes, &rows);
        let mut sums = [0; 32];
        for lane in 0..LANES {
            let mut carried = 0;
            for (sum, plane) in sums.iter_mut().zip(&*planes) {
                carried = add(sum, plane[lane], carried);
            }
        }
        greater_than(&sums, hashes.len() as u32 / 2)
    }
}

/// Counts the bits of eight hashes in each lane.
#[inline(always)]
fn count(planes: &mut [Plane], rows: &[Plane; ROWS]) {
    let (low, higher) = planes.split_first_chunk_mut::<3>().expect("there are three");
    let mut carried = [0; LANES];
    for (lane, carried) in carried.iter_mut().enumerate() {
        let row = |i: usize| rows[i][lane];
        let [mut ones, mut twos, mut fours] = [low[0][lane], low[1][lane], low[2][lane]];
        let mut two = |i: usize| add(&mut ones, row(i), row(i + 1));
        let (a, b, c, d) = (two(0), two(2), two(4), two(6));
        let (e, f) = (add(&mut twos, a, b), add(&mut twos, c, d));
        *carried = add(&mut fours, e, f);
        [low[0][lane], low[1][lane], low[2][lane]] = [ones, twos, fours];
    }
    for plane in higher {
        for (plane, carried) in plane.iter_mut().zip(&mut carried) {
            let sum = *plane ^ *carried;
            *carried &= *plane;
            *plane = sum;
        }
    }
}

/// Adds two bits to a third in each of 64 places; returns what is carried.
#[inline(always)]
fn add(sum: &mut u64, a: u64, b: u64) -> u64 {
    let carried = (*sum & a) | ((*sum ^ a) & b);
    *sum ^= a ^ b;
    carried
}

/// A mask of the counters that exceed `limit`, comparing all 64 at once from the highest plane down.
fn greater_than(planes: &[u64; 32], limit: u32) -> u64 {
    let (mut greater, mut equal) = (0, !0);
    for (p, plane) in planes.iter().enumerate().rev() {
        if limit >> p & 1 == 1 {
            equal &= plane;
        } else {
            greater |= equal & plane;
            equal &= !plane;
        }
    }
    greater
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::hash::mix;
    use crate::kernel::wide::tests::at_all_levels;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bit_slices_equal_plain_counting(hashes in prop::collection::vec(any::<u64>(), 0..300)) {
            let mut expected = 0u64;
            for bit in 0..64 {
                let ones = hashes.iter().filter(|&&h| h >> bit & 1 == 1).count();
                expected |= u64::from(2 * ones > hashes.len()) << bit;
            }
            // n / 2 rounds down, and more than n / 2 of an odd n is more than half of it.
            prop_assert!(at_all_levels(|| simhash(&hashes)).iter().all(|&found| found == expected));
        }
    }

    #[test]
    fn distance_follows_the_angle() {
        // A bit differs with chance angle / pi. Of 300 pairs with 64 bits each the mean has a standard deviation of at
        // most 4 / sqrt(300) = .23 bits.
        for shared in [100u64, 200, 300, 380] {
            let distance = |t: u64| {
                let set = |from: u64| {
                    simhash(&(from..from + 400).map(|i| mix(mix(t) ^ i)).collect::<Vec<_>>())
                };
                (set(0) ^ set(400 - shared)).count_ones()
            };
            let mean = f64::from((0..300).map(distance).sum::<u32>()) / 300.0;
            let expected = 64.0 * libm::acos(shared as f64 / 400.0) / std::f64::consts::PI;
            assert!((mean - expected).abs() < 1.0, "{shared}: {mean}, {expected}");
        }
    }

    #[test]
    fn values_are_pinned() {
        let hashes: Vec<u64> = (0..300).map(mix).collect();
        assert_eq!((simhash(&hashes), simhash(&[])), (6_373_664_002_420_546_291, 0));
    }
}
