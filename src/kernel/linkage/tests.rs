//! Rounds of mergers beside one merger at a time.

use super::*;
use proptest::prelude::*;

/// One merger at a time, averages from the pairs themselves.
fn best_first(
    constraints: &Constraints,
    penalties: &[i64],
    edges: &[Edge],
    cut: i64,
    average: Average,
) -> Tree {
    let Constraints { together, apart, closed } = constraints;
    let mut groups: Vec<Vec<u32>> = (0..penalties.len() as u32).map(|i| vec![i]).collect();
    for (a, b) in together {
        let i = groups.iter().position(|g| g.contains(a)).unwrap();
        let first = groups.remove(i);
        match groups.iter_mut().find(|g| g.contains(b)) {
            Some(other) => other.extend(first),
            None => groups.push(first),
        }
    }
    let is_shut = |g: &&Vec<u32>| g.iter().any(|i| closed.contains(i));
    let shut: Vec<u32> = groups.iter().filter(is_shut).flatten().copied().collect();
    let parted = |x: &[u32], y: &[u32]| {
        let between = |(a, b)| x.contains(a) && y.contains(b) || x.contains(b) && y.contains(a);
        x.iter().chain(y).any(|i| shut.contains(i))
            || apart.iter().map(|(a, b)| (a, b)).any(between)
    };
    let mut mergers = Vec::new();
    loop {
        let mut best: Option<(i128, i128, usize, usize)> = None;
        for i in 0..groups.len() {
            for j in i + 1..groups.len() {
                let between = |e: &&Edge| {
                    groups[i].contains(&e.a) && groups[j].contains(&e.b)
                        || groups[j].contains(&e.a) && groups[i].contains(&e.b)
                };
                let found: Vec<&Edge> = edges.iter().filter(between).collect();
                if found.is_empty() || parted(&groups[i], &groups[j]) {
                    continue;
                }
                let all = groups[i].len() * groups[j].len();
                let penalty = |x: &[u32], y: &[u32]| {
                    x.iter().map(|&k| penalties[k as usize]).sum::<i64>() * y.len() as i64
                };
                let sum = found.iter().map(|e| e.sum).sum::<i64>()
                    - penalty(&groups[i], &groups[j])
                    - penalty(&groups[j], &groups[i]);
                let pairs = if average == Average::AllPairs {
                    all
                } else {
                    found.iter().map(|e| e.examined as usize).sum()
                };
                let (sum, pairs) = (i128::from(sum), pairs as i128);
                if sum >= i128::from(cut) * pairs
                    && best.is_none_or(|(s, p, ..)| sum * p > s * pairs)
                {
                    best = Some((sum, pairs, i, j));
                }
            }
        }
        let Some((sum, pairs, i, j)) = best else { break };
        let gone = groups.remove(j);
        let lowest = |group: &[u32]| *group.iter().min().unwrap();
        let (x, y) = (lowest(&groups[i]), lowest(&gone));
        let (sum, pairs) = (sum as i64, pairs as u64);
        mergers.push(Merger { into: x.min(y), gone: x.max(y), sum, pairs });
        groups[i].extend(gone);
    }
    let mut label = vec![0; penalties.len()];
    for group in groups {
        let lowest = *group.iter().min().unwrap();
        group.into_iter().for_each(|i| label[i as usize] = lowest);
    }
    Tree { label, mergers }
}

/// Mergers that do not build on one another may come in any order.
fn ordered(mut tree: Tree) -> Tree {
    tree.mergers.sort_by_key(|m| (m.into, m.gone));
    tree
}

/// Whether no merger of a group is weaker than its last.
fn weakest_last(tree: &Tree) -> bool {
    let group = |m: &Merger| tree.label[m.into as usize];
    let average = |m: &Merger| m.sum as f64 / m.pairs as f64;
    let last = |m: &Merger| tree.mergers.iter().rfind(|l| group(l) == group(m)).unwrap();
    tree.mergers.iter().all(|m| average(m) >= average(last(m)) - 1e-6)
}

/// So widely spread that no two averages are equal: what ties come to is a matter of the rounds.
fn inputs() -> impl Strategy<Value = (Vec<i64>, Vec<Edge>)> {
    (2usize..12).prop_flat_map(|n| {
        let penalties = prop::collection::vec(0i64..30_000_000, n);
        let edge = (0..n as u32, 0..n as u32, -50_000_000i64..400_000_000);
        (penalties, prop::collection::vec(edge, 0..30)).prop_map(|(penalties, raw)| {
            let mut edges: Vec<Edge> = raw
                .into_iter()
                .filter(|(a, b, _)| a != b)
                .map(|(a, b, sum)| Edge { a: a.min(b), b: a.max(b), sum, examined: 1 })
                .collect();
            edges.sort_by_key(|e| (e.a, e.b));
            edges.dedup_by_key(|e| (e.a, e.b));
            (penalties, edges)
        })
    })
}

/// Constraints on so many items that do not contradict one another; none of each kind as often as not.
fn constraints() -> impl Strategy<Value = Constraints> {
    let pairs = || prop::collection::vec((0u32..12, 0u32..12), 0..3);
    let closed = prop::collection::vec(0u32..12, 0..2);
    (pairs(), pairs(), closed).prop_map(|(together, apart, closed)| Constraints {
        together,
        apart,
        closed,
    })
}

/// The constraints on the items that there are, without pairs apart that are together.
fn fitting(raw: Constraints, n: usize) -> Constraints {
    let is_there = |&i: &u32| (i as usize) < n;
    let inside = |&(a, b): &(u32, u32)| a != b && is_there(&a) && is_there(&b);
    let links: Vec<(u32, u32)> = raw.together.into_iter().filter(inside).collect();
    let label = together(n, links.iter().copied());
    let apart = raw.apart.into_iter().filter(inside);
    let apart = apart.filter(|&(a, b)| label[a as usize] != label[b as usize]).collect();
    Constraints {
        together: links,
        apart,
        closed: raw.closed.into_iter().filter(is_there).collect(),
    }
}

proptest! {
    #[test]
    fn rounds_give_the_tree_of_best_first(
        (penalties, edges) in inputs(),
        raw in constraints(),
        cut in 1i64..200_000_000,
    ) {
        let none = vec![0; penalties.len()];
        let constraints = fitting(raw, none.len());
        for (penalties, average) in [(&penalties, Average::AllPairs), (&none, Average::ExaminedPairs)] {
            let rounds = group_under(&constraints, penalties, edges.iter().copied(), cut, average);
            let slow = best_first(&constraints, penalties, &edges, cut, average);
            prop_assert!(weakest_last(&rounds));
            prop_assert_eq!(ordered(rounds), ordered(slow));
        }
    }
}

proptest! {
    #[test]
    fn groups_whose_sizes_are_known_merge_as_items_do(
        (penalties, edges) in inputs(),
        cut in 1i64..200_000_000,
    ) {
        let net = |e: &Edge| e.sum - penalties[e.a as usize] - penalties[e.b as usize];
        let nearest = |i: u32| {
            let close = (0..).zip(&edges).filter(|(_, e)| (e.a == i || e.b == i) && net(e) >= cut);
            close.max_by_key(|(_, e)| net(e)).map_or(NONE, |(at, _)| at)
        };
        let n = penalties.len();
        let linkage = Linkage::new(vec![1; n], penalties.clone(), Average::AllPairs, cut);
        prop_assert_eq!(linkage.nearest(&edges), (0..n as u32).map(nearest).collect::<Vec<u32>>());
        let tree = group(&penalties, edges.iter().copied(), cut, Average::AllPairs);
        prop_assert_eq!(linkage.finish(edges), tree);
    }
}

#[test]
fn of_equally_near_groups_the_lowest_is_the_nearest() {
    let edge = |a, b| Edge { a, b, sum: 100, examined: 1 };
    let linkage = Linkage::new(vec![1; 4], vec![0; 4], Average::AllPairs, 60);
    assert_eq!(linkage.nearest(&[edge(1, 2), edge(0, 1), edge(1, 3)]), [1, 1, 0, 2]);
}

#[test]
fn a_chain_stays_a_chain() {
    let edge = |a, b| Edge { a, b, sum: 100, examined: 1 };
    let chain = (0..9).map(|i| edge(i, i + 1));
    let tree = group(&[0; 10], chain, 60, Average::AllPairs);
    assert_eq!(tree.label, [0, 0, 2, 2, 4, 4, 6, 6, 8, 8]);
}
