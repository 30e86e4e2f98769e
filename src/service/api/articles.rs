//! Articles: adding and looking up.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::TrySendError;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use tokio::sync::oneshot;
use utoipa::ToSchema;

use super::{answered, expects, needs};
use crate::model::{Article, Entry};
use crate::pipeline::index::Index;
use crate::pipeline::lookup::Lookup;
use crate::read;
use crate::service::intake::{self, Accepted, Added, Incoming, Refused};
use crate::service::problem::Problem;
use crate::service::state::App;
use crate::service::tokens::{Role, Who};

/// An article as it is sent. Other common names of these fields are understood too.
#[derive(ToSchema)]
#[allow(dead_code)]
struct ArticleIn {
    /// Its identity; without one its address, or else a hash of title and text.
    id: Option<String>,
    /// Headline; it or a text must be there.
    title: Option<String>,
    /// Body, which may be HTML.
    text: Option<String>,
    /// When it was published, RFC 3339 or another usual form.
    published: Option<String>,
    /// The outlet.
    source: Option<String>,
    /// A BCP 47 tag.
    lang: Option<String>,
    /// Its address.
    url: Option<String>,
}

/// An article and where it belongs.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(in crate::service) struct ArticleOut {
    article_id: String,
    title: String,
    source: String,
    lang: String,
    url: String,
    published: Option<String>,
    seen: Option<String>,
    story_id: String,
    duplicate_group_id: String,
    /// Whether the index is yet to confirm where it belongs.
    provisional: bool,
    /// The text as it was sent; null where it is not stored, or no longer.
    text: Option<String>,
}

impl ArticleOut {
    /// What is known of an article without its text.
    pub(in crate::service) fn new(entry: &Entry, story: &str, group: &str) -> Self {
        Self {
            article_id: entry.id.to_string(),
            title: entry.title.to_string(),
            source: entry.source.to_string(),
            lang: entry.lang.to_string(),
            url: entry.url.to_string(),
            published: entry.published().map(|t| t.to_string()),
            seen: entry.seen().map(|t| t.to_string()),
            story_id: story.to_owned(),
            duplicate_group_id: intake::group_name(group),
            ..Self::default()
        }
    }
}

const JSON: &[&str] = &["application/json"];
const LINES: &[&str] = &["application/x-ndjson", "application/jsonl", "application/x-jsonlines"];

/// Add an article
///
/// The answer comes when it is safe. Where it belongs is provisional; the event `settled` says when it is not any more. With the id
/// of an article that is there it is a new version; one of an earlier date is refused (problem `older-version`).
#[utoipa::path(post, path = "/v1/articles", request_body = ArticleIn, params(("idempotency-key" = Option<String>, Header)),
    responses((status = 201, body = Accepted)))]
pub(super) async fn add(
    State(app): State<Arc<App>>,
    Extension(who): Extension<Who>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    needs(&who, Role::Feeder)?;
    expects(&headers, JSON)?;
    let article = one_article(&app, &body).await?;
    let text = accept(&app, &headers, &body, vec![article], Vec::new()).await?;
    let accepted: Accepted = serde_json::from_str(&text).map_err(|_| Problem::internal())?;
    match accepted.refused.into_iter().next() {
        Some(refused) => Err(Problem::new(StatusCode::CONFLICT, "older-version", refused.reason)),
        None => Ok(created(text)),
    }
}

fn created(text: String) -> Response {
    (StatusCode::CREATED, [(header::CONTENT_TYPE, "application/json")], text).into_response()
}

/// Add articles
///
/// One JSON object a line. Records that cannot be used are named in the answer; the others are safe when it comes.
#[utoipa::path(post, path = "/v1/articles:batch", request_body(content = String, content_type = "application/x-ndjson"),
    params(("idempotency-key" = Option<String>, Header)), responses((status = 201, body = Accepted)))]
pub(super) async fn batch(
    State(app): State<Arc<App>>,
    Extension(who): Extension<Who>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    needs(&who, Role::Feeder)?;
    expects(&headers, LINES)?;
    let (articles, refused) = parse(&app, body.clone()).await?;
    let most = app.options.limits.batch;
    if articles.len() + refused.len() > most {
        let detail = format!("a batch may have {most} records: send several");
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "batch-too-large", detail));
    }
    if articles.is_empty() && refused.is_empty() {
        return Err(Problem::bad("there is no record in it"));
    }
    accept(&app, &headers, &body, articles, refused).await.map(created)
}

async fn parse(app: &Arc<App>, body: Bytes) -> Result<(Vec<Article>, Vec<Refused>), Problem> {
    let app = app.clone();
    let work = move || {
        let options = Arc::new(app.options.reading.clone());
        let parsed = read::received("http", &body, &options).parse();
        let refused = parsed.refusals.into_iter();
        let refused = refused.map(|r| Refused { record: r.record, reason: r.reason });
        (parsed.articles, refused.collect::<Vec<_>>())
    };
    let done = tokio::task::spawn_blocking(work).await;
    let (mut articles, mut refused) = done.map_err(|_| Problem::internal())?;
    // An id is an address: one that is longer than any could not be asked for.
    let long = articles.extract_if(.., |a| a.id.len() > LONGEST_ID || a.id.contains('\0'));
    let refuse = |a: Article| Refused {
        record: a.record,
        reason: format!("an id has at most {LONGEST_ID} bytes and no NUL"),
    };
    refused.extend(long.map(refuse));
    refused.sort_by_key(|r| r.record);
    let now = jiff::Timestamp::now();
    articles
        .iter_mut()
        .filter(|a| a.published.is_none())
        .for_each(|a| a.seen = a.seen.or(Some(now)));
    Ok((articles, refused))
}

/// Most bytes of an id.
const LONGEST_ID: usize = 2_000;

async fn one_article(app: &Arc<App>, body: &Bytes) -> Result<Article, Problem> {
    // A record is a line: the same JSON without its line breaks.
    let line: Vec<u8> =
        body.iter().map(|&b| if matches!(b, b'\n' | b'\r') { b' ' } else { b }).collect();
    let (mut articles, refused) = parse(app, line.into()).await?;
    match (articles.pop(), refused.into_iter().next()) {
        (Some(article), None) => Ok(article),
        (_, refused) => {
            let reason = refused.map_or("there is no article in it".to_owned(), |r| r.reason);
            Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "not-an-article", reason))
        }
    }
}

async fn accept(
    app: &App,
    headers: &HeaderMap,
    body: &Bytes,
    articles: Vec<Article>,
    refused: Vec<Refused>,
) -> Result<String, Problem> {
    if app.waiting.load(Relaxed) > app.options.limits.waiting as u64 {
        let detail = "too many articles wait for the index";
        return Err(Problem { retry_after: Some(10), ..Problem::busy(detail) });
    }
    let key = match headers.get("idempotency-key") {
        None => None,
        Some(value) => {
            let key = value.to_str().ok().filter(|key| (1..=200).contains(&key.len()));
            let key = key.ok_or_else(|| {
                Problem::bad("an idempotency key has 1 to 200 visible characters")
            })?;
            Some((key.to_owned(), Sha256::digest(body).to_vec()))
        }
    };
    let (reply, answer) = oneshot::channel();
    let intake = app.intake.lock().expect("nobody panics with it").clone();
    let intake = intake.ok_or_else(Problem::ending)?;
    intake.try_send(Incoming { articles, refused, key, reply }).map_err(|error| match error {
        TrySendError::Full(_) => Problem::busy("more is coming in than can be written down"),
        TrySendError::Disconnected(_) => Problem::ending(),
    })?;
    drop(intake);
    answered(answer).await?
}

/// Look an article up without adding it
#[utoipa::path(post, path = "/v1/articles:match", request_body = ArticleIn, responses((status = 200, body = Added)))]
pub(super) async fn look_alike(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Added>, Problem> {
    expects(&headers, JSON)?;
    let article = one_article(&app, &body).await?;
    let look = move |app: &App, index: &Index| {
        let articles = [article];
        let sketched = Lookup::sketch(&app.options.params, &articles);
        let found = app.lookup.read().expect("nobody panics with it").find(&sketched);
        let found = intake::still_there(app, Some(index), found);
        let home = intake::home(app, Some(index), &articles[0], &found);
        Ok(intake::added(&articles[0], &home, found))
    };
    app.look(look).await.map(Json)
}

/// An article and where it belongs
#[utoipa::path(get, path = "/v1/articles/{id}", params(("id" = String, Path)), responses((status = 200, body = ArticleOut)))]
pub(super) async fn article(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Json<ArticleOut>, Problem> {
    let look = move |app: &App, index: &Index| {
        let missing = || Problem::missing("article", &id);
        // In this order: what no longer waits, the index has.
        let Some(article) = app.waits(&id)? else {
            let (located, story) = index.placed(&id)?.ok_or_else(missing)?;
            let article = ArticleOut::new(&located.entry, &story.id, &located.group);
            return Ok(ArticleOut {
                text: index.original(&id)?.map(|article| article.text),
                ..article
            });
        };
        // A new version is where the one before is, as far as is known.
        let home = app.home(index, &id)?.ok_or_else(missing)?;
        Ok(ArticleOut {
            article_id: article.id,
            title: article.title,
            source: article.source,
            lang: article.lang,
            url: article.url,
            published: article.published.map(|t| t.to_string()),
            seen: article.seen.map(|t| t.to_string()),
            story_id: home.story_id,
            duplicate_group_id: intake::group_name(&home.group),
            provisional: true,
            text: Some(article.text),
        })
    };
    app.look(look).await.map(Json)
}
