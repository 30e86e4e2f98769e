//! Texts to near-duplicate groups: propose, check, group.

use foldhash::HashMap;
use rayon::prelude::*;

use super::candidates;
use super::sketch::Sketch;
use super::thirds;
use super::verify::{self, Compared, Near};
use crate::kernel::buckets::items;
use crate::kernel::components::Components;
use crate::kernel::fss::{SLOTS, equal_slots};
use crate::kernel::linkage::{Average, Constraints, Edge, group_under};
use crate::kernel::time::ONE;
use crate::kernel::wide::fetch;
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
    /// The pairs that match, in whatever order.
    pub matches: Vec<Examined>,
}

/// Candidate pairs that are worth an exact comparison.
#[derive(Debug, Default)]
pub struct Candidates {
    /// As [`pair`](crate::kernel::buckets::pair)s, ascending and distinct.
    pub pairs: Vec<u64>,
    /// How many articles share the most crowded band.
    pub largest_bucket: usize,
}

/// Pairs that a thread looks at one after the other: few enough that all have work to the end.
const IN_TURN: usize = 1 << 10;

/// How many pairs ahead of its turn a pair is fetched.
const SOON: usize = 4;

/// Proposes pairs by their sketches, given the sizes of the shingle sets as well.
pub fn propose(sketches: &[Option<&Sketch>], sizes: &[u32], params: &Params) -> Candidates {
    let (pairs, largest_bucket) = candidates::propose(sketches);
    let some = |pairs: &[u64]| {
        let hopes = |&(k, &pair): &(usize, &u64)| {
            let soon = pairs.get(k + SOON).and_then(|&pair| sketches[items(pair).1 as usize]);
            soon.into_iter().for_each(|sketch| fetch(&sketch.signature));
            let (a, b) = items(pair);
            let both = sketches[a as usize].zip(sketches[b as usize]);
            let sizes = [a, b].map(|i| sizes[i as usize] as usize);
            both.is_some_and(|(x, y)| hopeful([x, y], sizes, params))
        };
        pairs.iter().enumerate().filter(hopes).map(|(_, &pair)| pair).collect()
    };
    let pairs = pairs.par_chunks(IN_TURN).map(some).collect::<Vec<Vec<u64>>>().concat();
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

/// Groups articles by their texts: candidate pairs, in the order of their components, are checked by `examine`, then those that
/// [`thirds`] find.
///
/// Pairs in `apart` are in no group together.
///
/// # Errors
/// Those of `examine`.
pub fn find<E>(
    candidates: Vec<u64>,
    components: &Components,
    apart: Vec<(u32, u32)>,
    examine: impl Fn(&[u64]) -> Result<Vec<Examined>, E>,
) -> Result<Duplicates, E> {
    let examined = examine(&candidates)?;
    drop(candidates);
    let related = thirds::relate(&examined, components, examine)?;
    Ok(group([examined, related], components, apart))
}

/// Checks pairs exactly.
pub fn examine<'a>(
    pairs: &[u64],
    copy: impl Fn(u32) -> &'a Compared<'a> + Sync,
    params: &Params,
) -> Vec<Examined> {
    let one = |(k, &pair): (usize, &u64)| {
        if let Some(&soon) = pairs.get(k + SOON) {
            <[u32; 2]>::from(items(soon)).into_iter().for_each(|i| fetch(copy(i).shingles));
        }
        let (a, b) = items(pair);
        Examined::new((a, b), verify::near(copy(a), copy(b), params))
    };
    pairs.par_iter().enumerate().with_max_len(IN_TURN).map(one).collect()
}

/// Pairs of which the components are gone through together, unless one alone has more.
pub(super) const TOGETHER: usize = if cfg!(test) { 2 } else { 1 << 10 };

/// Groups articles by the pairs that were checked, as [`groups`] does.
fn group(
    [examined, related]: [Vec<Examined>; 2],
    components: &Components,
    apart: Vec<(u32, u32)>,
) -> Duplicates {
    let group = groups([&examined, &related], components, apart);
    let mut matches = examined;
    matches.retain(Examined::matches);
    matches.extend(related.into_iter().filter(Examined::matches));
    matches.shrink_to_fit();
    Duplicates { group, matches }
}

/// For each article the lowest one of its group, by the pairs that were checked: candidates, and those related by a common third,
/// both in the order of their components. Pairs in `apart` are in no group together.
///
/// Groups merge while the average strength of the pairs examined between them is that of a match. A chain of
/// revisions, each like the one before, so ends where its ends have grown apart.
pub fn groups(
    [examined, related]: [&[Examined]; 2],
    components: &Components,
    mut apart: Vec<(u32, u32)>,
) -> Vec<u32> {
    // What does not hang together has nothing to do with each other, so that linkage needs room for some of it only.
    apart.retain(|&(a, b)| components.of(a) == components.of(b));
    let apart = components.sort(&apart, |pair| pair.0);
    let one = |&some: &&[Examined]| {
        let ends = [some[0].a, some[some.len() - 1].a];
        let related = components.between(related, |e| e.a, ends);
        link([some, related], components, components.between(&apart, |pair| pair.0, ends))
    };
    let some = components.cut(examined, |e| e.a, TOGETHER);
    let linked: Vec<_> = some.par_iter().map(one).collect();
    let mut group: Vec<u32> = (0..components.n_items() as u32).collect();
    linked.into_iter().flatten().for_each(|(i, label)| group[i as usize] = label);
    group
}

/// The groups of the articles in the pairs of some components: each article with the lowest one of its group.
fn link(
    [examined, mut related]: [&[Examined]; 2],
    components: &Components,
    apart: &[(u32, u32)],
) -> Vec<(u32, u32)> {
    // Articles are numbered among themselves, in their order within a component.
    let (mut members, mut edges) = (Vec::new(), Vec::with_capacity(examined.len() + related.len()));
    let mut own: Vec<u32> = Vec::new();
    for of_one in examined.chunk_by(|x, y| components.of(x.a) == components.of(y.a)) {
        let same = |e: &&Examined| components.of(e.a) == components.of(of_one[0].a);
        let (of_thirds, rest) = related.split_at(related.iter().take_while(same).count());
        related = rest;
        let all = || of_one.iter().chain(of_thirds);
        own.clear();
        own.extend(all().flat_map(|e| [e.a, e.b]));
        own.sort_unstable();
        own.dedup();
        let number = |i: u32| (members.len() + own.partition_point(|&j| j < i)) as u32;
        let edge = |e: &Examined| {
            let (a, b) = (number(e.a), number(e.b));
            Edge { a, b, sum: e.fixed_strength(), examined: 1 }
        };
        edges.extend(all().map(edge));
        members.extend_from_slice(&own);
    }
    let numbers: HashMap<u32, u32> = match apart {
        [] => HashMap::default(),
        _ => members.iter().copied().zip(0..).collect(),
    };
    let number = |i: &u32| numbers.get(i).copied();
    let apart = apart.iter().filter_map(|(a, b)| number(a).zip(number(b))).collect();
    let constraints = Constraints { apart, ..Constraints::default() };
    let (penalties, edges) = (vec![0; members.len()], edges.into_iter());
    let tree = group_under(&constraints, &penalties, edges, ONE, Average::ExaminedPairs);
    let lowest = tree.label.iter().map(|&k| members[k as usize]);
    members.iter().copied().zip(lowest).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::kernel::buckets;
    use crate::stages::sketch::NO_LEAD;
    use proptest::prelude::*;

    pub(in crate::stages) fn examined(a: u32, b: u32, strength: f32) -> Examined {
        Examined { a, b, resemblance: 0.0, containment: 0.0, strength }
    }

    /// What hangs together by pairs, the last first, and the pairs in that order.
    pub(in crate::stages) fn in_order(
        n: usize,
        checked: &[Examined],
    ) -> (Components, Vec<Examined>) {
        let both = checked.iter().map(|e| (e.a, e.b));
        let components = Components::new(n, both, n, |lowest| n - 1 - lowest as usize);
        let checked = components.sort(checked, |e| e.a);
        (components, checked)
    }

    fn grouped(checked: &[Examined], n: usize, apart: Vec<(u32, u32)>) -> Duplicates {
        let (components, checked) = in_order(n, checked);
        group([checked, Vec::new()], &components, apart)
    }

    pub(in crate::stages) fn checked() -> impl Strategy<Value = Vec<Examined>> {
        let pairs = prop::collection::btree_map((0u32..14, 0u32..14), 0u8..8, 0..20);
        let one = |((a, b), strength)| examined(a, b, 0.6 + f32::from(strength) / 8.0);
        pairs.prop_map(move |some| some.into_iter().filter(|((a, b), _)| a < b).map(one).collect())
    }

    proptest! {
        #[test]
        fn some_components_at_a_time_give_the_groups_of_all_at_once(
            all in checked(),
            candidates in prop::collection::vec(any::<bool>(), 20),
            apart in prop::collection::vec((0u32..14, 0u32..14), 0..3),
        ) {
            let mut candidates = candidates.into_iter();
            let (candidates, others): (Vec<Examined>, Vec<_>) =
                all.into_iter().partition(|_| candidates.next().expect("there are as many"));
            let (components, candidates) = in_order(14, &candidates);
            let related = others.into_iter().filter(|e| components.of(e.a) == components.of(e.b));
            let related = components.sort(&related.collect::<Vec<_>>(), |e| e.a);
            let apart: Vec<(u32, u32)> = apart.into_iter().filter(|(a, b)| a < b).collect();
            let edge = |e: &Examined| Edge { a: e.a, b: e.b, sum: e.fixed_strength(), examined: 1 };
            let both = [&candidates[..], &related].concat();
            let under = Constraints { apart: apart.clone(), ..Default::default() };
            let edges = both.iter().map(edge);
            let tree = group_under(&under, &[0; 14], edges, ONE, Average::ExaminedPairs);
            prop_assert_eq!(group([candidates, related], &components, apart).group, tree.label);
        }
    }

    #[test]
    fn groups_merge_while_the_average_is_a_match() {
        let groups = |ends: f32| {
            let checked = vec![examined(2, 3, 1.2), examined(1, 2, 1.3), examined(1, 3, ends)];
            grouped(&checked, 4, Vec::new())
        };
        assert_eq!(groups(0.81).group, [0, 1, 1, 1]);
        assert_eq!(groups(0.79).group, [0, 1, 1, 3]);
        assert_eq!(groups(0.81).matches, [examined(2, 3, 1.2), examined(1, 2, 1.3)]);
        assert_eq!(grouped(&[examined(0, 1, 1.3)], 2, vec![(0, 1)]).group, [0, 1]);
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
