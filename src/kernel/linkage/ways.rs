//! The edges at groups that have many, the closest first, so that the next one is found without looking at all of them.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use foldhash::HashMap;

use super::Edge;
use super::rounds::{compare, ends};

/// A group with more edges has its ways in order.
const MANY: usize = if cfg!(test) { 2 } else { 256 };

/// An edge as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Way {
    fraction: (i64, u64),
    ends: (u32, u32),
    edge: u32,
}

impl Ord for Way {
    fn cmp(&self, other: &Self) -> Ordering {
        compare(self.fraction, other.fraction).then(other.ends.cmp(&self.ends))
    }
}

impl PartialOrd for Way {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// For groups with many edges the ways that there are, and some that are no more.
#[derive(Debug, Default)]
pub(super) struct Ways {
    of: HashMap<u32, BinaryHeap<Way>>,
}

impl Ways {
    /// Whether the ways from a group are known.
    pub(super) fn knows(&self, group: u32) -> bool {
        self.of.contains_key(&group)
    }

    /// Knows the ways from a group from now on if so many edges are at it.
    pub(super) fn learn(
        &mut self,
        group: u32,
        at: usize,
        ways: impl Iterator<Item = (u32, (i64, u64))>,
        edges: &[Edge],
    ) {
        if at > MANY {
            let way = |(edge, fraction)| Way { fraction, ends: ends(&edges[edge as usize]), edge };
            self.of.insert(group, ways.map(way).collect());
        }
    }

    /// Notes what an edge is now, for those of its ends whose ways are known.
    pub(super) fn note(&mut self, edge: u32, e: &Edge, fraction: (i64, u64)) {
        for end in [e.a, e.b] {
            if let Some(ways) = self.of.get_mut(&end) {
                ways.push(Way { fraction, ends: ends(e), edge });
            }
        }
    }

    /// Forgets a group that is gone.
    pub(super) fn forget(&mut self, group: u32) {
        self.of.remove(&group);
    }

    /// The closest edge at a group whose ways are known, and its fraction. `now` says what an edge is.
    pub(super) fn closest(
        &mut self,
        group: u32,
        now: impl Fn(u32) -> (Edge, Option<(i64, u64)>),
    ) -> Option<(u32, (i64, u64))> {
        let ways = self.of.get_mut(&group)?;
        while let Some(&Way { fraction, ends: ends_then, edge }) = ways.peek() {
            let (e, fraction_now) = now(edge);
            if ends(&e) == ends_then && fraction_now == Some(fraction) {
                return Some((edge, fraction));
            }
            ways.pop();
        }
        None
    }
}
