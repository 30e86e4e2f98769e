//! Reports as one page each that needs nothing else: no request goes anywhere, and it opens from a disk.
//!
//! Whatever an article says is text: the template escapes it, the script makes text nodes of it, and the page's own
//! policy lets no style and no script run but the two that it was made with.

mod data;
mod explain;
mod figures;

pub use explain::{write_explanation, write_story};

use std::io::{self, Write};

use askama::Template;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::Story;
use super::overview::Overview;
use super::shown::{counted, shown, thousands};
use crate::model::{Decision, Refusal};
use data::Plain;
use figures::{Figure, Flows};

/// The look of every page of ours.
pub const STYLE: &str = include_str!("style.css");

/// What makes the list of stories.
const SCRIPT: &str = include_str!("report.js");

/// Stories, decisions and refusals that are named beside the list.
const LOOSE: usize = 8;
/// See [`LOOSE`].
const DECIDED: usize = 20;
/// See [`LOOSE`].
const REFUSED: usize = 20;

/// Stories that are there where no script may run.
const PLAIN: usize = 200;

/// Writes the page of a report.
///
/// # Errors
/// Only those of `out`.
pub fn write_overview(out: &mut dyn Write, overview: &Overview<'_>) -> io::Result<()> {
    let page = Page::new(overview);
    // Askama writes to `fmt::Write`; a page of 20,000 articles is a few megabytes.
    let text = page.render().map_err(io::Error::other)?;
    out.write_all(text.as_bytes())
}

#[derive(Template)]
#[template(path = "report.html", config = "src/report/html/askama.toml")]
struct Page {
    policy: String,
    style: &'static str,
    script: &'static str,
    title: String,
    period: String,
    headline: String,
    facts: Vec<(String, &'static str)>,
    figures: Vec<Figure>,
    flows: Flows,
    stories: usize,
    plain: Vec<Plain>,
    loose: Vec<Named>,
    cut: f64,
    decided: usize,
    decisions: Vec<Named>,
    refused: usize,
    refusals: Vec<String>,
    data: String,
}

/// A story that is named beside the list, and why.
struct Named {
    id: String,
    title: String,
    note: String,
}

impl Page {
    fn new(overview: &Overview<'_>) -> Self {
        let named = |story: Story<'_>, note| Named {
            id: story.id(),
            title: shown(&story.lead().title, 90),
            note,
        };
        let loose = |(story, weakest): (Story<'_>, f32)| {
            named(story, format!("{weakest:.2}, {}", counted(story.size(), "article", "articles")))
        };
        let decisions = overview.decisions();
        let decided = |(decision, story): &(&Decision, Story<'_>)| {
            named(*story, shown(&decision.to_string(), 300))
        };
        let refusals = overview.material.refusals;
        let refusal = |r: &Refusal| shown(&r.to_string(), 300);
        Self {
            policy: policy(STYLE, Some(SCRIPT)),
            style: STYLE,
            script: SCRIPT,
            title: format!("{}, {}", articles(overview), told(overview)),
            period: period(overview),
            headline: format!("{} tell {}", articles(overview), told(overview)),
            facts: facts(overview),
            figures: figures::all(overview),
            flows: Flows::new(&overview.flows()),
            stories: overview.stories.len(),
            plain: data::plain(overview, PLAIN),
            loose: overview.loosest(LOOSE).into_iter().map(loose).collect(),
            cut: overview.material.thresholds.score,
            decided: decisions.len(),
            decisions: decisions.iter().take(DECIDED).map(decided).collect(),
            refused: refusals.len(),
            refusals: refusals.iter().take(REFUSED).map(refusal).collect(),
            data: data::json(overview),
        }
    }
}

fn articles(overview: &Overview<'_>) -> String {
    counted(overview.articles, "article", "articles")
}

fn told(overview: &Overview<'_>) -> String {
    counted(overview.stories.len(), "story", "stories")
}

fn period(overview: &Overview<'_>) -> String {
    let Some((from, to)) = overview.span else { return "No dates".to_owned() };
    let day = |time: Timestamp, format: &str| time.strftime(format).to_string();
    let last = day(to, "%-d %B %Y");
    // What both ends share is said once.
    let shared = |format: &str| day(from, format) == day(to, format);
    match (shared("%F"), shared("%Y-%m"), shared("%Y")) {
        (true, ..) => last,
        (_, true, _) => format!("{} to {last}", day(from, "%-d")),
        (.., true) => format!("{} to {last}", day(from, "%-d %B")),
        _ => format!("{} to {last}", day(from, "%-d %B %Y")),
    }
}

fn facts(overview: &Overview<'_>) -> Vec<(String, &'static str)> {
    let alone = overview.stories.iter().filter(|story| story.size() == 1).count();
    let facts = [
        (overview.shared, ["story by several outlets", "stories by several outlets"]),
        (alone, ["told once"; 2]),
        (overview.copies, ["copy", "copies"]),
        (overview.sources.len(), ["outlet", "outlets"]),
        (overview.langs.len(), ["language", "languages"]),
        (overview.undated, ["undated"; 2]),
        (overview.material.refusals.len(), ["refused"; 2]),
    ];
    facts
        .map(|(count, [one, many])| (thousands(count as u64), if count == 1 { one } else { many }))
        .into()
}

/// A content security policy under which nothing is loaded and nothing runs but this style and this script.
pub fn policy(style: &str, script: Option<&str>) -> String {
    let hash = |text: &str| format!("'sha256-{}'", base64(&Sha256::digest(text.as_bytes())));
    let script = script.map_or("'none'".to_owned(), hash);
    format!(
        "default-src 'none'; style-src {}; script-src {script}; base-uri 'none'; form-action 'none'",
        hash(style)
    )
}

/// Base 64 with padding, as RFC 4648 has it.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0u32, |bits, &byte| bits << 8 | u32::from(byte));
        let bits = bits << (8 * (3 - three.len()));
        for i in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * i)) as usize & 63];
            out.push(if i <= three.len() { char::from(digit) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{base64, policy};

    #[test]
    fn digests_are_spelled_as_browsers_want_them() {
        assert_eq!(
            ["", "f", "fo", "foo", "foob"].map(|t| base64(t.as_bytes())),
            ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="]
        );
        let empty = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";
        assert!(policy("", None).contains(&format!("style-src {empty}; script-src 'none'")));
    }
}
