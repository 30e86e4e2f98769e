//! Feeds: the items of RSS and the entries of Atom. A JSON feed is JSON.

use std::borrow::Cow;
use std::fmt;

use encoding_rs::Encoding;
use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::chunk::{Parsed, Piece};
use super::draft::{Columns, Draft};
use super::encoding;
use super::json::Join;
use crate::model::Article;
use crate::text::markup;

/// Elements with a prefix that are read, by the name of their column. Of the others none is but by its own name, for who asks
/// for it: `media:title` is not the title.
const PREFIXED: [(&str, &str); 6] = [
    ("content:encoded", "content"),
    ("dc:date", "date"),
    ("dc:identifier", "id"),
    ("dc:language", "lang"),
    ("dc:source", "source"),
    ("dc:title", "title"),
];

/// A longer title of a feed is not the name of an outlet, in bytes: each item has what the feed says of itself.
const LONGEST_NAME: usize = 500;

/// The namespace of markup that is no text.
const XHTML: &str = "http://www.w3.org/1999/xhtml";

/// Elements around the items.
const FRAMES: [&str; 4] = ["rss", "rdf:RDF", "channel", "feed"];

/// Elements that are an item.
const ITEMS: [&str; 2] = ["item", "entry"];

/// Parses the feed of a piece. Its items are numbered from 1; where the XML breaks off, those before are kept.
pub(super) fn parse(piece: &Piece, columns: &mut Columns, parsed: &mut Parsed) {
    for (_, bytes) in piece.records() {
        let xml = encoding::decode(bytes, declared(bytes));
        let mut feed = Feed::new(&xml);
        let mut items = 0;
        let end = loop {
            match feed.next_item() {
                Ok(Some(item)) => {
                    items += 1;
                    piece.place(items, feed.article(&item, columns), parsed);
                }
                Ok(None) if items == 0 => break Some("a feed without items".to_owned()),
                Ok(None) => break None,
                Err(Broken(reason)) => {
                    break Some(format!(
                        "bad XML after this item; the rest is not read ({reason})"
                    ));
                }
            }
        };
        if let Some(reason) = end {
            piece.place(items, Err(reason), parsed);
        }
    }
}

/// The encoding that the XML declaration names.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let declaration = bytes.trim_ascii_start().split(|b| *b == b'>').next()?;
    let declaration = std::str::from_utf8(declaration).ok()?.strip_prefix("<?xml")?;
    let (_, label) = declaration.split_once("encoding")?;
    let label = label.split(['"', '\'']).nth(1)?;
    Encoding::for_label(label.as_bytes()).filter(|encoding| encoding.is_ascii_compatible())
}

/// Why the XML cannot be read on.
struct Broken(String);

impl<E: fmt::Display> From<E> for Broken {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// The values of an item by the names of their elements.
type Item = Vec<(String, String)>;

/// A feed that is being read.
struct Feed<'x> {
    reader: Reader<&'x [u8]>,
    title: String,
    lang: String,
    /// What stands before the names of XHTML, with its colon.
    prefix: String,
}

impl<'x> Feed<'x> {
    fn new(xml: &'x str) -> Self {
        let mut reader = Reader::from_str(xml);
        // Feeds are written by hand and by old programs: `&` alone and elements left open are common.
        reader.config_mut().check_end_names = false;
        reader.config_mut().allow_unmatched_ends = true;
        reader.config_mut().allow_dangling_amp = true;
        Self { reader, title: String::new(), lang: String::new(), prefix: String::new() }
    }

    /// The next event; the prefix that it gives to XHTML is remembered.
    fn event(&mut self) -> Result<Event<'x>, Broken> {
        let event = self.reader.read_event()?;
        if let Event::Start(start) = &event
            && start.contains(XHTML)
        {
            let mut attributes = start.attributes();
            let mut names = attributes.with_checks(false).flatten().filter(|a| a.value == XHTML);
            let name = names.find_map(|a| a.key.as_ref().strip_prefix("xmlns:").map(str::to_owned));
            if let Some(name) = name {
                self.prefix = name + ":";
            }
        }
        Ok(event)
    }

    /// The next item; what the feed says of itself on the way there is remembered.
    fn next_item(&mut self) -> Result<Option<Item>, Broken> {
        loop {
            let start = match self.event()? {
                Event::Start(start) => start,
                Event::Eof => return Ok(None),
                _ => continue,
            };
            match start.name().as_ref() {
                name if ITEMS.contains(&name) => return self.item(&start).map(Some),
                name if FRAMES.contains(&name) => fill(&mut self.lang, language(&start)),
                name => {
                    let value = self.content(name)?;
                    match name {
                        "title" => fill(&mut self.title, value),
                        "language" | "dc:language" => fill(&mut self.lang, value),
                        _ => {}
                    }
                }
            }
        }
    }

    fn item(&mut self, start: &BytesStart) -> Result<Item, Broken> {
        let mut item = vec![("lang".to_owned(), language(start))];
        loop {
            match self.event()? {
                Event::Start(child) => {
                    let name = child.name().as_ref().to_owned();
                    let value = self.content(&name)?;
                    item.push(if value.trim().is_empty() { link(&child) } else { (name, value) });
                }
                Event::Empty(child) => item.push(link(&child)),
                Event::End(end) if end.name() == start.name() => return Ok(item),
                Event::Eof => return Err(Broken("the item is cut short".to_owned())),
                _ => {}
            }
        }
    }

    /// All that stands in an element, its markup as HTML has it.
    fn content(&mut self, name: &str) -> Result<String, Broken> {
        let mut content = String::new();
        let mut depth = 0;
        loop {
            match self.event()? {
                Event::Text(text) => content.push_str(&text),
                Event::CData(text) => content.push_str(&text),
                Event::GeneralRef(entity) => push_entity(&mut content, &entity),
                Event::Start(start) => {
                    depth += usize::from(start.name().as_ref() == name);
                    push_tag(&mut content, &["<", self.plain(&start), ">"]);
                }
                Event::Empty(empty) => push_tag(&mut content, &["<", self.plain(&empty), "/>"]),
                Event::End(end) if end.name().as_ref() == name && depth == 0 => return Ok(content),
                Event::End(end) => {
                    depth -= usize::from(end.name().as_ref() == name);
                    push_tag(&mut content, &["</", self.plain(&end), ">"]);
                }
                Event::Eof => return Err(Broken(format!("<{name}> is cut short"))),
                _ => {}
            }
        }
    }

    /// What stands in a tag, without the prefix of XHTML.
    fn plain<'t>(&self, tag: &'t str) -> &'t str {
        tag.strip_prefix(&*self.prefix).unwrap_or(tag)
    }

    /// The article of an item; the feed stands in for what the item does not say.
    fn article(&self, item: &Item, columns: &mut Columns) -> Result<Option<Article>, String> {
        let of_feed = [("source", &*self.title), ("lang", &*self.lang)];
        let of_item = item.iter().map(|(name, value)| (&**name, &**value));
        let mut draft = Draft::new(columns.options());
        let mut lists: Vec<(usize, Cow<str>)> = Vec::new();
        for (name, value) in of_item.chain(of_feed) {
            for column in columns_of(name) {
                let number = columns.number(column);
                let wanted = columns.get(number);
                // The source of an entry of Atom is a whole feed.
                if !wanted.is_wanted() || column == "source" && value.contains('<') {
                    continue;
                }
                match Join::of(wanted) {
                    Join::List => add(&mut lists, number, name_within(value)),
                    // Feeds write their titles as HTML, whatever they say.
                    _ if column == "title" => draft.put(columns, number, markup::strip(value)),
                    _ => draft.put(columns, number, value.into()),
                }
            }
        }
        for (number, value) in lists {
            draft.put(columns, number, value);
        }
        draft.finish(columns, None)
    }
}

fn fill(field: &mut String, value: String) {
    if field.is_empty() && value.len() <= LONGEST_NAME {
        *field = value;
    }
}

/// The columns that an element is: the one that it is known as, and that of its own name.
fn columns_of(name: &str) -> impl Iterator<Item = &str> {
    let known = PREFIXED.iter().find(|(element, _)| *element == name);
    known.map(|(_, column)| *column).into_iter().chain([name])
}

/// Adds a value that is only kept to those of the same column: elements such as categories come several times.
fn add<'a>(lists: &mut Vec<(usize, Cow<'a, str>)>, number: usize, value: &'a str) {
    match lists.iter_mut().find(|(column, _)| *column == number) {
        Some((_, all)) => Join::List.add(all, value.into()),
        None => lists.push((number, value.into())),
    }
}

/// The name of a person, who in Atom is an element of elements; any other value as it is.
fn name_within(value: &str) -> &str {
    let name = value.split_once("<name>").and_then(|(_, rest)| rest.split_once("</name>"));
    name.map_or(value, |(name, _)| name)
}

/// What the element says in `xml:lang`.
fn language(start: &BytesStart) -> String {
    attribute(start, "xml:lang").unwrap_or_default()
}

/// A link of Atom: an address in an attribute, and what it leads to in another.
fn link(start: &BytesStart) -> (String, String) {
    let to_page = attribute(start, "rel").is_none_or(|rel| rel == "alternate");
    let href = attribute(start, "href").filter(|_| to_page);
    (start.name().as_ref().to_owned(), href.unwrap_or_default())
}

fn attribute(start: &BytesStart, name: &str) -> Option<String> {
    let mut attributes = start.attributes();
    let found = attributes.with_checks(false).flatten().find(|a| a.key.as_ref() == name)?;
    Some(unescape(&found.value).unwrap_or(Cow::Borrowed(&found.value)).into_owned())
}

/// An entity that XML does not know may be one of HTML: it stays for the reading of the markup.
fn push_entity(content: &mut String, entity: &BytesRef) {
    let written = format!("&{};", &**entity);
    content.push_str(&unescape(&written).unwrap_or(Cow::Borrowed(&written)));
}

fn push_tag(content: &mut String, parts: &[&str]) {
    parts.iter().for_each(|part| content.push_str(part));
}
