//! What is known of the outlets: a table with the columns `source` and `owner`.

use std::path::Path;

/// The owner of each source, ascending by source; several sources may have one owner.
pub type Owners = Vec<(String, String)>;

/// Reads a table of outlets. Columns beside `source` and `owner` are not looked at; a row without either says nothing.
///
/// # Errors
/// The file cannot be read, is not a table, or lacks one of the two columns; the message says which.
pub fn owners(file: &Path) -> Result<Owners, String> {
    let name = file.display();
    let mut table = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_path(file)
        .map_err(|error| format!("{name}: {error}"))?;
    let header = table.headers().map_err(|error| format!("{name}: {error}"))?.clone();
    let column = |wanted: &str| {
        let found = header.iter().position(|name| name.eq_ignore_ascii_case(wanted));
        found.ok_or_else(|| format!("{name}: no column {wanted}"))
    };
    let (source, owner) = (column("source")?, column("owner")?);
    let mut owners = Owners::new();
    for row in table.records() {
        let row = row.map_err(|error| format!("{name}: {error}"))?;
        let cell = |column: usize| row.get(column).unwrap_or_default().to_owned();
        let (source, owner) = (cell(source), cell(owner));
        if !source.is_empty() && !owner.is_empty() {
            owners.push((source, owner));
        }
    }
    owners.sort();
    owners.dedup_by(|later, kept| later.0 == kept.0);
    Ok(owners)
}
