//! Which news articles tell the same story, at two levels in one run.
//!
//! *Near-duplicates* are the same text: reprints, wire copy, corrections, cut or padded versions. A *story* is made of
//! reports of one event, in whatever words. Every near-duplicate group lies inside exactly one story.
//!
//! ```
//! use samestory::model::Article;
//! use samestory::params::Params;
//! use samestory::pipeline::cluster_articles;
//!
//! let article = |id: &str, title: &str| Article { id: id.into(), title: title.into(), ..Article::default() };
//! let run = cluster_articles(
//!     vec![
//!         article("a", "Volcano Mount Sarrel erupts, airport of Quellara closed"),
//!         article("b", "Quellara airport shut as Sarrel volcano erupts"),
//!         article("c", "Library lends seeds"),
//!     ],
//!     &Params::default(),
//! )
//! .expect("so few articles stay in memory");
//! let stories = (0..run.grouping.n_stories()).map(|story| run.grouping.groups_of(story).len());
//! assert!(stories.eq([2, 1]), "two reports of the eruption, and the seeds");
//! ```
//!
//! # The way of the data
//!
//! ```text
//! read      bytes to articles and refusals
//! clean     an article to what is the story
//! shingle   words to shingles            \
//! sketch    shingles to a sketch          |  near-duplicates:
//! candidates  sketches to pairs           |  the same text
//! verify    pairs to matches, exactly     |
//! group     matches to groups            /
//! terms     words to terms               \
//! weights   terms to weights              |  stories, of one report
//! neighbours  weights to similar pairs    |  of each group:
//! crowd     similarities to scores        |  the same event
//! support   scores by what others say    |
//! group     scores to stories            /
//! place     who stands for what, and why
//! report    a grouping to rows, a screen, a page
//! ```
//!
//! # Modules, in reading order
//!
//! | module | what |
//! |---|---|
//! | [`model`] | the nouns: article, match, grouping |
//! | [`params`] | every knob that can change an answer |
//! | [`stages`] | the stages, one a file, with what each guarantees |
//! | [`pipeline`] | puts the stages together; only it knows the order |
//! | [`kernel`] | the mathematics under the stages, on slices and numbers |
//! | [`text`] | words, stems, languages, markup, term tables |
//! | [`pipeline::index`] | the persistent index: night after night, with the answer of one run |
//! | [`store`] | the index on disk |
//! | [`read`] | files, folders and standard input to articles and refusals |
//! | [`report`] | a grouping as tables, a screen and a page |
//! | [`service`] | an index over HTTP, and the editors' page |
//! | [`cli`] | the command |
//!
//! # Who may import whom
//!
//! Imports point down, and siblings of one layer do not know each other; a test holds it.
//!
//! ```text
//! cli
//! service
//! pipeline
//! read  report  store
//! stages
//! params
//! model
//! text
//! kernel
//! ```
//!
//! # What there is none of
//!
//! - No I/O, clock, environment, randomness or printing in `kernel`, `text` and `stages`; they cannot fail, and no
//!   article makes them panic.
//! - No answer that depends on the number of threads or the order of the input: sums are integers, ties go by the date,
//!   then by the hash of the id.
//! - No hash that depends on the machine or the run: all are XXH3, and what they hash is versioned ([`text::VERSION`]).
//! - No bucket that costs quadratic time, and no group that grows by chaining: pairs come from bounded buckets, groups
//!   from average linkage.
//! - No similarity that depends on other articles: the background is fixed. Only a score does, and it stands beside it.
//! - No article that is lost: it is in the grouping, or a refusal names file, record and reason.
//! - No `unsafe` but in `kernel::wide`, which calls what it knows the processor to have.

pub mod cli;
pub mod kernel;
pub mod model;
pub mod params;
pub mod pipeline;
pub mod read;
pub mod report;
#[cfg(feature = "serve")]
pub mod service;
pub mod stages;
pub mod store;
pub mod text;
