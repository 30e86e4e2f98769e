//! Candidates of the story level, by the inverted index of a block.

use super::reports::{Posting, UNDATED};
use super::rows::{Group, Rows};
use super::stories;
use super::wire::Kind::{Bytes, Flag, Long};
use super::wire::{Column, Out, Row};
use super::writer::Writer;
use super::{Error, Settings, unpack};
use crate::kernel::time::TimeFactor;
use crate::stages::best::{AROUND, best, best_matches};
use crate::stages::posted::{POSTED, plain};
use crate::stages::reach::{self, Dated, Own, Purpose};

/// A block is some reports of a day: they are found (role 0) by the queries that can reach that day (role 1). A query with
/// `local_terms`, what its terms say in its neighbourhood, asks for matches, one without for its neighbourhood.
pub(super) const BLOCKS: &[Column] = &[
    ("block_day", Long),
    ("block_shard", Long),
    ("role", Long),
    ("item", Long),
    ("time", Long),
    ("stamped", Flag),
    ("history", Flag),
    ("postings", Bytes),
    ("closed", Long),
    ("local_terms", Bytes),
];
/// What two reports promise by the terms that both post: as a match and as a neighbour, where they can be that.
pub(super) const NEAR: &[Column] =
    &[("query", Long), ("other", Long), ("other_time", Long), ("promise", Long), ("partial", Long)];
pub(super) const CHOSEN: &[Column] =
    &[("query", Long), ("other", Long), ("is_match", Flag), ("is_near", Flag)];

/// A report of a block, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Member {
    time: i64,
    item: i64,
    stamped: bool,
}

/// What can be found in a block.
struct Index {
    members: Vec<Member>,
    /// For each purpose term, position of the report and weight; ascending.
    postings: [Vec<(u32, u32, u16)>; 2],
}

/// Of the bits of closed postings, for each purpose one for each slot.
pub(super) fn closed_bit(purpose: Purpose, slot: i64) -> i64 {
    const _: () = assert!(2 * POSTED <= 64);
    let first = if purpose == Purpose::Around { POSTED as i64 } else { 0 };
    1 << (first + slot.clamp(0, POSTED as i64 - 1))
}

/// The candidates of each query in each block.
pub(super) fn near(
    rows: &mut Rows<'_>,
    out: &mut Writer<'_>,
    settings: &Settings,
) -> Result<(), Error> {
    let factor = TimeFactor::new(settings.params.window_days);
    while let Some(mut block) = rows.group()? {
        let (index, mut query) = index(&mut block)?;
        let (mut sums, mut touched) = (vec![0u64; index.members.len()], Vec::new());
        while let Some(row) = query {
            let (purpose, own) = own(&row)?;
            index.add_up(purpose, &own, &mut sums, &mut touched);
            let mut found = Found::default();
            for other in touched.drain(..) {
                let sum = std::mem::take(&mut sums[other as usize]);
                index.offer(&row, other, (purpose, sum), &factor, &mut found)?;
            }
            index.write(row.copy(3), found, out)?;
            query = block.row()?;
        }
    }
    Ok(())
}

/// As what and by what a query asks.
fn own(row: &Row) -> Result<(Purpose, Vec<Own>), Error> {
    let posted = unpack::<Posting>(row, 7)?.into_iter().map(|p| (p.term, p.weight));
    if row.maybe_bytes(9).is_none() {
        let first = posted.filter(|p| Purpose::Around.has(p.1));
        return Ok((
            Purpose::Around,
            first.map(|(term, weight)| (term, plain(weight).into())).collect(),
        ));
    }
    let local = stories::postings(row, 9)?;
    let (terms, weights): (Vec<u32>, Vec<u16>) = local.iter().map(|p| (p.term, p.weight)).unzip();
    Ok((Purpose::Matches, reach::own(posted, &terms, &weights).collect()))
}

/// What a query finds in a block: promise or partial sum, and the report.
#[derive(Default)]
struct Found {
    matches: Vec<(i64, u32)>,
    near: Vec<(i64, u32)>,
}

/// The index of a block, and its first query.
fn index(block: &mut Group<'_, '_>) -> Result<(Index, Option<Row>), Error> {
    let mut found: Vec<(Member, Vec<Posting>, i64)> = Vec::new();
    let query = loop {
        match block.row()? {
            Some(row) if row.long(2)? == 0 => {
                let closed = row.maybe_long(8).unwrap_or(0);
                found.push((member(&row)?, unpack::<Posting>(&row, 7)?, closed));
            }
            other => break other,
        }
    };
    found.sort_unstable_by_key(|f| f.0);
    let open = |purpose: Purpose| {
        let of = |(at, (_, list, closed)): (u32, &(Member, Vec<Posting>, i64))| {
            let slots = (0..).zip(list).filter(|(slot, p)| {
                purpose.has(p.weight) && closed & closed_bit(purpose, *slot) == 0
            });
            slots.map(|(_, p)| (p.term, at, plain(p.weight))).collect::<Vec<_>>()
        };
        let mut postings: Vec<(u32, u32, u16)> = (0..).zip(&found).flat_map(of).collect();
        postings.sort_unstable();
        postings
    };
    let postings = [open(Purpose::Around), open(Purpose::Matches)];
    Ok((Index { members: found.into_iter().map(|f| f.0).collect(), postings }, query))
}

fn member(row: &Row) -> Result<Member, Error> {
    Ok(Member { item: row.long(3)?, time: row.long(4)?, stamped: row.flag(5) })
}

impl Member {
    fn dated(self) -> Dated {
        Dated { time: (self.time != UNDATED).then_some(self.time), stamped: self.stamped }
    }
}

impl Index {
    /// Adds up the products of the postings that a query shares with each report.
    fn add_up(&self, purpose: Purpose, own: &[Own], sums: &mut [u64], touched: &mut Vec<u32>) {
        let postings = &self.postings[usize::from(purpose == Purpose::Matches)];
        for &(term, own) in own {
            let from = postings.partition_point(|p| p.0 < term);
            let same = postings[from..].iter().take_while(|p| p.0 == term);
            for &(_, other, weight) in same {
                let sum = &mut sums[other as usize];
                if *sum == 0 {
                    touched.push(other);
                }
                *sum = sum.saturating_add(u64::from(weight).saturating_mul(own));
            }
        }
    }

    /// Keeps what another report is to a query, if it is anything.
    fn offer(
        &self,
        query: &Row,
        at: u32,
        (purpose, sum): (Purpose, u64),
        factor: &TimeFactor,
        found: &mut Found,
    ) -> Result<(), Error> {
        let (own, other) = (member(query)?, self.members[at as usize]);
        let (x, y) = (own.dated(), other.dated());
        match purpose {
            _ if own.item == other.item => {}
            Purpose::Around if reach::is_around(x, y, query.flag(6)) => {
                let partial = reach::partial(sum.min(u32::MAX.into()) as u32);
                found.near.extend(partial.map(|partial| (partial, at)));
            }
            Purpose::Matches if reach::asks(x, y, other < own) => {
                let promise = reach::promise(sum, reach::factor(x, y, factor));
                found.matches.extend(promise.map(|promise| (promise, at)));
            }
            _ => {}
        }
        Ok(())
    }

    /// Writes the best of a block: what is not among them is not among the best of all blocks.
    fn write(&self, query: Out<'_>, found: Found, out: &mut Writer<'_>) -> Result<(), Error> {
        let Found { matches, near } = found;
        let value = |list: &[(i64, u32)], at: u32| {
            list.iter().find(|found| found.1 == at).map(|found| found.0)
        };
        let matching = best_matches(&mut matches.clone());
        let around = best(&mut near.clone(), AROUND);
        let mut all: Vec<u32> = matching.iter().chain(&around).copied().collect();
        all.sort_unstable();
        all.dedup();
        for at in all {
            let other = self.members[at as usize];
            let promise = matching.binary_search(&at).ok().and_then(|_| value(&matches, at));
            let partial = around.binary_search(&at).ok().and_then(|_| value(&near, at));
            let ends = [query, Out::Long(other.item), Out::Long(other.time)];
            out.row(&[ends[0], ends[1], ends[2], Out::long(promise), Out::long(partial)])?;
        }
        Ok(())
    }
}

/// The candidates of each query that are compared in full.
pub(super) fn choose(rows: &mut Rows<'_>, out: &mut Writer<'_>, _: &Settings) -> Result<(), Error> {
    while let Some(mut group) = rows.group()? {
        let (mut query, mut matches, mut near) = (0, Vec::new(), Vec::new());
        while let Some(row) = group.row()? {
            query = row.long(0)?;
            let other = (row.long(2)?, row.long(1)?);
            matches.extend(row.maybe_long(3).map(|promise| (promise, other)));
            near.extend(row.maybe_long(4).map(|partial| (partial, other)));
        }
        let (matches, near) = (best_matches(&mut matches), best(&mut near, AROUND));
        let mut all: Vec<(i64, i64)> = matches.iter().chain(&near).copied().collect();
        all.sort_unstable();
        all.dedup();
        for other in all {
            let [is_match, is_near] =
                [&matches, &near].map(|list| Out::Flag(list.binary_search(&other).is_ok()));
            out.row(&[Out::Long(query), Out::Long(other.1), is_match, is_near])?;
        }
    }
    Ok(())
}
