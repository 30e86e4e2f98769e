//! Reports compared in full: cosines, crowding.

use super::reports::{Posting, UNDATED, terms};
use super::rows::Rows;
use super::wire::Kind::{Bytes, Flag, Long};
use super::wire::{Column, Out, Row};
use super::writer::Writer;
use super::{Error, Settings, pack, unpack};
use crate::kernel::cosine::{Probe, cosine, square};
use crate::kernel::time::{ONE, TimeFactor};
use crate::stages::crowd;
use crate::stages::neighbours::{NEAREST, keep_nearest};
use crate::stages::reach::{self, Dated};
use crate::stages::support;
use crate::stages::terms::Term;
use crate::stages::weights::{TERMS, Vectors};

/// A report (role 0) and those that it is compared with (role 1).
pub(super) const STAR: &[Column] = &[
    ("query", Long),
    ("role", Long),
    ("item", Long),
    ("time", Long),
    ("stamped", Flag),
    ("content", Long),
    ("terms", Bytes),
    ("is_match", Flag),
    ("is_near", Flag),
];
/// `rank` is the place among the nearest neighbours. Without `other`: the weights of a report in its neighbourhood.
pub(super) const COMPARED: &[Column] = &[
    ("query", Long),
    ("other", Long),
    ("query_time", Long),
    ("other_time", Long),
    ("cosine", Long),
    ("factor", Long),
    ("is_similar", Flag),
    ("near_rank", Long),
    ("local_terms", Bytes),
];
pub(super) const CROWD: &[Column] = &[
    ("query", Long),
    ("role", Long),
    ("other", Long),
    ("query_time", Long),
    ("other_time", Long),
    ("cosine", Long),
    ("factor", Long),
    ("is_similar", Flag),
    ("near_rank", Long),
    ("local_terms", Bytes),
];
/// Without `other`: the penalty of a report.
pub(super) const SCORED: &[Column] = &[
    ("query", Long),
    ("other", Long),
    ("query_time", Long),
    ("other_time", Long),
    ("cosine", Long),
    ("factor", Long),
    ("score", Long),
    ("penalty", Long),
];

/// A pair of similar reports at one of its ends.
pub(super) const SIMILAR: &[Column] = &[
    ("item", Long),
    ("other", Long),
    ("other_time", Long),
    ("score", Long),
    ("penalty", Long),
    ("other_penalty", Long),
];
/// What a report says of the pair, in 1 / 65,536², and the share that the other one has in what is said for it. Without
/// `other`: its supported penalty.
pub(super) const SAID: &[Column] =
    &[("item", Long), ("other", Long), ("share", Long), ("said", Long), ("penalty", Long)];

/// Compares each report with its candidates in full, and weighs its terms in its neighbourhood.
pub(super) fn compare(
    rows: &mut Rows<'_>,
    out: &mut Writer<'_>,
    settings: &Settings,
) -> Result<(), Error> {
    let factor = TimeFactor::new(settings.params.window_days);
    let mut probe = Probe::default();
    while let Some(mut group) = rows.group()? {
        let mut star = group.all()?;
        own_first(&star)?;
        let order = |row: &Row| Ok((row.long(1)?, row.maybe_long(3), row.long(2)?));
        let keys: Vec<_> = star.iter().map(order).collect::<Result<_, Error>>()?;
        let mut places: Vec<usize> = (0..star.len()).collect();
        places.sort_by_key(|&i| keys[i]);
        star = places.into_iter().map(|i| star[i].clone()).collect();
        let terms = |row: &Row| terms(row, 6);
        let lists: Vec<Vec<Term>> = star.iter().map(terms).collect::<Result<_, Error>>()?;
        let mut vectors = Vectors::with_lengths(lists.iter().map(Vec::len));
        lists.iter().enumerate().for_each(|(i, terms)| vectors.fill(i, terms));
        let fixed = vectors.fixed();
        vectors.load(&fixed, 0, &mut probe);
        let cosines: Vec<i32> =
            (0..star.len()).map(|j| vectors.cosine(&fixed, &probe, 0, j)).collect();
        let around = (1..).zip(&star[1..]).filter(|(_, row)| row.flag(8));
        let mut nearest: Vec<(u32, i32)> =
            around.map(|(j, _): (u32, _)| (j, cosines[j as usize])).collect();
        keep_nearest(&mut nearest);
        let local = vectors.local_of(0, &nearest, &probe);
        nearest.truncate(NEAREST);
        let pairs = vectors.dimensions(0).iter().zip(&local);
        let local: Vec<Posting> = pairs.map(|(&term, &weight)| Posting { term, weight }).collect();
        let own = &star[0];
        let blank = [Out::Null; 6];
        let [a, b, c, d, e, f] = blank;
        out.row(&[own.copy(0), a, b, c, d, e, Out::Flag(false), f, Out::Bytes(&pack(&local))])?;
        for (j, row) in (0u32..).zip(&star).skip(1) {
            let cosine = cosines[j as usize];
            let factor = reach::factor(dated(own), dated(row), &factor);
            let is_similar =
                row.flag(7) && reach::is_similar(cosine, factor) && row.long(5)? != own.long(5)?;
            let rank = nearest.iter().position(|n| n.0 == j);
            if is_similar || rank.is_some() {
                out.row(&[
                    own.copy(0),
                    row.copy(2),
                    Out::Long(own.maybe_long(3).unwrap_or(UNDATED)),
                    Out::Long(row.maybe_long(3).unwrap_or(UNDATED)),
                    Out::Long(cosine.into()),
                    Out::Long(factor),
                    Out::Flag(is_similar),
                    Out::long(rank.map(|rank| rank as i64)),
                    Out::Null,
                ])?;
            }
        }
    }
    Ok(())
}

fn dated(row: &Row) -> Dated {
    Dated { time: row.maybe_long(3).filter(|&time| time != UNDATED), stamped: row.flag(4) }
}

/// The first row of a star must be that of the report itself.
fn own_first(star: &[Row]) -> Result<(), Error> {
    let [own, ..] = star else { return Ok(()) };
    if own.long(1)? == 0 { Ok(()) } else { Err(own.bad(1, "has no row of the report itself")) }
}

/// The scores of each report's pairs under local weights, and its penalty.
pub(super) fn crowd(rows: &mut Rows<'_>, out: &mut Writer<'_>, _: &Settings) -> Result<(), Error> {
    let mut probe = Probe::default();
    while let Some(mut group) = rows.group()? {
        let star = group.all()?;
        own_first(&star)?;
        let (terms, weights, length) = local(&star[0])?;
        probe.load(&terms, &weights);
        let mut around = Vec::new();
        for row in &star[1..] {
            let (others, other_weights, other_length) = local(row)?;
            let local = cosine(probe.dot(&others, &other_weights), length, other_length);
            let mixed = reach::mixed(share(row, 5)?, local);
            around.extend(row.maybe_long(8).map(|rank| (rank, mixed)));
            if row.flag(7) {
                let score = crowd::score(mixed, share(row, 6)?);
                let mut scored: Vec<Out<'_>> = [0, 2, 3, 4, 5, 6].map(|c| row.copy(c)).into();
                scored.extend([Out::Long(score.into()), Out::Null]);
                out.row(&scored)?;
            }
        }
        around.sort_unstable();
        // Who is found by nobody and finds nobody is in no pair: its penalty does not matter.
        let dated = star.get(1).is_none_or(|row| row.maybe_long(3) != Some(UNDATED));
        let known = around.len();
        let penalty = crowd::penalty(around.into_iter().map(|(_, mixed)| mixed), known, dated);
        let mut own = [Out::Null; SCORED.len()];
        (own[0], own[7]) = (star[0].copy(0), Out::Long(penalty));
        out.row(&own)?;
    }
    Ok(())
}

/// Who speaks for each report, and what it says itself.
pub(super) fn support(
    rows: &mut Rows<'_>,
    out: &mut Writer<'_>,
    _: &Settings,
) -> Result<(), Error> {
    while let Some(mut group) = rows.group()? {
        let similar = group.all()?;
        let penalty = share(&similar[0], 4)?;
        let mut close = Vec::new();
        for (i, row) in similar.iter().enumerate() {
            // In the order of reports.
            let other = (row.long(2)?, row.long(1)?, i);
            close.push((share(row, 3)? - penalty - share(row, 5)?, other));
        }
        let (own, others) = support::shares(close.into_iter());
        let mut shares = vec![0; similar.len()];
        let mut said = (ONE + own) * penalty;
        for ((_, _, i), part) in others {
            shares[i] = part;
            said += part * share(&similar[i], 5)?;
        }
        for (row, part) in similar.iter().zip(shares) {
            let said = support::said(share(row, 3)?, own, part);
            let numbers = [Out::Long(part), Out::Long(said), Out::Null];
            out.row(&[[row.copy(0), row.copy(1)].as_slice(), &numbers].concat())?;
        }
        let supported = Out::Long(support::average(said));
        out.row(&[similar[0].copy(0), Out::Null, Out::Null, Out::Null, supported])?;
    }
    Ok(())
}

/// A number in 1 / 65,536, up to about 1.
fn share(row: &Row, column: usize) -> Result<i64, Error> {
    let value = row.long(column)?;
    if (0..=2 * ONE).contains(&value) { Ok(value) } else { Err(row.bad(column, "is no share")) }
}

/// Local weights: terms, weights and the length of all.
fn local(row: &Row) -> Result<(Vec<u32>, Vec<u16>, f64), Error> {
    let list = postings(row, 9)?;
    let weights: Vec<u16> = list.iter().map(|p| p.weight).collect();
    let length = (square(&weights) as f64).sqrt();
    Ok((list.iter().map(|p| p.term).collect(), weights, length))
}

/// Weights by term; ascending, or they could not be compared.
pub(super) fn postings(row: &Row, column: usize) -> Result<Vec<Posting>, Error> {
    let list = unpack::<Posting>(row, column)?;
    let sound =
        list.is_sorted_by(|x, y| x.term < y.term) && list.first().is_none_or(|p| p.term > 0);
    if sound && list.len() <= TERMS {
        Ok(list)
    } else {
        Err(row.bad(column, "is no list of terms"))
    }
}
