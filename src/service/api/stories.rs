//! Stories: lists, members, timelines, histories.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, http::HeaderMap};
use serde::Serialize;
use utoipa::ToSchema;

use super::articles::ArticleOut;
use super::cut;
use super::filters::{Filters, cursor};
use crate::pipeline::index::{Filter, Index, Located, Summary, Told, first_and_last};
use crate::service::problem::Problem;
use crate::service::state::App;
use crate::service::version::version;

/// A story in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::service) struct StoryLine {
    pub(in crate::service) story_id: String,
    pub(in crate::service) title: String,
    /// Articles.
    pub(in crate::service) size: u32,
    pub(in crate::service) duplicate_groups: u32,
    pub(in crate::service) sources: Vec<String>,
    /// Outlets, those of one owner counted once.
    pub(in crate::service) independent_outlets: usize,
    pub(in crate::service) languages: Vec<String>,
    /// When the first of its articles that say so was published; null where none does.
    pub(in crate::service) first_published: Option<String>,
    /// When the last of them was.
    pub(in crate::service) last_published: Option<String>,
}

/// A story.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StoryOut {
    #[serde(flatten)]
    line: StoryLine,
    story_representative_id: String,
    /// Groups by distinct owners: who tells it in his own words.
    independent_reports: usize,
    /// What `POST /v1/decisions` asks for.
    version: String,
}

/// Some stories.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Stories {
    items: Vec<StoryLine>,
    /// Asks for those that follow; null at the end.
    next_cursor: Option<String>,
}

/// Articles of a story.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Members {
    items: Vec<ArticleOut>,
}

/// One step of a story's way through the outlets.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Step {
    article_id: String,
    title: String,
    source: String,
    at: Option<String>,
    /// Seconds after the first.
    seconds_after: Option<i64>,
    /// Whether an earlier article of the story has the same text.
    copy: bool,
}

/// A story's way through the outlets.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Timeline {
    items: Vec<Step>,
}

/// What happened to a story.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::service) struct Happened {
    pub(in crate::service) at: String,
    pub(in crate::service) story_id: String,
    /// As the event `story` has it.
    pub(in crate::service) change: String,
    pub(in crate::service) from: Vec<String>,
    pub(in crate::service) articles_added: u32,
    pub(in crate::service) reason: String,
}

/// A story's history, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct History {
    items: Vec<Happened>,
}

impl StoryLine {
    pub(in crate::service) fn new(app: &App, summary: Summary) -> Self {
        let Summary { story, title, sources, langs, published } = summary;
        let [first_published, last_published] =
            published.map_or([None, None], |times| times.map(|time| Some(time.to_string())));
        Self {
            story_id: story.id,
            title,
            size: story.size,
            duplicate_groups: story.groups,
            independent_outlets: app.options.owners.independent(sources.iter().map(String::as_str)),
            sources,
            languages: langs,
            first_published,
            last_published,
        }
    }
}

/// Stories, the one with the newest article first
#[utoipa::path(get, path = "/v1/stories", params(Filters), responses((status = 200, body = Stories)))]
pub(super) async fn stories(
    State(app): State<Arc<App>>,
    Query(filters): Query<Filters>,
) -> Result<Json<Stories>, Problem> {
    let filter = filters.filter(50)?;
    let most = filter.most;
    let one_more = Filter { most: most + 1, ..filter };
    let mut found = app.look(move |_, index| Ok(index.stories(&one_more)?)).await?;
    let next_cursor = cut(&mut found, most, |summary| cursor(&summary.story));
    let items = found.into_iter().map(|summary| StoryLine::new(&app, summary)).collect();
    Ok(Json(Stories { items, next_cursor }))
}

/// Looks at a story; one that lives under another name now is a redirect to what `rest` adds to it.
async fn look<T: Serialize + Send + 'static>(
    app: &Arc<App>,
    name: String,
    rest: &'static str,
    make: impl FnOnce(&App, &Index, Told) -> Result<T, Problem> + Send + 'static,
) -> Result<Response, Problem> {
    let look = move |app: &App, index: &Index| {
        let told = app.find(index, &name)?;
        if told.story.id != name {
            return Ok(Err(told.story.id));
        }
        make(app, index, told).map(Ok)
    };
    Ok(match app.look(look).await? {
        Ok(found) => Json(found).into_response(),
        Err(name) => {
            let mut headers = HeaderMap::new();
            let to = HeaderValue::from_str(&format!("/v1/stories/{name}{rest}"));
            headers.insert(header::LOCATION, to.map_err(|_| Problem::bad("no such name"))?);
            let body = Json(serde_json::json!({ "merged_into": name }));
            (StatusCode::PERMANENT_REDIRECT, headers, body).into_response()
        }
    })
}

/// A story
///
/// The name of a story that was merged redirects to the one that it is in now.
#[utoipa::path(get, path = "/v1/stories/{id}", params(("id" = String, Path)),
    responses((status = 200, body = StoryOut), (status = 308, description = "It lives under another name now")))]
pub(super) async fn story(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    look(&app, name, "", |app, index, told| story_out(app, index, &told)).await
}

fn story_out(app: &App, index: &Index, told: &Told) -> Result<StoryOut, Problem> {
    let distinct = |of: fn(&Located) -> &str| {
        let mut all: Vec<String> =
            told.articles.iter().map(|a| of(a).to_owned()).filter(|s| !s.is_empty()).collect();
        all.sort_unstable();
        all.dedup();
        all
    };
    let lead = told.lead();
    let summary = Summary {
        story: told.story.clone(),
        title: lead.map_or(String::new(), |a| a.entry.title.to_string()),
        sources: distinct(|a| &a.entry.source),
        langs: distinct(|a| &a.entry.lang),
        published: first_and_last(told.articles.iter().filter_map(|a| a.entry.published())),
    };
    let mut firsts: Vec<_> = told.articles.iter().collect();
    firsts.sort_by(|a, b| (&a.group, a.entry.by_time()).cmp(&(&b.group, b.entry.by_time())));
    firsts.dedup_by(|a, b| a.group == b.group);
    let firsts = firsts.into_iter().map(|a| &*a.entry.source);
    Ok(StoryOut {
        line: StoryLine::new(app, summary),
        story_representative_id: lead.map_or(String::new(), |a| a.entry.id.to_string()),
        independent_reports: app.options.owners.independent(firsts),
        version: version(index, told)?,
    })
}

/// The articles of a story, the earliest first
#[utoipa::path(get, path = "/v1/stories/{id}/members", params(("id" = String, Path)),
    responses((status = 200, body = Members), (status = 308, description = "It lives under another name now")))]
pub(super) async fn members(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    look(&app, name, "/members", |_, _, told| {
        let story = &told.story.id;
        let items = told.articles.iter().map(|a| ArticleOut::new(&a.entry, story, &a.group));
        Ok(Members { items: items.collect() })
    })
    .await
}

/// A story's way through the outlets
#[utoipa::path(get, path = "/v1/stories/{id}/timeline", params(("id" = String, Path)),
    responses((status = 200, body = Timeline), (status = 308, description = "It lives under another name now")))]
pub(super) async fn timeline(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    look(&app, name, "/timeline", |_, _, told| {
        let at = |a: &Located| a.entry.time();
        let first = told.articles.iter().filter_map(at).min();
        let step = |a: &Located| Step {
            article_id: a.entry.id.to_string(),
            title: a.entry.title.to_string(),
            source: a.entry.source.to_string(),
            at: at(a).map(|t| t.to_string()),
            seconds_after: at(a).zip(first).map(|(t, first)| t.as_second() - first.as_second()),
            copy: *a.entry.id != *a.group,
        };
        Ok(Timeline { items: told.articles.iter().map(step).collect() })
    })
    .await
}

/// What happened to a story, oldest first
#[utoipa::path(get, path = "/v1/stories/{id}/history", params(("id" = String, Path)),
    responses((status = 200, body = History), (status = 308, description = "It lives under another name now")))]
pub(super) async fn history(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    look(&app, name, "/history", |_, index, told| {
        Ok(History { items: happened(index, &told.story.id)? })
    })
    .await
}

pub(in crate::service) fn happened(index: &Index, name: &str) -> Result<Vec<Happened>, Problem> {
    let line = |(_, at, change): (i64, String, crate::model::Change)| Happened {
        at,
        story_id: change.story_id,
        change: change.change,
        from: change.from.split(' ').filter(|s| !s.is_empty()).map(str::to_owned).collect(),
        articles_added: change.articles_added,
        reason: change.reason,
    };
    Ok(index.history(name)?.into_iter().map(line).collect())
}
