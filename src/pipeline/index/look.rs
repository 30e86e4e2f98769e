//! Looking into an index: what a service asks of it.

use foldhash::HashMap;
use jiff::Timestamp;

use super::{Index, rows};
use crate::model::{Change, Entry};
use crate::params::Params;
use crate::pipeline::lookup::Lookup;
use crate::store::{Brief, Error, Filter, Located, Named, RunSeen, Story, Summary};

/// A story with its articles.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// The story.
    pub story: Story,
    /// Its articles, the earliest first.
    pub articles: Vec<Located>,
}

impl Told {
    /// The article that stands for it, or else the earliest; none where it has none.
    pub fn lead(&self) -> Option<&Located> {
        self.articles.iter().find(|a| a.row == self.story.representative).or(self.articles.first())
    }
}

impl Index {
    /// What decides who belongs together.
    pub fn params(&self) -> &Params {
        &self.params
    }

    /// The stories that pass a filter, the one with the newest article first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn stories(&self, filter: &Filter) -> Result<Vec<Summary>, Error> {
        let _moment = self.store.moment()?;
        self.store.listed(filter)
    }

    /// All stories that pass a filter, whatever its `most` says, in no order.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn briefs(&self, filter: &Filter) -> Result<Vec<Brief>, Error> {
        self.store.briefs(filter)
    }

    /// A story by its number, as a list has it; none where it is gone.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn summary(&self, story: u32) -> Result<Option<Summary>, Error> {
        let _moment = self.store.moment()?;
        self.store.summary(story)
    }

    /// The outlets of a story by its number; those that are not named are none.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn sources(&self, story: u32) -> Result<Vec<String>, Error> {
        self.store.sources(story)
    }

    /// The article of an id, where it belongs, and the story of it.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn placed(&self, id: &str) -> Result<Option<(Located, Story)>, Error> {
        let _moment = self.store.moment()?;
        let Some(placed) = self.store.placed(id)? else { return Ok(None) };
        Ok(self.store.story_of(placed.row)?.map(|story| (placed, story)))
    }

    /// The story of a name, or the one that the name leads to now, with its articles.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn told(&self, name: &str) -> Result<Option<Told>, Error> {
        let _moment = self.store.moment()?;
        let Some(story) = self.store.story(name)? else { return Ok(None) };
        let articles = self.store.placed_in(story.story)?;
        Ok(Some(Told { story, articles }))
    }

    /// What happened to a story, with the number of the line and the time, oldest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn history(&self, name: &str) -> Result<Vec<(i64, String, Change)>, Error> {
        self.store.history(name)
    }

    /// The last line of the log that says that a story was merged or split, or that articles moved into it or out of it.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn last_move(&self, name: &str) -> Result<Option<i64>, Error> {
        self.store.last_move(name)
    }

    /// What happened to stories after a line of the log, with the number of the line and the time, oldest first; after 0,
    /// all of it.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn log_after(&self, number: i64, most: usize) -> Result<Vec<(i64, String, Change)>, Error> {
        self.store.log_after(number, most)
    }

    /// The number of the last line of the log.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn log_end(&self) -> Result<i64, Error> {
        self.store.log_end()
    }

    /// Runs before one, newest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn runs(&self, before: i64, most: usize) -> Result<Vec<RunSeen>, Error> {
        self.store.runs(before, most)
    }

    /// When the newest article was published, or else seen; those that say that they are of later than `now` do not count.
    /// None where there is none.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn newest(&self, now: Timestamp) -> Result<Option<Timestamp>, Error> {
        self.store.newest(now)
    }

    /// Whether it has an article of an id.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn has(&self, id: &str) -> Result<bool, Error> {
        Ok(self.store.article(id)?.is_some())
    }

    /// The number that the next article gets.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn next_row(&self) -> Result<u32, Error> {
        Ok(self.store.next()?.row)
    }

    /// Its newest articles from a number on, at most so many, ready to be looked up.
    ///
    /// # Errors
    /// The index is damaged or cannot be read.
    pub fn lookup(&self, first: u32, most: usize) -> Result<Lookup, Error> {
        let mut lookup = Lookup::new(&self.params, most);
        let end = |named: &Named| named.first_row + named.rows;
        // They stand by number, and one that was merged has older rows than one before it.
        let mut segments = self.store.segments_of(rows::KIND)?;
        segments.sort_by_key(end);
        let (mut newest, mut held) = (Vec::new(), 0);
        for named in segments.into_iter().rev() {
            if end(&named) <= first || held >= most {
                break;
            }
            held += named.rows as usize;
            newest.push(named);
        }
        for named in newest.into_iter().rev() {
            let stored = self.store.articles_between(named.first_row.max(first), end(&named))?;
            let mut entries: HashMap<u32, Entry> =
                stored.into_iter().map(|stored| (stored.row, stored.entry)).collect();
            let mut chunk = rows::read(&self.store.segment(&named)?)?;
            chunk.articles.retain(|a| entries.contains_key(&a.row));
            let numbers: Vec<u32> = chunk.articles.iter().map(|a| a.row).collect();
            lookup.add_chunk(&chunk, |i| entries.remove(&numbers[i]).unwrap_or_default());
        }
        Ok(lookup)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Access, Options};
    use super::*;
    use crate::model::Article;

    #[test]
    fn after_a_merger_the_newest_articles_are_those_that_came_last() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("news.idx");
        let params = Params::default();
        let mut index = Index::open(&folder, Access::Create, &params).unwrap();
        let article = |id: usize| {
            let towns = "Aldmoor Brask Corvath Dunmere Elvary Fenwick Garron Hollin Istra";
            let town = towns.split(' ').nth(id).unwrap();
            Article { id: id.to_string(), title: format!("{town} votes"), ..Article::default() }
        };
        for id in 0..9 {
            index.update_articles(vec![article(id)], &Options::at(Timestamp::UNIX_EPOCH)).unwrap();
        }
        let segments = index.store.segments_of(rows::KIND).unwrap();
        let firsts: Vec<u32> = segments.iter().map(|s| s.first_row).collect();
        assert_eq!(firsts, [8, 0], "the first eight became one");
        for (most, held) in [(1, vec![8]), (8, (1..9).collect()), (9, (0..9).collect())] {
            let lookup = index.lookup(0, most).unwrap();
            let is_held = |id: &usize| {
                let other = Article { id: "other".into(), ..article(*id) };
                let found = lookup.find(&Lookup::sketch(&params, &[other]));
                found.copies.iter().any(|copy| copy.id == id.to_string())
            };
            assert_eq!((0..9).filter(is_held).collect::<Vec<_>>(), held, "at most {most}");
        }
    }
}
