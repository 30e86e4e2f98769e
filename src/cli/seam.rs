//! SEAM: stands in for `read`, `pipeline::cluster`, `stages::clean` and `explain` until they are connected.
//!
//! To connect: delete this file, replace `super::seam::read` by `crate::read`, and the four functions by the real ones.
#![allow(missing_docs, unreachable_pub, dead_code)]

use std::io;

use crate::model::Article;
use crate::params::Params;
use crate::pipeline;

pub mod read {
    use std::str::FromStr;

    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Format {
        Jsonl,
    }

    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Field {
        Text,
    }

    #[derive(Debug, thiserror::Error)]
    #[error("`{0}` is not known")]
    pub struct UnknownName(String);

    impl FromStr for Format {
        type Err = UnknownName;
        fn from_str(name: &str) -> Result<Self, UnknownName> {
            if name == "jsonl" { Ok(Self::Jsonl) } else { Err(UnknownName(name.to_owned())) }
        }
    }

    impl FromStr for Field {
        type Err = UnknownName;
        fn from_str(name: &str) -> Result<Self, UnknownName> {
            if name == "text" { Ok(Self::Text) } else { Err(UnknownName(name.to_owned())) }
        }
    }

    impl std::fmt::Display for Field {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("text")
        }
    }

    #[derive(Debug, Clone)]
    pub struct Options {
        pub format: Option<Format>,
        pub fields: Vec<(Field, String)>,
        pub id: Vec<String>,
        pub timezone: jiff::tz::TimeZone,
        pub keep: Vec<String>,
        pub max_record: usize,
    }

    impl Default for Options {
        fn default() -> Self {
            let timezone = jiff::tz::TimeZone::UTC;
            Self {
                format: None,
                fields: vec![],
                id: vec![],
                timezone,
                keep: vec![],
                max_record: 64 << 20,
            }
        }
    }

    #[derive(Debug, Default)]
    pub struct Notes {
        pub unreadable_dates: u64,
        /// Wanted of `read`: articles that have a title only, for the warning when they are more than a fifth.
        pub without_text: u64,
        pub aliases: Vec<(String, Field)>,
    }

    #[derive(Debug, thiserror::Error)]
    #[error("{input}: no such file or folder")]
    pub struct Error {
        input: String,
    }

    pub struct Reader;

    pub fn open(inputs: &[String], _options: Options) -> Result<Reader, Error> {
        let missing =
            inputs.iter().find(|input| *input != "-" && !std::path::Path::new(input).exists());
        missing.map_or(Ok(Reader), |input| Err(Error { input: input.clone() }))
    }
}

pub struct Run {
    pub run: pipeline::Run,
    pub notes: read::Notes,
}

/// The outcome of `pipeline::cluster(reader, params)`.
pub fn cluster(_reader: read::Reader, params: &Params) -> Run {
    Run { run: pipeline::cluster(params), notes: read::Notes::default() }
}

/// A second pass over the input: ids and records, for `--unique`.
pub fn originals(_reader: read::Reader) -> impl Iterator<Item = io::Result<(String, Vec<u8>)>> {
    std::iter::empty()
}

/// All articles of an input, for `clean` and `explain`.
pub fn articles(_reader: read::Reader) -> impl Iterator<Item = Article> {
    std::iter::empty()
}

/// Title and text as they are compared, for `clean`.
pub fn clean(article: &Article) -> (String, String) {
    (article.title.clone(), article.text.clone())
}

/// Every number that decides about two articles, as text.
pub fn explain(a: &Article, b: &Article, _params: &Params) -> String {
    format!("{} {}\n", a.id, b.id)
}
