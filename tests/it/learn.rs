//! Learning from a corpus: `tests/cases/boilerplate.jsonl` has three sources, two of which say something under nearly
//! every article, and a mayor whom all of them quote.

use crate::util::{Dir, check};

fn corpus() -> Dir {
    let dir = Dir::new();
    let articles = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/boilerplate.jsonl");
    dir.file("news.jsonl", std::fs::read(articles).unwrap());
    dir
}

#[test]
fn what_one_source_repeats_goes_and_what_many_quote_stays() {
    let dir = corpus();
    dir.run("learn boilerplate news.jsonl -o repeated.jsonl")
        .exits(0)
        .says("3 repeated texts of 2 sources");
    check("cli/boilerplate.jsonl", &dir.read("repeated.jsonl"));
    let cleaned = dir.run("clean -v --boilerplate repeated.jsonl news.jsonl").exits(0);
    assert_eq!(cleaned.err.matches(": repeated: ").count(), 22, "{}", cleaned.err);
    let cleaned = cleaned.out;
    for gone in ["free to read", "letters desk", "tea with the editor"] {
        assert!(!cleaned.contains(gone), "{gone}\n{cleaned}");
    }
    assert_eq!(cleaned.matches("The ferry is not for sale").count(), 11, "{cleaned}");
    let plain = dir.run("clean news.jsonl").exits(0).out;
    let sentences = |text: &str| text.matches('.').count();
    assert_eq!(sentences(&plain) - sentences(&cleaned), 8, "only the Mirror's sentence had a stop");
}

#[test]
fn a_run_names_what_it_was_told_and_the_order_of_articles_does_not_matter() {
    let dir = corpus();
    let reversed: Vec<String> =
        dir.read("news.jsonl").lines().rev().map(|line| line.to_owned() + "\n").collect();
    dir.file("reversed.jsonl", reversed.concat());
    dir.run("learn boilerplate news.jsonl -o a").exits(0);
    dir.run("learn boilerplate reversed.jsonl -o b").exits(0);
    assert_eq!(dir.read("a"), dir.read("b"));
    dir.run("cluster --boilerplate a news.jsonl -o clusters.csv --summary run.json").exits(0);
    let summary: serde_json::Value = serde_json::from_str(&dir.read("run.json")).unwrap();
    assert_eq!(summary["artefacts"]["boilerplate"].as_str().unwrap().len(), 16);
    assert_eq!(summary["artefacts"]["terms"], serde_json::Value::Null);
    dir.run("explain h1 n1 --in news.jsonl --boilerplate a").exits(0);
}

#[test]
fn other_files_and_versions_are_refused() {
    let dir = corpus();
    dir.run("learn boilerplate news.jsonl -o a").exits(0);
    dir.file("b", dir.read("a").replacen("\"version\":1", "\"version\":9", 1));
    dir.run("cluster --boilerplate b news.jsonl").exits(2).says("learn it again");
    dir.run("cluster --terms a news.jsonl").exits(2).says("no file of `samestory learn terms`");
    dir.run("clean --boilerplate news.jsonl news.jsonl")
        .exits(2)
        .says("no file of `samestory learn boilerplate`");
    dir.run("cluster --boilerplate none news.jsonl").exits(2);
    dir.run("learn terms news.jsonl -o t").exits(2).says("1000 articles of one language");
    assert_eq!(dir.names(), ["a", "b", "news.jsonl"]);
}

#[test]
fn learnt_terms_go_before_those_in_the_binary() {
    let dir = Dir::new();
    let article = |i: usize| {
        let text = format!("The ferry of Elsin carried guest{i} past lamp{} on day {i}", i % 4);
        format!(
            "{{\"id\":\"{i}\",\"lang\":\"en\",\"published\":\"2025-05-01\",\"text\":\"{text}\"}}\n"
        )
    };
    dir.file("many.jsonl", (0..1000).map(article).collect::<String>());
    dir.run("learn terms many.jsonl -o terms").exits(0).says("en: ");
    let cosine = |options: &str| {
        let told = dir.run(&format!("explain 1 2 --in many.jsonl {options}")).exits(0).out;
        let line = told.lines().find(|line| line.trim_start().starts_with("cosine")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap()
    };
    // What all of them say is common here, however rare it is elsewhere.
    assert!(cosine("") > 0.3 && cosine("--terms terms") < 0.1);
    // A run and an index are told the same.
    dir.file("few.jsonl", (1..4).map(article).collect::<String>());
    for (index, options, stories) in [("a", "", "1 story"), ("b", "--terms terms", "3 stories")] {
        dir.run(&format!("cluster few.jsonl {options} -o run.csv")).exits(0).says(stories);
        dir.run(&format!("update few.jsonl --index {index} {options} -o night.csv")).exits(0);
        assert_eq!(dir.read("run.csv"), dir.read("night.csv"));
    }
}

#[test]
fn what_is_no_setting_is_not_listed_as_one() {
    let help = corpus().run("learn boilerplate --help").exits(0).out;
    let (own, settings) = help.split_once("\nReading:\n").unwrap();
    assert!(own.contains("--min-articles") && own.contains("--min-share"), "{help}");
    assert!(settings.contains("--field") && !settings.contains("--min-"), "{help}");
}
