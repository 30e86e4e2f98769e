//! The layout `stories`: one row per story.

use std::io;

use super::Emit;
use super::articles::similarity;
use super::cell::Cell;
use crate::model::{Grouping, Owners};

pub(super) const COLUMNS: &[&str] = &[
    "story_id",
    "size",
    "duplicate_groups",
    "sources",
    "independent_reports",
    "first_published",
    "last_published",
    "languages",
    "story_representative_id",
    "story_title",
    "similarity_min",
    "similarity_mean",
    "related_story_id",
];

pub(super) fn rows(grouping: &Grouping, owners: &Owners, emit: &mut Emit<'_>) -> io::Result<()> {
    for (story, cohesion) in cohesion(grouping).into_iter().enumerate() {
        let (groups, members) = (grouping.groups_of(story), grouping.articles_of(story));
        let entries = || members.iter().map(|&article| &grouping.articles[article as usize]);
        let firsts = groups.clone().map(|group| grouping.earliest(group));
        let published = || entries().filter_map(|entry| entry.published());
        let mut languages = distinct(entries().map(|entry| &*entry.lang));
        languages.retain(|lang| !lang.is_empty());
        let Cohesion { least, sum, matches } = cohesion;
        emit(&[
            Cell::Name('s', grouping.story_ids[story]),
            Cell::Count(members.len()),
            Cell::Count(groups.len()),
            Cell::Count(
                distinct(entries().map(|entry| &*entry.source))
                    .iter()
                    .filter(|s| !s.is_empty())
                    .count(),
            ),
            Cell::Count(owners.independent(firsts.map(|entry| &*entry.source))),
            Cell::time(published().min()),
            Cell::time(published().max()),
            Cell::text(&languages.join(" ")),
            Cell::Text(&grouping.representative(groups.start).id),
            entries().next().map_or(Cell::Nothing, |entry| Cell::text(&entry.title)),
            if matches == 0 { Cell::Nothing } else { Cell::Number(least) },
            if matches == 0 { Cell::Nothing } else { Cell::Number(sum / f64::from(matches)) },
            grouping.related[story]
                .map_or(Cell::Nothing, |other| Cell::Name('s', grouping.story_ids[other as usize])),
        ])?;
    }
    Ok(())
}

/// The numbers of the matches inside one story.
#[derive(Clone, Copy)]
struct Cohesion {
    least: f64,
    sum: f64,
    matches: u32,
}

/// Gathers the similarities of all matches by story, in the order of the matches.
fn cohesion(grouping: &Grouping) -> Vec<Cohesion> {
    let places = grouping.places();
    let mut all =
        vec![Cohesion { least: f64::INFINITY, sum: 0.0, matches: 0 }; grouping.story_ids.len()];
    for found in
        grouping.matches.iter().filter(|found| places.story(found.a) == places.story(found.b))
    {
        if let Some(similarity) = similarity(found).map(f64::from) {
            let story = &mut all[places.story(found.a)];
            *story = Cohesion {
                least: story.least.min(similarity),
                sum: story.sum + similarity,
                matches: story.matches + 1,
            };
        }
    }
    all
}

fn distinct<'a>(values: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut values: Vec<&str> = values.collect();
    values.sort_unstable();
    values.dedup();
    values
}
