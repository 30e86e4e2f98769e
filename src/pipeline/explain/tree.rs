//! How a story came together: its reports, and what was put together on which average.

use std::io;

use super::super::{name, place, stories};
use super::{Clock, Found, Run, gather, party};
use crate::kernel::linkage::{Merger, root};
use crate::kernel::time::ONE;
use crate::model::explain::{Link, Part, Report, StoryTree};
use crate::model::{Article, Grouping};
use crate::params::Params;

/// Explains the story of this id, or the one that the article of this id is in.
///
/// # Errors
/// A parameter is not in its range, or lists that were put aside cannot be read; within, that there is neither.
pub fn explain_story(
    articles: impl IntoIterator<Item = Vec<Article>>,
    name: &str,
    params: &Params,
) -> io::Result<Result<StoryTree, String>> {
    let (mut corpus, _) = gather(articles, |_| false, params)?;
    let mut found = Found::new(&mut corpus, params, &mut Run::default(), &mut Clock::default())?;
    let grouping = place::place(corpus, &mut found, params)?;
    Ok(of_story(&grouping, &found, name, params).ok_or_else(|| name.to_owned()))
}

/// The story of this id, or the one that the article of this id is in.
pub(in crate::pipeline) fn of_story(
    grouping: &Grouping,
    found: &Found,
    name: &str,
    params: &Params,
) -> Option<StoryTree> {
    let places = grouping.places();
    let named = (0..grouping.n_stories()).find(|&s| story_id(grouping, s) == name);
    let told = || grouping.articles.iter().position(|entry| &*entry.id == name);
    let story = named.or_else(|| told().map(|i| places.story(i as u32)))?;
    let groups = grouping.groups_of(story);
    // A report of the run is a group; it is known here by any of its articles.
    let report = |found_group: u32| places.group(found.groups[found_group as usize][0]);
    let inside = |group: u32| groups.contains(&report(group));
    let place = |group: u32| report(group) - groups.start;
    let linked = linked(found).into_iter().filter(|l| inside(l.ends[0]));
    let mergers = found.stories.mergers.iter().filter(|m| inside(m.into)).map(Joined::by_score);
    let joined = linked.chain(mergers).map(|joined| (joined.ends.map(place), joined));
    let reports = groups.clone().map(|group| {
        let copies = grouping.members(group).len() - 1;
        Report { article: party(grouping.representative(group)), copies }
    });
    Some(StoryTree {
        story_id: story_id(grouping, story),
        size: grouping.articles_of(story).len(),
        needed: params.story_cut,
        reports: reports.collect(),
        links: links(groups.len(), joined),
    })
}

/// Two parts that became one, each known by one of its groups as found, the first standing for both from then on.
struct Joined {
    ends: [u32; 2],
    score: Option<f64>,
    pairs: u64,
    by: Option<String>,
}

impl Joined {
    fn by_score(merger: &Merger) -> Self {
        let Merger { into, gone, sum, pairs } = *merger;
        let score = sum as f64 / pairs.max(1) as f64 / ONE as f64;
        Self { ends: [into, gone], score: Some(score), pairs, by: None }
    }
}

/// What editors linked: it is one before any score is looked at.
fn linked(found: &Found) -> Vec<Joined> {
    if found.constraints.together.is_empty() {
        return Vec::new();
    }
    let group_of = stories::group_of(&found.groups);
    let group_of = |i: u32| group_of[i as usize];
    let mut stands: Vec<u32> = (0..found.groups.len() as u32).collect();
    let mut joined = Vec::new();
    for (a, b) in found.constraints.of_groups(group_of).together {
        let mut ends = [a, b].map(|group| root(&mut stands, group));
        ends.sort_unstable();
        if ends[0] != ends[1] {
            stands[ends[1] as usize] = ends[0];
            let of = |&&(x, y, _): &&(u32, u32, Box<str>)| (group_of(x), group_of(y)) == (a, b);
            let by = found.constraints.together.iter().find(of).map(|(_, _, by)| by.to_string());
            joined.push(Joined { ends, score: None, pairs: 0, by });
        }
    }
    joined
}

/// Parts that became one, each known by one of its reports, as links between parts.
fn links(n: usize, joined: impl Iterator<Item = ([usize; 2], Joined)>) -> Vec<Link> {
    let mut parts: Vec<(Part, usize)> = (0..n).map(|i| (Part::Report(i), 1)).collect();
    let mut links = Vec::new();
    for ([into, gone], Joined { score, pairs, by, .. }) in joined {
        let reports = parts[into].1 + parts[gone].1;
        let both = [parts[into].0, parts[gone].0];
        parts[into] = (Part::Link(links.len()), reports);
        links.push(Link { parts: both, score, pairs, by, reports });
    }
    links
}

fn story_id(grouping: &Grouping, story: usize) -> String {
    name::spelled(grouping.story_ids[story])
}
