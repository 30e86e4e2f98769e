//! What changed between a duplicate and what stands for it, in words: numbers, names, and what the desk calls a version.

use std::io;

use rayon::prelude::*;

use super::Corpus;
use super::parts::Loaded;
use crate::kernel::runs::positions;
use crate::model::Grouping;
use crate::text::facts;

/// Most changes that a reason lists.
const LISTED: usize = 4;

/// The numbers and names of one article, each ascending and distinct.
pub(super) type Facts<'a> = [Vec<&'a str>; 2];

/// The facts of an article from where they were put aside.
pub(super) fn facts(bytes: &[u8]) -> Facts<'_> {
    let [numbers, names, _] = lists(bytes);
    [numbers, names].map(|list| facts::distinct(lines(list)))
}

/// Numbers, names, and tags such as `UPDATE 2`, a line each.
fn lists(bytes: &[u8]) -> [&str; 3] {
    let text = str::from_utf8(bytes).expect("they were put aside as text");
    let (numbers, rest) = text.split_once("\n\n").unwrap_or_default();
    let (names, tags) = rest.split_once("\n\n").unwrap_or((rest, ""));
    [numbers, names, tags]
}

/// The lines of a text that has no empty one; `str::lines` takes longer for lines as short as these.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let ends = positions(text.as_bytes(), |b| b == b'\n').chain([text.len()]);
    ends.scan(0, |begin, end| Some(&text[std::mem::replace(begin, end + 1)..end]))
        .filter(|line| !line.is_empty())
}

/// What changed between each duplicate and the representative of its group, in the order of the articles.
pub(super) fn of_duplicates(corpus: &Corpus, grouping: &Grouping) -> io::Result<Vec<Box<str>>> {
    let mut changes = vec![Box::default(); corpus.len()];
    let members = |ends: &[u32]| ends[0] as usize..ends[1] as usize;
    let groups: Vec<&[u32]> = grouping
        .groups
        .windows(2)
        .map(|ends| &grouping.order[members(ends)])
        .filter(|group| group.len() > 1)
        .collect();
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
    let of_group = |(group, at): (&&[u32], usize)| -> Vec<(u32, Box<str>)> {
        let given = loaded.of(at);
        let from = lists(given);
        let others = group.iter().enumerate().skip(1).map(|(k, &i)| (i, loaded.of(at + k)));
        let other = others.filter(|(_, facts)| *facts != given);
        other.map(|(i, to)| (i, changed(from, lists(to)))).collect()
    };
    // The large groups are the first ones.
    let groups = groups.par_iter().zip(begins).with_max_len(IN_TURN);
    let found: Vec<Vec<_>> = groups.map(of_group).collect();
    found.into_iter().flatten().for_each(|(i, said)| changes[i as usize] = said);
    Ok(())
}

/// In words: `numbers 50 -> 5; names Ruiz -> Diaz; marked CORRECTED -> none`. What is only in the representative stands left of the arrow.
fn changed(from: [&str; 3], to: [&str; 3]) -> Box<str> {
    let mut said = String::new();
    for (n, what) in ["numbers ", "names ", "marked "].into_iter().enumerate() {
        let [gone, new] = differences(from[n], to[n]);
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

/// The lines of each of two texts that the other has not, ascending and distinct.
fn differences<'a>(a: &'a str, b: &'a str) -> [Vec<&'a str>; 2] {
    if a == b {
        return Default::default();
    }
    // Copies have most in common at the beginning and at the end.
    let same = |(x, y): &(u8, u8)| x == y;
    let common = common_start(a.as_bytes(), b.as_bytes());
    let begin = a.as_bytes()[..common].iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
    let [rest_a, rest_b] = [a, b].map(|text| &text[begin..]);
    let common = rest_a.bytes().rev().zip(rest_b.bytes().rev()).take_while(same).count();
    let tail = &rest_a.as_bytes()[rest_a.len() - common..];
    let end = tail.iter().position(|&b| b == b'\n').map_or(0, |at| common - at);
    let [of_a, of_b] = [rest_a, rest_b].map(|rest| &rest[..rest.len() - end]);
    [only(of_a, b), only(of_b, a)]
}

/// How many bytes two texts begin with in common; eight at once.
fn common_start(a: &[u8], b: &[u8]) -> usize {
    let eights = a.as_chunks::<8>().0.iter().zip(b.as_chunks::<8>().0);
    let begin = 8 * eights.take_while(|(x, y)| x == y).count();
    begin + a[begin..].iter().zip(&b[begin..]).take_while(|(x, y)| x == y).count()
}

/// The lines that are not in the other text, ascending and distinct.
fn only<'a>(some: &'a str, other: &str) -> Vec<&'a str> {
    if some.is_empty() {
        return Vec::new();
    }
    // Most lines are shorter than that, and none ends with a zero byte: these are the same if they begin alike.
    let begins: Vec<u64> = lines(other).map(facts::first_eight).collect();
    let new = lines(some).filter(|x| {
        !begins.contains(&facts::first_eight(x)) || (x.len() >= 8 && lines(other).all(|y| y != *x))
    });
    facts::distinct(new)
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
        fn differences_equal_those_of_sets(texts in prop::array::uniform2(prop::collection::vec("(b?c|Democrat|Democratic|[a-c]{7,9})", 0..9))) {
            let sets = texts.clone().map(BTreeSet::from_iter);
            let [a, b] = texts.map(|lines| lines.join("\n"));
            let only = |x: &BTreeSet<String>, y: &BTreeSet<String>| x.difference(y).cloned().collect::<Vec<_>>();
            prop_assert_eq!(differences(&a, &b), [only(&sets[0], &sets[1]), only(&sets[1], &sets[0])]);
        }
    }
}
