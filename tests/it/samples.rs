//! The main job on `samples/articles`: the expected clusters, the same bytes however it is run, and explanations that
//! agree with them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use samestory::model::explain::Relation;
use samestory::params::Params;
use samestory::{pipeline, read};

use crate::util::{Dir, check, ran};

/// The repository: ids of files without an address are their paths as named from here.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The clusters of the samples as CSV.
fn clusters(arguments: &str) -> String {
    let command = format!("cluster samples/articles -q {arguments}");
    ran(Dir::new().command(&command).current_dir(root())).exits(0).out
}

type Row = BTreeMap<String, String>;

fn rows(text: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

/// The ids that share a value of a column, group by group.
fn partition(rows: &[Row], id: &str, column: &str) -> Vec<Vec<String>> {
    let mut groups: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for row in rows {
        groups.entry(&row[column]).or_default().push(row[id].clone());
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    groups.iter_mut().for_each(|group| group.sort());
    groups.sort();
    groups
}

#[test]
fn the_expected_clusters() {
    let expected = rows(&fs::read_to_string(root().join("samples/expected.csv")).unwrap());
    let got = rows(&clusters(""));
    for (column, of_expected) in [("story_id", "story"), ("duplicate_group_id", "duplicate_group")]
    {
        let (got, expected) = (
            partition(&got, "article_id", column),
            partition(&expected, "article_id", of_expected),
        );
        let wrong: Vec<_> = got.iter().filter(|group| !expected.contains(group)).collect();
        assert!(got == expected, "{column}: not expected: {wrong:#?}");
    }
}

#[test]
fn the_table_at_the_end_names_what_deserves_a_look() {
    let said = ran(Dir::new().command("cluster samples/articles -v").current_dir(root())).exits(0);
    let said = said
        .says("note: columns taken: ")
        .says("\narticles: 12 undated, 4 in the largest bucket\n")
        .says("\nloosest: ");
    assert_eq!(said.err.matches("note: ").count(), 1, "{}", said.err);
    assert_eq!(said.err.matches("loosest: ").count(), 3, "{}", said.err);
}

#[test]
fn the_same_bytes_for_any_number_of_threads_and_any_memory() {
    for limit in ["1B", "200K", "2G"] {
        check("samples.csv", &clusters(&format!("--memory-limit {limit}")));
    }
    for threads in [1, 2, 8] {
        check("samples.csv", &clusters(&format!("--threads {threads}")));
    }
}

/// Copies a file with its records the other way round.
fn reversed(from: &Path, to: &Path) {
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    match from.extension().and_then(|extension| extension.to_str()) {
        Some("jsonl") => {
            let text = fs::read_to_string(from).unwrap();
            let lines: Vec<&str> = text.lines().rev().collect();
            fs::write(to, lines.join("\n")).unwrap();
        }
        Some("csv") => {
            let mut reader = csv::Reader::from_path(from).unwrap();
            let mut writer = csv::Writer::from_path(to).unwrap();
            writer.write_record(reader.headers().unwrap()).unwrap();
            let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
            rows.iter().rev().for_each(|row| writer.write_record(row).unwrap());
        }
        _ => {
            fs::copy(from, to).unwrap();
        }
    }
}

#[test]
fn the_same_bytes_for_any_order_of_files_and_records() {
    let dir = Dir::new();
    let mut files: Vec<PathBuf> = walkdir::WalkDir::new(root().join("samples/articles"))
        .into_iter()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| entry.path().strip_prefix(root()).unwrap().to_owned())
        .collect();
    assert!(files.len() > 30);
    files.sort();
    files.reverse();
    files.rotate_left(11);
    files.iter().for_each(|file| reversed(&root().join(file), &dir.path(file.to_str().unwrap())));
    let ended = ran(dir.command("cluster -q").args(&files)).exits(0);
    check("samples.csv", &ended.out);
}

#[test]
fn explanations_agree_with_the_clusters() {
    let (matches, rows) = (rows(&clusters("--layout pairs")), rows(&clusters("")));
    let input = root().join("samples/articles").to_str().unwrap().to_owned();
    let prefix = input.strip_suffix("samples/articles").unwrap();
    let full = |id: &str| {
        if id.starts_with("samples/") { format!("{prefix}{id}") } else { id.to_owned() }
    };
    let pairs: Vec<(&Row, &Row)> = rows
        .iter()
        .enumerate()
        .flat_map(|(i, x)| rows[i + 1..].iter().map(move |y| (x, y)))
        .filter(|(x, y)| x["story_id"] == y["story_id"])
        .collect();
    assert!(pairs.len() > 90, "{}", pairs.len());
    pairs.par_iter().for_each(|(x, y)| {
        let ids = [full(&x["article_id"]), full(&y["article_id"])];
        let reader = read::open(std::slice::from_ref(&input), read::Options::default()).unwrap();
        let articles = reader.map(|chunk| chunk.parse().articles);
        let found = pipeline::explain(articles, [&ids[0], &ids[1]], &Params::default());
        let found = found.unwrap().unwrap();
        let copies = x["duplicate_group_id"] == y["duplicate_group_id"];
        assert_eq!(found.verdict, if copies { Relation::Duplicates } else { Relation::Story });
        let is_pair = |m: &&Row| {
            let ends = [&m["article_id_a"], &m["article_id_b"]];
            ends == [&x["article_id"], &y["article_id"]]
                || ends == [&y["article_id"], &x["article_id"]]
        };
        let Some(row) = matches.iter().find(is_pair) else { return };
        let (text, story) = (&found.text, &found.story);
        let compared: &[(&str, f64)] = match row["match_kind"].as_str() {
            "near" => &[("resemblance", text.resemblance), ("containment", text.containment)],
            "story" => {
                let story = story.as_ref().unwrap();
                &[("cosine", story.cosine), ("similarity", story.similarity)]
            }
            _ => &[],
        };
        for (column, number) in compared {
            assert_eq!(format!("{number:.4}"), row[*column], "{column}\n{found:?}");
        }
    });
}

#[test]
fn every_report_of_a_story_says_what_it_resembles_there_however_little() {
    let rows = rows(&clusters("--min-similarity 0.9"));
    let usual = self::rows(&clusters(""));
    assert_eq!(
        partition(&rows, "article_id", "story_id"),
        partition(&usual, "article_id", "story_id")
    );
    for row in rows.iter().filter(|row| row["story_size"] != "1") {
        assert!(!row["similarity"].is_empty() && !row["matched_article_id"].is_empty(), "{row:?}");
    }
}
