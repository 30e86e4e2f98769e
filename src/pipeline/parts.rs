//! What is kept of the articles beside their entries, many articles to a part.
//!
//! A box for each list of each article would cost as much again as the lists, and what one stage needs could not be
//! given back before the next one begins.

use crate::kernel::hash::hash;
use crate::stages::sketch::Sketch;
use crate::stages::terms::Term;
use crate::text::facts;
use crate::text::words::{Word, Words};

/// The lists of the articles of one chunk, one article after the other.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub(super) shingles: Vec<u32>,
    pub(super) sketches: Vec<Sketch>,
    pub(super) terms: Vec<Term>,
    /// Hashes of numbers and of title words.
    pub(super) hashes: Vec<u32>,
    pub(super) facts: String,
}

impl Part {
    /// Appends the hashes of numbers, and numbers and names, of the text that stands at `start` of `words`.
    pub(super) fn add_facts(
        &mut self,
        words: &Words,
        list: &[Word],
        text: &str,
        start: usize,
    ) -> (Span, Span) {
        let (numbers, from) = (facts::numbers(words, list), self.facts.len());
        self.add_lines(numbers.iter().copied());
        self.facts.push_str("\n\n");
        self.add_lines(facts::names(text, list, start));
        let facts = Span::since(from, self.facts.len());
        (self.add_hashes(numbers.iter().map(|number| hash(number.as_bytes()) as u32)), facts)
    }

    fn add_lines<'a>(&mut self, lines: impl IntoIterator<Item = &'a str>) {
        for (i, line) in lines.into_iter().enumerate() {
            self.facts.push_str(if i == 0 { "" } else { "\n" });
            self.facts.push_str(line);
        }
    }

    /// Appends hashes, ascending and distinct.
    pub(super) fn add_hashes(&mut self, hashes: impl Iterator<Item = u32>) -> Span {
        let mut hashes: Vec<u32> = hashes.collect();
        hashes.sort_unstable();
        hashes.dedup();
        Span::append(&mut self.hashes, &hashes)
    }

    /// Gives back what the lists could still take.
    pub(super) fn fit(&mut self) {
        self.shingles.shrink_to_fit();
        self.sketches.shrink_to_fit();
        self.terms.shrink_to_fit();
        self.hashes.shrink_to_fit();
        self.facts.shrink_to_fit();
    }
}

/// A stretch of one of the lists.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Span {
    start: u32,
    end: u32,
}

impl Span {
    /// Appends to a list.
    pub(super) fn append<T: Clone>(list: &mut Vec<T>, items: &[T]) -> Self {
        let start = list.len();
        list.extend_from_slice(items);
        Self::since(start, list.len())
    }

    /// What was appended to a list since it had `start` items.
    fn since(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32 }
    }

    pub(super) fn of<T>(self, list: &[T]) -> &[T] {
        &list[self.start as usize..self.end as usize]
    }

    pub(super) fn of_text(self, text: &str) -> &str {
        &text[self.start as usize..self.end as usize]
    }
}
