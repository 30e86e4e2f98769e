//! `samestory learn`: from a corpus, what a later run can be told.

use std::path::PathBuf;

use anyhow::anyhow;
use clap::{Args as Group, Subcommand};

use super::args::SETTINGS;
use super::cluster::nothing_read;
use super::exit::{Exit, Failure};
use super::groups::Reading;
use super::seen::Seen;
use super::settings::Layers;
use super::tell::{Tell, counted};
use super::{interrupt, targets, values};
use crate::model::Article;
use crate::read::Chunk;
use crate::report::output::Output;
use crate::stages::clean::clean;
use crate::stages::learn::{Counted, Repeated};
use crate::text::boilerplate::Support;
use crate::text::learnt_terms::{ENOUGH, LearntTerms, to_bytes};

#[derive(Debug, Subcommand)]
pub(super) enum Learn {
    /// Find the lines and sentences that many articles of one source repeat, for --boilerplate
    #[command(after_help = SETTINGS)]
    Boilerplate(LearnBoilerplate),
    /// Count in how many articles terms are, for --terms
    #[command(after_help = SETTINGS)]
    Terms(Corpus),
}

#[derive(Debug, Group)]
pub(super) struct LearnBoilerplate {
    /// In how many articles of a source, under different titles, a text must be
    #[arg(long, value_name = "N", default_value_t = Support::default().min_articles)]
    pub(super) min_articles: u32,
    /// On how many days they must have been published
    #[arg(long, value_name = "N", default_value_t = Support::default().min_days)]
    pub(super) min_days: u32,
    /// What share of the source's articles they must be
    #[arg(long, value_name = "SHARE", default_value_t = Support::default().min_share, value_parser = values::number(0.0, 1.0))]
    pub(super) min_share: f64,
    // Last: what follows stands under the heading of its settings.
    #[command(flatten)]
    pub(super) corpus: Corpus,
}

/// Articles to learn from.
#[derive(Debug, Group)]
pub(super) struct Corpus {
    /// Files and folders of articles; - is standard input
    #[arg(required = true, value_name = "INPUT")]
    pub(super) inputs: Vec<PathBuf>,
    /// Write here
    #[arg(short, long, value_name = "FILE", required = true)]
    pub(super) output: PathBuf,
    #[command(flatten)]
    pub(super) reading: Reading,
}

pub(super) fn run(learn: &Learn, layers: &Layers, tell: &Tell) -> Result<Exit, Failure> {
    let (Learn::Boilerplate(LearnBoilerplate { corpus, .. }) | Learn::Terms(corpus)) = learn;
    targets::check([Some(&corpus.output)], &corpus.inputs, &layers.files(), None)?;
    match learn {
        Learn::Boilerplate(args) => boilerplate(args, tell),
        Learn::Terms(args) => terms(args, tell),
    }
}

fn boilerplate(args: &LearnBoilerplate, tell: &Tell) -> Result<Exit, Failure> {
    let &LearnBoilerplate { min_articles, min_days, min_share, .. } = args;
    let mut repeated = Repeated::default();
    let output = read_all(&args.corpus, tell, |article| {
        repeated.add(article, &clean(&article.title, &article.text));
    })?;
    let learnt = repeated.learn(Support { min_articles, min_days, min_share });
    write(output, learnt.to_lines().as_bytes())?;
    let (sources, texts) = learnt.counts();
    tell.note(&format!(
        "{} of {}",
        counted(texts, "repeated text", "repeated texts"),
        counted(sources, "source", "sources")
    ));
    Ok(Exit::Done)
}

fn terms(args: &Corpus, tell: &Tell) -> Result<Exit, Failure> {
    let mut counted = Counted::default();
    let output = read_all(args, tell, |article| {
        counted.add(article, &clean(&article.title, &article.text));
    })?;
    let counted = counted.learn();
    let file = to_bytes(&counted);
    let learnt = LearntTerms::from_bytes(&file).map_err(|error| Failure::usage(anyhow!(error)))?;
    if learnt.languages().is_empty() {
        let most = counted.iter().map(|of_language| of_language.articles).max().unwrap_or(0);
        return Err(Failure::usage(anyhow!(
            "{ENOUGH} articles of one language make a table, and there are {most}"
        )));
    }
    for (language, articles, rows) in learnt.languages() {
        tell.note(&format!("{language}: {rows} terms from {articles} articles"));
    }
    write(output, &file)?;
    Ok(Exit::Done)
}

/// Calls `each` with every article; gives the output that waits for what is learnt.
fn read_all(
    corpus: &Corpus,
    tell: &Tell,
    mut each: impl FnMut(&Article),
) -> Result<Output, Failure> {
    let pending = interrupt::watch();
    let mut seen = Seen::default();
    let reader = seen.open(&corpus.inputs, &corpus.reading)?;
    let output = Output::open(Some(&corpus.output), &pending)?;
    for parsed in reader.map(Chunk::parse) {
        seen.articles(parsed).iter().for_each(&mut each);
    }
    seen.say(tell);
    if seen.counts.read == 0 { Err(nothing_read(seen.refusals.len())) } else { Ok(output) }
}

fn write(output: Output, bytes: &[u8]) -> Result<(), Failure> {
    Ok(output.put(|out| out.write_all(bytes))?)
}
