//! Banding: cutting a signature into keys, so that similar signatures share at least one.

use super::hash::mix;

/// Chance that two signatures whose slots agree with probability `s` share at least one of `bands` keys of `rows`
/// slots each: 1 - (1 - s^rows)^bands.
pub fn share_chance(s: f64, bands: usize, rows: usize) -> f64 {
    1.0 - (1.0 - s.powi(rows as i32)).powi(bands as i32)
}

/// The key of band `band` of a signature: a hash of its slots `band * rows ..` and of nothing else.
///
/// Up to three rows fit beside the number of the band in 64 bits, and [`mix`] is a bijection: keys are then equal only
/// when the slots are.
pub fn key(signature: &[u16], band: usize, rows: usize) -> u64 {
    mix(signature[band * rows..(band + 1) * rows]
        .iter()
        .fold(band as u64, |key, &slot| key << 16 | u64::from(slot)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_is_steep_where_it_should_be() {
        let chance = |s| (share_chance(s, 42, 3) * 1000.0).round() / 1000.0;
        assert_eq!([0.05, 0.2, 0.3, 0.4, 0.5].map(chance), [0.005, 0.286, 0.683, 0.938, 0.996]);
    }
}
