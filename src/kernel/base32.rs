//! A hash as a short word that people can read out: lower-case base 32 without i, l, o and u.

/// How many characters [`encode`] gives: the 60 high bits of the hash.
///
/// Among ten million hashes two share these bits with a chance of 1 in 20,000.
pub const LENGTH: usize = 12;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Writes the 60 high bits of `hash` as [`LENGTH`] ASCII characters; their order is the order of the hashes.
///
/// ```
/// use samestory::kernel::base32::{decode, encode};
///
/// let word = encode(0x0123_4567_89ab_cdef);
/// assert_eq!(decode(&word), Some(0x0123_4567_89ab_cde0));
/// ```
pub fn encode(hash: u64) -> [u8; LENGTH] {
    std::array::from_fn(|i| ALPHABET[(hash >> (59 - 5 * i)) as usize & 31])
}

/// The name of what goes by a hash: a letter that says what it is, and the word.
pub fn name(letter: char, hash: u64) -> String {
    let mut name = String::with_capacity(1 + LENGTH);
    push_name(&mut name, letter, hash);
    name
}

/// Appends such a [`name`].
pub fn push_name(out: &mut String, letter: char, hash: u64) {
    out.push(letter);
    out.push_str(str::from_utf8(&encode(hash)).expect("the alphabet is ASCII"));
}

/// The hash that a word stands for, its four low bits 0; `None` for what [`encode`] never writes.
pub fn decode(word: &[u8]) -> Option<u64> {
    let value = |c: &u8| ALPHABET.iter().position(|letter| letter == c).map(|v| v as u64);
    let bits = word.iter().try_fold(0u64, |bits, c| Some(bits << 5 | value(c)?));
    bits.filter(|_| word.len() == LENGTH).map(|bits| bits << 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_bits_make_a_character() {
        assert_eq!(&encode(0), b"000000000000");
        assert_eq!(&encode(u64::MAX), b"zzzzzzzzzzzz");
        assert_eq!(&encode(1 << 63), b"g00000000000");
        assert_eq!(&encode(0x0123_4567_89ab_cdef), b"04hmasw9nf6y");
        assert_eq!(decode(b"04hmasw9nf6y"), Some(0x0123_4567_89ab_cde0));
        assert_eq!((decode(b"04hmasw9nf6"), decode(b"04hmasw9nf6u")), (None, None));
    }
}
