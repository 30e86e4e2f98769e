//! Cases: in some languages a name has one ending as a subject and another as an object, and is the same name.

use std::borrow::Cow;

use super::language::Language;
use super::stem::Stem;

/// How names are told from their endings.
pub enum Cases {
    /// By what stands between the two: `Ankara'dan`.
    Apostrophe,
    /// By the stem of the language.
    Stem(Stem),
}

impl Cases {
    /// Those of a language that has such endings; `None` of another one, where a stem would make one name of `Maria` and `Mario`.
    ///
    /// ```
    /// use samestory::text::cases::Cases;
    /// use samestory::text::language::Language;
    ///
    /// let russian = Cases::of(Language::from_tag("ru").unwrap()).unwrap();
    /// assert_eq!(russian.name("Бастрыкин"), russian.name("Бастрыкиным"));
    /// ```
    pub fn of(language: Language) -> Option<Self> {
        match language.as_str() {
            "tr" => Some(Self::Apostrophe),
            "cs" | "fi" | "hu" | "lt" | "pl" | "ru" | "sh" | "uk" => {
                Some(Self::Stem(Stem::of(language)))
            }
            _ => None,
        }
    }

    /// What is the same of a name, typed as in [`super::facts::typed`], in all cases.
    pub fn name<'a>(&self, name: &'a str) -> Cow<'a, str> {
        match self {
            Self::Apostrophe => name.split_once('\'').map_or(name, |(name, _)| name).into(),
            Self::Stem(stem) => stem.stem(&name.to_lowercase()).into_owned().into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_in_all_cases() {
        let same = |language: &str, names: [&str; 2]| {
            let cases = Cases::of(Language::from_tag(language).unwrap());
            cases.is_some_and(|cases| cases.name(names[0]) == cases.name(names[1]))
        };
        assert!(same("tr", ["Ankara'dan", "Ankara'ya"]) && same("tr", ["Ankara", "Ankara'ya"]));
        assert!(!same("tr", ["Ankara'dan", "Adana'dan"]));
        assert!(same("ru", ["Александр", "Александром"]));
        assert!(same("pl", ["Nowak", "Nowaka"]) && same("uk", ["Олег", "Олега"]));
        assert!(!same("ru", ["Иванов", "Петров"]) && !same("es", ["María", "Mario"]));
    }
}
