//! Texts as delivered, packed for the database.

use std::borrow::Cow;
use std::io::Read as _;

use crate::model::Article;
use crate::store::{Error, Store};

/// How hard zstd tries.
const LEVEL: i32 = 3;

/// Title and text in one, smaller.
pub(super) fn pack(article: &Article) -> Vec<u8> {
    let both = format!("{}\0{}", title(article), article.text);
    zstd::bulk::compress(both.as_bytes(), LEVEL).unwrap_or_default()
}

/// A title as it is stored: what parts it from the text is not in it.
fn title(article: &Article) -> Cow<'_, str> {
    match article.title.contains('\0') {
        true => article.title.replace('\0', " ").into(),
        false => (&*article.title).into(),
    }
}

/// Back to title and text.
pub(super) fn unpack(store: &Store, packed: &[u8]) -> Result<(String, String), Error> {
    let damaged = || Error::damaged(&store.database(), "a stored text does not unpack");
    let mut text = String::new();
    let decoder = zstd::stream::read::Decoder::new(packed);
    decoder.and_then(|mut d| d.read_to_string(&mut text)).map_err(|_| damaged())?;
    let (title, text) = text.split_once('\0').ok_or_else(damaged)?;
    Ok((title.to_owned(), text.to_owned()))
}
