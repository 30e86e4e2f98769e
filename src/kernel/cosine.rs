//! Sparse vectors with integer weights.

use super::time::ONE;

/// Dot product of two vectors given as ascending dimensions and their weights. Cost: the sum of their lengths.
pub fn dot(a: (&[u32], &[u16]), b: (&[u32], &[u16])) -> u64 {
    let (mut i, mut j, mut sum) = (0, 0, 0u64);
    while i < a.0.len() && j < b.0.len() {
        let (x, y) = (a.0[i], b.0[j]);
        if x == y {
            sum += u64::from(a.1[i]) * u64::from(b.1[j]);
        }
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    sum
}

/// Squared length of a vector.
pub fn square(weights: &[u16]) -> u64 {
    weights.iter().map(|&w| u64::from(w) * u64::from(w)).sum()
}

/// Cosine in 1 / 65,536 from a dot product and two lengths (not squared); 0 when either vector is empty.
///
/// Square root, product and quotient are exactly rounded by IEEE 754, so the result is the same on every machine.
pub fn cosine(dot: u64, length_a: f64, length_b: f64) -> i64 {
    if dot == 0 { 0 } else { (dot as f64 / (length_a * length_b) * ONE as f64).round() as i64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn angles() {
        let (a, b) = ((&[1u32, 5, 9][..], &[3u16, 4, 0][..]), (&[5u32, 9][..], &[5u16, 1][..]));
        assert_eq!(dot(a, b), 20);
        let length = |w| (square(w) as f64).sqrt();
        assert_eq!(cosine(dot(a, a), length(a.1), length(a.1)), ONE);
        assert_eq!(
            cosine(dot(a, b), length(a.1), length(b.1)),
            (20.0 / (5.0 * 26f64.sqrt()) * 65536.0) as i64 + 1
        );
        assert_eq!(cosine(0, 0.0, 0.0), 0);
    }
}
