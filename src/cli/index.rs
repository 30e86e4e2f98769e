//! `samestory index`: looking after an index.

use super::exit::{Exit, Failure};
use super::index_args::{Export, Index as Verb, Indexing};
use super::tell::{Tell, show, thousands};
use super::update::folder;
use super::{interrupt, targets};
use crate::params::Params;
use crate::pipeline::index::{Access, Index};
use crate::report::output::Output;
use crate::report::write;

pub(super) fn run(verb: &Verb, tell: &Tell) -> Result<Exit, Failure> {
    match verb {
        Verb::Stats(indexing) => stats(indexing),
        Verb::Check(indexing) => {
            look(indexing, &Params::default())?.check()?;
            tell.note("the index is as it was written");
            Ok(Exit::Done)
        }
        Verb::Export(args) => export(args),
    }
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

fn export(args: &Export) -> Result<Exit, Failure> {
    targets::check([args.output.as_deref()], &[], false)?;
    let pending = interrupt::watch();
    let mut output = Output::open(args.output.as_deref(), &pending)?;
    let options = args.settings.reading.options(&args.settings.writing.keep);
    let owners = targets::owners(&options);
    let index = look(&args.indexing, &args.settings.judging.params())?;
    let grouping = index.export()?;
    output.fill(|out| write(out, &grouping, &args.settings.writing.table(&owners)))?;
    output.commit()?;
    Ok(Exit::Done)
}
