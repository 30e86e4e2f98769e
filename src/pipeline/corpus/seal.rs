//! The order of the articles, and which of several with one id stays.

use std::cmp::Reverse;

use foldhash::HashMap;
use rayon::prelude::*;

use super::Corpus;
use crate::model::{Entry, Refusal};
use crate::pipeline::Run;

impl Corpus {
    /// Orders the articles when all are there. Of several with one id the newest stays (by date, then by content): the
    /// same content again is counted, other content is refused.
    pub(in crate::pipeline) fn seal(&mut self, run: &mut Run) {
        self.known = HashMap::default();
        let order = self.newest(run);
        self.put_in(order);
        run.counts.added = self.cards.len() as u64;
        run.counts.without_text = self.cards.iter().filter(|card| card.n_words == 0).count() as u64;
        run.counts.undated = self.entries.iter().filter(|e| e.published().is_none()).count() as u64;
    }

    /// The articles in their order, of several with one id the newest.
    fn newest(&self, run: &mut Run) -> Vec<u32> {
        let Self { entries, origins, .. } = self;
        let rank = |i: u32| rank(&entries[i as usize], origins[i as usize].delivered);
        let mut order: Vec<(u64, u32)> = self.cards.iter().map(|c| c.identity).zip(0..).collect();
        order
            .par_sort_unstable_by(|&(x, i), &(y, j)| x.cmp(&y).then_with(|| rank(i).cmp(&rank(j))));
        order.dedup_by(|(_, later), (_, kept)| {
            let (later, kept) = (*later as usize, *kept as usize);
            let same = entries[later].id == entries[kept].id;
            if same && origins[later].delivered == origins[kept].delivered {
                run.counts.repeated += 1;
            } else if same {
                let record = origins[later].record;
                run.refusals.push(other_version(&entries[later], record, &entries[kept]));
            }
            same
        });
        order.into_iter().map(|(_, i)| i).collect()
    }

    /// Puts these articles in this order; the others go.
    fn put_in(&mut self, order: Vec<u32>) {
        fn pick<T: Copy>(column: &mut Vec<T>, order: &[u32]) {
            *column = order.iter().map(|&i| column[i as usize]).collect();
        }
        pick(&mut self.cards, &order);
        pick(&mut self.origins, &order);
        pick(&mut self.sketches.spans, &order);
        pick(&mut self.shingles.spans, &order);
        pick(&mut self.terms.spans, &order);
        pick(&mut self.hashes.spans, &order);
        pick(&mut self.facts.spans, &order);
        permute(&mut self.entries, order);
    }
}

/// Puts at each position what stood at the position given for it, and takes out what no position is given; needs no room for a
/// second list.
fn permute<T>(items: &mut Vec<T>, mut from: Vec<u32>) {
    let left = from.len();
    if left < items.len() {
        let mut stays = vec![false; items.len()];
        from.iter().for_each(|&i| stays[i as usize] = true);
        from.extend((0..items.len() as u32).filter(|&i| !stays[i as usize]));
    }
    for start in 0..items.len() {
        let mut at = start;
        loop {
            let source = std::mem::replace(&mut from[at], at as u32) as usize;
            if source == start {
                break;
            }
            items.swap(at, source);
            at = source;
        }
    }
    items.truncate(left);
}

/// Orders articles by id; of one id the newest comes first (by date, then by content), of one content the first seen. In which file it
/// is comes last.
pub(in crate::pipeline) fn rank(entry: &Entry, delivered: u64) -> impl Ord {
    let Entry { id, source, lang, url, kept, file, .. } = entry;
    let seen = (entry.seen().is_none(), entry.seen());
    (id, Reverse(entry.published()), delivered, seen, source, lang, url, kept.values(), file)
}

/// The refusal of an article, of that record, whose newer version stays.
pub(in crate::pipeline) fn other_version(later: &Entry, record: u64, kept: &Entry) -> Refusal {
    let reason = format!(
        "id {:?} has other content in {}, which is newer or comes first by content",
        later.id, kept.file
    );
    Refusal { file: later.file.clone(), record, reason }
}
