//! The layout `pairs`: one row per verified match, with every number that was measured.

use std::io;

use super::Emit;
use super::articles::similarity;
use super::cell::Cell;
use crate::model::{Entry, Grouping, Match, MatchKind};

pub(super) const COLUMNS: &[&str] = &[
    "article_id_a",
    "article_id_b",
    "match_kind",
    "similarity",
    "containment",
    "resemblance",
    "cosine",
    "days_apart",
    "grouped",
];

pub(super) fn rows(grouping: &Grouping, emit: &mut Emit<'_>) -> io::Result<()> {
    let places = grouping.places();
    for found in &grouping.matches {
        let (a, b) = (&grouping.articles[found.a as usize], &grouping.articles[found.b as usize]);
        let measured = |value: f32| texts_compared(found).then_some(value);
        emit(&[
            Cell::Text(&a.id),
            Cell::Text(&b.id),
            Cell::Text(found.kind.as_str()),
            Cell::number(similarity(found)),
            Cell::number(measured(found.containment)),
            Cell::number(measured(found.resemblance)),
            Cell::number(cosine(found)),
            days_apart(a, b).map_or(Cell::Nothing, Cell::Number),
            Cell::Flag(places.story(found.a) == places.story(found.b)),
        ])?;
    }
    Ok(())
}

/// Whether the shingles of a pair were compared; the story level does not need them.
pub(super) fn texts_compared(found: &Match) -> bool {
    matches!(found.kind, MatchKind::Exact | MatchKind::Near)
}

/// The cosine of a pair, unless only the near-duplicate level compared it.
fn cosine(found: &Match) -> Option<f32> {
    let compared = found.kind == MatchKind::Story || found.cosine != 0.0;
    (found.kind != MatchKind::Editor && compared).then_some(found.cosine)
}

/// Days between two articles, by when each was published, else first seen; `None` when that is unknown of either.
fn days_apart(a: &Entry, b: &Entry) -> Option<f64> {
    let seconds = |entry: &Entry| Some(entry.time()?.as_second());
    Some((seconds(a)? - seconds(b)?).abs() as f64 / 86_400.0)
}
