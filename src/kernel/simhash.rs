//! SimHash: 64 bits that differ little when two sets differ little (Charikar, STOC 2002).

/// The fingerprint of a multiset of well-mixed 64-bit hashes: bit i is set when more than half of the hashes have it
/// set. Nothing at all is 0.
///
/// The counters are kept bit-sliced (plane p holds bit p of all 64 counts). Eight hashes at a time go through a tree
/// of full adders, so that one costs about five word operations instead of 64 additions, and no branch.
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
    let mut planes = [0u64; 32];
    let used = 32 - (hashes.len() as u32).leading_zeros() as usize;
    let (eights, rest) = hashes.as_chunks::<8>();
    for eight in eights {
        let [ones, twos, fours, higher @ ..] = &mut planes;
        let mut two = |pair: &[u64]| add(ones, pair[0], pair[1]);
        let (a, b) = (two(&eight[..2]), two(&eight[2..4]));
        let (c, d) = (two(&eight[4..6]), two(&eight[6..]));
        let (e, f) = (add(twos, a, b), add(twos, c, d));
        carry(&mut higher[..used - 3], add(fours, e, f));
    }
    rest.iter().for_each(|&hash| carry(&mut planes[..used], hash));
    greater_than(&planes, hashes.len() as u32 / 2)
}

/// Adds two bits to a third in each of 64 places; returns what is carried.
#[inline]
fn add(sum: &mut u64, a: u64, b: u64) -> u64 {
    let carried = (*sum & a) | ((*sum ^ a) & b);
    *sum ^= a ^ b;
    carried
}

/// Adds one to the counters of which the bit is set.
#[inline]
fn carry(planes: &mut [u64], mut bits: u64) {
    for plane in planes {
        let sum = *plane ^ bits;
        bits &= *plane;
        *plane = sum;
    }
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
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bit_slices_equal_plain_counting(hashes: Vec<u64>) {
            let mut expected = 0u64;
            for bit in 0..64 {
                let ones = hashes.iter().filter(|&&h| h >> bit & 1 == 1).count();
                expected |= u64::from(2 * ones > hashes.len()) << bit;
            }
            // n / 2 rounds down, and more than n / 2 of an odd n is more than half of it.
            prop_assert_eq!(simhash(&hashes), expected);
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
