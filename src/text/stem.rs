//! Light stemming, so that `trains` and `train` are one term. Only story terms are stemmed, never shingles.

use std::borrow::Cow;

use snowball_stemmers_rs::{Algorithm, Stemmer};

use super::language::Language;

/// How words of one language are stemmed.
pub enum Stem {
    /// English: only the plural, as more costs names and gains nothing.
    Plural,
    /// Snowball.
    Snowball(Stemmer),
    /// Korean: particles, which are written without a space behind the noun.
    Particle,
    /// Words as they are.
    Whole,
}

impl Stem {
    /// The stemmer of a language.
    pub fn of(language: Language) -> Self {
        let algorithm = match language.as_str() {
            "en" => return Self::Plural,
            "ko" => return Self::Particle,
            "ar" => Algorithm::Arabic,
            "ca" => Algorithm::Catalan,
            "cs" => Algorithm::Czech,
            "da" => Algorithm::Danish,
            "de" => Algorithm::German,
            "el" => Algorithm::Greek,
            "es" => Algorithm::Spanish,
            "fa" => Algorithm::Persian,
            "fi" => Algorithm::Finnish,
            "fr" => Algorithm::French,
            "hi" => Algorithm::Hindi,
            "hu" => Algorithm::Hungarian,
            "it" => Algorithm::Italian,
            "lt" => Algorithm::Lithuanian,
            "nb" => Algorithm::Norwegian,
            "nl" => Algorithm::Dutch,
            "pl" => Algorithm::Polish,
            "pt" => Algorithm::Portuguese,
            "ro" => Algorithm::Romanian,
            "ru" => Algorithm::Russian,
            "sh" => Algorithm::Serbian,
            "sv" => Algorithm::Swedish,
            "ta" => Algorithm::Tamil,
            "tr" => Algorithm::Turkish,
            "uk" => Algorithm::Ukrainian,
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
            Self::Particle => Cow::Borrowed(without_particle(word)),
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

/// Particles behind Korean nouns, and the copula.
const PARTICLES: &[&str] = &[
    "은",
    "는",
    "이",
    "가",
    "을",
    "를",
    "의",
    "에",
    "에서",
    "에게",
    "에는",
    "에서는",
    "로",
    "으로",
    "와",
    "과",
    "도",
    "만",
    "께",
    "까지",
    "부터",
    "보다",
    "라고",
    "이라고",
    "라며",
    "이다",
    "이며",
];

/// Takes off the longest particle that leaves two syllables or more.
fn without_particle(word: &str) -> &str {
    let left =
        |particle: &&str| word.strip_suffix(*particle).filter(|left| left.chars().nth(1).is_some());
    PARTICLES.iter().filter_map(left).min_by_key(|left| left.len()).unwrap_or(word)
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

    #[test]
    fn the_cases_of_a_word_are_one_term() {
        for (language, cases) in [
            ("cs", ["babiš", "babiše", "babišovi"]),
            ("hi", ["सरकार", "सरकारें", "सरकारों"]),
            ("ko", ["경찰", "경찰은", "경찰에서는"]),
            ("lt", ["nausėda", "nausėdos", "nausėdai"]),
            ("pl", ["nawrocki", "nawrockiego", "nawrockim"]),
            ("sh", ["vučić", "vučića", "вучић"]),
            ("uk", ["пожежа", "пожежі", "пожежу"]),
        ] {
            let stem = Stem::of(Language::from_tag(language).unwrap());
            let stems = cases.map(|word| stem.stem(word).into_owned());
            assert!(stems.iter().all(|it| *it == stems[0]), "{language}: {stems:?}");
        }
        assert_eq!(Stem::Particle.stem("나는"), "나는");
    }
}
