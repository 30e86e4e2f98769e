//! What is kept of the articles beside their entries, many articles to a part.
//!
//! A box for each list of each article would cost as much again as the lists, and what one stage needs could not be
//! given back before the next one begins.

use super::spool::{Item, Place};
use crate::kernel::hash::hash;
use crate::stages::sketch::Sketch;
use crate::stages::terms::Term;
use crate::text::facts;
use crate::text::words::{Word, Words};

/// The lists of the articles of one chunk, one article after the other.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub(super) sketches: Vec<Sketch>,
    /// Hashes of numbers and of title words.
    pub(super) hashes: Vec<u32>,
    pub(super) facts: String,
}

/// What a chunk's articles are compared by; it waits in a spool for its stage.
#[derive(Debug, Default)]
pub(super) struct Lists {
    pub(super) shingles: Vec<u32>,
    pub(super) terms: Vec<Term>,
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
        self.sketches.shrink_to_fit();
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

impl Item for Term {
    const SIZE: usize = 6;

    fn write(self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.hash().to_le_bytes());
        bytes.extend_from_slice(&[self.quarters, self.level]);
    }

    fn read(bytes: &[u8]) -> Self {
        Self::new(u32::read(bytes), bytes[4], bytes[5])
    }
}

impl Span {
    /// The same stretch in a spool.
    pub(super) fn place(self, part: u32) -> Place {
        Place { part, start: self.start, end: self.end }
    }

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

    pub(super) fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    pub(super) fn of<T>(self, list: &[T]) -> &[T] {
        &list[self.start as usize..self.end as usize]
    }

    pub(super) fn of_text(self, text: &str) -> &str {
        &text[self.start as usize..self.end as usize]
    }
}

/// Lists taken out of a spool, in the order in which they were asked for.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    starts: Vec<usize>,
    items: Vec<u32>,
}

impl Loaded {
    /// Room for the lists at these places.
    pub(super) fn new(places: &[Place]) -> Self {
        let mut starts = vec![0];
        starts.extend(places.iter().scan(0, |end, place| {
            *end += place.len();
            Some(*end)
        }));
        let items = vec![0; starts.last().copied().unwrap_or(0)];
        Self { starts, items }
    }

    /// Puts a list in its place.
    pub(super) fn fill(&mut self, k: usize, list: &[u32]) {
        self.items[self.starts[k]..self.starts[k + 1]].copy_from_slice(list);
    }

    pub(super) fn of(&self, k: usize) -> &[u32] {
        &self.items[self.starts[k]..self.starts[k + 1]]
    }
}
