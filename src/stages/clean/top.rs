//! The top of a text: the headline once more, buttons, dates, bylines and the dateline.

use super::{Line, MAX_LINE, Sink, datelines, dates, east_asian, edges, rules, trim_end};

/// Lines wrapped by hand are no longer.
const MAX_WRAPPED: usize = 100;

/// What is left of a paragraph after so many cuts may be cut again, but does not go as a whole: to look through all of it
/// behind each of its datelines would be quadratic.
const MOST_CUTS: usize = 16;

/// A dateline has at most so many lines above it, empty ones included.
const MOST_ABOVE: usize = 16;

/// Drops what stands above the story; returns the agency of its dateline. A desk's notes above a dateline stay.
pub(super) fn trim(
    lines: &mut Vec<Line<'_>>,
    title: &str,
    sink: &mut Sink<'_>,
) -> Option<&'static str> {
    let mut agency = None;
    let headline = Headline::of(title);
    let (mut notes, mut at, mut cuts) = (0, 0, 0);
    while at < lines.len() {
        let line = lines[at];
        let text = line.text;
        let may_go = cuts < MOST_CUTS || text.len() <= MAX_LINE;
        let stays = if text.is_empty() {
            lines[..notes].last().is_some_and(|note| !note.is_blank())
        } else if may_go && let Some(rule) = top_rule(&lines[at..], &headline) {
            sink(rule, text);
            false
        } else if let Some((cut, rule, named)) = before_sentence(text) {
            sink(rule, &text[..cut]);
            agency = agency.or(named);
            lines[at].cut(cut);
            cuts += 1;
            continue;
        } else if is_note(text) && is_above_dateline(&lines[at + 1..], &headline) {
            true
        } else {
            break;
        };
        if stays {
            lines[notes] = line;
            notes += 1;
        }
        (at, cuts) = (at + 1, 0);
    }
    let is_all = at == lines.len();
    // A note is a paragraph of its own.
    let gap = |note: &Line<'_>| Line { at: note.end(), text: "", stays: true };
    let gap = lines[..notes].last().filter(|note| !note.is_blank()).map(gap);
    lines.splice(notes..at, gap);
    if is_all && notes > 0 {
        // A note is now the last line.
        trim_end(lines, sink);
        agency = agency.or(trim(lines, title, sink));
    }
    agency
}

/// The title, to be known in a line.
struct Headline<'a> {
    title: &'a str,
    /// The letters of a long one: a title may be as long as the text, and is not gone through again for each line.
    letters: Option<String>,
}

impl<'a> Headline<'a> {
    fn of(title: &'a str) -> Self {
        Self { title, letters: (title.len() > MAX_LINE).then(|| letters(title).collect()) }
    }

    fn is(&self, line: &str) -> bool {
        let is_same = || match &self.letters {
            Some(all) => letters(line).eq(all.chars()),
            None => letters(line).eq(letters(self.title)),
        };
        !begin_apart(line, self.title) && letters(line).next().is_some() && is_same()
    }
}

/// Whether two texts begin with letters of ASCII that differ, as nearly all do.
fn begin_apart(a: &str, b: &str) -> bool {
    let apart = |(a, b): (&u8, &u8)| {
        a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric() && !a.eq_ignore_ascii_case(b)
    };
    a.as_bytes().first().zip(b.as_bytes().first()).is_some_and(apart)
}

/// How much stands before the first sentence of a line, by which rule, and the agency named in it.
fn before_sentence(text: &str) -> Option<(usize, &'static str, Option<&'static str>)> {
    if let Some((cut, rule)) = edges::glued_before(text) {
        return Some((text.len() - text[cut..].trim_start().len(), rule, None));
    }
    datelines::dateline(text).map(|(cut, agency)| (cut, "dateline", agency))
}

/// Whether a line is what a desk says of a version, in brackets, or a point of a summary: `(Adds details)`, `* Talks go on`.
/// What may go by another rule, depending on the lines around it, is neither.
fn is_note(text: &str) -> bool {
    let text = text.trim();
    let in_brackets = text.starts_with(['(', '[']) && text.ends_with([')', ']']);
    let is_point = || {
        let rest = text.strip_prefix(['*', '•', '-', '–']);
        rest.is_some_and(|rest| rest.starts_with(char::is_whitespace))
    };
    text.len() <= MAX_LINE
        && (in_brackets || is_point())
        && !rules::is_button(text)
        && !dates::is_date_line(text)
}

/// Whether a dateline comes before the story does.
fn is_above_dateline(lines: &[Line<'_>], title: &Headline<'_>) -> bool {
    let tells = |i: usize| {
        let text = lines[i].text;
        if text.is_empty() || top_rule(&lines[i..], title).is_some() {
            return None;
        }
        let is_dateline = datelines::dateline(text).is_some();
        (is_dateline || !is_note(text)).then_some(is_dateline)
    };
    (0..lines.len().min(MOST_ABOVE)).find_map(tells).unwrap_or(false)
}

/// Why the first of these lines, at the top of a text, goes as a whole.
fn top_rule(lines: &[Line<'_>], title: &Headline<'_>) -> Option<&'static str> {
    let (first, rest) = lines.split_first()?;
    let text = first.text;
    if title.is(text) {
        Some("title")
    } else if let Some(rule) = first.rule() {
        Some(rule)
    } else if edges::is_counter(text) && rest.first().is_none_or(Line::is_blank) {
        Some("counter")
    } else if rules::is_button(text) && rest.first().is_none_or(Line::is_blank) {
        Some("share")
    } else if dates::is_date_line(text) && is_above(rest) {
        Some("dates")
    } else if is_byline(text) || (edges::is_name(text) && stands_apart(rest)) {
        Some("byline")
    } else {
        None
    }
}

fn is_byline(text: &str) -> bool {
    east_asian::is_byline(text)
        || text.len() <= MAX_LINE
            && !text.trim_end().ends_with('.')
            && rules::whole(text, |_| true).is_some()
}

/// Whether a line with a date stands above an article: in hard-wrapped text, a sentence may begin with such a line.
fn is_above(rest: &[Line<'_>]) -> bool {
    let apart = |next: &Line<'_>| {
        next.is_blank() || next.text.len() > MAX_WRAPPED || edges::is_counter(next.text)
    };
    rest.first().is_none_or(apart)
}

/// Whether what follows a line is a paragraph of its own. In hard-wrapped text, a sentence may begin with a line of
/// names: `British Prime Minister Margaret Thatcher`.
fn stands_apart(rest: &[Line<'_>]) -> bool {
    let Some(next) = rest.iter().find(|line| !line.is_blank()) else { return false };
    let apart = rest[0].is_blank() || next.text.len() > MAX_WRAPPED;
    apart && !edges::is_name(next.text) && !next.text.trim_start().starts_with(char::is_lowercase)
}

/// The letters and digits of a line: those of two that differ in case, space and punctuation only are the same.
fn letters(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}
