//! What is accepted and not yet grouped: what is told of it, and what can be asked and decided about it.

use std::io::BufRead as _;

use serde_json::{Value, json};

use crate::asked::{Asked, news, options};
use crate::served::Served;
use crate::util::Dir;

#[test]
fn what_waits_is_not_said_to_be_grouped() {
    let dir = Dir::new();
    let served = Served::start(&dir);
    let mut events = served.listen("");
    let mut heard = || {
        let mut heard = String::new();
        while !heard.contains("event: settled") || !heard.ends_with("\n\n") {
            assert!(events.read_line(&mut heard).unwrap() > 0, "{heard}");
        }
        heard
    };
    let add = |id: &str| {
        let article =
            format!("{{\"id\":\"{id}\",\"title\":\"Ferry {id} runs aground off Pellin\"}}");
        let added = served.ask("POST /v1/articles", &article).unwrap();
        assert_eq!(added.0, 201);
        serde_json::from_str::<Value>(&added.1).unwrap()["articles"][0]["story_id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let story = add("one");
    assert!(heard().contains("{\"articles\":1}"));
    // The index rests now, and takes decisions at once.
    add("two");
    let lock = format!("{{\"action\":\"lock\",\"story\":\"{story}\"}}");
    assert_eq!(served.ask("POST /v1/decisions", &lock).unwrap().0, 201);
    let told = heard();
    assert!(told.contains("event: story") && told.contains("{\"articles\":1}"), "{told}");
}

#[test]
fn what_was_just_accepted_can_be_decided_and_explained() {
    let dir = Dir::new();
    let asked = Asked::new(options(&dir, None));
    let add = |id: &str, title: &str| {
        asked.post("/v1/articles", &json!({"id": id, "title": title})).is(201);
    };
    add("first", "Library of Pellin lends seeds");
    asked.settled("first");
    // The index rests now.
    add("a", "Whale stranded on Dutch beach");
    add("b", "Chess champion withdraws from Oslo");
    let told = asked.get("/v1/articles/a/explain?other=first").is(200).json();
    assert_eq!(told["same_story"], false, "{told}");
    let link = json!({"action": "must-link", "article": "a", "other": "b"});
    let linked = asked.post("/v1/decisions", &link).is(201).json();
    assert_eq!(linked["stories"], json!([asked.story_of("b")]));
    assert_eq!(asked.get("/v1/articles/a").is(200).json()["provisional"], false);
    asked.get("/v1/articles/a/explain?other=x").is(404);
    let unknown = json!({"action": "must-link", "article": "a", "other": "x"});
    asked.post("/v1/decisions", &unknown).is(404);
    asked.stop();
}

#[test]
fn a_story_can_be_decided_about_by_the_name_of_its_beginning() {
    let dir = Dir::new();
    let asked = Asked::new(options(&dir, None));
    // The later one comes first, so the story has the name of another one in the end.
    let lines: Vec<String> = news().lines().map(str::to_owned).collect();
    let added = asked.batch(&format!("{}\n{}\n", lines[1], lines[0])).is(201).json();
    let early = added["articles"][0]["story_id"].as_str().unwrap();
    let lock = json!({"action": "lock", "story": early});
    let locked = asked.post("/v1/decisions", &lock).is(201).json();
    let story = asked.story_of("copy");
    assert_eq!(locked["stories"], json!([story]));
    let redirect = asked.get(&format!("/v1/stories/{early}")).is(308);
    assert_eq!(redirect.headers["location"], format!("/v1/stories/{story}").as_str());
    asked.post("/v1/decisions", &json!({"action": "unlock", "story": early})).is(201);
    asked.stop();
}
