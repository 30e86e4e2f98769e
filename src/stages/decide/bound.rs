//! Decisions in force as constraints on the articles at hand, and on the groups that these are in.

use std::collections::BTreeSet;

use foldhash::{HashMap, HashMapExt};

use super::linked::Linked;
use crate::kernel::linkage;
use crate::model::{Decision, Verdict};

/// Decisions in force, on the positions of the articles at hand.
#[derive(Debug, Clone, Default)]
pub struct Constraints {
    /// Pairs that tell one story, with who said so.
    pub together: Vec<(u32, u32, Box<str>)>,
    /// Pairs, the lower first, that are in no group and no story together; ascending.
    pub apart: Vec<(u32, u32)>,
    /// Articles that stand for their group and story, the latest decision last.
    pub representatives: Vec<u32>,
    /// Articles whose story no other report joins.
    pub locked: Vec<u32>,
}

/// Decisions that concern articles at hand; `position` gives the place of an article, if it is here.
pub fn bind(decisions: &[Decision], position: impl Fn(&str) -> Option<u32>) -> Constraints {
    let mut bound = Constraints::default();
    for d in decisions {
        let Some(a) = position(&d.article) else { continue };
        let pair = position(&d.other).map(|b| (a.min(b), a.max(b)));
        match (d.verdict, pair) {
            (Verdict::MustLink, Some((a, b))) => bound.together.push((a, b, d.by.as_str().into())),
            (Verdict::CannotLink, Some(pair)) => bound.apart.push(pair),
            (Verdict::Representative, _) => bound.representatives.push(a),
            (Verdict::Lock, _) => bound.locked.push(a),
            (Verdict::MustLink | Verdict::CannotLink, None) | (Verdict::Undo, _) => {}
        }
    }
    bound.apart.sort_unstable();
    bound
}

impl Constraints {
    /// Whether nothing is to be observed.
    pub fn is_empty(&self) -> bool {
        let Self { together, apart, representatives, locked } = self;
        together.is_empty() && apart.is_empty() && representatives.is_empty() && locked.is_empty()
    }

    /// Splits articles into lists, ascending, that keep apart what is to be apart, each into the first that may have it; one if
    /// nothing is.
    pub fn split(&self, mut articles: Vec<u32>) -> Vec<Vec<u32>> {
        articles.sort_unstable();
        let mut lists: Vec<Vec<u32>> = Vec::new();
        // The lists that hold an article from which a later one is apart, by the later one.
        let mut barred: HashMap<u32, BTreeSet<usize>> = HashMap::new();
        for i in articles {
            let barred_to_it = barred.remove(&i).unwrap_or_default();
            let may_have_it = |list: &usize| !barred_to_it.contains(list);
            let list = (0..lists.len()).find(may_have_it).unwrap_or(lists.len());
            match lists.get_mut(list) {
                Some(list) => list.push(i),
                None => lists.push(vec![i]),
            }
            let from = self.apart.partition_point(|&(a, _)| a < i);
            let later = self.apart[from..].iter().take_while(|&&(a, _)| a == i);
            later.for_each(|&(_, b)| {
                barred.entry(b).or_default().insert(list);
            });
        }
        lists
    }

    /// The place of the article that an editor chose last to stand for these, if one was chosen.
    pub fn chosen(&self, articles: impl Iterator<Item = u32>) -> Option<usize> {
        let rank = |(at, i): (usize, u32)| {
            Some((self.representatives.iter().rposition(|&chosen| chosen == i)?, at))
        };
        // Decisions are few: most runs have none to look through.
        if self.representatives.is_empty() {
            return None;
        }
        articles.enumerate().filter_map(rank).max().map(|(_, at)| at)
    }

    /// The pairs that are apart, of the groups that these articles are in.
    pub fn groups_apart(&self, group_of: impl Fn(u32) -> u32) -> Vec<(u32, u32)> {
        self.apart.iter().map(|&(a, b)| (group_of(a), group_of(b))).collect()
    }

    /// The constraints on the groups that the articles are in. Where near-duplicates tie what is apart to what is
    /// together, apart goes before: better a story in two than two stories in one.
    pub fn of_groups(&self, group_of: impl Fn(u32) -> u32) -> linkage::Constraints {
        let apart = self.groups_apart(&group_of);
        let mut linked = Linked::default();
        apart.iter().zip(0..).for_each(|(&(a, b), position)| linked.part(a, b, position));
        let mut together = Vec::new();
        for (a, b) in self.together.iter().map(|&(a, b, _)| (group_of(a), group_of(b))) {
            if linked.against(a, b).is_none() {
                linked.link(a, b);
                together.push((a, b));
            }
        }
        let closed = self.locked.iter().map(|&i| group_of(i)).collect();
        linkage::Constraints { together, apart, closed }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::Verdict::{CannotLink, Lock, MustLink};
    use super::*;

    #[test]
    fn decisions_bind_the_articles_at_hand() {
        let all = [(MustLink, "b", "a"), (CannotLink, "c", "b"), (CannotLink, "b", "a")];
        let others = [(MustLink, "a", "?"), (CannotLink, "?", "a"), (Lock, "c", "")];
        let decision = |(verdict, article, other): (Verdict, &str, &str)| {
            let [article, other, by, reason] = [article, other, "anna", ""].map(str::to_owned);
            Decision { verdict, article, other, by, reason }
        };
        let decisions: Vec<Decision> = [all, others].concat().into_iter().map(decision).collect();
        let bound =
            bind(&decisions, |id| ["a", "b", "c"].iter().position(|x| *x == id).map(|i| i as u32));
        assert_eq!(bound.together, [(0, 1, "anna".into())]);
        assert_eq!(bound.apart, [(0, 1), (1, 2)]);
        assert_eq!((bound.representatives, bound.locked), (vec![], vec![2]));
    }

    #[test]
    fn constraints_on_articles_and_groups() {
        let none = Constraints::default();
        let constraints = Constraints {
            apart: vec![(0, 1), (1, 2)],
            together: vec![
                (0, 3, "".into()),
                (3, 2, "".into()),
                (4, 1, "".into()),
                (4, 3, "".into()),
            ],
            representatives: vec![5, 7, 5, 8],
            locked: vec![14],
        };
        assert!(none.is_empty());
        let Constraints { apart, together, representatives, locked } = constraints.clone();
        assert!(!Constraints { apart, ..Constraints::default() }.is_empty());
        assert!(!Constraints { together, ..Constraints::default() }.is_empty());
        assert!(!Constraints { representatives, ..Constraints::default() }.is_empty());
        assert!(!Constraints { locked, ..Constraints::default() }.is_empty());
        assert_eq!(none.split(vec![2, 0, 1]), [[0, 1, 2]]);
        assert_eq!(none.split(vec![]), Vec::<Vec<u32>>::new());
        assert_eq!(constraints.split(vec![3, 2, 1, 0]), [vec![0, 2, 3], vec![1]]);
        assert_eq!(constraints.split(vec![1, 0]), [[0], [1]]);
        assert_eq!([&none, &constraints].map(|c| c.chosen([9, 7, 5].into_iter())), [None, Some(2)]);
        assert_eq!(constraints.chosen([9, 4].into_iter()), None);
        // Ten articles a group.
        let of_groups = constraints.of_groups(|i| i % 10);
        assert_eq!(of_groups.apart, [(0, 1), (1, 2)]);
        assert_eq!(of_groups.together, [(0, 3), (3, 2), (4, 1)], "4 is tied to 1, and 3 to 0");
        assert_eq!(of_groups.closed, [4]);
        assert_eq!(constraints.groups_apart(|i| i + 1), [(1, 2), (2, 3)]);
    }

    /// The lists as they would be if each article were held against each list.
    fn split_plainly(constraints: &Constraints, n: u32) -> Vec<Vec<u32>> {
        let apart = |a: u32, b: u32| constraints.apart.contains(&(a.min(b), a.max(b)));
        let mut lists: Vec<Vec<u32>> = Vec::new();
        for i in 0..n {
            match lists.iter_mut().find(|list| !list.iter().any(|&j| apart(i, j))) {
                Some(list) => list.push(i),
                None => lists.push(vec![i]),
            }
        }
        lists
    }

    /// The pairs that go together if each is tried with all that are apart.
    fn together_plainly(constraints: &Constraints, n: usize) -> Vec<(u32, u32)> {
        let mut together: Vec<(u32, u32)> = Vec::new();
        for &(a, b, _) in &constraints.together {
            together.push((a, b));
            let label = linkage::together(n, together.iter().copied());
            if constraints.apart.iter().any(|&(x, y)| label[x as usize] == label[y as usize]) {
                together.pop();
            }
        }
        together
    }

    proptest! {
        #[test]
        fn constraints_hold_as_if_all_were_tried(
            mut apart in vec((0..12_u32, 0..12_u32).prop_map(|(a, b)| (a.min(b), a.max(b))), 0..12),
            together in vec((0..12_u32, 0..12_u32), 0..24),
        ) {
            apart.retain(|(a, b)| a != b);
            apart.sort_unstable();
            let together = together.into_iter().map(|(a, b)| (a, b, "".into())).collect();
            let constraints = Constraints { apart, together, ..Constraints::default() };
            prop_assert_eq!(constraints.split((0..12).rev().collect()), split_plainly(&constraints, 12));
            let together = together_plainly(&constraints, 12);
            prop_assert_eq!(constraints.of_groups(|i| i).together, together);
        }
    }

    /// To try each pair with each other pair would take minutes.
    #[test]
    fn constraints_are_as_many_as_they_like() {
        let n = 1 << 16;
        let apart: Vec<(u32, u32)> = (0..n).step_by(2).map(|i| (i, i + 1)).collect();
        let together = (2..n).map(|i| (i - 2, i, "".into())).collect();
        let constraints = Constraints { apart, together, ..Constraints::default() };
        let lists: [Vec<u32>; 2] = [0, 1].map(|first| (first..n).step_by(2).collect());
        assert_eq!(constraints.split((0..n).collect()), lists);
        assert_eq!(constraints.of_groups(|i| i).together.len() as u32, n - 2);
    }
}
