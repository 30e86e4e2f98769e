//! SimHash: 64 bits that differ little when two sets differ little (Charikar, STOC 2002).

/// The fingerprint of a multiset of well-mixed 64-bit hashes: bit i is set when more than half of the hashes have it
/// set. Nothing at all is 0.
///
/// The counters are kept bit-sliced (plane p holds bit p of all 64 counts), so that adding one hash costs a carry of
/// about two word operations instead of 64 additions.
pub fn simhash(hashes: impl IntoIterator<Item = u64>) -> u64 {
    let mut planes = [0u64; 32];
    let mut n = 0u32;
    for hash in hashes {
        n += 1;
        let mut carry = hash;
        for plane in &mut planes {
            let sum = *plane ^ carry;
            carry &= *plane;
            *plane = sum;
            if carry == 0 {
                break;
            }
        }
    }
    greater_than(&planes, n / 2)
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
            prop_assert_eq!(simhash(hashes), expected);
        }
    }

    #[test]
    fn distance_follows_the_angle() {
        // Two sets of 400 with 300 in common: the angle between their indicator vectors is acos(.75), so a bit
        // differs with chance acos(.75) / pi = .23. 64 bits: mean 14.7, standard deviation 3.4; mean of 200: .24.
        let distance = |t: u64| {
            let set = |from: u64| simhash((from..from + 400).map(|i| mix(mix(t) ^ i)));
            (set(0) ^ set(100)).count_ones()
        };
        let mean = f64::from((0..200).map(distance).sum::<u32>()) / 200.0;
        assert!((mean - 14.7).abs() < 1.0, "{mean}");
    }
}
