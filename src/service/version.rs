//! The version of a story: what editors must have seen before they decide about it.

use super::problem::Problem;
use crate::pipeline::index::{Index, Told};

/// Changes with every decision about one of its articles, every merger and split, and whenever articles move between it and
/// another; articles that merely come in do not change it.
pub(super) fn version(index: &Index, told: &Told) -> Result<String, Problem> {
    let mut ids: Vec<&str> = told.articles.iter().map(|a| &*a.entry.id).collect();
    ids.sort_unstable();
    let concerns = |id: &str| !id.is_empty() && ids.binary_search(&id).is_ok();
    let decided = index.decided()?.into_iter().rev();
    let last = decided
        .filter(|d| concerns(&d.decision.article) || concerns(&d.decision.other))
        .map(|d| d.number)
        .next();
    let moved = index.last_move(&told.story.id)?;
    Ok(format!("{}.{}", last.unwrap_or(0), moved.unwrap_or(0)))
}
