//! Background statistics: how likely a term is to be in an article of 300 words, per language.
//!
//! A table is fixed and in the binary, so that the similarity of two articles depends on these two alone. It lists
//! stems that are frequent enough, as little-endian 32-bit words in ascending order: 28 bits of the stem's hash, then a
//! level of 4 bits. Level `l` stands for an idf of `l` × [`IDF_STEP`]; what is not listed has level [`RARE`].

use std::sync::OnceLock;

use super::language::Language;

/// The level of a term that is in no table.
pub const RARE: u8 = 15;
/// What one level adds to the idf: a word of frequency 1e-6 is in an article of 300 words with chance 3.0e-4, and
/// -ln of that is the idf of level 15.
pub const IDF_STEP: f64 = 8.1119 / 15.0;

/// The most frequent words of each language, a line each, the language first.
pub const FUNCTION_WORDS: &str = include_str!("tables/function_words.txt");

macro_rules! tables {
    ($($code:literal)*) => {
        const BYTES: &[(&str, &[u8])] = &[$(($code, include_bytes!(concat!("tables/", $code, ".bin")))),*];
    };
}
tables! { "ar" "bg" "bn" "ca" "cs" "da" "de" "el" "en" "es" "fa" "fi" "fil" "fr" "he" "hi" "hu" "id" "is" "it" "ja" "ko" "lt" "lv" "mk" "ms" "nb" "nl" "pl" "pt" "ro" "ru" "sh" "sk" "sl" "sv" "ta" "tr" "uk" "ur" "vi" "zh" }

/// The levels of one language.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// 28 bits of hash above 4 bits of level, ascending.
    rows: Vec<u32>,
    /// Where the rows of each upper 16 bits begin.
    starts: Vec<u32>,
}

impl Table {
    /// Reads a table; bytes beyond the last whole row are ignored.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let rows: Vec<u32> =
            bytes.chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
        let starts =
            (0..=1u32 << 16).map(|i| rows.partition_point(|&row| row >> 16 < i) as u32).collect();
        Self { rows, starts }
    }

    /// The table of a language, or none.
    pub fn of(language: Language) -> Option<&'static Self> {
        static LOADED: [OnceLock<Table>; BYTES.len()] = [const { OnceLock::new() }; BYTES.len()];
        let i = BYTES.binary_search_by(|(code, _)| (*code).cmp(language.as_str())).ok()?;
        Some(LOADED[i].get_or_init(|| Self::from_bytes(BYTES[i].1)))
    }

    /// The level of a stem by its hash, 0 (in every article) to [`RARE`].
    pub fn level(&self, hash: u64) -> u8 {
        let prefix = (hash >> 36) as u32;
        let bucket = (prefix >> 12) as usize;
        let rows = &self.rows[self.starts[bucket] as usize..self.starts[bucket + 1] as usize];
        rows.iter().find(|&&row| row >> 4 == prefix).map_or(RARE, |row| (row & 15) as u8)
    }
}

/// The level of a word in a language without a table: the shorter, the more common.
pub fn level_by_length(word: &str) -> u8 {
    (2 * word.chars().count()).clamp(3, 13) as u8
}

/// The level of a word made of digits. Numbers are too many for a table; what counts is how long they are, and that
/// years are common. The frequencies are wordfreq's, which bins numbers by length.
pub fn level_of_number(digits: &str) -> u8 {
    match digits.len() {
        0..=1 => 3,
        2 => 6,
        3 => 12,
        4 if matches!(&digits[..2], "19" | "20") => 8,
        _ => RARE,
    }
}

/// The level of a word that makes up this share of all words, 0..=1.
pub fn level_of_frequency(frequency: f64) -> u8 {
    level_of_chance(1.0 - libm::pow(1.0 - frequency.clamp(1e-6, 1.0), 300.0))
}

/// The level of a word that an article has with this chance, 0..=1.
pub fn level_of_chance(chance: f64) -> u8 {
    (-libm::log(chance) / IDF_STEP).round().clamp(0.0, f64::from(RARE)) as u8
}

/// The chance that an article has a term of this level.
pub fn chance(level: u8) -> f64 {
    libm::exp(-f64::from(level) * IDF_STEP)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::hash::hash;
    use crate::text::stem::Stem;

    #[test]
    fn common_words_weigh_little_and_names_much() {
        for (language, words) in [
            ("en", ["the", "government", "vladivostok"]),
            ("es", ["de", "gobierno", "vladivostok"]),
            ("de", ["und", "regierung", "wladiwostok"]),
            ("ru", ["что", "правительство", "сарков"]),
        ] {
            let language = Language::from_tag(language).unwrap();
            let (table, stem) = (Table::of(language).unwrap(), Stem::of(language));
            let [common, topic, rare] =
                words.map(|word| table.level(hash(stem.stem(word).as_bytes())));
            assert!(
                common <= 1 && (3..=10).contains(&topic) && rare >= 14,
                "{language:?}: {common} {topic} {rare}"
            );
        }
    }

    #[test]
    fn every_table_is_sorted_and_full() {
        for (code, bytes) in BYTES {
            let table = Table::from_bytes(bytes);
            assert!(
                table.rows.len() > 2_000 && table.rows.is_sorted(),
                "{code}: {}",
                table.rows.len()
            );
        }
    }
}
