//! Pairs of articles that the search for copies proposed, with what the exact check found: segments of records, of which the
//! latest on a pair counts.

use super::absorb::{self, Absorbed};
use crate::pipeline::spool::Item as _;
use crate::stages::changed::Proposals;
use crate::stages::duplicates::Examined;
use crate::store::{Block, Error, Named, Segment, Store};

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

/// Records that are read at a time.
const TOGETHER: usize = 1 << 12;

/// The pairs that the index has, and what is new. There are many more than a night touches: they are gone through, and never
/// all in memory.
pub(super) struct Pairs {
    segments: Vec<(Named, Segment)>,
    /// How many rows there are. What was said of articles of higher rows is still there, when these are gone.
    rows: u32,
    /// What is to be written, whether it counts or not; ascending.
    pub(super) fresh: Vec<Pair>,
}

impl Pairs {
    /// What the index has; so many rows.
    pub(super) fn open(store: &Store, rows: usize) -> Result<Self, Error> {
        let of_kind = store.segments()?.into_iter().filter(|named| named.kind == KIND);
        let open = |named: Named| store.segment(&named).map(|segment| (named, segment));
        let segments = of_kind.map(open).collect::<Result<_, Error>>()?;
        Ok(Self { segments, rows: rows as u32, fresh: Vec::new() })
    }

    /// Calls `each` with all that was ever said of pairs, the latest on each pair last.
    pub(super) fn each(&self, each: impl FnMut(&Pair)) -> Result<(), Error> {
        self.each_of(|_, b| b < self.rows, each)
    }

    /// The same of pairs of rows that are wanted, the lower first.
    fn each_of(
        &self,
        wanted: impl Fn(u32, u32) -> bool,
        mut each: impl FnMut(&Pair),
    ) -> Result<(), Error> {
        let stored = &mut self.segments.iter();
        stored.try_for_each(|(_, segment)| each_in(segment, &wanted, &mut each))?;
        self.fresh.iter().filter(|pair| wanted(pair.a, pair.b)).for_each(each);
        Ok(())
    }

    /// The pairs that count among those of rows that are wanted, ascending.
    pub(super) fn select(&self, wanted: impl Fn(u32, u32) -> bool) -> Result<Vec<Pair>, Error> {
        let mut found = Vec::new();
        self.each_of(|a, b| b < self.rows && wanted(a, b), |pair| found.push(*pair))?;
        Ok(counting(found))
    }

    /// Takes in pairs that are new or have changed, each once.
    pub(super) fn put(&mut self, changed: Vec<Pair>) {
        self.fresh.extend(changed);
        latest(&mut self.fresh);
    }

    /// Writes what is new, together with small segments of before.
    pub(super) fn write(self, store: &Store, number: u32) -> Result<Absorbed, Error> {
        if self.fresh.is_empty() {
            return Ok(Absorbed::default());
        }
        let all: Vec<Named> = self.segments.iter().map(|(named, _)| named.clone()).collect();
        let gone: Vec<u32> = absorb::small(&all, KIND).iter().map(|named| named.number).collect();
        let mut records = Vec::new();
        for (_, segment) in self.segments.iter().filter(|(named, _)| gone.contains(&named.number)) {
            each_in(segment, |_, _| true, |pair| records.push(*pair))?;
        }
        latest(&mut records);
        // What a segment that stays said later would not be the latest any more. What no longer counts is said again, for an
        // older segment may say otherwise.
        let mut now = Vec::new();
        if !records.is_empty() {
            self.each_of(|a, b| find(&records, a, b).is_some(), |pair| now.push(*pair))?;
        }
        now.extend(self.fresh);
        latest(&mut now);
        let mut writer = store.new_segment(number)?;
        now.iter().try_for_each(|pair| writer.write(&pair.write()))?;
        let rows = now.len() as u32;
        let bytes = writer.finish()? as i64;
        let new = Named { number, kind: KIND.to_owned(), first_row: 0, rows, bytes };
        Ok(Absorbed { new: Some(new), gone })
    }
}

/// Calls `each` with every record of a segment on rows that are wanted.
fn each_in(
    segment: &Segment,
    wanted: impl Fn(u32, u32) -> bool,
    mut each: impl FnMut(&Pair),
) -> Result<(), Error> {
    let (mut block, mut bytes, mut from) = (Block::default(), Vec::new(), 0);
    let all = segment.section_len(0);
    while from < all {
        let length = (all - from).min((TOGETHER * RECORD) as u64);
        bytes.clear();
        segment.read_by(&mut block, 0, from, length as usize, &mut bytes)?;
        let row = |record: &[u8], i: usize| u32::read(&record[4 * i..4 * i + 4]);
        let records = bytes.chunks_exact(RECORD);
        let records = records.filter(|record| wanted(row(record, 0), row(record, 1)));
        records.for_each(|record| each(&Pair::read(record)));
        from += length;
    }
    Ok(())
}

/// What is known of a pair among pairs that are ascending.
pub(super) fn find(pairs: &[Pair], a: u32, b: u32) -> Option<&Pair> {
    pairs.binary_search_by_key(&(b, a), Pair::place).ok().map(|i| &pairs[i])
}

/// Of records in the order in which they were made, the latest on each pair, where it counts; ascending.
pub(super) fn counting(mut pairs: Vec<Pair>) -> Vec<Pair> {
    latest(&mut pairs);
    pairs.retain(Pair::counts);
    pairs
}

/// Of records in the order in which they were made, the latest on each pair; ascending.
fn latest(pairs: &mut Vec<Pair>) {
    // Stable, and quick where records are in order already.
    pairs.sort_by_key(Pair::place);
    pairs.dedup_by(|later, kept| {
        let same = later.place() == kept.place();
        if same {
            *kept = *later;
        }
        same
    });
}
