//! Each stage on one made-up corpus of 5,000 articles; figures are articles a second. `cargo bench --bench stages`

#![allow(missing_docs)]

mod corpus;

use std::convert::Infallible;
use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use samestory::kernel::buckets::items;
use samestory::kernel::components::Components;
use samestory::kernel::hash::hash;
use samestory::kernel::sort::Sorter;
use samestory::kernel::time::TimeFactor;
use samestory::params::Params;
use samestory::stages::headline::Headline;
use samestory::stages::neighbours;
use samestory::stages::reach::Times;
use samestory::stages::sketch::{Sketch, sketch};
use samestory::stages::terms::{Lexicon, Term};
use samestory::stages::verify::{self, Compared};
use samestory::stages::weights::{Vectors, select};
use samestory::stages::{candidates, clean, crowd, duplicates, shingle};
use samestory::text::language::detect;
use samestory::text::words::Words;

const ARTICLES: usize = 5_000;

/// Everything that the stages pass on.
struct Passed {
    cleaned: Vec<(String, String)>,
    hashes: Vec<Vec<u64>>,
    shingles: Vec<Vec<u32>>,
    sketches: Vec<Option<Sketch>>,
    terms: Vec<Vec<Term>>,
    times: Times,
}

fn tokenise<'a>(words: &'a mut Words, (title, text): &(String, String)) -> (usize, &'a Words) {
    words.clear();
    words.add(title);
    let title = words.list().len();
    words.add(text);
    (title, words)
}

fn passed(articles: &[samestory::model::Article]) -> Passed {
    let (mut words, mut lexicon) = (Words::default(), Lexicon::default());
    let mut sorter = Sorter::default();
    let mut p = Passed {
        cleaned: vec![],
        hashes: vec![],
        shingles: vec![],
        sketches: vec![],
        terms: vec![],
        times: Times::default(),
    };
    // Reports stand in the order of time.
    let mut articles: Vec<_> = articles.iter().collect();
    articles.sort_by_key(|a| (a.published, &a.id));
    for article in articles {
        let cleaned = clean::clean(&article.title, &article.text);
        let cleaned = (cleaned.title.to_string(), cleaned.text.to_string());
        let (title, words) = tokenise(&mut words, &cleaned);
        let mut hashes = Vec::new();
        shingle::shingle(&words.list()[title..], &mut hashes);
        p.terms.push(select(lexicon.terms(words, title, detect(words, &cleaned.1))));
        p.shingles.push(shingle::set(&hashes, &mut sorter).to_vec());
        p.sketches.push(sketch(&hashes));
        p.hashes.push(hashes);
        p.cleaned.push(cleaned);
        p.times.seconds.extend(article.published.map(|time| time.as_second()));
        p.times.stamped.push(false);
        p.times.identities.push(hash(article.id.as_bytes()));
    }
    p
}

fn stages(c: &mut Criterion) {
    let articles = corpus::corpus(ARTICLES, 1);
    let p = passed(&articles);
    let sketches: Vec<Option<&Sketch>> = p.sketches.iter().map(Option::as_ref).collect();
    let mut bench = c.benchmark_group("stage");
    bench
        .sample_size(10)
        .measurement_time(Duration::from_secs(2))
        .warm_up_time(Duration::from_millis(300));
    bench.throughput(Throughput::Elements(ARTICLES as u64));
    bench.bench_function("clean", |b| {
        b.iter(|| {
            articles.iter().map(|a| clean::clean(&a.title, &a.text).text.len()).sum::<usize>()
        });
    });
    let mut words = Words::default();
    bench.bench_function("words", |b| {
        b.iter(|| p.cleaned.iter().map(|a| tokenise(&mut words, a).0).sum::<usize>());
    });
    bench.bench_function("words, shingle", |b| {
        let (mut hashes, mut sorter) = (Vec::new(), Sorter::default());
        b.iter(|| {
            for article in &p.cleaned {
                let (title, words) = tokenise(&mut words, article);
                shingle::shingle(&words.list()[title..], &mut hashes);
                black_box(shingle::set(&hashes, &mut sorter));
            }
        });
    });
    let mut lexicon = Lexicon::default();
    bench.bench_function("words, terms", |b| {
        b.iter(|| {
            for article in &p.cleaned {
                let (title, words) = tokenise(&mut words, article);
                black_box(select(lexicon.terms(words, title, detect(words, &article.1))));
            }
        });
    });
    bench.bench_function("sketch", |b| {
        b.iter(|| p.hashes.iter().filter_map(|h| sketch(h)).fold(0, |x, s| x ^ s.lead[0]));
    });
    bench.bench_function("candidates", |b| b.iter(|| candidates::propose(&sketches)));
    let params = Params::default();
    let copy = |(i, shingles): (usize, &Vec<u32>)| (i as u64 + 1, shingles.clone());
    let owned: Vec<(u64, Vec<u32>)> = p.shingles.iter().enumerate().map(copy).collect();
    let copies: Vec<Compared> = owned
        .iter()
        .zip(&p.times.seconds)
        .map(|((content, shingles), &time)| Compared {
            shingles,
            details: &[],
            headline: Headline::new(&[]),
            time: Some(time),
            content: *content,
        })
        .collect();
    bench.bench_function("verify", |b| {
        b.iter(|| {
            copies
                .windows(2)
                .filter(|w| verify::near(&w[0], &w[1], &params).strength >= 1.0)
                .count()
        });
    });
    let sizes: Vec<u32> = p.shingles.iter().map(|set| set.len() as u32).collect();
    let proposed = duplicates::propose(&sketches, &sizes, &params);
    bench.bench_function("duplicates", |b| {
        b.iter(|| {
            let pairs = proposed.pairs.iter().map(|&pair| items(pair));
            let components = Components::new(copies.len(), pairs, 1, |_| 0);
            let pairs = components.sort(&proposed.pairs, |&pair| items(pair).0);
            let copy = |i: u32| &copies[i as usize];
            let examine =
                |pairs: &[u64]| Ok::<_, Infallible>(duplicates::examine(pairs, copy, &params));
            let Ok(found) = duplicates::find(pairs, &components, Vec::new(), examine);
            found
        });
    });
    let weigh = || {
        let mut vectors = Vectors::with_lengths(p.terms.iter().map(Vec::len));
        p.terms.iter().enumerate().for_each(|(i, terms)| vectors.fill(i, terms));
        vectors
    };
    bench.bench_function("weights", |b| b.iter(weigh));
    let (vectors, factor) = (weigh(), TimeFactor::new(params.window_days));
    bench
        .bench_function("neighbours", |b| b.iter(|| neighbours::find(&vectors, &p.times, &factor)));
    let found = neighbours::find(&vectors, &p.times, &factor);
    bench.bench_function("crowd", |b| b.iter(|| crowd::correct(&vectors, &found, p.times.undated)));
}

criterion_group!(benches, stages);
criterion_main!(benches);
