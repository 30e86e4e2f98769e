//! Sniffing: which kind of input this is, by its first bytes and then by its name.

use serde::de::IgnoredAny;

use super::csv;
use super::input::HEAD;
use super::{FORMATS, Format};

/// Files that are known not to be read, by their first bytes.
const FOREIGN: &[(&[u8], &str)] = &[
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\x89PNG", "an image"),
    (b"\xFF\xD8\xFF", "an image"),
    (b"GIF8", "an image"),
    #[cfg(not(feature = "parquet"))]
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3", "a database"),
    (b"BZh", "bzip2 data (gzip and zstd are read)"),
    (b"\xFD7zXZ", "xz data (gzip and zstd are read)"),
    (b"7z\xBC\xAF", "a 7-Zip archive"),
    (b"{\\rtf", "an RTF document"),
];

/// The kind of an input; the error says what it looks like instead.
pub(super) fn kind(head: &[u8], name: &str) -> Result<Format, String> {
    if let Some((_, what)) = FOREIGN.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Err(format!("this is {what}, which is not read"));
    }
    if head.starts_with(b"WARC/") {
        return Ok(Format::Warc);
    }
    #[cfg(feature = "parquet")]
    if head.starts_with(b"PAR1") {
        return Ok(Format::Parquet);
    }
    let extension = by_extension(name);
    let start = head.trim_ascii_start();
    let found = match start.first() {
        Some(b'{') => object(start, extension),
        Some(b'[') => array(start).then_some(Format::Json),
        Some(b'<') => tagged(start),
        _ => None,
    };
    if let Some(format) = found.or(extension.filter(|format| *format != Format::Text)) {
        return Ok(format);
    }
    if is_binary(head) {
        return Err("binary data of an unknown kind".to_owned());
    }
    Ok(if csv::looks_like_table(head) { Format::Csv } else { Format::Text })
}

fn by_extension(name: &str) -> Option<Format> {
    let name = name.to_ascii_lowercase();
    let name = [".gz", ".zst", ".zstd"]
        .iter()
        .find_map(|packed| name.strip_suffix(packed))
        .unwrap_or(&name);
    let (_, extension) = name.rsplit_once('.')?;
    FORMATS.iter().find(|(_, names)| names.contains(&extension)).map(|(format, _)| *format)
}

/// Lines of objects or one object? Both begin alike, and one whole object on one line can be either.
fn object(start: &[u8], extension: Option<Format>) -> Option<Format> {
    if !matches!(start[1..].trim_ascii_start().first(), Some(b'"' | b'}')) {
        return None;
    }
    let mut lines =
        start.split(|b| *b == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let first_is_whole =
        serde_json::from_slice::<IgnoredAny>(lines.next().unwrap_or_default()).is_ok();
    let second_is_object = lines.next().is_some_and(|line| line.starts_with(b"{"));
    Some(match extension {
        Some(Format::Jsonl) => Format::Jsonl,
        Some(Format::Json) if !first_is_whole => Format::Json,
        _ if second_is_object => Format::Jsonl,
        _ => Format::Json,
    })
}

fn array(start: &[u8]) -> bool {
    matches!(start[1..].trim_ascii_start().first(), Some(b'{' | b']'))
}

/// The opening tags that tell a feed from a page.
const TAGS: [(&str, Format); 7] = [
    ("<rss", Format::Feed),
    ("<feed", Format::Feed),
    ("<rdf:rdf", Format::Feed),
    ("<!doctype html", Format::Html),
    ("<html", Format::Html),
    ("<head", Format::Html),
    ("<body", Format::Html),
];

/// The kind by whichever of the known tags comes first: a feed can hold pages.
fn tagged(start: &[u8]) -> Option<Format> {
    let opening = start[..start.len().min(2048)].to_ascii_lowercase();
    let place = |tag: &str| opening.windows(tag.len()).position(|window| window == tag.as_bytes());
    let found = TAGS.iter().filter_map(|&(tag, format)| Some((place(tag)?, format)));
    found.min_by_key(|&(place, _)| place).map(|(_, format)| format)
}

/// Whether bytes begin as a page does.
pub(super) fn is_html(bytes: &[u8]) -> bool {
    let start = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    start.starts_with(b"<") && tagged(start) == Some(Format::Html)
}

/// Whether more than a tenth of the bytes are control characters.
fn is_binary(head: &[u8]) -> bool {
    control_characters(head) * 10 > head.len().min(HEAD)
}

/// How many of the bytes are control characters that no text has.
pub(super) fn control_characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|b| matches!(b, 0..=8 | 14..=26 | 28..=31 | 127)).count()
}
