//! Two articles side by side.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::response::Response;

use super::diff::{Mark, Piece, reports, versions};
use super::today::titled;
use super::{Frame, clock, rendered};
use crate::model::Article;
use crate::model::explain::{Explanation, Needs, StoryNumbers};
use crate::pipeline::index::{Index, Located};
use crate::report::shown;
use crate::service::problem::Problem;
use crate::service::state::App;
use crate::service::tokens::Who;
use crate::service::version::version;
use crate::stages::clean::clean_of;

#[derive(Template)]
#[template(path = "compare.html", config = "src/service/page/askama.toml")]
struct Compare {
    frame: Frame,
    relation: &'static str,
    sides: [Side; 2],
    legend: &'static str,
    numbers: Vec<(&'static str, String)>,
    back: String,
}

/// One of the two.
pub(super) struct Side {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) source: String,
    pub(super) at: String,
    pub(super) story: String,
    /// The version of its story, as a form sends it.
    pub(super) version: String,
    pub(super) pieces: Vec<Piece>,
}

impl Side {
    pub(super) fn new(
        index: &Index,
        located: &Located,
        story: &str,
        pieces: Vec<Piece>,
    ) -> Result<Self, Problem> {
        let entry = &located.entry;
        let told = index.told(story)?.ok_or_else(|| Problem::missing("story", story))?;
        Ok(Self {
            id: entry.id.to_string(),
            title: titled(&entry.title),
            source: shown(&entry.source, 80),
            at: entry.time().map_or("undated".to_owned(), clock),
            story: story.to_owned(),
            version: format!("{story}={}", version(index, &told)?),
            pieces,
        })
    }
}

/// Characters of a text that are shown.
const TEXT: usize = 40_000;

/// What is left of a text once cleaned, as it is compared, and whether that is all of it; none where it is not kept.
pub(super) fn text_of(
    app: &App,
    index: &Index,
    id: &str,
    most: usize,
) -> Result<Option<(String, bool)>, Problem> {
    let Some(article) = index.original(id)? else { return Ok(None) };
    let boilerplate = app.options.params.boilerplate.as_deref();
    let Article { source, title, text, .. } = &article;
    let text = clean_of(boilerplate, source, title, text).text;
    let cut: String =
        text.chars().take(most).filter(|c| !c.is_control() || c.is_whitespace()).collect();
    let whole = text.chars().nth(most).is_none();
    Ok(Some((if whole { cut } else { cut + " …" }, whole)))
}

pub(super) async fn page(
    State(app): State<Arc<App>>,
    Extension(who): Extension<Who>,
    Query(fields): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let ids: Vec<String> = fields.into_iter().filter(|f| f.0 == "article").map(|f| f.1).collect();
    let [a, b] = <[String; 2]>::try_from(ids).map_err(|_| Problem::bad("tick two articles"))?;
    let page = app.look(move |app, index| compare(app, index, &who, [&a, &b])).await?;
    rendered(&page)
}

fn compare(app: &App, index: &Index, who: &Who, [a, b]: [&str; 2]) -> Result<Compare, Problem> {
    let find = |id: &str| index.placed(id)?.ok_or_else(|| Problem::missing("article", id));
    let ((x, s), (y, t)) = (find(a)?, find(b)?);
    let copies = x.group == y.group;
    let texts = text_of(app, index, a, TEXT)?.zip(text_of(app, index, b, TEXT)?);
    let (pieces, legend) = match (&texts, copies) {
        (None, _) => (
            Default::default(),
            "The text of an article is not kept here: it came by `samestory update` while no service ran, or was kept no longer.",
        ),
        (Some(((p, p_whole), (q, q_whole))), true) => match versions(p, q) {
            (pieces, true) if *p_whole && *q_whole => {
                (pieces, "Marked: what only one of the two has.")
            }
            (pieces, true) => {
                (pieces, "Marked: what only one of the two has, of their first 40,000 characters.")
            }
            (pieces, false) => (
                pieces,
                "Marked: what only one of the two has, at the beginning; they differ in so much that the rest was not compared.",
            ),
        },
        (Some(((p, _), (q, _))), false) => (reports(p, q), "Marked: telling words that both have."),
    };
    let numbers = match (index.original(a)?, index.original(b)?) {
        (Some(x), Some(y)) if a != b => numbers(&app.explain([x, y])?),
        _ => Vec::new(),
    };
    let relation = match (copies, s.story == t.story) {
        (true, _) => "One text: near-duplicates in one story",
        (_, true) => "Two reports of one story",
        _ => "Two stories",
    };
    let [left, right] = pieces;
    let back = format!("/stories/{}", s.id);
    let sides = [Side::new(index, &x, &s.id, left)?, Side::new(index, &y, &t.id, right)?];
    Ok(Compare { frame: Frame::new("", who), relation, sides, legend, numbers, back })
}

/// What was measured, and what is needed.
fn numbers(e: &Explanation) -> Vec<(&'static str, String)> {
    let Needs { resemblance, containment, similarity, .. } = e.needs;
    let listed = |words: &[String]| shown(&words.join(", "), 300);
    let terms = e.terms.iter().take(12).map(|t| t.term.clone()).collect::<Vec<_>>();
    let told = |say: &dyn Fn(&StoryNumbers) -> String| e.story.as_ref().map_or(String::new(), say);
    let mut rows = vec![
        ("Resemblance", format!("{:.4}; copies from {resemblance}", e.text.resemblance)),
        ("Containment", format!("{:.4}; copies from {containment}", e.text.containment)),
        ("Similarity", told(&|s| format!("{:.4}; a match from {similarity}", s.similarity))),
        ("Cosine, time", told(&|s| format!("{:.4} × {:.4}", s.cosine, s.factor))),
        ("Terms of both", listed(&terms)),
        ("Numbers only left", listed(&e.text.numbers[0])),
        ("Numbers only right", listed(&e.text.numbers[1])),
        ("Names only left", listed(&e.text.names[0])),
        ("Names only right", listed(&e.text.names[1])),
    ];
    rows.retain(|row| !row.1.is_empty());
    rows
}
