//! Rows of another engine: whole files, lines of JSON, or named columns, each beside the name of its file.

use std::sync::Arc;

use arrow_array::RecordBatch;

use super::chunk::{Body, Chunk, Parsed, Piece};
use super::{Options, columnar, reader};

/// The column with the name of the file.
const FILE: &str = "samestory_file";
/// The column with all bytes of a file.
const CONTENT: &str = "samestory_content";
/// The column with a line of JSON Lines.
const LINE: &str = "samestory_line";

/// Parses rows, as [`Chunk::parse`] does; `name` says what the user calls a file.
///
/// # Errors
/// A column of ours is of no known type.
pub fn rows(
    batch: &RecordBatch,
    options: &Arc<Options>,
    name: impl Fn(&str) -> Arc<str>,
) -> Result<Parsed, String> {
    let column = |name: &str| batch.column_by_name(name);
    let files: Vec<Arc<str>> = match column(FILE) {
        Some(files) => columnar::texts_of(files).map(|file| name(&file)).collect(),
        None => vec![name(""); batch.num_rows()],
    };
    let bytes = |name: &str| match column(name) {
        Some(array) => match columnar::bytes_of(array) {
            Some(bytes) => Ok(Some(bytes)),
            None => Err(format!("column {name} is {}, where binary is wanted", array.data_type())),
        },
        None => Ok(None),
    };
    let pieces: Vec<Piece> = if let Some(contents) = bytes(CONTENT)? {
        let whole = |(file, content): (&Arc<str>, &[u8])| {
            reader::pieces_of(file.clone(), content, options).collect::<Vec<_>>()
        };
        files.iter().zip(contents).flat_map(whole).collect()
    } else if let Some(lines) = bytes(LINE)? {
        let lines = files.iter().zip(lines).filter(|(_, line)| !line.trim_ascii().is_empty());
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
    Ok(Chunk { options: options.clone(), pieces }.parse())
}

/// A line whose number is not known.
fn one_line(file: &Arc<str>, line: &[u8]) -> Piece {
    let mut piece = Piece::new(file.clone(), Body::Json { alone: false });
    piece.bytes = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line).to_vec();
    piece.ends.push((0, piece.bytes.len()));
    piece
}
