//! Lists of the service: nothing is left out of them.

use std::collections::BTreeSet;

use samestory::model::{Decision, Verdict};
use samestory::params::Params;
use samestory::pipeline::index::{Access, Index};

use serde_json::{Value, json};

use crate::asked::{Asked, options};
use crate::util::Dir;

/// A service that has some 460 stories of an article each, one a minute, with the names of the articles.
fn full(dir: &Dir) -> (Asked, Vec<String>) {
    let asked = Asked::new(options(dir, None));
    // Every story has words of its own.
    let word = |i: u32| ["ba", "ce", "di", "fo", "gu", "ha", "ke"][i as usize];
    let line = |i: u32| {
        let name: String = [i / 49, i / 7 % 7, i % 7].map(word).concat();
        format!(
            "{{\"id\":\"a{i}\",\"title\":\"{name}ton {name}mere {name}dale\",\"published\":\"2026-05-04T{:02}:{:02}:00Z\"}}\n",
            8 + i / 60,
            i % 60
        )
    };
    let lines = |all: std::ops::Range<u32>| all.map(line).collect::<String>();
    asked.batch(&lines(0..200)).is(201);
    asked.batch(&lines(200..343)).is(201);
    let others = [("\"a", "\"b"), ("ton ", "field "), ("mere ", "worth "), ("dale", "stead")];
    let others = others.iter().fold(lines(0..120), |all, (a, b)| all.replace(a, b));
    asked.batch(&others).is(201);
    let ids = (0..343).map(|i| format!("a{i}")).chain((0..120).map(|i| format!("b{i}"))).collect();
    (asked, ids)
}

/// The stories that a page lists.
fn listed(page: &str) -> impl Iterator<Item = &str> {
    page.split("data-id=\"").skip(1).filter_map(|rest| rest.split('"').next())
}

#[test]
fn the_front_page_goes_on_to_every_story() {
    let dir = Dir::new();
    let (asked, ids) = full(&dir);
    let all: BTreeSet<String> = ids.iter().map(|id| asked.story_of(id)).collect();
    assert!(all.len() > 420, "{}", all.len());
    let (mut next, mut seen, mut pages) = (Some("/?hours=24".to_owned()), BTreeSet::new(), 0);
    while let Some(address) = next {
        let page = asked.get(&address).is(200).text;
        let before = seen.len();
        let shown =
            listed(&page).map(|id| assert!(seen.insert(id.to_owned()), "{id} twice")).count();
        assert!(shown > 0 && seen.len() == before + shown, "{address}");
        let told = format!("{shown} of {} stories in this time", all.len());
        assert!(page.contains(&told), "{page}");
        let link = page.split("<a href=\"").find(|rest| rest.contains("rel=\"next\""));
        let link = link.and_then(|rest| rest.split('"').next());
        next = link.map(|link| link.replace("&amp;", "&").replace("&#38;", "&"));
        pages += 1;
    }
    assert_eq!((seen, pages), (all.clone(), all.len().div_ceil(60)));
}

#[test]
fn the_most_told_story_comes_first_however_many_are_newer() {
    let dir = Dir::new();
    let (asked, _) = full(&dir);
    let told = |id: &str, source: &str, what: &str| {
        let title = format!("{what} blocked for a day");
        let text = format!(
            "{what} was blocked on Monday, the office said: nobody had seen it come, nobody was hurt."
        );
        let published = "2026-05-04T01:00:00Z";
        json!({"id": id, "title": title, "text": text, "source": source, "published": published})
    };
    // What one outlet tells again and again is told once.
    let lines = [
        told("goats", "Gazette", "The Wendel pass of the goats"),
        told("goats2", "Mirror", "The Wendel pass of the goats"),
        told("goats3", "Norwire", "The Wendel pass of the goats"),
        told("ferry", "Post", "Pellin harbour with its ferry"),
        told("ferry2", "Post", "Pellin harbour with its ferry"),
        told("ferry3", "Post", "Pellin harbour with its ferry"),
        told("ferry4", "Post", "Pellin harbour with its ferry"),
    ];
    asked.batch(&lines.map(|line| line.to_string()).join("\n")).is(201);
    let goats = asked.story_of("goats");
    assert_eq!(asked.story_of("goats3"), goats);
    assert_eq!(asked.story_of("ferry4"), asked.story_of("ferry"));
    let page = |query: &str| asked.get(&format!("/?{query}")).is(200).text;
    assert_eq!(listed(&page("hours=24")).next(), Some(&*goats));
    assert_eq!(listed(&page("hours=24&outlets=3")).collect::<Vec<_>>(), [&*goats]);
    let none = page("hours=24&outlets=5");
    assert_eq!(listed(&none).count(), 0);
    assert!(!none.contains("rel=\"next\""), "{none}");

    // Of two that as many tell the fresher one comes first, by however little.
    let flash = |id: &str, title: &str, second: &str| {
        let published = format!("2026-05-06T01:00:{second}Z");
        json!({"id": id, "title": title, "text": format!("{title}, it was said."), "published": published})
            .to_string()
    };
    let flashes = [
        flash("heron", "Heron nests on a crane", "07.1"),
        flash("otter", "Otter swims into a chess final", "07.3"),
        flash("badger", "Badger digs up a golf course", "07.2"),
    ];
    asked.batch(&flashes.join("\n")).is(201);
    let stories = ["otter", "badger", "heron"].map(|id| asked.story_of(id));
    assert_eq!(listed(&page("hours=24")).take(3).collect::<Vec<_>>(), stories.each_ref());
    asked.stop();
}

#[test]
fn many_decisions_are_listed_with_those_in_force() {
    let dir = Dir::new();
    let decision = |i: u32| Decision {
        verdict: Verdict::CannotLink,
        article: format!("a{i}"),
        other: "b".to_owned(),
        by: "anna".to_owned(),
        reason: String::new(),
    };
    let made: Vec<Decision> = (0..2_000).map(decision).collect();
    let mut index = Index::open(&dir.path("news.idx"), Access::Create, &Params::default()).unwrap();
    index.decide(&made, jiff::Timestamp::now()).unwrap();
    index.close();
    let asked = Asked::new(options(&dir, None));
    let listed = asked.get("/v1/decisions?limit=1").is(200).json();
    assert_eq!(listed["items"][0]["in_force"], true);
    assert!(asked.get("/log").is(200).text.contains("parted 2,000 pairs"));
}

#[test]
fn decisions_are_the_same_a_page_at_a_time() {
    let dir = Dir::new();
    let asked = Asked::with_news(&dir);
    let decide = |wish: Value| asked.post("/v1/decisions", &wish).is(201).json()["number"].clone();
    let link = |action: &str| json!({"action": action, "article": "wire", "other": "mirror"});
    decide(json!({"action": "split", "story": asked.story_of("wire"), "articles": ["mirror"]}));
    let linked = decide(link("must-link"));
    let lock = json!({"action": "lock", "story": asked.story_of("wire")});
    decide(lock.clone());
    decide(json!({"action": "undo", "number": linked}));
    decide(json!({"action": "representative", "article": "seeds"}));
    let story = asked.story_of("seeds");
    decide(json!({"action": "move", "article": "mirror", "story": story}));
    decide(lock);
    let pages = |limit: usize| {
        let (mut items, mut before) = (Vec::new(), i64::MAX);
        loop {
            let asked = asked.get(&format!("/v1/decisions?limit={limit}&before={before}"));
            let page = asked.is(200).json();
            items.extend(page["items"].as_array().unwrap().clone());
            match page["next_before"].as_i64() {
                Some(next) => before = next,
                None => return items,
            }
        }
    };
    let all = pages(200);
    assert_eq!(all.len(), 8, "{all:?}");
    (1..5).for_each(|limit| assert_eq!(pages(limit), all));
    let log = asked.get(&format!("/stories/{story}")).is(200).text;
    assert!(log.contains("chose what stands for it"), "{log}");
    asked.stop();
    let index = Index::open(&dir.path("news.idx"), Access::Read, &Params::default()).unwrap();
    let told = |of: &dyn Fn(&Value) -> bool| -> Vec<i64> {
        let told = all.iter().rev().filter(|d| of(d));
        told.map(|d| d["number"].as_i64().unwrap()).collect()
    };
    let in_force: Vec<i64> = index.in_force().unwrap().iter().map(|d| d.number).collect();
    let is_told = |d: &Value| d["in_force"] == true;
    // What the undoing made again is what it was.
    assert_eq!(told(&is_told), [vec![1], in_force].concat());
    let firsts: Vec<i64> = index.decided().unwrap().iter().map(|d| d.first).collect();
    let listed: Vec<i64> = all.iter().rev().map(|d| d["first"].as_i64().unwrap()).collect();
    assert_eq!(listed, firsts);
    assert_eq!(index.last_decided(&["seeds"]).unwrap(), told(&about_seeds).last().copied());
}

fn about_seeds(decision: &Value) -> bool {
    [&decision["article_id"], &decision["other_id"]].iter().any(|id| *id == "seeds")
}

#[test]
fn the_last_page_of_runs_is_the_last() {
    let dir = Dir::new();
    let asked = Asked::with_news(&dir);
    let story = asked.story_of("wire");
    asked.post("/v1/decisions", &json!({"action": "lock", "story": story})).is(201);
    let page = |query: &str| asked.get(&format!("/v1/runs?{query}")).is(200).json();
    let all = page("limit=200")["items"].as_array().unwrap().len();
    assert_eq!(page(&format!("limit={all}"))["next_before"], Value::Null);
    let some = page("limit=1");
    assert_eq!(some["next_before"], some["items"][0]["run"]);
    asked.stop();
}

#[test]
fn half_a_second_is_later_than_the_second_that_it_is_in() {
    let dir = Dir::new();
    let asked = Asked::new(options(&dir, None));
    let copy = |id: &str, published: &str| {
        let title = "Goats block the Wendel pass";
        json!({"id": id, "title": title, "text": title, "source": id, "published": published})
    };
    let half = copy("a", "2026-03-04T10:30:00.5Z");
    let whole = copy("b", "2026-03-04T10:30:00Z");
    asked.batch(&format!("{half}\n{whole}")).is(201);
    asked.settled("b");
    let story = asked.story_of("a");
    let story = asked.get(&format!("/v1/stories/{story}/members")).is(200).json();
    let ids = story["items"].as_array().unwrap().iter().map(|article| &article["article_id"]);
    assert_eq!(ids.collect::<Vec<_>>(), ["b", "a"], "the earliest first: {story}");
    let found = |query: &str| {
        let stories = asked.get(&format!("/v1/stories?{query}")).is(200).json();
        stories["items"].as_array().unwrap().len()
    };
    for (since, is_found) in [("00Z", 1), ("00.25Z", 1), ("00.5Z", 1), ("00.75Z", 0), ("01Z", 0)] {
        assert_eq!(found(&format!("since=2026-03-04T10:30:{since}")), is_found, "{since}");
    }
    for (until, is_found) in [("29:59Z", 0), ("29:59.5Z", 0), ("30:00Z", 1), ("30:00.5Z", 1)] {
        assert_eq!(found(&format!("until=2026-03-04T10:{until}")), is_found, "{until}");
    }
    asked.stop();
}
