//! What holds for any articles.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use proptest::prelude::*;
use samestory::kernel::buckets;
use samestory::kernel::hash::mix;
use samestory::kernel::sets;
use samestory::model::{Article, Grouping};
use samestory::params::Params;
use samestory::pipeline::cluster_articles;
use samestory::report::{Layout, Table, write};
use samestory::stages::candidates;
use samestory::stages::sketch::sketch;

use crate::made::articles;

pub(crate) fn run(articles: &[Article], params: &Params) -> Grouping {
    cluster_articles(articles.to_vec(), params).unwrap().grouping
}

/// A grouping as its users see it: every layout, every column.
fn bytes(grouping: &Grouping) -> String {
    let mut out = Vec::new();
    for layout in [Layout::Articles, Layout::Stories, Layout::Pairs] {
        write(&mut out, grouping, &Table { layout, ..Table::default() }).unwrap();
    }
    String::from_utf8(out).unwrap()
}

/// The rows of the layout `articles`, by column.
pub(crate) fn rows(grouping: &Grouping) -> Vec<BTreeMap<String, String>> {
    let mut out = Vec::new();
    write(&mut out, grouping, &Table::default()).unwrap();
    csv::Reader::from_reader(&*out).deserialize().map(Result::unwrap).collect()
}

/// What each article's row says, by id.
pub(crate) fn column(rows: &[BTreeMap<String, String>], name: &str) -> BTreeMap<String, String> {
    rows.iter().map(|row| (row["article_id"].clone(), row[name].clone())).collect()
}

/// Sets of hashes, copies of one another with some elements replaced, and a few without relation.
fn sets_of_hashes() -> impl Strategy<Value = Vec<Vec<u64>>> {
    let set = (30u64..200, 0u64..30, any::<u32>(), 0u64..3).prop_map(|(n, percent, salt, base)| {
        let element = |i: u64| {
            let replaced = mix(u64::from(salt) ^ i << 32) % 100 < percent;
            if replaced { mix(mix(u64::from(salt)) ^ i) } else { mix(mix(base) ^ i) }
        };
        (0..n).map(element).collect::<Vec<u64>>()
    });
    prop::collection::vec(set, 2..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_order_of_articles_does_not_matter(
        (given, shuffled) in articles().prop_flat_map(|a| (Just(a.clone()), Just(a).prop_shuffle()))
    ) {
        let params = Params::default();
        prop_assert_eq!(bytes(&run(&given, &params)), bytes(&run(&shuffled, &params)));
    }

    #[test]
    fn every_article_is_in_one_group_of_one_story(given in articles()) {
        let grouping = run(&given, &Params::default());
        let mut order = grouping.order.clone();
        order.sort_unstable();
        prop_assert_eq!(order, (0..given.len() as u32).collect::<Vec<_>>());
        for (ends, last) in [
            (&grouping.groups, grouping.order.len()),
            (&grouping.stories, grouping.groups.len() - 1),
        ] {
            prop_assert_eq!((ends[0], ends[ends.len() - 1]), (0, last as u32));
            prop_assert!(ends.windows(2).all(|w| w[0] < w[1]));
        }
        let rows = rows(&grouping);
        let ids: BTreeSet<&str> = given.iter().map(|a| a.id.as_str()).collect();
        prop_assert_eq!(rows.iter().map(|row| row["article_id"].as_str()).collect::<BTreeSet<_>>(), ids);
        let (story, group) = (column(&rows, "story_id"), column(&rows, "duplicate_group_id"));
        let mut home = BTreeMap::new();
        for row in &rows {
            // The groups nest in the stories, and whoever stands for others is one of them.
            let first = home.entry(&row["duplicate_group_id"]).or_insert(&row["story_id"]);
            prop_assert_eq!(*first, &row["story_id"]);
            prop_assert_eq!(&group[&row["representative_id"]], &row["duplicate_group_id"]);
            prop_assert_eq!(&story[&row["story_representative_id"]], &row["story_id"]);
        }
    }

    #[test]
    fn duplicates_alone_are_the_same_groups(given in articles()) {
        let alone = Params { only_duplicates: true, ..Params::default() };
        let (whole, alone) = (rows(&run(&given, &Params::default())), rows(&run(&given, &alone)));
        for name in ["duplicate_group_id", "duplicate_group_size", "representative_id"] {
            prop_assert_eq!(column(&whole, name), column(&alone, name));
        }
        prop_assert!(alone.iter().all(|row| row["story_size"] == row["duplicate_group_size"]));
    }

    /// Words that nobody else has make nobody's neighbour: no row of another article changes in any way, as long as the
    /// articles are too few for one more to decide how far back a neighbourhood reaches.
    #[test]
    fn an_article_in_words_of_its_own_changes_nothing(given in articles(), hour in prop::option::of(0i64..480), long in any::<bool>()) {
        let before = run(&given, &Params::default());
        let text = "Quorvax blimtonde; stavurnik pelloquay drimbast. ".repeat(if long { 30 } else { 1 });
        let published = hour.map(|hour| Timestamp::from_second(1_700_000_000 + hour * 3600).unwrap());
        let stranger = Article { id: "stranger".into(), title: "Quorvax".into(), text, published, ..Article::default() };
        let after = run(&[given, vec![stranger]].concat(), &Params::default());
        let others = |grouping: &Grouping| {
            let mut rows = rows(grouping);
            rows.retain(|row| row["article_id"] != "stranger");
            rows.sort_by(|x, y| x["article_id"].cmp(&y["article_id"]));
            rows
        };
        prop_assert_eq!(others(&before), others(&after));
    }

    /// The chance that 42 bands miss a pair of resemblance .7 is (1 - .7³)^42 = 2e-8.
    #[test]
    fn no_pair_that_is_plainly_a_copy_is_missed(sets in sets_of_hashes()) {
        let sketches: Vec<_> = sets.iter().map(|set| sketch(set)).collect();
        let (proposed, _) = candidates::propose(&sketches.iter().map(Option::as_ref).collect::<Vec<_>>());
        prop_assert!(proposed.windows(2).all(|w| w[0] < w[1]), "ascending and distinct");
        let sorted: Vec<BTreeSet<u64>> = sets.iter().map(|set| set.iter().copied().collect()).collect();
        for a in 0..sets.len() {
            for b in a + 1..sets.len() {
                let common = sorted[a].intersection(&sorted[b]).count();
                let resemblance = sets::resemblance(sorted[a].len(), sorted[b].len(), common);
                let found = proposed.binary_search(&buckets::pair(a as u32, b as u32)).is_ok();
                prop_assert!(found || resemblance < 0.7, "{a} and {b}: resemblance {resemblance}");
            }
        }
    }
}
