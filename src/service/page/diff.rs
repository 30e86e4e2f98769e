//! What two texts have in common and what not, word by word.

use foldhash::HashSet;

/// How a piece of text is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// Not at all.
    Plain,
    /// The other side does not have it.
    Gone,
    /// This side has it new.
    New,
    /// Both sides have the word.
    Shared,
}

/// A piece of text under one mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) mark: Mark,
}

/// Words of each side that are compared; what follows stands unmarked.
const WORDS: usize = 2_500;

/// Both texts, with what only one of them has.
pub(super) fn versions(a: &str, b: &str) -> [Vec<Piece>; 2] {
    let (x, y) = (words(a), words(b));
    let (n, m) = (x.len().min(WORDS), y.len().min(WORDS));
    let common = common(&x[..n], &y[..m]);
    let marks = |all: &[&str], compared: usize, side: usize, mark: Mark| {
        let mut marks = vec![Mark::Plain; all.len()];
        marks[..compared].fill(mark);
        common.iter().for_each(|pair| marks[pair[side]] = Mark::Plain);
        marks
    };
    [joined(&x, &marks(&x, n, 0, Mark::Gone)), joined(&y, &marks(&y, m, 1, Mark::New))]
}

/// Both texts, with the words that both have; short ones say nothing.
pub(super) fn reports(a: &str, b: &str) -> [Vec<Piece>; 2] {
    let (x, y) = (words(a), words(b));
    let bag = |list: &[&str]| list.iter().map(|w| bare(w)).collect::<HashSet<String>>();
    let (bag_x, bag_y) = (bag(&x), bag(&y));
    let marks = |list: &[&str], other: &HashSet<String>| -> Vec<Mark> {
        let telling = |word: &str| {
            let bare = bare(word);
            let long = bare.chars().count() > 5 || bare.contains(|c: char| c.is_numeric());
            let named = word.starts_with(char::is_uppercase) && bare.chars().count() > 3;
            (long || named) && other.contains(&bare)
        };
        list.iter().map(|word| if telling(word) { Mark::Shared } else { Mark::Plain }).collect()
    };
    [joined(&x, &marks(&x, &bag_y)), joined(&y, &marks(&y, &bag_x))]
}

/// Words, each with the white space after it.
fn words(text: &str) -> Vec<&str> {
    text.split_inclusive(char::is_whitespace).collect()
}

/// A word without what is around it.
fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

/// Pairs of positions of a longest common subsequence.
fn common(x: &[&str], y: &[&str]) -> Vec<[usize; 2]> {
    let same = |i: usize, j: usize| x[i].trim_end() == y[j].trim_end();
    let start = (0..x.len().min(y.len())).take_while(|&i| same(i, i)).count();
    let room = (x.len() - start).min(y.len() - start);
    let end = (1..=room).take_while(|&i| same(x.len() - i, y.len() - i)).count();
    let (n, m) = (x.len() - start - end, y.len() - start - end);
    let mut longest = vec![0u16; (n + 1) * (m + 1)];
    for i in (0..n).rev() {
        for j in (0..m).rev() {
            let at = |i: usize, j: usize| longest[i * (m + 1) + j];
            longest[i * (m + 1) + j] = if same(start + i, start + j) {
                at(i + 1, j + 1) + 1
            } else {
                at(i + 1, j).max(at(i, j + 1))
            };
        }
    }
    let mut pairs: Vec<[usize; 2]> = (0..start).map(|i| [i, i]).collect();
    let (mut i, mut j) = (0, 0);
    while i < n && j < m {
        if same(start + i, start + j) {
            pairs.push([start + i, start + j]);
            (i, j) = (i + 1, j + 1);
        } else if longest[(i + 1) * (m + 1) + j] >= longest[i * (m + 1) + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs.extend((1..=end).rev().map(|k| [x.len() - k, y.len() - k]));
    pairs
}

/// Words of one mark after each other are one piece.
fn joined(words: &[&str], marks: &[Mark]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for (word, &mark) in words.iter().zip(marks) {
        match pieces.last_mut().filter(|piece| piece.mark == mark) {
            Some(piece) => piece.text.push_str(word),
            None => pieces.push(Piece { text: (*word).to_owned(), mark }),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(pieces: &[Piece]) -> String {
        let one = |p: &Piece| match p.mark {
            Mark::Plain => p.text.clone(),
            Mark::Gone => format!("-[{}]", p.text),
            Mark::New => format!("+[{}]", p.text),
            Mark::Shared => format!("=[{}]", p.text),
        };
        pieces.iter().map(one).collect()
    }

    #[test]
    fn a_changed_number_is_marked() {
        let [a, b] = versions("Five people died in Pellin.", "Seven people died in old Pellin.");
        assert_eq!(shown(&a), "-[Five ]people died in Pellin.");
        assert_eq!(shown(&b), "+[Seven ]people died in +[old ]Pellin.");
        let [a, _] = reports("The Sarrel volcano erupts", "Ash of Sarrel");
        assert_eq!(shown(&a), "The =[Sarrel ]volcano erupts");
    }

    proptest! {
        #[test]
        fn nothing_is_lost_or_made_up(a in "[ab \n]{0,40}", b in "[ab \n]{0,40}") {
            for [x, y] in [versions(&a, &b), reports(&a, &b)] {
                let text = |pieces: &[Piece]| pieces.iter().map(|p| p.text.as_str()).collect::<String>();
                prop_assert_eq!(text(&x), a.clone());
                prop_assert_eq!(text(&y), b.clone());
            }
        }
    }
}
