//! `samestory clean`: what is left of each article, as it is compared.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args as Group;
use serde_json::json;

use super::cluster::nothing_read;
use super::exit::{Exit, Failure};
use super::groups::{Cleaning, Reading};
use super::seen::Seen;
use super::settings::Layers;
use super::tell::Tell;
use super::{interrupt, targets};
use crate::model::Article;
use crate::read::Chunk;
use crate::report::output::Output;
use crate::stages::clean::{Cleaned, Dropped, clean_and_tell};
use crate::text::boilerplate::Boilerplate;

#[derive(Debug, Group)]
pub(super) struct Clean {
    /// Files and folders of articles; - is standard input
    #[arg(required = true, value_name = "INPUT")]
    pub(super) inputs: Vec<PathBuf>,
    /// Write here instead of to standard output
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// How articles are written
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "jsonl"])]
    pub(super) format: String,
    #[command(flatten)]
    pub(super) reading: Reading,
    #[command(flatten)]
    pub(super) cleaning: Cleaning,
}

pub(super) fn run(args: &Clean, layers: &Layers, tell: &Tell) -> Result<Exit, Failure> {
    targets::check([args.output.as_deref()], &args.inputs, &layers.files(), None)?;
    let pending = interrupt::watch();
    let mut seen = Seen::default();
    let reader = seen.open(&args.inputs, &args.reading)?;
    let mut output = Output::open(args.output.as_deref(), &pending)?;
    let learnt: Option<&Boilerplate> = args.cleaning.boilerplate.as_deref();
    let write = if args.format == "jsonl" { write_json } else { write_text };
    output.fill(|out| {
        for parsed in reader.map(Chunk::parse) {
            seen.articles(parsed).iter().try_for_each(|article| {
                let Article { id, source, title, text, .. } = article;
                let (cleaned, dropped) = clean_and_tell(learnt, source, title, text);
                let told = |d: &Dropped| tell.aside(&format!("{id}: {}: {}", d.rule, d.text));
                dropped.iter().for_each(told);
                write(out, id, cleaned)
            })?;
        }
        Ok(())
    })?;
    seen.say(tell);
    if seen.counts.read == 0 {
        return Err(nothing_read(seen.refusals.len()));
    }
    output.commit()?;
    Ok(Exit::Done)
}

fn write_text(out: &mut dyn Write, id: &str, cleaned: Cleaned<'_>) -> io::Result<()> {
    let Cleaned { title, text, .. } = cleaned;
    writeln!(out, "== {id}\n{title}\n\n{text}\n")
}

fn write_json(out: &mut dyn Write, id: &str, cleaned: Cleaned<'_>) -> io::Result<()> {
    let Cleaned { title, text, .. } = cleaned;
    writeln!(out, "{}", json!({ "id": id, "title": title, "text": text }))
}
