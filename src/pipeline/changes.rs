//! What changed between a duplicate and what stands for it: numbers and names, in words.

use std::io;

use super::Corpus;
use crate::kernel::runs::positions;
use crate::kernel::sets::differences;
use crate::model::Grouping;
use crate::text::facts;

/// Most changes that a reason lists.
const LISTED: usize = 4;

/// The numbers and names of one article, each ascending and distinct.
pub(super) type Facts<'a> = [Vec<&'a str>; 2];

/// The facts of an article from where they were put aside: numbers a line each, an empty line, then names.
pub(super) fn facts(bytes: &[u8]) -> Facts<'_> {
    let text = str::from_utf8(bytes).expect("they were put aside as text");
    let (numbers, names) = text.split_once("\n\n").unwrap_or_default();
    [numbers, names].map(|list| facts::distinct(lines(list)))
}

/// The lines of a text that has no empty one; `str::lines` takes longer for lines as short as these.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let ends = positions(text.as_bytes(), |b| b == b'\n').chain([text.len()]);
    ends.scan(0, |begin, end| Some(&text[std::mem::replace(begin, end + 1)..end]))
        .filter(|line| !line.is_empty())
}

/// What changed between each duplicate and the representative of its group, in the order of the articles.
pub(super) fn of_duplicates(corpus: &Corpus, grouping: &Grouping) -> io::Result<Vec<Box<str>>> {
    let mut changes = vec![Box::default(); corpus.articles.len()];
    let members = |ends: &[u32]| ends[0] as usize..ends[1] as usize;
    let groups: Vec<&[u32]> = grouping
        .groups
        .windows(2)
        .map(|ends| &grouping.order[members(ends)])
        .filter(|group| group.len() > 1)
        .collect();
    // So many groups at once that their facts fit, unless one alone is too large.
    let mut rest = &groups[..];
    while !rest.is_empty() {
        let mut used = 0;
        let fits = rest.iter().take_while(|group| {
            used += group.iter().map(|&i| corpus.facts_of(i).len()).sum::<usize>();
            used <= corpus.room.batch
        });
        let (batch, others) = rest.split_at(fits.count().max(1));
        of_groups(corpus, batch, &mut changes)?;
        rest = others;
    }
    Ok(changes)
}

/// What changed in some groups, of which the first member is the representative.
fn of_groups(corpus: &Corpus, groups: &[&[u32]], changes: &mut [Box<str>]) -> io::Result<()> {
    let loaded = corpus.load_facts(&groups.concat())?;
    let mut at = 0;
    for group in groups {
        let given = loaded.of(at);
        let representative = facts(given);
        for (k, &i) in group.iter().enumerate().skip(1) {
            let others = loaded.of(at + k);
            if others != given {
                changes[i as usize] = changed(&representative, &facts(others));
            }
        }
        at += group.len();
    }
    Ok(())
}

/// In words: `numbers 50 -> 5; names Ruiz -> Diaz`. What is only in the representative stands left of the arrow.
fn changed(from: &Facts<'_>, to: &Facts<'_>) -> Box<str> {
    let mut said = String::new();
    for (n, what) in ["numbers ", "names "].into_iter().enumerate() {
        let (gone, new) = differences(&from[n], &to[n]);
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

fn list(said: &mut String, words: &[&&str]) {
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
