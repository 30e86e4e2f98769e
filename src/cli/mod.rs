//! The command line: arguments to calls of the library, results to exit codes. Only here is clap known.

mod args;
mod asked;
mod clean;
mod cluster;
mod config;
mod decided;
mod evaluate;
mod exit;
mod explain;
mod groups;
mod index;
mod index_args;
mod interrupt;
mod knobs;
mod labels;
mod learn;
mod manual;
mod matches;
mod memory;
mod outcome;
mod pairs;
mod plot;
mod report;
mod rows;
mod seen;
#[cfg(feature = "serve")]
mod serve;
mod settings;
mod summary;
mod sweep;
mod swept;
mod targets;
mod tell;
mod update;
mod values;
#[cfg(feature = "parquet")]
mod worker;
mod worst;

use std::ffi::OsString;

pub use exit::Exit;

use args::Command;
use exit::Failure;
use settings::{Layers, Parsed};
use tell::Tell;

/// Runs the command that `typed` asks for, its own name first, and says why if it fails.
pub fn run(typed: &[OsString]) -> Exit {
    interrupt::not_by_long_files();
    let layers = match settings::parse(typed) {
        Ok(Parsed::Run(layers)) => layers,
        Ok(Parsed::Info(info)) => {
            // Help for a reader who has gone is no failure.
            let _ = info.print();
            return Exit::Done;
        }
        Err(failure) => return fail(&Tell::new(false, false), &failure),
    };
    let tell = Tell::new(layers.args.shared.quiet, layers.args.shared.verbose);
    call(&layers, &tell).unwrap_or_else(|failure| fail(&tell, &failure))
}

fn call(layers: &Layers, tell: &Tell) -> Result<Exit, Failure> {
    match &layers.args.command {
        Command::Cluster(args) => cluster::run(args, layers, tell),
        Command::Update(args) => update::run(args, layers, tell),
        Command::Index(verb) => index::run(verb, layers, tell),
        #[cfg(feature = "serve")]
        Command::Serve(args) => serve::run(args, tell),
        Command::Clean(args) => clean::run(args, layers, tell),
        Command::Report(args) => report::run(args, layers, tell),
        Command::Explain(args) => explain::run(args, layers, tell),
        Command::Evaluate(args) => evaluate::run(args, layers, tell),
        Command::Learn(args) => learn::run(args, layers, tell),
        #[cfg(feature = "parquet")]
        Command::Worker(args) => worker::run(args, layers),
        Command::Config(args) => config::run(args, layers, tell),
        Command::Completions(args) => manual::completions(args),
        Command::Man(args) => manual::man(args),
    }
}

fn fail(tell: &Tell, failure: &Failure) -> Exit {
    tell.failure(failure);
    failure.exit
}
