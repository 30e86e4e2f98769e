//! Web: a record of a web archive to the article of its page.

use std::borrow::Cow;
use std::io::{self, Read};

use encoding_rs::Encoding;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

use super::chunk::{Parsed, Piece};
use super::draft::Columns;
use super::encoding;
use super::fields::Field;
use super::sniff::{self, control_characters};
use super::warc::header;
use super::{html, text};
use crate::model::Article;
use crate::text::html::extract;

/// Parses the records of a piece. What is no page at all - an image, a redirection, an error - is passed over.
pub(super) fn parse(piece: &Piece, columns: &mut Columns, parsed: &mut Parsed) {
    for (record, bytes) in piece.records() {
        let (head, block) = split_head(bytes);
        let Some(page) = page(head, block, columns.options().max_record) else { continue };
        piece.place(record, page.and_then(|page| article(head, &page, columns)), parsed);
    }
}

/// What was archived, and how it is to be read.
struct Page<'a> {
    bytes: Cow<'a, [u8]>,
    is_html: bool,
    encoding: Option<&'static Encoding>,
}

/// The page of a record; `None` where it is something else, an error where it cannot be unpacked.
fn page<'a>(head: &[u8], block: &'a [u8], max: usize) -> Option<Result<Page<'a>, String>> {
    let is_message = header(head, "content-type")
        .is_some_and(|kind| kind.to_ascii_lowercase().starts_with("application/http"));
    let (head, body) = if is_message { split_head(block) } else { (head, block) };
    let status = head.split(u8::is_ascii_whitespace).nth(1);
    if is_message && status != Some(b"200") {
        return None;
    }
    let declared = match header(head, "content-type") {
        Some(kind) => Some(readable(kind)?),
        None => None,
    };
    let bytes = if is_message { unpack(head, body, max) } else { Ok(Cow::Borrowed(body)) };
    // What does not say what it is may be a page all the same.
    let begins_as_html = || bytes.as_ref().is_ok_and(|bytes| sniff::is_html(bytes));
    let (is_html, encoding) = declared.or_else(|| begins_as_html().then_some((true, None)))?;
    Some(bytes.map(|bytes| Page { bytes, is_html, encoding }))
}

/// Whether a media type is HTML or else plain text, and the encoding that it names; `None` for all others.
fn readable(kind: &str) -> Option<(bool, Option<&'static Encoding>)> {
    let kind = kind.to_ascii_lowercase();
    let is_html = ["text/html", "application/xhtml"].iter().any(|html| kind.starts_with(html));
    let charset = kind.split_once("charset=").map(|(_, label)| label.trim_matches(['"', ' ']));
    let encoding = charset.and_then(|label| Encoding::for_label(label.as_bytes()));
    (is_html || kind.starts_with("text/plain"))
        .then_some((is_html, encoding.filter(|encoding| encoding.is_ascii_compatible())))
}

/// The body of a message without its transfer and content codings. An archive may have undone them and left the
/// headers as they were.
fn unpack<'a>(head: &[u8], body: &'a [u8], max: usize) -> Result<Cow<'a, [u8]>, String> {
    let named = |name| header(head, name).unwrap_or_default().to_ascii_lowercase();
    let mut bytes = Cow::Borrowed(body);
    if named("transfer-encoding").contains("chunked")
        && let Some(joined) = join_chunks(body)
    {
        bytes = Cow::Owned(joined);
    }
    let declared = named("content-encoding");
    let coding = match bytes[..] {
        [0x1F, 0x8B, ..] => "gzip",
        [0x28, 0xB5, 0x2F, 0xFD, ..] => "zstd",
        _ if declared.is_empty() || is_text(&bytes) => return Ok(bytes),
        _ => &declared,
    };
    match undo(coding, &bytes, max) {
        Some(Ok(page)) if page.len() > max => Err(super::lines::too_long("page", max)),
        Some(Ok(page)) => Ok(Cow::Owned(page)),
        Some(Err(error)) => Err(format!("the {coding} data of this page is damaged ({error})")),
        None => Err(format!("content coding {coding} is not read")),
    }
}

/// What a coding was made of, as far as just over `max` bytes; `None` for a coding that is not known.
fn undo(coding: &str, bytes: &[u8], max: usize) -> Option<io::Result<Vec<u8>>> {
    let read = |packed: &mut dyn Read| {
        let mut page = Vec::new();
        packed.take(max as u64 + 1).read_to_end(&mut page).map(|_| page)
    };
    Some(match coding {
        "gzip" | "x-gzip" => read(&mut MultiGzDecoder::new(bytes)),
        "zstd" => zstd::Decoder::with_buffer(bytes).and_then(|mut packed| read(&mut packed)),
        // Some servers leave out the frame that the name stands for.
        "deflate" => read(&mut ZlibDecoder::new(bytes))
            .or_else(|error| read(&mut DeflateDecoder::new(bytes)).map_err(|_| error)),
        _ => return None,
    })
}

/// Whether bytes are no packed ones: of those, every tenth looks like a control character.
fn is_text(bytes: &[u8]) -> bool {
    control_characters(bytes) * 50 <= bytes.len()
}

/// The chunks of a body in one piece; `None` if it does not come in chunks.
fn join_chunks(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut joined = Vec::new();
    loop {
        let end = body.iter().position(|b| *b == b'\n')?;
        let size = std::str::from_utf8(&body[..end]).ok()?.split(';').next()?.trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        if size == 0 {
            return Some(joined);
        }
        let rest = &body[end + 1..];
        joined.extend_from_slice(rest.get(..size)?);
        body = rest[size..].strip_prefix(b"\r\n")?;
    }
}

/// The article of a page. Where the page does not name its outlet, its host stands for it.
fn article(head: &[u8], page: &Page, columns: &mut Columns) -> Result<Option<Article>, String> {
    let address = header(head, "warc-target-uri").unwrap_or_default();
    let address = address.trim_start_matches('<').trim_end_matches('>');
    let seen = header(head, "warc-date").unwrap_or_default().to_owned();
    let (declared, host) = (page.encoding, host(address));
    let found = if page.is_html {
        extract(&encoding::decode(&page.bytes, declared.or_else(|| html::declared(&page.bytes))))
    } else {
        let content = encoding::decode(&page.bytes, declared);
        let (title, text) = text::split_title(&content);
        crate::text::html::Extracted {
            title: title.to_owned(),
            text: text.to_owned(),
            ..Default::default()
        }
    };
    let or = |given: String, other: &str| if given.is_empty() { other.to_owned() } else { given };
    let values = [
        (Field::Title, found.title),
        (Field::Text, found.text),
        (Field::Published, found.published),
        (Field::Seen, seen),
        (Field::Source, or(found.source, host)),
        (Field::Url, or(found.url, address)),
        (Field::Lang, found.lang),
    ];
    text::article(values, None, columns)
}

/// The host of an address, without `www.`.
fn host(address: &str) -> &str {
    let rest = address.split_once("://").map_or("", |(_, rest)| rest);
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
    host.strip_prefix("www.").unwrap_or(host)
}

/// The head of a message and what follows the empty line behind it.
fn split_head(message: &[u8]) -> (&[u8], &[u8]) {
    let mut end = 0;
    for line in message.split_inclusive(|b| *b == b'\n') {
        end += line.len();
        if line.trim_ascii().is_empty() {
            break;
        }
    }
    message.split_at(end)
}
