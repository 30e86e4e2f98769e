//! Reports: which member stands for a near-duplicate group at the story level, how much past it has, and what it posts.

use super::rows::Rows;
use super::wire::Kind::{Bytes, Flag, Long, Text};
use super::wire::{Column, Out, Row};
use super::writer::Writer;
use super::{Error, Settings, cards, near, pack, unpack};
use crate::pipeline::spool::Item;
use crate::stages::posted::heaviest;
use crate::stages::reach::{self, HISTORY, HUBS, Purpose};
use crate::stages::terms::Term;
use crate::stages::weights::{TERMS, Vectors};
use crate::text::tables::RARE;

pub(super) const MEMBERS: &[Column] =
    &[("near_group", Long), ("item", Long), ("published", Text), ("id", Text)];
pub(super) const CANONICAL: &[Column] = &[("near_group", Long), ("item", Long)];
pub(super) const TIMES: &[Column] = &[("day", Long), ("time", Long)];
/// As many times of a day as can matter to who asks for a past: the first and the last.
pub(super) const CALENDAR: &[Column] = &[("day", Long), ("times", Bytes)];
/// Days of the calendar in which the past of a day lies (role 0), and the reports of that day (role 1).
pub(super) const REPORTS: &[Column] = &[
    ("day", Long),
    ("role", Long),
    ("times", Bytes),
    ("item", Long),
    ("time", Long),
    ("stamped", Flag),
    ("terms", Bytes),
];
/// An unknown time is [`UNDATED`]; `history` says whether the past is long enough to be a neighbourhood by itself.
pub(super) const POSTS: &[Column] = &[
    ("item", Long),
    ("time", Long),
    ("day", Long),
    ("stamped", Flag),
    ("history", Flag),
    ("postings", Bytes),
];
pub(super) const POSTED: &[Column] = &[("item", Long), ("day", Long), ("postings", Bytes)];
pub(super) const POSTINGS: &[Column] =
    &[("term", Long), ("day", Long), ("item", Long), ("slot", Long)];
/// The same, with how many reports there are of the day.
pub(super) const SIZED: &[Column] =
    &[("term", Long), ("day", Long), ("item", Long), ("slot", Long), ("reports", Long)];
/// A bit for the slot of a posting that queries do not find.
pub(super) const CLOSED: &[Column] = &[("item", Long), ("bit", Long)];

/// The time of an undated report: before all others.
pub(super) const UNDATED: i64 = i64::MIN;

/// A term and its weight, as a report posts them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Posting {
    pub(super) term: u32,
    pub(super) weight: u16,
}

impl Item for Posting {
    const SIZE: usize = 6;
    const NONE: Self = Self { term: 0, weight: 0 };

    fn write(self, bytes: &mut [u8]) {
        bytes[..4].copy_from_slice(&self.term.to_le_bytes());
        bytes[4..].copy_from_slice(&self.weight.to_le_bytes());
    }

    fn read(bytes: &[u8]) -> Self {
        Self { term: u32::read(bytes), weight: u16::from_le_bytes([bytes[4], bytes[5]]) }
    }
}

impl Item for i64 {
    const SIZE: usize = 8;
    const NONE: Self = 0;

    fn write(self, bytes: &mut [u8]) {
        bytes.copy_from_slice(&self.to_le_bytes());
    }

    fn read(bytes: &[u8]) -> Self {
        Self::from_le_bytes(bytes.try_into().expect("as long as it says"))
    }
}

/// The earliest member of each group.
pub(super) fn canonical(
    rows: &mut Rows<'_>,
    out: &mut Writer<'_>,
    _: &Settings,
) -> Result<(), Error> {
    while let Some(mut group) = rows.group()? {
        let mut best = None;
        while let Some(row) = group.row()? {
            let published = cards::moment(&row, 2)?;
            let rank = (published.is_none(), published, row.text(3).to_owned());
            if best.as_ref().is_none_or(|(other, _)| rank < *other) {
                best = Some((rank, row));
            }
        }
        if let Some((_, row)) = best {
            out.row(&[row.copy(0), row.copy(1)])?;
        }
    }
    Ok(())
}

/// The first and the last times of each day.
pub(super) fn calendar(
    rows: &mut Rows<'_>,
    out: &mut Writer<'_>,
    _: &Settings,
) -> Result<(), Error> {
    while let Some(mut group) = rows.group()? {
        let (mut day, mut first) = (0, Vec::with_capacity(HISTORY));
        let mut last = std::collections::VecDeque::with_capacity(HISTORY);
        while let Some(row) = group.row()? {
            day = row.long(0)?;
            let time = row.long(1)?;
            if first.len() < HISTORY {
                first.push(time);
                continue;
            }
            if last.len() == HISTORY {
                last.pop_front();
            }
            last.push_back(time);
        }
        first.extend(last);
        out.row(&[Out::Long(day), Out::Bytes(&pack(&first))])?;
    }
    Ok(())
}

/// The heaviest terms of each report.
pub(super) fn post(rows: &mut Rows<'_>, out: &mut Writer<'_>, _: &Settings) -> Result<(), Error> {
    while let Some(mut group) = rows.group()? {
        let mut times: Vec<i64> = Vec::new();
        let mut sorted = false;
        while let Some(row) = group.row()? {
            if row.long(1)? == 0 {
                times.extend(unpack::<i64>(&row, 2)?);
                continue;
            }
            if !std::mem::replace(&mut sorted, true) {
                times.sort_unstable();
            }
            one(&row, &times, out)?;
        }
    }
    Ok(())
}

fn one(row: &Row, times: &[i64], out: &mut Writer<'_>) -> Result<(), Error> {
    let time = row.maybe_long(4);
    let before = |limit: i64| times.partition_point(|&time| time < limit);
    let past = time.map(reach::past).map(|past| before(past.end) - before(past.start));
    let terms = terms(row, 6)?;
    let mut vectors = Vectors::with_lengths([terms.len()].into_iter());
    vectors.fill(0, &terms);
    let fixed = vectors.fixed();
    let posted = heaviest(0, &vectors, &fixed);
    let postings: Vec<Posting> = posted.map(|(term, weight)| Posting { term, weight }).collect();
    out.row(&[
        row.copy(3),
        Out::Long(time.unwrap_or(UNDATED)),
        row.copy(0),
        row.copy(5),
        Out::Flag(past.is_some_and(|past| past >= HISTORY)),
        Out::Bytes(&pack(&postings)),
    ])
}

/// The terms of an article; ascending and of known levels, or they could not be weighed.
pub(super) fn terms(row: &Row, column: usize) -> Result<Vec<Term>, Error> {
    let terms = unpack::<Term>(row, column)?;
    let sound = terms.is_sorted_by(|x, y| x.hash() < y.hash())
        && terms.len() <= TERMS
        && terms.iter().all(|term| term.hash() > 0 && term.level <= RARE);
    if sound { Ok(terms) } else { Err(row.bad(column, "is no list of terms")) }
}

/// The postings of each report one by one.
pub(super) fn postings(
    rows: &mut Rows<'_>,
    out: &mut Writer<'_>,
    _: &Settings,
) -> Result<(), Error> {
    while let Some(row) = rows.row()? {
        for (slot, posting) in (0..).zip(unpack::<Posting>(&row, 2)?) {
            out.row(&[Out::Long(posting.term.into()), row.copy(1), row.copy(0), Out::Long(slot)])?;
        }
    }
    Ok(())
}

/// In a crowded bucket, a term on a day, queries find the hubs only; for each purpose.
pub(super) fn close(rows: &mut Rows<'_>, out: &mut Writer<'_>, _: &Settings) -> Result<(), Error> {
    while let Some(mut group) = rows.group()? {
        let mut few: [Vec<Row>; 2] = Default::default();
        let mut counts = [0usize; 2];
        while let Some(row) = group.row()? {
            for ((purpose, few), n) in Purpose::ALL.into_iter().zip(&mut few).zip(&mut counts) {
                let mut closed = |row: &Row| {
                    let bit = near::closed_bit(purpose, row.long(3)?);
                    out.row(&[row.copy(2), Out::Long(bit)])
                };
                if !purpose.has_rank(row.long(3)?) {
                    continue;
                }
                *n += 1;
                match *n {
                    n if n <= HUBS => {}
                    n if n <= purpose.cap(row.long(4)? as usize) => few.push(row.clone()),
                    _ => {
                        few.drain(..).try_for_each(|row| closed(&row))?;
                        closed(&row)?;
                    }
                }
            }
        }
    }
    Ok(())
}
