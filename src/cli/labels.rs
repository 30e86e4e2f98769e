//! Who belongs with whom, read from the files that `evaluate` compares.

use std::cmp::Ordering;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};

use super::rows::{self, Row, Rows};
use crate::report::unguarded;

/// Labelled articles or labelled pairs.
pub(super) enum Labels {
    /// Sorted by id, no id twice.
    Clusters(Vec<Labelled>),
    Pairs(Vec<Pair>),
}

/// An article and where it belongs.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Labelled {
    pub(super) id: String,
    /// The name of its cluster.
    pub(super) cluster: String,
    /// Empty when not given.
    pub(super) title: String,
}

/// Two ids, and whether they belong together.
pub(super) struct Pair {
    pub(super) ids: [String; 2],
    pub(super) together: bool,
}

impl Pair {
    /// What is found of its articles. What the editors' page gives to download has an apostrophe before an id that a spreadsheet
    /// would take for a formula: where no article has the id as it is written, it is looked for without that.
    pub(super) fn find<T>(&self, find: impl Fn(&str) -> Option<T>) -> [Option<T>; 2] {
        self.ids.each_ref().map(|id| find(id).or_else(|| find(unguarded(id)?)))
    }
}

/// The column that is measured at each level, the better names first.
pub(super) fn columns(level: &str) -> [&'static str; 3] {
    match level {
        "story" => ["story_id", "story", "cluster"],
        _ => ["duplicate_group_id", "duplicate_group", "cluster"],
    }
}

/// The columns that hold the id of an article, the better ones first.
const IDS: [&str; 2] = ["article_id", "id"];

/// The columns of labelled pairs.
const PAIR: [&str; 3] = ["id1", "id2", "label"];

/// Reads labels from JSON Lines or CSV; clusters are the first of `columns` that is there.
///
/// # Errors
/// When the file cannot be read, lacks the columns, or gives one article two clusters.
pub(super) fn read(path: &Path, columns: &[&str]) -> Result<Labels> {
    let rows = rows::read(path, all(columns))?;
    labels(rows, columns).with_context(|| path.display().to_string())
}

/// The labels in bytes, as [`read`].
pub(super) fn parse(bytes: &[u8], columns: &[&str]) -> Result<Labels> {
    labels(rows::parse(bytes, all(columns))?, columns)
}

fn all<'a>(columns: &'a [&'a str]) -> [&'a [&'a str]; 6] {
    [&PAIR[..1], &PAIR[1..2], &PAIR[2..], &IDS, columns, &["title"]]
}

fn labels(rows: Rows<6>, columns: &[&str]) -> Result<Labels> {
    let Rows { header, rows } = rows;
    let first = || rows.first().map(|(_, row)| row.each_ref().map(Option::is_some));
    match header.or_else(first) {
        Some([true, true, true, ..]) => {
            return Ok(Labels::Pairs(rows.into_iter().map(pair).collect::<Result<_>>()?));
        }
        Some([.., false, _, _] | [.., false, _]) if header.is_some() => bail!(
            "no columns {} and {}, nor {}",
            IDS.join(" or "),
            columns.join(" or "),
            PAIR.join(", ")
        ),
        _ => {}
    }
    let labelled = |(number, row): (usize, Row<6>)| {
        let [_, _, _, id, cluster, title] = row;
        let id = needed(id, &IDS, number)?;
        let cluster = needed(cluster, columns, number)?;
        Ok(Labelled { id, cluster, title: title.unwrap_or_default() })
    };
    clusters(rows.into_iter().map(labelled).collect::<Result<_>>()?)
}

/// What a record must have under one of these names.
fn needed(cell: Option<String>, names: &[&str], number: usize) -> Result<String> {
    cell.with_context(|| format!("record {number}: no {}", names.join(" or ")))
}

fn pair((number, row): (usize, Row<6>)) -> Result<Pair> {
    let [a, b, label, ..] = row;
    let [of_a, of_b, of_label] = &PAIR;
    let ids = [needed(a, &[of_a], number)?, needed(b, &[of_b], number)?];
    let label = needed(label, &[of_label], number)?;
    Ok(Pair { ids, together: is_positive(&label).with_context(|| format!("record {number}"))? })
}

fn is_positive(label: &str) -> Result<bool> {
    match label.trim() {
        "1" | "true" | "yes" => Ok(true),
        "0" | "false" | "no" => Ok(false),
        other => bail!("label `{other}`: give 1 or 0"),
    }
}

fn clusters(mut rows: Vec<Labelled>) -> Result<Labels> {
    rows.sort();
    rows.dedup_by(|a, b| a.id == b.id && a.cluster == b.cluster);
    if let Some([a, b]) = rows.windows(2).find(|two| two[0].id == two[1].id) {
        bail!("article {} is in two clusters, {} and {}", a.id, a.cluster, b.cluster);
    }
    ensure!(!rows.is_empty(), "no records");
    Ok(Labels::Clusters(rows))
}

/// Two labellings of the same articles, as numbers.
pub(super) struct Met {
    /// The predicted cluster of each article that both have.
    pub(super) predicted: Vec<u32>,
    /// Its gold cluster.
    pub(super) gold: Vec<u32>,
    /// Its position in either list.
    pub(super) at: Vec<[usize; 2]>,
    pub(super) only_predicted: u64,
    pub(super) only_gold: u64,
}

/// The articles that both lists have, which are sorted by id.
pub(super) fn meet(predicted: &[Labelled], gold: &[Labelled]) -> Met {
    let mut at = Vec::new();
    let (mut i, mut j) = (0, 0);
    while let (Some(a), Some(b)) = (predicted.get(i), gold.get(j)) {
        let order = a.id.cmp(&b.id);
        if order == Ordering::Equal {
            at.push([i, j]);
        }
        i += usize::from(order != Ordering::Greater);
        j += usize::from(order != Ordering::Less);
    }
    let of = |numbers: Vec<u32>, side: usize| at.iter().map(|at| numbers[at[side]]).collect();
    Met {
        predicted: of(numbered(predicted), 0),
        gold: of(numbered(gold), 1),
        only_predicted: (predicted.len() - at.len()) as u64,
        only_gold: (gold.len() - at.len()) as u64,
        at,
    }
}

/// A number for each row's cluster, the same for the same name and in the order of the names.
fn numbered(rows: &[Labelled]) -> Vec<u32> {
    let mut names: Vec<&str> = rows.iter().map(|row| row.cluster.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let number =
        |name: &str| names.binary_search(&name).expect("every name is among the names") as u32;
    rows.iter().map(|row| number(&row.cluster)).collect()
}
