//! The two ends of a text: dateline, byline, what is glued before the first sentence or behind the last.

use crate::kernel::runs::positions;

use super::{rules, title, words};

/// A tail is looked for in this many bytes at most.
const TAIL: usize = 500;

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

/// News agencies, as they sign, and under which name they are known.
const AGENCIES: &[(&str, &str)] = &[
    ("Reuters", "Reuters"),
    ("AP", "AP"),
    ("The Associated Press", "AP"),
    ("Associated Press", "AP"),
    ("AFP", "AFP"),
    ("dpa", "dpa"),
    ("EFE", "EFE"),
    ("ANSA", "ANSA"),
    ("TASS", "TASS"),
    ("ТАСС", "TASS"),
    ("ИТАР-ТАСС", "TASS"),
    ("Interfax", "Interfax"),
    ("ИНТЕРФАКС", "Interfax"),
    ("INTERFAX.RU", "Interfax"),
    ("Xinhua", "Xinhua"),
    ("Kyodo", "Kyodo"),
    ("Kyodo News", "Kyodo"),
    ("UPI", "UPI"),
    ("PA", "PA"),
    ("PTI", "PTI"),
    ("ANI", "ANI"),
    ("IANS", "IANS"),
    ("Bloomberg", "Bloomberg"),
    ("Yonhap", "Yonhap"),
    ("Anadolu", "Anadolu"),
    ("AA", "Anadolu"),
    ("Lusa", "Lusa"),
    ("Belga", "Belga"),
    ("ANP", "ANP"),
    ("APA", "APA"),
    ("RIA Novosti", "RIA Novosti"),
    ("РИА Новости", "RIA Novosti"),
    ("Sputnik", "Sputnik"),
    ("EUROPA PRESS", "Europa Press"),
    ("ATS", "ATS"),
    ("Agencia EFE", "EFE"),
    ("KUNA", "KUNA"),
    ("WAM", "WAM"),
    ("SID", "SID"),
    ("epd", "epd"),
    ("KNA", "KNA"),
    ("LaPresse", "LaPresse"),
    ("Adnkronos", "Adnkronos"),
    ("AGI", "AGI"),
    ("PAP", "PAP"),
    ("CNN", "CNN"),
    ("時事", "Jiji"),
    ("共同", "Kyodo"),
    ("ロイター", "Reuters"),
    ("ＡＰ", "AP"),
    ("ＡＦＰ", "AFP"),
    ("新華社", "Xinhua"),
    ("聯合ニュース", "Yonhap"),
];

/// The agency of that name, in the case that it is written in, or in capitals.
fn agency(name: &str) -> Option<&'static str> {
    let name = name.trim();
    let first = name.split(['/', ',']).next().unwrap_or(name).trim();
    let known = |&&(sign, _): &&(&str, &str)| {
        sign == first || (sign.len() > 3 && sign.eq_ignore_ascii_case(first))
    };
    AGENCIES.iter().find(known).map(|&(_, known)| known)
}

/// The length of the dateline that a text begins with, its dash included, and the agency named in it.
///
/// `LONDON, March 3 (Reuters) - `, `WASHINGTON — `, `(ANSA) - ROMA, 3 MAR - `, `МОСКВА, 3 марта. /ТАСС/. `
pub(super) fn dateline(line: &str) -> Option<(usize, Option<&'static str>)> {
    signed(line).or_else(|| placed(line)).or_else(|| chinese(line)).or_else(|| japanese(line))
}

/// The first `DATELINE` bytes or so.
fn head(line: &str) -> &str {
    &line[..words::boundary(line, DATELINE)]
}

/// A place and a date, or nothing, then an agency in brackets, then a dash or a new sentence.
fn signed(line: &str) -> Option<(usize, Option<&'static str>)> {
    let head = head(line);
    let open = head.bytes().position(|b| matches!(b, b'(' | b'/'))?;
    let close = if head[open..].starts_with('(') { ')' } else { '/' };
    let len = head[open + 1..].find(close)?;
    let (place, sign) = (&head[..open], &head[open + 1..open + 1 + len]);
    let known = agency(sign)?;
    let behind = line[open + len + 2..].trim_start_matches([' ', '\u{A0}']);
    let rest = behind.trim_start_matches([' ', '\u{A0}', '-', '–', '—', '―', '−', '.', ':', '=']);
    let (parted, begins) = (rest.len() < behind.len(), !goes_on(rest));
    let ends = if is_short_for(sign, place) { parted && begins } else { parted || begins };
    (ends && is_place(place)).then(|| (line.len() - rest.len(), Some(known)))
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
    let first_is_capital = text.chars().find(|c| c.is_alphabetic()).is_none_or(char::is_uppercase);
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
        && !text.contains([':', ';', '?', '!', '"', '“', '»'])
        && text.split_whitespace().all(fits)
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
    let letters = place.chars().filter(|c| c.is_alphabetic()).count();
    let capitals = letters >= 3 && place.chars().all(|c| c.is_uppercase() || " .'’-/".contains(c));
    let next = line[at + len..].trim_start();
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
    let known = head[..at].split([',', '.']).next_back().and_then(agency);
    (capitals && likely && begins && plausible && words <= 8)
        .then(|| (line.len() - next.len(), known))
}

/// `新华社北京3月3日电`
fn chinese(line: &str) -> Option<(usize, Option<&'static str>)> {
    let head = head(line);
    let known = [("新华社", "Xinhua"), ("中新社", "CNS"), ("中新网", "CNS")]
        .iter()
        .find(|(name, _)| head.starts_with(name))?;
    let end = head.find("日电")? + "日电".len();
    let rest = line[end..].trim_start_matches([' ', '　', '，', '）', ')']);
    Some((line.len() - rest.len(), Some(known.1)))
}

/// `【ロンドン 3日 共同】`, `［ロンドン　３日　ロイター］ - `, `【ロンドン共同】`: an agency behind a place and a day may be any.
fn japanese(line: &str) -> Option<(usize, Option<&'static str>)> {
    let head = head(line);
    let pairs = [('【', '】'), ('［', '］'), ('[', ']')];
    let (open, close) = pairs.into_iter().find(|&(open, _)| head.starts_with(open))?;
    let (inside, _) = head[open.len_utf8()..].split_once(close)?;
    let words: Vec<&str> =
        inside.split([' ', '　', '=', '＝']).filter(|word| !word.is_empty()).collect();
    let known = words.iter().find_map(|word| sign_behind(word));
    let is_dateline = match words[..] {
        [_, day, sign] if is_day(day) => !sign.contains(char::is_numeric),
        _ if words.iter().any(|word| is_day(word)) => known.is_some(),
        // What is no name of a place may stand in brackets of ASCII, and an agency alone may be what a column is called.
        [.., last] => {
            let (place, _) = sign_behind(last)?;
            open != '[' && (words.len() > 1 || !place.is_empty())
        }
        [] => false,
    };
    let rest = line[open.len_utf8() + inside.len() + close.len_utf8()..]
        .trim_start_matches([' ', '　', '\u{A0}', '-', '－', '–', '—', '―']);
    is_dateline.then(|| (line.len() - rest.len(), known.map(|(_, known)| known)))
}

/// `3日`, `３月３日`
fn is_day(word: &str) -> bool {
    let digit = |c: char| c.is_numeric();
    let day = word.strip_suffix('日').unwrap_or_default();
    day.starts_with(digit) && day.chars().all(|c| digit(c) || c == '月')
}

/// What a word has before the sign of an agency that it ends with, and the agency: `ロンドン共同`.
fn sign_behind(word: &str) -> Option<(&str, &'static str)> {
    AGENCIES.iter().find_map(|&(sign, known)| {
        let place = word.strip_suffix(sign)?;
        (!place.ends_with(|c: char| c.is_ascii_alphanumeric())).then_some((place, known))
    })
}

/// Whether a line at the top could name who wrote: `Jane Doe`, `Jane Doe, Reuters`.
pub(super) fn is_name(line: &str) -> bool {
    let line = line.trim();
    let words = || line.split_whitespace();
    let letters = |c: char| c.is_alphabetic() || " .,'’-".contains(c);
    line.len() <= 60
        && (2..=5).contains(&words().count())
        && words().all(|w| w.starts_with(char::is_uppercase))
        && line.chars().all(letters)
        && line.contains(char::is_lowercase)
        && !line.ends_with('.')
}

/// A line of two or three plain numbers, or of a nought, as share counters leave.
pub(super) fn is_counter(line: &str) -> bool {
    let plain = |w: &str| w.len() <= 4 && w.bytes().all(|b| b.is_ascii_digit());
    let words = line.split_whitespace();
    line.len() <= 16
        && (line.trim() == "0" || (words.clone().all(plain) && (2..=3).contains(&words.count())))
}

/// How much boilerplate a text begins with: whole known sentences, and the buttons that follow them.
pub(super) fn glued_before(line: &str) -> Option<(usize, &'static str)> {
    if line.chars().next()?.is_lowercase() {
        return None;
    }
    let mut at = 0;
    let mut rule = None;
    while let Some(unit) = rules::unit(&line[at..], |r| r != "byline") {
        let end = at + unit.end;
        let stops = line[..end].trim_end().ends_with(['.', '!', '?', '。']);
        let strong = stops && (unit.phrase.is_sentence() || unit.phrase.words() >= 3);
        let button = rule.is_some() && unit.phrase.rule == "cookies" && unit.phrase.words() >= 2;
        if end == line.len() || !(strong || button) {
            break;
        }
        rule = rule.or(Some(unit.phrase.rule));
        at = end;
    }
    rule.map(|rule| (at, rule))
}

/// Where the boilerplate that a text ends with begins: known phrases behind the end of a sentence.
pub(super) fn glued_behind(line: &str) -> Option<(usize, &'static str)> {
    let from = words::boundary(line, line.len().saturating_sub(TAIL));
    let bytes = &line.as_bytes()[from..];
    let spaces = positions(bytes, |b| b == b' ');
    // The last byte of a closing quotation mark is 9D.
    let ends =
        |&at: &usize| at > 0 && matches!(bytes[at - 1], b'.' | b'!' | b'?' | b'"' | b')' | 0x9D);
    spaces
        .filter(ends)
        .map(|at| from + at)
        .find_map(|at| Some((at, rules::whole(&line[at..], |r| r != "byline")?)))
}
