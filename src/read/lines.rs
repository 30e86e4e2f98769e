//! Lines: cutting JSON Lines into records, however long a line is.

use std::io::{self, BufRead, Read};

use super::chunk::{Body, CHUNK, Piece, Pool};
use super::input::Input;

/// The non-blank lines of an input, numbered from 1, in pieces.
pub(super) struct Lines {
    input: Input,
    max: usize,
    line: u64,
    /// In how many bytes from here on a line may begin.
    pub(super) left: u64,
    /// Whether the numbers of the lines are known; if not they are 0.
    pub(super) numbered: bool,
    ended: bool,
    pool: Pool,
}

impl Lines {
    pub(super) fn new(input: Input, max: usize) -> Self {
        let (line, left, numbered, ended) = (0, u64::MAX, true, false);
        Self { input, max, line, left, numbered, ended, pool: Pool::default() }
    }

    /// Appends the next line to the piece; false at the end.
    fn append(&mut self, piece: &mut Piece) -> io::Result<bool> {
        if self.left == 0 {
            return Ok(false);
        }
        let start = piece.bytes.len();
        let limit = self.max as u64 + 2; // the line break is not counted
        let read = self.input.bytes.by_ref().take(limit).read_until(b'\n', &mut piece.bytes);
        if !matches!(read, Ok(length) if length > 0) {
            piece.bytes.truncate(start);
            return read.map(|_| false);
        }
        self.line += u64::from(self.numbered);
        let mut length = piece.bytes.len() - start;
        let broken = piece.bytes.last() == Some(&b'\n');
        let line = piece.bytes[start..].trim_ascii_end();
        // Where the line goes on, blanks at the cut are not its end.
        if line.len() > self.max || (!broken && length as u64 == limit) {
            piece.bytes.truncate(start);
            piece.bytes.shrink_to(CHUNK);
            piece.refuse(self.line, too_long("line", self.max));
            if !broken {
                length += self.input.bytes.skip_until(b'\n')?;
            }
        } else if line.is_empty() {
            piece.bytes.truncate(start);
        } else {
            piece.ends.push((self.line, piece.bytes.len()));
        }
        self.left = self.left.saturating_sub(length as u64);
        Ok(true)
    }
}

/// The reason for refusing a record of more than `max` bytes.
pub(super) fn too_long(what: &str, max: usize) -> String {
    if max >= 1 << 20 && max.is_multiple_of(1 << 20) {
        format!("this {what} is longer than {} MiB; --max-record raises the limit", max >> 20)
    } else {
        format!("this {what} is longer than {max} bytes; --max-record raises the limit")
    }
}

impl Iterator for Lines {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        let mut piece = self.pool.piece(self.input.file.clone(), Body::Json { alone: false });
        while !self.ended && !piece.is_full() {
            match self.append(&mut piece) {
                Ok(more) => self.ended = !more,
                Err(error) => {
                    piece.refuse(self.line, self.input.damage(&error));
                    self.ended = true;
                }
            }
        }
        (!piece.is_empty()).then_some(piece)
    }
}
