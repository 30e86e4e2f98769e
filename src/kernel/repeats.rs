//! Which of many hashes may be there more than once, without sorting them.

use super::hash::mix;

/// For each of many places, two bits: whether something fell there, and whether something else did.
#[derive(Debug)]
pub struct Repeats {
    places: Vec<u64>,
    shift: u32,
}

/// Places in a word.
const IN_WORD: u32 = u64::BITS / 2;

impl Repeats {
    /// Room for so many values.
    pub fn with_room_for(values: usize) -> Self {
        // At most every fourth place is taken, so that few values share one by chance.
        let places = (4 * values).next_power_of_two().max(2 * IN_WORD as usize);
        let shift = u64::BITS - places.trailing_zeros();
        Self { places: vec![0; places / IN_WORD as usize], shift }
    }

    /// Takes one more value.
    pub fn take(&mut self, value: u64) {
        let (word, bit) = self.place(value);
        let seen = self.places[word] >> bit & 1;
        self.places[word] |= (1 | seen << 1) << bit;
    }

    /// Whether a value that was taken may have been taken more than once; true for all that were.
    pub fn may_repeat(&self, value: u64) -> bool {
        let (word, bit) = self.place(value);
        self.places[word] >> bit & 2 != 0
    }

    fn place(&self, value: u64) -> (usize, u32) {
        let place = mix(value) >> self.shift;
        (place as usize / IN_WORD as usize, 2 * (place as u32 % IN_WORD))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn all_that_repeat_are_found_and_few_others(alone in 0u64..2000, twice in 0u64..1000, seed: u64) {
            let value = |i: u64| seed.wrapping_add(i);
            let mut repeats = Repeats::with_room_for((alone + 2 * twice) as usize);
            (0..alone + twice).chain(alone..alone + twice).for_each(|i| repeats.take(value(i)));
            prop_assert!((alone..alone + twice).all(|i| repeats.may_repeat(value(i))));
            let mistaken = (0..alone).filter(|&i| repeats.may_repeat(value(i))).count() as u64;
            prop_assert!(mistaken <= 20 + alone / 2, "{} of {}", mistaken, alone);
        }
    }
}
