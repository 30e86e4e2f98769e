//! `samestory worker`: one stage, from Arrow on standard input to Arrow on standard output.

use std::io;
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use clap::Args as Group;

use super::args::SETTINGS;
use super::cluster::use_threads;
use super::exit::{Exit, Failure};
use super::groups::{Judging, Reading};
use super::memory;
use super::targets;
use super::tell::show;
use crate::pipeline::worker::{self, Settings};
use crate::report::{ArticleRows, Layout};

#[derive(Debug, Group)]
#[command(after_help = SETTINGS)]
pub(super) struct Worker {
    /// The stage; --describe lists them
    #[arg(required_unless_present_any = ["describe", "header"])]
    stage: Option<String>,
    /// Say what version this is and what the stages take and give, for a driver
    #[arg(long)]
    describe: bool,
    /// Write the header of the output as CSV
    #[arg(long)]
    header: bool,
    /// Do nothing unless this is that version
    #[arg(long, value_name = "VERSION")]
    expect: Option<String>,
    /// What the engine calls an input, and what the user calls it
    #[arg(long, value_name = "FROM=TO")]
    rename: Vec<String>,
    /// Sort the rows first, for engines that do not keep them in order
    #[arg(long)]
    sort: bool,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    judging: Judging,
    /// Carry these columns of the input through
    #[arg(long, value_name = "COLUMNS", env = "SAMESTORY_KEEP", value_delimiter = ',')]
    keep: Vec<String>,
}

pub(super) fn run(args: &Worker) -> Result<Exit, Failure> {
    let settings = settings(args)?;
    if args.describe {
        return show(|out| out.write_all(worker::describe(&settings).as_bytes()));
    }
    if args.header {
        let header = ArticleRows::new(&settings.options.keep).header();
        return show(|out| out.write_all(header.as_bytes()));
    }
    worker::check(args.expect.as_deref()).map_err(Failure::usage)?;
    // The engine runs a worker on each of its own threads.
    memory::keep_shortly();
    use_threads(1)?;
    let stage = args.stage.as_deref().unwrap_or_default();
    let done = worker::run(stage, io::stdin().lock(), io::stdout().lock(), &settings);
    let done = done.with_context(|| format!("worker {stage}"));
    done.map_err(Failure::usage)?;
    Ok(Exit::Done)
}

fn settings(args: &Worker) -> Result<Settings, Failure> {
    let params = args.judging.params();
    if !params.decisions.is_empty() {
        let error = anyhow!("editors' decisions are not applied past one machine");
        return Err(Failure::usage(error));
    }
    let options = args.reading.options(&targets::kept(&args.keep, Layout::Articles)?)?;
    let split = |pair: &String| {
        let (from, to) = pair.split_once('=')?;
        Some((from.to_owned(), to.to_owned()))
    };
    let rename = args.rename.iter().filter_map(split).collect();
    Ok(Settings { params, options: Arc::new(options), rename, sort: args.sort })
}
