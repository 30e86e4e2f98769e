//! The numbers and names of a text: what a correction corrects.

use std::borrow::Cow;
use std::ops::Range;

use super::words::{Word, Words, is_spaceless, is_word_char, normal};
use crate::kernel::runs::{Begins, positions};

/// A text as it was, and as words.
#[derive(Debug, Clone, Copy)]
pub struct Tokens<'a> {
    /// As it was.
    pub text: &'a str,
    /// Its words, and others.
    pub words: &'a Words,
    /// Its words alone.
    pub list: &'a [Word],
    /// Where it begins in the buffer of the words.
    pub start: usize,
    /// Whether it is in ASCII, so that its words are its runs.
    pub is_ascii: bool,
}

/// A capitalised word.
#[derive(Debug, Clone, Copy)]
pub struct Name<'a> {
    /// As it stands in the text.
    pub text: &'a str,
    /// Whether it is for beginning a sentence that it may have its capital: the others are names.
    pub is_first: bool,
    /// Its hash as a word if it is one, of a text in ASCII.
    pub hash: Option<u64>,
}

/// A word of a script without capitals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uncased {
    /// Its hash.
    pub hash: u64,
    /// Whether it is two characters of a script that is written without spaces.
    pub is_pair: bool,
}

/// Finds which words can begin a number or a name: what [`numbers`] and [`names`] look at.
pub fn find(tokens: Tokens<'_>, begins: &mut Begins) {
    if tokens.is_ascii {
        begins.take(tokens.text.as_bytes());
    } else {
        let numbers = (0..).zip(tokens.list).filter(|&(_, &word)| is_number(tokens.words, word));
        begins.digits.clear();
        begins.digits.extend(numbers.map(|(i, _)| i));
    }
}

fn is_number(words: &Words, word: Word) -> bool {
    words.first_byte(word).is_ascii_digit()
}

/// Calls `each` with the numbers in a text, in order, with their inner points and commas, and with what else parts thousands:
/// `5.93`, `1,000`, `10 000`, `1'000`, `2nd`. One of digits alone is compared as it is written, and comes with its hash.
pub fn numbers<'a>(
    Tokens { words, list, .. }: Tokens<'a>,
    begins: &Begins,
    mut each: impl FnMut(&'a str, Option<u64>),
) {
    // Behind a point or a comma a space parts two numbers.
    let joined = |pointed: &mut bool, pair: &[Word]| {
        let texts = || [0, 1].map(|i| words.text(pair[i]));
        is_number(words, pair[1])
            && match words.between(pair[0], pair[1]) {
                "." | "," => {
                    *pointed = true;
                    true
                }
                ":" => {
                    *pointed = true;
                    are_hours(texts())
                }
                " " | "'" | "’" if !*pointed => {
                    let [before, behind] = texts();
                    before.len() <= 3 && are_digits(before) && is_three_digits(behind)
                }
                _ => false,
            }
    };
    // As in French: `11 h 36`.
    let parted_hours = |time: &[Word]| {
        let spaced = || time.windows(2).all(|pair| words.between(pair[0], pair[1]) == " ");
        words.text(time[1]) == "h"
            && spaced()
            && are_hours([words.text(time[0]), words.text(time[2])])
    };
    let mut next = 0;
    // Of a text that is too long for the buffer there are fewer words than runs.
    for start in begins.digits.iter().map(|&i| i as usize).take_while(|&i| i < list.len()) {
        if start >= next {
            let mut pointed = false;
            let pairs = list[start..].windows(2);
            let last = start + pairs.take_while(|pair| joined(&mut pointed, pair)).count();
            next = match list.get(last..last + 3) {
                Some(time) if parted_hours(time) => last + 3,
                _ => last + 1,
            };
            let number = &list[start..next];
            let text = words.span(number);
            let hash = number.first().filter(|_| are_digits(text)).map(|word| word.hash);
            each(text, hash);
        }
    }
}

fn are_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// Whether two words are hours and minutes, which letters may follow: `12:30pm`.
fn are_hours([hours, minutes]: [&str; 2]) -> bool {
    hours.len() <= 2
        && are_digits(hours)
        && minutes.len() >= 2
        && are_digits(minutes.trim_end_matches(char::is_alphabetic))
        && minutes.bytes().take_while(u8::is_ascii_digit).count() == 2
}

fn is_three_digits(text: &str) -> bool {
    text.len() == 3 && are_digits(text)
}

/// A number as it is compared, however a desk writes it: without what parts thousands, with a point before decimals, and without
/// letters behind it, so that `1,000`, `1.000` and `1'000` are one, as `12,4` and `12.4m` are, `1,50,000` and `150,000`, and
/// `12:30`, `12h30` and `12.30`.
pub fn plain(number: &str) -> Cow<'_, str> {
    match plain_as_written(number) {
        Some(plain) => plain.into(),
        None if has_thousands(number) => {
            let mut plain = String::with_capacity(number.len());
            plain.extend(number.chars().filter(|&c| c != ','));
            plain.into()
        }
        None => rewritten(number).into(),
    }
}

/// Whether a number is digits with a comma before each three but the first ones.
fn has_thousands(number: &str) -> bool {
    let whole = number.bytes().take_while(u8::is_ascii_digit).count();
    let is_group = |group: &[u8]| match group {
        [b',', three @ ..] => three.len() == 3 && three.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    number.as_bytes()[whole..].chunks(4).all(is_group)
}

/// As [`plain`], of any number.
fn rewritten(number: &str) -> String {
    let bare = number.trim_end_matches(char::is_alphabetic);
    let (whole, rest) = bare.split_at(bare.find('.').unwrap_or(bare.len()));
    if has_lakhs(whole) {
        return whole.replace(',', "") + rest;
    }
    let parts = bare.split(|c: char| !c.is_alphanumeric() || c == 'h');
    let mut plain = String::with_capacity(bare.len());
    for part in parts.filter(|part| !part.is_empty()) {
        if !plain.is_empty() && !is_three_digits(part) {
            plain.push('.');
        }
        plain.push_str(part);
    }
    plain
}

/// The digits of a number, and decimals that cannot be thousands, if nothing but letters stands behind them.
fn plain_as_written(number: &str) -> Option<&str> {
    let digits = |from: usize| number.bytes().skip(from).take_while(u8::is_ascii_digit).count();
    let whole = digits(0);
    let decimals = if number.as_bytes().get(whole) == Some(&b'.') { digits(whole + 1) } else { 0 };
    let end = if decimals > 0 { whole + 1 + decimals } else { whole };
    let is_bare = number.bytes().skip(end).all(|b| b.is_ascii_alphabetic());
    (is_bare && decimals != 3).then(|| &number[..end])
}

/// Whether commas part a number as in India: two digits at a time, but for the last three.
fn has_lakhs(whole: &str) -> bool {
    if whole.bytes().filter(|&b| b == b',').count() < 2 {
        return false;
    }
    let mut groups = whole.split(',');
    let is_first = |group: &str| (1..=2).contains(&group.len()) && are_digits(group);
    let first = groups.next().is_some_and(is_first);
    let last = groups.next_back().is_some_and(is_three_digits);
    first && last && groups.all(|group| group.len() == 2 && are_digits(group))
}

/// Calls `each` with the capitalised words of a text, in order.
pub fn names<'a>(
    Tokens { text, list, start, is_ascii, .. }: Tokens<'a>,
    begins: &Begins,
    mut each: impl FnMut(Name<'a>),
) {
    let mut look = |run: Range<usize>, hash: Option<u64>| {
        let n = run.len();
        if let Some((text, is_first)) = name_at(text, run) {
            each(Name { text, is_first, hash: hash.filter(|_| text.len() == n) });
        }
    };
    if is_ascii {
        // Of a text that is too long for the buffer there are fewer words than runs.
        for word in begins.capitals.iter().map_while(|&i| list.get(i as usize)) {
            let run = word.range();
            look(run.start - start..run.end - start, Some(word.hash));
        }
    } else {
        for at in positions(text.as_bytes(), may_begin_capital) {
            let n = text.bytes().skip(at).take_while(u8::is_ascii_alphanumeric).count();
            look(at..at + n, None);
        }
    }
}

/// A name as it is compared, however a desk types it: in NFKC, with straight apostrophes and plain hyphens, so that `O’Brien` and
/// `O'Brien` are one.
pub fn typed(name: &str) -> Cow<'_, str> {
    if name.is_ascii() {
        return name.into();
    }
    let plain = |c: char| match c {
        '‘' | '’' | 'ʼ' | '′' => '\'',
        '‐' | '–' | '—' | '−' => '-',
        _ => c,
    };
    normal(name).chars().map(plain).collect()
}

/// Calls `each` with the words of a text that are in a script without capitals, in order: each may be a name. In a script that is
/// written without spaces these are pairs of characters, each standing at the first; one without a next is none.
pub fn uncased(Tokens { words, list, is_ascii, .. }: Tokens<'_>, mut each: impl FnMut(Uncased)) {
    let is_uncased = |c: char| c.is_alphabetic() && !c.is_lowercase() && !c.is_uppercase();
    if is_ascii {
        return;
    }
    for (i, &word) in list.iter().enumerate() {
        let Some(c) = words.text(word).chars().next().filter(|&c| is_uncased(c)) else { continue };
        let is_pair = is_spaceless(c);
        let has_next = || list.get(i + 1).is_some_and(|&next| Words::adjoin(word, next));
        if !is_pair || has_next() {
            each(Uncased { hash: word.hash, is_pair });
        }
    }
}

/// The first bytes of a part of a text, which is not empty, as a number of the same order: most comparisons need no more.
#[inline]
pub fn first_eight(text: &[u8], part: Range<usize>) -> u64 {
    let all = match text[part.start..].first_chunk() {
        Some(first) => u64::from_be_bytes(*first),
        None => text[part.clone()].iter().rev().fold(0, |sum, &b| sum >> 8 | u64::from(b) << 56),
    };
    // Most often there are eight from where the part begins.
    if part.len() < 8 { all & !(u64::MAX >> (8 * part.len())) } else { all }
}

/// Whether a capital letter can begin with this byte, which no byte inside a character can do: most bytes of most scripts need
/// no closer look. Those from E3 to E9 begin kana and Han.
fn may_begin_capital(b: u8) -> bool {
    (b.wrapping_sub(b'A') < 26) | ((b >= 0xC3) & (b.wrapping_sub(0xE3) >= 7))
}

/// The name that begins where a character does, with a run of letters and digits of ASCII there, and whether it begins a sentence.
/// None begins inside a word.
#[inline]
fn name_at(text: &str, run: Range<usize>) -> Option<(&str, bool)> {
    let (before, name) = (&text[..run.start], &text[run.start..]);
    let is_first = match before.as_bytes() {
        // Most stand behind a word and a space, a sentence or a paragraph.
        [.., b, b' '] if b.is_ascii_alphanumeric() => false,
        [.., b'.', b' '] | [.., b'\n', b'\n'] | [] => true,
        [.., b, b',', b' '] if b.is_ascii_alphanumeric() => false,
        [.., b] if b.is_ascii_alphanumeric() => return None,
        [.., b, b'.' | b'-'] if b.is_ascii_alphanumeric() => return None,
        _ => is_first(before)?,
    };
    if !name.starts_with(char::is_uppercase) {
        return None;
    }
    let bare = match &name.as_bytes()[run.len()..] {
        // Letters and digits alone, as most are, with at most one sign behind them.
        [] | [b' ', ..] | [b'.' | b',', b' ' | b'\n', ..] => &name[..run.len()],
        _ => {
            let name = &name[..end_of(name)?];
            without_genitive(name.trim_end_matches(is_mark))
        }
    };
    (bare.len() > 1).then_some((bare, is_first))
}

/// Where a name ends together with the marks behind it; `None` of an amount of money.
fn end_of(name: &str) -> Option<usize> {
    // Most are in ASCII, and no money.
    let is_other = |b: u8| !b.is_ascii() || b == b'$';
    let end = name.bytes().position(|b| ends_name_in_ascii(b) || is_other(b));
    let end = end.unwrap_or(name.len());
    if name.as_bytes().get(end).is_none_or(|&b| !is_other(b)) {
        return Some(end);
    }
    let end = name.find(ends_name).unwrap_or(name.len());
    (!is_money(&name[..end])).then_some(end)
}

/// Whether what comes after this begins a sentence; `None` if it is inside a word.
fn is_first(before: &str) -> Option<bool> {
    let behind = before.trim_end_matches(is_mark);
    match behind.chars().next_back().filter(|c| !c.is_whitespace()) {
        None => Some(begins_sentence(behind)),
        Some(c) => (is_spaceless(c) || before[behind.len()..].contains(ends_name)).then_some(false),
    }
}

/// Whether the token that comes after this begins a sentence, a token being what stands between white space.
fn begins_sentence(before: &str) -> bool {
    let said = before.trim_end();
    let lines = before[said.len()..].bytes().filter(|&b| b == b'\n').count();
    lines > 1
        || said.ends_with(['.', '!', '?', '…', ':', '"', '”', '“', '»', '«'])
        || !said.trim_end_matches(is_mark).ends_with(is_word_char)
}

/// What is neither space nor part of a word, as an accent is that stands behind its letter.
fn is_mark(c: char) -> bool {
    !c.is_whitespace() && !is_word_char(c)
}

/// Whether a name ends before a character and another one can begin behind it: white space of any kind, a bracket, and a character
/// or a mark of a script that is written without spaces.
#[rustfmt::skip]
fn ends_name(c: char) -> bool {
    if c.is_ascii() {
        return ends_name_in_ascii(c as u8);
    }
    c.is_whitespace() || is_spaceless(c) || matches!(c,
        '\u{3001}'..='\u{303f}' | '・' | '｟'..='･'
        | '（' | '）' | '［' | '］' | '｛' | '｝' | '＜' | '＞' | '，' | '：' | '；' | '！' | '？')
}

fn ends_name_in_ascii(b: u8) -> bool {
    matches!(b, b'\t'..=b'\r' | b' ' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'<' | b'>')
}

/// Whether what looks like a name is an amount, or what it is in: `US$500`, `US$ 500`.
fn is_money(name: &str) -> bool {
    let amount = name.split_once(['$', '€', '£', '¥']);
    amount.is_some_and(|(_, amount)| amount.bytes().next().is_none_or(|b| b.is_ascii_digit()))
}

fn without_genitive(name: &str) -> &str {
    name.strip_suffix("'s").or_else(|| name.strip_suffix("’s")).unwrap_or(name)
}

#[cfg(test)]
mod tests;
