//! An index survives what machines do: processes that die anywhere, disks that are full, files that rot, two writers at
//! once, and readers meanwhile. `SAMESTORY_FULL=1` tries more.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use samestory::kernel::hash::mix;
use samestory::params::Params;
use samestory::pipeline::index::{Access, Index};

use crate::util::{Dir, ran};

const NIGHTS: usize = 3;
const UPDATE: &str = "update --index news.idx -q --now 2026-03-01T00:00:00Z";

fn full() -> bool {
    std::env::var_os("SAMESTORY_FULL").is_some()
}

fn word(of: u64, n: u64) -> String {
    let hash = mix(mix(of) ^ n);
    (0..6).map(|i| char::from(b'a' + (hash >> (8 * i) & 0xFF) as u8 % 26)).collect()
}

/// A night of made-up articles: copies and reports of a few events, and others.
fn night(night: u64, articles: u64) -> String {
    let mut lines = String::new();
    for i in 0..articles {
        let event = mix(i) % (articles / 4);
        let one = |n: u64| match mix(night << 32 ^ i << 16 ^ n) % 5 {
            0 => word(1000 + i, n % 7),
            _ => word(event, mix(n) % 40),
        };
        let title: Vec<String> = (0..6).map(one).collect();
        let text: Vec<String> = (6..60).map(one).collect();
        let (title, text) = (title.join(" "), text.join(" "));
        let (day, hour) = (1 + night * 2 + i % 3, i % 24);
        lines += &format!(
            "{{\"id\": \"n{night}-{i}\", \"title\": \"{title}\", \"text\": \"{text}\", \"published\": \"2026-02-{day:02}T{hour:02}:00:00Z\"}}\n"
        );
    }
    lines
}

/// A folder with nights, and what exports say after each.
fn prepared(articles: u64) -> (Dir, Vec<String>) {
    let dir = Dir::new();
    let mut exports = Vec::new();
    for n in 0..NIGHTS {
        dir.file(&format!("{n}.jsonl"), night(n as u64, articles));
        dir.run(&format!("update --index whole.idx -q --now 2026-03-01T00:00:00Z {n}.jsonl"))
            .exits(0);
        exports.push(dir.run("index export -q --index whole.idx").exits(0).out);
    }
    (dir, exports)
}

/// The state after a crash: whole, and that of some night; then the rest of the nights gives the answer.
fn recovers(dir: &Dir, exports: &[String], acknowledged: usize) {
    if dir.path("news.idx/header").exists() {
        dir.run("index check -q --index news.idx").exits(0);
        let export = dir.run("index export -q --index news.idx").exits(0).out;
        let nights = exports.iter().position(|e| *e == export).map(|n| n + 1);
        let nights = nights.or((export.lines().count() == 1).then_some(0));
        let nights = nights.expect("the state of a night");
        assert!(
            nights == acknowledged || nights == acknowledged + 1,
            "{nights}, not {acknowledged}"
        );
    } else {
        assert_eq!(acknowledged, 0);
    }
}

#[test]
fn a_process_may_die_at_any_point_of_a_commit() {
    let (dir, exports) = prepared(40);
    for point in ["created", "segment", "written", "synced", "transaction", "committed"] {
        let _ = fs::remove_dir_all(dir.path("news.idx"));
        for n in 0..NIGHTS {
            let mut update = dir.command(&format!("{UPDATE} {n}.jsonl"));
            let died = !ran(update.env("SAMESTORY_CRASH_AT", point)).code.eq(&0);
            assert_eq!(died, point != "created" || n == 0, "{point}");
            recovers(&dir, &exports, n + usize::from(!died));
            dir.run(&format!("{UPDATE} {n}.jsonl")).exits(0);
            // Articles, pairs, findings.
            let files = fs::read_dir(dir.path("news.idx/segments")).unwrap().count();
            assert!(files <= 3 * (n + 2), "{files} segments");
        }
        assert_eq!(
            dir.run("index export -q --index news.idx").exits(0).out,
            exports[NIGHTS - 1],
            "{point}"
        );
    }
}

#[test]
fn a_process_may_be_killed_at_any_moment() {
    let (dir, exports) = prepared(40);
    let (mut done, mut kills) = (0, 0);
    while kills < if full() { 300 } else { 8 } {
        if done == NIGHTS {
            assert_eq!(
                dir.run("index export -q --index news.idx").exits(0).out,
                exports[NIGHTS - 1]
            );
            fs::remove_dir_all(dir.path("news.idx")).unwrap();
            done = 0;
        }
        let mut child = spawned(&mut dir.command(&format!("{UPDATE} {done}.jsonl")));
        std::thread::sleep(Duration::from_micros(mix(kills) % 120_000));
        child.kill().unwrap();
        let acknowledged = child.wait().unwrap().success();
        kills += 1;
        done += usize::from(acknowledged);
        recovers(&dir, &exports, done);
        // What was not acknowledged is given again; nights may have arrived all the same.
        if !acknowledged {
            dir.run(&format!("{UPDATE} {done}.jsonl")).exits(0);
            done += 1;
        }
    }
}

fn spawned(command: &mut Command) -> Child {
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

#[test]
fn the_index_changes_only_when_the_output_is_written() {
    let (dir, exports) = prepared(12);
    dir.run(&format!("{UPDATE} 0.jsonl")).exits(0);
    dir.run(&format!("{UPDATE} 1.jsonl -o /dev/full")).exits(6);
    recovers(&dir, &exports, 1);
}

/// Articles that come a few at a time are in few files all the same.
#[test]
fn small_updates_do_not_pile_up() {
    let (dir, exports) = prepared(12);
    let lines: Vec<String> = (0..NIGHTS)
        .flat_map(|n| {
            dir.read(&format!("{n}.jsonl")).lines().map(str::to_owned).collect::<Vec<_>>()
        })
        .collect();
    for line in &lines {
        dir.file("one.jsonl", line);
        dir.run(&format!("{UPDATE} one.jsonl -o none.csv")).exits(0);
    }
    let files = fs::read_dir(dir.path("news.idx/segments")).unwrap().count();
    assert!(files < 40, "{files} segments");
    let ids = |export: &str| -> Vec<String> {
        let mut ids: Vec<String> =
            export.lines().map(|line| line.split(',').nth(4).unwrap().to_owned()).collect();
        ids.sort();
        ids
    };
    let export = dir.run("index export -q --index news.idx").exits(0).out;
    assert_eq!(ids(&export), ids(&exports[NIGHTS - 1]));
    dir.run("index check -q --index news.idx").exits(0);
}

/// A limit on the length of files makes writes fail as a full disk does, at another byte each time.
#[test]
fn a_write_that_fails_changes_nothing() {
    let (dir, exports) = prepared(40);
    dir.run(&format!("{UPDATE} 0.jsonl")).exits(0);
    let mut failed = 0;
    for blocks in (1..400).step_by(if full() { 3 } else { 40 }) {
        let update = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" {UPDATE} 1.jsonl");
        let mut shell = Command::new("bash");
        shell.args(["-c", &update, env!("CARGO_BIN_EXE_samestory")]).current_dir(dir.path(""));
        let ran = ran(&mut shell);
        if ran.code == 0 {
            break;
        }
        failed += 1;
        assert_eq!(ran.code, 6, "{}", ran.err);
        recovers(&dir, &exports, 1);
    }
    assert!(failed > 0);
    dir.run(&format!("{UPDATE} 1.jsonl")).exits(0);
    recovers(&dir, &exports, 2);
}

#[test]
fn a_full_disk_changes_nothing() {
    let (dir, exports) = prepared(40);
    fs::create_dir(dir.path("disk")).unwrap();
    let mount = |arguments: &str| {
        let mut command = Command::new("sh");
        command.args(["-c", arguments]).current_dir(dir.path("")).stderr(Stdio::null());
        command.status().unwrap().success()
    };
    for kilobytes in (200..1200).step_by(if full() { 20 } else { 250 }) {
        // Only who may mount can try.
        if !mount(&format!("mount -t tmpfs -o size={kilobytes}k none disk")) {
            return;
        }
        let update = |n: usize| {
            dir.run(&format!(
                "update --index disk/news.idx -q --now 2026-03-01T00:00:00Z {n}.jsonl"
            ))
        };
        let mut done = 0;
        let code = loop {
            let code = if done < NIGHTS { update(done).code } else { 0 };
            if code != 0 || done == NIGHTS {
                break code;
            }
            done += 1;
        };
        if done > 0 {
            assert!(code == 0 || code == 6, "{code}");
            let export = dir.run("index export -q --index disk/news.idx").exits(0).out;
            assert!(export == exports[done - 1]);
        }
        assert!(mount("umount disk"));
    }
}

fn index_files(dir: &Dir, index: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(dir.path(index).join("segments"))
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    files.push(dir.path(index).join("header"));
    files.sort();
    files
}

#[test]
fn every_flipped_byte_is_seen_and_named() {
    let dir = Dir::new();
    dir.file("0.jsonl", night(0, 12)).run(&format!("{UPDATE} 0.jsonl")).exits(0);
    let read = || -> Result<(), String> {
        let index = Index::open(&dir.path("news.idx"), Access::Read, &Params::default());
        let read = index.and_then(|index| index.check().and_then(|()| index.export()));
        read.map(drop).map_err(|error| error.to_string())
    };
    read().unwrap();
    for file in index_files(&dir, "news.idx") {
        let whole = fs::read(&file).unwrap();
        let step = if full() { 1 } else { whole.len() / 400 + 1 };
        for at in (0..whole.len()).step_by(step) {
            let mut flipped = whole.clone();
            flipped[at] ^= 1 << (at % 8);
            fs::write(&file, &flipped).unwrap();
            let said = read().expect_err("a flipped byte goes unseen");
            assert!(said.contains(file.file_name().unwrap().to_str().unwrap()), "{at}: {said}");
        }
        fs::write(&file, &whole).unwrap();
    }
    let segment = &index_files(&dir, "news.idx")[1];
    fs::remove_file(segment).unwrap();
    dir.run("index export --index news.idx").exits(5).says("the segment is missing");
}

#[test]
fn one_writes_while_others_look() {
    let (dir, exports) = prepared(40);
    dir.run(&format!("{UPDATE} 0.jsonl")).exits(0);
    let mut writer = dir.command(&format!("{UPDATE} -"));
    let mut writer = writer.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let mut input = writer.stdin.take().unwrap();
    let night = dir.read("1.jsonl");
    let (first, rest) = night.split_at(night.len() / 2);
    // The kind of an input shows in its first 64 KiB, and only then is the index opened.
    input.write_all(first.as_bytes()).unwrap();
    input.write_all(rest.as_bytes()).unwrap();
    input.write_all(" \n".repeat(60_000).as_bytes()).unwrap();
    let mut locked = false;
    for _ in 0..400 {
        let code = dir.run(&format!("{UPDATE} --dry-run 2.jsonl -o none.csv")).code;
        locked |= code == 4;
        if locked {
            break;
        }
    }
    assert!(locked, "the second writer is refused");
    // What came by standard input has no other name.
    let look =
        || dir.run("index export -q --index news.idx").exits(0).out.replace(",-\n", ",1.jsonl\n");
    assert!(look() == exports[0]);
    drop(input);
    let seen: Vec<String> = (0..4).map(|_| look()).collect();
    assert!(writer.wait().unwrap().success());
    assert!(seen.iter().all(|text| *text == exports[0] || *text == exports[1]), "a mixture");
    assert!(look() == exports[1]);
}

/// All bytes of all files of an index.
fn bytes(index: &Path) -> Vec<u8> {
    let entries = walkdir::WalkDir::new(index).into_iter().map(Result::unwrap);
    let files = entries.filter(|e| e.file_type().is_file()).map(walkdir::DirEntry::into_path);
    files.flat_map(|file| fs::read(file).unwrap()).collect()
}

fn holds(all: &[u8], word: &str) -> bool {
    all.windows(word.len()).any(|w| w.eq_ignore_ascii_case(word.as_bytes()))
}

/// A database moves what it keeps from page to page, and what it leaves behind is left, too.
#[test]
fn nothing_is_left_of_many_that_are_forgotten_one_after_the_other() {
    let dir = Dir::new();
    let id = |i: usize| format!("person{i:04}x");
    let article = |i: usize| {
        let (title, words) = ("word ".repeat(i * 7 % 40), (0..20).map(|k| i * k * 7919 % 10_007));
        let text = words.fold(format!("Body{i:04}y"), |text, word| format!("{text} {word}"));
        let published = "2026-02-01";
        serde_json::json!({"id": id(i), "title": title, "text": text, "published": published})
            .to_string()
            + "\n"
    };
    dir.file("news.jsonl", (0..301).map(article).collect::<String>());
    dir.run("update --index news.idx news.jsonl --store-text 9d -o /dev/null").exits(0);
    let mut gone = Vec::new();
    for call in 0..8 {
        let ids: Vec<String> = (call * 10..call * 10 + 10).map(|i| id(i * 37 % 301)).collect();
        dir.run(&format!("index forget --index news.idx {}", ids.join(" "))).exits(0);
        gone.extend(ids);
        let left = bytes(&dir.path("news.idx"));
        let left: Vec<&String> = gone.iter().filter(|id| holds(&left, id)).collect();
        assert!(left.is_empty(), "{left:?} after {}", gone.len());
    }
    dir.run("index check --index news.idx").exits(0);
}

#[test]
fn nothing_is_left_of_what_is_forgotten() {
    let (dir, _) = prepared(40);
    let words = ["Quillonby", "Zarvexhaven", "73310", "secretpath", "private", "Oldversion"];
    let article = |version: &str, day: u8| {
        format!(
            "{{\"id\": \"private\", \"url\": \"http://x.example/secretpath\", \"title\": \"Mayor Quillonby {version}\", \
             \"text\": \"The mayor met Zarvexhaven officials about 73310 complaints.\", \"published\": \"2026-02-{day:02}T00:00:00Z\"}}\n"
        )
    };
    dir.file("a.jsonl", article("Oldversion", 3)).file("b.jsonl", article("again", 4));
    for input in ["0.jsonl", "a.jsonl", "1.jsonl", "b.jsonl", "2.jsonl"] {
        dir.run(&format!("{UPDATE} --store-text 9d {input}")).exits(0);
    }
    let decisions = "decision,article_id,other_id,by,reason\nmust-link,elsewhere,private,anna,Mayor Quillonby again\n\
                     lock,private,,bert,Quillonby\nlock,n0-2,,bert,not Mulligan\n";
    dir.file("d.csv", decisions).run("index decide --index news.idx d.csv").exits(0);
    let there = bytes(&dir.path("news.idx"));
    assert!(words[..5].iter().all(|word| holds(&there, word)));
    dir.run("index forget --index news.idx private nobody")
        .exits(1)
        .says("no article has the id nobody");
    let left = bytes(&dir.path("news.idx"));
    for word in words {
        assert!(!holds(&left, word), "{word}");
    }
    dir.run("index check --index news.idx").exits(0);
    let log = dir.run("index log --index news.idx").exits(0).out;
    assert!(log.contains(",gone,,0,its last article was forgotten"), "{log}");
    let index = Index::open(&dir.path("news.idx"), Access::Read, &Params::default()).unwrap();
    let decided: Vec<String> = index
        .decided()
        .unwrap()
        .into_iter()
        .map(|d| d.decision)
        .map(|d| format!("{} {} {} {} {}", d.verdict, d.article, d.other, d.by, d.reason))
        .collect();
    assert_eq!(
        decided,
        ["must-link elsewhere  anna ", "lock   bert ", "lock n0-2  bert not Mulligan"]
    );
    assert_eq!(index.in_force().unwrap().len(), 1);
}

#[test]
fn a_copy_is_an_index_and_old_stories_expire() {
    let (dir, exports) = prepared(40);
    dir.run("index backup --index whole.idx copy.idx").exits(0);
    dir.run("index backup --index whole.idx copy.idx").exits(2).says("holds an index already");
    assert_eq!(dir.run("index export -q --index copy.idx").exits(0).out, exports[NIGHTS - 1]);
    dir.run("index expire --index copy.idx").exits(2).says("--retain 90d");
    dir.run("index expire --index copy.idx --retain 2d --changes gone.csv").exits(0);
    assert!(dir.read("gone.csv").contains(",expired,"));
    let left = dir.run("index export --index copy.idx").exits(0).out;
    assert!(left.lines().count() < exports[NIGHTS - 1].lines().count());
    let mut newest: BTreeMap<String, String> = BTreeMap::new();
    let mut reader = csv::Reader::from_reader(left.as_bytes());
    for row in reader.deserialize::<BTreeMap<String, String>>().map(Result::unwrap) {
        let time = newest.entry(row["story_id"].clone()).or_default();
        *time = time.clone().max(row["published"].clone());
    }
    assert!(newest.values().all(|time| **time >= *"2026-02-05"));
}
