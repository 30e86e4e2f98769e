//! `samestory evaluate --sweep`: the measures at each value of a knob, as a table and a plot.

use std::path::{Path, PathBuf};

use anyhow::anyhow;

use super::args::Evaluate;
use super::cluster::use_threads;
use super::evaluate::{group, meet_some};
use super::exit::{Exit, Failure};
use super::knobs::Sweep;
use super::labels::{self, Labelled, Labels};
use super::matches::Verdicts;
use super::pairs::count;
use super::settings::Layers;
use super::swept::{Point, Swept};
use super::tell::{Tell, show};
use super::{interrupt, targets};
use crate::kernel::metrics::{Scores, agreement};
use crate::params::Params;
use crate::report::output::Output;

pub(super) fn run(
    args: &Evaluate,
    asked: Option<&Sweep>,
    layers: &Layers,
    tell: &Tell,
) -> Result<Exit, Failure> {
    let usual = || usual(args).parse().expect("what is usual can be typed");
    let sweep = asked.cloned().unwrap_or_else(usual);
    check(args, &sweep, layers)?;
    let gold = labels::read(&args.gold, &labels::columns(&args.level)).map_err(Failure::usage)?;
    let pending = interrupt::watch();
    let plot = Output::named(args.plot.as_deref(), &pending)?;
    let swept = match &args.predicted {
        Some(path) => of_file(path, &sweep, &args.level, &gold)?,
        None => of_runs(args, &sweep, &gold, tell)?,
    };
    if let Some(output) = plot {
        let picture = swept.plot(&args.gold).svg();
        output.put(|out| out.write_all(picture.as_bytes()))?;
    }
    let with_bars = args.plot.is_none();
    let figures =
        if args.format == "json" { swept.json(&args.level) } else { swept.text(with_bars) };
    show(|out| out.write_all(figures.as_bytes()))
}

/// What `--sweep` alone means.
fn usual(args: &Evaluate) -> &'static str {
    match (args.predicted.is_some(), args.level.as_str()) {
        (true, _) => "similarity",
        (false, "story") => "story-cut",
        (false, _) => "min-resemblance",
    }
}

/// Mistakes to stop before anything is read or written.
fn check(args: &Evaluate, sweep: &Sweep, layers: &Layers) -> Result<(), Failure> {
    let name = sweep.knob.name;
    match (&args.predicted, sweep.knob.field) {
        (Some(_), Some(_)) => {
            let hint = format!("samestory evaluate GOLD --sweep {name} --in INPUT...");
            let error = anyhow!("{name} is a setting: to sweep it, the articles are grouped anew");
            return Err(Failure::usage(error).hint(hint));
        }
        (None, None) => {
            let hint = format!("samestory evaluate PAIRS GOLD --sweep {name}");
            let error = anyhow!("{name} is a column of the output of `cluster --layout pairs`");
            return Err(Failure::usage(error).hint(hint));
        }
        _ => {}
    }
    if let Some(input) = targets::only_once(&args.inputs) {
        let error = anyhow!("--sweep reads its input again and again, which {input} cannot be");
        return Err(Failure::usage(error).hint("put the articles into a file first"));
    }
    let Some(plot) = &args.plot else { return Ok(()) };
    if plot == Path::new("-") {
        return Err(Failure::usage(anyhow!("two outputs cannot share standard output"))
            .hint("name a file with --plot"));
    }
    let labels = args.predicted.iter().chain([&args.gold]).cloned();
    let files: Vec<PathBuf> = layers.files().into_iter().chain(labels).collect();
    targets::check([Some(plot)], &args.inputs, &files, None)
}

/// Judges the matches of a file at each threshold.
fn of_file<'a>(
    path: &Path,
    sweep: &'a Sweep,
    level: &str,
    gold: &Labels,
) -> Result<Swept<'a>, Failure> {
    let verdicts = Verdicts::read(path, sweep.knob.name, level, gold).map_err(|error| {
        let hint = "--sweep of a file needs an output of `cluster --layout pairs`";
        Failure::usage(error).hint(hint)
    })?;
    let point = |value: f64, (scores, joined): (Scores, u64)| Point {
        value,
        scores,
        pair_f1: None,
        counts: vec![("joined", joined)],
    };
    let points = sweep.values.iter().map(|&value| point(value, verdicts.at(value))).collect();
    let grouped = verdicts.grouped().map(|found| point(0.0, found));
    Ok(Swept { sweep, measure: "pairs", points, base: None, grouped })
}

/// Groups the inputs at each value, that in force among them.
fn of_runs<'a>(
    args: &Evaluate,
    sweep: &'a Sweep,
    gold: &Labels,
    tell: &Tell,
) -> Result<Swept<'a>, Failure> {
    let field = sweep.knob.field.expect("only settings are swept in runs");
    let mut params = args.judging.params();
    // Stories change nothing about the near-duplicates below them.
    params.only_duplicates |= args.level != "story";
    let base = *field(&mut params);
    let is_default = *field(&mut Params::default()) == base;
    let mut values = sweep.values.clone();
    values.push(base);
    values.sort_by(f64::total_cmp);
    values.dedup();
    use_threads(0)?;
    let progress = tell.progress("sweeping");
    let mut points = Vec::new();
    let mut first = None;
    for value in values {
        *field(&mut params) = value;
        let (predicted, seen) = group(args, &params)?;
        first.get_or_insert(seen);
        points.push(measure(value, &predicted, gold)?);
    }
    drop(progress);
    // The inputs are the same at each value.
    first.unwrap_or_default().say(tell);
    let measure = if matches!(gold, Labels::Pairs(_)) { "pairs" } else { "B-cubed" };
    let base = Some((base, if is_default { "default" } else { "as set" }));
    Ok(Swept { sweep, measure, points, base, grouped: None })
}

fn measure(value: f64, predicted: &[Labelled], gold: &Labels) -> Result<Point, Failure> {
    let counts = |clusters, largest| vec![("clusters", clusters), ("largest", largest)];
    Ok(match gold {
        Labels::Clusters(gold) => {
            let met = meet_some(predicted, gold)?;
            let found = agreement(&met.predicted, &met.gold);
            Point {
                value,
                scores: found.bcubed,
                pair_f1: Some(found.pairwise.f1),
                counts: counts(found.predicted_clusters, found.predicted_largest),
            }
        }
        Labels::Pairs(gold) => {
            let met = meet_some(predicted, predicted)?;
            let found = agreement(&met.predicted, &met.gold);
            Point {
                value,
                scores: count(predicted, gold).scores(),
                pair_f1: None,
                counts: counts(found.predicted_clusters, found.predicted_largest),
            }
        }
    })
}
