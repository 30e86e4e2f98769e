//! A date on a line of its own, with or without who wrote and a time: `By Staff, September 2, 2025`, `14.09.2025, 12:30 Uhr`.

use super::words::{are_names, next_word};

/// A longer line says more than that, in bytes.
const LONGEST: usize = 90;

/// How the names of months begin, in the languages of the phrases.
#[rustfmt::skip]
const MONTHS: &[&str] = &[
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    "jän", "mär", "mai", "okt", "dez", "fév", "avr", "juin", "juil", "aoû", "déc", "ene", "abr", "ago", "dic", "fev",
    "set", "out", "gen", "mag", "giu", "lug", "ott", "maa", "mei", "янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг",
    "сен", "окт", "ноя", "дек",
];

/// Whether a line is a date, or names and a date.
pub(super) fn is_date_line(line: &str) -> bool {
    let line = line.trim();
    if line.len() > LONGEST {
        return false;
    }
    let date = before_time(line);
    // In Han characters, words before a date may well be what happened then.
    let names = |who: &str| are_names(who) && !date.contains('年');
    date.ends_with(|c: char| c.is_ascii_digit())
        && !date.contains([':', ';', '?', '!', '"', '“', '«', '„'])
        && before_date(date).is_some_and(|who| !who.contains(char::is_alphanumeric) || names(who))
}

/// A line up to the last digit of its date, behind which a time may stand: `11.06.2024, 14:32 Uhr`,
/// `2024年6月11日（火）14時32分`.
fn before_time(line: &str) -> &str {
    let timed = line.strip_suffix("Uhr").unwrap_or(line).trim_end();
    let date = timed.trim_end_matches(|c: char| c.is_ascii_digit() || ":時时分".contains(c));
    let date = if is_time(&timed[date.len()..]) { date.trim_end_matches([' ', ',']) } else { line };
    let is_day_of_week = |c: char| "（()）月火水木金土日".contains(c);
    if date.contains('年') { date.trim_end_matches(is_day_of_week) } else { date }
}

/// Hours and minutes, and perhaps seconds.
fn is_time(text: &str) -> bool {
    let parts: Vec<&str> = text.trim_end_matches('分').split([':', '時', '时']).collect();
    let fits =
        |(part, most): (&&str, u8)| part.len() <= 2 && part.parse().is_ok_and(|n: u8| n < most);
    (2..=3).contains(&parts.len()) && parts.iter().zip([24, 60, 60]).all(fits)
}

/// What comes before the date that a line ends with.
fn before_date(line: &str) -> Option<&str> {
    let mut words: Vec<(usize, &str)> = Vec::new();
    let mut at = 0;
    while let Some((start, end)) = next_word(line, at) {
        if !matches!(&line[start..end], "de" | "di" | "年" | "月" | "日") {
            words.push((start, &line[start..end]));
        }
        at = end;
    }
    let last = words.last()?;
    if let [d, m, y] = last.1.split('.').collect::<Vec<_>>()[..] {
        return (is_day(d) && is_day(m) && is_year(y)).then_some(&line[..last.0]);
    }
    let [.., a, b, c] = words[..] else { return None };
    let joined = line[a.0..].contains(['/', '-', '年']);
    let found = match [a.1, b.1, c.1] {
        [d, m, y] if is_day(d) && is_year(y) => is_month(m) || (joined && is_day(m)),
        [m, d, y] if is_day(d) && is_year(y) => is_month(m),
        [y, m, d] => joined && is_year(y) && is_day(m) && is_day(d),
    };
    found.then_some(&line[..a.0])
}

fn is_day(word: &str) -> bool {
    word.len() <= 2 && word.parse().is_ok_and(|day: u8| (1..=31).contains(&day))
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && word.parse().is_ok_and(|year: u16| (1900..2100).contains(&year))
}

fn is_month(word: &str) -> bool {
    let word = word.to_lowercase();
    MONTHS.iter().any(|month| word.starts_with(month))
}
