//! What a form is filled in with: numbers and names, by their hashes.

use super::FORM;
use crate::kernel::hash::hash;
use crate::text::facts::{self, Uncased};

/// What a form is filled in with.
#[derive(Debug, Clone, Copy)]
pub enum Detail<'a> {
    /// With its inner points and commas, and its hash if that is known.
    Number(&'a str, Option<u64>),
    /// A capitalised word, and its hash if that is known.
    Name(&'a str, Option<u64>),
    /// A word that may be a name.
    Uncased(Uncased),
    /// That it corrects an earlier version.
    Correction,
}

/// Set in the hash of a name and in no hash of a number.
pub(super) const NAME: u32 = 1 << 31;
/// What stands for a correction, above all names.
pub(super) const CORRECTION: u32 = u32::MAX;

/// Names of a text of so many shingles are not kept: what an outlet puts under every report is long, and so are forms without numbers.
const NAMED: usize = 400;
/// Characters for a word in scripts that are written without spaces, where every character begins a shingle.
const CHARACTERS: usize = 2;

impl Detail<'_> {
    /// Its hash if it is asked for in a text of so many shingles: names of a longer one, or in a line of capitals, are not. That
    /// of a name is above those of all numbers, and but for its first bit the hash of the word.
    #[inline]
    pub fn hash(self, shingles: usize) -> Option<u32> {
        match self {
            Self::Number(number, known) => {
                let hashed = || hash(facts::plain(number).as_bytes());
                Some(known.unwrap_or_else(hashed) as u32 & !NAME)
            }
            Self::Name(name, known) => (shingles < NAMED && !is_in_capitals(name))
                .then(|| known.unwrap_or_else(|| hash_in_small_letters(name)) as u32 | NAME),
            Self::Uncased(word) => {
                let most = if word.is_pair { FORM * CHARACTERS } else { FORM };
                (shingles < most).then_some(word.hash as u32 | NAME)
            }
            Self::Correction => Some(CORRECTION),
        }
    }
}

#[inline]
fn is_in_capitals(name: &str) -> bool {
    // Most have a small letter behind the first one.
    !name.bytes().any(|b| b.is_ascii_lowercase())
        && name.contains(char::is_uppercase)
        && !name.contains(char::is_lowercase)
}

fn hash_in_small_letters(name: &str) -> u64 {
    let mut letters = [0; 32];
    match letters.get_mut(..name.len()) {
        Some(letters) if name.is_ascii() => {
            letters.copy_from_slice(name.as_bytes());
            letters.make_ascii_lowercase();
            hash(letters)
        }
        _ => hash(name.to_lowercase().as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_words_above_all_numbers() {
        let name = |name: &str, shingles| Detail::Name(name, None).hash(shingles);
        let ruiz = name("Ruiz", 399).expect("the text is short enough");
        assert_eq!(ruiz, hash(b"ruiz") as u32 | NAME);
        for other in ["O'Brien", "José", "Ann-Marie-Louise-Charlotte-Victoria"] {
            assert_eq!(name(other, 9), Some(hash(other.to_lowercase().as_bytes()) as u32 | NAME));
        }
        assert_eq!(Detail::Name("Ruiz", Some(hash(b"ruiz"))).hash(399), Some(ruiz));
        assert!(Detail::Number("7", None).hash(160).is_some_and(|number| number < ruiz));
        assert_eq!([name("Ruiz", 400), name("QTR", 9), name("ÉTÉ", 9)], [None; 3]);
        assert_eq!(Detail::Number("7", Some(9)).hash(160), Some(9));
        let uncased = |is_pair| Detail::Uncased(Uncased { hash: 9, is_pair });
        let kept = [(false, 159), (false, 160), (true, 319), (true, 320)];
        let kept = kept.map(|(is_pair, shingles)| uncased(is_pair).hash(shingles));
        assert_eq!(kept, [Some(9 | NAME), None, Some(9 | NAME), None]);
    }
}
