//! No request makes the service fail: every answer is what was asked for, or says what is wrong with the request.
#![no_main]

use std::sync::LazyLock;

use axum::body::Body;
use axum::http::{Method, Request};
use libfuzzer_sys::fuzz_target;
use samestory::model::Owners;
use samestory::params::Params;
use samestory::read;
use samestory::service::{Limit, Limits, Options, Service};
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt as _;

/// A method, a path, and what the body is said to be.
const DOORS: [(&str, &str, &str); 10] = [
    ("POST", "/v1/articles", "application/json"),
    ("POST", "/v1/articles:batch", "application/x-ndjson"),
    ("POST", "/v1/articles:match", "application/json"),
    ("POST", "/v1/decisions", "application/json"),
    ("POST", "/decide", "application/x-www-form-urlencoded"),
    ("GET", "/v1/articles/", ""),
    ("GET", "/v1/stories?", ""),
    ("GET", "/v1/stories/", ""),
    ("GET", "/?", ""),
    ("GET", "/", ""),
];

struct Fixture {
    service: Service,
    runtime: Runtime,
    _folder: tempfile::TempDir,
}

static FIXTURE: LazyLock<Fixture> = LazyLock::new(|| {
    let folder = tempfile::Builder::new().tempdir_in("/dev/shm").unwrap();
    let options = Options {
        index: folder.path().join("news.idx"),
        params: Params::default(),
        reading: read::Options::default(),
        tokens: None,
        owners: Owners::default(),
        store_text_days: 1.0,
        retain_days: None,
        limits: Limits {
            body: 1 << 16,
            batch: 50,
            rate: Limit { rate: 1e9, burst: 1e9 },
            ..Limits::default()
        },
    };
    let service = Service::start(options, |_| ()).unwrap();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    Fixture { service, runtime, _folder: folder }
});

fuzz_target!(|input: (u8, &str, &[u8])| {
    let (door, rest, body) = input;
    let (method, path, kind) = DOORS[usize::from(door) % DOORS.len()];
    let path = if method == "GET" { format!("{path}{rest}") } else { path.to_owned() };
    let request = Request::builder()
        .method(method.parse::<Method>().unwrap())
        .uri(path)
        .header("host", "127.0.0.1")
        .header("content-type", kind);
    let Ok(request) = request.body(Body::from(body.to_vec())) else { return };
    let Fixture { service, runtime, .. } = &*FIXTURE;
    let answer = runtime.block_on(service.app().oneshot(request)).unwrap();
    assert!(!answer.status().is_server_error(), "{}", answer.status());
});
