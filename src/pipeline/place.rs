//! Groups and stories to the outcome: who stands for what, in which order, on which evidence.

use std::cmp::Reverse;
use std::io;

use rayon::prelude::*;

use super::changes;
use super::matches::{self, best, linked};
use super::stories::Stories;
use super::{Corpus, Found};
use crate::kernel::time::ONE;
use crate::model::{Entry, Grouping, Reason};
use crate::params::Params;
use crate::stages::represent::{self, Candidate};

/// Least cosine with which an earlier story is called related, in 1 / 65,536.
const RELATED: i32 = (ONE * 3 / 10) as i32;

/// A group with the member that stands for it.
pub(super) struct Group {
    /// Its position among the groups as found.
    pub(super) found: u32,
    /// Representative first, then by time.
    pub(super) members: Vec<u32>,
    reason: Reason,
    id: u64,
}

pub(super) struct Story {
    /// That of the representative first, then by time.
    pub(super) groups: Vec<Group>,
    pub(super) size: usize,
    reason: Reason,
    /// Names it: the hash of the id of its earliest article, unless it had a name before.
    pub(super) id: u64,
}

/// Puts everything in its place.
///
/// # Errors
/// What was put aside cannot be read again.
pub(super) fn place(corpus: Corpus, found: &mut Found, params: &Params) -> io::Result<Grouping> {
    let all = assemble(&corpus, found, params);
    arrange(corpus, found, all, params)
}

/// Puts stories in their order, and everything that is known of them beside them; the matches of copies go there.
///
/// # Errors
/// What was put aside cannot be read again.
pub(super) fn arrange(
    corpus: Corpus,
    found: &mut Found,
    mut all: Vec<Story>,
    params: &Params,
) -> io::Result<Grouping> {
    all.par_sort_by_key(|story| (Reverse(story.size), story.id));
    let mut grouping = lay_out(&all);
    grouping.weakest = weakest(found, &all);
    grouping.related = related(&corpus, found, &all);
    drop(all);
    grouping.linked = linked(found);
    grouping.changes = changes::of_duplicates(&corpus, &grouping)?;
    grouping.articles = corpus.into_entries();
    grouping.matches = matches::all(found, params);
    grouping.best = best(&grouping);
    Ok(grouping)
}

/// Brings groups together in stories and chooses the representatives.
pub(super) fn assemble(corpus: &Corpus, found: &Found, params: &Params) -> Vec<Story> {
    let Found { constraints, groups, stories, .. } = found;
    let story_of = |group: u32| stories.story[group as usize];
    let mut by_story: Vec<u32> = (0..groups.len() as u32).collect();
    by_story.sort_by_key(|&group| story_of(group));
    let by_story: Vec<&[u32]> = by_story.chunk_by(|&g, &h| story_of(g) == story_of(h)).collect();
    let centrality = centrality(stories);
    let story = |of_story: &[u32]| {
        let mut of_story: Vec<Group> =
            of_story.iter().map(|&g| choose(corpus, found, g, params)).collect();
        of_story.sort_by(|x, y| corpus.by_time(x.members[0]).cmp(&corpus.by_time(y.members[0])));
        let candidates: Vec<Candidate> =
            of_story.iter().map(|g| candidate(corpus, g.members[0])).collect();
        let sums: Vec<i64> = of_story.iter().map(|g| centrality[g.found as usize]).collect();
        let (central, reason) = match constraints.chosen(of_story.iter().map(|g| g.members[0])) {
            Some(group) => (group, Reason::Editor),
            None => represent::of_story(&candidates, &sums),
        };
        of_story[..=central].rotate_right(1);
        let first = of_story
            .iter()
            .map(|g| groups[g.found as usize][0])
            .min_by(|&i, &j| corpus.by_time(i).cmp(&corpus.by_time(j)));
        let id = corpus.identity(first.expect("a story has a group"));
        Story { size: of_story.iter().map(|g| g.members.len()).sum(), groups: of_story, reason, id }
    };
    by_story.into_par_iter().map(story).collect()
}

/// For each group the sum of its scores with the others of its story.
fn centrality(stories: &Stories) -> Vec<i64> {
    let mut sums = vec![0; stories.story.len()];
    for (pair, &score) in stories.similar.iter().zip(&stories.scores.pairs) {
        if stories.joins(pair) {
            sums[pair.a as usize] += i64::from(score);
            sums[pair.b as usize] += i64::from(score);
        }
    }
    sums
}

fn candidate(corpus: &Corpus, i: u32) -> Candidate<'_> {
    let Entry { source, published, id, .. } = &corpus.entries[i as usize];
    Candidate { source, published: published.get(), n_words: corpus.n_words(i), id }
}

/// A group as found, in the order of time, with its representative moved to the front.
fn choose(corpus: &Corpus, all: &Found, found: u32, params: &Params) -> Group {
    let members = &all.groups[found as usize];
    let (chosen, reason) = match all.constraints.chosen(members.iter().copied()) {
        Some(member) => (member, Reason::Editor),
        None => {
            let candidates: Vec<Candidate> =
                members.iter().map(|&i| candidate(corpus, i)).collect();
            represent::of_group(&candidates, &params.representative)
        }
    };
    let id = corpus.identity(members[0]);
    let mut members = members.to_vec();
    members[..=chosen].rotate_right(1);
    Group { found, members, reason, id }
}

/// The permutation and its boundaries.
fn lay_out(stories: &[Story]) -> Grouping {
    let mut grouping = Grouping { groups: vec![0], stories: vec![0], ..Grouping::default() };
    for story in stories {
        for group in &story.groups {
            grouping.order.extend_from_slice(&group.members);
            grouping.groups.push(grouping.order.len() as u32);
            grouping.group_ids.push(group.id);
            grouping.group_reasons.push(group.reason);
        }
        grouping.stories.push(grouping.group_ids.len() as u32);
        grouping.story_ids.push(story.id);
        grouping.story_reasons.push(story.reason);
    }
    grouping
}

/// For each story the average score of its last merger.
fn weakest(found: &Found, all: &[Story]) -> Vec<Option<f32>> {
    let stories = &found.stories;
    let mut of_label = vec![None; stories.story.len()];
    for merger in &stories.mergers {
        let average = merger.sum as f64 / merger.pairs as f64 / ONE as f64;
        of_label[stories.story[merger.into as usize] as usize] = Some(average as f32);
    }
    let label = |story: &Story| stories.story[story.groups[0].found as usize];
    all.iter().map(|story| of_label[label(story) as usize]).collect()
}

/// For each story the one before it in time that it resembles most, if any does enough.
fn related(corpus: &Corpus, found: &Found, all: &[Story]) -> Vec<Option<u32>> {
    let Found { groups, stories, .. } = found;
    let mut story_of = vec![0u32; groups.len()];
    for (s, story) in all.iter().enumerate() {
        story.groups.iter().for_each(|g| story_of[g.found as usize] = s as u32);
    }
    let begins = |group: u32| corpus.time(groups[group as usize][0]).0;
    let first: Vec<Option<i64>> =
        all.iter().map(|s| s.groups.iter().filter_map(|g| begins(g.found)).min()).collect();
    let lowest = |s: &Story| s.groups.iter().map(|g| groups[g.found as usize][0]).min();
    let lowest: Vec<Option<u32>> = all.iter().map(lowest).collect();
    // Of those that are as near the last, and the one with the lowest article: a name, which an index keeps, decides nothing.
    let rank = |cosine: i32, t: u32| (cosine, first[t as usize], Reverse(lowest[t as usize]), t);
    let mut best = vec![None; all.len()];
    let mut offer = |later: u32, earlier: u32, cosine: i32| {
        let (s, t) = (story_of[later as usize], story_of[earlier as usize]);
        let before = first[t as usize].zip(first[s as usize]).is_some_and(|(x, y)| x < y);
        if s != t && before && cosine >= RELATED {
            best[s as usize] = best[s as usize].max(Some(rank(cosine, t)));
        }
    };
    for pair in &stories.similar {
        offer(pair.a, pair.b, pair.cosine.get());
        offer(pair.b, pair.a, pair.cosine.get());
    }
    for (group, nearest) in stories.nearest.iter().enumerate() {
        nearest.iter().for_each(|&(other, cosine)| offer(group as u32, other, cosine));
    }
    best.into_iter().map(|b| b.map(|b| b.3)).collect()
}
