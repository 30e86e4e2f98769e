//! Tags and comments in a text.

/// Elements whose content is not text.
const SILENT: &[&str] = &["script", "style", "noscript", "template", "svg", "iframe", "head"];

/// Elements that end a line, sorted.
pub(super) const BLOCK: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "caption",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "li",
    "main",
    "nav",
    "ol",
    "option",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "tfoot",
    "thead",
    "title",
    "tr",
    "ul",
];

/// The other elements, sorted; what is not listed, such as `<unknown>` or a ticker in angle brackets, is text.
const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "amp-ad", "amp-img", "audio", "b", "bdi", "bdo", "big", "button",
    "canvas", "cite", "code", "col", "colgroup", "data", "del", "dfn", "em", "embed", "font", "i",
    "iframe", "img", "input", "ins", "kbd", "label", "legend", "link", "map", "mark", "meta",
    "noscript", "object", "param", "path", "picture", "q", "s", "samp", "script", "select",
    "small", "source", "span", "strike", "strong", "style", "sub", "sup", "svg", "td", "template",
    "textarea", "th", "time", "tt", "u", "var", "video", "wbr",
];

/// One tag or comment.
pub(super) struct Tag<'a> {
    name: &'a str,
    /// Just behind it.
    pub(super) end: usize,
    closing: bool,
    /// Whether it can be nothing else: a lone `<S>` may be a ticker.
    pub(super) certain: bool,
}

impl Tag<'_> {
    pub(super) fn is(&self, names: &[&str]) -> bool {
        names.iter().any(|n| n.eq_ignore_ascii_case(self.name))
    }
}

/// Finds tags in a text, asked from its beginning to its end, and remembers what has been looked for: hostile text must
/// not make it search the rest again and again.
pub(super) struct Tags<'a> {
    text: &'a str,
    tag_ends: Ends,
    comment_ends: Ends,
    quotes: Quotes,
    unclosed: Vec<&'a str>,
}

/// The places behind a mark, asked for from the beginning of a text to its end.
pub(in crate::text) struct Ends {
    mark: &'static str,
    /// Where the mark stands that was found last; beyond the text when there are no more.
    at: usize,
}

impl Ends {
    pub(in crate::text) fn of(mark: &'static str) -> Self {
        Self { mark, at: 0 }
    }

    /// Just behind the first mark from `from` on.
    pub(in crate::text) fn after(&mut self, text: &str, from: usize) -> Option<usize> {
        if self.at < from {
            self.at = text[from..].find(self.mark).map_or(usize::MAX, |i| from + i);
        }
        self.at.checked_add(self.mark.len())
    }
}

/// Whether an element has that name, in any case.
fn is_known(name: &str) -> bool {
    let mut lower = [0; 16];
    let Some(lower) = lower.get_mut(..name.len()) else { return false };
    lower.copy_from_slice(name.as_bytes());
    lower.make_ascii_lowercase();
    let is_among = |names: &[&str]| names.binary_search_by(|n| n.as_bytes().cmp(lower)).is_ok();
    is_among(BLOCK) || is_among(INLINE)
}

/// The name under which a comment goes.
const COMMENT: &str = "!--";

/// How a tag or comment begins.
struct Opening<'a> {
    name: &'a str,
    closing: bool,
    /// Just behind the name.
    end: usize,
}

/// What begins like a tag or comment at `start`, where there is a `<`.
fn opening(text: &str, start: usize) -> Option<Opening<'_>> {
    let rest = &text[start + 1..];
    if rest.starts_with('!') {
        let begins = |name: &&str| {
            rest.get(..name.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(name))
        };
        let name = [COMMENT, "!doctype"].into_iter().find(begins)?;
        return Some(Opening { name, closing: false, end: start + 1 + name.len() });
    }
    let closing = rest.starts_with('/');
    let body = &rest[usize::from(closing)..];
    let len = body.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'-').count();
    let name = &body[..len];
    let follows = match body.as_bytes().get(len..) {
        Some([b'/', b'>', ..]) => Some(&b'>'),
        Some(after) => after.first(),
        None => None,
    };
    let is_tag = matches!(follows, Some(b'>' | b' ' | b'\t' | b'\r' | b'\n')) && is_known(name);
    is_tag.then_some(Opening { name, closing, end: start + 1 + usize::from(closing) + len })
}

impl<'a> Tags<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            tag_ends: Ends::of(">"),
            comment_ends: Ends::of("-->"),
            quotes: Quotes::default(),
            unclosed: Vec::new(),
        }
    }

    /// Whether [`at`](Self::at) finds anything at `start`. It does not follow a tag to its end, so every `<` of a text can
    /// be asked about, those inside of tags too.
    pub(super) fn any_at(&mut self, start: usize) -> bool {
        opening(self.text, start).is_some_and(|opening| self.first_end(&opening).is_some())
    }

    /// The tag or comment that begins at `start`, where there is a `<`.
    pub(super) fn at(&mut self, start: usize) -> Option<Tag<'a>> {
        let opening = opening(self.text, start)?;
        let first = self.first_end(&opening)?;
        let Opening { name, closing, end: from } = opening;
        let is_comment = name == COMMENT;
        let end = if is_comment { first } else { self.quotes.tag_end(self.text, from, first) };
        let tag = Tag { name, end, closing, certain: false };
        let lower = name.bytes().all(|b| !b.is_ascii_uppercase());
        let plain = (lower && tag.is(BLOCK)) || tag.is(&["br"]);
        let certain =
            closing || name.starts_with('!') || plain || self.text[from..end].contains(['=', '/']);
        Some(Tag { certain, ..tag })
    }

    /// Just after the first mark that can end what begins so.
    fn first_end(&mut self, opening: &Opening) -> Option<usize> {
        let ends =
            if opening.name == COMMENT { &mut self.comment_ends } else { &mut self.tag_ends };
        ends.after(self.text, opening.end)
    }

    /// Where the text goes on after `tag`: behind the closing tag of an element that has no text.
    pub(super) fn content_end(&mut self, tag: &Tag<'a>) -> usize {
        if tag.closing
            || !tag.is(SILENT)
            || self.unclosed.iter().any(|n| n.eq_ignore_ascii_case(tag.name))
        {
            return tag.end;
        }
        let mut at = tag.end;
        while let Some(found) = self.text[at..].find("</").map(|i| i + at) {
            at = found + 2;
            let name = self.text.as_bytes()[at..].get(..tag.name.len());
            if name.is_some_and(|n| n.eq_ignore_ascii_case(tag.name.as_bytes())) {
                return self.text[at..].find('>').map_or(self.text.len(), |i| at + i + 1);
            }
        }
        self.unclosed.push(tag.name);
        tag.end
    }
}

/// Quoted values of tags, asked from the beginning of a text to its end. Once a quote is never closed, none counts: hostile
/// text must not make every tag look for its end in all of the rest.
#[derive(Default)]
pub(in crate::text) struct Quotes {
    broken: bool,
}

impl Quotes {
    /// Just after the `>` that ends a tag whose attributes begin at `from`, of which `first` is just after the first; a `>`
    /// inside a quoted value is not an end, unless the quotes are broken.
    pub(in crate::text) fn tag_end(&mut self, text: &str, from: usize, first: usize) -> usize {
        if self.broken || !text[from..first].contains('=') {
            return first;
        }
        quoted_end(text, from).unwrap_or_else(|| {
            self.broken = true;
            first
        })
    }
}

/// Just after the `>` that ends a tag whose attributes begin at `from`, which is none inside a quoted value; `None` where
/// a quote is never closed.
fn quoted_end(text: &str, from: usize) -> Option<usize> {
    let mut quote = 0;
    let mut before = 0;
    for (i, b) in text.bytes().enumerate().skip(from) {
        match b {
            b'"' | b'\'' if quote == 0 && before == b'=' => quote = b,
            _ if quote != 0 && b == quote => quote = 0,
            b'>' if quote == 0 => return Some(i + 1),
            _ => {}
        }
        if !b.is_ascii_whitespace() {
            before = b;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_known_in_any_case() {
        assert!(BLOCK.is_sorted() && INLINE.is_sorted());
        for name in ["a", "WBR", "Address", "ul", "amp-img", "blockquote"] {
            assert!(is_known(name), "{name}");
        }
        for name in ["", "ibm", "blockquotes", "a-very-long-name-of-something"] {
            assert!(!is_known(name), "{name}");
        }
    }
}
