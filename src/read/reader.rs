//! The reader: inputs one after another, as chunks.

use std::io::Read;
#[cfg(feature = "parquet")]
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::chunk::{Body, CHUNK, Chunk, Piece};
use super::elements::Elements;
use super::files::{self, Found};
use super::input::{Input, unreadable};
use super::lines::{Lines, too_long};
#[cfg(feature = "parquet")]
use super::part;
use super::warc::Records;
use super::{Error, Format, Options, csv};

/// Files that make a chunk at the most: of one that is refused there are no bytes.
const MOST_PIECES: usize = 1024;

pub(super) type Pieces = Box<dyn Iterator<Item = Piece> + Send>;

/// The inputs as a stream of chunks; it holds one chunk at a time, or one record where that is longer.
pub struct Reader {
    options: Arc<Options>,
    pieces: Pieces,
}

/// Opens the inputs: files, folders, or `-` for standard input.
///
/// ```
/// use samestory::read::{self, Options};
///
/// let chunks = read::open(&["samples/articles"], Options::default())?;
/// let articles: usize = chunks.map(|chunk| chunk.parse().articles.len()).sum();
/// assert_eq!(articles, 84);
/// # Ok::<(), read::Error>(())
/// ```
///
/// # Errors
/// Before anything is read: no input is named, one is missing or unreadable, or nothing is of a known kind.
pub fn open(inputs: &[impl AsRef<Path>], options: Options) -> Result<Reader, Error> {
    files::check(inputs, &options)?;
    let options = Arc::new(options);
    let shared = options.clone();
    let inputs: Vec<PathBuf> = inputs.iter().map(|input| input.as_ref().to_owned()).collect();
    let found = inputs.into_iter().flat_map(|input| files::files(&input));
    let pieces = Box::new(found.flat_map(move |found| pieces(found, &shared)));
    Ok(Reader::new(pieces, options))
}

impl Reader {
    /// What reads these records.
    pub(super) fn new(pieces: Pieces, options: Arc<Options>) -> Self {
        Self { options, pieces }
    }
}

impl Iterator for Reader {
    type Item = Chunk;

    fn next(&mut self) -> Option<Chunk> {
        let mut pieces = Vec::new();
        let mut size = 0;
        while size < CHUNK && pieces.len() < MOST_PIECES {
            let Some(piece) = self.pieces.next() else { break };
            size += piece.size();
            pieces.push(piece);
        }
        (!pieces.is_empty()).then(|| Chunk { options: self.options.clone(), pieces })
    }
}

/// The records of one file, or the refusal of all of it.
fn pieces(found: Found, options: &Options) -> Pieces {
    or_refused(found.file.clone(), try_pieces(found, options))
}

fn or_refused(file: Arc<str>, pieces: Result<Pieces, String>) -> Pieces {
    pieces.unwrap_or_else(|reason| one(Piece::refused(file, 0, reason)))
}

/// Nothing but this piece.
pub(super) fn one(piece: Piece) -> Pieces {
    Box::new(std::iter::once(piece))
}

fn try_pieces(found: Found, options: &Options) -> Result<Pieces, String> {
    let path = found.path?;
    let input = Input::open(found.file, &path).map_err(|error| unreadable(&error))?;
    opened(input, options)
}

/// The records of a file that another engine has read.
#[cfg(feature = "parquet")]
pub(super) fn pieces_of(file: Arc<str>, content: Vec<u8>, options: &Options) -> Pieces {
    let input = Input::of_bytes(file.clone(), content);
    let input = input.map_err(|error| unreadable(&error));
    or_refused(file, input.and_then(|input| opened(input, options)))
}

/// The records of a part of a file, see [`part::pieces`].
#[cfg(feature = "parquet")]
pub(super) fn pieces_within(
    file: Arc<str>,
    path: &Path,
    bytes: &Range<u64>,
    options: &Options,
) -> Pieces {
    let input = Input::open(file.clone(), path);
    let input = input.map_err(|error| unreadable(&error));
    or_refused(file, input.and_then(|input| part::pieces(input, bytes, options)))
}

/// The records of an opened input.
pub(super) fn opened(input: Input, options: &Options) -> Result<Pieces, String> {
    if input.is_blank() {
        return Ok(blank(input));
    }
    let table = |input, separator| match csv::Rows::new(input, separator, options) {
        Ok(rows) => Box::new(rows) as Pieces,
        Err(refusal) => one(refusal),
    };
    Ok(match files::kind(&input, options)? {
        Format::Jsonl => Box::new(Lines::new(input, options.max_record)),
        Format::Json => Box::new(Elements::new(input, options.max_record)),
        Format::Csv => table(input, None),
        Format::Tsv => table(input, Some(b'\t')),
        Format::Text => one(whole(input, Body::Text, options.max_record)),
        Format::Html => one(whole(input, Body::Html, options.max_record)),
        Format::Feed => one(whole(input, Body::Feed, options.max_record)),
        Format::Warc => Box::new(Records::new(input, options.max_record)),
        #[cfg(feature = "parquet")]
        Format::Parquet => Box::new(super::parquet::Batches::new(input, options)?),
    })
}

/// The refusal of an input without content, which may be so because it is damaged.
fn blank(mut input: Input) -> Pieces {
    let refusal = match input.bytes.read_to_end(&mut Vec::new()) {
        Ok(_) => Piece::refused(input.file, 0, "empty".to_owned()),
        Err(error) => Piece::refused(input.file.clone(), 0, input.damage(&error)),
    };
    one(refusal)
}

/// A file that is one record.
fn whole(mut input: Input, body: Body, max: usize) -> Piece {
    let mut piece = Piece::new(input.file.clone(), body);
    match input.bytes.by_ref().take(max as u64 + 1).read_to_end(&mut piece.bytes) {
        Ok(length) if length > max => Piece::refused(input.file, 1, too_long("file", max)),
        Ok(length) => {
            piece.ends.push((1, length));
            piece
        }
        Err(error) => Piece::refused(input.file.clone(), 1, input.damage(&error)),
    }
}
