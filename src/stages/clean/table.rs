//! The table of phrases, and how those that can begin a line are found.

use std::sync::{LazyLock, OnceLock};

use super::rules::Phrase;
use super::words::{folded, is_number, mark_of, next_word};
use crate::kernel::hash::GOLDEN;

/// The phrases by their first word.
#[derive(Default)]
pub(super) struct Table {
    groups: Vec<Group>,
    /// By the mark of a word, then the next free place: which group is its own, counted from 1.
    places: Vec<u16>,
}

/// The phrases that begin with one word, in the order of the table; those with a number first are under `#`.
struct Group {
    word: String,
    /// Their lines, each with its rule.
    lines: Vec<(&'static str, &'static str)>,
    /// Read when a text first begins so: most never do.
    phrases: OnceLock<Vec<Phrase>>,
}

/// Bits of a place: some four for each word.
const PLACE_BITS: u32 = 12;

/// All phrases.
pub(super) static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table { places: vec![0; 1 << PLACE_BITS], ..Table::default() };
    lines().for_each(|(rule, line)| table.group(first_word(line)).lines.push((rule, line)));
    table
});

/// The lines of the table, each with its rule.
fn lines() -> impl Iterator<Item = (&'static str, &'static str)> {
    // Above the first rule it says what the lines mean.
    include_str!("phrases.txt").split("\n[").skip(1).flat_map(|section| {
        let (rule, lines) = section.split_once(']').expect("a section begins with its rule");
        lines.lines().filter(|line| !line.is_empty()).map(move |line| (rule, line))
    })
}

/// What a line of the table begins with.
fn first_word(line: &str) -> String {
    if line.starts_with('#') {
        return "#".to_owned();
    }
    let (start, end) = next_word(line, 0).expect("a phrase begins with a word");
    folded(&line[start..end]).to_ascii_lowercase()
}

impl Table {
    /// Which place is the word's, or would be.
    fn place(&self, word: &str) -> usize {
        let mut place = (mark_of(word).wrapping_mul(GOLDEN) >> (u64::BITS - PLACE_BITS)) as usize;
        let is_other = |group: u16| {
            group > 0 && !self.groups[usize::from(group) - 1].word.eq_ignore_ascii_case(word)
        };
        while is_other(self.places[place]) {
            place = (place + 1) % self.places.len();
        }
        place
    }

    fn group(&mut self, word: String) -> &mut Group {
        let place = self.place(&word);
        if self.places[place] == 0 {
            self.groups.push(Group { word, lines: Vec::new(), phrases: OnceLock::new() });
            self.places[place] = u16::try_from(self.groups.len()).expect("the table is small");
        }
        &mut self.groups[usize::from(self.places[place]) - 1]
    }

    /// The phrases that begin with `word`, in any case. Nearly every line begins as none does.
    pub(super) fn candidates(&self, word: &str) -> &[Phrase] {
        let place = match word.as_bytes()[0] {
            b'0'..=b'9' if !is_number(word) => return &[],
            b'0'..=b'9' => self.place("#"),
            _ => self.place(&folded(word)),
        };
        let Some(group) = usize::from(self.places[place]).checked_sub(1) else { return &[] };
        let Group { lines, phrases, .. } = &self.groups[group];
        phrases.get_or_init(|| lines.iter().map(|(rule, line)| Phrase::parse(rule, line)).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;
    use crate::stages::clean::rules::{Unit, unit};
    use crate::stages::clean::words::{is_quote, is_word, same_word};
    use proptest::prelude::*;

    static ALL: LazyLock<Vec<(String, Phrase)>> = LazyLock::new(|| {
        lines().map(|(rule, line)| (first_word(line), Phrase::parse(rule, line))).collect()
    });

    /// As [`unit`], by trying every phrase.
    fn slow(text: &str) -> Option<Unit> {
        let (start, first) = next_word(text, 0)?;
        let word = &text[start..first];
        let is = |key: &str| if key == "#" { is_number(word) } else { same_word(word, key) };
        let found = ALL
            .iter()
            .filter(|(key, _)| is(key))
            .filter_map(|(_, phrase)| Some(Unit { end: phrase.end(text, first)?, phrase }));
        let longest =
            found.filter(|_| !text[..start].contains(is_quote)).max_by_key(|unit| unit.end)?;
        let rest = text[longest.end..].trim_start_matches(|c: char| !is_word(c) && !is_quote(c));
        Some(Unit { end: text.len() - rest.len(), ..longest })
    }

    /// A few phrases, in any case and with anything between their words.
    fn phrases() -> impl Strategy<Value = String> {
        let words: Vec<&str> = lines().flat_map(|(_, line)| line.split(' ')).collect();
        let line = prop::sample::select(lines().map(|(_, line)| line).collect::<Vec<_>>());
        let word = prop::sample::select(words);
        let other =
            prop::sample::select(vec!["3", "Ann Poe", "’", "\"", "(", ".", "K", "don’t", "said"]);
        let piece = prop_oneof![4 => line, 2 => word, 1 => other];
        let piece = (piece, any::<bool>(), "[ :.,'’]{0,2}").prop_map(|(piece, upper, gap)| {
            if upper { piece.to_uppercase() + &gap + " " } else { piece.to_owned() + " " + &gap }
        });
        prop::collection::vec(piece, 1..5).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn the_longest_phrase_is_that_of_all(text in phrases()) {
            let told = |unit: Option<Unit>| unit.map(|unit| (unit.end, unit.phrase.rule));
            prop_assert_eq!(told(unit(&text, |_| true)), told(slow(&text)));
        }
    }
}
