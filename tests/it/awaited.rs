//! What is accepted and not yet grouped: what is told of it, and what can be asked and decided about it.

use std::io::BufRead as _;

use serde_json::Value;

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
        serde_json::from_str::<Value>(&added.1).unwrap()["story_id"].as_str().unwrap().to_owned()
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
