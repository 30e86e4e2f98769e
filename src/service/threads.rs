//! The threads of a service, where the system may give none.

use std::io;
use std::num::NonZero;
use std::thread::{Builder, JoinHandle};

use tokio::runtime::{self, Runtime};

use super::Error;

/// Threads beside those of the runtime: for what comes in, for the index, for the end, and the first that looks at the index.
const BESIDE: usize = 4;

/// Starts a thread.
///
/// # Errors
/// The system gives none.
pub(super) fn start(work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, Error> {
    Builder::new().spawn(work).map_err(Error::Threads)
}

/// What answers requests.
///
/// # Errors
/// The system does not give the threads that a service needs.
pub(super) fn runtime() -> Result<Runtime, Error> {
    let workers = std::thread::available_parallelism().map_or(1, NonZero::get);
    // Where one of its threads cannot be started the runtime panics, and waits for the others for ever.
    room(workers + BESIDE).map_err(Error::Threads)?;
    let mut builder = runtime::Builder::new_multi_thread();
    builder.worker_threads(workers).enable_all().build().map_err(Error::Threads)
}

/// Whether so many threads can be there at once: they are started, and ended.
fn room(threads: usize) -> io::Result<()> {
    let mut started = Vec::new();
    let all = (0..threads).try_for_each(|_| {
        started.push(Builder::new().spawn(std::thread::park)?);
        Ok(())
    });
    for thread in started {
        thread.thread().unpark();
        // It did nothing that could fail.
        let _ = thread.join();
    }
    all
}
