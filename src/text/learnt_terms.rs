//! Term tables learnt from a corpus: an artefact that a run names, and that goes before the tables in the binary.
//!
//! A file is a line of JSON, the header, and then the rows of each language's table as in [`super::tables`].

use serde::{Deserialize, Serialize};

use super::VERSION as WORDS;
use super::language::Language;
use super::tables::{RARE, Table, level_of_chance};
use crate::kernel::hash::{self, hash};

/// Names the file's layout; other versions are refused.
const VERSION: u32 = 1;
/// What the header's `artefact` says.
const ARTEFACT: &str = "terms";
/// Articles of a language that make a table; of fewer the one in the binary knows more.
pub const ENOUGH: u32 = 1000;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Header {
    artefact: String,
    version: u32,
    /// As [`hash::VERSION`].
    hash: u32,
    /// As [`WORDS`].
    words: u32,
    /// Language, articles it was learnt from, rows of its table.
    languages: Vec<(String, u32, usize)>,
}

/// Tables for some languages.
#[derive(Debug, Clone, PartialEq)]
pub struct LearntTerms {
    header: Header,
    tables: Vec<(Language, Table)>,
    digest: u64,
}

/// What was counted in one language.
#[derive(Debug, Clone)]
pub struct Counts {
    /// Which.
    pub language: Language,
    /// How many articles there are.
    pub articles: u32,
    /// In how many of them each term is, by the upper 28 bits of its hash, ascending.
    pub terms: Vec<(u32, u32)>,
}

/// Makes a file; languages with too few articles are left out.
pub fn to_bytes(counted: &[Counts]) -> Vec<u8> {
    let (mut languages, mut bytes) = (Vec::new(), Vec::new());
    for Counts { language, articles, terms } in counted.iter().filter(|c| c.articles >= ENOUGH) {
        let level = |n: u32| level_of_chance(f64::from(n) / f64::from(*articles));
        let rows = terms.iter().map(|&(term, n)| term << 4 | u32::from(level(n)));
        let rows: Vec<u32> = rows.filter(|row| row & 15 < u32::from(RARE)).collect();
        languages.push((language.as_str().to_owned(), *articles, rows.len()));
        bytes.extend(rows.into_iter().flat_map(u32::to_le_bytes));
    }
    let artefact = ARTEFACT.to_owned();
    let header =
        Header { artefact, version: VERSION, hash: hash::VERSION, words: WORDS, languages };
    let header = serde_json::to_string(&header).expect("it is made of names and numbers");
    [header.as_bytes(), b"\n", &bytes].concat()
}

impl LearntTerms {
    /// Reads what [`to_bytes`] gives.
    ///
    /// # Errors
    /// It is something else, of another version or cut short; the message says what to do.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, String> {
        let end = bytes.iter().position(|&b| b == b'\n').unwrap_or(bytes.len());
        let header: Header = serde_json::from_slice(&bytes[..end])
            .ok()
            .filter(|header: &Header| header.artefact == ARTEFACT)
            .ok_or("this is no file of `samestory learn terms`")?;
        if (header.version, header.hash, header.words) != (VERSION, hash::VERSION, WORDS) {
            return Err("learnt by another version of the program: learn it again".to_owned());
        }
        let mut rest = bytes.get(end + 1..).unwrap_or_default();
        let mut tables = Vec::new();
        for (code, _, rows) in &header.languages {
            let length = rows.checked_mul(4).filter(|&length| length <= rest.len());
            let (of_language, others) = rest.split_at(length.ok_or("it is cut short")?);
            let language = Language::from_tag(code);
            let language = language.ok_or_else(|| format!("no language: {code:?}"))?;
            tables.push((language, Table::from_bytes(of_language)));
            rest = others;
        }
        Ok(Self { header, tables, digest: hash(bytes) })
    }

    /// The hash of the file, by which runs with the same one can be told.
    pub fn digest(&self) -> u64 {
        self.digest
    }

    /// The languages, each with the articles it was learnt from and the rows of its table.
    pub fn languages(&self) -> &[(String, u32, usize)] {
        &self.header.languages
    }

    /// The table of a language, or none.
    pub fn of(&self, language: Language) -> Option<&Table> {
        self.tables.iter().find(|(known, _)| *known == language).map(|(_, table)| table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_back_and_others_are_refused() {
        let english = Language::from_tag("en").unwrap();
        let counts = |language, articles, terms| Counts { language, articles, terms };
        let counted = [
            counts(english, 2000, vec![(5, 2000), (77, 20), (90, 1)]),
            counts(Language::UNKNOWN, 3, vec![(1, 3)]),
        ];
        let file = to_bytes(&counted);
        let learnt = LearntTerms::from_bytes(&file).unwrap();
        assert_eq!(learnt.languages(), [("en".to_owned(), 2000, 3)]);
        let table = learnt.of(english).unwrap();
        assert_eq!([5, 77, 90, 91].map(|term| table.level(term << 36)), [0, 9, 14, RARE]);
        assert!(learnt.of(Language::UNKNOWN).is_none());
        let other = [&b"{\"artefact\":\"boilerplate\"}\n"[..], &file[..file.len() - 1], b""];
        assert!(other.iter().all(|bytes| LearntTerms::from_bytes(bytes).is_err()));
    }
}
