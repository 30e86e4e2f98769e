//! The report of a run on one screen.

use std::io::{self, Write};

use super::{Screen, Tone, fit, sparkline};
use crate::model::Refusal;
use crate::report::overview::Overview;
use crate::report::shown::{counted, shown, thousands};
use crate::report::story::Story;

/// Loose stories, decisions and refusals that are named.
const NAMED: usize = 3;
/// Hours after the first article of a story that are drawn.
const HOURS: i64 = 24;

/// Writes counts, the `top` stories, sizes, the loosest stories and refusals.
///
/// # Errors
/// Only those of `out`.
pub fn write_overview(
    out: &mut dyn Write,
    overview: &Overview<'_>,
    top: usize,
    screen: Screen,
) -> io::Result<()> {
    let refused = overview.material.refusals.len();
    let counts = [
        counted(overview.articles, "article", "articles"),
        counted(overview.stories.len(), "story", "stories"),
        counted(overview.copies, "copy", "copies"),
        counted(overview.sources.len(), "outlet", "outlets"),
        counted(refused, "refused", "refused"),
    ];
    writeln!(out, "{}", screen.paint(Tone::Strong, &counts.join(", ")))?;
    let span = overview.span.map_or("undated".to_owned(), |(from, to)| {
        let format = if screen.is_wide() { "%F %H:%M" } else { "%F" };
        format!("{} to {}", from.strftime(format), to.strftime(format))
    });
    let shared = counted(overview.shared, "story", "stories");
    let line = format!(
        "{span}; {shared} by several outlets; {} undated",
        thousands(overview.undated as u64)
    );
    writeln!(out, "{}", screen.paint(Tone::Faint, &line))?;
    stories(out, overview, top, screen)?;
    sizes(out, overview, screen)?;
    loosest(out, overview, screen)?;
    decided(out, overview, screen)?;
    refusals(out, overview.material.refusals, screen)
}

/// How the columns of a story are laid out.
struct Columns {
    title: usize,
    first: usize,
    hours: usize,
}

impl Columns {
    fn new(screen: Screen) -> Self {
        let (first, hours) = if screen.is_wide() { (20, 24) } else { (0, 12) };
        let others = 4 + 9 + 8 + 2 + hours + if first > 0 { first + 2 } else { 0 };
        Self { title: screen.width().saturating_sub(others), first, hours }
    }
}

fn stories(
    out: &mut dyn Write,
    overview: &Overview<'_>,
    top: usize,
    screen: Screen,
) -> io::Result<()> {
    let shown = overview.stories.len().min(top);
    if shown == 0 {
        return Ok(());
    }
    let Columns { title, first, hours } = Columns::new(screen);
    let outlet = if first > 0 { format!("  {:first$}", "first at") } else { String::new() };
    let head = format!("    {:title$} articles outlets{outlet}  {}", "Top stories", "first 24 h");
    writeln!(out, "\n{}", screen.paint(Tone::Strong, &head))?;
    for (rank, story) in overview.stories.iter().take(shown).enumerate() {
        let name = fit(&story.lead().title, title);
        let counts = format!("{:>9}{:>8}", thousands(story.size() as u64), story.sources().len());
        let outlet = match first {
            0 => String::new(),
            width => format!("  {}", fit(first_outlet(*story).unwrap_or("unknown"), width)),
        };
        let hours = sparkline(&spread(*story, hours));
        let hours = screen.paint(Tone::Accent, &hours);
        writeln!(out, "{:>3} {name}{counts}{outlet}  {hours}", rank + 1)?;
    }
    Ok(())
}

/// Who had a story first.
fn first_outlet(story: Story<'_>) -> Option<&str> {
    let first = story.entries().filter(|entry| entry.published().is_some());
    first
        .min_by_key(|entry| entry.published())
        .map(|entry| &*entry.source)
        .filter(|s| !s.is_empty())
}

/// How many articles came in each part of the first day.
fn spread(story: Story<'_>, cells: usize) -> Vec<usize> {
    let mut counts = vec![0; cells];
    let Some((begin, _)) = story.span() else { return counts };
    for time in story.entries().filter_map(|entry| entry.published()) {
        let after = (time.as_second() - begin.as_second()) * cells as i64 / (HOURS * 3600);
        if let Some(count) = counts.get_mut(after as usize) {
            *count += 1;
        }
    }
    counts
}

fn sizes(out: &mut dyn Write, overview: &Overview<'_>, screen: Screen) -> io::Result<()> {
    let sizes = overview.sizes();
    let counts: Vec<String> = sizes.iter().map(|size| thousands(size.1 as u64)).collect();
    let width = |i: usize| counts[i].chars().count().max(sizes[i].0.chars().count());
    let (mut head, mut row) = ("Articles a story".to_owned(), "Stories         ".to_owned());
    for (i, ((name, _), count)) in sizes.iter().zip(&counts).enumerate() {
        let width = width(i);
        head += &format!("  {name:>width$}");
        row += &format!("  {count:>width$}");
    }
    writeln!(out, "\n{}\n{row}", screen.paint(Tone::Strong, &head))
}

fn loosest(out: &mut dyn Write, overview: &Overview<'_>, screen: Screen) -> io::Result<()> {
    let loose = overview.loosest(NAMED);
    if loose.is_empty() {
        return Ok(());
    }
    let cut = overview.material.thresholds.score;
    let head = format!("Loosest stories, by their weakest link (they part below {cut})");
    writeln!(out, "\n{}", screen.paint(Tone::Strong, &head))?;
    for (story, weakest) in loose {
        let articles = thousands(story.size() as u64);
        let title = fit(&story.lead().title, screen.width().saturating_sub(40));
        writeln!(
            out,
            "{weakest:>7.4}  {}  {articles:>4} articles  {}",
            story.id(),
            title.trim_end()
        )?;
    }
    Ok(())
}

fn decided(out: &mut dyn Write, overview: &Overview<'_>, screen: Screen) -> io::Result<()> {
    let decisions = overview.decisions();
    if decisions.is_empty() {
        return Ok(());
    }
    let head = format!("Decided by editors{}", and_more(decisions.len()));
    writeln!(out, "\n{}", screen.paint(Tone::Strong, &head))?;
    for (decision, story) in decisions.iter().take(NAMED) {
        let room = screen.width().saturating_sub(18);
        writeln!(out, "  {}  {}", story.id(), shown(&decision.to_string(), room))?;
    }
    Ok(())
}

/// How many are not named.
fn and_more(all: usize) -> String {
    match all.saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(", and {} more", thousands(more as u64)),
    }
}

fn refusals(out: &mut dyn Write, refusals: &[Refusal], screen: Screen) -> io::Result<()> {
    if refusals.is_empty() {
        return Ok(());
    }
    let head = format!("Refused{}", and_more(refusals.len()));
    writeln!(out, "\n{}", screen.paint(Tone::Accent, &head))?;
    for refusal in refusals.iter().take(NAMED) {
        let line = shown(&refusal.to_string(), screen.width().saturating_sub(2));
        writeln!(out, "  {line}")?;
    }
    Ok(())
}
