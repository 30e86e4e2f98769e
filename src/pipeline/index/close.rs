//! Which reports are close: the pairs at or above the cut, as far as somebody asked for them.

use foldhash::HashSet;

use super::Error;
use super::findings::Findings;
use super::reports::Reports;
use super::state::NONE;
use super::work::Work;
use crate::kernel::time::DAY;

/// Close pairs, found of the reports that were looked at.
pub(super) struct Close<'a> {
    work: &'a Work<'a>,
    reports: &'a Reports,
    findings: &'a Findings,
    /// By position: whether the pairs that its query found were looked at.
    seen: Vec<bool>,
    /// By position, each once.
    pub(super) pairs: Vec<(u32, u32)>,
}

impl<'a> Close<'a> {
    /// Nothing was looked at.
    pub(super) fn new(work: &'a Work<'a>, reports: &'a Reports, findings: &'a Findings) -> Self {
        let seen = vec![false; reports.rows.len()];
        Self { work, reports, findings, seen, pairs: Vec::new() }
    }

    /// Looks at the pairs that the queries of some reports, ascending, found.
    pub(super) fn look(&mut self, positions: impl Iterator<Item = u32>) -> Result<(), Error> {
        let Self { work, reports, findings, seen, pairs } = self;
        let new: Vec<u32> =
            positions.filter(|&i| !std::mem::replace(&mut seen[i as usize], true)).collect();
        let rows: Vec<u32> = new.iter().map(|&i| reports.rows[i as usize]).collect();
        let penalty = |row: u32| i64::from(findings.penalties[row as usize]);
        let cut = work.params.fixed_story_cut();
        findings.each_similar(&rows, |n, links| {
            let own = penalty(rows[n]);
            // Most are far below the cut, whatever the other one's penalty.
            for link in links.iter().filter(|link| i64::from(link.score) - own >= cut) {
                let other = reports.position[link.row as usize];
                if i64::from(link.score) - own - penalty(link.row) >= cut && other != NONE {
                    pairs.push((new[n], other));
                }
            }
        })
    }

    /// Looks at all pairs of some reports, ascending. A pair is known of the later of its two, which is within a window of
    /// the other; or of one that is undated.
    pub(super) fn look_around(&mut self, positions: &[u32]) -> Result<(), Error> {
        let times = &self.reports.times;
        let window = (self.work.params.window_days.clamp(0.0, 36_500.0) * DAY as f64) as i64 + DAY;
        let mut all: Vec<u32> = (0..times.undated as u32).collect();
        let mut end = times.undated as u32;
        for time in positions.iter().filter_map(|&i| times.of(i)) {
            let after = times.between(time, time.saturating_add(window).saturating_add(1));
            all.extend((after.start as u32).max(end)..after.end as u32);
            end = end.max(after.end as u32);
        }
        self.look(all.into_iter())
    }

    /// The stories of before with a close pair with a report inside, and are not.
    pub(super) fn beside(&self, inside: &[bool]) -> HashSet<u32> {
        let beside = |&(a, b): &(u32, u32)| match (inside[a as usize], inside[b as usize]) {
            (true, false) => Some(b),
            (false, true) => Some(a),
            _ => None,
        };
        let story = |i: u32| self.work.state.of(self.reports.rows[i as usize]).was.story;
        self.pairs.iter().filter_map(beside).map(story).collect()
    }
}
