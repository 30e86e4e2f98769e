//! Identity: by which name an article is known when its record gives none.

use crate::kernel::hash::hash;
use crate::text::url;

/// The id as given, else the canonical URL, else the path of a one-article file, else the content.
pub(super) fn identity(
    given: String,
    address: &str,
    path: Option<&str>,
    title: &str,
    text: &str,
) -> String {
    if !given.is_empty() {
        return given;
    }
    url::canonical(address)
        .or_else(|| path.map(str::to_owned))
        .unwrap_or_else(|| content_id(title, text))
}

/// 16 hex digits of the hash of title and text, parted by a character that neither has in practice.
fn content_id(title: &str, text: &str) -> String {
    let mut content = Vec::with_capacity(title.len() + 1 + text.len());
    content.extend_from_slice(title.as_bytes());
    content.push(0x1F);
    content.extend_from_slice(text.as_bytes());
    format!("{:016x}", hash(&content))
}
