//! What editors decide through the service.

use serde_json::{Value, json};

use crate::asked::{Asked, options, percent};
use crate::util::Dir;

#[test]
fn a_split_names_some_articles_however_often() {
    let dir = Dir::new();
    let asked = Asked::with_news(&dir);
    let story = asked.story_of("mirror");
    let split = |articles: &Value| {
        let wish = json!({"action": "split", "story": story, "articles": articles});
        asked.post("/v1/decisions", &wish)
    };
    let strangers: Vec<String> = (0..200).map(|i| format!("x{i}")).collect();
    let many = [strangers, vec!["mirror".to_owned()]].concat();
    let refused = split(&json!(many)).is(400).json();
    assert_eq!(refused["detail"], "name 1 to 200 articles of the story, not all of it");
    let refused = split(&json!(many[199..])).is(400).json();
    assert_eq!(refused["detail"], "\"x199\" is no article of the story");
    split(&json!(vec!["mirror"; 5_000])).is(201);
    assert_ne!(asked.story_of("mirror"), asked.story_of("wire"));
    asked.stop();
}

#[test]
fn a_merger_names_some_stories_however_often() {
    let dir = Dir::new();
    let asked = Asked::with_news(&dir);
    let lone = json!({"id": "lone", "title": "Otters swim in a harbour once more"});
    asked.post("/v1/articles", &lone).is(201);
    let [a, b, c] = ["lone", "seeds", "wire"].map(|id| asked.story_of(id));
    let merge = |stories: &[Vec<String>]| {
        let wish = json!({"action": "merge", "stories": stories.concat()});
        asked.post("/v1/decisions", &wish)
    };
    let others: Vec<String> = (0..199).map(|i| format!("s{i}")).collect();
    for stories in [&[vec![a.clone(); 300]][..], &[vec![a.clone(), b.clone()], others]] {
        let refused = merge(stories).is(400).json();
        assert_eq!(refused["detail"], "a merger takes 2 to 200 different stories");
    }
    let merged = merge(&[vec![a.clone(), b], vec![a; 300], vec![c]]).is(201).json();
    assert_eq!(merged["decisions"], 2);
    let story = asked.story_of("lone");
    assert_eq!(["seeds", "wire"].map(|id| asked.story_of(id)), [story.clone(), story]);
    asked.stop();
}

#[test]
fn what_leads_to_an_article_steers_nothing() {
    let dir = Dir::new();
    let asked = Asked::new(options(&dir, None));
    let article = json!({"id": "a", "title": "Seeds", "url": "https://x.example/\u{202e}a"});
    asked.post("/v1/articles", &article).is(201);
    let page = asked.get(&format!("/stories/{}", asked.story_of("a"))).is(200).text;
    assert!(page.contains("href=\"https://x.example/\\u{202e}a\""), "{page}");
    assert!(!page.contains('\u{202e}'));
    asked.stop();
}

#[test]
fn the_same_decided_twice_is_two_decisions() {
    let dir = Dir::new();
    let asked = Asked::with_news(&dir);
    let story = asked.story_of("wire");
    let decide = |action: &str| {
        let wish = json!({"action": action, "story": story});
        asked.post("/v1/decisions", &wish).is(201).json()["number"].clone()
    };
    let [first, _, last] = ["lock", "unlock", "lock"].map(decide);
    let undo = |of: &Value| asked.post("/v1/decisions", &json!({"action": "undo", "number": of}));
    let in_force = || {
        let listed = asked.get("/v1/decisions").is(200).json()["items"].clone();
        let listed = listed.as_array().unwrap().iter();
        listed.map(|d| d["in_force"] == true).collect::<Vec<_>>()
    };
    assert_eq!(in_force(), [true, false, false], "the latest first");
    let log = asked.get("/log").is(200).text;
    assert_eq!(log.matches("(no longer in force)").count(), 1, "{log}");
    let refused = undo(&first).is(409).json();
    assert_eq!(refused["detail"], "this was undone already, or decided anew since");
    assert_eq!(in_force(), [true, false, false]);
    undo(&last).is(201);
    assert_eq!(in_force(), [false; 4]);
    asked.stop();
}

#[test]
fn any_number_of_what_was_decided_together_undoes_it() {
    let dir = Dir::new();
    let asked = Asked::with_news(&dir);
    let story = asked.story_of("wire");
    let split = json!({"action": "split", "story": story, "articles": ["wire"]});
    let split = asked.post("/v1/decisions", &split).is(201).json();
    assert_eq!((&split["number"], &split["decisions"]), (&json!(1), &json!(2)));
    let listed = asked.get("/v1/decisions").is(200).json();
    let firsts = [0, 1].map(|n| (&listed["items"][n]["number"], &listed["items"][n]["first"]));
    assert_eq!(firsts, [(&json!(2), &json!(1)), (&json!(1), &json!(1))]);
    // Runs are numbered by themselves: what they go by undoes nothing.
    let run = asked.get("/v1/runs").is(200).json()["items"][0]["run"].clone();
    asked.post("/v1/decisions", &json!({"action": "undo", "run": run})).is(422);
    asked.post("/v1/decisions", &json!({"action": "undo", "number": 3})).is(404);
    asked.post("/v1/decisions", &json!({"action": "undo", "number": 2})).is(201);
    assert_eq!(asked.story_of("wire"), asked.story_of("copy"));
    asked.stop();
}

#[test]
fn labels_name_articles_that_evaluate_finds() {
    let dir = Dir::new();
    let asked = Asked::with_news(&dir);
    let ids = ["-x1", "=a,b"];
    for id in ids {
        asked.post("/v1/articles", &json!({"id": id, "title": format!("Seeds {id}")})).is(201);
        asked.settled(&percent(id));
        let wish = json!({"action": "must-link", "article": id, "other": "wire"});
        asked.post("/v1/decisions", &wish).is(201);
    }
    let labels = asked.get("/v1/decisions/labels.csv").is(200).text;
    assert_eq!(labels, "id1,id2,label\n'-x1,wire,1\n\"'=a,b\",wire,1\n");
    asked.stop();
    dir.file("labels.csv", labels);
    dir.run("index export --index news.idx -o out.csv").exits(0);
    let found = dir.run("evaluate out.csv labels.csv").exits(0).out;
    assert!(found.starts_with("2 of 2 positive pairs found"), "{found}");
    let matches = "article_id_a,article_id_b,match_kind,similarity\n-x1,wire,story,0.6\n";
    dir.file("matches.csv", matches);
    dir.run("evaluate matches.csv labels.csv --sweep similarity=0.3..0.7:0.2").exits(0);
}
