//! What two texts have in common and what not, word by word.

use foldhash::HashSet;

use crate::text::words::is_spaceless;

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

/// Words that only one of two texts has, at most, for both to be compared to their ends: what that takes in time grows with
/// this and with their length, in memory with its square alone (18 MB).
const EDITS: usize = 3_000;

/// Both texts, with what only one of them has, and whether they were compared to their ends; what follows stands unmarked.
pub(super) fn versions(a: &str, b: &str) -> ([Vec<Piece>; 2], bool) {
    let (x, y) = (pieces(a), pieces(b));
    let (common, compared) = common(&x, &y);
    let marks = |all: &[&str], side: usize, mark: Mark| {
        let mut marks = vec![Mark::Plain; all.len()];
        marks[..compared[side]].fill(mark);
        common.iter().for_each(|pair| marks[pair[side]] = Mark::Plain);
        marks
    };
    let sides = [joined(&x, &marks(&x, 0, Mark::Gone)), joined(&y, &marks(&y, 1, Mark::New))];
    (sides, compared == [x.len(), y.len()])
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

/// The same, but in scripts that are written without spaces every character is a word.
fn pieces(text: &str) -> Vec<&str> {
    let (mut pieces, mut start, mut before) = (Vec::new(), 0, None);
    for (at, c) in text.char_indices() {
        let begins = |b: char| {
            b.is_whitespace() || (!c.is_whitespace() && (is_spaceless(b) || is_spaceless(c)))
        };
        if before.is_some_and(begins) {
            pieces.push(&text[start..at]);
            start = at;
        }
        before = Some(c);
    }
    pieces.extend(Some(&text[start..]).filter(|rest| !rest.is_empty()));
    pieces
}

/// A word without what is around it.
fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

/// Pairs of positions of a longest common subsequence, and how far each side was compared.
fn common(x: &[&str], y: &[&str]) -> (Vec<[usize; 2]>, [usize; 2]) {
    let same = |i: usize, j: usize| x[i].trim_end() == y[j].trim_end();
    let start = (0..x.len().min(y.len())).take_while(|&i| same(i, i)).count();
    let room = (x.len() - start).min(y.len() - start);
    let end = (1..=room).take_while(|&i| same(x.len() - i, y.len() - i)).count();
    let (n, m) = (x.len() - start - end, y.len() - start - end);
    let (middle, reached) = middle([n, m], EDITS, |i, j| same(start + i, start + j));
    let mut pairs: Vec<[usize; 2]> = (0..start).map(|i| [i, i]).collect();
    pairs.extend(middle.into_iter().map(|pair| pair.map(|i| start + i)));
    pairs.extend((1..=end).rev().map(|k| [x.len() - k, y.len() - k]));
    let to_the_end = reached == [n, m];
    let compared = if to_the_end { [x.len(), y.len()] } else { reached.map(|i| start + i) };
    (pairs, compared)
}

/// Pairs of positions of a longest common subsequence of two lists of such lengths, found by the fewest edits (E. Myers, An
/// O(ND) Difference Algorithm, <https://doi.org/10.1007/BF01840446>), and how far they were compared with at most so many.
fn middle(
    [n, m]: [usize; 2],
    edits: usize,
    same: impl Fn(usize, usize) -> bool,
) -> (Vec<[usize; 2]>, [usize; 2]) {
    // After each number of edits, how far the first list is compared at most, by how many of the edits leave out words of it.
    let mut rows: Vec<Vec<u32>> = Vec::new();
    let place = |x: u32, edits: usize, left_out: usize| {
        let x = x as usize;
        [x, x + edits - 2 * left_out]
    };
    let (mut best, reached) = loop {
        let d = rows.len();
        let row: Vec<u32> = (0..=d)
            .map(|k| {
                let [mut x, mut y] = place(begun(rows.last(), k).0, d, k);
                while x < n && y < m && same(x, y) {
                    (x, y) = (x + 1, y + 1);
                }
                x as u32
            })
            .collect();
        let inside = |(_, [x, y]): &(usize, [usize; 2])| *x <= n && *y <= m;
        let places = row.iter().enumerate().map(|(k, &x)| (k, place(x, d, k))).filter(inside);
        let furthest = places.max_by_key(|(_, [x, y])| x + y).unwrap_or_default();
        rows.push(row);
        if furthest.1 == [n, m] || d == edits {
            break furthest;
        }
    };
    let mut pairs = Vec::new();
    for d in (0..rows.len()).rev() {
        let (x, left_out) = begun(d.checked_sub(1).map(|d| &rows[d]), best);
        let run = x as usize..rows[d][best] as usize;
        pairs.extend(run.rev().map(|x| place(x as u32, d, best)));
        best = best.saturating_sub(usize::from(left_out));
    }
    pairs.reverse();
    (pairs, reached)
}

/// From where on the first list runs along with the second, with one edit more than in the row of those before; and whether
/// that edit left out a word of it.
fn begun(before: Option<&Vec<u32>>, left_out: usize) -> (u32, bool) {
    let Some(before) = before else { return (0, false) };
    let skipped = left_out.checked_sub(1).map(|k| before[k] + 1);
    match (skipped, before.get(left_out)) {
        (Some(skipped), Some(&stayed)) if skipped > stayed => (skipped, true),
        (Some(skipped), None) => (skipped, true),
        (_, stayed) => (stayed.copied().unwrap_or(0), false),
    }
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
        let [a, b] = versions("Five people died in Pellin.", "Seven people died in old Pellin.").0;
        assert_eq!(shown(&a), "-[Five ]people died in Pellin.");
        assert_eq!(shown(&b), "+[Seven ]people died in +[old ]Pellin.");
        let [a, _] = reports("The Sarrel volcano erupts", "Ash of Sarrel");
        assert_eq!(shown(&a), "The =[Sarrel ]volcano erupts");
    }

    #[test]
    fn one_character_is_marked_in_scripts_without_spaces() {
        let text = "台风“海燕”造成至少七人死亡，20 人失踪。 Haiyan landed at 4 a.m.";
        let [a, b] = versions(text, &text.replace('七', "九").replace("20", "30")).0;
        assert_eq!(
            shown(&a),
            "台风“海燕”造成至少-[七]人死亡-[，20 ]人失踪。 Haiyan landed at 4 a.m."
        );
        assert_eq!(
            shown(&b),
            "台风“海燕”造成至少+[九]人死亡+[，30 ]人失踪。 Haiyan landed at 4 a.m."
        );
    }

    #[test]
    fn what_changed_is_marked_however_long_the_texts_are() {
        let long: String = (0..6_000).map(|n| format!("word{n} ")).collect();
        let told = |first: &str, last: &str| format!("{first} said {long}that {last} came.");
        let ([a, b], whole) = versions(&told("Anna", "six"), &told("Bert", "nine"));
        assert!(whole);
        let marked = |side: &[Piece]| {
            let marked = side.iter().filter(|piece| piece.mark != Mark::Plain);
            marked.map(|piece| piece.text.clone()).collect::<String>()
        };
        assert_eq!([marked(&a), marked(&b)], ["Anna six ", "Bert nine "]);

        // Where too much differs, what follows is not marked, and that is said.
        let [x, y] =
            ["x", "y"].map(|of| (0..EDITS).map(|n| format!("{of}{n} ")).collect::<String>());
        let ([a, b], whole) = versions(&format!("{x}the end"), &format!("{y}their end"));
        assert!(!whole);
        let words = |side: &[Piece]| words(&marked(side)).len();
        assert_eq!(words(&a) + words(&b), EDITS);
    }

    /// The length of a longest common subsequence, by a table.
    fn slow(x: &[u8], y: &[u8]) -> usize {
        let mut above = vec![0; y.len() + 1];
        for a in x {
            let mut row = vec![0];
            for (j, b) in y.iter().enumerate() {
                row.push(if a == b { above[j] + 1 } else { row[j].max(above[j + 1]) });
            }
            above = row;
        }
        above[y.len()]
    }

    proptest! {
        #[test]
        fn nothing_is_lost_or_made_up(a in "[ab七九 \n]{0,40}", b in "[ab七九 \n]{0,40}") {
            for [x, y] in [versions(&a, &b).0, reports(&a, &b)] {
                let text = |pieces: &[Piece]| pieces.iter().map(|p| p.text.as_str()).collect::<String>();
                prop_assert_eq!(text(&x), a.clone());
                prop_assert_eq!(text(&y), b.clone());
            }
        }

        #[test]
        fn no_common_subsequence_is_longer(a in "[a-d]{0,30}", b in "[a-d]{0,30}", edits in 0usize..60) {
            let (x, y) = (a.as_bytes(), b.as_bytes());
            let (pairs, reached) = middle([x.len(), y.len()], edits, |i, j| x[i] == y[j]);
            prop_assert!(pairs.iter().all(|&[i, j]| x[i] == y[j]));
            prop_assert!(pairs.is_sorted_by(|p, q| p[0] < q[0] && p[1] < q[1]));
            prop_assert_eq!(pairs.len(), slow(&x[..reached[0]], &y[..reached[1]]));
            let left_out = x.len() + y.len() - 2 * slow(x, y);
            prop_assert_eq!(reached == [x.len(), y.len()], left_out <= edits);
        }
    }
}
