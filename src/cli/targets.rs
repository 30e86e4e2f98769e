//! Where outputs may go, and what rows need beside the settings.

use std::path::{Path, PathBuf};

use anyhow::anyhow;

use super::exit::Failure;
use super::groups::Writing;
use crate::model::Owners;
use crate::read::{self, Outlet};
use crate::report::Table;

/// Two outputs in one file, an output over an input and a second pass over a pipe are mistakes to stop early. The first
/// target is the main one, which goes to standard output when it is not named.
pub(super) fn check<const N: usize>(
    targets: [Option<&Path>; N],
    inputs: &[String],
    twice: bool,
) -> Result<(), Failure> {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mut seen: Vec<PathBuf> = Vec::new();
    for target in targets.into_iter().flatten() {
        let path = real(target);
        if seen.contains(&path) {
            return Err(Failure::usage(anyhow!(
                "{}: two outputs cannot share a file",
                target.display()
            )));
        }
        if path.is_file() && inputs.iter().any(|input| real(Path::new(input)) == path) {
            return Err(Failure::usage(anyhow!(
                "{}: the output would replace an input",
                target.display()
            )));
        }
        seen.push(path);
    }
    let stdout = targets.iter().filter(|target| **target == Some(Path::new("-"))).count();
    if stdout > 0 && targets[0].is_none() {
        return Err(Failure::usage(anyhow!("two outputs cannot share standard output"))
            .hint("name a file with -o"));
    }
    if twice && inputs.iter().any(|input| input == "-") {
        let hint = "put the articles into a file first";
        return Err(Failure::usage(anyhow!(
            "--unique reads its input twice, which standard input cannot be"
        ))
        .hint(hint));
    }
    Ok(())
}

/// What a file says of outlets; nothing without one.
pub(super) fn outlets(file: Option<&Path>) -> Result<Vec<Outlet>, Failure> {
    let outlets = file.map_or_else(|| Ok(Vec::new()), read::outlets);
    outlets.map_err(|error| Failure::usage(anyhow!(error)))
}

/// The owner of each source that has one.
pub(super) fn owners(options: &read::Options) -> Owners {
    let owned = options.outlets.iter().filter(|outlet| !outlet.owner.is_empty());
    Owners::new(owned.map(|outlet| (outlet.source.clone(), outlet.owner.clone())).collect())
}

impl Writing {
    /// The table that these settings ask for.
    pub(super) fn table<'a>(&'a self, owners: &'a Owners) -> Table<'a> {
        let Self { layout, format, excel, keep, .. } = self;
        let (layout, format, excel) = (*layout, *format, *excel);
        Table { layout, format, excel, keep, owners, only: None }
    }
}
