//! One story: its way through the outlets, its copies folded, and what can be decided about it.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;

use super::log::{Line as Logged, lines_of};
use super::today::titled;
use super::{Frame, clock, clock_of, encoded, rendered};
use crate::model::Verdict;
use crate::pipeline::index::{Filter, Index, Located, Told};
use crate::report::{address, counted, lag, shown};
use crate::service::api::{DecisionOut, happened, listed};
use crate::service::problem::Problem;
use crate::service::state::App;
use crate::service::tokens::Who;
use crate::service::version::version;

#[derive(Template)]
#[template(path = "story.html", config = "src/service/page/askama.toml")]
struct Story {
    frame: Frame,
    id: String,
    version: String,
    title: String,
    span: String,
    told: String,
    locked: bool,
    picture: Option<Vec<Dot>>,
    first: String,
    last: String,
    groups: Vec<Group>,
    others: Vec<(String, String)>,
    markdown: String,
    log: Vec<Logged>,
}

struct Dot {
    x: String,
    copy: bool,
    name: String,
}

struct Group {
    lead: Shown,
    copies: Vec<Shown>,
    said: String,
}

struct Shown {
    id: String,
    title: String,
    source: String,
    url: String,
    lag: String,
    first: bool,
    stands: bool,
    compare: String,
}

pub(super) async fn page(
    State(app): State<Arc<App>>,
    Extension(who): Extension<Who>,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let look = move |app: &App, index: &Index| {
        let told = app.find(index, &name)?;
        if told.story.id != name {
            return Ok(Err(told.story.id));
        }
        story(index, &who, &told).map(Ok)
    };
    match app.look(look).await? {
        Ok(story) => rendered(&story),
        Err(name) => Ok(Redirect::permanent(&format!("/stories/{name}")).into_response()),
    }
}

fn time(a: &Located) -> Option<Timestamp> {
    a.entry.time()
}

fn story(index: &Index, who: &Who, told: &Told) -> Result<Story, Problem> {
    let lead = told.lead().ok_or_else(|| Problem::missing("story", &told.story.id))?;
    let first = told.articles.iter().filter_map(time).min();
    let last = told.articles.iter().filter_map(time).max();
    let mut sources: Vec<&str> = told.articles.iter().map(|a| &*a.entry.source).collect();
    sources.sort_unstable();
    sources.dedup();
    let decisions = decisions(index, told)?;
    let locked = decisions.iter().any(|d| d.in_force && d.decision == Verdict::Lock);
    let groups = groups(told, lead, first);
    let copies = told.articles.len() - groups.len();
    let mut told_in = format!(
        "{} from {}",
        counted(groups.len(), "report", "reports"),
        counted(sources.len(), "outlet", "outlets")
    );
    if copies > 0 {
        told_in += &format!(", {}", counted(copies, "copy", "copies"));
    }
    let span = match first.zip(last) {
        None => "undated".to_owned(),
        Some((first, last)) if first == last => clock(first),
        Some((first, last)) => {
            format!("{}, over {}", clock(first), lag(last.as_second() - first.as_second()))
        }
    };
    Ok(Story {
        frame: Frame::new("", who),
        id: told.story.id.clone(),
        version: version(index, told)?,
        title: titled(&lead.entry.title),
        span,
        told: told_in,
        locked,
        picture: picture(told),
        first: first.map_or(String::new(), clock),
        last: last.map_or(String::new(), clock),
        markdown: markdown(lead, &groups),
        groups,
        others: others(index, told)?,
        log: log(index, told, &decisions)?,
    })
}

/// The groups, that of the representative first, then as they came.
fn groups(told: &Told, lead: &Located, first: Option<Timestamp>) -> Vec<Group> {
    let mut order: Vec<&str> = Vec::new();
    for a in std::iter::once(lead).chain(&told.articles) {
        if !order.contains(&&*a.group) {
            order.push(&a.group);
        }
    }
    let article = |a: &Located, of: &Located| Shown {
        id: a.entry.id.to_string(),
        title: titled(&a.entry.title),
        source: match &*a.entry.source {
            "" => "–".to_owned(),
            source => shown(source, 60),
        },
        url: address(&a.entry.url),
        lag: match time(a).zip(first) {
            None => "undated".to_owned(),
            Some((at, first)) if at == first => "first".to_owned(),
            Some((at, first)) => format!("+{}", lag(at.as_second() - first.as_second())),
        },
        first: first.is_some() && time(a) == first,
        stands: a.row == lead.row,
        compare: if a.row == of.row {
            String::new()
        } else {
            format!("/compare?article={}&article={}", encoded(&of.entry.id), encoded(&a.entry.id))
        },
    };
    let group = |name: &str| {
        let mut members: Vec<&Located> = told.articles.iter().filter(|a| a.group == name).collect();
        if let Some(at) = members.iter().position(|a| a.row == lead.row) {
            members[..=at].rotate_right(1);
        }
        let of_group = members[0];
        let copies: Vec<Shown> = members[1..].iter().map(|a| article(a, of_group)).collect();
        Group {
            lead: article(of_group, lead),
            said: counted(copies.len(), "copy", "copies"),
            copies,
        }
    };
    order.into_iter().map(group).collect()
}

/// Where articles stand between the first and the last.
fn picture(told: &Told) -> Option<Vec<Dot>> {
    let times: Vec<i64> = told.articles.iter().filter_map(time).map(Timestamp::as_second).collect();
    let (first, last) = (*times.iter().min()?, *times.iter().max()?);
    let dot = |a: &Located| {
        let at = time(a)?;
        let share = (at.as_second() - first) as f64 / (last - first) as f64;
        Some(Dot {
            x: format!("{:.1}", 4.0 + share * 992.0),
            copy: *a.entry.id != *a.group,
            name: format!("{}, {}", shown(&a.entry.source, 60), clock(at)),
        })
    };
    (last > first).then(|| told.articles.iter().filter_map(dot).collect())
}

/// The story as Markdown.
fn markdown(lead: &Located, groups: &[Group]) -> String {
    let plain = |text: &str| {
        let mut out = String::new();
        for c in text.chars() {
            if matches!(c, '[' | ']' | '*' | '_' | '`' | '<' | '\\' | '#') {
                out.push('\\');
            }
            out.push(c);
        }
        out
    };
    let mut text = format!("**{}**\n\n", plain(&titled(&lead.entry.title)));
    for group in groups {
        for (shown, indent) in
            std::iter::once((&group.lead, "")).chain(group.copies.iter().map(|c| (c, "  ")))
        {
            let title = match shown.url.as_str() {
                "" => plain(&shown.title),
                url => format!("[{}](<{}>)", plain(&shown.title), url.replace('>', "%3E")),
            };
            text += &format!("{indent}- {}: {title} ({})\n", plain(&shown.source), shown.lag);
        }
    }
    text
}

/// Stories of the same days, to choose from.
fn others(index: &Index, told: &Told) -> Result<Vec<(String, String)>, Problem> {
    let filter =
        Filter { until: told.story.last.clone(), min_size: 1, most: 60, ..Filter::default() };
    let near = index.stories(&filter)?.into_iter().filter(|s| s.story.story != told.story.story);
    Ok(near.map(|s| (s.story.id, titled(&s.title))).collect())
}

/// What was decided on its articles, the latest first.
fn decisions(index: &Index, told: &Told) -> Result<Vec<DecisionOut>, Problem> {
    let inside: Vec<&str> = told.articles.iter().map(|a| &*a.entry.id).collect();
    listed(index, index.decided_about(&inside)?)
}

fn log(index: &Index, told: &Told, decisions: &[DecisionOut]) -> Result<Vec<Logged>, Problem> {
    let mut lines = lines_of(decisions);
    for line in happened(index, &told.story.id)? {
        let from = if line.from.is_empty() {
            String::new()
        } else {
            format!(" from {}", line.from.join(", "))
        };
        let added = match line.articles_added {
            0 => String::new(),
            n => format!(", {}", counted(n as usize, "article", "articles")),
        };
        lines.push(Logged {
            when: clock_of(&line.at),
            what: format!("{}{from}{added}: {}", line.change, line.reason),
            at: line.at,
            undo: 0,
            story: None,
        });
    }
    lines.sort_by(|x, y| y.at.cmp(&x.at));
    lines.truncate(100);
    Ok(lines)
}
