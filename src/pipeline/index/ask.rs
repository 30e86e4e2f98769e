//! Which reports are queried again, and what their queries give: who is near each, what its terms say there, and whom it
//! may match.

use super::Error;
use super::few::Few;
use super::findings::{Finding, Findings};
use super::postings;
use super::reports::Reports;
use super::state::{NONE, State};
use super::work::Work;
use crate::kernel::time::{DAY, TimeFactor};
use crate::stages::asking::{self, Asks};
use crate::stages::concerned::{self, Concerned, Moved};
use crate::stages::postings::Postings;
use crate::stages::reach::{self, FAR, NEAR, Purpose};
use crate::stages::weights::Vectors;

/// A report that was queried.
pub(super) struct Asked {
    pub(super) position: u32,
    /// What was found of it before; nothing where it came.
    pub(super) was: Finding,
    /// Its nearest neighbours and the weights of its terms among its neighbours.
    pub(super) now: Finding,
    /// Candidates for matches, by position.
    pub(super) matches: Vec<u32>,
}

/// By which terms some reports are found, with their weights.
type Posted = Vec<Vec<(u32, u16)>>;

/// The postings that a night needs, as far as they are at hand.
struct AtHand<'a> {
    state: &'a State,
    reports: &'a Reports,
    postings: Postings,
}

impl AtHand<'_> {
    /// The terms of the reports of some rows, and by which of them these are found, all of whose postings in a stretch of time
    /// are at hand then.
    fn posted(&mut self, rows: &[u32], stretch: [i64; 2]) -> Result<(Vectors, Posted), Error> {
        let vectors = self.state.terms(rows)?;
        let posted = asking::posted(&vectors);
        let mut missing: Vec<u32> = posted.iter().flatten().map(|p| p.0).collect();
        missing.sort_unstable();
        missing.dedup();
        missing.retain(|&term| !self.postings.has(term));
        self.postings.extend(postings::postings(self.state, self.reports, &missing, stretch)?);
        Ok((vectors, posted))
    }
}

/// The days that reports of some rows reach: one more than they do, because what moves may change who else of its day is
/// found; whole days, because crowding is a matter of a day.
fn stretch(state: &State, rows: &[u32], reach: i64) -> Option<[i64; 2]> {
    let times = || rows.iter().map(|&row| state.time(row).0);
    let (first, last) = times().min().zip(times().max())?;
    let [from, to] = [first.saturating_sub(reach + DAY), last.saturating_add(reach + DAY)];
    Some([from.div_euclid(DAY) * DAY, (to.div_euclid(DAY) + 1) * DAY])
}

/// Queries what has to be queried again.
pub(super) fn ask(
    work: &Work<'_>,
    reports: &Reports,
    findings: &Findings,
    by_gap: &TimeFactor,
) -> Result<Vec<Asked>, Error> {
    let state = &work.state;
    let moved: Vec<u32> = reports.came.iter().chain(&reports.went).copied().collect();
    let Some(reached) = stretch(state, &moved, NEAR + FAR) else { return Ok(Vec::new()) };
    let mut at_hand = AtHand { state, reports, postings: Postings::default() };
    let (_, mut posted) = at_hand.posted(&moved, reached)?;
    let dirty = dirty(&at_hand, &moved, &posted, by_gap);
    let of = |purpose: Purpose| {
        let of_purpose = dirty.iter().filter(move |c| c.purpose == purpose);
        of_purpose.map(|c| reports.rows[c.report as usize]).collect::<Vec<u32>>()
    };
    let [around, matching] = Purpose::ALL.map(of);
    posted.truncate(reports.came.len());
    posted.extend(at_hand.posted(&around, reached)?.1);
    let mut rows: Vec<(u32, Vec<(u32, u16)>)> =
        reports.came.iter().copied().chain(around).zip(posted).collect();
    rows.sort_unstable_by_key(|(row, _)| reports.position[*row as usize]);
    let (mut asked, mut own) = weigh(&at_hand, findings, rows, by_gap)?;
    let (others, theirs) = remember(&mut at_hand, findings, &matching, by_gap)?;
    asked.extend(others);
    own.extend(theirs);
    let matches = asking::matches(at_hand.postings, &own, &reports.times, by_gap);
    asked.iter_mut().zip(matches).for_each(|(asked, matches)| asked.matches = matches);
    Ok(asked)
}

/// The reports that stay and whose queries may give something else, because of the rows that moved, which post these terms.
fn dirty(
    AtHand { state, reports, postings, .. }: &AtHand<'_>,
    moved: &[u32],
    posted: &Posted,
    by_gap: &TimeFactor,
) -> Vec<Concerned> {
    let as_moved = |(&row, posted): (&u32, &Vec<(u32, u16)>)| {
        let position = Some(reports.position[row as usize]).filter(|&i| i != NONE);
        let ((time, stamped), identity) = (state.time(row), state.of(row).identity);
        Moved { position, time, stamped, identity, posted: posted.clone() }
    };
    let moved: Vec<Moved> = moved.iter().zip(posted).map(as_moved).collect();
    let stood = state.select(|row| state.was(row).group == row);
    let mut before: Vec<i64> = stood.into_iter().map(|row| state.time(row).0).collect();
    before.sort();
    concerned::concerned(postings, &reports.times, by_gap, &before, &moved)
}

/// Some reports as they stand among their neighbours, which are what they were; and by what each asks for matches.
fn remember(
    at_hand: &mut AtHand<'_>,
    findings: &Findings,
    rows: &[u32],
    by_gap: &TimeFactor,
) -> Result<(Vec<Asked>, Vec<Asks>), Error> {
    // Only matches are asked for by terms that are not at hand yet.
    let back = reach::back(by_gap, at_hand.reports.times.stamped.contains(&true));
    let Some(reached) = stretch(at_hand.state, rows, back) else {
        return Ok(Default::default());
    };
    let (vectors, posted) = at_hand.posted(rows, reached)?;
    let (mut asked, mut own) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
    let all = rows.iter().zip(posted).zip(findings.whole(rows)?);
    for (n, ((&row, posted), was)) in all.enumerate() {
        let position = at_hand.reports.position[row as usize];
        let (posted, dimensions) = (posted.into_iter(), vectors.dimensions(n));
        own.push((position, reach::own(posted, dimensions, &was.local).collect()));
        let now = was.without_similar();
        asked.push(Asked { position, was, now, matches: Vec::new() });
    }
    Ok((asked, own))
}

/// The neighbourhoods of reports, by row, that post these terms; and by what each asks for matches.
fn weigh(
    AtHand { state, reports, postings, .. }: &AtHand<'_>,
    findings: &Findings,
    asking: Vec<(u32, Vec<(u32, u16)>)>,
    by_gap: &TimeFactor,
) -> Result<(Vec<Asked>, Vec<Asks>), Error> {
    let rows: Vec<u32> = asking.iter().map(|(row, _)| *row).collect();
    let position = |row: u32| reports.position[row as usize];
    let asking: Vec<(u32, Vec<(u32, u16)>)> =
        asking.into_iter().map(|(row, posted)| (position(row), posted)).collect();
    let around = asking::around(postings, &asking, &reports.times, by_gap);
    let all = asking.iter().map(|(i, _)| *i).chain(around.iter().flatten().copied());
    let few = Few::new(state, reports, all)?;
    let stars = few.numbered(asking.iter().map(|(i, _)| *i).zip(&around));
    let found = asking::weigh(&few.comparison(by_gap), &stars);
    let mut rest = found.local.flat();
    let (mut asked, mut own) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
    let all = asking.into_iter().zip(findings.whole(&rows)?).zip(found.nearest);
    for (((position, posted), was), nearest) in all {
        let dimensions = few.vectors.dimensions(few.number(position) as usize);
        let (local, others) = rest.split_at(dimensions.len());
        rest = others;
        own.push((position, reach::own(posted.into_iter(), dimensions, local).collect()));
        let nearest = nearest.into_iter().map(|(n, cosine)| (few.rows[n as usize], cosine));
        let (nearest, local) = (nearest.collect(), local.to_vec());
        let now = Finding { penalty: was.penalty, similar: Vec::new(), nearest, local };
        asked.push(Asked { position, was, now, matches: Vec::new() });
    }
    Ok((asked, own))
}
