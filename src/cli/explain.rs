//! `samestory explain`: every number that decides whether two articles belong together, and how a story came together.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::Args as Group;

use super::args::{Judging, Reading};
use super::exit::{Exit, Failure};
use super::tell::{screen, show};
use super::{interrupt, targets};
use crate::model::Article;
use crate::report::output::Output;
use crate::report::{html, terminal};
use crate::{pipeline, read};

#[derive(Debug, Group)]
pub(super) struct Explain {
    /// The id of an article, or a file that holds it; alone, the id of a story or of an article in it
    pub(super) a: String,
    /// The other article
    pub(super) b: Option<String>,
    /// Look for them in these files and folders
    #[arg(long = "in", value_name = "INPUT", num_args = 1..)]
    pub(super) inputs: Vec<String>,
    /// How it is shown
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json"])]
    pub(super) format: String,
    /// Write it as a page instead
    #[arg(long, value_name = "FILE")]
    pub(super) html: Option<PathBuf>,
    #[command(flatten)]
    pub(super) reading: Reading,
    #[command(flatten)]
    pub(super) judging: Judging,
}

const NAMES: &str = "name two files, or two ids and where to look for them with --in";

pub(super) fn run(args: &Explain) -> Result<Exit, Failure> {
    targets::check([args.html.as_deref()], &args.inputs, false)?;
    match &args.b {
        Some(b) => pair(args, b),
        None => story(args),
    }
}

fn pair(args: &Explain, b: &str) -> Result<Exit, Failure> {
    let named = [args.a.as_str(), b];
    let (inputs, ids) = if args.inputs.is_empty() {
        (named.map(str::to_owned).to_vec(), [only_id(args, named[0])?, only_id(args, named[1])?])
    } else {
        (args.inputs.clone(), named.map(str::to_owned))
    };
    if ids[0] == ids[1] {
        return Err(Failure::usage(anyhow!("{}: these are one and the same article", ids[0])));
    }
    let ids = ids.each_ref().map(String::as_str);
    let found = pipeline::explain(articles(args, &inputs)?, ids, &args.judging.params());
    let found = found.map_err(Failure::aside)?;
    let explanation =
        found.map_err(|id| Failure::usage(anyhow!("no article has the id {id}")).hint(NAMES))?;
    let json = |out: &mut dyn Write| Ok(serde_json::to_writer_pretty(out, &explanation)?);
    put(
        args,
        json,
        |out| html::write_explanation(out, &explanation),
        |out| terminal::write_explanation(out, &explanation, screen()),
    )
}

fn story(args: &Explain) -> Result<Exit, Failure> {
    if args.inputs.is_empty() {
        return Err(Failure::usage(anyhow!("{}: of which articles?", args.a)).hint(NAMES));
    }
    let articles = articles(args, &args.inputs)?;
    let found = pipeline::explain_story(articles, &args.a, &args.judging.params());
    let tree = found.map_err(Failure::aside)?.map_err(|name| {
        Failure::usage(anyhow!("no story and no article has the id {name}")).hint(NAMES)
    })?;
    let json = |out: &mut dyn Write| Ok(serde_json::to_writer_pretty(out, &tree)?);
    put(
        args,
        json,
        |out| html::write_story(out, &tree),
        |out| terminal::write_tree(out, &tree, screen()),
    )
}

/// Shows what was found in the form that was asked for.
fn put(
    args: &Explain,
    json: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    html: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    text: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<Exit, Failure> {
    if let Some(file) = args.html.as_deref().filter(|file| *file != Path::new("-")) {
        let mut page = Output::open(Some(file), &interrupt::watch())?;
        page.fill(html)?;
        page.commit()?;
        return Ok(Exit::Done);
    }
    match (&args.html, args.format.as_str()) {
        (Some(_), _) => show(html),
        (None, "json") => show(|out| {
            json(out)?;
            writeln!(out)
        }),
        _ => show(text),
    }
}

/// The articles of some inputs, chunk by chunk.
fn articles(
    args: &Explain,
    inputs: &[String],
) -> Result<impl Iterator<Item = Vec<Article>> + use<>, Failure> {
    let reader = read::open(inputs, args.reading.options(&[])).map_err(Failure::usage)?;
    Ok(reader.map(|chunk| chunk.parse().articles))
}

/// The id of the article of a file that holds one.
fn only_id(args: &Explain, file: &str) -> Result<String, Failure> {
    let found = articles(args, &[file.to_owned()]).map_err(|failure| failure.hint(NAMES))?;
    let mut articles = found.flatten();
    match (articles.next(), articles.next()) {
        (Some(article), None) => Ok(article.id),
        (None, _) => Err(Failure::usage(anyhow!("{file}: no article in it"))),
        (Some(_), Some(_)) => {
            let hint = format!("name two ids, and the file with --in {file}");
            Err(Failure::usage(anyhow!("{file}: more than one article in it")).hint(hint))
        }
    }
}
