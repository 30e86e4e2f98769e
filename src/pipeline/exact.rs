//! Articles that are the same word for word.

use super::corpus::Corpus;
use crate::kernel::sets::intersection;
use crate::stages::decide::Constraints;
use crate::stages::duplicates::Duplicates;

impl Corpus {
    /// Finds the articles that are the same word for word.
    pub(super) fn fold_exact(&self, constraints: &Constraints) -> Exact {
        let mut order: Vec<(u64, u32)> = self.articles.iter().map(|a| a.content).zip(0..).collect();
        order.sort_unstable();
        let mut first: Vec<u32> = (0..self.articles.len() as u32).collect();
        for same in order.chunk_by(|x, y| x.0 == y.0) {
            if same.len() > 1 && same[0].0 != 0 {
                let same: Vec<u32> = same.iter().map(|&(_, i)| i).collect();
                self.fold(&same, constraints, &mut first);
            }
        }
        Exact { kept: (0..first.len() as u32).filter(|&i| first[i as usize] == i).collect(), first }
    }

    /// Folds articles of one content onto the first. But one text under unrelated headlines of one source is a notice
    /// (a paywall, a placeholder): these articles are folded only with those of the same source and headline.
    fn fold(&self, same: &[u32], constraints: &Constraints, first: &mut [u32]) {
        let source = |i: u32| &*self.articles[i as usize].entry.source;
        let title = |i: u32| self.title_words(i);
        let mut by_source = same.to_vec();
        by_source.sort_by_key(|&i| source(i));
        let mut one_text = Vec::new();
        let short = self.articles[same[0] as usize].n_words <= NOTICE;
        for of_one in by_source.chunk_by_mut(|&i, &j| source(i) == source(j)) {
            let notice = short
                && !source(of_one[0]).is_empty()
                && of_one.iter().any(|&i| unrelated(title(of_one[0]), title(i)));
            if !notice {
                one_text.extend_from_slice(of_one);
                continue;
            }
            of_one.sort_by_key(|&i| (title(i), i));
            for alike in of_one.chunk_by(|&i, &j| title(i) == title(j)) {
                alike.iter().for_each(|&i| first[i as usize] = alike[0]);
            }
        }
        for fold in constraints.split(one_text) {
            let lowest = *fold.iter().min().expect("no part is empty");
            fold.iter().for_each(|&i| first[i as usize] = lowest);
        }
    }
}

/// Most words of a notice.
const NOTICE: u32 = 120;

/// Whether two headlines share less than a third of the words of the shorter; no headline is related to all.
fn unrelated(a: &[u32], b: &[u32]) -> bool {
    3 * intersection(a, b) < a.len().min(b.len())
}

/// Which articles are the same word for word.
#[derive(Debug, Default)]
pub(super) struct Exact {
    /// For each article the first that has its text.
    pub(super) first: Vec<u32>,
    /// Those that are first.
    pub(super) kept: Vec<u32>,
}

impl Exact {
    /// Where what an article is folded onto stands among the kept ones.
    pub(super) fn slot(&self, i: u32) -> u32 {
        let kept = self.kept.binary_search(&self.first[i as usize]);
        kept.expect("what is first is kept") as u32
    }

    /// The near-duplicate groups over all articles, each earliest first, ordered by their lowest position.
    pub(super) fn expand(&self, corpus: &Corpus, copies: &Duplicates) -> Vec<Vec<u32>> {
        let mut slot = vec![u32::MAX; self.first.len()];
        for (k, &i) in self.kept.iter().enumerate() {
            slot[i as usize] = self.kept[copies.group[k] as usize];
        }
        let mut groups: Vec<Vec<u32>> = Vec::new();
        let mut group_of = vec![u32::MAX; self.first.len()];
        for (i, &first) in self.first.iter().enumerate() {
            let lead = slot[first as usize] as usize;
            if group_of[lead] == u32::MAX {
                group_of[lead] = groups.len() as u32;
                groups.push(Vec::new());
            }
            groups[group_of[lead] as usize].push(i as u32);
        }
        for group in groups.iter_mut().filter(|g| g.len() > 1) {
            group.sort_by(|&i, &j| corpus.by_time(i).cmp(&corpus.by_time(j)));
        }
        groups
    }
}
