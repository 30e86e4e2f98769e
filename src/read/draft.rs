//! Drafts: the values of one record, gathered column by column until they make an article.

use std::borrow::Cow;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};

use jiff::tz::TimeZone;

use super::fields::{self, ASKED_FOR, Field, OWN_NAME, Rank};
use super::{Notes, Options, dates, identity, sources};
use crate::model::{Article, Kept};
use crate::text::language;

/// What one column is good for.
pub(super) struct Column {
    name: Box<str>,
    field: Option<(Field, Rank)>,
    id_parts: Vec<usize>,
    kept: Vec<usize>,
    /// Whether it filled a field of another name.
    used: bool,
}

impl Column {
    fn new(name: &str, options: &Options) -> Self {
        let folded = fields::fold(name);
        let places = |asked: &[String]| -> Vec<usize> {
            (0..asked.len()).filter(|&i| fields::fold(&asked[i]) == folded).collect()
        };
        let asked = options.fields.iter().find(|(_, column)| fields::fold(column) == folded);
        Self {
            name: name.into(),
            field: asked.map(|(field, _)| (*field, ASKED_FOR)).or_else(|| fields::meaning(&folded)),
            id_parts: places(&options.id),
            kept: places(&options.keep),
            used: false,
        }
    }

    /// Whether anybody wants its values.
    pub(super) fn is_wanted(&self) -> bool {
        self.field.is_some() || !self.id_parts.is_empty() || !self.kept.is_empty()
    }

    /// Whether it is told when something stands in it that is no text: it is of the id, a date, a text or a title.
    pub(super) fn must_be_text(&self) -> bool {
        self.numbers_count() || matches!(self.field(), Some(Field::Text | Field::Title))
    }

    /// Whether numbers and truth values are something to tell of, too: beside a text they say how it is shown.
    pub(super) fn numbers_count(&self) -> bool {
        self.is_of_id() || self.is_date()
    }

    fn is_date(&self) -> bool {
        matches!(self.field(), Some(Field::Published | Field::Seen))
    }

    /// Whether the id, or a part of it, may stand in it.
    pub(super) fn is_of_id(&self) -> bool {
        !self.id_parts.is_empty() || self.field() == Some(Field::Id)
    }

    /// The field it fills.
    pub(super) fn field(&self) -> Option<Field> {
        self.field.map(|(field, _)| field)
    }
}

/// The columns met so far: a name is looked at once, then known by its number.
pub(super) struct Columns<'o> {
    options: &'o Options,
    /// The names of those to carry through: all articles have them in common.
    keep: Arc<[String]>,
    numbers: HashMap<Box<str>, usize>,
    columns: Vec<Column>,
    own: [Option<usize>; 8],
    unreadable_dates: u64,
    unread_texts: u64,
}

impl<'o> Columns<'o> {
    pub(super) fn new(options: &'o Options) -> Self {
        Self {
            options,
            keep: options.keep.as_slice().into(),
            numbers: HashMap::new(),
            columns: Vec::new(),
            own: [None; 8],
            unreadable_dates: 0,
            unread_texts: 0,
        }
    }

    /// The number of the column of this name.
    pub(super) fn number(&mut self, name: &str) -> usize {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        self.columns.push(Column::new(name, self.options));
        self.numbers.insert(name.into(), self.columns.len() - 1);
        self.columns.len() - 1
    }

    /// The number of the column for this field of a file without columns; `--field` is not about those.
    pub(super) fn own(&mut self, field: Field) -> usize {
        *self.own[field as usize].get_or_insert_with(|| {
            let column = Column::new(field.as_str(), self.options);
            self.columns.push(Column { field: Some((field, OWN_NAME)), ..column });
            self.columns.len() - 1
        })
    }

    /// Demands that one of these columns is known as text or title; the error says what to do.
    pub(super) fn with_content(&mut self, names: &[String]) -> Result<(), String> {
        let is_content = |name: &String| {
            let number = self.number(name);
            matches!(self.get(number).field(), Some(Field::Text | Field::Title))
        };
        let known = names.iter().map(is_content).fold(false, |any, is| any | is);
        if known { Ok(()) } else { Err(no_content(names)) }
    }

    /// What the user asked for.
    pub(super) fn options(&self) -> &'o Options {
        self.options
    }

    /// The column of this number.
    pub(super) fn get(&self, number: usize) -> &Column {
        &self.columns[number]
    }

    fn date(&mut self, given: &str, zone: Option<&TimeZone>) -> Option<jiff::Timestamp> {
        let date = dates::parse(given, zone.unwrap_or(&self.options.timezone));
        self.unreadable_dates += u64::from(date.is_none() && !given.is_empty());
        date
    }

    /// The columns that the user named and that are among these, sorted.
    fn met(&self) -> Vec<String> {
        let Options { fields, id, keep, .. } = self.options;
        let is_here = |name: &&String| {
            let folded = fields::fold(name);
            self.columns.iter().any(|column| fields::fold(&column.name) == folded)
        };
        let named = fields.iter().map(|(_, name)| name).chain(id).chain(keep);
        let mut met: Vec<String> = named.filter(is_here).cloned().collect();
        met.sort();
        met.dedup();
        met
    }

    /// What the user is told about these columns.
    pub(super) fn into_notes(self) -> Notes {
        let met = self.met();
        let Self { unreadable_dates, unread_texts, .. } = self;
        let understood = |column: Column| match column.field {
            Some((field, _)) if column.used => Some((column.name.into(), field)),
            _ => None,
        };
        let mut aliases: Vec<(String, Field)> =
            self.columns.into_iter().filter_map(understood).collect();
        aliases.sort();
        Notes { unreadable_dates, unread_texts, aliases, met }
    }
}

#[derive(Default)]
struct Slot<'a> {
    value: Cow<'a, str>,
    rank: Rank,
    column: usize,
}

/// The values of one record. Blank ones are not taken, nor is a truth value for a date, so that any other name can fill the
/// field.
pub(super) struct Draft<'a> {
    slots: [Slot<'a>; 8],
    id_parts: Vec<String>,
    kept: Vec<String>,
    /// The columns in which something stands that cannot fill their field.
    odd: Vec<usize>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(options: &Options) -> Self {
        Self {
            slots: Default::default(),
            id_parts: vec![String::new(); options.id.len()],
            kept: vec![String::new(); options.keep.len()],
            odd: Vec::new(),
        }
    }

    /// Takes a value where it is wanted and nothing better stands yet.
    pub(super) fn put(&mut self, columns: &Columns, number: usize, value: Cow<'a, str>) {
        if value.trim_start().is_empty() {
            return;
        }
        let column = columns.get(number);
        fill_gaps(&mut self.id_parts, &column.id_parts, value.trim());
        fill_gaps(&mut self.kept, &column.kept, &value);
        if column.is_date() && is_truth(&value) {
            self.put_odd(number);
        } else if let Some((field, rank)) = column.field {
            let slot = &mut self.slots[field as usize];
            if slot.value.is_empty() || rank < slot.rank {
                *slot = Slot { value, rank, column: number };
            }
        }
    }

    /// Notes that something stands in a column that is no text, such as a map.
    pub(super) fn put_odd(&mut self, number: usize) {
        self.odd.push(number);
    }

    /// The article, without its place; `None` when there is neither text nor title, an error when what should be its id
    /// is no text. `path` is the id of a one-article file that has no other.
    pub(super) fn finish(
        mut self,
        columns: &mut Columns,
        path: Option<&str>,
    ) -> Result<Option<Article>, String> {
        // An id that lacks a part could be that of many articles: it counts as none, and so does a part alone.
        let id = &mut self.slots[Field::Id as usize];
        if !self.id_parts.is_empty() && self.id_parts.iter().all(|part| !part.is_empty()) {
            *id = Slot { value: self.id_parts.join(":").into(), ..Slot::default() };
        } else if !id.value.is_empty() && !columns.get(id.column).id_parts.is_empty() {
            *id = Slot::default();
        }
        for slot in self.slots.iter().filter(|slot| !slot.value.is_empty() && slot.rank > OWN_NAME)
        {
            columns.columns[slot.column].used = true;
        }
        let unread =
            [Field::Title, Field::Text].into_iter().filter(|f| self.is_unread(*f, columns));
        let unread = unread.count() as u64;
        let title = self.take(Field::Title).into_owned();
        let text = self.take(Field::Text).into_owned();
        if title.is_empty() && text.is_empty() {
            return Ok(None);
        }
        columns.unread_texts += unread;
        self.with_id(columns)?;
        let url = trimmed(self.take(Field::Url));
        let given = trimmed(self.take(Field::Id));
        let id = identity::identity(given, &url, path, &title, &text);
        let (source, lang) = (trimmed(self.take(Field::Source)), trimmed(self.take(Field::Lang)));
        let outlet = sources::find(&columns.options.outlets, &source).cloned().unwrap_or_default();
        let zone = outlet.timezone.as_ref();
        let is_outlets = language::is_open(&lang) && !outlet.lang.is_empty();
        let published = self.date(Field::Published, columns, zone);
        let seen = self.date(Field::Seen, columns, zone);
        Ok(Some(Article {
            id,
            title,
            text,
            published,
            seen,
            source,
            lang: if is_outlets { outlet.lang } else { lang },
            url,
            kept: Kept::new(&columns.keep, self.kept),
            ..Article::default()
        }))
    }

    /// Demands that no part of the id is missing because it is no text: another article could get the same id.
    fn with_id(&self, columns: &Columns) -> Result<(), String> {
        let lacks = |number: &&usize| {
            let column = columns.get(**number);
            let is_id = column.field() == Some(Field::Id);
            (is_id && self.slots[Field::Id as usize].value.is_empty())
                || column.id_parts.iter().any(|&part| self.id_parts[part].is_empty())
        };
        self.odd.iter().find(lacks).map_or(Ok(()), |&number| {
            Err(format!("the id in `{}` is neither text nor a number", columns.get(number).name))
        })
    }

    /// Whether something stands in a column for this field that is no text, and in none as good for it a text.
    fn is_unread(&self, field: Field, columns: &Columns) -> bool {
        let slot = &self.slots[field as usize];
        let is_better = |(of, rank)| of == field && (slot.value.is_empty() || rank < slot.rank);
        self.odd.iter().any(|&number| columns.get(number).field.is_some_and(is_better))
    }

    fn date(
        &mut self,
        field: Field,
        columns: &mut Columns,
        zone: Option<&TimeZone>,
    ) -> Option<jiff::Timestamp> {
        let given = self.take(field);
        let is_odd = |&number: &usize| columns.get(number).field() == Some(field);
        if given.is_empty() && self.odd.iter().any(is_odd) {
            columns.unreadable_dates += 1;
        }
        columns.date(given.trim(), zone)
    }

    fn take(&mut self, field: Field) -> Cow<'a, str> {
        std::mem::take(&mut self.slots[field as usize].value)
    }
}

fn fill_gaps(values: &mut [String], places: &[usize], value: &str) {
    for &place in places {
        if values[place].is_empty() {
            value.clone_into(&mut values[place]);
        }
    }
}

/// Whether a value only says yes or no: a column named `published` may tell whether an article is, and another one when.
fn is_truth(value: &str) -> bool {
    let value = value.trim();
    let words = ["true", "false", "1", "0", "yes", "no", "t", "f", "y", "n"];
    value.len() <= "false".len() && words.iter().any(|word| word.eq_ignore_ascii_case(value))
}

fn trimmed(value: Cow<str>) -> String {
    let trimmed = value.trim();
    if trimmed.len() == value.len() { value.into_owned() } else { trimmed.to_owned() }
}

fn no_content(names: &[String]) -> String {
    let mut shown: Vec<Cow<str>> = names.iter().take(20).map(|name| shorten(name)).collect();
    if names.len() > 20 {
        shown.push(Cow::Borrowed("..."));
    }
    format!(
        "no column is known as text or title among: {}; --field text=COLUMN names one",
        shown.join(", ")
    )
}

fn shorten(name: &str) -> Cow<'_, str> {
    match name.char_indices().nth(40) {
        Some((end, _)) => Cow::Owned(format!("{}...", &name[..end])),
        None => Cow::Borrowed(name),
    }
}
