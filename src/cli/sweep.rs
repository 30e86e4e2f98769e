//! `samestory evaluate --sweep`: the measures at each value of a knob, as a table and a plot.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use serde_json::{Value, json};

use super::args::Evaluate;
use super::evaluate::{count, four, group, meet_some, pretty, rounded, scores_json};
use super::exit::{Exit, Failure};
use super::interrupt;
use super::knobs::Sweep;
use super::labels::{self, Labelled, Labels};
use super::matches::Verdicts;
use super::plot::Plot;
use super::tell::{Tell, show, thousands};
use crate::kernel::metrics::{Scores, agreement};
use crate::params::Params;
use crate::report::output::Output;

/// How wide a bar of F1 1 is.
const BAR: usize = 24;

/// What was measured at one value.
struct Point {
    value: f64,
    scores: Scores,
    /// Further figures by name.
    pair_f1: Option<f64>,
    counts: Vec<(&'static str, u64)>,
}

/// A sweep when it is done.
struct Swept<'a> {
    sweep: &'a Sweep,
    /// What the scores are: `B-cubed` or `pairs`.
    measure: &'static str,
    points: Vec<Point>,
    /// The value in force without the sweep, and whether it is the default or was set.
    base: Option<(f64, &'static str)>,
    /// What the run itself did, as the row of a threshold.
    grouped: Option<Point>,
}

pub(super) fn run(args: &Evaluate, asked: Option<&Sweep>, tell: &Tell) -> Result<Exit, Failure> {
    let usual = || usual(args).parse().expect("what is usual can be typed");
    let sweep = asked.cloned().unwrap_or_else(usual);
    check(args, &sweep)?;
    let gold = labels::read(&args.gold, &labels::columns(&args.level)).map_err(Failure::usage)?;
    let pending = interrupt::watch();
    let plot = args.plot.as_deref().map(|path| Output::open(Some(path), &pending)).transpose()?;
    let swept = match &args.predicted {
        Some(path) => of_file(path, &sweep, &args.level, &gold)?,
        None => of_runs(args, &sweep, &gold, tell)?,
    };
    if let Some(mut output) = plot {
        let picture = swept.plot(&args.gold).svg();
        output.fill(|out| out.write_all(picture.as_bytes()))?;
        output.commit()?;
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
fn check(args: &Evaluate, sweep: &Sweep) -> Result<(), Failure> {
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
    if args.inputs.iter().any(|input| input == "-") {
        let error =
            anyhow!("--sweep reads its input again and again, which standard input cannot be");
        return Err(Failure::usage(error).hint("put the articles into a file first"));
    }
    let Some(plot) = &args.plot else { return Ok(()) };
    if plot == Path::new("-") {
        return Err(Failure::usage(anyhow!("two outputs cannot share standard output"))
            .hint("name a file with --plot"));
    }
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let inputs = args.inputs.iter().map(PathBuf::from);
    let read: Vec<PathBuf> =
        inputs.chain(args.predicted.clone()).chain([args.gold.clone()]).collect();
    if plot.is_file() && read.iter().any(|path| real(path) == real(plot)) {
        let shown = plot.display();
        return Err(Failure::usage(anyhow!("{shown}: the output would replace an input")));
    }
    Ok(())
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
    let progress = tell.progress("sweeping");
    let mut points = Vec::new();
    let mut refused = None;
    for value in values {
        *field(&mut params) = value;
        let (predicted, refusals) = group(args, &params)?;
        refused.get_or_insert(refusals);
        points.push(measure(value, &predicted, gold)?);
    }
    drop(progress);
    tell.refusals(&refused.unwrap_or_default());
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

impl Swept<'_> {
    /// What is to be said of a point: whether it is among the best, and the one in force.
    fn marks(&self, point: &Point) -> Vec<&'static str> {
        let highest = self.points.iter().map(|point| rounded(point.scores.f1)).fold(0.0, f64::max);
        let base = self.base.filter(|(base, _)| *base == point.value).map(|(_, word)| word);
        (rounded(point.scores.f1) == highest).then_some("best").into_iter().chain(base).collect()
    }

    fn text(&self, with_bars: bool) -> String {
        let knob = self.sweep.knob;
        let shown: Vec<String> = self.points.iter().map(|point| knob.show(point.value)).collect();
        let rest = self.grouped.iter().map(|_| "grouped".to_owned());
        let firsts: Vec<String> = shown.into_iter().chain(rest).collect();
        let width = firsts.iter().map(String::len).chain([knob.name.len()]).max().unwrap_or(0);
        let mut out = format!("{} precision, recall and F1\n\n{:>width$}", self.measure, knob.name);
        let Some(first) = self.points.first() else { return out };
        for name in ["precision", "recall", "F1"] {
            let _ = write!(out, "{name:>11}");
        }
        let counts = first.counts.iter().map(|(name, _)| *name);
        for name in first.pair_f1.map(|_| "pair F1").into_iter().chain(counts) {
            let _ = write!(out, "{name:>10}");
        }
        out.push('\n');
        for (label, point) in firsts.iter().zip(self.points.iter().chain(&self.grouped)) {
            let _ = write!(out, "{label:>width$}");
            let Scores { precision, recall, f1 } = point.scores;
            for number in [precision, recall, f1] {
                let _ = write!(out, "{:>11}", four(number));
            }
            let counts = point.counts.iter().map(|(_, count)| thousands(*count));
            for cell in point.pair_f1.map(four).into_iter().chain(counts) {
                let _ = write!(out, "{cell:>10}");
            }
            let bar = if with_bars { format!("  {:BAR$}", bar(f1)) } else { String::new() };
            let marks = if label == "grouped" { Vec::new() } else { self.marks(point) };
            let _ = write!(out, "{bar}  {}", marks.join(", "));
            out.truncate(out.trim_end().len());
            out.push('\n');
        }
        out
    }

    fn json(&self, level: &str) -> String {
        let figures = |point: &Point| -> Value {
            let mut value = json!({ "scores": scores_json(point.scores) });
            for (name, count) in &point.counts {
                value[*name] = (*count).into();
            }
            if let Some(f1) = point.pair_f1 {
                value["pair_f1"] = rounded(f1).into();
            }
            value
        };
        let points = self.points.iter().map(|point| {
            let mut value = figures(point);
            value["value"] = point.value.into();
            value["marks"] = self.marks(point).into();
            value
        });
        pretty(&json!({
            "knob": self.sweep.knob.name,
            "level": level,
            "measure": self.measure,
            "points": points.collect::<Vec<_>>(),
            "grouped": self.grouped.as_ref().map(figures),
        }))
    }

    fn plot(&self, gold: &Path) -> Plot<'_> {
        let knob = self.sweep.knob;
        let line = |name, colour, of: fn(&Scores) -> f64| {
            (name, colour, self.points.iter().map(|point| of(&point.scores)).collect())
        };
        let best = self.points.iter().find(|point| self.marks(point).contains(&"best"));
        Plot {
            title: format!("{} over {}, by {}", self.measure, knob.name, gold.display()),
            x_label: knob.name,
            xs: self.points.iter().map(|p| (p.value, knob.show(p.value))).collect(),
            lines: vec![
                line("precision", "#0072b2", |scores| scores.precision),
                line("recall", "#d55e00", |scores| scores.recall),
                line("F1", "#222222", |scores| scores.f1),
            ],
            marks: best.map(|point| (point.value, "best")).into_iter().chain(self.base).collect(),
        }
    }
}

/// A share as a bar, to an eighth of a character.
fn bar(share: f64) -> String {
    let eighths = (share * (BAR * 8) as f64).round() as usize;
    let rest = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8];
    "█".repeat(eighths / 8) + rest
}
