//! Markup: text that holds HTML tags and entities, turned into plain text with its paragraphs on lines.

mod entities;
mod tags;

use std::borrow::Cow;

use crate::kernel::runs::{are_plain, positions};
use tags::{BLOCK, Tag, Tags};
pub(super) use tags::{Ends, Quotes};

/// How often markup may be wrapped in markup (feeds escape HTML once or twice) before what is left is defused.
const LAYERS: usize = 4;

/// Plain text of `text`: tags and comments removed, the content of scripts and styles dropped, entities decoded, each
/// block on a line of its own; soft hyphens and the like, which stand inside words for the typesetter, dropped.
///
/// Borrowed when there is no markup: `a < b`, `AT&T` and `<unknown>` are text. The result has no markup, so stripping
/// it again changes nothing. Linear in the length of the text.
///
/// ```
/// use samestory::text::markup::strip;
///
/// assert_eq!(strip("<b>AT&amp;T</b> gains"), "AT&T gains");
/// assert_eq!(strip("5 < 6"), "5 < 6");
/// assert_eq!(strip("Donau\u{ad}dampf&shy;schiff"), "Donaudampfschiff");
/// ```
pub fn strip(text: &str) -> Cow<'_, str> {
    if are_plain(text.as_bytes(), b'<', b'&') {
        return Cow::Borrowed(text);
    }
    let mut text = without_typesetting(text);
    for _ in 0..LAYERS {
        let Some(kind) = markup_of(&text) else { return text };
        text = Cow::Owned(strip_layer(&text, kind));
    }
    if let Some(kind) = markup_of(&text) {
        text = Cow::Owned(defuse(&text, kind));
    }
    text
}

/// Whether a character is for the typesetter and no part of its word: soft hyphens, places where a line may or may not end,
/// joiners, marks of direction. What parts prefixes in Persian (U+200C) is not among them.
fn is_typesetting(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200d}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn without_typesetting(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || !text.contains(is_typesetting) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace(is_typesetting, ""))
}

/// Which markup a text holds.
#[derive(Clone, Copy)]
struct Kind {
    /// Tags beyond doubt: a lone `<S>` may be a ticker.
    tags: bool,
    /// Tags that end lines, so that line breaks in the source are mere white space.
    blocks: bool,
}

fn markup_of(text: &str) -> Option<Kind> {
    let mut kind = Kind { tags: false, blocks: false };
    let mut entities = false;
    let mut tags = Tags::new(text);
    let mut at = 0;
    for found in positions(text.as_bytes(), |b| (b == b'<') | (b == b'&')) {
        if text.as_bytes()[found] == b'&' {
            entities = entities || entities::at(&text[found..]).is_some();
        } else if found >= at
            && let Some(tag) = tags.at(found)
        {
            at = tag.end;
            kind.tags |= tag.certain;
            kind.blocks |= tag.certain && tag.is(BLOCK);
            if kind.blocks {
                break;
            }
        }
    }
    (kind.tags || entities).then_some(kind)
}

fn strip_layer(text: &str, kind: Kind) -> String {
    let mut out = String::with_capacity(text.len());
    let mut tags = Tags::new(text);
    let mut at = 0;
    while at < text.len() {
        let next = text[at..].find(['<', '&']).map_or(text.len(), |i| i + at);
        push_text(&mut out, &text[at..next], kind.blocks);
        if next == text.len() {
            break;
        }
        at = next + 1;
        if text.as_bytes()[next] == b'&' {
            match entities::at(&text[next..]) {
                Some((decoded, len)) => {
                    out.extend(decoded);
                    at = next + len;
                }
                None => out.push('&'),
            }
        } else {
            match kind.tags.then(|| tags.at(next)).flatten() {
                Some(tag) => {
                    at = tags.content_end(&tag);
                    push_break(&mut out, &tag);
                }
                None => out.push('<'),
            }
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Appends source text. In HTML proper white space collapses, but an empty line still parts two paragraphs: much news
/// text mixes both ways of writing.
fn push_text(out: &mut String, text: &str, collapse: bool) {
    if !collapse {
        out.push_str(text);
        return;
    }
    let mut breaks = 0;
    let mut pending = false;
    for c in text.chars() {
        if matches!(c, ' ' | '\t' | '\r' | '\n') {
            pending = true;
            breaks += usize::from(c == '\n');
            continue;
        }
        if pending {
            push_space(out, breaks > 1);
            (pending, breaks) = (false, 0);
        }
        out.push(c);
    }
    if pending {
        push_space(out, breaks > 1);
    }
}

fn push_space(out: &mut String, paragraph: bool) {
    if paragraph {
        end_line(out);
    } else if !out.is_empty() && !out.ends_with([' ', '\n']) {
        out.push(' ');
    }
}

fn push_break(out: &mut String, tag: &Tag<'_>) {
    if tag.is(BLOCK) {
        end_line(out);
    } else if tag.is(&["td", "th"]) {
        push_space(out, false);
    }
}

fn end_line(out: &mut String) {
    out.truncate(out.trim_end_matches([' ', '\t']).len());
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
}

/// Makes plain text of markup that is wrapped too deep to be meant: a space takes the place of what makes it markup.
fn defuse(text: &str, kind: Kind) -> String {
    let mut tags = Tags::new(text);
    let is_markup = |at: usize, tags: &mut Tags<'_>| match text.as_bytes()[at] {
        b'&' => entities::at(&text[at..]).is_some(),
        b'<' => kind.tags && tags.any_at(at),
        _ => false,
    };
    text.char_indices().map(|(at, c)| if is_markup(at, &mut tags) { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::strip;
    use proptest::prelude::*;
    use std::borrow::Cow;

    #[track_caller]
    fn check(text: &str, want: &str) {
        assert_eq!(strip(text), want);
    }

    #[test]
    fn plain_text_is_borrowed() {
        for text in [
            "a < b and c > d",
            "AT&T; R&D",
            "SEARS <S> and <unknown name>",
            "",
            "x <3 &",
            "<",
            "&#;",
        ] {
            assert!(matches!(strip(text), Cow::Borrowed(t) if t == text), "{text}");
        }
    }

    #[test]
    fn tags_entities_and_blocks() {
        check("<p>One &amp; two</p>\n<p>Three<br/>four</p>", "One & two\nThree\nfour");
        check("A <a href=\"x>y\">link</a> here", "A link here");
        check("x<script>if (a<b) { }</script><style>p{}</style>y", "xy");
        check("<!-- no --><em>yes</em>", "yes");
        check("Caf&eacute; &#8212; &#x201C;so&#148;", "Café — “so”");
        check("&lt;p&gt;escaped&lt;/p&gt;", "escaped");
        check("one\ntwo &quot;x&quot;", "one\ntwo \"x\"");
        check("Donau&ZeroWidthSpace;dampf&shy;schiff&NoBreak;", "Donaudampfschiff");
        check("<tr><td>Brazil</td><td>3</td></tr>", "Brazil 3");
    }

    #[test]
    fn hostile_text_takes_linear_time() {
        for piece in ["<p a=\"", "<p a=\">\" ", "<", "&", "<!--", "<script>", "</", "&amp;", "<p"] {
            strip(&piece.repeat(200_000));
        }
        // Many beginnings and one end, some of them wrapped too deep to be meant.
        for (piece, end) in [
            ("&amp;amp;amp;lt;p ", "&amp;amp;amp;gt;"),
            ("&amp;amp;amp;lt;b a='' ", "&amp;amp;amp;gt;"),
            ("&amp;amp;amp;lt;!--", "--&amp;amp;amp;gt;"),
            ("&amp;<b ", ">"),
        ] {
            strip(&(piece.repeat(100_000) + end));
        }
    }

    proptest! {
        #[test]
        fn stripping_twice_changes_nothing(text in "(<|>|&|;|amp|lt|gt|#60|/|p|br|b|script|!--|--|=|\"|'| |\n|é|x){0,40}") {
            let once = strip(&text).into_owned();
            prop_assert_eq!(strip(&once), once.as_str());
        }
    }
}
