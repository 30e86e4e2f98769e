//! The layout `stories`: one row per story.

use std::io;

use super::Emit;
use super::articles::similarity;
use super::cell::Cell;
use super::story::Story;
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
    for (story, cohesion) in Story::all(grouping).zip(cohesion(grouping)) {
        let (at, span, lead) = (story.position(), story.span(), story.lead());
        let firsts = story.groups().map(|group| &*grouping.earliest(group).source);
        let mut languages: Vec<&str> = story.entries().map(|entry| &*entry.lang).collect();
        languages.retain(|lang| !lang.is_empty());
        languages.sort_unstable();
        languages.dedup();
        let Cohesion { least, sum, matches } = cohesion;
        let related = grouping.related[at].map(|other| grouping.story_ids[other as usize]);
        emit(&[
            Cell::Name('s', grouping.story_ids[at]),
            Cell::Count(story.size()),
            Cell::Count(story.groups().len()),
            Cell::Count(story.sources().len()),
            Cell::Count(owners.independent(firsts)),
            Cell::time(span.map(|span| span.0)),
            Cell::time(span.map(|span| span.1)),
            Cell::text(&languages.join(" ")),
            Cell::Text(&lead.id),
            Cell::text(&lead.title),
            if matches == 0 { Cell::Nothing } else { Cell::Number(least) },
            if matches == 0 { Cell::Nothing } else { Cell::Number(sum / f64::from(matches)) },
            related.map_or(Cell::Nothing, |id| Cell::Name('s', id)),
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
