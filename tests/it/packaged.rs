//! What the Debian package sets up, by the lines of its own unit.

use std::path::Path;
use std::process::Command;

use crate::util::{Dir, Ran, ran};

const UNIT: &str = include_str!("../../packaging/samestory-update.service");
const WHOLE: [&str; 4] = ["ExecCondition=", "ExecStartPre=", "ExecStart=", "ExecStartPost="];

/// Runs the lines of the unit with these keys as systemd would, up to the first that fails.
fn night(dir: &Dir, keys: &[&str]) -> Vec<Ran> {
    let lines = keys.iter().flat_map(|key| UNIT.lines().filter_map(|line| line.strip_prefix(*key)));
    let mut done = Vec::new();
    for line in lines {
        let line = line.replace("%%", "%").replace("$$", "$");
        done.push(match line.strip_prefix("/usr/bin/samestory ") {
            Some(arguments) => dir.run(arguments),
            // The shell takes the quotes away, as systemd does.
            None => ran(Command::new("sh").args(["-c", &line]).current_dir(dir.path(""))),
        });
        if done.last().is_some_and(|ran| ran.code != 0) {
            break;
        }
    }
    done
}

/// The names of files in a folder, however deep.
fn files(folder: &Path) -> Vec<String> {
    let all = walkdir::WalkDir::new(folder).into_iter().flatten();
    let files = all.filter(|entry| entry.file_type().is_file());
    files.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

fn article(id: &str) -> String {
    format!("{{\"id\":\"{id}\",\"title\":\"Ferry {id} runs aground off Pellin\"}}\n")
}

#[test]
fn a_night_takes_the_place_of_nothing_that_a_failed_one_left() {
    let dir = Dir::new();
    // Nothing has arrived: nothing is done.
    assert_eq!(night(&dir, &WHOLE).iter().map(|ran| ran.code).collect::<Vec<_>>(), [1]);
    // A night that takes its articles aside and comes no further, and the next one, of the same names.
    dir.file("incoming/day.jsonl", article("a")).file("incoming/wire/day.jsonl", article("b"));
    assert!(night(&dir, &WHOLE[..2]).iter().all(|ran| ran.code == 0));
    assert_eq!(files(&dir.path("incoming")), [""; 0]);
    std::thread::sleep(std::time::Duration::from_millis(1100));
    dir.file("incoming/day.jsonl", article("c")).file("incoming/wire/day.jsonl", article("d"));
    let lines = night(&dir, &WHOLE);
    assert!(lines.iter().all(|ran| ran.code == 0), "{}", lines.last().unwrap().err);
    dir.run("index export --index news.idx -o all.csv").exits(0);
    assert_eq!(dir.read("all.csv").lines().count(), 5, "{}", dir.read("all.csv"));
    assert_eq!(files(&dir.path("done")), ["day.jsonl"; 4]);
    assert_eq!(night(&dir, &WHOLE)[0].code, 1, "nothing is left to read");
}
