//! Editors' decisions to constraints on the grouping.
//!
//! Decisions name articles, not groups, so they outlive every run. Of several on the same articles the latest counts;
//! one that cannot hold together with those before it is refused.

mod bound;
mod linked;

use foldhash::{HashMap, HashMapExt};

pub use bound::{Constraints, bind};
use linked::Linked;

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
    let mut kept = Kept::none_of(decisions);
    let mut refused = Vec::new();
    for (position, decision) in decisions.iter().enumerate() {
        if let Err(reason) = makes_sense(decision).and_then(|()| kept.take_in(position)) {
            refused.push((position, reason));
        }
    }
    let in_force = decisions.iter().zip(0..).filter(|&(_, i)| kept.in_force[i]);
    let (decisions, positions) = in_force.map(|(d, i)| (d.clone(), i)).unzip();
    InForce { decisions, positions, refused }
}

/// Whether a decision makes sense alone.
///
/// # Errors
/// Why it does not: it names too few articles, or too many.
pub fn makes_sense(decision: &Decision) -> Result<(), String> {
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
struct Kept<'a> {
    all: &'a [Decision],
    /// By position.
    in_force: Vec<bool>,
    /// Where those in force stand that were made on the same articles, the lower id first.
    about: HashMap<[&'a str; 2], Vec<usize>>,
    /// The articles that must-links link and cannot-links keep apart.
    linked: Linked<&'a str>,
}

impl<'a> Kept<'a> {
    fn none_of(all: &'a [Decision]) -> Self {
        let in_force = vec![false; all.len()];
        Self { all, in_force, about: HashMap::new(), linked: Linked::default() }
    }

    /// Takes in a decision that makes sense alone, in place of those on the same that were made before, unless others contradict
    /// it.
    fn take_in(&mut self, position: usize) -> Result<(), String> {
        let all = self.all;
        let decision = &all[position];
        let about = self.about.get(&articles(decision)).into_iter().flatten().copied();
        let replaced: Vec<usize> = about.filter(|&at| replaces(decision, &all[at])).collect();
        replaced.iter().for_each(|&at| self.take_out(at));
        let holds = self.holds_beside(decision);
        if holds.is_err() {
            replaced.into_iter().for_each(|at| self.put_in(at));
        } else if decision.verdict != Verdict::Undo {
            self.put_in(position);
        }
        holds
    }

    fn put_in(&mut self, position: usize) {
        let decision @ Decision { verdict, article, other, .. } = &self.all[position];
        self.in_force[position] = true;
        self.about.entry(articles(decision)).or_default().push(position);
        match verdict {
            Verdict::MustLink => self.linked.link(article, other),
            Verdict::CannotLink => self.linked.part(article, other, position),
            Verdict::Representative | Verdict::Lock | Verdict::Undo => {}
        }
    }

    fn take_out(&mut self, position: usize) {
        let decision @ Decision { verdict, article, other, .. } = &self.all[position];
        self.in_force[position] = false;
        self.about.entry(articles(decision)).or_default().retain(|&at| at != position);
        match verdict {
            Verdict::MustLink => self.linked.unlink(article, other),
            Verdict::CannotLink => self.linked.unpart(article, other),
            Verdict::Representative | Verdict::Lock | Verdict::Undo => {}
        }
    }

    /// Whether a decision can hold beside those in force.
    fn holds_beside(&mut self, decision: &'a Decision) -> Result<(), String> {
        let Decision { verdict, article, other, .. } = decision;
        match verdict {
            Verdict::CannotLink if self.linked.are_linked(article, other) => Err(format!(
                "{article} and {other} are linked by other decisions: undo those first"
            )),
            Verdict::MustLink => {
                match self.linked.against(article, other).map(|at| &self.all[at]) {
                    Some(Decision { article: a, other: b, .. }) => Err(format!(
                        "{a} and {b}, which this would link, were parted: undo that first"
                    )),
                    None => Ok(()),
                }
            }
            _ => Ok(()),
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

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::Verdict::{CannotLink, Lock, MustLink, Representative, Undo};
    use super::*;
    use crate::kernel::linkage::together;

    type Said<'a> = (Verdict, &'a str, &'a str);

    fn decision(&(verdict, article, other): &Said) -> Decision {
        let [article, other, by, reason] = [article, other, "", ""].map(str::to_owned);
        Decision { verdict, article, other, by, reason }
    }

    /// Which of some decisions are in force, and why which ones are refused.
    #[track_caller]
    fn check(said: &[Said], kept: &[usize], refused: &[(usize, &str)]) {
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

    /// The articles of [`made`].
    const NAMES: [&str; 7] = ["", "a", "b", "c", "d", "e", "f"];

    fn made() -> impl Strategy<Value = Vec<Decision>> {
        // The more there are in force, the more there is to contradict.
        let verdict =
            select(&[MustLink, MustLink, MustLink, CannotLink, Undo, Lock, Representative]);
        let said = (verdict, select(&NAMES), select(&NAMES));
        vec(said.prop_map(|said| decision(&said)), 0..60)
    }

    /// Which of some decisions are in force, and which are refused and why, if each is tried with all that are.
    fn plainly(all: &[Decision]) -> (Vec<usize>, Vec<(usize, String)>) {
        let number = |id: &str| NAMES.iter().position(|name| *name == id).unwrap() as u32;
        let (mut kept, mut refused) = (Vec::new(), Vec::new());
        for (i, d) in all.iter().enumerate() {
            let mut rest: Vec<usize> = kept.clone();
            rest.retain(|&k: &usize| articles(&all[k]) != articles(d) || !replaces(d, &all[k]));
            let of = |verdict| rest.iter().map(|&k| &all[k]).filter(move |d| d.verdict == verdict);
            let links = of(MustLink).chain([d].into_iter().filter(|d| d.verdict == MustLink));
            let label =
                together(NAMES.len(), links.map(|d| (number(&d.article), number(&d.other))));
            let linked = |d: &&Decision| {
                label[number(&d.article) as usize] == label[number(&d.other) as usize]
            };
            let holds = makes_sense(d).and_then(|()| match d.verdict {
                CannotLink if linked(&d) => Err(format!(
                    "{} and {} are linked by other decisions: undo those first",
                    d.article, d.other
                )),
                MustLink => of(CannotLink).find(linked).map_or(Ok(()), |apart| {
                    Err(format!(
                        "{} and {}, which this would link, were parted: undo that first",
                        apart.article, apart.other
                    ))
                }),
                _ => Ok(()),
            });
            match holds {
                Err(reason) => refused.push((i, reason)),
                Ok(()) => {
                    kept = rest;
                    kept.extend((d.verdict != Undo).then_some(i));
                }
            }
        }
        (kept, refused)
    }

    proptest! {
        #[test]
        fn decisions_hold_as_if_each_were_tried_with_all(all in made()) {
            let found = in_force(&all);
            prop_assert_eq!((found.positions, found.refused), plainly(&all));
        }
    }

    /// To hold each against all of the others would take minutes.
    #[test]
    fn decisions_are_as_many_as_they_like() {
        let mut all = Vec::new();
        let mut say =
            |verdict, article: &str, other: &str| all.push(decision(&(verdict, article, other)));
        let n = 1 << 14;
        (0..n).for_each(|i| say(CannotLink, &format!("a{i}"), &format!("b{i}")));
        (0..n).for_each(|i| say(MustLink, &format!("c{i}"), &format!("d{i}")));
        for i in 0..n {
            say(Undo, &format!("c{i}"), &format!("d{i}"));
            say(MustLink, &format!("c{i}"), &format!("e{i}"));
        }
        (0..n).for_each(|i| say(MustLink, "hub", &format!("f{i}")));
        for i in 0..n {
            say(Undo, "hub", &format!("f{i}"));
            say(MustLink, &format!("f{i}"), &format!("g{i}"));
            say(Lock, "hub", "");
        }
        let found = in_force(&all);
        assert_eq!((found.positions.len(), found.refused), (3 * n + 1, Vec::new()));
    }
}
