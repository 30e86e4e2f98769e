//! The matches of a `--layout pairs` output, judged at any threshold.

use std::path::Path;

use anyhow::{Context as _, Result, bail};

use super::labels::{Labelled, Labels};
use super::rows::{self, Row, Rows};
use crate::kernel::metrics::Scores;

/// Two articles with a number.
#[derive(Debug, Clone)]
struct Match {
    /// Ascending.
    ids: [String; 2],
    /// At which thresholds the two count as joined: all up to this one.
    value: f64,
    /// Whether the run joined them, where it says so.
    grouped: Option<bool>,
}

/// What a threshold decides on: the matches of which the labels know something.
pub(super) struct Verdicts {
    /// The value of each match, what the run made of it, and whether the two belong together.
    matches: Vec<(f64, Option<bool>, bool)>,
    /// How many pairs belong together, with matches or without.
    due: u64,
}

impl Verdicts {
    /// Reads matches by the numbers of one column. At the level of stories copies, and what an editor joined, are
    /// joined at any threshold; at that of near-duplicates only copies are matches.
    ///
    /// # Errors
    /// When the file cannot be read, lacks a column, or has something else for a number.
    pub(super) fn read(path: &Path, column: &str, level: &str, gold: &Labels) -> Result<Self> {
        let columns: [&[&str]; 5] =
            [&["article_id_a"], &["article_id_b"], &[column], &["match_kind"], &["grouped"]];
        let rows = rows::read(path, columns)?;
        let found = matches(rows, column, level).with_context(|| path.display().to_string())?;
        let verdicts = match gold {
            Labels::Pairs(pairs) => {
                let due = pairs.iter().filter(|pair| pair.together).count() as u64;
                let judged = pairs.iter().filter_map(|pair| {
                    let [a, b] = &pair.ids;
                    let ids = if a <= b { [a, b] } else { [b, a] };
                    let at = found.binary_search_by(|found| found.ids.each_ref().cmp(&ids)).ok()?;
                    Some((found[at].value, found[at].grouped, pair.together))
                });
                Self { matches: judged.collect(), due }
            }
            Labels::Clusters(rows) => {
                let cluster = |id: &str| {
                    let at = rows.binary_search_by(|row| row.id.as_str().cmp(id)).ok()?;
                    Some(&rows[at].cluster)
                };
                let judged = found.iter().filter_map(|found| {
                    let [a, b] = found.ids.each_ref().map(|id| cluster(id));
                    Some((found.value, found.grouped, a? == b?))
                });
                Self { matches: judged.collect(), due: pairs_inside(rows) }
            }
        };
        if verdicts.matches.is_empty() {
            bail!("{}: the labels say nothing of any of its pairs", path.display());
        }
        Ok(verdicts)
    }

    /// How well a threshold does, and how many pairs it joins.
    pub(super) fn at(&self, threshold: f64) -> (Scores, u64) {
        self.scores(|(value, ..)| *value >= threshold)
    }

    /// How well the run itself did, where the file says which matches it joined.
    pub(super) fn grouped(&self) -> Option<(Scores, u64)> {
        let is_said = self.matches.iter().all(|(_, grouped, _)| grouped.is_some());
        is_said.then(|| self.scores(|(_, grouped, _)| *grouped == Some(true)))
    }

    fn scores(&self, is_joined: impl Fn(&(f64, Option<bool>, bool)) -> bool) -> (Scores, u64) {
        let joined = self.matches.iter().copied().filter(is_joined);
        let (mut made, mut right) = (0, 0);
        for (_, _, together) in joined {
            made += 1;
            right += u64::from(together);
        }
        (Scores::of_counts(right, made, self.due), made)
    }
}

/// How many pairs of articles are in one cluster.
fn pairs_inside(rows: &[Labelled]) -> u64 {
    let mut names: Vec<&str> = rows.iter().map(|row| row.cluster.as_str()).collect();
    names.sort_unstable();
    let sizes = names.chunk_by(|a, b| a == b).map(|run| run.len() as u64);
    sizes.map(|n| n * (n - 1) / 2).sum()
}

/// The matches by ids, no pair twice.
fn matches(rows: Rows<5>, column: &str, level: &str) -> Result<Vec<Match>> {
    let Rows { header, rows } = rows;
    let first = || rows.first().map(|(_, row)| row.each_ref().map(Option::is_some));
    if !matches!(header.or_else(first), Some([true, true, true, ..])) && header.is_some() {
        bail!("no columns article_id_a, article_id_b and {column}");
    }
    let mut found = Vec::new();
    for (number, row) in rows {
        found.extend(read_match(row, column, level).with_context(|| format!("record {number}"))?);
    }
    found.sort_by(|a, b| a.ids.cmp(&b.ids).then(b.value.total_cmp(&a.value)));
    found.dedup_by(|b, a| a.ids == b.ids);
    Ok(found)
}

/// A row as a match; `None` when it is none at this level.
fn read_match(row: Row<5>, column: &str, level: &str) -> Result<Option<Match>> {
    let [Some(a), Some(b), number, kind, grouped] = row else {
        bail!("no article_id_a and article_id_b");
    };
    let number = match number.as_deref() {
        None | Some("") => f64::NEG_INFINITY,
        Some(typed) => typed
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite())
            .with_context(|| format!("{column} `{typed}` is not a number"))?,
    };
    let is_story = level == "story";
    let value = match kind.as_deref() {
        Some("exact" | "near" | "editor") if is_story => f64::INFINITY,
        Some("story" | "editor") if !is_story => return Ok(None),
        _ => number,
    };
    // Whether two are grouped is said of stories.
    let grouped = grouped.filter(|_| is_story).map(|flag| flag == "true");
    let ids = if a <= b { [a, b] } else { [b, a] };
    Ok(Some(Match { ids, value, grouped }))
}
