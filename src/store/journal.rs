//! What a service has accepted and the index does not have yet: articles as they arrived, with their texts.
//!
//! An article that is written here is safe; the index takes them from here in the order of their numbers, and then they go.
//! Taking the last ones twice does no harm, if none of them is left out: the same article with the same content is read once.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, Params, Row, Transaction, params};

use super::Error;
use super::copy::copy_database;
use super::files::{check_pages, sql, sync, write_anew};
use super::tables::{limit, row_of, rows_of};
use crate::kernel::hash::hash;
use crate::model::Article;

/// The journal is in this folder of the index, under this name.
const SERVICE: &str = "service";
const FILE: &str = "journal.sqlite";

const SCHEMA: &str = "
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS arrivals (number INTEGER PRIMARY KEY AUTOINCREMENT, identity INTEGER NOT NULL, id TEXT NOT NULL, article BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS arrivals_by_identity ON arrivals (identity);
CREATE TABLE IF NOT EXISTS names (identity INTEGER PRIMARY KEY, id TEXT NOT NULL, number INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, digest BLOB NOT NULL, answer TEXT NOT NULL, number INTEGER NOT NULL);
COMMIT;
";

/// Keys that are remembered: the newest so many. They are counted by their `rowid`, for their `number` is that of an article.
const KEYS: i64 = 100_000;
/// Names that were given for now and lead on: those of the newest so many articles.
const NAMES: i64 = 1_000_000;

/// The journal of a service.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    db: Connection,
}

/// An article and its number.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// Arrivals are counted from 1.
    pub number: i64,
    /// As it was read.
    pub article: Article,
}

/// Articles that are accepted together or not at all.
#[derive(Debug)]
pub struct Arrivals<'a> {
    /// The articles.
    pub articles: &'a [Article],
    /// The sender's key, the digest of what was sent, and the answer that a repetition gets.
    pub key: Option<(&'a str, &'a [u8], &'a str)>,
}

impl Journal {
    /// Opens the journal of the index in a folder, and makes it when it is missing.
    ///
    /// # Errors
    /// The system or the database refuses.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let path = place(folder)?;
        let open = || {
            let db = Connection::open(&path)?;
            db.busy_timeout(std::time::Duration::from_secs(10))?;
            db.execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; \
                 PRAGMA cache_size = -8192;",
            )?;
            db.execute_batch(SCHEMA)?;
            Ok(db)
        };
        let db = open().map_err(sql(path.clone()))?;
        Ok(Self { path, db })
    }

    /// Writes batches down; when it returns they are safe, all of them.
    ///
    /// # Errors
    /// The database cannot be written; none of them is then in it.
    pub fn accept(&mut self, batches: &[Arrivals<'_>]) -> Result<(), Error> {
        self.change(|tx| {
            let mut insert = tx.prepare_cached("INSERT INTO arrivals VALUES (NULL, ?, ?, ?)")?;
            let mut answer =
                tx.prepare_cached("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)")?;
            for batch in batches {
                for article in batch.articles {
                    insert.execute(params![identity(&article.id), article.id, packed(article)])?;
                }
                if let Some((key, digest, text)) = batch.key {
                    answer.execute(params![key, digest, text, tx.last_insert_rowid()])?;
                }
            }
            let old = "DELETE FROM answers WHERE rowid <= (SELECT MAX(rowid) FROM answers) - ?";
            tx.execute(old, [KEYS]).map(drop)
        })
    }

    /// The digest and the answer that stand under a key.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn answer(&self, key: &str) -> Result<Option<(Vec<u8>, String)>, Error> {
        let sql = "SELECT digest, answer FROM answers WHERE key = ?";
        self.one(sql, [key], |r| Ok((r.get(0)?, r.get(1)?)))
    }

    /// The oldest articles that the index does not have yet.
    ///
    /// # Errors
    /// The database cannot be read, or is damaged.
    pub fn waiting(&self, most: usize) -> Result<Vec<Arrival>, Error> {
        let sql = "SELECT number, article FROM arrivals ORDER BY number LIMIT ?";
        let rows = self.some(sql, [limit(most)], row)?;
        rows.into_iter().map(|row| self.arrival(row)).collect()
    }

    fn arrival(&self, (number, article): (i64, Option<Article>)) -> Result<Arrival, Error> {
        let article =
            article.ok_or_else(|| Error::damaged(&self.path, format!("arrival {number}")))?;
        Ok(Arrival { number, article })
    }

    /// The hashes of the ids of articles that the index does not have yet.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn waiting_identities(&self) -> Result<Vec<u64>, Error> {
        self.some("SELECT identity FROM arrivals", [], |r| Ok(r.get::<_, i64>(0)? as u64))
    }

    /// Forgets articles: nothing of them is left in the file. Answers that may name them go, too. Gives the ids of those that
    /// waited for the index.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn forget(&mut self, ids: &[String]) -> Result<Vec<String>, Error> {
        let waited = self.change(|tx| {
            let mut waited = Vec::new();
            for id in ids {
                let gone = tx.execute("DELETE FROM arrivals WHERE identity = ?", [identity(id)])?;
                waited.extend((gone > 0).then(|| id.clone()));
                tx.execute("DELETE FROM names WHERE identity = ?", [identity(id)])?;
            }
            tx.execute("DELETE FROM answers", [])?;
            Ok(waited)
        })?;
        write_anew(&self.db).map_err(self.sql())?;
        Ok(waited)
    }

    /// Reads all of it.
    ///
    /// # Errors
    /// The first damage that is found.
    pub(super) fn check(&self) -> Result<(), Error> {
        check_pages(&self.db, &self.path)?;
        let unread =
            |r: &Row<'_>| row(r).map(|(number, article)| article.is_none().then_some(number));
        let unread = self.some("SELECT number, article FROM arrivals", [], unread)?;
        match unread.into_iter().flatten().next() {
            Some(number) => Err(Error::damaged(&self.path, format!("arrival {number}"))),
            None => Ok(()),
        }
    }

    /// Whether an index has a journal.
    pub fn is_there(folder: &Path) -> bool {
        folder.join(SERVICE).join(FILE).exists()
    }

    /// Until what this gives is dropped, all that is read is of this moment.
    pub(super) fn moment(&self) -> Result<Transaction<'_>, Error> {
        let begin = || {
            let moment = self.db.unchecked_transaction()?;
            // The first look begins it.
            moment.query_row("SELECT MAX(number) FROM arrivals", [], |_| Ok(()))?;
            Ok(moment)
        };
        begin().map_err(self.sql())
    }

    /// Copies the journal to that of the index in another folder, as it is at the moment that was begun.
    pub(super) fn copy_to(&self, folder: &Path) -> Result<(), Error> {
        let path = place(folder)?;
        copy_database(&self.db, &path).map_err(sql(path))?;
        sync(&folder.join(SERVICE))
    }

    /// Lets go of everything up to a number, which the index has now.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn settle(&mut self, number: i64) -> Result<(), Error> {
        self.change(|tx| {
            tx.execute(
                "INSERT OR REPLACE INTO names SELECT identity, id, number FROM arrivals WHERE number <= ?",
                [number],
            )?;
            tx.execute("DELETE FROM arrivals WHERE number <= ?", [number])?;
            tx.execute("DELETE FROM names WHERE number <= ?", [number - NAMES]).map(drop)
        })
    }

    /// The id of an article by its hash, of which the four low bits are not known.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn named(&self, hash: u64) -> Result<Option<String>, Error> {
        let sql = "SELECT id FROM arrivals WHERE identity BETWEEN ?1 AND ?2 \
                   UNION ALL SELECT id FROM names WHERE identity BETWEEN ?1 AND ?2 LIMIT 1";
        self.one(sql, [hash as i64, (hash | 15) as i64], |r| r.get(0))
    }

    /// An article that waits, as it arrived last.
    ///
    /// # Errors
    /// The database cannot be read, or is damaged.
    pub fn article(&self, id: &str) -> Result<Option<Article>, Error> {
        let sql = "SELECT number, article FROM arrivals WHERE identity = ? AND id = ? ORDER BY number DESC LIMIT 1";
        let found = self.one(sql, params![identity(id), id], row)?;
        Ok(found.map(|row| self.arrival(row)).transpose()?.map(|arrival| arrival.article))
    }

    fn one<T>(
        &self,
        sql: &str,
        keys: impl Params,
        one: fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, Error> {
        row_of(&self.db, sql, keys, one).map_err(self.sql())
    }

    fn some<T>(
        &self,
        sql: &str,
        keys: impl Params,
        one: fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, Error> {
        rows_of(&self.db, sql, keys, one).map_err(self.sql())
    }

    /// Does what changes the journal; all of it counts or, where it fails, nothing.
    fn change<T>(
        &mut self,
        write: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        let change = |db: &mut Connection| {
            let tx = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            let done = write(&tx)?;
            tx.commit()?;
            Ok(done)
        };
        change(&mut self.db).map_err(self.sql())
    }

    fn sql(&self) -> impl Fn(rusqlite::Error) -> Error + use<> {
        sql(self.path.clone())
    }
}

/// The number of an arrival and its article, if that unpacks.
fn row(r: &Row<'_>) -> rusqlite::Result<(i64, Option<Article>)> {
    Ok((r.get(0)?, unpacked(r.get_ref(1)?.as_blob()?)))
}

/// Where the journal of an index is, in a folder that is made when it is missing.
fn place(folder: &Path) -> Result<PathBuf, Error> {
    let service = folder.join(SERVICE);
    std::fs::create_dir_all(&service).map_err(Error::io(&service))?;
    Ok(service.join(FILE))
}

/// What an article is found by.
fn identity(id: &str) -> i64 {
    hash(id.as_bytes()) as i64
}

fn packed(article: &Article) -> Vec<u8> {
    let json = serde_json::to_vec(article).expect("an article is strings and numbers");
    zstd::bulk::compress(&json, 1).expect("memory takes any length")
}

/// Longer than any record that is read, spelled as JSON.
const LONGEST: usize = 1 << 30;

fn unpacked(bytes: &[u8]) -> Option<Article> {
    let length = zstd::zstd_safe::get_frame_content_size(bytes).ok()??;
    let length = usize::try_from(length).ok().filter(|length| *length <= LONGEST)?;
    serde_json::from_slice(&zstd::bulk::decompress(bytes, length).ok()?).ok()
}
