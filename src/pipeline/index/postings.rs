//! The postings of some terms out of all segments of an index.

use rayon::prelude::*;

use super::Error;
use super::reports::Reports;
use super::rows;
use super::state::{NONE, State};
use crate::kernel::varint;
use crate::stages::postings::Postings;
use crate::store::{Block, Segment};

/// Postings taken out of one segment.
#[derive(Default)]
struct Taken {
    /// Of which term how many.
    counts: Vec<(usize, usize)>,
    /// Position and weight.
    list: Vec<(u32, u16)>,
}

/// The postings of some terms, ascending, in a stretch of time.
pub(super) fn postings(
    state: &State,
    reports: &Reports,
    terms: &[u32],
    [from, to]: [i64; 2],
) -> Result<Postings, Error> {
    if terms.is_empty() {
        return Ok(Postings::default());
    }
    let inside = reports.times.between(from, to);
    let position = |&row: &u32| {
        let position = reports.position.get(row as usize).copied().unwrap_or(NONE);
        if inside.contains(&(position as usize)) { position } else { NONE }
    };
    let take_from = |(segment, rows): (&Segment, &Vec<u32>)| {
        let positions: Vec<u32> = rows.iter().map(position).collect();
        match positions.iter().all(|&position| position == NONE) {
            true => Ok(Taken::default()),
            false => take(segment, terms, &positions),
        }
    };
    let all: Vec<(&Segment, &Vec<u32>)> = state.segments.iter().zip(&state.by_segment).collect();
    let taken: Result<Vec<Taken>, Error> = all.into_par_iter().map(take_from).collect();
    let taken = taken?;
    let mut lengths = vec![0; terms.len()];
    for &(term, n) in taken.iter().flat_map(|taken| &taken.counts) {
        lengths[term] += n as u32;
    }
    let mut all = Postings::with_lengths(terms, &lengths);
    let mut filled = vec![0; terms.len()];
    for Taken { counts, list } in taken {
        let mut rest = &list[..];
        for (term, n) in counts {
            let (some, others) = rest.split_at(n);
            let (reports, weights) = all.of_mut(term);
            let places = reports[filled[term]..].iter_mut().zip(&mut weights[filled[term]..]);
            places.zip(some).for_each(|((report, weight), posting)| {
                (*report, *weight) = *posting;
            });
            filled[term] += n;
            rest = others;
        }
    }
    all.sort();
    Ok(all)
}

/// Takes the postings of some terms out of a segment, of whose articles only those with a position count.
fn take(segment: &Segment, terms: &[u32], positions: &[u32]) -> Result<Taken, Error> {
    let (mut taken, mut block, mut bytes) = (Taken::default(), Block::default(), Vec::new());
    let dictionary = segment.section(rows::POSTED)?;
    let (mut dictionary, mut term, mut begin) = (&dictionary[..], 0u32, 0);
    let mut next = || Some((varint::take(&mut dictionary)?, varint::take(&mut dictionary)?));
    let mut wanted = (0..).zip(terms).peekable();
    while let Some((more, length)) = next() {
        term = term.wrapping_add(more);
        while wanted.next_if(|(_, wanted)| **wanted < term).is_some() {}
        if let Some((number, _)) = wanted.next_if(|(_, wanted)| **wanted == term) {
            bytes.clear();
            segment.read_by(&mut block, rows::POSTINGS, begin, length as usize, &mut bytes)?;
            let before = taken.list.len();
            let (mut rest, mut article) = (&bytes[..], 0u32);
            while let Some((more, (weight, others))) =
                varint::take(&mut rest).zip(rest.split_first_chunk())
            {
                (article, rest) = (article.wrapping_add(more), others);
                match positions.get(article as usize) {
                    Some(&position) if position != NONE => {
                        taken.list.push((position, u16::from_le_bytes(*weight)));
                    }
                    _ => {}
                }
            }
            taken.counts.push((number, taken.list.len() - before));
        }
        begin += u64::from(length);
    }
    Ok(taken)
}
