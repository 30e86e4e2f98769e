//! What of a report is found anew: the queries of most that are asked again give nearly what they gave before.

use foldhash::HashSet;

use super::Error;
use super::ask::Asked;
use super::findings::{Finding, Findings, Link};
use super::reports::Reports;
use crate::stages::crowd::CROWD;
use crate::stages::reach::{FAR, NEAR};

/// A report of which something is found anew.
pub(super) struct Anew {
    pub(super) position: u32,
    /// What was found before.
    pub(super) was: Finding,
    /// What is known so far of what is found now.
    pub(super) now: Finding,
    /// Those that it is compared with, by position.
    pub(super) compare: Vec<u32>,
    /// Similar reports of before that have another score now.
    pub(super) again: Vec<Link>,
    /// Whether it may stand in another crowd.
    pub(super) crowd: bool,
}

impl Anew {
    /// Of a report and its candidates for matches, by position, given the rows of reports that came or whose terms say
    /// something else among their neighbours now.
    fn of(asked: Asked, reports: &Reports, shifted: &HashSet<u32>) -> Self {
        let Asked { position, was, mut now, matches } = asked;
        let itself = shifted.contains(&reports.rows[position as usize]);
        let near = now.nearest.iter().take(CROWD);
        let crowd = itself
            || now.nearest != was.nearest
            || near.map(|n| n.0).any(|row| shifted.contains(&row));
        let (mut compare, mut again) = (Vec::new(), Vec::new());
        for other in matches {
            let row = reports.rows[other as usize];
            match was.similar.binary_search_by_key(&row, |link| link.row) {
                Err(_) => compare.push(other),
                Ok(at) if itself || shifted.contains(&row) => again.push(was.similar[at]),
                Ok(at) => now.similar.push(was.similar[at]),
            }
        }
        Self { position, was, now, compare, again, crowd }
    }

    /// The neighbours that tell in what crowd it stands, if that may be another one.
    pub(super) fn near(&self) -> &[(u32, i32)] {
        let n = if self.crowd { self.now.nearest.len().min(CROWD) } else { 0 };
        &self.now.nearest[..n]
    }

    /// Whether anything can be found.
    fn is_open(&self) -> bool {
        self.crowd
            || !self.compare.is_empty()
            || !self.again.is_empty()
            || self.now.similar.len() != self.was.similar.len()
    }
}

/// What is found anew of reports that were asked, and of those that name one of them whose terms say something else now.
pub(super) fn anew(
    reports: &Reports,
    findings: &Findings,
    asked: Vec<Asked>,
) -> Result<Vec<Anew>, Error> {
    let row = |a: &Asked| reports.rows[a.position as usize];
    let all: HashSet<u32> = asked.iter().map(row).collect();
    let came: HashSet<u32> = reports.came.iter().copied().collect();
    let shifted = asked.iter().filter(|a| a.now.local != a.was.local).map(row);
    let shifted: Vec<u32> = shifted.filter(|row| !came.contains(row)).collect();
    let others = naming(reports, findings, &all, &shifted)?;
    let shifted: HashSet<u32> = shifted.into_iter().chain(came).collect();
    let mut anew = Vec::with_capacity(asked.len() + others.len());
    let all = asked.into_iter().chain(others).map(|asked| Anew::of(asked, reports, &shifted));
    anew.extend(all.filter(Anew::is_open));
    Ok(anew)
}

/// Reports that were not asked and name one of some rows, as their similar or nearest ones.
fn naming(
    reports: &Reports,
    findings: &Findings,
    asked: &HashSet<u32>,
    shifted: &[u32],
) -> Result<Vec<Asked>, Error> {
    let position = |row: u32| reports.position[row as usize];
    let times = || shifted.iter().map(|&row| reports.times.seconds[position(row) as usize]);
    let Some((first, last)) = times().min().zip(times().max()) else { return Ok(Vec::new()) };
    // Who names a report comes after it, or, with a short past, not long before.
    let near = reports.between(first.saturating_sub(NEAR), last.saturating_add(FAR));
    let rows: Vec<u32> = near.iter().copied().filter(|row| !asked.contains(row)).collect();
    let shifted: HashSet<u32> = shifted.iter().copied().collect();
    let mut named = Vec::new();
    findings.each_naming(&rows, |i, found| {
        let similar = found.similar.iter().any(|link| shifted.contains(&link.row));
        if similar || found.nearest.iter().any(|(row, _)| shifted.contains(row)) {
            named.push(rows[i]);
        }
    })?;
    let whole = findings.whole(&named)?.into_iter();
    let other = |(row, was): (u32, Finding)| {
        let matches = was.similar.iter().map(|link| position(link.row)).collect();
        Asked { position: position(row), now: was.without_similar(), was, matches }
    };
    Ok(named.into_iter().zip(whole).map(other).collect())
}
