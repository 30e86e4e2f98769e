//! Light stemming, so that `trains` and `train` are one term. Only story terms are stemmed, never shingles.

use std::borrow::Cow;

use rust_stemmers::{Algorithm, Stemmer};

use super::language::Language;

/// How words of one language are stemmed.
pub enum Stem {
    /// English: only the plural, as more costs names and gains nothing.
    Plural,
    /// Snowball.
    Snowball(Stemmer),
    /// Words as they are.
    Whole,
}

impl Stem {
    /// The stemmer of a language.
    pub fn of(language: Language) -> Self {
        let algorithm = match language.as_str() {
            "en" => return Self::Plural,
            "ar" => Algorithm::Arabic,
            "da" => Algorithm::Danish,
            "de" => Algorithm::German,
            "el" => Algorithm::Greek,
            "es" => Algorithm::Spanish,
            "fi" => Algorithm::Finnish,
            "fr" => Algorithm::French,
            "hu" => Algorithm::Hungarian,
            "it" => Algorithm::Italian,
            "nb" => Algorithm::Norwegian,
            "nl" => Algorithm::Dutch,
            "pt" => Algorithm::Portuguese,
            "ro" => Algorithm::Romanian,
            "ru" => Algorithm::Russian,
            "sv" => Algorithm::Swedish,
            "ta" => Algorithm::Tamil,
            "tr" => Algorithm::Turkish,
            _ => return Self::Whole,
        };
        Self::Snowball(Stemmer::create(algorithm))
    }

    /// The stem of a folded word.
    ///
    /// ```
    /// use samestory::text::language::Language;
    /// use samestory::text::stem::Stem;
    ///
    /// let english = Stem::of(Language::from_tag("en").unwrap());
    /// assert_eq!(english.stem("elections"), english.stem("election"));
    /// ```
    pub fn stem<'a>(&self, word: &'a str) -> Cow<'a, str> {
        match self {
            Self::Plural => plural(word),
            Self::Snowball(stemmer) => stemmer.stem(word),
            Self::Whole => Cow::Borrowed(word),
        }
    }
}

/// Takes off the English plural: `ies` becomes `y`, a lone final `s` goes.
fn plural(word: &str) -> Cow<'_, str> {
    if word.len() <= 3 {
        Cow::Borrowed(word)
    } else if let Some(stem) = word.strip_suffix("ies") {
        Cow::Owned(format!("{stem}y"))
    } else if word.ends_with("ss") || word.ends_with("us") {
        Cow::Borrowed(word)
    } else {
        Cow::Borrowed(word.strip_suffix('s').unwrap_or(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_and_names() {
        let stem = |word| Stem::Plural.stem(word).into_owned();
        assert_eq!(
            ["trains", "cities", "boss", "virus", "gas", "putin"].map(stem),
            ["train", "city", "boss", "virus", "gas", "putin"]
        );
    }
}
