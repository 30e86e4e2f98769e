//! How the service is.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::cut;
use super::decisions::Before;
use crate::pipeline::index::{Index, RunCounts, RunSeen};
use crate::service::problem::Problem;
use crate::service::state::App;

/// How the service is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Health {
    status: &'static str,
    version: &'static str,
}

/// The process lives
#[utoipa::path(get, path = "/healthz", responses((status = 200, body = Health)), security(()))]
pub(super) async fn healthz() -> Json<Health> {
    Json(Health { status: "ok", version: env!("CARGO_PKG_VERSION") })
}

/// Articles are taken and stories given
#[utoipa::path(get, path = "/readyz", responses((status = 200, body = Health)), security(()))]
pub(super) async fn readyz(State(app): State<Arc<App>>) -> Result<Json<Health>, Problem> {
    if app.shutdown.is_cancelled() {
        return Err(Problem::ending());
    }
    if app.standstill.is_there() {
        let detail = "the index does not take articles at the moment; they are kept until it does";
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "index", detail));
    }
    app.look(|_, index| Ok(index.log_end()?)).await?;
    Ok(Json(Health { status: "ready", version: env!("CARGO_PKG_VERSION") }))
}

/// Counters for Prometheus
#[utoipa::path(get, path = "/metrics", responses((status = 200, content_type = "application/openmetrics-text", body = String)))]
pub(super) async fn metrics(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let stats = app.look(|_, index| Ok(index.stats()?)).await?;
    let text = app.metrics.text(app.waiting.load(Relaxed), stats.articles, stats.stories);
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

/// A run.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RunOut {
    run: i64,
    at: String,
    command: String,
    read: i64,
    added: i64,
    replaced: i64,
    removed: i64,
    repeated: i64,
    refused: i64,
}

/// Some runs.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Runs {
    items: Vec<RunOut>,
    /// Asks for those before; null at the beginning.
    next_before: Option<i64>,
}

/// What changed the index, the latest first
#[utoipa::path(get, path = "/v1/runs", params(Before), responses((status = 200, body = Runs)))]
pub(super) async fn runs(
    State(app): State<Arc<App>>,
    Query(asked): Query<Before>,
) -> Result<Json<Runs>, Problem> {
    let (before, most) = asked.limits()?;
    let look = move |_: &App, index: &Index| Ok(index.runs(before, most + 1)?);
    let mut found = app.look(look).await?;
    let next_before = cut(&mut found, most, |run| run.run);
    let out = |RunSeen { run, at, command, counts }: RunSeen| {
        let RunCounts { read, added, replaced, removed, repeated, refused } = counts;
        RunOut { run, at, command, read, added, replaced, removed, repeated, refused }
    };
    Ok(Json(Runs { items: found.into_iter().map(out).collect(), next_before }))
}
