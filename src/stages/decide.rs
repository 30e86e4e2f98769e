//! Editors' decisions to constraints on the grouping.
//!
//! Decisions name articles, not groups, so they outlive every run. Of several on the same articles the latest counts;
//! one that cannot hold together with those before it is refused.

use std::hash::Hash;

use foldhash::{HashMap, HashMapExt};

use crate::kernel::linkage;
use crate::model::{Decision, Verdict};

/// What is in force of a list of decisions.
#[derive(Debug, Default)]
pub struct InForce {
    /// In the order in which they were made.
    pub decisions: Vec<Decision>,
    /// Their positions: the same may be decided twice.
    pub positions: Vec<usize>,
    /// The positions of those refused, and why.
    pub refused: Vec<(usize, String)>,
}

/// Reads decisions in the order in which they were made: what is undone or made anew goes, what contradicts is refused.
///
/// ```
/// use samestory::model::{Decision, Verdict};
/// use samestory::stages::decide::in_force;
///
/// let say = |verdict, article: &str, other: &str| Decision {
///     verdict,
///     article: article.into(),
///     other: other.into(),
///     by: "anna".into(),
///     reason: String::new(),
/// };
/// let found = in_force(&[say(Verdict::CannotLink, "a", "b"), say(Verdict::MustLink, "b", "a"), say(Verdict::CannotLink, "a", "b")]);
/// assert_eq!(found.decisions, [say(Verdict::CannotLink, "a", "b")], "the latest counts");
/// assert!(found.refused.is_empty());
/// ```
pub fn in_force(decisions: &[Decision]) -> InForce {
    let mut kept = Kept { all: vec![None; decisions.len()], ..Kept::default() };
    let mut refused = Vec::new();
    for (position, decision) in decisions.iter().enumerate() {
        if let Err(reason) = makes_sense(decision).and_then(|()| kept.take_in(position, decision)) {
            refused.push((position, reason));
        }
    }
    let kept = kept.all.into_iter().enumerate().filter_map(|(i, d)| Some((d?.clone(), i)));
    let (decisions, positions) = kept.unzip();
    InForce { decisions, positions, refused }
}

/// Whether a decision makes sense alone.
fn makes_sense(decision: &Decision) -> Result<(), String> {
    let Decision { verdict, article, other, .. } = decision;
    if article.is_empty() {
        return Err("no article is named".to_owned());
    }
    let about_two = matches!(verdict, Verdict::MustLink | Verdict::CannotLink);
    if about_two && (other.is_empty() || article == other) {
        return Err(format!("{verdict} needs two articles"));
    }
    if matches!(verdict, Verdict::Lock | Verdict::Representative) && !other.is_empty() {
        return Err(format!("{verdict} is about one article"));
    }
    Ok(())
}

/// The decisions in force so far.
#[derive(Default)]
struct Kept<'a> {
    /// By position; `None` where one is not in force.
    all: Vec<Option<&'a Decision>>,
    /// Where those stand that were made on the same articles, the lower id first.
    about: HashMap<[&'a str; 2], Vec<usize>>,
    /// Where cannot-links stand.
    apart: Vec<usize>,
    /// What the must-links bring together; `None` when one of them is in force no more since that was found out.
    linked: Option<Linked<&'a str>>,
}

impl<'a> Kept<'a> {
    /// Takes in a decision that makes sense alone, in place of those on the same that were made before, unless others contradict
    /// it.
    fn take_in(&mut self, position: usize, decision: &'a Decision) -> Result<(), String> {
        let key = articles(decision);
        let replaced = |&&at: &&usize| self.all[at].is_some_and(|d| replaces(decision, d));
        let replaced: Vec<usize> =
            self.about.get(&key).into_iter().flatten().filter(replaced).copied().collect();
        let gone: Vec<(usize, &Decision)> =
            replaced.into_iter().filter_map(|at| Some((at, self.all[at].take()?))).collect();
        let unlinks = gone.iter().any(|(_, d)| d.verdict == Verdict::MustLink);
        if unlinks {
            self.linked = None;
        }
        if let Err(reason) = self.holds_beside(decision) {
            gone.into_iter().for_each(|(at, d)| self.all[at] = Some(d));
            if unlinks || decision.verdict == Verdict::MustLink {
                self.linked = None;
            }
            return Err(reason);
        }
        if decision.verdict == Verdict::CannotLink {
            self.apart.push(position);
        }
        if decision.verdict != Verdict::Undo {
            self.about.entry(key).or_default().push(position);
            self.all[position] = Some(decision);
        }
        Ok(())
    }

    /// Whether a decision can hold beside those in force; a must-link links from then on.
    fn holds_beside(&mut self, decision: &'a Decision) -> Result<(), String> {
        let Decision { verdict, article, other, .. } = decision;
        if !matches!(verdict, Verdict::MustLink | Verdict::CannotLink) {
            return Ok(());
        }
        let all = &self.all;
        let linked = self.linked.get_or_insert_with(|| Linked::by(all.iter().copied().flatten()));
        if *verdict == Verdict::CannotLink {
            return match linked.find(article) == linked.find(other) {
                true => Err(format!(
                    "{article} and {other} are linked by other decisions: undo those first"
                )),
                false => Ok(()),
            };
        }
        linked.join(article, other);
        let mut apart = self.apart.iter().filter_map(|&at| all[at]);
        match apart.find(|d| linked.find(&d.article) == linked.find(&d.other)) {
            Some(Decision { article: a, other: b, .. }) => {
                Err(format!("{a} and {b}, which this would link, were parted: undo that first"))
            }
            None => Ok(()),
        }
    }
}

/// The articles that a decision is about, the lower id first.
fn articles(decision: &Decision) -> [&str; 2] {
    let mut both = [&*decision.article, &*decision.other];
    both.sort_unstable();
    both
}

/// Whether a decision takes the place of an earlier one on the same articles.
fn replaces(later: &Decision, earlier: &Decision) -> bool {
    let about_two = !later.other.is_empty();
    later.verdict == Verdict::Undo || about_two || later.verdict == earlier.verdict
}

/// What must-links bring together, so far.
struct Linked<T> {
    parent: HashMap<T, T>,
}

impl<T> Default for Linked<T> {
    fn default() -> Self {
        Self { parent: HashMap::new() }
    }
}

impl<'a> Linked<&'a str> {
    fn by(decisions: impl Iterator<Item = &'a Decision>) -> Self {
        let mut linked = Self::default();
        let links = decisions.filter(|d| d.verdict == Verdict::MustLink);
        links.for_each(|d| linked.join(&d.article, &d.other));
        linked
    }
}

impl<T: Copy + Ord + Hash> Linked<T> {
    fn find(&mut self, mut item: T) -> T {
        while let Some(&parent) = self.parent.get(&item) {
            // The way of the next search is half as long.
            let next = self.parent.get(&parent).copied().unwrap_or(parent);
            self.parent.insert(item, next);
            item = next;
        }
        item
    }

    fn join(&mut self, a: T, b: T) {
        let (a, b) = (self.find(a), self.find(b));
        if a != b {
            self.parent.insert(a.max(b), a.min(b));
        }
    }
}

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

    /// Splits articles into lists that keep apart what is to be apart, each into the first that may have it; one if nothing is.
    pub fn split(&self, mut articles: Vec<u32>) -> Vec<Vec<u32>> {
        let parts = |a: u32, b: u32| self.apart.binary_search(&(a.min(b), a.max(b))).is_ok();
        let is_parted = |i: &u32| self.apart.iter().any(|&(a, b)| a == *i || b == *i);
        articles.sort_unstable();
        let (parted, free) = match self.apart[..] {
            [] => (Vec::new(), articles),
            _ => articles.into_iter().partition(is_parted),
        };
        let mut lists: Vec<Vec<u32>> = [free].into_iter().filter(|free| !free.is_empty()).collect();
        for i in parted {
            match lists.iter_mut().find(|list| !list.iter().any(|&j| parts(i, j))) {
                Some(list) => list.push(i),
                None => lists.push(vec![i]),
            }
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
        let mut together = Vec::new();
        let mut linked = Linked::default();
        for (a, b) in self.together.iter().map(|&(a, b, _)| (group_of(a), group_of(b))) {
            let roots = (linked.find(a), linked.find(b));
            let mut parts = |&(x, y): &(u32, u32)| {
                let (x, y) = (linked.find(x), linked.find(y));
                (x, y) == roots || (y, x) == roots
            };
            if !apart.iter().any(&mut parts) {
                linked.join(a, b);
                together.push((a, b));
            }
        }
        let closed = self.locked.iter().map(|&i| group_of(i)).collect();
        linkage::Constraints { together, apart, closed }
    }
}

#[cfg(test)]
mod tests {
    use super::Verdict::{CannotLink, Lock, MustLink, Representative, Undo};
    use super::*;

    type Said<'a> = (Verdict, &'a str, &'a str);

    /// Which of some decisions are in force, and why which ones are refused.
    #[track_caller]
    fn check(said: &[Said], kept: &[usize], refused: &[(usize, &str)]) {
        let decision = |&(verdict, article, other): &Said| {
            let [article, other, by, reason] = [article, other, "", ""].map(str::to_owned);
            Decision { verdict, article, other, by, reason }
        };
        let decisions: Vec<Decision> = said.iter().map(decision).collect();
        let found = in_force(&decisions);
        assert_eq!(found.positions, kept);
        assert!(found.decisions.iter().eq(kept.iter().map(|&i| &decisions[i])));
        assert_eq!(found.refused.len(), refused.len(), "{:?}", found.refused);
        for ((at, why), (i, expected)) in found.refused.iter().zip(refused) {
            assert!(at == i && why.contains(expected), "{why}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        check(&[(Lock, "", "")], &[], &[(0, "no article")]);
        check(&[(MustLink, "a", ""), (CannotLink, "a", "a")], &[], &[(0, "two"), (1, "two")]);
        check(&[(Lock, "a", "b"), (Representative, "a", "b")], &[], &[(0, "one"), (1, "one")]);
        check(&[(Undo, "a", ""), (Undo, "a", "b"), (Lock, "a", "")], &[2], &[]);
    }

    #[test]
    fn the_latest_on_the_same_articles_counts() {
        check(&[(Lock, "a", ""), (Representative, "a", ""), (Lock, "b", "")], &[0, 1, 2], &[]);
        check(&[(Lock, "a", ""), (Representative, "a", ""), (Lock, "a", "")], &[1, 2], &[]);
        check(&[(Lock, "a", ""), (Representative, "a", ""), (Undo, "a", "")], &[], &[]);
        check(&[(MustLink, "a", "b"), (Lock, "a", ""), (Undo, "b", "a")], &[1], &[]);
        check(&[(MustLink, "a", "b"), (CannotLink, "b", "a")], &[1], &[]);
        check(&[(MustLink, "a", "b"), (Undo, "a", "c"), (MustLink, "a", "c")], &[0, 2], &[]);
    }

    #[test]
    fn what_contradicts_is_refused() {
        let [ab, bc] = [(MustLink, "a", "b"), (MustLink, "b", "c")];
        check(&[ab, bc, (CannotLink, "c", "a")], &[0, 1], &[(2, "c and a are linked")]);
        check(&[(CannotLink, "c", "a"), ab, bc], &[0, 1], &[(2, "c and a, which")]);
        check(&[(CannotLink, "c", "d"), ab, bc], &[0, 1, 2], &[]);
        check(
            &[ab, bc, (CannotLink, "c", "a"), (Undo, "b", "a"), (CannotLink, "c", "a")],
            &[1, 4],
            &[(2, "c and a are")],
        );
        // What was refused changes nothing, what it replaces links nothing any more.
        check(
            &[(CannotLink, "a", "b"), ab, bc, (CannotLink, "c", "a"), ab],
            &[2, 4],
            &[(3, "c and a are")],
        );
        check(&[ab, bc, (CannotLink, "a", "b")], &[1, 2], &[]);
    }

    #[test]
    fn decisions_bind_the_articles_at_hand() {
        let all = [(MustLink, "b", "a"), (CannotLink, "c", "b"), (CannotLink, "b", "a")];
        let others = [(MustLink, "a", "?"), (CannotLink, "?", "a"), (Lock, "c", "")];
        let decision = |(verdict, article, other): Said| {
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
        assert_eq!(constraints.split(vec![3, 2, 1, 0]), [vec![3, 0, 2], vec![1]]);
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
}
