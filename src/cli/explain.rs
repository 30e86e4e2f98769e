//! `samestory explain`: every number that decides whether two articles belong together.

use anyhow::anyhow;

use super::args::Explain;
use super::exit::{Exit, Failure};
use super::tell::show;
use crate::{pipeline, read};

pub(super) fn run(args: &Explain) -> Result<Exit, Failure> {
    let named = [&args.a, &args.b].map(|name| name.as_str());
    let (inputs, ids) = if args.inputs.is_empty() {
        (named.map(str::to_owned).to_vec(), [only_id(args, named[0])?, only_id(args, named[1])?])
    } else {
        (args.inputs.clone(), named.map(str::to_owned))
    };
    if ids[0] == ids[1] {
        return Err(Failure::usage(anyhow!("{}: these are one and the same article", ids[0])));
    }
    let reader = read::open(&inputs, args.reading.options(&[])).map_err(Failure::usage)?;
    let found =
        pipeline::explain(reader, ids.each_ref().map(String::as_str), &args.judging.params());
    let explanation = found.map_err(Failure::aside)?.map_err(|id| {
        Failure::usage(anyhow!("no article has the id {id}"))
            .hint("name two files, or two ids and where to look for them with --in")
    })?;
    show(|out| write!(out, "{explanation}"))
}

/// The id of the article of a file that holds one.
fn only_id(args: &Explain, file: &str) -> Result<String, Failure> {
    let reader = read::open(&[file.to_owned()], args.reading.options(&[])).map_err(|error| {
        Failure::usage(error)
            .hint("name two files, or two ids and where to look for them with --in")
    })?;
    let mut articles = reader.flat_map(|chunk| chunk.parse().articles);
    match (articles.next(), articles.next()) {
        (Some(article), None) => Ok(article.id),
        (None, _) => Err(Failure::usage(anyhow!("{file}: no article in it"))),
        (Some(_), Some(_)) => {
            let hint = format!("name two ids, and the file with --in {file}");
            Err(Failure::usage(anyhow!("{file}: more than one article in it")).hint(hint))
        }
    }
}
