//! Files: what the named inputs come to, in order, and the check that all of them are there.

use std::fs::File;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::sync::Arc;

use walkdir::{DirEntry, WalkDir};

use super::input::{Input, STDIN};
use super::{Error, Options, sniff};

/// A file to read, or the reason why there is none.
pub(super) struct Found {
    pub(super) file: Arc<str>,
    pub(super) path: Result<PathBuf, String>,
}

/// The files of an input: itself, or those in its folder, sorted by name. Hidden ones are left out.
pub(super) fn files(input: &Path) -> Box<dyn Iterator<Item = Found> + Send> {
    let named: Arc<str> = input.to_string_lossy().into();
    if *named == *STDIN || !input.is_dir() {
        return Box::new(std::iter::once(Found { file: named, path: Ok(input.to_owned()) }));
    }
    let walk = WalkDir::new(input).follow_links(true).sort_by_file_name();
    let entries = walk.into_iter().filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry));
    Box::new(entries.filter_map(move |entry| match entry {
        Ok(entry) if entry.file_type().is_file() => {
            Some(Found { file: name(entry.path()), path: Ok(entry.into_path()) })
        }
        Ok(_) => None,
        Err(error) => {
            let file = error.path().map_or_else(|| named.clone(), name);
            Some(Found { file, path: Err(format!("cannot be read ({})", cause(&error))) })
        }
    }))
}

/// The same as paths, without those that cannot be reached.
pub(crate) fn paths(input: &Path) -> impl Iterator<Item = PathBuf> {
    files(input).filter_map(|found| found.path.ok())
}

/// A file among the inputs, for whoever has others read it.
#[cfg(feature = "parquet")]
#[derive(Debug)]
pub struct Listed {
    /// As named by the user or found in a folder.
    pub file: Arc<str>,
    /// Where it is from the root on and how many bytes it has, or the reason to refuse it.
    pub place: Result<(PathBuf, u64), String>,
}

/// The files that [`open`](super::open) would read, in its order.
///
/// # Errors
/// Those of [`open`](super::open).
#[cfg(feature = "parquet")]
pub fn listed(inputs: &[impl AsRef<Path>], options: &Options) -> Result<Vec<Listed>, Error> {
    check(inputs, options)?;
    let place = |path: PathBuf| {
        let path = std::path::absolute(path)?;
        let size = path.metadata()?.len();
        Ok((path, size))
    };
    let place =
        |path| place(path).map_err(|error: std::io::Error| super::input::unreadable(&error));
    let listed = |Found { file, path }| Listed { file, place: path.and_then(place) };
    Ok(inputs.iter().flat_map(|input| files(input.as_ref())).map(listed).collect())
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.file_name().as_encoded_bytes().starts_with(b".")
}

fn name(path: &Path) -> Arc<str> {
    let name = path.to_string_lossy();
    if MAIN_SEPARATOR == '/' { name.into() } else { name.replace(MAIN_SEPARATOR, "/").into() }
}

fn cause(error: &walkdir::Error) -> String {
    match (error.io_error(), error.loop_ancestor()) {
        (Some(error), _) => error.to_string(),
        (None, Some(_)) => "a link to a folder around it".to_owned(),
        (None, None) => error.to_string(),
    }
}

/// Looks at every named input before anything is read: all must be there, and something must be of a known kind.
pub(super) fn check(inputs: &[impl AsRef<Path>], options: &Options) -> Result<(), Error> {
    let mut unknown = None;
    let mut known = false;
    for input in inputs {
        let input = input.as_ref();
        match look(input, options, known)? {
            None => known = true,
            Some(reason) => {
                unknown.get_or_insert(Error::UnknownKind { input: shown(input), reason });
            }
        }
    }
    match unknown {
        _ if known => Ok(()),
        Some(error) => Err(error),
        None => Err(Error::NoInput),
    }
}

/// An input as the user is told of it.
fn shown(input: &Path) -> String {
    input.to_string_lossy().into_owned()
}

/// Why the kind of this input is unknown, if it is. Once some kind is known, a file need only be there.
fn look(input: &Path, options: &Options, known: bool) -> Result<Option<String>, Error> {
    if input.as_os_str() == STDIN {
        return Ok(None);
    }
    let unreadable = |source| Error::Unreadable { input: shown(input), source };
    let metadata = match input.metadata() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(Error::Missing { input: shown(input) });
        }
        metadata => metadata.map_err(unreadable)?,
    };
    if metadata.is_dir() {
        std::fs::read_dir(input).map_err(unreadable)?;
        let is_known = |found: Found| {
            let opened = found.path.ok().and_then(|path| Input::open(found.file, &path).ok());
            opened.is_some_and(|opened| kind(&opened, options).is_ok())
        };
        let any = files(input).any(is_known);
        return if any { Ok(None) } else { Err(Error::NothingInFolder { input: shown(input) }) };
    }
    // A pipe can be read only once, so it is taken on trust.
    if !metadata.is_file() {
        return Ok(None);
    }
    if known {
        return File::open(input).map(|_| None).map_err(unreadable);
    }
    let opened = Input::open(shown(input).into(), input).map_err(unreadable)?;
    Ok(kind(&opened, options).err())
}

/// The kind of an opened input; the error says what it looks like instead.
pub(super) fn kind(input: &Input, options: &Options) -> Result<super::Format, String> {
    options.format.map_or_else(|| sniff::kind(&input.head, &input.file), Ok)
}
