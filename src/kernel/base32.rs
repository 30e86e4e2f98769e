//! A hash as a short word that people can read out: lower-case base 32 without i, l, o and u.

/// How many characters [`encode`] gives: the 60 high bits of the hash.
///
/// Among ten million hashes two share these bits with a chance of 1 in 20,000.
pub const LENGTH: usize = 12;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Writes the 60 high bits of `hash` as [`LENGTH`] ASCII characters; their order is the order of the hashes.
pub fn encode(hash: u64) -> [u8; LENGTH] {
    std::array::from_fn(|i| ALPHABET[(hash >> (59 - 5 * i)) as usize & 31])
}

#[cfg(test)]
mod tests {
    use super::encode;

    #[test]
    fn five_bits_make_a_character() {
        assert_eq!(&encode(0), b"000000000000");
        assert_eq!(&encode(u64::MAX), b"zzzzzzzzzzzz");
        assert_eq!(&encode(1 << 63), b"g00000000000");
        assert_eq!(&encode(0x0123_4567_89ab_cdef), b"04hmasw9nf6y");
    }
}
