//! `samestory serve`: an index over HTTP, until it is told to stop.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context as _, anyhow};
use clap::Args as Group;

use super::exit::{Exit, Failure};
use super::groups::{Judging, Records};
use super::index_args::{Indexing, Keeping};
use super::tell::{self, Tell};
use super::update::{ROOM, folder};
use super::{interrupt, targets, values};
use crate::service::{self, Error, Limits, Tokens};

pub(super) const TOKENS: &str = "The file of --tokens has a line for each token: role, name and token, parted by spaces. \
A reader looks, a feeder also adds articles, an editor also decides. Without --tokens the lines are taken from the \
environment variable SAMESTORY_TOKEN_LIST; without either, everybody on this machine may do everything, and nobody else anything.";

#[derive(Debug, Group)]
pub(super) struct Serve {
    #[command(flatten)]
    pub(super) indexing: Indexing,
    /// Where to listen
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:7878")]
    pub(super) listen: SocketAddr,
    /// Who may do what
    #[arg(long, value_name = "FILE")]
    pub(super) tokens: Option<PathBuf>,
    /// Requests of one caller a second; 429 beyond
    #[arg(long, value_name = "N", default_value_t = Limits::default().rate.rate as u32, value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) rate: u32,
    /// Megabytes of one request, whatever --max-record allows; 413 beyond
    #[arg(long, value_name = "N", default_value_t = (Limits::default().body >> 20) as u32, value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(super) max_body: u32,
    #[command(flatten)]
    pub(super) keeping: Keeping,
    /// How many threads group articles, at most 1024; 0 is as many as the machine has
    #[arg(long, value_name = "N", env = "SAMESTORY_THREADS", default_value_t = 0, value_parser = values::threads())]
    pub(super) threads: usize,
    #[command(flatten)]
    pub(super) reading: Records,
    #[command(flatten)]
    pub(super) judging: Judging,
}

pub(super) fn run(args: &Serve, tell: &Tell) -> Result<Exit, Failure> {
    args.judging.no_decisions()?;
    let tokens = tokens(args)?;
    let reading = args.reading.options(&[])?;
    // This thread waits for requests, so it is none of those that group.
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(args.threads)
        .start_handler(|_| service::step_back());
    pool.build_global().context("cannot start the threads").map_err(Failure::usage)?;
    let rate = f64::from(args.rate);
    let limits = Limits {
        rate: service::Limit { rate, burst: 2.0 * rate },
        body: (args.max_body as usize) << 20,
        ..Limits::default()
    };
    let options = service::Options {
        index: folder(&args.indexing)?.to_owned(),
        params: args.judging.params(),
        owners: targets::owners(&reading.outlets),
        store_text_days: args.keeping.store_text.map_or(f64::INFINITY, |days| days.0),
        retain_days: args.keeping.retain.map(|days| days.0),
        reading,
        tokens,
        limits,
    };
    let ended = interrupt::asked().map_err(Failure::usage)?;
    let ready = |address| tell.note(&format!("listening on http://{address}"));
    service::serve(options, args.listen, ready, tell::alarm, ended)?;
    tell.note("stopped");
    Ok(Exit::Done)
}

fn tokens(args: &Serve) -> Result<Option<Tokens>, Failure> {
    let (name, text) = match &args.tokens {
        Some(file) => {
            let read = std::fs::read_to_string(file);
            let read = read.with_context(|| format!("cannot read {}", file.display()));
            (file.display().to_string(), read.map_err(Failure::usage)?)
        }
        None => match std::env::var("SAMESTORY_TOKEN_LIST") {
            Ok(text) => ("SAMESTORY_TOKEN_LIST".to_owned(), text),
            Err(_) => return Ok(None),
        },
    };
    let tokens =
        Tokens::parse(&text).map_err(|fault| Failure::usage(anyhow!("{name}: {fault}")))?;
    Ok(Some(tokens))
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Index(error) => error.into(),
            Error::Open(_) => {
                Self::usage(error).hint("--tokens FILE says who may do what; behind a reverse proxy that speaks TLS a loopback address is enough")
            }
            Error::Listen { .. } => Self::usage(error).hint("--listen names another address or port"),
            Error::Threads(_) => Self::usage(error),
            Error::Io { .. } => Self::new(Exit::Unwritable, error).hint(ROOM),
        }
    }
}
