//! Words to story terms: stems with a count and the level of their background chance.

use std::sync::{Arc, LazyLock};

use icu_segmenter::{WordSegmenter, WordSegmenterBorrowed, options::WordBreakInvariantOptions};

use crate::kernel::hash::{hash, mix};
use crate::text::language::Language;
use crate::text::learnt_terms::LearntTerms;
use crate::text::stem::Stem;
use crate::text::tables::{Table, level_by_length, level_of_number};
use crate::text::words::{Word, Words, is_spaceless};

/// Quarters that one occurrence counts: in the title, among the first [`LEAD`] words of the text, in the rest.
const QUARTERS: [u32; 3] = [12, 4, 1];
/// Words of the text that count in full. News says first what happened.
const LEAD: usize = 150;

/// A term of an article, in six bytes. Terms sort by their hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Term {
    /// Its upper and lower half: a term needs no more than two bytes' alignment.
    pub hash: [u16; 2],
    /// Weighted count in quarters, 1..=255.
    pub quarters: u8,
    /// Level of its background chance, see [`crate::text::tables`].
    pub level: u8,
}

impl Term {
    /// A term by 32 bits of its stem's hash.
    pub fn new(hash: u32, quarters: u8, level: u8) -> Self {
        Self { hash: [(hash >> 16) as u16, hash as u16], quarters, level }
    }

    /// 32 bits of the stem's hash.
    pub fn hash(self) -> u32 {
        u32::from(self.hash[0]) << 16 | u32::from(self.hash[1])
    }
}

/// Stems and looks up words, remembering the last ones met.
pub struct Lexicon {
    language: Language,
    stem: Stem,
    /// The table of the language in the binary.
    table: Option<&'static Table>,
    learnt: Option<Arc<LearntTerms>>,
    /// Keys of words and of their language, and what was looked up.
    memo: Vec<(u64, Term)>,
    /// What makes the key of a word one of the language.
    salt: u64,
    counted: Vec<u64>,
}

/// Slots of the memo; words beyond it push each other out.
const MEMO: usize = 1 << 14;

impl Default for Lexicon {
    fn default() -> Self {
        let mut lexicon = Self {
            language: Language::UNKNOWN,
            stem: Stem::Whole,
            table: None,
            learnt: None,
            memo: vec![(0, Term::new(0, 0, 0)); MEMO],
            salt: 0,
            counted: Vec::new(),
        };
        lexicon.load(Language::UNKNOWN);
        lexicon
    }
}

impl Lexicon {
    /// A lexicon in which learnt tables go before those in the binary.
    pub fn new(learnt: Option<Arc<LearntTerms>>) -> Self {
        Self { learnt, ..Self::default() }
    }

    fn table(&self) -> Option<&Table> {
        let learnt = self.learnt.as_deref().and_then(|learnt| learnt.of(self.language));
        learnt.or(self.table)
    }

    fn load(&mut self, language: Language) {
        self.language = language;
        self.stem = Stem::of(language);
        self.table = Table::of(language);
        // Mixed, for a word can be the code of another language: the "en" of Italian is not the "it" of English.
        self.salt = mix(hash(language.as_str().as_bytes()));
    }

    /// The terms of an article, ascending by hash, of which the first `title` words are the title.
    pub fn terms(&mut self, words: &Words, title: usize, language: Language) -> Vec<Term> {
        if language != self.language {
            self.load(language);
        }
        let mut counted = std::mem::take(&mut self.counted);
        counted.clear();
        let (title, body) = words.list().split_at(title.min(words.list().len()));
        each_word(words, title, |word, key| counted.push(self.count(word, key, QUARTERS[0])));
        let mut position = 0;
        each_word(words, body, |word, key| {
            counted.push(self.count(word, key, QUARTERS[if position < LEAD { 1 } else { 2 }]));
            position += 1;
        });
        counted.sort_unstable();
        let terms = counted.chunk_by(|x, y| x >> 32 == y >> 32).map(|same| {
            let quarters = same.iter().map(|count| *count as u32 >> 8).sum::<u32>().min(255) as u8;
            Term::new((same[0] >> 32) as u32, quarters, same[0] as u8)
        });
        let terms = terms.collect();
        self.counted = counted;
        terms
    }

    /// The stem of a folded word in the language that was last asked for.
    pub fn stem(&self, word: &str) -> String {
        self.stem.stem(word).into_owned()
    }

    /// The hash of a term above how often it counts above its level: one number is sorted sooner than three.
    fn count(&mut self, word: &str, key: u64, quarters: u32) -> u64 {
        let key = key ^ self.salt;
        let slot = (key as usize) % MEMO;
        if self.memo[slot].0 != key || key == 0 {
            self.memo[slot] = (key, self.look_up(word));
        }
        let term = self.memo[slot].1;
        u64::from(term.hash()) << 32 | u64::from(quarters) << 8 | u64::from(term.level)
    }

    fn look_up(&self, word: &str) -> Term {
        let stem = self.stem.stem(word);
        let hash = hash(stem.as_bytes());
        let level = match self.table() {
            _ if word.bytes().all(|b| b.is_ascii_digit()) => level_of_number(word),
            Some(table) => table.level(hash),
            None => level_by_length(&stem),
        };
        Term::new(term_hash(&stem), 0, level)
    }
}

/// The hash that stands for a stem in a [`Term`]; never 0, which means no term.
pub fn term_hash(stem: &str) -> u32 {
    ((hash(stem.as_bytes()) >> 32) as u32).max(1)
}

/// Calls `each` with every word that can be a term, and with the hash of that word: runs of a script without spaces
/// are cut by dictionary, and single letters are left out.
pub fn each_word(words: &Words, list: &[Word], mut each: impl FnMut(&str, u64)) {
    let mut i = 0;
    while i < list.len() {
        let text = words.text(list[i]);
        if text.len() > 1 && text.chars().next().is_some_and(is_spaceless) {
            let run = 1 + list[i..].windows(2).take_while(|w| Words::adjoin(w[0], w[1])).count();
            each_segment(words.span(&list[i..i + run]), &mut each);
            i += run;
        } else {
            if text.len() > 4 || text.chars().nth(1).is_some() {
                each(text, list[i].hash);
            }
            i += 1;
        }
    }
}

static SEGMENTER: LazyLock<WordSegmenterBorrowed<'static>> =
    LazyLock::new(|| WordSegmenter::new_dictionary(WordBreakInvariantOptions::default()));

fn each_segment(run: &str, each: &mut impl FnMut(&str, u64)) {
    let mut start = 0;
    for end in SEGMENTER.segment_str(run).filter(|&end| end > 0) {
        let word = &run[start..end];
        start = end;
        // One Han character is often a whole word; one Kana or Thai letter is grammar.
        if word.chars().nth(1).is_some() || word.chars().all(|c| c >= '\u{3400}') {
            each(word, hash(word.as_bytes()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(title: &str, text: &str, language: &str) -> Vec<Term> {
        let mut words = Words::default();
        words.add(title);
        let title = words.list().len();
        words.add(text);
        Lexicon::default().terms(&words, title, Language::from_tag(language).unwrap())
    }

    fn quarters(terms: &[Term], stem: &str) -> Option<u8> {
        terms.iter().find(|t| t.hash() == (hash(stem.as_bytes()) >> 32) as u32).map(|t| t.quarters)
    }

    #[test]
    fn counts_weigh_title_lead_and_rest() {
        // The lead ends between the ship and the harbour.
        let text = format!("The train {}ship harbour train", "xx ".repeat(LEAD - 3));
        let terms = terms("Trains at the border", &text, "en");
        assert_eq!(quarters(&terms, "train"), Some(12 + 4 + 1));
        assert_eq!(quarters(&terms, "border"), Some(12));
        assert_eq!(["ship", "harbour"].map(|stem| quarters(&terms, stem)), [Some(4), Some(1)]);
        assert!(terms.is_sorted_by(|a, b| a.hash() < b.hash()));
    }

    #[test]
    fn what_is_known_of_a_word_is_of_one_language() {
        let mut words = Words::default();
        // Words of one language are codes of others.
        words.add("trains important gobierno en es it");
        let mut lexicon = Lexicon::default();
        let mut found = Vec::new();
        for tag in ["en", "es", "und", "it", "en", "es", "und"] {
            let language = Language::from_tag(tag).unwrap_or(Language::UNKNOWN);
            let terms = lexicon.terms(&words, 0, language);
            assert_eq!(terms, Lexicon::default().terms(&words, 0, language));
            found.push(terms);
        }
        assert!(found[0] != found[1] && found[1] != found[2] && found[0] != found[2]);
    }

    #[test]
    fn scripts_without_spaces_are_cut_by_dictionary() {
        let terms = terms("", "金正恩乘坐装甲列车抵达俄罗斯", "zh");
        assert!(quarters(&terms, "列车").is_some() && quarters(&terms, "俄罗斯").is_some());
        assert_eq!(
            terms.len(),
            terms.iter().map(|t| t.hash()).collect::<std::collections::BTreeSet<_>>().len()
        );
    }

    #[test]
    fn no_words_have_no_terms() {
        assert_eq!(terms("", "", "en"), []);
    }

    #[test]
    fn single_letters_are_left_out_and_what_one_character_says_is_kept() {
        let words = |text: &str| {
            let mut words = Words::default();
            words.add(text);
            let mut all = Vec::new();
            each_word(&words, words.list(), |word, _| all.push(word.to_owned()));
            all
        };
        assert_eq!(words("a b é ж 𐌰 of ferry äé"), ["of", "ferry", "äé"]);
        // Han characters are words, a letter of Kana is grammar.
        assert_eq!(words("我 の 一 㐀"), ["我", "一", "㐀"]);
        assert_eq!(words("x列车y"), ["列车"]);
    }

    #[test]
    fn levels_are_of_the_table_or_the_length() {
        let level = |word: &str, language: &str| terms("", word, language)[0].level;
        assert_eq!(["1234567", "1996", "12"].map(|word| level(word, "en")), [15, 8, 6]);
        let english = Language::from_tag("en").unwrap();
        let table = Table::of(english).unwrap();
        assert_eq!(level("trains", "en"), table.level(hash(b"train")));
        let mut lexicon = Lexicon::default();
        lexicon.terms(&Words::default(), 0, english);
        assert_eq!(lexicon.stem("trains"), "train");
    }
}
