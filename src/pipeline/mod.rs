//! Puts the stages together: chunks of articles in, a [`Grouping`] out. Near-duplicates first, then stories of one report of
//! each group, then who stands for what.

mod changes;
mod copies;
mod corpus;
mod exact;
mod explain;
pub mod index;
pub mod lookup;
mod matches;
mod name;
mod parts;
mod place;
mod prepare;
mod spool;
mod stories;
#[cfg(feature = "parquet")]
pub mod worker;

use std::io;
use std::time::Instant;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

pub use explain::{explain, explain_story};

use crate::model::{Article, Grouping, Refusal};
use crate::params::Params;
use crate::read::{Chunk, Notes, Parsed, given};
use crate::stages::decide::{self, Constraints};
use crate::stages::duplicates::Duplicates;
use crate::stages::pool::Pool;
use corpus::Corpus;
use exact::Exact;
use prepare::Preparer;
use spool::Room;
use stories::Stories;

/// Chunks for each thread that are read before they are worked on in parallel.
const AHEAD: usize = 8;

/// What one stage did.
#[derive(Debug, Clone, PartialEq)]
pub struct StageCount {
    /// The name of the stage.
    pub stage: &'static str,
    /// How many of what came out, such as `20 candidate pairs`.
    pub count: u64,
    /// The unit of `count`.
    pub unit: &'static str,
    /// Wall-clock seconds.
    pub seconds: f64,
}

/// The outcome of a run.
#[derive(Debug, Default)]
pub struct Run {
    /// Which article belongs where.
    pub grouping: Grouping,
    /// The records that could not be used, by file and record.
    pub refusals: Vec<Refusal>,
    /// What was counted on the way.
    pub counts: Counts,
    /// What to tell the user about the reading.
    pub notes: Notes,
    /// The stages in order.
    pub stages: Vec<StageCount>,
}

/// What a run counts: articles, unless it says otherwise.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Articles read, repetitions included.
    pub read: u64,
    /// Those that counted: each id once, and none that an index has or refuses.
    pub added: u64,
    /// Of these: those with a title alone.
    pub without_text: u64,
    /// Those that were the same article once more: same id, same content.
    pub repeated: u64,
    /// Those of unknown date.
    pub undated: u64,
    /// Pairs that editors linked and that are in two stories nevertheless: near-duplicates tie them to what is apart.
    pub unmet: u64,
    /// How many share the most crowded band of the search for copies: a template, or boilerplate that was not cleaned.
    pub largest_bucket: u64,
}

/// How a run treats memory. The outcome is the same.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    /// Bytes that it may take: the fewer, the more waits in temporary files. What the output says of an article, some 300 bytes,
    /// is always in memory. Without a limit, files take what is beyond usual runs.
    pub limit: Option<usize>,
    /// Called where much was let go, for allocators that keep that until they are told.
    pub give_back: fn(),
}

impl Default for Memory {
    fn default() -> Self {
        Self { limit: None, give_back: || () }
    }
}

/// Groups the articles of all chunks.
///
/// ```
/// use samestory::params::Params;
/// use samestory::pipeline::cluster;
/// use samestory::read::{self, Options};
///
/// let chunks = read::open(&["samples/articles"], Options::default()).expect("the folder is there");
/// let run = cluster(chunks, &Params::default()).expect("temporary files can be written");
/// assert_eq!(run.grouping.articles.len(), 84);
/// assert!(run.refusals.is_empty());
/// ```
///
/// # Errors
/// A parameter is not in its range ([`Params::check`]), or what has to wait for its stage cannot be written to the folder for
/// temporary files, or not be read again.
pub fn cluster(
    chunks: impl IntoIterator<Item = Chunk, IntoIter: Send>,
    params: &Params,
) -> io::Result<Run> {
    cluster_within(chunks, params, Memory::default())
}

/// As [`cluster`], told how to treat memory.
///
/// # Errors
/// As [`cluster`].
pub fn cluster_within(
    chunks: impl IntoIterator<Item = Chunk, IntoIter: Send>,
    params: &Params,
    memory: Memory,
) -> io::Result<Run> {
    checked(params)?;
    let (mut run, mut clock) = (Run::default(), Clock::default());
    let corpus = read(chunks, params, Room::new(memory), &mut run)?;
    clock.stage(&mut run.stages, "read", run.counts.read, "articles");
    group(corpus, params, &mut run, &mut clock)?;
    Ok(run)
}

/// Groups articles that are at hand, for tests, libraries and small inputs. One without an id goes by its address or its content; one
/// with neither text nor title is refused, by its record or, without one, by its place, counted from 1.
///
/// ```
/// use samestory::model::Article;
/// use samestory::params::Params;
/// use samestory::pipeline::cluster_articles;
///
/// let text = "The northern pier of Merrin reopened on Monday, a year after the storm broke it in two.";
/// let article = |id: &str| Article { id: id.into(), title: "Pier reopens".into(), text: text.into(), ..Article::default() };
/// let run = cluster_articles(vec![article("a"), article("b")], &Params::default()).expect("it is small");
/// assert_eq!(run.grouping.group_ids.len(), 1, "two articles, one near-duplicate group");
/// ```
///
/// # Errors
/// As [`cluster`].
pub fn cluster_articles(articles: Vec<Article>, params: &Params) -> io::Result<Run> {
    checked(params)?;
    let (mut run, mut corpus) = (Run::default(), Corpus::default());
    let Parsed { articles, refusals, .. } = given(articles);
    run.refusals = refusals;
    run.counts.read = articles.len() as u64;
    corpus.add(Preparer::new(params).prepare_all(articles, params))?;
    corpus.seal(&mut run);
    group(corpus, params, &mut run, &mut Clock::default())?;
    Ok(run)
}

fn checked(params: &Params) -> io::Result<()> {
    params.check().map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))
}

/// Reads, cleans, shingles and sketches: everything that concerns one article alone.
fn read(
    chunks: impl IntoIterator<Item = Chunk, IntoIter: Send>,
    params: &Params,
    room: Room,
    run: &mut Run,
) -> io::Result<Corpus> {
    let mut corpus = Corpus::with_room(room);
    let mut chunks = chunks.into_iter();
    let mut read =
        || -> Vec<Chunk> { chunks.by_ref().take(AHEAD * rayon::current_num_threads()).collect() };
    let preparers = Pool::new(|| Preparer::new(params));
    let work = |corpus: &Corpus, chunk: Chunk| {
        let parsed = chunk.parse();
        let known = |key| corpus.known(key);
        let prepared = preparers.with_one(|one| one.prepare_new(parsed.articles, params, known));
        (prepared, parsed.refusals, parsed.notes)
    };
    let mut batch = read();
    while !batch.is_empty() {
        let prepare =
            || -> Vec<_> { batch.into_par_iter().map(|chunk| work(&corpus, chunk)).collect() };
        // One thread reads on while the others work; then it helps them.
        let (next, done) = rayon::join(&mut read, prepare);
        batch = next;
        for (prepared, refusals, notes) in done {
            run.counts.read += prepared.1.len() as u64;
            corpus.add_new(prepared)?;
            run.refusals.extend(refusals);
            run.notes.merge(notes);
        }
    }
    corpus.seal(run);
    Ok(corpus)
}

/// From prepared articles to the grouping.
fn group(mut corpus: Corpus, params: &Params, run: &mut Run, clock: &mut Clock) -> io::Result<()> {
    let mut found = Found::new(&mut corpus, params, run, clock)?;
    run.grouping = place::place(corpus, &mut found, params)?;
    run.counts.unmet = if params.only_duplicates { 0 } else { matches::unmet(&run.grouping) };
    clock.stage(&mut run.stages, "place", run.grouping.articles.len() as u64, "articles");
    run.refusals.sort();
    Ok(())
}

/// What the two levels found.
struct Found {
    constraints: Constraints,
    exact: Exact,
    duplicates: Duplicates,
    /// The near-duplicate groups, each earliest first; undated groups before the others, which are in the order of
    /// time.
    groups: Vec<Vec<u32>>,
    stories: Stories,
}

impl Found {
    /// Finds near-duplicates first, then stories of what is left of each group; the corpus gives back what each level
    /// alone needs.
    fn new(
        corpus: &mut Corpus,
        params: &Params,
        Run { stages, counts, .. }: &mut Run,
        clock: &mut Clock,
    ) -> io::Result<Self> {
        corpus.forget_origins();
        if params.only_duplicates {
            corpus.forget_terms();
        }
        let constraints = decide::bind(&params.decisions, |id| corpus.position(id));
        let exact = corpus.fold_exact(&constraints)?;
        let candidates = copies::propose(corpus, &exact, params)?;
        counts.largest_bucket = candidates.largest_bucket as u64;
        clock.stage(stages, "candidates", candidates.pairs.len() as u64, "candidate pairs");
        corpus.forget_sketches();
        let duplicates = copies::find(corpus, &exact, candidates.pairs, &constraints, params)?;
        corpus.forget_shingles();
        clock.stage(stages, "verify", duplicates.matches.len() as u64, "near-duplicate matches");
        let mut groups = exact.expand(corpus, &duplicates);
        groups.par_sort_by_cached_key(|group| (corpus.time(group[0]).0, group[0]));
        clock.stage(stages, "group", groups.len() as u64, "near-duplicate groups");
        let stories = if params.only_duplicates {
            Stories::none(groups.len())
        } else {
            stories::find(corpus, &groups, &constraints, params)?
        };
        clock.stage(stages, "stories", stories.count() as u64, "stories");
        Ok(Self { constraints, exact, duplicates, groups, stories })
    }
}

/// Seconds between stages.
struct Clock(Instant);

impl Default for Clock {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl Clock {
    fn stage(
        &mut self,
        stages: &mut Vec<StageCount>,
        stage: &'static str,
        count: u64,
        unit: &'static str,
    ) {
        stages.push(StageCount { stage, count, unit, seconds: self.0.elapsed().as_secs_f64() });
        self.0 = Instant::now();
    }
}
