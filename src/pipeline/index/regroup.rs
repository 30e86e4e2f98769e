//! Reports to stories, as far as a night can have changed them.
//!
//! **Why a part is enough.** Average linkage over all pairs, with ties by the lowest items, knows one outcome, whatever
//! the order in which mutual nearest groups merge: a merger is never closer to a third group than the closer of its parts
//! (see [`crate::kernel::linkage`]; every pair of groups has an average there, so that ties are reducible too). Let S be
//! some stories of before together with all new reports, R the others, and let the scores and penalties within R be what
//! they were. Let H be the stories of R that have a pair with S at or above the cut, and maybe others. If linkage of S and H alone leaves
//! each story of H as it was, then linkage of everything gives those stories of S, and R as it was:
//! groups merge in the order of their averages; two groups of R that are the closest at hand were so before, and merged;
//! two groups of S and H are at hand in the same state in the linkage of these alone, since a whole story forms from its own
//! scores; and between S and the rest of R no pair, so no average, reaches the cut. Where a story of H does not stay as it was
//! it joins S, and that is tried again: with what came beside it, and with what hangs together with that by close pairs,
//! because no two groups without a close pair between them ever merge.
//!
//! **Scores are supported ones** ([`crate::stages::support`]): that of a pair looks at the close reports of both and at what they
//! score with the other. So S has also the stories of reports that are close, or were, to a report that came, went or changed
//! ([`Close::concerned`]): of all others it is what it was. A pair that reaches the cut is one or two steps of close pairs
//! apart, and similar by itself, so H is what is so near to S; what hangs together hangs together by close pairs, also through reports that are not
//! at hand; and those that are close to a report at hand are scored with it, though not grouped.

use foldhash::{HashMap, HashSet};

use super::Error;
use super::close::Close;
use super::findings::Findings;
use super::reports::Reports;
use super::state::{NONE, numbers};
use super::work::Work;
use crate::kernel::linkage::{self, Average, Edge, Merger, Tree, group_under, together};
use crate::stages::decide::{Constraints, bind};
use crate::stages::support::support;

/// Reports that were grouped, and how.
#[derive(Default)]
pub(super) struct Grouped {
    /// Their positions among all reports, ascending.
    pub(super) positions: Vec<u32>,
    /// Of these: each one's story by its lowest report, and how the stories came together.
    pub(super) tree: Tree,
    /// Stories of before that are other stories now, or may be.
    pub(super) stories: HashSet<u32>,
}

impl Grouped {
    /// How many pairs that editors linked are in two stories nevertheless: whatever decisions name is at hand.
    pub(super) fn unmet(&self, work: &Work<'_>, reports: &Reports) -> u64 {
        if work.params.only_duplicates {
            return 0;
        }
        let story = |row: u32| {
            let position = reports.position[work.group_of(row) as usize];
            self.positions.binary_search(&position).ok().map(|n| self.tree.label[n])
        };
        let linked = decided(work).together.into_iter();
        linked.filter(|&(a, b, _)| story(a) != story(b)).count() as u64
    }
}

/// Groups new reports, the stories that changed, and whatever else becomes another story because of that. Of some reports a
/// pair with another report of before, or the penalty, `changed`.
pub(super) fn regroup(
    work: &Work<'_>,
    reports: &Reports,
    findings: &Findings,
    mut stories: HashSet<u32>,
    changed: &HashSet<u32>,
) -> Result<Grouped, Error> {
    let n = reports.rows.len();
    let mut close = Close::new(work, reports, findings);
    stories.extend(close.concerned(changed)?);
    let mut hand = Hand {
        inside: vec![false; n],
        there: vec![false; n],
        tree: Tree { label: (0..n as u32).collect(), mergers: Vec::new() },
    };
    let story_of = |&row: &u32| work.state.was(row).story;
    let story: Vec<u32> = reports.rows.iter().map(story_of).collect();
    let story = |i: u32| story[i as usize];
    let mut joining = stories.clone();
    joining.insert(NONE);
    while !joining.is_empty() {
        let joined: Vec<u32> = (0..n as u32).filter(|&i| joining.contains(&story(i))).collect();
        joined.iter().for_each(|&i| hand.inside[i as usize] = true);
        close.look_around(&joined)?;
        let near = close.beside(&hand.inside);
        close.look_around(&near)?;
        let mut reached = hand.inside.clone();
        near.iter().for_each(|&i| reached[i as usize] = true);
        let further = close.linked(&hand.inside, &close.beside(&reached))?;
        let beside: HashSet<u32> = near.into_iter().chain(further).map(story).collect();
        let at_hand = |i: u32| hand.inside[i as usize] || beside.contains(&story(i));
        let came: Vec<u32> =
            (0..n as u32).filter(|&i| !hand.there[i as usize] && at_hand(i)).collect();
        close.look_around(&came)?;
        came.iter().for_each(|&i| hand.there[i as usize] = true);
        let again = hand.parts_of(work, reports, &close, &came);
        hand.link(work, reports, findings, &close, &again)?;
        joining = self::joining(&again.0, story, &hand.tree.label, &beside);
        stories.extend(&joining);
    }
    let positions: Vec<u32> = (0..n as u32).filter(|&i| hand.there[i as usize]).collect();
    Ok(Grouped { tree: numbered(hand.tree, &positions), positions, stories })
}

/// Reports at hand, by position among all.
struct Hand {
    /// Whether they are new, or of a story that may change.
    inside: Vec<bool>,
    there: Vec<bool>,
    /// How they come together, as far as that is known.
    tree: Tree,
}

impl Hand {
    /// What hangs together with reports that came: nothing else at hand comes together in another way because of them. Gives
    /// those reports, ascending, and for each report of all the lowest of its part.
    fn parts_of(
        &self,
        work: &Work<'_>,
        reports: &Reports,
        close: &Close<'_>,
        came: &[u32],
    ) -> (Vec<u32>, Vec<u32>) {
        let there = |i: u32| self.there[i as usize];
        let pairs = close.pairs.iter().copied();
        // What editors say may tie any of what they name to any other.
        let named = work.named.iter().map(|&row| reports.position[work.group_of(row) as usize]);
        let named = named.clone().zip(named.skip(1));
        let part = together(self.there.len(), pairs.chain(named));
        let mut again = vec![false; part.len()];
        came.iter().for_each(|&i| again[part[i as usize] as usize] = true);
        let again = |i: &u32| there(*i) && again[part[*i as usize] as usize];
        ((0..part.len() as u32).filter(again).collect(), part)
    }

    /// Groups some reports, ascending, by the pairs of each part of them.
    fn link(
        &mut self,
        work: &Work<'_>,
        reports: &Reports,
        findings: &Findings,
        close: &Close<'_>,
        (grouped, part): &(Vec<u32>, Vec<u32>),
    ) -> Result<(), Error> {
        let mut inside = vec![false; part.len()];
        grouped.iter().for_each(|&i| inside[i as usize] = true);
        let inside = |i: u32| inside[i as usize];
        let mut speak = vec![false; part.len()];
        for &(a, b) in close.pairs.iter().filter(|pair| inside(pair.0) || inside(pair.1)) {
            (speak[a as usize], speak[b as usize]) = (true, true);
        }
        let speaks = |&i: &u32| inside(i) || speak[i as usize];
        let positions: Vec<u32> = (0..part.len() as u32).filter(speaks).collect();
        let number = numbers(&positions, part.len());
        let number_of = |row: u32| match reports.position[row as usize] {
            NONE => NONE,
            i => number[i as usize],
        };
        let rows: Vec<u32> = positions.iter().map(|&i| reports.rows[i as usize]).collect();
        let part = |n: u32| part[positions[n as usize] as usize];
        let mut edges = Vec::new();
        findings.each_similar(&rows, |n, links| {
            let n = n as u32;
            for link in links {
                let other = number_of(link.row);
                if other != NONE && part(other) == part(n) {
                    edges.push((other.min(n), other.max(n), link.score));
                }
            }
        })?;
        edges.sort_unstable();
        let penalties: Vec<i64> =
            rows.iter().map(|&row| findings.penalties[row as usize].into()).collect();
        let position = |n: u32| positions[n as usize];
        let inside_number = |row: u32| match number_of(row) {
            n if n != NONE && inside(position(n)) => n,
            _ => NONE,
        };
        let constraints = constraints(work, |row| inside_number(work.group_of(row)));
        let cut = work.params.fixed_story_cut();
        let edges = edges.iter().copied();
        let supported = support(edges.clone(), &penalties, cut);
        let grouped = |e: &Edge| inside(position(e.a)) && inside(position(e.b));
        let edges = supported.edges(edges).filter(grouped);
        let tree = group_under(&constraints, &supported.penalties, edges, cut, Average::AllPairs);
        for (&i, label) in positions.iter().zip(tree.label).filter(|(i, _)| inside(**i)) {
            self.tree.label[i as usize] = position(label);
        }
        self.tree.mergers.retain(|m| !inside(m.into));
        let merger = |m: Merger| Merger { into: position(m.into), gone: position(m.gone), ..m };
        self.tree.mergers.extend(tree.mergers.into_iter().map(merger));
        Ok(())
    }
}

/// A tree of some positions by their numbers among these.
fn numbered(Tree { label, mergers }: Tree, positions: &[u32]) -> Tree {
    let numbers = numbers(positions, label.len());
    let number = |i: u32| numbers[i as usize];
    let merger = |m: Merger| Merger { into: number(m.into), gone: number(m.gone), ..m };
    Tree {
        label: positions.iter().map(|&i| number(label[i as usize])).collect(),
        mergers: mergers.into_iter().map(merger).collect(),
    }
}

/// What editors decided, of reports that are all those of articles that decisions name, or none. With duplicates alone each
/// report is its own story, whatever they decided.
fn constraints(work: &Work<'_>, number: impl Fn(u32) -> u32) -> linkage::Constraints {
    if work.params.only_duplicates || work.named.iter().all(|&row| number(row) == NONE) {
        return linkage::Constraints::default();
    }
    decided(work).of_groups(number)
}

/// What editors decided, of articles by their rows.
fn decided(work: &Work<'_>) -> Constraints {
    bind(&work.params.decisions, |id| work.row_of(id))
}

/// Stories beside that do not stay as they were, of those of some reports.
fn joining(
    positions: &[u32],
    story: impl Fn(u32) -> u32,
    label: &[u32],
    beside: &HashSet<u32>,
) -> HashSet<u32> {
    let (mut of_story, mut of_label) = (HashMap::default(), HashMap::default());
    let (mut joining, mut mixed) = (HashSet::default(), HashSet::default());
    // A story stays as it was if all of it has one label, and nothing else has that label.
    let all = || positions.iter().map(|&i| (story(i), label[i as usize]));
    for (story, label) in all() {
        if beside.contains(&story) && *of_story.entry(story).or_insert(label) != label {
            joining.insert(story);
        }
        if *of_label.entry(label).or_insert(story) != story {
            mixed.insert(label);
        }
    }
    let mixes = |(story, label): &(u32, u32)| mixed.contains(label) && beside.contains(story);
    joining.extend(all().filter(mixes).map(|(story, _)| story));
    joining
}
