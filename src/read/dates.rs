//! Dates: the forms in which news says when it was published.

use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::temporal::Pieces;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// The moment a date names; `None` when it is unreadable or its year is not in 1..=9999.
///
/// A time without zone is in `timezone`, a bare day begins there. Day and month as numbers are read only where their
/// order is sure: year first, or with full stops (`04.03.2026` is in March, `04/03/2026` is unreadable).
pub(super) fn parse(given: &str, timezone: &TimeZone) -> Option<Timestamp> {
    let given = given.trim();
    if given.is_empty() || given.len() > 80 {
        return None;
    }
    let moment = rfc3339(given.as_bytes(), timezone)
        .or_else(|| number(given, timezone))
        .or_else(|| scientific(given, timezone))
        .or_else(|| iso(given, timezone))
        .or_else(|| words(given, timezone))?;
    (1..=9999).contains(&Offset::UTC.to_datetime(moment).year()).then_some(moment)
}

/// The usual `2026-03-04T10:30:00Z`, by hand because nearly every record has it. Anything else is left to others.
fn rfc3339(b: &[u8], timezone: &TimeZone) -> Option<Timestamp> {
    if b.len() < 19
        || b[4] != b'-'
        || b[7] != b'-'
        || !matches!(b[10], b'T' | b' ')
        || b[13] != b':'
        || b[16] != b':'
    {
        return None;
    }
    let two = |i: usize| i8::try_from(digits(&b[i..i + 2])?).ok();
    let year = i16::try_from(digits(&b[..4])?).ok()?;
    let time = Time::new(two(11)?, two(14)?, two(17)?, 0).ok()?;
    let moment = Date::new(year, two(5)?, two(8)?).ok()?.to_datetime(time);
    match &b[19..] {
        b"" => zoned(moment, timezone),
        b"Z" | b"+00:00" => Offset::UTC.to_timestamp(moment).ok(),
        [sign @ (b'+' | b'-'), zone @ ..] if zone.len() == 5 && zone[2] == b':' => {
            let (hours, minutes) = (
                i32::try_from(digits(&zone[..2])?).ok()?,
                i32::try_from(digits(&zone[3..])?).ok()?,
            );
            offset(*sign, hours, minutes)?.to_timestamp(moment).ok()
        }
        _ => None,
    }
}

fn digits(bytes: &[u8]) -> Option<i64> {
    bytes.iter().try_fold(0i64, |n, b| {
        b.is_ascii_digit().then(|| n.checked_mul(10)?.checked_add(i64::from(b - b'0'))).flatten()
    })
}

fn offset(sign: u8, hours: i32, minutes: i32) -> Option<Offset> {
    if hours > 23 || minutes > 59 {
        return None;
    }
    let seconds = hours * 3600 + minutes * 60;
    Offset::from_seconds(if sign == b'-' { -seconds } else { seconds }).ok()
}

fn zoned(moment: DateTime, timezone: &TimeZone) -> Option<Timestamp> {
    timezone.to_ambiguous_zoned(moment).compatible().ok().map(|zoned| zoned.timestamp())
}

/// Digits alone: `yyyymmdd`, `yyyymmddhhmm`, `yyyymmddhhmmss`, or the time since 1970 in seconds, or finer where there are
/// more digits.
fn number(given: &str, timezone: &TimeZone) -> Option<Timestamp> {
    let (whole, fraction) = given.split_once('.').unwrap_or((given, "0"));
    let (whole_digits, fraction_digits) = (digits(whole.as_bytes())?, digits(fraction.as_bytes())?);
    if fraction_digits != 0 && whole.len() > 13 {
        return None;
    }
    match whole.len() {
        8 => Some(zoned(calendar_day(whole_digits)?.to_datetime(Time::midnight()), timezone)?),
        9 | 10 => {
            let nanoseconds = digits(format!("{fraction:0<9}").as_bytes().get(..9)?)?;
            Timestamp::new(whole_digits, i32::try_from(nanoseconds).ok()?).ok()
        }
        // As milliseconds, what reads as a minute of our time would be of a few months of 1976.
        12 => match calendar_second(whole_digits * 100) {
            Some(minute) if (1900..2100).contains(&minute.year()) => zoned(minute, timezone),
            _ => Timestamp::from_millisecond(whole_digits).ok(),
        },
        13 => Timestamp::from_millisecond(whole_digits).ok(),
        14 => zoned(calendar_second(whole_digits)?, timezone),
        16 => Timestamp::from_microsecond(whole_digits).ok(),
        19 => Timestamp::from_nanosecond(i128::from(whole_digits)).ok(),
        _ => None,
    }
}

fn calendar_day(n: i64) -> Option<Date> {
    Date::new(
        i16::try_from(n / 10_000).ok()?,
        i8::try_from(n / 100 % 100).ok()?,
        i8::try_from(n % 100).ok()?,
    )
    .ok()
}

/// A number with a power of ten: `1.7726202e9`.
fn scientific(given: &str, timezone: &TimeZone) -> Option<Timestamp> {
    let is_one = given.starts_with(|c: char| c.is_ascii_digit()) && given.contains(['e', 'E']);
    let plain: f64 = given.parse().ok().filter(|_| is_one)?;
    number(&plain.to_string(), timezone)
}

/// `yyyymmddhhmmss` as one number.
fn calendar_second(n: i64) -> Option<DateTime> {
    let part = |n: i64| i8::try_from(n % 100).ok();
    let time = Time::new(part(n / 10_000)?, part(n / 100)?, part(n)?, 0).ok()?;
    Some(calendar_day(n / 1_000_000)?.to_datetime(time))
}

/// ISO 8601 in all its breadth.
fn iso(given: &str, timezone: &TimeZone) -> Option<Timestamp> {
    if !given.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let pieces = Pieces::parse(given).ok()?;
    let moment = pieces.date().to_datetime(pieces.time().unwrap_or(Time::midnight()));
    if let Some(offset) = pieces.to_numeric_offset() {
        return offset.to_timestamp(moment).ok();
    }
    match pieces.to_time_zone().ok()? {
        Some(named) => zoned(moment, &named),
        None => zoned(moment, timezone),
    }
}

#[rustfmt::skip]
const MONTHS: [&str; 12] = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
];

/// Words that add nothing to a date.
#[rustfmt::skip]
const IGNORED: [&str; 22] = [
    "at", "on", "of", "the", "-", "|", "published", "updated", "sun", "mon", "tue", "wed", "thu", "fri", "sat",
    "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
];

/// Zones by name, in hours from UTC: those of RFC 2822 and the commonest others that have one meaning in news.
#[rustfmt::skip]
const ZONES: [(&str, i32); 14] = [
    ("z", 0), ("ut", 0), ("utc", 0), ("gmt", 0), ("est", -5), ("edt", -4), ("cst", -6), ("cdt", -5), ("mst", -7),
    ("mdt", -6), ("pst", -8), ("pdt", -7), ("cet", 1), ("cest", 2),
];

/// What the words of a date have said so far.
#[derive(Default)]
struct Spoken {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
    clock: Option<Time>,
    afternoon: Option<bool>,
    zone: Option<Offset>,
}

/// Dates in words: `Wed, 4 Mar 2026 10:30:00 EST`, `March 4, 2026 at 10:30 pm`, `2026/03/04 10:30 +0100`,
/// `04-Mar-2026 10:30:00`.
fn words(given: &str, timezone: &TimeZone) -> Option<Timestamp> {
    let lower = given.to_lowercase().replace("a.m.", "am").replace("p.m.", "pm");
    let mut spoken = Spoken::default();
    for word in lower.split([' ', ',', '\t', '\u{a0}', '\u{202f}']).filter(|word| !word.is_empty())
    {
        if word.starts_with('(') {
            break;
        }
        spoken.hear(word)?;
    }
    let date = Date::new(spoken.year?, spoken.month?, spoken.day?).ok()?;
    let clock = match (spoken.clock.unwrap_or(Time::midnight()), spoken.afternoon) {
        (clock, None) => clock,
        (clock, Some(_)) if !(1..=12).contains(&clock.hour()) => return None,
        (clock, Some(true)) if clock.hour() < 12 => {
            clock.checked_add(SignedDuration::from_hours(12)).ok()?
        }
        (clock, Some(false)) if clock.hour() == 12 => {
            clock.checked_sub(SignedDuration::from_hours(12)).ok()?
        }
        (clock, Some(_)) => clock,
    };
    match spoken.zone {
        Some(zone) => zone.to_timestamp(date.to_datetime(clock)).ok(),
        None => zoned(date.to_datetime(clock), timezone),
    }
}

impl Spoken {
    /// Takes one word; `None` when it means nothing in a date, or repeats what is known.
    fn hear(&mut self, word: &str) -> Option<()> {
        let bare = word.trim_end_matches('.');
        if IGNORED.contains(&bare) {
            return Some(());
        }
        if let Some((_, hours)) = ZONES.iter().find(|(name, _)| *name == bare) {
            // `+0000 UTC` names its zone twice.
            let named = offset(if *hours < 0 { b'-' } else { b'+' }, hours.abs(), 0);
            self.zone = self.zone.or(named);
            return Some(());
        }
        if let "am" | "pm" = bare {
            return fill(&mut self.afternoon, bare == "pm");
        }
        if let Some(month) = month(bare) {
            return fill(&mut self.month, month);
        }
        // JavaScript writes `GMT+0100`.
        let zone = ["gmt", "utc"].iter().find_map(|name| word.strip_prefix(name)).unwrap_or(word);
        if zone.starts_with(['+', '-']) && self.clock.is_some() {
            return fill(&mut self.zone, numeric_zone(zone)?);
        }
        if word.contains(':') {
            if let Some((day, clock)) = word.split_once('t').filter(|(day, _)| day.contains('-')) {
                self.hear_day(day)?;
                return self.hear_clock(clock);
            }
            return self.hear_clock(word);
        }
        self.hear_day(bare)
    }

    fn hear_clock(&mut self, word: &str) -> Option<()> {
        let end = word
            .find(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.'))
            .unwrap_or(word.len());
        let (clock, rest) = word.split_at(end);
        let padded =
            if clock.find(':') == Some(1) { format!("0{clock}") } else { clock.to_owned() };
        fill(&mut self.clock, padded.parse().ok()?)?;
        if rest.is_empty() { Some(()) } else { self.hear(rest) }
    }

    fn hear_day(&mut self, word: &str) -> Option<()> {
        let parts: Vec<&str> = word.split(['/', '-', '.']).collect();
        if let [a, b, c] = parts[..] {
            let named = month(b);
            let (year, day) = match (a.len(), c.len()) {
                (4, 1 | 2) => (a, c),
                (1 | 2, 4) if named.is_some() || word.matches('.').count() == 2 => (c, a),
                _ => return None,
            };
            let month = named.or_else(|| i8::try_from(digits(b.as_bytes())?).ok());
            fill(&mut self.year, i16::try_from(digits(year.as_bytes())?).ok()?)?;
            fill(&mut self.month, month?)?;
            return fill(&mut self.day, i8::try_from(digits(day.as_bytes())?).ok()?);
        }
        let plain =
            ["st", "nd", "rd", "th"].iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word);
        let n = i16::try_from(digits(plain.as_bytes())?).ok()?;
        match plain.len() {
            4 => fill(&mut self.year, n),
            1 | 2 if self.day.is_none() => fill(&mut self.day, i8::try_from(n).ok()?),
            // RFC 822 wrote the year with two digits, RFC 2822 says what they mean.
            2 => fill(&mut self.year, n + if n < 50 { 2000 } else { 1900 }),
            _ => None,
        }
    }
}

fn fill<T>(slot: &mut Option<T>, value: T) -> Option<()> {
    slot.replace(value).is_none().then_some(())
}

fn month(word: &str) -> Option<i8> {
    let found = MONTHS.iter().position(|month| {
        *month == word || month[..3] == *word || (*month == "september" && word == "sept")
    });
    found.and_then(|i| i8::try_from(i + 1).ok())
}

/// `+0100`, `+01:00` or `+01`.
fn numeric_zone(word: &str) -> Option<Offset> {
    let sign = *word.as_bytes().first()?;
    let plain = word[1..].replace(':', "");
    let n = i32::try_from(digits(plain.as_bytes())?).ok()?;
    match plain.len() {
        4 => offset(sign, n / 100, n % 100),
        2 => offset(sign, n, 0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_fast_path_is_jiffs_answer(seconds in -62_135_596_800i64..253_402_300_799, hours in -23i32..=23) {
            let moment = Timestamp::from_second(seconds).unwrap();
            let text = moment.display_with_offset(Offset::from_hours(hours as i8).unwrap()).to_string();
            for text in [text, moment.to_string()] {
                if let Some(fast) = rfc3339(text.as_bytes(), &TimeZone::UTC) {
                    prop_assert_eq!(fast, moment);
                } else {
                    prop_assert_eq!(text.as_bytes()[4] == b'-', false, "{}", text);
                }
            }
        }

        #[test]
        fn no_text_is_a_panic(given in "[-+:./, 0-9TZapm\u{e9}(]{0,40}|\\PC{0,40}") {
            parse(&given, &TimeZone::UTC);
        }
    }
}
