//! What a service has accepted and the index does not have yet, and versions that come one after the other.

use samestory::model::Article;
use samestory::read;
use samestory::service::Options;
use samestory::store::{Arrivals, Journal};
use serde_json::{Value, json};

use crate::asked::{Asked, news, options};
use crate::util::Dir;

#[test]
fn corrections_take_the_place_of_what_they_correct() {
    let dir = Dir::new();
    let asked = Asked::new(options(&dir, None));
    let send = |id: &str, published: Value, version: usize| {
        let (title, text) =
            (format!("Headline {version}"), format!("The text of version {version}."));
        let article = json!({"id": id, "title": title, "text": text, "published": published});
        asked.post("/v1/articles", &article).is(201);
        // Whichever version is told of, it is told of as a whole.
        let told = asked.get(&format!("/v1/articles/{id}")).is(200).json();
        let number = |of: &str| {
            told[of].as_str().unwrap().trim_matches(|c: char| !c.is_numeric()).to_owned()
        };
        assert_eq!(number("title"), number("text"), "{told}");
        assert!(told["provisional"] == false || number("title") == version.to_string(), "{told}");
    };
    let date = || json!("2026-05-03T10:00:00Z");
    for published in [date(), Value::Null] {
        let id = if published.is_null() { "undated" } else { "dated" };
        // One after the other, then so fast that the index takes several at once.
        for version in 1..5 {
            send(id, published.clone(), version);
            assert_eq!(asked.settled(id)["text"], format!("The text of version {version}."));
        }
        (5..10).for_each(|version| send(id, published.clone(), version));
        assert_eq!(asked.settled(id)["title"], "Headline 9");
    }
    let runs = asked.get("/v1/runs").is(200).json();
    let items = runs["items"].as_array().unwrap();
    assert!(items.iter().all(|run| run["refused"] == 0), "{runs}");
    asked.stop();
}

#[test]
fn a_version_that_comes_too_late_is_refused() {
    let dir = Dir::new();
    let asked = Asked::new(options(&dir, None));
    let article = |id: &str, hour: Option<u32>, title: &str| {
        let published = hour.map(|hour| format!("2026-05-03T{hour:02}:00:00Z"));
        json!({"id": id, "title": title, "published": published})
    };
    let post = |id: &str, hour, title| asked.post("/v1/articles", &article(id, hour, title));
    post("a", Some(10), "Ferry aground").is(201);
    for settled in [false, true] {
        for hour in [Some(9), None] {
            let refused = post("a", hour, "Ferry afloat").is(409).json();
            assert_eq!(refused["type"], "urn:samestory:problem:older-version");
            let detail = refused["detail"].as_str().unwrap();
            assert!(detail.starts_with("id \"a\" is there with other content"), "{detail}");
        }
        post("a", Some(9), "Ferry aground").is(201);
        if !settled {
            assert_eq!(asked.settled("a")["title"], "Ferry aground");
        }
    }
    let lines = [
        article("a", Some(8), "Ferry afloat"),
        article("a", Some(9), "Ferry afloat"),
        article("b", Some(10), "Library lends seeds"),
        article("b", Some(9), "Library lends bulbs"),
        article("c", Some(9), "Bridge closed"),
        article("c", Some(10), "Bridge open"),
    ];
    let added = asked.batch(&lines.map(|line| line.to_string()).join("\n")).is(201).json();
    assert_eq!(added["accepted"], 3, "{added}");
    let refused = added["refused"].as_array().unwrap();
    let records: Vec<i64> = refused.iter().map(|r| r["record"].as_i64().unwrap()).collect();
    assert_eq!(records, [1, 2, 4]);
    let title = |id: &str| asked.settled(id)["title"].clone();
    assert_eq!(["a", "b", "c"].map(title), ["Ferry aground", "Library lends seeds", "Bridge open"]);
    let runs = asked.get("/v1/runs").is(200).json();
    assert!(runs["items"].as_array().unwrap().iter().all(|run| run["refused"] == 0), "{runs}");
    asked.stop();
}

/// An update stores no texts, so that what an article said is known by its hash alone.
#[test]
fn what_an_update_added_is_the_same_once_more_without_its_text() {
    let dir = Dir::new();
    let article = json!({"id": "p", "title": "Ferry aground", "text": "All are safe.", "published": "2026-05-03T10:00:00Z"});
    dir.file("a.jsonl", article.to_string());
    dir.run("update -q --index news.idx a.jsonl -o /dev/null").exits(0);
    let asked = Asked::new(options(&dir, None));
    let post = |text: &str| {
        let article = json!({"id": "p", "title": "Ferry aground", "text": text});
        asked.post("/v1/articles", &article)
    };
    assert_eq!(asked.get("/v1/articles/p").is(200).json()["text"], Value::Null);
    post("All are safe.").is(201);
    asked.settled("p");
    let refused = post("Two are missing.").is(409).json();
    assert_eq!(refused["type"], "urn:samestory:problem:older-version");
    let run = asked.get("/v1/runs").is(200).json()["items"][0].clone();
    assert_eq!((&run["repeated"], &run["refused"]), (&json!(1), &json!(0)), "{run}");
    asked.stop();
}

#[test]
fn a_title_with_a_nul_is_the_same_once_more() {
    let dir = Dir::new();
    let asked = Asked::new(options(&dir, None));
    for hour in [10, 9] {
        let published = format!("2026-05-03T{hour:02}:00:00Z");
        let article = json!({"id": "a", "title": "Ferry\0aground", "published": published});
        asked.post("/v1/articles", &article).is(201);
        asked.settled("a");
    }
    asked.stop();
}

/// A service that ends after the index took a batch, and before the journal let go of it, takes it again.
#[test]
fn what_is_taken_twice_does_no_harm() {
    let dir = Dir::new();
    Asked::new(options(&dir, None)).stop();
    let article = |version: &usize| Article {
        id: "ver".into(),
        title: format!("Headline {version}"),
        ..Article::default()
    };
    for (waiting, added) in
        [(vec![1, 2], 1), (vec![1, 2], 0), (vec![1, 2, 3], 1), (vec![1, 2, 3, 1], 1), (vec![1], 0)]
    {
        let articles: Vec<Article> = waiting.iter().map(article).collect();
        let mut journal = Journal::open(&dir.path("news.idx")).unwrap();
        journal.accept(&[Arrivals { articles: &articles, key: None }]).unwrap();
        let asked = Asked::new(options(&dir, None));
        assert_eq!(asked.settled("ver")["title"], articles.last().unwrap().title, "{waiting:?}");
        let run = asked.get("/v1/runs").is(200).json()["items"][0].clone();
        assert_eq!((&run["added"], &run["refused"]), (&json!(added), &json!(0)), "{waiting:?}");
        asked.stop();
    }
}

/// Leaves news as a service does that is killed before the index has them.
fn accepted(dir: &Dir) {
    Asked::new(options(dir, None)).stop();
    left(dir, &news());
}

/// Leaves lines in the journal of an index.
fn left(dir: &Dir, lines: &str) {
    let parsed = read::received("http", lines.as_bytes(), &read::Options::default().into()).parse();
    let batch = Arrivals { articles: &parsed.articles, key: None };
    Journal::open(&dir.path("news.idx")).unwrap().accept(&[batch]).unwrap();
}

/// The ids of what waits.
fn waiting(dir: &Dir) -> Vec<String> {
    let waiting = Journal::open(&dir.path("news.idx")).unwrap().waiting(9).unwrap();
    waiting.into_iter().map(|arrival| arrival.article.id).collect()
}

#[test]
fn what_a_service_left_waiting_comes_before_an_update() {
    let dir = Dir::new();
    accepted(&dir);
    let date = "2026-05-04T10:00:00Z";
    let newer = json!({"id": "seeds", "title": "Seeds, corrected", "published": date});
    let older = json!({"id": "wire", "title": "Volcano", "published": "2026-05-03T08:00:00Z"});
    dir.file("night.jsonl", format!("{newer}\n{older}\n"));
    let update = "update --index news.idx night.jsonl";
    dir.run(&format!("{update} --dry-run")).exits(0);
    assert_eq!(waiting(&dir), ["wire", "copy", "mirror", "seeds"], "a dry run changes nothing");
    dir.run(update).exits(0).says("refused: night.jsonl: record 2: id \"wire\" has other content");
    assert_eq!(waiting(&dir), [""; 0]);
    let asked = Asked::new(options(&dir, None));
    assert_eq!(asked.settled("seeds")["title"], "Seeds, corrected");
    assert_eq!(asked.story_of("mirror"), asked.story_of("wire"));
    let text = asked.settled("copy")["text"].clone();
    assert!(text.as_str().unwrap().starts_with("Mount Sarrel erupted"), "{text}");
    asked.stop();
}

#[test]
fn what_a_service_left_waiting_can_be_decided_about_and_makes_others_old() {
    let dir = Dir::new();
    accepted(&dir);
    dir.file("decided.csv", "decision,article_id,other_id\ncannot-link,wire,copy\n");
    dir.run("index decide decided.csv --index news.idx").exits(0);
    let export = || dir.run("index export --index news.idx -o -").exits(0).out;
    let group = |id: &str| {
        let export = export();
        let mut reader = csv::Reader::from_reader(export.as_bytes());
        let row = reader.records().map(Result::unwrap).find(|row| row[4] == *id).unwrap();
        row[2].to_owned()
    };
    assert_ne!(group("wire"), group("copy"));
    let late = json!({"id": "late", "title": "Ferry aground", "published": "2026-08-04T10:00:00Z"});
    left(&dir, &late.to_string());
    dir.run("index expire --retain 30d --index news.idx").exits(0);
    assert_eq!(export().lines().count(), 2, "only the newest is left");
}

#[test]
fn what_waits_is_read_with_what_the_index_was_built_with() {
    let dir = Dir::new();
    let articles = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/boilerplate.jsonl");
    dir.file("cases.jsonl", std::fs::read(articles).unwrap());
    dir.run("learn boilerplate cases.jsonl -o learnt").exits(0);
    dir.file("night.jsonl", json!({"id": "first", "title": "Ferry aground"}).to_string());
    let update = "update --index news.idx night.jsonl --boilerplate learnt";
    dir.run(update).exits(0);
    dir.file("decided.csv", "decision,article_id,other_id\ncannot-link,wire,copy\n");
    let verbs = ["decide decided.csv", "expire --retain 30d"];
    let run = |verb: &str| dir.run(&format!("index {verb} --index news.idx"));
    verbs.iter().for_each(|verb| drop(run(verb).exits(0)));
    left(&dir, &news());
    for verb in verbs {
        let refused = run(verb).exits(2).says("built with other settings: boilerplate=");
        refused.says("`samestory update` or `serve` with the same --boilerplate");
        assert_eq!(waiting(&dir).len(), 4, "{verb} takes nothing");
    }
    dir.run(update).exits(0);
    assert_eq!(waiting(&dir), [""; 0]);
    verbs.iter().for_each(|verb| drop(run(verb).exits(0)));
}

#[test]
fn so_many_keys_are_remembered_however_many_articles_came_with_them() {
    let dir = Dir::new();
    Asked::new(options(&dir, None)).stop();
    let mut journal = Journal::open(&dir.path("news.idx")).unwrap();
    let article = Article { id: "a".into(), ..Article::default() };
    let mut answer = |key: &str| {
        let key = Some((key, &b"digest"[..], "answer"));
        journal.accept(&[Arrivals { articles: std::slice::from_ref(&article), key }]).unwrap();
        ["first", "second"].map(|key| journal.answer(key).unwrap().is_some())
    };
    let file = dir.path("news.idx/service/journal.sqlite");
    let database = rusqlite::Connection::open(file).unwrap();
    answer("first");
    database.execute("UPDATE sqlite_sequence SET seq = 1000000", []).unwrap();
    assert_eq!(answer("second"), [true, true], "a million articles, two keys");
    let many = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 99997) \
                INSERT INTO answers SELECT 'key ' || n, x'', '', 1 FROM n";
    database.execute(many, []).unwrap();
    assert_eq!(answer("the last of so many"), [true, true]);
    assert_eq!(answer("one more"), [false, true], "the oldest goes first");
}

#[test]
fn what_waits_can_be_forgotten() {
    let dir = Dir::new();
    accepted(&dir);
    dir.run("index forget --index news.idx wire").exits(0);
    dir.run("index forget --index news.idx wire copy").exits(1).says("has the id wire");
    assert_eq!(waiting(&dir), ["mirror", "seeds"]);
}

#[test]
fn a_copy_has_what_was_accepted_and_waits() {
    let dir = Dir::new();
    accepted(&dir);
    dir.run("index backup copy.idx --index news.idx").exits(0);
    let copy = Options { index: dir.path("copy.idx"), ..options(&dir, None) };
    let asked = Asked::new(copy);
    assert_eq!(asked.story_of("mirror"), asked.story_of("wire"));
    asked.stop();
}

#[test]
fn damage_under_what_waits_is_damage_and_its_place_is_nobodys_business() {
    let dir = Dir::new();
    Asked::with_news(&dir).stop();
    let asked = Asked::new(options(&dir, None));
    for segment in std::fs::read_dir(dir.path("news.idx/segments")).unwrap() {
        std::fs::write(segment.unwrap().path(), "").unwrap();
    }
    asked.batch(&news().replace("\"id\":\"", "\"id\":\"late ")).is(201);
    let lock = json!({"action": "lock", "story": "s0123456789abc"});
    let refused = asked.post("/v1/decisions", &lock).is(503).json();
    assert_eq!(refused["type"], "urn:samestory:problem:index");
    assert_eq!(refused["detail"], "the index is damaged");
    asked.stop();
    let served = dir.run("serve --index news.idx --listen 127.0.0.1:0").exits(5);
    let said = served.says("hint: put back a backup, or build it again: samestory update");
    assert_eq!(said.err.matches("damaged").count(), 1, "{}", said.err);
}

#[test]
fn a_text_that_cannot_be_read_is_not_one_that_is_not_there() {
    let dir = Dir::new();
    accepted(&dir);
    let spoil = |file: &str, column: &str| {
        let database = rusqlite::Connection::open(dir.path("news.idx").join(file)).unwrap();
        assert!(database.execute(&format!("UPDATE {column} = x'00'"), []).unwrap() > 0);
    };
    let asked = Asked::new(options(&dir, None));
    asked.settled("wire");
    spoil("index.sqlite", "texts SET packed");
    let told = asked.get("/v1/articles/wire").is(503).json();
    assert_eq!(told["detail"], "the index is damaged");
    asked.get("/compare?article=wire&article=copy").is(503);
    asked.stop();

    let journal = Journal::open(&dir.path("news.idx")).unwrap();
    assert!(journal.article("late").unwrap().is_none());
    let late = Article { id: "late".into(), ..Article::default() };
    Journal::open(&dir.path("news.idx"))
        .unwrap()
        .accept(&[Arrivals { articles: &[late], key: None }])
        .unwrap();
    assert_eq!(journal.article("late").unwrap().unwrap().id, "late");
    spoil("service/journal.sqlite", "arrivals SET article");
    assert!(journal.article("late").is_err());
    dir.run("index check --index news.idx").exits(5).says("journal.sqlite: damaged: arrival ");
}
