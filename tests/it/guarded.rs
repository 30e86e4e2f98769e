//! What the service lets nobody do: roles, refusals, limits.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::StatusCode;
use serde_json::json;

use crate::asked::{Answer, Asked, TOKENS, options};
use crate::util::Dir;

#[test]
fn roles_are_kept_apart() {
    let dir = Dir::new();
    let asked = Asked::new(options(&dir, Some(TOKENS)));
    let bearer = |letter: &str| format!("bearer {}", letter.repeat(20));
    let json = ("content-type", "application/json");
    let article = json!({"title": "Library lends seeds"}).to_string();
    let add = |letter: &str| {
        asked
            .ask("POST /v1/articles", &[json, ("authorization", &bearer(letter))], article.clone())
            .status
    };
    assert_eq!([add("a"), add("b"), add("c"), add("z")], [403, 201, 201, 401]);
    let wish = json!({"action": "representative", "article": "nobody"}).to_string();
    let decide = |letter: &str| {
        asked
            .ask("POST /v1/decisions", &[json, ("authorization", &bearer(letter))], wish.clone())
            .status
    };
    assert_eq!([decide("a"), decide("b"), decide("c")], [403, 403, 404]);
    asked.get("/v1/stories").is(401);
    asked.get("/healthz").is(200);
    let page = asked.ask("GET /", &[("accept", "text/html")], Body::empty()).is(303);
    assert_eq!(page.headers["location"], "/login");
    asked.ask("POST /internal/update", &[("x-samestory-secret", "guess")], Body::empty()).is(403);

    let form = ("content-type", "application/x-www-form-urlencoded");
    asked.ask("POST /login", &[form], "token=wrong").is(403);
    let signed = asked.ask("POST /login", &[form], "token=cccccccccccccccccccc").is(303);
    let cookie =
        signed.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    assert!(!cookie.contains("cccc"), "the cookie is not the token");
    let page = asked.ask("GET /", &[("cookie", &cookie)], Body::empty()).is(200);
    assert!(page.text.contains("anna"));
    let across = [
        ("cookie", cookie.as_str()),
        form,
        ("sec-fetch-site", "cross-site"),
        ("origin", "https://evil.example"),
    ];
    asked.ask("POST /decide", &across, "action=undo&run=1").is(403);
    asked.stop();
}

const LINES: (&str, &str) = ("content-type", "application/x-ndjson");

/// A request with its headers and body; the status and the kind of problem that it ends with.
type Case = (&'static str, &'static [(&'static str, &'static str)], String, u16, &'static str);

#[test]
fn what_is_refused_is_told() {
    let dir = Dir::new();
    let asked = Asked::new(options(&dir, None));
    let cases: [Case; 15] = [
        ("GET /nothing", &[], String::new(), 404, "not-found"),
        ("DELETE /v1/stories", &[], String::new(), 405, "method"),
        ("GET /v1/stories/nobody", &[], String::new(), 404, "not-found"),
        ("GET /v1/articles/..%2F..%2Fetc%2Fpasswd", &[], String::new(), 404, "not-found"),
        ("GET /v1/articles/%00%0A%1B", &[], String::new(), 404, "not-found"),
        ("GET /v1/stories?limit=0", &[], String::new(), 400, "bad-request"),
        ("GET /v1/stories?limit=x", &[], String::new(), 400, "bad-request"),
        ("GET /v1/stories?cursor=%27%20OR%201", &[], String::new(), 400, "bad-request"),
        ("GET /v1/stories?since=yesterday", &[], String::new(), 400, "bad-request"),
        (
            "POST /v1/articles:batch",
            &[("content-type", "text/html")],
            "{}".into(),
            415,
            "media-type",
        ),
        (
            "POST /v1/articles:batch",
            &[LINES, ("content-encoding", "gzip")],
            "bomb".into(),
            415,
            "media-type",
        ),
        ("POST /v1/articles:batch", &[LINES], " ".repeat(2 << 20), 413, "too-large"),
        (
            "POST /v1/articles:batch",
            &[LINES],
            "{\"title\":\"x\"}\n".repeat(501),
            413,
            "batch-too-large",
        ),
        (
            "POST /v1/articles",
            &[("content-type", "application/json")],
            "[".repeat(100_000),
            422,
            "not-an-article",
        ),
        ("GET /v1/stories", &[("host", "evil.example")], String::new(), 421, "host"),
    ];
    for (what, headers, body, status, kind) in cases {
        let answer = asked.ask(what, headers, body);
        let told = answer.is(status);
        assert_eq!(told.headers["content-type"], "application/problem+json", "{what}");
        let problem = told.json();
        assert_eq!(problem["type"], format!("urn:samestory:problem:{kind}"), "{what}");
        assert_eq!(
            problem["request_id"].as_str().unwrap(),
            told.headers["x-request-id"].to_str().unwrap()
        );
    }
    let long =
        asked.batch(&json!({"id": "x".repeat(5_000), "title": "t"}).to_string()).is(201).json();
    assert_eq!(long["accepted"], 0);
    asked.stop();

    let mut few = options(&dir, None);
    few.limits.rate = samestory::service::Limit { rate: 0.001, burst: 2.0 };
    let asked = Asked::new(few);
    let asks: Vec<Answer> = (0..3).map(|_| asked.get("/v1/stories")).collect();
    assert_eq!(asks[1].status, 200);
    assert_eq!(asks[2].status, StatusCode::TOO_MANY_REQUESTS.as_u16());
    assert!(asks[2].headers.contains_key("retry-after"));
    asked.stop();
}

#[test]
fn tokens_are_not_tried_out_without_end() {
    let dir = Dir::new();
    let mut few = options(&dir, Some(TOKENS));
    few.limits.rate = samestory::service::Limit { rate: 0.001, burst: 2.0 };
    let asked = Asked::new(few);
    let with = |token: &str| {
        let bearer = format!("bearer {token}");
        asked.ask("GET /v1/stories", &[("authorization", &bearer)], Body::empty())
    };
    let tries = ["guess 1", "guess 2", "guess 3"].map(with);
    assert_eq!(tries.each_ref().map(|answer| answer.status), [401, 401, 429]);
    assert!(tries[2].headers.contains_key("retry-after"));
    with(&"a".repeat(20)).is(200);
    asked.stop();
}

#[test]
fn methods_that_are_made_up_are_counted_as_one() {
    let dir = Dir::new();
    let asked = Asked::new(options(&dir, None));
    for method in ["BREW", "get", "X-1", "X-2", "PROPFIND"] {
        asked.ask(&format!("{method} /v1/stories"), &[], Body::empty()).is(405);
    }
    asked.ask("DELETE /v1/stories", &[], Body::empty()).is(405);
    let metrics = asked.get("/metrics").is(200).text;
    let counted = |method: &str| {
        let labels = format!("{{method=\"{method}\",route=\"/v1/stories\",status=\"405\"}}");
        let line = metrics.lines().find(|line| line.contains(&labels));
        line.and_then(|line| line.rsplit(' ').next()).map(str::to_owned)
    };
    assert_eq!(counted("other").as_deref(), Some("5"), "{metrics}");
    assert_eq!(counted("DELETE").as_deref(), Some("1"), "{metrics}");
    assert!(!metrics.contains("BREW") && !metrics.contains("X-"), "{metrics}");
    asked.stop();
}

#[test]
fn those_without_a_token_take_no_room_from_those_with_one() {
    let dir = Dir::new();
    let mut narrow = options(&dir, Some(TOKENS));
    narrow.limits.requests = 1;
    let asked = Asked::new(narrow);
    let form = ("content-type", "application/x-www-form-urlencoded");
    let feeder = ("authorization", "bearer bbbbbbbbbbbbbbbbbbbb");
    let stories = || asked.ask("GET /v1/stories", &[feeder], Body::empty());
    let began = Instant::now();
    let slow = [(); 3].map(|()| asked.ask_slowly("POST /login", &[form]));
    stories().is(200);
    asked.get("/login").is(200);
    asked.ask("POST /login", &[form], "token=cccccccccccccccccccc").is(303);
    for slow in slow {
        let problem = asked.answered(slow).is(503).json();
        assert_eq!(problem["detail"], "not done within 2 seconds");
    }
    assert!(began.elapsed() < Duration::from_secs(20));
    let long = format!("token={}", "c".repeat(20_000));
    asked.ask("POST /login", &[form], long).is(413);

    // Those with a token can fill it; how the service is can be asked all the same.
    let slow = asked.ask_slowly("POST /v1/articles:batch", &[LINES, feeder]);
    assert_eq!(stories().is(503).json()["detail"], "too many requests at once");
    asked.get("/healthz").is(200);
    asked.get("/readyz").is(200);
    slow.abort();
    asked.stop();
}

#[test]
fn a_record_is_as_long_as_it_may_be() {
    let dir = Dir::new();
    let mut wide = options(&dir, None);
    (wide.limits.body, wide.reading.max_record) = (6 << 20, 5 << 20);
    let asked = Asked::new(wide);
    // Beyond what a record was allowed, whatever the options said.
    let long = |words: usize| json!({"id": "long", "title": "Long", "text": "word ".repeat(words)});
    asked.post("/v1/articles", &long(900_000)).is(201);
    let refused = asked.post("/v1/articles", &long(1_100_000)).is(422).json();
    let detail = "this line is longer than 5 MiB; --max-record raises the limit";
    assert_eq!(refused["detail"], detail);
    let refused = asked.post("/v1/articles", &long(1_300_000)).is(413).json();
    assert!(refused["detail"].as_str().unwrap().contains("--max-body raises"), "{refused}");
    asked.stop();
}
