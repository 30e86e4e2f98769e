//! Where outputs may go, and what rows need beside the settings.

use std::path::{Path, PathBuf};

use anyhow::anyhow;

use super::exit::Failure;
use super::groups::Writing;
use crate::model::Owners;
use crate::read::{self, Outlet};
use crate::report::{Layout, Table, fixed_columns};

/// Two outputs in one place, an output over what is read, the inputs and the `files` of the settings, and one among the
/// files of the index are mistakes to stop early. The first target is the main one, which goes to standard output when it
/// is not named.
pub(super) fn check<const N: usize>(
    targets: [Option<&Path>; N],
    inputs: &[PathBuf],
    files: &[PathBuf],
    index: Option<&Path>,
) -> Result<(), Failure> {
    let (to_stdout, named): (Vec<&Path>, Vec<&Path>) =
        targets.into_iter().flatten().partition(|target| is_stdout(target));
    if to_stdout.len() + usize::from(targets[0].is_none()) > 1 {
        return Err(Failure::usage(anyhow!("two outputs cannot share standard output"))
            .hint("name a file with -o"));
    }
    let places: Vec<PathBuf> = named.iter().map(|target| real(target)).collect();
    for (i, place) in places.iter().enumerate() {
        if places[..i].contains(place) {
            let shown = named[i].display();
            return Err(Failure::usage(anyhow!("{shown}: two outputs cannot share a file")));
        }
    }
    if let Some(index) = index {
        outside(&named, &places, index)?;
    }
    // Only what is there already can be read, and only then are folders looked through.
    let there: Vec<(&Path, PathBuf)> =
        named.into_iter().zip(places).filter(|(_, place)| place.is_file()).collect();
    if there.is_empty() {
        return Ok(());
    }
    let replaced = |read: &Path| {
        let read = real(read);
        let (target, _) = there.iter().find(|(_, place)| *place == read)?;
        Some(anyhow!("{}: the output would replace an input", target.display()))
    };
    if let Some(error) = files.iter().find_map(|file| replaced(file)) {
        return Err(Failure::usage(error));
    }
    for input in inputs {
        if let Some(error) = read::paths(input).find_map(|path| replaced(&path)) {
            let failure = Failure::usage(error);
            let hint = "it is in a folder that is read: write elsewhere, or move it away first";
            return Err(if input.is_dir() { failure.hint(hint) } else { failure });
        }
    }
    Ok(())
}

/// The folder of an index is for its own files only: what else is there could take the place of one.
fn outside(named: &[&Path], places: &[PathBuf], index: &Path) -> Result<(), Failure> {
    let folder = real(index);
    let is_inside = |place: &PathBuf| *place != folder && place.starts_with(&folder);
    let Some(i) = places.iter().position(is_inside) else { return Ok(()) };
    let error = anyhow!("{}: the output would be among the files of the index", named[i].display());
    Err(Failure::usage(error).hint("write outside the folder of the index"))
}

fn is_stdout(target: &Path) -> bool {
    target == Path::new("-")
}

/// Where a path leads; what is not there yet is known by its folder.
fn real(path: &Path) -> PathBuf {
    let in_folder = || {
        let folder = path.parent()?;
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        Some(real(folder).join(path.file_name()?))
    };
    path.canonicalize().ok().or_else(in_folder).unwrap_or_else(|| path.to_owned())
}

/// `--unique` finds its records in a second pass over the inputs.
pub(super) fn check_unique(unique: Option<&Path>, inputs: &[PathBuf]) -> Result<(), Failure> {
    let Some(input) = unique.and_then(|_| only_once(inputs)) else { return Ok(()) };
    Err(Failure::usage(anyhow!("--unique reads its input twice, which {input} cannot be"))
        .hint("put the articles into a file first"))
}

/// An input that can be read only once, as the user is told of it.
pub(super) fn only_once(inputs: &[PathBuf]) -> Option<String> {
    let is_pipe = |input: &&PathBuf| input.metadata().is_ok_and(|of| !of.is_file() && !of.is_dir());
    if inputs.iter().any(|input| input.as_os_str() == "-") {
        return Some("standard input".to_owned());
    }
    inputs.iter().find(is_pipe).map(|input| format!("the pipe {}", input.display()))
}

/// What a file says of outlets; nothing without one.
pub(super) fn outlets(file: Option<&Path>) -> Result<Vec<Outlet>, Failure> {
    let outlets = file.map_or_else(|| Ok(Vec::new()), read::outlets);
    outlets.map_err(|error| Failure::usage(anyhow!(error)))
}

/// The owner of each source that has one.
pub(super) fn owners(outlets: &[Outlet]) -> Owners {
    let owned = outlets.iter().filter(|outlet| !outlet.owner.is_empty());
    Owners::new(owned.map(|outlet| (outlet.source.clone(), outlet.owner.clone())).collect())
}

/// The columns to carry through, each once. Only the layout `articles` has them, and none by the name of one of its own:
/// of two columns of one name, readers take either or none.
pub(super) fn kept(keep: &[String], layout: Layout) -> Result<Vec<String>, Failure> {
    let mut kept: Vec<String> = Vec::new();
    for name in keep {
        if layout == Layout::Articles && fixed_columns(layout).contains(&name.as_str()) {
            let error = anyhow!("--keep {name}: the output has a column of that name already");
            return Err(Failure::usage(error));
        }
        if !kept.contains(name) {
            kept.push(name.clone());
        }
    }
    Ok(kept)
}

impl Writing {
    /// The columns to carry through.
    pub(super) fn kept(&self) -> Result<Vec<String>, Failure> {
        kept(&self.keep, self.layout)
    }

    /// The table that these settings ask for, with the columns to carry through.
    pub(super) fn table<'a>(&self, keep: &'a [String], owners: &'a Owners) -> Table<'a> {
        let &Self { layout, format, excel, .. } = self;
        Table { layout, format, excel, keep, owners, only: None }
    }
}
