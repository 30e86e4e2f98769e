//! Connected components: which items hang together by pairs, whether directly or by others.

use std::ops::Range;

use super::linkage::together;
use super::sort::by_number;

/// For each item the number of its component. What stands in the order of components can be worked on some components at a
/// time, for items of two components have nothing to do with each other.
#[derive(Debug)]
pub struct Components {
    number: Vec<u32>,
    /// How many components there are.
    n: usize,
}

impl Components {
    /// The components of items `0..n` by the pairs between them.
    ///
    /// They are numbered by the `rank` of their lowest items, which is below `ranks`, and between equals by these items.
    ///
    /// ```
    /// use samestory::kernel::components::Components;
    ///
    /// let components = Components::new(4, [(0, 2), (2, 3)].into_iter(), 9, |lowest| 8 - lowest as usize);
    /// assert_eq!([0, 1, 2, 3].map(|item| components.of(item)), [1, 0, 1, 1]);
    /// ```
    pub fn new(
        n: usize,
        pairs: impl Iterator<Item = (u32, u32)>,
        ranks: usize,
        rank: impl Fn(u32) -> usize,
    ) -> Self {
        let mut number = together(n, pairs);
        let lowest = (0..n as u32).filter(|&i| number[i as usize] == i);
        let lowest = by_number(lowest, ranks, |&i| rank(i));
        let mut place = vec![0; n];
        lowest.iter().zip(0..).for_each(|(&i, at)| place[i as usize] = at);
        number.iter_mut().for_each(|lowest| *lowest = place[*lowest as usize]);
        Self { number, n: lowest.len() }
    }

    /// How many items there are.
    pub fn n_items(&self) -> usize {
        self.number.len()
    }

    /// The number of the component of an item.
    pub fn of(&self, item: u32) -> u32 {
        self.number[item as usize]
    }

    /// Puts things in the order of the components of their items; what is of one component stays in its order.
    pub fn sort<T: Copy>(&self, things: &[T], item: impl Fn(&T) -> u32) -> Vec<T> {
        by_number(things.iter().copied(), self.n, |thing| self.of(item(thing)) as usize)
    }

    /// Cuts things that stand in that order where a component ends, `least` of them to a piece or more.
    pub fn cut<'a, T>(
        &self,
        mut things: &'a [T],
        item: impl Fn(&T) -> u32,
        least: usize,
    ) -> Vec<&'a [T]> {
        let mut pieces = Vec::new();
        while !things.is_empty() {
            let last = self.of(item(&things[least.min(things.len()) - 1]));
            let end = things.partition_point(|thing| self.of(item(thing)) <= last);
            let (piece, rest) = things.split_at(end);
            pieces.push(piece);
            things = rest;
        }
        pieces
    }

    /// Those of things in that order that are of the components from that of one item to that of another.
    pub fn between<'a, T>(
        &self,
        things: &'a [T],
        item: impl Fn(&T) -> u32,
        [from, to]: [u32; 2],
    ) -> &'a [T] {
        let [from, to] = [self.of(from), self.of(to) + 1];
        let place = |number| things.partition_point(|thing| self.of(item(thing)) < number);
        let within: Range<usize> = place(from)..place(to);
        &things[within]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_are_cut_where_a_component_ends() {
        let pairs = [(0, 3), (1, 4), (3, 6), (5, 2)];
        let components = Components::new(8, pairs.into_iter(), 2, |lowest| lowest as usize % 2);
        let number: Vec<u32> = (0..8).map(|i| components.of(i)).collect();
        assert_eq!(number, [0, 2, 1, 0, 2, 1, 0, 3]);
        let things = components.sort(&[7, 1, 6, 2, 0, 4, 3], |&i| i);
        assert_eq!(things, [6, 0, 3, 2, 1, 4, 7]);
        let cut = |least| components.cut(&things, |&i| i, least);
        assert_eq!(cut(1), [&things[..3], &things[3..4], &things[4..6], &things[6..]]);
        assert_eq!(cut(4), [&things[..4], &things[4..]]);
        assert_eq!(components.between(&things, |&i| i, [5, 4]), [2, 1, 4]);
        assert_eq!(components.between(&things[..4], |&i| i, [1, 7]), [0; 0]);
        assert!(components.cut(&[], |&i| i, 9).is_empty());
    }
}
