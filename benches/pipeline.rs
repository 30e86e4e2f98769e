//! Everything from articles in memory to the grouping, by size; figures are articles a second of wall-clock time, with
//! all threads of the machine. `cargo bench --bench pipeline`

#![allow(missing_docs)]

mod corpus;

use std::time::Duration;

use criterion::{
    BatchSize, BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main,
};
use samestory::params::Params;
use samestory::pipeline::cluster_articles;

fn pipeline(c: &mut Criterion) {
    let mut bench = c.benchmark_group("pipeline");
    bench.sample_size(10).sampling_mode(SamplingMode::Flat);
    bench.measurement_time(Duration::from_secs(3)).warm_up_time(Duration::from_millis(100));
    for n in [1_000, 10_000, 50_000] {
        let articles = corpus::corpus(n, 1);
        bench.throughput(Throughput::Elements(n as u64));
        let levels = [("both levels", false), ("duplicates alone", true)];
        // A run over 50,000 takes seconds, and is measured ten times.
        for (name, only_duplicates) in levels.into_iter().take(if n > 10_000 { 1 } else { 2 }) {
            let params = Params { only_duplicates, ..Params::default() };
            bench.bench_function(BenchmarkId::new(name, n), |b| {
                b.iter_batched(
                    || articles.clone(),
                    |articles| cluster_articles(articles, &params).expect("there is room"),
                    BatchSize::PerIteration,
                );
            });
        }
    }
}

criterion_group!(benches, pipeline);
criterion_main!(benches);
