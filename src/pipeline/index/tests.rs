//! Nights in any order and cut give what one run over the survivors gives. Caps and thresholds are low in tests, so that
//! crowded buckets and full histories occur.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use proptest::prelude::*;

use super::{Access, Index, Options};
use crate::kernel::hash::mix;
use crate::model::{Article, Decision, Grouping, Match, Verdict};
use crate::params::Params;
use crate::pipeline::cluster_articles;
use crate::pipeline::name::spelled;
use crate::stages::decide::in_force;

const START: i64 = 1_700_000_000;

/// What an article is made from.
#[derive(Debug, Clone)]
struct Recipe {
    id: u8,
    /// Which of a few texts it is a version of.
    base: u64,
    /// Words that are replaced, of each hundred.
    edits: u64,
    salt: u64,
    words: usize,
    /// Which of a few titles of its base it has; two share more words the nearer their numbers are, and from 3 on they say the same
    /// as the first three with a word more.
    title: Option<u64>,
    hour: Option<i64>,
    source: usize,
}

fn recipe() -> impl Strategy<Value = Recipe> {
    let hour = prop_oneof![
        1 => Just(None),
        3 => (0i64..1200).prop_map(Some),
        3 => (0i64..120).prop_map(Some),
    ];
    let edits = prop_oneof![2 => Just(0u64), 3 => 1u64..25, 1 => 25u64..100];
    // Some are the same word for word under other titles.
    let words = prop_oneof![1 => 0usize..6, 2 => 20usize..60, 1 => Just(30)];
    let title = prop_oneof![1 => Just(None), 3 => Just(Some(0)), 1 => (0u64..6).prop_map(Some)];
    (0u8..40, 0u64..5, edits, 0u64..6, words, title, hour, 0usize..3).prop_map(
        |(id, base, edits, salt, words, title, hour, source)| Recipe {
            id,
            base,
            edits,
            salt,
            words,
            title,
            hour,
            source,
        },
    )
}

/// Made-up words, those of a base rarer than those that all share.
fn word(of: u64, n: u64) -> String {
    let hash = mix(mix(of) ^ n);
    if hash.is_multiple_of(16) {
        return (hash >> 8 & 63).to_string();
    }
    (0..5).map(|i| char::from(b'a' + (hash >> (8 * i) & 0xFF) as u8 % 26)).collect()
}

fn article(r: &Recipe) -> Article {
    let one = |i: u64| {
        let draw = mix(r.salt << 32 ^ r.base << 48 ^ i);
        if draw % 100 < r.edits {
            word(99, draw >> 32 & 31)
        } else {
            word(r.base, mix(r.base ^ i) % 24)
        }
    };
    let title = |number: u64| {
        let words = (0..6).map(|i| one(1000 + 2 * (number % 3) + i));
        words.chain((number >= 3).then(|| "more".to_owned())).collect::<Vec<_>>()
    };
    let title = r.title.map(title).unwrap_or_default();
    let text: Vec<String> = (0..r.words as u64).map(one).collect();
    let published = r.hour.map(|hour| Timestamp::from_second(START + hour * 3600).unwrap());
    let (mut title, text) = (title.join(" "), text.join(" "));
    if title.is_empty() && text.is_empty() {
        // Every other one has no word that could be a term.
        title = if r.salt.is_multiple_of(2) { "untitled" } else { "!!!" }.into();
    }
    let source = ["", "Norwire", "Harbour Post"][r.source].to_owned();
    Article { id: format!("a{:02}", r.id), title, text, published, source, ..Article::default() }
}

/// One step in the life of an index.
#[derive(Debug, Clone)]
enum Step {
    Update(Vec<Recipe>),
    Forget(u8),
    /// So many days before the newest that is not later than an hour.
    Expire(u8, i64),
    Decide(u8, u8, u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => prop::collection::vec(recipe(), 0..14).prop_map(Step::Update),
        1 => (0u8..40).prop_map(Step::Forget),
        1 => (1u8..40, 0i64..1200).prop_map(|(days, hour)| Step::Expire(days, hour)),
        1 => (0u8..5, 0u8..40, 0u8..40).prop_map(|(v, a, b)| Step::Decide(v, a, b)),
    ];
    prop::collection::vec(step, 1..7)
}

fn decision(verdict: u8, a: u8, b: u8) -> Decision {
    let verdict = Verdict::ALL[usize::from(verdict)];
    let two = matches!(verdict, Verdict::MustLink | Verdict::CannotLink);
    let other = if two { format!("a{b:02}") } else { String::new() };
    let (by, reason) = (String::new(), String::new());
    Decision { verdict, article: format!("a{a:02}"), other, by, reason }
}

/// Everything that is said of every article and every match, without the names of stories.
fn rows(grouping: &Grouping) -> Vec<String> {
    let mut rows = Vec::new();
    let id = |i: u32| &*grouping.articles[i as usize].id;
    let matched = |m: &Match| {
        format!("{} {} {m:?}", id(m.a), id(m.b)).replace(&format!("a: {}, b: {}, ", m.a, m.b), "")
    };
    for s in 0..grouping.n_stories() {
        let first = grouping.articles_of(s)[0];
        for g in grouping.groups_of(s) {
            for (n, &i) in grouping.members(g).iter().enumerate() {
                let best =
                    grouping.best[i as usize].map(|m| matched(&grouping.matches[m as usize]));
                let (name, reason, change) = (
                    grouping.group_ids[g],
                    grouping.group_reasons[g],
                    &grouping.changes[i as usize],
                );
                let entry = &grouping.articles[i as usize];
                rows.push(format!(
                    "{} of {} {n} {name} {reason:?} {:?} {change} {best:?} {entry:?}",
                    id(i),
                    id(first),
                    grouping.story_reasons[s]
                ));
            }
        }
    }
    rows.extend(grouping.matches.iter().map(matched));
    rows.sort();
    rows
}

/// The articles of each story by the story's name.
fn stories(grouping: &Grouping) -> BTreeMap<u64, BTreeSet<String>> {
    let mut stories: BTreeMap<u64, BTreeSet<String>> = BTreeMap::new();
    for s in 0..grouping.n_stories() {
        let members = grouping.articles_of(s).iter();
        let ids = members.map(|&i| grouping.articles[i as usize].id.to_string()).collect();
        assert!(stories.insert(grouping.story_ids[s], ids).is_none(), "a name for two stories");
    }
    stories
}

type Parts = BTreeSet<(String, BTreeSet<BTreeSet<String>>)>;

/// Stories by the article that stands for them, with their groups, as a run found them.
fn found(grouping: &Grouping) -> Parts {
    let id = |i: u32| grouping.articles[i as usize].id.to_string();
    let group = |g: usize| grouping.members(g).iter().map(|&i| id(i)).collect();
    let story =
        |s: usize| (id(grouping.articles_of(s)[0]), grouping.groups_of(s).map(group).collect());
    (0..grouping.n_stories()).map(story).collect()
}

/// The same as the index has it, night after night.
fn kept(index: &Index) -> Parts {
    let ids: BTreeMap<u32, String> = index
        .store
        .articles()
        .unwrap()
        .into_iter()
        .map(|a| (a.row, a.entry.id.to_string()))
        .collect();
    let mut groups: BTreeMap<u32, BTreeMap<u32, BTreeSet<String>>> = BTreeMap::new();
    for m in index.store.members().unwrap() {
        let story = groups.entry(m.story).or_default();
        story.entry(m.group).or_default().insert(ids[&m.row].clone());
    }
    let stories = index.store.stories().unwrap().into_iter();
    let parts = stories.map(|s| {
        assert_eq!(s.groups as usize, groups[&s.story].len());
        (ids[&s.representative].clone(), groups[&s.story].values().cloned().collect())
    });
    parts.collect()
}

/// What an index has after each step is what one run over the survivors gives.
fn live(steps: &[Step], ignore_dates: bool) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("news.idx");
    let params = Params { ignore_dates, ..Params::default() };
    let mut decisions = Vec::new();
    let mut survivors: BTreeMap<String, Article> = BTreeMap::new();
    let mut followed = BTreeMap::new();
    for (night, step) in steps.iter().enumerate() {
        let now = Timestamp::from_second(START + night as i64 * 86_400).unwrap();
        let mut index = Index::open(&folder, Access::Create, &params).unwrap();
        let options = Options::at(now);
        let told = match step {
            Step::Update(recipes) => {
                let articles: Vec<Article> = recipes.iter().map(article).collect();
                let mut newest: BTreeMap<String, Article> = BTreeMap::new();
                for mut a in articles.clone() {
                    a.seen = a.published.is_none().then_some(now);
                    keep_newest(&mut newest, a, &params);
                }
                for a in newest.into_values() {
                    keep_later(&mut survivors, a, &params);
                }
                index.update_articles(articles, &options).unwrap()
            }
            Step::Forget(id) => {
                let id = format!("a{id:02}");
                let there = survivors.remove(&id).is_some();
                let (night, missing) = index.forget(&[id], now).unwrap();
                prop_assert_eq!(missing.is_empty(), there);
                night
            }
            Step::Expire(days, hour) => {
                let now = Timestamp::from_second(START + hour * 3600).unwrap();
                let time = |a: &Article| a.published.or(a.seen).unwrap();
                let newest = survivors.values().map(time).filter(|time| *time <= now).max();
                let old = |a: &Article| {
                    !ignore_dates
                        && newest.is_some_and(|n| {
                            n.as_second() - time(a).as_second() > i64::from(*days) * 86_400
                        })
                };
                let before = stories(&index.export().unwrap());
                let gone: BTreeSet<String> = before
                    .into_values()
                    .filter(|ids| ids.iter().all(|id| old(&survivors[id])))
                    .flatten()
                    .collect();
                survivors.retain(|id, _| !gone.contains(id));
                let retain_days = Some(f64::from(*days));
                index.expire(&Options { retain_days, ..Options::at(now) }).unwrap()
            }
            Step::Decide(v, a, b) => {
                let made = decision(*v, *a, *b);
                decisions.push(made.clone());
                let (night, refused) = index.decide(&[made], now).unwrap();
                if !refused.is_empty() {
                    decisions.pop();
                }
                night
            }
        };
        let params = Params { decisions: in_force(&decisions).decisions, ..params.clone() };
        drop(index);
        let index = Index::open(&folder, Access::Read, &params).unwrap();
        let expected = cluster_articles(survivors.values().cloned().collect(), &params).unwrap();
        let got = index.export().unwrap();
        prop_assert_eq!(rows(&got), rows(&expected.grouping));
        prop_assert_eq!(kept(&index), found(&expected.grouping));
        if told.counts.added > 0 || matches!(step, Step::Decide(..)) {
            prop_assert_eq!(told.counts.unmet, expected.counts.unmet);
        }
        index.check().unwrap();
        // What is told of tonight's stories is what an export says of them.
        let all = stories(&got);
        for (name, ids) in stories(&told.grouping) {
            prop_assert_eq!(&all[&name], &ids);
        }
        // Whoever follows what happens hears of each story that is another now, or no more.
        let is_told = |name: &u64| {
            let mut names = told.changes.iter().map(|c| format!("{} {}", c.story_id, c.from));
            names.any(|names| names.contains(&spelled(*name)))
        };
        let known = followed.keys().chain(all.keys());
        prop_assert!(known.filter(|s| followed.get(s) != all.get(s)).all(is_told));
        followed = all;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if std::env::var_os("SAMESTORY_FULL").is_some() { 2000 } else { 40 }))]

    #[test]
    fn nights_equal_one_run(steps in steps(), ignore_dates in prop::bool::weighted(0.15)) {
        live(&steps, ignore_dates)?;
    }
}

/// The rows of articles that are gone are given to others: here two reports that have little in common leave theirs to two
/// that are alike.
#[test]
fn nothing_is_left_of_who_had_a_row_before() {
    let made = |id, base, edits, salt, words, hour| {
        let title = (words == 0).then_some(0);
        Recipe { id, base, edits, salt, words, title, hour, source: 0 }
    };
    let bare = |id, hour| Recipe { title: None, ..made(id, 0, 0, 0, 0, hour) };
    let steps = [
        Step::Update(vec![bare(0, Some(1_130))]),
        Step::Update(vec![
            bare(0, None),
            made(1, 0, 6, 3, 0, None),
            made(2, 0, 0, 0, 20, None),
            made(2, 0, 0, 0, 0, None),
            made(2, 0, 0, 0, 0, None),
            made(2, 1, 33, 3, 38, Some(48)),
        ]),
        Step::Expire(1, 1_200),
        Step::Update(vec![
            made(1, 1, 7, 0, 30, Some(217)),
            made(2, 1, 0, 0, 20, Some(0)),
            bare(0, None),
            bare(3, None),
            made(4, 1, 10, 3, 35, None),
        ]),
        Step::Update(vec![Recipe { title: Some(0), ..made(3, 1, 8, 5, 33, None) }]),
    ];
    live(&steps, false).unwrap();
}

/// A source has one text under several titles, one of them unlike the first and two that say the same; another source has the text
/// as well. Which of them are the same depends on who is there: each goes in turn, and comes back.
#[test]
fn a_notice_is_one_as_long_as_its_titles_say_so() {
    // Without a source it is one text whatever the titles.
    for (source, turn) in (0..2).flat_map(|source| (0..3).map(move |turn| (source, turn))) {
        let notice = |id, number: u64| {
            let title = Some((number + turn) % 3 + number / 3 * 3);
            let hour = Some(i64::from(id));
            Recipe { id, base: 0, edits: 0, salt: 0, words: 30, title, hour, source }
        };
        let other = |id| Recipe { source: 2, ..notice(id, 0) };
        let all = || {
            let [first, more] = [notice(1, 0), notice(2, 3)];
            vec![first, more, notice(3, 1), notice(4, 2), notice(9, 2), other(5)]
        };
        for gone in 1..5 {
            let steps = [
                Step::Update(all()),
                Step::Update(vec![other(6)]),
                Step::Forget(gone),
                Step::Update(vec![other(7)]),
                Step::Update(all()),
                // Under one title as well, an editor parts what is the same.
                Step::Decide(1, 4, 9),
                Step::Update(vec![other(8)]),
            ];
            live(&steps, false).unwrap();
        }
    }
}

/// Tonight's version, unless the one before is of a later date or says the same on the same date.
fn keep_later(survivors: &mut BTreeMap<String, Article>, a: Article, params: &Params) {
    let date = |a: &Article| a.published.filter(|_| !params.ignore_dates);
    let stays = survivors.get(&a.id).is_some_and(|old| {
        let same = (&old.title, &old.text) == (&a.title, &a.text);
        date(old) > date(&a) || (date(old) == date(&a) && same)
    });
    if !stays {
        survivors.insert(a.id.clone(), a);
    }
}

/// The newest version of a night by date, then by content, as `cluster` has it.
fn keep_newest(survivors: &mut BTreeMap<String, Article>, a: Article, params: &Params) {
    let one = |a: &Article| vec![Article { seen: None, ..a.clone() }];
    match survivors.get(&a.id) {
        Some(old) if one(old) == one(&a) => {}
        Some(old) => {
            let both = vec![old.clone(), a];
            let first = |articles: Vec<Article>| {
                let all = cluster_articles(articles, params).unwrap().grouping;
                format!("{:?}", all.articles[0])
            };
            let kept = first(both.clone());
            let same = |x: &Article| first(vec![x.clone()]) == kept;
            let newest = both.iter().find(|x| same(x)).unwrap().clone();
            survivors.insert(newest.id.clone(), newest);
        }
        None => drop(survivors.insert(a.id.clone(), a)),
    }
}
