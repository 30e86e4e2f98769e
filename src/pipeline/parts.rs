//! What is kept of the articles beside their entries, many articles to a part.
//!
//! A box for each list of each article would cost as much again as the lists, and what one stage needs could not be
//! given back before the next one begins.

use std::io;
use std::ops::Range;

use super::spool::{Item, Place, Spool};
use crate::kernel::fss::SLOTS;
use crate::kernel::runs::Begins;
use crate::stages::clean::UpdateTag;
use crate::stages::sketch::{LEAD_HASHES, NO_LEAD, Sketch};
use crate::stages::terms::Term;
use crate::stages::verify::Detail;
use crate::text::facts::{self, Tokens};

/// What a chunk's articles are compared by, one article after the other; it waits in a spool for its stage.
#[derive(Debug, Default)]
pub(super) struct ChunkLists {
    pub(super) shingles: Vec<u32>,
    pub(super) terms: Vec<Term>,
    /// Of the words of the headline, and of details.
    pub(super) hashes: Vec<u32>,
    /// Numbers, a line each, after an empty line names, as often as each stands in what is compared, and after another one what
    /// the title says about this version.
    pub(super) facts: Vec<u8>,
}

impl ChunkLists {
    /// Appends hashes, ascending and distinct.
    pub(super) fn add_hashes(&mut self, hashes: impl Iterator<Item = u32>) -> Span {
        let start = self.hashes.len();
        self.hashes.extend(hashes);
        self.hashes[start..].sort_unstable();
        let mut end = start;
        for i in start..self.hashes.len() {
            if end == start || self.hashes[i] != self.hashes[end - 1] {
                self.hashes[end] = self.hashes[i];
                end += 1;
            }
        }
        self.hashes.truncate(end);
        Span::since(start, end)
    }

    /// Appends the numbers of an article, the names of what is compared of it, and what its title said about this version; `each` is
    /// called with every [`Detail`] of what is compared, which the title stands before if none is given. A title has no names: many
    /// have capitals throughout.
    pub(super) fn add_facts(
        &mut self,
        title: Option<Tokens<'_>>,
        tokens: Tokens<'_>,
        tags: &[UpdateTag],
        begins: &mut Begins,
        mut each: impl FnMut(Detail<'_>),
    ) -> Span {
        let from = self.facts.len();
        if let Some(title) = title {
            facts::find(title, begins);
            facts::numbers(title, begins, |number, _| add_line(&mut self.facts, from, number));
        }
        facts::find(tokens, begins);
        facts::numbers(tokens, begins, |number, hash| {
            // Hours and minutes are two numbers to the check: in a bulletin of every half hour both are filled in.
            if hash.is_none() && number.bytes().any(|b| matches!(b, b':' | b'h')) {
                let parts = number.split(':').flat_map(|part| part.split(" h "));
                parts.for_each(|part| each(Detail::Number(part, None)));
            } else {
                each(Detail::Number(number, hash));
            }
            add_line(&mut self.facts, from, number);
        });
        self.facts.extend_from_slice(b"\n\n");
        if title.is_some() {
            let from = self.facts.len();
            facts::names(tokens, begins, |name| {
                // A word of ASCII is typed as it is compared.
                let typed = match name.hash {
                    Some(_) => name.text.into(),
                    None => facts::typed(name.text),
                };
                each(Detail::Name(&typed, name.hash));
                if !name.is_first {
                    add_line(&mut self.facts, from, &typed);
                }
            });
            facts::uncased(tokens, |word| each(Detail::Uncased(word)));
        }
        if tags.contains(&UpdateTag::Correction) {
            each(Detail::Correction);
        }
        for (i, tag) in tags.iter().enumerate() {
            self.facts.extend_from_slice(if i == 0 { b"\n\n" } else { b"\n" });
            self.facts.extend_from_slice(tag.to_string().as_bytes());
        }
        Span::since(from, self.facts.len())
    }
}

/// Appends a line to those that begin at `from`.
fn add_line(lines: &mut Vec<u8>, from: usize, line: &str) {
    if lines.len() > from {
        lines.push(b'\n');
    }
    lines.extend_from_slice(line.as_bytes());
}

/// A stretch of one of the lists.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Span {
    start: u32,
    end: u32,
}

impl Item for Term {
    const SIZE: usize = 6;
    const NONE: Self = Self { hash: [0; 2], quarters: 0, level: 0 };

    fn write(self, bytes: &mut [u8]) {
        bytes[..4].copy_from_slice(&self.hash().to_le_bytes());
        bytes[4..].copy_from_slice(&[self.quarters, self.level]);
    }

    fn read(bytes: &[u8]) -> Self {
        Self::new(u32::read(bytes), bytes[4], bytes[5])
    }
}

impl Item for Sketch {
    const SIZE: usize = 2 * SLOTS + 4 * LEAD_HASHES;
    const NONE: Self = Self { signature: [0; SLOTS], lead: NO_LEAD };

    fn write(self, bytes: &mut [u8]) {
        let (signature, lead) = bytes.split_at_mut(2 * SLOTS);
        let slots = signature.chunks_exact_mut(2).zip(self.signature);
        slots.for_each(|(place, slot)| place.copy_from_slice(&slot.to_le_bytes()));
        lead.chunks_exact_mut(4).zip(self.lead).for_each(|(place, hash)| hash.write(place));
    }

    fn read(bytes: &[u8]) -> Self {
        let (slots, lead) = bytes.split_at(2 * SLOTS);
        let slots = slots.as_chunks().0.iter().map(|slot| u16::from_le_bytes(*slot));
        let lead = lead.as_chunks().0.iter().map(|hash| u32::from_le_bytes(*hash));
        let mut sketch = Self::NONE;
        sketch.signature.iter_mut().zip(slots).for_each(|(place, slot)| *place = slot);
        sketch.lead.iter_mut().zip(lead).for_each(|(place, hash)| *place = hash);
        sketch
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

    /// The same stretch behind so many items more.
    pub(super) fn after(self, before: usize) -> Self {
        Self { start: self.start + before as u32, end: self.end + before as u32 }
    }

    /// The stretch from one place to another.
    pub(super) fn between(start: u32, end: u32) -> Self {
        Self { start, end: end.max(start) }
    }

    /// Where it begins and ends.
    pub(super) fn ends(self) -> [u32; 2] {
        [self.start, self.end]
    }

    pub(super) fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    pub(super) fn of<T>(self, list: &[T]) -> &[T] {
        &list[self.start as usize..self.end as usize]
    }
}

/// A list of each article: the lists, and where each is.
#[derive(Debug)]
pub(super) struct Column<T, S = Span> {
    pub(super) spool: Spool<T>,
    pub(super) spans: Vec<S>,
}

impl<T, S> Column<T, S> {
    pub(super) fn with_room(bytes: usize) -> Self {
        Self { spool: Spool::with_room(bytes), spans: Vec::new() }
    }
}

impl<T, S> Default for Column<T, S> {
    fn default() -> Self {
        Self { spool: Spool::default(), spans: Vec::new() }
    }
}

/// Some lists of a spool, in the order in which they were asked for; only those in its file are copied.
#[derive(Debug)]
pub(super) struct Loaded<'a, T> {
    spool: &'a Spool<T>,
    lists: Vec<List<'a, T>>,
    /// Those of the file, one after the other.
    items: Vec<T>,
}

#[derive(Debug)]
enum List<'a, T> {
    Here(&'a [T]),
    /// Where it stands among the items.
    Copied(Range<usize>),
}

impl<'a, T: Item> Loaded<'a, T> {
    /// None of a spool's lists.
    pub(super) fn new(spool: &'a Spool<T>) -> Self {
        Self { spool, lists: Vec::new(), items: Vec::new() }
    }

    /// Takes the lists at these places, instead of those that were taken before, and in their room.
    ///
    /// # Errors
    /// The spool cannot be read.
    pub(super) fn load(&mut self, places: impl Iterator<Item = Place>) -> io::Result<()> {
        let Self { spool, lists, items } = self;
        let (mut away, mut from, mut end) = (Vec::new(), Vec::new(), 0);
        let list = |place: Place| match spool.here(place) {
            Some(list) => List::Here(list),
            None => {
                away.push(place);
                from.push(end);
                end += place.len();
                List::Copied(end - place.len()..end)
            }
        };
        lists.clear();
        lists.extend(places.map(list));
        items.resize(end, T::NONE);
        spool.gather(&away, |k, list| items[from[k]..][..list.len()].copy_from_slice(list))
    }

    pub(super) fn of(&self, k: usize) -> &[T] {
        match &self.lists[k] {
            List::Here(list) => list,
            List::Copied(range) => &self.items[range.clone()],
        }
    }
}
