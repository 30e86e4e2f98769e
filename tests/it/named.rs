//! Columns and files that the user names.

use crate::util::Dir;

#[test]
fn a_column_that_is_kept_has_a_name_of_its_own_in_the_output() {
    let dir = Dir::new();
    dir.file("n.jsonl", "{\"title\":\"One\",\"extra\":\"x\",\"role\":\"y\"}\n");
    let header = |arguments: &str| {
        let out = dir.run(&format!("cluster n.jsonl {arguments}")).exits(0).out;
        out.lines().next().unwrap().to_owned()
    };
    let once = header("--keep extra");
    assert!(once.ends_with(",file,extra"), "{once}");
    assert_eq!(header("--keep extra,extra --keep extra"), once);
    let line = header("--keep extra,extra --format jsonl");
    assert_eq!(line.matches("\"extra\"").count(), 1, "{line}");
    for commands in ["cluster n.jsonl", "update n.jsonl --index i", "index export --index i"] {
        let ended = dir.run(&format!("{commands} --keep extra,role")).exits(2);
        assert_eq!(
            ended.err,
            "samestory: --keep role: the output has a column of that name already\n"
        );
    }
    assert!(!dir.path("i").exists());
    // The other layouts carry nothing through.
    dir.run("cluster n.jsonl --keep role --layout stories").exits(0);
}

#[test]
fn a_column_that_no_record_has_is_told() {
    let dir = Dir::new();
    dir.file("n.jsonl", "{\"title\":\"One\",\"Sec-tion\":\"x\"}\n")
        .file("m.csv", "headline,guid\nTwo,7\n");
    let named = "--field text=body,title=headline --id guid,number --keep section,colour";
    let told = |said: &str| {
        let warnings = said.lines().filter(|line| line.ends_with("no record has this column"));
        warnings.map(|line| line.split(": ").nth(1).unwrap().to_owned()).collect::<Vec<_>>()
    };
    for command in ["cluster n.jsonl m.csv", "update n.jsonl m.csv --index i"] {
        let ended = dir.run(&format!("{command} {named}")).exits(0);
        let absent = ["--field text=body", "--id number", "--keep colour"];
        assert_eq!(told(&ended.err), absent, "{}", ended.err);
        assert!(ended.err.contains("warning: --keep colour: no record has this column\n"));
    }
    dir.file("gold.csv", "id,cluster\nb40cbcca8f506c08,1\n")
        .file("o.jsonl", "{\"title\":\"Two\"}\n");
    for command in [
        "report n.jsonl",
        "clean n.jsonl",
        "learn boilerplate n.jsonl -o learnt",
        "explain n.jsonl o.jsonl",
        "evaluate gold.csv --sweep window=1d..2d:1d --in n.jsonl",
        "evaluate gold.csv --in n.jsonl",
    ] {
        let (words, inputs) = command.split_once(" --in ").unwrap_or((command, ""));
        let inputs = if inputs.is_empty() { String::new() } else { format!("--in {inputs}") };
        let ended = dir.run(&format!("{words} --id number {inputs}")).exits(0);
        assert_eq!(told(&ended.err), ["--id number"], "{command}: {}", ended.err);
        assert_eq!(ended.err.matches("articles without a text").count(), 1, "{}", ended.err);
    }
    // Of nothing, nothing is missing.
    dir.file("e.jsonl", "");
    assert_eq!(told(&dir.run("cluster e.jsonl --keep colour").exits(2).err), [""; 0]);
}

/// Names of files are bytes; the output shows those that are no UTF-8 with a mark.
#[test]
#[cfg(target_os = "linux")]
fn a_file_whose_name_is_no_text_is_read() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    use crate::util::ran;

    let dir = Dir::new();
    let odd = OsStr::from_bytes(b"n\xff.jsonl");
    let folder = dir.path("in");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join(odd), "{\"id\":\"a\",\"title\":\"One\"}\n").unwrap();
    dir.file("in/m.jsonl", "{\"id\":\"b\",\"title\":\"One two\"}\n");
    dir.file("gold.csv", "id,cluster\na,1\nb,1\n");
    let run = |arguments: &str| {
        let mut command = dir.command(arguments);
        command.current_dir(&folder).arg(odd);
        ran(&mut command)
    };
    let walked = dir.run("cluster in -q").exits(0).out;
    let named = run("cluster -q --summary ../s.json -- m.jsonl").exits(0).out;
    assert!(named.contains(",n\u{fffd}.jsonl\n"), "{named}");
    assert_eq!(named, walked.replace(",in/", ","));
    assert!(dir.read("s.json").contains("\"n\u{fffd}.jsonl\""), "{}", dir.read("s.json"));
    for command in [
        "update --index ../i",
        "report",
        "clean",
        "learn boilerplate -o ../learnt",
        "explain m.jsonl",
        "explain a b --in m.jsonl",
        "evaluate ../gold.csv --in m.jsonl",
    ] {
        run(command).exits(0);
    }
    let replaced = run("cluster m.jsonl -o m.jsonl --").exits(2);
    replaced.says("m.jsonl: the output would replace an input");
    run("cluster m.jsonl --keep").exits(2).says("samestory: n\u{fffd}.jsonl: invalid UTF-8");
    let mut command = dir.command("cluster in");
    let ended = ran(command.env("SAMESTORY_KEEP", odd)).exits(2);
    ended.says("samestory: SAMESTORY_KEEP: invalid UTF-8");
    // The file beside it is fine.
    let mut command = dir.command("cluster");
    command.current_dir(&folder).arg(odd).env("SAMESTORY_KEEP", OsStr::from_bytes(b"\xfe"));
    ran(&mut command).exits(2).says("samestory: SAMESTORY_KEEP: invalid UTF-8");
    let mut command = dir.command("cluster");
    command.current_dir(&folder).arg(odd).arg("--keep").arg(OsStr::from_bytes(b"k\xfe"));
    ran(&mut command).exits(2).says("samestory: k\u{fffd}: invalid UTF-8");
}

#[test]
fn a_folder_whose_name_is_a_dash_is_read_as_a_folder() {
    let dir = Dir::new();
    dir.file("-/m.jsonl", "{\"id\":\"a\",\"title\":\"One\"}\n");
    let out = dir.run("cluster -q --unique u.jsonl -- -/").exits(0).out;
    assert!(out.contains(",-/m.jsonl\n"), "{out}");
}
