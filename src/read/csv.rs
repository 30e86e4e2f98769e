//! Tables: cutting CSV and TSV into rows, and rows into fields.

use std::io::{self, BufRead};
use std::sync::Arc;

use ::csv::{ByteRecord, ReaderBuilder};
use encoding_rs::{Encoding, UTF_8};

use super::chunk::{Body, CHUNK, Parsed, Piece};
use super::draft::{Columns, Draft};
use super::fields::{self, Field};
use super::input::Input;
use super::lines::too_long;
use super::{Options, encoding};

/// What the first row of a table says about the others.
pub(super) struct Header {
    names: Vec<String>,
    separator: u8,
    encoding: Option<&'static Encoding>,
}

/// The rows of a table, in pieces. A row goes by the number of the line where it begins.
pub(super) struct Rows {
    input: Input,
    max: usize,
    separator: u8,
    header: Option<Arc<Header>>,
    /// The line that the next byte is in.
    line: u64,
    /// The line of the last row.
    row: u64,
    after_return: bool,
    ended: bool,
}

/// Where a row stands, as the csv crate sees it: a quote opens only at the start of a field.
#[derive(Clone, Copy, PartialEq)]
enum State {
    FieldStart,
    InField,
    Quoted,
    QuoteInQuoted,
}

impl Rows {
    /// Reads the header; the error is the refusal of the whole file.
    pub(super) fn new(
        input: Input,
        separator: Option<u8>,
        options: &Options,
    ) -> Result<Self, Piece> {
        let file = input.file.clone();
        let separator = separator.unwrap_or_else(|| sniff_separator(&input.head));
        // In a table that is UTF-8 but for a few values, each of them is guessed by itself.
        let encoding = (!is_utf8_so_far(&input.head)).then(|| encoding::guess(&input.head));
        let encoding = encoding.filter(|encoding| *encoding != UTF_8);
        let max = options.max_record;
        let mut rows = Self {
            input,
            max,
            separator,
            header: None,
            line: 1,
            row: 0,
            after_return: false,
            ended: false,
        };
        let mut first = Piece::new(file.clone(), Body::Text);
        while first.is_empty() && !rows.ended {
            rows.append_or_end(&mut first);
        }
        if let Some(refusal) = first.refusals.pop() {
            return Err(Piece::refused(file, refusal.record, refusal.reason));
        }
        let names = split(&first.bytes, separator).next().unwrap_or_default();
        let names: Vec<String> =
            names.iter().map(|name| encoding::decode(name, encoding).trim().to_owned()).collect();
        Columns::new(options)
            .with_content(&names)
            .map_err(|reason| Piece::refused(file, 0, reason))?;
        rows.header = Some(Arc::new(Header { names, separator, encoding }));
        Ok(rows)
    }

    fn append_or_end(&mut self, piece: &mut Piece) {
        match self.append(piece) {
            Ok(more) => self.ended = !more,
            Err(error) => {
                piece.refuse(self.row, self.input.damage(&error));
                self.ended = true;
            }
        }
    }

    /// Appends the next row to the piece, with a line feed; false at the end.
    fn append(&mut self, piece: &mut Piece) -> io::Result<bool> {
        let start = piece.bytes.len();
        let (mut state, mut begun, mut long) = (State::FieldStart, self.line, false);
        loop {
            let buffer = match self.input.bytes.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) => {
                    piece.bytes.truncate(start);
                    return Err(error);
                }
            };
            let at_end = buffer.is_empty();
            let mut row_end = None;
            for (i, &byte) in buffer.iter().enumerate() {
                let follows_return = std::mem::replace(&mut self.after_return, byte == b'\r');
                self.line += u64::from(byte == b'\r' || (byte == b'\n' && !follows_return));
                if matches!(byte, b'\r' | b'\n') && state != State::Quoted {
                    row_end = Some(i);
                    break;
                }
                state = state.after(byte, self.separator);
            }
            let taken = row_end.unwrap_or(buffer.len());
            long |= piece.bytes.len() - start + taken > self.max;
            if !long {
                piece.bytes.extend_from_slice(&buffer[..taken]);
            }
            self.input.bytes.consume(taken + usize::from(row_end.is_some()));
            let empty = !long && piece.bytes.len() == start;
            if row_end.is_some() && empty {
                begun = self.line;
            } else if row_end.is_some() || at_end {
                return Ok(self.finish(
                    piece,
                    start,
                    begun,
                    long,
                    at_end && state == State::Quoted,
                ) && !at_end);
            }
        }
    }

    /// Whether there was a row at all.
    fn finish(
        &mut self,
        piece: &mut Piece,
        start: usize,
        begun: u64,
        long: bool,
        open: bool,
    ) -> bool {
        if !long && !open && piece.bytes.len() == start {
            return false;
        }
        self.row = begun;
        if long || open {
            piece.bytes.truncate(start);
            piece.bytes.shrink_to(CHUNK);
            let reason =
                "a quote opened in this row is never closed; it and what follows is not read";
            piece.refuse(begun, if open { reason.to_owned() } else { too_long("row", self.max) });
        } else {
            piece.bytes.push(b'\n');
            piece.ends.push((begun, piece.bytes.len()));
        }
        true
    }
}

impl State {
    fn after(self, byte: u8, separator: u8) -> Self {
        match (self, byte) {
            (Self::Quoted, b'"') => Self::QuoteInQuoted,
            (Self::Quoted, _) => Self::Quoted,
            (_, byte) if byte == separator => Self::FieldStart,
            (Self::FieldStart | Self::QuoteInQuoted, b'"') => Self::Quoted,
            _ => Self::InField,
        }
    }
}

impl Iterator for Rows {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        let header = self.header.clone()?;
        let mut piece = Piece::new(self.input.file.clone(), Body::Rows(header));
        while !self.ended && !piece.is_full() {
            self.append_or_end(&mut piece);
        }
        (!piece.is_empty()).then_some(piece)
    }
}

/// Parses the rows of a piece.
pub(super) fn parse(piece: &Piece, header: &Header, columns: &mut Columns, parsed: &mut Parsed) {
    let numbers: Vec<usize> = header.names.iter().map(|name| columns.number(name)).collect();
    for ((line, _), row) in piece.records().zip(split(&piece.bytes, header.separator)) {
        let article = if row.len() == numbers.len() {
            let mut draft = Draft::new(columns.options());
            for (&number, value) in numbers.iter().zip(&row) {
                if columns.get(number).is_wanted() {
                    draft.put(columns, number, encoding::decode(value, header.encoding));
                }
            }
            draft.finish(columns, None)
        } else {
            Err(format!("this row has {} fields, the header has {}", row.len(), numbers.len()))
        };
        piece.place(line, article, parsed);
    }
}

fn split(bytes: &[u8], separator: u8) -> impl Iterator<Item = ByteRecord> {
    let reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(bytes);
    reader.into_byte_records().map_while(Result::ok)
}

/// Whether the head is UTF-8, but for a character that its end cuts.
fn is_utf8_so_far(head: &[u8]) -> bool {
    std::str::from_utf8(head).map_or_else(|error| error.error_len().is_none(), |_| true)
}

/// The names in the first row, under each separator that it has.
fn first_rows(head: &[u8]) -> impl Iterator<Item = (u8, ByteRecord)> {
    let line =
        head.trim_ascii_start().split(|b| matches!(b, b'\r' | b'\n')).next().unwrap_or_default();
    let separators = b",;\t|".iter().filter(|separator| line.contains(separator));
    separators.filter_map(move |&separator| Some((separator, split(head, separator).next()?)))
}

fn known_fields(row: &ByteRecord) -> Vec<Field> {
    let known =
        |name: &[u8]| fields::meaning(&fields::fold(std::str::from_utf8(name).ok()?.trim()));
    let mut fields: Vec<Field> = row.iter().filter_map(|name| Some(known(name)?.0)).collect();
    fields.sort();
    fields.dedup();
    fields
}

/// The separator under which the most names are known, then the one that gives the most names.
fn sniff_separator(head: &[u8]) -> u8 {
    let rated =
        first_rows(head).map(|(separator, row)| (known_fields(&row).len(), row.len(), separator));
    // Of equals the first wins, and the comma comes first.
    rated
        .reduce(|best, next| if (next.0, next.1) > (best.0, best.1) { next } else { best })
        .map_or(b',', |best| best.2)
}

/// Whether a file without a telling name begins with a header row: short names, two of them known, one of those the
/// text or the title.
pub(super) fn looks_like_table(head: &[u8]) -> bool {
    first_rows(head).any(|(_, row)| {
        let known = known_fields(&row);
        let is_content = known.iter().any(|field| matches!(field, Field::Text | Field::Title));
        is_content && known.len() >= 2 && row.iter().all(|name| name.len() <= 40)
    })
}
