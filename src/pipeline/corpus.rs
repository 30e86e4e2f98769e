//! All articles of a run, each once, and those among them that are the same word for word.

use jiff::Timestamp;

use super::Run;
use super::prepare::Prepared;
use crate::kernel::sets::intersection;
use crate::model::{Entry, Refusal};
use crate::stages::duplicates::Duplicates;
use crate::stages::sketch::Sketch;
use crate::stages::verify::Copy;

/// All articles, ascending by the hash of their ids. The order, and with it every position, depends on the set of
/// articles only.
#[derive(Debug, Default)]
pub struct Corpus {
    pub(super) articles: Vec<Prepared>,
}

impl Corpus {
    /// Orders the articles. Of several with one id the newest stays (by date, then by content): the same content again
    /// is counted, other content is refused.
    pub(super) fn new(mut articles: Vec<Prepared>, run: &mut Run) -> Self {
        let rank = |a: &Prepared| (std::cmp::Reverse(a.entry.published), a.delivered);
        articles.sort_unstable_by(|a, b| {
            let same = || a.entry.id.cmp(&b.entry.id).then_with(|| rank(a).cmp(&rank(b)));
            a.identity
                .cmp(&b.identity)
                .then_with(same)
                .then_with(|| place(&a.entry).cmp(&place(&b.entry)))
        });
        articles.dedup_by(|later, kept| {
            let same = later.entry.id == kept.entry.id;
            if same && later.delivered == kept.delivered {
                run.counts.repeated += 1;
            } else if same {
                run.refusals.push(other_version(later, kept));
            }
            same
        });
        run.counts.without_text = articles.iter().filter(|a| a.n_words == 0).count() as u64;
        run.counts.undated = articles.iter().filter(|a| a.entry.published.is_none()).count() as u64;
        Self { articles }
    }

    /// When an article was published, in seconds; failing that, when it was seen, and then that it was only seen.
    pub(super) fn time(&self, i: u32) -> (Option<i64>, bool) {
        let entry = &self.articles[i as usize].entry;
        let time = entry.published.or(entry.seen);
        (time.map(Timestamp::as_second), entry.published.is_none())
    }

    /// The order of articles in time, unknown last, ids deciding between equals.
    pub(super) fn by_time(&self, i: u32) -> (bool, Option<Timestamp>, &str) {
        let entry = &self.articles[i as usize].entry;
        (entry.published.is_none(), entry.published, &entry.id)
    }

    /// Finds the articles that are the same word for word.
    pub(super) fn fold_exact(&self) -> Exact {
        let mut order: Vec<u32> = (0..self.articles.len() as u32).collect();
        order.sort_unstable_by_key(|&i| (self.articles[i as usize].content, i));
        let mut first: Vec<u32> = (0..self.articles.len() as u32).collect();
        for same in order.chunk_by(|&i, &j| {
            self.articles[i as usize].content == self.articles[j as usize].content
        }) {
            if same.len() > 1 && self.articles[same[0] as usize].content != 0 {
                self.fold(same, &mut first);
            }
        }
        Exact { kept: (0..first.len() as u32).filter(|&i| first[i as usize] == i).collect(), first }
    }

    /// Folds articles of one content onto the first. But one text under unrelated headlines of one source is a notice
    /// (a paywall, a placeholder): these articles are folded only with those of the same source and headline.
    fn fold(&self, same: &[u32], first: &mut [u32]) {
        let source = |i: u32| &*self.articles[i as usize].entry.source;
        let title = |i: u32| &*self.articles[i as usize].title_words;
        let mut by_source = same.to_vec();
        by_source.sort_by_key(|&i| source(i));
        let mut one_text = Vec::new();
        for of_one in by_source.chunk_by_mut(|&i, &j| source(i) == source(j)) {
            let notice = !source(of_one[0]).is_empty()
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
        if let Some(&lowest) = one_text.iter().min() {
            one_text.iter().for_each(|&i| first[i as usize] = lowest);
        }
    }
}

/// Whether two headlines share less than a third of the words of the shorter; no headline is related to all.
fn unrelated(a: &[u32], b: &[u32]) -> bool {
    3 * intersection(a, b) < a.len().min(b.len())
}

fn place(entry: &Entry) -> (&str, &str) {
    (&entry.file, &entry.url)
}

fn other_version(later: &Prepared, kept: &Prepared) -> Refusal {
    let reason = format!(
        "id {:?} has other content in {}, which is newer or comes first by content",
        later.entry.id, kept.entry.file
    );
    Refusal { file: later.entry.file.clone(), record: later.record, reason }
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
    /// The sketches of the kept ones.
    pub(super) fn sketches(&self, corpus: &Corpus) -> Vec<Option<Sketch>> {
        self.kept.iter().map(|&i| corpus.articles[i as usize].sketch).collect()
    }

    /// What the exact check needs of the kept ones.
    pub(super) fn copies<'a>(&self, corpus: &'a Corpus) -> Vec<Copy<'a>> {
        self.kept.iter().map(|&i| corpus.articles[i as usize].copy()).collect()
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
