//! What share of the pairs that can make a story the index proposes, against comparing all pairs.
//!
//!     cargo bench --bench recall -- INPUT...

#![allow(missing_docs, clippy::print_stdout)]

mod exact;
mod told;

use samestory::kernel::linkage::{Average, group};
use samestory::kernel::metrics::agreement;
use samestory::kernel::time::TimeFactor;
use samestory::params::Params;
use samestory::stages::crowd::{self, Scores};
use samestory::stages::neighbours::{self, Neighbours, Similar};
use samestory::stages::reach::Times;
use samestory::stages::support::{least, support};
use samestory::stages::terms::Term;
use samestory::stages::weights::{Vectors, select};

fn main() {
    let inputs: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let inputs = if inputs.is_empty() { vec!["samples/articles".to_owned()] } else { inputs };
    let mut articles = told::articles(&inputs);
    let stands = told::copies(&articles);
    articles.retain(|article| stands[&article.id] == article.id);
    let (terms, times) = told::terms(&mut articles, told::View::default());
    let terms: Vec<Vec<Term>> = terms.into_iter().map(select).collect();
    let mut vectors = Vectors::with_lengths(terms.iter().map(Vec::len));
    terms.iter().enumerate().for_each(|(i, terms)| vectors.fill(i, terms));
    let params = Params::default();
    let factor = TimeFactor::new(params.window_days);
    let fast = neighbours::find(&vectors, &times, &factor);
    let slow = exact::find(&vectors, &times, &factor);
    let scores = crowd::correct(&vectors, &slow, times.undated);
    let least = least(params.fixed_story_cut());
    let strong: Vec<&Similar> = slow
        .similar
        .iter()
        .zip(&scores.pairs)
        .filter(|&(pair, &score)| net(&scores, pair, score) >= least)
        .map(|(pair, _)| pair)
        .collect();
    let kept = strong.iter().filter(|pair| fast.similar.binary_search(pair).is_ok()).count();
    let each = |count: u64| count as f64 / vectors.len().max(1) as f64;
    println!("{} reports, {} pairs that can matter", vectors.len(), strong.len());
    println!("recall                      {:.4}", kept as f64 / strong.len().max(1) as f64);
    println!("candidates a report         {:.1}", each(fast.compared.0));
    println!("for its neighbourhood       {:.1}", each(fast.compared.1));
    let stories = [&fast, &slow].map(|found| stories(&vectors, &times, found));
    println!("agreement of the stories    {:.4}", agreement(&stories[0], &stories[1]).bcubed.f1);
}

fn stories(vectors: &Vectors, times: &Times, found: &Neighbours) -> Vec<u32> {
    let scores = crowd::correct(vectors, found, times.undated);
    let scored = found.similar.iter().zip(&scores.pairs).map(|(p, &score)| (p.a, p.b, score));
    let cut = Params::default().fixed_story_cut();
    let supported = support(scored.clone(), &scores.penalties, cut);
    group(&supported.penalties, supported.edges(scored), cut, Average::AllPairs).label
}

/// The score of a pair less what is taken off for both sides.
fn net(scores: &Scores, pair: &Similar, score: i32) -> i64 {
    i64::from(score) - scores.penalties[pair.a as usize] - scores.penalties[pair.b as usize]
}
