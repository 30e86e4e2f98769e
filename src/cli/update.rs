//! `samestory update`: a night's articles into an index.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use jiff::Timestamp;

use super::cluster::{nothing_read, originals, use_threads, verdict};
use super::exit::{Exit, Failure};
use super::index_args::{Indexing, Update};
use super::outcome::{say_notes, say_unmet};
use super::settings::Layers;
use super::tell::{LISTED, Tell, counted};
use super::{interrupt, memory, targets};
use crate::pipeline::index::{Access, Error, Index, Night, Options};
use crate::read;
use crate::report::output::{self, Output};
use crate::report::{Table, write, write_changes, write_refusals, write_unique};

pub(super) fn run(args: &Update, layers: &Layers, tell: &Tell) -> Result<Exit, Failure> {
    let settings = &args.settings;
    let outputs = [&args.output, &args.changes, &args.unique, &args.refusals];
    let (outputs, index) = (outputs.map(Option::as_deref), args.indexing.index.as_deref());
    targets::check(outputs, &args.inputs, &layers.files(), index)?;
    targets::check_unique(args.unique.as_deref(), &args.inputs)?;
    settings.judging.no_decisions()?;
    let pending = interrupt::watch();
    let keep = settings.writing.kept()?;
    let options = settings.reading.options(&keep)?;
    let owners = targets::owners(&options.outlets);
    let reader = read::open(&args.inputs, options.clone()).map_err(Failure::usage)?;
    let open = |path: &Option<PathBuf>| Output::named(path.as_deref(), &pending);
    let rows = Output::open(args.output.as_deref(), &pending)?;
    let others = [open(&args.changes)?, open(&args.unique)?, open(&args.refusals)?];
    use_threads(settings.running.threads)?;
    memory::keep_blocks();
    let progress = tell.progress("reading and grouping");
    let excel = settings.writing.excel;
    let mut filled = Vec::new();
    // The outputs are on the disk before the index changes: what it has, somebody was told of.
    let (night, told) = add(args, reader, &asked(args), tell, |night| {
        drop(progress);
        say_notes(&night.notes, &options, &night.counts, tell);
        tell.refusals(&night.refusals, LISTED);
        let [changes, unique, refusals] = others;
        let into = &mut filled;
        let refused = fill(refusals, into, |out| write_refusals(out, &night.refusals, excel));
        if night.counts.read == 0 && !night.refusals.is_empty() {
            refused?;
            commit(std::mem::take(into))?;
            return Err(nothing_read(night.refusals.len()));
        }
        let table = Table { only: Some(&night.tonight), ..settings.writing.table(&keep, &owners) };
        let listed = fill(Some(rows), into, |out| write(out, &night.grouping, &table));
        let all = night.changes.iter().map(|change| (None, change));
        let changed = fill(changes, into, |out| write_changes(out, all, false, excel));
        if unique.is_some() {
            let again = originals(read::open(&args.inputs, options).map_err(Failure::usage)?);
            let only = Some(&*night.tonight);
            fill(unique, into, |out| {
                write_unique(out, &night.grouping, only, &night.refusals, again)
            })?;
        }
        Ok(refused.and(listed).and(changed)?)
    })?;
    told.and(commit(filled).map_err(Failure::from)).map_err(|failure| {
        let is_in = night.counts.read > 0 && !args.dry_run;
        if is_in { failure.hint(IS_IN) } else { failure }
    })?;
    say_outcome(&night, args.keeping.retain.is_some(), tell);
    verdict(&settings.running, night.refusals.len(), &night.counts)
}

/// What the options ask of the update.
fn asked(args: &Update) -> Options {
    let now = args.now.unwrap_or_else(Timestamp::now);
    Options { dry_run: args.dry_run, ..args.keeping.options(now) }
}

/// What is left of a night whose articles are in the index and whose outputs are not all in their place.
const IS_IN: &str = "the articles are in the index; `samestory index log` has the changes, `samestory index export` the rows";

/// Fills an output that is asked for. One that cannot be filled is given up, and those that can be are kept.
fn fill(
    output: Option<Output>,
    filled: &mut Vec<Output>,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), output::Error> {
    let Some(mut output) = output else { return Ok(()) };
    output.fill(write)?;
    filled.push(output);
    Ok(())
}

/// Puts outputs in their places. One that cannot be put there keeps none of the others back.
fn commit(outputs: Vec<Output>) -> Result<(), output::Error> {
    outputs.into_iter().map(Output::commit).fold(Ok(()), Result::and)
}

/// Adds the articles; what a service holds, the service is asked to, and has them whatever became of the outputs, which is said
/// beside the night.
fn add(
    args: &Update,
    reader: read::Reader,
    options: &Options,
    tell: &Tell,
    ready: impl FnOnce(&Night) -> Result<(), Failure>,
) -> Result<(Night, Result<(), Failure>), Failure> {
    let (folder, params) = (folder(&args.indexing)?, args.settings.judging.params());
    match Index::open(folder, Access::Create, &params) {
        Ok(mut index) => {
            if !options.dry_run {
                take_waiting(&mut index, options.now, tell)?;
            }
            let night = index.update_if(reader, options, ready);
            index.close();
            Ok((night?, Ok(())))
        }
        #[cfg(feature = "serve")]
        Err(locked @ Error::Locked(_)) if crate::service::holds(folder) => {
            let mut read = Night::default();
            let mut articles = Vec::new();
            for chunk in reader {
                let parsed = chunk.parse();
                articles.extend(parsed.articles);
                read.refusals.extend(parsed.refusals);
                read.notes.merge(parsed.notes);
            }
            let Some(night) =
                crate::service::hand_over(folder, articles, options, &params.representative)
            else {
                return Err(locked.into());
            };
            let night = night.map_err(|fault| {
                Failure::new(Exit::Locked, anyhow!(fault))
                    .hint("the same batch can be sent again: an article is added once")
            })?;
            read.refusals.extend(night.refusals);
            read.refusals.sort();
            let night = Night { refusals: read.refusals, notes: read.notes, ..night };
            let told = ready(&night);
            Ok((night, told))
        }
        Err(error) => Err(error.into()),
    }
}

/// Has the index take what a service accepted and did not come to: that was before what is asked for now.
pub(super) fn take_waiting(index: &mut Index, now: Timestamp, tell: &Tell) -> Result<(), Failure> {
    let refusals = index.take_waiting(now).map_err(|error| match error {
        Error::Parameters { .. } => Failure::from(error).hint(LEARNT),
        error => error.into(),
    })?;
    tell.refusals(&refusals, None);
    Ok(())
}

/// What to do about articles that wait where what they are to be read with is not given.
const LEARNT: &str = "articles wait that a service accepted: `samestory update` or `serve` with the same --boilerplate and \
                      --terms takes them first";

/// The folder of the index that is meant.
pub(super) fn folder(indexing: &Indexing) -> Result<&Path, Failure> {
    indexing.index.as_deref().ok_or_else(|| {
        Failure::usage(anyhow!("no index is named")).hint("--index DIR names its folder")
    })
}

/// Says what came of the night; what expired only where anything could.
fn say_outcome(night: &Night, expires: bool, tell: &Tell) {
    say_unmet(night.counts.unmet, tell);
    tell.stages(&night.stages);
    let of = |change: &str| night.changes.iter().filter(|c| c.change == change).count();
    let counts = [
        counted(night.counts.added as usize, "new article", "new articles"),
        counted(night.counts.repeated as usize, "repeated", "repeated"),
        counted(of("new"), "new story", "new stories"),
        format!("{} grown, {} merged, {} split", of("grew"), of("merged"), of("split")),
        counted(night.refusals.len(), "refused", "refused"),
    ];
    let expired = expires.then(|| counted(of("expired"), "story expired", "stories expired"));
    tell.note(&counts.into_iter().chain(expired).collect::<Vec<_>>().join(", "));
}

/// What to look at where the system refuses something about an index.
pub(super) const ROOM: &str = "whoever uses an index, if only to look, must be able to write into its folder, on a disk that \
                               has room";

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let (exit, hint) = match &error {
            Error::Missing(_) => {
                (Exit::Usage, Some("`samestory update --index DIR INPUT...` makes one"))
            }
            Error::Foreign(_) | Error::NoFolder(_) | Error::Taken(_) => {
                (Exit::Usage, Some("name a folder that is empty, or not there yet"))
            }
            Error::Parameters { .. } => (
                Exit::Usage,
                Some(
                    "give the settings it was built with, or build another: samestory update --index NEW INPUT...",
                ),
            ),
            Error::OutOfRange(_) | Error::Days(_) => (Exit::Usage, None),
            Error::Locked(_) => (Exit::Locked, Some("try again when it is done")),
            Error::Version { .. } => (
                Exit::Locked,
                Some(
                    "build it again: samestory update --index NEW INPUT..., all inputs in one run or night by night",
                ),
            ),
            Error::Damaged { .. } => (
                Exit::Damaged,
                Some("put back a backup, or build it again: samestory update --index NEW INPUT..."),
            ),
            Error::Io { .. } | Error::Sql { .. } => (Exit::Unwritable, Some(ROOM)),
        };
        let failure = Self::new(exit, error);
        match hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}
