//! What holds for any articles: made-up ones, made from few texts so that copies, reports and look-alikes meet.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use proptest::prelude::*;
use samestory::kernel::buckets;
use samestory::kernel::hash::mix;
use samestory::kernel::sets;
use samestory::model::explain::Verdict;
use samestory::model::{Article, Grouping, MatchKind};
use samestory::params::Params;
use samestory::pipeline::{cluster_articles, explain, explain_story};
use samestory::report::{Layout, Story, Table, write};
use samestory::stages::candidates;
use samestory::stages::sketch::sketch;

/// Three events; the reports of one share names and facts, and its sentences are told in two ways.
const EVENTS: [[&str; 6]; 3] = [
    [
        "The flood barrier on the Yarrow will be closed on Tuesday, the port authority of Merrin said.",
        "Ferries to the outer islands stop at noon and 140 families will sleep in the school gym.",
        "Harbour master Ilse Brandt expects a storm surge of 3.4 metres around midnight.",
        "Merrin shuts the Yarrow flood gates on Tuesday as a surge of 3.4 metres nears, its port authority announced.",
        "Island ferries stay in harbour from noon, and 140 families move to the gym of the school.",
        "\"Once too often is better,\" said harbour master Ilse Brandt.",
    ],
    [
        "A night express derailed at Lower Brask early on Friday and 5 people died.",
        "Six of eleven carriages left the track on a bend below the quarry.",
        "The driver told police that he had felt a blow under the engine.",
        "Five were killed when the night train left the rails near Lower Brask, the ministry said.",
        "Firemen cut passengers from the second carriage, which lay on its side by the quarry.",
        "Police have heard the driver, who spoke of a blow from below.",
    ],
    [
        "潮浦市の水門が、高潮に備えて四日の夜に閉じられる。閉鎖は六年ぶりとなる。",
        "島への連絡船は正午から運休する。",
        "港長の伊勢清子さんは、閉めすぎるくらいでちょうどよいと話した。",
        "高潮に備え、潮浦の水門が六年ぶりに閉鎖される。",
        "低い土地の百四十世帯に避難が呼びかけられた。",
        "貨物船は翌朝まで湾内で待機する。",
    ],
];

/// What an article is made from.
#[derive(Debug, Clone)]
struct Recipe {
    event: usize,
    /// Which of its sentences, as bits.
    sentences: u8,
    titled: bool,
    hour: Option<i64>,
    source: usize,
    swap: Option<usize>,
}

fn recipe() -> impl Strategy<Value = Recipe> {
    let hour = prop::option::weighted(0.8, 0i64..20 * 24);
    let swap = prop::option::weighted(0.3, 0usize..12);
    (0..EVENTS.len(), 0u8..64, any::<bool>(), hour, 0usize..4, swap).prop_map(
        |(event, sentences, titled, hour, source, swap)| Recipe {
            event,
            sentences,
            titled,
            hour,
            source,
            swap,
        },
    )
}

fn article(number: usize, recipe: &Recipe) -> Article {
    let told = EVENTS[recipe.event];
    let chosen = (0..6).filter(|i| recipe.sentences >> i & 1 == 1).map(|i| told[i]);
    let mut words: Vec<String> =
        chosen.collect::<Vec<_>>().join(" ").split(' ').map(str::to_owned).collect();
    if let Some(at) = recipe.swap.filter(|&at| at < words.len()) {
        words[at] = "zeppelin".to_owned();
    }
    Article {
        id: format!("a{number:02}"),
        title: if recipe.titled { told[0].to_owned() } else { String::new() },
        text: words.join(" "),
        published: recipe
            .hour
            .map(|hour| Timestamp::from_second(1_700_000_000 + hour * 3600).unwrap()),
        source: ["", "Norwire", "Harbour Post", "Valley Mirror"][recipe.source].to_owned(),
        ..Article::default()
    }
}

fn articles() -> impl Strategy<Value = Vec<Article>> {
    prop::collection::vec(recipe(), 0..14)
        .prop_map(|recipes| recipes.iter().enumerate().map(|(i, r)| article(i, r)).collect())
}

fn run(articles: &[Article], params: &Params) -> Grouping {
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
fn rows(grouping: &Grouping) -> Vec<BTreeMap<String, String>> {
    let mut out = Vec::new();
    write(&mut out, grouping, &Table::default()).unwrap();
    csv::Reader::from_reader(&*out).deserialize().map(Result::unwrap).collect()
}

/// What each article's row says, by id.
fn column(rows: &[BTreeMap<String, String>], name: &str) -> BTreeMap<String, String> {
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

    /// 48 times 21 pairs: a thousand.
    #[test]
    fn explanations_agree_with_the_run(given in articles().prop_filter("two", |a| a.len() > 1), picks in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 21)) {
        let params = Params::default();
        let grouping = run(&given, &params);
        let rows = rows(&grouping);
        let (story, group) = (column(&rows, "story_id"), column(&rows, "duplicate_group_id"));
        for (i, j) in picks {
            let (a, b) = (&given[i.index(given.len())].id, &given[j.index(given.len())].id);
            if a == b {
                continue;
            }
            let found = explain([given.clone()], [a, b], &params).unwrap().unwrap();
            let expected = match (group[a] == group[b], story[a] == story[b]) {
                (true, _) => Verdict::Duplicates,
                (_, true) => Verdict::Story,
                _ => Verdict::Apart,
            };
            prop_assert_eq!(found.verdict, expected);
            let at = |id: &str| grouping.articles.iter().position(|entry| &*entry.id == id).unwrap() as u32;
            let ends = [at(a), at(b)];
            let ends = (ends[0].min(ends[1]), ends[0].max(ends[1]));
            // Of articles that are the same word for word, only one has the matches.
            let Some(kept) = grouping.matches.iter().find(|m| (m.a, m.b) == ends) else { continue };
            match kept.kind {
                MatchKind::Exact => prop_assert!(found.text.same_words),
                MatchKind::Near => {
                    prop_assert_eq!(found.text.resemblance as f32, kept.resemblance);
                    prop_assert_eq!(found.text.containment as f32, kept.containment);
                    prop_assert!(found.text.strength >= 1.0);
                }
                _ => {
                    prop_assert_eq!(found.story.cosine as f32, kept.cosine);
                    prop_assert_eq!(found.story.similarity as f32, kept.similarity);
                    prop_assert_eq!(found.story.score.map(|score| score as f32), Some(kept.score));
                }
            }
        }
    }

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
        prop_assert_eq!(tree.links.last().map(|link| link.score as f32), story.weakest());
        if let Some(last) = tree.links.last() {
            prop_assert_eq!(last.reports, tree.reports.len());
            prop_assert!(last.score >= params.story_cut - 1e-4);
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
