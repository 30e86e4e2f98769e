//! Cases: in some languages a name has one ending as a subject and another as an object, and is the same name.

use std::borrow::Cow;

use super::language::Language;
use super::stem::Stem;

/// How names are told from their endings.
pub enum Cases {
    /// By what stands between the two: `Ankara'dan`.
    Apostrophe,
    /// By the stem of the language, but for some endings: in each group the first stands for all.
    Stem(Stem, &'static [&'static [&'static str]]),
}

/// Fewer letters before an apostrophe are a part of the name: `O'Brien`, `D'Angelo`.
const SHORTEST: usize = 3;

/// Wives and daughters in Czech, `Nováková`, whose stem is that of `Novák`.
const CZECH: &[&[&str]] = &[&["ová", "ové", "ovou"]];

/// Men in Polish, `Kowalski`, whose stem is that of `Kowalska`.
const POLISH: &[&[&str]] =
    &[&["ski", "skiego", "skiemu", "skim"], &["cki", "ckiego", "ckiemu", "ckim"]];

/// Names in Russian of which a stem leaves too little: `Чехов` and `Чехия`.
const RUSSIAN: &[&[&str]] =
    &[&["ов", "ова", "ову", "овым", "овом", "ове"], &["ев", "ева", "еву", "евым", "евом", "еве"]];

impl Cases {
    /// Those of a language that has such endings; `None` of another one, or where a stem would make one name of `Maria` and
    /// `Mario`, as in Hungarian. A name that is also another name's case is taken for that: `Petra` for `Petr`.
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
            "cs" => Some(Self::Stem(Stem::of(language), CZECH)),
            "pl" => Some(Self::Stem(Stem::of(language), POLISH)),
            "ru" => Some(Self::Stem(Stem::of(language), RUSSIAN)),
            "sh" | "uk" => Some(Self::Stem(Stem::of(language), &[])),
            _ => None,
        }
    }

    /// What is the same of a name, typed as in [`super::facts::typed`], in all cases.
    pub fn name<'a>(&self, name: &'a str) -> Cow<'a, str> {
        match self {
            Self::Apostrophe => {
                let parts = name.split_once('\'');
                let ended = parts.filter(|(name, _)| name.chars().count() >= SHORTEST);
                ended.map_or(name, |(name, _)| name).into()
            }
            Self::Stem(stem, apart) => {
                let name = name.to_lowercase();
                let as_first = |group: &&[&str]| {
                    let bare = group.iter().find_map(|ending| name.strip_suffix(ending))?;
                    Some(bare.to_owned() + group[0])
                };
                let told = apart.iter().find_map(as_first);
                told.unwrap_or_else(|| stem.stem(&name).into_owned()).into()
            }
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
        assert!(same("pl", ["Kowalski", "Kowalskiego"]) && same("ru", ["Чехов", "Чеховым"]));
        assert!(same("cs", ["Nováková", "Novákovou"]) && same("cs", ["Novák", "Nováka"]));
        for (language, names) in [
            ("ru", ["Иванов", "Петров"]),
            ("ru", ["Чехов", "Чехия"]),
            ("es", ["María", "Mario"]),
            ("hu", ["Maria", "Mario"]),
            ("fi", ["Sanna", "Sanni"]),
            ("lt", ["Jonas", "Jonė"]),
            ("tr", ["O'Brien", "O'Neill"]),
            ("tr", ["D'Angelo", "D'Alema"]),
            ("cs", ["Novák", "Nováková"]),
            ("cs", ["Babiš", "Babišová"]),
            ("cs", ["Zeman", "Zemanová"]),
            ("pl", ["Kowalski", "Kowalska"]),
        ] {
            assert!(!same(language, names), "{language} {names:?}");
        }
    }
}
