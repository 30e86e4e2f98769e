//! Looking tags up by name, without building a tree: a page need not be well formed.

use crate::text::markup::{Ends, Quotes};

/// Elements in which `<!--` begins no comment.
const RAW: [&str; 4] = ["script", "style", "title", "textarea"];

/// The opening tags of one name outside comments: where their content begins, and their attributes.
pub(super) fn tags<'a>(html: &'a str, name: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
    let mut at = 0;
    let mut comments = Comments::new(html);
    let mut quotes = Quotes::default();
    std::iter::from_fn(move || {
        loop {
            let start = at + html[at..].find('<')? + 1;
            at = start;
            if let Some(end) = comments.end(start) {
                at = end;
                continue;
            }
            let Some(from) = named(html, start, name) else { continue };
            let first = from + html[from..].find('>')? + 1;
            at = quotes.tag_end(html, from, first);
            return Some((at, &html[from..at - 1]));
        }
    })
}

/// Where the name ends, if it is this one that stands at `start`.
fn named(html: &str, start: usize, name: &str) -> Option<usize> {
    let from = start + name.len();
    let found = html.as_bytes().get(start..from)?;
    let is_whole = !html.as_bytes().get(from).is_some_and(u8::is_ascii_alphanumeric);
    (is_whole && found.eq_ignore_ascii_case(name.as_bytes())).then_some(from)
}

/// Finds comments, asked from the beginning of a page to its end.
struct Comments<'a> {
    html: &'a str,
    ends: Ends,
    /// Where the content ends of the last element in which there is no comment.
    raw_end: usize,
}

impl<'a> Comments<'a> {
    fn new(html: &'a str) -> Self {
        Self { html, ends: Ends::of("-->"), raw_end: 0 }
    }

    /// Just behind the comment that begins behind the `<` before `start`; one that does not end is none.
    fn end(&mut self, start: usize) -> Option<usize> {
        if start < self.raw_end {
            return None;
        }
        // As browsers do it, `<!-->` is a whole comment.
        if self.html[start..].starts_with("!--") {
            return self.ends.after(self.html, start);
        }
        let raw = RAW.iter().find_map(|name| Some((name, named(self.html, start, name)?)));
        if let Some((name, from)) = raw {
            self.raw_end = closing(self.html, from, name).unwrap_or(self.html.len());
        }
        None
    }
}

/// The value of one attribute.
pub(super) fn attribute<'a>(mut attributes: &'a str, name: &str) -> Option<&'a str> {
    while let Some(equals) = attributes.find('=') {
        let key = attributes[..equals].split_whitespace().next_back().unwrap_or_default();
        let rest = attributes[equals + 1..].trim_start();
        let (value, after) = match rest.chars().next() {
            Some(quote @ ('"' | '\'')) => rest[1..].split_once(quote).unwrap_or((&rest[1..], "")),
            _ => rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len())),
        };
        if key.eq_ignore_ascii_case(name) {
            return Some(value.trim());
        }
        attributes = after;
    }
    None
}

/// Where the first closing tag of one name begins, from `from` on.
pub(super) fn closing(html: &str, from: usize, name: &str) -> Option<usize> {
    let closes = |at: &usize| {
        html.as_bytes()[at + 2..]
            .get(..name.len())
            .is_some_and(|n| n.eq_ignore_ascii_case(name.as_bytes()))
    };
    html[from..].match_indices("</").map(|(at, _)| from + at).find(closes)
}

/// The content of the first element of one name.
pub(super) fn inside<'a>(html: &'a str, name: &'a str) -> Option<&'a str> {
    let (start, _) = tags(html, name).next()?;
    Some(&html[start..closing(html, start, name).unwrap_or(html.len())])
}
