//! The HTTP service and the editors' page: articles in, stories out, decisions by hand.
//!
//! ```text
//! request > guard > api, page > looks    (readers of the index, beside everything)
//!                             > intake   (one thread: written down in the journal, then answered)
//!                             > writer   (one thread: journal to index, decisions, events)
//! ```

mod api;
mod client;
mod decide;
mod fault;
mod guard;
mod intake;
mod listen;
mod metrics;
mod page;
mod problem;
mod rate;
mod review;
mod state;
mod texts;
mod threads;
mod tokens;
mod version;
mod writer;

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, RwLock, mpsc};
use std::thread::JoinHandle;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use tokio::sync::{Semaphore, broadcast};
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::CsrfLayer;

pub use client::{hand_over, holds};
pub use rate::Limit;
pub use state::{App, Limits, Options};
pub use tokens::{Role, Tokens};
pub use writer::step_back;

use crate::pipeline::index::{self, Access, Index};
use crate::pipeline::lookup::Lookup;
use crate::store::Journal;

/// Why a service cannot run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Without tokens only this machine is served.
    #[error("{0}: without tokens only a loopback address can be listened on")]
    Open(SocketAddr),
    /// The address cannot be listened on.
    #[error("{address}: cannot be listened on")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// The system does not give it its threads.
    #[error("cannot start the threads")]
    Threads(#[source] std::io::Error),
    /// The system refuses something else.
    #[error("{path}: {cause}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// The index cannot be used.
    #[error(transparent)]
    Index(#[from] index::Error),
}

/// A service that takes requests; it ends when it is told to.
pub struct Service {
    app: Arc<App>,
    threads: Vec<JoinHandle<()>>,
}

/// Requests that wait to be written down.
const WAITING: usize = 512;
/// Events that somebody slow can be behind.
const BEHIND: usize = 4_096;

impl Service {
    /// Opens the index for as long as the service lives and starts its threads. `tell` is told why articles are not taken,
    /// a line when that begins, changes or ends.
    ///
    /// # Errors
    /// The index or the journal cannot be used, or the threads cannot be started.
    pub fn start(
        mut options: Options,
        tell: impl Fn(&str) + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        let mut index = Index::open(&options.index, Access::Create, &options.params)?;
        options.params = index.params().clone();
        let lookup = Lookup::new(&options.params, options.limits.recent);
        let open = || Journal::open(&options.index);
        let (intake_journal, mut writer_journal, texts) = (open()?, open()?, open()?);
        let urandom = |cause| Error::Io { path: "/dev/urandom".into(), cause };
        let (secret, run) =
            (state::random(32).map_err(urandom)?, state::random(4).map_err(urandom)?);
        let (intake, requests) = mpsc::sync_channel(WAITING);
        let (writer, orders) = mpsc::channel();
        let limits = options.limits;
        let app = Arc::new(App {
            tokens: options.tokens.take().unwrap_or_default(),
            looks: state::Looks::new(options.index.clone()),
            lookup: RwLock::new(lookup),
            intake: Mutex::new(Some(intake)),
            accepting: Mutex::default(),
            writer,
            pending: Mutex::default(),
            waiting: 0.into(),
            grouped: 0.into(),
            standstill: fault::Fault::new([
                "the index does not take articles at the moment",
                "the index takes articles again",
            ]),
            unwritten: fault::Fault::new([
                "articles cannot be written down",
                "articles are written down again",
            ]),
            tell: Box::new(tell),
            review: Mutex::default(),
            texts: Mutex::new(texts),
            events: broadcast::channel(BEHIND).0,
            metrics: metrics::Metrics::new(),
            rate: rate::Rate::new(limits.rate),
            slots: Semaphore::new(limits.requests),
            streams: Arc::new(Semaphore::new(limits.streams)),
            shutdown: CancellationToken::new(),
            requests: 0.into(),
            secret,
            run,
            options,
        });
        // What a run before this one accepted and did not come to group is grouped before anything is said.
        writer::work_through(&app, &mut index, &mut writer_journal)?;
        *app.lookup.write().expect("nobody panics with it") = index.lookup(0, limits.recent)?;
        let (a, b) = (app.clone(), app.clone());
        let threads = vec![
            threads::start(move || intake::run(&a, intake_journal, &requests))?,
            threads::start(move || writer::run(&b, index, writer_journal, &orders))?,
        ];
        Ok(Self { app, threads })
    }

    /// What answers requests.
    pub fn app(&self) -> Router {
        router(&self.app)
    }

    /// Ends open streams and both threads; what was accepted is safe.
    pub fn stop(self) {
        self.app.shutdown.cancel();
        self.app.intake.lock().expect("nobody panics with it").take();
        let _ = self.app.writer.send(writer::Order::Wake);
        self.threads.into_iter().for_each(|thread| drop(thread.join()));
    }
}

fn router(app: &Arc<App>) -> Router {
    let (api, _) = api::router();
    let guard = middleware::from_fn_with_state(app.clone(), guard::guard);
    api.merge(page::router())
        .layer(DefaultBodyLimit::max(app.options.limits.body))
        .layer(CatchPanicLayer::new())
        .layer(CsrfLayer::new())
        .layer(guard)
        .with_state(app.clone())
}

/// The document that describes the API, as JSON.
pub fn openapi() -> String {
    api::router().1.to_pretty_json().expect("the document can be written")
}

/// Serves until `ended` returns; `ready` is told the address, `tell` what [`Service::start`] says.
///
/// # Errors
/// It cannot begin; once it serves it goes on.
pub fn serve(
    options: Options,
    listen: SocketAddr,
    ready: impl FnOnce(SocketAddr),
    tell: impl Fn(&str) + Send + Sync + 'static,
    ended: impl FnOnce() + Send + 'static,
) -> Result<(), Error> {
    if options.tokens.is_none() && !listen.ip().is_loopback() {
        return Err(Error::Open(listen));
    }
    let folder = options.index.clone();
    let runtime = threads::runtime()?;
    let refused = |source| Error::Listen { address: listen, source };
    // Before the index is opened, which makes a missing one: an address that is taken leaves nothing behind.
    let listener = runtime.block_on(tokio::net::TcpListener::bind(listen)).map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    let service = Service::start(options, tell)?;
    let door = Door::open(&folder, address, &service.app.secret)?;
    ready(address);
    let shutdown = service.app.shutdown.clone();
    threads::start(move || {
        ended();
        shutdown.cancel();
    })?;
    runtime.block_on(listen::serve(listener, service.app(), service.app.shutdown.clone()));
    drop(door);
    // Requests that did not end in time are not waited for any longer.
    runtime.shutdown_background();
    service.stop();
    Ok(())
}

/// Where a command finds the service that holds an index, and what it says to be let in; gone when the service is.
struct Door(PathBuf);

/// The file of a [`Door`].
fn door(folder: &Path) -> PathBuf {
    folder.join("service").join("door")
}

impl Door {
    fn open(folder: &Path, address: SocketAddr, secret: &str) -> Result<Self, Error> {
        use std::os::unix::fs::OpenOptionsExt as _;
        let path = door(folder);
        let _ = std::fs::remove_file(&path);
        let write = || {
            let mut file =
                std::fs::File::options().write(true).create_new(true).mode(0o600).open(&path)?;
            writeln!(file, "{address}\n{secret}")
        };
        write().map_err(|cause| Error::Io { path: path.clone(), cause })?;
        Ok(Self(path))
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
