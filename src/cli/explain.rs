//! `samestory explain`: every number that decides whether two articles belong together, and how a story came together.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::Args as Group;
use serde::Serialize;

use super::cluster::use_threads;
use super::exit::{Exit, Failure};
use super::groups::{Judging, Reading};
use super::seen::Seen;
use super::settings::Layers;
use super::tell::{Tell, screen, show};
use super::{interrupt, targets};
use crate::model::Article;
use crate::model::explain::Explanation;
use crate::pipeline;
use crate::pipeline::index::{Access, Index};
use crate::report::output::Output;
use crate::report::{html, printable_json, terminal};

#[derive(Debug, Group)]
pub(super) struct Explain {
    /// The id of an article, or a file that holds it; alone, the id of a story or of an article in it
    pub(super) a: OsString,
    /// The other article
    pub(super) b: Option<OsString>,
    /// Look for them in these files and folders
    #[arg(long = "in", value_name = "INPUT", num_args = 1..)]
    pub(super) inputs: Vec<PathBuf>,
    /// Look for them in this index, under the settings it was built with
    #[arg(long, value_name = "DIR", conflicts_with = "inputs")]
    pub(super) index: Option<PathBuf>,
    /// How it is shown
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json"])]
    pub(super) format: String,
    /// Write it as a page instead
    #[arg(long, value_name = "FILE", conflicts_with = "format")]
    pub(super) html: Option<PathBuf>,
    #[command(flatten)]
    pub(super) reading: Reading,
    #[command(flatten)]
    pub(super) judging: Judging,
}

/// Explained, or the id that no article has.
type Found = std::result::Result<Explanation, String>;

const NAMES: &str = "name two files, or two ids and where to look for them with --in or --index";

pub(super) fn run(args: &Explain, layers: &Layers, tell: &Tell) -> Result<Exit, Failure> {
    let mut read = args.inputs.clone();
    // Where nothing says where to look, the articles are files.
    if args.inputs.is_empty() && args.index.is_none() {
        read.extend([Some(&args.a), args.b.as_ref()].into_iter().flatten().map(PathBuf::from));
    }
    targets::check([args.html.as_deref()], &read, &layers.files(), args.index.as_deref())?;
    if args.index.is_some() {
        args.judging.no_decisions()?;
    }
    use_threads(0)?;
    let mut seen = Seen::default();
    args.judging.refuse(&mut seen.refusals);
    let done = match &args.b {
        Some(b) => pair(args, b, &mut seen),
        None => story(args, &mut seen),
    };
    seen.refusals.sort();
    // A file that is named as an article is read once more for its id.
    seen.refusals.dedup();
    seen.say(tell);
    done
}

fn pair(args: &Explain, b: &OsStr, seen: &mut Seen) -> Result<Exit, Failure> {
    let named = [&*args.a, b];
    let explanation = match &args.index {
        Some(folder) => in_index(args, folder, &named.map(id))?,
        None => in_inputs(args, named, seen)?,
    };
    let explanation = explanation
        .map_err(|id| Failure::usage(anyhow!("no article has the id {id}")).hint(NAMES))?;
    put(
        args,
        &explanation,
        |out| html::write_explanation(out, &explanation),
        |out| terminal::write_explanation(out, &explanation, screen()),
    )
}

/// What is typed as an id: no id has what is not UTF-8.
fn id(typed: &OsStr) -> String {
    typed.to_string_lossy().into_owned()
}

fn in_index(args: &Explain, folder: &Path, ids: &[String; 2]) -> Result<Found, Failure> {
    let ids = ids.each_ref().map(String::as_str);
    differ(ids)?;
    let params = args.judging.params();
    Ok(Index::open(folder, Access::Read, &params)?.explain(ids, &params)?)
}

fn in_inputs(args: &Explain, named: [&OsStr; 2], seen: &mut Seen) -> Result<Found, Failure> {
    let (inputs, ids) = if args.inputs.is_empty() {
        let files = named.map(PathBuf::from);
        let [a, b] = &files;
        let ids = [only_id(args, a, seen)?, only_id(args, b, seen)?];
        (files.to_vec(), ids)
    } else {
        (args.inputs.clone(), named.map(id))
    };
    let ids = ids.each_ref().map(String::as_str);
    differ(ids)?;
    let found = pipeline::explain(articles(args, &inputs, seen)?, ids, &args.judging.params());
    found.map_err(Failure::aside)
}

fn differ([a, b]: [&str; 2]) -> Result<(), Failure> {
    if a == b {
        return Err(Failure::usage(anyhow!("{a}: these are one and the same article")));
    }
    Ok(())
}

fn story(args: &Explain, seen: &mut Seen) -> Result<Exit, Failure> {
    let (params, named) = (args.judging.params(), id(&args.a));
    let tree = if let Some(folder) = &args.index {
        Index::open(folder, Access::Read, &params)?.explain_story(&named)?
    } else if args.inputs.is_empty() {
        return Err(Failure::usage(anyhow!("{named}: of which articles?")).hint(NAMES));
    } else {
        let found = pipeline::explain_story(articles(args, &args.inputs, seen)?, &named, &params);
        found.map_err(Failure::aside)?.ok()
    };
    let tree = tree.ok_or_else(|| {
        Failure::usage(anyhow!("no story and no article has the id {named}")).hint(NAMES)
    })?;
    put(
        args,
        &tree,
        |out| html::write_story(out, &tree),
        |out| terminal::write_tree(out, &tree, screen()),
    )
}

/// Shows what was found in the form that was asked for.
fn put(
    args: &Explain,
    found: &impl Serialize,
    html: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    text: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<Exit, Failure> {
    if let Some(file) = args.html.as_deref().filter(|file| *file != Path::new("-")) {
        Output::open(Some(file), &interrupt::watch())?.put(html)?;
        return Ok(Exit::Done);
    }
    match (&args.html, args.format.as_str()) {
        (Some(_), _) => show(html),
        (None, "json") => show(|out| {
            let json = serde_json::to_string_pretty(found)?;
            writeln!(out, "{}", printable_json(&json))
        }),
        _ => show(text),
    }
}

/// The articles of some inputs, chunk by chunk.
fn articles<'a>(
    args: &Explain,
    inputs: &[PathBuf],
    seen: &'a mut Seen,
) -> Result<impl Iterator<Item = Vec<Article>> + use<'a>, Failure> {
    let reader = seen.open(inputs, &args.reading)?;
    Ok(reader.map(|chunk| seen.articles(chunk.parse())))
}

/// The id of the article of a file that holds one.
fn only_id(args: &Explain, file: &Path, seen: &mut Seen) -> Result<String, Failure> {
    let mut once = Seen::default();
    let found = articles(args, &[file.to_owned()], &mut once);
    let found = found.map_err(|failure| failure.hint(NAMES))?;
    let mut articles = found.flatten();
    let shown = file.display();
    let first_two = (articles.next(), articles.next());
    drop(articles);
    seen.refusals.extend(once.refusals);
    match first_two {
        (Some(article), None) => Ok(article.id),
        (None, _) => Err(Failure::usage(anyhow!("{shown}: no article in it"))),
        (Some(_), Some(_)) => {
            let hint = format!("name two ids, and the file with --in {shown}");
            Err(Failure::usage(anyhow!("{shown}: more than one article in it")).hint(hint))
        }
    }
}
