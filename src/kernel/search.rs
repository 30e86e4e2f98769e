//! A search that begins where the answer is likely to be.

/// How far the first step from the guess goes: what lies within one line of the cache costs nothing more.
const STEP: usize = 16;

/// How many of some ascending values are below one, as `partition_point` tells, in as many steps as the logarithm of the
/// distance from `guess`. Any guess is right, and a good one waits for memory once instead of at every halving.
///
/// ```
/// use samestory::kernel::search::count_below;
///
/// let values: Vec<u32> = (0..1000).map(|i| 2 * i).collect();
/// assert_eq!(count_below(&values, 701, 340), 351);
/// assert_eq!(count_below(&[], 7u64, 0), 0);
/// ```
pub fn count_below<T: Ord + Copy>(values: &[T], value: T, guess: usize) -> usize {
    let below = |i: usize| values[i] < value;
    let (mut high, mut step) = (values.len(), STEP);
    let low = if guess < high && below(guess) {
        let mut low = guess;
        while step < high - low && below(low + step) {
            low += step + 1;
            step *= 4;
        }
        high = high.min(low + step);
        low
    } else {
        high = high.min(guess);
        while high > step && !below(high - step) {
            high -= step;
            step *= 4;
        }
        high.saturating_sub(step)
    };
    low + values[low..high].partition_point(|&v| v < value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn equals_halving(mut values in prop::collection::vec(0u32..2000, 0..400), value in 0u32..2100, guess in 0usize..420) {
            values.sort_unstable();
            let expected = values.partition_point(|&v| v < value);
            prop_assert_eq!(count_below(&values, value, guess), expected);
        }
    }

    #[test]
    fn any_guess_is_right() {
        let values: Vec<u32> = (0..90).map(|i| 2 * i).collect();
        for (value, guess) in (0..182).flat_map(|value| (0..92).map(move |guess| (value, guess))) {
            assert_eq!(count_below(&values, value, guess), value.div_ceil(2).min(90) as usize);
        }
    }
}
