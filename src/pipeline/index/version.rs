//! Versions of an article, and which of two stays.

use foldhash::HashMap;
use jiff::Timestamp;

use super::{Error, Index, rows};
use crate::model::Article;
use crate::pipeline::prepare::delivered;
use crate::store::Store;

/// What tells a version of an article from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    /// When it was published; `None` where that is not known, or where dates are ignored.
    pub published: Option<Timestamp>,
    /// The hash of its title and text as delivered.
    pub delivered: u64,
}

impl Version {
    /// The version that an article is.
    pub fn of(article: &Article, ignore_dates: bool) -> Self {
        let published = article.published.filter(|_| !ignore_dates);
        Self { published, delivered: delivered(article) }
    }

    /// Whether it stays where another one comes after it: it is of a later date, or the same once more. Of a correction the date
    /// is seldom another one.
    pub fn stays(&self, comes: &Self) -> bool {
        self.published > comes.published || self == comes
    }

    /// Whether it stays and another one that comes is refused, which is not the same content once more.
    pub fn refuses(&self, comes: &Self) -> bool {
        self.stays(comes) && self.delivered != comes.delivered
    }
}

impl Index {
    /// The versions that the index has of some articles, by their ids, where those are of a later date than what comes.
    ///
    /// # Errors
    /// The index is damaged or cannot be read.
    pub fn later(&self, articles: &[&Article]) -> Result<HashMap<String, Version>, Error> {
        let load = |store: &Store| {
            let mut later: HashMap<u32, (&str, Timestamp)> = HashMap::default();
            for &article in articles {
                let Some(had) = store.article(&article.id)? else { continue };
                let published = had.entry.published().filter(|_| !self.params.ignore_dates);
                if let Some(date) = published.filter(|&date| Some(date) > article.published) {
                    later.insert(had.row, (&article.id, date));
                }
            }
            versions(store, &later)
        };
        self.store.at_one_moment(load).map(|(_, versions)| versions)
    }
}

/// The versions of some rows, of which ids and dates are known: their segments say what was delivered.
fn versions(
    store: &Store,
    of: &HashMap<u32, (&str, Timestamp)>,
) -> Result<HashMap<String, Version>, Error> {
    let mut versions = HashMap::default();
    if of.is_empty() {
        return Ok(versions);
    }
    for named in store.segments_of(rows::KIND)? {
        let its = named.first_row..named.first_row + named.rows;
        if !of.keys().any(|row| its.contains(row)) {
            continue;
        }
        store.segment(&named)?.each_record(rows::RECORDS, rows::RECORD, |record| {
            let (row, brief) = rows::brief(record);
            if let Some(&(id, date)) = of.get(&row) {
                let version = Version { published: Some(date), delivered: brief.delivered };
                versions.insert(id.to_owned(), version);
            }
            Ok(())
        })?;
    }
    Ok(versions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_stays_that_is_later_or_the_same() {
        let version = |second: Option<i64>, delivered| Version {
            published: second.map(|second| Timestamp::from_second(second).unwrap()),
            delivered,
        };
        let had = version(Some(2), 7);
        let comes =
            [(Some(1), 7), (Some(1), 8), (None, 8), (Some(2), 7), (Some(2), 8), (Some(3), 7)];
        let told = comes.map(|(second, delivered)| {
            let comes = version(second, delivered);
            (had.stays(&comes), had.refuses(&comes))
        });
        let (late, refused, goes) = ((true, false), (true, true), (false, false));
        assert_eq!(told, [late, refused, refused, late, goes, goes]);
        assert!(!version(None, 7).stays(&version(None, 8)), "a correction needs no date");
    }
}
