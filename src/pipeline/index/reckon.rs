//! What was found of reports that were queried, and of those that name them: compared, scored and taken in.

use foldhash::{HashMap, HashSet};

use super::Error;
use super::few::Few;
use super::findings::{Finding, Findings, Link};
use super::reports::{Asked, Reports};
use super::work::Work;
use crate::kernel::time::TimeFactor;
use crate::stages::asking;
use crate::stages::crowd::{self, CROWD, Scores};
use crate::stages::neighbours::{Found, Similar};
use crate::stages::weights::{Vectors, Weights};

/// Compares, scores and takes in what was found.
pub(super) fn reckon(
    work: &Work<'_>,
    reports: &Reports,
    findings: &mut Findings,
    (asking, others): (Vec<Asked>, Vec<(u32, Finding)>),
    by_gap: &TimeFactor,
) -> Result<HashSet<u32>, Error> {
    let state = &work.state;
    let position = |row: u32| reports.position[row as usize];
    let asked = asking.iter().flat_map(|a| {
        a.matches.iter().copied().chain(a.nearest.iter().map(|n| n.0)).chain([a.position])
    });
    let known = others.iter().flat_map(|(i, found)| {
        let similar = found.similar.iter().map(|link| position(link.row));
        similar.chain(found.nearest.iter().map(|n| position(n.0))).chain([*i])
    });
    let mut few = Few::new(state, reports, asked.chain(known))?;
    let stars = few.numbered(asking.iter().map(|a| (a.position, &a.matches)));
    let mut found = asking::compare(&few.comparison(by_gap), &stars);
    few.fixed = Weights::default();
    let Few { rows, vectors, times, .. } = &few;
    let mut own = Weights::default();
    let number = |i: u32| few.number(i);
    for Asked { nearest, local, .. } in &asking {
        own.push(local);
        found.nearest.push(nearest.iter().map(|&(i, cosine)| (number(i), cosine)).collect());
    }
    let asked: Vec<u32> = stars.into_iter().map(|(n, _)| n).collect();
    let content = |n: u32| state.of(rows[n as usize]).content;
    // One text in two groups is a notice under unrelated headlines: what they share says nothing of an event.
    found.similar.retain(|pair| content(pair.a) != content(pair.b));
    let others: Vec<(u32, Finding)> = others.into_iter().map(|(i, f)| (number(i), f)).collect();
    let of_row = |row: u32| number(position(row));
    let by_gap = |a: u32, b: u32| times.factor(a, b, by_gap);
    let (mut found, owners) = together(found, &asked, &others, of_row, rows.len(), by_gap);
    found.local = locals(rows, vectors, (&asked, &own), &found, findings)?;
    let scores = crowd::correct(vectors, &found, times.undated);
    let mut rest = own.flat();
    let mut fresh: Vec<(u32, Finding)> = Vec::with_capacity(asked.len() + others.len());
    for i in asked {
        let (local, others) = rest.split_at(vectors.dimensions(i as usize).len());
        fresh.push((i, Finding { local: local.to_vec(), ..Finding::default() }));
        rest = others;
    }
    fresh.extend(
        others
            .into_iter()
            .map(|(i, known)| (i, Finding { local: known.local, ..Finding::default() })),
    );
    take_in(reports, findings, rows, fresh, (&found, &owners, &scores))
}

/// Puts what was found of those that were asked beside what is known of others: all pairs, ascending, with whose they are.
fn together(
    found: Found,
    asked: &[u32],
    others: &[(u32, Finding)],
    of_row: impl Fn(u32) -> u32,
    n: usize,
    factor: impl Fn(u32, u32) -> i64,
) -> (Found, Vec<u32>) {
    let mut nearest = vec![Vec::new(); n];
    asked.iter().zip(found.nearest).for_each(|(&i, near)| nearest[i as usize] = near);
    let is_asked = |i: u32| asked.binary_search(&i).is_ok();
    // Of two that were both asked, or neither, the later one asks; of others only they themselves are known to ask.
    let mut pairs: Vec<(Similar, u32)> = found
        .similar
        .into_iter()
        .map(|pair| (pair, if is_asked(pair.b) { pair.b } else { pair.a }))
        .collect();
    for (i, theirs) in others {
        for link in &theirs.similar {
            let other = of_row(link.row);
            let (a, b) = (other.min(*i), other.max(*i));
            pairs.push((Similar { a, b, cosine: link.cosine, factor: factor(a, b) as i32 }, *i));
        }
        let near = theirs.nearest.iter().map(|&(row, cosine)| (of_row(row), cosine));
        nearest[*i as usize] = near.collect();
    }
    pairs.sort_unstable();
    let owners = pairs.iter().map(|pair| pair.1).collect();
    let similar = pairs.into_iter().map(|pair| pair.0).collect();
    (Found { similar, nearest, ..found }, owners)
}

/// The local weights of all that scores look at, in the order of the vectors; of others nothing but zeros.
fn locals(
    rows: &[u32],
    vectors: &Vectors,
    asked: (&[u32], &Weights),
    found: &Found,
    findings: &Findings,
) -> Result<Weights, Error> {
    let mut wanted: Vec<u32> = found.similar.iter().flat_map(|pair| [pair.a, pair.b]).collect();
    let owners = (0..).zip(&found.nearest).filter(|(_, near)| !near.is_empty());
    for (i, near) in owners {
        wanted.extend(near.iter().take(CROWD).map(|n| n.0).chain([i]));
    }
    wanted.sort_unstable();
    wanted.dedup();
    wanted.retain(|i| asked.0.binary_search(i).is_err());
    let theirs: Vec<u32> = wanted.iter().map(|&i| rows[i as usize]).collect();
    let mut stored = wanted.into_iter().zip(findings.local(&theirs)?).peekable();
    let (mut own, mut rest) = (asked.0.iter().peekable(), asked.1.flat());
    let mut weights = Weights::default();
    for i in 0..rows.len() as u32 {
        let n = vectors.dimensions(i as usize).len();
        if own.next_if_eq(&&i).is_some() {
            let (first, others) = rest.split_at(n);
            weights.push(first);
            rest = others;
        } else {
            let local = stored.next_if(|(stored, _)| *stored == i);
            weights
                .push(&local.map(|l| l.1).filter(|l| l.len() == n).unwrap_or_else(|| vec![0; n]));
        }
    }
    Ok(weights)
}

/// Takes in what was found. Gives the rows of reports whose penalty, or whose pair with another report of before, changed.
fn take_in(
    reports: &Reports,
    findings: &mut Findings,
    rows: &[u32],
    mut fresh: Vec<(u32, Finding)>,
    (found, owners, scores): (&Found, &[u32], &Scores),
) -> Result<HashSet<u32>, Error> {
    let place: HashMap<u32, usize> = fresh.iter().map(|(i, _)| *i).zip(0..).collect();
    for ((pair, owner), &score) in found.similar.iter().zip(owners).zip(&scores.pairs) {
        let other = if pair.a == *owner { pair.b } else { pair.a };
        let link = Link { row: rows[other as usize], cosine: pair.cosine, score };
        fresh[place[owner]].1.similar.push(link);
    }
    let old =
        findings.whole(&fresh.iter().map(|(i, _)| rows[*i as usize]).collect::<Vec<u32>>())?;
    let moved: HashSet<u32> = reports.came.iter().chain(&reports.went).copied().collect();
    let lasting = |found: &Finding| {
        let links = found.similar.iter().filter(|link| !moved.contains(&link.row));
        let mut links: Vec<(u32, i32)> = links.map(|link| (link.row, link.score)).collect();
        links.sort_unstable();
        links
    };
    let mut changed = HashSet::default();
    for ((i, mut now), was) in fresh.into_iter().zip(old) {
        let row = rows[i as usize];
        now.penalty = scores.penalties[i as usize] as i32;
        let near = found.nearest[i as usize].iter();
        now.nearest = near.map(|&(j, cosine)| (rows[j as usize], cosine)).collect();
        now.similar.sort_unstable();
        if !moved.contains(&row) && (now.penalty != was.penalty || lasting(&now) != lasting(&was)) {
            changed.insert(row);
        }
        if now != was {
            findings.put(row, now);
        }
    }
    Ok(changed)
}
