//! Web archives: cutting WARC files into records. Which of them are pages is seen from their heads alone.

use std::io::{self, BufRead, Read};

use super::chunk::{Body, Piece};
use super::input::Input;
use super::lines::too_long;

/// A longer head of a record is no head.
const LONGEST_HEAD: usize = 1 << 16;

/// The records of an archive, numbered from 1, in pieces.
pub(super) struct Records {
    input: Input,
    max: usize,
    record: u64,
    ended: bool,
}

impl Records {
    pub(super) fn new(input: Input, max: usize) -> Self {
        Self { input, max, record: 0, ended: false }
    }

    /// Appends the next record if it can hold a page; false at the end.
    fn append(&mut self, piece: &mut Piece) -> io::Result<bool> {
        let start = piece.bytes.len();
        if !self.append_head(&mut piece.bytes)? {
            piece.bytes.truncate(start);
            return Ok(false);
        }
        // The last that was read stays the one before, until this one is.
        let record = self.record + 1;
        let head = &piece.bytes[start..];
        let length = header(head, "content-length").and_then(|length| length.parse::<u64>().ok());
        let Some(length) = length.filter(|_| head.starts_with(b"WARC/")) else {
            piece.bytes.truncate(start);
            piece.refuse(record, "not a record of a web archive; the rest is not read".to_owned());
            return Ok(false);
        };
        let is_page = header(head, "warc-type").is_some_and(|kind| {
            ["response", "resource", "conversion"]
                .iter()
                .any(|page| kind.eq_ignore_ascii_case(page))
        });
        if is_page && length <= self.max as u64 {
            let read = self.input.bytes.by_ref().take(length).read_to_end(&mut piece.bytes)?;
            if (read as u64) < length {
                piece.bytes.truncate(start);
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            piece.ends.push((record, piece.bytes.len()));
            self.record = record;
            return Ok(true);
        }
        piece.bytes.truncate(start);
        if is_page {
            piece.refuse(record, too_long("record", self.max));
        }
        io::copy(&mut self.input.bytes.by_ref().take(length), &mut io::sink())?;
        self.record = record;
        Ok(true)
    }

    /// Appends the lines up to and with the empty one behind a head, and none of the empty ones before it; false when
    /// nothing more comes.
    fn append_head(&mut self, bytes: &mut Vec<u8>) -> io::Result<bool> {
        let start = bytes.len();
        while bytes.len() - start < LONGEST_HEAD {
            let line = bytes.len();
            let most = LONGEST_HEAD as u64;
            if self.input.bytes.by_ref().take(most).read_until(b'\n', bytes)? == 0 {
                return Ok(line > start);
            }
            if bytes[line..].trim_ascii().is_empty() {
                if line > start {
                    return Ok(true);
                }
                bytes.truncate(start);
            }
        }
        Ok(true)
    }
}

/// The value of a header in the head of a message, where the head is text.
pub(super) fn header<'a>(head: &'a [u8], name: &str) -> Option<&'a str> {
    let named = |line: &'a [u8]| {
        let (key, value) = std::str::from_utf8(line).ok()?.split_once(':')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim())
    };
    head.split(|b| *b == b'\n').take_while(|line| !line.trim_ascii().is_empty()).find_map(named)
}

impl Iterator for Records {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        let mut piece = Piece::new(self.input.file.clone(), Body::Web);
        while !self.ended && !piece.is_full() {
            match self.append(&mut piece) {
                Ok(more) => self.ended = !more,
                Err(error) => {
                    piece.refuse(self.record, self.input.damage(&error));
                    self.ended = true;
                }
            }
        }
        (!piece.is_empty()).then_some(piece)
    }
}
