//! The stable 64-bit hash: whatever can affect an answer or is stored goes through here.
//!
//! The values are a format. [`VERSION`] names it, and a test pins it.

use twox_hash::XxHash3_64;

/// Names the hash, its seeds and mixers. A stored hash of another version is an error, never a wrong answer.
pub const VERSION: u32 = 1;

/// XXH3-64 of the bytes.
pub fn hash(bytes: &[u8]) -> u64 {
    XxHash3_64::oneshot(bytes)
}

/// Scrambles a value so that every input bit moves every output bit (the finaliser of MurmurHash3).
#[inline]
pub fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    x = (x ^ (x >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    x ^ (x >> 33)
}

/// Seed number `i` for the use called `name`: the XXH3 of both, so that no two uses share randomness.
pub fn seed(name: &str, i: usize) -> u64 {
    hash(format!("samestory/{name}/{i}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_pinned() {
        assert_eq!(hash(b""), 0x2d06_8005_38d3_94c2, "the published XXH3-64 of nothing");
        assert_eq!(hash(b"summit"), XxHash3_64::oneshot_with_seed(0, b"summit"));
        assert_eq!(mix(1), 0xb456_bcfc_34c2_cb2c);
    }
}
