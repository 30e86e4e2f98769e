//! One value of a table, and its one spelling.

use std::fmt::Write as _;

use jiff::Timestamp;

use crate::kernel::base32;

/// A value that borrows what it can.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cell<'a> {
    /// Text as it is.
    Text(&'a str),
    /// A name made of a hash: its letter and the hash.
    Name(char, u64),
    /// 64 bits as 16 hexadecimal digits.
    Bits(u64),
    /// A whole number.
    Count(usize),
    /// A number of four decimals.
    Number(f64),
    /// Yes or no.
    Flag(bool),
    /// A moment, in UTC.
    Time(Timestamp),
    /// There is nothing to say.
    Nothing,
}

impl Cell<'_> {
    /// A number where there is one.
    pub(super) fn number(value: Option<f32>) -> Self {
        value.map_or(Self::Nothing, |value| Self::Number(f64::from(value)))
    }

    /// A moment where it is known.
    pub(super) fn time(value: Option<Timestamp>) -> Self {
        value.map_or(Self::Nothing, Self::Time)
    }

    /// A text, or nothing where it is empty.
    pub(super) fn text(value: &str) -> Cell<'_> {
        if value.is_empty() { Cell::Nothing } else { Cell::Text(value) }
    }

    /// Whether JSON writes the value without quotation marks.
    pub(super) fn is_bare(&self) -> bool {
        match self {
            Self::Count(_) | Self::Flag(_) | Self::Number(_) => true,
            Self::Text(_) | Self::Name(..) | Self::Bits(_) | Self::Time(_) | Self::Nothing => false,
        }
    }

    /// Appends the value to `out`; [`Cell::Nothing`] appends nothing.
    pub(super) fn spell(&self, out: &mut String) {
        let written = match self {
            Self::Text(text) => out.write_str(text),
            Self::Name(letter, hash) => {
                base32::push_name(out, *letter, *hash);
                Ok(())
            }
            Self::Bits(bits) => write!(out, "{bits:016x}"),
            Self::Count(count) => {
                push_digits(out, *count as u64, 1);
                Ok(())
            }
            Self::Number(number) => {
                push_number(out, *number);
                Ok(())
            }
            Self::Flag(flag) => write!(out, "{flag}"),
            Self::Time(time) => write!(out, "{time}"),
            Self::Nothing => Ok(()),
        };
        written.expect("writing to a string cannot fail");
    }
}

/// A number to its four decimals.
#[cfg(feature = "parquet")]
pub(super) fn rounded(number: f64) -> f64 {
    // Adding zero takes the sign off a zero.
    (number * 10_000.0).round() / 10_000.0 + 0.0
}

/// Appends a number in ten-thousandths, so that every machine rounds alike and zero has no sign.
fn push_number(out: &mut String, number: f64) {
    let units = (number * 10_000.0).round() as i64;
    out.push_str(if units < 0 { "-" } else { "" });
    push_digits(out, units.unsigned_abs() / 10_000, 1);
    out.push('.');
    push_digits(out, units.unsigned_abs() % 10_000, 4);
}

/// Appends a whole number in at least so many digits: in a fifth of the time that formatting takes, as there are several in every
/// row.
fn push_digits(out: &mut String, mut number: u64, least: usize) {
    let mut digits = [b'0'; 20];
    let mut first = digits.len();
    while number > 0 {
        first -= 1;
        digits[first] = b'0' + (number % 10) as u8;
        number /= 10;
    }
    let digits = &digits[first.min(digits.len() - least)..];
    out.push_str(str::from_utf8(digits).expect("digits are ASCII"));
}

#[cfg(test)]
mod tests {
    use super::Cell;

    #[test]
    fn numbers_have_four_decimals_and_zero_no_sign() {
        let spelled = |number: f64| {
            let mut out = String::new();
            Cell::Number(number).spell(&mut out);
            out
        };
        let numbers = [0.0, -0.0, -0.00004, 0.41, 1.0, -0.12345, 12.99999];
        let expected = ["0.0000", "0.0000", "0.0000", "0.4100", "1.0000", "-0.1235", "13.0000"];
        assert_eq!(numbers.map(spelled), expected);
    }
}
