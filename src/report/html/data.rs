//! The stories as the page's script reads them.

use serde::Serialize;

use crate::model::{Grouping, Match, MatchKind};
use crate::report::articles::{Place, Role};
use crate::report::overview::Overview;
use crate::report::reason::{Reasons, is_cut};
use crate::report::shown::{address, counted, shown};
use crate::report::story::Story;

/// Most characters of a title, and of a name, an id or a reason.
const TITLE: usize = 300;
/// See [`TITLE`].
const NAME: usize = 120;

#[derive(Serialize)]
struct Told {
    id: String,
    size: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    weakest: Option<f64>,
    /// The story before it in time.
    #[serde(skip_serializing_if = "Option::is_none")]
    related: Option<String>,
    /// Why its representative stands for it.
    why: String,
    groups: Vec<Vec<Shown>>,
}

#[derive(Serialize)]
struct Shown {
    id: String,
    title: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    source: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    lang: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<i64>,
    #[serde(skip_serializing_if = "String::is_empty")]
    url: String,
    /// How it is alike to its nearest, in words.
    #[serde(skip_serializing_if = "String::is_empty")]
    how: String,
    /// What changed from the article that stands for its group.
    #[serde(skip_serializing_if = "String::is_empty")]
    changed: String,
}

/// A story as it stands where no script may run.
pub(super) struct Plain {
    pub(super) title: String,
    /// Where its representative is; empty where that is not known.
    pub(super) url: String,
    /// Who told it, when, how often.
    pub(super) note: String,
}

/// The first stories, a line each.
pub(super) fn plain(overview: &Overview<'_>, most: usize) -> Vec<Plain> {
    let line = |story: &Story<'_>| {
        let lead = story.lead();
        let sources = story.sources();
        let outlets = match sources[..] {
            [] => "unknown outlet".to_owned(),
            [one] => shown(one, NAME),
            _ => counted(sources.len(), "outlet", "outlets"),
        };
        let begin = story.span().map_or("undated".to_owned(), |(begin, _)| {
            begin.strftime("%-d %b %Y, %H:%M").to_string()
        });
        let articles = counted(story.size(), "article", "articles");
        let title = if lead.title.is_empty() { &lead.id } else { &lead.title };
        let note = format!("{articles} · {outlets} · {begin} · {}", story.id());
        Plain { title: shown(title, TITLE), url: address(&lead.url), note }
    };
    overview.stories.iter().take(most).map(line).collect()
}

/// All stories as JSON that can stand in a page: no `<` in it.
pub(super) fn json(overview: &Overview<'_>) -> String {
    let reasons = Reasons::new(overview.material.grouping);
    let stories: Vec<Told> =
        overview.stories.iter().map(|&story| told(overview, &reasons, story)).collect();
    let text = serde_json::to_string(&stories).expect("texts and numbers can be written");
    text.replace('<', "\\u003c")
}

fn told(overview: &Overview<'_>, reasons: &Reasons<'_>, story: Story<'_>) -> Told {
    let grouping = overview.material.grouping;
    let group = story.groups().start;
    let role = if story.size() == 1 { Role::Single } else { Role::Representative };
    let article = grouping.members(group)[0] as usize;
    let place = Place { story: story.position(), group, article, role };
    let related = grouping.related[story.position()];
    Told {
        id: story.id(),
        size: story.size(),
        weakest: story.weakest().map(|w| (f64::from(w) * 1e4).round() / 1e4),
        related: related.map(|other| Story::at(grouping, other as usize).id()),
        why: shown(&reasons.of(place), TITLE),
        groups: story.groups().map(|group| group_shown(grouping, reasons, story, group)).collect(),
    }
}

/// A group: its representative by what ties it to the story, the others by what they copy.
fn group_shown(
    grouping: &Grouping,
    reasons: &Reasons<'_>,
    story: Story<'_>,
    group: usize,
) -> Vec<Shown> {
    let best =
        |article: u32| grouping.best[article as usize].map(|best| &grouping.matches[best as usize]);
    let found = |(n, article)| if n == 0 { reasons.tie(group) } else { best(article) };
    let members = story.group(group).iter().copied().enumerate();
    members
        .map(|(n, article)| {
            let how = found((n, article)).map_or(String::new(), |found| how(reasons, found));
            article_shown(grouping, article as usize, how)
        })
        .collect()
}

fn article_shown(grouping: &Grouping, article: usize, how: String) -> Shown {
    let entry = &grouping.articles[article];
    Shown {
        id: shown(&entry.id, NAME),
        title: shown(&entry.title, TITLE),
        source: shown(&entry.source, NAME),
        lang: shown(&entry.lang, NAME),
        at: entry.published().map(jiff::Timestamp::as_second),
        url: address(&entry.url),
        how,
        changed: shown(&grouping.changes[article], TITLE).replace(" -> ", " → "),
    }
}

/// A match in words, without its other end.
fn how(reasons: &Reasons<'_>, best: &Match) -> String {
    let Match { containment, similarity, .. } = best;
    let linked = reasons.linked_by(best).map(|by| format!("linked by {}", shown(by, NAME)));
    match (best.kind, linked) {
        (MatchKind::Exact, _) => "word for word".to_owned(),
        (MatchKind::Near, _) if is_cut(best) => {
            format!("cut or padded, containment {containment:.2}")
        }
        (MatchKind::Near, _) => format!("edited, resemblance {similarity:.2}"),
        (MatchKind::Story, Some(linked)) => format!("similarity {similarity:.2}, {linked}"),
        (MatchKind::Story, None) => format!("similarity {similarity:.2}"),
        (MatchKind::Editor, linked) => linked.unwrap_or_default(),
    }
}
