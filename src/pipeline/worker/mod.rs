//! The stages past one machine: each a program from Arrow rows to Arrow rows, with the functions of a run on one machine.
//!
//! Whoever drives them moves rows: it hands each stage the rows of a group together and in order. What is decided is
//! decided here. Articles go by the hash of their id, as a signed number of the same order.

mod articles;
mod cards;
mod copies;
mod link;
mod near;
mod reports;
mod rows;
mod stories;
mod told;
mod wire;
mod writer;

use std::io::{self, Read, Write};
use std::sync::Arc;

use arrow_schema::ArrowError;

use crate::kernel::buckets::Bounds;
use crate::kernel::time::DAY;
use crate::params::Params;
use crate::read::Options;
use crate::report::ArticleRows;
use crate::stages::{candidates, reach, thirds};
use rows::Rows;
use wire::Column;
use writer::Writer;

/// What a stage cannot go on from.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no stage of this name.
    #[error("no stage {0}: there are {1}")]
    Stage(String, String),
    /// The other binary is of another version.
    #[error("this binary is {own}, where {wanted} is wanted: all machines need the same")]
    Version {
        /// What this binary is.
        own: String,
        /// What the driver's is.
        wanted: String,
    },
    /// A column is missing or of another type.
    #[error("{0}")]
    Column(String),
    /// A value cannot be what it should be.
    #[error("{0}")]
    Payload(String),
    /// The input is no Arrow IPC stream.
    #[error("standard input is no whole Arrow IPC stream ({0})")]
    NoArrow(String),
    /// Rows are not in the order of the stage.
    #[error("the rows are not in the order of this stage; --sort sorts them first")]
    Order,
    /// Two articles cannot be told apart.
    #[error("{0:?} and {1:?} have the same 64-bit hash: give one of them another id")]
    Clash(String, String),
    /// The output cannot be written, or what waits for its turn not be put aside.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The output cannot be made.
    #[error(transparent)]
    Arrow(#[from] ArrowError),
}

/// What a stage works with beside its rows.
#[derive(Debug)]
pub struct Settings {
    /// The parameters of the run.
    pub params: Params,
    /// How inputs are understood.
    pub options: Arc<Options>,
    /// Sort the rows first, where the engine does not keep them in order.
    pub sort: bool,
}

type Run = fn(&mut Rows<'_>, &mut Writer<'_>, &Settings) -> Result<(), Error>;

/// One stage.
struct Stage {
    name: &'static str,
    input: &'static [Column],
    output: &'static [Column],
    /// How many of the first columns the rows of a group share.
    key: usize,
    /// How many of them order the rows.
    order: usize,
    run: Run,
}

const STAGES: &[Stage] = &[
    stage("seal", articles::CARD, articles::CARD, 1, 1, articles::seal),
    stage("fold", copies::TEXTS, copies::FOLDED, 1, 2, copies::fold),
    stage("keys", copies::SKETCHES, copies::KEYS, 0, 0, copies::keys),
    stage("pairs", copies::KEYS, copies::PAIRS, 2, 4, copies::pairs),
    stage("sift", copies::SKETCH_PAIRS, copies::CANDIDATES, 0, 0, copies::sift),
    stage("verify", copies::COPY_PAIRS, copies::EXAMINED, 0, 0, copies::verify),
    stage("copies-nearest", link::END, link::NEAREST, 1, 1, |r, w, _| {
        link::nearest(r, w, link::COPIES)
    }),
    stage("copies-finish", link::EDGE, link::LABEL, 0, 0, |r, w, _| {
        link::finish(r, w, link::COPIES)
    }),
    stage("canonical", reports::MEMBERS, reports::CANONICAL, 1, 2, reports::canonical),
    stage("calendar", reports::TIMES, reports::CALENDAR, 1, 2, reports::calendar),
    stage("post", reports::REPORTS, reports::POSTS, 1, 2, reports::post),
    stage("postings", reports::POSTED, reports::POSTINGS, 0, 0, reports::postings),
    stage("close", reports::SIZED, reports::CLOSED, 2, 3, reports::close),
    stage("near", near::BLOCKS, near::NEAR, 2, 3, near::near),
    stage("choose", near::NEAR, near::CHOSEN, 1, 1, near::choose),
    stage("compare", stories::STAR, stories::COMPARED, 1, 2, stories::compare),
    stage("crowd", stories::CROWD, stories::SCORED, 1, 2, stories::crowd),
    stage("support", stories::SIMILAR, stories::SAID, 1, 1, stories::support),
    stage("stories-nearest", link::END, link::NEAREST, 1, 1, |r, w, s| {
        link::nearest(r, w, link::stories(s))
    }),
    stage("stories-finish", link::EDGE, link::LABEL, 0, 0, |r, w, s| {
        link::finish(r, w, link::stories(s))
    }),
];

const fn stage(
    name: &'static str,
    input: &'static [Column],
    output: &'static [Column],
    key: usize,
    order: usize,
    run: Run,
) -> Stage {
    Stage { name, input, output, key, order, run }
}

/// The stage that takes inputs as they are, see [`read::rows`].
const PREPARE: &str = "prepare";
/// The stage that gives the rows of the output.
const PLACE: &str = "place";

/// Runs a stage from one Arrow IPC stream to another.
///
/// # Errors
/// The input is not what the stage takes, or the output cannot be written.
pub fn run(
    name: &str,
    input: impl Read,
    output: impl Write,
    settings: &Settings,
) -> Result<(), Error> {
    let output: Box<dyn Write> = Box::new(io::BufWriter::with_capacity(1 << 16, output));
    match name {
        PREPARE => return articles::prepare(input, output, settings),
        PLACE => return told::place(input, output, settings),
        _ => {}
    }
    let Some(stage) = STAGES.iter().find(|stage| stage.name == name) else {
        let names = STAGES.iter().map(|stage| stage.name).chain([PREPARE, PLACE]);
        return Err(Error::Stage(name.to_owned(), names.collect::<Vec<_>>().join(", ")));
    };
    let mut rows = Rows::open(input, stage.input, (stage.key, stage.order), settings.sort)?;
    let mut writer = Writer::new(output, stage.output)?;
    (stage.run)(&mut rows, &mut writer, settings)?;
    writer.finish()
}

/// Refuses to work for a driver of another version.
///
/// # Errors
/// [`Error::Version`].
pub fn check(wanted: Option<&str>) -> Result<(), Error> {
    let own = version();
    match wanted {
        Some(wanted) if wanted != own => Err(Error::Version { own, wanted: wanted.to_owned() }),
        _ => Ok(()),
    }
}

/// What must be the same on all machines: the versions of the binary, of its hashes and of its words.
pub fn version() -> String {
    let (hash, text) = (crate::kernel::hash::VERSION, crate::text::VERSION);
    format!("samestory {} hash {hash} text {text}", env!("CARGO_PKG_VERSION"))
}

/// What a driver needs to know: the version, constants, and all stages as lines of tab-separated name, input columns,
/// output columns, columns of the key and of the order; lists are joined by commas.
pub fn describe(settings: &Settings) -> String {
    let typed = |columns: &[Column]| {
        let typed = |(name, kind): &Column| format!("{name} {}", kind.sql());
        columns.iter().map(typed).collect::<Vec<_>>().join(",")
    };
    let line =
        |name: &str, input: &'static [Column], output: &str, (key, order): (usize, usize)| {
            let names = |n: usize| input[..n].iter().map(|c| c.0).collect::<Vec<_>>().join(",");
            format!("{name}\t{}\t{output}\t{}\t{}\n", typed(input), names(key), names(order))
        };
    let shared = candidates::SHARED;
    let Bounds { hubs, near } = candidates::BOUNDS;
    let lead = candidates::Table::Lead.number();
    let mut text = version();
    let rounds = thirds::ROUNDS;
    text += &format!("\nshared={shared},hubs={hubs},near={near},lead={lead},rounds={rounds}");
    text += &format!(",past_from={},past_to={}\n", reach::NEAR / DAY, reach::FAR / DAY);
    text += &line(PREPARE, &[], &typed(articles::CARD), (0, 0));
    let each = |s: &Stage| line(s.name, s.input, &typed(s.output), (s.key, s.order));
    text.extend(STAGES.iter().map(each));
    text + &line(PLACE, told::STORY, &ArticleRows::new(&settings.options.keep).sql(), (1, 2))
}

/// The number by which an article goes: its identity, in the same order as a signed number.
fn item(identity: u64) -> i64 {
    (identity ^ 1 << 63) as i64
}

/// Back from [`item`].
fn identity(item: i64) -> u64 {
    item as u64 ^ 1 << 63
}

/// A list as bytes.
fn pack<T: super::spool::Item>(list: &[T]) -> Vec<u8> {
    let mut bytes = vec![0; list.len() * T::SIZE];
    bytes.chunks_exact_mut(T::SIZE).zip(list).for_each(|(place, item)| item.write(place));
    bytes
}

/// Back from [`pack`].
fn unpack<T: super::spool::Item>(row: &wire::Row, column: usize) -> Result<Vec<T>, Error> {
    let bytes = row.bytes(column);
    if !bytes.len().is_multiple_of(T::SIZE) {
        return Err(row.bad(column, "is cut"));
    }
    Ok(bytes.chunks_exact(T::SIZE).map(T::read).collect())
}
