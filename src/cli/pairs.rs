//! What became of labelled pairs in clusters.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::evaluate::{four, pretty, scores_json};
use super::labels::{Labelled, Pair};
use super::tell::thousands;
use super::worst::short;
use crate::kernel::metrics::Scores;

/// What became of labelled pairs.
#[derive(Clone, Copy, Default)]
pub(super) struct Counts {
    positives: u64,
    found: u64,
    negatives: u64,
    joined: u64,
    /// Pairs of which an article was not clustered at all; they count as not joined.
    unknown: u64,
}

impl Counts {
    pub(super) fn scores(self) -> Scores {
        Scores::of_counts(self.found, self.found + self.joined, self.positives)
    }
}

/// What became of the labelled pairs in the clusters, which are sorted by id.
pub(super) fn count(predicted: &[Labelled], gold: &[Pair]) -> Counts {
    let mut counts = Counts::default();
    for pair in gold {
        let [a, b] = places(predicted, pair);
        let joined = u64::from(a.is_some() && a == b);
        counts.unknown += u64::from(a.is_none() || b.is_none());
        let (all, hit) = match pair.together {
            true => (&mut counts.positives, &mut counts.found),
            false => (&mut counts.negatives, &mut counts.joined),
        };
        *all += 1;
        *hit += joined;
    }
    counts
}

/// The clusters of the two articles of a pair, where they are known.
fn places<'a>(predicted: &'a [Labelled], pair: &Pair) -> [Option<&'a str>; 2] {
    pair.find(|id| {
        let found = predicted.binary_search_by(|row| row.id.as_str().cmp(id)).ok()?;
        Some(predicted[found].cluster.as_str())
    })
}

/// The first pairs that were judged wrongly: joined ones that belong apart, parted ones that belong together.
fn wrong<'a>(
    predicted: &'a [Labelled],
    gold: &'a [Pair],
    together: bool,
    most: usize,
) -> Vec<(&'a Pair, [Option<&'a str>; 2])> {
    let placed = gold.iter().map(|pair| (pair, places(predicted, pair)));
    let is_wrong = |(pair, [a, b]): &(&Pair, [Option<&str>; 2])| {
        pair.together == together && (a.is_some() && a == b) != together
    };
    placed.filter(is_wrong).take(most).collect()
}

pub(super) fn pairs_text(
    counts: Counts,
    predicted: &[Labelled],
    gold: &[Pair],
    worst: usize,
) -> String {
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
    for (heading, together) in [("pairs joined wrongly", false), ("pairs missed", true)] {
        let found = wrong(predicted, gold, together, worst);
        if !found.is_empty() {
            let _ = writeln!(out, "\n{heading}");
        }
        for (pair, places) in found {
            let [a, b] = pair.ids.each_ref().map(|id| short(id));
            let [p, q] = places.map(|place| place.map_or("not there".to_owned(), short));
            let _ = writeln!(out, "  {a} ({p}), {b} ({q})");
        }
    }
    out
}

pub(super) fn pairs_json(
    counts: Counts,
    predicted: &[Labelled],
    gold: &[Pair],
    worst: usize,
) -> String {
    let Counts { positives, found, negatives, joined, unknown } = counts;
    let list = |together| -> Vec<Value> {
        let found = wrong(predicted, gold, together, worst).into_iter();
        found.map(|(pair, places)| json!({ "articles": pair.ids, "clusters": places })).collect()
    };
    pretty(&json!({
        "positives": positives,
        "positives_found": found,
        "negatives": negatives,
        "negatives_joined": joined,
        "pairs_not_in_predicted": unknown,
        "pairs": scores_json(counts.scores()),
        "worst_joined": list(false),
        "worst_missed": list(true),
    }))
}
