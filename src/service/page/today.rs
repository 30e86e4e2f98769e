//! The front page: stories by independent outlets and freshness.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::{Frame, encoded, rendered};
use crate::pipeline::index::{Index, Summary};
use crate::report::{counted, lag, shown, thousands};
use crate::service::api::{Filters, StoryLine, cursor};
use crate::service::problem::Problem;
use crate::service::state::App;
use crate::service::tokens::Who;
use crate::service::version::seen;

/// Stories that are looked at together, to be shown by their weights.
const LOOKED_AT: usize = 400;
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
    cursor: Option<String>,
    /// How many of those that are looked at were on pages before.
    skip: usize,
}

#[derive(Template)]
#[template(path = "today.html", config = "src/service/page/askama.toml")]
struct Today {
    place: &'static str,
    signed_in: Option<String>,
    may_decide: bool,
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
    let shared = app.clone();
    let today = app.looks.look(&app, move |index| today(&shared, index, &who, asked)).await?;
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
        cursor: asked.cursor.clone(),
        ..Filters::default()
    };
    let mut filter = filters.filter(SHOWN)?;
    filter.most = LOOKED_AT + 1;
    let mut found = index.stories(&filter)?;
    let more = found.len() > LOOKED_AT;
    found.truncate(LOOKED_AT);
    let after = found.last().filter(|_| more).map(|summary| cursor(&summary.story));
    let all = found.len();
    let mut lines: Vec<(f64, Line)> =
        found.into_iter().map(|summary| weighed(app, summary, newest)).collect();
    lines.retain(|(_, line)| line.outlets >= outlets);
    lines.sort_by(|x, y| y.0.total_cmp(&x.0).then_with(|| x.1.id.cmp(&y.1.id)));
    let shown = asked.skip.saturating_add(SHOWN);
    let next = if shown < lines.len() {
        Some(address(&asked, [hours as usize, outlets], asked.cursor.as_deref(), shown))
    } else {
        after.map(|after| address(&asked, [hours as usize, outlets], Some(&after), 0))
    };
    let stories: Vec<Line> =
        lines.into_iter().map(|(_, line)| line).skip(asked.skip).take(SHOWN).collect();
    let Frame { place, signed_in, may_decide } = Frame::new("today", who);
    let at_most = if more { "newest of many" } else { "in this time" };
    Ok(Today {
        place,
        signed_in,
        may_decide,
        dateline: format!("Newest article {}", newest.strftime("%-d %b %Y, %H:%M")),
        headline: newest.strftime("%A, %-d %B").to_string(),
        q: asked.q,
        lang: asked.lang,
        hours,
        outlets,
        spans: [(6, "6 hours"), (24, "24 hours"), (72, "3 days"), (168, "7 days"), (0, "all time")],
        counted: format!(
            "{} of {} stories {at_most}; {} articles in the index",
            thousands(stories.len() as u64),
            thousands(all as u64),
            thousands(stats.articles)
        ),
        seen,
        stories,
        next,
    })
}

/// Where the page is that shows the stories after a cursor, of the first that are looked at but those to `skip`.
fn address(
    Asked { q, lang, .. }: &Asked,
    [hours, outlets]: [usize; 2],
    cursor: Option<&str>,
    skip: usize,
) -> String {
    let (q, lang) = (encoded(q), encoded(lang));
    let mut address = format!("/?hours={hours}&outlets={outlets}&q={q}&lang={lang}");
    if let Some(cursor) = cursor {
        address += &format!("&cursor={}", encoded(cursor));
    }
    if skip > 0 {
        address += &format!("&skip={skip}");
    }
    address
}

/// A line with its weight: outlets, halved every so many hours.
fn weighed(app: &App, summary: Summary, newest: Timestamp) -> (f64, Line) {
    // What is not dated is as new as when it was seen.
    let newest_of_it = summary.story.last.clone();
    let line = StoryLine::new(app, summary);
    let last = newest_of_it.as_deref().and_then(|t| t.parse::<Timestamp>().ok());
    let age = last.map_or(i64::MAX / 4, |t| (newest.as_second() - t.as_second()).max(0));
    let outlets = line.independent_outlets.max(1);
    let weight = outlets as f64 * libm::exp2(-(age as f64) / 3600.0 / HALF);
    let told = match (line.size, line.duplicate_groups) {
        (1, _) => "1 article".to_owned(),
        (n, g) if n == g => counted(g as usize, "report", "reports"),
        (n, g) => format!(
            "{}, {}",
            counted(g as usize, "report", "reports"),
            counted((n - g) as usize, "copy", "copies")
        ),
    };
    let line = Line {
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
    };
    (weight, line)
}

/// A title that can be shown.
pub(super) fn titled(title: &str) -> String {
    match shown(title, 220) {
        title if title.is_empty() => "(no title)".to_owned(),
        title => title,
    }
}
