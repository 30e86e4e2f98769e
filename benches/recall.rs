//! What share of the pairs that can make a story the index proposes, against comparing all pairs.
//!
//!     cargo bench --bench recall -- INPUT...

#![allow(missing_docs, clippy::print_stdout)]

mod exact;

use samestory::kernel::hash::hash;
use samestory::kernel::linkage::{Average, Edge, group};
use samestory::kernel::metrics::agreement;
use samestory::kernel::time::TimeFactor;
use samestory::model::{Article, Grouping};
use samestory::params::Params;
use samestory::pipeline::cluster_articles;
use samestory::read;
use samestory::stages::clean;
use samestory::stages::crowd::{self, Scores};
use samestory::stages::neighbours::{self, Found, Similar};
use samestory::stages::reach::Times;
use samestory::stages::terms::{Lexicon, Term};
use samestory::stages::weights::{Vectors, select};
use samestory::text::language::{Language, detect};
use samestory::text::words::Words;

fn main() {
    let inputs: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let inputs = if inputs.is_empty() { vec!["samples/articles".to_owned()] } else { inputs };
    let chunks = read::open(&inputs, read::Options::default()).expect("the inputs are there");
    let articles = chunks.flat_map(|chunk| chunk.parse().articles).collect();
    let articles = one_of_each_group(articles);
    let (vectors, times) = prepare(&articles);
    let params = Params::default();
    let factor = TimeFactor::new(params.window_days);
    let fast = neighbours::find(&vectors, &times, &factor);
    let slow = exact::find(&vectors, &times, &factor);
    let scores = crowd::correct(&vectors, &slow, times.undated);
    let cut = params.fixed_story_cut();
    let strong: Vec<&Similar> = slow
        .similar
        .iter()
        .zip(&scores.pairs)
        .filter(|&(pair, &score)| net(&scores, pair, score) >= cut)
        .map(|(pair, _)| pair)
        .collect();
    let kept = strong.iter().filter(|pair| fast.similar.binary_search(pair).is_ok()).count();
    let each = |count: u64| count as f64 / vectors.len().max(1) as f64;
    println!("{} reports, {} pairs at or above the cut", vectors.len(), strong.len());
    println!("recall                      {:.4}", kept as f64 / strong.len().max(1) as f64);
    println!("candidates a report         {:.1}", each(fast.compared.0));
    println!("for its neighbourhood       {:.1}", each(fast.compared.1));
    let stories = [&fast, &slow].map(|found| stories(&vectors, &times, found));
    println!("agreement of the stories    {:.4}", agreement(&stories[0], &stories[1]).bcubed.f1);
}

/// Terms and times of articles, in the order of time, undated ones first.
fn prepare(articles: &[Article]) -> (Vectors, Times) {
    let mut articles: Vec<&Article> = articles.iter().collect();
    articles.sort_by_key(|a| (a.published, hash(a.id.as_bytes())));
    let (mut words, mut lexicon) = (Words::default(), Lexicon::default());
    let mut times = Times::default();
    let mut terms: Vec<Vec<Term>> = Vec::new();
    for article in articles {
        let cleaned = clean::clean(&article.title, &article.text);
        words.clear();
        words.add(&cleaned.title);
        let title = words.list().len();
        words.add(&cleaned.text);
        let language = Language::from_tag(&article.lang);
        let language = language.unwrap_or_else(|| detect(&words, &cleaned.text));
        terms.push(select(lexicon.terms(&words, title, language)));
        times.undated += usize::from(article.published.is_none());
        times.seconds.extend(article.published.map(|time| time.as_second()));
        times.stamped.push(article.published.is_none());
        times.identities.push(hash(article.id.as_bytes()));
    }
    let mut vectors = Vectors::with_lengths(terms.iter().map(Vec::len));
    terms.iter().enumerate().for_each(|(i, terms)| vectors.fill(i, terms));
    (vectors, times)
}

fn stories(vectors: &Vectors, times: &Times, found: &Found) -> Vec<u32> {
    let scores = crowd::correct(vectors, found, times.undated);
    let edges = found.similar.iter().zip(&scores.pairs);
    let edges = edges.map(|(p, &sum)| Edge { a: p.a, b: p.b, sum: sum.into(), examined: 1 });
    group(&scores.penalties, edges, Params::default().fixed_story_cut(), Average::AllPairs).label
}

/// The score of a pair less what is taken off for both sides.
fn net(scores: &Scores, pair: &Similar, score: i32) -> i64 {
    i64::from(score) - scores.penalties[pair.a as usize] - scores.penalties[pair.b as usize]
}

/// Copies folded, as they are before stories are looked for.
fn one_of_each_group(articles: Vec<Article>) -> Vec<Article> {
    let params = Params { only_duplicates: true, ..Params::default() };
    let Grouping { articles: entries, order, groups, .. } =
        cluster_articles(articles.clone(), &params).expect("there is room").grouping;
    let stand: std::collections::BTreeSet<&str> = groups[..groups.len() - 1]
        .iter()
        .map(|&g| &*entries[order[g as usize] as usize].id)
        .collect();
    articles.into_iter().filter(|a| stand.contains(a.id.as_str())).collect()
}
