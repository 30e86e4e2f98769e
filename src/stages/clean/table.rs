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
    // Above the first rule it says what the lines mean.
    for section in include_str!("phrases.txt").split("\n[").skip(1) {
        let (rule, lines) = section.split_once(']').expect("a section begins with its rule");
        for line in lines.lines().filter(|line| !line.is_empty()) {
            table.group(first_word(line)).lines.push((rule, line));
        }
    }
    table
});

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
