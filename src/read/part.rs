//! A part of a file: the lines that begin within some of its bytes. Several machines read a long file so.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::ops::Range;
use std::path::Path;

use encoding_rs::{Encoding, UTF_8};

use super::again::Again;
use super::input::{HEAD, Input, unreadable};
use super::lines::Lines;
use super::reader::{self, Pieces};
use super::{Format, Options, files};

/// The records of a part of an input. Only JSON Lines as they are come in parts; all of anything else is in the first.
pub(super) fn pieces(
    mut input: Input,
    part: &Range<u64>,
    options: &Options,
) -> Result<Pieces, String> {
    let is_first = part.start == 0;
    let is_lines = !input.is_blank() && files::kind(&input, options) == Ok(Format::Jsonl);
    let begun = match &input.path {
        Some(path) if is_lines => begin(path, part.start),
        _ => Ok(None),
    };
    let begun = begun.map_err(|error| unreadable(&error))?;
    let Some((bytes, at)) = begun else {
        return if is_first {
            reader::opened(input, options)
        } else {
            Ok(Box::new(None.into_iter()))
        };
    };
    input.bytes = bytes;
    let mut lines = Lines::new(input, options.max_record);
    (lines.left, lines.numbered) = (part.end.saturating_sub(at), is_first);
    Ok(Box::new(lines))
}

/// The bytes from the first line on that begins at `from` or later, and where that is; none if they would be in another
/// encoding.
fn begin(path: &Path, from: u64) -> io::Result<Option<(Again, u64)>> {
    let mut file = File::open(path)?;
    let mut head = Vec::new();
    file.by_ref().take(3).read_to_end(&mut head)?;
    let first = match Encoding::for_bom(&head) {
        None => 0,
        Some((encoding, length)) if encoding == UTF_8 => length as u64,
        Some(_) => return Ok(None),
    };
    if from <= first {
        file.seek(SeekFrom::Start(first))?;
        return Ok(Some((Again::new(BufReader::with_capacity(HEAD, file)), first)));
    }
    // With the byte before, for a line that begins just here.
    file.seek(SeekFrom::Start(from - 1))?;
    let mut bytes = BufReader::with_capacity(HEAD, file);
    let skipped = bytes.skip_until(b'\n')? as u64;
    Ok(Some((Again::new(bytes), from - 1 + skipped)))
}
