//! `samestory worker`: one stage, from Arrow on standard input to Arrow on standard output.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use clap::Args as Group;
use clap::builder::NonEmptyStringValueParser;
use serde_json::json;

use super::args::SETTINGS;
use super::cluster::use_threads;
use super::exit::{Exit, Failure};
use super::groups::{Judging, Reading};
use super::memory;
use super::settings::Layers;
use super::targets;
use super::tell::show;
use crate::pipeline::worker::{self, Settings};
use crate::read::{self, Listed};
use crate::report::{ArticleRows, Layout, fixed_columns};

#[derive(Debug, Group)]
#[command(after_help = SETTINGS)]
pub(super) struct Worker {
    /// The stage; --describe lists them
    #[arg(required_unless_present_any = ["describe", "header", "list"])]
    stage: Option<String>,
    /// Say, for a driver, what the settings come to, what version this is and what the stages take and give
    #[arg(long)]
    describe: bool,
    /// Write the header of the output as CSV
    #[arg(long)]
    header: bool,
    /// Do nothing unless this is that version
    #[arg(long, value_name = "VERSION")]
    expect: Option<String>,
    /// List the files of this input of `cluster`, as JSON Lines
    #[arg(long, value_name = "INPUT")]
    list: Vec<PathBuf>,
    /// Sort the rows first, for engines that do not keep them in order
    #[arg(long)]
    sort: bool,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    judging: Judging,
    /// Carry these columns of the input through
    #[arg(long, value_name = "COLUMNS", env = "SAMESTORY_KEEP", value_delimiter = ',', value_parser = NonEmptyStringValueParser::new())]
    keep: Vec<String>,
}

pub(super) fn run(args: &Worker, layers: &Layers) -> Result<Exit, Failure> {
    let settings = settings(args)?;
    if args.describe {
        let flags = layers.flags();
        return show(|out| write!(out, "{}\n{}", json!(flags), worker::describe(&settings)));
    }
    if args.header {
        let header = ArticleRows::new(&settings.options.keep).header();
        return show(|out| out.write_all(header.as_bytes()));
    }
    if !args.list.is_empty() {
        return list(&args.list, &settings);
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
    let keep = targets::kept(&args.keep, Layout::Articles)?;
    nameable(&keep)?;
    let options = args.reading.options(&keep)?;
    Ok(Settings { params, options: Arc::new(options), sort: args.sort })
}

/// Refuses columns that an engine could not have beside those of the output: it may take `Title` for `title`, and cannot
/// quote a name with a quote.
fn nameable(keep: &[String]) -> Result<(), Failure> {
    let mut names: Vec<String> =
        fixed_columns(Layout::Articles).iter().map(|&name| name.to_owned()).collect();
    for name in keep {
        let lower = name.to_lowercase();
        let why = if names.contains(&lower) {
            "engines take it for another column of the output, whose name differs in case only"
        } else if name.contains('`') || lower.starts_with("samestory_") {
            "no engine can name this column"
        } else {
            names.push(lower);
            continue;
        };
        return Err(Failure::usage(anyhow!("--keep {name}: {why}")));
    }
    Ok(())
}

/// Says which files the inputs come to, before anything is read: what `cluster` refuses is refused here.
fn list(inputs: &[PathBuf], settings: &Settings) -> Result<Exit, Failure> {
    if let Some(input) = targets::only_once(inputs) {
        return Err(Failure::usage(anyhow!("{input} can be read by one machine only"))
            .hint("put the articles into a file first"));
    }
    let files = read::listed(inputs, &settings.options).map_err(Failure::usage)?;
    show(|out| {
        files.iter().try_for_each(|Listed { file, place }| {
            let line = match place {
                Ok((path, size)) => {
                    json!({ "file": file, "path": path.to_string_lossy(), "size": size })
                }
                Err(reason) => json!({ "file": file, "refusal": reason }),
            };
            writeln!(out, "{line}")
        })
    })
}
