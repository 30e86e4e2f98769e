//! Tags and comments in a text.

/// Elements whose content is not text.
const SILENT: &[&str] = &["script", "style", "noscript", "template", "svg", "iframe", "head"];

/// Elements that end a line.
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

/// The other elements; what is not listed, such as `<unknown>` or a ticker in angle brackets, is text.
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

/// Finds tags in a text, and remembers what has been looked for in vain: hostile text must not make it search the
/// rest again and again.
pub(super) struct Tags<'a> {
    text: &'a str,
    no_more_ends: bool,
    no_more_comment_ends: bool,
    quotes_broken: bool,
    unclosed: Vec<&'a str>,
}

impl<'a> Tags<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            no_more_ends: false,
            no_more_comment_ends: false,
            quotes_broken: false,
            unclosed: Vec::new(),
        }
    }

    /// The tag or comment that begins at `start`, where there is a `<`.
    pub(super) fn at(&mut self, start: usize) -> Option<Tag<'a>> {
        let rest = &self.text[start + 1..];
        if rest.starts_with("!--") {
            return self.comment(start);
        }
        let declaration = rest.get(..8).is_some_and(|d| d.eq_ignore_ascii_case("!doctype"));
        let closing = rest.starts_with('/');
        let body = &rest[usize::from(closing)..];
        let len = body.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'-').count();
        let name = &body[..len];
        let known = || {
            [BLOCK, INLINE].iter().any(|names| names.iter().any(|n| n.eq_ignore_ascii_case(name)))
        };
        let follows = match body.as_bytes().get(len..) {
            Some([b'/', b'>', ..]) => Some(&b'>'),
            Some(after) => after.first(),
            None => None,
        };
        let is_tag = matches!(follows, Some(b'>' | b' ' | b'\t' | b'\r' | b'\n')) && known();
        if !(declaration || is_tag) {
            return None;
        }
        let from = start + 1 + usize::from(closing) + len;
        let end = self.tag_end(from)?;
        let tag = Tag { name, end, closing, certain: false };
        let lower = name.bytes().all(|b| !b.is_ascii_uppercase());
        let plain = (lower && tag.is(BLOCK)) || tag.is(&["br"]);
        let certain = closing || declaration || plain || self.text[from..end].contains(['=', '/']);
        Some(Tag { certain, ..tag })
    }

    fn comment(&mut self, start: usize) -> Option<Tag<'a>> {
        if self.no_more_comment_ends {
            return None;
        }
        let Some(len) = self.text[start + 4..].find("-->") else {
            self.no_more_comment_ends = true;
            return None;
        };
        Some(Tag { name: "", end: start + 4 + len + 3, closing: false, certain: true })
    }

    /// Just after the `>` that ends a tag; a `>` inside a quoted value is not an end, unless the quotes are broken.
    fn tag_end(&mut self, from: usize) -> Option<usize> {
        if self.no_more_ends {
            return None;
        }
        let Some(first) = self.text[from..].find('>').map(|i| from + i + 1) else {
            self.no_more_ends = true;
            return None;
        };
        if self.quotes_broken || !self.text[from..first].contains('=') {
            return Some(first);
        }
        let mut quote = 0;
        let mut before = 0;
        for (i, b) in self.text.bytes().enumerate().skip(from) {
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
        self.quotes_broken = true;
        Some(first)
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
