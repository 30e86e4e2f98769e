//! Lines and sentences that many articles of one source repeat, as learnt from a corpus: an artefact that a run names.
//!
//! A file is JSON Lines: a header, then a source a line. Only hashes of the texts are kept.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::sentences::sentence_end;
use crate::kernel::hash::{self, hash};

/// Names the file's layout and what is hashed; other versions are refused.
const VERSION: u32 = 1;
/// What the header's `artefact` says.
const ARTEFACT: &str = "boilerplate";
/// Words of the shortest sentence that is looked at inside a line. A line of its own may be shorter.
const SENTENCE: usize = 4;

/// What is demanded of a repeated text before it counts as boilerplate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Support {
    /// Articles of the source with different titles that have it.
    pub min_articles: u32,
    /// Days on which these were published; each undated article counts as a day.
    pub min_days: u32,
    /// Share of the source's articles, 0..=1.
    pub min_share: f64,
}

impl Default for Support {
    fn default() -> Self {
        Self { min_articles: 5, min_days: 3, min_share: 0.05 }
    }
}

/// The first line of a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Header {
    artefact: String,
    version: u32,
    /// As [`hash::VERSION`].
    hash: u32,
    /// Articles it was learnt from.
    articles: u64,
    #[serde(flatten)]
    support: Support,
}

/// What one source repeats.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// Its name, as articles give it.
    pub source: String,
    /// Its articles in the corpus.
    pub articles: u32,
    /// The texts, ascending by key, each in hexadecimal with the number of articles that have it.
    pub texts: Vec<(Key, u32)>,
}

/// A normalised text's hash, written as 16 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Key(pub u64);

impl From<Key> for String {
    fn from(key: Key) -> Self {
        format!("{:016x}", key.0)
    }
}

impl TryFrom<String> for Key {
    type Error = String;

    fn try_from(digits: String) -> Result<Self, String> {
        let key = u64::from_str_radix(&digits, 16).ok().filter(|_| digits.len() == 16);
        key.map(Self).ok_or_else(|| format!("{digits:?} is not 16 hexadecimal digits"))
    }
}

/// The boilerplate of several sources.
#[derive(Debug, Clone, PartialEq)]
pub struct Boilerplate {
    header: Header,
    sources: Vec<Source>,
}

impl Boilerplate {
    /// What was learnt from so many articles; sources are put in order.
    pub fn new(articles: u64, support: Support, mut sources: Vec<Source>) -> Self {
        sources.sort_by(|a, b| a.source.cmp(&b.source));
        let artefact = ARTEFACT.to_owned();
        let header = Header { artefact, version: VERSION, hash: hash::VERSION, articles, support };
        Self { header, sources }
    }

    /// Reads what [`Boilerplate::to_lines`] gives.
    ///
    /// # Errors
    /// It is something else or of another version; the message says which line is wrong and what to do.
    pub fn from_lines(text: &str) -> Result<Self, String> {
        let mut lines = text.lines();
        let header: Header = serde_json::from_str(lines.next().unwrap_or_default())
            .ok()
            .filter(|header: &Header| header.artefact == ARTEFACT)
            .ok_or("this is no file of `samestory learn boilerplate`")?;
        if (header.version, header.hash) != (VERSION, hash::VERSION) {
            return Err(format!(
                "version {} with hash {} cannot be used by a program of version {VERSION} with hash {}: learn it again",
                header.version,
                header.hash,
                hash::VERSION
            ));
        }
        let source = |(line, n): (&str, usize)| {
            serde_json::from_str(line).map_err(|error| format!("line {n}: {error}"))
        };
        let mut sources: Vec<Source> = lines.zip(2..).map(source).collect::<Result<_, _>>()?;
        sources.sort_by(|a, b| a.source.cmp(&b.source));
        sources.iter_mut().for_each(|source| source.texts.sort_unstable());
        Ok(Self { header, sources })
    }

    /// The file, the same bytes for the same content.
    pub fn to_lines(&self) -> String {
        let json = |line: Result<String, serde_json::Error>| {
            line.expect("it is made of names and numbers") + "\n"
        };
        let sources = self.sources.iter().map(serde_json::to_string);
        [serde_json::to_string(&self.header)].into_iter().chain(sources).map(json).collect()
    }

    /// The hash of the file, by which runs with the same one can be told.
    pub fn digest(&self) -> u64 {
        hash(self.to_lines().as_bytes())
    }

    /// Sources, and texts in all.
    pub fn counts(&self) -> (usize, usize) {
        (self.sources.len(), self.sources.iter().map(|source| source.texts.len()).sum())
    }

    /// A text of this source without what the source repeats, which `each` is told; `None` when nothing of it is known.
    pub fn without(&self, source: &str, text: &str, mut each: impl FnMut(&str)) -> Option<String> {
        let found =
            self.sources.binary_search_by(|known| known.source.as_str().cmp(source)).ok()?;
        let known = &self.sources[found].texts;
        let is_known = |key: Key| known.binary_search_by(|(known, _)| known.cmp(&key)).is_ok();
        let (mut kept, mut from) = (String::new(), 0);
        for (piece, _) in pieces(text).filter(|&(_, key)| is_known(key)) {
            kept.push_str(&text[from..piece.start]);
            from = piece.end;
            each(&text[piece]);
        }
        (from > 0).then(|| kept + &text[from..])
    }
}

/// The sentences of a text with their keys, line by line; a line of one sentence is that sentence.
pub fn pieces(text: &str) -> impl Iterator<Item = (Range<usize>, Key)> {
    let mut start = 0;
    let lines = text.split_inclusive('\n').map(move |line| {
        let end = start + line.len();
        (std::mem::replace(&mut start, end), line.trim_end())
    });
    let mut normal = String::new();
    let mut key = move |piece: &str, alone: bool| {
        let words = normalise(piece, &mut normal);
        (words >= if alone { 1 } else { SENTENCE }).then(|| Key(hash(normal.as_bytes())))
    };
    lines
        .flat_map(|(begin, line)| {
            let mut at = 0;
            std::iter::from_fn(move || {
                let rest = &line[at..];
                let end = at + sentence_end(rest);
                (!rest.is_empty()).then(|| {
                    let from = std::mem::replace(&mut at, end);
                    (begin, line, from..end)
                })
            })
        })
        .filter_map(move |(begin, line, range)| {
            let key = key(&line[range.clone()], range.len() == line.len())?;
            Some((begin + range.start..begin + range.end, key))
        })
}

/// Writes the letters and digits of a text in lower case, a space between words; gives the number of words.
fn normalise(text: &str, normal: &mut String) -> usize {
    normal.clear();
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.fold(0, |n, word| {
        normal.push_str(if n == 0 { "" } else { " " });
        normal.extend(word.chars().flat_map(char::to_lowercase));
        n + 1
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Vec<(&str, Key)> {
        pieces(text).map(|(range, key)| (&text[range], key)).collect()
    }

    #[test]
    fn pieces_are_lines_and_their_longer_sentences() {
        let found = keys("Share\n\nThe pier fell at dawn. Mr. Poe saw it.\n…\n");
        let texts: Vec<&str> = found.iter().map(|(text, _)| *text).collect();
        assert_eq!(texts, ["Share", "The pier fell at dawn."]);
        assert_eq!(keys("  The PIER fell – at dawn")[0].1, found[1].1);
        assert_ne!(keys("The piers fell at dawn")[0].1, found[1].1);
    }

    #[test]
    fn a_file_is_read_back_and_other_versions_are_refused() {
        let texts = keys("Follow the Mirror").into_iter().map(|(_, key)| (key, 7)).collect();
        let source = Source { source: "Mirror".into(), articles: 9, texts };
        let learnt = Boilerplate::new(9, Support::default(), vec![source]);
        let file = learnt.to_lines();
        assert_eq!(Boilerplate::from_lines(&file).as_ref(), Ok(&learnt));
        let text = "Rain.\nfollow the mirror!\nMore rain.";
        assert_eq!(learnt.without("Mirror", text, |_| ()).as_deref(), Some("Rain.\n\nMore rain."));
        assert_eq!(learnt.without("Herald", text, |_| ()), None);
        for wrong in [
            "",
            "{}",
            &file.replacen("1", "2", 1),
            &file.replacen("\"texts\":[[\"", "\"texts\":[[\"x", 1),
        ] {
            assert!(Boilerplate::from_lines(wrong).is_err(), "{wrong}");
        }
    }
}
