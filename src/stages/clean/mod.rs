//! Clean: an article to what is compared, with everything dropped that is not the story.
//!
//! The rules are conservative and look at the single article: a sentence of the story is never dropped. A line in the
//! middle goes only as a whole; the first and the last may lose what is glued to them.

mod agencies;
mod datelines;
mod dates;
mod east_asian;
mod edges;
mod rules;
mod table;
mod teasers;
mod title;
mod top;
mod words;

pub use title::UpdateTag;
pub(crate) use words::boundary;

use std::borrow::Cow;
use std::ops::Range;

use crate::kernel::runs::positions;
use crate::text::boilerplate::Boilerplate;
use crate::text::markup;

/// Longer lines are paragraphs, and only their edges are looked at.
const MAX_LINE: usize = 400;

/// What is left of an article.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cleaned<'a> {
    /// The headline: no update tags, no outlet.
    pub title: String,
    /// The story: lines in order, at most one empty line between two. Borrowed where it is one piece of what was given.
    pub text: Cow<'a, str>,
    /// What the title said about this version, sorted, each once.
    pub tags: Vec<UpdateTag>,
    /// The agency that the dateline names.
    pub agency: Option<&'static str>,
}

/// Something that was dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// The rule, one word; `repeated` is what the source is known to repeat.
    pub rule: &'static str,
    /// The words.
    pub text: String,
}

/// Cleans one article. Cleaning what is clean changes nothing; empty stays empty. The cost is linear in the text.
///
/// ```
/// let text = "HARBOUR NEWS - The pier is open again after a year.\nShare this\nAccept all cookies";
/// let cleaned = samestory::stages::clean::clean("Pier open", text);
/// assert!(cleaned.text.contains("The pier is open again"));
/// assert!(!cleaned.text.contains("cookies"));
/// ```
pub fn clean<'a>(title: &str, text: &'a str) -> Cleaned<'a> {
    sweep(title, text, &mut |_, _| {})
}

/// Cleans one article also of what its source is known to repeat. What that lays bare is cleaned in turn.
pub fn clean_of<'a>(
    learnt: Option<&Boilerplate>,
    source: &str,
    title: &str,
    text: &'a str,
) -> Cleaned<'a> {
    sweep_of(learnt, source, title, text, &mut |_, _| {})
}

/// As [`clean_of`], with what it drops from the text: from its lines first, then from its end and its beginning, then what is
/// repeated.
pub fn clean_and_tell<'a>(
    learnt: Option<&Boilerplate>,
    source: &str,
    title: &str,
    text: &'a str,
) -> (Cleaned<'a>, Vec<Dropped>) {
    let mut all = Vec::new();
    let cleaned = sweep_of(learnt, source, title, text, &mut |rule, text| {
        all.push(Dropped { rule, text: text.trim().to_owned() });
    });
    (cleaned, all)
}

/// Rules of what a site puts around an article.
const AROUND: &[&str] =
    &["cookies", "comments", "navigation", "share", "teasers", "newsletter", "advertisement"];

/// The rule that tells a line which stands around an article and is no title: a banner, navigation, a share counter.
pub fn boilerplate(line: &str) -> Option<&'static str> {
    let line = line.trim();
    if edges::is_counter(line) {
        return Some("counter");
    }
    if rules::is_comment(line) {
        return Some("markup");
    }
    if line.len() > MAX_LINE { None } else { rules::row(line, |rule| AROUND.contains(&rule)) }
}

/// Is told of all that is dropped: by which rule, and the words.
type Sink<'a> = dyn FnMut(&'static str, &str) + 'a;

#[derive(Clone, Copy)]
struct Line<'a> {
    /// Where in the whole text it begins.
    at: usize,
    text: &'a str,
    /// Whether no rule is known to take it; one that is cut is another line.
    stays: bool,
}

impl Line<'_> {
    fn is_blank(&self) -> bool {
        self.text.is_empty()
    }

    fn end(&self) -> usize {
        self.at + self.text.len()
    }

    /// Drops what comes before `cut`.
    fn cut(&mut self, cut: usize) {
        *self = Self { at: self.at + cut, text: &self.text[cut..], stays: false };
    }

    /// The rule by which it goes.
    fn rule(&self) -> Option<&'static str> {
        if self.stays { None } else { line_rule(self.text) }
    }
}

fn sweep_of<'a>(
    learnt: Option<&Boilerplate>,
    source: &str,
    title: &str,
    text: &'a str,
    sink: &mut Sink<'_>,
) -> Cleaned<'a> {
    let cleaned = sweep(title, text, sink);
    let mut without = |learnt: &Boilerplate| {
        learnt.without(source, &cleaned.text, |repeated| sink("repeated", repeated))
    };
    let Some(left) = learnt.and_then(&mut without) else { return cleaned };
    let again = sweep(&cleaned.title, &left, sink);
    let text = Cow::Owned(again.text.into_owned());
    Cleaned { text, agency: cleaned.agency.or(again.agency), ..cleaned }
}

fn sweep<'a>(title: &str, text: &'a str, sink: &mut Sink<'_>) -> Cleaned<'a> {
    let title = markup::strip(title);
    let title = if title.contains('\n') { title.replace('\n', " ").into() } else { title };
    let (title, tags) = title::split(&title);
    let text = markup::strip(text);
    let mut lines = without_boilerplate(&text, sink);
    drop_counters(&mut lines, sink);
    trim_end(&mut lines, sink);
    let agency = top::trim(&mut lines, title, sink);
    let text = match one_piece(&lines) {
        Some(piece) => slice(text, piece),
        None => Cow::Owned(join(&lines, text.len())),
    };
    Cleaned { title: title.to_owned(), text, tags, agency }
}

fn without_boilerplate<'a>(whole: &'a str, sink: &mut Sink<'_>) -> Vec<Line<'a>> {
    let mut lines: Vec<Line<'a>> = Vec::with_capacity(16);
    let (mut next, mut teasers_end) = (0, 0);
    let ends = positions(whole.as_bytes(), |b| b == b'\n').chain([whole.len()]);
    for end in ends {
        let at = std::mem::replace(&mut next, end + 1);
        let line = &whole[at..end];
        let text = if line.chars().all(char::is_whitespace) { "" } else { line };
        let line = Line { at, text, stays: true };
        if line.is_blank() {
            if lines.last().is_some_and(|last| !last.is_blank()) {
                lines.push(line);
            }
        } else if let Some(rule) = line_rule(text) {
            sink(rule, text);
            if rule == teasers::RULE {
                teasers_end = next + teasers::below(whole.get(next..).unwrap_or_default());
            }
        } else if at < teasers_end {
            sink(teasers::RULE, text);
        } else {
            lines.push(line);
        }
    }
    lines
}

fn line_rule(text: &str) -> Option<&'static str> {
    if text.len() > MAX_LINE { None } else { rules::whole(text, |rule| rule != "byline") }
}

/// A share counter stands alone; numbers next to other lines are a table's, and those behind a colon are the story's.
fn drop_counters(lines: &mut Vec<Line<'_>>, sink: &mut Sink<'_>) {
    let blank = |line: Option<&Line<'_>>| line.is_none_or(Line::is_blank);
    for i in (0..lines.len()).rev() {
        let alone = blank(lines.get(i + 1)) && (i == 0 || blank(lines.get(i - 1)));
        let told = |before: &Line<'_>| before.text.trim_end().ends_with([':', '：']);
        let is_told = || lines[..i].iter().rfind(|line| !line.is_blank()).is_some_and(told);
        if alone && edges::is_counter(lines[i].text) && !lines[i].is_blank() && !is_told() {
            sink("counter", lines[i].text);
            lines[i].text = "";
        }
    }
    lines.dedup_by(|a, b| a.is_blank() && b.is_blank());
}

fn trim_end(lines: &mut Vec<Line<'_>>, sink: &mut Sink<'_>) {
    loop {
        let alone = lines.iter().nth_back(1).is_none_or(Line::is_blank);
        let Some(last) = lines.last_mut() else { return };
        let button = (alone && rules::is_button(last.text)).then_some("share");
        let rule = last.rule().or(button);
        if last.is_blank() {
            lines.pop();
        } else if let Some(rule) = rule {
            sink(rule, last.text);
            lines.pop();
        } else if let Some((at, rule)) = edges::glued_behind(last.text) {
            sink(rule, &last.text[at..]);
            let text = last.text[..at].trim_end();
            *last = Line { text, stays: false, ..*last };
        } else {
            return;
        }
    }
}

/// Where in the whole text these lines stand, if one after another, as they stood there.
fn one_piece(lines: &[Line<'_>]) -> Option<Range<usize>> {
    let range = lines.first()?.at..lines.last()?.end();
    lines.windows(2).all(|pair| pair[0].end() + 1 == pair[1].at).then_some(range)
}

fn slice(text: Cow<'_, str>, range: Range<usize>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[range]),
        Cow::Owned(text) => Cow::Owned(text[range].to_owned()),
    }
}

fn join(lines: &[Line<'_>], capacity: usize) -> String {
    let mut out = String::with_capacity(capacity);
    for line in lines {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(line.text);
    }
    out
}
