//! `samestory evaluate`: how well clusters agree with labels.

use std::cmp::Ordering;
use std::fmt::Write as _;

use anyhow::anyhow;
use serde_json::{Value, json};

use super::args::Evaluate;
use super::exit::{Exit, Failure};
use super::labels::{self, Labels};
use super::tell::{show, thousands};
use crate::kernel::metrics::{Agreement, Scores, agreement};

pub(super) fn run(args: &Evaluate) -> Result<Exit, Failure> {
    let columns = match args.level.as_str() {
        "story" => ["story_id", "story", "cluster"],
        _ => ["duplicate_group_id", "duplicate_group", "cluster"],
    };
    let predicted = labels::read(&args.predicted, &columns).map_err(Failure::usage)?;
    let Labels::Clusters(predicted) = predicted else {
        let error = anyhow!("{}: labelled pairs are not clusters", args.predicted.display());
        return Err(Failure::usage(error).hint("the clusters come first, the labels second"));
    };
    let gold = labels::read(&args.gold, &columns).map_err(Failure::usage)?;
    let as_json = args.format == "json";
    let figures = match gold {
        Labels::Clusters(gold) => {
            let met = meet(&predicted, &gold);
            if met.predicted.is_empty() {
                return Err(Failure::usage(anyhow!("the two files have no article id in common")));
            }
            let found = agreement(&met.predicted, &met.gold);
            if as_json { agreement_json(&found, &met) } else { agreement_text(&found, &met) }
        }
        Labels::Pairs(gold) => {
            let counts = count(&predicted, &gold);
            if as_json { pairs_json(counts) } else { pairs_text(counts) }
        }
    };
    show(|out| out.write_all(figures.as_bytes()))
}

/// The labels of the articles that both files have, and how many only one has.
struct Met {
    predicted: Vec<u32>,
    gold: Vec<u32>,
    only_predicted: u64,
    only_gold: u64,
}

/// Merges two lists that are sorted by id.
fn meet(predicted: &[(String, String)], gold: &[(String, String)]) -> Met {
    let (of_predicted, of_gold) = (numbered(predicted), numbered(gold));
    let mut met = Met { predicted: Vec::new(), gold: Vec::new(), only_predicted: 0, only_gold: 0 };
    let (mut i, mut j) = (0, 0);
    while i < predicted.len() || j < gold.len() {
        let order = match (predicted.get(i), gold.get(j)) {
            (Some(a), Some(b)) => a.0.cmp(&b.0),
            (Some(_), None) => Ordering::Less,
            (None, _) => Ordering::Greater,
        };
        match order {
            Ordering::Less => met.only_predicted += 1,
            Ordering::Greater => met.only_gold += 1,
            Ordering::Equal => {
                met.predicted.push(of_predicted[i]);
                met.gold.push(of_gold[j]);
            }
        }
        i += usize::from(order != Ordering::Greater);
        j += usize::from(order != Ordering::Less);
    }
    met
}

/// A number for each row's cluster, the same for the same name.
fn numbered(rows: &[(String, String)]) -> Vec<u32> {
    let mut names: Vec<&str> = rows.iter().map(|row| row.1.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let number =
        |name: &str| names.binary_search(&name).expect("every name is among the names") as u32;
    rows.iter().map(|row| number(&row.1)).collect()
}

/// What became of labelled pairs.
#[derive(Clone, Copy, Default)]
struct Counts {
    positives: u64,
    found: u64,
    negatives: u64,
    joined: u64,
    /// Pairs of which an article was not clustered at all; they count as not joined.
    unknown: u64,
}

impl Counts {
    fn scores(self) -> Scores {
        Scores::of_counts(self.found, self.found + self.joined, self.positives)
    }
}

fn count(predicted: &[(String, String)], gold: &[(String, String, bool)]) -> Counts {
    let cluster = |id: &str| {
        predicted.binary_search_by(|row| row.0.as_str().cmp(id)).ok().map(|i| &predicted[i].1)
    };
    let mut counts = Counts::default();
    for (a, b, together) in gold {
        let (a, b) = (cluster(a), cluster(b));
        let joined = u64::from(a.is_some() && a == b);
        counts.unknown += u64::from(a.is_none() || b.is_none());
        let (all, hit) = match together {
            true => (&mut counts.positives, &mut counts.found),
            false => (&mut counts.negatives, &mut counts.joined),
        };
        *all += 1;
        *hit += joined;
    }
    counts
}

fn agreement_text(found: &Agreement, met: &Met) -> String {
    let mut out = format!("{} articles in both files", thousands(found.items));
    for (count, file) in [(met.only_predicted, "PREDICTED"), (met.only_gold, "GOLD")] {
        if count > 0 {
            let _ = write!(out, "; {} only in {file}, not counted", thousands(count));
        }
    }
    let numbers = |name: &str, cells: [String; 3]| {
        format!("{name:<12}{:>11}{:>11}{:>11}\n", cells[0], cells[1], cells[2])
    };
    let clusters =
        |name: &str, a: u64, b: u64| numbers(name, [thousands(a), thousands(b), String::new()]);
    out += "\n\n";
    out += &numbers("", ["predicted", "gold", ""].map(str::to_owned));
    out += &clusters("clusters", found.predicted_clusters, found.gold_clusters);
    out += &clusters("largest", found.predicted_largest, found.gold_largest);
    out.push('\n');
    out += &numbers("", ["precision", "recall", "F1"].map(str::to_owned));
    for (name, s) in [("B-cubed", found.bcubed), ("pairwise", found.pairwise)] {
        out += &numbers(name, [s.precision, s.recall, s.f1].map(four));
    }
    out.push('\n');
    out += &numbers("", ["homogeneity", "complete", "V"].map(str::to_owned));
    out +=
        &numbers("V-measure", [found.homogeneity, found.completeness, found.v_measure].map(four));
    let _ = writeln!(out, "\nadjusted Rand index {}", four(found.adjusted_rand));
    out.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn agreement_json(found: &Agreement, met: &Met) -> String {
    pretty(&json!({
        "articles": found.items,
        "only_in_predicted": met.only_predicted,
        "only_in_gold": met.only_gold,
        "clusters": { "predicted": found.predicted_clusters, "gold": found.gold_clusters },
        "largest": { "predicted": found.predicted_largest, "gold": found.gold_largest },
        "bcubed": scores_json(found.bcubed),
        "pairwise": scores_json(found.pairwise),
        "adjusted_rand": rounded(found.adjusted_rand),
        "homogeneity": rounded(found.homogeneity),
        "completeness": rounded(found.completeness),
        "v_measure": rounded(found.v_measure),
    }))
}

fn pairs_text(counts: Counts) -> String {
    let Counts { positives, found, negatives, joined, unknown } = counts;
    let [positives, found, negatives, joined] =
        [positives, found, negatives, joined].map(thousands);
    let mut out = format!(
        "{found} of {positives} positive pairs found, {joined} of {negatives} negative pairs joined\n"
    );
    if unknown > 0 {
        let unknown = thousands(unknown);
        let _ =
            writeln!(out, "not joined because an article of theirs is not in PREDICTED: {unknown}");
    }
    let Scores { precision, recall, f1 } = counts.scores();
    let _ = writeln!(
        out,
        "\nprecision {}\nrecall    {}\nF1        {}",
        four(precision),
        four(recall),
        four(f1)
    );
    out
}

fn pairs_json(counts: Counts) -> String {
    let Counts { positives, found, negatives, joined, unknown } = counts;
    pretty(&json!({
        "positives": positives,
        "positives_found": found,
        "negatives": negatives,
        "negatives_joined": joined,
        "pairs_not_in_predicted": unknown,
        "pairs": scores_json(counts.scores()),
    }))
}

fn scores_json(scores: Scores) -> Value {
    let Scores { precision, recall, f1 } = scores;
    json!({ "precision": rounded(precision), "recall": rounded(recall), "f1": rounded(f1) })
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

fn rounded(number: f64) -> f64 {
    // Adding zero takes the sign off a zero.
    (number * 1e4).round() / 1e4 + 0.0
}

fn four(number: f64) -> String {
    format!("{:.4}", rounded(number))
}
