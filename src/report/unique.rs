//! One original record for each near-duplicate group.

use std::io::{self, Error, ErrorKind, Write};

use foldhash::{HashMap, HashMapExt};

use crate::model::{Article, Entry, Grouping};

/// Writes the records of the groups' representatives as they came, one a line, in the order of the input.
///
/// `records` is a second pass over the input. Of several versions of one article that of the grouping is written.
///
/// # Errors
/// Those of `out`, and when a record is not found again: the input is then another than at the first pass.
pub fn write_unique(
    out: &mut dyn Write,
    grouping: &Grouping,
    records: impl Iterator<Item = (Article, Vec<u8>)>,
) -> io::Result<()> {
    let mut wanted: HashMap<&str, &Entry> = HashMap::with_capacity(grouping.group_ids.len());
    for &first in grouping.groups.iter().take(grouping.group_ids.len()) {
        let entry = &grouping.articles[grouping.order[first as usize] as usize];
        wanted.insert(&entry.id, entry);
    }
    for (article, record) in records {
        let same = |entry: &&Entry| *entry.title == *article.title && *entry.url == *article.url;
        if wanted.get(article.id.as_str()).is_some_and(same) {
            wanted.remove(article.id.as_str());
            out.write_all(&record)?;
            out.write_all(b"\n")?;
        }
    }
    if wanted.is_empty() {
        return Ok(());
    }
    let message = format!("{} records were not found again: the input has changed", wanted.len());
    Err(Error::new(ErrorKind::InvalidData, message))
}
