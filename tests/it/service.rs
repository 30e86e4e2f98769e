//! The service by its requests, without a port: articles in, stories out, decisions.

use axum::body::Body;
use samestory::params::Params;
use samestory::pipeline::index::{Access, Index};
use samestory::read;
use serde_json::{Value, json};

use crate::asked::{Asked, news, options, percent};
use crate::util::Dir;

#[test]
fn articles_in_stories_out() {
    let dir = Dir::new();
    let asked = Asked::new(options(&dir, None));
    asked.get("/readyz").is(200);
    let added = asked.batch(&(news() + "\n{\"no\": 1}\n")).is(201).json();
    assert_eq!((&added["accepted"], &added["refused"][0]["record"]), (&json!(4), &json!(5)));
    let of = |n: usize, what: &str| added["articles"][n][what].clone();
    assert_eq!(of(1, "duplicate_group_id"), of(0, "duplicate_group_id"));
    assert_ne!(of(2, "duplicate_group_id"), of(0, "duplicate_group_id"));
    assert_eq!(of(2, "story_id"), of(0, "story_id"));
    assert_ne!(of(3, "story_id"), of(0, "story_id"));

    let story = asked.story_of("wire");
    assert_eq!(asked.story_of("mirror"), story);
    let told = asked.get(&format!("/v1/stories/{story}")).is(200).json();
    assert_eq!(
        (&told["size"], &told["duplicate_groups"], &told["independent_outlets"]),
        (&json!(3), &json!(2), &json!(3))
    );
    // The name that an article was given for now leads to its story.
    let alone = of(0, "story_id");
    let answer = asked.get(&format!("/v1/stories/{}", alone.as_str().unwrap()));
    assert!(answer.status == 200 || answer.status == 308, "{}", answer.text);
    let steps = asked.get(&format!("/v1/stories/{story}/timeline")).is(200).json();
    assert_eq!(steps["items"][1]["seconds_after"], 3600);
    assert_eq!(steps["items"][1]["copy"], true);
    let why = asked.get("/v1/articles/wire/explain?other=mirror").is(200).json();
    assert!(why["same_story"] == true && why["terms"].to_string().contains("sarrel"), "{why}");

    let one: Value = serde_json::from_str(news().lines().next().unwrap()).unwrap();
    let alike = asked
        .post("/v1/articles:match", &json!({"title": one["title"], "text": one["text"]}))
        .is(200)
        .json();
    assert_eq!(alike["copies"][0]["similarity"], 1.0);
    assert_eq!(alike["story_id"], story.as_str());
    let first = asked.get("/v1/stories?limit=1").is(200).json();
    let rest = asked
        .get(&format!("/v1/stories?cursor={}", first["next_cursor"].as_str().unwrap()))
        .is(200)
        .json();
    assert_eq!(
        (first["items"].as_array().unwrap().len(), rest["items"].as_array().unwrap().len()),
        (1, 1)
    );
    let found = |query: &str| {
        asked.get(&format!("/v1/stories?{query}")).is(200).json()["items"].as_array().unwrap().len()
    };
    assert_eq!(
        [
            found("q=SARREL+ash"),
            found("q=seeds&source=Mirror"),
            found("min_size=4"),
            found("since=2026-05-05T00:00:00Z")
        ],
        [1, 1, 0, 0]
    );
    for page in
        ["/", "/review", "/log", &format!("/stories/{story}"), "/compare?article=wire&article=copy"]
    {
        let answer =
            asked.ask(&format!("GET {page}"), &[("accept", "text/html")], Body::empty()).is(200);
        assert!(
            answer.headers["content-security-policy"]
                .to_str()
                .unwrap()
                .starts_with("default-src 'none'")
        );
        assert!(answer.text.contains("</html>"));
    }
    asked.stop();

    let again = Asked::new(options(&dir, None));
    assert_eq!(again.story_of("mirror"), story, "a restart changes nothing");
    again.stop();
}

#[test]
fn dates_called_published_are_those_that_articles_give() {
    let dir = Dir::new();
    let asked = Asked::new(options(&dir, None));
    let mut late: Value = serde_json::from_str(news().lines().next().unwrap()).unwrap();
    late["id"] = "late".into();
    late["published"] = Value::Null;
    late["seen"] = "2026-05-04T23:00:00Z".into();
    let lone = json!({"id": "lone", "title": "Otters swim in a harbour once more", "seen": "2026-05-06T08:00:00Z"});
    asked.batch(&format!("{}\n{late}\n{lone}", news())).is(201);
    let story = asked.story_of("lone");
    let listed = asked.get("/v1/stories").is(200).json();
    let listed = listed["items"].as_array().unwrap();
    let times = |name: &str| {
        let told = asked.get(&format!("/v1/stories/{name}")).is(200).json();
        let line = listed.iter().find(|line| line["story_id"] == name).unwrap();
        let of = |story: &Value| ["first_published", "last_published"].map(|at| story[at].clone());
        assert_eq!(of(&told), of(line));
        of(line)
    };
    assert_eq!(times(&story), [Value::Null, Value::Null]);
    let volcano = asked.story_of("late");
    assert_eq!(asked.story_of("wire"), volcano);
    assert_eq!(times(&volcano), ["2026-05-04T08:00:00Z", "2026-05-04T10:00:00Z"]);
    // What is not dated is as new as when it was seen.
    assert_eq!(listed[0]["story_id"], story.as_str());
    asked.stop();
}

#[test]
fn the_document_has_the_table_of_labels_too() {
    let dir = Dir::new();
    let asked = Asked::new(options(&dir, None));
    let document = asked.get("/openapi.json").is(200).json();
    let answer = &document["paths"]["/v1/decisions/labels.csv"]["get"]["responses"]["200"];
    assert!(answer["content"]["text/csv"].is_object(), "{answer}");
    assert_eq!(asked.get("/v1/decisions/labels.csv").is(200).text, "id1,id2,label\n");
    asked.stop();
}

#[test]
fn adding_in_pieces_is_one_run() {
    let dir = Dir::new();
    let asked = Asked::new(options(&dir, None));
    let samples = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/articles/norwire.jsonl");
    let lines = std::fs::read_to_string(samples).unwrap() + &news();
    let ids: Vec<String> = lines
        .lines()
        .collect::<Vec<_>>()
        .chunks(5)
        .flat_map(|some| {
            let added = asked.batch(&some.join("\n")).is(201).json();
            added["articles"]
                .as_array()
                .unwrap()
                .iter()
                .map(|a| a["article_id"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        })
        .collect();
    ids.iter().for_each(|id| drop(asked.settled(&percent(id))));
    asked.stop();
    let export = Index::open(&dir.path("news.idx"), Access::Read, &Params::default())
        .unwrap()
        .export()
        .unwrap();
    let parsed = read::received("all", lines.as_bytes(), &read::Options::default().into()).parse();
    let whole = samestory::pipeline::cluster_articles(parsed.articles, &Params::default()).unwrap();
    let partition = |grouping: &samestory::model::Grouping| {
        let ids = |story: usize| {
            let articles = grouping.articles_of(story).iter();
            let mut ids: Vec<String> =
                articles.map(|&i| grouping.articles[i as usize].id.to_string()).collect();
            ids.sort();
            ids
        };
        let mut all: Vec<_> = (0..grouping.n_stories()).map(ids).collect();
        all.sort();
        all
    };
    assert_eq!(partition(&export), partition(&whole.grouping));
}

#[test]
fn a_key_is_answered_once() {
    let dir = Dir::new();
    let asked = Asked::new(options(&dir, None));
    let send = |key: &str, body: String| {
        let headers = [("content-type", "application/x-ndjson"), ("idempotency-key", key)];
        asked.ask("POST /v1/articles:batch", &headers, body)
    };
    let first = send("night 1", news()).is(201).text;
    assert_eq!(send("night 1", news()).is(201).text, first);
    send("night 1", "{\"title\": \"Something else\"}".to_owned()).is(422);
    send("", news()).is(400);
    asked.settled("seeds");
    assert_eq!(asked.get("/v1/runs").json()["items"][0]["read"], 4);
    asked.stop();
}

#[test]
fn what_could_not_be_written_down_decides_nothing() {
    let dir = Dir::new();
    let asked = Asked::new(options(&dir, None));
    let journal = rusqlite::Connection::open(dir.path("news.idx/service/journal.sqlite")).unwrap();
    let full = "CREATE TRIGGER full BEFORE INSERT ON arrivals BEGIN SELECT RAISE(ABORT, 'the disk is full'); END";
    journal.execute_batch(full).unwrap();
    let news = news();
    let [wire, copy] = [0, 1].map(|n| news.lines().nth(n).unwrap());
    asked.batch(wire).is(507);
    journal.execute_batch("DROP TRIGGER full").unwrap();
    let added = asked.batch(copy).is(201).json();
    assert_eq!(added["articles"][0]["copies"], json!([]), "{added}");
    let added = asked.batch(wire).is(201).json();
    assert_eq!(added["articles"][0]["copies"][0]["article_id"], "copy", "{added}");
    asked.stop();
}

#[test]
fn editors_decide_and_undo() {
    let dir = Dir::new();
    let asked = Asked::with_news(&dir);
    let (story, seeds) = (asked.story_of("wire"), asked.story_of("seeds"));
    let version = |story: &str| {
        asked.get(&format!("/v1/stories/{story}")).is(200).json()["version"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let seen = version(&story);

    let wish = json!({"action": "split", "story": story, "articles": ["mirror"], "reason": "another eruption", "versions": {&story: seen}});
    let split = asked.post("/v1/decisions", &wish).is(201).json();
    assert_ne!(asked.story_of("mirror"), asked.story_of("wire"));
    let stale = asked.post("/v1/decisions", &wish).is(409).json();
    assert!(stale["detail"].as_str().unwrap().contains("somebody else"), "{stale}");
    assert_eq!(stale["type"], "urn:samestory:problem:stale");
    asked
        .post(
            "/v1/decisions",
            &json!({"action": "must-link", "article": "wire", "other": "mirror"}),
        )
        .is(201);
    assert_eq!(asked.story_of("mirror"), asked.story_of("wire"), "the latest wins");
    let linked = asked.get("/v1/decisions?limit=1").is(200).json()["items"][0]["number"].clone();
    asked.post("/v1/decisions", &json!({"action": "undo", "number": linked})).is(201);
    assert_ne!(asked.story_of("mirror"), asked.story_of("wire"), "what it replaced holds again");
    asked.post("/v1/decisions", &json!({"action": "undo", "number": split["number"]})).is(201);
    assert_eq!(asked.story_of("mirror"), asked.story_of("wire"));
    asked.post("/v1/decisions", &json!({"action": "undo", "number": split["number"]})).is(409);

    let merged = asked
        .post("/v1/decisions", &json!({"action": "merge", "stories": [story, seeds]}))
        .is(201)
        .json();
    let one = asked.story_of("seeds");
    assert_eq!(one, asked.story_of("wire"));
    let gone = if one == story { &seeds } else { &story };
    let redirect = asked.get(&format!("/v1/stories/{gone}")).is(308);
    assert_eq!(redirect.headers["location"], format!("/v1/stories/{one}").as_str());
    asked.post("/v1/decisions", &json!({"action": "undo", "number": merged["number"]})).is(201);
    assert_ne!(asked.story_of("seeds"), asked.story_of("wire"));

    asked
        .post(
            "/v1/decisions",
            &json!({"action": "cannot-link", "article": "wire", "other": "copy"}),
        )
        .is(201);
    assert_ne!(asked.story_of("copy"), asked.story_of("wire"), "copies are parted too");
    asked
        .post(
            "/v1/decisions",
            &json!({"action": "move", "article": "mirror", "story": asked.story_of("seeds")}),
        )
        .is(201);
    assert_eq!(asked.story_of("mirror"), asked.story_of("seeds"));
    asked.post("/v1/decisions", &json!({"action": "representative", "article": "mirror"})).is(201);
    let told = asked.get(&format!("/v1/stories/{}", asked.story_of("mirror"))).is(200).json();
    assert_eq!(told["story_representative_id"], "mirror");
    let lock = json!({"action": "lock", "story": asked.story_of("mirror")});
    asked.post("/v1/decisions", &lock).is(201);
    asked
        .post("/v1/decisions", &json!({"action": "unlock", "story": asked.story_of("mirror")}))
        .is(201);
    let labels = asked.get("/v1/decisions/labels.csv").is(200).text;
    assert!(labels.starts_with("id1,id2,label\n") && labels.contains("wire,copy,0"), "{labels}");
    asked.stop();

    let again = Asked::new(options(&dir, None));
    assert_eq!(again.story_of("mirror"), again.story_of("seeds"), "decisions outlive a restart");
    let later = json!({"id": "late", "title": "Airport of Quellara open again after the Sarrel volcano", "published": "2026-05-04T18:00:00Z"});
    again.post("/v1/articles", &later).is(201);
    again.settled("late");
    assert_ne!(again.story_of("copy"), again.story_of("wire"), "and every later run");
    again.stop();
}

#[test]
fn whose_articles_moved_is_another_version() {
    let dir = Dir::new();
    let asked = Asked::with_news(&dir);
    let (story, other) = (asked.story_of("wire"), asked.story_of("seeds"));
    let versions = || {
        let told = |story: &String| asked.get(&format!("/v1/stories/{story}")).is(200).json();
        [&story, &other].map(|story| told(story)["version"].clone())
    };
    let seen = versions();
    let log = |story: &str, change: &str, from: &str| {
        let index = rusqlite::Connection::open(dir.path("news.idx/index.sqlite")).unwrap();
        let sql = "INSERT INTO log SELECT MAX(number) + 1, MAX(run), ?, ?, ?, 1, '' FROM log";
        index.execute(sql, [story, change, from]).unwrap();
        versions()
    };
    assert_eq!(log(&story, "grew", ""), seen, "articles that merely come in");
    let (none, two) = ("s2222222222222", format!("s2222222222222 {story}"));
    let mut before = seen.clone();
    for (to, change, from) in
        [(none, "split", &*story), (&other, "grew", &two), (&story, "grew", none)]
    {
        let after = log(to, change, from);
        assert_ne!(after[0], before[0], "{to} {change} {from}");
        assert_eq!(after[1] != before[1], to == other, "{to} {change} {from}");
        before = after;
    }
    let wish = json!({"action": "lock", "story": story, "versions": {&story: seen[0]}});
    let stale = asked.post("/v1/decisions", &wish).is(409).json();
    assert_eq!(stale["type"], "urn:samestory:problem:stale");
    asked.stop();
}

/// What an article is called is no reason to say so of another conflict.
#[test]
fn who_was_slower_is_told_so() {
    let dir = Dir::new();
    let asked = Asked::new(options(&dir, None));
    let ids = ["one since you looked", "two since you looked"];
    for id in ids {
        asked.post("/v1/articles", &json!({"id": id, "title": "Library lends seeds"})).is(201);
    }
    let story = asked.story_of(&percent(ids[0]));
    let version = || {
        let told = asked.get(&format!("/v1/stories/{story}")).is(200).json();
        told["version"].as_str().unwrap().to_owned()
    };
    let form = |action: &str, version: &str| {
        let articles = ids.map(|id| format!("article={}", percent(id))).join("&");
        let body = format!("action={action}&story={story}&version={story}%3D{version}&{articles}");
        asked.ask("POST /decide", &[("content-type", "application/x-www-form-urlencoded")], body)
    };
    let middle = json!({"id": "middle", "title": "Library lends seeds"});
    asked.post("/v1/articles", &middle).is(201);
    asked.settled("middle");
    for other in ids {
        let link = json!({"action": "must-link", "article": "middle", "other": other});
        asked.post("/v1/decisions", &link).is(201);
    }
    let cannot = form("cannot-link", &version()).is(409).text;
    assert!(cannot.contains("That cannot be") && !cannot.contains("nevertheless"), "{cannot}");
    let slow = form("lock", "0").is(409).text;
    assert!(slow.contains("This story has changed") && slow.contains("nevertheless"), "{slow}");
    asked.stop();
}

#[test]
fn pages_go_on_where_a_story_went() {
    let dir = Dir::new();
    let asked = Asked::new(options(&dir, None));
    let titles =
        ["Ferry aground", "Library lends seeds", "Bridge painted", "Choir wins", "Owl found"];
    let article = |id: &&str| json!({"id": id, "title": id, "published": "2026-05-04T10:00:00Z"});
    let lines: Vec<String> = titles.iter().map(|id| article(id).to_string()).collect();
    asked.batch(&lines.join("\n")).is(201);
    asked.settled(&percent(titles[4]));
    let page = |rest: &str| {
        let page = asked.get(&format!("/v1/stories?limit=2{rest}")).is(200).json();
        let ids = page["items"].as_array().unwrap().iter().map(|story| story["story_id"].clone());
        (ids.collect::<Vec<Value>>(), page["next_cursor"].as_str().map(str::to_owned))
    };
    let (first, cursor) = page("");
    asked.post("/v1/decisions", &json!({"action": "merge", "stories": first})).is(201);
    let (second, cursor) = page(&format!("&cursor={}", cursor.unwrap()));
    let (third, end) = page(&format!("&cursor={}", cursor.unwrap()));
    let mut told = [first, second, third].concat();
    told.sort_by_key(Value::to_string);
    told.dedup();
    assert_eq!((told.len(), end), (5, None));
    asked.stop();
}

#[test]
fn texts_stay_as_long_as_they_are_stored() {
    let dir = Dir::new();
    let asked = Asked::new(options(&dir, None));
    let article = |id: &str, day: u32, text: &str| json!({"id": id, "title": format!("Ship {id} comes in"), "text": text, "published": format!("2026-05-{day:02}T10:00:00Z")});
    asked.post("/v1/articles", &article("one", 1, "Nobody expected the quagga.")).is(201);
    assert_eq!(asked.settled("one")["text"], "Nobody expected the quagga.");
    asked.post("/v1/articles", &article("two", 9, "The pier was full.")).is(201);
    assert_eq!(asked.settled("two")["text"], "The pier was full.");
    assert_eq!(asked.settled("one")["text"], Value::Null, "five days are over");
    assert_eq!(asked.settled("one")["title"], "Ship one comes in");
    asked.stop();
    let journal = rusqlite::Connection::open(dir.path("news.idx/service/journal.sqlite")).unwrap();
    let waiting: i64 =
        journal.query_row("SELECT COUNT(*) FROM arrivals", [], |row| row.get(0)).unwrap();
    assert_eq!(waiting, 0, "what the index has is let go of");
}
