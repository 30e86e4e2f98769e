//! `samestory clean`: what is left of each article, as it is compared.

use std::io::{self, Write};

use serde_json::json;

use super::args::Clean;
use super::cluster::nothing_read;
use super::exit::{Exit, Failure};
use super::interrupt;
use super::tell::Tell;
use crate::model::Article;
use crate::read::{self, Chunk};
use crate::report::output::Output;
use crate::stages::clean::{Cleaned, clean};

pub(super) fn run(args: &Clean, tell: &Tell) -> Result<Exit, Failure> {
    let pending = interrupt::watch();
    let reader = read::open(&args.inputs, args.reading.options(&[])).map_err(Failure::usage)?;
    let mut output = Output::open(args.output.as_deref(), &pending)?;
    let write = if args.format == "jsonl" { write_json } else { write_text };
    let (mut articles, mut refusals) = (0, Vec::new());
    output.fill(|out| {
        for parsed in reader.map(Chunk::parse) {
            articles += parsed.articles.len();
            refusals.extend(parsed.refusals);
            parsed.articles.iter().try_for_each(|article| write(out, article))?;
        }
        Ok(())
    })?;
    tell.refusals(&refusals);
    if articles == 0 && !refusals.is_empty() {
        return Err(nothing_read(refusals.len()));
    }
    output.commit()?;
    Ok(Exit::Done)
}

fn write_text(out: &mut dyn Write, article: &Article) -> io::Result<()> {
    let Cleaned { title, text, .. } = clean(&article.title, &article.text);
    writeln!(out, "== {}\n{title}\n\n{text}\n", article.id)
}

fn write_json(out: &mut dyn Write, article: &Article) -> io::Result<()> {
    let Cleaned { title, text, .. } = clean(&article.title, &article.text);
    writeln!(out, "{}", json!({ "id": article.id, "title": title, "text": text }))
}
