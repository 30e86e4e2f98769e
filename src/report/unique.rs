//! One article for each near-duplicate group, as it was read.

use std::io::{self, Error, ErrorKind, Write};

use foldhash::{HashMap, HashMapExt};
use serde_json::{Map, Value};

use crate::model::{Article, Entry, Grouping};

/// Writes the articles that stand for their groups as JSON Lines, with text and all, in the order of the input; the
/// result can be read again as an input. `articles` is a second pass over the input, `keep` names the user's columns.
///
/// # Errors
/// Those of `out`, and when an article is not found again: the input is then another than at the first pass.
pub fn write_unique(
    out: &mut dyn Write,
    grouping: &Grouping,
    keep: &[String],
    articles: impl Iterator<Item = Article>,
) -> io::Result<()> {
    let mut wanted: HashMap<&str, &Entry> = HashMap::with_capacity(grouping.group_ids.len());
    for &first in grouping.groups.iter().take(grouping.group_ids.len()) {
        let entry = &grouping.articles[grouping.order[first as usize] as usize];
        wanted.insert(&entry.id, entry);
    }
    for article in articles {
        if wanted.get(article.id.as_str()).is_some_and(|entry| is_of(entry, &article)) {
            serde_json::to_writer(&mut *out, &record(&article, keep))?;
            out.write_all(b"\n")?;
            wanted.remove(article.id.as_str());
        }
    }
    if wanted.is_empty() {
        return Ok(());
    }
    let message = format!("{} articles were not found again: the input has changed", wanted.len());
    Err(Error::new(ErrorKind::InvalidData, message))
}

/// Whether this is the article of the entry and not another version under the same id.
fn is_of(entry: &Entry, article: &Article) -> bool {
    entry.file == article.file
        && *entry.title == *article.title
        && entry.published == article.published
}

/// The fields that are there, under their own names, then the user's columns.
fn record(article: &Article, keep: &[String]) -> Map<String, Value> {
    let time =
        |time: Option<jiff::Timestamp>| time.map(|time| time.to_string()).unwrap_or_default();
    let fields = [
        ("id", article.id.clone()),
        ("title", article.title.clone()),
        ("text", article.text.clone()),
        ("published", time(article.published)),
        ("seen", time(article.seen)),
        ("source", article.source.clone()),
        ("lang", article.lang.clone()),
        ("url", article.url.clone()),
    ];
    let kept = keep.iter().map(String::as_str).zip(article.kept.iter().cloned());
    let given = kept.chain(fields).filter(|(_, value)| !value.is_empty());
    given.map(|(name, value)| (name.to_owned(), Value::from(value))).collect()
}
