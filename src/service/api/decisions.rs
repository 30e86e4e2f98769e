//! Decisions, and what waits for one.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;
use utoipa::{IntoParams, ToSchema};

use super::articles::ArticleOut;
use super::{answered, cut, expects, needs};
use crate::model::Verdict;
use crate::pipeline::index::{Decided, Index};
use crate::report;
use crate::service::decide::{Action, Outcome, Wish};
use crate::service::problem::Problem;
use crate::service::review::{self, Doubt, Side};
use crate::service::state::App;
use crate::service::tokens::{Role, Who};
use crate::service::writer::Order;

/// A wish as it is sent.
#[derive(Debug, Deserialize, ToSchema)]
struct WishIn {
    #[serde(flatten)]
    action: Action,
    /// Why; it stands in the log.
    #[serde(default)]
    reason: String,
    /// The versions of the stories that the decision was made on: 409 where one has another now.
    #[serde(default)]
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    versions: std::collections::BTreeMap<String, String>,
}

/// Longest reason.
const REASON: usize = 1_000;

/// Decide
#[utoipa::path(post, path = "/v1/decisions", request_body = WishIn, responses((status = 201, body = Outcome)))]
pub(super) async fn decide(
    State(app): State<Arc<App>>,
    Extension(who): Extension<Who>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, Json<Outcome>), Problem> {
    needs(&who, Role::Editor)?;
    expects(&headers, &["application/json"])?;
    let wish: WishIn = serde_json::from_slice(&body).map_err(|error| {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "not-a-decision", error.to_string())
    })?;
    let WishIn { action, reason, versions } = wish;
    let versions = versions.into_iter().collect();
    let outcome = wish_for(&app, Wish { action, by: who.name, reason, versions }).await?;
    Ok((StatusCode::CREATED, Json(outcome)))
}

/// Hands a wish to the writer and waits for what comes of it.
pub(in crate::service) async fn wish_for(app: &App, wish: Wish) -> Result<Outcome, Problem> {
    if wish.reason.len() > REASON {
        return Err(Problem::bad(format!("a reason has at most {REASON} bytes")));
    }
    let (reply, outcome) = oneshot::channel();
    let order = Order::Decide(Box::new((wish, reply)));
    app.writer.send(order).map_err(|_| Problem::ending())?;
    answered(outcome).await?
}

/// A decision.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::service) struct DecisionOut {
    /// Decisions are counted from 1: `undo` takes the number.
    pub(in crate::service) number: i64,
    /// The number of the first of those that it was made together with: they are undone together.
    pub(in crate::service) first: i64,
    pub(in crate::service) at: String,
    #[schema(value_type = String)]
    pub(in crate::service) decision: Verdict,
    /// Empty where the article was forgotten.
    pub(in crate::service) article_id: String,
    /// Empty where only one is named, too.
    pub(in crate::service) other_id: String,
    pub(in crate::service) by: String,
    pub(in crate::service) reason: String,
    /// Whether nothing later took its place; an undoing is never in force itself.
    pub(in crate::service) in_force: bool,
    /// Whether it can be undone, which an undoing can be, too.
    #[serde(skip)]
    pub(in crate::service) stands: bool,
}

/// Some decisions.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Decisions {
    items: Vec<DecisionOut>,
    /// Asks for those before; null at the beginning.
    next_before: Option<i64>,
}

#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct Before {
    /// Made before the one of this number.
    before: Option<i64>,
    /// As many at a time, 1 to 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

impl Before {
    pub(super) fn limits(&self) -> Result<(i64, usize), Problem> {
        match self.limit.unwrap_or(50) {
            most @ 1..=200 => Ok((self.before.unwrap_or(i64::MAX), most)),
            _ => Err(Problem::bad("limit: 1 to 200 at a time")),
        }
    }
}

/// Decisions, the latest first
#[utoipa::path(get, path = "/v1/decisions", params(Before), responses((status = 200, body = Decisions)))]
pub(super) async fn decisions(
    State(app): State<Arc<App>>,
    Query(asked): Query<Before>,
) -> Result<Json<Decisions>, Problem> {
    let (before, most) = asked.limits()?;
    app.look(move |_, index| {
        let made = index.decided_before(before, most + 1)?;
        let mut items = listed(index, made)?;
        let next_before = cut(&mut items, most, |d| d.number);
        Ok(Json(Decisions { items, next_before }))
    })
    .await
}

/// Some decisions, in their order, and whether they are in force.
pub(in crate::service) fn listed(
    index: &Index,
    made: Vec<Decided>,
) -> Result<Vec<DecisionOut>, Problem> {
    let standing = index.standing_of(&made)?;
    let one = |Decided { number, first, at, decision }: Decided| DecisionOut {
        number,
        first,
        at,
        in_force: standing.contains(&number) && decision.verdict != Verdict::Undo,
        stands: standing.contains(&number),
        decision: decision.verdict,
        article_id: decision.article,
        other_id: decision.other,
        by: decision.by,
        reason: decision.reason,
    };
    Ok(made.into_iter().map(one).collect())
}

/// Decisions in force on two articles, as labelled pairs for `samestory evaluate`
#[utoipa::path(get, path = "/v1/decisions/labels.csv",
    responses((status = 200, content_type = "text/csv", body = String)))]
pub(super) async fn labels(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let look = |_: &App, index: &Index| {
        let (in_force, mut table) = (index.in_force()?, Vec::new());
        let decisions = in_force.iter().map(|d| &d.decision);
        report::write_labels(&mut table, decisions).expect("memory can be written");
        Ok(table)
    };
    let table = app.look(look).await?;
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], table).into_response())
}

/// Two articles that are together or apart by little.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DoubtOut {
    /// `weak-link` where they are in one story, `near-miss` where they are not.
    kind: &'static str,
    /// How sure the grouping is, the least sure first.
    similarity: f32,
    article: ArticleOut,
    other: ArticleOut,
}

/// What waits for a decision.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Queue {
    items: Vec<DoubtOut>,
}

/// The doubtful: the weakest links and the nearest misses of recent stories
#[utoipa::path(get, path = "/v1/review/queue", responses((status = 200, body = Queue)))]
pub(super) async fn review(State(app): State<Arc<App>>) -> Result<Json<Queue>, Problem> {
    let look = move |app: &App, index: &Index| {
        let doubts = review::queue(app, index)?;
        let out = |doubt: Doubt| DoubtOut {
            kind: doubt.kind(),
            similarity: doubt.similarity,
            article: side_out(&doubt.article),
            other: side_out(&doubt.other),
        };
        Ok(Json(Queue { items: doubts.into_iter().map(out).collect() }))
    };
    app.look(look).await
}

fn side_out(side: &Side) -> ArticleOut {
    ArticleOut::new(&side.located.entry, &side.story, &side.located.group)
}
