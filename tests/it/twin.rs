//! The story level does what its formulas say: an index and limits change little against comparing all pairs.

use samestory::kernel::hash::mix;
use samestory::kernel::linkage::{Average, group};
use samestory::kernel::metrics::agreement;
use samestory::kernel::time::TimeFactor;
use samestory::params::Params;
use samestory::stages::neighbours::{self, Neighbours};
use samestory::stages::reach::Times;
use samestory::stages::support::support;
use samestory::stages::terms::Term;
use samestory::stages::{crowd, weights::Vectors};

#[path = "../../benches/exact.rs"]
mod exact;

/// A term of a report: rare ones are those of its story, less rare ones those of its affair, the others anybody's.
fn term(dice: &mut impl FnMut(u64) -> u64, story: u64) -> Term {
    let affair = story % 30;
    let (kind, number, level) = match dice(10) {
        0 | 1 => (0, story * 12 + dice(12), 15),
        2 => (1, affair * 10 + dice(10), 10),
        _ => {
            let rank = 30_000f64.powf(dice(1000) as f64 / 1000.0);
            (2, rank as u64, (rank.ln() * 1.3).min(14.0) as u8)
        }
    };
    let quarters = if kind < 2 && dice(3) == 0 { 16 } else { 4 };
    Term::new((mix(number << 2 | kind) >> 32) as u32 | 1, quarters, level)
}

/// Reports of stories that last two days each, within 60 days.
fn reports(n: usize, undated: usize) -> (Vectors, Times) {
    let mut state = 1;
    let mut dice = |sides: u64| {
        state = mix(state + 1);
        state % sides
    };
    let mut all: Vec<(Option<i64>, Vec<Term>)> = (0..n)
        .map(|i| {
            let story = dice(n as u64 / 3);
            let mut terms: Vec<Term> = (0..8 + dice(70)).map(|_| term(&mut dice, story)).collect();
            terms.sort_unstable();
            terms.dedup_by_key(|t| t.hash());
            let time = (mix(story) % (60 * 86_400) + dice(2 * 86_400)) as i64;
            ((i >= undated).then_some(time), terms)
        })
        .collect();
    all.sort_by_key(|report| report.0);
    let mut vectors = Vectors::with_lengths(all.iter().map(|report| report.1.len()));
    let mut times = Times { undated, ..Times::default() };
    for (i, (time, terms)) in all.iter().enumerate() {
        vectors.fill(i, terms);
        times.seconds.extend(time);
        times.stamped.push(time.is_none());
        times.identities.push(mix(i as u64));
    }
    (vectors, times)
}

fn stories(vectors: &Vectors, found: &Neighbours, undated: usize) -> Vec<u32> {
    let scores = crowd::correct(vectors, found, undated);
    let scored = found.similar.iter().zip(&scores.pairs).map(|(p, &score)| (p.a, p.b, score));
    let cut = Params::default().fixed_story_cut();
    let supported = support(scored.clone(), &scores.penalties, cut);
    group(&supported.penalties, supported.edges(scored), cut, Average::AllPairs).label
}

#[test]
fn an_index_finds_what_comparing_all_pairs_finds() {
    for (n, undated) in [(1_200, 0), (800, 200), (600, 600)] {
        let (vectors, times) = reports(n, undated);
        let factor = TimeFactor::new(Params::default().window_days);
        let fast = stories(&vectors, &neighbours::find(&vectors, &times, &factor), undated);
        let slow = stories(&vectors, &exact::find(&vectors, &times, &factor), undated);
        let found = agreement(&fast, &slow);
        let (f1, stories) = (found.bcubed.f1, found.gold_clusters as usize);
        assert!(n / 5 < stories && stories < n * 4 / 5, "{stories} stories of {n} reports");
        // What an index may miss are pairs that share much filler and few of their heaviest terms; these reports are
        // made of filler for the most part.
        assert!(f1 > 0.96, "{undated} of {n} undated: {f1}");
    }
}
