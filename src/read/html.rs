//! HTML: a page with one article.

use encoding_rs::Encoding;

use super::chunk::{Parsed, Piece};
use super::draft::Columns;
use super::fields::Field;
use super::{encoding, text};
use crate::text::html;

/// Parses the page of a piece.
pub(super) fn parse(piece: &Piece, columns: &mut Columns, parsed: &mut Parsed) {
    for (record, bytes) in piece.records() {
        let page = html::extract(&encoding::decode(bytes, declared(bytes)));
        let values = [
            (Field::Title, page.title),
            (Field::Text, page.text),
            (Field::Published, page.published),
            (Field::Source, page.source),
            (Field::Url, page.url),
            (Field::Lang, page.lang),
        ];
        piece.place(record, text::article(values, piece.path(), columns), parsed);
    }
}

/// The encoding that a `<meta>` in the head of a page declares; scripts have a `charset` too, which is their own.
pub(super) fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]).to_ascii_lowercase();
    let tags = head.split("<meta").skip(1).filter_map(|rest| rest.split('>').next());
    tags.filter(|tag| tag.starts_with(|c: char| c.is_ascii_whitespace() || c == '/'))
        .find_map(named)
}

/// The encoding that the attributes of a tag name.
fn named(attributes: &str) -> Option<&'static Encoding> {
    let (_, name) = attributes.split_once("charset=")?;
    let name = name.trim_start().trim_start_matches(['"', '\'']);
    let label = name.split(|c: char| !(c.is_ascii_alphanumeric() || "-_:.".contains(c))).next()?;
    Encoding::for_label(label.as_bytes())
        .filter(|encoding| encoding.is_ascii_compatible() || encoding.name() == "ISO-2022-JP")
}
