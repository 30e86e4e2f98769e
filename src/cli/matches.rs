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

/// Pairs as the labels see them: one pair of articles, all pairs inside a group, or all between two groups of copies.
#[derive(Debug, Clone, Copy)]
struct Judged {
    value: f64,
    /// How many pairs these are.
    made: u64,
    /// How many of them belong together.
    right: u64,
}

/// What a threshold decides on: the matches of which the labels know something.
pub(super) struct Verdicts {
    matches: Vec<Judged>,
    /// What the run joined, where the file says so of all matches.
    grouped: Option<Vec<Judged>>,
    /// How many pairs belong together, with matches or without.
    due: u64,
}

impl Verdicts {
    /// Reads matches by the numbers of one column.
    ///
    /// At the level of stories copies are together at any threshold, and with them what an editor joined; a match of
    /// two articles is one of all their copies. At the level of near-duplicates only copies are matches. Copies that the
    /// run kept apart are two articles that match.
    ///
    /// # Errors
    /// When the file cannot be read, lacks a column, or has something else for a number.
    pub(super) fn read(path: &Path, column: &str, level: &str, gold: &Labels) -> Result<Self> {
        let columns: [&[&str]; 5] =
            [&["article_id_a"], &["article_id_b"], &[column], &["match_kind"], &["grouped"]];
        let rows = rows::read(path, columns)?;
        let found = matches(rows, column, level).with_context(|| path.display().to_string())?;
        let groups = Groups::new(&found);
        let verdicts = Self {
            matches: [groups.inside(&groups.copies, gold), groups.between(gold)].concat(),
            grouped: groups.stories.as_ref().map(|stories| groups.inside(stories, gold)),
            due: match gold {
                Labels::Pairs(pairs) => pairs.iter().filter(|pair| pair.together).count() as u64,
                Labels::Clusters(rows) => pairs_inside(rows),
            },
        };
        if verdicts.matches.is_empty() {
            bail!("{}: the labels say nothing of any of its pairs", path.display());
        }
        Ok(verdicts)
    }

    /// How well a threshold does, and how many pairs it joins.
    pub(super) fn at(&self, threshold: f64) -> (Scores, u64) {
        self.scores(self.matches.iter().filter(|found| found.value >= threshold))
    }

    /// How well the run itself did, where the file says so: its stories are what hangs together by the matches that it
    /// joined.
    pub(super) fn grouped(&self) -> Option<(Scores, u64)> {
        self.grouped.as_ref().map(|found| self.scores(found.iter()))
    }

    fn scores<'a>(&self, joined: impl Iterator<Item = &'a Judged>) -> (Scores, u64) {
        let (right, made) =
            joined.fold((0, 0), |(right, made), one| (right + one.right, made + one.made));
        (Scores::of_counts(right, made, self.due), made)
    }
}

/// The articles of the matches, copies as one; a match of one article is one of its group.
struct Groups<'a> {
    /// All ids, ascending.
    ids: Vec<&'a str>,
    /// For each id the position of the first one of its group of copies.
    copies: Vec<usize>,
    /// For each id the position of the first one of its story, where the file says what the run joined.
    stories: Option<Vec<usize>>,
    /// The groups of copies of each match with the best it has, by groups.
    matches: Vec<([usize; 2], f64)>,
}

impl<'a> Groups<'a> {
    fn new(found: &'a [Match]) -> Self {
        let mut ids: Vec<&str> =
            found.iter().flat_map(|one| one.ids.iter().map(String::as_str)).collect();
        ids.sort_unstable();
        ids.dedup();
        let place = |id: &String| ids.binary_search(&id.as_str()).expect("all ids are listed");
        let joined = |is_joined: fn(&&Match) -> bool| -> Vec<usize> {
            let pairs = found.iter().filter(is_joined);
            let pairs = pairs.map(|one| one.ids.each_ref().map(|id| place(id) as u32).into());
            together(ids.len(), pairs).into_iter().map(|i| i as usize).collect()
        };
        let copies = joined(|one| one.value == f64::INFINITY);
        let is_said = found.iter().all(|one| one.grouped.is_some());
        let stories = is_said.then(|| joined(|one| one.grouped == Some(true)));
        let of_groups = |one: &Match| {
            let mut groups = one.ids.each_ref().map(|id| copies[place(id)]);
            groups.sort_unstable();
            (groups, one.value)
        };
        let mut matches: Vec<_> =
            found.iter().map(of_groups).filter(|([a, b], _)| a != b).collect();
        matches.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
        matches.dedup_by_key(|found| found.0);
        Self { ids, copies, stories, matches }
    }

    /// The group of an article of the matches.
    fn of(&self, groups: &[usize], id: &str) -> Option<usize> {
        self.ids.binary_search(&id).ok().map(|at| groups[at])
    }

    /// The groups of the articles of a labelled pair.
    fn of_pair(&self, groups: &[usize], pair: &Pair) -> Option<[usize; 2]> {
        let [a, b] = pair.find(|id| self.of(groups, id));
        Some([a?, b?])
    }

    /// For each group the clusters of its labelled articles, ascending.
    fn clusters<'b>(&self, groups: &[usize], rows: &'b [Labelled]) -> Vec<Vec<&'b str>> {
        let mut clusters: Vec<Vec<&str>> = vec![Vec::new(); self.ids.len()];
        for row in rows {
            if let Some(group) = self.of(groups, &row.id) {
                clusters[group].push(&row.cluster);
            }
        }
        clusters.iter_mut().for_each(|names| names.sort_unstable());
        clusters
    }

    /// The labelled pairs inside groups, which are joined at any threshold.
    fn inside(&self, groups: &[usize], gold: &Labels) -> Vec<Judged> {
        let value = f64::INFINITY;
        match gold {
            Labels::Pairs(pairs) => {
                let is_inside =
                    |pair: &&Pair| self.of_pair(groups, pair).is_some_and(|[a, b]| a == b);
                pairs.iter().filter(is_inside).map(|pair| judged(value, pair)).collect()
            }
            Labels::Clusters(rows) => {
                let of_group = |names: Vec<&str>| {
                    let right = names.chunk_by(|a, b| a == b).map(|run| pairs_of(run.len())).sum();
                    Judged { value, made: pairs_of(names.len()), right }
                };
                let all = self.clusters(groups, rows).into_iter().map(of_group);
                all.filter(|found| found.made > 0).collect()
            }
        }
    }

    /// The labelled pairs between two groups of copies that match.
    fn between(&self, gold: &Labels) -> Vec<Judged> {
        match gold {
            Labels::Pairs(pairs) => {
                let of_pair = |pair: &Pair| {
                    let [a, b] = self.of_pair(&self.copies, pair)?;
                    let ends = [a.min(b), a.max(b)];
                    let at = self.matches.binary_search_by_key(&ends, |found| found.0).ok()?;
                    Some(judged(self.matches[at].1, pair))
                };
                pairs.iter().filter_map(of_pair).collect()
            }
            Labels::Clusters(rows) => {
                let clusters = self.clusters(&self.copies, rows);
                let of_match = |&([a, b], value): &([usize; 2], f64)| {
                    let (a, b) = (&clusters[a], &clusters[b]);
                    let same = |name: &&str| {
                        b.partition_point(|n| n <= name) - b.partition_point(|n| n < name)
                    };
                    let right = a.iter().map(same).sum::<usize>() as u64;
                    Judged { value, made: (a.len() * b.len()) as u64, right }
                };
                let all = self.matches.iter().map(of_match);
                all.filter(|found| found.made > 0).collect()
            }
        }
    }
}

/// A labelled pair that is joined at all thresholds up to this one.
fn judged(value: f64, pair: &Pair) -> Judged {
    Judged { value, made: 1, right: u64::from(pair.together) }
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
        None => f64::NEG_INFINITY,
        Some(typed) => typed
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite())
            .with_context(|| format!("{column} `{typed}` is not a number"))?,
    };
    let is_story = level == "story";
    let grouped = grouped.map(|flag| flag == "true");
    let value = match kind.as_deref() {
        Some("story" | "editor") if !is_story => return Ok(None),
        // Copies can be in two groups: an editor parts them, or each is closer to others than to the other one.
        _ if grouped == Some(false) => number,
        Some("exact") => f64::INFINITY,
        Some("near" | "editor") if is_story => f64::INFINITY,
        _ => number,
    };
    // Whether two are grouped is said of stories.
    let grouped = grouped.filter(|_| is_story);
    Ok(Some(Match { ids: [a, b], value, grouped }))
}
