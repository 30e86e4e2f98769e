//! The README is true: its commands give its output, its table of settings is that of `config show`.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::util::Dir;

fn readme() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap()
}

/// Commands (`$ ...`) with the lines shown below them, of all `console` blocks.
fn examples(readme: &str) -> Vec<(&str, Vec<&str>)> {
    let mut examples: Vec<(&str, Vec<&str>)> = Vec::new();
    for block in readme.split("```console\n").skip(1) {
        for line in block.split("```").next().unwrap().lines() {
            match (line.strip_prefix("$ "), examples.last_mut()) {
                (Some(command), _) => examples.push((command, Vec::new())),
                (None, Some((_, shown))) => shown.push(line),
                (None, None) => panic!("a block that begins without a command: {line}"),
            }
        }
    }
    examples
}

/// The lines as they would be shown, if they are alike; `...` stands for any number of lines.
fn shorten(shown: &[&str], got: &[&str], alike: fn(&str, &str) -> bool) -> Option<Vec<String>> {
    let Some((line, rest)) = shown.split_first() else {
        return got.is_empty().then(Vec::new);
    };
    let behind = |from: usize| shorten(rest, got.get(from..)?, alike);
    let (first, rest) = if *line == "..." {
        (*line, (0..=got.len()).find_map(behind)?)
    } else {
        (*got.first().filter(|first| alike(line, first))?, behind(1)?)
    };
    Some([vec![first.to_owned()], rest].concat())
}

fn without_digits(line: &str) -> String {
    line.chars().filter(|c| !c.is_ascii_digit()).collect()
}

#[test]
#[cfg(unix)]
fn examples_give_what_is_shown() {
    let readme = readme();
    let examples = examples(&readme);
    assert!(examples.len() >= 3);
    let dir = Dir::new();
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    std::os::unix::fs::symlink(samples, dir.path("samples")).unwrap();
    let binaries = Path::new(env!("CARGO_BIN_EXE_samestory")).parent().unwrap().to_str().unwrap();
    let path = format!("{binaries}:{}", std::env::var("PATH").unwrap());
    for (command, shown) in examples {
        let script = format!("exec 2>&1; {command}");
        let mut shell = Command::new("sh");
        shell.args(["-c", &script]).current_dir(dir.path("")).env("PATH", &path);
        let output = String::from_utf8(shell.output().unwrap().stdout).unwrap();
        let got: Vec<&str> = output.lines().collect();
        let same = shorten(&shown, &got, |x, y| x == y);
        if same.is_none() && std::env::var_os("SAMESTORY_BLESS").is_some() {
            // Other numbers are accepted; other words are for a writer to look at.
            let alike = shorten(&shown, &got, |x, y| without_digits(x) == without_digits(y));
            let new = alike.unwrap_or_else(|| panic!("$ {command}\n{output}")).join("\n");
            let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
            fs::write(page, self::readme().replacen(&shown.join("\n"), &new, 1)).unwrap();
            continue;
        }
        assert!(same.is_some(), "$ {command}\n{output}");
    }
}

#[test]
fn the_table_of_settings_is_that_of_the_command() {
    let readme = readme();
    let shown = Dir::new().run("config show").exits(0).out;
    let expected: Vec<String> = shown
        .lines()
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let value = if words.len() == 2 { "none" } else { words[1] };
            format!("| `--{}` | `{value}` |", words[0])
        })
        .collect();
    let rows: Vec<&str> = readme.lines().filter(|line| line.starts_with("| `--")).collect();
    for row in &expected {
        assert!(rows.iter().any(|line| line.starts_with(row)), "no row begins {row}");
    }
    let section = readme.split("## Settings").nth(1).unwrap().split("\n## ").next().unwrap();
    let listed = section.lines().filter(|line| line.starts_with("| `--")).count();
    assert_eq!(listed, expected.len(), "rows of settings that there are not");
}

#[test]
fn pages_that_are_linked_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = readme();
    let linked = readme.split("](").skip(1).map(|rest| rest.split(')').next().unwrap());
    let here: Vec<&str> = linked.filter(|link| !link.contains("://")).collect();
    assert!(here.len() >= 6);
    for link in here {
        assert!(root.join(link).is_file(), "{link}");
    }
}
