//! Rounds of mergers beside one merger at a time.

use super::*;
use proptest::prelude::*;

/// Groups that merge without any haste, averages from the pairs themselves.
struct Slow<'a> {
    constraints: &'a Constraints,
    penalties: &'a [i64],
    edges: &'a [Edge],
    cut: i64,
    average: Average,
    /// By their lowest items.
    groups: Vec<Vec<u32>>,
    mergers: Vec<Merger>,
}

/// The average between two groups, as a sum over so many pairs, and where the groups stand.
type Close = (i128, i128, usize, usize);

impl<'a> Slow<'a> {
    fn new(
        constraints: &'a Constraints,
        penalties: &'a [i64],
        edges: &'a [Edge],
        cut: i64,
        average: Average,
    ) -> Self {
        let label = together(penalties.len(), constraints.together.iter().copied());
        let items = |group| (0..).zip(&label).filter(move |(_, l)| **l == group).map(|(i, _)| i);
        let groups = (0..label.len() as u32).map(|group| items(group).collect());
        let groups = groups.filter(|group: &Vec<u32>| !group.is_empty()).collect();
        Self { constraints, penalties, edges, cut, average, groups, mergers: Vec::new() }
    }

    fn parted(&self, x: &[u32], y: &[u32]) -> bool {
        let Constraints { apart, closed, .. } = self.constraints;
        let is_shut = |g: &&Vec<u32>| g.iter().any(|i| closed.contains(i));
        let shut: Vec<u32> = self.groups.iter().filter(is_shut).flatten().copied().collect();
        let between = |(a, b)| x.contains(a) && y.contains(b) || x.contains(b) && y.contains(a);
        x.iter().chain(y).any(|i| shut.contains(i))
            || apart.iter().map(|(a, b)| (a, b)).any(between)
    }

    /// All pairs of groups that may merge.
    fn close(&self) -> Vec<Close> {
        let pairs = (0..self.groups.len()).flat_map(|i| (0..i).map(move |j| (j, i)));
        pairs.filter_map(|(i, j)| self.close_pair(i, j)).collect()
    }

    fn close_pair(&self, i: usize, j: usize) -> Option<Close> {
        let (x, y) = (&self.groups[i], &self.groups[j]);
        let between = |e: &&Edge| {
            x.contains(&e.a) && y.contains(&e.b) || y.contains(&e.a) && x.contains(&e.b)
        };
        let found: Vec<&Edge> = self.edges.iter().filter(between).collect();
        if found.is_empty() || self.parted(x, y) {
            return None;
        }
        let penalty = |x: &[u32], y: &[u32]| {
            x.iter().map(|&k| self.penalties[k as usize]).sum::<i64>() * y.len() as i64
        };
        let sum = found.iter().map(|e| e.sum).sum::<i64>() - penalty(x, y) - penalty(y, x);
        let pairs = match self.average {
            Average::AllPairs => x.len() * y.len(),
            Average::ExaminedPairs => found.iter().map(|e| e.examined as usize).sum(),
        };
        let (sum, pairs) = (i128::from(sum), pairs as i128);
        (sum >= i128::from(self.cut) * pairs).then_some((sum, pairs, i, j))
    }

    /// Merges groups, the later ones first.
    fn merge(&mut self, mut close: Vec<Close>) {
        close.sort_by_key(|&(.., j)| std::cmp::Reverse(j));
        for &(sum, pairs, i, j) in &close {
            let (into, gone) = (self.groups[i][0], self.groups[j][0]);
            self.mergers.push(Merger { into, gone, sum: sum as i64, pairs: pairs as u64 });
            let gone = std::mem::take(&mut self.groups[j]);
            self.groups[i].extend(gone);
        }
        self.groups.retain(|group| !group.is_empty());
        self.groups.iter_mut().for_each(|group| group.sort_unstable());
    }

    fn tree(self) -> Tree {
        let mut label = vec![0; self.penalties.len()];
        for group in &self.groups {
            group.iter().for_each(|&i| label[i as usize] = group[0]);
        }
        Tree { label, mergers: self.mergers }
    }

    /// One merger at a time.
    fn best_first(mut self) -> Tree {
        while let Some(best) = self.close().into_iter().reduce(closer) {
            self.merge(vec![best]);
        }
        self.tree()
    }

    /// Round after round.
    fn by_rounds(mut self) -> Tree {
        loop {
            let close = self.close();
            let nearest = |group: usize| {
                let at = |&&(.., i, j): &&Close| i == group || j == group;
                close.iter().filter(at).copied().reduce(closer)
            };
            let is_mutual = |&&c: &&Close| nearest(c.2) == Some(c) && nearest(c.3) == Some(c);
            let mutual: Vec<Close> = close.iter().filter(is_mutual).copied().collect();
            if mutual.is_empty() {
                return self.tree();
            }
            self.merge(mutual);
        }
    }
}

/// The closer of two pairs; of equally close ones that with the lowest items.
fn closer(x: Close, y: Close) -> Close {
    let order = (x.0 * y.1).cmp(&(y.0 * x.1)).then((y.2, y.3).cmp(&(x.2, x.3)));
    if order.is_lt() { y } else { x }
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
            let slow = Slow::new(&constraints, penalties, &edges, cut, average).best_first();
            prop_assert!(weakest_last(&rounds));
            prop_assert_eq!(ordered(rounds), ordered(slow));
        }
    }
}

proptest! {
    #[test]
    fn ties_go_as_in_rounds_over_all_pairs(
        raw in prop::collection::vec((0u32..12, 1u32..5, 1i64..6), 0..30),
        penalties in prop::collection::vec(0i64..2, 16),
        constraints in constraints(),
        cut in 1i64..5,
    ) {
        let edge = |(a, step, sum)| Edge { a, b: a + step, sum, examined: 1 };
        let mut edges: Vec<Edge> = raw.into_iter().map(edge).collect();
        edges.sort_by_key(|e| (e.a, e.b));
        edges.dedup_by_key(|e| (e.a, e.b));
        let none = vec![0; penalties.len()];
        for constraints in [Constraints::default(), fitting(constraints, none.len())] {
            for (penalties, average) in [(&penalties, Average::AllPairs), (&none, Average::ExaminedPairs)] {
                let rounds = group_under(&constraints, penalties, edges.iter().copied(), cut, average);
                let slow = Slow::new(&constraints, penalties, &edges, cut, average).by_rounds();
                prop_assert_eq!(ordered(rounds), ordered(slow));
            }
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

/// In rounds that look at all edges, these would take many minutes.
#[test]
fn what_merges_one_pair_a_round_costs_no_more_than_its_edges() {
    let n = 1 << 16;
    let none = vec![0; n as usize];
    let chain = |step: i64| {
        let sum = move |i: u32| 1_000_000 + step * i64::from(i);
        let edges = (0..n - 1).map(move |i| Edge { a: i, b: i + 1, sum: sum(i), examined: 1 });
        let label = |average| group(&none, edges.clone(), 800_000, average).label;
        [Average::AllPairs, Average::ExaminedPairs].map(label)
    };
    let pairs: Vec<u32> = (0..n).map(|i| i / 2 * 2).collect();
    let expected = [pairs, vec![0; n as usize]];
    assert_eq!(chain(0), expected, "all as strong");
    assert_eq!(chain(1), expected, "one stronger than the other");
}

/// As many around one, each as close to it as the other, or one closer than the other.
#[test]
fn what_grows_by_one_a_round_costs_no_more_than_what_each_brings() {
    let n = 1 << 14;
    let none = vec![0; n as usize];
    let star = |step: i64| {
        let sum = move |i: u32| 1_000_000 + step * i64::from(i);
        let around = (1..n).map(move |i| Edge { a: 0, b: i, sum: sum(i), examined: 1 });
        let beside = (1..n - 1).map(move |i| Edge { a: i, b: i + 1, sum: 900_000, examined: 1 });
        group(&none, around.chain(beside), 800_000, Average::ExaminedPairs)
    };
    for step in [0, 1, -1] {
        let tree = star(step);
        assert_eq!(tree.label, vec![0; n as usize], "step {step}");
    }
}

/// As many around one, the one of each two that is closer to it than the other apart from it.
#[test]
fn what_is_apart_costs_no_more_than_what_moves() {
    let n = 1 << 16;
    let around = (1..n).map(|i| Edge { a: 0, b: i, sum: 1_000_000 - i64::from(i), examined: 1 });
    let apart = (1..n / 2).map(|i| (2 * i - 1, 2 * i)).collect();
    let constraints = Constraints { apart, ..Constraints::default() };
    let none = vec![0; n as usize];
    let tree = group_under(&constraints, &none, around, 800_000, Average::ExaminedPairs);
    let alone = |i: &u32| i.is_multiple_of(2) && *i < n - 1;
    let expected: Vec<u32> = (0..n).map(|i| if alone(&i) { i } else { 0 }).collect();
    assert_eq!(tree.label, expected);
}
