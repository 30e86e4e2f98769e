//! What the Debian package sets up, by the lines of its own unit.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown, symlink};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use crate::util::{Dir, Ran, ran};

const UNIT: &str = include_str!("../../packaging/samestory-update.service");
const WHOLE: [&str; 4] = ["ExecCondition=", "ExecStartPre=", "ExecStart=", "ExecStartPost="];

/// The lines of the unit with these keys.
fn lines(keys: &[&str]) -> impl Iterator<Item = String> {
    let lines = keys.iter().flat_map(|key| UNIT.lines().filter_map(|line| line.strip_prefix(*key)));
    lines.map(|line| line.replace("%%", "%").replace("$$", "$"))
}

/// The shell takes the quotes away, as systemd does.
fn shell(dir: &Dir, line: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", line]).current_dir(dir.path(""));
    shell
}

/// Runs the lines of the unit with these keys as systemd would, but all by one user, up to the first that fails.
fn night(dir: &Dir, keys: &[&str]) -> Vec<Ran> {
    let mut done = Vec::new();
    for line in lines(keys) {
        done.push(match line.strip_prefix("/usr/bin/samestory ") {
            Some(arguments) => dir.run(arguments),
            None => ran(&mut shell(dir, line.trim_start_matches('+'))),
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

/// Needs root, who alone can give a file to somebody.
#[test]
fn what_another_user_moved_in_stops_no_night() {
    const NOBODY: u32 = 65_534;
    if fs::metadata("/proc/self").unwrap().uid() != 0 {
        return;
    }
    let dir = Dir::new();
    dir.file("incoming/wire/deep/day.jsonl", article("a")).file("elsewhere", "");
    symlink("../../elsewhere", dir.path("incoming/wire/link")).unwrap();
    for own in ["", "incoming"] {
        chown(dir.path(own), Some(NOBODY), Some(NOBODY)).unwrap();
    }
    for line in lines(&WHOLE[..2]) {
        let by_root = line.strip_prefix('+');
        let mut command = shell(&dir, by_root.unwrap_or(&line));
        if by_root.is_none() {
            command.uid(NOBODY).gid(NOBODY);
        }
        ran(&mut command).exits(0);
    }
    assert_eq!(fs::read_dir(dir.path("incoming")).unwrap().count(), 0);
    assert_eq!(files(&dir.path("tonight")), ["day.jsonl"]);
    assert_eq!(fs::metadata(dir.path("elsewhere")).unwrap().uid(), 0, "no link is followed");
}
