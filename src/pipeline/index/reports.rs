//! The story level of what a night touches: which reports are queried again, and what is found of them.
//!
//! A report is a group, seen through its earliest article. What its query finds is a function of the open postings of its
//! terms within its reach ([`asking`]): reports that came, and those that a changed posting may concern, are queried, all
//! others keep what was found. From a query come a report's similar pairs, its nearest and its local weights. A pair's score
//! looks at the local weights of its two, a report's penalty at those of itself and of its nearest: what names a report that
//! was queried is reckoned again.

use foldhash::HashSet;

use super::Error;
use super::few::Few;
use super::findings::{Finding, Findings};
use super::reckon::reckon;
use super::state::{NONE, State};
use super::work::Work;
use super::{postings, rows};
use crate::kernel::time::{DAY, TimeFactor};
use crate::stages::asking::{self, Asks};
use crate::stages::concerned::{self, Moved};
use crate::stages::postings::Postings;
use crate::stages::reach::{self, FAR, NEAR, Times};

/// The reports that there are now, in their order.
pub(super) struct Reports {
    /// Their rows.
    pub(super) rows: Vec<u32>,
    /// For each row the position of its report, [`NONE`] where it is none.
    pub(super) position: Vec<u32>,
    pub(super) times: Times,
    /// Rows of reports that were none before.
    pub(super) came: Vec<u32>,
    /// Rows of reports that are none any more.
    pub(super) went: Vec<u32>,
}

impl Reports {
    /// All reports.
    pub(super) fn new(state: &State) -> Self {
        let mut rows = state.select(|row, known| known.now.group == row);
        // Stable, because rows mostly come in the order of time.
        rows.sort_by_key(|&row| state.ages[row as usize]);
        let mut position = vec![NONE; state.rows.len()];
        (0..).zip(&rows).for_each(|(i, &row)| position[row as usize] = i);
        Self {
            times: times(state, &rows),
            came: state.select(|row, known| known.now.group == row && known.was.group != row),
            went: state.select(|row, known| known.was.group == row && known.now.group != row),
            rows,
            position,
        }
    }

    /// The positions of the reports from one time to another, both included; all undated ones too.
    pub(super) fn between(&self, from: i64, to: i64) -> Vec<u32> {
        let dated = self.times.between(from, to.saturating_add(1));
        (0..self.times.undated).chain(dated).map(|i| i as u32).collect()
    }
}

/// When some reports were published, in their order.
pub(super) fn times(state: &State, rows: &[u32]) -> Times {
    let mut times = Times::default();
    for &row in rows {
        let moment = rows::moment(state.of(row).time);
        times.undated += usize::from(moment.time.is_none());
        times.seconds.extend(moment.time);
        times.stamped.push(moment.stamped);
        times.identities.push(state.of(row).identity);
    }
    times
}

/// Queries what has to be queried again. Gives the rows of reports of which a pair with another report of before, or the
/// penalty, changed.
pub(super) fn find(
    work: &Work<'_>,
    reports: &Reports,
    findings: &mut Findings,
) -> Result<HashSet<u32>, Error> {
    let by_gap = TimeFactor::new(work.params.window_days);
    let asking = ask(work, reports, &by_gap)?;
    let asked: HashSet<u32> = asking.iter().map(|a| reports.rows[a.position as usize]).collect();
    let others = naming(reports, findings, &asked)?;
    let changed = reckon(work, reports, findings, (asking, others), &by_gap)?;
    Ok(changed)
}

/// A report that is queried. All reports are named by position.
pub(super) struct Asked {
    pub(super) position: u32,
    /// Candidates for matches.
    pub(super) matches: Vec<u32>,
    /// Its nearest neighbours, with the cosine.
    pub(super) nearest: Vec<(u32, i32)>,
    /// What its terms weigh among its neighbours.
    pub(super) local: Vec<u16>,
}

/// By which terms some reports are found, with their weights.
type Posted = Vec<Vec<(u32, u16)>>;

/// The postings that a night needs, as far as they are at hand.
struct AtHand<'a> {
    state: &'a State,
    reports: &'a Reports,
    /// The days that count.
    stretch: Option<[i64; 2]>,
    postings: Postings,
}

impl AtHand<'_> {
    /// By which terms the reports of some rows are found, all of whose postings are at hand then.
    fn posted(&mut self, rows: &[u32]) -> Result<Posted, Error> {
        let posted = asking::posted(&self.state.terms(rows)?);
        let mut missing: Vec<u32> = posted.iter().flatten().map(|p| p.0).collect();
        missing.sort_unstable();
        missing.dedup();
        missing.retain(|&term| !self.postings.has(term));
        self.postings.extend(postings::postings(self.state, self.reports, &missing, self.stretch)?);
        Ok(posted)
    }
}

/// The days that reports published at some times reach: one more than they do, because what moves may change who else of its
/// day is found; whole days, because crowding is a matter of a day.
fn stretch(times: impl Iterator<Item = i64> + Clone) -> Option<[i64; 2]> {
    let (first, last) = times.clone().min().zip(times.max())?;
    let reach = NEAR + FAR + DAY;
    let [from, to] = [first.saturating_sub(reach), last.saturating_add(reach)];
    Some([from.div_euclid(DAY) * DAY, (to.div_euclid(DAY) + 1) * DAY])
}

/// The reports that are queried.
fn ask(work: &Work<'_>, reports: &Reports, by_gap: &TimeFactor) -> Result<Vec<Asked>, Error> {
    let state = &work.state;
    let time = |row: u32| rows::moment(state.of(row).time).time;
    let moved: Vec<u32> = reports.came.iter().chain(&reports.went).copied().collect();
    let stretch = stretch(moved.iter().filter_map(|&row| time(row)));
    let mut at_hand = AtHand { state, reports, stretch, postings: Postings::default() };
    let posted = at_hand.posted(&moved)?;
    let as_moved = |row: u32, posted: &[(u32, u16)], only: Option<u32>| {
        let position = Some(reports.position[row as usize]).filter(|&i| i != NONE);
        let (identity, posted) = (state.of(row).identity, posted.to_vec());
        Moved { position, time: time(row), identity, posted, only }
    };
    let all = moved.iter().zip(&posted);
    let mut all: Vec<Moved> = all.map(|(&row, posted)| as_moved(row, posted, None)).collect();
    let flipped = concerned::flipped(&at_hand.postings, &reports.times, &all);
    let rows: Vec<u32> = flipped.iter().map(|(i, _)| reports.rows[*i as usize]).collect();
    let theirs = at_hand.posted(&rows)?;
    for ((&row, posted), (_, term)) in rows.iter().zip(&theirs).zip(flipped) {
        all.push(as_moved(row, posted, Some(term)));
    }
    let stood = state.select(|row, known| known.was.group == row);
    let mut before: Vec<i64> = stood.into_iter().filter_map(time).collect();
    before.sort();
    let dirty = concerned::concerned(&at_hand.postings, &reports.times, by_gap, &before, &all);
    let rows: Vec<u32> = dirty.iter().map(|&i| reports.rows[i as usize]).collect();
    let theirs = at_hand.posted(&rows)?;
    let came = reports.came.iter().map(|&row| reports.position[row as usize]).zip(posted);
    let mut asking: Vec<(u32, Vec<(u32, u16)>)> =
        came.chain(dirty.into_iter().zip(theirs)).collect();
    asking.sort_unstable_by_key(|(i, _)| *i);
    let postings = at_hand.postings;
    let (mut asked, own) = weigh(state, reports, &postings, asking, by_gap)?;
    let matches = asking::matches(&postings, &own, &reports.times, by_gap);
    asked.iter_mut().zip(matches).for_each(|(asked, matches)| asked.matches = matches);
    Ok(asked)
}

/// The neighbourhoods of reports that post these terms; and by what each asks for matches.
fn weigh(
    state: &State,
    reports: &Reports,
    postings: &Postings,
    asking: Vec<(u32, Vec<(u32, u16)>)>,
    by_gap: &TimeFactor,
) -> Result<(Vec<Asked>, Vec<Asks>), Error> {
    let around = asking::around(postings, &asking, &reports.times, by_gap);
    let all = asking.iter().map(|(i, _)| *i).chain(around.iter().flatten().copied());
    let few = Few::new(state, reports, all)?;
    let stars = few.numbered(asking.iter().map(|(i, _)| *i).zip(&around));
    let found = asking::weigh(&few.comparison(by_gap), &stars);
    let (mut rest, mut asked, mut own) = (found.local.flat(), Vec::new(), Vec::new());
    for ((position, posted), nearest) in asking.into_iter().zip(found.nearest) {
        let dimensions = few.vectors.dimensions(few.number(position) as usize);
        let (local, others) = rest.split_at(dimensions.len());
        rest = others;
        own.push((position, reach::own(posted.into_iter(), dimensions, local).collect()));
        let place = |(n, cosine): (u32, i32)| (few.positions[n as usize], cosine);
        let nearest = nearest.into_iter().map(place).collect();
        asked.push(Asked { position, matches: Vec::new(), nearest, local: local.to_vec() });
    }
    Ok((asked, own))
}

/// What else names reports that are queried: of reports that are not, as their similar or nearest ones. By position, with
/// what was found of each.
fn naming(
    reports: &Reports,
    findings: &Findings,
    asked: &HashSet<u32>,
) -> Result<Vec<(u32, Finding)>, Error> {
    let came: HashSet<u32> = reports.came.iter().copied().collect();
    let again = || asked.iter().filter(|row| !came.contains(*row));
    let position = |row: &u32| reports.position[*row as usize];
    let times = || again().filter_map(|row| reports.times.of(position(row)));
    if again().next().is_none() {
        return Ok(Vec::new());
    }
    // Who names a report comes after it, or, with a short past, not long before.
    let stretch = times().min().zip(times().max()).unwrap_or((i64::MIN, i64::MAX));
    let near = reports.between(stretch.0.saturating_sub(NEAR), stretch.1.saturating_add(FAR));
    let rows: Vec<u32> = near
        .into_iter()
        .map(|i| reports.rows[i as usize])
        .filter(|row| !asked.contains(row))
        .collect();
    let mut named = Vec::new();
    findings.each_naming(&rows, |i, found| {
        let similar = found.similar.iter().any(|link| asked.contains(&link.row));
        if similar || found.nearest.iter().any(|(row, _)| asked.contains(row)) {
            named.push(rows[i]);
        }
    })?;
    let whole = findings.whole(&named)?;
    Ok(named.iter().map(position).zip(whole).collect())
}
