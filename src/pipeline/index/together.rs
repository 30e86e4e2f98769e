//! What hangs together by pairs of copies.

use crate::kernel::linkage::root;

/// Components of articles, by row. One may be too large, but never too small.
pub(super) struct Together {
    root: Vec<u32>,
}

impl Together {
    /// So many articles, each by itself.
    pub(super) fn new(rows: u32) -> Self {
        Self { root: (0..rows).collect() }
    }

    /// Ties two articles; they may be of higher rows. Says whether they did not hang together before.
    pub(super) fn tie(&mut self, a: u32, b: u32) -> bool {
        self.root.extend(self.root.len() as u32..=a.max(b));
        let (a, b) = (root(&mut self.root, a), root(&mut self.root, b));
        self.root[a.max(b) as usize] = a.min(b);
        a != b
    }

    /// Whether each article hangs together with one of some.
    pub(super) fn with(mut self, some: &[u32]) -> Vec<bool> {
        let mut with = vec![false; self.root.len()];
        some.iter().for_each(|&row| with[root(&mut self.root, row) as usize] = true);
        (0..self.root.len() as u32).map(|row| with[root(&mut self.root, row) as usize]).collect()
    }
}
