//! Which candidate pairs come and go with articles: the rule of [`super::candidates`] for those buckets alone that change.
//!
//! A pair is a candidate while enough buckets propose it. What a bucket proposes depends on its members only, so that a pair's
//! count changes by what the buckets with a new or a gone member propose now and did not before, or the other way round.

use super::candidates::{BOUNDS, SHARED, Table};
use super::watched::{Members, Watched};
use crate::kernel::buckets::{of_bucket, pair};

/// What becomes of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It was there and stays.
    Stays,
    /// It was not there.
    Comes,
    /// It is there no more.
    Goes,
}

/// How many buckets propose a pair; there are fewer than a hundred in all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Proposals {
    /// Of bands: one is enough.
    pub band: i8,
    /// Of leads: it takes [`SHARED`].
    pub lead: i8,
}

impl Proposals {
    /// Whether the pair is a candidate.
    pub fn suffice(self) -> bool {
        self.band > 0 || self.lead >= SHARED as i8
    }
}

/// How the numbers of proposals change, by pair; `found` are of all articles before and now, under the keys of one part.
pub fn shifts(
    watched: &Watched,
    found: Members,
    fate: impl Fn(u32) -> Fate,
) -> Vec<(u64, Proposals)> {
    let hits = found.into_hits();
    let mut shifts: Vec<(u64, Proposals)> = Vec::with_capacity(hits.len());
    let (mut there, mut before, mut after) = (Vec::new(), Vec::new(), Vec::new());
    for bucket in hits.chunk_by(|x, y| x.0 == y.0).filter(|b| b.len() > 1) {
        let by_lead = watched.table(bucket[0].0) == Table::Lead;
        let mut proposals = |without: Fate, pairs: &mut Vec<u64>| {
            there.clear();
            there.extend(bucket.iter().map(|hit| hit.1).filter(|&item| fate(item) != without));
            pairs.clear();
            // Ascending, as the members are.
            of_bucket(&there, BOUNDS, |a, b| pairs.push(pair(a, b)));
        };
        proposals(Fate::Comes, &mut before);
        proposals(Fate::Goes, &mut after);
        let mut shift = |from: &[u64], other: &[u64], by: i8| {
            for &p in from.iter().filter(|p| other.binary_search(p).is_err()) {
                let (band, lead) = if by_lead { (0, by) } else { (by, 0) };
                shifts.push((p, Proposals { band, lead }));
            }
        };
        shift(&before, &after, -1);
        shift(&after, &before, 1);
    }
    shifts
}

/// Adds up what changes the same pair; a pair of which nothing changes is left out.
pub fn add_up(shifts: &mut Vec<(u64, Proposals)>) {
    shifts.sort_unstable_by_key(|shift| shift.0);
    shifts.dedup_by(|later, kept| {
        let same = later.0 == kept.0;
        if same {
            kept.1.band += later.1.band;
            kept.1.lead += later.1.lead;
        }
        same
    });
    shifts.retain(|(_, by)| *by != Proposals::default());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::fss::SLOTS;
    use crate::stages::candidates::{keys, propose};
    use crate::stages::sketch::{LEAD_HASHES, Sketch};
    use crate::stages::watched::Part;
    use proptest::prelude::*;

    /// What every bucket proposes without those of a kind, by pair.
    fn all(sketches: &[(Sketch, Fate)], without: Fate, by: i8) -> Vec<(u64, Proposals)> {
        let mut buckets: std::collections::BTreeMap<(i64, u64), Vec<u32>> = Default::default();
        for ((sketch, _), item) in sketches.iter().zip(0..).filter(|(s, _)| s.1 != without) {
            for (table, key) in keys(sketch) {
                buckets.entry((table.number(), key)).or_default().push(item);
            }
        }
        let mut proposals = Vec::new();
        for ((table, _), items) in buckets {
            of_bucket(&items, BOUNDS, |a, b| {
                let (band, lead) = if table < 0 { (0, by) } else { (by, 0) };
                proposals.push((pair(a, b), Proposals { band, lead }));
            });
        }
        proposals
    }

    /// One of a few that many have, or one that nobody else has.
    fn slot() -> impl Strategy<Value = u16> {
        prop_oneof![1 => 0u16..3, 2 => 3..u16::MAX]
    }

    proptest! {
        #[test]
        fn shifts_equal_what_all_buckets_say(made in prop::collection::vec((prop::array::uniform2(slot()), 0..=SLOTS, 0u32..3, 0u8..3), 0..24)) {
            let sketch = |&([slot, other], slots, lead, fate): &([u16; 2], usize, u32, u8)| {
                // Some leads are full.
                let n = if lead == 1 { LEAD_HASHES } else { 3 };
                let lead: [u32; LEAD_HASHES] =
                    std::array::from_fn(|i| if i < n { lead + i as u32 } else { u32::MAX });
                let fate = [Fate::Stays, Fate::Comes, Fate::Goes][usize::from(fate)];
                let signature = std::array::from_fn(|i| if i < slots { slot } else { other });
                (Sketch { signature, lead }, fate)
            };
            let sketches: Vec<(Sketch, Fate)> = made.iter().map(sketch).collect();
            let mut expected = all(&sketches, Fate::Goes, 1);
            let mut now = expected.clone();
            add_up(&mut now);
            now.retain(|(_, proposals)| proposals.suffice());
            let there = sketches.iter().map(|(sketch, fate)| (*fate != Fate::Goes).then_some(sketch));
            let (proposed, _) = propose(&there.collect::<Vec<_>>());
            prop_assert_eq!(proposed, now.iter().map(|shift| shift.0).collect::<Vec<u64>>());
            expected.extend(all(&sketches, Fate::Comes, -1));
            add_up(&mut expected);
            let items = || sketches.iter().zip(0u32..);
            let changing = items().filter(|(s, _)| s.1 != Fate::Stays).map(|(s, i)| (i, &s.0));
            let mut found = Vec::new();
            for part in Part::all(200_000) {
                let watched = Watched::new(part, changing.clone());
                let mut members = [watched.nothing(), watched.nothing()];
                let numbered: Vec<(u32, Sketch)> = items().map(|(s, i)| (i, s.0)).collect();
                for (n, some) in numbered.chunks(3).enumerate() {
                    watched.find(some, &mut members[n % 2]);
                }
                let [mut members, other] = members;
                members.extend(other);
                let fate = |i: u32| sketches[i as usize].1;
                found.extend(shifts(&watched, members, fate));
            }
            add_up(&mut found);
            prop_assert_eq!(found, expected);
        }
    }
}
