//! Phrases that are not the story, and how a line is read as a row of them.

use super::table::TABLE;
use super::words::{
    are_names, folded, is_number, is_quote, is_told, is_word, mark_of, next_word, same_word,
    says_in_lower_case,
};
use crate::text::sentences::sentence_end;

/// A phrase's gap is at most this many words wide.
const MAX_GAP: usize = 12;

/// A line is read as at most this many phrases.
const MAX_UNITS: usize = 60;

/// What a `~` stands for is at most this long, in bytes.
const MAX_SHORT: usize = 60;

/// What a dash parts from a label is at most this long, in bytes: a longer text is a paragraph.
const MAX_LABELLED: usize = 500;

/// Agencies that sign in lower case have short names, in bytes.
const MAX_LOWER: usize = 24;

/// Endings of lines that credit someone, each a whole sentence's.
const CREDITS: &[&str] =
    &["contributed to this report", "contributed to this story", "contributed reporting"];

/// One line of the phrase table.
pub(super) struct Phrase {
    /// The section that it stands in.
    pub(super) rule: &'static str,
    /// How many words it has; those of one or two could also end a sentence.
    pub(super) words: usize,
    /// What comes behind its first word.
    steps: Vec<Step>,
    /// The mark of its second word, if one comes next.
    next: Option<u64>,
    tail: Tail,
}

/// What a phrase is made of.
enum Step {
    Word(String),
    Number,
    Colon,
    Gap,
}

#[derive(PartialEq)]
enum Tail {
    Nothing,
    Stop,
    Sentence,
    Names,
    Short,
}

/// A phrase found at the beginning of a text.
pub(super) struct Unit {
    /// Where it ends, with the punctuation and space after it.
    pub(super) end: usize,
    /// Which phrase.
    pub(super) phrase: &'static Phrase,
}

impl Phrase {
    /// Reads a line of the table.
    pub(super) fn parse(rule: &'static str, line: &'static str) -> Self {
        let mut steps = Vec::new();
        let mut tail = Tail::Nothing;
        for token in line.split_whitespace() {
            match token {
                "#" => steps.push(Step::Number),
                ":" => steps.push(Step::Colon),
                "*" => steps.push(Step::Gap),
                "..." => tail = Tail::Sentence,
                "@" => tail = Tail::Names,
                "~" => tail = Tail::Short,
                _ => {
                    if token.ends_with('.') {
                        tail = Tail::Stop;
                    }
                    let mut at = 0;
                    while let Some((start, end)) = next_word(token, at) {
                        steps.push(Step::Word(folded(&token[start..end]).to_ascii_lowercase()));
                        at = end;
                    }
                }
            }
        }
        let words = steps.iter().filter(|step| matches!(step, Step::Word(_))).count();
        steps.remove(0);
        let next = match steps.first() {
            Some(Step::Word(word)) => Some(mark_of(word)),
            _ => None,
        };
        Self { rule, words, steps, next, tail }
    }

    /// Whether it is a sentence, or takes in the rest of one.
    pub(super) fn is_sentence(&self) -> bool {
        matches!(self.tail, Tail::Stop | Tail::Sentence)
    }

    /// Whether with such a rest the phrase is how a sentence of the story begins: `We use cookies, the baker said`, or
    /// `Related: three men were held.` Behind a label, what somebody said may be a headline.
    fn begins_story(&self, rest: &str) -> bool {
        match self.steps.last() {
            Some(Step::Colon) => self.words == 1 && says_in_lower_case(rest),
            _ => is_told(rest),
        }
    }

    /// Where it ends, if its first word ends at `at`.
    pub(super) fn end(&self, text: &str, at: usize) -> Option<usize> {
        let end = follow(&self.steps, text, at)?;
        let rest = &text[end..];
        match self.tail {
            Tail::Nothing if rest.starts_with('.') && self.words < 3 => None,
            Tail::Nothing | Tail::Stop => Some(end),
            Tail::Sentence => {
                let (said, _) = rest.split_at(sentence_end(rest));
                (!self.begins_story(said)).then_some(end + said.len())
            }
            Tail::Names => are_names(rest).then_some(text.len()),
            Tail::Short => {
                let short =
                    rest.len() <= MAX_SHORT && !rest.trim_end().ends_with(['.', '!', '?', '。']);
                (short && rest.contains(|c: char| c.is_ascii_digit())).then_some(text.len())
            }
        }
    }
}

fn follow(steps: &[Step], text: &str, at: usize) -> Option<usize> {
    let Some((step, later)) = steps.split_first() else { return Some(at) };
    match step {
        Step::Colon => {
            let rest = text[at..].trim_start();
            let rest =
                rest.strip_prefix([':', '：', '|', '>', '»', '→']).or_else(|| behind_dash(rest))?;
            follow(later, text, text.len() - rest.len())
        }
        Step::Word(word) => {
            let (start, end) = next_word(text, at)?;
            if same_word(&text[start..end], word) { follow(later, text, end) } else { None }
        }
        Step::Number => {
            let (start, end) = next_word(text, at)?;
            if is_number(&text[start..end]) { follow(later, text, end) } else { None }
        }
        Step::Gap => {
            let mut at = at;
            for _ in 0..MAX_GAP {
                if let Some(end) = follow(later, text, at) {
                    return Some(end);
                }
                at = next_word(text, at)?.1;
            }
            None
        }
    }
}

/// What comes after the dash behind a label, as in `Photo - Ann Poe`. In a sentence of the story a second dash follows,
/// or a full stop at its end: `Sources — two of them — confirmed it`.
fn behind_dash(text: &str) -> Option<&str> {
    const DASHES: [char; 3] = ['-', '–', '—'];
    let rest = text.strip_prefix(DASHES).filter(|rest| rest.len() <= MAX_LABELLED)?;
    let bare = rest.trim_end_matches([' ', ')', '"', '”', '“', '’', '»']);
    let is_sentence = bare.ends_with(['.', '!', '?', '…', '。'])
        || rest.split_whitespace().any(|word| word.trim_matches(DASHES).is_empty());
    (rest.starts_with(char::is_whitespace) && !is_sentence).then_some(rest)
}

/// The longest phrase at the beginning of `text`, of the rules that `allowed` lets through.
pub(super) fn unit(text: &str, allowed: impl Fn(&str) -> bool) -> Option<Unit> {
    let (start, first) = next_word(text, 0)?;
    let candidates = TABLE.candidates(&text[start..first]);
    if candidates.is_empty() || text[..start].contains(is_quote) {
        return None;
    }
    let next = next_word(text, first).map(|(from, to)| mark_of(&folded(&text[from..to])));
    let goes_on = |phrase: &&Phrase| phrase.next.is_none() || phrase.next == next;
    let candidates = candidates.iter().filter(goes_on).filter(|phrase| allowed(phrase.rule));
    let found =
        candidates.filter_map(|phrase| Some(Unit { end: phrase.end(text, first)?, phrase }));
    let longest = found.max_by_key(|unit| unit.end)?;
    let rest = text[longest.end..].trim_start_matches(|c: char| !is_word(c) && !is_quote(c));
    Some(Unit { end: text.len() - rest.len(), ..longest })
}

/// The rule by which a line goes, when phrases account for all of it.
///
/// A line that begins with a quotation mark or in lower case is part of a sentence, and stays; only agencies sign off
/// in lower case, and some bylines begin so.
pub(super) fn whole(line: &str, allowed: impl Fn(&str) -> bool) -> Option<&'static str> {
    let line = line.trim();
    if is_comment(line) {
        return Some("markup");
    }
    let first = line.chars().next()?;
    let lower = first.is_lowercase();
    if is_quote(first) {
        return None;
    }
    if is_address(line) {
        return Some("credits");
    }
    if lower && line.len() > MAX_LOWER {
        return None;
    }
    if is_credit(line) {
        return Some("credits");
    }
    row(line, |r| allowed(r) && (!lower || matches!(r, "agency" | "byline")))
}

/// Whether a line is nothing but where somebody gets mail: `kim@paper.example`.
fn is_address(line: &str) -> bool {
    let is_named = |(who, host): (&str, &str)| !who.is_empty() && host.contains('.');
    // The first word of nearly every line tells.
    line.bytes().find(|b| !b.is_ascii() || matches!(b, b' ' | b'@')) == Some(b'@')
        && line.is_ascii()
        && !line.contains(char::is_whitespace)
        && line.split_once('@').is_some_and(is_named)
}

/// Whether a line is a comment of a page's code.
pub(super) fn is_comment(line: &str) -> bool {
    line.starts_with("// ") || line.starts_with("<!--")
}

/// The rule of the first of the phrases that account for all of a line, in whatever case it begins.
pub(super) fn row(line: &str, allowed: impl Fn(&str) -> bool) -> Option<&'static str> {
    let mut at = 0;
    let mut rule = None;
    for _ in 0..MAX_UNITS {
        let Some(unit) = unit(&line[at..], &allowed) else { break };
        rule = rule.or(Some(unit.phrase.rule));
        at += unit.end;
    }
    rule.filter(|_| at == line.len())
}

/// Whether a line is a button that somebody wrote a full stop behind: `Share.`
pub(super) fn is_button(line: &str) -> bool {
    let button = line.trim().strip_suffix('.');
    button.is_some_and(|line| whole(line, |rule| rule == "share").is_some())
}

fn is_credit(line: &str) -> bool {
    let signs = line.bytes().rev().take_while(|b| matches!(b, b'.' | b')' | b']')).count();
    let end = &line[..line.len() - signs];
    let ends = |credit: &&str| {
        let tail = end.len().checked_sub(credit.len()).and_then(|at| end.as_bytes().get(at..));
        tail.is_some_and(|tail| tail.eq_ignore_ascii_case(credit.as_bytes()))
    };
    matches!(end.bytes().next_back(), Some(b't' | b'y' | b'g'))
        && CREDITS.iter().any(ends)
        && sentence_end(line) >= end.len()
}
