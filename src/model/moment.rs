//! A time that may be unknown, in half the room: there are two of every article.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A time, to the nanosecond, or none: an `Option<Timestamp>` in 12 bytes instead of 24.
///
/// ```
/// use samestory::model::Moment;
///
/// let time = "2025-03-03T10:00:00.25Z".parse().ok();
/// assert_eq!(Moment::from(time).get(), time);
/// assert_eq!(Moment::default().get(), None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Option<Timestamp>", into = "Option<Timestamp>")]
#[repr(C, packed(4))]
pub struct Moment {
    seconds: i64,
    /// [`NONE`] without a time.
    nanoseconds: i32,
}

const NONE: i32 = i32::MAX;

impl Moment {
    /// The time, if it is known.
    pub fn get(self) -> Option<Timestamp> {
        let Self { seconds, nanoseconds } = self;
        (nanoseconds != NONE)
            .then(|| Timestamp::new(seconds, nanoseconds).expect("it was made of a time"))
    }
}

impl From<Option<Timestamp>> for Moment {
    fn from(time: Option<Timestamp>) -> Self {
        match time {
            Some(t) => Self { seconds: t.as_second(), nanoseconds: t.subsec_nanosecond() },
            None => Self { seconds: 0, nanoseconds: NONE },
        }
    }
}

impl From<Moment> for Option<Timestamp> {
    fn from(moment: Moment) -> Self {
        moment.get()
    }
}

impl Default for Moment {
    fn default() -> Self {
        None.into()
    }
}

impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}
