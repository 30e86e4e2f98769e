//! A sweep when it is done: as a table with bars, as JSON, as lines to draw.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use super::evaluate::{four, pretty, rounded, scores_json};
use super::knobs::Sweep;
use super::plot::Plot;
use super::tell::thousands;
use crate::kernel::metrics::Scores;

/// How wide a bar of F1 1 is.
const BAR: usize = 24;

/// What was measured at one value.
pub(super) struct Point {
    pub(super) value: f64,
    pub(super) scores: Scores,
    /// F1 of the pairs, where the scores are of something else.
    pub(super) pair_f1: Option<f64>,
    /// Further figures by name.
    pub(super) counts: Vec<(&'static str, u64)>,
}

/// A sweep when it is done.
pub(super) struct Swept<'a> {
    pub(super) sweep: &'a Sweep,
    /// What the scores are: `B-cubed` or `pairs`.
    pub(super) measure: &'static str,
    pub(super) points: Vec<Point>,
    /// The value in force without the sweep, and whether it is the default or was set.
    pub(super) base: Option<(f64, &'static str)>,
    /// What the run itself did, as the row of a threshold.
    pub(super) grouped: Option<Point>,
}

impl Swept<'_> {
    fn values(&self) -> impl Iterator<Item = f64> + Clone {
        self.points.iter().map(|point| point.value)
    }

    /// What is to be said of a point: whether it is among the best, and the one in force.
    fn marks(&self, point: &Point) -> Vec<&'static str> {
        let highest = self.points.iter().map(|point| rounded(point.scores.f1)).fold(0.0, f64::max);
        let base = self.base.filter(|(base, _)| *base == point.value).map(|(_, word)| word);
        (rounded(point.scores.f1) == highest).then_some("best").into_iter().chain(base).collect()
    }

    pub(super) fn text(&self, with_bars: bool) -> String {
        let knob = self.sweep.knob;
        let mut firsts = knob.show(self.values());
        firsts.extend(self.grouped.iter().map(|_| "grouped".to_owned()));
        let width = firsts.iter().map(String::len).chain([knob.name.len()]).max().unwrap_or(0);
        let mut out = format!("{} at each {}\n\n{:>width$}", self.measure, knob.name, knob.name);
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

    pub(super) fn json(&self, level: &str) -> String {
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

    pub(super) fn plot(&self, gold: &Path) -> Plot<'_> {
        let knob = self.sweep.knob;
        let line = |name, colour, of: fn(&Scores) -> f64| {
            (name, colour, self.points.iter().map(|point| of(&point.scores)).collect())
        };
        // Of several best ones that in force is shown.
        let best = self.points.iter().filter(|point| self.marks(point).contains(&"best"));
        let best = best.min_by_key(|point| self.marks(point).len() == 1);
        Plot {
            title: format!("{} over {}, by {}", self.measure, knob.name, gold.display()),
            x_label: knob.name,
            xs: self.values().zip(knob.show(self.values())).collect(),
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
