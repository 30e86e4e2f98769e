//! Near-duplicate groups to stories. Each group takes part through its earliest member, whatever stands for it later.

use super::Corpus;
use crate::kernel::linkage::{Average, Edge, group};
use crate::kernel::time::{ONE, TimeFactor};
use crate::params::Params;
use crate::stages::crowd::{self, Scores};
use crate::stages::neighbours::{self, Report, Similar};
use crate::stages::weights::Weights;

/// The story level's findings; groups go by their positions.
#[derive(Debug, Default)]
pub(super) struct Stories {
    /// For each group the lowest group of its story.
    pub(super) story: Vec<u32>,
    /// How many stories there are.
    pub(super) count: usize,
    /// Pairs of groups whose canonical members are similar, ascending.
    pub(super) similar: Vec<Similar>,
    /// Their scores.
    pub(super) scores: Scores,
    /// The groups in the past of each that are most similar to it, with the cosine.
    pub(super) neighbours: Vec<Vec<(u32, i32)>>,
}

impl Stories {
    /// Every group its own story.
    pub(super) fn none(n_groups: usize) -> Self {
        Self {
            story: (0..n_groups as u32).collect(),
            count: n_groups,
            neighbours: vec![Vec::new(); n_groups],
            ..Self::default()
        }
    }
}

/// Groups near-duplicate groups into stories.
pub(super) fn find(corpus: &Corpus, groups: &[Vec<u32>], params: &Params) -> Stories {
    let report = |group: &Vec<u32>| {
        let (time, stamped) = corpus.time(group[0]);
        Report { vector: &corpus.articles[group[0] as usize].vector, time, stamped }
    };
    let reports: Vec<Report> = groups.iter().map(report).collect();
    let fixed: Vec<Weights> = reports.iter().map(|report| report.vector.fixed()).collect();
    let (mut similar, neighbours) =
        neighbours::find(&reports, &fixed, &TimeFactor::new(params.window_days));
    // One text in two groups is a notice under unrelated headlines: what they share says nothing of an event.
    let content = |group: u32| corpus.articles[groups[group as usize][0] as usize].content;
    similar.retain(|pair| content(pair.a) != content(pair.b));
    let scores = crowd::correct(&reports, &similar, &neighbours);
    let edge = |(pair, &sum): (&Similar, &i64)| Edge { a: pair.a, b: pair.b, sum, examined: 1 };
    let edges = similar.iter().zip(&scores.pairs).map(edge).collect();
    let cut = (params.story_cut * ONE as f64).round() as i64;
    let story = group(&scores.penalties, edges, cut, Average::AllPairs);
    let count = story.iter().enumerate().filter(|&(i, &s)| i == s as usize).count();
    Stories { story, count, similar, scores, neighbours }
}
