//! How a story came together: its reports, and what was put together on which average.

use std::io;

use super::super::place;
use super::{Clock, Found, Run, gather, party};
use crate::kernel::base32;
use crate::kernel::linkage::Merger;
use crate::kernel::time::ONE;
use crate::model::explain::{Link, Part, Report, StoryTree};
use crate::model::{Article, Grouping};
use crate::params::Params;

/// Explains the story of this id, or the one that the article of this id is in.
///
/// # Errors
/// Lists that were put aside cannot be read; within, that there is neither.
pub fn explain_story(
    articles: impl IntoIterator<Item = Vec<Article>>,
    name: &str,
    params: &Params,
) -> io::Result<Result<StoryTree, String>> {
    let (mut corpus, _) = gather(articles, |_| false, params)?;
    let found = Found::new(&mut corpus, params, &mut Run::default(), &mut Clock::default())?;
    let grouping = place::place(corpus, &found, params)?;
    Ok(of_story(&grouping, &found, name, params).ok_or_else(|| name.to_owned()))
}

/// The story of this id, or the one that the article of this id is in.
pub(in crate::pipeline) fn of_story(
    grouping: &Grouping,
    found: &Found,
    name: &str,
    params: &Params,
) -> Option<StoryTree> {
    let group_of = groups(grouping);
    let story_of = |group: usize| grouping.stories.partition_point(|&s| s as usize <= group) - 1;
    let named = (0..grouping.story_ids.len()).find(|&s| story_id(grouping, s) == name);
    let told = || grouping.articles.iter().position(|entry| &*entry.id == name);
    let story = named.or_else(|| told().map(|i| story_of(group_of[i])))?;
    let groups = grouping.stories[story] as usize..grouping.stories[story + 1] as usize;
    // A report of the run is a group; it is known here by any of its articles.
    let report = |found_group: u32| group_of[found.groups[found_group as usize][0] as usize];
    let inside = |m: &&Merger| groups.contains(&report(m.into));
    let mergers = found.stories.mergers.iter().filter(inside);
    let mergers = mergers.map(|m| ([report(m.into), report(m.gone)].map(|g| g - groups.start), m));
    let bounds =
        |group: usize| [grouping.groups[group] as usize, grouping.groups[group + 1] as usize];
    let reports = groups.clone().map(|group| {
        let [from, to] = bounds(group);
        let entry = &grouping.articles[grouping.order[from] as usize];
        Report { article: party(entry), copies: to - from - 1 }
    });
    Some(StoryTree {
        story_id: story_id(grouping, story),
        size: bounds(groups.end - 1)[1] - bounds(groups.start)[0],
        needed: params.story_cut,
        reports: reports.collect(),
        links: links(groups.len(), mergers),
    })
}

/// Mergers of parts, each known by one of its reports, as links between parts.
fn links<'a>(n: usize, mergers: impl Iterator<Item = ([usize; 2], &'a Merger)>) -> Vec<Link> {
    let mut parts: Vec<(Part, usize)> = (0..n).map(|i| (Part::Report(i), 1)).collect();
    let mut links = Vec::new();
    for ([into, gone], merger) in mergers {
        let reports = parts[into].1 + parts[gone].1;
        let score = merger.sum as f64 / merger.pairs.max(1) as f64 / ONE as f64;
        let both = [parts[into].0, parts[gone].0];
        parts[into] = (Part::Link(links.len()), reports);
        links.push(Link { parts: both, score, pairs: merger.pairs, reports });
    }
    links
}

/// The group of each article.
fn groups(grouping: &Grouping) -> Vec<usize> {
    let mut group_of = vec![0; grouping.articles.len()];
    for (group, ends) in grouping.groups.windows(2).enumerate() {
        for &i in &grouping.order[ends[0] as usize..ends[1] as usize] {
            group_of[i as usize] = group;
        }
    }
    group_of
}

fn story_id(grouping: &Grouping, story: usize) -> String {
    let letters = base32::encode(grouping.story_ids[story]).map(char::from);
    std::iter::once('s').chain(letters).collect()
}
