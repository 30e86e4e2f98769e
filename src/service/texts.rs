//! Small questions to the state: texts, names, explanations.

use axum::http::StatusCode;

use super::problem::Problem;
use super::state::{App, Event};
use crate::kernel::base32;
use crate::model::explain::Explanation;
use crate::model::{Article, Change};
use crate::pipeline::{self, index::Index};

impl App {
    /// An article as it was sent, its latest version, as long as that waits for the index.
    pub(super) fn waits(&self, id: &str) -> Option<Article> {
        self.texts.lock().expect("nobody panics with it").article(id).ok().flatten()
    }

    /// An article as the index has it with its text, where that is kept.
    pub(super) fn text(&self, index: &Index, id: &str) -> Option<Article> {
        let (title, text) = index.text(id).ok()??;
        let entry = index.placed(id).ok()??.0.entry;
        let (published, seen) = (entry.published(), entry.seen());
        let (source, lang) = (entry.source.to_string(), entry.lang.to_string());
        let (id, url) = (id.to_owned(), entry.url.to_string());
        Some(Article { id, title, text, published, seen, source, lang, url, ..Article::default() })
    }

    /// The article whose story was given a name before the index had it.
    pub(super) fn provisional_name(&self, name: &str) -> Option<String> {
        let hash = base32::decode(name.strip_prefix('s')?.as_bytes())?;
        self.texts.lock().expect("nobody panics with it").named(hash).ok().flatten()
    }

    /// What can be said of two articles alone: nothing of it depends on others.
    pub(super) fn explain(&self, [a, b]: [Article; 2]) -> Result<Explanation, Problem> {
        let ids = [a.id.clone(), b.id.clone()];
        let both = [ids[0].as_str(), ids[1].as_str()];
        let found = pipeline::explain([vec![a, b]], both, &self.options.params);
        let fault =
            || Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "a fault of ours");
        found.map_err(|_| fault())?.map_err(|_| fault())
    }
}

impl Event {
    /// A line of the log.
    pub(super) fn of_line((number, at, change): &(i64, String, Change)) -> Self {
        let data = serde_json::json!({
            "story_id": change.story_id, "change": change.change, "from": change.from,
            "articles_added": change.articles_added, "reason": change.reason, "at": at,
        });
        Self { id: Some(*number), kind: "story", data: data.to_string() }
    }
}
