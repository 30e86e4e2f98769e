//! JSON: one object to one article, whatever its keys are called.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::chunk::{Parsed, Piece};
use super::draft::{Column, Columns, Draft};
use super::fields::Field;
use crate::kernel::runs::positions;
use crate::model::Article;

/// The keys by which an object can stand for one value, the better ones first.
#[rustfmt::skip]
pub(super) const INNER: [&str; 17] = [
    "text", "content", "rendered", "value", "body", "name", "title", "#text", "href", "url",
    // What MongoDB writes for values that JSON has no form for.
    "$oid", "$date", "$numberLong", "$numberInt", "$numberDouble", "$numberDecimal", "$uuid",
];

/// Parses the records of a piece.
pub(super) fn parse(piece: &Piece, alone: bool, columns: &mut Columns, parsed: &mut Parsed) {
    parsed.articles.reserve(piece.ends.len());
    for (record, bytes) in piece.records() {
        let path = if alone { piece.path() } else { None };
        let article = draft(bytes, columns).and_then(|draft| draft.finish(columns, path));
        piece.place(record, article, parsed);
    }
}

fn draft<'a>(bytes: &'a [u8], columns: &mut Columns) -> Result<Draft<'a>, String> {
    let text = std::str::from_utf8(bytes)
        .map_err(|error| format!("not UTF-8 from byte {} on", error.valid_up_to() + 1))?;
    if !text.trim_start().starts_with('{') {
        return Err("not a JSON object".to_owned());
    }
    let read = |raw, columns: &mut Columns| {
        let mut json = serde_json::Deserializer::from_str(text.trim_end());
        let draft = json.deserialize_map(Object { columns, raw });
        draft.and_then(|draft| json.end().map(|()| draft))
    };
    // What cannot be read the fast way is read again, if only to say where the fault is.
    let draft = read(true, columns).or_else(|_| read(false, columns));
    draft.map_err(|error| {
        format!("bad JSON: {}", error.to_string().replacen(" at line 1 column ", " at column ", 1))
    })
}

struct Object<'c, 'o> {
    columns: &'c mut Columns<'o>,
    /// Whether values are cut out as they are written first.
    raw: bool,
}

impl<'de> Visitor<'de> for Object<'_, '_> {
    type Value = Draft<'de>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Draft<'de>, A::Error> {
        let Self { columns, raw } = self;
        let mut draft = Draft::new(columns.options());
        while let Some(number) = map.next_key_seed(Key(|name: &str| columns.number(name)))? {
            let column = columns.get(number);
            let value = Value(Join::of(column));
            if column.is_wanted() && raw {
                let given = map.next_value::<&RawValue>()?.get();
                let read = || value.deserialize(&mut serde_json::Deserializer::from_str(given));
                let written = string(given).or_else(|| numeral(given));
                let value = written.map_or_else(read, Ok).map_err(A::Error::custom)?;
                if value.is_empty()
                    && column.must_be_text()
                    && holds_something(given, column.numbers_count())
                {
                    draft.put_odd(number);
                }
                draft.put(columns, number, value);
            } else if column.is_wanted() {
                draft.put(columns, number, map.next_value_seed(value)?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(draft)
    }
}

/// A string of well-formed JSON that has no escapes but those of two characters: without a buffer that it would have to be
/// copied from.
fn string(json: &str) -> Option<Cow<'_, str>> {
    let inside = json.strip_prefix('"')?.strip_suffix('"')?;
    let mut escapes = positions(inside.as_bytes(), |b| b == b'\\').peekable();
    if escapes.peek().is_none() {
        return Some(Cow::Borrowed(inside));
    }
    let (mut text, mut at) = (String::with_capacity(inside.len()), 0);
    for escape in escapes {
        // An escaped backslash is no other escape.
        if escape >= at {
            text.push_str(&inside[at..escape]);
            text.push(match inside.as_bytes().get(escape + 1)? {
                b'n' => '\n',
                b'r' => '\r',
                b't' => '\t',
                b'b' => '\u{8}',
                b'f' => '\u{c}',
                &b @ (b'"' | b'\\' | b'/') => b.into(),
                _ => return None,
            });
            at = escape + 2;
        }
    }
    text.push_str(&inside[at..]);
    Some(Cow::Owned(text))
}

/// A number as it is written: as a value of ours, one of many digits would be another.
fn numeral(json: &str) -> Option<Cow<'_, str>> {
    json.starts_with(|c: char| c == '-' || c.is_ascii_digit()).then_some(Cow::Borrowed(json))
}

/// Whether there is anything in a value but nulls, blanks and brackets, and numbers and truth values if they do not count.
fn holds_something(json: &str, numbers_count: bool) -> bool {
    fn holds(value: &serde_json::Value, numbers_count: bool) -> bool {
        match value {
            serde_json::Value::Null => false,
            serde_json::Value::String(text) => !text.trim().is_empty(),
            serde_json::Value::Array(values) => values.iter().any(|v| holds(v, numbers_count)),
            serde_json::Value::Object(values) => values.values().any(|v| holds(v, numbers_count)),
            serde_json::Value::Bool(_) | serde_json::Value::Number(_) => numbers_count,
        }
    }
    serde_json::from_str(json).is_ok_and(|value| holds(&value, numbers_count))
}

/// A key, looked up without being copied.
struct Key<F>(F);

impl<'de, T, F: FnOnce(&str) -> T> DeserializeSeed<'de> for Key<F> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, key: D) -> Result<T, D::Error> {
        key.deserialize_str(self)
    }
}

impl<T, F: FnOnce(&str) -> T> Visitor<'_> for Key<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<T, E> {
        Ok((self.0)(key))
    }
}

/// What an array of values becomes.
#[derive(Clone, Copy)]
pub(super) enum Join {
    /// Paragraphs of one text.
    Paragraphs,
    /// A list in one line.
    List,
    /// The first value that is not blank.
    First,
    /// Nothing, and so does a truth value: many articles could have the same one, which is then no id.
    Nothing,
}

impl Join {
    pub(super) fn of(column: &Column) -> Self {
        match column.field() {
            _ if column.is_of_id() => Self::Nothing,
            Some(Field::Text) => Self::Paragraphs,
            Some(_) => Self::First,
            None => Self::List,
        }
    }

    /// A truth value as text.
    pub(super) fn truth(self, value: bool) -> &'static str {
        match (self, value) {
            (Self::Nothing, _) => "",
            (_, true) => "true",
            (_, false) => "false",
        }
    }

    /// Adds a value to those before it.
    pub(super) fn add<'a>(self, all: &mut Cow<'a, str>, value: Cow<'a, str>) {
        let separator = match self {
            Self::Nothing => return,
            Self::First => {
                if is_blank(all) && !value.is_empty() {
                    *all = value;
                }
                return;
            }
            _ if all.is_empty() => {
                *all = value;
                return;
            }
            _ if value.is_empty() => return,
            Self::Paragraphs => "\n\n",
            Self::List => ", ",
        };
        let all = all.to_mut();
        all.push_str(separator);
        all.push_str(&value);
    }
}

fn is_blank(value: &str) -> bool {
    value.trim_start().is_empty()
}

/// Any value as text: null is empty, numbers in lists and objects are as Rust writes them, an object is the best of its
/// [`INNER`] values.
#[derive(Clone, Copy)]
struct Value(Join);

impl<'de> DeserializeSeed<'de> for Value {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<Cow<'de, str>, D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(""))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(self.0.truth(value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Cow::Owned(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Cow::Owned(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Cow::Owned(format!("{value:?}")))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut all = Cow::Borrowed("");
        while let Some(value) = seq.next_element_seed(self)? {
            self.0.add(&mut all, value);
        }
        Ok(all)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut best, mut value) = (INNER.len(), Cow::Borrowed(""));
        let position =
            |name: &str| INNER.iter().position(|inner| *inner == name).unwrap_or(INNER.len());
        while let Some(rank) = map.next_key_seed(Key(position))? {
            if rank >= best {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let inner = map.next_value_seed(self)?;
            if !is_blank(&inner) {
                (best, value) = (rank, inner);
            } else if value.is_empty() {
                value = inner;
            }
        }
        Ok(value)
    }
}

/// An article as one line of JSON, under the usual names; what is not known is left out.
pub(super) fn line(article: &Article) -> Vec<u8> {
    let time = |time: Option<jiff::Timestamp>| time.map(|t| t.to_string()).unwrap_or_default();
    let (published, seen) = (time(article.published), time(article.seen));
    let fields = [
        ("id", &article.id),
        ("title", &article.title),
        ("text", &article.text),
        ("published", &published),
        ("seen", &seen),
        ("source", &article.source),
        ("lang", &article.lang),
        ("url", &article.url),
    ];
    let given = fields.into_iter().filter(|(_, value)| !value.is_empty());
    let object: serde_json::Map<String, serde_json::Value> =
        given.map(|(name, value)| (name.to_owned(), value.as_str().into())).collect();
    serde_json::Value::Object(object).to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn strings_equal_those_of_the_json_crate(inside in r#"([a é]|\\[nrtbf"\\/]|\\u0[0-9a-f]{3}|\\ud83d\\ude00){0,9}"#) {
            let json = format!("\"{inside}\"");
            let expected: String = serde_json::from_str(&json).unwrap();
            match string(&json) {
                Some(text) => prop_assert_eq!(text, expected),
                None => prop_assert!(inside.contains("\\u")),
            }
        }
    }
}
