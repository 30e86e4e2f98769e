//! The pages of an explanation: of two articles, and of a story.

use std::io::{self, Write};

use askama::Template;

use super::figures::{Row, round};
use super::{STYLE, policy};
use crate::model::explain::{Explanation, Party, Piece, Relation, StoryTree};
use crate::report::printable::printable;
use crate::report::shown::{NO_TEXTS, REASON, STAND_IN, counted, no_story, reasons, shown};
use crate::report::terminal::{Screen, write_tree};

/// Most characters of a text that are shown.
const TEXT: usize = 60_000;
/// Most characters of anything else.
const WORDS: usize = 300;
/// Terms and edits that are shown.
const TERMS: usize = 16;
/// See [`TERMS`].
const EDITS: usize = 40;

#[derive(Template)]
#[template(path = "explain.html", config = "src/report/html/askama.toml")]
struct Pair {
    policy: String,
    style: &'static str,
    headline: &'static str,
    why: Vec<String>,
    articles: Vec<Party>,
    tables: [Table; 2],
    terms: Vec<Row>,
    changes: Vec<Number>,
    edits: Vec<[String; 2]>,
    copies: bool,
    texts: Vec<Vec<Piece>>,
}

struct Table {
    question: &'static str,
    rows: Vec<Number>,
}

struct Number {
    name: &'static str,
    value: String,
    note: String,
}

impl Number {
    fn new(name: &'static str, value: f64, note: impl Into<String>) -> Self {
        Self { name, value: format!("{value:.4}"), note: note.into() }
    }
}

/// Writes the page of two articles.
///
/// # Errors
/// Only those of `out`.
pub fn write_explanation(out: &mut dyn Write, e: &Explanation) -> io::Result<()> {
    let party = |party: &Party| Party {
        id: shown(&party.id, WORDS),
        title: shown(&party.title, WORDS),
        source: shown(&party.source, WORDS),
        published: party.published.clone(),
        lang: shown(&party.lang, WORDS),
    };
    let edits = e.edits.iter().take(EDITS).map(|both| both.each_ref().map(|t| shown(t, WORDS)));
    let copies = e.verdict == Relation::Duplicates;
    let page = Pair {
        policy: policy(STYLE, None),
        style: STYLE,
        headline: match e.verdict {
            Relation::Duplicates => "Near-duplicates of one text",
            Relation::Story if !e.text.matches() => "One story, in other words",
            Relation::Story => "One story",
            Relation::Apart if e.story.is_some() => "Two stories",
            Relation::Apart if !e.text.matches() => "No near-duplicates of one text",
            Relation::Apart => "Two groups",
        },
        why: reasons(e).iter().map(|said| shown(said, REASON)).collect(),
        articles: e.articles.iter().map(party).collect(),
        tables: [text(e), event(e)],
        terms: if e.story.is_some() { terms(e) } else { Vec::new() },
        changes: changes(e),
        edits: if copies { edits.collect() } else { Vec::new() },
        copies,
        texts: e.pieces.iter().filter(|_| e.texts).map(|pieces| clipped(pieces)).collect(),
    };
    out.write_all(page.render().map_err(io::Error::other)?.as_bytes())
}

fn text(e: &Explanation) -> Table {
    let (text, needs) = (&e.text, &e.needs);
    let [n, m, common] = text.shingles;
    let mut rows = vec![
        Number {
            name: "3-word shingles",
            value: common.to_string(),
            note: format!("in both, of {n} and {m}"),
        },
        Number::new("Resemblance", text.resemblance, format!("a match from {}", needs.resemblance)),
        Number::new("Containment", text.containment, format!("a match from {}", needs.containment)),
    ];
    if let Some(days) = text.days {
        rows.push(Number { name: "Days apart", value: format!("{days:.2}"), note: String::new() });
    }
    if text.same_words {
        rows.push(Number { name: "Word for word", value: "yes".to_owned(), note: String::new() });
    }
    if let Some(against) = text.against {
        rows.push(Number {
            name: if text.matches() { "Not one group" } else { "No match" },
            value: String::new(),
            note: format!("because {against}"),
        });
    }
    let words = e.passages.iter().map(|p| p.words).sum();
    let note = format!("{} of the second", counted(words, "word", "words"));
    let known = (e.passages.len().to_string(), note);
    let (value, note) = if e.texts { known } else { (String::new(), NO_TEXTS.to_owned()) };
    rows.push(Number { name: "Passages in both", value, note });
    Table { question: "Is it the same text?", rows }
}

fn event(e: &Explanation) -> Table {
    let question = "Is it the same event?";
    let needs = &e.needs;
    let Some(story) = &e.story else {
        let (name, said) = no_story(e);
        let rows = vec![Number { name, value: String::new(), note: said.to_owned() }];
        return Table { question, rows };
    };
    let mut rows = vec![
        Number::new("Cosine", story.cosine, "of the weighted terms"),
        Number::new("Time factor", story.factor, format!("window {} days", needs.window_days)),
        Number::new(
            "Similarity",
            story.similarity,
            format!("cosine × time factor; kept from {}", needs.similarity),
        ),
    ];
    if let Some(((corrected, score), supported)) =
        story.corrected.zip(story.score).zip(story.supported)
    {
        rows.push(Number::new(
            "Among their neighbours",
            corrected,
            "weights of their neighbourhoods",
        ));
        rows.push(Number::new("Crowding", story.crowding[0] + story.crowding[1], "around both"));
        rows.push(Number::new("Score", score, "the two above, subtracted"));
        rows.push(Number::new("Supported score", supported, "as reports close to either find it"));
    }
    let place =
        if e.verdict == Relation::Apart { "between the stories" } else { "within the story" };
    let pairs = counted(story.pairs, "pair", "pairs");
    rows.push(Number::new(
        "Average",
        story.average,
        format!("{place}, over {pairs}; one story from {}", needs.score),
    ));
    if let Some(nearest) = &e.nearest {
        let ids = nearest.ids.each_ref().map(|id| shown(id, 80));
        rows.push(Number::new("Nearest miss", nearest.score, format!("{} and {}", ids[0], ids[1])));
    }
    if !(0..2).all(|side| e.articles[side].id == story.reports[side]) {
        let [a, b] = story.reports.each_ref().map(|id| shown(id, 80));
        let note = format!("{STAND_IN}: {a} and {b}");
        rows.insert(0, Number { name: "Compared by", value: String::new(), note });
    }
    Table { question, rows }
}

fn terms(e: &Explanation) -> Vec<Row> {
    let most = e.terms.first().map_or(1.0, |term| term.share).max(f64::MIN_POSITIVE);
    let row = |(i, term): (usize, &crate::model::explain::SharedTerm)| {
        let width = round(155.0 * term.share / most);
        let y = 22.0 * i as f64 + 11.0;
        Row {
            name: shown(&term.term, 18),
            number: format!("{:.4}", term.share),
            y,
            width,
            end: round(136.0 + width),
        }
    };
    e.terms.iter().take(TERMS).enumerate().map(row).collect()
}

fn changes(e: &Explanation) -> Vec<Number> {
    let lists = [
        ("Numbers, first", &e.text.numbers[0]),
        ("Numbers, second", &e.text.numbers[1]),
        ("Names, first", &e.text.names[0]),
        ("Names, second", &e.text.names[1]),
    ];
    let some = lists.into_iter().filter(|(_, words)| !words.is_empty());
    some.map(|(name, words)| Number {
        name,
        value: shown(&words.join(", "), 2 * WORDS),
        note: String::new(),
    })
    .collect()
}

/// The beginning of a text, its line breaks kept.
fn clipped(pieces: &[Piece]) -> Vec<Piece> {
    let mut room = TEXT;
    let clip = |piece: &Piece| {
        let text: String = piece.text.chars().take(room).collect();
        room -= text.chars().count();
        let lines: Vec<_> = text.split('\n').map(printable).collect();
        Piece { shared: piece.shared, text: lines.join("\n") }
    };
    pieces.iter().map(clip).filter(|piece| !piece.text.is_empty()).collect()
}

#[derive(Template)]
#[template(path = "tree.html", config = "src/report/html/askama.toml")]
struct Tree {
    policy: String,
    style: &'static str,
    headline: String,
    tree: String,
}

/// Writes the page of a story.
///
/// # Errors
/// Only those of `out`.
pub fn write_story(out: &mut dyn Write, tree: &StoryTree) -> io::Result<()> {
    let mut text = Vec::new();
    write_tree(&mut text, tree, Screen { width: 140, colour: false })?;
    let page = Tree {
        policy: policy(STYLE, None),
        style: STYLE,
        headline: tree.reports.first().map_or(String::new(), |r| shown(&r.article.title, WORDS)),
        tree: String::from_utf8_lossy(&text).into_owned(),
    };
    out.write_all(page.render().map_err(io::Error::other)?.as_bytes())
}
