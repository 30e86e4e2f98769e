//! `samestory index`: looking after an index.

use std::path::{Path, PathBuf};

use anyhow::anyhow;
use jiff::Timestamp;

use super::cluster::use_threads;
use super::decided::Decided;
use super::exit::{Exit, Failure};
use super::index_args::{
    Changing, Decide, Expire, Export, Forget, Index as Verb, Indexing, Keeping, Log,
};
use super::outcome::say_unmet;
use super::settings::Layers;
use super::tell::{Tell, counted, show, thousands};
use super::update::{folder, take_waiting};
use super::{interrupt, targets};
use crate::model::{Entry, Refusal};
use crate::params::Params;
use crate::pipeline::index::{Access, Error, Index, Night};
use crate::report::output::Output;
use crate::report::{write, write_changes};

pub(super) fn run(verb: &Verb, layers: &Layers, tell: &Tell) -> Result<Exit, Failure> {
    match verb {
        Verb::Stats(indexing) => stats(indexing),
        Verb::Check(indexing) => {
            look(indexing, &Params::default())?.check()?;
            tell.note("the index is as it was written");
            Ok(Exit::Done)
        }
        Verb::Export(args) => export(args, layers, tell),
        Verb::Log(args) => log(args, layers),
        Verb::Decide(args) => decide(args, layers, tell),
        Verb::Expire(args) => expire(args, layers, tell),
        Verb::Forget(args) => forget(args, layers, tell),
        Verb::Backup(args) => {
            check(Some(&args.to), &args.indexing, &layers.files())?;
            look(&args.indexing, &Params::default())?.backup(&args.to)?;
            Ok(Exit::Done)
        }
    }
}

/// What a command on an index writes is neither among the files of the index nor one that is read.
fn check(target: Option<&Path>, indexing: &Indexing, files: &[PathBuf]) -> Result<(), Failure> {
    targets::check([target], &[], files, indexing.index.as_deref())
}

/// The index, to be changed, and where the changes go, opened before it changes: what cannot be written is found out in time.
fn open(args: &Changing) -> Result<(Index, Option<Output>), Failure> {
    let changes = Output::named(args.changes.as_deref(), &interrupt::watch())?;
    use_threads(0)?;
    let index = Index::open(folder(&args.indexing)?, Access::Write, &args.standing.params())?;
    Ok((index, changes))
}

fn log(args: &Log, layers: &Layers) -> Result<Exit, Failure> {
    check(args.output.as_deref(), &args.indexing, &layers.files())?;
    let pending = interrupt::watch();
    let output = Output::open(args.output.as_deref(), &pending)?;
    let log = look(&args.indexing, &Params::default())?.log_after(0, usize::MAX)?;
    let lines = log.iter().map(|(_, at, change)| (Some(at.as_str()), change));
    output.put(|out| write_changes(out, lines, true, false))?;
    Ok(Exit::Done)
}

fn decide(args: &Decide, layers: &Layers, tell: &Tell) -> Result<Exit, Failure> {
    let files = [layers.files(), vec![args.file.file().to_owned()]].concat();
    check(args.changing.changes.as_deref(), &args.changing.indexing, &files)?;
    let Decided { made, unreadable, .. } = &*args.file;
    let ((mut index, changes), now) = (open(&args.changing)?, Timestamp::now());
    take_waiting(&mut index, now, tell)?;
    let (night, refused) = index.decide(made, now)?;
    let refused = refused.into_iter().map(|(i, reason)| args.file.refusal(i, reason));
    let mut refusals: Vec<Refusal> = refused.chain(unreadable.iter().cloned()).collect();
    refusals.sort();
    tell.refusals(&refusals, None);
    said(&night, changes, tell)?;
    if refusals.is_empty() {
        return Ok(Exit::Done);
    }
    let all = made.len() + unreadable.len();
    let error = anyhow!("{} of {all} decisions were refused", refusals.len());
    Err(Failure::new(Exit::Refused, error))
}

fn expire(args: &Expire, layers: &Layers, tell: &Tell) -> Result<Exit, Failure> {
    check(args.changing.changes.as_deref(), &args.changing.indexing, &layers.files())?;
    let Keeping { retain, store_text } = &args.keeping;
    if retain.is_none() && store_text.is_none() {
        let error = anyhow!("nothing says how old is too old");
        let hint = "--retain 90d does; --store-text 30d, for texts alone";
        return Err(Failure::usage(error).hint(hint));
    }
    let ((mut index, changes), now) = (open(&args.changing)?, Timestamp::now());
    take_waiting(&mut index, now, tell)?;
    let night = index.expire(&args.keeping.options(now))?;
    let mut told = said(&night, changes, tell);
    if store_text.is_some() {
        tell.note(&counted(night.texts_gone as usize, "text let go", "texts let go"));
        // To write all of it anew where nothing went would cost as much every night as the history is long.
        if night.texts_gone > 0 || !night.changes.is_empty() || index.has_room()? {
            told = told.and(scrub(&index));
        }
    }
    told.map(|()| Exit::Done)
}

/// Leaves nothing of what went in any file. What happened was told before that, since it stands.
fn scrub(index: &Index) -> Result<(), Failure> {
    match index.scrub() {
        Err(Error::Locked(_)) => {
            let error = anyhow!(
                "it is done, but somebody reads the index: of what went something may be left in its database"
            );
            Err(Failure::new(Exit::Locked, error).hint("the same command once more leaves nothing"))
        }
        scrubbed => Ok(scrubbed?),
    }
}

fn forget(args: &Forget, layers: &Layers, tell: &Tell) -> Result<Exit, Failure> {
    check(args.changing.changes.as_deref(), &args.changing.indexing, &layers.files())?;
    let (mut index, changes) = open(&args.changing)?;
    let (night, missing) = index.forget(&args.ids, Timestamp::now())?;
    let told = said(&night, changes, tell);
    // What is forgotten goes from the files, too, where the changes cannot be written.
    told.and(scrub(&index))?;
    if missing.is_empty() {
        return Ok(Exit::Done);
    }
    Err(Failure::new(Exit::No, anyhow!("no article has the id {}", missing.join(", "))))
}

/// Says what happened to stories, and which decisions that leaves without effect.
fn said(night: &Night, changes: Option<Output>, tell: &Tell) -> Result<(), Failure> {
    let all = night.changes.iter().map(|change| (None, change));
    let put = |output: Output| output.put(|out| write_changes(out, all, false, false));
    let put = changes.map_or(Ok(()), put);
    say_unmet(night.counts.unmet, tell);
    tell.note(&counted(night.changes.len(), "change of a story", "changes of stories"));
    let hint = "it is done; `samestory index log` has the changes too";
    put.map_err(|error| Failure::from(error).hint(hint))
}

fn look(indexing: &Indexing, params: &Params) -> Result<Index, Failure> {
    Ok(Index::open(folder(indexing)?, Access::Read, params)?)
}

fn stats(indexing: &Indexing) -> Result<Exit, Failure> {
    let stats = look(indexing, &Params::default())?.stats()?;
    let rows = [
        ("articles", stats.articles),
        ("near-duplicate groups", stats.duplicate_groups),
        ("stories", stats.stories),
        ("runs", stats.runs),
        ("segments", stats.segments),
        ("bytes", stats.bytes),
    ];
    show(|out| {
        rows.iter().try_for_each(|(what, n)| writeln!(out, "{what:22}{:>16}", thousands(*n)))
    })
}

fn export(args: &Export, layers: &Layers, tell: &Tell) -> Result<Exit, Failure> {
    check(args.output.as_deref(), &args.indexing, &layers.files())?;
    let keep = args.writing.kept()?;
    let pending = interrupt::watch();
    let output = Output::open(args.output.as_deref(), &pending)?;
    use_threads(0)?;
    let outlets = targets::outlets(args.sources.as_deref())?;
    let owners = targets::owners(&outlets);
    let index = look(&args.indexing, &args.standing.params())?;
    let grouping = index.export()?;
    say_unknown(&grouping.articles, &keep, tell);
    output.put(|out| write(out, &grouping, &args.writing.table(&keep, &owners)))?;
    Ok(Exit::Done)
}

/// Names the columns that no `update` carried through.
fn say_unknown(articles: &[Entry], keep: &[String], tell: &Tell) {
    for name in keep {
        if articles.iter().all(|article| article.kept.get(name).is_empty()) {
            tell.note(&format!("warning: --keep {name}: no article of the index has this column"));
        }
    }
}
