//! The two ends of a text: who wrote, counters, what is glued before the first sentence or behind the last.

use crate::kernel::runs::positions;

use super::{rules, words};

/// A tail is looked for in this many bytes at most.
const TAIL: usize = 500;

/// Whether a line at the top could name who wrote: `Jane Doe`, `Jane Doe, Reuters`.
pub(super) fn is_name(line: &str) -> bool {
    let line = line.trim();
    let words = || line.split_whitespace();
    let letters = |c: char| c.is_alphabetic() || " .,'’-".contains(c);
    line.len() <= 60
        && (2..=5).contains(&words().count())
        && words().all(|w| w.starts_with(char::is_uppercase))
        && line.chars().all(letters)
        && line.contains(char::is_lowercase)
        && !line.ends_with('.')
}

/// A line of two or three plain numbers, or of a nought, as share counters leave.
pub(super) fn is_counter(line: &str) -> bool {
    let plain = |w: &str| w.len() <= 4 && w.bytes().all(|b| b.is_ascii_digit());
    let words = line.split_whitespace();
    line.len() <= 16
        && (line.trim() == "0" || (words.clone().all(plain) && (2..=3).contains(&words.count())))
}

/// What a sentence ends with beside the marks of ASCII: closing quotation marks and brackets, and full stops.
const ENDS: [char; 10] = ['”', '“', '»', '«', '…', '。', '！', '？', '）', '।'];

/// How much boilerplate a text begins with: whole known sentences, and the buttons that follow them.
pub(super) fn glued_before(line: &str) -> Option<(usize, &'static str)> {
    if line.chars().next()?.is_lowercase() {
        return None;
    }
    let mut at = 0;
    let mut rule = None;
    while let Some(unit) = rules::unit(&line[at..], |r| r != "byline") {
        let end = at + unit.end;
        let stops = line[..end].trim_end().ends_with(['.', '!', '?', '。']);
        let strong = stops && (unit.phrase.is_sentence() || unit.phrase.words >= 3);
        let button = rule.is_some() && unit.phrase.rule == "cookies" && unit.phrase.words >= 2;
        if end == line.len() || !(strong || button) {
            break;
        }
        rule = rule.or(Some(unit.phrase.rule));
        at = end;
    }
    rule.map(|rule| (at, rule))
}

/// Whether a text ends with a mark that opens a quotation in French, behind a space.
fn opens(text: &str) -> bool {
    text.strip_suffix('«').is_some_and(|before| before.ends_with(char::is_whitespace))
}

/// Where the boilerplate that a text ends with begins: known phrases behind the end of a sentence.
pub(super) fn glued_behind(line: &str) -> Option<(usize, &'static str)> {
    let from = words::boundary(line, line.len().saturating_sub(TAIL));
    let end = &line[from..];
    let bytes = end.as_bytes();
    let is_mark = |b: u8| (b == b'.') | (b == b'!') | (b == b'?') | (b == b'"') | (b == b')');
    let spaces = positions(bytes, |b| is_mark(b) | !b.is_ascii()).map(|mark| mark + 1);
    let ends = |&at: &usize| {
        bytes.get(at) == Some(&b' ')
            && (bytes[at - 1].is_ascii() || (end[..at].ends_with(ENDS) && !opens(&end[..at])))
            // The quotation mark that a space parts from what was said is the story's.
            && !end[at..].trim_start().starts_with('»')
    };
    let spaces = spaces.filter(ends);
    // Chinese and Japanese have no space there. The last byte of their full stop is 82.
    let stops = positions(bytes, |b| b == 0x82).map(|at| at + 1);
    let stops = stops.filter(|&at| end.get(..at).is_some_and(|head| head.ends_with('。')));
    let rule = |at: usize| Some((from + at, rules::whole(&end[at..], |r| r != "byline")?));
    spaces.chain(stops).find_map(rule)
}
