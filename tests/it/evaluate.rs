//! `evaluate` beyond the plain figures: the worst clusters by name, sweeps, plots.

use std::path::Path;

use crate::util::{Dir, check, ran, transcript};

/// One merge of three stories, one of two, one story split; a title that would steer a terminal, and a long one.
fn made_up() -> Dir {
    let dir = Dir::new();
    let long = "so long ".repeat(20);
    dir.file(
        "p.csv",
        format!(
            "article_id,story_id,title\na1,s1,Flood in Ossa\na2,s1,\u{1b}[2JFlood\nb1,s1,{long}\n\
             c1,s1,Strike\nd1,s2,Quake\nd2,s2,Quake again\ne1,s2,Squid\nd3,s3,Quake in the hills\nf1,s4,\n"
        ),
    );
    dir.file("gold.csv", "id,cluster\na1,flood\na2,flood\nb1,vote\nc1,strike\nd1,quake\nd2,quake\nd3,quake\ne1,squid\nf1,x\n");
    dir.file("pairs.csv", "id1,id2,label\na1,a2,1\na1,b1,0\nd1,d3,1\nd2,nobody,1\na2,c1,0\n");
    dir
}

#[test]
fn the_worst_merges_and_splits_have_names() {
    let commands = [
        "evaluate p.csv gold.csv",
        "evaluate p.csv gold.csv --worst 1 --format json",
        "evaluate p.csv pairs.csv --worst 1",
        "evaluate p.csv pairs.csv --format json",
    ];
    let dir = made_up();
    check("cli/evaluate_worst.txt", &transcript(&dir, &commands));
    assert!(!dir.run("evaluate p.csv gold.csv --worst 0").out.contains("worst"));
}

#[test]
fn what_would_not_be_shown_is_refused() {
    let dir = made_up();
    for command in [
        "evaluate gold.csv --sweep story-cut=0..0.2:0.1 --worst 3 --in p.csv",
        "explain a1 a2 --format json --html e.html --in p.csv",
    ] {
        dir.run(command).exits(2).says("cannot be used with");
    }
    assert!(!dir.path("e.html").exists());
}

#[test]
fn more_parts_than_can_be_read_are_counted() {
    let dir = Dir::new();
    let rows = |cluster: fn(u32) -> u32| -> String {
        (10..30).map(|i| format!("a{i},c{}\n", cluster(i))).collect()
    };
    dir.file("p.csv", format!("id,cluster\n{}", rows(|_| 1)));
    dir.file("gold.csv", format!("id,cluster\n{}", rows(|i| i)));
    let out = dir.run("evaluate p.csv gold.csv").exits(0).out;
    assert!(out.ends_with("    1  c17  a17\n    and 12 more\n"), "{out}");
}

#[test]
fn a_blank_cell_is_no_cluster_and_no_id() {
    let dir = made_up();
    let cases = [
        ("blank.csv", "id,cluster\na1,flood\na2,\nb1,\n", "3: no story_id or story or cluster"),
        ("blank.csv", "id,cluster\na1, \n", "2: no story_id or story or cluster"),
        ("blank.csv", "id,cluster\na1,flood\n,flood\n", "3: no article_id or id"),
        ("blank.jsonl", "{\"id\":\"a1\",\"cluster\":\"\"}\n", "1: no story_id or story or cluster"),
        ("blank.csv", "id1,id2,label\na1,a2,1\na1,,0\n", "3: no id2"),
        ("blank.csv", "id1,id2,label\n,a2,1\n", "2: no id1"),
        ("blank.csv", "id1,id2,label\na1,a2,\n", "2: no label"),
    ];
    for (name, rows, said) in cases {
        dir.file(name, rows);
        for files in [format!("p.csv {name}"), format!("{name} gold.csv")] {
            let ran = dir.run(&format!("evaluate {files}")).exits(2);
            ran.says(&format!("samestory: {name}: record {said}\n"));
        }
    }
}

/// A folder in which the samples are where they are in the repository.
#[cfg(unix)]
fn with_samples() -> Dir {
    let dir = Dir::new();
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    std::os::unix::fs::symlink(samples, dir.path("samples")).unwrap();
    dir
}

#[test]
#[cfg(unix)]
fn sweeps_of_the_samples() {
    let dir = with_samples();
    dir.run("cluster samples/articles -q --layout pairs -o matches.csv").exits(0);
    dir.run("cluster samples/articles -q --layout pairs --format jsonl -o matches.jsonl").exits(0);
    dir.file("labels.csv", "id1,id2,label\npr-88121,nw-20250903-0433,1\nnw-20250903-0417,nw-20250903-0433,1\npr-88121,pr-88451,0\n");
    let commands = [
        "evaluate samples/expected.csv --in samples/articles",
        "evaluate samples/expected.csv --sweep story-cut=0..0.4:0.2 --in samples/articles",
        "evaluate samples/expected.csv --sweep min-resemblance=0.35..0.95:0.6 --level duplicate --in samples/articles",
        "evaluate labels.csv --sweep window=1d..7d:6d --format json --in samples/articles",
        "evaluate matches.csv samples/expected.csv --sweep similarity=0..1:0.25",
        "evaluate matches.csv samples/expected.csv --sweep resemblance=0..1:0.25 --level duplicate",
        "evaluate matches.csv labels.csv --sweep cosine=0..1:0.5",
    ];
    check("cli/evaluate_sweep.txt", &transcript(&dir, &commands));
    let of_jsonl = dir.run(&commands[4].replace(".csv samples", ".jsonl samples")).exits(0).out;
    assert_eq!(of_jsonl, dir.run(commands[4]).out);
    // The row in force is what there is without a sweep.
    let plain = dir.run(&format!("{} --format json", commands[0])).exits(0).out;
    let plain: serde_json::Value = serde_json::from_str(&plain).unwrap();
    let swept = dir.run(&format!("{} --format json", commands[1])).exits(0).out;
    let swept: serde_json::Value = serde_json::from_str(&swept).unwrap();
    let points = swept["points"].as_array().unwrap();
    let base =
        points.iter().find(|point| point["marks"].as_array().unwrap().contains(&"default".into()));
    assert_eq!(base.unwrap()["scores"]["f1"], plain["bcubed"]["f1"]);
}

/// Copies a, b, c, chained and one pair of them twice; d is like b, and less so like c; e is a little like d.
const MATCHES: &str = "article_id_a,article_id_b,match_kind,similarity,grouped\nb,c,near,0.5,true\na,b,exact,1,true\nb,a,exact,1,true\n\
                       b,d,story,0.6,true\nc,d,story,0.4,true\nd,e,story,0.3,false\nx,y,story,0.9,true\n";

#[test]
fn a_match_is_one_of_all_copies() {
    let dir = Dir::new();
    dir.file("m.csv", MATCHES);
    dir.file("gold.csv", "id,cluster\na,1\nb,1\nc,1\nd,1\ne,2\nf,2\n");
    dir.file("labels.csv", "id1,id2,label\nd,a,1\na,c,1\ne,d,0\ne,f,1\n");
    let figures = |gold: &str, level: &str| -> Vec<[f64; 3]> {
        let sweep = "--sweep similarity=0.3..0.7:0.2 --format json";
        let out = dir.run(&format!("evaluate m.csv {gold} --level {level} {sweep}")).exits(0).out;
        let swept: serde_json::Value = serde_json::from_str(&out).unwrap();
        let points = swept["points"].as_array().unwrap().iter().chain([&swept["grouped"]]);
        let number = |value: &serde_json::Value| value.as_f64().unwrap_or(-1.0);
        points
            .map(|point| {
                let scores = &point["scores"];
                [&scores["precision"], &scores["recall"], &point["joined"]].map(number)
            })
            .collect()
    };
    // Of the 7 pairs that belong together the copies are 3, and d with each of them 3 more.
    let of_clusters =
        [[0.8571, 0.8571, 7.0], [1.0, 0.8571, 6.0], [1.0, 0.4286, 3.0], [1.0, 0.8571, 6.0]];
    assert_eq!(figures("gold.csv", "story"), of_clusters);
    let of_pairs =
        [[0.6667, 0.6667, 3.0], [1.0, 0.6667, 2.0], [1.0, 0.3333, 1.0], [1.0, 0.6667, 2.0]];
    assert_eq!(figures("labels.csv", "story"), of_pairs);
    // What is like b is like a, the same word for word.
    let of_copies = [[1.0, 0.4286, 3.0], [1.0, 0.4286, 3.0], [1.0, 0.1429, 1.0], [-1.0; 3]];
    assert_eq!(figures("gold.csv", "duplicate"), of_copies);
}

#[test]
fn the_row_of_the_run_is_what_its_stories_come_to() {
    let dir = Dir::new();
    let fog = "The ferry Morning Star ran aground off Calder island in thick fog on Saturday, and all 212 people on board \
               were taken off by lifeboats, the coastguard said.";
    let reef = "Lifeboats rescued every passenger of the ferry Morning Star after she struck rocks off Calder island in \
                fog, according to the coastguard.";
    let rows = [("a", fog), ("b", fog), ("c", reef), ("d", reef)];
    let rows = rows.map(|(id, text)| format!("{id},Ferry aground off Calder,\"{text}\"\n"));
    dir.file("news.csv", format!("id,title,text\n{}", rows.concat()))
        .file("decisions.csv", "decision,article_id,other_id\ncannot-link,a,b\nmust-link,b,c\n")
        .file("gold.csv", "id,cluster\na,1\nb,2\nc,1\nd,1\n")
        .file("labels.csv", "id1,id2,label\na,b,0\na,d,1\nb,d,0\nc,d,1\n");
    for layout in ["articles", "pairs"] {
        let command = format!("cluster news.csv -q --decisions decisions.csv --layout {layout}");
        dir.run(&format!("{command} -o {layout}.csv")).exits(0);
    }
    assert!(dir.read("pairs.csv").contains(",near,1.0000,1.0000,1.0000,,,false\n"));
    let figures = |command: &str| -> serde_json::Value {
        let out = dir.run(&format!("evaluate {command} --format json")).exits(0).out;
        serde_json::from_str(&out).unwrap()
    };
    for (gold, scores, joined) in [("gold.csv", "pairwise", 3), ("labels.csv", "pairs", 2)] {
        let swept = figures(&format!("pairs.csv {gold} --sweep similarity=0.1..0.1"));
        let run = &swept["grouped"];
        assert_eq!(run["scores"], figures(&format!("articles.csv {gold}"))[scores], "{gold}");
        assert_eq!(run["joined"], joined, "{gold}");
        // Copies that were parted are a match as others are.
        assert_eq!(swept["points"][0]["joined"], joined * 2, "{gold}");
    }
    // A story holds also those of its reports that are no match of each other.
    dir.file("m.csv", "article_id_a,article_id_b,match_kind,similarity,grouped\na,b,story,0.5,true\nb,c,story,0.5,true\n");
    assert_eq!(figures("m.csv gold.csv --sweep similarity")["grouped"]["joined"], 3);
}

#[test]
fn sweeps_that_cannot_be_are_refused() {
    let dir = made_up();
    dir.file("a.jsonl", "{\"id\":\"a1\",\"title\":\"One\"}\n").file("empty.jsonl", "");
    dir.file("m.csv", "article_id_a,article_id_b,similarity\na1,a2,high\n");
    dir.file("n.csv", "article_id_a,article_id_b,similarity\nq1,q2,0.5\n");
    let n = "{\"article_id_a\":\"a1\",\"article_id_b\":\"a2\",\"similarity\":0.5}\n";
    dir.file("n.jsonl", n);
    let before = dir.names();
    let commands = [
        "evaluate gold.csv",
        "evaluate p.csv gold.csv --in a.jsonl",
        "evaluate gold.csv --in missing.jsonl",
        "evaluate gold.csv --in empty.jsonl",
        "evaluate gold.csv --sweep cut --in a.jsonl",
        "evaluate gold.csv --sweep story-cut=0.1..0 --in a.jsonl",
        "evaluate gold.csv --sweep story-cut=0..5 --in a.jsonl",
        "evaluate gold.csv --sweep story-cut=0..1:0 --in a.jsonl",
        "evaluate gold.csv --sweep score --in a.jsonl",
        "evaluate gold.csv --sweep cosine --in a.jsonl",
        "evaluate gold.csv --sweep --in -",
        "evaluate p.csv gold.csv --sweep story-cut",
        "evaluate p.csv gold.csv --sweep",
        "evaluate m.csv gold.csv --sweep",
        "evaluate n.csv gold.csv --sweep",
        "evaluate n.csv gold.csv --sweep cosine",
        "evaluate n.jsonl gold.csv --sweep cosine",
        "evaluate p.csv gold.csv --plot x.svg",
        "evaluate p.csv gold.csv --window 1h --story-cut .5",
        "evaluate m.csv gold.csv --sweep --story-cut=.5",
        "evaluate gold.csv --sweep --plot - --in a.jsonl",
        "evaluate gold.csv --sweep --plot gold.csv --in a.jsonl",
        "evaluate gold.csv --sweep --plot a.jsonl --in a.jsonl",
    ];
    let text = transcript(&dir, &commands);
    assert_eq!(text.matches("\n[2]\n").count(), commands.len(), "{text}");
    check("cli/evaluate_sweep_errors.txt", &text);
    dir.run("evaluate gold.csv --sweep --plot none/x.svg --in a.jsonl").exits(6);
    assert_eq!(dir.names(), before);
}

#[test]
fn a_plot_is_well_formed_whatever_the_file_is_called() {
    let dir = made_up();
    let hostile = "]]><&\"'\u{1b}\u{202e}\u{ffff}<script>.csv";
    dir.file("m.csv", "article_id_a,article_id_b,similarity\na1,a2,0.9\na1,b1,0.4\n");
    std::fs::copy(dir.path("gold.csv"), dir.path(hostile)).unwrap();
    for range in ["similarity", "similarity=0.5..0.5"] {
        let mut command = dir.command("evaluate m.csv");
        let out = ran(command.args([hostile, "--sweep", range, "--plot", "x.svg"])).exits(0).out;
        assert!(out.contains(" best") && !out.contains('█'), "{out}");
        let svg = dir.read("x.svg");
        assert_eq!(
            texts(&svg)[0],
            "pairs over similarity, by ]]&gt;&lt;&amp;&quot;&#39;\\u{1b}\\u{202e}\u{fffd}&lt;script&gt;.csv"
        );
        assert_eq!(svg.matches("<polyline ").count(), 3);
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    }
}

/// The contents of all elements that hold text; panics when tags do not match, attributes are not quoted or text has
/// what must be escaped.
fn texts(svg: &str) -> Vec<&str> {
    let (mut open, mut texts) = (Vec::new(), Vec::new());
    for part in svg.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap();
        assert!(!text.contains('>') && !text.contains(|c: char| c.is_control() && c != '\n'));
        for entity in text.split('&').skip(1) {
            let name = entity.split_once(';').unwrap().0;
            assert!(["amp", "lt", "gt", "quot", "#39"].contains(&name), "{text}");
        }
        if let Some(closed) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(closed));
            continue;
        }
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        assert_eq!(tag.matches('=').count() * 2, tag.matches('"').count(), "{tag}");
        if !tag.ends_with('/') {
            open.push(tag.split(' ').next().unwrap());
        }
        if tag.starts_with("text ") {
            texts.push(text);
        }
    }
    assert!(open.is_empty(), "{open:?}");
    texts
}
