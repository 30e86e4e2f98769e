//! Reports to stories, as far as a night can have changed them.
//!
//! **Why a part is enough.** Average linkage over all pairs, with ties by the lowest items, knows one outcome, whatever
//! the order in which mutual nearest groups merge: a merger is never closer to a third group than the closer of its parts
//! (see [`crate::kernel::linkage`]; every pair of groups has an average there, so that ties are reducible too). Let S be
//! some stories of before together with all new reports, R the others, and let the scores and penalties within R be what
//! they were. Let H be the stories of R that have a pair with S at or above the cut. If linkage of S and H alone leaves
//! each story of H as it was, then linkage of everything gives those stories of S, and R as it was:
//! groups merge in the order of their averages; two groups of R that are the closest at hand were so before, and merged;
//! two groups of S and H are at hand in the same state in the linkage of these alone, since a whole story forms from its own
//! scores; and between S and the rest of R no pair, so no average, reaches the cut. Where a story of H does not stay as it was
//! it joins S, and all is tried again.

use foldhash::{HashMap, HashSet};

use super::Error;
use super::findings::{Findings, Link};
use super::reports::Reports;
use super::state::NONE;
use super::work::Work;
use crate::kernel::linkage::{self, Average, Edge, Tree, group_under};
use crate::kernel::time::DAY;
use crate::stages::decide::bind;

/// Reports that were grouped, and how.
#[derive(Default)]
pub(super) struct Grouped {
    /// Their positions among all reports, ascending.
    pub(super) positions: Vec<u32>,
    /// Of these: each one's story by its lowest report, and how the stories came together.
    pub(super) tree: Tree,
    /// Stories of before that are other stories now, or may be.
    pub(super) stories: HashSet<u32>,
    /// The similar reports of each.
    pub(super) similar: Vec<Vec<Link>>,
}

/// Groups new reports, the stories that changed, and whatever else becomes another story because of that.
pub(super) fn regroup(
    work: &Work<'_>,
    reports: &Reports,
    findings: &Findings,
    mut stories: HashSet<u32>,
) -> Result<Grouped, Error> {
    loop {
        let inside = |i: u32| {
            let story = work.state.of(reports.rows[i as usize]).was.story;
            story == NONE || stories.contains(&story)
        };
        let beside = beside(work, reports, findings, &inside)?;
        let all = |i: &u32| {
            let story = work.state.of(reports.rows[*i as usize]).was.story;
            inside(*i) || beside.contains(&story)
        };
        let positions: Vec<u32> = (0..reports.rows.len() as u32).filter(all).collect();
        let rows: Vec<u32> = positions.iter().map(|&i| reports.rows[i as usize]).collect();
        let similar = findings.similar(&rows)?;
        let tree = link(work, reports, findings, &positions, &similar);
        let joining = joining(work, reports, &positions, &tree, &beside);
        if joining.is_empty() {
            return Ok(Grouped { positions, tree, stories, similar });
        }
        stories.extend(joining);
    }
}

/// The stories that have a pair at or above the cut with a report inside, and are not.
fn beside(
    work: &Work<'_>,
    reports: &Reports,
    findings: &Findings,
    inside: &impl Fn(u32) -> bool,
) -> Result<HashSet<u32>, Error> {
    let is_inside: Vec<bool> = (0..reports.rows.len() as u32).map(inside).collect();
    let within = || (0..).zip(&is_inside).filter(|(_, inside)| **inside).map(|(i, _)| i);
    let mut times: Vec<i64> = within().filter_map(|i| reports.times.of(i)).collect();
    times.sort_unstable();
    // A pair is known of the later of its two, which is within a window of the other.
    let window = (work.params.window_days.clamp(0.0, 36_500.0) * DAY as f64) as i64 + DAY;
    let is_after = |time: i64| {
        let next = times.partition_point(|&t| t <= time);
        next > 0 && time.saturating_sub(times[next - 1]) <= window
    };
    let asking: Vec<u32> = (0..reports.rows.len() as u32)
        .filter(|&i| is_inside[i as usize] || reports.times.of(i).is_none_or(is_after))
        .collect();
    let rows: Vec<u32> = asking.iter().map(|&i| reports.rows[i as usize]).collect();
    let penalty = |row: u32| i64::from(findings.penalties[row as usize]);
    let cut = work.params.fixed_story_cut();
    let mut stories = HashSet::default();
    findings.each_similar(&rows, |n, links| {
        let own = is_inside[asking[n] as usize];
        for link in links {
            let other = reports.position[link.row as usize];
            let outside = if own { link.row } else { rows[n] };
            let close = || i64::from(link.score) - penalty(rows[n]) - penalty(link.row) >= cut;
            if other != NONE && own != is_inside[other as usize] && close() {
                stories.insert(work.state.of(outside).was.story);
            }
        }
    })?;
    Ok(stories)
}

/// Groups some reports by the pairs among them.
fn link(
    work: &Work<'_>,
    reports: &Reports,
    findings: &Findings,
    positions: &[u32],
    similar: &[Vec<Link>],
) -> Tree {
    let row = |n: usize| reports.rows[positions[n] as usize];
    let content = |row: u32| work.state.of(row).content;
    let mut number: Vec<u32> = vec![NONE; reports.rows.len()];
    (0..).zip(positions).for_each(|(n, &i)| number[i as usize] = n);
    let number_of = |row: u32| match reports.position[row as usize] {
        NONE => NONE,
        i => number[i as usize],
    };
    let mut edges = Vec::new();
    for (n, links) in similar.iter().enumerate() {
        for link in links {
            let other = number_of(link.row);
            if other != NONE && content(link.row) != content(row(n)) {
                let (a, b) = (other.min(n as u32), other.max(n as u32));
                edges.push(Edge { a, b, sum: link.score.into(), examined: 1 });
            }
        }
    }
    let penalties: Vec<i64> =
        (0..positions.len()).map(|n| findings.penalties[row(n) as usize].into()).collect();
    let constraints = constraints(work, |row| number_of(work.state.of(row).now.group));
    let cut = work.params.fixed_story_cut();
    group_under(&constraints, &penalties, edges.into_iter(), cut, Average::AllPairs)
}

/// What editors decided, of the reports at hand: those of all articles that decisions name are.
fn constraints(work: &Work<'_>, number: impl Fn(u32) -> u32) -> linkage::Constraints {
    if work.named.is_empty() {
        return linkage::Constraints::default();
    }
    let rows: HashMap<&str, u32> = work.named.iter().map(|&row| (work.id_of(row), row)).collect();
    let bound = bind(&work.params.decisions, |id| rows.get(id).copied());
    bound.of_groups(number)
}

/// Stories beside that do not stay as they were.
fn joining(
    work: &Work<'_>,
    reports: &Reports,
    positions: &[u32],
    tree: &Tree,
    beside: &HashSet<u32>,
) -> HashSet<u32> {
    let was = |n: usize| work.state.of(reports.rows[positions[n] as usize]).was.story;
    let mut label_of: HashMap<u32, u32> = HashMap::default();
    let mut joining = HashSet::default();
    // A story stays as it was if all of it has one label, and nothing else has that label.
    let mut of_label: Vec<Option<u32>> = vec![None; positions.len()];
    let mut mixed = vec![false; positions.len()];
    for (n, &label) in tree.label.iter().enumerate() {
        let story = was(n);
        if beside.contains(&story) && *label_of.entry(story).or_insert(label) != label {
            joining.insert(story);
        }
        match of_label[label as usize] {
            None => of_label[label as usize] = Some(story),
            Some(other) => mixed[label as usize] |= other != story,
        }
    }
    for (n, &label) in tree.label.iter().enumerate() {
        if mixed[label as usize] && beside.contains(&was(n)) {
            joining.insert(was(n));
        }
    }
    joining
}
