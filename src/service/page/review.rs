//! The doubtful, one at a time, one key for each answer.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::compare::{Side, text_of};
use super::diff::{Mark, reports};
use super::{Frame, encoded, rendered};
use crate::pipeline::index::Index;
use crate::report::counted;
use crate::service::problem::Problem;
use crate::service::review::queue;
use crate::service::state::App;
use crate::service::tokens::Who;

#[derive(Template)]
#[template(path = "review.html", config = "src/service/page/askama.toml")]
struct Review {
    frame: Frame,
    doubt: Option<Doubt>,
}

struct Doubt {
    count: String,
    now: String,
    sides: [Side; 2],
    here: String,
    next: String,
    compare: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// How many were passed over.
    n: usize,
}

/// Characters of each text.
const TEXT: usize = 700;

pub(super) async fn page(
    State(app): State<Arc<App>>,
    Extension(who): Extension<Who>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let look = move |app: &App, index: &Index| {
        let doubts = queue(app, index)?;
        let (n, all) = (asked.n.min(doubts.len().saturating_sub(1)), doubts.len());
        let doubt = doubts.into_iter().nth(n).map(|doubt| {
            let ids = [&doubt.article, &doubt.other].map(|side| side.located.entry.id.to_string());
            let text =
                |id: &str| Ok::<_, Problem>(text_of(app, index, id, TEXT)?.unwrap_or_default().0);
            let [left, right] = reports(&text(&ids[0])?, &text(&ids[1])?);
            let size = |n: u32| counted(n as usize, "article", "articles");
            let now = if doubt.together {
                format!(
                    "Now they are in one story of {}; similarity {:.2}.",
                    size(doubt.article.story_size),
                    doubt.similarity
                )
            } else {
                let (a, b) = (size(doubt.article.story_size), size(doubt.other.story_size));
                format!(
                    "Now they are in two stories, of {a} and of {b}; similarity {:.2}.",
                    doubt.similarity
                )
            };
            Ok::<_, Problem>(Doubt {
                count: format!("{} in doubt", counted(all, "pair", "pairs")),
                now,
                here: format!("/review?n={n}"),
                next: format!("/review?n={}", if n + 1 < all { n + 1 } else { 0 }),
                compare: format!(
                    "/compare?article={}&article={}",
                    encoded(&ids[0]),
                    encoded(&ids[1])
                ),
                sides: [
                    Side::new(index, &doubt.article.located, &doubt.article.story, left)?,
                    Side::new(index, &doubt.other.located, &doubt.other.story, right)?,
                ],
            })
        });
        Ok(Review { frame: Frame::new("review", &who), doubt: doubt.transpose()? })
    };
    rendered(&app.look(look).await?)
}
