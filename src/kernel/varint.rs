//! Numbers in as few bytes as they need, seven bits in each (LEB128).

/// Appends a number.
///
/// ```
/// use samestory::kernel::varint::{put, signed, take, unsigned};
///
/// let mut bytes = Vec::new();
/// for number in [5, 300, u32::MAX, unsigned(-3)] {
///     put(&mut bytes, number);
/// }
/// assert_eq!(bytes.len(), 1 + 2 + 5 + 1);
/// let rest = &mut &bytes[..];
/// assert_eq!([take(rest), take(rest), take(rest)], [Some(5), Some(300), Some(u32::MAX)]);
/// assert_eq!([take(rest).map(signed), take(rest).map(signed)], [Some(-3), None]);
/// ```
pub fn put(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Takes a number off the front; `None` where there is no whole one.
#[inline]
pub fn take(bytes: &mut &[u8]) -> Option<u32> {
    let mut number = 0;
    for shift in (0..u32::BITS).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u32::from(byte & 0x7f) << shift;
        if *byte < 0x80 {
            return Some(number);
        }
    }
    None
}

/// A small number for one that is near zero on either side.
pub fn unsigned(number: i32) -> u32 {
    ((number << 1) ^ (number >> 31)).cast_unsigned()
}

/// Back from [`unsigned`].
pub fn signed(number: u32) -> i32 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_those_of_leb128() {
        let numbers = [0, 127, 128, 300, u32::MAX];
        let mut bytes = Vec::new();
        numbers.into_iter().for_each(|number| put(&mut bytes, number));
        assert_eq!(bytes, [0, 0x7f, 0x80, 1, 0xac, 2, 0xff, 0xff, 0xff, 0xff, 0xf]);
        let mut rest = &bytes[..];
        assert_eq!(numbers.map(|_| take(&mut rest)), numbers.map(Some));
        assert_eq!(take(&mut rest), None);
        assert_eq!(take(&mut &[0x80; 9][..]), None, "it has no end");
    }

    #[test]
    fn what_is_near_zero_is_small() {
        let numbers = [0, -1, 1, -2, i32::MAX, i32::MIN];
        assert_eq!(numbers.map(unsigned), [0, 1, 2, 3, u32::MAX - 1, u32::MAX]);
        assert_eq!(numbers.map(|number| signed(unsigned(number))), numbers);
    }
}
