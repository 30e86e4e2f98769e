//! Pairs that match a common third: what no sketch proposes.
//!
//! Whether the ends of a chain match is asked because its middle does. Without that, what one text shares with each of two others would
//! bring these together, whatever they say.

use std::borrow::Cow;

use rayon::prelude::*;

use super::candidates::BOUNDS;
use super::duplicates::{Examined, TOGETHER};
use crate::kernel::buckets::{self, Recent, items, of_bucket};
use crate::kernel::components::Components;
use crate::kernel::search::count_below;

/// Pairs that a common third proposes, many of them more than once, before they are looked through.
const PROPOSED: usize = if cfg!(test) { 2 } else { 1 << 18 };
/// How often pairs are looked for that match a common third: those found are thirds to others.
pub const ROUNDS: usize = 3;

/// What `examine` finds of the pairs that match a common third, round after round, in the order of their components, as what was
/// examined before is.
///
/// # Errors
/// Those of `examine`.
pub fn relate<E>(
    examined: &[Examined],
    components: &Components,
    mut examine: impl FnMut(&[u64]) -> Result<Vec<Examined>, E>,
) -> Result<Vec<Examined>, E> {
    let (mut related, mut last) = (Vec::new(), Cow::Borrowed(examined));
    for _ in 0..ROUNDS {
        let new = relations([examined, &related], &last, components);
        if new.is_empty() {
            break;
        }
        last = examine(&new)?.into();
        related.extend_from_slice(&last);
        related = components.sort(&related, |e| e.a);
    }
    Ok(related)
}

/// The pairs that match a common third and are not among those examined, in the order of their components; only of components
/// where the `last` that were examined match.
fn relations(
    [examined, related]: [&[Examined]; 2],
    last: &[Examined],
    components: &Components,
) -> Vec<u64> {
    let mut grows = vec![false; components.n_items()];
    last.iter().filter(|e| e.matches()).for_each(|e| grows[components.of(e.a) as usize] = true);
    let some = components.cut(examined, |e| e.a, TOGETHER);
    let of_some = |&some: &&[Examined]| {
        let related = components.between(related, |e| e.a, [some[0].a, some[some.len() - 1].a]);
        let all = some.iter().chain(related).filter(|e| grows[components.of(e.a) as usize]);
        let mut new = new_relations(all);
        new.sort_by_key(|&pair| components.of(items(pair).0));
        new
    };
    some.par_iter().map(of_some).collect::<Vec<_>>().concat()
}

/// Those between articles of some components, ascending.
fn new_relations<'a>(examined: impl Iterator<Item = &'a Examined> + Clone) -> Vec<u64> {
    let mut known: Vec<u64> = examined.clone().map(|e| buckets::pair(e.a, e.b)).collect();
    known.sort_unstable();
    let matches = examined.filter(|e| e.matches());
    let mut by_third: Vec<(u32, u32)> = matches.flat_map(|e| [(e.a, e.b), (e.b, e.a)]).collect();
    by_third.sort_unstable();
    let keep_new = |proposed: &mut Vec<u64>, new: &mut Vec<u64>| {
        buckets::distinct(proposed);
        let mut rest = &known[..];
        proposed.retain(|&pair| {
            rest = &rest[count_below(rest, pair, 0)..];
            rest.first() != Some(&pair)
        });
        new.append(proposed);
    };
    let (mut proposed, mut new) = (Vec::new(), Vec::new());
    let mut recent = Recent::default();
    recent.make_room(4 * by_third.len());
    for of_third in by_third.chunk_by(|x, y| x.0 == y.0) {
        of_bucket(of_third, BOUNDS, |x, y| {
            let pair = buckets::pair(x.1, y.1);
            if recent.is_new(pair) {
                proposed.push(pair);
            }
        });
        if proposed.len() >= PROPOSED {
            keep_new(&mut proposed, &mut new);
        }
    }
    keep_new(&mut proposed, &mut new);
    buckets::distinct(&mut new);
    new
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;
    use crate::params::Params;
    use crate::stages::duplicates::tests::{checked, examined, in_order};
    use crate::stages::duplicates::{examine, find};
    use crate::stages::headline::Headline;
    use crate::stages::verify::Compared;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn relations_are_the_rule_over_thirds(all in checked()) {
            let mut expected = Vec::new();
            for third in 0..14 {
                let others = all.iter().filter(|e| e.matches() && (e.a == third || e.b == third));
                let mut others: Vec<u32> = others.map(|e| e.a + e.b - third).collect();
                others.sort_unstable();
                of_bucket(&others, BOUNDS, |a, b| expected.push(buckets::pair(a, b)));
            }
            expected.retain(|&pair| all.iter().all(|e| buckets::pair(e.a, e.b) != pair));
            buckets::distinct(&mut expected);
            let (components, all) = in_order(14, &all);
            let mut found = relations([&all, &[]], &all, &components);
            prop_assert!(found.is_sorted_by_key(|&pair| components.of(items(pair).0)));
            found.sort_unstable();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn the_ends_of_a_chain_are_compared_too() {
        let shingles: Vec<u32> = (0..40).map(|i| 16 * i).collect();
        let copy = |content| {
            let headline = Headline::new(&[]);
            Compared { shingles: &shingles, details: &[], headline, time: None, content }
        };
        let copies: Vec<Compared> = (0..4).map(copy).collect();
        let pairs = vec![buckets::pair(0, 1), buckets::pair(1, 3)];
        let components = Components::new(4, pairs.iter().map(|&pair| items(pair)), 1, |_| 0);
        let examine = |pairs: &[u64]| {
            Ok::<_, Infallible>(examine(pairs, |i| &copies[i as usize], &Params::default()))
        };
        let Ok(found) = find(pairs, &components, Vec::new(), examine);
        assert_eq!(found.group, [0, 0, 2, 0]);
        let mut matches: Vec<(u32, u32)> = found.matches.iter().map(|e| (e.a, e.b)).collect();
        matches.sort_unstable();
        assert_eq!(matches, [(0, 1), (0, 3), (1, 3)]);
    }

    #[test]
    fn what_a_third_finds_is_a_third_to_others() {
        // A row of articles of which each matches the next two.
        let strength = |a: u32, b: u32| if b - a < 3 { 1.2 } else { 0.0 };
        let find = |&pair: &u64| {
            let (a, b) = items(pair);
            examined(a, b, strength(a, b))
        };
        let row: Vec<Examined> = (0..5).map(|a| find(&buckets::pair(a, a + 1))).collect();
        let (components, row) = in_order(6, &row);
        let mut asked = Vec::new();
        let Ok(found) = relate(&row, &components, |pairs| {
            asked.push(pairs.len());
            Ok::<_, Infallible>(pairs.iter().map(find).collect())
        });
        let mut pairs: Vec<(u32, u32)> = found.iter().map(|e| (e.a, e.b)).collect();
        pairs.sort_unstable();
        assert_eq!(pairs, [(0, 2), (0, 3), (0, 4), (1, 3), (1, 4), (1, 5), (2, 4), (2, 5), (3, 5)]);
        assert_eq!(asked, [4, 5]);
    }
}
