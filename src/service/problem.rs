//! What goes wrong, as RFC 9457 has it.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::pipeline::index;

/// The kind of [`Problem::stale`].
const STALE: &str = "stale";

/// Why a request was not done. The middleware writes it out, with the number of the request.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    pub(super) status: StatusCode,
    /// The last part of `type`: what programs tell problems apart by.
    pub(super) kind: &'static str,
    /// What is wrong, and what to do.
    pub(super) detail: String,
    /// Seconds after which to try again.
    pub(super) retry_after: Option<u64>,
    /// Where a reader goes back to; empty where nothing says so.
    pub(super) back: String,
}

/// What a problem looks like.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProblemBody<'a> {
    /// What programs tell problems apart by.
    #[serde(rename = "type")]
    pub(super) kind: String,
    /// The status in words.
    pub(super) title: &'a str,
    /// The status.
    pub(super) status: u16,
    /// What is wrong, and what to do.
    pub(super) detail: &'a str,
    /// The number of the request, also in the header `x-request-id`.
    pub(super) request_id: &'a str,
}

impl Problem {
    pub(super) fn new(status: StatusCode, kind: &'static str, detail: impl Into<String>) -> Self {
        Self { status, kind, detail: detail.into(), retry_after: None, back: String::new() }
    }

    pub(super) fn bad(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-request", detail)
    }

    pub(super) fn missing(what: &str, id: &str) -> Self {
        let id: String = id.chars().take(200).collect();
        Self::new(StatusCode::NOT_FOUND, "not-found", format!("no {what} has the id {id:?}"))
    }

    pub(super) fn is_missing(&self) -> bool {
        self.status == StatusCode::NOT_FOUND
    }

    pub(super) fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", detail)
    }

    /// What the author of a wish looked at is no longer so.
    pub(super) fn stale(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, STALE, detail)
    }

    pub(super) fn is_stale(&self) -> bool {
        self.kind == STALE
    }

    /// Too much is asked for at the moment.
    pub(super) fn busy(detail: impl Into<String>) -> Self {
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", detail);
        Self { retry_after: Some(1), ..problem }
    }

    /// Nothing is done any more.
    pub(super) fn ending() -> Self {
        Self::busy("the service is shutting down")
    }

    /// Something that must not happen.
    pub(super) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "a fault of ours")
    }

    /// The body, as JSON.
    pub(super) fn json(&self, request_id: &str) -> Vec<u8> {
        let body = ProblemBody {
            kind: format!("urn:samestory:problem:{}", self.kind),
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: &self.detail,
            request_id,
        };
        serde_json::to_vec(&body).expect("strings and numbers can be written")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl From<index::Error> for Problem {
    fn from(error: index::Error) -> Self {
        // Where the index lies is nobody's business.
        let detail = match error {
            index::Error::Damaged { .. } => "the index is damaged",
            _ => "the index cannot be used at the moment",
        };
        Self { retry_after: Some(5), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "index", detail) }
    }
}
