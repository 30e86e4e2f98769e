//! Settings beyond their layers: what is no value, what is read once, what is written as it was typed.

use std::io::Write as _;
use std::process::Stdio;

use crate::util::{Dir, ran};

#[test]
fn an_empty_variable_is_no_value() {
    let dir = Dir::new();
    dir.file("a.jsonl", "{\"title\":\"One\"}\n");
    let plain = dir.run("cluster a.jsonl").exits(0).out;
    for variable in ["KEEP", "ID", "WINDOW", "STRICT", "STORY_CUT", "DECISIONS", "CONFIG"] {
        let mut command = dir.command("cluster a.jsonl");
        let out = ran(command.env(format!("SAMESTORY_{variable}"), "")).exits(0).out;
        assert_eq!(out, plain, "{variable}");
    }
    // One that is in the file counts then, as without the variable.
    dir.file("samestory.toml", "window = \"3d\"\nkeep = []\nid = \"\"\n");
    let mut command = dir.command("config show");
    let out = ran(command.env("SAMESTORY_WINDOW", "")).exits(0).out;
    assert!(out.contains(" 3d        samestory.toml\n"), "{out}");
    assert_eq!(dir.run("cluster a.jsonl").exits(0).out, plain);
    for named in ["--keep=", "--id a,"] {
        dir.run(&format!("cluster a.jsonl {named}")).exits(2).says("a value is required for");
    }
}

#[test]
fn what_is_written_is_what_was_typed() {
    for typed in [
        ["--index", "2025.10"],
        ["--keep", "007"],
        ["--keep", "1e3"],
        ["--keep", "+1"],
        ["--keep", "true"],
        ["--keep", "0xff"],
        ["--story-cut", "0.07"],
        ["--threads", "5"],
    ] {
        let dir = Dir::new();
        let [option, value] = typed;
        dir.run(&format!("config init {option} {value}")).exits(0);
        let show = dir.run("config show").exits(0).out;
        let name = &option[2..];
        let line = show.lines().find(|line| line.starts_with(&format!("{name} "))).unwrap();
        let words: Vec<&str> = line.split_whitespace().collect();
        assert_eq!(words, [name, value, "samestory.toml"], "{}", dir.read("samestory.toml"));
    }
}

/// A pipe gives what is in it once.
#[test]
#[cfg(unix)]
fn a_file_that_a_setting_names_may_be_a_pipe() {
    let dir = Dir::new();
    dir.file("a.jsonl", "{\"id\":\"a\",\"title\":\"One\"}\n{\"id\":\"b\",\"title\":\"Two\"}\n");
    dir.file("d.csv", "decision,article_id,other_id\nmust-link,a,b\n");
    dir.run("update --index news.idx a.jsonl -o /dev/null").exits(0);
    let with_pipe = |command: &str| {
        let mut running = dir.command(command);
        running.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut running = running.spawn().unwrap();
        running.stdin.take().unwrap().write_all(dir.read("d.csv").as_bytes()).unwrap();
        let ended = running.wait_with_output().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
        String::from_utf8(ended.stdout).unwrap()
    };
    let linked = dir.run("cluster a.jsonl -q --decisions d.csv").exits(0).out;
    let decided = || with_pipe("cluster a.jsonl -q --decisions /dev/stdin");
    assert_eq!(decided(), linked);
    dir.file("samestory.toml", "window = \"7d\"\n");
    assert_eq!(decided(), linked);
    with_pipe("index decide /dev/stdin --index news.idx");
    let export = dir.run("index export --index news.idx").exits(0).out;
    assert_eq!(export.matches(",2,").count(), 2, "one story: {export}");
    // Whoever names a file that cannot be read is to blame for it, where there is a settings file, too.
    let typed = dir.run("cluster a.jsonl --decisions none.csv").exits(2).err;
    assert!(typed.starts_with("samestory: invalid value 'none.csv' for '--decisions"), "{typed}");
    let mut command = dir.command("cluster a.jsonl");
    let set = ran(command.env("SAMESTORY_DECISIONS", "none.csv")).exits(2).err;
    assert!(set.starts_with("samestory: SAMESTORY_DECISIONS: invalid value"), "{set}");
    dir.file("samestory.toml", "decisions = \"none.csv\"\n");
    let file = dir.run("cluster a.jsonl").exits(2).err;
    assert!(file.starts_with("samestory: samestory.toml: invalid value"), "{file}");
}

#[test]
fn a_limit_of_memory_is_an_option_of_what_keeps_to_it_and_a_setting_everywhere() {
    let dir = Dir::new();
    dir.file("a.jsonl", "{\"id\":\"a\",\"title\":\"One\"}\n");
    let update = "update a.jsonl --index news.idx -o o.csv";
    dir.run(&format!("{update} --memory-limit 500M")).exits(2);
    dir.file("samestory.toml", "memory-limit = \"500M\"\n").run(update).exits(0);
    dir.run("cluster a.jsonl --memory-limit 500M -o o.csv").exits(0);
}
