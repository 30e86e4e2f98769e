//! What `evaluate --sweep` can vary: the parameters of a run, and the numbers of matches.

use std::str::FromStr;

use anyhow::{Context as _, Error, Result, bail, ensure};

use super::values::Days;
use crate::params::Params;

/// Something that can be set to a number.
#[derive(Debug)]
pub(super) struct Knob {
    /// The option, or the column of `--layout pairs`.
    pub(super) name: &'static str,
    /// The parameter; `None` for a column.
    pub(super) field: Option<fn(&mut Params) -> &mut f64>,
    least: f64,
    most: f64,
    /// What is swept when nothing is said.
    usual: &'static str,
}

const WINDOW: &str = "window";

const KNOBS: &[Knob] = &[
    of_run("story-cut", -1.0, 1.0, "0..0.1:0.01", |params| &mut params.story_cut),
    of_run("min-similarity", 0.0, 1.0, "0.05..0.4:0.05", |params| &mut params.min_similarity),
    of_run("min-resemblance", 0.0, 1.0, "0.1..0.9:0.1", |params| &mut params.min_resemblance),
    of_run("min-containment", 0.0, 1.0, "0.1..0.9:0.1", |params| &mut params.min_containment),
    of_run(WINDOW, 0.01, 1e6, "1d..14d:1d", |params| &mut params.window_days),
    of_file("similarity"),
    of_file("resemblance"),
    of_file("containment"),
    of_file("cosine"),
];

const fn of_run(
    name: &'static str,
    least: f64,
    most: f64,
    usual: &'static str,
    field: fn(&mut Params) -> &mut f64,
) -> Knob {
    Knob { name, field: Some(field), least, most, usual }
}

const fn of_file(name: &'static str) -> Knob {
    Knob { name, field: None, least: 0.0, most: 1.0, usual: "0..1:0.05" }
}

impl Knob {
    /// Values as they would be typed, all with as many decimals as one of them needs.
    pub(super) fn show(&self, values: impl Iterator<Item = f64> + Clone) -> Vec<String> {
        if self.name == WINDOW {
            return values.map(|value| Days(value).to_string()).collect();
        }
        let decimals = |value: f64| value.to_string().split_once('.').map_or(0, |(_, d)| d.len());
        let most = values.clone().map(decimals).max().unwrap_or(0);
        values.map(|value| format!("{value:.most$}")).collect()
    }

    fn parse(&self, typed: &str) -> Result<f64> {
        let is_time = self.name == WINDOW && typed.ends_with(['d', 'h']);
        if is_time { Ok(typed.parse::<Days>()?.0) } else { Ok(typed.parse()?) }
    }
}

/// A knob and the values to try, ascending; typed as `KNOB` or `KNOB=FROM..TO:STEP`.
#[derive(Debug, Clone)]
pub(super) struct Sweep {
    pub(super) knob: &'static Knob,
    pub(super) values: Vec<f64>,
}

/// More values than this are a slip of the finger.
const MOST_VALUES: f64 = 1000.0;

impl FromStr for Sweep {
    type Err = Error;

    fn from_str(typed: &str) -> Result<Self> {
        let (name, range) =
            typed.split_once('=').map_or((typed, None), |(name, range)| (name, Some(range)));
        let Some(knob) = KNOBS.iter().find(|knob| knob.name == name) else {
            let names: Vec<&str> = KNOBS.iter().map(|knob| knob.name).collect();
            bail!("no knob `{name}`: there are {}", names.join(", "));
        };
        Ok(Self { knob, values: values(knob, range.unwrap_or(knob.usual))? })
    }
}

fn values(knob: &Knob, range: &str) -> Result<Vec<f64>> {
    let how = "give a range as in story-cut=0..0.1:0.01";
    let (ends, step) =
        range.split_once(':').map_or((range, None), |(ends, step)| (ends, Some(step)));
    let (from, to) = ends.split_once("..").context(how)?;
    let (from, to) = (knob.parse(from).context(how)?, knob.parse(to).context(how)?);
    let Knob { name, least, most, .. } = knob;
    let allowed = least..=most;
    ensure!(allowed.contains(&&from) && allowed.contains(&&to), "{name} is {least} to {most}");
    ensure!(from <= to, "the range ends before it begins");
    let tenth = || if from < to { (to - from) / 10.0 } else { 1.0 };
    let step = step.map(|step| knob.parse(step).context(how)).transpose()?.unwrap_or_else(tenth);
    ensure!(step > 0.0 && step.is_finite(), "the step must be more than none");
    let steps = ((to - from) / step + 1e-9).floor();
    ensure!(steps < MOST_VALUES, "more than {MOST_VALUES} values");
    // Rounded, so that 3 x 0.01 is the 0.03 that people type, days to parts of an hour; adding zero takes the sign off a zero.
    let parts = if *name == WINDOW { 24e9 } else { 1e9 };
    let value = |i: u32| ((from + f64::from(i) * step) * parts).round() / parts + 0.0;
    Ok((0..=steps as u32).map(value).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn swept(typed: &str) -> Vec<f64> {
        typed.parse::<Sweep>().unwrap().values
    }

    #[test]
    fn ranges_hold_both_ends() {
        assert_eq!(swept("story-cut=0..0.04:0.01"), [0.0, 0.01, 0.02, 0.03, 0.04]);
        assert_eq!(swept("story-cut=-0.1..0.1:0.1"), [-0.1, 0.0, 0.1]);
        assert_eq!(swept("window=12h..2d:18h"), [0.5, 1.25, 2.0]);
        assert_eq!(swept("cosine=0.2..0.2"), [0.2]);
        assert_eq!(swept("cosine=0..1:0.4"), [0.0, 0.4, 0.8]);
        assert_eq!(swept("similarity=0..1").len(), 11);
    }

    #[test]
    fn hours_are_those_that_people_type() {
        let shown = |typed: &str| {
            let Sweep { knob, values } = typed.parse().unwrap();
            knob.show(values.into_iter())
        };
        let every_four = ["12h", "16h", "20h", "1d", "28h", "32h", "36h", "40h", "44h", "2d"];
        assert_eq!(shown("window=12h..48h:4h"), every_four);
        assert_eq!(
            shown("window=1..1.4"),
            [
                "1d", "24.96h", "25.92h", "26.88h", "27.84h", "28.8h", "29.76h", "30.72h",
                "31.68h", "32.64h", "33.6h"
            ]
        );
        assert_eq!(swept("window=16h..16h"), ["16h".parse::<Days>().unwrap().0]);
        assert_eq!(
            swept("window=12h..20h:4h")[1..],
            ["16h", "20h"].map(|typed| typed.parse::<Days>().unwrap().0)
        );
    }

    #[test]
    fn what_is_usual_can_be_typed() {
        for knob in KNOBS {
            assert!(swept(knob.name).len() > 5, "{}", knob.name);
        }
    }

    #[test]
    fn nonsense_is_not_taken() {
        for typed in [
            "",
            "cut",
            "story-cut=",
            "story-cut=0",
            "story-cut=0..",
            "story-cut=1..0",
            "story-cut=0..2",
            "story-cut=0..NaN",
            "story-cut=0..1:0",
            "story-cut=0..1:-1",
            "story-cut=0..1:NaN",
            "story-cut=0..1:1e-9",
            "cosine=0d..1d",
            "score",
            "window=0..7",
        ] {
            assert!(typed.parse::<Sweep>().is_err(), "{typed}");
        }
    }
}
