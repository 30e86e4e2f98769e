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
    let bounds = || grouping.groups.windows(2).filter(|ends| ends[1] - ends[0] > 1);
    let members = |ends: &[u32]| &grouping.order[ends[0] as usize..ends[1] as usize];
    let wanted: Vec<u32> = bounds().flat_map(members).copied().collect();
    let loaded = corpus.load_facts(&wanted)?;
    let mut at = 0;
    for ends in bounds() {
        let given = loaded.of(at);
        let representative = facts(given);
        for (k, &i) in members(ends).iter().enumerate().skip(1) {
            let others = loaded.of(at + k);
            if others != given {
                changes[i as usize] = changed(&representative, &facts(others));
            }
        }
        at += members(ends).len();
    }
    Ok(changes)
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
