//! The top of a text: the headline once more, buttons, dates, bylines and the dateline.

use super::{Line, MAX_LINE, Sink, dates, edges, rules};

/// Lines wrapped by hand are no longer.
const MAX_WRAPPED: usize = 100;

/// What is left of a paragraph after so many cuts may be cut again, but does not go as a whole: to look through all of it
/// behind each of its datelines would be quadratic.
const MOST_CUTS: usize = 16;

/// Where the story begins, and the agency of its dateline.
pub(super) fn trim(
    lines: &mut [Line<'_>],
    title: &str,
    sink: &mut Sink<'_>,
) -> (usize, Option<&'static str>) {
    let mut agency = None;
    // A title may be as long as the text: it is not gone through again for each line.
    let title: String = letters(title).collect();
    let (mut at, mut cuts) = (0, 0);
    while at < lines.len() {
        let line = lines[at];
        let text = line.text;
        let may_go = cuts < MOST_CUTS || text.len() <= MAX_LINE;
        if text.is_empty() {
            (at, cuts) = (at + 1, 0);
        } else if may_go && let Some(rule) = top_rule(&lines[at..], &title) {
            sink(rule, text);
            (at, cuts) = (at + 1, 0);
        } else if let Some((cut, rule)) = edges::glued_before(text) {
            sink(rule, &text[..cut]);
            lines[at].cut(text.len() - text[cut..].trim_start().len());
            cuts += 1;
        } else if let Some((cut, named)) = edges::dateline(text) {
            sink("dateline", &text[..cut]);
            agency = agency.or(named);
            lines[at].cut(cut);
            cuts += 1;
        } else {
            break;
        }
    }
    (at, agency)
}

/// Why the first of these lines, at the top of a text, goes as a whole. Of the title, its letters are given.
fn top_rule(lines: &[Line<'_>], title: &str) -> Option<&'static str> {
    let (first, rest) = lines.split_first()?;
    let text = first.text;
    if !title.is_empty() && letters(text).eq(title.chars()) {
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
    text.len() <= MAX_LINE
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
