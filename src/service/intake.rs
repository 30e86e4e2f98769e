//! The thread that accepts articles: groups of requests are written down together, then answered.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, mpsc};

use axum::http::StatusCode;
use foldhash::HashMap;
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;
use utoipa::ToSchema;

use super::problem::Problem;
use super::state::{App, Pending, Provisional};
use super::writer::Order;
use crate::kernel::base32;
use crate::kernel::hash::hash;
use crate::model::Article;
use crate::pipeline::index::{Index, Version};
use crate::pipeline::lookup::{Alike, Likeness, Lookup};
use crate::store::{Arrivals, Journal};

/// Requests that are written down together.
const TOGETHER: usize = 64;
/// Articles that are.
const ARTICLES: usize = 5_000;

/// Articles of one request.
pub(super) struct Incoming {
    pub(super) articles: Vec<Article>,
    /// Refusals of the request's other records: the answer names them too.
    pub(super) refused: Vec<Refused>,
    /// The sender's key and the digest of what was sent.
    pub(super) key: Option<(String, Vec<u8>)>,
    /// Gets the answer as JSON.
    pub(super) reply: oneshot::Sender<Result<String, Problem>>,
}

/// A request that is to be written down.
struct Fresh {
    incoming: Incoming,
    /// Its answer, as JSON.
    text: String,
    /// What was pending under the ids of its articles before them.
    before: Vec<(String, Option<Pending>)>,
}

/// What became of the records of a request.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct Accepted {
    /// Articles that are safe now.
    pub(super) accepted: usize,
    /// Where each belongs, in the order of the records.
    pub(super) articles: Vec<Added>,
    /// Records that could not be used.
    pub(super) refused: Vec<Refused>,
}

/// A record that could not be used.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(super) struct Refused {
    /// Which, counted from 1.
    pub(super) record: u64,
    /// What is wrong with it.
    pub(super) reason: String,
}

/// An article and where it belongs, for now: the final answer follows within seconds.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct Added {
    /// The article.
    pub(super) article_id: String,
    /// Its story.
    pub(super) story_id: String,
    /// Its near-duplicate group.
    pub(super) duplicate_group_id: String,
    /// Whether the index is yet to confirm that.
    pub(super) provisional: bool,
    /// Recent articles with the same text, by estimated resemblance.
    pub(super) copies: Vec<Found>,
    /// Recent reports that resemble it, by similarity.
    pub(super) reports: Vec<Found>,
}

/// An article that was found.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(super) struct Found {
    /// The article.
    pub(super) article_id: String,
    /// How alike it is, 0 to 1.
    pub(super) similarity: f32,
}

/// Takes requests until nobody can send any more.
pub(super) fn run(app: &Arc<App>, mut journal: Journal, requests: &mpsc::Receiver<Incoming>) {
    let mut index = None;
    while let Ok(first) = requests.recv() {
        let mut group = vec![first];
        let mut articles = group[0].articles.len();
        while group.len() < TOGETHER && articles < ARTICLES {
            let Ok(next) = requests.try_recv() else { break };
            articles += next.articles.len();
            group.push(next);
        }
        if index.is_none() {
            index = app.looks.open().ok();
        }
        accept(app, &mut journal, index.as_ref(), group);
        if articles > 0 {
            let _ = app.writer.send(Order::Wake);
        }
    }
}

/// Answers repetitions from memory, writes the others down in one go, and answers those.
fn accept(app: &App, journal: &mut Journal, index: Option<&Index>, group: Vec<Incoming>) {
    let _accepting = app.accepting.lock().expect("nobody panics with it");
    let mut fresh: Vec<Fresh> = Vec::new();
    let mut again: Vec<(Incoming, usize)> = Vec::new();
    let mut keys: HashMap<String, usize> = HashMap::default();
    let mut unread = None;
    for incoming in group {
        let Some((key, digest)) = incoming.key.clone() else {
            fresh.push(answer(app, index, incoming));
            continue;
        };
        if let Some(&first) = keys.get(&key) {
            again.push((incoming, first));
            continue;
        }
        match journal.answer(&key) {
            Ok(None) => {
                keys.insert(key, fresh.len());
                fresh.push(answer(app, index, incoming));
            }
            Ok(Some((had, text))) => send(incoming, repeated(had == digest, text)),
            Err(error) => {
                unread = Some(error.to_string());
                send(incoming, Err(error.into()));
            }
        }
    }
    let batches: Vec<Arrivals<'_>> = fresh.iter().map(with_key).collect();
    // Before they are there to be taken: what is taken is counted.
    let count = batches.iter().map(|batch| batch.articles.len() as u64).sum();
    app.waiting.fetch_add(count, Relaxed);
    let written = journal.accept(&batches);
    if written.is_err() {
        app.waiting.fetch_sub(count, Relaxed);
    }
    let fault = written.as_ref().err().map(ToString::to_string).or(unread);
    app.unwritten.is_now(fault, &app.tell);
    drop(batches);
    for (incoming, first) in again {
        let Fresh { incoming: of, text, .. } = &fresh[first];
        let same = of.key.as_ref().map(|k| &k.1) == incoming.key.as_ref().map(|k| &k.1);
        let answer = match &written {
            Ok(()) => repeated(same, text.clone()),
            Err(_) => Err(Problem::busy("the articles could not be written down")),
        };
        send(incoming, answer);
    }
    match written {
        Ok(()) => fresh.into_iter().for_each(|Fresh { incoming, text, .. }| {
            app.metrics.accepted.inc_by(incoming.articles.len() as u64);
            send(incoming, Ok(text));
        }),
        Err(_) => {
            let problem = Problem {
                retry_after: Some(10),
                ..Problem::new(
                    StatusCode::INSUFFICIENT_STORAGE,
                    "not-written",
                    "the articles could not be written down; none of them is kept",
                )
            };
            take_back(app, journal, &mut fresh);
            fresh.into_iter().for_each(|fresh| send(fresh.incoming, Err(problem.clone())));
        }
    }
}

/// What could not be written down is not there: what it took the place of in memory stands again.
fn take_back(app: &App, journal: &Journal, fresh: &mut [Fresh]) {
    let count = fresh.iter().map(|fresh| fresh.before.len()).sum();
    app.lookup.write().expect("nobody panics with it").take_back(count);
    let mut pending = app.pending.lock().expect("nobody panics with it");
    let before = fresh.iter_mut().rev().flat_map(|fresh| fresh.before.drain(..).rev());
    for (id, before) in before {
        // The index may have taken it meanwhile.
        let before = before.filter(|_| journal.article(&id).is_ok_and(|waits| waits.is_some()));
        match before {
            Some(before) => drop(pending.insert(id, before)),
            None => drop(pending.remove(&id)),
        }
    }
}

fn with_key(Fresh { incoming, text, .. }: &Fresh) -> Arrivals<'_> {
    let key = incoming.key.as_ref().map(|(key, digest)| (key.as_str(), digest.as_slice(), &**text));
    Arrivals { articles: &incoming.articles, key }
}

fn repeated(same: bool, text: String) -> Result<String, Problem> {
    if same {
        return Ok(text);
    }
    let detail = "this idempotency key was used for something else: take another one";
    Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "key-reused", detail))
}

fn send(incoming: Incoming, answer: Result<String, Problem>) {
    // Whoever asked may have gone; what is written down stays.
    let _ = incoming.reply.send(answer);
}

/// Refuses those articles of a request that come too late, and gives the versions that take the place of all others, by their ids.
fn part_late(
    app: &App,
    index: Option<&Index>,
    incoming: &mut Incoming,
) -> HashMap<String, Version> {
    let mut newest = there(app, index, &incoming.articles);
    let is_late = |article: &mut Article| {
        let version = Version::of(article, app.options.params.ignore_dates);
        let newest = newest.entry(article.id.clone()).or_insert(version);
        if !newest.stays(&version) {
            *newest = version;
        }
        newest.refuses(&version)
    };
    let late: Vec<Article> = incoming.articles.extract_if(.., is_late).collect();
    incoming.refused.extend(late.iter().map(older));
    incoming.refused.sort_by_key(|refused| refused.record);
    newest
}

/// Versions of some articles that are there, by their ids: those that wait, and of others those that are later in the index.
fn there(app: &App, index: Option<&Index>, articles: &[Article]) -> HashMap<String, Version> {
    let (mut there, mut others): (HashMap<String, Version>, Vec<&Article>) = Default::default();
    for article in articles {
        match app.pending(&article.id) {
            Some(pending) => drop(there.insert(article.id.clone(), pending.version)),
            None => others.push(article),
        }
    }
    // In this order: what no longer waits, the index has. Where it cannot say so now, it does when it takes the article.
    there.extend(index.and_then(|index| index.later(&others).ok()).unwrap_or_default());
    there
}

/// The refusal of a version that comes too late.
fn older(article: &Article) -> Refused {
    let date = if article.published.is_some() { "a later date" } else { "a known date" };
    let reason = format!("id {:?} is there with other content and {date}", article.id);
    Refused { record: article.record, reason }
}

/// Says where the articles of a request belong, for now; those that come after them find them.
fn answer(app: &App, index: Option<&Index>, mut incoming: Incoming) -> Fresh {
    let newest = part_late(app, index, &mut incoming);
    let mut before = Vec::new();
    let sketched = Lookup::sketch(&app.options.params, &incoming.articles);
    let found = app.lookup.write().expect("nobody panics with it").add(sketched);
    let one = |(article, likeness): (&Article, Likeness)| {
        let likeness = still_there(app, index, likeness);
        let home = home(app, index, article, &likeness);
        let added = added(article, &home, likeness);
        let pending = Pending { home, version: newest[&article.id] };
        let mut all = app.pending.lock().expect("nobody panics with it");
        let replaced = all.insert(article.id.clone(), pending);
        before.push((article.id.clone(), replaced));
        added
    };
    let articles: Vec<Added> = incoming.articles.iter().zip(found).map(one).collect();
    let accepted =
        Accepted { accepted: articles.len(), articles, refused: incoming.refused.clone() };
    let text = serde_json::to_string(&accepted).expect("strings and numbers can be written");
    Fresh { incoming, text, before }
}

/// What was found but for articles that are gone: they expired, or were forgotten.
pub(super) fn still_there(app: &App, index: Option<&Index>, mut found: Likeness) -> Likeness {
    // In this order: what no longer waits, the index has. Where it cannot say so, nothing is gone.
    let has = |id: &str| index.is_none_or(|index| index.has(id).unwrap_or(true));
    for list in [&mut found.copies, &mut found.reports] {
        list.retain(|alike| app.pending(&alike.id).is_some() || has(&alike.id));
    }
    found
}

pub(super) fn added(article: &Article, home: &Provisional, likeness: Likeness) -> Added {
    let found = |list: Vec<Alike>| {
        let one = |alike: Alike| Found {
            article_id: alike.id,
            similarity: (alike.likeness * 1e4).round() / 1e4,
        };
        list.into_iter().map(one).collect()
    };
    Added {
        article_id: article.id.clone(),
        story_id: home.story_id.clone(),
        duplicate_group_id: group_name(&home.group),
        provisional: true,
        copies: found(likeness.copies),
        reports: found(likeness.reports),
    }
}

/// Where an article belongs, as far as what it resembles says.
pub(super) fn home(
    app: &App,
    index: Option<&Index>,
    article: &Article,
    likeness: &Likeness,
) -> Provisional {
    let place = |id: &str| {
        app.pending(id).map(|pending| pending.home).or_else(|| {
            let (located, story) = index?.placed(id).ok()??;
            Some(Provisional { story_id: story.id, group: located.group })
        })
    };
    let copy = likeness.copies.first().filter(|a| a.enough);
    let report = likeness.reports.first().filter(|a| a.enough);
    let found = copy.and_then(|a| place(&a.id)).or_else(|| {
        let of = place(&report?.id)?;
        Some(Provisional { group: article.id.clone(), ..of })
    });
    let own = || Provisional { story_id: name('s', &article.id), group: article.id.clone() };
    found.unwrap_or_else(own)
}

/// The name of a near-duplicate group, by its earliest article.
pub(super) fn group_name(earliest: &str) -> String {
    name('g', earliest)
}

fn name(letter: char, id: &str) -> String {
    base32::name(letter, hash(id.as_bytes()))
}
