//! Bad input through the binary: a message that names file and record, the exit code, the rest of the run unharmed, and
//! never a part of an output.

use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};

use samestory::model::Article;
use samestory::params::Params;
use samestory::pipeline::cluster_articles;

use crate::util::Dir;

const GOOD: &str = "{\"id\":\"g1\",\"title\":\"Ferry runs aground off Sandby\"}\n\
                    {\"id\":\"g2\",\"title\":\"Library lends seeds\"}\n";

/// A folder with a good file and what it alone comes to.
fn folder() -> (Dir, String) {
    let dir = Dir::new();
    dir.file("good.jsonl", GOOD);
    let alone = dir.run("cluster good.jsonl -q").exits(0).out;
    (dir, alone)
}

/// The output without the rows of a file.
fn without(text: &str, file: &str) -> String {
    text.split_inclusive('\n').filter(|row| !row.trim_end().ends_with(file)).collect()
}

/// Reads a bad file beside the good one and then alone. `code` is that of the run alone: 0 where the file has good
/// records too, 2 where nothing is read and so nothing is written.
#[track_caller]
fn check(dir: &Dir, alone: &str, bad: &str, code: i32, message: &str) {
    let refused = format!("refused: {bad}: {message}\n");
    dir.run(&format!("cluster {bad} good.jsonl -o both.csv")).exits(0).says(&refused);
    assert_eq!(without(&dir.read("both.csv"), bad), alone);
    dir.run(&format!("cluster {bad} good.jsonl -o strict.csv --strict")).exits(3).says(&refused);
    assert_eq!(dir.read("strict.csv"), dir.read("both.csv"));
    let before = dir.names();
    dir.run(&format!("cluster {bad} -o only.csv --refusals only-refusals.csv"))
        .exits(code)
        .says(&refused);
    assert_eq!(dir.path("only.csv").exists(), code == 0);
    assert!(dir.read("only-refusals.csv").starts_with(&format!("file,record,reason\n{bad},")));
    let _ = std::fs::remove_file(dir.path("only.csv"));
    std::fs::remove_file(dir.path("only-refusals.csv")).unwrap();
    assert_eq!(dir.names(), before, "something was left behind");
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn records_that_cannot_be_read() {
    let (dir, alone) = folder();
    dir.file("broken.jsonl", "{\"title\":\"One\"}\n{\"title\":\"Tw\n{\"title\":\"Three\"}\n");
    check(
        &dir,
        &alone,
        "broken.jsonl",
        0,
        "record 2: bad JSON: EOF while parsing a string at column 12",
    );
    dir.file("latin.jsonl", b"{\"title\":\"One\"}\n{\"title\":\"Stra\xdfe\"}\n");
    check(&dir, &alone, "latin.jsonl", 0, "record 2: not UTF-8 from byte 15 on");
    dir.file("bare.jsonl", "{\"title\":\"One\"}\n{\"id\":\"x\",\"url\":\"https://x.example/\"}\n");
    check(&dir, &alone, "bare.jsonl", 0, "record 2: neither text nor title");
    dir.file("odd.jsonl", "{\"title\":\"One\"}\n{\"id\":{\"a\":1},\"title\":\"Two\"}\n");
    let reason = "record 2: the id in `id` is neither text nor a number";
    check(&dir, &alone, "odd.jsonl", 0, reason);
    dir.file("columns.csv", "number,colour\n1,red\n");
    let reason =
        "no column is known as text or title among: number, colour; --field text=COLUMN names one";
    check(&dir, &alone, "columns.csv", 2, reason);
    dir.file("empty.jsonl", "");
    check(&dir, &alone, "empty.jsonl", 2, "empty");
}

#[test]
fn one_id_with_two_texts() {
    let (dir, alone) = folder();
    dir.file(
        "twice.jsonl",
        "{\"id\":\"x\",\"title\":\"Old words\",\"published\":\"2025-03-04\"}\n\
         {\"id\":\"x\",\"title\":\"New words\",\"published\":\"2025-03-05\"}\n\
         {\"id\":\"x\",\"title\":\"New words\",\"published\":\"2025-03-05\"}\n",
    );
    let reason = "record 1: id \"x\" has other content in twice.jsonl, which is newer or comes first by content";
    check(&dir, &alone, "twice.jsonl", 0, reason);
    let rows = dir.read("both.csv");
    assert!(rows.contains("New words") && !rows.contains("Old words"), "{rows}");
    assert_eq!(rows.lines().count(), 4, "the same content is read once: {rows}");
}

#[test]
fn a_gzip_that_is_cut_short() {
    let (dir, alone) = folder();
    let record =
        |i: u32| format!("{{\"id\":\"r{i}\",\"title\":\"Title number {}\"}}\n", i * 7_919 % 9_973);
    let whole = gzip(&(0..3000).map(record).collect::<String>());
    dir.file("cut.jsonl.gz", &whole[..whole.len() / 2]);
    let ended = dir.run("cluster cut.jsonl.gz good.jsonl -o both.csv").exits(0);
    let ended = ended.says("refused: cut.jsonl.gz: ");
    let ended = ended.says("the gzip data is damaged or cut short after this record");
    drop(ended);
    let read = dir.read("both.csv").lines().count();
    assert!((1000..2900).contains(&read), "what came before is read: {read}");
    assert!(alone.lines().all(|row| dir.read("both.csv").contains(row)));
    // Before the first record.
    for length in [3, 30] {
        dir.file("head.jsonl.gz", &whole[..length]);
        let said = dir.run("cluster head.jsonl.gz good.jsonl -o both.csv").exits(0).err;
        assert!(said.contains("refused: head.jsonl.gz: "), "{length}: {said}");
        assert_eq!(dir.read("both.csv"), alone, "{length}");
        dir.run("cluster head.jsonl.gz -o none.csv").exits(2).says("nothing could be read");
        assert!(!dir.path("none.csv").exists());
    }
}

/// The file is sparse: it takes no room on the disk.
#[test]
fn a_line_of_200_megabytes() {
    let (dir, alone) = folder();
    let mut file = File::create(dir.path("long.jsonl")).unwrap();
    file.write_all(b"{\"title\":\"One\"}\n{\"title\":\"").unwrap();
    file.seek(SeekFrom::Current(200 << 20)).unwrap();
    file.write_all(b"\"}\n{\"title\":\"Three\"}\n").unwrap();
    drop(file);
    let reason = "record 2: this line is longer than 64 MiB; --max-record raises the limit";
    let ended = dir.run("cluster long.jsonl good.jsonl -o both.csv").exits(0);
    drop(ended.says(&format!("refused: long.jsonl: {reason}\n")));
    let rows = dir.read("both.csv");
    assert_eq!(without(&rows, "long.jsonl"), alone);
    assert!(rows.contains(",One,") && rows.contains(",Three,"), "{rows}");
}

#[test]
fn inputs_that_are_not_there() {
    let (dir, _) = folder();
    dir.file("nothing/image.png", b"\x89PNG\r\n\x1a\n\0\0");
    for (input, message) in [
        ("missing.jsonl", "missing.jsonl: no such file or folder"),
        ("nothing", "nothing: nothing in this folder can be read"),
    ] {
        dir.run(&format!("cluster good.jsonl {input} -o x.csv")).exits(2).says(message);
        assert_eq!(dir.names(), ["good.jsonl", "nothing"]);
    }
}

#[test]
fn an_output_that_cannot_be_written() {
    let (dir, _) = folder();
    dir.file("folder/x.csv", "old");
    for output in ["none/x.csv", "folder"] {
        let message = format!("cannot write {output}: ");
        dir.run(&format!("cluster good.jsonl -o {output}")).exits(6).says(&message);
        assert_eq!(dir.names(), ["folder", "good.jsonl"]);
    }
    assert_eq!(dir.read("folder/x.csv"), "old");
}

#[test]
fn refusals_are_in_the_order_of_their_records() {
    let version = |record: u64| {
        let (id, title) = (format!("a{}", record / 2), format!("Version {record}"));
        Article { id, title, record, file: "a.jsonl".into(), ..Article::default() }
    };
    let run = cluster_articles((0..40).map(version).collect(), &Params::default()).unwrap();
    assert!(run.refusals.len() == 20 && run.refusals.is_sorted(), "{:?}", run.refusals);
}

#[test]
fn articles_of_a_program_are_held_to_what_is_asked_of_records() {
    let article = |title: &str, url: &str| Article {
        title: title.into(),
        url: url.into(),
        ..Article::default()
    };
    let articles = vec![
        article("The pier at Merrin reopens", ""),
        article(" ", ""),
        article("A library lends seeds", "https://merrin.example/seeds?utm_source=a"),
    ];
    let run = cluster_articles(articles, &Params::default()).unwrap();
    let mut ids: Vec<&str> = run.grouping.articles.iter().map(|a| &*a.id).collect();
    ids.sort_unstable();
    assert_eq!(ids.len(), 2);
    assert!(ids.contains(&"https://merrin.example/seeds") && !ids.contains(&""), "{ids:?}");
    assert_eq!((run.refusals.len(), run.refusals[0].record), (1, 2));
    assert_eq!(run.refusals[0].reason, "neither text nor title");
}

#[test]
fn parameters_out_of_their_range_are_an_error() {
    let refused = |params: Params| cluster_articles(Vec::new(), &params).unwrap_err().to_string();
    let cut = refused(Params { story_cut: -1e300, ..Params::default() });
    assert!(cut.starts_with("story_cut is -1") && cut.ends_with("it must be -1 to 1"), "{cut}");
    let share = refused(Params { min_resemblance: 5.0, ..Params::default() });
    assert_eq!(share, "min_resemblance is 5: it must be 0 to 1");
    for window_days in [0.0, -1.0, f64::NAN] {
        assert!(refused(Params { window_days, ..Params::default() }).starts_with("window_days"));
    }
}
