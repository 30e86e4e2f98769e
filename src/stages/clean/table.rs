//! The table of phrases, and how those that can begin a line are found.

use std::sync::LazyLock;

use super::rules::{Phrase, Step};
use super::words::{is_number, next_word, same_word};
use crate::kernel::hash::GOLDEN;

/// The phrases by their first word, sorted; those with a number first are under `#`.
pub(super) struct Table {
    groups: Vec<(String, Vec<Phrase>)>,
    /// Where the groups of each first byte begin.
    begins: [u16; 257],
    /// What can follow a first word that is ASCII, by its [`trait_of`].
    follows: [Follows; TRAITS],
    /// Whether two words in ASCII can begin a phrase, by the traits of both.
    pairs: [bool; TRAITS],
}

/// What can follow a word at the beginning of a phrase.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Follows {
    /// No phrase begins with it.
    Nothing,
    /// One of certain words.
    Word,
    Anything,
}

/// All phrases.
pub(super) static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut phrases = Vec::new();
    // Above the first rule it says what the lines mean.
    for section in include_str!("phrases.txt").split("\n[").skip(1) {
        let (rule, lines) = section.split_once(']').expect("a section begins with its rule");
        let lines = lines.lines().filter(|line| !line.is_empty());
        phrases.extend(lines.map(|line| Phrase::parse(rule, line)));
    }
    phrases.sort_by(|a, b| a.0.cmp(&b.0));
    let (mut follows, mut pairs) = ([Follows::Nothing; TRAITS], [false; TRAITS]);
    for (key, phrase) in &phrases {
        let known = &mut follows[trait_of(key.as_bytes())];
        match phrase.steps.get(1) {
            Some(Step::Word(next)) if *known <= Follows::Word => {
                *known = Follows::Word;
                pairs[trait_of_two(key, next)] = true;
            }
            _ => *known = Follows::Anything,
        }
    }
    let mut groups: Vec<(String, Vec<Phrase>)> = Vec::new();
    for (key, phrase) in phrases {
        match groups.last_mut() {
            Some((last, members)) if *last == key => members.push(phrase),
            _ => groups.push((key, vec![phrase])),
        }
    }
    let mut begins = [0; 257];
    for (byte, begin) in begins.iter_mut().enumerate() {
        let first = groups.partition_point(|(key, _)| usize::from(key.as_bytes()[0]) < byte);
        *begin = u16::try_from(first).expect("the table is small");
    }
    Table { groups, begins, follows, pairs }
});

/// How many kinds of words are told apart before they are looked up.
const TRAITS: usize = 4096;

/// A number made of the length and the first letters of a word, the same in any case.
fn trait_of(word: &[u8]) -> usize {
    let first = word.iter().take(4);
    let letters = first.fold(word.len() as u64, |sum, &b| sum << 8 | u64::from(b | 0x20));
    (letters.wrapping_mul(GOLDEN) >> (u64::BITS - TRAITS.trailing_zeros())) as usize
}

/// The same for two words that follow each other.
fn trait_of_two(word: &str, next: &str) -> usize {
    (trait_of(word.as_bytes()) * 31 + trait_of(next.as_bytes())) % TRAITS
}

impl Table {
    /// Whether a phrase can begin with `word`, which `rest` follows. Nearly every line begins as none does.
    pub(super) fn is_possible(&self, word: &str, rest: &str) -> bool {
        if !word.is_ascii() || word.as_bytes()[0].is_ascii_digit() {
            return true;
        }
        match self.follows[trait_of(word.as_bytes())] {
            Follows::Nothing => false,
            Follows::Anything => true,
            Follows::Word => next_word(rest, 0).is_some_and(|(start, end)| {
                let next = &rest[start..end];
                !next.is_ascii() || self.pairs[trait_of_two(word, next)]
            }),
        }
    }

    /// The phrases that begin with `word`, in any case.
    pub(super) fn candidates(&self, word: &str) -> &[Phrase] {
        let first = word.chars().next().and_then(|c| c.to_lowercase().next());
        let byte = match first {
            Some(c) if c.is_ascii_digit() => b'#',
            Some(c) => c.encode_utf8(&mut [0; 4]).as_bytes()[0],
            None => return &[],
        };
        let byte = usize::from(byte);
        let groups = &self.groups[self.begins[byte].into()..self.begins[byte + 1].into()];
        let (number, ascii) = (byte == usize::from(b'#'), word.is_ascii());
        let is = |key: &str| match (number, ascii) {
            (true, _) => is_number(word),
            (_, true) => key.len() == word.len() && key.eq_ignore_ascii_case(word),
            _ => same_word(word, key),
        };
        let found = groups.iter().find(|(key, _)| is(key));
        found.map_or(&[], |(_, phrases)| phrases)
    }
}
