//! What comes twice, or in another order, changes nothing; and what is kept of it follows no name.

use serde_json::json;

use crate::index::partition;
use crate::util::Dir;

/// One report that comes twice: which of the two stays, and where it belongs, does not depend on their order or on their files.
#[test]
fn of_what_is_delivered_twice_the_first_seen_stays() {
    let report = |seen: &str, source: &str| {
        let text = "A strong quake hit the coast of Aceh on Monday, injuring dozens, officials in Banda Aceh said.";
        let title = "Quake hits Aceh coast, dozens hurt";
        json!({"id": "n1", "title": title, "text": text, "seen": seen, "source": source})
            .to_string()
            + "\n"
    };
    let early = report("2026-02-01T08:00:00Z", "Beta");
    let late = report("2026-02-20T08:00:00Z", "Alpha");
    let same = report("2026-02-01T08:00:00Z", "Gamma");
    let other = json!({
        "id": "n2", "title": "Dozens hurt as quake shakes Aceh coast", "published": "2026-02-01T09:00:00Z",
        "text": "Officials in Banda Aceh counted dozens of injured after Monday's strong quake off the coast.",
    })
    .to_string();
    for [x, y] in [[&early, &late], [&late, &early], [&early, &same], [&same, &early]] {
        let dir = Dir::new();
        dir.file("x.jsonl", x).file("y.jsonl", y).file("other.jsonl", &other);
        dir.file("all.jsonl", [x, y, &other].map(String::as_str).concat());
        for command in [
            "cluster all.jsonl",
            "cluster other.jsonl y.jsonl x.jsonl",
            "update --index all.idx all.jsonl",
            "update --index news.idx x.jsonl y.jsonl other.jsonl",
        ] {
            let out = dir.run(&format!("{command} -q")).exits(0).out;
            assert!(out.contains(",Beta,,2026-02-01T08:00:00Z,"), "{command}: {out}");
            let stories = partition(&out);
            assert_eq!(stories[0].1, stories[1].1, "{command}: {out}");
        }
    }
}

/// Of two earlier chapters that are as near the later one leads, whatever names their stories have.
#[test]
fn the_last_chapter_is_the_latest() {
    for ids in [["a", "b", "c"], ["c", "b", "a"], ["b", "a", "c"], ["old", "mid", "new"]] {
        let dir = Dir::new();
        let article = |(id, day): (&str, &str)| {
            let title = "Oruk's armoured train crosses into Varonia for talks with Sarkov";
            json!({"id": id, "title": title, "published": format!("2026-04-{day}")}).to_string()
                + "\n"
        };
        let all = ids.into_iter().zip(["01", "12", "23"]).map(article);
        dir.file("news.jsonl", all.collect::<String>());
        dir.run("update --index news.idx news.jsonl -o /dev/null").exits(0);
        for command in ["cluster news.jsonl -q", "index export --index news.idx"] {
            let out = dir.run(&format!("{command} --layout stories --format jsonl")).exits(0).out;
            let story = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap();
            let stories: Vec<_> = out.lines().map(story).collect();
            let of =
                |id: &str| stories.iter().find(|s| s["story_representative_id"] == id).unwrap();
            let [old, mid, new] = ids.map(of);
            assert_eq!(new["related_story_id"], mid["story_id"], "{command}: {out}");
            assert_eq!(mid["related_story_id"], old["story_id"], "{command}: {out}");
        }
    }
}

/// Commands that change an index have groups represented as its nights do.
#[test]
fn who_stands_for_a_group_is_one_rule_for_all_commands() {
    let dir = Dir::new();
    let long = "The council of Merrin voted on Monday to raise the harbour wall by a metre before autumn. Work begins in May. \
                The wall was built in 1911, and a storm broke it in two places last winter. The town pays a third of it.";
    let article = |id: &str, text: &str, hour: u8| {
        let published = format!("2026-03-03T{hour:02}:00:00Z");
        json!({"id": id, "title": "Harbour wall of Merrin to be raised", "text": text, "published": published}).to_string()
            + "\n"
    };
    let (short, _) = long.split_once(" The town").unwrap();
    dir.file("news.jsonl", article("short", short, 5) + &article("long", long, 6));
    dir.file("d.csv", "decision,article_id,other_id\nmust-link,short,long\n");
    dir.file("samestory.toml", "index = \"news.idx\"\nrepresentative = \"longest\"\n");
    let stands = |out: &str| out.contains(",long,representative,");
    assert!(stands(&dir.run("update -q news.jsonl").exits(0).out));
    for command in ["decide d.csv", "expire --retain 9d", "forget short"] {
        dir.run(&format!("index {command} --changes c.csv")).exits(0);
        assert!(!dir.read("c.csv").contains(",representative,"), "{}", dir.read("c.csv"));
    }
}

/// What was read is what was refused, added and given once more, whichever command counts it.
#[test]
fn the_share_of_what_is_refused_is_of_all_records() {
    let dir = Dir::new();
    let article = |n: usize, title: &str| json!({"id": n, "title": title}).to_string() + "\n";
    let ten: String = (0..10).map(|n| article(n, &format!("Ferry {n} sails"))).collect();
    dir.file("repeats.jsonl", ten.repeat(10) + "{\n");
    let others: String = (0..5).map(|n| article(n, &format!("Library {n} opens"))).collect();
    dir.file("conflicts.jsonl", ten + &others);
    let run = |command: &str| dir.run(&format!("{command} -o /dev/null"));
    for [once, again] in [["cluster"; 2], ["update --index a.idx", "update --index b.idx"]] {
        run(&format!("{once} repeats.jsonl --max-refused 5%")).exits(0);
        let refused = run(&format!("{once} repeats.jsonl --strict")).exits(3);
        refused.says("1 of 101 records were refused, and --strict allows none");
        let refused = run(&format!("{again} conflicts.jsonl --max-refused 0")).exits(3);
        refused.says("5 of 15 records were refused, more than --max-refused 0");
    }
}
