//! What is linked, directly or by way of others, and what is apart, while both come and go.

use std::collections::btree_set::Iter;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::Hash;

use foldhash::{HashMap, HashMapExt};

/// Items, the links between them, and the pairs that are apart. Items that are linked, if only by way of others, are one
/// *component*. To link two, or to ask what is against that, costs what the lighter of their components weighs: its links, and
/// the pairs in which one of its items is apart. To unlink two costs what the lighter part weighs, or where other ways still link
/// them, what it takes to find one.
pub(super) struct Linked<T> {
    numbers: HashMap<T, u32>,
    /// By number.
    items: Vec<Item>,
    /// How many components there have been.
    components: u32,
}

struct Item {
    component: u32,
    links: BTreeSet<u32>,
    /// The items that it is apart from, each with the position of the decision that says so.
    apart: BTreeMap<u32, usize>,
}

/// Some of the items of one component.
type Side = BTreeSet<u32>;

impl<T> Default for Linked<T> {
    fn default() -> Self {
        Self { numbers: HashMap::new(), items: Vec::new(), components: 0 }
    }
}

impl<T: Copy + Eq + Hash> Linked<T> {
    /// Whether two items are one component.
    pub(super) fn are_linked(&mut self, a: T, b: T) -> bool {
        let [a, b] = [a, b].map(|item| self.number(item));
        self.are_one(a, b)
    }

    pub(super) fn link(&mut self, a: T, b: T) {
        let [a, b] = [a, b].map(|item| self.number(item));
        if !self.are_one(a, b)
            && let Some((side, far)) = self.lighter(a, b)
        {
            self.move_to(self.item(far).component, side);
        }
        self.item_mut(a).links.insert(b);
        self.item_mut(b).links.insert(a);
    }

    pub(super) fn unlink(&mut self, a: T, b: T) {
        let [a, b] = [a, b].map(|item| self.number(item));
        self.item_mut(a).links.remove(&b);
        self.item_mut(b).links.remove(&a);
        if let Some((side, _)) = self.lighter(a, b) {
            let component = self.new_component();
            self.move_to(component, side);
        }
    }

    /// Keeps two items apart; `position` is that of the decision.
    pub(super) fn part(&mut self, a: T, b: T, position: usize) {
        let [a, b] = [a, b].map(|item| self.number(item));
        self.item_mut(a).apart.insert(b, position);
        self.item_mut(b).apart.insert(a, position);
    }

    /// Keeps two items apart no longer.
    pub(super) fn unpart(&mut self, a: T, b: T) {
        let [a, b] = [a, b].map(|item| self.number(item));
        self.item_mut(a).apart.remove(&b);
        self.item_mut(b).apart.remove(&a);
    }

    /// The position of the first decision that a link between two items would contradict: one that keeps an item of the one's
    /// component apart from an item of the other's. `None` where they are linked.
    pub(super) fn against(&mut self, a: T, b: T) -> Option<usize> {
        let [a, b] = [a, b].map(|item| self.number(item));
        if self.are_one(a, b) {
            return None;
        }
        let (side, far) = self.lighter(a, b)?;
        let apart = side.into_iter().flat_map(|i| &self.item(i).apart);
        apart.filter(|&(&other, _)| self.are_one(other, far)).map(|(_, &position)| position).min()
    }

    /// The number of an item. A new item is a component of its own.
    fn number(&mut self, item: T) -> u32 {
        let new = self.items.len() as u32;
        let number = *self.numbers.entry(item).or_insert(new);
        if number == new {
            let component = self.new_component();
            self.items.push(Item { component, links: BTreeSet::new(), apart: BTreeMap::new() });
        }
        number
    }

    fn new_component(&mut self) -> u32 {
        self.components += 1;
        self.components
    }

    fn item(&self, number: u32) -> &Item {
        &self.items[number as usize]
    }

    fn item_mut(&mut self, number: u32) -> &mut Item {
        &mut self.items[number as usize]
    }

    fn are_one(&self, a: u32, b: u32) -> bool {
        self.item(a).component == self.item(b).component
    }

    fn move_to(&mut self, component: u32, side: Side) {
        side.into_iter().for_each(|i| self.item_mut(i).component = component);
    }

    /// The lighter of the two sides that links lead to from `a` and from `b`, and which of these is on the other one. `None` if
    /// both are on one.
    fn lighter(&self, a: u32, b: u32) -> Option<(Side, u32)> {
        let mut walks = [a, b].map(|start| Walk::new(&self.items, start));
        loop {
            // The one that has seen less goes on, so that the other does not go far beyond where this one ends.
            walks.sort_by_key(|walk| walk.weight);
            let [behind, ahead] = &mut walks;
            match behind.next() {
                Some(item) if ahead.seen.contains(&item) => return None,
                Some(_) => {}
                None => return Some((std::mem::take(&mut behind.seen), ahead.start)),
            }
        }
    }
}

/// A walk along links to all of the items that they lead to. It gives the end of each link.
struct Walk<'a> {
    items: &'a [Item],
    start: u32,
    seen: Side,
    /// Links not yet gone along, of the items on the way here.
    ahead: Vec<Iter<'a, u32>>,
    /// Of what was seen.
    weight: usize,
}

impl<'a> Walk<'a> {
    fn new(items: &'a [Item], start: u32) -> Self {
        let mut walk = Self { items, start, seen: Side::new(), ahead: Vec::new(), weight: 0 };
        walk.visit(start);
        walk
    }

    fn visit(&mut self, number: u32) {
        if self.seen.insert(number) {
            let item = &self.items[number as usize];
            self.weight += item.apart.len();
            self.ahead.push(item.links.iter());
        }
    }
}

impl Iterator for Walk<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        while let Some(links) = self.ahead.last_mut() {
            if let Some(&item) = links.next() {
                self.weight += 1;
                self.visit(item);
                return Some(item);
            }
            self.ahead.pop();
        }
        None
    }
}
