//! Passages that two texts share: runs of equal words, wherever they stand.

/// Places of the first words of a run that are tried; a text may be one word again and again.
const TRIED: usize = if cfg!(test) { 3 } else { 16 };

/// A run of equal words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passage {
    /// Where it begins in the first text.
    pub a: usize,
    /// Where it begins in the second.
    pub b: usize,
    /// How many words.
    pub words: usize,
}

/// The runs of at least `least` words (1 or more) of `b` that are in `a` too, in the order of `b`: from its beginning on always the
/// longest of those that begin at the first 16 places of `a` with the same `least` words, and behind it the next. They do not
/// overlap in `b`; one place of `a` may serve twice. Cost: about linear.
///
/// ```
/// use samestory::kernel::passages::{Passage, passages};
///
/// let shared = passages(&[1, 2, 3, 4, 5], &[9, 2, 3, 4, 9], 2);
/// assert_eq!(shared, [Passage { a: 1, b: 1, words: 3 }]);
/// ```
pub fn passages(a: &[u64], b: &[u64], least: usize) -> Vec<Passage> {
    let begin = |i: u32| &a[i as usize..i as usize + least];
    let mut order: Vec<u32> = (0..(a.len() + 1).saturating_sub(least) as u32).collect();
    order.sort_by(|&i, &j| begin(i).cmp(begin(j)));
    let (mut found, mut at) = (Vec::new(), 0);
    while at + least <= b.len() {
        let wanted = &b[at..at + least];
        let from = order.partition_point(|&i| begin(i) < wanted);
        let same = order[from..].iter().take(TRIED).take_while(|&&i| begin(i) == wanted);
        let run = |&i: &u32| (alike(&a[i as usize..], &b[at..]), std::cmp::Reverse(i));
        match same.map(run).max() {
            Some((words, i)) => {
                found.push(Passage { a: i.0 as usize, b: at, words });
                at += words;
            }
            None => at += 1,
        }
    }
    found
}

/// How many words two texts have in common from their beginning on.
fn alike(a: &[u64], b: &[u64]) -> usize {
    a.iter().zip(b).take_while(|(x, y)| x == y).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_longest_of_the_first_places(a in prop::collection::vec(0u64..3, 0..14), b in prop::collection::vec(0u64..3, 0..20), least in 1usize..4) {
            let mut covered = vec![false; b.len()];
            for found in passages(&a, &b, least) {
                prop_assert_eq!(&a[found.a..found.a + found.words], &b[found.b..found.b + found.words]);
                let lengths = (0..a.len()).map(|i| alike(&a[i..], &b[found.b..]));
                let longest = lengths.filter(|&words| words >= least).take(TRIED).max();
                prop_assert_eq!(longest, Some(found.words));
                prop_assert!(found.words >= least);
                for word in &mut covered[found.b..found.b + found.words] {
                    prop_assert!(!std::mem::replace(word, true));
                }
            }
            // What is left out begins nothing that is long enough.
            for (at, _) in covered.iter().enumerate().filter(|(_, covered)| !**covered) {
                prop_assert!((0..a.len()).all(|i| alike(&a[i..], &b[at..]) < least));
            }
        }
    }
}
