//! Rows of another engine: files to read, whole files, lines of JSON, or named columns, each beside the name of its file.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::Int64Type;
use arrow_array::{Array as _, ArrayRef, RecordBatch};

use super::chunk::{Body, Chunk, Piece};
use super::reader::{self, Reader};
use super::{Options, columnar};

/// The column with what the user calls the file.
const FILE: &str = "samestory_file";
/// The column that says where the file is, or nothing where a refusal stands beside it.
const PATH: &str = "samestory_path";
/// The columns with the first byte of a part of the file and the one behind it.
const PART: [&str; 2] = ["samestory_from", "samestory_to"];
/// The column with the reason for refusing a file, if there is one.
const REFUSAL: &str = "samestory_refusal";
/// The column with all bytes of a file.
const CONTENT: &str = "samestory_content";
/// The column with a line of JSON Lines.
const LINE: &str = "samestory_line";

/// Chunks to parse, one after another.
type Chunks = Box<dyn Iterator<Item = Chunk>>;

/// The records of rows: of files that are named (`samestory_path`), that are there as a whole (`samestory_content`), of
/// lines (`samestory_line`) or of rows of columns, one article each. No rows are no chunks.
///
/// # Errors
/// A column of ours is missing or of no known type, or a file is not there.
pub fn rows(batch: &RecordBatch, options: &Arc<Options>) -> Result<Chunks, String> {
    let column = |name: &str| batch.column_by_name(name);
    let files: Vec<Arc<str>> = match column(FILE) {
        Some(files) => columnar::texts_of(files).map(Into::into).collect(),
        None => vec!["".into(); batch.num_rows()],
    };
    if column(PATH).is_some() {
        return files_at(batch, files, options.clone());
    }
    if let Some(contents) = column(CONTENT) {
        bytes(CONTENT, contents)?;
        return Ok(whole_files(contents.clone(), files, options.clone()));
    }
    let pieces: Vec<Piece> = if let Some(lines) = column(LINE) {
        let lines = files.iter().zip(bytes(LINE, lines)?);
        let lines = lines.filter(|(_, line)| !line.trim_ascii().is_empty());
        lines.map(|(file, line)| one_line(file, line)).collect()
    } else {
        let names: Vec<String> =
            batch.schema_ref().fields().iter().map(|field| field.name().clone()).collect();
        super::draft::Columns::new(options).with_content(&names)?;
        let row = |at: usize| {
            let body = Body::Columns { batch: Box::new(batch.slice(at, 1)), first: 0 };
            Piece::new(files[at].clone(), body)
        };
        (0..batch.num_rows()).map(row).collect()
    };
    Ok(Box::new(std::iter::once(Chunk { options: options.clone(), pieces })))
}

fn bytes<'a>(name: &str, array: &'a ArrayRef) -> Result<Vec<&'a [u8]>, String> {
    let wrong = || format!("column {name} is {}, where binary is wanted", array.data_type());
    columnar::bytes_of(array).ok_or_else(wrong)
}

/// Files that are read here, whole or in part.
fn files_at(
    batch: &RecordBatch,
    files: Vec<Arc<str>>,
    options: Arc<Options>,
) -> Result<Chunks, String> {
    let column =
        |name: &str| batch.column_by_name(name).ok_or(format!("there is no column {name}"));
    let text = |name: &str| {
        Ok::<_, String>(columnar::texts_of(column(name)?).map(String::from).collect::<Vec<_>>())
    };
    let number = |name: &str| {
        let array = column(name)?;
        let wrong = || format!("column {name} is {}, where bigint is wanted", array.data_type());
        let numbers = array.as_primitive_opt::<Int64Type>().ok_or_else(wrong)?;
        Ok::<_, String>(numbers.iter().map(|n| n.unwrap_or(0) as u64).collect::<Vec<_>>())
    };
    let (paths, refusals) = (text(PATH)?, text(REFUSAL)?);
    let (from, to) = (number(PART[0])?, number(PART[1])?);
    let is_there = |path: &&String| path.is_empty() || Path::new(path).exists();
    if let Some(path) = paths.iter().find(|path| !is_there(path)) {
        return Err(format!("{path}: not there, where every machine must find it"));
    }
    let parts = from.into_iter().zip(to).map(|(from, to)| Range { start: from, end: to });
    let rows = files.into_iter().zip(paths).zip(refusals).zip(parts);
    let shared = options.clone();
    let pieces = rows.flat_map(move |(((file, path), refusal), part)| {
        if refusal.is_empty() {
            reader::pieces_within(file, Path::new(&path), &part, &shared)
        } else {
            reader::one(Piece::refused(file, 0, refusal))
        }
    });
    Ok(Box::new(Reader::new(Box::new(pieces), options)))
}

fn whole_files(contents: ArrayRef, files: Vec<Arc<str>>, options: Arc<Options>) -> Chunks {
    let shared = options.clone();
    let pieces = files.into_iter().enumerate().flat_map(move |(row, file)| {
        let content = contents.slice(row, 1);
        let content = columnar::bytes_of(&content).unwrap_or_default().concat();
        reader::pieces_of(file, content, &shared)
    });
    Box::new(Reader::new(Box::new(pieces), options))
}

/// A line whose number is not known.
fn one_line(file: &Arc<str>, line: &[u8]) -> Piece {
    let mut piece = Piece::new(file.clone(), Body::Json { alone: false });
    piece.bytes = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line).to_vec();
    piece.ends.push((0, piece.bytes.len()));
    piece
}
