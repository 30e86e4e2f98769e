//! The worst merges and splits by name: which clusters to look at first.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::labels::{Labelled, Met};
use super::tell::{counted, thousands};
use crate::kernel::mixed::{Mixed, Part, mixed};
use crate::report::printable;

/// How many parts of a cluster are shown before the rest is counted.
const PARTS: usize = 8;

/// The most characters of a name or title that are shown.
const WIDTH: usize = 60;

/// The worst of both kinds.
pub(super) struct Worst<'a> {
    merges: Vec<Named<'a>>,
    splits: Vec<Named<'a>>,
}

/// A cluster with names instead of numbers.
struct Named<'a> {
    name: &'a str,
    items: u64,
    wrong_pairs: u64,
    parts: Vec<NamedPart<'a>>,
}

/// The articles that it shares with a cluster of the other side, one of them as an example.
struct NamedPart<'a> {
    name: &'a str,
    items: u64,
    id: &'a str,
    title: &'a str,
}

impl<'a> Worst<'a> {
    /// The at most `most` worst merges, and as many splits.
    pub(super) fn new(
        predicted: &'a [Labelled],
        gold: &'a [Labelled],
        met: &Met,
        most: usize,
    ) -> Self {
        let rows = |item: u32| {
            let [p, g] = met.at[item as usize];
            [&predicted[p], &gold[g]]
        };
        let named = |found: Mixed, ours: usize| Named {
            name: &rows(found.parts[0].first)[ours].cluster,
            items: found.items,
            wrong_pairs: found.wrong_pairs,
            parts: found
                .parts
                .into_iter()
                .map(|part: Part| {
                    let both = rows(part.first);
                    let title =
                        both.iter().map(|row| row.title.as_str()).find(|title| !title.is_empty());
                    NamedPart {
                        name: &both[1 - ours].cluster,
                        items: part.items,
                        id: &both[0].id,
                        title: title.unwrap_or_default(),
                    }
                })
                .collect(),
        };
        let worst = |ours: &[u32], theirs: &[u32], side: usize| {
            mixed(ours, theirs, most).into_iter().map(|found| named(found, side)).collect()
        };
        Self {
            merges: worst(&met.predicted, &met.gold, 0),
            splits: worst(&met.gold, &met.predicted, 1),
        }
    }

    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        let kinds = [
            ("worst merges", &self.merges, ["wrong pair", "wrong pairs"], "gold"),
            ("worst splits", &self.splits, ["missing pair", "missing pairs"], "predicted"),
        ];
        for (heading, clusters, [one, many], other) in kinds {
            if !clusters.is_empty() {
                let _ = writeln!(out, "\n{heading}");
            }
            for Named { name, items, wrong_pairs, parts } in clusters {
                let name = short(name);
                let wrong = counted(*wrong_pairs as usize, one, many);
                let items = counted(*items as usize, "article", "articles");
                let of = counted(parts.len(), "cluster", "clusters");
                let _ = writeln!(out, "  {name}: {wrong}, {items} of {of} in {other}");
                out += &table(parts);
            }
        }
        out
    }

    /// Adds both lists to the figures.
    pub(super) fn json(&self, figures: &mut Value) {
        figures["worst_merges"] =
            self.merges.iter().map(|cluster| named_json(cluster, "wrong_pairs", "gold")).collect();
        figures["worst_splits"] = self
            .splits
            .iter()
            .map(|cluster| named_json(cluster, "missing_pairs", "predicted"))
            .collect();
    }
}

/// The parts, one a line: how many articles, their cluster, an example.
fn table(parts: &[NamedPart<'_>]) -> String {
    let shown = &parts[..parts.len().min(PARTS)];
    let rows: Vec<[String; 4]> = shown
        .iter()
        .map(|part| [thousands(part.items), short(part.name), short(part.id), short(part.title)])
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let [counts, names, ids] = [0, 1, 2].map(|column| width(column).unwrap_or(0));
    let mut out = String::new();
    for [count, name, id, title] in &rows {
        let line = format!("    {count:>counts$}  {name:names$}  {id:ids$}  {title}");
        let _ = writeln!(out, "{}", line.trim_end());
    }
    if parts.len() > shown.len() {
        let _ = writeln!(out, "    and {} more", thousands((parts.len() - shown.len()) as u64));
    }
    out
}

fn named_json(cluster: &Named<'_>, cost: &str, other: &str) -> Value {
    let part = |part: &NamedPart<'_>| {
        let mut value = json!({ "cluster": part.name, "articles": part.items, "example": part.id });
        if !part.title.is_empty() {
            value["title"] = part.title.into();
        }
        value
    };
    json!({
        "cluster": cluster.name,
        "articles": cluster.items,
        cost: cluster.wrong_pairs,
        other: cluster.parts.iter().map(part).collect::<Vec<_>>(),
    })
}

/// Text from outside, safe to show, on one line and not too long.
pub(super) fn short(text: &str) -> String {
    let mut out: String = text.chars().take(WIDTH).collect();
    if out.len() < text.len() {
        out.pop();
        out.push('…');
    }
    printable(&out).into_owned()
}
