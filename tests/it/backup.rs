//! A copy of an index has all that the index has, whatever goes on beside it.

use std::path::Path;

use samestory::model::Article;
use samestory::params::Params;
use samestory::pipeline::index::{Access, Index, Options};

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
