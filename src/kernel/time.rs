//! The time factor: reports of one event come out within days of each other.

/// Seconds in a day.
pub const DAY: i64 = 86_400;
/// Fixed-point one: similarities, factors and scores are integers in units of 1 / 65,536.
pub const ONE: i64 = 1 << 16;
/// Closeness falls from the first hour on, at this many days to 1 / e: a Gaussian, which is flat where most reports of
/// one event are, tells the chapters of an affair apart less well.
const FALL: f64 = 6.0;
/// Beyond so many days it falls much faster: a weekly series is not one story.
const REACH: f64 = 5.0;
/// Gaps are looked up in steps of a quarter of an hour.
const STEP: i64 = 900;

/// exp(-d / 6 - (d / 5)⁴) of the days d between two articles, 0 beyond the window; as a table, so that it is the same on every
/// machine.
#[derive(Debug, Clone)]
pub struct TimeFactor {
    steps: Vec<u32>,
}

impl TimeFactor {
    /// The factor for a window of so many days; it is 1 for articles of one quarter of an hour.
    pub fn new(window_days: f64) -> Self {
        let last = (window_days.clamp(0.0, 36_500.0) * DAY as f64) as i64 / STEP;
        let factor = |step: i64| {
            let days = (step * STEP) as f64 / DAY as f64;
            let steep = libm::pow(days / REACH, 4.0);
            (libm::exp(-days / FALL - steep) * ONE as f64).round() as u32
        };
        // It is 0 in fixed point long before a window of months ends.
        Self { steps: (0..=last.min(40 * DAY / STEP)).map(factor).collect() }
    }

    /// From how many seconds on the factor is less than `least`, which is at least 1.
    pub fn reach(&self, least: i64) -> i64 {
        self.steps.partition_point(|&factor| i64::from(factor) >= least) as i64 * STEP
    }

    /// The factor for two articles so many seconds apart, in 1 / 65,536.
    ///
    /// ```
    /// use samestory::kernel::time::{DAY, ONE, TimeFactor};
    ///
    /// let factor = TimeFactor::new(7.0);
    /// assert_eq!(factor.at(0), ONE);
    /// assert!(factor.at(DAY) > factor.at(3 * DAY));
    /// assert_eq!(factor.at(8 * DAY), 0);
    /// ```
    pub fn at(&self, gap: i64) -> i64 {
        self.steps
            .get((gap.unsigned_abs() / STEP.unsigned_abs()) as usize)
            .map_or(0, |&f| i64::from(f))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn falls_from_one_to_nothing() {
        let factor = TimeFactor::new(7.0);
        let days = |d: i64| (factor.at(d * DAY) * 100 + ONE / 2) / ONE;
        assert_eq!([0, 1, 2, 3, 5, 7, 8].map(days), [100, 85, 70, 53, 16, 1, 0]);
        assert_eq!(factor.at(-DAY), factor.at(DAY));
        let reach = factor.reach(ONE / 2);
        assert!(factor.at(reach - 1) >= ONE / 2 && factor.at(reach) < ONE / 2);
        assert_eq!(factor.reach(factor.at(3 * DAY)), 3 * DAY + STEP);
        assert_eq!(TimeFactor::new(1.0).at(DAY + STEP), 0);
    }
}
