//! What outputs may not replace: anything that the run reads.

use std::fs;
#[cfg(unix)]
use std::io::Write as _;
#[cfg(unix)]
use std::process::{Command, Stdio};

use crate::util::{Dir, check, transcript};

const NEWS: &str = "{\"id\":\"a\",\"title\":\"One\"}\n{\"id\":\"b\",\"title\":\"Two\"}\n";

/// Every command is a mistake that is told as in a golden file, and no file of the folder is another one after it.
#[track_caller]
fn check_refused(dir: &Dir, commands: &[&str], golden: &str) {
    let before = files(dir);
    let text = transcript(dir, commands);
    assert_eq!(text.matches("\n[2]\n").count(), commands.len(), "{text}");
    check(golden, &text);
    assert_eq!(files(dir), before);
}

#[test]
fn an_output_replaces_nothing_that_is_read() {
    let dir = Dir::new();
    let gold = "id,cluster\na,1\nb,2\n";
    dir.file("n.jsonl", NEWS).file("m.jsonl", NEWS).file("in/deep/n.jsonl", NEWS);
    dir.file("in/almanac.csv", gold)
        .file("gold.csv", gold)
        .file("sources.csv", "source,owner\nA,B\n");
    dir.file("decisions.csv", "decision,article_id,other_id,by,reason\n");
    dir.file("samestory.toml", "sources = \"sources.csv\"\n");
    let commands = [
        "clean n.jsonl -o n.jsonl",
        "clean in -o in/almanac.csv",
        "learn boilerplate n.jsonl -o ./n.jsonl",
        "learn terms n.jsonl in -o in/deep/n.jsonl",
        "cluster in -o in/almanac.csv",
        "cluster in -o x.csv --unique in/deep/n.jsonl",
        "cluster n.jsonl -o sources.csv",
        "cluster n.jsonl -o samestory.toml",
        "cluster n.jsonl --decisions decisions.csv -o decisions.csv",
        "update in --index i --changes in/almanac.csv -o x.csv",
        "update n.jsonl --index i -o sources.csv",
        "report in --html in/almanac.csv",
        "explain n.jsonl m.jsonl --html m.jsonl",
        "explain a b --in in --html in/almanac.csv",
        "evaluate gold.csv --in in --sweep --plot in/almanac.csv",
        "evaluate gold.csv --in in --sweep --plot gold.csv",
    ];
    check_refused(&dir, &commands, "cli/targets.txt");
}

#[test]
fn an_output_is_never_among_the_files_of_an_index() {
    let dir = Dir::new();
    dir.file("n.jsonl", NEWS).file("samestory.toml", "index = \"i\"\n");
    let decision = "decision,article_id,other_id,by,reason\nmust-link,a,b,ed,\n";
    dir.file("decisions.csv", decision);
    dir.run("update n.jsonl -o o.csv").exits(0);
    let commands = [
        "update n.jsonl -o i/new.csv",
        "update n.jsonl --index new -o o.csv --refusals new/r.csv",
        "index export --index i -o i/index.sqlite",
        "index log -o i/header",
        "index log -o samestory.toml",
        "index expire --retain 1d --changes i/index.sqlite",
        "index forget a --changes i/lock",
        "index decide decisions.csv --changes ./i/segments/../header",
        "index decide decisions.csv --changes decisions.csv",
        "index backup i/service/copy",
        "report --index i --html i/index.sqlite",
        "explain a b --index i --html i/index.sqlite",
    ];
    check_refused(&dir, &commands, "cli/targets_index.txt");
    dir.run("index check").exits(0);
}

#[test]
fn what_cannot_be_written_leaves_an_index_as_it_was() {
    let dir = Dir::new();
    dir.file("n.jsonl", NEWS).file("samestory.toml", "index = \"i\"\n");
    dir.file("decisions.csv", "decision,article_id,other_id,by,reason\nmust-link,a,b,ed,\n");
    dir.run("update n.jsonl --now 2026-01-01T00:00:00Z -o o.csv").exits(0);
    let rows = dir.run("index export -o -").exits(0).out;
    for command in ["forget a", "expire --retain 1d", "decide decisions.csv"] {
        let ended = dir.run(&format!("index {command} --changes nowhere/x.csv")).exits(6);
        ended.says("cannot write nowhere/x.csv");
    }
    assert_eq!(dir.run("index export -o -").exits(0).out, rows);
    dir.run("index forget a --changes x.csv").exits(0);
    assert!(dir.read("x.csv").contains(",gone,"), "{}", dir.read("x.csv"));
}

fn files(dir: &Dir) -> Vec<(String, Vec<u8>)> {
    let all = walkdir::WalkDir::new(dir.path("")).sort_by_file_name().into_iter().flatten();
    let all = all.filter(|entry| entry.file_type().is_file());
    all.map(|e| (e.path().display().to_string(), fs::read(e.path()).unwrap())).collect()
}

#[test]
fn an_output_in_a_folder_that_is_read_may_be_new_or_hidden() {
    let dir = Dir::new();
    dir.file("n.jsonl", NEWS).file(".x.csv", "old");
    dir.run("cluster . -o .x.csv").exits(0).says("2 articles");
    dir.run("cluster . -o x.csv").exits(0).says("2 articles");
    // The second time it would be taken for articles.
    let again = dir.run("cluster . -o x.csv").exits(2);
    assert!(
        again.err.contains("write elsewhere") && again.err.lines().count() == 2,
        "{}",
        again.err
    );
    assert!(dir.read("x.csv").starts_with("story_id,"), "{}", dir.read("x.csv"));
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(dir.path("n.jsonl"), dir.path("link")).unwrap();
        dir.file("in/m.jsonl", NEWS);
        std::os::unix::fs::symlink(dir.path("n.jsonl"), dir.path("in/link.jsonl")).unwrap();
        dir.run("cluster in -o n.jsonl")
            .exits(2)
            .says("n.jsonl: the output would replace an input");
        dir.run("cluster n.jsonl -o link").exits(2).says("link: the output would replace an input");
    }
}

#[test]
fn two_outputs_have_two_places() {
    let dir = Dir::new();
    dir.file("n.jsonl", NEWS);
    for outputs in ["-o x.csv --unique ./x.csv", "-o new/x.csv --refusals new/../new/x.csv"] {
        fs::create_dir_all(dir.path("new")).unwrap();
        let ended = dir.run(&format!("cluster n.jsonl {outputs}")).exits(2);
        ended.says("x.csv: two outputs cannot share a file");
    }
    dir.run("cluster n.jsonl -o - --summary -").exits(2).says("cannot share standard output");
    assert_eq!(dir.names(), ["n.jsonl", "new"]);
}

#[test]
#[cfg(unix)]
fn a_pipe_is_not_read_twice() {
    let dir = Dir::new();
    assert!(Command::new("mkfifo").arg(dir.path("pipe")).status().unwrap().success());
    dir.file("n.jsonl", NEWS).file("gold.csv", "id,cluster\na,1\n");
    for command in
        ["cluster n.jsonl pipe --unique u.jsonl", "update pipe --index i --unique u.jsonl"]
    {
        let ended = dir.run(command).exits(2);
        ended.says("--unique reads its input twice, which the pipe pipe cannot be");
    }
    let ended = dir.run("evaluate gold.csv --in pipe --sweep").exits(2);
    ended.says("--sweep reads its input again and again, which the pipe pipe cannot be");
    let mut piped = dir.command("cluster /dev/stdin --unique u.jsonl");
    let mut child = piped.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // The command may be gone before it reads.
    let _ = child.stdin.take().unwrap().write_all(NEWS.as_bytes());
    let ended = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(ended.status.code() == Some(2) && said.contains("the pipe /dev/stdin"), "{said}");
    assert!(!dir.path("u.jsonl").exists() && !dir.path("i").exists());
}

#[cfg(target_os = "linux")]
fn seed(id: &str, title: &str) -> String {
    format!("{{\"id\":\"{id}\",\"title\":\"{title}\",\"published\":\"2026-05-01\"}}\n")
}

#[test]
#[cfg(target_os = "linux")]
fn an_update_that_cannot_write_its_changes_adds_nothing() {
    let dir = Dir::new();
    dir.file("a.jsonl", seed("a", "Library lends seeds"));
    let update = "update --index news.idx a.jsonl -o o.csv --unique u.jsonl --changes";
    dir.run(&format!("{update} /dev/full")).exits(6).says("cannot write /dev/full: ");
    assert!(!dir.path("o.csv").exists() && !dir.path("u.jsonl").exists());
    dir.run(&format!("{update} c.csv")).exits(0).says("1 new article,");
    assert!(dir.read("u.jsonl").contains("Library"));
}

#[test]
#[cfg(target_os = "linux")]
fn what_is_done_to_an_index_is_done_to_the_end_where_the_changes_cannot_be_written() {
    let dir = Dir::new();
    dir.file("a.jsonl", seed("secretid", "Library lends seeds"));
    dir.run("update --index news.idx a.jsonl -o o.csv").exits(0);
    dir.run("index forget secretid --index news.idx --changes /dev/full")
        .exits(6)
        .says("cannot write /dev/full: ")
        .says("`samestory index log` has the changes");
    for file in ["index.sqlite", "index.sqlite-wal"] {
        let bytes = std::fs::read(dir.path("news.idx").join(file)).unwrap_or_default();
        assert!(!bytes.windows(8).any(|bytes| bytes == b"secretid"), "{file}");
    }
}

#[test]
#[cfg(all(feature = "serve", target_os = "linux"))]
fn what_a_service_has_taken_is_told_in_the_outputs_that_can_be_written() {
    let dir = Dir::new();
    let _served = crate::served::Served::start(&dir);
    dir.file("a.jsonl", seed("a", "Library lends seeds"));
    dir.run("update --index news.idx a.jsonl -o /dev/full --unique u.jsonl --changes c.csv")
        .exits(6)
        .says("cannot write /dev/full: ")
        .says("the articles are in the index");
    assert!(dir.read("u.jsonl").contains("Library") && dir.read("c.csv").contains(",new,"));
}
