//! Banding: cutting a signature into keys, so that similar signatures share at least one.

use super::hash::mix;

/// The key of band `band` of a signature: a hash of its slots `band * rows ..` and of nothing else.
///
/// Up to three rows fit beside the number of the band in 64 bits, and [`mix`] is a bijection: keys are then equal only
/// when the slots are.
pub fn key(signature: &[u16], band: usize, rows: usize) -> u64 {
    mix(signature[band * rows..(band + 1) * rows]
        .iter()
        .fold(band as u64, |key, &slot| key << 16 | u64::from(slot)))
}

/// The key of a band of three slots among bands that are compared with none but themselves: the slots side by side, in 48
/// bits.
#[inline]
pub fn slots(signature: &[u16], band: usize) -> u64 {
    signature[3 * band..3 * band + 3].iter().fold(0, |key, &slot| key << 16 | u64::from(slot))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Chance that two signatures whose slots agree with probability `s` share at least one of `bands` keys of `rows` slots
    /// each: 1 - (1 - s^rows)^bands.
    fn share_chance(s: f64, bands: usize, rows: usize) -> f64 {
        1.0 - (1.0 - s.powi(rows as i32)).powi(bands as i32)
    }

    #[test]
    fn signatures_share_keys_as_often_as_the_curve_says() {
        // Each slot of a pair agrees with chance s; 4,000 pairs: the standard deviation of the share is below .008.
        const PAIRS: u64 = 4000;
        for s in [0.1, 0.3, 0.5] {
            let share_a_key = |pair: &u64| {
                let draw = |i: u64, use_: u64| mix(mix(pair << 9 | i) ^ use_);
                let a: Vec<u16> = (0..126).map(|i| draw(i, 1) as u16).collect();
                let agrees = |i: u64| (draw(i, 2) as f64) < s * u64::MAX as f64;
                let slot = |i: u64| if agrees(i) { a[i as usize] } else { !a[i as usize] };
                let b: Vec<u16> = (0..126).map(slot).collect();
                (0..42).any(|band| key(&a, band, 3) == key(&b, band, 3))
            };
            let share = (0..PAIRS).filter(share_a_key).count() as f64 / PAIRS as f64;
            assert!((share - share_chance(s, 42, 3)).abs() < 0.032, "{s}: {share}");
        }
    }

    #[test]
    fn a_key_is_of_the_slots_of_its_band() {
        let signature: Vec<u16> = (1..=6).collect();
        assert_eq!([0, 1].map(|band| slots(&signature, band)), [0x1_0002_0003, 0x4_0005_0006]);
        assert_eq!(key(&signature, 1, 2), mix(0x1_0003_0004));
    }

    #[test]
    fn the_curve_is_steep_where_it_should_be() {
        let chance = |s| (share_chance(s, 42, 3) * 1000.0).round() / 1000.0;
        assert_eq!([0.05, 0.2, 0.3, 0.4, 0.5].map(chance), [0.005, 0.286, 0.683, 0.938, 0.996]);
    }
}
