//! The numbers and names of a text: what a correction corrects.

use std::borrow::Cow;
use std::ops::Range;

use super::words::{Word, Words, is_spaceless};
use crate::kernel::runs::Begins;

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
    if tokens.text.is_ascii() {
        // Its words are its runs.
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
/// `5.93`, `1,000`, `10 000`, `1'000`, `2nd`.
pub fn numbers<'a>(
    Tokens { words, list, .. }: Tokens<'a>,
    begins: &Begins,
    mut each: impl FnMut(&'a str),
) {
    let joined = |pair: &[Word]| {
        is_number(words, pair[1])
            && match words.between(pair[0], pair[1]) {
                "." | "," => true,
                " " | "'" | "’" => {
                    let [before, behind] = [0, 1].map(|i| words.text(pair[i]));
                    before.len() <= 3 && are_digits(before) && is_three_digits(behind)
                }
                _ => false,
            }
    };
    let mut next = 0;
    // Of a text that is too long for the buffer there are fewer words than runs.
    for start in begins.digits.iter().map(|&i| i as usize).take_while(|&i| i < list.len()) {
        if start >= next {
            let run = 1 + list[start..].windows(2).take_while(|pair| joined(pair)).count();
            each(words.span(&list[start..start + run]));
            next = start + run;
        }
    }
}

fn are_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

fn is_three_digits(text: &str) -> bool {
    text.len() == 3 && are_digits(text)
}

/// A number as it is compared, however a desk writes it: without what parts thousands, with a point before decimals, and without
/// letters behind it, so that `1,000`, `1.000` and `1'000` are one, as `12,4` and `12.4m` are.
pub fn plain(number: &str) -> Cow<'_, str> {
    if are_digits(number) {
        return number.into();
    }
    let mut parts =
        number.trim_end_matches(char::is_alphabetic).split(|c: char| !c.is_alphanumeric());
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        if !is_three_digits(part) {
            plain.push('.');
        }
        plain.push_str(part);
    }
    plain.into()
}

/// Calls `each` with the capitalised words of a text, in order, and whether it is for beginning a sentence that one may have its
/// capital: the others are names.
pub fn names<'a>(tokens: Tokens<'a>, begins: &Begins, mut each: impl FnMut(&'a str, bool)) {
    if tokens.text.is_ascii() {
        each_ascii_name(tokens, &begins.capitals, &mut each);
    } else {
        each_name(tokens.text, &mut each);
    }
}

/// Calls `each` with the words of a text that are in a script without capitals, in order: each may be a name. In a script that is
/// written without spaces these are pairs of characters, each standing at the first; one without a next is none.
pub fn uncased(Tokens { text, words, list, .. }: Tokens<'_>, mut each: impl FnMut(Uncased)) {
    let is_uncased = |c: char| c.is_alphabetic() && !c.is_lowercase() && !c.is_uppercase();
    if text.is_ascii() {
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

/// Some numbers or names, ascending and distinct.
pub fn distinct<'a>(facts: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let begin = |fact: &str| first_eight(fact.as_bytes(), 0..fact.len());
    let mut facts: Vec<(u64, &str)> = facts.map(|fact| (begin(fact), fact)).collect();
    facts.sort_unstable();
    facts.dedup();
    facts.into_iter().map(|(_, fact)| fact).collect()
}

/// The first bytes of a part of a text, which is not empty, as a number of the same order: most comparisons need no more.
pub fn first_eight(text: &[u8], part: Range<usize>) -> u64 {
    let all = match text[part.start..].first_chunk() {
        Some(first) => u64::from_be_bytes(*first),
        None => text[part.clone()].iter().rev().fold(0, |sum, &b| sum >> 8 | u64::from(b) << 56),
    };
    // Most often there are eight from where the part begins.
    if part.len() < 8 { all & !(u64::MAX >> (8 * part.len())) } else { all }
}

/// Token by token, a token being what stands between white space.
fn each_name<'a>(text: &'a str, push: &mut impl FnMut(&'a str, bool)) {
    let alphanumeric = |c: char| c.is_alphanumeric();
    let ends = |token: &str| {
        token.ends_with(['.', '!', '?', ':', '"', '”', '“']) || !token.contains(alphanumeric)
    };
    let mut before = None;
    for line in text.lines() {
        for token in line.split_ascii_whitespace() {
            if !token.as_bytes()[0].is_ascii_lowercase() {
                let bare = without_genitive(token.trim_matches(|c: char| !c.is_alphanumeric()));
                if bare.len() > 1 && bare.starts_with(char::is_uppercase) {
                    push(bare, before.is_none_or(ends));
                }
            }
            before = Some(token);
        }
        if line.trim().is_empty() {
            before = None;
        }
    }
}

fn without_genitive(name: &str) -> &str {
    name.strip_suffix("'s").or_else(|| name.strip_suffix("’s")).unwrap_or(name)
}

/// As [`each_name`], looking only at the words that have a capital.
fn each_ascii_name<'a>(
    Tokens { text, list, start, .. }: Tokens<'a>,
    capitals: &[u32],
    push: &mut impl FnMut(&'a str, bool),
) {
    for i in capitals.iter().map(|&i| i as usize).take_while(|&i| i < list.len()) {
        if let Some((name, is_first)) = ascii_name(text, &list[i..], start) {
            push(name, is_first);
        }
    }
}

/// The name that begins with the first of some words, which has a capital, and whether it begins a sentence.
fn ascii_name<'a>(text: &'a str, list: &[Word], start: usize) -> Option<(&'a str, bool)> {
    let bytes = text.as_bytes();
    let (from, mut end) = (list[0].range().start - start, list[0].range().end - start);
    // Most stand behind a word and a space.
    let plain = from >= 2 && bytes[from - 1] == b' ' && bytes[from - 2].is_ascii_alphanumeric();
    let mut is_first = false;
    if !plain {
        let mark = |b: &&u8| !b.is_ascii_whitespace() && !b.is_ascii_alphanumeric();
        let token = from - bytes[..from].iter().rev().take_while(mark).count();
        let inside = token > 0 && bytes[token - 1].is_ascii_alphanumeric();
        if inside {
            return None;
        }
        is_first = begins_sentence(&bytes[..token]);
    }
    if bytes.get(end) != Some(&b' ') {
        for next in &list[1..] {
            let next = next.range();
            if bytes[end..next.start - start].iter().any(u8::is_ascii_whitespace) {
                break;
            }
            end = next.end - start;
        }
    }
    let bare = without_genitive(&text[from..end]);
    (bare.len() > 1).then_some((bare, is_first))
}

/// Whether the token that comes after these bytes begins a sentence.
fn begins_sentence(before: &[u8]) -> bool {
    let Some(last) = before.iter().rposition(|b| !b.is_ascii_whitespace()) else { return true };
    let lines = before[last..].iter().filter(|&&b| b == b'\n').count();
    let mut token = before[..=last].iter().rev().take_while(|b| !b.is_ascii_whitespace());
    lines > 1
        || matches!(before[last], b'.' | b'!' | b'?' | b':' | b'"')
        || !token.any(u8::is_ascii_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::hash::hash;
    use proptest::prelude::*;

    #[test]
    fn numbers_and_names() {
        let text = "Officials said 1,000 of 5.93 mln, or 7. 12 others, on Sept 3rd. The mayor, Ana Ruiz’s aide, met Li";
        let mut words = Words::default();
        let start = words.add(text);
        let (mut found, mut named) = (Vec::new(), Vec::new());
        let tokens = Tokens { text, words: &words, list: words.list(), start };
        let mut begins = Begins::default();
        find(tokens, &mut begins);
        numbers(tokens, &begins, |number| found.push(number));
        names(tokens, &begins, |name, is_first| named.push((name, is_first)));
        assert_eq!(found, ["1,000", "5.93", "7", "12", "3rd"]);
        let first = |name| (name, ["Officials", "The"].contains(&name));
        assert_eq!(named, ["Officials", "Sept", "The", "Ana", "Ruiz", "Li"].map(first));
        let far = "१२,३४५ और ۱۲٫۵";
        words.clear();
        let start = words.add(far);
        let tokens = Tokens { text: far, words: &words, list: words.list(), start };
        find(tokens, &mut begins);
        let mut found = Vec::new();
        numbers(tokens, &begins, |number| found.push(number.to_owned()));
        assert_eq!(found, ["12,345", "12.5"]);
        assert_eq!(distinct(["b", "a", "b"].into_iter()), ["a", "b"]);
    }

    #[test]
    fn thousands_are_joined_and_a_number_is_compared_however_it_is_written() {
        let found = |text: &str| {
            let mut words = Words::default();
            let start = words.add(text);
            let (mut begins, mut found) = (Begins::default(), Vec::new());
            let tokens = Tokens { text, words: &words, list: words.list(), start };
            find(tokens, &mut begins);
            numbers(tokens, &begins, |number| found.push(number.to_owned()));
            found
        };
        assert_eq!(found("10 000 of 1'234’567 m, 1 000 000"), ["10 000", "1'234’567", "1 000 000"]);
        assert_eq!(
            found("in 2024 200 of 12 30 and 5  000"),
            ["2024", "200", "12", "30", "5", "000"]
        );
        let written =
            ["1,000.5", "1.000,5", "1'000.5kg", "12.4m", "9.5", "95", "2nd", "4x4", "0.125"];
        let plain = written.map(plain);
        assert_eq!(plain, ["1000.5", "1000.5", "1000.5", "12.4", "9.5", "95", "2", "4x4", "0125"]);
    }

    #[test]
    fn words_without_capitals_may_be_names() {
        let found = |text: &str| {
            let mut words = Words::default();
            let start = words.add(text);
            let mut found = Vec::new();
            let tokens = Tokens { text, words: &words, list: words.list(), start };
            uncased(tokens, |word| found.push(word));
            found
        };
        let word =
            |is_pair: bool| move |text: &str| Uncased { hash: hash(text.as_bytes()), is_pair };
        assert_eq!(found("Aden, 5 और عدن 2"), ["और", "عدن"].map(word(false)));
        assert_eq!(found("嘉兴警方。78歳カ"), ["嘉兴", "兴警", "警方", "歳カ"].map(word(true)));
        assert_eq!(found("Aden"), []);
    }

    proptest! {
        #[test]
        fn names_in_ascii_equal_those_found_token_by_token(text in "([A-Za-z0-9]{1,3}|[ .!'\"(\n\t\r\x0b\x1c-]|'s |\n\n| \\(A){0,40}") {
            let mut words = Words::default();
            words.add("Before");
            let n = words.list().len();
            let start = words.add(&text);
            let (mut fast, mut slow) = (Vec::new(), Vec::new());
            let tokens = Tokens { text: &text, words: &words, list: &words.list()[n..], start };
            let (mut begins, mut found, mut expected) = (Begins::default(), Vec::new(), Vec::new());
            find(tokens, &mut begins);
            names(tokens, &begins, |name, is_first| fast.push((name, is_first)));
            each_name(&text, &mut |name, is_first| slow.push((name, is_first)));
            prop_assert_eq!(fast, slow);
            numbers(tokens, &begins, |number| found.push(number));
            let digits = (0..).zip(tokens.list).filter(|&(_, &word)| is_number(&words, word));
            begins.digits = digits.map(|(i, _)| i).collect();
            numbers(tokens, &begins, |number| expected.push(number));
            prop_assert_eq!(found, expected);
        }
    }
}
