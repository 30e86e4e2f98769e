//! One original record for each near-duplicate group.

use std::io::{self, Write};

use foldhash::{HashSet, HashSetExt};

use crate::model::Grouping;

/// Writes the records of the groups' representatives as they came, one a line, in the order of the input.
///
/// `records` is a second pass over the input: the id of each article, and its record. Of several records of one id
/// the first is written.
///
/// # Errors
/// Those of `records` and of `out`.
pub fn write_unique(
    out: &mut dyn Write,
    grouping: &Grouping,
    records: impl Iterator<Item = io::Result<(String, Vec<u8>)>>,
) -> io::Result<()> {
    let mut wanted: HashSet<&str> = HashSet::with_capacity(grouping.group_ids.len());
    let first = grouping.groups.iter().take(grouping.group_ids.len());
    wanted.extend(
        first.map(|&first| &*grouping.articles[grouping.order[first as usize] as usize].id),
    );
    for record in records {
        let (id, bytes) = record?;
        if wanted.remove(id.as_str()) {
            out.write_all(bytes.trim_ascii_end())?;
            out.write_all(b"\n")?;
        }
    }
    Ok(())
}
