//! Elements: cutting the values out of a JSON document as it streams by, by strings and brackets alone.

use std::io::{self, BufRead};

use super::again::Again;
use super::chunk::{Body, CHUNK, Piece};
use super::fields::{self, Field};
use super::input::Input;
use super::lines::too_long;

/// The keys under which an object holds its list of articles.
const LISTS: [&[u8]; 5] = [b"articles", b"items", b"data", b"results", b"docs"];

/// Names of a text that an object has too when it is a list of articles.
const OF_LISTS: [&str; 2] = ["description", "summary"];

/// Names of a text under which a list of articles can have an object.
const OF_OBJECTS: [&str; 2] = ["article", "story"];

/// Where the next value is expected.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// Between documents: usually there is one, but objects may follow each other.
    Top,
    /// In the list of articles.
    List { held: bool },
    /// In the object that holds the list, behind it.
    Holder,
}

/// What ended the scan of a value.
enum Scan {
    Whole,
    TooLong,
    /// A list of articles opened inside the value; what comes next is the bracket of its first article.
    List,
    CutShort,
}

/// The values of a JSON document, numbered from 1, in pieces.
pub(super) struct Elements {
    input: Input,
    max: usize,
    place: Place,
    record: u64,
    ended: bool,
}

impl Elements {
    pub(super) fn new(input: Input, max: usize) -> Self {
        Self { input, max, place: Place::Top, record: 0, ended: false }
    }

    /// The next byte that is neither white space nor a comma, not consumed.
    fn next_byte(&mut self) -> io::Result<Option<u8>> {
        loop {
            let buffer = self.input.bytes.fill_buf()?;
            if buffer.is_empty() {
                return Ok(None);
            }
            let skipped =
                buffer.iter().take_while(|b| b.is_ascii_whitespace() || **b == b',').count();
            let found = buffer.get(skipped).copied();
            self.input.bytes.consume(skipped);
            if found.is_some() {
                return Ok(found);
            }
        }
    }

    /// Makes one step; false at the end.
    fn step(&mut self, piece: &mut Piece) -> io::Result<bool> {
        let next = self.next_byte()?;
        match (self.place, next) {
            (Place::Top, None) => return Ok(false),
            (_, None) => {
                piece.refuse(
                    self.record,
                    "the JSON ends after this record without closing all brackets".to_owned(),
                );
                return Ok(false);
            }
            (Place::Top, Some(b'[')) => {
                self.input.bytes.consume(1);
                self.place = Place::List { held: false };
            }
            (Place::List { held }, Some(b']')) => {
                self.input.bytes.consume(1);
                self.place = if held { Place::Holder } else { Place::Top };
            }
            (Place::Top, Some(b'{')) | (Place::List { .. }, Some(_)) => return self.value(piece),
            (Place::Holder, Some(_)) => {
                let (mut rest, mut tracker) = (Vec::new(), Tracker::new(1, Lists::AtOnce));
                let scan = scan(&mut self.input.bytes, &mut rest, &mut tracker, self.max)?;
                self.place = match scan {
                    Scan::List => Place::List { held: true },
                    Scan::CutShort => Place::Holder,
                    Scan::Whole | Scan::TooLong => Place::Top,
                };
                if tracker.has_text && self.place == Place::Top {
                    let reason = "the object around the articles up to this one has a text of its own behind them, which is not read";
                    piece.refuse(self.record, reason.to_owned());
                }
            }
            (Place::Top, Some(_)) => {
                let found = "not JSON: an object or a list is expected here; the rest is not read";
                piece.refuse(self.record + 1, found.to_owned());
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn value(&mut self, piece: &mut Piece) -> io::Result<bool> {
        let start = piece.bytes.len();
        let top = self.place == Place::Top;
        let mut tracker = Tracker::new(0, if top { Lists::Weighed } else { Lists::Ignored });
        let scan = scan(&mut self.input.bytes, &mut piece.bytes, &mut tracker, self.max);
        if matches!(scan, Ok(Scan::List)) {
            piece.bytes.truncate(start);
            self.place = Place::List { held: true };
            return Ok(true);
        }
        match scan {
            Ok(Scan::Whole) => {
                self.record += 1;
                piece.ends.push((self.record, piece.bytes.len()));
                let first = top && self.record == 1;
                if first && matches!(self.next_byte(), Ok(None)) {
                    piece.body = Body::Json { alone: true };
                }
                return Ok(true);
            }
            Ok(Scan::TooLong) => {
                self.record += 1;
                piece.refuse(self.record, too_long("element", self.max));
            }
            Ok(_) => {
                let reason = "the JSON ends inside this record: a bracket or quote is not closed before it ends";
                piece.refuse(self.record + 1, reason.to_owned());
            }
            Err(_) => {}
        }
        piece.bytes.truncate(start);
        piece.bytes.shrink_to(CHUNK);
        scan.map(|scan| matches!(scan, Scan::TooLong))
    }
}

/// Copies the rest of a value to `out`. Stops where it turns out to be an object that holds a list of articles. A value
/// of more than `max` bytes is passed by without being held.
fn scan(
    bytes: &mut Again,
    out: &mut Vec<u8>,
    tracker: &mut Tracker,
    max: usize,
) -> io::Result<Scan> {
    let limit = out.len().saturating_add(max);
    let mut too_long = false;
    // Where in `out` a list of articles begins, while a text of the object's own can still come.
    let mut list = None;
    loop {
        let (buffer, error) = match bytes.fill_buf() {
            Ok(buffer) => (buffer, None),
            Err(error) if list.is_some() => (&[][..], Some(error)),
            Err(error) => return Err(error),
        };
        let mut end = None;
        for (i, &byte) in buffer.iter().enumerate() {
            match tracker.take(byte) {
                Step::Within => {}
                Step::List if tracker.lists == Lists::AtOnce || too_long => {
                    bytes.consume(i);
                    return Ok(Scan::List);
                }
                Step::List => list = list.or(Some(out.len() + i)),
                Step::Last => end = Some(i + 1),
                Step::Behind => end = Some(i),
            }
            if end.is_some() {
                break;
            }
        }
        let cut = buffer.is_empty();
        let taken = end.unwrap_or(buffer.len());
        too_long |= list.is_none() && out.len() + taken > limit;
        if !too_long {
            out.extend_from_slice(&buffer[..taken]);
        }
        bytes.consume(taken);
        list = list.filter(|_| !tracker.has_text);
        if let Some(at) = list
            && (cut || end.is_some() || out.len() - at > CHUNK)
        {
            bytes.take_back(out.split_off(at), error);
            return Ok(Scan::List);
        }
        if end.is_some() {
            return Ok(if too_long || out.len() > limit { Scan::TooLong } else { Scan::Whole });
        }
        if cut {
            return Ok(Scan::CutShort);
        }
    }
}

/// What lists of articles in an object mean.
#[derive(Clone, Copy, Default, PartialEq)]
enum Lists {
    /// Nothing: the object is an article.
    #[default]
    Ignored,
    /// The object holds articles, unless a text of its own stands before them, or within a [`CHUNK`] from where they begin.
    Weighed,
    /// The object holds articles, unless a text of its own stands before them.
    AtOnce,
}

/// Where a scan stands inside a value.
#[derive(Default)]
struct Tracker {
    depth: u32,
    lists: Lists,
    in_string: bool,
    escaped: bool,
    in_scalar: bool,
    /// The last string at depth 1, as far as it can be a name that matters.
    key: Vec<u8>,
    /// The object has a text of its own.
    has_text: bool,
    /// It has one if the value that begins here is a string.
    may_have_text: bool,
    /// A list has just opened under the name of one.
    in_list: bool,
}

enum Step {
    Within,
    /// This byte opens the first object of a list of articles.
    List,
    /// This byte ends the value.
    Last,
    /// The value ended before this byte.
    Behind,
}

impl Tracker {
    /// A scan that begins inside of `depth` brackets.
    fn new(depth: u32, lists: Lists) -> Self {
        Self { depth, lists, ..Self::default() }
    }

    fn take(&mut self, byte: u8) -> Step {
        if self.in_string {
            return self.take_in_string(byte);
        }
        if byte.is_ascii_whitespace() && self.depth > 0 {
            return Step::Within;
        }
        self.has_text |= std::mem::take(&mut self.may_have_text) && byte == b'"';
        if std::mem::take(&mut self.in_list) && byte == b'{' {
            self.depth += 1;
            return Step::List;
        }
        match byte {
            b'"' => {
                self.in_string = true;
                self.key.clear();
            }
            b'{' | b'[' => {
                self.in_list = byte == b'['
                    && self.depth == 1
                    && self.lists != Lists::Ignored
                    && !self.has_text
                    && LISTS.contains(&&self.key[..]);
                self.depth += 1;
            }
            b'}' | b']' if self.depth == 0 => {
                return if self.in_scalar { Step::Behind } else { Step::Last };
            }
            b'}' | b']' => {
                self.depth -= 1;
                if self.depth == 0 {
                    return Step::Last;
                }
            }
            b':' if self.depth == 1 && self.lists != Lists::Ignored => self.take_key(),
            b',' if self.depth == 1 => self.key.clear(),
            b',' | b' ' | b'\t' | b'\r' | b'\n' if self.depth == 0 => return Step::Behind,
            _ => self.in_scalar |= self.depth == 0,
        }
        Step::Within
    }

    /// Looks whether the key that ends here names a text.
    fn take_key(&mut self) {
        let name = fields::fold(&String::from_utf8_lossy(&self.key));
        let is_text = fields::meaning(&name).is_some_and(|(field, _)| field == Field::Text)
            && !OF_LISTS.contains(&&*name);
        self.may_have_text = is_text && OF_OBJECTS.contains(&&*name);
        self.has_text |= is_text && !self.may_have_text;
    }

    fn take_in_string(&mut self, byte: u8) -> Step {
        match byte {
            _ if self.escaped => self.escaped = false,
            b'\\' => self.escaped = true,
            b'"' => {
                self.in_string = false;
                return if self.depth == 0 { Step::Last } else { Step::Within };
            }
            _ if self.depth == 1 && self.key.len() < 16 => self.key.push(byte),
            _ => {}
        }
        Step::Within
    }
}

impl Iterator for Elements {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        let mut piece = Piece::new(self.input.file.clone(), Body::Json { alone: false });
        while !self.ended && !piece.is_full() {
            match self.step(&mut piece) {
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
