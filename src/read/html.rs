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

/// The encoding that the head of a page declares.
pub(super) fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes[..bytes.len().min(4096)].to_ascii_lowercase();
    let label = b"charset=";
    let start = head.windows(label.len()).position(|window| window == label)? + label.len();
    let name = head[start..].trim_ascii_start();
    let name = name.strip_prefix(b"\"").or_else(|| name.strip_prefix(b"'")).unwrap_or(name);
    let end = name
        .iter()
        .position(|b| !b.is_ascii_alphanumeric() && !b"-_:.".contains(b))
        .unwrap_or(name.len());
    Encoding::for_label(&name[..end])
        .filter(|encoding| encoding.is_ascii_compatible() || encoding.name() == "ISO-2022-JP")
}
