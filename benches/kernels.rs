//! Each kernel over a sweep of sizes, on made-up hashes. `cargo bench --bench kernels`

#![allow(missing_docs)]

use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use samestory::kernel::buckets::{Bounds, Buckets};
use samestory::kernel::cosine::Probe;
use samestory::kernel::hash::{hash, mix};
use samestory::kernel::linkage::{Average, Edge, group};
use samestory::kernel::metrics::agreement;
use samestory::kernel::{fss, sets, simhash};

fn hashes(n: u64) -> Vec<u64> {
    (0..n).map(mix).collect()
}

/// An ascending set that shares half of its elements with that of the next salt.
fn set(n: u32, salt: u32) -> Vec<u32> {
    let mut set: Vec<u32> =
        (salt * n / 2..salt * n / 2 + n).map(|i| mix(i.into()) as u32).collect();
    set.sort_unstable();
    set.dedup();
    set
}

fn texts(c: &mut Criterion) {
    let mut bench = c.benchmark_group("kernel");
    bench
        .sample_size(20)
        .measurement_time(Duration::from_secs(1))
        .warm_up_time(Duration::from_millis(300));
    for n in [30, 300, 3000] {
        let list = hashes(n);
        bench.throughput(Throughput::Elements(n));
        bench.bench_function(BenchmarkId::new("fss signature", n), |b| {
            b.iter(|| fss::signature(black_box(&list)));
        });
        bench.bench_function(BenchmarkId::new("simhash", n), |b| {
            b.iter(|| simhash::simhash(black_box(&list)));
        });
        let (x, y) = (set(n as u32, 0), set(n as u32, 1));
        bench.bench_function(BenchmarkId::new("intersection", n), |b| {
            b.iter(|| sets::intersection(black_box(&x), black_box(&y)));
        });
        let weights = vec![900u16; x.len().max(y.len())];
        let mut probe = Probe::default();
        probe.load(&x, &weights[..x.len()]);
        bench.bench_function(BenchmarkId::new("dot", n), |b| {
            b.iter(|| probe.dot(black_box(&y), &weights[..y.len()]));
        });
        let bytes = vec![b'x'; n as usize];
        bench.bench_function(BenchmarkId::new("hash", n), |b| b.iter(|| hash(black_box(&bytes))));
    }
    let pair = [fss::signature(&hashes(300)), fss::signature(&hashes(400))]
        .map(|s| s.expect("there are hashes"));
    bench.throughput(Throughput::Elements(1));
    bench.bench_function("equal slots", |b| {
        b.iter(|| fss::equal_slots(black_box(&pair[0]), black_box(&pair[1])));
    });
}

fn groups(c: &mut Criterion) {
    let mut bench = c.benchmark_group("kernel");
    bench
        .sample_size(10)
        .measurement_time(Duration::from_secs(1))
        .warm_up_time(Duration::from_millis(300));
    for n in [1_000u32, 100_000] {
        bench.throughput(Throughput::Elements(n.into()));
        let rows: Vec<(u64, u32)> =
            (0..n).map(|i| (mix(mix(i.into()) % u64::from(n)) >> 16, i)).collect();
        let propose = |mut buckets: Buckets| {
            let (mut pairs, bounds) = (Vec::new(), Bounds { hubs: 3, near: 1 });
            buckets.propose(n as usize, rows.iter().copied(), bounds, |pair| pairs.push(pair));
            pairs
        };
        bench.bench_function(BenchmarkId::new("buckets", n), |b| {
            b.iter_batched(Buckets::default, propose, BatchSize::LargeInput);
        });
        let edge = |i: u64| {
            let a = (mix(i) % u64::from(n - 10)) as u32;
            Edge {
                a,
                b: a + 1 + (mix(i + 1) % 9) as u32,
                sum: (mix(i + 2) % 60_000) as i64,
                examined: 1,
            }
        };
        let mut edges: Vec<Edge> = (0..u64::from(n) * 2).map(|i| edge(3 * i)).collect();
        edges.sort_unstable_by_key(|e| (e.a, e.b));
        edges.dedup_by_key(|e| (e.a, e.b));
        let penalties = vec![5_000; n as usize];
        let link =
            |edges: Vec<Edge>| group(&penalties, edges.iter().copied(), 2_000, Average::AllPairs);
        bench.bench_function(BenchmarkId::new("linkage", n), |b| {
            b.iter_batched(|| edges.clone(), link, BatchSize::LargeInput);
        });
        let labels = |by: u64| (0..n).map(|i| (mix(i.into()) % by) as u32).collect::<Vec<u32>>();
        let (predicted, gold) = (labels(u64::from(n) / 3), labels(u64::from(n) / 4));
        bench.bench_function(BenchmarkId::new("metrics", n), |b| {
            b.iter(|| agreement(&predicted, &gold));
        });
    }
}

criterion_group!(benches, texts, groups);
criterion_main!(benches);
