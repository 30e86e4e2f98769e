//! A service that is asked without a port, for the tests of the service.

use std::task::Poll;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{HeaderMap, Request};
use http_body_util::BodyExt as _;
use samestory::model::Owners;
use samestory::params::Params;
use samestory::read;
use samestory::service::{Limits, Options, Service, Tokens};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tower::ServiceExt as _;

use crate::util::Dir;

pub(crate) const TOKENS: &str = "reader wall aaaaaaaaaaaaaaaaaaaa\nfeeder feed bbbbbbbbbbbbbbbbbbbb\n\
    editor anna cccccccccccccccccccc\neditor bert dddddddddddddddddddd";

pub(crate) fn options(dir: &Dir, tokens: Option<&str>) -> Options {
    Options {
        index: dir.path("news.idx"),
        params: Params::default(),
        reading: read::Options::default(),
        tokens: tokens.map(|text| Tokens::parse(text).unwrap()),
        owners: Owners::default(),
        store_text_days: 5.0,
        retain_days: None,
        limits: Limits { body: 1 << 20, batch: 500, ..Limits::default() },
    }
}

/// What was answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("{}", self.text))
    }
}

/// A service, asked without a port.
pub(crate) struct Asked {
    service: Option<Service>,
    runtime: tokio::runtime::Runtime,
}

impl Asked {
    pub(crate) fn new(options: Options) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        Self { service: Some(Service::start(options, |_| ()).unwrap()), runtime }
    }

    /// A service that has the [`news`], without tokens.
    pub(crate) fn with_news(dir: &Dir) -> Self {
        let asked = Self::new(options(dir, None));
        asked.batch(&news()).is(201);
        asked
    }

    pub(crate) fn ask(
        &self,
        what: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        self.runtime.block_on(self.answer(what, headers, body))
    }

    /// Begins to ask, with a body that does not come; returns when it is waited for.
    pub(crate) fn ask_slowly(&self, what: &str, headers: &[(&str, &str)]) -> JoinHandle<Answer> {
        let (waits, waited) = std::sync::mpsc::channel();
        let body = futures_util::stream::poll_fn(move |_| {
            let _ = waits.send(());
            Poll::<Option<Result<Vec<u8>, std::io::Error>>>::Pending
        });
        let asked = self.runtime.spawn(self.answer(what, headers, Body::from_stream(body)));
        waited.recv_timeout(Duration::from_secs(10)).unwrap();
        asked
    }

    /// What was begun to be asked.
    pub(crate) fn answered(&self, asked: JoinHandle<Answer>) -> Answer {
        self.runtime.block_on(asked).unwrap()
    }

    fn answer(
        &self,
        what: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> impl Future<Output = Answer> + Send + 'static {
        let (method, path) = what.split_once(' ').unwrap();
        let mut request = Request::builder().method(method).uri(path);
        if !headers.iter().any(|h| h.0 == "host") {
            request = request.header("host", "localhost");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let app = self.service.as_ref().unwrap().app();
        let request = request.body(body.into()).unwrap();
        async {
            let response = app.oneshot(request).await.unwrap();
            let (parts, body) = response.into_parts();
            let bytes = body.collect().await.unwrap().to_bytes();
            let text = String::from_utf8_lossy(&bytes).into_owned();
            Answer { status: parts.status.as_u16(), headers: parts.headers, text }
        }
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask(&format!("GET {path}"), &[], Body::empty())
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask(&format!("POST {path}"), &[("content-type", "application/json")], body.to_string())
    }

    pub(crate) fn batch(&self, lines: &str) -> Answer {
        let kind = ("content-type", "application/x-ndjson");
        self.ask("POST /v1/articles:batch", &[kind], lines.to_owned())
    }

    /// Waits until the index has an article.
    pub(crate) fn settled(&self, id: &str) -> Value {
        let started = Instant::now();
        loop {
            let article = self.get(&format!("/v1/articles/{id}")).is(200).json();
            if article["provisional"] == false {
                return article;
            }
            assert!(started.elapsed() < Duration::from_secs(60), "{article}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn story_of(&self, id: &str) -> String {
        self.settled(id)["story_id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn stop(mut self) {
        self.service.take().unwrap().stop();
    }
}

/// Two reports of an eruption, a copy of one, and another story.
pub(crate) fn news() -> String {
    let text = "Mount Sarrel erupted before dawn on Monday and ash closed the airport of Quellara for the day, the national \
        aviation office said. Some four thousand people left the villages under the volcano in buses and private cars while \
        the army kept the coast road open for ambulances and for the lorries that brought water and blankets from the port.";
    let other = "Ash from the Sarrel volcano has shut Quellara airport. Villagers under the mountain were driven to the port, \
        and the aviation office cancelled all flights after the eruption, which began in the night to Monday.";
    let article = |id: &str, title: &str, text: &str, source: &str, hour: u32| {
        json!({"id": id, "title": title, "text": text, "source": source, "lang": "en",
            "published": format!("2026-05-04T{hour:02}:00:00Z")})
        .to_string()
    };
    [
        article("wire", "Volcano Sarrel erupts, airport of Quellara closed", text, "Norwire", 8),
        article("copy", "Sarrel erupts: airport of Quellara closed", text, "Harbour Post", 9),
        article(
            "mirror",
            "Quellara airport shut by ash of the Sarrel volcano",
            other,
            "Mirror",
            10,
        ),
        article(
            "seeds",
            "Library of Pellin lends seeds",
            "A shelf of seeds stands beside the novels.",
            "Mirror",
            10,
        ),
    ]
    .join("\n")
}

/// An id in a path.
pub(crate) fn percent(id: &str) -> String {
    id.bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") }
        })
        .collect()
}
