//! Whatever the articles are, each is in one group inside one story, and their order changes nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use samestory::model::Article;
use samestory::params::Params;
use samestory::pipeline::cluster_articles;

/// Few words, so that copies, reports and look-alikes come up.
const WORDS: [&str; 24] = [
    "harbour", "fire", "destroyed", "nine", "boats", "monday", "minister", "said", "election", "votes",
    "counted", "storm", "surge", "barrier", "closed", "12", "13", "Merrin", "Yarrow", "police", "found",
    "market", "train", "summit",
];

fuzz_target!(|input: Vec<(u8, u8, Vec<u8>)>| {
    let article = |(i, (source, day, words)): (usize, (u8, u8, Vec<u8>))| {
        let words: Vec<&str> = words.iter().map(|&w| WORDS[w as usize % WORDS.len()]).collect();
        let day = i64::from(day % 64);
        Article {
            id: format!("a{i}"),
            title: words.iter().take(6).copied().collect::<Vec<_>>().join(" "),
            text: words.join(" "),
            source: format!("s{}", source % 4),
            published: (day > 0).then(|| jiff::Timestamp::from_second(day * 43_200).unwrap()),
            ..Article::default()
        }
    };
    let mut articles: Vec<Article> = input.into_iter().take(40).enumerate().map(article).collect();
    articles.retain(|a| !a.title.is_empty());
    let params = Params::default();
    let forth = cluster_articles(articles.clone(), &params).unwrap().grouping;
    articles.reverse();
    let back = cluster_articles(articles.clone(), &params).unwrap().grouping;
    assert_eq!(format!("{forth:?}"), format!("{back:?}"));
    let mut order = forth.order.clone();
    order.sort_unstable();
    assert!(order.iter().copied().eq(0..articles.len() as u32));
    assert_eq!(forth.groups.last().copied(), Some(articles.len() as u32));
    assert_eq!(forth.stories.last().copied(), Some(forth.group_ids.len() as u32));
    assert!(forth.groups.is_sorted() && forth.stories.is_sorted());
});
