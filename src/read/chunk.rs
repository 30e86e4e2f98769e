//! Chunks: whole records of one or several inputs, and their parsing.

use std::sync::{Arc, Mutex};

use foldhash::HashMap;

#[cfg(feature = "parquet")]
use super::columnar;
use super::csv::Header;
use super::draft::Columns;
use super::{Notes, Options, csv, feed, html, input, json, text, web};
use crate::model::{Article, Refusal};

/// How many bytes of records make a chunk: it and its articles stay in the cache of one core.
pub(super) const CHUNK: usize = 1 << 18;

/// Refusals after which a piece is handed on, so that a file of nothing else stays small in memory.
const MOST_REFUSALS: usize = 1024;

/// Whole records of one input, not yet parsed.
pub(super) struct Piece {
    pub(super) file: Arc<str>,
    pub(super) body: Body,
    /// The records, one after another.
    pub(super) bytes: Vec<u8>,
    /// The number of each record, and where it ends in `bytes`.
    pub(super) ends: Vec<(u64, usize)>,
    /// Records that could not even be cut out; they come after the others.
    pub(super) refusals: Vec<Refusal>,
    /// Where its bytes go when it is done with.
    pool: Pool,
}

/// Buffers of pieces that are done with, for those to come: memory from the system costs more than what is done in it.
#[derive(Clone, Default)]
pub(super) struct Pool(Arc<Mutex<Vec<Vec<u8>>>>);

impl Pool {
    /// An empty piece with room for a chunk, and for one more record of a usual length.
    pub(super) fn piece(&self, file: Arc<str>, body: Body) -> Piece {
        let used = self.0.lock().ok().and_then(|mut free| free.pop());
        let bytes = used.unwrap_or_else(|| Vec::with_capacity(CHUNK + CHUNK / 8));
        let mut piece = Piece::new(file, body);
        (piece.bytes, piece.pool) = (bytes, self.clone());
        piece
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        let mut bytes = std::mem::take(&mut self.bytes);
        if (CHUNK..=2 * CHUNK).contains(&bytes.capacity())
            && let Ok(mut free) = self.pool.0.lock()
        {
            bytes.clear();
            free.push(bytes);
        }
    }
}

/// What the bytes of a piece are.
#[derive(Clone)]
pub(super) enum Body {
    /// JSON values.
    Json {
        /// The one object that the file holds.
        alone: bool,
    },
    /// Rows under a header.
    Rows(Arc<Header>),
    /// One text file.
    Text,
    /// One page.
    Html,
    /// One feed.
    Feed,
    /// Records of a web archive.
    Web,
    /// Rows of named columns.
    #[cfg(feature = "parquet")]
    Columns {
        /// The rows.
        batch: Box<arrow_array::RecordBatch>,
        /// The number of the first.
        first: u64,
    },
}

impl Piece {
    pub(super) fn new(file: Arc<str>, body: Body) -> Self {
        let (bytes, ends, refusals) = (Vec::new(), Vec::new(), Vec::new());
        Self { file, body, bytes, ends, refusals, pool: Pool::default() }
    }

    /// A piece that is nothing but a refusal.
    pub(super) fn refused(file: Arc<str>, record: u64, reason: String) -> Self {
        let mut piece = Self::new(file, Body::Text);
        piece.refuse(record, reason);
        piece
    }

    pub(super) fn refuse(&mut self, record: u64, reason: String) {
        self.refusals.push(Refusal { file: self.file.clone(), record, reason });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ends.is_empty() && self.refusals.is_empty()
    }

    /// Whether it is handed on before more records are cut out.
    pub(super) fn is_full(&self) -> bool {
        self.bytes.len() >= CHUNK || self.refusals.len() >= MOST_REFUSALS
    }

    /// Bytes in memory, about.
    pub(super) fn size(&self) -> usize {
        match &self.body {
            #[cfg(feature = "parquet")]
            Body::Columns { batch, .. } => batch.get_array_memory_size(),
            _ => self.bytes.len(),
        }
    }

    /// The records with their numbers.
    pub(super) fn records(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|(_, end)| *end));
        starts.zip(&self.ends).map(|(start, &(number, end))| (number, &self.bytes[start..end]))
    }

    /// The path of the file where that can name its only article: standard input has none.
    pub(super) fn path(&self) -> Option<&str> {
        (*self.file != *input::STDIN).then_some(&*self.file)
    }

    /// What becomes of a record: an article in its place, or a refusal.
    pub(super) fn place(
        &self,
        record: u64,
        article: Result<Option<Article>, String>,
        parsed: &mut Parsed,
    ) {
        let reason = match article {
            Ok(Some(article)) => {
                parsed.articles.push(Article { file: self.file.clone(), record, ..article });
                return;
            }
            Ok(None) => super::given::EMPTY.to_owned(),
            Err(reason) => reason,
        };
        parsed.refusals.push(Refusal { file: self.file.clone(), record, reason });
    }
}

/// About 256 KiB of whole records. A longer record is a chunk of its own; small files share one.
pub struct Chunk {
    pub(super) options: Arc<Options>,
    pub(super) pieces: Vec<Piece>,
}

/// The articles of a chunk in the order of the input, and what could not become one.
#[derive(Debug, Default)]
pub struct Parsed {
    /// In the order of the input.
    pub articles: Vec<Article>,
    /// In the order of the input, but for those of records that were not cut out, which follow the others of their file.
    pub refusals: Vec<Refusal>,
    /// What the user should be told.
    pub notes: Notes,
}

impl Chunk {
    /// Parses every record. The answer depends on the chunk alone, so chunks can be parsed in any order and place.
    pub fn parse(self) -> Parsed {
        let mut columns = Columns::new(&self.options);
        let mut parsed = Parsed::default();
        for mut piece in self.pieces {
            match &piece.body {
                Body::Json { alone } => json::parse(&piece, *alone, &mut columns, &mut parsed),
                Body::Rows(header) => csv::parse(&piece, header, &mut columns, &mut parsed),
                Body::Text => text::parse(&piece, &mut columns, &mut parsed),
                Body::Html => html::parse(&piece, &mut columns, &mut parsed),
                Body::Feed => feed::parse(&piece, &mut columns, &mut parsed),
                Body::Web => web::parse(&piece, &mut columns, &mut parsed),
                #[cfg(feature = "parquet")]
                Body::Columns { batch, first } => {
                    let articles = columnar::articles(batch, &mut columns);
                    (*first..).zip(articles).for_each(|(n, a)| piece.place(n, a, &mut parsed));
                }
            }
            parsed.refusals.append(&mut piece.refusals);
        }
        parsed.notes = columns.into_notes();
        parsed
    }

    /// Every article with its record as one line of JSON: as delivered where that was JSON, else the article's fields.
    pub fn originals(self) -> Vec<(Article, Vec<u8>)> {
        let lines: HashMap<(Arc<str>, u64), Vec<u8>> = self
            .pieces
            .iter()
            .filter(|piece| matches!(piece.body, Body::Json { .. }))
            .flat_map(|piece| {
                piece
                    .records()
                    .map(|(number, bytes)| ((piece.file.clone(), number), one_line(bytes)))
            })
            .collect();
        let original = |article: Article| {
            let line = lines.get(&(article.file.clone(), article.record)).cloned();
            let line = line.unwrap_or_else(|| json::line(&article));
            (article, line)
        };
        self.parse().articles.into_iter().map(original).collect()
    }
}

/// JSON on one line: its line breaks are all between values.
fn one_line(json: &[u8]) -> Vec<u8> {
    json.trim_ascii().iter().map(|&b| if matches!(b, b'\n' | b'\r') { b' ' } else { b }).collect()
}
