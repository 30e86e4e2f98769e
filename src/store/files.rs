//! The folder of an index: who may use it, and which files count.

use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::header::Header;
use super::segment::{Segment, SegmentWriter};
use super::tables::{self, Named};
use super::{Error, MISSING, crash, runs};
use crate::params::Params;

/// What an index is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Looking only; any number at once, beside a writer too.
    Read,
    /// Changing; one at a time. A missing index is an error.
    Write,
    /// Changing, and making the index when it is missing.
    Create,
}

/// An open index.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    pub(super) db: Connection,
    params: Params,
    /// Held for as long as the store may write.
    pub(super) lock: Option<File>,
    /// The folders that were made with the index, the innermost first, where it was made by opening it.
    made: Option<Vec<PathBuf>>,
}

/// The first SQLite without the fault that could lose a commit while another process checkpoints.
const LEAST_SQLITE: i32 = 3_051_003;

/// Bytes of changes that wait in the database's log: a page that several nights change is then written to its place once.
/// More would take too long to open.
const LOG: u64 = 1 << 26;
/// Bytes of a page of the database.
const PAGE: u64 = 1 << 12;

impl Store {
    /// Opens the index in a folder. Its parameters decide who belongs together; of those given here only the choice of
    /// representatives counts, and for [`Access::Create`] the others must be the same.
    ///
    /// # Errors
    /// It is missing, locked, damaged, of another version or other parameters, or the system refuses.
    pub fn open(folder: &Path, access: Access, params: &Params) -> Result<Self, Error> {
        let newest = rusqlite::version_number() >= LEAST_SQLITE;
        assert!(newest, "the SQLite that is built in is recent enough");
        let path = folder.join("header");
        if access != Access::Create && !path.exists() {
            unused(folder)?;
            return Err(Error::Missing(folder.to_owned()));
        }
        let mut folders = Vec::new();
        let lock = match access {
            Access::Read => None,
            Access::Write => Some(lock(folder)?),
            Access::Create => {
                folders = missing(folder);
                make_room(folder)?;
                // Whoever holds the lock: no other settings than its own are any use here.
                if let Some(header) = Header::read(&path)? {
                    header.check(&path, params)?;
                }
                let lock = lock(folder)?;
                make_segments(folder)?;
                Some(lock)
            }
        };
        let noted = runs::noted(folder);
        let found = Header::read(&path)?;
        let built = match &found {
            Some(header) if access == Access::Create => {
                header.check(&path, params)?;
                params.clone()
            }
            Some(header) => header.params(&path)?,
            None if access == Access::Create => {
                unused(folder)?;
                params.clone()
            }
            None => return Err(Error::Missing(folder.to_owned())),
        };
        let params = Params { representative: params.representative.clone(), ..built };
        let database = folder.join("index.sqlite");
        if found.is_some() && !database.exists() {
            return Err(Error::damaged(&database, "the database is missing"));
        }
        let db = connect(folder, access)?;
        let made = found.is_none().then_some(folders);
        let mut store = Self { folder: folder.to_owned(), db, params, lock, made };
        if found.is_some() {
            store.expect_runs(noted)?;
        } else {
            tables::create(&store.db).map_err(store.sql())?;
            store.note_runs();
            crash::point("created");
            Header::new(&store.params).write(&path)?;
            store.sync()?;
        }
        if access != Access::Read {
            store.sweep()?;
        }
        Ok(store)
    }

    /// Closes the index. One that was made by opening it and that no run changed is taken away again, with the folders that
    /// were made for it.
    pub fn close(self) {
        let is_unused = matches!(self.n_runs(), Ok(Some(0)));
        let Self { folder, db, made, lock, .. } = self;
        drop(db);
        let Some(made) = made.filter(|_| is_unused) else { return };
        // The header goes first, for without it there is no index, and the lock last, for until then nobody else makes one.
        // What cannot be deleted does no harm: whoever makes the index anew takes its place.
        let delete = |name: &str| drop(fs::remove_file(folder.join(name)));
        let files = ["header", "index.sqlite", "index.sqlite-wal", "index.sqlite-shm"];
        files.into_iter().for_each(delete);
        let _ = fs::remove_dir_all(folder.join("segments"));
        delete("lock");
        drop(lock);
        made.iter().for_each(|folder| drop(fs::remove_dir(folder)));
    }

    /// The parameters that decide who belongs together are those of the index.
    pub fn params(&self) -> &Params {
        &self.params
    }

    /// Demands the parameters that the index was built with, learnt artefacts included.
    ///
    /// # Errors
    /// They are others, or the header cannot be read.
    pub fn demand(&self, params: &Params) -> Result<(), Error> {
        let path = self.folder.join("header");
        Header::read(&path)?.map_or(Ok(()), |header| header.check(&path, params))
    }

    /// The database's file.
    pub fn database(&self) -> PathBuf {
        self.folder.join("index.sqlite")
    }

    /// What the database wrote and has not moved into its file yet; there may be none.
    pub(super) fn database_log(&self) -> PathBuf {
        self.folder.join("index.sqlite-wal")
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn sql(&self) -> impl Fn(rusqlite::Error) -> Error + use<> {
        sql(self.database())
    }

    fn segment_path(&self, number: u32) -> PathBuf {
        self.folder.join("segments").join(format!("{number:08}.seg"))
    }

    /// Begins a segment under a number that no other has.
    ///
    /// # Errors
    /// The file cannot be made.
    pub fn new_segment(&self, number: u32) -> Result<SegmentWriter, Error> {
        SegmentWriter::create(&self.segment_path(number))
    }

    /// Opens a segment.
    ///
    /// # Errors
    /// It is missing or damaged.
    pub fn segment(&self, named: &Named) -> Result<Segment, Error> {
        let path = self.segment_path(named.number);
        match Segment::open(&path) {
            Err(Error::Io { cause, .. }) if cause.kind() == ErrorKind::NotFound => {
                Err(Error::damaged(&path, MISSING))
            }
            opened => opened,
        }
    }

    /// The segments that count, opened: whatever a writer deletes, these can be read.
    pub(super) fn opened(&self) -> Result<Vec<Segment>, Error> {
        self.segments()?.iter().map(|named| self.segment(named)).collect()
    }

    /// Sees the names of new files onto the disk.
    ///
    /// # Errors
    /// The system refuses.
    pub fn sync(&self) -> Result<(), Error> {
        sync(&self.folder.join("segments"))?;
        sync(&self.folder)
    }

    /// Leaves nothing of what was deleted in the database's file or in its log.
    ///
    /// # Errors
    /// A reader holds on to the past for longer than is waited, or the system refuses.
    pub fn scrub(&self) -> Result<(), Error> {
        match write_anew(&self.db).map_err(self.sql())? {
            true => Ok(()),
            false => Err(Error::Locked(self.folder.clone())),
        }
    }

    /// Whether pages of the database are free: what was deleted had them, since the database was last written anew.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn has_room(&self) -> Result<bool, Error> {
        let free = self.db.pragma_query_value(None, "freelist_count", |r| r.get::<_, i64>(0));
        Ok(free.map_err(self.sql())? > 0)
    }

    /// Lets the log go when the database is closed, if it is long.
    pub(super) fn bound_log(&self) {
        let log = fs::metadata(self.database_log());
        let waits = log.is_ok_and(|log| log.len() < LOG);
        // What was committed counts in any case: a log that stays only takes longer to open.
        let _ = self.db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, waits);
    }

    /// Deletes segments that no transaction names: what an interrupted run left, and what later ones replaced.
    ///
    /// # Errors
    /// The system refuses.
    pub fn sweep(&mut self) -> Result<(), Error> {
        let named: Vec<PathBuf> =
            self.segments()?.iter().map(|named| self.segment_path(named.number)).collect();
        let folder = self.folder.join("segments");
        for entry in fs::read_dir(&folder).map_err(Error::io(&folder))? {
            let path = entry.map_err(Error::io(&folder))?.path();
            if !named.contains(&path) {
                crash::point("sweeping");
                fs::remove_file(&path).map_err(Error::io(&path))?;
            }
        }
        Ok(())
    }
}

pub(super) fn sql(path: PathBuf) -> impl Fn(rusqlite::Error) -> Error {
    use rusqlite::ErrorCode;
    move |cause| match cause.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            Error::damaged(&path, cause.to_string())
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            Error::Locked(path.parent().unwrap_or(&path).to_owned())
        }
        _ if is_unreadable(&cause) => Error::damaged(&path, cause.to_string()),
        _ => Error::Sql { path: path.clone(), cause },
    }
}

/// Whether a column holds something else than what is written there.
fn is_unreadable(error: &rusqlite::Error) -> bool {
    use rusqlite::Error::{
        FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType, Utf8Error,
    };
    matches!(
        error,
        FromSqlConversionFailure(..)
            | IntegralValueOutOfRange(..)
            | InvalidColumnType(..)
            | Utf8Error(..)
    )
}

/// The folder and those around it, as far as they are not there, the innermost first.
fn missing(folder: &Path) -> Vec<PathBuf> {
    folder.ancestors().take_while(|folder| !folder.exists()).map(Path::to_owned).collect()
}

/// Makes the folder, where it is missing, and demands of one without an index that it holds nothing but what belongs to one.
pub(super) fn make_room(folder: &Path) -> Result<(), Error> {
    if folder.exists() && !folder.is_dir() {
        return Err(Error::NoFolder(folder.to_owned()));
    }
    fs::create_dir_all(folder).map_err(Error::io(folder))?;
    // File systems and desktops leave files of their own anywhere.
    if folder.join("header").exists() {
        return Ok(());
    }
    let known = [
        "header.new",
        "index.sqlite",
        // What is there for a moment while a new database is made.
        "index.sqlite-journal",
        "index.sqlite-wal",
        "index.sqlite-shm",
        "segments",
        "lock",
        "service",
    ];
    for entry in fs::read_dir(folder).map_err(Error::io(folder))? {
        let name = entry.map_err(Error::io(folder))?.file_name();
        if !known.iter().any(|known| *known == name) {
            return Err(Error::Foreign(folder.to_owned()));
        }
    }
    Ok(())
}

/// Makes the folder of the segments, once the index is locked: before, another process may take it away.
pub(super) fn make_segments(folder: &Path) -> Result<(), Error> {
    let segments = folder.join("segments");
    fs::create_dir_all(&segments).map_err(Error::io(&segments))
}

/// Demands that no run ever wrote to a folder without a header.
fn unused(folder: &Path) -> Result<(), Error> {
    let (header, database) = (folder.join("header"), folder.join("index.sqlite"));
    let segments = fs::read_dir(folder.join("segments"));
    let mut used = segments.is_ok_and(|mut all| all.next().is_some());
    if !used && database.exists() {
        let runs = runs::runs(&connect(folder, Access::Read)?).map_err(sql(database))?;
        used = runs.is_some_and(|runs| runs > 0);
    }
    // A writer may have made it meanwhile.
    if used && !header.exists() {
        return Err(Error::damaged(&header, "the header is missing"));
    }
    Ok(())
}

pub(super) fn lock(folder: &Path) -> Result<File, Error> {
    let path = folder.join("lock");
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(Error::io(&path))?;
    match file.try_lock() {
        Ok(()) if is_at(&file, &path) => Ok(file),
        // Another process holds it, or had it a moment ago and took it away with an index that came to nothing.
        Ok(()) | Err(TryLockError::WouldBlock) => Err(Error::Locked(folder.to_owned())),
        Err(TryLockError::Error(cause)) => Err(Error::Io { path, cause }),
    }
}

/// Whether an open file is the one that the path leads to now.
fn is_at(file: &File, path: &Path) -> bool {
    let of = |found: fs::Metadata| (found.dev(), found.ino());
    file.metadata().ok().map(of) == fs::metadata(path).ok().map(of)
}

fn connect(folder: &Path, access: Access) -> Result<Connection, Error> {
    let path = folder.join("index.sqlite");
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    flags.set(OpenFlags::SQLITE_OPEN_CREATE, access == Access::Create);
    let open = || {
        let db = Connection::open_with_flags(&path, flags)?;
        db.busy_timeout(std::time::Duration::from_secs(10))?;
        // What is deleted is overwritten: a forgotten article leaves nothing behind.
        db.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; \
             PRAGMA temp_store = MEMORY;",
        )?;
        // A service has many readers, each with a cache of its own; the system has one for all.
        let kilobytes = if access == Access::Read { 2048 } else { 32_768 };
        db.pragma_update(None, "cache_size", -kilobytes)?;
        db.pragma_update(None, "wal_autocheckpoint", (LOG / PAGE) as i64)?;
        db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        db.pragma_update(None, "query_only", access == Access::Read)?;
        Ok(db)
    };
    open().map_err(sql(path.clone()))
}

/// Demands that all pages of a database are as they should be.
pub(super) fn check_pages(db: &Connection, path: &Path) -> Result<(), Error> {
    let ask = || db.query_row("PRAGMA integrity_check(1)", [], |r| r.get::<_, String>(0));
    match ask().map_err(sql(path.to_owned()))? {
        said if said == "ok" => Ok(()),
        said => Err(Error::damaged(path, said)),
    }
}

/// Writes all pages of a database anew, since what moved from page to page left copies behind which deletion does not find. They go over
/// from its log into its file, and the log is emptied, unless somebody reads it: then false.
pub(super) fn write_anew(db: &Connection) -> rusqlite::Result<bool> {
    db.execute_batch("VACUUM")?;
    let busy: i64 = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |r| r.get(0))?;
    Ok(busy == 0)
}

/// Sees a file, or the names in a folder, onto the disk.
pub(super) fn sync(path: &Path) -> Result<(), Error> {
    File::open(path).and_then(|file| file.sync_all()).map_err(Error::io(path))
}
