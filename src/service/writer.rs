//! The thread that owns the index: it takes what was accepted, groups it, and tells everybody what changed.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use foldhash::HashSet;
use tokio::sync::oneshot;

use super::decide::{self, Outcome, Wish};
use super::problem::Problem;
use super::review;
use super::state::{App, Event};
use crate::kernel::hash::hash;
use crate::model::{Article, Refusal};
use crate::params::Representative;
use crate::pipeline::index::{Error, Index, Night, Options, Taken};
use crate::store::Journal;

/// What the index is asked to do.
pub(super) enum Order {
    /// There are articles in the journal.
    Wake,
    /// A batch from a command beside the service.
    Update(Box<Update>),
    /// An editor's wish.
    Decide(Box<(Wish, oneshot::Sender<Result<Outcome, Problem>>)>),
}

/// See [`Order::Update`].
pub(super) struct Update {
    pub(super) articles: Vec<Article>,
    pub(super) options: Options,
    /// Who stands for the groups that it touches, whatever the service has stand for others.
    pub(super) representative: Representative,
    pub(super) reply: oneshot::Sender<Result<Night, String>>,
}

/// Larger indexes are not grouped at the start only to find what is doubtful.
const DOUBTED: u64 = 50_000;
/// With no more waiting than this an update is followed by a rest as long as it took, so that a few articles a second do
/// not keep the machine busy all the time.
const FEW: u64 = 500;
/// The least rest, so that what comes in meanwhile is grouped together.
const REST: Duration = Duration::from_millis(700);
/// The longest that anything waits before it is tried again.
const PATIENCE: Duration = Duration::from_secs(5);

/// Has this thread work in the time that others leave: those that answer requests go before those that group. On
/// Linux only: elsewhere a thread has no priority of its own that could be lowered.
pub fn step_back() {
    #[cfg(target_os = "linux")]
    // Without it requests wait longer under load; nothing else depends on it.
    let _ = rustix::process::setpriority_process(None, 10);
}

/// Works until nobody can give orders any more, or the service ends.
pub(super) fn run(
    app: &Arc<App>,
    mut index: Index,
    mut journal: Journal,
    orders: &mpsc::Receiver<Order>,
) {
    step_back();
    if index.stats().is_ok_and(|stats| stats.articles < DOUBTED) {
        let grouping = index.export().unwrap_or_default();
        review::take_up(app, &grouping);
    }
    let mut rested = Instant::now();
    let mut waits = true;
    while !app.shutdown.is_cancelled() {
        let patience =
            if waits { rested.saturating_duration_since(Instant::now()) } else { PATIENCE };
        match orders.recv_timeout(patience.min(PATIENCE)) {
            Ok(Order::Wake) => waits = true,
            Ok(Order::Update(update)) => hand_over(app, &mut index, &mut journal, *update),
            Ok(Order::Decide(wish)) => {
                let (wish, reply) = *wish;
                let _ = reply.send(decide(app, &mut index, &mut journal, &wish));
            }
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            Err(mpsc::RecvTimeoutError::Disconnected) => return,
        }
        if waits && Instant::now() >= rested {
            let began = Instant::now();
            match take(app, &mut index, &mut journal) {
                Ok(more) => {
                    waits = more;
                    app.standstill.is_now(None, &app.tell);
                    let hurry = app.waiting.load(Relaxed) > FEW;
                    let rest = began.elapsed().clamp(REST, PATIENCE);
                    rested = Instant::now() + if hurry { Duration::ZERO } else { rest };
                }
                Err(error) => {
                    app.standstill.is_now(Some(error.to_string()), &app.tell);
                    rested = Instant::now() + PATIENCE;
                }
            }
        }
    }
}

/// Takes what waits in the journal; whether there may be more.
fn take(app: &App, index: &mut Index, journal: &mut Journal) -> Result<bool, Error> {
    let began = Instant::now();
    let before = index.log_end()?;
    let taken = index.take(journal, &app.options.taking())?;
    let Some(Taken { night, ids, arrivals, more }) = taken else { return Ok(false) };
    review::take_up(app, &night.grouping);
    night.refusals.iter().for_each(|refusal| say_refused(app, refusal));
    app.waiting.fetch_sub((arrivals as u64).min(app.waiting.load(Relaxed)), Relaxed);
    forget_pending(app, &ids, journal);
    app.metrics.updates.observe(began.elapsed().as_secs_f64());
    tell(app, index, before, arrivals);
    Ok(more)
}

/// An article that was accepted and cannot be used after all, since a later version came another way meanwhile.
fn say_refused(app: &App, refusal: &Refusal) {
    let Refusal { file, record, reason } = refusal;
    (app.tell)(&format!("refused: {file}: record {record}: {reason}"));
    let data = serde_json::json!({ "record": record, "reason": reason }).to_string();
    app.announce(Event { id: None, kind: "refused", data });
}

/// What the index has is no longer provisional, unless another version came in meanwhile.
fn forget_pending(app: &App, ids: &HashSet<String>, journal: &Journal) {
    // What is being accepted is pending and not yet among what waits.
    let _accepting = app.accepting.lock().expect("nobody panics with it");
    let Ok(newer) = journal.waiting_identities() else { return };
    let newer: HashSet<u64> = newer.into_iter().collect();
    let mut pending = app.pending.lock().expect("nobody panics with it");
    pending.retain(|id, _| !ids.contains(id) || newer.contains(&hash(id.as_bytes())));
}

/// Tells those who listen what happened since a line of the log, to so many articles, and once nothing waits that all is grouped.
pub(super) fn tell(app: &App, index: &Index, before: i64, articles: usize) {
    let mut from = before;
    while let Ok(lines) = index.log_after(from, 1_000) {
        let Some(last) = lines.last().map(|line| line.0) else { break };
        lines.iter().for_each(|line| app.announce(Event::of_line(line)));
        from = last;
    }
    let articles = app.grouped.fetch_add(articles as u64, Relaxed) + articles as u64;
    // Nothing is accepted while this is looked at: what is accepted later is said to be grouped later.
    let pending = app.pending.lock().expect("nobody panics with it");
    if pending.is_empty() {
        app.grouped.store(0, Relaxed);
        let data = serde_json::json!({ "articles": articles }).to_string();
        app.announce(Event { id: Some(from), kind: "settled", data });
    }
}

/// Decides. What a wish names may wait still: it is taken first.
fn decide(
    app: &App,
    index: &mut Index,
    journal: &mut Journal,
    wish: &Wish,
) -> Result<Outcome, Problem> {
    match decide::apply(app, index, wish) {
        Err(problem) if problem.is_missing() && app.waiting.load(Relaxed) > 0 => {
            work_through(app, index, journal)?;
            decide::apply(app, index, wish)
        }
        done => done,
    }
}

/// A batch of another command: what was accepted before goes first.
fn hand_over(app: &App, index: &mut Index, journal: &mut Journal, update: Update) {
    let Update { articles, mut options, representative, reply } = update;
    options.store_text_days.get_or_insert(app.options.store_text_days);
    options.retain_days = options.retain_days.or(app.options.retain_days);
    let night = work_through(app, index, journal).and_then(|()| {
        let before = index.log_end()?;
        let count = articles.len();
        let first = index.next_row()?;
        let own = index.represent(representative);
        let night = index.update_articles(articles, &options);
        index.represent(own);
        let night = night?;
        if !options.dry_run {
            review::take_up(app, &night.grouping);
            look_up_from(app, index, first);
            tell(app, index, before, count);
        }
        Ok(night)
    });
    let _ = reply.send(night.map_err(|error| error.to_string()));
}

/// Articles of the index are found from now on, from a number on; the night stays as it is where they cannot be read again.
fn look_up_from(app: &App, index: &Index, first: u32) {
    if let Ok(recent) = index.lookup(first, app.options.limits.recent) {
        // What is being accepted may be taken back, and is the newest until then.
        let _accepting = app.accepting.lock().expect("nobody panics with it");
        app.lookup.write().expect("nobody panics with it").extend(recent);
    }
}

/// Takes all that waits.
pub(super) fn work_through(
    app: &App,
    index: &mut Index,
    journal: &mut Journal,
) -> Result<(), Error> {
    while take(app, index, journal)? {}
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::Params;
    use crate::pipeline::index::{Access, Version};
    use crate::pipeline::lookup::Lookup;
    use crate::service::state::tests::stopped;
    use crate::service::state::{Pending, Provisional};
    use crate::store::Arrivals;

    fn article(id: &str, title: &str) -> Article {
        Article { id: id.into(), title: title.into(), ..Article::default() }
    }

    /// Has the writer do something while articles are accepted, and then accepts them.
    fn meanwhile(app: &App, work: impl FnOnce() + Send, accept: impl FnOnce()) {
        let accepting = app.accepting.lock().unwrap();
        std::thread::scope(|scope| {
            scope.spawn(work);
            std::thread::sleep(Duration::from_millis(50));
            accept();
            drop(accepting);
        });
    }

    #[test]
    fn a_version_that_is_being_accepted_stays_pending() {
        let folder = tempfile::tempdir().unwrap();
        let app = stopped(folder.path());
        let [journal, mut intake] = [0, 1].map(|_| Journal::open(&app.options.index).unwrap());
        let corrected = article("a", "Ferry afloat");
        let version = Version::of(&corrected, false);
        let pending = Pending { home: Provisional::default(), version };
        app.pending.lock().unwrap().insert("a".into(), pending);
        let before = HashSet::from_iter(["a".to_owned()]);
        let written = [Arrivals { articles: std::slice::from_ref(&corrected), key: None }];
        let forget = || forget_pending(&app, &before, &{ journal });
        meanwhile(&app, forget, || intake.accept(&written).unwrap());
        assert!(app.pending("a").is_some());
        intake.settle(1).unwrap();
        forget_pending(&app, &before, &intake);
        assert!(app.pending("a").is_none());
    }

    #[test]
    fn what_could_not_be_accepted_is_taken_back_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let app = stopped(folder.path());
        let params = Params::default();
        let mut index = Index::open(&app.options.index, Access::Create, &params).unwrap();
        let [handed, lost] =
            [article("a", "Library of Pellin lends seeds"), article("b", "Volcano Sarrel erupts")];
        index.update_articles(vec![handed.clone()], &app.options.taking()).unwrap();
        let sketch = |of: &Article| Lookup::sketch(&params, std::slice::from_ref(of));
        app.lookup.write().unwrap().add(sketch(&lost));
        let take_back = || app.lookup.write().unwrap().take_back(1);
        meanwhile(&app, || look_up_from(&app, &{ index }, 0), take_back);
        let found = [handed, lost].map(|of| {
            let other = Article { id: "other".into(), ..of };
            app.lookup.read().unwrap().find(&sketch(&other)).copies.len()
        });
        assert_eq!(found, [1, 0]);
    }
}
