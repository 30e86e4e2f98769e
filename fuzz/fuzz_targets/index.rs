//! Whatever is done to an index, it has what one run over the survivors gives.
#![no_main]

mod made;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use made::Draft;
use samestory::model::{Article, Grouping};
use samestory::params::Params;
use samestory::pipeline::cluster_articles;
use samestory::pipeline::index::{Access, Index, Options};

/// What is done: one in four times an id is forgotten, one in four the index opened again, else drafts come in.
type Step = (u8, u8, Vec<(u8, Draft)>);

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
        let (kind, id, drafts) = step;
        match kind % 4 {
            0 | 1 => {
                // A version counts if it is newer, so that the newest is always the last that came.
                let mut tonight: BTreeMap<String, Article> = BTreeMap::new();
                for (id, draft) in drafts.iter().take(20) {
                    let Some(a) = made::article(format!("a{}", id % 40), draft) else { continue };
                    let time = |a: &Article| a.published.or(a.seen);
                    let known = tonight.get(&a.id).or(survivors.get(&a.id));
                    if known.is_none_or(|known| a.published.is_some() && time(&a) > time(known)) {
                        tonight.insert(a.id.clone(), a);
                    }
                }
                index.update_articles(tonight.values().cloned().collect(), &Options::at(now)).unwrap();
                for (id, mut a) in tonight {
                    a.seen = a.published.is_none().then_some(now);
                    survivors.insert(id, a);
                }
            }
            2 => {
                let id = format!("a{}", id % 40);
                survivors.remove(&id);
                index.forget(&[id], now).unwrap();
            }
            _ => {
                drop(index);
                index = open();
                index.check().unwrap();
            }
        }
        let expected = cluster_articles(survivors.values().cloned().collect(), &params).unwrap();
        assert_eq!(parts(&index.export().unwrap()), parts(&expected.grouping));
    }
});
