//! Chosen columns of a CSV, JSON Lines or Parquet file, whichever the content is.

use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::Value;

/// What each of `N` columns holds in one record; `None` where it is not given, or blank.
pub(super) type Row<const N: usize> = [Option<String>; N];

/// The records of a file.
pub(super) struct Rows<const N: usize> {
    /// Which columns the header has; `None` in JSON Lines, which has no header.
    pub(super) header: Option<[bool; N]>,
    /// The records with their numbers, which count a header too.
    pub(super) rows: Vec<(usize, Row<N>)>,
}

/// Reads a file; each column has several names, the better ones first.
///
/// # Errors
/// When the file cannot be read or is none of them.
pub(super) fn read<const N: usize>(path: &Path, columns: [&[&str]; N]) -> Result<Rows<N>> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    parse(&bytes, columns).with_context(|| path.display().to_string())
}

/// The records in bytes, as [`read`].
pub(super) fn parse<const N: usize>(bytes: &[u8], columns: [&[&str]; N]) -> Result<Rows<N>> {
    #[cfg(feature = "parquet")]
    if bytes.starts_with(b"PAR1") {
        return of_parquet(bytes, columns);
    }
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let is_json = bytes.trim_ascii_start().starts_with(b"{");
    if is_json { of_jsonl(bytes, columns) } else { of_csv(bytes, columns) }
}

fn of_jsonl<const N: usize>(bytes: &[u8], columns: [&[&str]; N]) -> Result<Rows<N>> {
    let lines = (1..).zip(bytes.split(|&byte| byte == b'\n'));
    let row = |(number, line): (usize, &[u8])| {
        let record: Value =
            serde_json::from_slice(line).with_context(|| format!("record {number}"))?;
        let cell = |names: &[&str]| names.iter().find_map(|name| text(&record[*name]));
        Ok((number, columns.map(cell)))
    };
    let rows: Result<Vec<_>> =
        lines.filter(|(_, line)| !line.trim_ascii().is_empty()).map(row).collect();
    Ok(Rows { header: None, rows: rows? })
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => given(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A cell that says something: a table has no other way to give nothing than to leave it blank.
fn given(cell: &str) -> Option<String> {
    (!cell.trim().is_empty()).then(|| cell.to_owned())
}

fn of_csv<const N: usize>(bytes: &[u8], columns: [&[&str]; N]) -> Result<Rows<N>> {
    let mut reader = csv::Reader::from_reader(bytes);
    let header = reader.byte_headers().context("record 1")?.clone();
    let position = |name: &&str| header.iter().position(|column| column == name.as_bytes());
    let places = columns.map(|names| names.iter().find_map(position));
    let row = |(number, row): (usize, csv::Result<csv::ByteRecord>)| {
        let row = row.with_context(|| format!("record {number}"))?;
        let cell = |place: usize| given(&String::from_utf8_lossy(&row[place]));
        Ok((number, places.map(|place| place.and_then(cell))))
    };
    let rows: Result<Vec<_>> = (2..).zip(reader.byte_records()).map(row).collect();
    Ok(Rows { header: Some(places.map(|place| place.is_some())), rows: rows? })
}

#[cfg(feature = "parquet")]
fn of_parquet<const N: usize>(bytes: &[u8], columns: [&[&str]; N]) -> Result<Rows<N>> {
    let wanted = |name: &str| columns.iter().any(|names| names.contains(&name));
    let (header, table) =
        crate::read::parquet_table(bytes.to_vec(), wanted).map_err(anyhow::Error::msg)?;
    let position = |name: &&str| header.iter().position(|column| column == name);
    let places = columns.map(|names| names.iter().find_map(position));
    let row = |(number, row): (usize, Vec<String>)| {
        (number, places.map(|place| place.and_then(|place| given(&row[place]))))
    };
    let rows = (1..).zip(table).map(row).collect();
    Ok(Rows { header: Some(places.map(|place| place.is_some())), rows })
}
