//! What all requests share.

use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, RwLock, mpsc};
use std::time::Duration;

use foldhash::HashMap;
use jiff::Timestamp;
use tokio::sync::{Semaphore, broadcast};
use tokio_util::sync::CancellationToken;

use super::fault::{Fault, Tell};
use super::intake::Incoming;
use super::metrics::Metrics;
use super::problem::Problem;
use super::rate::{Limit, Rate};
use super::review::Pair;
use super::tokens::{Tokens, hex};
use super::writer::Order;
use crate::model::{Change, Owners};
use crate::params::Params;
use crate::pipeline::index::{self, Access, Error, Index, Version};
use crate::pipeline::lookup::Lookup;
use crate::read;
use crate::store::Journal;

/// How a service is run.
#[derive(Debug)]
pub struct Options {
    /// The folder of the index; a missing one is made.
    pub index: PathBuf,
    /// What decides who belongs together.
    pub params: Params,
    /// How records are understood.
    pub reading: read::Options,
    /// Who may do what; none for everybody on this machine.
    pub tokens: Option<Tokens>,
    /// Who owns which outlet.
    pub owners: Owners,
    /// How many days texts are stored, counted from the newest article.
    pub store_text_days: f64,
    /// As in [`index::Options::retain_days`].
    pub retain_days: Option<f64>,
    /// What requests may cost.
    pub limits: Limits,
}

impl Options {
    /// How the index takes what was accepted.
    pub(super) fn taking(&self) -> index::Options {
        let (store_text_days, retain_days) = (Some(self.store_text_days), self.retain_days);
        index::Options { store_text_days, retain_days, ..index::Options::at(Timestamp::now()) }
    }
}

/// What requests may cost; each limit has its own answer.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of a body, and so of a record, whatever the limit of those is: 413.
    pub body: usize,
    /// Articles of a batch: 413.
    pub batch: usize,
    /// Requests that are worked on at once: 503.
    pub requests: usize,
    /// Streams of events at once: 503.
    pub streams: usize,
    /// Articles that wait for the index: 503 for more.
    pub waiting: usize,
    /// How long a request may take: 503. Its headers: the connection is closed.
    pub time: Duration,
    /// Requests of one caller: 429.
    pub rate: Limit,
    /// Newest articles that a new one is looked up among at once.
    pub recent: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 32 << 20,
            batch: 5_000,
            requests: 256,
            streams: 200,
            waiting: 500_000,
            time: Duration::from_secs(30),
            rate: Limit { rate: 1_000.0, burst: 2_000.0 },
            recent: 60_000,
        }
    }
}

/// Where an article is said to belong until the index has it.
#[derive(Debug, Clone, Default)]
pub(super) struct Provisional {
    pub(super) story_id: String,
    /// The article that its group goes by.
    pub(super) group: String,
}

/// An article that the index does not have yet.
#[derive(Debug, Clone)]
pub(super) struct Pending {
    pub(super) home: Provisional,
    /// The version that takes the place of the others.
    pub(super) version: Version,
}

/// Something that those who listen are told.
#[derive(Debug, Clone)]
pub(super) struct Event {
    /// Lines of the log have their number.
    pub(super) id: Option<i64>,
    pub(super) kind: &'static str,
    pub(super) data: String,
}

impl Event {
    /// A line of the log.
    pub(super) fn of_line((number, at, change): &(i64, String, Change)) -> Self {
        let data = serde_json::json!({
            "story_id": change.story_id, "change": change.change, "from": change.from,
            "articles_added": change.articles_added, "reason": change.reason, "at": at,
        });
        Self { id: Some(*number), kind: "story", data: data.to_string() }
    }
}

/// The state of a service.
pub struct App {
    pub(super) options: Options,
    pub(super) tokens: Tokens,
    pub(super) looks: Looks,
    pub(super) lookup: RwLock<Lookup>,
    /// Nothing is accepted any more once it is taken away.
    pub(super) intake: Mutex<Option<mpsc::SyncSender<Incoming>>>,
    /// Held while articles are accepted: from when they are known, until they are written down or taken back.
    pub(super) accepting: Mutex<()>,
    pub(super) writer: mpsc::Sender<Order>,
    pub(super) pending: Mutex<HashMap<String, Pending>>,
    /// Articles that wait for the index.
    pub(super) waiting: AtomicU64,
    /// Articles that were grouped since all were.
    pub(super) grouped: AtomicU64,
    /// Of the index, which then does not take articles.
    pub(super) standstill: Fault,
    /// Of the journal: nothing is accepted then.
    pub(super) unwritten: Fault,
    pub(super) tell: Tell,
    /// What is doubtful, the least sure first.
    pub(super) review: Mutex<Vec<Pair>>,
    /// The journal, to read texts.
    pub(super) texts: Mutex<Journal>,
    pub(super) events: broadcast::Sender<Event>,
    pub(super) metrics: Metrics,
    pub(super) rate: Rate,
    pub(super) slots: Semaphore,
    pub(super) streams: Arc<Semaphore>,
    pub(super) shutdown: CancellationToken,
    pub(super) requests: AtomicU64,
    /// With this a command on this machine hands its batch over.
    pub(super) secret: String,
    /// Tells this run's request numbers from those of others.
    pub(super) run: String,
}

/// Readers of the index, each with its own connection.
pub(super) struct Looks {
    folder: PathBuf,
    free: Mutex<Vec<Index>>,
    slots: Arc<Semaphore>,
}

/// Readers at once.
const READERS: usize = 8;

impl Looks {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder, free: Mutex::default(), slots: Arc::new(Semaphore::new(READERS)) }
    }

    /// Opens another reader.
    pub(super) fn open(&self) -> Result<Index, Error> {
        Index::open(&self.folder, Access::Read, &Params::default())
    }
}

impl App {
    /// Looks into the index beside whatever else goes on. Whoever asked may go; the look goes on, and so its reader is taken.
    pub(super) async fn look<T: Send + 'static>(
        self: &Arc<Self>,
        look: impl FnOnce(&Self, &Index) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let slot = self.looks.slots.clone().acquire_owned().await;
        let slot = slot.map_err(|_| Problem::busy("shutting down"))?;
        let app = self.clone();
        let work = move || {
            let _slot = slot;
            let free = app.looks.free.lock().expect("nobody panics with it").pop();
            let index = free.map_or_else(|| app.looks.open(), Ok)?;
            let found = look(&app, &index);
            app.looks.free.lock().expect("nobody panics with it").push(index);
            found
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| Problem::internal())?
    }

    /// What is known of an article that the index does not have yet.
    pub(super) fn pending(&self, id: &str) -> Option<Pending> {
        self.pending.lock().expect("nobody panics with it").get(id).cloned()
    }

    /// Tells those who listen; nobody needs to.
    pub(super) fn announce(&self, event: Event) {
        let _ = self.events.send(event);
    }
}

/// Random bytes as hexadecimal digits, from the system.
pub(super) fn random(bytes: usize) -> std::io::Result<String> {
    use std::io::Read as _;
    let mut buffer = vec![0; bytes];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut buffer)?;
    Ok(hex(&buffer))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::service::Service;
    use std::path::Path;

    /// The state of a service of a new index in a folder, of which no thread works.
    pub(in crate::service) fn stopped(folder: &Path) -> Arc<App> {
        let options = Options {
            index: folder.join("news.idx"),
            params: Params::default(),
            reading: read::Options::default(),
            tokens: None,
            owners: Owners::default(),
            store_text_days: 5.0,
            retain_days: None,
            limits: Limits::default(),
        };
        let service = Service::start(options, |_| ()).unwrap();
        let app = service.app.clone();
        service.stop();
        app
    }

    #[test]
    fn a_look_that_nobody_waits_for_any_more_takes_its_reader_until_it_is_done() {
        let folder = tempfile::tempdir().unwrap();
        let app = stopped(folder.path());
        let slots = app.looks.slots.clone();
        let (begins, begun) = mpsc::channel();
        let (ends, ended) = mpsc::channel::<()>();
        let look = move |_: &App, _: &Index| {
            begins.send(()).unwrap();
            ended.recv().unwrap();
            Ok(())
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let asked = runtime.spawn(async move { app.look(look).await });
        begun.recv().unwrap();
        asked.abort();
        assert!(runtime.block_on(asked).unwrap_err().is_cancelled());
        assert_eq!(slots.available_permits(), READERS - 1);
        ends.send(()).unwrap();
        assert!(runtime.block_on(slots.acquire_many(READERS as u32)).is_ok());
    }
}
