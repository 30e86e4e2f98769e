//! The one integration binary: each module is one door into the crate.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stderr)]

mod ages;
#[cfg(feature = "serve")]
mod asked;
#[cfg(feature = "serve")]
mod awaited;
mod backup;
mod bad_input;
mod clean;
mod cli;
mod columns;
mod crash;
mod damage;
mod datelines;
mod decisions;
#[cfg(feature = "serve")]
mod editors;
mod evaluate;
mod explained;
mod feeds;
mod formats;
mod glued;
mod groups;
#[cfg(feature = "serve")]
mod guarded;
mod index;
mod learn;
#[cfg(feature = "serve")]
mod listed;
mod made;
mod metrics;
mod named;
#[cfg(target_os = "linux")]
mod packaged;
mod page;
#[cfg(feature = "serve")]
mod paged;
#[cfg(feature = "parquet")]
mod parquet;
mod properties;
mod readme;
mod repeated;
mod report;
mod respelled;
mod samples;
#[cfg(target_os = "linux")]
mod scarce;
#[cfg(feature = "serve")]
mod served;
#[cfg(feature = "serve")]
mod service;
mod settings;
mod targets;
mod tidy;
mod titles;
mod twin;
mod uncompared;
#[cfg(feature = "serve")]
mod undone;
mod util;
#[cfg(feature = "serve")]
mod waiting;
#[cfg(feature = "parquet")]
mod worker;
