//! The words of a headline, and whether its text tells them.

use crate::kernel::sets::{intersection, resemblance};
use crate::text::words::Word;

/// Most words of a text that is looked through for the words of its headline.
const SHORT: usize = 160;
/// Words that a headline must have to tell anything.
const LEAST: usize = 4;
/// Most resemblance of headlines that are far from each other.
const FAR: f64 = 0.3;
/// Behind the words of a headline that its text tells.
const TOLD: u32 = u32::MAX;

/// A headline as it is compared.
#[derive(Debug, Clone, Copy)]
pub struct Headline<'a> {
    /// Hashes of its words, ascending and distinct.
    pub words: &'a [u32],
    /// Whether a quarter of them or more are in its text, if that is short: a form, or what stands before a paywall, says nothing of
    /// what its headline is about.
    pub is_told: bool,
}

impl<'a> Headline<'a> {
    /// A headline as it is kept, which is what [`kept`] gives, ascending.
    pub fn new(kept: &'a [u32]) -> Self {
        match kept {
            [words @ .., TOLD] => Self { words, is_told: true },
            words => Self { words, is_told: false },
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

    /// Words of the shorter one.
    fn fewer(self, other: Self) -> usize {
        self.words.len().min(other.words.len())
    }

    fn alike(self, other: Self) -> f64 {
        let common = intersection(self.words, other.words);
        resemblance(self.words.len(), other.words.len(), common)
    }
}

/// What is kept of a headline: the hash of each of its words, and a mark if its text tells it.
pub fn kept(title: &[Word], text: &[Word]) -> impl Iterator<Item = u32> {
    let words = title.iter().map(|word| (word.hash as u32).min(TOLD - 1));
    words.chain(is_told(title, text).then_some(TOLD))
}

fn is_told(title: &[Word], text: &[Word]) -> bool {
    if title.is_empty() || text.len() > SHORT {
        return false;
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
    use super::*;
    use crate::text::words::Words;

    /// What is kept of a headline over a text, ascending.
    fn made(title: &str, text: &str) -> Vec<u32> {
        let mut words = Words::default();
        words.add(title);
        let n = words.list().len();
        words.add(text);
        let (title, text) = words.list().split_at(n);
        let mut kept: Vec<u32> = kept(title, text).collect();
        kept.sort_unstable();
        kept
    }

    #[test]
    fn a_text_tells_its_headline_by_a_quarter_of_its_words() {
        let told = |title: &str, text: &str| Headline::new(&made(title, text)).is_told;
        assert!(told("Ferry crews march on", "The crews went home."));
        assert!(!told("Ferry crews march on town", "The crews went home."));
        assert!(!told("", "The crews went home."));
        assert!(told("Ferry", &"the ferry ".repeat(SHORT / 2)));
        assert!(!told("Ferry", &format!("the {}", "the ferry ".repeat(SHORT / 2))));
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
    fn headlines_of_three_words_tell_nothing() {
        let alike = |a, b| {
            let [a, b] = [a, b].map(|title| made(title, ""));
            Headline::new(&a).resemblance(Headline::new(&b))
        };
        assert_eq!(alike("Owls in mill", "Owls in mill"), None);
        assert_eq!(alike("Owls nest in mill", "Owls sleep in mill"), Some(0.6));
    }
}
