//! `explain` says what the run did: of pairs, of stories, and where editors decided.

use std::cell::RefCell;
use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use samestory::model::explain::{Relation, StoryNumbers};
use samestory::model::{Article, Grouping, Match, MatchKind};
use samestory::params::Params;
use samestory::pipeline::{explain, explain_story};
use samestory::report::Story;

use crate::made::articles;
use crate::properties::{column, rows, run};
use crate::util::Dir;

/// Articles, and twenty pairs of different ones among them.
fn articles_in_pairs() -> impl Strategy<Value = (Vec<Article>, Vec<[usize; 2]>)> {
    let many = articles().prop_filter("two", |a| a.len() > 1);
    many.prop_flat_map(|given| {
        let n = given.len();
        let pair = (0..n, 1..n).prop_map(move |(i, step)| [i, (i + step) % n]);
        (Just(given), prop::collection::vec(pair, 20))
    })
}

/// What became of two articles in a run, with what its match of the two says of them.
fn verdict(grouping: &Grouping, ids: [&str; 2]) -> (Relation, Option<Match>) {
    let rows = rows(grouping);
    let same = |name: &str| {
        let column = column(&rows, name);
        column[ids[0]] == column[ids[1]]
    };
    let verdict = match (same("duplicate_group_id"), same("story_id")) {
        (true, _) => Relation::Duplicates,
        (_, true) => Relation::Story,
        _ => Relation::Apart,
    };
    let at = |id: &str| grouping.articles.iter().position(|e| &*e.id == id).unwrap() as u32;
    let [a, b] = ids.map(at);
    let ends = (a.min(b), a.max(b));
    (verdict, grouping.matches.iter().find(|m| (m.a, m.b) == ends).copied())
}

#[test]
fn who_is_too_far_apart_is_told_by_what_bounds_it() {
    let article = |id: &str, day: &str| Article {
        id: id.into(),
        title: format!("Northern pier of Merrin reopens, says {id}"),
        published: format!("2025-03-{day}T08:00:00Z").parse().ok(),
        ..Article::default()
    };
    let given = [article("a", "01"), article("b", "13")];
    for (window_days, bound) in [
        (7.0, "the window is 7 days"),
        (30.0, "after 9.0 days nothing matches, whatever the window"),
    ] {
        let params = Params { window_days, ..Params::default() };
        let found = explain([given.to_vec()], ["a", "b"], &params).unwrap().unwrap();
        assert_eq!(found.why, format!("too far apart in time: {bound}"));
    }
}

#[test]
fn a_story_is_explained_of_articles_as_a_run_takes_them() {
    let article =
        |url: &str| Article { title: "Pier reopens".into(), url: url.into(), ..Article::default() };
    let given = || [["http://a.example/x", "http://b.example/x"].map(article).to_vec()];
    let params = Params::default();
    let story = explain_story(given(), "http://b.example/x", &params).unwrap().unwrap();
    assert_eq!(story.size, 2, "an article without an id goes by its address");
    let params = Params { window_days: -1.0, ..params };
    assert!(explain_story(given(), "http://b.example/x", &params).is_err());
}

/// Explains `a b` of articles that the outlet Norwire published on one day, each an id, a title and a text; with options.
fn of_norwire(given: &[[&str; 3]], options: &str) -> String {
    let dir = Dir::new();
    let line = |[id, title, text]: &[&str; 3]| {
        let (source, published) = ("Norwire", "2024-03-01");
        let article = serde_json::json!({ "id": id, "title": title, "text": text, "source": source, "published": published });
        format!("{article}\n")
    };
    dir.file("news.jsonl", given.iter().map(line).collect::<String>());
    dir.file("parted.csv", "decision,article_id,other_id\ncannot-link,a,b\n");
    dir.run(&format!("explain a b --in news.jsonl {options}")).exits(0).out
}

const WALL: &str = "The harbour wall of Merrin will be raised by a metre before the autumn storms, the port authority said on Monday.";

#[test]
fn numbers_of_headlines_are_told() {
    let dir = Dir::new();
    let article = |id: &str, hurt: &str| {
        let title = format!("Harbour wall of Merrin gives way, {hurt} hurt");
        format!("{}\n", serde_json::json!({ "id": id, "title": title, "text": WALL }))
    };
    dir.file("news.jsonl", article("a", "7") + &article("b", "17"));
    let explained = dir.run("explain a b --in news.jsonl").exits(0).out;
    assert!(explained.contains("numbers only in A          7\n"), "{explained}");
    assert!(explained.contains("numbers only in B          17\n"), "{explained}");
    let rows = dir.run("cluster news.jsonl -q").exits(0).out;
    assert!(rows.contains("same text as a; numbers 7 -> 17,"), "{rows}");
}

#[test]
fn what_a_desk_writes_or_types_in_another_way_is_no_change() {
    let text = "It costs 1,310 crowns, or 12.4 million in all, said Ann O'Hara, who has led the port for 20 years.";
    let other = text.replace("1,310", "1,311").replace("12.4 million", "12.4m").replace('\'', "’");
    let told = of_norwire(&[["a", "Wall", text], ["b", "Wall", &other]], "");
    let changed: Vec<&str> = told.lines().filter(|line| line.contains("only in")).collect();
    let expected = ["  numbers only in A          1,310", "  numbers only in B          1,311"];
    assert_eq!(changed, expected);
}

#[test]
fn a_notice_is_said_to_be_one() {
    const NOTICE: &str = "the same words under headlines that say something else: a notice";
    let given = [["a", "", WALL], ["b", "Photo gallery", WALL], ["c", "Coast: an overview", WALL]];
    let told = of_norwire(&given, "");
    assert!(told.contains(&format!("two stories\n  {NOTICE}\n")), "{told}");
    assert!(told.contains(&format!("score                      none: {NOTICE}\n")), "{told}");
    assert!(!told.contains("too little in common"), "{told}");
    let json: serde_json::Value =
        serde_json::from_str(&of_norwire(&given, "--format json")).unwrap();
    assert_eq!((&json["why"], &json["story"]["against"]), (&NOTICE.into(), &NOTICE.into()));
    // Headlines that say the same are told apart by none that does not.
    let [oil, sources] = [
        "Unidentified jets raid oil platforms in southern Gulf, shipping sources say",
        "Shipping sources: unidentified jets raid oil platforms in southern Gulf",
    ];
    let given = [["a", oil, WALL], ["b", sources, WALL], ["c", "Owls nest in the mill", WALL]];
    let told = of_norwire(&given, "");
    assert!(told.contains("one story\n  the same text, word for word\n"), "{told}");
    // Under one headline it is no notice, whoever parted the two.
    let given = ["a", "b"].map(|id| [id, "Harbour wall of Merrin to be raised", WALL]);
    let told = of_norwire(&given, "--decisions parted.csv");
    assert!(told.contains("score                      none: an editor parted them\n"), "{told}");
    assert!(told.contains("not one group, because     an editor parted them\n"), "{told}");
}

#[test]
fn a_match_of_two_groups_is_said_to_be_one() {
    const HEAD: &str = "The harbour wall of Merrin will be raised by a metre before the autumn storms the port authority said on Monday \
        and the work begins in May when ferries to the outer islands change to a summer timetable";
    const TAIL: &str = "Engineers from Lindholm have measured the tides for three years and found that a surge like that of last winter \
        would flood the market hall the school gym and both railway tunnels unless sluices are shut in time while fishermen fear that \
        their boats cannot leave the inner basin during works which shall last until snow falls.";
    let full = format!("{HEAD} {TAIL}");
    let title = "Merrin raises its harbour wall";
    let given = [["a", title, &full], ["b", title, HEAD], ["c", title, TAIL]];
    let check = |given: &[[&str; 3]], options: &str, verdict: &str, why: &str| {
        let told = of_norwire(given, options);
        assert!(told.contains(&format!("\n\n{verdict}\n")), "{told}");
        assert!(told.contains(&format!("not one group, because     {why}\n")), "{told}");
        let page = of_norwire(given, &format!("{options} --html -")).to_lowercase();
        assert!(page.contains(&format!("<h1>{verdict}</h1>")), "{page}");
        assert!(page.contains("not one group</th>"), "{page}");
        let told = of_norwire(given, &format!("{options} --format json"));
        let json: serde_json::Value = serde_json::from_str(&told).unwrap();
        assert_eq!(
            (&json["text"]["strength"], &json["text"]["against"]),
            (&1.25.into(), &why.into())
        );
    };
    const APART: &str = "the two match, their groups do not on average";
    check(&given, "", "one story", APART);
    check(&given, "--only duplicates", "two groups", APART);
    check(&given, "--story-cut 0.9", "two stories", APART);
    check(&given[..2], "--decisions parted.csv", "two stories", "an editor parted them");
}

#[test]
fn nothing_speaks_against_the_same_words() {
    let given = ["a", "b"].map(|id| [id, "Harbour wall of Merrin to be raised", WALL]);
    let json: serde_json::Value =
        serde_json::from_str(&of_norwire(&given, "--format json")).unwrap();
    let text = &json["text"];
    assert_eq!((&text["same_words"], &text["strength"]), (&true.into(), &1.5.into()));
    assert_eq!((&json["verdict"], &text["against"]), (&"duplicates".into(), &().into()));
}

/// A thousand pairs: the verdict of the run, and its numbers wherever it has a match; where it has none, numbers that are
/// too low for one.
#[test]
fn explanations_agree_with_the_run() {
    let params = Params::default();
    let counts = RefCell::new(BTreeMap::<String, usize>::new());
    let count = |what: String| *counts.borrow_mut().entry(what).or_default() += 1;
    let agree = |(given, pairs): (Vec<Article>, Vec<[usize; 2]>)| {
        let grouping = run(&given, &params);
        for ids in pairs.iter().map(|pair| pair.map(|i| given[i].id.as_str())) {
            let found = explain([given.clone()], ids, &params).unwrap().unwrap();
            let (expected, kept) = verdict(&grouping, ids);
            prop_assert_eq!(found.verdict, expected);
            prop_assert_eq!(found.story.is_none(), expected == Relation::Duplicates);
            count(format!("{expected:?}"));
            let (text, story) = (&found.text, found.story.as_ref());
            let resembling = [text.resemblance as f32, text.containment as f32];
            match kept.map(|kept| (kept.kind, kept)) {
                Some((MatchKind::Exact, _)) => {
                    prop_assert!(text.same_words && text.strength >= 1.0 && text.against.is_none());
                }
                Some((MatchKind::Near, kept)) => {
                    prop_assert_eq!(resembling, [kept.resemblance, kept.containment]);
                    prop_assert!(text.strength >= 1.0);
                    prop_assert_eq!(text.against.is_none(), expected == Relation::Duplicates);
                }
                Some((_, kept)) => {
                    let story = story.unwrap();
                    let numbers = [story.cosine, story.similarity, story.score.unwrap()];
                    let run = [kept.cosine, kept.similarity, kept.score];
                    prop_assert_eq!(numbers.map(|n| n as f32), run);
                }
                // Of articles that are the same word for word, and of a group, only one has the matches.
                None => {
                    let themselves = story.is_some_and(|s| s.reports == ids);
                    let enough = |s: &StoryNumbers| {
                        s.score.is_some() && s.similarity >= params.min_similarity
                    };
                    prop_assert!(!(themselves && story.is_some_and(enough)));
                }
            }
            count(kept.map_or("none".to_owned(), |kept| kept.kind.as_str().to_owned()));
        }
        Ok(())
    };
    let mut runner = TestRunner::new(ProptestConfig::with_cases(50));
    runner.run(&articles_in_pairs(), agree).unwrap();
    let counts = counts.into_inner();
    let pairs = |names: &[&str]| names.iter().filter_map(|&name| counts.get(name)).sum::<usize>();
    assert_eq!(pairs(&["Duplicates", "Story", "Apart"]), 1_000, "{counts:?}");
    for kind in ["Duplicates", "Story", "Apart", "near", "story", "none"] {
        assert!(pairs(&[kind]) >= 20, "{counts:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The tree of a story has all its reports, and its last link is the one that the run calls its weakest.
    #[test]
    fn trees_agree_with_the_run(given in articles().prop_filter("one", |a| !a.is_empty()), pick in any::<prop::sample::Index>()) {
        let params = Params::default();
        let grouping = run(&given, &params);
        let rows = rows(&grouping);
        let id = &given[pick.index(given.len())].id;
        let tree = explain_story([given.clone()], id, &params).unwrap().unwrap();
        prop_assert_eq!(&tree.story_id, &column(&rows, "story_id")[id]);
        prop_assert_eq!(&explain_story([given.clone()], &tree.story_id, &params).unwrap().unwrap(), &tree);
        prop_assert_eq!(tree.size.to_string(), column(&rows, "story_size")[id].clone());
        prop_assert_eq!(tree.links.len() + 1, tree.reports.len());
        let story = Story::all(&grouping).find(|story| story.id() == tree.story_id).unwrap();
        let weakest = tree.links.last().and_then(|link| link.score);
        prop_assert_eq!(weakest.map(|score| score as f32), story.weakest());
        if let Some(last) = tree.links.last() {
            prop_assert_eq!(last.reports, tree.reports.len());
            prop_assert!(weakest.unwrap() >= params.story_cut - 1e-4);
        }
    }
}

/// Two reports of a fire with a copy, and one of something else.
const FIRE: &str = "id,title,text,source\n\
    a,Harbour fire,\"A fire in the harbour of Merrin destroyed nine boats and a crane on Monday night.\",Ledger\n\
    b,Fire in Merrin,\"Nine boats burned when fire broke out in the Merrin harbour on Monday, and a crane fell.\",Mirror\n\
    c,Harbour fire,\"A fire in the harbour of Merrin destroyed nine boats and a crane on Monday night.\",Echo\n\
    d,Seeds,\"The public library of Aldmoor has begun to lend packets of seeds to its readers.\",Mirror\n";

#[test]
fn editors_are_named() {
    let dir = Dir::new();
    dir.file("news.csv", FIRE);
    let decided = |rows: &str| {
        dir.file("decisions.csv", format!("decision,article_id,other_id,by,reason\n{rows}"));
    };
    let said = |command: &str| {
        dir.run(&format!("{command} news.csv --decisions decisions.csv")).exits(0).out
    };
    decided("");
    assert!(said("explain a b --in").contains("their story holds together"));
    decided("cannot-link,a,b,Ann,two fires\n");
    assert!(said("explain a b --in").contains("two stories\n  Ann parted a from b: two fires\n"));
    // The copy stands with what it copies.
    assert!(said("explain c b --in").contains("two stories\n  Ann parted a from b: two fires\n"));
    let report = said("report -q --html page.html");
    assert!(report.contains("Decided by editors\n") && report.contains("Ann parted a from b"));
    assert!(dir.read("page.html").contains("Ann parted a from b: two fires"));
    decided("lock,b,,,\n");
    assert!(said("explain a b --in").contains("two stories\n  an editor locked the story of b\n"));
    decided("must-link,d,b,Ben \u{1b}[2J,\n");
    assert!(
        said("explain b d --in")
            .contains("one story, told in other words\n  Ben \\u{1b}[2J linked d with b\n")
    );
    let tree = said("explain d --in");
    assert!(tree.contains("2 articles, 2 reports\n") && tree.contains("linked by Ben"), "{tree}");
    assert!(said("report -q --html page.html").contains("Ben \\u{1b}[2J linked d with b"));
    assert!(dir.read("page.html").contains(r#""how":"linked by Ben"#));
    // A copy was linked: what stands for its group says so.
    decided("must-link,c,d,Ben,\nrepresentative,d,,,\n");
    let clusters = said("cluster -q");
    assert!(clusters.contains(",Ben linked c with d,"), "{clusters}");
    // A decision that makes no sense is refused, as everywhere.
    decided("must-link,a,,Ben,\n");
    assert!(said("report -q").contains("decisions.csv: record 2: must-link needs two articles"));
}

#[test]
fn without_stories_there_are_no_numbers_of_them() {
    let dir = Dir::new();
    dir.file("news.csv", FIRE);
    let said = |options: &str| {
        dir.run(&format!("explain --only duplicates a b --in news.csv {options}")).exits(0).out
    };
    let told = said("");
    assert!(
        told.contains("no near-duplicates: two groups\n  stories were not asked for\n"),
        "{told}"
    );
    assert!(!told.contains("cosine") && !told.contains("two stories"), "{told}");
    let json: serde_json::Value = serde_json::from_str(&said("--format json")).unwrap();
    assert_eq!((&json["verdict"], &json["story"]), (&"apart".into(), &serde_json::Value::Null));
    let page = said("--html -");
    assert!(page.contains("stories were not asked for") && !page.contains("Cosine"));
    // The numbers of the texts, and an editor's word, are told all the same.
    assert!(told.contains("resemblance"));
    dir.file(
        "decisions.csv",
        "decision,article_id,other_id,by,reason\ncannot-link,a,b,Ann,two fires\n",
    );
    assert!(said("--decisions decisions.csv").contains("Ann parted a from b: two fires"));
    // An index without stories says the same.
    dir.run("update --only duplicates --store-text 9999d --index news.idx news.csv").exits(0);
    assert_eq!(dir.run("explain a b --index news.idx").exits(0).out, told);
}

#[test]
fn what_a_file_says_of_outlets_counts_wherever_articles_are_read() {
    let dir = Dir::new();
    let article = |id: &str, source: &str, published: &str, text: &str| serde_json::json!({ "id": id, "source": source, "published": published, "text": text });
    let (a, b) = (
        "A cargo ship sank off the harbour of Millbridge on Sunday, and the coast guard saved twelve sailors.",
        "Twelve sailors were saved by the coast guard when a ship went down near the harbour of Millbridge.",
    );
    let given = [
        article("a", "Tokyo Herald", "2026-03-01 10:00:00", a),
        article("b", "Coast News", "2026-03-03T23:00:00Z", b),
    ];
    dir.file("news.jsonl", given.map(|line| format!("{line}\n")).concat());
    dir.file("sources.csv", "source,timezone\nTokyo Herald,Asia/Tokyo\n");
    let days = |options: &str| {
        let said = dir.run(&format!("explain a b --in news.jsonl --format json {options}"));
        let told: serde_json::Value = serde_json::from_str(&said.exits(0).out).unwrap();
        told["text"]["days"].as_f64().unwrap()
    };
    assert!((days("") - 61.0 / 24.0).abs() < 1e-9);
    assert!((days("--sources sources.csv") - 70.0 / 24.0).abs() < 1e-9);
    let pairs = dir.run("cluster -q news.jsonl --layout pairs --sources sources.csv").exits(0).out;
    assert!(pairs.contains("2.9167"), "{pairs}");
    let gold = "{\"id\":\"a\",\"cluster\":\"1\"}\n{\"id\":\"b\",\"cluster\":\"1\"}\n";
    dir.file("gold.jsonl", gold);
    for command in ["report news.jsonl", "evaluate gold.jsonl --in news.jsonl", "clean news.jsonl"]
    {
        dir.run(&format!("{command} --sources news.jsonl")).exits(2).says("no column source");
        dir.run(&format!("{command} --sources sources.csv")).exits(0);
    }
}

#[test]
fn what_could_not_be_read_is_told() {
    let dir = Dir::new();
    dir.file(
        "news.jsonl",
        "{\"id\":\"a\",\"text\":\"A ship sank.\"}\n{\"id\":\"b\",\"text\":\"A\n",
    );
    let refused = "refused: news.jsonl: record 2: ";
    dir.run("explain a b --in news.jsonl").exits(2).says(refused).says("no article has the id b");
    dir.run("explain a --in news.jsonl").exits(0).says(refused);
    dir.file("bad.jsonl", "{\n").file("one.jsonl", "{\"id\":\"a\",\"text\":\"A ship sank.\"}\n");
    let said = dir.run("explain one.jsonl bad.jsonl").exits(2).says("no article in it");
    assert_eq!(said.err.matches("refused: bad.jsonl: record 1: ").count(), 1, "{}", said.err);
    assert_eq!(dir.run("explain -q a --in news.jsonl").exits(0).err, "");
}

#[test]
fn json_cannot_steer_a_terminal() {
    const TITLE: &str = "ship \u{9b}2J\u{202e}";
    let dir = Dir::new();
    let line =
        |id: &str| format!("{{\"id\":\"{id}\",\"title\":\"{TITLE}\",\"text\":\"A ship sank.\"}}\n");
    dir.file("news.jsonl", line(TITLE) + &line("b"));
    dir.file("gold.csv", format!("id,cluster\n{TITLE},1\nb,2\n"));
    for command in ["explain b --in news.jsonl", "evaluate gold.csv --in news.jsonl"] {
        let told = dir.run(&format!("{command} --format json")).exits(0).out;
        assert!(!told.contains(['\u{9b}', '\u{202e}']), "{told}");
        assert!(told.contains("ship \\u009b2J\\u202e"), "{told}");
    }
}
