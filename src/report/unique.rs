//! One original record for each near-duplicate group.

use std::io::{self, Error, ErrorKind, Write};

use foldhash::{HashMap, HashMapExt, HashSet};

use crate::model::{Article, Entry, Grouping, Refusal};

/// Writes the records of the groups' representatives as they came, one a line, in the order of the input.
///
/// With `only`, groups that have other members than these articles are left out. `records` is a second pass over the input. Of
/// several versions of one article that of the grouping is written: none of those that the first pass `refused`.
///
/// # Errors
/// Those of `out`, and when a record is not found again: the input is then another than at the first pass.
pub fn write_unique(
    out: &mut dyn Write,
    grouping: &Grouping,
    only: Option<&[bool]>,
    refused: &[Refusal],
    records: impl Iterator<Item = (Article, Vec<u8>)>,
) -> io::Result<()> {
    let mut wanted: HashMap<&str, &Entry> = HashMap::with_capacity(grouping.n_groups());
    for group in 0..grouping.n_groups() {
        let ours = |only: &[bool]| grouping.members(group).iter().all(|&i| only[i as usize]);
        if only.is_none_or(ours) {
            let entry = grouping.representative(group);
            wanted.insert(&entry.id, entry);
        }
    }
    let refused: HashSet<(&str, u64)> = refused.iter().map(|r| (&*r.file, r.record)).collect();
    for (article, record) in records {
        let same = |entry: &&Entry| {
            let stays = !refused.contains(&(&*article.file, article.record));
            stays && *entry.title == *article.title && *entry.url == *article.url
        };
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
