//! The one integration binary: each module is one door into the crate.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stderr)]

mod bad_input;
mod clean;
mod cli;
mod columns;
mod crash;
mod evaluate;
mod feeds;
mod formats;
mod groups;
mod index;
mod learn;
mod metrics;
mod page;
#[cfg(feature = "parquet")]
mod parquet;
mod properties;
mod readme;
mod report;
mod samples;
mod tidy;
mod util;
#[cfg(feature = "parquet")]
mod worker;
