//! What is known of the outlets: a table with the column `source` and one or more of `owner`, `lang` and `timezone`.

use std::path::Path;

use jiff::tz::TimeZone;

/// An outlet. What is empty or `None` is not known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outlet {
    /// Its name, as articles give it.
    pub source: String,
    /// To whom it belongs; several outlets may have one owner.
    pub owner: String,
    /// The language of its articles that name none.
    pub lang: String,
    /// The zone of its dates that name none.
    pub timezone: Option<TimeZone>,
}

/// Reads a table of outlets, ascending by source. Of several rows for one source the first counts.
///
/// # Errors
/// The file cannot be read or is not a table with the column `source`, or a time zone is not known; the message says
/// where.
pub fn outlets(file: &Path) -> Result<Vec<Outlet>, String> {
    let wrong = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let mut table = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_path(file)
        .map_err(|error| wrong(&error))?;
    let header = table.headers().map_err(|error| wrong(&error))?.clone();
    let column = |wanted: &str| header.iter().position(|name| name.eq_ignore_ascii_case(wanted));
    let source = column("source").ok_or_else(|| wrong(&"no column source"))?;
    let (owner, lang, timezone) = (column("owner"), column("lang"), column("timezone"));
    let mut outlets = Vec::new();
    for row in table.records() {
        let row = row.map_err(|error| wrong(&error))?;
        let cell = |column: Option<usize>| column.and_then(|i| row.get(i)).unwrap_or_default();
        let zone = Some(cell(timezone)).filter(|zone| !zone.is_empty());
        outlets.push(Outlet {
            source: cell(Some(source)).to_owned(),
            owner: cell(owner).to_owned(),
            lang: cell(lang).to_owned(),
            timezone: zone.map(TimeZone::get).transpose().map_err(|error| wrong(&error))?,
        });
    }
    outlets.retain(|outlet| !outlet.source.is_empty());
    outlets.sort_by(|a, b| a.source.cmp(&b.source));
    outlets.dedup_by(|later, kept| later.source == kept.source);
    Ok(outlets)
}

/// The outlet of this name.
pub(super) fn find<'a>(outlets: &'a [Outlet], source: &str) -> Option<&'a Outlet> {
    let found = outlets.binary_search_by(|outlet| outlet.source.as_str().cmp(source)).ok()?;
    Some(&outlets[found])
}
