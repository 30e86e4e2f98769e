//! What is counted, for Prometheus.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// What requests are told apart by: never by an id, nor by anything else that a caller can make up.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Route {
    pub(super) method: &'static str,
    pub(super) route: String,
    pub(super) status: u16,
}

/// All counters.
pub(super) struct Metrics {
    registry: Registry,
    pub(super) requests: Family<Route, Counter>,
    pub(super) seconds: Histogram,
    pub(super) accepted: Counter,
    pub(super) decisions: Counter,
    pub(super) updates: Histogram,
    waiting: Gauge,
    articles: Gauge,
    stories: Gauge,
}

const SECONDS: [f64; 12] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0];

impl Metrics {
    pub(super) fn new() -> Self {
        let mut registry = Registry::with_prefix("samestory");
        let (requests, accepted, decisions) =
            <(Family<Route, Counter>, Counter, Counter)>::default();
        let (seconds, updates) = (Histogram::new(SECONDS), Histogram::new(SECONDS));
        let (waiting, articles, stories) = <(Gauge, Gauge, Gauge)>::default();
        registry.register("requests", "Requests by route and status", requests.clone());
        registry.register("request_seconds", "Time to answer", seconds.clone());
        registry.register("accepted_articles", "Articles acknowledged", accepted.clone());
        registry.register("decisions", "Wishes of editors that were done", decisions.clone());
        registry.register("update_seconds", "Time to take articles in and group", updates.clone());
        registry.register("waiting_articles", "Articles that wait for the index", waiting.clone());
        registry.register("articles", "Articles in the index", articles.clone());
        registry.register("stories", "Stories in the index", stories.clone());
        Self {
            registry,
            requests,
            seconds,
            accepted,
            decisions,
            updates,
            waiting,
            articles,
            stories,
        }
    }

    /// Everything as text.
    pub(super) fn text(&self, waiting: u64, articles: u64, stories: u64) -> String {
        self.waiting.set(waiting as i64);
        self.articles.set(articles as i64);
        self.stories.set(stories as i64);
        let mut text = String::new();
        let _ = encode(&mut text, &self.registry);
        text
    }
}
