//! `samestory evaluate`: how well clusters agree with labels.

use std::fmt::Write as _;

use anyhow::{Context as _, anyhow};
use serde_json::{Value, json};

use super::args::Evaluate;
use super::cluster::{nothing_read, use_threads};
use super::exit::{Exit, Failure};
use super::labels::{self, Labelled, Labels, Met, meet};
use super::pairs::{count, pairs_json, pairs_text};
use super::seen::Seen;
use super::settings::{Layers, Setting};
use super::sweep;
use super::tell::{Tell, show, thousands};
use super::worst::Worst;
use crate::kernel::bootstrap::bcubed_interval;
use crate::kernel::metrics::{Agreement, Scores, agreement};
use crate::params::Params;
use crate::pipeline::{self, Run};
use crate::report;

pub(super) fn run(args: &Evaluate, layers: &Layers, tell: &Tell) -> Result<Exit, Failure> {
    if args.predicted.is_some() {
        no_setting(layers)?;
    }
    if let Some(asked) = &args.sweep {
        return sweep::run(args, asked.as_ref(), layers, tell);
    }
    let gold = || labels::read(&args.gold, &labels::columns(&args.level)).map_err(Failure::usage);
    let (predicted, gold) = match &args.predicted {
        Some(path) => (clusters_of_file(path, &args.level)?, gold()?),
        None => {
            // A mistake in the labels is known before the work.
            let gold = gold()?;
            use_threads(0)?;
            let progress = tell.progress("reading and grouping");
            let grouped = group(args, &args.judging.params());
            drop(progress);
            let (rows, seen) = grouped?;
            seen.say(tell);
            (rows, gold)
        }
    };
    let as_json = args.format == "json";
    let figures = match gold {
        Labels::Clusters(gold) => {
            let met = meet_some(&predicted, &gold)?;
            let worst = Worst::new(&predicted, &gold, &met, args.worst);
            let found = agreement(&met.predicted, &met.gold);
            if as_json {
                agreement_json(&found, &met, &worst)
            } else {
                agreement_text(&found, &met, &worst)
            }
        }
        Labels::Pairs(gold) => {
            let counts = count(&predicted, &gold);
            if as_json {
                pairs_json(counts, &predicted, &gold, args.worst)
            } else {
                pairs_text(counts, &predicted, &gold, args.worst)
            }
        }
    };
    show(|out| out.write_all(figures.as_bytes()))
}

/// Refuses a setting that is typed where nothing is grouped. One of the environment or of the file is for other commands, too.
fn no_setting(layers: &Layers) -> Result<(), Failure> {
    let is_typed = |setting: &Setting| setting.origin == format!("--{}", setting.name);
    let Some(typed) = layers.settings().into_iter().find(is_typed) else { return Ok(()) };
    let error = anyhow!("{} changes nothing about clusters that are there", typed.origin);
    Err(Failure::usage(error).hint("samestory evaluate GOLD --in INPUT... groups the articles"))
}

fn clusters_of_file(path: &std::path::Path, level: &str) -> Result<Vec<Labelled>, Failure> {
    match labels::read(path, &labels::columns(level)).map_err(Failure::usage)? {
        Labels::Clusters(rows) => Ok(rows),
        Labels::Pairs(_) => {
            let error = anyhow!("{}: labelled pairs are not clusters", path.display());
            Err(Failure::usage(error).hint("the clusters come first, the labels second"))
        }
    }
}

/// Groups the inputs: the clusters are read back from the very rows that `cluster` writes.
pub(super) fn group(args: &Evaluate, params: &Params) -> Result<(Vec<Labelled>, Seen), Failure> {
    let mut seen = Seen::default();
    let reader = seen.open(&args.inputs, &args.reading)?;
    let Run { grouping, mut refusals, counts, notes, .. } =
        pipeline::cluster(reader, params).map_err(Failure::aside)?;
    args.judging.refuse(&mut refusals);
    if grouping.articles.is_empty() {
        return Err(nothing_read(refusals.len()));
    }
    let mut table = Vec::new();
    let written = report::write(&mut table, &grouping, &report::Table::default());
    written.map_err(Failure::usage)?;
    let labels = labels::parse(&table, &labels::columns(&args.level));
    match labels.context("the clusters").map_err(Failure::usage)? {
        Labels::Clusters(rows) => Ok((rows, Seen { counts, notes, refusals, ..seen })),
        Labels::Pairs(_) => unreachable!("the rows of articles are no labelled pairs"),
    }
}

/// What both have; it must be something.
pub(super) fn meet_some(predicted: &[Labelled], gold: &[Labelled]) -> Result<Met, Failure> {
    let met = meet(predicted, gold);
    if met.at.is_empty() {
        return Err(Failure::usage(anyhow!(
            "the clusters and the labels have no article id in common"
        )));
    }
    Ok(met)
}

fn agreement_text(found: &Agreement, met: &Met, worst: &Worst<'_>) -> String {
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
    let (low, high) = bcubed_interval(&met.predicted, &met.gold);
    let interval = format!("  95 % within {} to {}", four(low), four(high));
    for (name, s, beside) in
        [("B-cubed", found.bcubed, interval.as_str()), ("pairwise", found.pairwise, "")]
    {
        let line = numbers(name, [s.precision, s.recall, s.f1].map(four));
        let _ = writeln!(out, "{}{beside}", line.trim_end());
    }
    out.push('\n');
    out += &numbers("", ["homogeneity", "complete", "V"].map(str::to_owned));
    out +=
        &numbers("V-measure", [found.homogeneity, found.completeness, found.v_measure].map(four));
    let _ = writeln!(out, "\nadjusted Rand index {}", four(found.adjusted_rand));
    out += &worst.text();
    out.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn agreement_json(found: &Agreement, met: &Met, worst: &Worst<'_>) -> String {
    let (low, high) = bcubed_interval(&met.predicted, &met.gold);
    let mut figures = json!({
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
    });
    figures["bcubed"]["f1_95"] = json!([rounded(low), rounded(high)]);
    worst.json(&mut figures);
    pretty(&figures)
}

pub(super) fn scores_json(scores: Scores) -> Value {
    let Scores { precision, recall, f1 } = scores;
    json!({ "precision": rounded(precision), "recall": rounded(recall), "f1": rounded(f1) })
}

pub(super) fn pretty(value: &Value) -> String {
    format!("{}\n", report::printable_json(&format!("{value:#}")))
}

pub(super) fn rounded(number: f64) -> f64 {
    // Adding zero takes the sign off a zero.
    (number * 1e4).round() / 1e4 + 0.0
}

pub(super) fn four(number: f64) -> String {
    format!("{:.4}", rounded(number))
}
