//! What is in force of decisions, which ones, and what undoing some leaves in force.
//!
//! A decision has a place: its two articles, or its one article and whether it is locked or stands for others. A place is
//! held by one decision at a time. The log names articles only: to undo a decision ends all that was decided on its articles,
//! so what else is in force on them, and what it took the place of, is written again behind that, as it was made.

use std::ops::Range;

use foldhash::{HashMap, HashMapExt as _, HashSet};

use crate::model::{Decision, Verdict};
use crate::stages::decide::makes_sense;
use crate::store::Decided;

/// What is decided about one article.
const ALONE: [Verdict; 2] = [Verdict::Lock, Verdict::Representative];

/// The articles, the lower id first, and of one article which of [`ALONE`].
type Place<'a> = ([&'a str; 2], Option<Verdict>);

/// What decisions that were made together did to a place. Decisions go by their positions; what an undoing wrote again is the
/// one that it had been.
struct Step {
    /// The number of the first of those made together.
    first: i64,
    /// What held the place before.
    before: Option<usize>,
    /// What holds it since.
    after: Option<usize>,
    /// The last line about it.
    line: usize,
    /// Whether something was undone there.
    undoes: bool,
}

impl Step {
    fn changes(&self) -> bool {
        self.before != self.after
    }
}

/// Who decides, and why.
#[derive(Debug, Clone, Copy)]
pub struct Author<'a> {
    /// The editor; may be empty.
    pub by: &'a str,
    /// Why; may be empty.
    pub reason: &'a str,
}

impl Author<'_> {
    /// What was decided, as their own decision.
    fn says(self, made: &Decision) -> Decision {
        let (by, reason) = (self.by.to_owned(), self.reason.to_owned());
        Decision { by, reason, ..made.clone() }
    }
}

/// What happened to each place, by decisions in the order in which they were made.
pub(super) struct History<'a> {
    decided: &'a [Decided],
    steps: HashMap<Place<'a>, Vec<Step>>,
}

impl<'a> History<'a> {
    /// Reads all decisions there are on the articles that they name.
    pub(super) fn of(decided: &'a [Decided]) -> Self {
        let mut history = Self { decided, steps: HashMap::new() };
        for (line, made) in decided.iter().enumerate() {
            places(&made.decision).into_iter().for_each(|place| history.go_on(place, line));
        }
        history
    }

    /// Takes in what a line says of a place.
    fn go_on(&mut self, place: Place<'a>, line: usize) {
        let first = self.decided[line].first;
        let steps = self.steps.entry(place).or_default();
        if steps.last().is_none_or(|step| step.first != first) {
            let before = steps.last().and_then(|step| step.after);
            steps.push(Step { first, before, after: before, line, undoes: false });
        }
        let undoes = self.decided[line].decision.verdict == Verdict::Undo;
        let again = steps.last().filter(|step| step.undoes).and_then(|step| {
            // Behind an undoing: what the one undone took the place of, or what was not undone, says the same again.
            let same = |&at: &usize| self.decided[at].decision == self.decided[line].decision;
            under(steps, step.before).filter(same).or(step.before.filter(same))
        });
        let step = steps.last_mut().expect("there is one");
        step.line = line;
        step.undoes |= undoes;
        step.after = (!undoes).then_some(again.unwrap_or(line));
    }

    /// What holds a place now.
    fn holds(&self, place: Place<'a>) -> Option<usize> {
        self.steps.get(&place)?.last()?.after
    }

    /// The numbers of those that are in force, with the lines that said so last, and of undoings that nothing was decided after.
    pub(super) fn standing(&self) -> HashSet<i64> {
        let last = |steps: &Vec<Step>| {
            let step = steps.iter().rfind(|step| step.changes())?;
            Some([step.after.unwrap_or(step.line), step.line])
        };
        let lines = self.steps.values().filter_map(last).flatten();
        lines.map(|line| self.decided[line].number).collect()
    }

    /// What undoes those of some decisions made together that are still in force: what they took the place of is in force again,
    /// and so is what they undid. Empty where nothing of them is left to undo. What is made anew is the author's.
    pub(super) fn undoing(&self, together: Range<usize>, author: Author<'_>) -> Vec<Decision> {
        let (mut ended, mut again, mut anew) = (Vec::new(), Vec::new(), Vec::new());
        for line in together {
            for place in places(&self.decided[line].decision) {
                let steps = self.steps.get(&place).map_or(&[][..], Vec::as_slice);
                let Some(at) = steps.iter().position(|step| step.line == line) else { continue };
                let Step { before, after, .. } = steps[at];
                let stands = steps[at + 1..].iter().all(|step| !step.changes());
                let holds = after.is_some() && after == self.holds(place);
                if !steps[at].changes() || !(stands || holds) {
                    continue;
                }
                if after == Some(line) {
                    ended.push((line, place));
                    again.extend(before);
                } else {
                    // An undoing ended it: it is made anew, in place of what the undoing left.
                    anew.extend(before);
                }
            }
        }
        anew.sort_unstable();
        let anew = anew.into_iter().map(|at| author.says(&self.decided[at].decision));
        self.ending(&ended, again, author).into_iter().chain(anew).collect()
    }

    /// What unlocks some articles; empty where none is locked.
    pub(super) fn unlocking(
        &self,
        is_named: impl Fn(&str) -> bool,
        author: Author<'_>,
    ) -> Vec<Decision> {
        let mut locks = Vec::new();
        for (line, Decided { decision, .. }) in self.decided.iter().enumerate() {
            let of_it = decision.verdict == Verdict::Lock && is_named(&decision.article);
            let places = if of_it { places(decision) } else { Vec::new() };
            let held = places.into_iter().filter(|place| self.holds(*place) == Some(line));
            locks.extend(held.map(|place| (line, place)));
        }
        self.ending(&locks, Vec::new(), author)
    }

    /// What ends some decisions, each with its place, and has some more in force, and what else was on the same article.
    fn ending(
        &self,
        ended: &[(usize, Place<'a>)],
        mut again: Vec<usize>,
        author: Author<'_>,
    ) -> Vec<Decision> {
        let gone: HashSet<Place<'a>> = ended.iter().map(|&(_, place)| place).collect();
        let (mut undone, mut decisions) = (HashSet::default(), Vec::new());
        for &(line, (articles, _)) in ended {
            if undone.insert(articles) {
                let made = author.says(&self.decided[line].decision);
                decisions.push(Decision { verdict: Verdict::Undo, ..made });
                let stay = ALONE.map(|of| (articles, Some(of))).into_iter();
                let stay = stay.filter(|place| !gone.contains(place));
                again.extend(stay.filter_map(|place| self.holds(place)));
            }
        }
        again.sort_unstable();
        decisions.extend(again.into_iter().map(|at| self.decided[at].decision.clone()));
        decisions
    }
}

/// What the decision that holds a place took the place of.
fn under(steps: &[Step], held: Option<usize>) -> Option<usize> {
    steps.iter().find(|step| held.is_some() && step.after == held)?.before
}

/// The places that a decision changes; none if it makes no sense alone, as those on forgotten articles.
fn places(decision: &Decision) -> Vec<Place<'_>> {
    if makes_sense(decision).is_err() {
        return Vec::new();
    }
    let mut articles = [&*decision.article, &*decision.other];
    articles.sort_unstable();
    match decision.verdict {
        _ if !decision.other.is_empty() => vec![(articles, None)],
        Verdict::Undo => ALONE.map(|of| (articles, Some(of))).to_vec(),
        verdict => vec![(articles, Some(verdict))],
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::stages::decide;

    #[derive(Debug, Clone)]
    enum Wish {
        Say(Decision),
        /// One of those made so far, counted round and round.
        Undo(usize),
        Unlock(&'static str),
    }

    fn wish() -> impl Strategy<Value = Wish> {
        let verdict = select(&[
            Verdict::MustLink,
            Verdict::CannotLink,
            Verdict::Lock,
            Verdict::Representative,
        ]);
        let say = (verdict, select(&["a", "b"]), select(&["b", "c"]), select(&["", "why"]));
        let say = say.prop_map(|(verdict, article, other, reason)| {
            let other = if ALONE.contains(&verdict) { "" } else { other };
            let [article, other, by, reason] = [article, other, "", reason].map(str::to_owned);
            Wish::Say(Decision { verdict, article, other, by, reason })
        });
        let undo = (0_usize..50).prop_map(Wish::Undo);
        prop_oneof![3 => say, 3 => undo, 1 => select(&["a", "b"]).prop_map(Wish::Unlock)]
    }

    const NOBODY: Author<'_> = Author { by: "", reason: "" };

    /// What holds each place, as it was made.
    fn held(log: &[Decided]) -> BTreeMap<Place<'_>, &Decision> {
        let history = History::of(log);
        let held =
            history.steps.iter().filter_map(|(place, steps)| Some((*place, steps.last()?.after?)));
        held.map(|(place, at)| (place, &log[at].decision)).collect()
    }

    fn verdicts(log: &[Decided]) -> BTreeMap<Place<'_>, Verdict> {
        held(log).into_iter().map(|(place, decision)| (place, decision.verdict)).collect()
    }

    /// Writes down what was made together, unless it contradicts others.
    fn write(log: &mut Vec<Decided>, made: Vec<Decision>) {
        let all: Vec<Decision> =
            log.iter().map(|d| d.decision.clone()).chain(made.clone()).collect();
        if decide::in_force(&all).refused.is_empty() {
            let first = log.len() as i64 + 1;
            for (number, decision) in (first..).zip(made) {
                log.push(Decided { number, first, at: first.to_string(), decision });
            }
        }
    }

    /// The positions of those made together with one.
    fn together_with(log: &[Decided], at: usize) -> Range<usize> {
        let inside: Vec<usize> =
            (0..log.len()).filter(|&i| log[i].first == log[at].first).collect();
        inside[0]..inside[inside.len() - 1] + 1
    }

    proptest! {
        #[test]
        fn an_undoing_leaves_all_others_in_force(wishes in prop::collection::vec(wish(), 0..30)) {
            let mut log: Vec<Decided> = Vec::new();
            for wish in wishes {
                let before = log.clone();
                let (made, undone) = match wish {
                    Wish::Say(decision) if makes_sense(&decision).is_err() => continue,
                    Wish::Say(decision) => (vec![decision], None),
                    Wish::Undo(_) if log.is_empty() => continue,
                    Wish::Undo(at) => {
                        let all = together_with(&log, at % log.len());
                        (History::of(&log).undoing(all.clone(), NOBODY), Some(all))
                    }
                    Wish::Unlock(article) => (History::of(&log).unlocking(|id| id == article, NOBODY), None),
                };
                let is_said = made.iter().all(|d| d.verdict != Verdict::Undo) && undone.is_none();
                write(&mut log, made);
                if log.len() == before.len() {
                    continue;
                }
                let now = held(&log);
                // What is in force is what every run makes of the log.
                let decisions: Vec<Decision> = log.iter().map(|d| d.decision.clone()).collect();
                let in_force = decide::in_force(&decisions).decisions;
                prop_assert_eq!(in_force.len(), now.len());
                prop_assert!(in_force.iter().all(|d| now[&places(d)[0]] == d));
                if is_said {
                    continue;
                }
                // Only what is undone changes.
                for (place, decision) in held(&before) {
                    let is_undone = match &undone {
                        Some(all) => all.clone().any(|at| places(&before[at].decision).contains(&place)),
                        None => place.1 == Some(Verdict::Lock),
                    };
                    prop_assert!(is_undone || now.get(&place) == Some(&decision), "{:?} {:?}", place, log);
                }
                // What was undone can be undone, and then all is as it was.
                let last = together_with(&log, log.len() - 1);
                let mut back = log.clone();
                write(&mut back, History::of(&log).undoing(last, NOBODY));
                prop_assert_eq!(verdicts(&back), verdicts(&before), "{:?}", log);
            }
        }
    }
}
