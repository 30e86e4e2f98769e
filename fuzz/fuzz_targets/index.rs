//! Whatever is done to an index, it has what one run over the survivors gives.
#![no_main]

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use samestory::model::{Article, Grouping};
use samestory::params::Params;
use samestory::pipeline::cluster_articles;
use samestory::pipeline::index::{Access, Index, Options};

/// Few words, so that copies, reports and look-alikes come up.
const WORDS: [&str; 24] = [
    "harbour",
    "fire",
    "destroyed",
    "nine",
    "boats",
    "monday",
    "minister",
    "said",
    "election",
    "votes",
    "counted",
    "storm",
    "surge",
    "barrier",
    "closed",
    "12",
    "13",
    "Merrin",
    "Yarrow",
    "police",
    "found",
    "market",
    "train",
    "summit",
];

#[derive(Arbitrary, Debug)]
enum Step {
    Update(Vec<Draft>),
    Forget(u8),
    Reopen,
}

#[derive(Arbitrary, Debug)]
struct Draft {
    id: u8,
    source: u8,
    day: u8,
    words: Vec<u8>,
}

fn article(draft: &Draft) -> Option<Article> {
    let words: Vec<&str> =
        draft.words.iter().take(60).map(|&w| WORDS[w as usize % WORDS.len()]).collect();
    let day = i64::from(draft.day % 64);
    (!words.is_empty()).then(|| Article {
        id: format!("a{}", draft.id % 40),
        title: words.iter().take(6).copied().collect::<Vec<_>>().join(" "),
        text: words.join(" "),
        source: format!("s{}", draft.source % 4),
        published: Some(Timestamp::from_second(day * 43_200).unwrap()),
        ..Article::default()
    })
}

/// Stories as sets of groups as sets of ids.
fn parts(grouping: &Grouping) -> BTreeSet<BTreeSet<BTreeSet<String>>> {
    let group = |g: u32| {
        let members = grouping.groups[g as usize]..grouping.groups[g as usize + 1];
        members
            .map(|at| grouping.articles[grouping.order[at as usize] as usize].id.to_string())
            .collect()
    };
    grouping.stories.windows(2).map(|ends| (ends[0]..ends[1]).map(group).collect()).collect()
}

fuzz_target!(|steps: Vec<Step>| {
    let folder = tempfile::Builder::new().tempdir_in("/dev/shm").unwrap();
    let folder = folder.path().join("news.idx");
    let (params, now) = (Params::default(), Timestamp::from_second(5_000_000).unwrap());
    let open = || Index::open(&folder, Access::Create, &params).unwrap();
    let mut index = open();
    let mut survivors: BTreeMap<String, Article> = BTreeMap::new();
    for step in steps.iter().take(8) {
        match step {
            Step::Update(drafts) => {
                // Of several versions in one night or two the one that a run over both would keep.
                let articles: Vec<Article> = drafts.iter().take(20).filter_map(article).collect();
                index.update_articles(articles.clone(), &Options::at(now)).unwrap();
                let all = survivors.values().cloned().chain(articles.clone()).collect();
                let kept = cluster_articles(all, &params).unwrap().grouping;
                let candidates: Vec<Article> =
                    survivors.values().cloned().chain(articles).collect();
                survivors = kept
                    .articles
                    .iter()
                    .map(|entry| {
                        let same = |a: &&Article| {
                            *a.id == *entry.id
                                && *a.title == *entry.title
                                && *a.source == *entry.source
                                && a.published == entry.published
                        };
                        let ways: Vec<&Article> = candidates.iter().filter(same).collect();
                        // Only the text tells these apart, which an entry does not have.
                        if ways.iter().any(|a| a.text != ways[0].text) {
                            return None;
                        }
                        Some((entry.id.to_string(), ways[0].clone()))
                    })
                    .collect::<Option<_>>()
                    .unwrap_or_default();
                if survivors.is_empty() && !kept.articles.is_empty() {
                    return;
                }
            }
            Step::Forget(id) => {
                let id = format!("a{}", id % 40);
                survivors.remove(&id);
                index.forget(&[id], now).unwrap();
            }
            Step::Reopen => {
                drop(index);
                index = open();
                index.check().unwrap();
            }
        }
        let expected = cluster_articles(survivors.values().cloned().collect(), &params).unwrap();
        assert_eq!(parts(&index.export().unwrap()), parts(&expected.grouping));
    }
});
