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
