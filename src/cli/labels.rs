//! Who belongs with whom, read from the files that `evaluate` compares.

use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

/// Labelled articles or labelled pairs.
pub(super) enum Labels {
    /// The id of each article and the name of its cluster; sorted by id, no id twice.
    Clusters(Vec<(String, String)>),
    /// Two ids, and whether they belong together.
    Pairs(Vec<(String, String, bool)>),
}

/// The columns that hold the id of an article, the better ones first.
const IDS: [&str; 2] = ["article_id", "id"];

/// The columns of labelled pairs.
const PAIR: [&str; 3] = ["id1", "id2", "label"];

/// Reads labels from JSON Lines or CSV, whichever the content is; clusters are the first of `columns` that is there.
///
/// # Errors
/// When the file cannot be read, lacks the columns, or gives one article two clusters.
pub(super) fn read(path: &Path, columns: &[&str]) -> Result<Labels> {
    let shown = || path.display().to_string();
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
    let is_json = bytes.trim_ascii_start().starts_with(b"{");
    if is_json { of_jsonl(bytes, columns) } else { of_csv(bytes, columns) }.with_context(shown)
}

fn of_jsonl(bytes: &[u8], columns: &[&str]) -> Result<Labels> {
    let mut rows = Vec::new();
    for (i, line) in bytes
        .split(|&byte| byte == b'\n')
        .enumerate()
        .filter(|(_, line)| !line.trim_ascii().is_empty())
    {
        let at = || format!("record {}", i + 1);
        let record: Value = serde_json::from_slice(line).with_context(at)?;
        let field = |names: &[&str]| names.iter().find_map(|name| text(&record[*name]));
        let id =
            field(&IDS).with_context(|| format!("no {}", IDS.join(" or "))).with_context(at)?;
        let cluster = field(columns)
            .with_context(|| format!("no {}", columns.join(" or ")))
            .with_context(at)?;
        rows.push((id, cluster));
    }
    clusters(rows)
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn of_csv(bytes: &[u8], columns: &[&str]) -> Result<Labels> {
    let mut reader = csv::Reader::from_reader(bytes);
    let header = reader.byte_headers().context("record 1")?.clone();
    let find = |names: &[&str]| {
        names.iter().find_map(|name| header.iter().position(|h| h == name.as_bytes()))
    };
    let rows = reader.byte_records();
    let cell = |row: &csv::ByteRecord, i: usize| String::from_utf8_lossy(&row[i]).into_owned();
    if let [Some(a), Some(b), Some(label)] = PAIR.map(|name| find(&[name])) {
        let mut pairs = Vec::new();
        for (i, row) in rows.enumerate() {
            let at = || format!("record {}", i + 2);
            let row = row.with_context(at)?;
            pairs.push((
                cell(&row, a),
                cell(&row, b),
                is_positive(&cell(&row, label)).with_context(at)?,
            ));
        }
        return Ok(Labels::Pairs(pairs));
    }
    let (Some(id), Some(cluster)) = (find(&IDS), find(columns)) else {
        bail!(
            "no columns {} and {}, nor {}",
            IDS.join(" or "),
            columns.join(" or "),
            PAIR.join(", ")
        );
    };
    let rows: Result<Vec<_>> = rows
        .enumerate()
        .map(|(i, row)| {
            let row = row.with_context(|| format!("record {}", i + 2))?;
            Ok((cell(&row, id), cell(&row, cluster)))
        })
        .collect();
    clusters(rows?)
}

fn is_positive(label: &str) -> Result<bool> {
    match label.trim() {
        "1" | "true" | "yes" => Ok(true),
        "0" | "false" | "no" => Ok(false),
        other => bail!("label `{other}`: give 1 or 0"),
    }
}

fn clusters(mut rows: Vec<(String, String)>) -> Result<Labels> {
    rows.sort();
    rows.dedup();
    if let Some(twice) = rows.windows(2).find(|two| two[0].0 == two[1].0) {
        bail!("article {} is in two clusters, {} and {}", twice[0].0, twice[0].1, twice[1].1);
    }
    ensure!(!rows.is_empty(), "no records");
    Ok(Labels::Clusters(rows))
}
