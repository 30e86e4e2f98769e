//! The table of phrases, and how those that can begin a line are found.

use std::sync::LazyLock;

use super::rules::Phrase;
use super::words::{folded, is_number, mark_of};
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
    phrases: Vec<Phrase>,
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
            let (word, phrase) = Phrase::parse(rule, line);
            table.group(word).phrases.push(phrase);
        }
    }
    table
});

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
            self.groups.push(Group { word, phrases: Vec::new() });
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
        let group = usize::from(self.places[place]).checked_sub(1);
        group.map_or(&[], |group| &self.groups[group].phrases)
    }
}
