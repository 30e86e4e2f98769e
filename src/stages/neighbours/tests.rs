//! What is found by an index equals what all pairs show. Caps are low in tests, so that crowded days occur.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::*;
use crate::kernel::hash::mix;
use crate::kernel::time::DAY;
use crate::stages::posted::POSTED;
use crate::stages::postings::Postings;
use crate::stages::reach::HUBS;
use crate::stages::terms::Term;
use proptest::prelude::*;

/// Reports of few terms and days, so that days are crowded.
fn reports() -> impl Strategy<Value = (Vectors, Times)> {
    let terms = prop::collection::btree_map(0u32..30, (1u8..40, 2u8..15), 0..20);
    let time =
        (0i64..7, prop_oneof![Just(0), 0..DAY]).prop_map(|(n, seconds)| n * n * DAY + seconds);
    let report = (prop::option::weighted(0.9, time), any::<bool>(), terms);
    prop::collection::vec(report, 0..48).prop_map(|mut all| {
        all.sort_by_key(|report| report.0);
        let mut vectors = Vectors::with_lengths(all.iter().map(|report| report.2.len()));
        let mut times = Times::default();
        for (i, (time, stamped, terms)) in all.iter().enumerate() {
            let term =
                |(&hash, &(quarters, level)): (&u32, &(u8, u8))| Term::new(hash, quarters, level);
            vectors.fill(i, &terms.iter().map(term).collect::<Vec<_>>());
            times.undated += usize::from(time.is_none());
            times.seconds.extend(time);
            times.stamped.push(*stamped);
            times.identities.push(mix(i as u64));
        }
        (vectors, times)
    })
}

/// Where a term is among those of its report, the term, and its weight.
type Posting = (usize, u32, u64);

/// What a report posts, the heaviest first.
fn posted(vectors: &Vectors, fixed: &Weights, i: usize) -> Vec<Posting> {
    let terms = vectors.dimensions(i).iter().zip(vectors.weights(fixed, i)).enumerate();
    let mut terms: Vec<(usize, u32, u16)> =
        terms.map(|(at, (&term, &weight))| (at, term, weight)).collect();
    terms.sort_by_key(|&(at, _, weight)| (Reverse(weight), at));
    terms.truncate(POSTED);
    let unit = |weight: u16| (f64::from(weight) / fixed.length(i) * 16_383.0).round() as u64;
    terms.into_iter().map(|(at, term, weight)| (at, term, unit(weight))).collect()
}

/// By which terms which reports are found for a purpose, with their weights.
fn open(posted: &[Vec<Posting>], purpose: Purpose, times: &Times) -> BTreeMap<(u32, u32), u64> {
    let mut buckets: BTreeMap<(u32, Option<i64>), Vec<_>> = BTreeMap::new();
    let day = |i: u32| times.of(i).map(|time| time.div_euclid(DAY));
    for (i, posted) in (0..).zip(posted) {
        for (_, &(_, term, weight)) in (0..).zip(posted).filter(|(rank, _)| purpose.has_rank(*rank))
        {
            buckets.entry((term, day(i))).or_default().push((
                times.identities[i as usize],
                i,
                weight,
            ));
        }
    }
    let mut open = BTreeMap::new();
    for ((term, bucket_day), mut bucket) in buckets {
        bucket.sort_unstable();
        let of_day = (0..posted.len() as u32).filter(|&i| day(i) == bucket_day).count();
        bucket.truncate(if bucket.len() > purpose.cap(of_day) { HUBS } else { bucket.len() });
        open.extend(bucket.into_iter().map(|(_, i, weight)| ((term, i), weight)));
    }
    open
}

/// As [`find`], by all pairs.
fn slow(vectors: &Vectors, times: &Times, by_gap: &TimeFactor) -> Neighbours {
    let (fixed, n) = (vectors.fixed(), vectors.len());
    let posted: Vec<_> = (0..n).map(|i| posted(vectors, &fixed, i)).collect();
    let (mut found, mut probe) = (Neighbours::default(), Probe::default());
    let sum = |own: &[Own], open: &BTreeMap<(u32, u32), u64>, other: u32| -> u64 {
        own.iter().filter_map(|&(term, weight)| Some(weight * open.get(&(term, other))?)).sum()
    };
    let around = open(&posted, Purpose::Around, times);
    for (i, posted) in posted.iter().enumerate() {
        let own: Vec<Own> = (0..)
            .zip(posted)
            .filter(|(rank, _)| Purpose::Around.has_rank(*rank))
            .map(|(_, p)| (p.1, p.2))
            .collect();
        let Neighbourhood { dated, undated } = times.neighbourhood(i as u32);
        let others = undated.chain(dated).filter(|&other| other != i).map(|other| other as u32);
        let near = others
            .filter_map(|other| Some((reach::partial(sum(&own, &around, other) as u32)?, other)));
        let near = best(&mut near.collect(), AROUND);
        found.compared.1 += near.len() as u64;
        vectors.load(&fixed, i, &mut probe);
        let mut near: Vec<(u32, i32)> =
            near.into_iter().map(|j| (j, vectors.cosine(&fixed, &probe, i, j as usize))).collect();
        keep_nearest(&mut near);
        found.local.push(&vectors.local_of(i, &near, &probe));
        near.truncate(NEAREST);
        found.nearest.push(near);
    }
    let open = open(&posted, Purpose::Matches, times);
    for (i, posted) in posted.iter().enumerate() {
        let local = vectors.weights(&found.local, i);
        let own = posted.iter().map(|&(at, term, weight)| ((term, weight as u16), local[at]));
        let own: Vec<Own> = reach::own_of(own, found.local.length(i)).collect();
        let others = times.before(i as u32, by_gap).into_iter().flatten().map(|other| other as u32);
        let factor = |other: u32| times.factor(i as u32, other, by_gap);
        let matches = others.filter_map(|other| {
            Some((reach::promise(sum(&own, &open, other), factor(other))?, other))
        });
        vectors.load(&fixed, i, &mut probe);
        for other in best_matches(&mut matches.collect()) {
            found.compared.0 += 1;
            let (cosine, factor) =
                (vectors.cosine(&fixed, &probe, i, other as usize), factor(other));
            let similar = Similar::new((i as u32, other), cosine, factor);
            found.similar.extend(reach::is_similar(cosine, factor).then_some(similar));
        }
    }
    found.similar.sort_unstable();
    found
}

proptest! {
    #[test]
    fn an_index_finds_what_all_pairs_show((vectors, times) in reports()) {
        let by_gap = TimeFactor::new(7.0);
        let (fast, slow) = (find(&vectors, &times, &by_gap), slow(&vectors, &times, &by_gap));
        prop_assert_eq!(fast.nearest, slow.nearest);
        prop_assert_eq!(fast.local.flat(), slow.local.flat());
        prop_assert_eq!(fast.similar, slow.similar);
        prop_assert_eq!(fast.compared, slow.compared);
    }
}

#[test]
fn reports_can_be_more_than_are_added_up_at_a_time() {
    let n = 2 * PLACES + 9;
    let seconds = (0..n as i64).map(|day| day * DAY).collect();
    let times = Times { undated: 0, seconds, stamped: vec![false; n], identities: vec![0; n] };
    // One term of all, and one of few.
    let steps = [1, 1000];
    let lengths = steps.map(|step| n.div_ceil(step) as u32);
    let mut postings = Postings::with_lengths(&[7, 8], &lengths);
    for (number, step) in steps.into_iter().enumerate() {
        let (reports, weights) = postings.of_mut(number);
        (0..n as u32).step_by(step).zip(reports).for_each(|(i, report)| *report = i);
        weights.fill(2);
    }
    let open = postings.lists.open(Purpose::Matches, &times);
    let (mut lists, mut sums) = (Stretches::default(), Sums::default());
    for (number, step) in (0..).zip(steps) {
        let mut found = Vec::new();
        lists.each(&open, &[(number, 3)], 5..n, (&mut sums, 1), |i, sum| found.push((i, sum)));
        let expected = (0..n as u32).step_by(step).filter(|&i| i >= 5).map(|i| (i, 6));
        assert_eq!(found, expected.collect::<Vec<_>>());
    }
}

#[test]
fn those_that_are_like_enough_are_kept_the_nearest_first() {
    let least = SIMILAR as i32;
    let mut near = vec![(1, least), (2, least - 1), (3, 30_000), (0, 30_000)];
    keep_nearest(&mut near);
    assert_eq!(near, [(0, 30_000), (3, 30_000), (1, least)]);
    let mut near: Vec<(u32, i32)> = (0..9).map(|i| (i, 30_000 + i as i32)).collect();
    keep_nearest(&mut near);
    assert_eq!(near, [(8, 30_008), (7, 30_007), (6, 30_006), (5, 30_005)]);
}
