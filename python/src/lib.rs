//! samestory for Python: files in, Parquet or JSON out; `samestory/__init__.py` makes tables and dictionaries of them.

// What comes from Python is made for the call: there is nothing to borrow.
#![allow(clippy::needless_pass_by_value)]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use pyo3::exceptions::{PyKeyError, PyOSError, PyValueError};
use pyo3::prelude::*;
use samestory::kernel::bootstrap::bcubed_interval;
use samestory::kernel::metrics::{Scores, agreement};
use samestory::model::{Article, Refusal};
use samestory::params::Params;
use samestory::pipeline;
use samestory::read::{self, Chunk, Options};
use samestory::report::{self, Format, Layout, Table};
use samestory::stages::clean::clean;
use serde_json::json;

/// File, record and reason.
type Refused = (String, u64, String);

/// What can change an answer, by the names of the command's options.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
struct Settings {
    only_duplicates: bool,
    ignore_dates: bool,
    window: f64,
    min_resemblance: f64,
    min_containment: f64,
    min_similarity: f64,
    story_cut: f64,
}

impl From<Settings> for Params {
    fn from(settings: Settings) -> Self {
        Self {
            only_duplicates: settings.only_duplicates,
            ignore_dates: settings.ignore_dates,
            window_days: settings.window,
            min_resemblance: settings.min_resemblance,
            min_containment: settings.min_containment,
            min_similarity: settings.min_similarity,
            story_cut: settings.story_cut,
            ..Self::default()
        }
    }
}

/// The settings of a run that says nothing.
#[pyfunction]
fn defaults(py: Python<'_>) -> PyResult<Py<PyAny>> {
    let Params {
        only_duplicates,
        ignore_dates,
        window_days,
        min_resemblance,
        min_containment,
        min_similarity,
        story_cut,
        ..
    } = Params::default();
    let all = pyo3::types::PyDict::new(py);
    all.set_item("only_duplicates", only_duplicates)?;
    all.set_item("ignore_dates", ignore_dates)?;
    all.set_item("window", window_days)?;
    all.set_item("min_resemblance", min_resemblance)?;
    all.set_item("min_containment", min_containment)?;
    all.set_item("min_similarity", min_similarity)?;
    all.set_item("story_cut", story_cut)?;
    Ok(all.into())
}

/// The articles of files and folders: columns in the order of `samestory.read`, times in seconds.
#[pyfunction]
fn articles(py: Python<'_>, paths: Vec<String>) -> PyResult<(Vec<Row>, Vec<Refused>)> {
    interruptible(py, move |stop| {
        let (mut rows, mut refusals) = (Vec::new(), Vec::new());
        for parsed in stop.watch(open(&paths)?).map(Chunk::parse) {
            rows.extend(parsed.articles.into_iter().map(row));
            refusals.extend(parsed.refusals);
        }
        Ok((rows, refused(refusals)))
    })
}

/// Id, title, text, published, seen, source, lang, url.
type Row = (String, String, String, Option<i64>, Option<i64>, String, String, String);

fn row(article: Article) -> Row {
    let Article { id, title, text, published, seen, source, lang, url, .. } = article;
    let micros = |time: Option<jiff::Timestamp>| time.map(|time| time.as_microsecond());
    (id, title, text, micros(published), micros(seen), source, lang, url)
}

/// Id, title, text.
type Text = (String, String, String);

/// Id, title and text of each article, as they are compared.
#[pyfunction]
fn cleaned(py: Python<'_>, paths: Vec<String>) -> PyResult<(Vec<Text>, Vec<Refused>)> {
    interruptible(py, move |stop| {
        let (mut rows, mut refusals) = (Vec::new(), Vec::new());
        for parsed in stop.watch(open(&paths)?).map(Chunk::parse) {
            rows.extend(parsed.articles.into_iter().map(|article| {
                let cleaned = clean(&article.title, &article.text);
                let (title, text) = (cleaned.title.to_string(), cleaned.text.to_string());
                (article.id, title, text)
            }));
            refusals.extend(parsed.refusals);
        }
        Ok((rows, refused(refusals)))
    })
}

/// Groups the articles of files and folders; the rows of a layout as Parquet.
#[pyfunction]
fn cluster(
    py: Python<'_>,
    paths: Vec<String>,
    layout: &str,
    settings: Settings,
) -> PyResult<(Vec<u8>, Vec<Refused>)> {
    let layout = match layout {
        "articles" => Layout::Articles,
        "stories" => Layout::Stories,
        "pairs" => Layout::Pairs,
        other => {
            let allowed = "there are articles, stories, pairs";
            return Err(PyValueError::new_err(format!("no layout `{other}`: {allowed}")));
        }
    };
    let params = params(settings)?;
    interruptible(py, move |stop| {
        let run = pipeline::cluster(stop.watch(open(&paths)?), &params).map_err(failed)?;
        let table = Table { layout, format: Format::Parquet, ..Table::default() };
        let mut rows = Vec::new();
        report::write(&mut rows, &run.grouping, &table).map_err(failed)?;
        Ok((rows, refused(run.refusals)))
    })
}

/// Every number that decides whether two articles belong together, as JSON.
#[pyfunction]
fn explain(
    py: Python<'_>,
    paths: Vec<String>,
    a: String,
    b: String,
    settings: Settings,
) -> PyResult<String> {
    if a == b {
        return Err(PyValueError::new_err(format!("{a}: these are one and the same article")));
    }
    let params = params(settings)?;
    interruptible(py, move |stop| {
        let articles = stop.watch(open(&paths)?).map(|chunk| chunk.parse().articles);
        let found = pipeline::explain(articles, [&a, &b], &params).map_err(failed)?;
        let found =
            found.map_err(|id| PyKeyError::new_err(format!("no article has the id {id}")))?;
        serde_json::to_string(&found).map_err(|error| PyValueError::new_err(error.to_string()))
    })
}

/// How well clusters agree with labels, as JSON; both name the cluster of the same items in the same order.
#[pyfunction]
fn evaluate(py: Python<'_>, predicted: Vec<u32>, gold: Vec<u32>) -> String {
    py.detach(|| {
        let found = agreement(&predicted, &gold);
        let (low, high) = bcubed_interval(&predicted, &gold);
        let scores =
            |s: Scores| json!({ "precision": s.precision, "recall": s.recall, "f1": s.f1 });
        let mut figures = json!({
            "articles": found.items,
            "clusters": { "predicted": found.predicted_clusters, "gold": found.gold_clusters },
            "bcubed": scores(found.bcubed),
            "pairwise": scores(found.pairwise),
            "adjusted_rand": found.adjusted_rand,
            "v_measure": found.v_measure,
        });
        figures["bcubed"]["f1_95"] = json!([low, high]);
        figures.to_string()
    })
}

/// The `samestory` command; the exit code.
#[pyfunction]
fn command(py: Python<'_>, args: Vec<std::ffi::OsString>) -> u8 {
    py.detach(|| samestory::cli::run(&args) as u8)
}

/// Told to a call that nobody waits for any more.
#[derive(Clone, Default)]
struct Stop(Arc<AtomicBool>);

impl Stop {
    /// The chunks of a reader, until there is no use for them.
    fn watch(&self, reader: read::Reader) -> impl Iterator<Item = Chunk> + Send + use<> {
        let stop = self.clone();
        reader.take_while(move |_| !stop.0.load(Ordering::Relaxed))
    }
}

/// How often a call looks whether it was interrupted.
const LOOK: Duration = Duration::from_millis(50);

/// Works on another thread, so that Ctrl-C is heard meanwhile: the call is given up at once, and what it began reads nothing more and
/// ends by itself.
fn interruptible<T: Send + 'static>(
    py: Python<'_>,
    work: impl FnOnce(&Stop) -> PyResult<T> + Send + 'static,
) -> PyResult<T> {
    let (stop, caller) = (Stop::default(), thread::current());
    let told = stop.clone();
    let worker = thread::Builder::new().name("samestory".to_owned()).spawn(move || {
        let done = work(&told);
        caller.unpark();
        done
    })?;
    while !worker.is_finished() {
        py.detach(|| thread::park_timeout(LOOK));
        if let Err(interrupt) = py.check_signals() {
            stop.0.store(true, Ordering::Relaxed);
            return Err(interrupt);
        }
    }
    worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

fn params(settings: Settings) -> PyResult<Params> {
    let params = Params::from(settings);
    params.check().map_err(|error| PyValueError::new_err(error.to_string()))?;
    Ok(params)
}

fn open(paths: &[String]) -> PyResult<read::Reader> {
    read::open(paths, Options::default()).map_err(|error| PyOSError::new_err(error.to_string()))
}

fn failed(error: std::io::Error) -> PyErr {
    PyOSError::new_err(error.to_string())
}

fn refused(refusals: Vec<Refusal>) -> Vec<Refused> {
    refusals.into_iter().map(|r| (r.file.to_string(), r.record, r.reason)).collect()
}

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_function(wrap_pyfunction!(defaults, module)?)?;
    module.add_function(wrap_pyfunction!(articles, module)?)?;
    module.add_function(wrap_pyfunction!(cleaned, module)?)?;
    module.add_function(wrap_pyfunction!(cluster, module)?)?;
    module.add_function(wrap_pyfunction!(explain, module)?)?;
    module.add_function(wrap_pyfunction!(evaluate, module)?)?;
    module.add_function(wrap_pyfunction!(command, module)?)?;
    Ok(())
}
