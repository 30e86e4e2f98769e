//! The matches of a `--layout pairs` output, judged at any threshold.

use std::path::Path;

use anyhow::{Context as _, Result, bail};

use super::labels::{Labelled, Labels, Pair};
use super::rows::{self, Row, Rows};
use crate::kernel::linkage::together;
use crate::kernel::metrics::Scores;

/// Two articles with a number.
#[derive(Debug, Clone)]
struct Match {
    ids: [String; 2],
    /// At which thresholds the two count as joined: all up to this one.
    value: f64,
    /// Whether the run joined them, where it says so.
    grouped: Option<bool>,
}

/// A match as the labels see it: of one pair of articles, or of all pairs of two groups of copies.
#[derive(Debug, Clone, Copy)]
struct Judged {
    value: f64,
    grouped: Option<bool>,
    /// How many pairs it joins.
    made: u64,
    /// How many of them belong together.
    right: u64,
}

/// What a threshold decides on: the matches of which the labels know something.
pub(super) struct Verdicts {
    matches: Vec<Judged>,
    /// How many pairs belong together, with matches or without.
    due: u64,
}

impl Verdicts {
    /// Reads matches by the numbers of one column.
    ///
    /// At the level of stories copies are together at any threshold, and with them what an editor joined; a match of
    /// two articles is one of all their copies. At the level of near-duplicates only copies are matches.
    ///
    /// # Errors
    /// When the file cannot be read, lacks a column, or has something else for a number.
    pub(super) fn read(path: &Path, column: &str, level: &str, gold: &Labels) -> Result<Self> {
        let columns: [&[&str]; 5] =
            [&["article_id_a"], &["article_id_b"], &[column], &["match_kind"], &["grouped"]];
        let rows = rows::read(path, columns)?;
        let found = matches(rows, column, level).with_context(|| path.display().to_string())?;
        let groups = Groups::new(&found);
        let verdicts = match gold {
            Labels::Pairs(pairs) => Self {
                due: pairs.iter().filter(|pair| pair.together).count() as u64,
                matches: pairs.iter().filter_map(|pair| groups.judge_pair(pair)).collect(),
            },
            Labels::Clusters(rows) => {
                Self { due: pairs_inside(rows), matches: groups.judge_all(rows) }
            }
        };
        if verdicts.matches.is_empty() {
            bail!("{}: the labels say nothing of any of its pairs", path.display());
        }
        Ok(verdicts)
    }

    /// How well a threshold does, and how many pairs it joins.
    pub(super) fn at(&self, threshold: f64) -> (Scores, u64) {
        self.scores(|found| found.value >= threshold)
    }

    /// How well the run itself did, where the file says which matches it joined.
    pub(super) fn grouped(&self) -> Option<(Scores, u64)> {
        let is_said = self.matches.iter().all(|found| found.grouped.is_some());
        is_said.then(|| self.scores(|found| found.grouped == Some(true)))
    }

    fn scores(&self, is_joined: impl Fn(&&Judged) -> bool) -> (Scores, u64) {
        let joined = self.matches.iter().filter(is_joined);
        let (right, made) =
            joined.fold((0, 0), |(right, made), one| (right + one.right, made + one.made));
        (Scores::of_counts(right, made, self.due), made)
    }
}

/// The articles of the matches, copies as one; a match of one article is one of its group.
struct Groups<'a> {
    /// All ids, ascending.
    ids: Vec<&'a str>,
    /// For each id the position of the first one of its group.
    first: Vec<usize>,
    /// The groups of each match with the best it has, by groups.
    matches: Vec<([usize; 2], f64, Option<bool>)>,
}

impl<'a> Groups<'a> {
    fn new(found: &'a [Match]) -> Self {
        let mut ids: Vec<&str> =
            found.iter().flat_map(|one| one.ids.iter().map(String::as_str)).collect();
        ids.sort_unstable();
        ids.dedup();
        let place = |id: &String| ids.binary_search(&id.as_str()).expect("all ids are listed");
        let copies = found.iter().filter(|one| one.value == f64::INFINITY);
        let copies = copies.map(|one| one.ids.each_ref().map(|id| place(id) as u32).into());
        let first: Vec<usize> =
            together(ids.len(), copies).into_iter().map(|i| i as usize).collect();
        let of_groups = |one: &Match| {
            let mut groups = one.ids.each_ref().map(|id| first[place(id)]);
            groups.sort_unstable();
            (groups, one.value, one.grouped)
        };
        let mut matches: Vec<_> =
            found.iter().map(of_groups).filter(|([a, b], ..)| a != b).collect();
        matches.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)).then(b.2.cmp(&a.2)));
        matches.dedup_by_key(|found| found.0);
        Self { ids, first, matches }
    }

    /// The group of an article of the matches.
    fn of(&self, id: &str) -> Option<usize> {
        self.ids.binary_search(&id).ok().map(|at| self.first[at])
    }

    /// What became of a labelled pair; `None` without a match.
    fn judge_pair(&self, pair: &Pair) -> Option<Judged> {
        let [a, b] = pair.find(|id| self.of(id));
        let (a, b) = (a?, b?);
        let (value, grouped) = if a == b {
            (f64::INFINITY, Some(true))
        } else {
            let at = self.matches.binary_search_by_key(&[a.min(b), a.max(b)], |found| found.0);
            let (_, value, grouped) = self.matches[at.ok()?];
            (value, grouped)
        };
        Some(Judged { value, grouped, made: 1, right: u64::from(pair.together) })
    }

    /// All matches of labelled articles, and all groups of them.
    fn judge_all(&self, rows: &[Labelled]) -> Vec<Judged> {
        let mut clusters: Vec<Vec<&str>> = vec![Vec::new(); self.ids.len()];
        for row in rows {
            if let Some(group) = self.of(&row.id) {
                clusters[group].push(&row.cluster);
            }
        }
        clusters.iter_mut().for_each(|names| names.sort_unstable());
        let copies = clusters.iter().map(|names| {
            let right = names.chunk_by(|a, b| a == b).map(|run| pairs_of(run.len())).sum();
            let made = pairs_of(names.len());
            Judged { value: f64::INFINITY, grouped: Some(true), made, right }
        });
        let across = self.matches.iter().map(|&([a, b], value, grouped)| {
            let (a, b) = (&clusters[a], &clusters[b]);
            let same =
                |name: &&str| b.partition_point(|n| n <= name) - b.partition_point(|n| n < name);
            let right = a.iter().map(same).sum::<usize>() as u64;
            Judged { value, grouped, made: (a.len() * b.len()) as u64, right }
        });
        copies.chain(across).filter(|found| found.made > 0).collect()
    }
}

fn pairs_of(n: usize) -> u64 {
    (n * n.saturating_sub(1) / 2) as u64
}

/// How many pairs of articles are in one cluster.
fn pairs_inside(rows: &[Labelled]) -> u64 {
    let mut names: Vec<&str> = rows.iter().map(|row| row.cluster.as_str()).collect();
    names.sort_unstable();
    names.chunk_by(|a, b| a == b).map(|run| pairs_of(run.len())).sum()
}

/// The matches of this level.
fn matches(rows: Rows<5>, column: &str, level: &str) -> Result<Vec<Match>> {
    let Rows { header, rows } = rows;
    // Without a header a number that no record has is a column that is not there.
    let has_number = || rows.is_empty() || rows.iter().any(|(_, row)| row[2].is_some());
    match header {
        Some([true, true, true, ..]) => {}
        Some(_) => bail!("no columns article_id_a, article_id_b and {column}"),
        None if has_number() => {}
        None => bail!("no record has a {column}"),
    }
    let mut found = Vec::new();
    for (number, row) in rows {
        found.extend(read_match(row, column, level).with_context(|| format!("record {number}"))?);
    }
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
        Some("exact") => f64::INFINITY,
        Some("near" | "editor") if is_story => f64::INFINITY,
        Some("story" | "editor") if !is_story => return Ok(None),
        _ => number,
    };
    // Whether two are grouped is said of stories.
    let grouped = grouped.filter(|_| is_story).map(|flag| flag == "true");
    Ok(Some(Match { ids: [a, b], value, grouped }))
}
