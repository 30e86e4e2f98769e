//! `samestory clean`: what is left of each article, as it is compared.

use serde_json::json;

use super::args::Clean;
use super::exit::{Exit, Failure};
use super::interrupt;
use crate::read;
use crate::report::output::Output;
use crate::stages::clean::clean;

pub(super) fn run(args: &Clean) -> Result<Exit, Failure> {
    let pending = interrupt::watch();
    let reader = read::open(&args.inputs, args.reading.options(&[])).map_err(Failure::usage)?;
    let mut output = Output::open(args.output.as_deref(), &pending)?;
    let as_json = args.format == "jsonl";
    output.fill(|out| {
        for article in reader.flat_map(|chunk| chunk.parse().articles) {
            let cleaned = clean(&article.title, &article.text);
            let (title, text) = (cleaned.title, cleaned.text);
            if as_json {
                writeln!(out, "{}", json!({ "id": article.id, "title": title, "text": text }))?;
            } else {
                writeln!(out, "== {}\n{title}\n\n{text}\n", article.id)?;
            }
        }
        Ok(())
    })?;
    output.commit()?;
    Ok(Exit::Done)
}
