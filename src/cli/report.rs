//! `samestory report`: what came in, on one screen and as a page.

use std::path::{Path, PathBuf};

use clap::Args;

use super::cluster::{nothing_read, use_threads};
use super::exit::{Exit, Failure};
use super::groups::{Judging, Reading};
use super::interrupt;
use super::outcome::say_notes;
use super::settings::Layers;
use super::tell::{Tell, screen, show};
use super::{targets, values};
use crate::model::{Grouping, Refusal};
use crate::params::Params;
use crate::pipeline::index::{Access, Index};
use crate::report::output::Output;
use crate::report::terminal::write_overview;
use crate::report::{Choice, Material, Overview, Since, Thresholds, html};
use crate::{pipeline, read};

/// Its options.
#[derive(Debug, Args)]
pub(super) struct Report {
    /// Files and folders of articles; - is standard input
    #[arg(required_unless_present = "index", conflicts_with = "index", value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Show what is in this index instead, under the settings it was built with
    #[arg(long, value_name = "DIR")]
    index: Option<PathBuf>,
    /// Write a page that opens in any browser and needs nothing else; - is standard output, and then nothing else is shown
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Only stories with an article since then: a date, or the last so many days or hours, as in 24h
    #[arg(long, value_name = "TIME", value_parser = values::since)]
    since: Option<Since>,
    /// How many stories are named
    #[arg(long, value_name = "N", default_value_t = 8)]
    top: usize,
    /// Only stories in these languages
    #[arg(long, value_name = "LANG", value_delimiter = ',')]
    lang: Vec<String>,
    /// Only stories that one of these outlets tells
    #[arg(long, value_name = "SOURCE", value_delimiter = ',')]
    source: Vec<String>,
    /// Only stories that this outlet does not have
    #[arg(long, value_name = "SOURCE")]
    own: Option<String>,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    judging: Judging,
}

pub(super) fn run(args: &Report, layers: &Layers, tell: &Tell) -> Result<Exit, Failure> {
    let (html, index) = (args.html.as_deref(), args.index.as_deref());
    targets::check([html], &args.inputs, &layers.files(), index)?;
    let pending = interrupt::watch();
    let page = Output::named(html, &pending)?;
    use_threads(0)?;
    let (grouping, refusals, params) = match &args.index {
        Some(folder) => stored(folder, &args.judging, tell)?,
        None => read_and_grouped(args, tell)?,
    };
    let thresholds = Thresholds {
        resemblance: params.min_resemblance,
        similarity: params.min_similarity,
        score: params.story_cut,
    };
    let decisions = &params.decisions;
    let material = Material { grouping: &grouping, refusals: &refusals, decisions, thresholds };
    let choice = Choice {
        since: args.since,
        langs: args.lang.clone(),
        sources: args.source.clone(),
        own: args.own.clone(),
    };
    for (option, outlet) in choice.unknown(&grouping) {
        tell.note(&format!("warning: {option} {outlet}: no article is of this outlet"));
    }
    let overview = Overview::new(material, choice.of(&grouping));
    let to_stdout = html == Some(Path::new("-"));
    if let Some(page) = page {
        page.put(|out| html::write_overview(out, &overview))?;
    }
    if to_stdout {
        return Ok(Exit::Done);
    }
    show(|out| write_overview(out, &overview, args.top, screen()))
}

/// What there is to report, and under which settings.
type Reported = (Grouping, Vec<Refusal>, Params);

fn read_and_grouped(args: &Report, tell: &Tell) -> Result<Reported, Failure> {
    let options = args.reading.options(&[])?;
    let reader = read::open(&args.inputs, options.clone()).map_err(Failure::usage)?;
    let params = args.judging.params();
    let progress = tell.progress("reading and grouping");
    let run = pipeline::cluster(reader, &params);
    drop(progress);
    let mut run = run.map_err(Failure::aside)?;
    args.judging.refuse(&mut run.refusals);
    say_notes(&run.notes, &options, &run.counts, tell);
    tell.refusals(&run.refusals, None);
    if run.grouping.articles.is_empty() {
        return Err(nothing_read(run.refusals.len()));
    }
    Ok((run.grouping, run.refusals, params))
}

fn stored(folder: &Path, judging: &Judging, tell: &Tell) -> Result<Reported, Failure> {
    judging.no_decisions()?;
    let index = Index::open(folder, Access::Read, &judging.params())?;
    let progress = tell.progress("grouping");
    let grouping = index.export();
    drop(progress);
    Ok((grouping?, Vec::new(), index.params().clone()))
}
