//! What an undoing leaves in force: all that it does not undo, and what that took the place of.

use serde_json::{Value, json};

use crate::asked::{Asked, options};
use crate::util::Dir;

/// A service with four articles that have nothing in common, of which `a` and `b` tell one story: decision 1.
fn linked(dir: &Dir) -> Asked {
    let asked = Asked::new(options(dir, None));
    for (id, title) in [
        ("a", "Whale stranded on Dutch beach"),
        ("b", "Chess champion withdraws from Oslo"),
        ("c", "Copper tax in Peru"),
        ("d", "Tram strike in Ghent"),
    ] {
        asked.post("/v1/articles", &json!({"id": id, "title": title})).is(201);
        asked.settled(id);
    }
    decide(&asked, &json!({"action": "must-link", "article": "a", "other": "b"}));
    asked
}

/// Decides, and says what an undoing asks for.
fn decide(asked: &Asked, wish: &Value) -> i64 {
    asked.post("/v1/decisions", wish).is(201).json()["number"].as_i64().unwrap()
}

fn undoing(of: i64) -> Value {
    json!({"action": "undo", "number": of})
}

fn undo(asked: &Asked, of: i64) -> i64 {
    decide(asked, &undoing(of))
}

/// Locks the story of `a`, or unlocks it.
fn lock(asked: &Asked, action: &str) -> i64 {
    decide(asked, &json!({"action": action, "story": asked.story_of("a")}))
}

fn choose(asked: &Asked, article: &str, reason: &str) -> i64 {
    decide(asked, &json!({"action": "representative", "article": article, "reason": reason}))
}

/// What stands for the story of `a`.
fn stands(asked: &Asked) -> String {
    let story = asked.get(&format!("/v1/stories/{}", asked.story_of("a"))).is(200).json();
    story["story_representative_id"].as_str().unwrap().to_owned()
}

/// The numbers of those in force, ascending.
fn in_force(asked: &Asked) -> Vec<i64> {
    let listed = asked.get("/v1/decisions?limit=200").is(200).json();
    let listed = listed["items"].as_array().unwrap().iter().rev();
    listed.filter(|d| d["in_force"] == true).map(|d| d["number"].as_i64().unwrap()).collect()
}

fn together(asked: &Asked, a: &str, b: &str) -> bool {
    asked.story_of(a) == asked.story_of(b)
}

#[test]
fn what_ends_a_lock_leaves_what_stands_for_the_story() {
    let dir = Dir::new();
    let asked = linked(&dir);
    let other = if stands(&asked) == "a" { "b" } else { "a" };
    let chosen = choose(&asked, other, "the desk's own");
    assert_eq!(stands(&asked), other);
    let locked = lock(&asked, "lock");
    lock(&asked, "unlock");
    assert_eq!((stands(&asked).as_str(), in_force(&asked)), (other, vec![1, chosen]));
    let locked_again = lock(&asked, "lock");
    undo(&asked, locked_again);
    assert_eq!((stands(&asked).as_str(), in_force(&asked)), (other, vec![1, chosen]));
    let made = asked.get("/v1/decisions?limit=1").is(200).json()["items"][0].clone();
    assert_eq!(
        (&made["decision"], &made["reason"]),
        (&json!("representative"), &json!("the desk's own"))
    );
    asked.post("/v1/decisions", &undoing(locked)).is(409);
    asked.stop();
}

#[test]
fn what_stands_for_a_story_leaves_it_locked_when_it_is_undone() {
    let dir = Dir::new();
    let asked = linked(&dir);
    let locked = lock(&asked, "lock");
    let lead = stands(&asked);
    let chosen = choose(&asked, &lead, "");
    undo(&asked, chosen);
    assert_eq!(in_force(&asked), [1, locked]);
    undo(&asked, locked);
    assert_eq!(in_force(&asked), [1]);
    asked.stop();
}

#[test]
fn of_the_same_decided_twice_one_is_undone() {
    let dir = Dir::new();
    let asked = linked(&dir);
    for reason in ["", "other"] {
        let link = |reason: &str| {
            decide(
                &asked,
                &json!({"action": "must-link", "article": "c", "other": "d", "reason": reason}),
            )
        };
        let [first, second] = ["", reason].map(link);
        let third = undo(&asked, second);
        assert!(together(&asked, "c", "d"));
        assert_eq!(in_force(&asked), [1, first, third + 1]);
        let back = undo(&asked, third);
        assert_eq!(in_force(&asked), [1, back]);
        undo(&asked, back);
        assert_eq!(in_force(&asked)[..2], [1, first]);
        undo(&asked, first);
        assert!(!together(&asked, "c", "d"));
        assert_eq!(in_force(&asked), [1]);
        asked.post("/v1/decisions", &undoing(first)).is(409);
    }
    asked.stop();
}

#[test]
fn an_undoing_is_undone() {
    let dir = Dir::new();
    let asked = linked(&dir);
    lock(&asked, "lock");
    let unlocked = lock(&asked, "unlock");
    let lead = stands(&asked);
    let chosen = choose(&asked, &lead, "");
    let log = asked.get("/log").is(200).text;
    assert!(log.contains(&format!("value=\"{unlocked}\"")), "{log}");
    let wish = json!({"action": "undo", "number": unlocked, "reason": "too early"});
    let locked = decide(&asked, &wish);
    assert_eq!(in_force(&asked), [1, chosen, locked]);
    let made = asked.get("/v1/decisions?limit=1").is(200).json()["items"][0].clone();
    assert_eq!((&made["decision"], &made["reason"]), (&json!("lock"), &json!("too early")));
    asked.post("/v1/decisions", &undoing(unlocked)).is(409);
    undo(&asked, locked);
    assert_eq!(in_force(&asked)[..2], [1, chosen]);
    // What was decided anew since stays.
    let parted = decide(&asked, &json!({"action": "cannot-link", "article": "a", "other": "b"}));
    let linked = undo(&asked, parted);
    assert!(together(&asked, "a", "b"));
    decide(&asked, &json!({"action": "cannot-link", "article": "b", "other": "a"}));
    asked.post("/v1/decisions", &undoing(linked)).is(409);
    assert!(!together(&asked, "a", "b"));
    asked.stop();
}
