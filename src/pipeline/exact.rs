//! Articles that are the same word for word.

use std::io;

use rayon::prelude::*;

use super::corpus::Corpus;
use crate::stages::decide::Constraints;
use crate::stages::duplicates::Duplicates;
use crate::stages::headline::{Headline, together};

impl Corpus {
    /// The order of articles by when they were published, or else seen, unknown first; positions decide between equals.
    /// What comes later stands later, so that it takes no place from what was there.
    fn age(&self, i: u32) -> (Option<i64>, u32) {
        (self.time(i).0, i)
    }

    /// Finds the articles that are the same word for word.
    ///
    /// # Errors
    /// Headlines that were put aside cannot be read.
    pub(super) fn fold_exact(&self, constraints: &Constraints) -> io::Result<Exact> {
        let mut order: Vec<(u64, u32)> = self.contents().zip(0..).collect();
        order.par_sort_unstable();
        let mut first: Vec<u32> = (0..self.len() as u32).collect();
        for same in order.chunk_by(|x, y| x.0 == y.0) {
            if same.len() > 1 && same[0].0 != 0 {
                let same: Vec<u32> = same.iter().map(|&(_, i)| i).collect();
                self.fold(same, constraints, &mut first)?;
            }
        }
        drop(order);
        Ok(Exact::new(self, first))
    }

    /// Folds articles of one content onto the earliest. But one text under headlines of one source that are far from each other
    /// is a notice (a paywall, a placeholder): these articles are folded only with those of the same source under headlines that
    /// say the same. What an editor parted is never folded.
    fn fold(
        &self,
        mut same: Vec<u32>,
        constraints: &Constraints,
        first: &mut [u32],
    ) -> io::Result<()> {
        let source = |i: u32| &*self.entries[i as usize].source;
        let mut one_text = Vec::new();
        let mut fold = |alike: Vec<u32>| {
            for part in constraints.split(alike) {
                let earliest = part.iter().copied().min_by_key(|&i| self.age(i));
                let earliest = earliest.expect("no part is empty");
                part.into_iter().for_each(|i| first[i as usize] = earliest);
            }
        };
        same.sort_by_key(|&i| source(i));
        for of_one in same.chunk_by(|&i, &j| source(i) == source(j)) {
            match self.by_headline(of_one)? {
                Some(parts) => parts.into_iter().for_each(&mut fold),
                None => one_text.extend_from_slice(of_one),
            }
        }
        fold(one_text);
        Ok(())
    }

    /// Articles of one source and text by their headlines, where these make the text a notice.
    fn by_headline(&self, of_one: &[u32]) -> io::Result<Option<Vec<Vec<u32>>>> {
        let first = of_one[0];
        let has_source = !self.entries[first as usize].source.is_empty();
        if !may_be_notice(of_one.len(), self.n_words(first), has_source) {
            return Ok(None);
        }
        let mut heads = self.heads();
        heads.load(of_one.iter().copied())?;
        Ok(notices(of_one, |k| heads.of(k)[0]))
    }
}

/// Whether so many articles of one source and text of so many words can be a notice.
pub(super) fn may_be_notice(n: usize, n_words: u32, has_source: bool) -> bool {
    n > 1 && n_words <= NOTICE && has_source
}

/// Articles of one source and text by what their headlines say, where these make the text a notice: where one is far from the
/// first of them, and not all say the same. The first by its words, for what an article is called says nothing of what it is. Only
/// this one is compared with all others, so that the cost is small, however many headlines stand over a notice.
pub(super) fn notices<'a>(
    of_one: &[u32],
    headline: impl Fn(usize) -> &'a [u32],
) -> Option<Vec<Vec<u32>>> {
    let mut order: Vec<usize> = (0..of_one.len()).collect();
    // No headline is far from none, so an article without one tells nothing.
    let first = order.iter().map(|&k| headline(k)).filter(|words| !words.is_empty()).min()?;
    let first = Headline::new(first);
    if !order.iter().any(|&k| first.is_far(Headline::new(headline(k)))) {
        return None;
    }
    order.sort_by_key(|&k| headline(k));
    let same: Vec<&[usize]> = order.chunk_by(|&k, &l| headline(k) == headline(l)).collect();
    let headlines: Vec<Headline> =
        same.iter().map(|same| Headline::new(headline(same[0]))).collect();
    let first = together(&headlines);
    let mut parts = vec![Vec::new(); same.len()];
    for (same, first) in same.iter().zip(first) {
        parts[first as usize].extend(same.iter().map(|&k| of_one[k]));
    }
    parts.retain(|part| !part.is_empty());
    (parts.len() > 1).then_some(parts)
}

/// Most words of a notice.
pub(super) const NOTICE: u32 = 120;

/// Which articles are the same word for word.
#[derive(Debug, Default)]
pub(super) struct Exact {
    /// The earliest article of each text, in the order of time, unknown first.
    pub(super) kept: Vec<u32>,
    /// For each article where that of its text stands among these.
    slots: Vec<u32>,
}

impl Exact {
    /// Takes in, for each article, the one that it is folded onto.
    pub(super) fn new(corpus: &Corpus, first: Vec<u32>) -> Self {
        let own = (0..).zip(&first).filter(|&(i, &first)| i == first);
        let mut kept: Vec<u32> = own.map(|(i, _)| i).collect();
        kept.par_sort_by_cached_key(|&i| corpus.age(i));
        let mut slots = vec![0; first.len()];
        kept.iter().zip(0..).for_each(|(&i, slot)| slots[i as usize] = slot);
        Self { slots: first.into_iter().map(|first| slots[first as usize]).collect(), kept }
    }

    /// Where what an article is folded onto stands among the kept ones.
    pub(super) fn slot(&self, i: u32) -> u32 {
        self.slots[i as usize]
    }

    /// What each article is folded onto.
    pub(super) fn first(&self) -> impl ExactSizeIterator<Item = u32> + Clone {
        self.slots.iter().map(|&slot| self.kept[slot as usize])
    }

    /// The near-duplicate groups over all articles, each earliest first, ordered by their lowest position.
    pub(super) fn expand(&self, corpus: &Corpus, copies: &Duplicates) -> Vec<Vec<u32>> {
        let mut groups: Vec<Vec<u32>> = Vec::new();
        let mut group_of = vec![u32::MAX; self.kept.len()];
        for (i, &slot) in (0..).zip(&self.slots) {
            let group = &mut group_of[copies.group[slot as usize] as usize];
            if *group == u32::MAX {
                *group = groups.len() as u32;
                groups.push(Vec::new());
            }
            groups[*group as usize].push(i);
        }
        for group in groups.iter_mut().filter(|g| g.len() > 1) {
            group.sort_by(|&i, &j| corpus.by_time(i).cmp(&corpus.by_time(j)));
        }
        groups
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The parts of a text under some headlines, which it does not tell, in every order of these.
    #[track_caller]
    fn check(headlines: &[&[u32]], expected: Option<&[&[u32]]>) {
        let untold = |&words: &&[u32]| match words {
            [] => Vec::new(),
            words => [words, &[u32::MAX][..]].concat(),
        };
        let headlines: Vec<Vec<u32>> = headlines.iter().map(untold).collect();
        for turn in 0..headlines.len() {
            for back in [false, true] {
                let mut turned: Vec<u32> = (0..headlines.len() as u32).collect();
                turned.rotate_left(turn);
                if back {
                    turned.reverse();
                }
                let mut parts = notices(&turned, |k| &headlines[turned[k] as usize]);
                let sorted = parts.iter_mut().flatten();
                sorted.for_each(|part| part.sort_unstable());
                let expected =
                    expected.map(|parts| parts.iter().map(|part| part.to_vec()).collect());
                assert_eq!(parts, expected, "{turned:?}");
            }
        }
    }

    #[test]
    fn headlines_alone_tell_a_notice() {
        let [ferry, owls, both]: [&[u32]; 3] = [&[1, 2, 3, 4], &[5, 6, 7, 8], &[2, 3, 4, 5, 6, 7]];
        check(&[ferry, owls, both], Some(&[&[0], &[2], &[1]]));
        check(&[ferry, both, &[]], None);
        check(&[&[], owls, ferry, owls], Some(&[&[0], &[2], &[1, 3]]));
        check(&[&[], &[]], None);
    }

    #[test]
    fn headlines_that_say_the_same_stay_together() {
        // From here on hashes are those of words, not of numbers.
        let turned = |from: u32| -> Vec<u32> { (from..from + 10).map(|i| 1 << 31 | i).collect() };
        let turned: Vec<Vec<u32>> = (0..9).map(turned).collect();
        let turned: Vec<&[u32]> = turned.iter().map(|words| &words[..]).collect();
        check(&[turned[0], turned[8], turned[1]], Some(&[&[0, 2], &[1]]));
        check(&[turned[0], turned[8], turned[4], &[]], Some(&[&[3], &[0], &[2], &[1]]));
        // Each hangs together with the next, however far the last one is from the first.
        check(&turned, None);
    }
}
