//! Texts to near-duplicate groups: propose, check, group.

use rayon::prelude::*;

use super::candidates::{self, BOUNDS, spread};
use super::sketch::Sketch;
use super::verify::{self, Copy, Near};
use crate::kernel::buckets::{self, Buckets, items};
use crate::kernel::fss::{SLOTS, equal_slots};
use crate::kernel::linkage::{Average, Constraints, Edge, group_under, together};
use crate::kernel::search::count_below;
use crate::kernel::time::ONE;
use crate::params::Params;

/// A candidate pair that the exact check looked at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Examined {
    /// The lower position.
    pub a: u32,
    /// The higher position.
    pub b: u32,
    /// Jaccard coefficient of the shingle sets.
    pub resemblance: f32,
    /// Share of the smaller shingle set found in the other.
    pub containment: f32,
    /// How far the pair is a match: from 1 on it is one, and below it is not.
    pub strength: f32,
}

impl Examined {
    /// What the check found of a pair.
    pub fn new((a, b): (u32, u32), found: Near) -> Self {
        Self {
            a,
            b,
            resemblance: found.resemblance as f32,
            containment: found.containment as f32,
            strength: found.strength as f32,
        }
    }

    /// The strength as linkage adds it up, in 1 / 65,536.
    pub fn fixed_strength(&self) -> i64 {
        (f64::from(self.strength) * ONE as f64) as i64
    }

    /// Whether the two are near-duplicates.
    pub fn matches(&self) -> bool {
        self.strength >= 1.0
    }
}

/// The near-duplicate level's findings.
#[derive(Debug, Default)]
pub struct Duplicates {
    /// For each article the lowest position of its group.
    pub group: Vec<u32>,
    /// The pairs that match, ascending.
    pub matches: Vec<Examined>,
}

/// Candidate pairs that are worth an exact comparison.
#[derive(Debug, Default)]
pub struct Candidates {
    /// As [`buckets::pair`]s, ascending and distinct.
    pub pairs: Vec<u64>,
    /// How many articles share the most crowded band.
    pub largest_bucket: usize,
}

/// Proposes pairs by their sketches, given the sizes of the shingle sets as well.
pub fn propose(sketches: &[Option<&Sketch>], sizes: &[u32], params: &Params) -> Candidates {
    let (mut pairs, largest_bucket) = candidates::propose(sketches);
    pairs.retain(|&pair| {
        let (a, b) = items(pair);
        let both = sketches[a as usize].zip(sketches[b as usize]);
        let sizes = [a, b].map(|i| sizes[i as usize] as usize);
        both.is_some_and(|(x, y)| hopeful([x, y], sizes, params))
    });
    Candidates { pairs, largest_bucket }
}

/// Whether the sketches of a pair, and the sizes of its shingle sets, leave a chance of a match.
pub fn hopeful([x, y]: [&Sketch; 2], [n, m]: [usize; 2], params: &Params) -> bool {
    let least = verify::least_resemblance(n, m, params);
    // Four standard deviations of the estimate below what a match needs at the least.
    let slots = SLOTS as f64;
    let fewest = slots * least - 4.0 * (slots * least * (1.0 - least)).sqrt();
    f64::from(equal_slots(&x.signature, &y.signature)) >= fewest
}

/// Groups articles by their texts, of which only those in a candidate pair are looked at.
///
/// Pairs in `apart` are in no group together.
pub fn find(
    candidates: &Candidates,
    copies: &[Copy],
    apart: Vec<(u32, u32)>,
    params: &Params,
) -> Duplicates {
    let mut examined = examine(&candidates.pairs, |i| &copies[i as usize], params);
    let second = relations(&examined, &candidates.pairs);
    examined.extend(examine(&second, |i| &copies[i as usize], params));
    group(examined, copies.len(), apart)
}

/// Checks pairs exactly.
pub fn examine<'a>(
    pairs: &[u64],
    copy: impl Fn(u32) -> &'a Copy<'a> + Sync,
    params: &Params,
) -> Vec<Examined> {
    let one = |&pair: &u64| {
        let (a, b) = items(pair);
        Examined::new((a, b), verify::near(copy(a), copy(b), params))
    };
    pairs.par_iter().map(one).collect()
}

/// Pairs of which those that match are looked at together.
const SHARE: usize = if cfg!(test) { 1 << 12 } else { 1 << 18 };

/// The pairs of articles that match a common third and were not proposed yet, ascending, as the proposed ones are.
///
/// These need no sketch to agree: whether the ends of a chain match is asked because its middle does.
pub fn relations(examined: &[Examined], proposed: &[u64]) -> Vec<u64> {
    let matches = examined.iter().filter(|e| e.matches());
    let both = || matches.clone().flat_map(|e| [(e.a, e.b), (e.b, e.a)]);
    let items = both().map(|(i, _)| i as usize + 1).max().unwrap_or(0);
    let (mut pairs, mut new, mut buckets) = (Vec::new(), Vec::new(), Buckets::default());
    // Some of the thirds at a time: together they propose the same pairs many times.
    let shares = examined.len().div_ceil(SHARE) as u32;
    for share in 0..shares {
        let rows: Vec<(u32, u32)> = both().filter(|(third, _)| third % shares == share).collect();
        let rows = rows.iter().map(|&(third, item)| (spread(third), item));
        buckets.propose(items, rows, BOUNDS, |pair| new.push(pair));
        buckets::distinct(&mut new);
        let mut rest = proposed;
        new.retain(|&pair| {
            rest = &rest[count_below(rest, pair, 0)..];
            rest.first() != Some(&pair)
        });
        pairs.append(&mut new);
    }
    buckets::distinct(&mut pairs);
    pairs
}

/// Groups `n` articles by the pairs that were checked, as [`groups`] does.
pub fn group(mut examined: Vec<Examined>, n: usize, apart: Vec<(u32, u32)>) -> Duplicates {
    let group = groups(&mut examined, n, apart);
    examined.retain(Examined::matches);
    examined.par_sort_unstable_by_key(|e| (e.a, e.b));
    Duplicates { group, matches: examined }
}

/// For each of `n` articles the lowest one of its group, by the pairs that were checked, in whatever order; these are in another
/// one then. Pairs in `apart` are in no group together.
///
/// Groups merge while the average strength of the pairs examined between them is that of a match. A chain of
/// revisions, each like the one before, so ends where its ends have grown apart.
pub fn groups(examined: &mut [Examined], n: usize, mut apart: Vec<(u32, u32)>) -> Vec<u32> {
    // What does not hang together has nothing to do with each other, so that linkage needs room for some of it only.
    let part = together(n, examined.iter().map(|e| (e.a, e.b)));
    let part_of = |i: u32| part[i as usize];
    examined.par_sort_unstable_by_key(|e| (part_of(e.a), e.a, e.b));
    apart.retain(|&(a, b)| part_of(a) == part_of(b));
    apart.sort_unstable_by_key(|pair| part_of(pair.0));
    let one = |some: &[Examined]| {
        let [first, last] = [0, some.len() - 1].map(|i| part_of(some[i].a));
        let from = apart.partition_point(|pair| part_of(pair.0) < first);
        let to = apart.partition_point(|pair| part_of(pair.0) <= last);
        link(some, &part, &apart[from..to])
    };
    let linked: Vec<_> = some_parts(examined, &part).into_par_iter().map(one).collect();
    let mut group: Vec<u32> = (0..n as u32).collect();
    linked.into_iter().flatten().for_each(|(i, label)| group[i as usize] = label);
    group
}

/// Pairs that are linked at once, unless more hang together.
const AT_ONCE: usize = if cfg!(test) { 2 } else { 1 << 10 };

/// Cuts pairs that are in the order of their parts where a part ends.
fn some_parts<'a>(mut examined: &'a [Examined], part: &[u32]) -> Vec<&'a [Examined]> {
    let mut all = Vec::new();
    while !examined.is_empty() {
        let last = part[examined[AT_ONCE.min(examined.len()) - 1].a as usize];
        let n = examined.partition_point(|e| part[e.a as usize] <= last);
        let (some, rest) = examined.split_at(n);
        all.push(some);
        examined = rest;
    }
    all
}

/// The groups of the articles in the pairs of some parts: each article with the lowest one of its group.
fn link(examined: &[Examined], part: &[u32], apart: &[(u32, u32)]) -> Vec<(u32, u32)> {
    // Articles are numbered among themselves, in their order within a part.
    let (mut members, mut edges) = (Vec::new(), Vec::with_capacity(examined.len()));
    let mut own: Vec<u32> = Vec::new();
    for of_part in examined.chunk_by(|x, y| part[x.a as usize] == part[y.a as usize]) {
        own.clear();
        own.extend(of_part.iter().flat_map(|e| [e.a, e.b]));
        own.sort_unstable();
        own.dedup();
        let number = |i: u32| (members.len() + own.partition_point(|&j| j < i)) as u32;
        let edge = |e: &Examined| {
            let (a, b) = (number(e.a), number(e.b));
            Edge { a, b, sum: e.fixed_strength(), examined: 1 }
        };
        edges.extend(of_part.iter().map(edge));
        members.extend_from_slice(&own);
    }
    let number = |i: u32| members.iter().position(|&j| j == i).map(|k| k as u32);
    let apart = apart.iter().filter_map(|&(a, b)| number(a).zip(number(b))).collect();
    let constraints = Constraints { apart, ..Constraints::default() };
    let (penalties, edges) = (vec![0; members.len()], edges.into_iter());
    let tree = group_under(&constraints, &penalties, edges, ONE, Average::ExaminedPairs);
    let lowest = tree.label.iter().map(|&k| members[k as usize]);
    members.iter().copied().zip(lowest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::sketch::NO_LEAD;
    use proptest::prelude::*;

    fn examined(a: u32, b: u32, strength: f32) -> Examined {
        Examined { a, b, resemblance: 0.0, containment: 0.0, strength }
    }

    proptest! {
        #[test]
        fn some_parts_at_a_time_give_the_groups_of_all_at_once(
            pairs in prop::collection::btree_map((0u32..14, 0u32..14), 0u8..8, 0..14),
            apart in prop::collection::vec((0u32..14, 0u32..14), 0..3),
        ) {
            let checked: Vec<Examined> = pairs
                .into_iter()
                .filter(|((a, b), _)| a < b)
                .map(|((a, b), strength)| examined(a, b, 0.6 + f32::from(strength) / 8.0))
                .collect();
            let apart: Vec<(u32, u32)> = apart.into_iter().filter(|(a, b)| a < b).collect();
            let edge = |e: &Examined| Edge { a: e.a, b: e.b, sum: e.fixed_strength(), examined: 1 };
            let edges = checked.iter().map(edge);
            let under = Constraints { apart: apart.clone(), ..Default::default() };
            let all = group_under(&under, &[0; 14], edges, ONE, Average::ExaminedPairs);
            prop_assert_eq!(group(checked, 14, apart).group, all.label);
        }
    }

    #[test]
    fn what_matches_one_article_is_compared() {
        let checked = [examined(0, 3, 1.0), examined(3, 5, 1.2), examined(5, 6, 0.99)];
        assert_eq!(relations(&checked, &[]), [buckets::pair(0, 5)]);
        assert!(relations(&checked, &[buckets::pair(0, 5)]).is_empty());
        let many: Vec<Examined> = (0..40_000).map(|i| examined(2 * i, 2 * i + 1, 1.0)).collect();
        assert!(relations(&many, &[]).is_empty());
    }

    #[test]
    fn the_ends_of_a_chain_are_compared_too() {
        let shingles: Vec<u32> = (0..40).map(|i| 16 * i).collect();
        let copy = |content| {
            let [numbers, headline] = [&[]; 2];
            Copy { shingles: &shingles, numbers, headline, time: None, content }
        };
        let copies: Vec<Copy> = (0..4).map(copy).collect();
        let pairs = vec![buckets::pair(0, 1), buckets::pair(1, 3)];
        let candidates = Candidates { pairs, largest_bucket: 2 };
        let found = find(&candidates, &copies, Vec::new(), &Params::default());
        assert_eq!(found.group, [0, 0, 2, 0]);
        let matches: Vec<(u32, u32)> = found.matches.iter().map(|e| (e.a, e.b)).collect();
        assert_eq!(matches, [(0, 1), (0, 3), (1, 3)]);
    }

    #[test]
    fn groups_merge_while_the_average_is_a_match() {
        let groups = |ends: f32| {
            let checked = vec![examined(2, 3, 1.2), examined(1, 2, 1.3), examined(1, 3, ends)];
            group(checked, 4, Vec::new())
        };
        assert_eq!(groups(0.81).group, [0, 1, 1, 1]);
        assert_eq!(groups(0.79).group, [0, 1, 1, 3]);
        assert_eq!(groups(0.81).matches, [examined(1, 2, 1.3), examined(2, 3, 1.2)]);
        assert_eq!(group(vec![examined(0, 1, 1.3)], 2, vec![(0, 1)]).group, [0, 1]);
        assert_eq!(examined(0, 1, 1.25).fixed_strength(), ONE * 5 / 4);
    }

    #[test]
    fn sketches_that_leave_no_chance_are_not_compared() {
        let sketch = |equal: usize| {
            let signature = std::array::from_fn(|i| u16::from(i >= equal));
            Sketch { signature, lead: NO_LEAD }
        };
        let of = |equal: usize, sizes: [usize; 2]| {
            hopeful([&sketch(SLOTS), &sketch(equal)], sizes, &Params::default())
        };
        // .425 of 128 slots are 54.4, with a standard deviation of 5.6.
        assert!(of(33, [100, 100]) && !of(32, [100, 100]));
        // .128 of them are 16.4, with one of 3.8: 1.2 are four of these below.
        assert!(of(2, [20, 100]) && !of(1, [100, 20]));
        let (some, none) = (sketch(0), None);
        let sketches = [Some(&some), none, Some(&some)];
        let found = propose(&sketches, &[9, 0, 9], &Params::default());
        assert_eq!((found.pairs, found.largest_bucket), (vec![buckets::pair(0, 2)], 2));
    }
}
