//! Why two articles are together, or why not.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::model::Article;
use crate::pipeline::index::Index;
use crate::service::problem::Problem;
use crate::service::state::App;

#[derive(Deserialize, IntoParams)]
pub(super) struct Other {
    /// The article to compare with.
    other: String,
}

/// Why two articles are together, or why not.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Explained {
    same_story: bool,
    same_duplicate_group: bool,
    /// Whether the index is yet to confirm that, or has yet to take a new version of one of them.
    provisional: bool,
    /// Of the texts: shingles, resemblance, containment, numbers and names that only one has.
    text: serde_json::Value,
    /// Of the weighted terms; this and the next two are null for copies of one text, which are one
    /// report, and where stories were not asked for.
    cosine: Option<f64>,
    /// Closeness in time, 0 to 1.
    time_factor: Option<f64>,
    /// Cosine times factor.
    similarity: Option<f64>,
    /// Terms of both, with the share of the cosine that each brings.
    terms: serde_json::Value,
    /// What both say word for word.
    passages: serde_json::Value,
    /// Stretches that differ between the same neighbours.
    edits: Vec<[String; 2]>,
}

/// Why two articles are together, or why not
#[utoipa::path(get, path = "/v1/articles/{id}/explain", params(("id" = String, Path), Other),
    responses((status = 200, body = Explained)))]
pub(super) async fn explain(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(Other { other }): Query<Other>,
) -> Result<Json<Explained>, Problem> {
    let look = move |app: &App, index: &Index| {
        if id == other {
            return Err(Problem::bad("name two articles"));
        }
        // In this order: what no longer waits, the index has.
        let [waits, other_waits] = [app.waits(&id)?, app.waits(&other)?];
        let provisional = waits.is_some() || other_waits.is_some();
        let find = |id: &str| app.home(index, id)?.ok_or_else(|| Problem::missing("article", id));
        let (a, b) = (find(&id)?, find(&other)?);
        let text = |waits: Option<Article>, id: &str| {
            let text = waits.map_or_else(|| index.original(id), |article| Ok(Some(article)))?;
            text.ok_or_else(|| {
                Problem::new(
                    StatusCode::NOT_FOUND,
                    "no-text",
                    "the text of an article is not kept here",
                )
            })
        };
        let explanation = app.explain([text(waits, &id)?, text(other_waits, &other)?])?;
        let numbers = explanation.story.as_ref();
        let json =
            |value: serde_json::Result<_>| value.expect("strings and numbers can be written");
        Ok(Explained {
            same_story: a.story_id == b.story_id,
            same_duplicate_group: a.group == b.group,
            provisional,
            text: json(serde_json::to_value(&explanation.text)),
            cosine: numbers.map(|n| n.cosine),
            time_factor: numbers.map(|n| n.factor),
            similarity: numbers.map(|n| n.similarity),
            terms: json(serde_json::to_value(&explanation.terms)),
            passages: json(serde_json::to_value(&explanation.passages)),
            edits: explanation.edits,
        })
    };
    app.look(look).await.map(Json)
}
