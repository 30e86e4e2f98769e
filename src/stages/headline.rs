//! The words of a headline, whether its text tells them, and which headlines say the same.

use crate::kernel::hash::mix;
use crate::kernel::linkage;
use crate::kernel::sets::{intersection, resemblance};
use crate::text::words::{Word, Words};

/// Most words of a text that is looked through for the words of its headline. A longer one is no form, and tells what it is about.
const SHORT: usize = 160;
/// Words that a headline must have to tell anything.
const LEAST: usize = 4;
/// Most resemblance of headlines that are far from each other.
const FAR: f64 = 0.3;
/// More resemblance than this have headlines that say the same with another word.
const SAME: f64 = 0.8;
/// Set in the hash of a word that is no number: numbers stand first.
const WORD: u32 = 1 << 31;
/// Behind the words of a headline that its text does not tell.
const UNTOLD: u32 = u32::MAX;

/// A headline as it is compared.
#[derive(Debug, Clone, Copy)]
pub struct Headline<'a> {
    /// Hashes of its words, ascending and distinct.
    pub words: &'a [u32],
    /// Whether a quarter of them or more are in its text, or that is long: a short form, or what stands before a paywall, says nothing
    /// of what its headline is about.
    pub is_told: bool,
}

impl<'a> Headline<'a> {
    /// A headline as it is kept, which is what [`kept`] gives, ascending.
    pub fn new(kept: &'a [u32]) -> Self {
        match kept {
            [words @ .., UNTOLD] => Self { words, is_told: false },
            words => Self { words, is_told: true },
        }
    }

    /// How alike two headlines are, 0..=1; none where one is too short to tell, or missing.
    pub fn resemblance(self, other: Self) -> Option<f64> {
        (self.fewer(other) >= LEAST).then(|| self.alike(other))
    }

    /// Whether two headlines share so little that they are about something else, and the text under one of them does not even
    /// tell it. No headline is far from none.
    pub fn is_far(self, other: Self) -> bool {
        !(self.is_told && other.is_told) && self.fewer(other) > 0 && self.alike(other) <= FAR
    }

    /// Whether two headlines say the same: in the same words, or in many with one word more or another one, which is no number.
    /// Headlines without words say nothing.
    pub fn says_same(self, other: Self) -> bool {
        let common = intersection(self.words, other.words);
        match [self, other].map(|one| one.words.len() - common) {
            [0, 0] => common > 0,
            [..=1, ..=1] => self.alike(other) > SAME && self.numbers() == other.numbers(),
            _ => false,
        }
    }

    /// Those of its words that are numbers.
    fn numbers(self) -> &'a [u32] {
        &self.words[..self.words.partition_point(|&word| word < WORD)]
    }

    /// Words of the shorter one.
    fn fewer(self, other: Self) -> usize {
        self.words.len().min(other.words.len())
    }

    fn alike(self, other: Self) -> f64 {
        let common = intersection(self.words, other.words);
        resemblance(self.words.len(), other.words.len(), common)
    }
}

/// What is kept of a headline, of which there are so many words before those of its text: the hash of each, and a mark unless the text
/// tells it.
pub fn kept(words: &Words, n_title: usize) -> impl Iterator<Item = u32> {
    let (title, text) = words.list().split_at(n_title);
    let one = |&word: &Word| match words.first_byte(word).is_ascii_digit() {
        true => word.hash as u32 & !WORD,
        false => (word.hash as u32 | WORD).min(UNTOLD - 1),
    };
    title.iter().map(one).chain((!is_told(title, text)).then_some(UNTOLD))
}

/// For each of some headlines the first one that it hangs together with, because each says the same as the next.
///
/// Only those are compared that have the same words left when at most one, which is no number, is taken out of each: the cost is
/// that of sorting all words, however many headlines there are.
pub fn together(headlines: &[Headline<'_>]) -> Vec<u32> {
    // What is left, whether a word was taken out, and of which headline.
    let mut left: Vec<(u64, bool, u32)> = Vec::new();
    for (i, headline) in (0..).zip(headlines) {
        // No word counts for nothing, as 0 would.
        let hash = |&word: &u32| mix(u64::from(word) + 1);
        let whole = headline.words.iter().map(hash).fold(0, u64::wrapping_add);
        left.push((whole, false, i));
        let words = &headline.words[headline.numbers().len()..];
        left.extend(words.iter().map(|word| (whole.wrapping_sub(hash(word)), true, i)));
    }
    left.sort_unstable();
    let pairs = left.chunk_by(|x, y| x.0 == y.0).flat_map(|alike| {
        // The first one has all of its words left if any has: it says the same as all others, or none of them do as another.
        let a = alike[0].2;
        let same = move |b: &u32| headlines[a as usize].says_same(headlines[*b as usize]);
        alike[1..].iter().map(|left| left.2).filter(same).map(move |b| (a, b))
    });
    linkage::together(headlines.len(), pairs)
}

fn is_told(title: &[Word], text: &[Word]) -> bool {
    if title.is_empty() || text.len() > SHORT {
        return true;
    }
    // Most words of the text are none of the headline, which one bit of their hash says.
    let bit = |word: &Word| 1u64 << (word.hash & 63);
    let bits = title.iter().fold(0, |bits, word| bits | bit(word));
    let mut left: Vec<u64> = title.iter().map(|word| word.hash).collect();
    for word in text.iter().filter(|word| bits & bit(word) != 0) {
        left.retain(|&hash| hash != word.hash);
    }
    4 * (title.len() - left.len()) >= title.len()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use proptest::prelude::*;

    /// What is kept of a headline over a text, ascending.
    fn made(title: &str, text: &str) -> Vec<u32> {
        let mut words = Words::default();
        let (n_title, _) = words.take(title, text);
        let mut kept: Vec<u32> = kept(&words, n_title).collect();
        kept.sort_unstable();
        kept
    }

    #[test]
    fn a_text_tells_its_headline_by_a_quarter_of_its_words() {
        let told = |title: &str, text: &str| Headline::new(&made(title, text)).is_told;
        assert!(told("Ferry crews march on", "The crews went home."));
        assert!(!told("Ferry crews march on town", "The crews went home."));
        assert!(!told("Ferry crews", ""));
        assert!(made("", "The crews went home.").is_empty());
        assert!(!told("Pier", &"the ferry ".repeat(SHORT / 2)));
        assert!(told("Pier", &format!("the {}", "the ferry ".repeat(SHORT / 2))));
    }

    #[test]
    fn headlines_are_far_if_little_is_shared_and_not_both_are_told() {
        let far = |a: [&str; 2], b: [&str; 2]| {
            let [a, b] = [a, b].map(|[title, text]| made(title, text));
            Headline::new(&a).is_far(Headline::new(&b))
        };
        assert!(far(
            ["Owls nest in mill", "Subscribe now"],
            ["Ferry fares frozen", "Subscribe now"]
        ));
        assert!(far(["Owls nest in mill", "Owls nest"], ["Ferry fares frozen", "Subscribe now"]));
        assert!(!far(["Owls nest in mill", "Owls nest"], ["Ferry fares frozen", "Ferry fares"]));
        assert!(!far(["Owls nest", "Subscribe now"], ["Owls nest in mill", "Subscribe now"]));
        assert!(!far(["", "Subscribe now"], ["Owls nest in mill", "Subscribe now"]));
    }

    #[test]
    fn headlines_say_the_same_with_one_word_more_or_another_one_in_many() {
        let same = |a: &str, b: &str| {
            let [a, b] = [a, b].map(|title| made(title, ""));
            Headline::new(&a).says_same(Headline::new(&b))
        };
        assert!(same("Owls nest", "OWLS NEST"));
        assert!(!same("", "") && !same("", "Owls"));
        assert!(same("Owls nest in old mill", "Owls nest in the old mill"));
        assert!(!same("Owls nest in mill", "Owls nest in old mill"));
        let long = |of: &str| format!("Owls nest in the {of} of Brenn where no corn grows");
        assert!(same(&long("mill"), &long("barn")));
        assert!(!same(&long("mill"), &long("old barn")));
        assert!(!same(&long("mill"), "Owls nest in the barn of Brenn where corn grows"));
        assert!(!same(&long("mill"), &long("mill 2")));
        assert!(!same(&long("5 mills"), &long("50 mills")));
    }

    proptest! {
        #[test]
        fn what_hangs_together_equals_comparing_all(least in 0u32..9, lacking in prop::collection::btree_set(prop::collection::btree_set(0u32..13, 0..5), 0..14)) {
            // Of some words, those from 3 on being no numbers, each lacks a few.
            let word = |word: u32| if word < 3 { word } else { word | WORD };
            let without = |lacking: &BTreeSet<u32>| (least..13).filter(|word| !lacking.contains(word)).map(word).collect();
            let some: BTreeSet<Vec<u32>> = lacking.iter().map(without).collect();
            let headlines: Vec<Headline> = some.iter().map(|words| Headline::new(words)).collect();
            let mut expected: Vec<u32> = (0..some.len() as u32).collect();
            for _ in 0..some.len() {
                for (i, j) in (0..some.len()).flat_map(|i| (0..some.len()).map(move |j| (i, j))) {
                    if headlines[i].says_same(headlines[j]) {
                        expected[i] = expected[i].min(expected[j]);
                    }
                }
            }
            prop_assert_eq!(together(&headlines), expected);
        }
    }

    #[test]
    fn headlines_of_three_words_tell_nothing() {
        let alike = |a, b| {
            let [a, b] = [a, b].map(|title| made(title, ""));
            Headline::new(&a).resemblance(Headline::new(&b))
        };
        assert_eq!(alike("Owls in mill", "Owls in mill"), None);
        assert_eq!(alike("Owls nest in mill", "Owls sleep in mill"), Some(0.6));
    }
}
