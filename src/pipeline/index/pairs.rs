//! Pairs of articles that the search for copies proposed, with what the exact check found: segments of records, of which the
//! latest on a pair counts.

use super::absorb::{self, Absorbed};
use super::together::Together;
use crate::pipeline::spool::Item as _;
use crate::stages::changed::Proposals;
use crate::stages::duplicates::Examined;
use crate::store::{Block, Error, Keep, Named, Segment, Store};

/// What a segment of pairs is called.
pub(super) const KIND: &str = "pairs";
/// Sections of such a segment: the records; of every [`TOGETHER`] of them the higher rows of the first and the last; and which
/// articles hang together by them.
const RECORDS: usize = 0;
const REACH: usize = 1;
const TIES: usize = 2;
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
    pub(super) fn place(&self) -> (u32, u32) {
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

    /// Whether its two are in one component.
    pub(super) fn ties(&self) -> bool {
        self.is_candidate() && self.may_match()
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
        bytes[20] = self.proposals.band.cast_unsigned();
        bytes[21] = self.proposals.lead.cast_unsigned();
        bytes[22] = u8::from(self.related);
        bytes
    }

    fn read(bytes: &[u8; RECORD]) -> Self {
        let int = |i: usize| u32::read(&bytes[4 * i..4 * i + 4]);
        Self {
            a: int(0),
            b: int(1),
            proposals: Proposals { band: bytes[20].cast_signed(), lead: bytes[21].cast_signed() },
            related: bytes[22] != 0,
            numbers: [2, 3, 4].map(|i| f32::from_bits(int(i))),
        }
    }
}

/// Records that are read at a time: three blocks of a segment.
const TOGETHER: usize = 1 << 12;

/// The pairs that the index has, and what is new. There are many more than a night touches: those of rows that nobody asks
/// for are passed over.
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
        let open = |named: Named| store.segment(&named).map(|segment| (named, segment));
        let segments =
            store.segments_of(KIND)?.into_iter().map(open).collect::<Result<_, Error>>()?;
        Ok(Self { segments, rows: rows as u32, fresh: Vec::new() })
    }

    /// What hangs together by pairs that match or may, or that once did.
    pub(super) fn together(&self) -> Result<Together, Error> {
        let mut together = Together::new(self.rows);
        for (_, segment) in &self.segments {
            for [a, b] in twos(&segment.section(TIES)?) {
                together.tie(a, b);
            }
        }
        Ok(together)
    }

    /// The pairs that count among those whose lower and whose higher rows are wanted, ascending.
    pub(super) fn select(&self, lower: &[bool], higher: &[bool]) -> Result<Vec<Pair>, Error> {
        let has = |rows: &[bool], row: u32| rows.get(row as usize).is_some_and(|wanted| *wanted);
        let is_wanted = |row: u32| has(higher, row);
        let both = |pair: &Pair| is_wanted(pair.b) && has(lower, pair.a);
        let mut found = Vec::new();
        for (_, segment) in &self.segments {
            let reach: Vec<[u32; 2]> = twos(&segment.section(REACH)?).collect();
            let has = |chunk: usize| reach.get(chunk).is_none_or(|&[x, y]| (x..=y).any(is_wanted));
            each_chunk(segment, has, |records| {
                found.extend(records.iter().map(Pair::read).filter(both));
            })?;
        }
        found.extend(self.fresh.iter().filter(|pair| both(pair)));
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
            each_chunk(segment, |_| true, |some| records.extend(some.iter().map(Pair::read)))?;
        }
        latest(&mut records);
        // What a segment that stays said later would not be the latest any more. What no longer counts is said again, for an
        // older segment may say otherwise.
        let mut now = Vec::new();
        for (_, segment) in self.segments.iter().filter(|_| !records.is_empty()) {
            let known = |pair: &Pair| find(&records, pair.a, pair.b).is_some();
            each_chunk(
                segment,
                |_| true,
                |some| {
                    now.extend(some.iter().map(Pair::read).filter(known));
                },
            )?;
        }
        now.extend(self.fresh);
        latest(&mut now);
        let mut writer = store.new_segment(number)?;
        writer.section(Keep::Packed)?;
        now.iter().try_for_each(|pair| writer.write(&pair.write()))?;
        let mut write_twos = |twos: &mut dyn Iterator<Item = [u32; 2]>| {
            writer.section(Keep::Packed)?;
            twos.flatten().try_for_each(|row| writer.write(&row.to_le_bytes()))
        };
        write_twos(&mut now.chunks(TOGETHER).map(|some| [some[0].b, some[some.len() - 1].b]))?;
        let mut together = Together::new(self.rows);
        let ties = now.iter().filter(|pair| pair.ties() && together.tie(pair.a, pair.b));
        write_twos(&mut ties.map(|pair| [pair.a, pair.b]))?;
        let rows = now.len() as u32;
        let bytes = writer.finish()? as i64;
        let new = Named { number, kind: KIND.to_owned(), first_row: 0, rows, bytes };
        Ok(Absorbed { new: Some(new), gone })
    }
}

/// Calls `each` with the records of a segment, [`TOGETHER`] at a time, as far as a chunk of that number is wanted.
fn each_chunk(
    segment: &Segment,
    wanted: impl Fn(usize) -> bool,
    mut each: impl FnMut(&[[u8; RECORD]]),
) -> Result<(), Error> {
    let (mut block, mut bytes) = (Block::default(), Vec::new());
    let (all, size) = (segment.section_len(RECORDS), (TOGETHER * RECORD) as u64);
    for chunk in (0..all.div_ceil(size) as usize).filter(|&chunk| wanted(chunk)) {
        let from = chunk as u64 * size;
        bytes.clear();
        segment.read_by(&mut block, RECORDS, from, (all - from).min(size) as usize, &mut bytes)?;
        each(bytes.as_chunks().0);
    }
    Ok(())
}

/// Rows, two and two.
fn twos(bytes: &[u8]) -> impl Iterator<Item = [u32; 2]> {
    bytes.as_chunks::<8>().0.iter().map(|two| [u32::read(&two[..4]), u32::read(&two[4..])])
}

/// What is known of a pair among pairs that are ascending.
pub(super) fn find(pairs: &[Pair], a: u32, b: u32) -> Option<&Pair> {
    pairs.binary_search_by_key(&(b, a), Pair::place).ok().map(|i| &pairs[i])
}

/// Those of some pairs of which something else is known, or nothing; both are ascending.
pub(super) fn differing(some: &[Pair], known: &[Pair]) -> Vec<Pair> {
    let mut known = known.iter().peekable();
    let mut differing = some.to_vec();
    differing.retain(|pair| {
        while known.next_if(|known| known.place() < pair.place()).is_some() {}
        known.peek() != Some(&pair)
    });
    differing
}

/// Of records in the order in which they were made, the latest on each pair, where it counts; ascending.
fn counting(mut pairs: Vec<Pair>) -> Vec<Pair> {
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
