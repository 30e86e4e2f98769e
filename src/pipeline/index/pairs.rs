//! Pairs of articles that the search for copies proposed, with what the exact check found: segments of records, of which the
//! latest on a pair counts.

use super::absorb::{self, Absorbed};
use crate::pipeline::spool::Item as _;
use crate::stages::changed::Proposals;
use crate::stages::duplicates::Examined;
use crate::store::{Error, Named, Store};

/// What a segment of pairs is called.
pub(super) const KIND: &str = "pairs";
/// Bytes of a record.
const RECORD: usize = 24;

/// A pair of articles, by row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pair {
    /// The lower row.
    pub(super) a: u32,
    /// The higher row.
    pub(super) b: u32,
    /// How many buckets propose it.
    pub(super) proposals: Proposals,
    /// Whether it was not proposed by a bucket but by a third article that both match.
    pub(super) related: bool,
    /// Resemblance, containment and strength; [`UNKNOWN`] where it was not examined.
    pub(super) numbers: [f32; 3],
}

/// Less than any.
pub(super) const UNKNOWN: [f32; 3] = [-1.0; 3];

impl Pair {
    /// Pairs stand by their higher rows, so that those of new articles come last.
    fn place(&self) -> (u32, u32) {
        (self.b, self.a)
    }

    /// Whether there is anything to it.
    pub(super) fn counts(&self) -> bool {
        self.related || self.proposals != Proposals::default()
    }

    /// Whether the exact check is asked about it because of a bucket.
    pub(super) fn is_candidate(&self) -> bool {
        self.proposals.suffice()
    }

    /// Whether the exact check was made.
    pub(super) fn is_examined(&self) -> bool {
        self.numbers != UNKNOWN
    }

    /// Whether the two match, or may.
    pub(super) fn may_match(&self) -> bool {
        !self.is_examined() || self.numbers[2] >= 1.0
    }

    /// What the exact check found, for the positions of the two.
    pub(super) fn examined(&self, position: impl Fn(u32) -> u32) -> Option<Examined> {
        let [resemblance, containment, strength] = self.numbers;
        let (a, b) = (position(self.a), position(self.b));
        self.is_examined().then_some(Examined {
            a: a.min(b),
            b: a.max(b),
            resemblance,
            containment,
            strength,
        })
    }

    fn write(&self) -> [u8; RECORD] {
        let mut bytes = [0; RECORD];
        let ints = [self.a, self.b].into_iter().chain(self.numbers.map(f32::to_bits));
        bytes.chunks_exact_mut(4).zip(ints).for_each(|(place, int)| int.write(place));
        bytes[20] = self.proposals.any.cast_unsigned();
        bytes[21] = self.proposals.lead.cast_unsigned();
        bytes[22] = u8::from(self.related);
        bytes
    }

    fn read(bytes: &[u8]) -> Self {
        let int = |i: usize| u32::read(&bytes[4 * i..4 * i + 4]);
        Self {
            a: int(0),
            b: int(1),
            proposals: Proposals { any: bytes[20].cast_signed(), lead: bytes[21].cast_signed() },
            related: bytes[22] != 0,
            numbers: [2, 3, 4].map(|i| f32::from_bits(int(i))),
        }
    }
}

/// All pairs that count, ascending, and what is new.
pub(super) struct Pairs {
    pub(super) all: Vec<Pair>,
    /// Those that are to be written, whether they count or not.
    pub(super) changed: Vec<Pair>,
}

impl Pairs {
    /// Loads what the index has.
    pub(super) fn load(store: &Store) -> Result<Self, Error> {
        let named = store.segments()?;
        let of_kind = || named.iter().filter(|named| named.kind == KIND);
        let records: usize = of_kind().map(|named| named.rows as usize).sum();
        // Room for a night's, so that all need not be moved.
        let mut all: Vec<Pair> = Vec::with_capacity(records + records / 8);
        for named in of_kind() {
            let bytes = store.segment(named)?.section(0)?;
            all.extend(bytes.chunks_exact(RECORD).map(Pair::read));
        }
        latest(&mut all);
        Ok(Self { all, changed: Vec::new() })
    }

    /// What is known of a pair.
    pub(super) fn of(&self, a: u32, b: u32) -> Option<&Pair> {
        let found = self.all.binary_search_by_key(&(b, a), Pair::place);
        found.ok().map(|i| &self.all[i])
    }

    /// Takes in pairs that are new or have changed, each once.
    pub(super) fn put(&mut self, changed: Vec<Pair>) {
        self.changed.extend_from_slice(&changed);
        let mut new = Vec::new();
        for pair in changed {
            match self.all.binary_search_by_key(&pair.place(), Pair::place) {
                Ok(i) => self.all[i] = pair,
                Err(_) => new.push(pair),
            }
        }
        self.all.retain(Pair::counts);
        if !new.is_empty() {
            self.all.extend(new);
            latest(&mut self.all);
        }
    }

    /// Writes what is new, together with small segments of before.
    pub(super) fn write(self, store: &Store, number: u32) -> Result<Absorbed, Error> {
        if self.changed.is_empty() {
            return Ok(Absorbed::default());
        }
        let named = store.segments()?;
        let small: Vec<&Named> = absorb::small(&named, KIND);
        let mut records = Vec::new();
        for named in &small {
            let bytes = store.segment(named)?.section(0)?;
            let read = bytes.chunks_exact(RECORD).map(Pair::read);
            // A record that is not the latest would be taken for it here. What no longer counts is said again, for an
            // older segment may say otherwise.
            records.extend(read.filter(|old| match self.of(old.a, old.b) {
                Some(now) => now == old,
                None => !old.counts(),
            }));
        }
        records.extend(self.changed);
        records.reverse();
        records.sort_by_key(Pair::place);
        records.dedup_by_key(|pair| pair.place());
        let mut writer = store.new_segment(number)?;
        records.iter().try_for_each(|pair| writer.write(&pair.write()))?;
        let rows = records.len() as u32;
        let bytes = writer.finish()? as i64;
        let new = Named { number, kind: KIND.to_owned(), first_row: 0, rows, bytes };
        Ok(Absorbed { new: Some(new), gone: small.iter().map(|named| named.number).collect() })
    }
}

/// Of records in the order in which they were made, the latest on each pair, where it counts; ascending.
fn latest(all: &mut Vec<Pair>) {
    // Stable, and quick where records are in order already.
    all.sort_by_key(Pair::place);
    all.dedup_by(|later, kept| {
        let same = later.place() == kept.place();
        if same {
            *kept = *later;
        }
        same
    });
    all.retain(Pair::counts);
}
