//! `samestory cluster`: inputs to clusters in one run.

use std::path::PathBuf;

use anyhow::anyhow;

use super::args::Cluster;
use super::exit::{Exit, Failure};
use super::groups::Running;
use super::outcome::{say_notes, say_outcome};
use super::settings::{Layers, Setting};
use super::summary::write_summary;
use super::tell::{LISTED, Tell, thousands};
use super::{interrupt, memory, targets};
use crate::model::Article;
use crate::params::Params;
use crate::pipeline::{self, Counts, Memory, Run};
use crate::read;
use crate::report::output::{self, Output, Pending};
use crate::report::{Table, write, write_refusals, write_unique};

pub(super) fn run(args: &Cluster, layers: &Layers, tell: &Tell) -> Result<Exit, Failure> {
    let settings = &args.settings;
    let targets = [&args.output, &args.unique, &args.refusals, &args.summary];
    targets::check(targets.map(Option::as_deref), &args.inputs, &layers.files(), None)?;
    targets::check_unique(args.unique.as_deref(), &args.inputs)?;
    let pending = interrupt::watch();
    let keep = settings.writing.kept()?;
    let options = settings.reading.options(&keep)?;
    let owners = targets::owners(&options.outlets);
    let reader = read::open(&args.inputs, options.clone()).map_err(Failure::usage)?;
    let mut targets = Targets::open(args, &pending)?;
    memory::keep_shortly();
    use_threads(settings.running.threads)?;

    let progress = tell.progress("reading and grouping");
    let params = settings.judging.params();
    let limit = args.limited.memory_limit.map(|limit| limit.0);
    let memory = Memory { limit, give_back: memory::give_back };
    let run = pipeline::cluster_within(reader, &params, memory);
    drop(progress);
    let mut run = run.map_err(Failure::aside)?;
    settings.judging.refuse(&mut run.refusals);

    say_notes(&run.notes, &options, &run.counts, tell);
    tell.refusals(&run.refusals, LISTED);
    if run.grouping.articles.is_empty() {
        targets.write_refusals(&run, settings.writing.excel)?;
        return Err(nothing_read(run.refusals.len()));
    }
    // Texts are not kept in memory: a second pass finds those that are asked for.
    let again = || read::open(&args.inputs, options).map_err(Failure::usage);
    let originals = args.unique.is_some().then(again).transpose()?.map(originals);
    let table = settings.writing.table(&keep, &owners);
    targets.write(&run, &table, originals, &args.inputs, &layers.settings(), &params)?;
    say_outcome(&run, tell);
    let verdict = verdict(&settings.running, run.refusals.len(), &run.counts);
    let verdict = verdict.map_err(|failure| match args.refusals {
        None => failure.hint("--refusals FILE lists them"),
        Some(_) => failure,
    });
    // The process ends here: giving back millions of small pieces of memory one by one helps nobody.
    std::mem::forget(run);
    verdict
}

/// The outputs of a run, opened before it begins.
struct Targets {
    clusters: Output,
    unique: Option<Output>,
    refusals: Option<Output>,
    summary: Option<Output>,
}

impl Targets {
    fn open(args: &Cluster, pending: &Pending) -> Result<Self, output::Error> {
        let open = |path: &Option<PathBuf>| Output::named(path.as_deref(), pending);
        Ok(Self {
            clusters: Output::open(args.output.as_deref(), pending)?,
            unique: open(&args.unique)?,
            refusals: open(&args.refusals)?,
            summary: open(&args.summary)?,
        })
    }

    /// Fills all outputs, then puts them in their places, so that a full disk leaves all or none.
    fn write(
        self,
        run: &Run,
        table: &Table<'_>,
        originals: Option<impl Iterator<Item = (Article, Vec<u8>)>>,
        inputs: &[PathBuf],
        settings: &[Setting],
        params: &Params,
    ) -> Result<(), output::Error> {
        let Self { mut clusters, mut unique, mut refusals, mut summary } = self;
        clusters.fill(|out| write(out, &run.grouping, table))?;
        if let (Some(unique), Some(originals)) = (&mut unique, originals) {
            unique.fill(|out| write_unique(out, &run.grouping, None, &run.refusals, originals))?;
        }
        if let Some(refusals) = &mut refusals {
            refusals.fill(|out| write_refusals(out, &run.refusals, table.excel))?;
        }
        let filled: Vec<&Output> =
            [Some(&clusters), unique.as_ref(), refusals.as_ref()].into_iter().flatten().collect();
        let digests: Vec<_> = filled.iter().map(|output| output.digest()).collect();
        if let Some(output) = &mut summary {
            output.fill(|out| write_summary(out, run, &digests, inputs, settings, params))?;
        }
        [unique, refusals, summary]
            .into_iter()
            .flatten()
            .chain([clusters])
            .try_for_each(Output::commit)
    }

    /// Only the refusals are worth keeping of a run that read nothing.
    fn write_refusals(&mut self, run: &Run, excel: bool) -> Result<(), output::Error> {
        let Some(refusals) = self.refusals.take() else { return Ok(()) };
        refusals.put(|out| write_refusals(out, &run.refusals, excel))
    }
}

/// Everything was refused: nothing is written.
pub(super) fn nothing_read(refused: usize) -> Failure {
    Failure::usage(anyhow!(
        "nothing could be read: no articles, {} refused",
        thousands(refused as u64)
    ))
}

/// The records of a second pass over the input, with the articles that they hold.
pub(super) fn originals(reader: read::Reader) -> impl Iterator<Item = (Article, Vec<u8>)> {
    reader.flat_map(read::Chunk::originals)
}

pub(super) fn use_threads(threads: usize) -> Result<(), Failure> {
    // The main thread is one of them: it would only wait for the others.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).use_current_thread();
    let built = pool.build_global();
    built.map_err(|error| {
        Failure::usage(anyhow::Error::new(error).context("cannot start the threads"))
    })
}

/// Whether more of the records are refused than the user allows; the output is written by now.
pub(super) fn verdict(
    running: &Running,
    refused: usize,
    &Counts { added, repeated, .. }: &Counts,
) -> Result<Exit, Failure> {
    let refused = refused as u64;
    let all = refused + added + repeated;
    let limit = running.max_refused.filter(|limit| limit.is_passed(refused, all));
    let rule = match limit {
        Some(limit) => format!("more than --max-refused {limit}"),
        None if running.strict && refused > 0 => "and --strict allows none".to_owned(),
        None => return Ok(Exit::Done),
    };
    let error =
        anyhow!("{} of {} records were refused, {rule}", thousands(refused), thousands(all));
    Err(Failure::new(Exit::Refused, error))
}
