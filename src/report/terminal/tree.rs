//! How a story came together, as a tree: its weakest link on top.

use std::io::{self, Write};

use super::{Screen, Tone, fit};
use crate::model::explain::{Link, Part, Party, StoryTree};
use crate::report::shown::counted;

/// Branches that are drawn; what hangs together more firmly is told in a line.
const BRANCHES: usize = 16;

/// Writes a story's counts, its weakest link and its tree.
///
/// # Errors
/// Only those of `out`.
pub fn write_tree(out: &mut dyn Write, tree: &StoryTree, screen: Screen) -> io::Result<()> {
    let articles = counted(tree.size, "article", "articles");
    let reports = counted(tree.reports.len(), "report", "reports");
    let head = format!("story {}: {articles}, {reports}", tree.story_id);
    writeln!(out, "{}", screen.paint(Tone::Strong, &head))?;
    if let Some((link, score)) = tree.links.last().and_then(|link| Some((link, link.score?))) {
        let (pairs, needed) = (counted(link.pairs as usize, "pair", "pairs"), tree.needed);
        writeln!(out, "weakest link {score:.4} over {pairs} (they would part below {needed})")?;
    }
    writeln!(out)?;
    let whole = tree.links.len().checked_sub(1).map_or(Part::Report(0), Part::Link);
    let drawn = drawn(tree);
    // Without recursion: a story may be as deep as it has reports.
    let mut open = vec![(whole, String::new(), String::new())];
    while let Some((part, lead, below)) = open.pop() {
        let width = screen.width().saturating_sub(lead.chars().count());
        let (said, tone) = line(tree, part, drawn.as_slice());
        let text = fit(&said, width);
        let text = text.trim_end();
        match tone {
            Some(tone) => writeln!(out, "{lead}{}", screen.paint(tone, text))?,
            None => writeln!(out, "{lead}{text}")?,
        }
        if let Part::Link(link) = part
            && drawn[link]
        {
            let [a, b] = tree.links[link].parts;
            open.push((b, format!("{below}└─ "), format!("{below}   ")));
            open.push((a, format!("{below}├─ "), format!("{below}│  ")));
        }
    }
    Ok(())
}

/// Which links are drawn: from the root on, always the weakest of those that hang on what is drawn.
fn drawn(tree: &StoryTree) -> Vec<bool> {
    let mut drawn = vec![false; tree.links.len()];
    let mut open: Vec<usize> = tree.links.len().checked_sub(1).into_iter().collect();
    for _ in 0..BRANCHES {
        let weakest = |&(_, x): &(usize, &usize), &(_, y): &(usize, &usize)| {
            let score = |link: usize| tree.links[link].score.unwrap_or(f64::INFINITY);
            score(*x).total_cmp(&score(*y)).then(y.cmp(x))
        };
        let Some((at, _)) = open.iter().enumerate().min_by(weakest) else { break };
        let link = open.swap_remove(at);
        drawn[link] = true;
        open.extend(tree.links[link].parts.iter().filter_map(|part| match part {
            Part::Link(link) => Some(*link),
            Part::Report(_) => None,
        }));
    }
    drawn
}

fn line(tree: &StoryTree, part: Part, drawn: &[bool]) -> (String, Option<Tone>) {
    match part {
        Part::Report(report) => {
            let report = &tree.reports[report];
            let copies = match report.copies {
                0 => String::new(),
                n => format!(", {}", counted(n, "copy", "copies")),
            };
            let Party { title, source, published, .. } = &report.article;
            let source = if source.is_empty() { "unknown outlet" } else { source };
            (format!("{source}, {published}{copies}: {title}"), None)
        }
        Part::Link(link) => {
            let Link { score, pairs, reports, by, .. } = &tree.links[link];
            match (score, drawn[link]) {
                (Some(score), true) => {
                    let pairs = counted(*pairs as usize, "pair", "pairs");
                    (format!("{score:.4} over {pairs}"), Some(Tone::Accent))
                }
                (Some(score), false) => {
                    (format!("{reports} reports, {score:.4} or more"), Some(Tone::Faint))
                }
                (None, true) => {
                    let by = by.as_deref().filter(|by| !by.is_empty()).unwrap_or("an editor");
                    (format!("linked by {by}"), Some(Tone::Accent))
                }
                (None, false) => {
                    (format!("{reports} reports, linked by editors"), Some(Tone::Faint))
                }
            }
        }
    }
}
