//! The editors' page: written by the server, with little script.

mod compare;
mod diff;
mod forms;
mod log;
mod review;
mod story;
mod today;

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use jiff::Timestamp;

use self::forms::{Fields, local, one};
use super::guard::COOKIE;
use super::problem::Problem;
use super::state::App;
use super::tokens::{Role, Who, session};
use crate::report::html::STYLE;

/// The page's routes.
pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(today::page))
        .route("/stories/{id}", get(story::page))
        .route("/compare", get(compare::page))
        .route("/review", get(review::page))
        .route("/log", get(log::page))
        .route("/decide", post(forms::decide))
        .route("/login", get(login).post(sign_in))
        .route("/logout", post(sign_out))
        .route("/assets/{name}", get(asset))
}

/// A file of the page.
async fn asset(
    axum::extract::Path(name): axum::extract::Path<String>,
) -> Result<Response, Problem> {
    let (kind, text) = match name.as_str() {
        "style.css" => ("text/css; charset=utf-8", STYLE),
        "page.css" => ("text/css; charset=utf-8", include_str!("page.css")),
        "page.js" => ("text/javascript; charset=utf-8", include_str!("page.js")),
        "icon.svg" => ("image/svg+xml", include_str!("icon.svg")),
        _ => return Err(Problem::missing("file", &name)),
    };
    Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], text).into_response())
}

/// What stands on every page.
#[derive(Default)]
struct Frame {
    place: &'static str,
    signed_in: Option<String>,
    may_decide: bool,
}

impl Frame {
    fn new(place: &'static str, who: &Who) -> Self {
        let signed_in = who.role.map(|_| who.name.clone());
        Self { place, signed_in, may_decide: who.may(Role::Editor) }
    }
}

/// A template as a page.
fn rendered(page: &impl Template) -> Result<Response, Problem> {
    let text = page.render().map_err(|_| {
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the page could not be written")
    })?;
    Ok(Html(text).into_response())
}

/// A page of a few words.
#[derive(Template, Default)]
#[template(path = "plain.html", config = "src/service/page/askama.toml")]
struct Plain {
    frame: Frame,
    dateline: String,
    headline: String,
    detail: String,
    /// What is sent if it is to be done nevertheless.
    fields: Vec<(String, String)>,
    /// Where a reader goes back to, or on to who signs in.
    back: String,
    login: bool,
}

/// A problem, for a reader.
pub(super) fn problem(problem: &Problem, id: &str) -> String {
    let title = problem.status.canonical_reason().unwrap_or("Error");
    let plain = Plain {
        dateline: format!("{} · request {id}", problem.status.as_u16()),
        headline: title.to_owned(),
        detail: sentence(&problem.detail),
        back: problem.back.clone(),
        ..Plain::default()
    };
    plain.render().unwrap_or_else(|_| problem.detail.clone())
}

/// A message with a capital and a full stop.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", chars.as_str())
}

/// Where somebody signs in who asks for a page, to be led to it then.
pub(super) fn login_for(request: &Request) -> String {
    match request.uri().path_and_query().map_or("/", |asked| asked.as_str()) {
        asked if asked != "/" && request.method() == Method::GET => {
            format!("/login?to={}", encoded(asked))
        }
        _ => "/login".to_owned(),
    }
}

async fn login(Query(fields): Query<Fields>) -> Result<Response, Problem> {
    sign_in_page(StatusCode::OK, "", local(one(&fields, "to")))
}

fn sign_in_page(status: StatusCode, fault: &str, to: String) -> Result<Response, Problem> {
    let plain = Plain {
        dateline: "samestory".to_owned(),
        headline: "Sign in".to_owned(),
        detail: if fault.is_empty() {
            "With the token that you were given.".to_owned()
        } else {
            sentence(fault)
        },
        back: to,
        login: true,
        ..Plain::default()
    };
    Ok((status, rendered(&plain)?).into_response())
}

async fn sign_in(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Result<Response, Problem> {
    let (token, to) = (one(&fields, "token"), local(one(&fields, "to")));
    if app.tokens.bearer(token).is_none() {
        return sign_in_page(StatusCode::FORBIDDEN, "this token is not known", to);
    }
    // A browser sends it back over TLS only, if that is how it got here; the proxy says so.
    let over_tls = headers.get("x-forwarded-proto").is_some_and(|scheme| scheme == "https");
    let secure = if over_tls { "; Secure" } else { "" };
    let session = session(token);
    // Whoever comes by a link from elsewhere is signed in; what is sent from elsewhere comes without it.
    let cookie =
        format!("{COOKIE}={session}; Path=/; HttpOnly; SameSite=Lax; Max-Age=7776000{secure}");
    with_cookie(&cookie, &to)
}

async fn sign_out() -> Result<Response, Problem> {
    with_cookie(&format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"), "/login")
}

fn with_cookie(cookie: &str, to: &str) -> Result<Response, Problem> {
    let mut headers = HeaderMap::new();
    let value = HeaderValue::from_str(cookie).map_err(|_| Problem::bad("no such cookie"))?;
    headers.insert(header::SET_COOKIE, value);
    Ok((headers, Redirect::to(to)).into_response())
}

/// A time as people read it.
fn clock(time: Timestamp) -> String {
    time.strftime("%-d %b %Y, %H:%M").to_string()
}

/// A time of the database as people read it.
fn clock_of(time: &str) -> String {
    time.parse().map_or("undated".to_owned(), clock)
}

/// A text as part of an address.
fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            _ => {
                out.push('%');
                out.push_str(&super::tokens::hex(&[byte]));
            }
        }
    }
    out
}
