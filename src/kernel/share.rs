//! A number above 0 and at most one, in two bytes: there are two for each of tens of millions of pairs.

use std::fmt;

use super::time::ONE;

/// Such a number, in 1 / 65,536.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share {
    /// What it lacks of one.
    lacks: u16,
}

impl Share {
    /// The nearest one to a number in 1 / 65,536.
    pub fn new(number: i32) -> Self {
        let lacks = (ONE - i64::from(number)).clamp(0, u16::MAX.into());
        Self { lacks: lacks as u16 }
    }

    /// The number in 1 / 65,536.
    pub fn get(self) -> i32 {
        ONE as i32 - i32::from(self.lacks)
    }
}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_and_others_are_the_nearest() {
        let numbers = [-1, 0, 1, 2, 30_000, 65_535, 65_536, 65_537, i32::MAX];
        let kept = numbers.map(|number| Share::new(number).get());
        assert_eq!(kept, [1, 1, 1, 2, 30_000, 65_535, 65_536, 65_536, 65_536]);
        assert_eq!(format!("{:?}", Share::new(30_000)), "30000");
        assert_eq!(size_of::<Share>(), 2);
    }
}
