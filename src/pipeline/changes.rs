//! What changed between a duplicate and what stands for it, in words: numbers, names, and what the desk calls a version.

use std::borrow::Cow;
use std::io;
use std::ops::Range;

use rayon::prelude::*;

use super::Corpus;
use super::parts::Loaded;
use crate::kernel::runs::positions;
use crate::kernel::sets;
use crate::kernel::wide::fetch;
use crate::model::Grouping;
use crate::text::cases::Cases;
use crate::text::facts;
use crate::text::language::Language;

/// Most changes that a reason lists.
const LISTED: usize = 4;
/// Most lines that are looked for among all lines of another list; where there are more, all are put in order, which costs less.
const FEW: usize = if cfg!(test) { 3 } else { 64 };

/// The numbers and the names that each of two articles has and the other has not, ascending and distinct, from where what is known of
/// both was put aside, and the [`cases`] of their language.
pub(super) fn between<'a>(
    a: &'a [u8],
    b: &'a [u8],
    cases: Option<&Cases>,
) -> [[Vec<&'a str>; 2]; 2] {
    let [a, b] = [a, b].map(Listed::of);
    [0, 1].map(|n| differences(&a, &b, n, cases))
}

/// The cases of the language that two articles are both in, if it has any.
pub(super) fn cases(corpus: &Corpus, [a, b]: [u32; 2]) -> Option<Cases> {
    let [a, b] = [a, b].map(|i| &corpus.entries[i as usize].lang);
    let language = Language::from_tag(a)?;
    let is_same = a == b || Language::from_tag(b) == Some(language);
    Cases::of(language).filter(|_| is_same)
}

/// A line, and how it begins.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Line<'a> {
    /// Its [`facts::first_eight`], which most comparisons need alone.
    begin: u64,
    text: &'a str,
}

impl Line<'_> {
    /// Whether two lines are the same. Of those shorter than eight bytes all is in how they begin.
    fn is(self, other: Line<'_>) -> bool {
        let alike = self.begin == other.begin && self.text.len() == other.text.len();
        alike && (self.text.len() < 8 || self.text == other.text)
    }
}

/// Numbers, names, and tags such as `UPDATE 2`, as they were put aside: a line each, with an empty one between the lists.
#[derive(Default)]
struct Listed<'a> {
    lines: Vec<Line<'a>>,
    /// Where each list ends.
    ends: [usize; 3],
}

impl<'a> Listed<'a> {
    fn of(bytes: &'a [u8]) -> Self {
        let mut listed = Self::default();
        listed.take(bytes);
        listed
    }

    /// Takes those of another article in.
    fn take(&mut self, bytes: &'a [u8]) {
        let text = str::from_utf8(bytes).expect("they were put aside as text");
        self.lines.clear();
        let (mut start, mut list) = (0, 0);
        for end in positions(bytes, |b| b == b'\n').chain([bytes.len()]) {
            // The second of two ends of lines, which stand behind a list, ends nothing.
            if end < start {
                continue;
            }
            if end > start {
                let begin = facts::first_eight(bytes, start..end);
                self.lines.push(Line { begin, text: &text[start..end] });
            }
            start = end + 1;
            if list < 2 && bytes.get(start) == Some(&b'\n') {
                self.ends[list] = self.lines.len();
                (list, start) = (list + 1, start + 1);
            }
        }
        self.ends[list..].fill(self.lines.len());
    }

    /// One of the lists.
    fn list(&self, list: usize) -> &[Line<'a>] {
        &self.lines[if list == 0 { 0 } else { self.ends[list - 1] }..self.ends[list]]
    }
}

/// What changed between each duplicate and the representative of its group, in the order of the articles.
pub(super) fn of_duplicates(corpus: &Corpus, grouping: &Grouping) -> io::Result<Vec<Box<str>>> {
    let mut changes = vec![Box::default(); corpus.len()];
    let groups = (0..grouping.n_groups()).map(|group| grouping.members(group));
    let groups: Vec<&[u32]> = groups.filter(|group| group.len() > 1).collect();
    // So many groups at once that their facts fit, unless one alone is too large.
    let (mut rest, mut loaded) = (&groups[..], corpus.facts());
    while !rest.is_empty() {
        let mut used = 0;
        let fits = rest.iter().take_while(|group| {
            used += group.iter().map(|&i| corpus.facts_of(i).len()).sum::<usize>();
            used <= corpus.room.batch
        });
        let (batch, others) = rest.split_at(fits.count().max(1));
        of_groups(corpus, &mut loaded, batch, &mut changes)?;
        rest = others;
    }
    Ok(changes)
}

/// Groups that a thread looks at one after the other: few enough that all have work to the end.
const IN_TURN: usize = 1 << 8;

/// What changed in some groups, of which the first member is the representative.
fn of_groups<'a>(
    corpus: &'a Corpus,
    loaded: &mut Loaded<'a, u8>,
    groups: &[&[u32]],
    changes: &mut [Box<str>],
) -> io::Result<()> {
    loaded.load(groups.iter().flat_map(|group| group.iter()).map(|&i| corpus.facts_of(i)))?;
    let begins =
        groups.iter().scan(0, |end, group| Some(std::mem::replace(end, *end + group.len())));
    let begins: Vec<usize> = begins.collect();
    let last = groups.iter().map(|group| group.len()).sum::<usize>() - 1;
    let facts = |k: usize| {
        fetch(loaded.of(last.min(k + 1)));
        loaded.of(k)
    };
    // The large groups are the first ones.
    let groups = groups.par_iter().zip(begins).with_max_len(IN_TURN);
    let found: Vec<Vec<(u32, Box<str>)>> = groups
        .map_init(Default::default, |both, (group, at)| {
            of_group(both, group, |k| facts(at + k), |i| cases(corpus, [group[0], i]))
        })
        .collect();
    found.into_iter().flatten().for_each(|(i, said)| changes[i as usize] = said);
    Ok(())
}

/// What changed in one group, given the facts of each member, and the cases of its language.
fn of_group<'a>(
    [given, other]: &mut [Listed<'a>; 2],
    group: &[u32],
    facts: impl Fn(usize) -> &'a [u8],
    cases: impl Fn(u32) -> Option<Cases>,
) -> Vec<(u32, Box<str>)> {
    let of_given = facts(0);
    given.take(of_given);
    let others = group.iter().enumerate().skip(1).map(|(k, &i)| (i, facts(k)));
    let changed = |(i, facts)| {
        other.take(facts);
        (i, changed(given, other, cases(i).as_ref()))
    };
    others.filter(|(_, facts)| *facts != of_given).map(changed).collect()
}

/// In words: `numbers 50 -> 5; names Ruiz -> Diaz; marked CORRECTED -> none`. What is only in the representative stands left of the arrow.
fn changed(from: &Listed, to: &Listed, cases: Option<&Cases>) -> Box<str> {
    let mut said = String::new();
    for (n, what) in ["numbers ", "names ", "marked "].into_iter().enumerate() {
        let [gone, new] = differences(from, to, n, cases);
        if !gone.is_empty() || !new.is_empty() {
            said.push_str(if said.is_empty() { "" } else { "; " });
            said.push_str(what);
            list(&mut said, &gone);
            said.push_str(" -> ");
            list(&mut said, &new);
        }
    }
    said.into()
}

/// The lines of one list of each of two articles that the other one's has not, ascending and distinct. A number that a desk only writes
/// in another way is the same, and so is a name in another case.
fn differences<'a>(
    a: &Listed<'a>,
    b: &Listed<'a>,
    n: usize,
    cases: Option<&Cases>,
) -> [Vec<&'a str>; 2] {
    let [a, b] = [a, b].map(|listed| listed.list(n));
    let [gone, new] =
        as_written(a, b).map(|lines| lines.into_iter().map(|line| line.text).collect());
    let plain: &dyn Fn(&'a str) -> Cow<'a, str> = match (n, cases) {
        (0, _) => &facts::plain,
        (1, Some(cases)) => &|name| cases.name(name),
        _ => return [gone, new],
    };
    [without(gone, b, plain), without(new, a, plain)]
}

/// Those of some lines that a list has not, however they are written.
fn without<'a>(
    mut lines: Vec<&'a str>,
    list: &[Line<'a>],
    plain: impl Fn(&'a str) -> Cow<'a, str>,
) -> Vec<&'a str> {
    if !lines.is_empty() {
        let mut asked: Vec<_> = lines.iter().map(|line| plain(line)).collect();
        asked.sort_unstable();
        let of_list = list.iter().map(|line| plain(line.text));
        let mut known: Vec<_> = of_list.filter(|line| asked.binary_search(line).is_ok()).collect();
        known.sort_unstable();
        lines.retain(|line| known.binary_search(&plain(line)).is_err());
    }
    lines
}

/// The lines of each of two lists that the other has not, ascending and distinct.
fn as_written<'a>(a: &[Line<'a>], b: &[Line<'a>]) -> [Vec<Line<'a>>; 2] {
    // Copies have most in common at the beginning and at the end.
    let is = |(x, y): &(&Line, &Line)| x.is(**y);
    let start = a.iter().zip(b).take_while(is).count();
    let end = a[start..].iter().rev().zip(b[start..].iter().rev()).take_while(is).count();
    let only = |x: &[Line<'a>], y| only(x, start..x.len() - end, y);
    match only(a, b).zip(only(b, a)) {
        Some((gone, new)) => [gone, new],
        None => of_many_as_written(a, b),
    }
}

/// Which of some lines of a list another one has not, ascending and distinct; `None` if too many would have to be looked for.
fn only<'a>(list: &[Line<'a>], some: Range<usize>, other: &[Line<'a>]) -> Option<Vec<Line<'a>>> {
    let (mut only, mut searches, mut next) = (Vec::new(), 0, some.start);
    for line in &list[some] {
        // What both have stands in one order in both most often.
        if other.get(next).is_some_and(|other| line.is(*other)) {
            next += 1;
            continue;
        }
        searches += 1;
        let (before, behind) = other.split_at(next);
        let place = |of: &[Line]| of.iter().position(|other| line.is(*other));
        match place(behind).map(|j| next + j).or_else(|| place(before)) {
            _ if searches > FEW => return None,
            Some(j) => next = j + 1,
            None => only.push(*line),
        }
    }
    only.sort_unstable();
    only.dedup();
    Some(only)
}

/// As [`as_written`], for any number of lines.
fn of_many_as_written<'a>(a: &[Line<'a>], b: &[Line<'a>]) -> [Vec<Line<'a>>; 2] {
    let [a, b] = [a, b].map(|list| {
        let mut lines = list.to_vec();
        lines.sort_unstable();
        lines.dedup();
        lines
    });
    let (gone, new) = sets::differences(&a, &b);
    [gone, new].map(|only| only.into_iter().copied().collect())
}

fn list(said: &mut String, words: &[&str]) {
    for (i, word) in words.iter().take(LISTED).enumerate() {
        said.push_str(if i == 0 { "" } else { ", " });
        said.push_str(word);
    }
    match words.len() {
        0 => said.push_str("none"),
        n if n > LISTED => said.push_str(&format!(" and {} more", n - LISTED)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn differences_equal_those_of_sets(texts in prop::array::uniform2(prop::array::uniform3(prop::collection::vec("(b?c|c\0|Democrat|Democratic|[a-c]{7,9})", 0..9)))) {
            let bytes = texts.each_ref().map(|lists| {
                let [numbers, names, tags] = lists.each_ref().map(|list| list.join("\n"));
                let tags = if tags.is_empty() { tags } else { format!("\n\n{tags}") };
                format!("{numbers}\n\n{names}{tags}").into_bytes()
            });
            let [a, b] = bytes.each_ref().map(|bytes| Listed::of(bytes));
            for list in 0..3 {
                let [x, y] = texts.each_ref().map(|lists| lists[list].iter().cloned().collect::<BTreeSet<String>>());
                let only = |x: &BTreeSet<String>, y: &BTreeSet<String>| x.difference(y).cloned().collect::<Vec<_>>();
                let expected = [only(&x, &y), only(&y, &x)];
                let [a, b] = [a.list(list), b.list(list)];
                for found in [as_written(a, b), of_many_as_written(a, b)] {
                    let found = found.map(|lines| lines.iter().map(|line| line.text.to_owned()).collect::<Vec<_>>());
                    prop_assert_eq!(&found, &expected);
                }
                prop_assert_eq!(a.len(), texts[0][list].len());
            }
        }
    }

    #[test]
    fn what_a_desk_writes_in_another_way_is_no_change() {
        let [a, b] = ["12.4\n1,310\n22,400\n\nOld", "12.4m\n1,311\n22'400\n\nOld"]
            .map(|facts| Listed::of(facts.as_bytes()));
        assert_eq!(&*changed(&a, &b, None), "numbers 1,310 -> 1,311");
    }

    #[test]
    fn long_tables_that_differ_at_both_ends() {
        let table = |ends: [&str; 2]| {
            let between = (100_000..200_000).map(|n| n.to_string());
            let lines =
                std::iter::once(ends[0].to_owned()).chain(between).chain([ends[1].to_owned()]);
            lines.collect::<Vec<_>>().join("\n").into_bytes()
        };
        let tables = [table(["1", "2"]), table(["3", "2.5"])];
        let [a, b] = tables.each_ref().map(|bytes| Listed::of(bytes));
        assert_eq!(&*changed(&a, &b, None), "numbers 1, 2 -> 2.5, 3");
    }
}
