//! The front page: stories by independent outlets and freshness.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::{Frame, encoded, rendered};
use crate::pipeline::index::{Brief, Index, Summary};
use crate::report::{counted, lag, shown, thousands};
use crate::service::api::{Filters, StoryLine};
use crate::service::problem::Problem;
use crate::service::state::App;
use crate::service::tokens::Who;
use crate::service::version::seen;

/// Stories on a page.
const SHOWN: usize = 60;
/// Hours in which a story loses half of its weight.
const HALF: f64 = 12.0;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    q: String,
    lang: String,
    hours: Option<u32>,
    outlets: Option<usize>,
    /// How many were on pages before.
    skip: usize,
}

#[derive(Template)]
#[template(path = "today.html", config = "src/service/page/askama.toml")]
struct Today {
    frame: Frame,
    dateline: String,
    headline: String,
    q: String,
    lang: String,
    hours: u32,
    outlets: usize,
    spans: [(u32, &'static str); 5],
    counted: String,
    seen: String,
    stories: Vec<Line>,
    /// Where this page is.
    back: String,
    next: Option<String>,
}

struct Line {
    id: String,
    title: String,
    size: u32,
    outlets: usize,
    outlets_told: String,
    told: String,
    sources: String,
    last: String,
    ago: String,
}

pub(super) async fn page(
    State(app): State<Arc<App>>,
    Extension(who): Extension<Who>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let today = app.look(move |app, index| today(app, index, &who, asked)).await?;
    rendered(&today)
}

fn today(app: &App, index: &Index, who: &Who, asked: Asked) -> Result<Today, Problem> {
    // Before the stories: what changes meanwhile is asked about once too often, not once too seldom.
    let seen = seen(index)?;
    let stats = index.stats()?;
    let now = Timestamp::now();
    let newest = index.newest(now)?.unwrap_or(now);
    let hours = asked.hours.unwrap_or(24).min(24 * 3660);
    let outlets = asked.outlets.unwrap_or(1).clamp(1, 100);
    let since = newest.checked_sub(SignedDuration::from_hours(hours.into())).ok();
    let filters = Filters {
        since: since.filter(|_| hours > 0).map(|t| t.to_string()),
        q: Some(asked.q.clone()),
        lang: Some(asked.lang.clone()),
        ..Filters::default()
    };
    let briefs = index.briefs(&filters.filter(SHOWN)?)?;
    let all = briefs.len();
    let skip = asked.skip.min(all);
    let end = skip + SHOWN;
    let ranked = ranked(app, index, briefs, newest, [outlets, end])?;
    let here = |skip: usize| address(&asked, [hours as usize, outlets], skip);
    let (back, next) = (here(skip), (ranked.len() > end).then(|| here(end)));
    let mut stories = Vec::new();
    for story in ranked.into_iter().skip(skip).take(SHOWN) {
        stories.extend(index.summary(story)?.map(|summary| line(app, summary, newest)));
    }
    Ok(Today {
        frame: Frame::new("today", who),
        dateline: format!("Newest article {}", newest.strftime("%-d %b %Y, %H:%M")),
        headline: newest.strftime("%A, %-d %B").to_string(),
        q: asked.q,
        lang: asked.lang,
        hours,
        outlets,
        spans: [(6, "6 hours"), (24, "24 hours"), (72, "3 days"), (168, "7 days"), (0, "all time")],
        counted: format!(
            "{} of {} stories in this time; {} articles in the index",
            thousands(stories.len() as u64),
            thousands(all as u64),
            thousands(stats.articles)
        ),
        seen,
        stories,
        back,
        next,
    })
}

/// The numbers of the stories of so many outlets at least, the heaviest first, up to the one that stands at the place `end`.
fn ranked(
    app: &App,
    index: &Index,
    briefs: Vec<Brief>,
    newest: Timestamp,
    [outlets, end]: [usize; 2],
) -> Result<Vec<u32>, Problem> {
    let weight = |brief: &Brief, outlets: usize| weight(outlets, age(brief.last, newest));
    // No story has more outlets than articles, so this is the most that each can weigh.
    let mut bounds: Vec<(f64, Brief)> = briefs
        .into_iter()
        .filter(|brief| brief.size as usize >= outlets)
        .map(|brief| (weight(&brief, brief.size as usize), brief))
        .collect();
    bounds.sort_by(|x, y| y.0.total_cmp(&x.0).then(x.1.story.cmp(&y.1.story)));
    let mut ranked: Vec<(f64, u32)> = Vec::new();
    for (bound, brief) in bounds {
        // Whatever follows weighs no more than the last of those that are wanted.
        if ranked.get(end).is_some_and(|last| last.0 >= bound) {
            break;
        }
        let told_by = outlets_of(app, index, &brief)?;
        if told_by < outlets {
            continue;
        }
        let weight = weight(&brief, told_by);
        let place = ranked.partition_point(|other| other.0 >= weight);
        ranked.insert(place, (weight, brief.story));
        ranked.truncate(end + 1);
    }
    Ok(ranked.into_iter().map(|(_, story)| story).collect())
}

/// How many independent outlets tell a story, one at least.
fn outlets_of(app: &App, index: &Index, brief: &Brief) -> Result<usize, Problem> {
    if brief.size == 1 {
        return Ok(1);
    }
    let sources = index.sources(brief.story)?;
    Ok(app.options.owners.independent(sources.iter().map(String::as_str)).max(1))
}

/// How long before the newest article something was; what is not dated was before all that is.
fn age(last: Option<Timestamp>, newest: Timestamp) -> SignedDuration {
    let undated = SignedDuration::from_secs(i64::MAX / 4);
    last.map_or(undated, |last| newest.duration_since(last).max(SignedDuration::ZERO))
}

/// What a story weighs that so many outlets told and that is so old, as a power of two.
fn weight(outlets: usize, age: SignedDuration) -> f64 {
    libm::log2(outlets as f64) - age.as_secs_f64() / 3600.0 / HALF
}

/// Where the page is that shows the stories but those to `skip`.
fn address(Asked { q, lang, .. }: &Asked, [hours, outlets]: [usize; 2], skip: usize) -> String {
    let (q, lang) = (encoded(q), encoded(lang));
    let mut address = format!("/?hours={hours}&outlets={outlets}&q={q}&lang={lang}");
    if skip > 0 {
        address += &format!("&skip={skip}");
    }
    address
}

fn line(app: &App, summary: Summary, newest: Timestamp) -> Line {
    // What is not dated is as new as when it was seen.
    let newest_of_it = summary.story.last.clone();
    let line = StoryLine::new(app, summary);
    let last = newest_of_it.as_deref().and_then(|t| t.parse::<Timestamp>().ok());
    let age = age(last, newest).as_secs();
    let outlets = line.independent_outlets.max(1);
    let told = match (line.size, line.duplicate_groups) {
        (1, _) => "1 article".to_owned(),
        (n, g) if n == g => counted(g as usize, "report", "reports"),
        (n, g) => format!(
            "{}, {}",
            counted(g as usize, "report", "reports"),
            counted((n - g) as usize, "copy", "copies")
        ),
    };
    Line {
        title: titled(&line.title),
        size: line.size,
        outlets,
        outlets_told: counted(outlets, "independent outlet", "independent outlets"),
        told,
        sources: shown(&line.sources.join(", "), 120),
        ago: match last {
            None => "undated".to_owned(),
            Some(_) if age < 60 => "just now".to_owned(),
            Some(_) => format!("{} ago", lag(age)),
        },
        last: newest_of_it.unwrap_or_default(),
        id: line.story_id,
    }
}

/// A title that can be shown.
pub(super) fn titled(title: &str) -> String {
    match shown(title, 220) {
        title if title.is_empty() => "(no title)".to_owned(),
        title => title,
    }
}
