//! What two texts say alike, word for word, and what they say differently.

use std::ops::Range;

use crate::kernel::hash::hash;
use crate::kernel::passages::{Passage, passages};
use crate::model::explain::{Piece, SharedPassage};
use crate::text::words::is_spaceless;

/// Fewest words of a passage: three that follow each other are chance.
const PASSAGE: usize = 5;
/// Words of a text that are compared; what is longer is no article.
const COMPARED: usize = 50_000;
/// Most characters of a passage or an edit that are kept.
const KEPT: usize = 600;
/// Most edits that are kept.
const EDITS: usize = 200;

/// What a comparison gives.
#[derive(Default)]
pub(super) struct Compared {
    pub(super) passages: Vec<SharedPassage>,
    pub(super) edits: Vec<[String; 2]>,
    pub(super) pieces: [Vec<Piece>; 2],
}

/// Compares two cleaned texts.
pub(super) fn compare(texts: [&str; 2]) -> Compared {
    let words = texts.map(words);
    let hashes = [0, 1].map(|i| words[i].iter().map(|w| w.1).collect::<Vec<u64>>());
    let found = passages(&hashes[0], &hashes[1], PASSAGE);
    // The place that follows from the words of one text, in its characters; its end is where the next word begins.
    let begin =
        |side: usize, word: usize| words[side].get(word).map_or(texts[side].len(), |w| w.0.start);
    let stretch = |side: usize, from: usize, to: usize| {
        let end = if to > from { words[side][to - 1].0.end } else { begin(side, from) };
        texts[side][begin(side, from)..end.max(begin(side, from))].to_owned()
    };
    let shared =
        |p: &Passage| SharedPassage { words: p.words, text: kept(&stretch(1, p.b, p.b + p.words)) };
    let mut edits = edits(&found, [words[0].len(), words[1].len()]);
    edits.truncate(EDITS);
    let said = |[x, y]: &[Range<usize>; 2]| {
        [kept(&stretch(0, x.start, x.end)), kept(&stretch(1, y.start, y.end))]
    };
    Compared {
        passages: found.iter().map(shared).collect(),
        edits: edits.iter().map(said).collect(),
        pieces: [0, 1].map(|side| pieces(side, texts[side], &words[side], &found)),
    }
}

/// The words of a text with their hashes: runs of letters and digits without regard to case, of scripts without spaces
/// the single characters.
fn words(text: &str) -> Vec<(Range<usize>, u64)> {
    let mut words: Vec<(Range<usize>, u64)> = Vec::new();
    let mut open = None;
    let mut close = |open: &mut Option<usize>, end: usize| {
        if let Some(start) = open.take() {
            words.push((start..end, hash(text[start..end].to_lowercase().as_bytes())));
        }
    };
    let mut count = 0;
    for (at, c) in text.char_indices() {
        let spaceless = is_spaceless(c);
        if spaceless || !c.is_alphanumeric() {
            count += usize::from(open.is_some() || spaceless);
            close(&mut open, at);
        }
        if count >= COMPARED {
            break;
        }
        if spaceless {
            close(&mut Some(at), at + c.len_utf8());
        } else if c.is_alphanumeric() && open.is_none() {
            open = Some(at);
        }
    }
    if count < COMPARED {
        close(&mut open, text.len());
    }
    words
}

/// What stands between passages that follow each other in both texts.
fn edits(found: &[Passage], lengths: [usize; 2]) -> Vec<[Range<usize>; 2]> {
    let (mut x, mut y) = (0, 0);
    let mut edits = Vec::new();
    let end = Passage { a: lengths[0], b: lengths[1], words: 0 };
    for next in found.iter().chain([&end]) {
        // A passage from further up in the first text has been moved: nothing can be said of what is before it there.
        if next.a >= x {
            if next.a > x || next.b > y {
                edits.push([x..next.a, y..next.b]);
            }
            x = next.a + next.words;
        }
        y = next.b + next.words;
    }
    edits
}

/// A text cut where passages begin and end.
fn pieces(side: usize, text: &str, words: &[(Range<usize>, u64)], found: &[Passage]) -> Vec<Piece> {
    let mut marked = vec![false; words.len()];
    for passage in found {
        let from = if side == 0 { passage.a } else { passage.b };
        marked[from..from + passage.words].fill(true);
    }
    let mut pieces: Vec<Piece> = Vec::new();
    let mut begin = 0;
    for (i, run) in marked.chunk_by(|x, y| x == y).scan(0, |at, run| {
        *at += run.len();
        Some((*at, run))
    }) {
        // Marks go with the word that they hang on.
        let end = match words.get(i) {
            None if !run[0] => text.len(),
            next => {
                let (last, next) = (words[i - 1].0.end, next.map_or(text.len(), |w| w.0.start));
                last + if run[0] { hanging(&text[last..next]) } else { leading(&text[last..next]) }
            }
        };
        pieces.push(Piece { shared: run[0], text: text[begin..end].to_owned() });
        begin = end;
    }
    if begin < text.len() {
        pieces.push(Piece { shared: false, text: text[begin..].to_owned() });
    }
    pieces
}

/// Where the marks end that stand right behind a word, in what follows it.
fn hanging(gap: &str) -> usize {
    gap.find(char::is_whitespace).unwrap_or(gap.len())
}

/// Where the marks begin that stand right before the next word.
fn leading(gap: &str) -> usize {
    let space = gap.char_indices().rfind(|(_, c)| c.is_whitespace());
    space.map_or(gap.len(), |(at, c)| at + c.len_utf8())
}

fn kept(text: &str) -> String {
    let mut kept: String = text.chars().take(KEPT).collect();
    if kept.len() < text.len() {
        kept.push('…');
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn passages_and_edits() {
        let texts = [
            "The night express derailed at Lower Brask; 50 people died, police said on Friday.",
            "Police: the night express derailed at Lower Brask. 5 people died, police said on Friday. More follows.",
        ];
        let Compared { passages, edits, .. } = compare(texts);
        let said: Vec<&str> = passages.iter().map(|p| p.text.as_str()).collect();
        assert_eq!(
            said,
            ["the night express derailed at Lower Brask", "people died, police said on Friday"]
        );
        assert_eq!(
            edits,
            [["", "Police"], ["50", "5"], ["", "More follows"]].map(|e| e.map(str::to_owned))
        );
    }

    #[test]
    fn marks_go_with_their_words() {
        let texts = [
            "So \"five people died at sea on Friday.\" Ends",
            "\"Five people died at sea on Friday.\"",
        ];
        let shared = |piece: &Piece| (piece.shared, piece.text.clone());
        let pieces =
            compare(texts).pieces.map(|pieces| pieces.iter().map(shared).collect::<Vec<_>>());
        let said = |shared, text: &str| (shared, text.to_owned());
        let middle = said(true, "\"five people died at sea on Friday.\"");
        assert_eq!(pieces[0], [said(false, "So "), middle, said(false, " Ends")]);
        assert!(pieces[1].iter().all(|piece| piece.0), "{pieces:?}");
    }

    proptest! {
        #[test]
        fn pieces_are_the_text(a in "([abc潮浦] ?|[.!] ?){0,40}", b in "([abc潮浦] ?|[.!] ?){0,40}") {
            let Compared { pieces, .. } = compare([&a, &b]);
            let whole = pieces.map(|pieces| pieces.iter().map(|p| p.text.as_str()).collect::<String>());
            prop_assert_eq!(whole, [a, b]);
        }
    }
}
