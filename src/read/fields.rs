//! Fields: what the columns of an input mean, under the many names that files give them.

use std::fmt;
use std::str::FromStr;

use crate::model::UnknownName;

/// One of the fields of an article that a column can fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// [`Article::id`](crate::model::Article::id).
    Id,
    /// [`Article::title`](crate::model::Article::title).
    Title,
    /// [`Article::text`](crate::model::Article::text).
    Text,
    /// [`Article::published`](crate::model::Article::published).
    Published,
    /// [`Article::source`](crate::model::Article::source).
    Source,
    /// [`Article::lang`](crate::model::Article::lang).
    Lang,
    /// [`Article::url`](crate::model::Article::url).
    Url,
    /// [`Article::seen`](crate::model::Article::seen).
    Seen,
}

/// The names of each field, folded: its own first, then the others, the better ones first. A description or a
/// summary is often only the lead, so they come last.
#[rustfmt::skip]
const NAMES: [(Field, &[&str]); 8] = [
    (Field::Id, &["id", "guid", "docid", "articleid", "uuid", "key"]),
    (Field::Title, &["title", "headline", "head", "name"]),
    (Field::Text, &[
        "text", "body", "content", "articlebody", "fulltext", "maintext", "contenttext", "contenthtml", "story",
        "article", "description", "summary",
    ]),
    (Field::Published, &[
        "published", "publishedat", "datepublished", "pubdate", "publisheddate", "publishdate", "datepublish",
        "publicationdate", "date", "datetime", "time", "timestamp", "created", "updated",
    ]),
    (Field::Source, &[
        "source", "publisher", "outlet", "site", "sourcename", "sitename", "publication", "domain", "sourcedomain",
    ]),
    (Field::Lang, &["lang", "language", "locale"]),
    (Field::Url, &["url", "canonical", "link", "permalink", "href", "uri"]),
    (Field::Seen, &[
        "seen", "firstseen", "fetched", "crawled", "collected", "dateseen", "downloadeddate", "datedownload",
    ]),
];

impl Field {
    /// The name of the field, as in [`Article`](crate::model::Article).
    pub fn as_str(self) -> &'static str {
        NAMES[self as usize].1[0]
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Field {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        let known = NAMES.iter().find(|(_, names)| names[0] == name);
        known.map(|(field, _)| *field).ok_or_else(|| UnknownName {
            given: name.to_owned(),
            allowed: NAMES.map(|(_, names)| names[0]).join(", "),
        })
    }
}

/// How good a name is for its field: smaller is better.
pub(super) type Rank = u8;

/// The rank of a column that the user named for the field.
pub(super) const ASKED_FOR: Rank = 0;

/// The rank of the field's own name; all others are aliases.
pub(super) const OWN_NAME: Rank = 1;

/// A name without case and separators, so that `pub_date`, `Pub Date` and `pubDate` are one.
pub(super) fn fold(name: &str) -> String {
    name.chars()
        .filter(|c| !matches!(c, '_' | '-' | ' ' | '.'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// The field that a folded name stands for, and how good a name for it that is.
pub(super) fn meaning(folded: &str) -> Option<(Field, Rank)> {
    NAMES.iter().find_map(|(field, names)| {
        let position = names.iter().position(|name| *name == folded)?;
        Some((*field, OWN_NAME + Rank::try_from(position).expect("a dozen names at most")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_folded_distinct_and_in_the_order_of_the_fields() {
        let mut seen: Vec<&str> = Vec::new();
        for (i, (field, names)) in NAMES.iter().enumerate() {
            assert_eq!(*field as usize, i);
            assert_eq!(names[0].parse(), Ok(*field));
            seen.extend(names.iter().inspect(|name| assert_eq!(fold(name), **name)));
        }
        let all = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), all, "a name with two meanings");
    }

    #[test]
    fn spelling_does_not_matter() {
        for name in ["pub_date", "Pub Date", "pubDate", "PUB-DATE"] {
            assert_eq!(
                meaning(&fold(name)).map(|(field, _)| field),
                Some(Field::Published),
                "{name}"
            );
        }
        assert_eq!(meaning("author"), None);
    }
}
