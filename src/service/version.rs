//! The version of a story: what editors must have seen before they decide about it.

use super::problem::Problem;
use crate::pipeline::index::{Index, Told};

/// Changes with every decision about one of its articles, every merger and split, and whenever articles move between it and
/// another; articles that merely come in do not change it.
pub(super) fn version(index: &Index, told: &Told) -> Result<String, Problem> {
    let ids: Vec<&str> = told.articles.iter().map(|a| &*a.entry.id).collect();
    let last = index.last_decided(&ids)?;
    let moved = index.last_move(&told.story.id)?;
    Ok(format!("{}.{}", last.unwrap_or(0), moved.unwrap_or(0)))
}

/// How much a page of many stories has seen: the last decision and the last line of the log.
pub(super) fn seen(index: &Index) -> Result<String, Problem> {
    let last = index.decided_before(i64::MAX, 1)?.first().map_or(0, |d| d.number);
    Ok(format!("{last}.{}", index.log_end()?))
}

/// The version of a story on a page that has seen so much; where it changed since, empty, which no version is.
pub(super) fn version_seen(index: &Index, story: &str, seen: &str) -> Result<String, Problem> {
    let Some(told) = index.told(story)? else { return Ok(String::new()) };
    let now = version(index, &told)?;
    let both = numbers(&now).zip(numbers(seen));
    let as_seen = both.is_some_and(|(now, seen)| now.0 <= seen.0 && now.1 <= seen.1);
    Ok(if as_seen { now } else { String::new() })
}

fn numbers(version: &str) -> Option<(i64, i64)> {
    let (decided, moved) = version.split_once('.')?;
    Some((decided.parse().ok()?, moved.parse().ok()?))
}
