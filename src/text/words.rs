//! Text to words: NFKC, case-folded, each with its stable hash.
//!
//! A word is a run of alphanumeric characters, and everything else parts words; so an apostrophe does (`Kim's` is `kim`
//! and `s`, `l'été` is `l` and `été`), and straight and curly quotes are alike, with the acute accent that stands in their
//! place. In a script that is written without spaces every character is a word of its own, and its hash covers the character
//! after it as well. Decimal digits of any script are those of ASCII, so that numbers can be compared. Persian and Arabic letters
//! that keyboards of both have in each other's place are one, and the stroke that stretches a word is nothing.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use icu_casemap::{CaseMapper, CaseMapperBorrowed};
use icu_normalizer::{ComposingNormalizer, ComposingNormalizerBorrowed};

use crate::kernel::hash::{hash, hash_runs, hash_within};
use crate::kernel::runs::Runs;

/// One word of a [`Words`] buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// The hash of the folded word.
    pub hash: u64,
    start: u32,
    len: u32,
}

/// The words of one or more texts, in order; a buffer to be used again for the next article.
#[derive(Debug, Default)]
pub struct Words {
    folded: String,
    words: Vec<Word>,
    runs: Runs,
    hashes: Vec<u64>,
}

/// What parts a title from its text in the buffer: they are paragraphs.
pub const GAP: &str = "\n\n";

static NORMALIZER: LazyLock<ComposingNormalizerBorrowed<'static>> =
    LazyLock::new(ComposingNormalizer::new_nfkc);
static FOLDER: LazyLock<CaseMapperBorrowed<'static>> = LazyLock::new(CaseMapper::new);

impl Word {
    /// Where it stands in its buffer.
    pub fn range(self) -> Range<usize> {
        self.start as usize..(self.start + self.len) as usize
    }
}

impl Words {
    /// Forgets all words and keeps the memory.
    pub fn clear(&mut self) {
        self.folded.clear();
        self.words.clear();
    }

    /// Takes the words of a title and a text instead of what it has, with a [`GAP`] between the two. Returns how many are the
    /// title's, and where the text begins in the buffer, as [`Self::add`] does.
    pub fn take(&mut self, title: &str, text: &str) -> (usize, usize) {
        self.clear();
        self.add(title);
        self.folded.push_str(GAP);
        (self.words.len(), self.add(text))
    }

    /// Appends the words of a text, or none of one that might take the buffer beyond 4 GiB. Returns where the text begins in the
    /// buffer: one in ASCII stands there byte for byte.
    ///
    /// ```
    /// use samestory::text::words::Words;
    ///
    /// let mut words = Words::default();
    /// words.add("Kim’s TRAIN: ﬁve cars");
    /// let folded: Vec<&str> = words.list().iter().map(|&word| words.text(word)).collect();
    /// assert_eq!(folded, ["kim", "s", "train", "five", "cars"]);
    /// ```
    pub fn add(&mut self, text: &str) -> usize {
        let ascii = text.is_ascii();
        let text = if ascii { Cow::Borrowed(text) } else { normal(text) };
        let start = self.folded.len();
        // A letter of two bytes can fold to six, and a gap comes behind the text.
        if start + 3 * text.len() >= u32::MAX as usize {
            return start;
        }
        let mut runs = std::mem::take(&mut self.runs);
        if ascii {
            self.folded.push_str(&text);
            self.folded[start..].make_ascii_lowercase();
            let bytes = &self.folded.as_bytes()[start..];
            runs.each(bytes, |runs| {
                // A buffer that shrinks would be cleared as it grows again.
                self.hashes.resize(self.hashes.len().max(runs.len()), 0);
                hash_runs(bytes, runs, &mut self.hashes[..runs.len()]);
                let word = |(&[from, to], &hash): (&[u32; 2], &u64)| Word {
                    hash,
                    start: start as u32 + from,
                    len: to - from,
                };
                self.words.extend(runs.iter().zip(&self.hashes).map(word));
            });
        } else {
            let mut text = text.into_owned();
            text.make_ascii_lowercase();
            let mut behind = 0;
            runs.each(text.as_bytes(), |runs| {
                for [from, to] in runs.iter().map(|run| run.map(|at| at as usize)) {
                    self.folded.push_str(&text[behind..from]);
                    self.add_run(&text, from, to);
                    behind = to;
                }
            });
            self.folded.push_str(&text[behind..]);
            // A gap, so that what stands side by side in the buffer stood so in the text.
            self.folded.push(' ');
        }
        self.runs = runs;
        start
    }

    /// Appends the run `from..to` of a text, which may not be ASCII, and its words.
    fn add_run(&mut self, text: &str, from: usize, to: usize) {
        let run = &text[from..to];
        if run.is_ascii() {
            let hash = hash_within(text.as_bytes(), from, to);
            self.words.push(Word { hash, start: self.folded.len() as u32, len: run.len() as u32 });
            self.folded.push_str(run);
        } else {
            self.add_folded(&FOLDER.fold_string(run));
        }
    }

    /// Appends a run that is not ASCII, folded, and its words.
    fn add_folded(&mut self, folded: &str) {
        let base = self.folded.len();
        self.folded.push_str(folded);
        let mut open = None;
        for (at, c) in folded.char_indices() {
            let spaceless = is_spaceless(c);
            if spaceless || !is_word_char(c) {
                if let Some(start) = open.take() {
                    self.push(base, folded, start, at, at);
                }
                if spaceless {
                    let end = at + c.len_utf8();
                    let next = folded[end..]
                        .chars()
                        .next()
                        .filter(|&c| is_spaceless(c))
                        .map_or(0, char::len_utf8);
                    self.push(base, folded, at, end, end + next);
                }
            } else if open.is_none() {
                open = Some(at);
            }
        }
        if let Some(start) = open {
            self.push(base, folded, start, folded.len(), folded.len());
        }
    }

    fn push(&mut self, base: usize, folded: &str, start: usize, end: usize, hashed_end: usize) {
        let hash = hash(&folded.as_bytes()[start..hashed_end]);
        self.words.push(Word { hash, start: (base + start) as u32, len: (end - start) as u32 });
    }

    /// All words, in order.
    pub fn list(&self) -> &[Word] {
        &self.words
    }

    /// The folded word itself.
    pub fn text(&self, word: Word) -> &str {
        &self.folded[word.range()]
    }

    /// The first byte of the folded word.
    pub fn first_byte(&self, word: Word) -> u8 {
        self.folded.as_bytes()[word.start as usize]
    }

    /// The folded text that runs from the first to the last of some words of this buffer; empty for none.
    pub fn span(&self, words: &[Word]) -> &str {
        match (words.first(), words.last()) {
            (Some(first), Some(last)) => {
                &self.folded[first.start as usize..(last.start + last.len) as usize]
            }
            _ => "",
        }
    }

    /// What stands between two words that follow each other.
    pub fn between(&self, word: Word, next: Word) -> &str {
        self.folded.get((word.start + word.len) as usize..next.start as usize).unwrap_or_default()
    }

    /// Whether `next` follows `word` without a gap.
    pub fn adjoin(word: Word, next: Word) -> bool {
        word.start + word.len == next.start
    }
}

/// The zeros of scripts that have decimal digits of their own and are written today: after each come its one to nine. Others
/// are ASCII after NFKC.
const ZEROS: [char; 19] = [
    '\u{660}', '\u{6f0}', '\u{7c0}', '\u{966}', '\u{9e6}', '\u{a66}', '\u{ae6}', '\u{b66}',
    '\u{be6}', '\u{c66}', '\u{ce6}', '\u{d66}', '\u{de6}', '\u{e50}', '\u{ed0}', '\u{f20}',
    '\u{1040}', '\u{17e0}', '\u{1810}',
];

/// What another character is compared as: digits and separators of numbers in ASCII, and the letters of Persian and Urdu that
/// many type as those of Arabic, or the other way round. Those of Arabic are what its stemmer knows.
fn compared(c: char) -> Option<char> {
    match c {
        '\0'..'\u{649}' | '\u{181a}'.. => None,
        '\u{66b}' => Some('.'),
        '\u{66c}' => Some(','),
        // Alef maksura and Persian yeh as yeh.
        '\u{649}' | '\u{6cc}' => Some('\u{64a}'),
        // Keheh as kaf.
        '\u{6a9}' => Some('\u{643}'),
        // Heh of Urdu as heh.
        '\u{6c1}' => Some('\u{647}'),
        '\u{64a}'..'\u{660}' => None,
        _ => {
            let zero = ZEROS[ZEROS.partition_point(|&zero| zero <= c) - 1];
            char::from_digit(c as u32 - zero as u32, 10)
        }
    }
}

/// The stroke that only stretches a word of the Arabic script.
const TATWEEL: char = '\u{640}';

/// In NFKC, with digits of ASCII, and one letter for those of the Arabic script that are taken for each other. NFKC would make a
/// space and a mark of an acute accent that is typed as an apostrophe.
pub(super) fn normal(text: &str) -> Cow<'_, str> {
    if text.contains('\u{b4}') {
        return Cow::Owned(normal(&text.replace('\u{b4}', "'")).into_owned());
    }
    as_compared(NORMALIZER.normalize(text))
}

fn as_compared(text: Cow<'_, str>) -> Cow<'_, str> {
    if !text.contains(|c| c == TATWEEL || compared(c).is_some()) {
        return text;
    }
    let kept = text.chars().filter(|&c| c != TATWEEL);
    Cow::Owned(kept.map(|c| compared(c).unwrap_or(c)).collect())
}

/// Letters, digits, and marks inside words.
pub(super) fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || (!c.is_ascii() && is_mark(c))
}

/// The marks inside words that Unicode does not count as alphabetic: combining accents, nuktas and viramas.
#[rustfmt::skip]
fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}'
        | '\u{93c}' | '\u{9bc}' | '\u{a3c}' | '\u{abc}' | '\u{b3c}' | '\u{cbc}'
        | '\u{94d}' | '\u{9cd}' | '\u{a4d}' | '\u{acd}' | '\u{b4d}' | '\u{bcd}' | '\u{c4d}' | '\u{ccd}' | '\u{d4d}' | '\u{dca}')
}

/// Whether a character belongs to a script that is written without spaces between words.
pub fn is_spaceless(c: char) -> bool {
    (is_han(c) || matches!(c,
        '\u{e00}'..='\u{eff}'         // Thai, Lao
        | '\u{1000}'..='\u{109f}'     // Burmese
        | '\u{1780}'..='\u{17ff}'     // Khmer
        | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}')) // Kana
        && (c.is_alphanumeric() || matches!(c, '\u{e31}'..='\u{e4e}' | '\u{eb1}'..='\u{ece}' | '\u{102b}'..='\u{103e}' | '\u{17b4}'..='\u{17d3}'))
}

/// Whether a character is one of those that Chinese is written in, and Japanese in part.
pub fn is_han(c: char) -> bool {
    matches!(c,
        '\u{3005}'..='\u{3007}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str) -> Vec<String> {
        let mut words = Words::default();
        words.add("Before.");
        words.add(text);
        words.list()[1..].iter().map(|&w| words.text(w).to_owned()).collect()
    }

    #[test]
    fn words_of_many_scripts() {
        assert_eq!(
            words("Kim’s 5.93-mln U.S. deal"),
            ["kim", "s", "5", "93", "mln", "u", "s", "deal"]
        );
        assert_eq!(words("L'ÉTÉ à Köln, STRASSE"), ["l", "été", "à", "köln", "strasse"]);
        assert_eq!(words("Team GB´s l´été"), ["team", "gb", "s", "l", "été"]);
        assert_eq!(words("ﬁnal １２ Straße"), ["final", "12", "strasse"]);
        assert_eq!(words("поезд Кима"), ["поезд", "кима"]);
        assert_eq!(words("金正恩 train"), ["金", "正", "恩", "train"]);
        assert_eq!(words("हिन्दी समाचार"), ["हिन्दी", "समाचार"]);
        // A letter with a nukta is two characters after NFKC.
        assert_eq!(
            words("ब\u{95c}ा ঢাকার বা\u{9dc}ি"),
            ["ब\u{921}\u{93c}ा", "ঢাকার", "বা\u{9a1}\u{9bc}ি"]
        );
        assert_eq!(words("ලංකාවේ පුවත් පත"), ["ලංකාවේ", "පුවත්", "පත"]);
        assert_eq!(
            words("१,२३४ लोग ۱۲٫۵ ๒๕๖๙ ١٬٠٠٠"),
            ["1", "234", "लोग", "12", "5", "2569", "1", "000"]
        );
        assert_eq!(
            words("کتاب ایران علی ع\u{640}\u{640}لي على کہا"),
            ["كتاب", "ايران", "علي", "علي", "علي", "كها"]
        );
        assert_eq!(words(""), Vec::<String>::new());
    }

    #[test]
    fn what_stands_between_words_is_what_stood_between_them() {
        let mut words = Words::default();
        let between = |words: &Words| {
            let pairs = words.list().windows(2);
            pairs.map(|pair| words.between(pair[0], pair[1]).to_owned()).collect::<Vec<_>>()
        };
        words.add("率为14.2%，1.5亿");
        assert_eq!(between(&words), ["", "", ".", "%,", ".", ""]);
        words.clear();
        words.add("Über £5.93 – „3,5“");
        assert_eq!(between(&words), [" £", ".", " – „", ","]);
    }

    #[test]
    fn a_spaceless_character_is_hashed_with_the_next() {
        let mut words = Words::default();
        words.add("金正恩");
        let hashes: Vec<u64> = words.list().iter().map(|w| w.hash).collect();
        assert_eq!(hashes, ["金正", "正恩", "恩"].map(|s| hash(s.as_bytes())));
    }

    proptest! {
        #[test]
        fn masks_equal_splitting(text in "[a-zA-Z0-9 .,'-]{0,300}") {
            let expected: Vec<String> =
                text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_ascii_lowercase).collect();
            prop_assert_eq!(words(&text), expected);
        }

        #[test]
        fn any_text_has_words_without_separators(text: String) {
            for word in words(&text) {
                prop_assert!(!word.is_empty() && word.chars().all(|c| is_word_char(c) || is_spaceless(c)), "{:?}", word);
            }
        }
    }
}
