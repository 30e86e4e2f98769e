//! What is found anew: compared, scored and taken in.

use foldhash::HashSet;

use super::Error;
use super::anew::Anew;
use super::few::Few;
use super::findings::{Findings, Link};
use super::reports::Reports;
use super::state::NONE;
use super::work::Work;
use crate::kernel::time::TimeFactor;
use crate::stages::asking;
use crate::stages::crowd::{self, CROWD, Scores};
use crate::stages::neighbours::{Neighbours, Similar};
use crate::stages::weights::Weights;

/// Compares, scores and takes in what is found anew. Gives the rows of reports whose penalty, or whose pair with another
/// report of before, changed.
pub(super) fn reckon(
    work: &Work<'_>,
    reports: &Reports,
    findings: &mut Findings,
    anew: Vec<Anew>,
    by_gap: &TimeFactor,
) -> Result<HashSet<u32>, Error> {
    let position = |row: u32| reports.position[row as usize];
    let involved = anew.iter().flat_map(|a| {
        let near = a.near().iter().map(|n| position(n.0));
        let again = a.again.iter().map(|link| position(link.row));
        a.compare.iter().copied().chain(again).chain(near).chain([a.position])
    });
    let mut few = Few::new(&work.state, reports, involved)?;
    let stars = few.numbered(anew.iter().map(|a| (a.position, &a.compare)));
    let mut found = asking::compare(&few.comparison(by_gap), &stars);
    drop(stars);
    few.fixed = Weights::default();
    let content = |n: u32| work.state.of(few.rows[n as usize]).content;
    // One text in two groups is a notice: what they share says nothing of an event.
    found.similar.retain(|pair| content(pair.a) != content(pair.b));
    let owners = together(&mut found, &anew, &few, position, by_gap);
    found.local = locals(&few, &anew, &found, findings)?;
    let undated = if work.params.ignore_dates { few.rows.len() } else { 0 };
    let scores = crowd::correct(&few.vectors, &found, undated);
    Ok(take_in(reports, findings, &few, anew, (&found, &owners, &scores)))
}

/// Puts what was found beside what is only scored again, and whose crowds are told: all pairs, ascending. Gives whose they are.
fn together(
    found: &mut Neighbours,
    anew: &[Anew],
    few: &Few,
    position: impl Fn(u32) -> u32,
    by_gap: &TimeFactor,
) -> Vec<u32> {
    // The later one asks.
    let mut pairs: Vec<(Similar, u32)> =
        found.similar.drain(..).map(|pair| (pair, pair.b)).collect();
    found.nearest = vec![Vec::new(); few.rows.len()];
    let number = |row: u32| few.number(position(row));
    for one in anew {
        let i = few.number(one.position);
        for link in &one.again {
            let other = number(link.row);
            let factor = few.times.factor(other, i, by_gap);
            pairs.push((Similar::new((other, i), link.cosine, factor), i));
        }
        // How many neighbours there are counts as well, whoever they are: the list is filled up to that length.
        let near = one.near().iter().map(|&(row, cosine)| (number(row), cosine));
        let all = if one.crowd { one.now.nearest.len() } else { 0 };
        found.nearest[i as usize] = near.chain(std::iter::repeat((i, 0))).take(all).collect();
    }
    pairs.sort_unstable();
    found.similar = pairs.iter().map(|pair| pair.0).collect();
    pairs.into_iter().map(|pair| pair.1).collect()
}

/// The local weights of all that scores look at, in the order of the vectors; of others nothing but zeros.
fn locals(
    few: &Few,
    anew: &[Anew],
    found: &Neighbours,
    findings: &Findings,
) -> Result<Weights, Error> {
    let mut own: Vec<&[u16]> = vec![&[]; few.rows.len()];
    let mut wanted = vec![false; few.rows.len()];
    found.similar.iter().flat_map(|pair| [pair.a, pair.b]).for_each(|i| wanted[i as usize] = true);
    let near = found.nearest.iter().flat_map(|near| near.iter().take(CROWD));
    near.for_each(|n| wanted[n.0 as usize] = true);
    for one in anew {
        let i = few.number(one.position) as usize;
        (own[i], wanted[i]) = (&one.now.local, false);
    }
    let wanted: Vec<usize> = (0..wanted.len()).filter(|&i| wanted[i]).collect();
    let rows: Vec<u32> = wanted.iter().map(|&i| few.rows[i]).collect();
    let stored = findings.local(&rows)?;
    wanted.iter().zip(&stored).for_each(|(&i, local)| own[i] = local);
    let mut weights = Weights::default();
    for (i, local) in own.into_iter().enumerate() {
        let n = few.vectors.dimensions(i).len();
        match local.len() == n {
            true => weights.push(local),
            false => weights.push(&vec![0; n]),
        }
    }
    Ok(weights)
}

/// Takes in what was found. Gives the rows of reports whose penalty, or whose pair with another report of before, changed.
fn take_in(
    reports: &Reports,
    findings: &mut Findings,
    few: &Few,
    mut anew: Vec<Anew>,
    (found, owners, scores): (&Neighbours, &[u32], &Scores),
) -> HashSet<u32> {
    let mut place = vec![NONE; few.rows.len()];
    (0..).zip(&anew).for_each(|(n, one)| place[few.number(one.position) as usize] = n);
    for ((pair, owner), &score) in found.similar.iter().zip(owners).zip(&scores.pairs) {
        let other = if pair.a == *owner { pair.b } else { pair.a };
        let link = Link { row: few.rows[other as usize], cosine: pair.cosine.get(), score };
        anew[place[*owner as usize] as usize].now.similar.push(link);
    }
    let moved: HashSet<u32> = reports.came.iter().chain(&reports.went).copied().collect();
    let lasting = |links: &[Link]| {
        let links = links.iter().filter(|link| !moved.contains(&link.row));
        links.map(|link| (link.row, link.score)).collect::<Vec<(u32, i32)>>()
    };
    let mut changed = HashSet::default();
    for Anew { position, was, mut now, crowd, .. } in anew {
        let row = reports.rows[position as usize];
        if crowd {
            now.penalty = scores.penalties[few.number(position) as usize] as i32;
        }
        now.similar.sort_unstable();
        let differs =
            || now.penalty != was.penalty || lasting(&now.similar) != lasting(&was.similar);
        if !moved.contains(&row) && differs() {
            changed.insert(row);
        }
        if now != was {
            findings.put(row, now);
        }
    }
    changed
}
