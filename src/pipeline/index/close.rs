//! Which reports are close: the pairs that can matter to a story, as far as somebody asked for them.
//!
//! A supported score looks at two steps around a pair (see [`crate::stages::support`]), and so does what asks here.

use foldhash::HashSet;

use super::Error;
use super::findings::Findings;
use super::reports::Reports;
use super::state::NONE;
use super::work::Work;
use crate::kernel::time::DAY;
use crate::stages::support::least;

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
        let least = least(work.params.fixed_story_cut());
        findings.each_similar(&rows, |n, links| {
            let own = penalty(rows[n]);
            // Most are far below it, whatever the other one's penalty.
            for link in links.iter().filter(|link| i64::from(link.score) - own >= least) {
                let other = reports.position[link.row as usize];
                if i64::from(link.score) - own - penalty(link.row) >= least && other != NONE {
                    pairs.push((new[n], other));
                }
            }
        })
    }

    /// Looks at all pairs of some reports, ascending. A pair is known of the later of its two, which is within a window of
    /// the other.
    pub(super) fn look_around(&mut self, positions: &[u32]) -> Result<(), Error> {
        let times = &self.reports.times;
        let window = window(self.work);
        let (mut all, mut end) = (Vec::new(), 0);
        for time in positions.iter().map(|&i| times.seconds[i as usize]) {
            let after = times.between(time, time.saturating_add(window).saturating_add(1));
            all.extend((after.start as u32).max(end)..after.end as u32);
            end = end.max(after.end as u32);
        }
        self.look(all.into_iter())
    }

    /// The reports, ascending, that have a close pair with one inside, and are not.
    pub(super) fn beside(&self, inside: &[bool]) -> Vec<u32> {
        let beside = |&(a, b): &(u32, u32)| match (inside[a as usize], inside[b as usize]) {
            (true, false) => Some(b),
            (false, true) => Some(a),
            _ => None,
        };
        let mut beside: Vec<u32> = self.pairs.iter().filter_map(beside).collect();
        beside.sort_unstable();
        beside.dedup();
        beside
    }

    /// Those of some reports, ascending, that are similar to one inside: without that no pair with it has a score.
    pub(super) fn linked(&self, inside: &[bool], some: &[u32]) -> Result<Vec<u32>, Error> {
        let Self { reports, findings, .. } = self;
        let mut linked = vec![false; inside.len()];
        let is_some = |i: u32| some.binary_search(&i).is_ok();
        let all: Vec<u32> =
            (0..inside.len() as u32).filter(|&i| inside[i as usize] || is_some(i)).collect();
        let rows: Vec<u32> = all.iter().map(|&i| reports.rows[i as usize]).collect();
        findings.each_similar(&rows, |n, links| {
            let others = links.iter().map(|link| reports.position[link.row as usize]);
            for other in others.filter(|&other| other != NONE) {
                match (inside[all[n] as usize], inside[other as usize]) {
                    (true, false) => linked[other as usize] = true,
                    (false, true) => linked[all[n] as usize] = true,
                    _ => {}
                }
            }
        })?;
        Ok(some.iter().copied().filter(|&i| linked[i as usize]).collect())
    }

    /// The story of before that a report was in.
    pub(super) fn story(&self, position: u32) -> u32 {
        self.work.state.was(self.reports.rows[position as usize]).story
    }

    /// The stories of before of reports whose supported scores may be others now: of those that are close to one that came
    /// or of which a pair or the penalty `changed`, and of those that were close to one that changed or went.
    pub(super) fn concerned(&mut self, changed: &HashSet<u32>) -> Result<HashSet<u32>, Error> {
        let Self { work, reports, .. } = *self;
        let mut inside = vec![false; reports.rows.len()];
        let position = |row: &u32| reports.position[*row as usize];
        for i in reports.came.iter().chain(changed).map(position).filter(|&i| i != NONE) {
            inside[i as usize] = true;
        }
        let own: Vec<u32> = (0..inside.len() as u32).filter(|&i| inside[i as usize]).collect();
        self.look_around(&own)?;
        let now = self.beside(&inside).into_iter().map(|i| self.story(i));
        let mut stories: HashSet<u32> = now.collect();
        let was = changed.iter().chain(&reports.went).copied().collect();
        stories.extend(self.were_close(&was)?.into_iter().map(|row| work.state.was(row).story));
        stories.remove(&NONE);
        Ok(stories)
    }

    /// The reports of before, by row, that were close to one of some.
    fn were_close(&self, some: &HashSet<u32>) -> Result<HashSet<u32>, Error> {
        let Self { work, findings, .. } = self;
        let mut close = HashSet::default();
        let time = |row: u32| work.state.time(row).0;
        let times = || some.iter().map(|&row| time(row));
        let Some((first, last)) = times().min().zip(times().max()) else { return Ok(close) };
        // A pair is known of the later of its two.
        let stretch = first..=last.saturating_add(window(work));
        let asked = |row: u32| stretch.contains(&time(row));
        let all = work.state.select(|row| work.state.was(row).group == row && asked(row));
        let least = least(work.params.fixed_story_cut());
        let penalty = |row: u32| i64::from(findings.penalty_before(row));
        findings.each_similar_before(&all, |n, links| {
            let row = all[n];
            for link in links.iter().filter(|link| some.contains(&link.row) || some.contains(&row))
            {
                if i64::from(link.score) - penalty(row) - penalty(link.row) >= least {
                    close.extend([row, link.row]);
                }
            }
        })?;
        Ok(close)
    }
}

/// The seconds after which no report can find another as a match.
fn window(work: &Work<'_>) -> i64 {
    (work.params.window_days.clamp(0.0, 36_500.0) * DAY as f64) as i64 + DAY
}
