//! What each choice of the story level is worth: B-cubed and pair F1 with that choice left out.
//!
//!     cargo bench --bench ablation -- SET[+SET...][:undated]...
//!
//! A SET is a JSON Lines file of articles with a `cluster`. Each variant groups at every cut, and each set is scored at
//! the cut that is best on the mean of the other sets: leave one out. Slow and plain: every pair is compared.

#![allow(missing_docs, clippy::print_stdout)]

mod exact;
mod told;

use std::collections::BTreeMap;

use samestory::kernel::linkage::{Average, Edge, group};
use samestory::kernel::metrics::agreement;
use samestory::kernel::time::TimeFactor;
use samestory::model::Article;
use samestory::params::{PRESETS, Params};
use samestory::stages::crowd;
use samestory::stages::neighbours;
use samestory::stages::support::support;
use samestory::stages::terms::Term;
use samestory::stages::weights::{Vectors, select};
use told::View;

/// Cuts that are tried, in hundredths.
const CUTS: std::ops::Range<i64> = -4..26;

/// Which choices a variant makes.
#[derive(Clone, Copy)]
struct Recipe {
    name: &'static str,
    view: View,
    fold: bool,
    time: bool,
    local: bool,
    crowding: bool,
    strangers: bool,
    support: bool,
    index: bool,
    link: Link,
}

#[derive(Clone, Copy)]
enum Link {
    Average(Average),
    /// Connected components of the pairs at or above the cut.
    Single,
}

const ALL: Recipe = Recipe {
    name: "all of it, every pair compared",
    view: View { title: true, rest: true, table: true },
    fold: true,
    time: true,
    local: true,
    crowding: true,
    strangers: true,
    support: true,
    index: false,
    link: Link::Average(Average::AllPairs),
};

const RECIPES: &[Recipe] = &[
    ALL,
    Recipe { name: "candidates by index, as in a run", index: true, ..ALL },
    Recipe { name: "title counts as text", view: View { title: false, ..ALL.view }, ..ALL },
    Recipe { name: "no text beyond 150 words", view: View { rest: false, ..ALL.view }, ..ALL },
    Recipe { name: "no table: all words alike", view: View { table: false, ..ALL.view }, ..ALL },
    Recipe { name: "copies not folded", fold: false, ..ALL },
    Recipe { name: "no fall in time within the window", time: false, ..ALL },
    Recipe { name: "no weights among neighbours", local: false, ..ALL },
    Recipe { name: "no crowding", crowding: false, strangers: false, ..ALL },
    Recipe { name: "neither of the two", local: false, crowding: false, strangers: false, ..ALL },
    Recipe { name: "nothing off for unknown neighbours", strangers: false, ..ALL },
    Recipe { name: "no support by close reports", support: false, ..ALL },
    Recipe {
        name: "average over matches only",
        link: Link::Average(Average::ExaminedPairs),
        ..ALL
    },
    Recipe { name: "connected components", link: Link::Single, ..ALL },
];

/// Articles with the stories that people put them in.
struct Labelled {
    name: String,
    articles: Vec<Article>,
    stands: BTreeMap<String, String>,
    gold: BTreeMap<String, u32>,
}

/// B-cubed and pair F1.
type Figures = (f64, f64);

fn main() {
    let sets: Vec<Labelled> =
        std::env::args().skip(1).filter(|arg| arg != "--bench").map(|arg| load(&arg)).collect();
    let names: Vec<&str> = sets.iter().map(|set| &*set.name).collect();
    println!("| | {} | mean |", names.join(" | "));
    println!("|---|{}---|", "---|".repeat(sets.len()));
    for (name, cut) in PRESETS {
        let at = (cut * 100.0).round() as i64;
        let rows =
            sets.iter().map(|set| figures(&Recipe { index: true, ..ALL }, set, at..at + 1)[0]);
        print(&format!("`--preset {name}`"), &rows.collect::<Vec<_>>());
    }
    for recipe in RECIPES.iter().filter(|_| sets.len() > 1) {
        let tried: Vec<Vec<Figures>> = sets.iter().map(|set| figures(recipe, set, CUTS)).collect();
        let left_out = |i: usize| {
            let others = |cut: usize| {
                let others = tried.iter().enumerate().filter(|(j, _)| *j != i);
                others.map(|(_, at)| at[cut].0 + at[cut].1).sum::<f64>()
            };
            let best = (0..tried[i].len()).max_by(|&x, &y| others(x).total_cmp(&others(y)));
            tried[i][best.expect("there are cuts")]
        };
        print(recipe.name, &(0..sets.len()).map(left_out).collect::<Vec<_>>());
    }
}

fn print(name: &str, figures: &[Figures]) {
    let n = figures.len() as f64;
    let mean = (
        figures.iter().map(|f| f.0).sum::<f64>() / n,
        figures.iter().map(|f| f.1).sum::<f64>() / n,
    );
    let cells = figures.iter().chain([&mean]).map(|f| format!("{:.3} / {:.3}", f.0, f.1));
    println!("| {name} | {} |", cells.collect::<Vec<_>>().join(" | "));
}

/// Reads one argument.
fn load(argument: &str) -> Labelled {
    let (paths, dates) = argument.split_once(':').unwrap_or((argument, ""));
    let paths: Vec<String> = paths.split('+').map(str::to_owned).collect();
    let mut articles = told::articles(&paths);
    if dates == "undated" {
        articles.iter_mut().for_each(|article| article.published = None);
    }
    let mut clusters: BTreeMap<String, u32> = BTreeMap::new();
    let mut gold = BTreeMap::new();
    for line in paths.iter().flat_map(|path| lines(path)) {
        let record: serde_json::Value = serde_json::from_str(&line).expect("a line of JSON");
        let field = |name: &str| record[name].as_str().unwrap_or_default().to_owned();
        let next = clusters.len() as u32;
        gold.insert(field("id"), *clusters.entry(field("cluster")).or_insert(next));
    }
    let stem = |path: &String| path.rsplit('/').next().unwrap_or(path).replace(".jsonl", "");
    let name = paths.iter().map(stem).collect::<Vec<_>>().join(" + ");
    let name = if dates.is_empty() { name } else { format!("{name}, {dates}") };
    Labelled { name, stands: told::copies(&articles), articles, gold }
}

fn lines(path: &str) -> Vec<String> {
    let text = std::fs::read_to_string(path).expect("the set is there");
    text.lines().map(str::to_owned).collect()
}

/// How well a variant does on a set, at each cut.
fn figures(recipe: &Recipe, set: &Labelled, cuts: std::ops::Range<i64>) -> Vec<Figures> {
    let mut reports = set.articles.clone();
    if recipe.fold {
        reports.retain(|article| set.stands[&article.id] == article.id);
    }
    let (terms, mut times) = told::terms(&mut reports, recipe.view);
    let terms: Vec<Vec<Term>> = terms.into_iter().map(select).collect();
    let mut vectors = Vectors::with_lengths(terms.iter().map(Vec::len));
    terms.iter().enumerate().for_each(|(i, terms)| vectors.fill(i, terms));
    if !recipe.time {
        times.stamped.fill(true);
    }
    let factor = TimeFactor::new(Params::default().window_days);
    let find = if recipe.index { neighbours::find } else { exact::find };
    let mut found = find(&vectors, &times, &factor);
    if !recipe.local {
        found.local = vectors.fixed();
    }
    if !recipe.crowding {
        found.nearest.iter_mut().for_each(Vec::clear);
    }
    let undated = if recipe.strangers { times.undated } else { 0 };
    let scores = crowd::correct(&vectors, &found, undated);
    let scored = found.similar.iter().zip(&scores.pairs).map(|(p, &score)| (p.a, p.b, score));
    let edge = |(a, b, score): (u32, u32, i32)| Edge { a, b, sum: score.into(), examined: 1 };
    let (edges, penalties): (Vec<Edge>, Vec<i64>) = match recipe.support {
        true => {
            let supported = support(scored.clone(), &scores.penalties, cuts.start * 65_536 / 100);
            (supported.edges(scored).collect(), supported.penalties)
        }
        false => (scored.map(edge).collect(), scores.penalties),
    };
    let at: BTreeMap<&str, usize> =
        reports.iter().enumerate().map(|(i, article)| (&*article.id, i)).collect();
    let gold: Vec<u32> = set.articles.iter().map(|article| set.gold[&article.id]).collect();
    let score = |cut: i64| {
        let label = link(recipe.link, &penalties, &edges, cut * 65_536 / 100);
        let of = |article: &Article| {
            let stands = if recipe.fold { &set.stands[&article.id] } else { &article.id };
            label[at[stands.as_str()]]
        };
        let found: Vec<u32> = set.articles.iter().map(of).collect();
        let agreement = agreement(&found, &gold);
        (agreement.bcubed.f1, agreement.pairwise.f1)
    };
    cuts.map(score).collect()
}

/// The lowest report of the group that each is in.
fn link(how: Link, penalties: &[i64], edges: &[Edge], cut: i64) -> Vec<u32> {
    let average = match how {
        Link::Average(average) => average,
        Link::Single => return components(penalties, edges, cut),
    };
    group(penalties, edges.iter().copied(), cut, average).label
}

fn components(penalties: &[i64], edges: &[Edge], cut: i64) -> Vec<u32> {
    let mut label: Vec<u32> = (0..penalties.len() as u32).collect();
    let root = |label: &[u32], mut i: u32| {
        while label[i as usize] != i {
            i = label[i as usize];
        }
        i
    };
    let net = |e: &&Edge| e.sum - penalties[e.a as usize] - penalties[e.b as usize] >= cut;
    for edge in edges.iter().filter(net) {
        let (a, b) = (root(&label, edge.a), root(&label, edge.b));
        label[a.max(b) as usize] = a.min(b);
    }
    (0..penalties.len() as u32).map(|i| root(&label, i)).collect()
}
