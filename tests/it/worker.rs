//! `samestory worker`: stages from Arrow to Arrow, and what they say when they cannot.

use std::io::Write as _;
use std::process::Stdio;
use std::sync::Arc;

use arrow_array::{ArrayRef, BinaryArray, Int64Array, RecordBatch, StringArray};
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::StreamWriter;
use proptest::prelude::*;
use samestory::params::Params;
use samestory::pipeline::worker::{self, Settings};
use samestory::read::Options;

use crate::util::{Dir, Ran};

fn settings() -> Settings {
    let options = Arc::new(Options::default());
    Settings { params: Params::default(), options, sort: false }
}

/// A stream of one batch.
fn stream(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

fn longs(values: Vec<i64>) -> ArrayRef {
    Arc::new(Int64Array::from(values))
}

/// The command with these bytes on its standard input.
fn run(arguments: &str, input: &[u8]) -> (Ran, Vec<u8>) {
    let dir = Dir::new();
    let mut command = dir.command(arguments);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may have refused and gone before it read anything.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    (Ran { code: output.status.code().unwrap_or(-1), out: String::new(), err }, output.stdout)
}

fn keys(buckets: Vec<i64>, items: Vec<i64>) -> Vec<u8> {
    stream(vec![
        ("bucket_table", longs(vec![0; buckets.len()])),
        ("time", longs(vec![0; buckets.len()])),
        ("bucket", longs(buckets)),
        ("item", longs(items)),
    ])
}

/// Rows of whole numbers.
fn rows(bytes: &[u8]) -> Vec<Vec<i64>> {
    let batches = StreamReader::try_new(bytes, None).unwrap().map(Result::unwrap);
    let rows = batches.flat_map(|batch| {
        let columns: Vec<Int64Array> = batch
            .columns()
            .iter()
            .map(|column| column.as_any().downcast_ref::<Int64Array>().unwrap().clone())
            .collect();
        (0..batch.num_rows())
            .map(|row| columns.iter().map(|column| column.value(row)).collect())
            .collect::<Vec<_>>()
    });
    rows.collect()
}

#[test]
fn a_bucket_gives_its_pairs() {
    let (ran, out) = run("worker pairs", &keys(vec![7, 7, 7, 8], vec![1, 2, 5, 6]));
    ran.exits(0);
    assert_eq!(rows(&out), [[1, 2, 2], [1, 5, 2], [2, 5, 2]]);
    let mixed = keys(vec![7, 8, 7], vec![1, 6, 2]);
    run("worker pairs", &mixed).0.exits(2).says("not in the order of this stage; --sort");
    assert_eq!(rows(&run("worker pairs --sort", &mixed).1), [[1, 2, 2]]);
}

#[test]
fn a_list_that_is_no_set_is_refused() {
    let columns = stages().into_iter().find(|(name, _)| name == "verify").unwrap().1;
    let row = |(name, kind): &(String, String)| -> (String, ArrayRef) {
        let array: ArrayRef = match kind.as_str() {
            "bigint" => longs(vec![1]),
            "string" => Arc::new(StringArray::from(vec![""])),
            _ if name == "b_details" => {
                Arc::new(BinaryArray::from(vec![&[1, 0, 0, 0, 1, 0, 0, 0][..]]))
            }
            _ => Arc::new(BinaryArray::from(vec![&[1, 0, 0, 0][..]])),
        };
        (name.clone(), array)
    };
    let row: Vec<(String, ArrayRef)> = columns.iter().map(row).collect();
    let row = stream(row.iter().map(|(name, array)| (name.as_str(), array.clone())).collect());
    run("worker verify", &row).0.exits(2).says("column b_details is no set");
}

#[test]
fn what_cannot_be_worked_on_is_said() {
    run("worker nothing", b"").0.exits(2).says("no stage nothing: there are seal, fold, keys");
    run("worker pairs", b"").0.exits(2).says("worker pairs: standard input is no whole Arrow");
    run("worker pairs", b"rubbish, and more of it").0.exits(2).says("is no whole Arrow IPC stream");
    let cut = keys(vec![1, 1], vec![1, 2]);
    run("worker pairs", &cut[..cut.len() / 2]).0.exits(2).says("is no whole Arrow IPC stream");
    let other = stream(vec![("item", longs(vec![1]))]);
    run("worker keys", &other).0.exits(2).says("there is no column sketch");
    let text: ArrayRef = Arc::new(StringArray::from(vec!["x"]));
    let short: ArrayRef = Arc::new(BinaryArray::from(vec![&b"x"[..]]));
    let time = || ("time", longs(vec![0]));
    let other = stream(vec![("item", text), ("sketch", short.clone()), time()]);
    run("worker keys", &other).0.exits(2).says("column item is Utf8, where bigint is wanted");
    let short = stream(vec![("item", longs(vec![1])), ("sketch", short), time()]);
    run("worker keys", &short).0.exits(2).says("column sketch is no sketch");
    let older = "worker pairs --expect samestory-0.0.1";
    run(older, b"").0.exits(2).says("where samestory-0.0.1 is wanted: all machines need the same");
    let decided = Dir::new();
    decided.file("d.csv", "decision,article_id,other_id\nmust-link,a,b\n");
    let ran = decided.run("worker --describe --decisions d.csv").exits(2);
    ran.says("editors' decisions are not applied past one machine");
}

/// Rows of files to read, each with the part that is wanted.
fn files(rows: &[(&str, &std::path::Path, i64, i64)]) -> RecordBatch {
    let text = |texts: Vec<&str>| -> ArrayRef { Arc::new(StringArray::from(texts)) };
    let columns = [
        ("samestory_file", text(rows.iter().map(|row| row.0).collect())),
        ("samestory_path", text(rows.iter().map(|row| row.1.to_str().unwrap()).collect())),
        ("samestory_from", longs(rows.iter().map(|row| row.2).collect())),
        ("samestory_to", longs(rows.iter().map(|row| row.3).collect())),
        ("samestory_refusal", text(vec![""; rows.len()])),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

/// The ids and the refusals of these rows.
fn read(rows: &[(&str, &std::path::Path, i64, i64)]) -> (Vec<String>, Vec<String>) {
    let options = Arc::new(Options { max_record: 60, ..Options::default() });
    let (mut ids, mut refused) = (Vec::new(), Vec::new());
    for chunk in samestory::read::rows(&files(rows), &options).unwrap() {
        let parsed = chunk.parse();
        ids.extend(parsed.articles.into_iter().map(|article| article.id));
        refused.extend(parsed.refusals.into_iter().map(|refusal| refusal.reason));
    }
    (ids, refused)
}

#[test]
fn wherever_a_file_is_parted_its_records_are_read_once() {
    let dir = Dir::new();
    let long = "x".repeat(80);
    let lines = format!(
        "\u{feff}{{\"id\":\"a\",\"title\":\"A\"}}\n\n{{\"id\":\"b\",\"title\":\"B\"}}\r\nno JSON\n{long}\n{{\"id\":\"c\",\"title\":\"C\"}}"
    );
    dir.file("lines.jsonl", &lines);
    dir.file("table.csv", "id,title\nd,D\ne,E\n");
    dir.file("blank.jsonl", " \n\n");
    for (name, ids, refusals) in [
        ("lines.jsonl", vec!["a", "b", "c"], 2),
        ("table.csv", vec!["d", "e"], 0),
        ("blank.jsonl", vec![], 1),
    ] {
        let path = dir.path(name);
        let size = std::fs::metadata(&path).unwrap().len() as i64;
        let whole = read(&[(name, &path, 0, i64::MAX)]);
        assert_eq!(
            (&whole.0, whole.1.len()),
            (&ids.iter().map(|id| id.to_string()).collect(), refusals)
        );
        for cut in 1..=size + 1 {
            let parts = read(&[(name, &path, 0, cut), (name, &path, cut, i64::MAX)]);
            assert_eq!(parts, whole, "{name} at {cut}");
        }
    }
    let gone = files(&[("gone.csv", &dir.path("gone.csv"), 0, 9)]);
    let error = samestory::read::rows(&gone, &Arc::new(Options::default())).err().unwrap();
    assert!(error.ends_with("gone.csv: not there, where every machine must find it"), "{error}");
}

#[test]
fn files_are_listed_as_cluster_reads_them() {
    let dir = Dir::new();
    for name in ["in/a[1].jsonl", "in/_b.jsonl", "in/.c.jsonl", "in/_d/e%20.jsonl"] {
        dir.file(name, "{\"id\":\"a\",\"title\":\"A\"}\n");
    }
    let listed = dir.run("worker --list=in/ --list=in/_b.jsonl").exits(0).out;
    let files = listed.lines().map(|line| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(std::fs::metadata(line["path"].as_str().unwrap()).unwrap().len(), line["size"]);
        line["file"].as_str().unwrap().to_owned()
    });
    let wanted = ["in/_b.jsonl", "in/_d/e%20.jsonl", "in/a[1].jsonl", "in/_b.jsonl"];
    assert_eq!(files.collect::<Vec<_>>(), wanted);
    dir.run("worker --list=in --list=missing").exits(2).says("missing: no such file or folder");
    dir.file("none/x.pdf", "%PDF-1.7");
    dir.run("worker --list=none").exits(2).says("nothing in this folder can be read");
    dir.run("worker --list=-").exits(2).says("standard input can be read by one machine only");
}

#[test]
fn all_machines_work_with_the_settings_of_the_driver() {
    let dir = Dir::new();
    dir.file("samestory.toml", "window = \"2d\"\nonly = \"duplicates\"\nsources = \"s.csv\"\n");
    dir.file("s.csv", "source,owner\nPost,Post Group\n");
    let mut command = dir.command("worker --describe --window 3d");
    let output = command.env("SAMESTORY_KEEP", "section,a b").output().unwrap();
    let described = String::from_utf8(output.stdout).unwrap();
    let flags: Vec<String> = serde_json::from_str(described.lines().next().unwrap()).unwrap();
    let sources = format!("--sources={}", dir.path("s.csv").display());
    for flag in ["--window=3d", "--only=duplicates", "--keep=section,a b", &sources] {
        assert!(flags.iter().any(|given| given == flag), "{flag} is not in {flags:?}");
    }
    assert_eq!(flags.len(), 4);
}

#[test]
fn columns_that_an_engine_cannot_name_are_refused_before_the_run() {
    let dir = Dir::new();
    dir.run("worker --describe --keep Title").exits(2).says("--keep Title: engines take it for");
    dir.run("worker --describe --keep b,B").exits(2).says("--keep B: engines take it for");
    dir.run("worker --describe --keep a`b").exits(2).says("--keep a`b: no engine can name");
    dir.run("worker --describe --keep line,meta.author").exits(0);
}

#[test]
fn of_one_article_given_twice_the_same_stays_as_on_one_machine() {
    let dir = Dir::new();
    for section in ["world", "art"] {
        let line = format!("{{\"id\":\"a\",\"title\":\"A\",\"section\":\"{section}\"}}\n");
        dir.file(&format!("{section}.jsonl"), &line);
    }
    let (art, world) = (dir.path("art.jsonl"), dir.path("world.jsonl"));
    // The names are in the other order than the sections.
    let rows = [("1.jsonl", &*world, 0, i64::MAX), ("2.jsonl", &*art, 0, i64::MAX)];
    let options = Arc::new(Options { keep: vec!["section".to_owned()], ..Options::default() });
    let settings = Settings { options, sort: true, ..settings() };
    let stage = |name: &str, input: &[u8]| {
        let mut output = Vec::new();
        worker::run(name, input, &mut output, &settings).unwrap();
        output
    };
    let batch = files(&rows);
    let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    let sealed = stage("seal", &stage("prepare", &writer.into_inner().unwrap()));
    let batches = StreamReader::try_new(&sealed[..], None).unwrap().map(Result::unwrap);
    let kept = batches.map(|batch| {
        let kept = batch.column_by_name("kept").unwrap();
        kept.as_any().downcast_ref::<BinaryArray>().unwrap().value(0).to_vec()
    });
    assert_eq!(kept.collect::<Vec<_>>(), [b"\x03\0\0\0art"]);
}

/// The stages by name, with their input columns and types.
fn stages() -> Vec<(String, Vec<(String, String)>)> {
    let described = worker::describe(&settings());
    let column = |column: &str| {
        let (name, kind) = column.split_once(' ').unwrap();
        (name.to_owned(), kind.to_owned())
    };
    let stage = |line: &str| {
        let mut fields = line.split('\t');
        let name = fields.next().unwrap().to_owned();
        let columns = fields.next().unwrap().split(',').filter(|c| !c.is_empty());
        (name, columns.map(column).collect())
    };
    described.lines().skip(2).map(stage).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn no_rows_are_a_panic(numbers in prop::collection::vec(prop_oneof![-3i64..9, any::<i64>()], 1..9), bytes in prop::collection::vec(any::<u8>(), 0..60), rubbish in prop::collection::vec(any::<u8>(), 0..200)) {
        for (name, columns) in stages() {
            let n = numbers.len();
            let array = |(at, (name, kind)): (usize, &(String, String))| -> (String, ArrayRef) {
                let array: ArrayRef = match kind.as_str() {
                    "bigint" => longs((0..n).map(|row| numbers[(row + at * at) % n]).collect()),
                    "string" => Arc::new(StringArray::from_iter_values((0..n).map(|row| "x".repeat(row)))),
                    "binary" => Arc::new(BinaryArray::from_iter_values((0..n).map(|row| &bytes[..bytes.len() * row / n]))),
                    "boolean" => Arc::new(arrow_array::BooleanArray::from(vec![true; n])),
                    _ => Arc::new(arrow_array::Float32Array::from(vec![0.5; n])),
                };
                (name.clone(), array)
            };
            let sort = Settings { sort: true, ..settings() };
            if !columns.is_empty() {
                let batch = RecordBatch::try_from_iter(columns.iter().enumerate().map(array)).unwrap();
                let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema()).unwrap();
                writer.write(&batch).unwrap();
                let _ = worker::run(&name, &writer.into_inner().unwrap()[..], Vec::new(), &sort);
            }
            let _ = worker::run(&name, &rubbish[..], Vec::new(), &sort);
        }
    }
}
