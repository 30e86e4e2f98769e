//! An explanation on a terminal: two articles side by side where there is room, every number with what it needs.

use std::io::{self, Write};

use super::columns::side_by_side;
use super::{Screen, Tone, fit};
use crate::model::explain::{Explanation, Party, Relation, StoryNumbers};
use crate::report::shown::{NO_TEXTS, REASON, STAND_IN, counted, no_story, reasons, shown};

/// Shared terms that are listed.
const TERMS: usize = 12;
/// Changed numbers or names, passages and edits that are listed.
const LISTED: usize = 12;
/// Passages that are quoted.
const QUOTED: usize = 3;
/// Width of the names of numbers.
const LABEL: usize = 26;

/// Writes an explanation of two articles.
///
/// # Errors
/// Only those of `out`.
pub fn write_explanation(out: &mut dyn Write, e: &Explanation, screen: Screen) -> io::Result<()> {
    articles(out, &e.articles, screen)?;
    let verdict = match e.verdict {
        Relation::Duplicates => "near-duplicates: one group in one story",
        Relation::Story if !e.text.matches() => "one story, told in other words",
        Relation::Story => "one story",
        Relation::Apart if e.story.is_some() => "two stories",
        Relation::Apart if !e.text.matches() => "no near-duplicates: two groups",
        Relation::Apart => "two groups",
    };
    writeln!(out, "\n{}", screen.paint(Tone::Strong, verdict))?;
    for said in reasons(e) {
        writeln!(out, "  {}", shown(&said, REASON))?;
    }
    writeln!(out, "\n{}", screen.paint(Tone::Strong, "Is it the same text?"))?;
    text(out, e, screen)?;
    writeln!(out, "\n{}", screen.paint(Tone::Strong, "Is it the same event?"))?;
    event(out, e, screen)?;
    if screen.is_wide() && e.texts {
        writeln!(out, "\n{}", screen.paint(Tone::Strong, "= in both, ~ in part"))?;
        side_by_side(out, &e.pieces, screen)?;
    }
    Ok(())
}

fn articles(out: &mut dyn Write, articles: &[Party; 2], screen: Screen) -> io::Result<()> {
    let lines = |party: &Party| {
        let source =
            if party.source.is_empty() { String::new() } else { format!("{}, ", party.source) };
        [
            party.id.clone(),
            party.title.clone(),
            format!("{source}{}, {}", party.published, party.lang),
        ]
    };
    let both = [lines(&articles[0]), lines(&articles[1])];
    if screen.is_wide() {
        let width = screen.width() / 2 - 4;
        for (n, (a, b)) in both[0].iter().zip(&both[1]).enumerate() {
            let names = if n == 0 { ["A", "B"] } else { [" ", " "] };
            let (left, right) = (fit(a, width), fit(b, width));
            writeln!(out, "{}  {left}  {}  {}", names[0], names[1], right.trim_end())?;
        }
        return Ok(());
    }
    for (name, [id, title, rest]) in ["A", "B"].iter().zip(&both) {
        // A name is to be copied: it is never cut at the width.
        writeln!(out, "{name}  {}", shown(id, REASON))?;
        for line in [title, rest] {
            writeln!(out, "   {}", fit(line, screen.width() - 3).trim_end())?;
        }
    }
    Ok(())
}

/// A number with its name and what is to be known of it.
fn line(out: &mut dyn Write, label: &str, said: &str) -> io::Result<()> {
    writeln!(out, "  {label:<LABEL$} {said}")
}

fn text(out: &mut dyn Write, e: &Explanation, screen: Screen) -> io::Result<()> {
    let (text, needs) = (&e.text, &e.needs);
    if text.same_words {
        line(out, "word for word", "yes")?;
    }
    let [n, m, common] = text.shingles;
    line(out, "3-word shingles", &format!("{n} in A, {m} in B, {common} in both"))?;
    let said = format!("{:.4} (a match from {})", text.resemblance, needs.resemblance);
    line(out, "resemblance", &said)?;
    let said = format!("{:.4} (a match from {})", text.containment, needs.containment);
    line(out, "containment", &said)?;
    if let Some(days) = text.days {
        line(out, "days apart", &format!("{days:.2}"))?;
    }
    if let Some(against) = text.against {
        let what = if text.matches() { "not one group, because" } else { "no match, because" };
        line(out, what, against)?;
    }
    for (what, both) in [("numbers", &text.numbers), ("names", &text.names)] {
        for (name, words) in ["A", "B"].iter().zip(both).filter(|(_, words)| !words.is_empty()) {
            let (listed, more) = list(words, screen.width() - LABEL - 3);
            let listed = screen.paint(Tone::Accent, &listed);
            line(out, &format!("{what} only in {name}"), &format!("{listed}{more}"))?;
        }
    }
    passages(out, e, screen)
}

/// As many words as have room, and how many more there are.
fn list(words: &[String], room: usize) -> (String, String) {
    const MORE: usize = " and 9999 more".len();
    let mut used = 0;
    let fitting = words.iter().take(LISTED).take_while(|word| {
        used += word.chars().count() + 2;
        used <= room - MORE
    });
    let n = fitting.count().max(1);
    let more = words.len() - n;
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    (shown(&words[..n].join(", "), room - MORE), more)
}

/// What both say word for word, the longest first, and what differs between copies.
fn passages(out: &mut dyn Write, e: &Explanation, screen: Screen) -> io::Result<()> {
    if !e.texts {
        line(out, "passages in both", NO_TEXTS)?;
    }
    let room = screen.width() - 6;
    if !e.passages.is_empty() {
        let words = e.passages.iter().map(|p| p.words).sum();
        let said = format!(
            "{}, {} of B",
            counted(e.passages.len(), "run", "runs"),
            counted(words, "word", "words")
        );
        line(out, "passages in both", &said)?;
        let mut longest: Vec<_> = e.passages.iter().collect();
        longest.sort_by_key(|p| std::cmp::Reverse(p.words));
        for passage in longest.iter().take(QUOTED) {
            writeln!(out, "    “{}”", shown(&passage.text, room))?;
        }
    }
    if e.verdict == Relation::Duplicates && !e.edits.is_empty() {
        line(out, "what differs", &counted(e.edits.len(), "place", "places"))?;
        for both in e.edits.iter().take(LISTED) {
            for (sign, text) in ["-", "+"].iter().zip(both).filter(|(_, text)| !text.is_empty()) {
                let said = format!("{sign} {}", shown(text, room - 2));
                writeln!(out, "    {}", screen.paint(Tone::Accent, &said))?;
            }
        }
        if e.edits.len() > LISTED {
            writeln!(out, "    and {} more", e.edits.len() - LISTED)?;
        }
    }
    Ok(())
}

fn event(out: &mut dyn Write, e: &Explanation, screen: Screen) -> io::Result<()> {
    let Some(story) = &e.story else {
        let (name, said) = no_story(e);
        return line(out, &name.to_lowercase(), said);
    };
    terms(out, e)?;
    if !(0..2).all(|side| e.articles[side].id == story.reports[side]) {
        line(out, "groups compared by", STAND_IN)?;
        for id in &story.reports {
            writeln!(out, "    {}", shown(id, REASON))?;
        }
    }
    line(out, "cosine", &format!("{:.4}", story.cosine))?;
    let window = e.needs.window_days;
    line(out, "time factor", &format!("{:.4} (window {window} days)", story.factor))?;
    let least = e.needs.similarity;
    let said = format!("{:.4} (cosine x time factor, kept from {least})", story.similarity);
    line(out, "similarity", &said)?;
    match story.corrected.zip(story.score).zip(story.supported) {
        Some(((corrected, score), supported)) => {
            let [a, b] = story.crowding;
            let said = format!("{corrected:.4} (weights of their neighbourhoods)");
            line(out, "among their neighbours", &said)?;
            line(out, "crowding", &format!("{a:.4} around A, {b:.4} around B"))?;
            line(out, "score", &format!("{score:.4} (the two lines above, subtracted)"))?;
            let said = format!("{supported:.4} (as reports close to either find it)");
            line(out, "supported score", &said)?;
        }
        None => {
            let why = story.against.unwrap_or("too little in common to be looked at closer");
            line(out, "score", &format!("none: {why}"))?;
        }
    }
    verdict(out, e, story, screen)
}

/// The terms of both articles, the heaviest first.
fn terms(out: &mut dyn Write, e: &Explanation) -> io::Result<()> {
    let shared: f64 = e.terms.iter().map(|term| term.share).sum();
    let said = format!("{} (cosine of A and B {shared:.2})", e.terms.len());
    line(out, "shared terms", if e.texts { &said } else { NO_TEXTS })?;
    for term in e.terms.iter().take(TERMS) {
        writeln!(out, "    {} {:.4}", fit(&term.term, 24), term.share)?;
    }
    Ok(())
}

/// What the stories of both are to each other, and where they come nearest.
fn verdict(
    out: &mut dyn Write,
    e: &Explanation,
    story: &StoryNumbers,
    screen: Screen,
) -> io::Result<()> {
    let (what, rule) = match e.verdict {
        Relation::Apart => ("average of the stories", "they would be one"),
        Relation::Duplicates | Relation::Story => ("average within the story", "it holds"),
    };
    let pairs = counted(story.pairs, "pair", "pairs");
    let said = format!("{:.4} over {pairs} ({rule} from {})", story.average, e.needs.score);
    line(out, what, &said)?;
    if let Some(nearest) = &e.nearest {
        let said = format!("score {:.4}, similarity {:.4}", nearest.score, nearest.similarity);
        line(out, "nearest miss", &screen.paint(Tone::Accent, &said))?;
        for id in &nearest.ids {
            writeln!(out, "    {}", shown(id, REASON))?;
        }
    }
    Ok(())
}
