//! A copy of an index has all that the index has, whatever goes on beside it.

use std::path::Path;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

use samestory::model::Article;
use samestory::params::Params;
use samestory::pipeline::index::{Access, Index, Options};
use samestory::store::{Arrivals, Journal};

use crate::util::Dir;

fn article(id: String) -> Article {
    let title = format!("Ferry {id} runs aground off Pellin");
    Article { id, title, ..Article::default() }
}

fn open(folder: &Path, access: Access) -> Index {
    Index::open(folder, access, &Params::default()).unwrap()
}

/// Every update may delete segments that the one before it replaced.
#[test]
fn a_copy_beside_a_writer_is_whole() {
    let dir = Dir::new();
    let folder = dir.path("news.idx");
    let mut writer = open(&folder, Access::Create);
    let mut add = move |n: usize| {
        let night = writer.update_articles(
            vec![article(n.to_string())],
            &Options::at("2026-05-04T00:00:00Z".parse().unwrap()),
        );
        night.unwrap();
    };
    add(0);
    std::thread::scope(|scope| {
        let writing = scope.spawn(move || (1..80).for_each(add));
        let reader = open(&folder, Access::Read);
        let mut copies = 0;
        while !writing.is_finished() {
            let copy = dir.path(&format!("{copies}.idx"));
            let least = reader.stats().unwrap().articles;
            reader.backup(&copy).unwrap();
            let copy = open(&copy, Access::Read);
            copy.check().unwrap();
            assert!(copy.stats().unwrap().articles >= least);
            reader.check().unwrap();
            copies += 1;
        }
        assert!(copies > 0);
        writing.join().unwrap();
    });
}

/// A service takes one version after the other from its journal, and somebody copies the index meanwhile: where the copy is
/// served, what waits in it takes the place of no later version.
#[test]
fn what_waits_in_a_copy_is_not_older_than_what_is_in() {
    let dir = Dir::new();
    let folder = dir.path("news.idx");
    let options = Options::at("2026-05-04T00:00:00Z".parse().unwrap());
    let version = |n: u32| Article { title: n.to_string(), ..article("ferry".to_owned()) };
    let mut writer = open(&folder, Access::Create);
    let mut journal = Journal::open(&folder).unwrap();
    // It takes some time to copy.
    let answer = "x".repeat(32 << 20);
    let key = Some(("night 1", &b"digest"[..], answer.as_str()));
    journal.accept(&[Arrivals { articles: &[], key }]).unwrap();
    let acknowledged = AtomicU32::new(0);
    let mut take = |n: u32| {
        let articles = &[version(n)];
        journal.accept(&[Arrivals { articles, key: None }]).unwrap();
        acknowledged.store(n, Relaxed);
        let last = journal.waiting(1).unwrap()[0].number;
        writer.update_articles(articles.to_vec(), &options).unwrap();
        journal.settle(last).unwrap();
    };
    std::thread::scope(|scope| {
        let writing = scope.spawn(move || (1..120).for_each(&mut take));
        let reader = open(&folder, Access::Read);
        for n in 0.. {
            let copy = dir.path(&format!("{n}.idx"));
            let least = acknowledged.load(Relaxed);
            reader.backup(&copy).unwrap();
            let waiting = Journal::open(&copy).unwrap().waiting(9).unwrap();
            let mut copy = open(&copy, Access::Create);
            let stands = |copy: &Index| {
                let found = copy.placed("ferry").unwrap();
                found.map_or(0, |(located, _)| located.entry.title.parse::<u32>().unwrap())
            };
            let least = least.max(stands(&copy));
            let waiting = waiting.into_iter().map(|arrival| arrival.article).collect();
            copy.update_articles(waiting, &options).unwrap();
            assert!(stands(&copy) >= least);
            std::fs::remove_dir_all(dir.path(&format!("{n}.idx"))).unwrap();
            if writing.is_finished() {
                break;
            }
        }
        writing.join().unwrap();
    });
}
