//! Small stories as text: the cases in `tests/cases/groups`, articles under header lines and the groups they form.

use std::fs;
use std::path::Path;

use samestory::model::{Article, Decision, Grouping};
use samestory::params::Params;
use samestory::pipeline::cluster_articles;
use samestory::stages::decide::in_force;

/// The articles of a case. A header line is `== id | date | source | title`; what follows it is the text.
fn articles(case: &str) -> Vec<Article> {
    let article = |block: &str| {
        let (header, text) = block.split_once('\n').unwrap();
        let fields: Vec<&str> = header.splitn(4, '|').map(str::trim).collect();
        let [id, published, source, title] = fields[..] else { panic!("{header}: four fields") };
        let day = if published.len() == 10 { "T00:00Z" } else { "" };
        let time = format!("{published}{day}");
        Article {
            id: id.to_owned(),
            title: title.to_owned(),
            text: text.trim().to_owned(),
            published: (!published.is_empty()).then(|| time.parse().unwrap()),
            source: source.to_owned(),
            ..Article::default()
        }
    };
    case.split("\n== ").skip(1).map(article).collect()
}

/// The decisions in force that stand before the articles, as in `cannot-link a b`.
fn decisions(case: &str) -> Vec<Decision> {
    let head = case.split("\n== ").next().unwrap_or_default();
    let decision = |line: &str| {
        let mut words = line.split_whitespace();
        let verdict = words.next()?.parse().ok()?;
        let mut word = || words.next().unwrap_or_default().to_owned();
        let (article, other) = (word(), word());
        Some(Decision { verdict, article, other, by: String::new(), reason: String::new() })
    };
    let found = in_force(&head.lines().filter_map(decision).collect::<Vec<_>>());
    assert!(found.refused.is_empty(), "{:?}", found.refused);
    found.decisions
}

/// One line a story, its near-duplicate groups parted by bars; everything in the order of ids.
pub(crate) fn shown(grouping: &Grouping) -> String {
    let id = |&i: &u32| &*grouping.articles[i as usize].id;
    let group = |group: usize| {
        let mut ids: Vec<&str> = grouping.members(group).iter().map(id).collect();
        ids.sort_unstable();
        ids.join(" ")
    };
    let story = |story: usize| {
        let mut groups: Vec<String> = grouping.groups_of(story).map(group).collect();
        groups.sort_unstable();
        groups.join(" | ") + "\n"
    };
    let mut stories: Vec<String> = (0..grouping.n_stories()).map(story).collect();
    stories.sort_unstable();
    stories.concat()
}

/// Runs a case; `SAMESTORY_BLESS=1` rewrites what it expects.
fn check(path: &Path) -> Option<String> {
    let case = fs::read_to_string(path).unwrap();
    let (input, expected) = case.split_once("\n----\n").expect("a line of four dashes");
    let params = Params { decisions: decisions(input), ..Params::default() };
    let got = shown(&cluster_articles(articles(input), &params).unwrap().grouping);
    if std::env::var_os("SAMESTORY_BLESS").is_some() {
        fs::write(path, format!("{input}\n----\n{got}")).unwrap();
        return None;
    }
    let name = path.file_name().unwrap().display();
    (got != expected).then(|| format!("{name}\n--- expected\n{expected}--- got\n{got}"))
}

#[test]
fn cases() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/groups");
    let paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(paths.len() >= 15, "{} cases", paths.len());
    let failed: Vec<String> = paths.iter().filter_map(|path| check(path)).collect();
    assert!(failed.is_empty(), "\n{}", failed.join("\n"));
}

#[test]
fn look_alikes_stay_out_of_a_story_of_two() {
    let case = include_str!("../cases/look-alikes.txt");
    let all = articles(case);
    let (journey, others) = all.split_at(2);
    let stays_out = |other: &&Article| {
        let three = [journey, &[(*other).clone()]].concat();
        let got = shown(&cluster_articles(three, &Params::default()).unwrap().grouping);
        assert!(got.contains("journey-a | journey-b"), "{got}");
        got.lines().count() == 2
    };
    let out: Vec<&str> = others.iter().filter(stays_out).map(|other| &*other.id).collect();
    assert!(out.len() >= 7, "of {} only {out:?}", others.len());
}
