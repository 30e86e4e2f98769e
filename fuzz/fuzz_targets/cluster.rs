//! Whatever the articles are, each is in one group inside one story, and their order changes nothing.
#![no_main]

mod made;

use libfuzzer_sys::fuzz_target;
use made::Draft;
use samestory::model::Article;
use samestory::params::Params;
use samestory::pipeline::cluster_articles;

fuzz_target!(|input: Vec<Draft>| {
    let made = input.iter().take(40).enumerate().filter_map(|(i, draft)| made::article(format!("a{i}"), draft));
    let mut articles: Vec<Article> = made.collect();
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
