//! `samestory explain`: every number that decides whether two articles belong together.

use anyhow::anyhow;

use super::args::Explain;
use super::cluster::articles;
use super::exit::{Exit, Failure};
use super::seam;
use super::tell::show;
use crate::model::Article;
use crate::read;

pub(super) fn run(args: &Explain) -> Result<Exit, Failure> {
    let [a, b] = if args.inputs.is_empty() {
        [only_article(args, &args.a)?, only_article(args, &args.b)?]
    } else {
        find_both(args)?
    };
    let text = seam::explain(&a, &b, &args.judging.params());
    show(|out| out.write_all(text.as_bytes()))
}

/// The article of a file that holds one.
fn only_article(args: &Explain, file: &str) -> Result<Article, Failure> {
    let reader = read::open(&[file.to_owned()], args.reading.options(&[])).map_err(|error| {
        Failure::usage(error)
            .hint("name two files, or two ids and where to look for them with --in")
    })?;
    let mut found = articles(reader);
    match (found.next(), found.next()) {
        (Some(article), None) => Ok(article),
        (None, _) => Err(Failure::usage(anyhow!("{file}: no article in it"))),
        (Some(_), Some(_)) => {
            let hint = format!("name two ids, and the file with --in {file}");
            Err(Failure::usage(anyhow!("{file}: more than one article in it")).hint(hint))
        }
    }
}

/// The two articles with these ids, wherever they are among the inputs.
fn find_both(args: &Explain) -> Result<[Article; 2], Failure> {
    let reader = read::open(&args.inputs, args.reading.options(&[])).map_err(Failure::usage)?;
    let mut found = [None, None];
    for article in articles(reader) {
        for (found, id) in found.iter_mut().zip([&args.a, &args.b]) {
            if found.is_none() && article.id == **id {
                *found = Some(article.clone());
            }
        }
    }
    let [a, b] = found;
    let known = |found: Option<Article>, id: &str| {
        found.ok_or_else(|| Failure::usage(anyhow!("no article has the id {id}")))
    };
    Ok([known(a, &args.a)?, known(b, &args.b)?])
}
