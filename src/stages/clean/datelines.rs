//! The dateline before a story: place, day and agency.

use super::agencies::agency;
use super::edges::is_name;
use super::words::{self, is_accent};
use super::{east_asian, title};
use crate::kernel::runs::positions;

/// A dateline is at most this long, in bytes.
const DATELINE: usize = 90;

/// What cities of more than one word begin with.
const TWO_WORDS: &[&str] = &[
    "NEW", "SAN", "SANTA", "LOS", "LAS", "HONG", "RIO", "SÃO", "SAO", "ST.", "TEL", "CAPE",
    "MEXICO", "KUALA", "BUENOS", "ADDIS", "ABU", "DES", "EL", "LA", "FORT", "PORT", "PANAMA",
    "KANSAS", "SALT", "THE", "DEN", "BAD", "PHNOM",
];

/// Lower-case words in the names of places.
const IN_PLACES: &[&str] = &[
    "am", "an", "and", "bei", "da", "das", "de", "del", "dem", "den", "der", "di", "do", "dos",
    "du", "e", "el", "en", "im", "in", "la", "las", "le", "les", "los", "na", "nad", "ob", "of",
    "sur", "the", "und", "upon", "van", "von", "y",
];

/// The length of the dateline that a text begins with, its dash included, and the agency named in it.
///
/// `LONDON, March 3 (Reuters) - `, `WASHINGTON — `, `(ANSA) - ROMA, 3 MAR - `, `МОСКВА, 3 марта. /ТАСС/. `
pub(super) fn dateline(line: &str) -> Option<(usize, Option<&'static str>)> {
    signed(line, ['(', ')'])
        .or_else(|| signed(line, ['/', '/']))
        .or_else(|| placed(line))
        .or_else(|| stopped(line))
        .or_else(|| east_asian::dateline(line))
}

/// The first `DATELINE` bytes or so.
pub(super) fn head(line: &str) -> &str {
    &line[..words::boundary(line, DATELINE)]
}

/// A place and a date, or nothing, then an agency in such brackets, then a dash or a new sentence.
fn signed(line: &str, [open, close]: [char; 2]) -> Option<(usize, Option<&'static str>)> {
    let head = head(line);
    let at = head.find(open)?;
    let len = head[at + 1..].find(close)?;
    let (place, sign) = (&head[..at], &head[at + 1..at + 1 + len]);
    let known = agency(sign)?;
    let tail = &line[at + len + 2..];
    let behind = tail.trim_start_matches([' ', '\u{A0}']);
    let rest =
        behind.trim_start_matches([' ', '\u{A0}', '-', '–', '—', '―', '−', '.', ':', '=', '।']);
    let (parted, begins) = (rest.len() < behind.len(), !goes_on(rest));
    let ends = match is_short_for(sign, place) {
        true => parted && begins,
        // In a script without capitals a sentence does not tell that it begins, and a particle may follow the bracket.
        false => {
            let is_apart = behind.len() < tail.len() && is_dated(place);
            parted || (begins && (has_capitals(rest) || is_apart))
        }
    };
    (ends && is_place(place)).then(|| (line.len() - rest.len(), Some(known)))
}

/// Whether the first letter of a text is of a script that has capitals, if it has one.
fn has_capitals(text: &str) -> bool {
    let first = text.chars().find(|c| c.is_alphabetic());
    first.is_none_or(|c| c.is_uppercase() || c.is_lowercase())
}

/// What parts a place from a day, in any script.
const COMMAS: [char; 4] = [',', '،', '，', '、'];

/// Whether a day stands behind a place and a comma: `नई दिल्ली, 3 सितंबर`.
fn is_dated(place: &str) -> bool {
    place.split_once(COMMAS).is_some_and(|(_, day)| day.contains(char::is_numeric))
}

/// Whether a sentence goes on here that has begun before.
fn goes_on(rest: &str) -> bool {
    let inner = |c: char| c.is_lowercase() || matches!(c, ',' | ';' | ')' | '?' | '!' | '’');
    rest.starts_with(inner) || rest.starts_with("'s")
}

/// Whether a sign is made of the first letters of the words before it: `American Airlines (AA)` is a subject more often
/// than a place.
fn is_short_for(sign: &str, words: &str) -> bool {
    let name = words.rsplit(',').next().unwrap_or_default();
    let initials: String = name
        .split([' ', '-'])
        .filter_map(|word| word.chars().find(|c| c.is_alphabetic()))
        .filter(|c| c.is_uppercase())
        .collect();
    initials.ends_with(&sign.to_uppercase())
}

/// Capitalised words with numbers and commas: `Berlin/Paris, 3. März`, or nothing at all. Words in lower case belong to a
/// name, or are the month behind a number.
fn is_place(text: &str) -> bool {
    let first_is_capital =
        !text.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_lowercase);
    let mut dated = false;
    let fits = |word: &str| {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        dated |= bare.starts_with(|c: char| c.is_ascii_digit());
        let lower = bare.starts_with(char::is_lowercase) && !bare.contains(char::is_uppercase);
        !lower || dated || IN_PLACES.contains(&bare)
    };
    let words = text.split_whitespace().count();
    first_is_capital
        && words <= 8
        && (has_capitals(text) || is_short(text))
        && !text.contains([':', ';', '?', '!', '"', '“', '»'])
        && text.split_whitespace().all(fits)
}

/// Whether there are at most three words, and numbers, between commas: in a script without capitals more may be a sentence.
fn is_short(text: &str) -> bool {
    let words = |part: &str| {
        part.split_whitespace().filter(|word| !word.starts_with(char::is_numeric)).count()
    };
    text.split(COMMAS).all(|part| words(part) <= 3)
}

/// Whether a place is in capitals throughout.
fn is_in_capitals(place: &str) -> bool {
    let fits = |c: char| c.is_uppercase() || " .'’-/".contains(c) || is_accent(c);
    place.chars().all(fits) && place.chars().filter(|c| c.is_alphabetic()).count() >= 3
}

/// A place in capitals, then perhaps a state and a date, then a dash, then a new sentence.
fn placed(line: &str) -> Option<(usize, Option<&'static str>)> {
    if line.chars().filter(|c| c.is_alphabetic()).take(3).any(|c| !c.is_uppercase()) {
        return None;
    }
    let head = head(line);
    let dash = [" — ", " – ", " -- ", " - ", " ― ", "— "]
        .iter()
        .filter_map(|d| Some((head.find(d)?, d.len())));
    let (at, len) = dash.min()?;
    let mut parts = head[..at].split(", ");
    let place = parts.next()?;
    if title::is_tag(place) || place.split_whitespace().count() > 3 {
        return None;
    }
    let next = line[at + len..].trim_start();
    let (next, signed) = behind_sign(next).unwrap_or((next, None));
    // Headings in capitals have dashes too; a sentence goes on in lower case.
    let sentence = next.chars().take(24).any(char::is_lowercase);
    let begins = sentence
        && next.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit() || words::is_quote(c));
    // A mere hyphen also follows what is no place: there, a name of two words needs to look like one.
    let first = place.split_whitespace().next().unwrap_or_default();
    let likely = !head[at..].starts_with(" - ")
        || first.len() == place.trim().len()
        || head[..at].contains(", ")
        || TWO_WORDS.contains(&first);
    let words = head[..at].split_whitespace().count();
    let plausible = parts.all(|part| {
        part.trim().chars().next().is_some_and(|c| c.is_uppercase() || c.is_ascii_digit())
    });
    let known = signed.or_else(|| head[..at].split([',', '.']).next_back().and_then(agency));
    (is_in_capitals(place) && likely && begins && plausible && words <= 8)
        .then(|| (line.len() - next.len(), known))
}

/// What an agency's sign and a full stop stand before, perhaps with who wrote: `РИА Новости. `, `РИА Новости, Анна Иванова. `
fn behind_sign(text: &str) -> Option<(&str, Option<&'static str>)> {
    let (sign, _) = head(text).split_once(". ")?;
    let rest = text[sign.len() + 1..].trim_start();
    let (sign, who) = sign.split_once(", ").unwrap_or((sign, ""));
    let known = agency(sign)?;
    (who.is_empty() || is_name(who)).then_some((rest, Some(known)))
}

/// A place and a date, or a place in capitals, with full stops, then an agency: `Москва. 3 сентября. INTERFAX.RU - `,
/// `АСТАНА. КАЗИНФОРМ - `. Without either it may be a sentence that ends in what is short: `Warner Bros. CNN. `
fn stopped(line: &str) -> Option<(usize, Option<&'static str>)> {
    let head = head(line);
    let points = positions(head.as_bytes(), |b| b == b'.').map(|at| at + 1);
    let stops = points.filter(|&at| head[at..].starts_with(' ')).map(|at| at + 1).take(3);
    let sign = |at: usize| {
        let ends = [" - ", " – ", " — ", ". "].iter();
        let (len, end) = ends.filter_map(|end| Some((head[at..].find(end)?, end.len()))).min()?;
        Some((at + len + end, Some(agency(&head[at..at + len])?)))
    };
    let is_place_and_day = |place: &str| {
        (is_in_capitals(place) || place.contains(char::is_numeric)) && is_place(place)
    };
    stops.filter(|&at| is_place_and_day(&head[..at])).find_map(sign)
}
