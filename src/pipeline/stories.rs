//! Near-duplicate groups to stories. Each group takes part through its earliest member, whatever stands for it later.

use std::io;

use super::Corpus;
use crate::kernel::linkage::{self, Average, Merger, Tree, group_under};
use crate::kernel::time::TimeFactor;
use crate::params::Params;
use crate::stages::crowd::{self, Scores};
use crate::stages::decide::Constraints;
use crate::stages::neighbours::{self, Neighbours, Similar};
use crate::stages::reach::Times;
use crate::stages::support::support;

/// The story level's findings. Its reports are the groups, which stand in the order of time, undated ones first.
#[derive(Debug, Default)]
pub(super) struct Stories {
    /// For each report the lowest report of its story.
    pub(super) story: Vec<u32>,
    /// How each story came together, its weakest link last.
    pub(super) mergers: Vec<Merger>,
    /// Pairs of similar reports, ascending.
    pub(super) similar: Vec<Similar>,
    /// Their scores.
    pub(super) scores: Scores,
    /// The reports in the past of each that are most similar to it, with the cosine.
    pub(super) nearest: Vec<Vec<(u32, i32)>>,
    pub(super) times: Times,
}

impl Stories {
    /// Every group its own story.
    pub(super) fn none(n_groups: usize) -> Self {
        let nearest = vec![Vec::new(); n_groups];
        let story = (0..n_groups as u32).collect();
        Self { story, nearest, ..Self::default() }
    }

    /// How many stories there are.
    pub(super) fn count(&self) -> usize {
        self.story.iter().enumerate().filter(|&(i, &s)| i == s as usize).count()
    }

    /// Whether the two reports of a pair are in one story.
    pub(super) fn joins(&self, pair: &Similar) -> bool {
        self.story[pair.a as usize] == self.story[pair.b as usize]
    }

    /// The score of a pair without the penalties of both.
    pub(super) fn net(&self, pair: &Similar, score: i32) -> i64 {
        let [of_a, of_b] = [pair.a, pair.b].map(|i| self.scores.penalties[i as usize]);
        i64::from(score) - of_a - of_b
    }
}

/// Groups near-duplicate groups into stories.
///
/// # Errors
/// Terms that were put aside cannot be read.
pub(super) fn find(
    corpus: &mut Corpus,
    groups: &[Vec<u32>],
    constraints: &Constraints,
    params: &Params,
) -> io::Result<Stories> {
    let canonical = groups.iter().map(|group| group[0]);
    let vectors = corpus.load_terms(canonical.clone())?;
    corpus.forget_terms();
    let times = times(corpus, canonical);
    let near = neighbours::search(&vectors, &times, &TimeFactor::new(params.window_days));
    // What is found, put together, needs the room.
    corpus.give_back();
    let mut near = near.gather();
    corpus.give_back();
    // One text in two groups is a notice: what they share says nothing of an event.
    let content = |group: u32| corpus.content(groups[group as usize][0]);
    near.similar.retain(|pair| content(pair.a) != content(pair.b));
    let scores = crowd::correct(&vectors, &near, times.undated);
    let Neighbours { similar, nearest, local, .. } = near;
    // Linkage needs the room.
    drop((vectors, local));
    corpus.give_back();
    let scored = similar.iter().zip(&scores.pairs).map(|(p, &score)| (p.a, p.b, score));
    let cut = params.fixed_story_cut();
    let supported = support(scored.clone(), &scores.penalties, cut);
    corpus.give_back();
    let constraints = of_groups(constraints, groups);
    let edges = supported.edges(scored);
    let Tree { label: story, mergers } =
        group_under(&constraints, &supported.penalties, edges, cut, Average::AllPairs);
    Ok(Stories { story, mergers, similar, scores, nearest, times })
}

/// The constraints on articles as constraints on the groups that they are in.
fn of_groups(constraints: &Constraints, groups: &[Vec<u32>]) -> linkage::Constraints {
    if constraints.is_empty() {
        return linkage::Constraints::default();
    }
    let group_of = group_of(groups);
    constraints.of_groups(|i| group_of[i as usize])
}

/// For each article the group that it is in.
pub(super) fn group_of(groups: &[Vec<u32>]) -> Vec<u32> {
    let mut group_of = vec![0; groups.iter().map(Vec::len).sum()];
    for (group, members) in (0..).zip(groups) {
        members.iter().for_each(|&i| group_of[i as usize] = group);
    }
    group_of
}

fn times(corpus: &Corpus, reports: impl Iterator<Item = u32>) -> Times {
    let mut times = Times::default();
    for i in reports {
        let (time, stamped) = corpus.time(i);
        times.undated += usize::from(time.is_none());
        times.seconds.extend(time);
        times.stamped.push(stamped);
        times.identities.push(corpus.identity(i));
    }
    times
}
