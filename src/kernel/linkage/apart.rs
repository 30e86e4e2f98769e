//! Groups that never merge, found from either, and moved at the cost of what moves.

use std::collections::BTreeSet;

use foldhash::HashMap;

use super::Merger;

/// Pairs of groups that never merge.
#[derive(Debug, Clone, Default)]
pub(super) struct Apart {
    /// What each group is apart from.
    of: HashMap<u32, BTreeSet<u32>>,
    /// The pairs, the lower first, that the last mergers brought about.
    fresh: Vec<(u32, u32)>,
}

impl Apart {
    /// Keeps two groups apart.
    pub(super) fn part(&mut self, a: u32, b: u32) {
        self.of.entry(a).or_default().insert(b);
        self.of.entry(b).or_default().insert(a);
    }

    /// Whether no groups are apart.
    pub(super) fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// Whether two groups are.
    pub(super) fn has(&self, a: u32, b: u32) -> bool {
        self.of.get(&a).is_some_and(|others| others.contains(&b))
    }

    /// The pairs, the lower first, that were not apart before the last mergers; those of groups that are gone may be among
    /// them.
    pub(super) fn fresh(&self) -> &[(u32, u32)] {
        &self.fresh
    }

    /// Moves the pairs of what is gone to what it became part of.
    pub(super) fn follow(&mut self, merged: &[Merger]) {
        self.fresh.clear();
        for &Merger { into, gone, .. } in merged {
            for other in self.of.remove(&gone).unwrap_or_default() {
                if let Some(others) = self.of.get_mut(&other) {
                    others.remove(&gone);
                }
                if !self.has(into, other) {
                    self.part(into, other);
                    self.fresh.push((into.min(other), into.max(other)));
                }
            }
        }
    }
}
