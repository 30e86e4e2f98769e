//! What every request passes: who asks, how often, for how long; and what every answer carries.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::metrics::Route;
use super::page;
use super::problem::Problem;
use super::state::App;
use super::tokens::Who;

/// Nothing but what this service itself sends is shown or run.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The cookie of those who signed in.
pub(super) const COOKIE: &str = "samestory";

/// Answers to these never end on their own, or take as long as the work takes.
const UNTIMED: [&str; 2] = ["/v1/events", "/internal/update"];

/// How the service is can be asked however much it has to do.
const HEALTH: [&str; 2] = ["/healthz", "/readyz"];

/// Bytes of a body of those without a token, who can do no more than sign in.
const LITTLE: usize = 16 << 10;
/// How long such a body may take.
const SOON: Duration = Duration::from_secs(2);

/// Methods that are counted each: anybody can make up more, and all that is counted is kept.
const METHODS: [&str; 9] =
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"];

/// The outermost layer.
pub(super) async fn guard(
    State(app): State<Arc<App>>,
    mut request: Request,
    next: Next,
) -> Response {
    let began = Instant::now();
    let id = format!("{}-{}", app.run, app.requests.fetch_add(1, Relaxed));
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let method = request.method().clone();
    let login = is_page(&request).then(|| page::login_for(&request));
    let done = match admit(&app, &mut request) {
        Ok(()) => timed(&app, request, next).await,
        Err(problem) => Err(problem),
    };
    let mut response = done.into_response();
    if response.extensions().get::<Problem>().is_none() && !described(&response) {
        let problem = undescribed(response.status());
        response.extensions_mut().insert(problem);
    }
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        response = show(&problem, response, &id, login.as_deref());
    }
    dress(response.headers_mut(), &id);
    let labels = Route {
        method: METHODS.into_iter().find(|known| method == *known).unwrap_or("other"),
        route: route.unwrap_or_else(|| "none".to_owned()),
        status: response.status().as_u16(),
    };
    app.metrics.requests.get_or_create(&labels).inc();
    app.metrics.seconds.observe(began.elapsed().as_secs_f64());
    response
}

/// Whether somebody reads the answer, not a program.
fn is_page(request: &Request) -> bool {
    let path = request.uri().path();
    let accepts = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    !path.starts_with("/v1/") && accepts.is_some_and(|accepts| accepts.contains("text/html"))
}

/// Whether an answer says what it is about.
fn described(response: &Response) -> bool {
    let status = response.status();
    let ours = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| {
        let kind = kind.as_bytes();
        kind.starts_with(b"text/html") || kind.starts_with(b"application/")
    });
    !(status.is_client_error() || status.is_server_error()) || ours
}

/// What the framework refused, in our words.
fn undescribed(status: StatusCode) -> Problem {
    let (kind, detail) = match status {
        StatusCode::NOT_FOUND => ("not-found", "there is nothing at this address"),
        StatusCode::METHOD_NOT_ALLOWED => ("method", "this address does not take this method"),
        StatusCode::PAYLOAD_TOO_LARGE => {
            ("too-large", "the body is larger than is allowed; --max-body raises the limit")
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            ("media-type", "the body is of another type than is expected")
        }
        StatusCode::INTERNAL_SERVER_ERROR => return Problem::internal(),
        _ => ("bad-request", "the request cannot be understood"),
    };
    Problem::new(status, kind, detail)
}

/// Lets a request in.
fn admit(app: &App, request: &mut Request) -> Result<(), Problem> {
    let path = request.uri().path().to_owned();
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    let open = HEALTH.contains(&path.as_str()) || path == "/login" || path.starts_with("/assets/");
    let who = who(app, request.headers());
    // Whoever is refused has asked as well: tokens are not tried out as often as one likes.
    let caller = match (&who, peer) {
        (Ok(Some(Who { name, role: Some(_) })), _) => format!("t {name}"),
        (_, Some(ip)) => format!("p {ip}"),
        (_, None) => "nobody".to_owned(),
    };
    if let Err(seconds) = app.rate.take(&caller, Instant::now()) {
        let problem =
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many-requests", "you ask too often");
        return Err(Problem { retry_after: Some(seconds), ..problem });
    }
    let local = path.starts_with("/internal/");
    match who? {
        Some(who) => drop(request.extensions_mut().insert(who)),
        None if open || local => {}
        None => {
            let detail = "a token is needed: `authorization: bearer TOKEN`";
            return Err(Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", detail));
        }
    }
    Ok(())
}

/// Who asks; an unknown token is refused, none at all may be enough.
fn who(app: &App, headers: &HeaderMap) -> Result<Option<Who>, Problem> {
    if app.tokens.is_empty() {
        // A page elsewhere can make a browser ask for a name that leads here; it cannot change the name.
        if headers.get(header::HOST).is_some_and(|host| !is_local(host)) {
            let detail = "without tokens only this machine is served: ask for localhost";
            return Err(Problem::new(StatusCode::MISDIRECTED_REQUEST, "host", detail));
        }
        return Ok(Some(Who { name: "local".to_owned(), role: None }));
    }
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let token = value.to_str().ok().and_then(|value| {
            let (scheme, token) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
        });
        let known = token.and_then(|token| app.tokens.bearer(token));
        let detail = "the token is not known";
        let refuse = || Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", detail);
        return known.cloned().map(Some).ok_or_else(refuse);
    }
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let session = cookies.flat_map(|value| value.split(';')).find_map(|cookie| {
        let (name, value) = cookie.trim().split_once('=')?;
        (name == COOKIE).then_some(value)
    });
    Ok(session.and_then(|session| app.tokens.session(session)).cloned())
}

/// Whether a host is a name of this machine for itself.
fn is_local(host: &HeaderValue) -> bool {
    let host = host.to_str().unwrap_or_default();
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Does the work, if there is room, in time.
async fn timed(app: &App, mut request: Request, next: Next) -> Result<Response, Problem> {
    let path = request.uri().path();
    if UNTIMED.contains(&path) {
        return Ok(next.run(request).await);
    }
    let needs_room = !HEALTH.contains(&path);
    if request.extensions().get::<Who>().is_none() {
        // Whoever sends it slowly keeps no room from those who have a token.
        request = within(SOON, read(request)).await??;
    }
    let slot = needs_room.then(|| app.slots.try_acquire()).transpose();
    let _slot = slot.map_err(|_| Problem::busy("too many requests at once"))?;
    within(app.options.limits.time, next.run(request)).await
}

/// A request with all of its body, which must be little.
async fn read(request: Request) -> Result<Request, Problem> {
    let (parts, body) = request.into_parts();
    let read = axum::body::to_bytes(body, LITTLE).await;
    let body = read.map_err(|_| undescribed(StatusCode::PAYLOAD_TOO_LARGE))?;
    Ok(Request::from_parts(parts, Body::from(body)))
}

/// What is done in time.
async fn within<T>(time: Duration, work: impl Future<Output = T>) -> Result<T, Problem> {
    tokio::time::timeout(time, work).await.map_err(|_| {
        let detail = format!("not done within {} seconds", time.as_secs());
        let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "timeout", detail);
        Problem { retry_after: Some(5), ..problem }
    })
}

/// Writes a problem out, for a program or for a reader, who can sign in somewhere.
fn show(problem: &Problem, response: Response, id: &str, login: Option<&str>) -> Response {
    let (mut parts, _) = response.into_parts();
    if let Some(login) = login.filter(|_| problem.status == StatusCode::UNAUTHORIZED) {
        return Redirect::to(login).into_response();
    }
    parts.headers.remove(header::CONTENT_LENGTH);
    let (kind, body) = if login.is_some() {
        ("text/html; charset=utf-8", page::problem(problem, id).into_bytes())
    } else {
        ("application/problem+json", problem.json(id))
    };
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if problem.status == StatusCode::UNAUTHORIZED {
        parts.headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    Response::from_parts(parts, Body::from(body))
}

/// What every answer carries.
fn dress(headers: &mut HeaderMap, id: &str) {
    let fixed = [
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert("x-request-id", id);
    }
}
