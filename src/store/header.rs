//! The header of an index: what its hashes mean and under which parameters its stories were found.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use super::Error;
use crate::kernel::hash;
use crate::params::Params;
use crate::text;

/// The layout of the files, and by which rules what they say of reports was found.
const FORMAT: u32 = 8;
const MAGIC: &str = "samestory index";

/// What the file `header` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    /// The parameters that decide the partition, spelled out.
    parameters: String,
}

/// Format and versions of hashes and words, as the header and every segment name them.
pub(super) fn versions() -> [u32; 3] {
    [FORMAT, hash::VERSION, text::VERSION]
}

/// The parameters that decide who belongs together; who stands for a group may change from night to night.
fn parameters(params: &Params) -> String {
    let Params { only_duplicates, ignore_dates, window_days, representative: _, .. } = params;
    let boilerplate = params.boilerplate.as_ref().map_or(0, |learnt| learnt.digest());
    let terms = params.terms.as_ref().map_or(0, |learnt| learnt.digest());
    let Params { min_resemblance, min_containment, min_similarity, story_cut, .. } = params;
    format!(
        "only-duplicates={only_duplicates} ignore-dates={ignore_dates} window={window_days}d \
         min-resemblance={min_resemblance} min-containment={min_containment} \
         min-similarity={min_similarity} story-cut={story_cut} \
         boilerplate={boilerplate:016x} terms={terms:016x}"
    )
}

/// The parameters but for learnt artefacts, which only new articles need, back from what [`parameters`] spelled; `None` for what it never spells.
fn spelled(text: &str) -> Option<Params> {
    let values: Vec<&str> = text
        .split(' ')
        .map(|one| one.split_once('=').map(|(_, value)| value))
        .collect::<Option<_>>()?;
    let [only, undated, window, resemblance, containment, similarity, cut, _, _] =
        values.try_into().ok()?;
    Some(Params {
        only_duplicates: only.parse().ok()?,
        ignore_dates: undated.parse().ok()?,
        window_days: window.strip_suffix('d')?.parse().ok()?,
        min_resemblance: resemblance.parse().ok()?,
        min_containment: containment.parse().ok()?,
        min_similarity: similarity.parse().ok()?,
        story_cut: cut.parse().ok()?,
        ..Params::default()
    })
}

impl Header {
    /// The header of an index with these parameters.
    pub(super) fn new(params: &Params) -> Self {
        Self { parameters: parameters(params) }
    }

    /// Writes the file, whole or not at all.
    pub(super) fn write(&self, path: &Path) -> Result<(), Error> {
        let fresh = path.with_extension("new");
        let write = || {
            let mut file = File::create(&fresh)?;
            file.write_all(self.text().as_bytes())?;
            file.sync_all()?;
            fs::rename(&fresh, path)
        };
        write().map_err(Error::io(path))
    }

    fn text(&self) -> String {
        let [format, hash, text] = versions();
        let said =
            format!("{MAGIC} format={format} hash={hash} text={text}\n{}\n", self.parameters);
        format!("{said}crc32={:08x}\n", crc32fast::hash(said.as_bytes()))
    }

    /// Reads and checks the file; `None` when there is none.
    pub(super) fn read(path: &Path) -> Result<Option<Self>, Error> {
        let bytes = match fs::read(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            read => read.map_err(Error::io(path))?,
        };
        let damaged = || Error::damaged(path, "the header does not read as it was written");
        let text = str::from_utf8(&bytes).map_err(|_| damaged())?;
        let (said, sum) = text.split_once("crc32=").ok_or_else(damaged)?;
        if sum != format!("{:08x}\n", crc32fast::hash(said.as_bytes())) {
            return Err(damaged());
        }
        let (versions, parameters) = said.split_once('\n').ok_or_else(damaged)?;
        let header = Self { parameters: parameters.trim_end().to_owned() };
        let expected = header.text();
        let expected = expected.lines().next().unwrap_or_default();
        if versions != expected {
            let (found, expected) = (versions.to_owned(), expected.to_owned());
            return Err(Error::Version { path: path.to_owned(), found, expected });
        }
        Ok(Some(header))
    }

    /// The parameters that the index was built with.
    pub(super) fn params(&self, path: &Path) -> Result<Params, Error> {
        spelled(&self.parameters).ok_or_else(|| Error::damaged(path, "unknown parameters"))
    }

    /// Demands the parameters that the index was built with.
    pub(super) fn check(&self, path: &Path, params: &Params) -> Result<(), Error> {
        let asked = parameters(params);
        if asked == self.parameters {
            return Ok(());
        }
        let (had, asked): (Vec<&str>, Vec<&str>) =
            (self.parameters.split(' ').collect(), asked.split(' ').collect());
        let differing = had.iter().zip(&asked).filter(|(x, y)| x != y);
        let what: Vec<String> = differing.map(|(x, y)| format!("{x}, not {y}")).collect();
        Err(Error::Parameters { path: path.to_owned(), what: what.join("; ") })
    }
}
