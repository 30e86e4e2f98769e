//! Groups that merge in rounds beside all averages computed anew in every round from the pairs themselves.
#![no_main]

use std::cmp::Ordering;
use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use samestory::kernel::linkage::{Average, Edge, group};

/// The average between two groups as sum and number of pairs, if there is an edge between them.
fn between(
    x: &[u32],
    y: &[u32],
    edges: &[Edge],
    penalties: &[i64],
    average: Average,
) -> Option<(i128, i128)> {
    let joins =
        |e: &&Edge| x.contains(&e.a) && y.contains(&e.b) || x.contains(&e.b) && y.contains(&e.a);
    let found: Vec<&Edge> = edges.iter().filter(joins).collect();
    let of = |group: &[u32]| group.iter().map(|&i| penalties[i as usize]).sum::<i64>();
    let penalty = of(x) * y.len() as i64 + of(y) * x.len() as i64;
    let sum = found.iter().map(|e| e.sum).sum::<i64>() - penalty;
    let pairs = match average {
        Average::AllPairs => x.len() * y.len(),
        Average::ExaminedPairs => found.iter().map(|e| e.examined as usize).sum(),
    };
    (!found.is_empty()).then_some((sum.into(), pairs as i128))
}

fn slow(penalties: &[i64], edges: &[Edge], cut: i64, average: Average) -> Vec<u32> {
    let mut groups: Vec<Vec<u32>> = (0..penalties.len() as u32).map(|i| vec![i]).collect();
    loop {
        let nearest = |i: usize| {
            let near = |j: usize| {
                let (sum, pairs) = between(&groups[i], &groups[j], edges, penalties, average)?;
                (sum >= i128::from(cut) * pairs).then_some((sum, pairs, j))
            };
            // Among equals the pair with the lowest items: groups are in the order of their lowest items.
            let closer = |x: &(i128, i128, usize), y: &(i128, i128, usize)| match (x.0 * y.1)
                .cmp(&(y.0 * x.1))
            {
                Ordering::Equal => y.2.cmp(&x.2),
                other => other,
            };
            (0..groups.len()).filter(|&j| j != i).filter_map(near).max_by(closer).map(|(.., j)| j)
        };
        let nearest: Vec<Option<usize>> = (0..groups.len()).map(nearest).collect();
        let mutual: Vec<(usize, usize)> = (0..groups.len())
            .filter_map(|i| nearest[i].filter(|&j| i < j && nearest[j] == Some(i)).map(|j| (i, j)))
            .collect();
        if mutual.is_empty() {
            break;
        }
        for (i, j) in mutual {
            let gone = std::mem::take(&mut groups[j]);
            groups[i].extend(gone);
        }
        groups.retain(|group| !group.is_empty());
    }
    let mut label = vec![0; penalties.len()];
    for group in groups {
        let lowest = *group.iter().min().unwrap();
        group.into_iter().for_each(|i| label[i as usize] = lowest);
    }
    label
}

fuzz_target!(|input: (Vec<(u8, u8, u8)>, Vec<u8>, u8, bool)| {
    let (pairs, penalties, cut, examined) = input;
    let average = if examined { Average::ExaminedPairs } else { Average::AllPairs };
    let n = 14;
    let penalty = |i: usize| {
        if examined { 0 } else { i64::from(penalties.get(i).copied().unwrap_or(0)) / 16 }
    };
    let penalties: Vec<i64> = (0..n).map(penalty).collect();
    let mut edges = BTreeMap::new();
    for (a, b, sum) in pairs.into_iter().take(60) {
        let (a, b) = (u32::from(a) % n as u32, u32::from(b) % n as u32);
        if a != b {
            edges.insert((a.min(b), a.max(b)), i64::from(sum));
        }
    }
    let edges: Vec<Edge> =
        edges.into_iter().map(|((a, b), sum)| Edge { a, b, sum, examined: 1 }).collect();
    let cut = i64::from(cut).max(1);
    let fast = group(&penalties, edges.iter().copied(), cut, average).label;
    assert_eq!(fast, slow(&penalties, &edges, cut, average));
});
