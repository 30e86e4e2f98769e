//! What was found of each report at the story level: segments of records, of which the latest on a report counts.

use foldhash::HashMap;

use super::absorb::{self, Absorbed};
use super::state::{NONE, State};
use crate::kernel::varint;
use crate::pipeline::spool::Item as _;
use crate::store::{Block, Error, Keep, Named, Segment, Store};

/// What a segment of findings is called.
pub(super) const KIND: &str = "findings";
/// Sections of such a segment: the records, and from this one on their similar reports, nearest ones and weights.
const RECORDS: usize = 0;
const LISTS: usize = 1;
/// Findings that are copied to be written at a time.
const TOGETHER: usize = 1 << 12;
/// Bytes of a record, of what its lists are counted in: similar reports are written in as few as they need.
const RECORD: usize = 20;
const UNITS: [usize; 3] = [1, NEAR, 2];
const NEAR: usize = 8;

/// A report that another one resembles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Link {
    /// The other one's row.
    pub(super) row: u32,
    /// Cosine under the fixed weights, in 1 / 65,536.
    pub(super) cosine: i32,
    /// The score of the pair, in 1 / 65,536.
    pub(super) score: i32,
}

/// What was found of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Finding {
    /// What is taken off every pair of it, in 1 / 65,536.
    pub(super) penalty: i32,
    /// The reports that its query found similar.
    pub(super) similar: Vec<Link>,
    /// Its nearest neighbours by row, with their cosines, the most similar first.
    pub(super) nearest: Vec<(u32, i32)>,
    /// The weights of its terms in its neighbourhood.
    pub(super) local: Vec<u16>,
}

impl Finding {
    /// All of it but the similar reports.
    pub(super) fn without_similar(&self) -> Self {
        let (nearest, local) = (self.nearest.clone(), self.local.clone());
        Self { penalty: self.penalty, similar: Vec::new(), nearest, local }
    }

    /// Appends its lists to those of others.
    fn write(&self, [similar, nearest, local]: &mut [Vec<u8>; 3]) {
        write_links(&self.similar, similar);
        for (row, cosine) in &self.nearest {
            nearest.extend(row.to_le_bytes());
            nearest.extend(cosine.to_le_bytes());
        }
        local.extend(self.local.iter().flat_map(|weight| weight.to_le_bytes()));
    }

    /// Back from its lists.
    fn read(penalty: i32, [similar, nearest, local]: &[Vec<u8>; 3]) -> Self {
        let near = |b: &[u8]| (u32::read(&b[..4]), u32::read(&b[4..]).cast_signed());
        Self {
            penalty,
            similar: read_links(similar),
            nearest: nearest.chunks_exact(NEAR).map(near).collect(),
            local: local.as_chunks().0.iter().map(|b| u16::from_le_bytes(*b)).collect(),
        }
    }
}

/// Where the latest record on a report is.
#[derive(Debug, Clone, Copy)]
struct Place {
    segment: u32,
    /// Where its similar reports, near ones and weights begin and end, in [`UNITS`].
    spans: [[u32; 2]; 3],
}

const NOWHERE: Place = Place { segment: NONE, spans: [[0; 2]; 3] };

/// All that was found before, and what is new.
pub(super) struct Findings {
    segments: Vec<(Named, Segment)>,
    /// By row.
    places: Vec<Place>,
    /// What is taken off every pair of each report, by row.
    pub(super) penalties: Vec<i32>,
    /// The same before tonight, of those in `fresh`.
    before: HashMap<u32, i32>,
    /// By row.
    pub(super) fresh: HashMap<u32, Finding>,
}

impl Findings {
    /// What the index has of those that were reports. What else it has is of articles that are no reports any more, or are gone:
    /// their rows may be those of others by now.
    pub(super) fn load(store: &Store, state: &State) -> Result<Self, Error> {
        let rows = state.rows.len();
        let was_report =
            |row: usize| state.was.get(row).is_some_and(|was| was.group as usize == row);
        let mut all = Self {
            segments: Vec::new(),
            places: vec![NOWHERE; rows],
            penalties: vec![0; rows],
            before: HashMap::default(),
            fresh: HashMap::default(),
        };
        for named in store.segments_of(KIND)? {
            let segment = store.segment(&named)?;
            let mut ends = [0; 3];
            segment.each_record(RECORDS, RECORD, |record| {
                let int = |i: usize| u32::read(&record[4 * i..4 * i + 4]);
                let next = [int(2), int(3), int(4)];
                let row = int(0) as usize;
                if was_report(row) {
                    let spans = std::array::from_fn(|i| [ends[i], next[i].max(ends[i])]);
                    all.places[row] = Place { segment: all.segments.len() as u32, spans };
                    all.penalties[row] = int(1).cast_signed();
                }
                ends = next;
                Ok(())
            })?;
            all.segments.push((named, segment));
        }
        Ok(all)
    }

    /// Takes in what was found of a report.
    pub(super) fn put(&mut self, row: u32, finding: Finding) {
        let before = std::mem::replace(&mut self.penalties[row as usize], finding.penalty);
        self.before.entry(row).or_insert(before);
        self.fresh.insert(row, finding);
    }

    /// What was taken off every pair of a report before tonight.
    pub(super) fn penalty_before(&self, row: u32) -> i32 {
        self.before.get(&row).copied().unwrap_or(self.penalties[row as usize])
    }

    /// Calls `each` with the position of every row and what was found of it, as far as `wanted` says; in no order.
    fn visit(
        &self,
        rows: &[u32],
        wanted: [bool; 3],
        mut each: impl FnMut(usize, &Finding),
    ) -> Result<(), Error> {
        let (fresh, stored): (Vec<u32>, Vec<u32>) =
            (0..rows.len() as u32).partition(|i| self.fresh.contains_key(&rows[*i as usize]));
        for i in fresh {
            each(i as usize, &self.fresh[&rows[i as usize]]);
        }
        self.visit_stored(rows, stored, wanted, each)
    }

    /// As [`visit`](Self::visit), of the rows at some positions, as it was before tonight.
    fn visit_stored(
        &self,
        rows: &[u32],
        mut stored: Vec<u32>,
        wanted: [bool; 3],
        mut each: impl FnMut(usize, &Finding),
    ) -> Result<(), Error> {
        let place = |i: &u32| self.places[rows[*i as usize] as usize];
        stored.retain(|i| place(i).segment != NONE);
        stored.sort_unstable_by_key(|i| (place(i).segment, place(i).spans));
        let mut bytes: [Vec<u8>; 3] = Default::default();
        for same in stored.chunk_by(|i, j| place(i).segment == place(j).segment) {
            let segment = &self.segments[place(&same[0]).segment as usize].1;
            let mut blocks: [Block; 3] = Default::default();
            for i in same {
                bytes.iter_mut().for_each(Vec::clear);
                for (n, size) in UNITS.into_iter().enumerate().filter(|(n, _)| wanted[*n]) {
                    let [from, to] = place(i).spans[n];
                    let length = (to - from) as usize * size;
                    let from = u64::from(from) * size as u64;
                    segment.read_by(&mut blocks[n], LISTS + n, from, length, &mut bytes[n])?;
                }
                let penalty = self.penalties[rows[*i as usize] as usize];
                each(*i as usize, &Finding::read(penalty, &bytes));
            }
        }
        Ok(())
    }

    /// Calls `each` with the position of every row, its similar and its nearest reports; in no order.
    pub(super) fn each_naming(
        &self,
        rows: &[u32],
        each: impl FnMut(usize, &Finding),
    ) -> Result<(), Error> {
        self.visit(rows, [true, true, false], each)
    }

    /// Calls `each` with the position of every row and its similar reports; in no order.
    pub(super) fn each_similar(
        &self,
        rows: &[u32],
        mut each: impl FnMut(usize, &[Link]),
    ) -> Result<(), Error> {
        self.visit(rows, [true, false, false], |i, found| each(i, &found.similar))
    }

    /// As [`each_similar`](Self::each_similar), as it was before tonight.
    pub(super) fn each_similar_before(
        &self,
        rows: &[u32],
        mut each: impl FnMut(usize, &[Link]),
    ) -> Result<(), Error> {
        let all = (0..rows.len() as u32).collect();
        self.visit_stored(rows, all, [true, false, false], |i, found| each(i, &found.similar))
    }

    /// The nearest reports of some, in their order.
    pub(super) fn nearest(&self, rows: &[u32]) -> Result<Vec<Vec<(u32, i32)>>, Error> {
        let mut all = vec![Vec::new(); rows.len()];
        self.visit(rows, [false, true, false], |i, found| all[i].clone_from(&found.nearest))?;
        Ok(all)
    }

    /// The local weights of some, in their order.
    pub(super) fn local(&self, rows: &[u32]) -> Result<Vec<Vec<u16>>, Error> {
        let mut all = vec![Vec::new(); rows.len()];
        self.visit(rows, [false, false, true], |i, found| all[i].clone_from(&found.local))?;
        Ok(all)
    }

    /// All that was found of some, in their order.
    pub(super) fn whole(&self, rows: &[u32]) -> Result<Vec<Finding>, Error> {
        let mut all = vec![Finding::default(); rows.len()];
        self.visit(rows, [true; 3], |i, found| all[i].clone_from(found))?;
        Ok(all)
    }

    /// Writes what is new, together with small segments of before; what was found of reports that are none any more is
    /// dropped.
    pub(super) fn write(
        &self,
        store: &Store,
        number: u32,
        is_report: impl Fn(u32) -> bool,
    ) -> Result<Absorbed, Error> {
        if self.fresh.is_empty() {
            return Ok(Absorbed::default());
        }
        let named: Vec<Named> = self.segments.iter().map(|(named, _)| named.clone()).collect();
        let gone: Vec<u32> =
            absorb::small(&named, KIND).into_iter().map(|named| named.number).collect();
        let is_gone = |place: &Place| {
            place.segment != NONE && gone.contains(&self.segments[place.segment as usize].0.number)
        };
        let rows: Vec<u32> = (0..)
            .zip(&self.places)
            .filter(|(row, place)| self.fresh.contains_key(row) || is_gone(place))
            .map(|(row, _)| row)
            .filter(|&row| is_report(row))
            .collect();
        let (mut records, mut lists) = (Vec::new(), [const { Vec::new() }; 3]);
        for some in rows.chunks(TOGETHER) {
            for (row, found) in some.iter().zip(self.whole(some)?) {
                found.write(&mut lists);
                let ends = lists.each_ref().map(Vec::len);
                let ends = [0, 1, 2].map(|n| (ends[n] / UNITS[n]) as u32);
                let ints = [*row, found.penalty.cast_unsigned(), ends[0], ends[1], ends[2]];
                records.extend(ints.iter().flat_map(|int| int.to_le_bytes()));
            }
        }
        let mut writer = store.new_segment(number)?;
        let [similar, nearest, local] = &lists;
        // Similar reports are read of many each night.
        let sections = [(&records, Keep::Packed), (similar, Keep::Plain)];
        for (bytes, keep) in sections.into_iter().chain([nearest, local].map(|l| (l, Keep::Packed)))
        {
            writer.section(keep)?;
            writer.write(bytes)?;
        }
        let bytes = writer.finish()? as i64;
        let (kind, rows) = (KIND.to_owned(), rows.len() as u32);
        Ok(Absorbed { new: Some(Named { number, kind, first_row: 0, rows, bytes }), gone })
    }
}

/// Appends links, ascending, each by how much more it is than the one before.
fn write_links(links: &[Link], bytes: &mut Vec<u8>) {
    let mut before = 0;
    for link in links {
        varint::put(bytes, link.row.wrapping_sub(before));
        varint::put(bytes, varint::unsigned(link.cosine));
        varint::put(bytes, varint::unsigned(link.cosine.wrapping_sub(link.score)));
        before = link.row;
    }
}

/// Back from [`write_links`].
fn read_links(mut bytes: &[u8]) -> Vec<Link> {
    let (mut links, mut row) = (Vec::new(), 0u32);
    let mut next = || varint::take(&mut bytes);
    while let (Some(more), Some(cosine), Some(less)) = (next(), next(), next()) {
        row = row.wrapping_add(more);
        let cosine = varint::signed(cosine);
        links.push(Link { row, cosine, score: cosine.wrapping_sub(varint::signed(less)) });
    }
    links
}
