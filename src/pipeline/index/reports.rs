//! The reports of an index, and what a night finds of them.
//!
//! A report is a group, seen through its earliest article. What its query finds is a function of the open postings of its
//! terms within its reach ([`crate::stages::asking`]): reports that came, and those that a changed posting may concern, are
//! queried, all others keep what was found. From a query come a report's similar pairs, its nearest and its local weights. A
//! pair's score looks at the local weights of its two, a report's penalty at those of itself and of its nearest: only what
//! names a report that came, or whose local weights changed, is reckoned again.

use foldhash::HashSet;

use super::Error;
use super::anew::anew;
use super::ask::ask;
use super::findings::Findings;
use super::reckon::reckon;
use super::state::{State, numbers};
use super::work::Work;
use crate::kernel::time::TimeFactor;
use crate::stages::reach::Times;

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
        let is_report = |row: &u32| state.now(*row).group == *row;
        let rows: Vec<u32> = state.in_time.iter().copied().filter(is_report).collect();
        Self {
            times: times(state, &rows),
            came: state.select(|row| state.now(row).group == row && state.was(row).group != row),
            went: state.select(|row| state.was(row).group == row && state.now(row).group != row),
            position: numbers(&rows, state.rows.len()),
            rows,
        }
    }

    /// The rows of the reports from one time to another, both included.
    pub(super) fn between(&self, from: i64, to: i64) -> &[u32] {
        &self.rows[self.times.between(from, to.saturating_add(1))]
    }
}

/// When some reports were published or seen, in their order: none is undated.
pub(super) fn times(state: &State, rows: &[u32]) -> Times {
    let time = |&row: &u32| state.time(row);
    Times {
        undated: 0,
        seconds: rows.iter().map(|row| time(row).0).collect(),
        stamped: rows.iter().map(|row| time(row).1).collect(),
        identities: rows.iter().map(|&row| state.of(row).identity).collect(),
    }
}

/// Queries what has to be queried again. Gives the rows of reports of which a pair with another report of before, or the
/// penalty, changed.
pub(super) fn find(
    work: &Work<'_>,
    reports: &Reports,
    findings: &mut Findings,
) -> Result<HashSet<u32>, Error> {
    let by_gap = TimeFactor::new(work.params.window_days);
    let asked = ask(work, reports, findings, &by_gap)?;
    let anew = anew(reports, findings, asked)?;
    reckon(work, reports, findings, anew, &by_gap)
}
