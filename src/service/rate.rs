//! How often one caller may ask: a bucket of tokens each, filled at a steady rate.

use std::sync::Mutex;
use std::time::Instant;

use foldhash::HashMap;

/// Requests a second, and how many at once.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// Requests a second in the long run.
    pub rate: f64,
    /// Requests at once after a rest.
    pub burst: f64,
}

/// Most callers that are remembered; those at rest are forgotten first.
const CALLERS: usize = 10_000;

/// The buckets of all callers.
#[derive(Debug)]
pub(super) struct Rate {
    limit: Limit,
    buckets: Mutex<HashMap<String, (f64, Instant)>>,
}

impl Rate {
    pub(super) fn new(limit: Limit) -> Self {
        Self { limit, buckets: Mutex::default() }
    }

    /// Takes one out of a caller's bucket, or says after how many seconds there is one.
    pub(super) fn take(&self, caller: &str, now: Instant) -> Result<(), u64> {
        let Limit { rate, burst } = self.limit;
        let mut buckets = self.buckets.lock().expect("nobody panics with it");
        let filled = |(level, since): (f64, Instant)| {
            (level + now.saturating_duration_since(since).as_secs_f64() * rate).min(burst)
        };
        if buckets.len() >= CALLERS && !buckets.contains_key(caller) {
            buckets.retain(|_, bucket| filled(*bucket) < burst);
            if buckets.len() >= CALLERS {
                return Err(1);
            }
        }
        let level = buckets.get(caller).map_or(burst, |bucket| filled(*bucket));
        if level < 1.0 {
            return Err(((1.0 - level) / rate).ceil().max(1.0) as u64);
        }
        buckets.insert(caller.to_owned(), (level - 1.0, now));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_burst_then_the_rate() {
        let rate = Rate::new(Limit { rate: 0.5, burst: 2.0 });
        let start = Instant::now();
        assert_eq!(rate.take("a", start), Ok(()));
        assert_eq!(rate.take("a", start), Ok(()));
        assert_eq!(rate.take("a", start), Err(2));
        assert_eq!(rate.take("b", start), Ok(()), "each has his own");
        assert_eq!(rate.take("a", start + Duration::from_secs(2)), Ok(()));
    }
}
