//! What was safe and is lost is said, and nothing is changed: the log of the database, the header, the database.

use std::fs;
use std::path::PathBuf;

use samestory::params::Params;
use samestory::pipeline::index::{Access, Index};

use crate::util::Dir;

const NIGHTS: usize = 3;

/// An index of a few nights.
fn index() -> Dir {
    let dir = Dir::new();
    for night in 0..NIGHTS {
        let file = format!("{night}.jsonl");
        dir.file(&file, format!("{{\"title\": \"Ferry {night} runs aground off Pellin\"}}\n"));
        dir.run(&format!("update -q --index news.idx {file}")).exits(0);
    }
    dir
}

fn segments(dir: &Dir) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir.path("news.idx/segments")).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// SQLite itself would go back to the last night before the bit, and say nothing.
#[test]
fn every_bit_that_flips_in_the_log_is_seen() {
    let dir = index();
    let (log, before) = (dir.path("news.idx/index.sqlite-wal"), segments(&dir));
    let whole = fs::read(&log).unwrap();
    let read = || {
        let index = Index::open(&dir.path("news.idx"), Access::Read, &Params::default());
        index.map(|index| index.stats().unwrap().runs)
    };
    assert_eq!(read().unwrap(), NIGHTS as u64);
    let first = (0..32).chain((32..whole.len()).step_by(whole.len() / 200));
    for at in first.chain(whole.len() - 30..whole.len()) {
        let mut flipped = whole.clone();
        flipped[at] ^= 1 << (at % 8);
        fs::write(&log, &flipped).unwrap();
        let said = read().expect_err("a flipped bit goes unseen").to_string();
        assert!(said.contains("index.sqlite-wal"), "{at}: {said}");
    }
    let mut flipped = whole.clone();
    flipped[whole.len() * 9 / 10] ^= 1;
    fs::write(&log, &flipped).unwrap();
    dir.run("index check --index news.idx").exits(5).says("1 of 3 runs");
    dir.run("update --index news.idx 0.jsonl").exits(5).says("1 of 3 runs");
    assert_eq!(segments(&dir), before, "nothing of the lost nights is swept");
    fs::remove_file(&log).unwrap();
    dir.run("index check --index news.idx").exits(5).says("index.sqlite-wal");
    fs::write(&log, &whole).unwrap();
    dir.run("index check --index news.idx").exits(0);
}

#[test]
fn what_is_missing_is_damage_and_nothing_takes_its_place() {
    let dir = index();
    let header = dir.read("news.idx/header");
    fs::remove_file(dir.path("news.idx/header")).unwrap();
    dir.run("update --index news.idx 0.jsonl --window 2d").exits(5).says("header is missing");
    for command in ["index check", "index expire --retain 9d"] {
        dir.run(&format!("{command} --index news.idx")).exits(5).says("header is missing");
    }
    assert!(!dir.path("news.idx/header").exists());
    // Without the segments the database still has its runs.
    fs::rename(dir.path("news.idx/segments"), dir.path("segments")).unwrap();
    dir.run("update --index news.idx 0.jsonl").exits(5).says("header is missing");
    fs::remove_dir(dir.path("news.idx/segments")).unwrap();
    fs::rename(dir.path("segments"), dir.path("news.idx/segments")).unwrap();

    for name in ["index.sqlite", "index.sqlite-wal", "index.sqlite-shm"] {
        let _ = fs::remove_file(dir.path(&format!("news.idx/{name}")));
    }
    for command in ["index check", "update 0.jsonl"] {
        dir.run(&format!("{command} --index news.idx")).exits(5).says("header is missing");
    }
    dir.file("news.idx/header", header);
    for command in ["index check", "update 0.jsonl"] {
        dir.run(&format!("{command} --index news.idx")).exits(5).says("the database is missing");
    }
    dir.file("news.idx/index.sqlite", "");
    dir.run("index check --index news.idx").exits(5).says("runs");

    // Where nothing of an index is left, one is made.
    fs::remove_file(dir.path("news.idx/header")).unwrap();
    fs::remove_dir_all(dir.path("news.idx/segments")).unwrap();
    dir.run("index check --index news.idx").exits(2).says("no index here");
    dir.run("update --index news.idx 0.jsonl").exits(0).says("1 new article");
    dir.run("index check --index news.idx").exits(0);
}

#[test]
fn a_column_that_cannot_be_read_is_damage() {
    let dir = index();
    dir.file("d.csv", "decision,article_id\nlock,a\n");
    dir.run("index decide --index news.idx d.csv").exits(0);
    let cases = [
        ("decisions SET decision = 'link'", "`link` is not one of must-link"),
        ("decisions SET article_id = x'FF'", "article_id"),
        ("articles SET kept = '{'", "index.sqlite: damaged"),
        ("articles SET seen = 'yesterday'", "index.sqlite: damaged"),
    ];
    for (fault, said) in cases {
        dir.run("index backup copy.idx --index news.idx").exits(0);
        let copy = rusqlite::Connection::open(dir.path("copy.idx/index.sqlite")).unwrap();
        assert!(copy.execute(&format!("UPDATE {fault}"), []).unwrap() > 0);
        drop(copy);
        dir.run("index export --index copy.idx").exits(5).says(said);
        fs::remove_dir_all(dir.path("copy.idx")).unwrap();
    }
}

#[test]
fn what_the_system_refuses_is_said_once_with_what_to_look_at() {
    let dir = index();
    let before = dir.names();
    let hint = "hint: whoever uses an index, if only to look, must be able to write into its folder, on a disk that has room\n";
    // Not even root can make a folder there.
    let none = dir.run("update --index /proc/none/news.idx 0.jsonl").exits(6);
    let said = "samestory: /proc/none/news.idx: No such file or directory (os error 2)\n";
    assert_eq!(none.err, format!("{said}{hint}"));
    let database = dir.path("news.idx/index.sqlite");
    fs::rename(&database, dir.path("aside")).unwrap();
    fs::create_dir(&database).unwrap();
    let stats = dir.run("index stats --index news.idx").exits(6);
    assert_eq!(stats.err.matches("unable to open database file").count(), 1, "{}", stats.err);
    assert!(stats.err.ends_with(hint), "{}", stats.err);
    // A file that is named in the place of a folder is a slip, and stays.
    fs::remove_dir(&database).unwrap();
    fs::rename(dir.path("aside"), &database).unwrap();
    for command in ["update --index 0.jsonl 1.jsonl", "index backup 0.jsonl --index news.idx"] {
        let ended = dir.run(command).exits(2);
        ended.says("samestory: 0.jsonl: no folder, and an index is one\nhint: name a folder");
    }
    dir.run("index stats --index 0.jsonl").exits(2).says("no index here");
    assert_eq!(dir.names(), before);
}
