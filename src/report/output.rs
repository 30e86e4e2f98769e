//! Where a report goes: whole or not at all.
//!
//! A file is written beside its target under another name and renamed at the end, so that whoever looks at the target
//! sees the old content or the new, never a part. All targets are opened before the work begins.

use std::fs::{self, Permissions};
use std::hash::Hasher as _;
use std::io::{self, BufWriter, ErrorKind, IsTerminal, StdoutLock, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tempfile::NamedTempFile;
use twox_hash::XxHash3_64;

use super::printable::printable;

/// An output cannot be opened, written or put in its place.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {target}")]
pub struct Error {
    /// The output as the user named it.
    pub target: String,
    /// What the system said.
    #[source]
    pub source: io::Error,
}

/// The temporary files of all outputs that are still open, for whoever must remove them when the run is interrupted.
#[derive(Debug, Clone, Default)]
pub struct Pending(Arc<Mutex<Vec<PathBuf>>>);

impl Pending {
    /// Removes the files, then calls `exit` while no output can be put in its place.
    pub fn remove_then(&self, exit: impl FnOnce()) {
        let mut files = self.lock();
        for file in files.drain(..) {
            // It may be gone already; there is nobody left to tell.
            let _ = fs::remove_file(file);
        }
        exit();
    }

    fn lock(&self) -> MutexGuard<'_, Vec<PathBuf>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An output being written.
pub struct Output {
    target: String,
    sink: BufWriter<Sink>,
    hash: XxHash3_64,
    bytes: u64,
    pending: Pending,
}

enum Sink {
    Stdout(StdoutLock<'static>),
    Terminal(StdoutLock<'static>),
    /// Something that cannot be replaced by a rename, such as a device or a named pipe.
    Special(fs::File),
    File(NamedTempFile, PathBuf),
}

/// What was written: a digest by which two outputs can be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// The output as the user named it; `-` for standard output.
    pub target: String,
    /// How many bytes.
    pub bytes: u64,
    /// XXH3 of the bytes, 64 bits.
    pub xxh3: u64,
}

impl Output {
    /// Opens a target; `None` and `-` are standard output.
    ///
    /// # Errors
    /// When the target cannot be written.
    pub fn open(target: Option<&Path>, pending: &Pending) -> Result<Self, Error> {
        let name = target.map_or("-".to_owned(), |path| path.display().to_string());
        let sink = match target.filter(|path| *path != Path::new("-")) {
            None if io::stdout().is_terminal() => Sink::Terminal(io::stdout().lock()),
            None => Sink::Stdout(io::stdout().lock()),
            Some(path) => {
                open_file(path, pending).map_err(|source| Error { target: name.clone(), source })?
            }
        };
        let sink = BufWriter::with_capacity(1 << 16, sink);
        Ok(Self { target: name, sink, hash: XxHash3_64::new(), bytes: 0, pending: pending.clone() })
    }

    /// Opens a target that may be left out.
    ///
    /// # Errors
    /// As [`Output::open`].
    pub fn named(target: Option<&Path>, pending: &Pending) -> Result<Option<Self>, Error> {
        target.map(|target| Self::open(Some(target), pending)).transpose()
    }

    /// Fills the output with `write`. A reader who has seen enough and closed the pipe is no error.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn fill(
        &mut self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Error> {
        let written = write(self).and_then(|()| self.flush());
        written.or_else(forgive_closed_pipe).map_err(|source| self.error(source))
    }

    /// What was written so far.
    pub fn digest(&self) -> Digest {
        Digest { target: self.target.clone(), bytes: self.bytes, xxh3: self.hash.finish() }
    }

    /// Puts the output in its place.
    ///
    /// # Errors
    /// When it cannot be renamed; the target is then as it was.
    pub fn commit(self) -> Result<(), Error> {
        // What a failed write left in the buffer belongs to a closed pipe.
        let (sink, _) = self.sink.into_parts();
        if let Sink::File(file, path) = sink {
            let mut pending = self.pending.lock();
            pending.retain(|pending| pending != file.path());
            let placed = file.persist(path).map_err(|error| error.error);
            placed.map_err(|source| Error { target: self.target, source })?;
        }
        Ok(())
    }

    /// Fills the output with `write` and puts it in its place.
    ///
    /// # Errors
    /// As [`Output::fill`] and [`Output::commit`].
    pub fn put(
        mut self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Error> {
        self.fill(write)?;
        self.commit()
    }

    fn error(&self, source: io::Error) -> Error {
        Error { target: self.target.clone(), source }
    }
}

fn forgive_closed_pipe(error: io::Error) -> io::Result<()> {
    if error.kind() == ErrorKind::BrokenPipe { Ok(()) } else { Err(error) }
}

fn open_file(path: &Path, pending: &Pending) -> io::Result<Sink> {
    // A link is followed, so that what it points to is replaced and not the link.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let existing = fs::metadata(&path).ok();
    match &existing {
        Some(meta) if meta.is_dir() => return Err(ErrorKind::IsADirectory.into()),
        Some(meta) if !meta.is_file() => {
            return Ok(Sink::Special(fs::OpenOptions::new().write(true).open(&path)?));
        }
        // A file that may not be written is not to be replaced either.
        Some(_) => drop(fs::OpenOptions::new().append(true).open(&path)?),
        None => {}
    }
    let folder =
        path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::metadata(folder)?;
    let mut files = pending.lock();
    let mut builder = tempfile::Builder::new();
    builder.prefix(".samestory-").suffix(".tmp");
    if let Some(permissions) =
        existing.map_or_else(plain_permissions, |meta| Some(meta.permissions()))
    {
        builder.permissions(permissions);
    }
    // The kind alone, for the whole error names the temporary file, which says nothing to the user.
    let file = builder.tempfile_in(folder).map_err(|error| error.kind())?;
    files.push(file.path().to_owned());
    Ok(Sink::File(file, path))
}

/// What any program's new files may: everybody may read and write, less the user's umask.
#[cfg(unix)]
fn plain_permissions() -> Option<Permissions> {
    Some(std::os::unix::fs::PermissionsExt::from_mode(0o666))
}

#[cfg(not(unix))]
fn plain_permissions() -> Option<Permissions> {
    None
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.sink.write(bytes)?;
        self.hash.write(&bytes[..n]);
        self.bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(out) => out.write(bytes),
            Self::Terminal(out) => show(out, bytes).map(|()| bytes.len()),
            Self::Special(file) => file.write(bytes),
            Self::File(file, _) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(out) | Self::Terminal(out) => out.flush(),
            Self::Special(file) => file.flush(),
            Self::File(file, _) => file.flush(),
        }
    }
}

/// Shows lines on a terminal; a character cut by the end of the buffer is shown as unknown.
fn show(out: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        let (line, end) = line.strip_suffix(b"\n").map_or((line, ""), |line| (line, "\n"));
        out.write_all(printable(&String::from_utf8_lossy(line)).as_bytes())?;
        out.write_all(end.as_bytes())?;
    }
    Ok(())
}
