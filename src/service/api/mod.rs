//! The HTTP API under `/v1`.

mod articles;
mod decisions;
mod events;
mod explain;
mod filters;
mod hand_over;
mod health;
mod stories;

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Content, Ref, RefOr, ResponseBuilder};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) use decisions::{DecisionOut, listed, wish_for};
pub(super) use hand_over::{HandedBack, Handing};

use super::problem::{Problem, ProblemBody};
use super::state::App;
use super::tokens::{Role, Who};

pub(super) use filters::Filters;
pub(super) use stories::{StoryLine, happened};

#[derive(OpenApi)]
#[openapi(
    info(title = "samestory", description = "Which news articles tell the same story."),
    components(schemas(ProblemBody<'static>))
)]
struct Document;

/// The routes, and the document that describes them.
pub(super) fn router() -> (Router<Arc<App>>, utoipa::openapi::OpenApi) {
    let (router, mut document) = OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(articles::add))
        .routes(routes!(articles::batch))
        .routes(routes!(articles::look_alike))
        .routes(routes!(articles::article))
        .routes(routes!(explain::explain))
        .routes(routes!(stories::stories))
        .routes(routes!(stories::story))
        .routes(routes!(stories::members))
        .routes(routes!(stories::timeline))
        .routes(routes!(stories::history))
        .routes(routes!(decisions::decide))
        .routes(routes!(decisions::decisions))
        .routes(routes!(decisions::labels))
        .routes(routes!(decisions::review))
        .routes(routes!(health::runs))
        .routes(routes!(events::events))
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .routes(routes!(health::metrics))
        .split_for_parts();
    complete(&mut document);
    let json = document.to_json().expect("the document can be written");
    let answer = move || {
        let json = json.clone();
        async move { ([(header::CONTENT_TYPE, "application/json")], json) }
    };
    let router = router
        .route("/openapi.json", axum::routing::get(answer))
        .route("/internal/update", axum::routing::post(hand_over::update));
    (router, document)
}

/// Every operation can end with a problem, and takes a token.
fn complete(document: &mut utoipa::openapi::OpenApi) {
    let content = Content::new(Some(RefOr::Ref(Ref::from_schema_name("ProblemBody"))));
    let problem = ResponseBuilder::new()
        .description("A problem, as RFC 9457 has it.")
        .content("application/problem+json", content)
        .build();
    for item in document.paths.paths.values_mut() {
        for operation in [&mut item.get, &mut item.post].into_iter().flatten() {
            let responses = &mut operation.responses.responses;
            responses.insert("default".to_owned(), RefOr::T(problem.clone()));
        }
    }
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("token", SecurityScheme::Http(bearer));
    let needed =
        utoipa::openapi::security::SecurityRequirement::new::<_, [&str; 0], &str>("token", []);
    document.security = Some(vec![needed]);
}

/// Demands a role.
pub(super) fn needs(who: &Who, role: Role) -> Result<(), Problem> {
    if who.may(role) {
        return Ok(());
    }
    let detail = match role {
        Role::Feeder => "only a feeder or an editor may add articles",
        _ => "only an editor may decide",
    };
    Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", detail))
}

/// Demands a type of body, plain.
fn expects(headers: &HeaderMap, kinds: &[&str]) -> Result<(), Problem> {
    let refuse = |detail: String| {
        Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media-type", detail))
    };
    if headers.get(header::CONTENT_ENCODING).is_some_and(|coding| coding != "identity") {
        return refuse("send the body as it is, without content-encoding".to_owned());
    }
    let given = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let given = given.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if kinds.iter().any(|kind| given.eq_ignore_ascii_case(kind)) {
        return Ok(());
    }
    refuse(format!("send {}", kinds.join(" or ")))
}

/// Cuts a list of which one more was asked for than is shown; gives what asks for those that follow, if any do.
fn cut<T, C>(found: &mut Vec<T>, most: usize, next: impl Fn(&T) -> C) -> Option<C> {
    let more = found.len() > most;
    found.truncate(most);
    found.last().filter(|_| more).map(next)
}

/// Waits for a thread that answers one request after the other.
async fn answered<T>(reply: tokio::sync::oneshot::Receiver<T>) -> Result<T, Problem> {
    reply.await.map_err(|_| Problem::ending())
}
