//! The rules of the house, held by reading the sources.

use std::fs;
use std::path::{Path, PathBuf};

/// Who may import whom: the first part of a path under `src`, and what `crate::` may be followed by there. A module may
/// always import from itself, but siblings of one layer may not import each other.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("kernel", &[]),
    ("text", &["kernel"]),
    ("model", &[]),
    ("params", &["model", "text", "kernel"]),
    ("stages", &["model", "params", "text", "kernel"]),
    ("read", &["stages", "model", "text", "kernel"]),
    ("report", &["model", "kernel"]),
    ("store", &["model", "params", "text", "kernel"]),
    ("pipeline", &["read", "report", "store", "stages", "model", "params", "text", "kernel"]),
    (
        "service",
        &["pipeline", "read", "report", "store", "stages", "model", "params", "text", "kernel"],
    ),
    (
        "cli",
        &["service", "pipeline", "read", "report", "stages", "model", "params", "text", "kernel"],
    ),
    ("lib", &[]),
    ("main", &["cli"]),
];

/// Libraries that are known in few places only.
const HOMES: &[(&str, &[&str])] = &[
    ("anyhow", &["cli", "main"]),
    ("askama", &["report", "service"]),
    ("axum", &["service"]),
    ("clap", &["cli", "main"]),
    ("arrow_array", &["pipeline", "read", "report"]),
    ("arrow_ipc", &["pipeline"]),
    ("csv", &["cli", "read", "report"]),
    ("parquet", &["read", "report"]),
    ("rayon", &["cli", "pipeline", "report", "stages"]),
    ("serde_json", &["cli", "read", "report", "store", "text", "service"]),
    ("rusqlite", &["store"]),
    ("sha2", &["report", "service"]),
    ("signal_hook", &["cli"]),
    ("tempfile", &["report", "pipeline", "service", "store"]),
    ("terminal_size", &["cli"]),
    ("twox_hash", &["kernel", "report"]),
];

/// The longest a file may be. Lower it when the longest file allows.
const MOST_LINES: usize = 400;

/// What must not stay in a source.
const FORBIDDEN: &[&str] = &["todo!(", "dbg!(", "unimplemented!(", "XXX", "FIXME"];

struct Source {
    path: PathBuf,
    /// The first part of the path under `src`, without `.rs`.
    home: String,
    text: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &str) -> Vec<Source> {
    let base = root().join(folder);
    let files = walkdir::WalkDir::new(&base)
        .sort_by_file_name()
        .into_iter()
        .map(|entry| entry.unwrap().into_path());
    let sources = files
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| {
            let first = path.strip_prefix(&base).unwrap().iter().next().unwrap().to_string_lossy();
            let home = first.trim_end_matches(".rs").to_owned();
            let text = fs::read_to_string(&path).unwrap();
            Source { path, home, text }
        });
    sources.collect()
}

/// Lines with their numbers, without what follows `//`.
fn code(source: &Source) -> impl Iterator<Item = (usize, &str)> {
    source
        .text
        .lines()
        .enumerate()
        .map(|(i, line)| (i + 1, line.split("//").next().unwrap_or_default()))
}

/// The names that follow `prefix` in a line where `prefix` begins a path.
fn after<'a>(line: &'a str, prefix: &'a str) -> impl Iterator<Item = &'a str> {
    line.match_indices(prefix).filter_map(move |(at, _)| {
        let is_start = !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
        let rest = &line[at + prefix.len()..];
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        is_start.then(|| &rest[..end])
    })
}

fn none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn imports_point_down() {
    let mut faults = Vec::new();
    for source in sources("src") {
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(home, _)| *home == source.home) else {
            faults.push(format!("{}: {} is not in the table", source.path.display(), source.home));
            continue;
        };
        for (number, line) in code(&source) {
            let named = after(line, "crate::").chain(after(line, "samestory::"));
            let list = line.split_once("use crate::{").map_or("", |(_, list)| list);
            let listed = list
                .split(['{', '}', ',', ';'])
                .map(|path| path.trim().split("::").next().unwrap());
            for name in named.chain(listed).filter(|name| !name.is_empty()) {
                if !(allowed.contains(&name) || name == source.home) {
                    faults.push(format!(
                        "{}:{number}: {} may not import {name}",
                        source.path.display(),
                        source.home
                    ));
                }
            }
        }
    }
    none(&faults);
}

#[test]
fn libraries_stay_where_they_belong() {
    let mut faults = Vec::new();
    for source in sources("src") {
        for (library, homes) in
            HOMES.iter().filter(|(_, homes)| !homes.contains(&source.home.as_str()))
        {
            let prefix = format!("{library}::");
            let used = code(&source).filter(|(_, line)| after(line, &prefix).next().is_some());
            faults.extend(used.map(|(number, _)| {
                format!(
                    "{}:{number}: {library} belongs to {}",
                    source.path.display(),
                    homes.join(", ")
                )
            }));
        }
    }
    none(&faults);
}

#[test]
fn every_file_says_what_it_is_and_is_short() {
    let mut faults = Vec::new();
    for source in sources("src").into_iter().chain(sources("tests")) {
        let path = source.path.display();
        if !source.text.starts_with("//! ") {
            faults.push(format!("{path}: does not begin with what it is"));
        }
        let lines = source.text.lines().count();
        if lines > MOST_LINES {
            faults.push(format!("{path}: {lines} lines, {MOST_LINES} are allowed"));
        }
        let is_this = source.path.ends_with("tidy.rs");
        for word in FORBIDDEN.iter().filter(|word| !is_this && source.text.contains(**word)) {
            faults.push(format!("{path}: has {word}"));
        }
    }
    none(&faults);
}

/// The names of the public fields of `Params`, in order.
fn params() -> Vec<String> {
    let text = fs::read_to_string(root().join("src/params.rs")).unwrap();
    let body = text.split("pub struct Params {").nth(1).unwrap().split('}').next().unwrap();
    let field = |line: &str| Some(line.trim().strip_prefix("pub ")?.split(':').next()?.to_owned());
    body.lines().filter_map(field).collect()
}

/// The option that sets a field, where it does not have the field's name.
const OPTIONS: &[(&str, &str)] = &[("only_duplicates", "only"), ("window_days", "window")];

/// Each parameter has an option of `cluster`; that each option has a row in the README is a test of `readme.rs`.
#[test]
fn every_parameter_has_an_option() {
    let show = crate::util::Dir::new().run("config show").exits(0).out;
    let options: Vec<&str> =
        show.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let mut faults = Vec::new();
    for field in params() {
        let known =
            OPTIONS.iter().find(|(of, _)| *of == field).map(|(_, option)| (*option).to_owned());
        let option = known.unwrap_or_else(|| field.replace('_', "-"));
        if !options.contains(&option.as_str()) {
            faults.push(format!("{field}: no option --{option}"));
        }
    }
    none(&faults);
}
