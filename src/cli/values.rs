//! What people type as the value of an option, and how each is shown again.

use std::fmt;
use std::fs;
use std::str::FromStr;
use std::sync::Arc;

use anyhow::{Context as _, Error, Result, bail, ensure};
use clap::builder::{PossibleValuesParser, RangedU64ValueParser, TypedValueParser};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::params::Representative;
use crate::read::Field;
use crate::report::Since;
use crate::text::boilerplate::Boilerplate;
use crate::text::learnt_terms::LearntTerms;

/// A span of time such as `7d` or `36h`, in days; more than none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Days(pub(super) f64);

impl FromStr for Days {
    type Err = Error;

    fn from_str(typed: &str) -> Result<Self> {
        let units = [("d", 1.0), ("h", 24.0)];
        let found =
            units.iter().find_map(|(unit, per_day)| Some((typed.strip_suffix(unit)?, per_day)));
        let (number, per_day) = found.context("give days or hours, as in 7d or 36h")?;
        let days = number.parse::<f64>()? / per_day;
        ensure!(days.is_finite() && days > 0.0, "it must be more than none");
        Ok(Self(days))
    }
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.fract() == 0.0 {
            write!(f, "{}d", self.0)
        } else {
            // 1.2 days are 28.8 hours, and no part of a thousandth less.
            write!(f, "{}h", (self.0 * 24.0 * 1e9).round() / 1e9)
        }
    }
}

/// A number of bytes such as `64MB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bytes(pub(super) usize);

impl Bytes {
    const UNITS: [(&str, usize); 4] = [("GB", 30), ("MB", 20), ("KB", 10), ("B", 0)];
}

impl FromStr for Bytes {
    type Err = Error;

    fn from_str(typed: &str) -> Result<Self> {
        let upper = typed.to_ascii_uppercase();
        let bare = upper.strip_suffix('B').unwrap_or(&upper);
        let known = |(unit, shift): &(&str, usize)| {
            Some((bare.strip_suffix(unit.trim_end_matches('B'))?, *shift))
        };
        let (number, shift) = Self::UNITS.iter().find_map(known).unwrap_or((bare, 0));
        let number: usize = number.trim().parse().context("give a size as in 64MB")?;
        ensure!(number > 0, "it must be more than none");
        Ok(Self(number.checked_mul(1 << shift).context("that is more than a machine can hold")?))
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = Self::UNITS.iter().find(|(_, shift)| self.0.is_multiple_of(1 << shift));
        let (unit, shift) = whole.expect("every number is a whole number of bytes");
        write!(f, "{}{unit}", self.0 >> shift)
    }
}

/// How many refused records are too many: `5%` of all records, or a count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Limit {
    Percent(f64),
    Count(u64),
}

impl Limit {
    /// Whether `refused` records of `all` are more than allowed.
    pub(super) fn is_passed(self, refused: u64, all: u64) -> bool {
        match self {
            Self::Percent(percent) => refused as f64 * 100.0 > percent * all as f64,
            Self::Count(count) => refused > count,
        }
    }
}

impl FromStr for Limit {
    type Err = Error;

    fn from_str(typed: &str) -> Result<Self> {
        let Some(percent) = typed.strip_suffix('%') else {
            return Ok(Self::Count(
                typed.parse().context("give a share as in 5%, or a number of records")?,
            ));
        };
        let percent: f64 = percent.parse()?;
        ensure!((0.0..=100.0).contains(&percent), "a share is 0% to 100%");
        Ok(Self::Percent(percent))
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Percent(percent) => write!(f, "{percent}%"),
            Self::Count(count) => write!(f, "{count}"),
        }
    }
}

/// `earliest`, `longest`, or `source:` and outlets.
pub(super) fn representative(typed: &str) -> Result<Representative> {
    match typed.split_once(':') {
        None if typed == "earliest" => Ok(Representative::Earliest),
        None if typed == "longest" => Ok(Representative::Longest),
        Some(("source", outlets)) => {
            let outlets: Vec<String> =
                outlets.split(',').map(|outlet| outlet.trim().to_owned()).collect();
            ensure!(outlets.iter().all(|outlet| !outlet.is_empty()), "an outlet has no name");
            Ok(Representative::Source(outlets))
        }
        _ => bail!("give earliest, longest or source:A,B"),
    }
}

/// Back to what was typed.
pub(super) fn show_representative(representative: &Representative) -> String {
    match representative {
        Representative::Earliest => "earliest".to_owned(),
        Representative::Longest => "longest".to_owned(),
        Representative::Source(outlets) => format!("source:{}", outlets.join(",")),
    }
}

/// A moment such as `2026-11-01` or `2026-11-01T06:00Z`, or a time such as `24h` up to the newest article.
pub(super) fn since(typed: &str) -> Result<Since> {
    if let Ok(days) = typed.parse::<Days>() {
        return Ok(Since::Last((days.0 * 86_400.0) as i64));
    }
    let day = || Ok(typed.parse::<jiff::civil::Date>()?.to_zoned(TimeZone::UTC)?.timestamp());
    let moment: Result<Timestamp> = typed.parse().or_else(|_| day());
    Ok(Since::At(moment.context("give a date as in 2026-11-01, or a time as in 24h")?))
}

/// A field and the column that fills it, as in `text=story_html`.
pub(super) fn field(typed: &str) -> Result<(Field, String)> {
    let (field, column) =
        typed.split_once('=').context("give a field and a column, as in text=story_html")?;
    ensure!(!column.is_empty(), "the column has no name");
    Ok((field.parse()?, column.to_owned()))
}

/// A file of `samestory learn boilerplate`.
pub(super) fn boilerplate(typed: &str) -> Result<Arc<Boilerplate>> {
    let text = fs::read_to_string(typed)?;
    Ok(Arc::new(Boilerplate::from_lines(&text).map_err(Error::msg)?))
}

/// A file of `samestory learn terms`.
pub(super) fn terms(typed: &str) -> Result<Arc<LearntTerms>> {
    Ok(Arc::new(LearntTerms::from_bytes(&fs::read(typed)?).map_err(Error::msg)?))
}

/// A zone by name, as in `Europe/Berlin`.
pub(super) fn timezone(typed: &str) -> Result<TimeZone> {
    TimeZone::get(typed).context("give a zone by its name, as in UTC or Europe/Berlin")
}

/// A number from `least` to `most`.
pub(super) fn number(
    least: f64,
    most: f64,
) -> impl Fn(&str) -> Result<f64> + Clone + Send + Sync + 'static {
    move |typed| {
        let number: f64 = typed.parse()?;
        ensure!((least..=most).contains(&number), "it must be {least} to {most}");
        Ok(number)
    }
}

/// A number of threads: thousands are slow to start and help no machine.
pub(super) fn threads() -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(0..=1024)
}

/// One of a few words.
pub(super) fn choice<T: Copy + Send + Sync + 'static>(
    words: &'static [(&'static str, T)],
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(words.iter().map(|(word, _)| *word)).map(move |typed| {
        let found = words.iter().find(|(word, _)| *word == typed);
        found.expect("only these words are let through").1
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_as_they_are_typed() {
        for typed in ["7d", "36h", "1d"] {
            assert_eq!(typed.parse::<Days>().unwrap().to_string(), typed);
        }
        for typed in ["64MB", "3B", "1GB", "1025KB"] {
            assert_eq!(typed.parse::<Bytes>().unwrap().to_string(), typed);
        }
        for typed in ["5%", "0%", "12"] {
            assert_eq!(typed.parse::<Limit>().unwrap().to_string(), typed);
        }
        for typed in ["earliest", "longest", "source:A,B"] {
            assert_eq!(show_representative(&representative(typed).unwrap()), typed);
        }
    }

    #[test]
    fn nonsense_is_not_taken() {
        for typed in ["", "7", "d", "0d", "-1d", "NaNd", "infd", "7w"] {
            assert!(typed.parse::<Days>().is_err(), "{typed}");
        }
        for typed in ["", "MB", "0", "1.5MB", "99999999999GB"] {
            assert!(typed.parse::<Bytes>().is_err(), "{typed}");
        }
        for typed in ["", "%", "101%", "-1", "NaN%"] {
            assert!(typed.parse::<Limit>().is_err(), "{typed}");
        }
        for typed in ["", "first", "source:", "source:A,,B", "outlet:A"] {
            assert!(representative(typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn a_limit_is_passed_by_one_more() {
        assert!(!Limit::Percent(5.0).is_passed(5, 100));
        assert!(Limit::Percent(5.0).is_passed(6, 100));
        assert!(!Limit::Count(2).is_passed(2, 2));
        assert!(Limit::Percent(0.0).is_passed(1, 1_000_000));
    }
}
