//! An index with a damaged file is refused, or it answers as before; it never panics and never answers otherwise.
#![no_main]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use samestory::model::Article;
use samestory::params::Params;
use samestory::pipeline::index::{Access, Index, Options};

/// A small index, and what it answers.
static WHOLE: LazyLock<(tempfile::TempDir, String)> = LazyLock::new(|| {
    let folder = tempfile::Builder::new().tempdir_in("/dev/shm").unwrap();
    let path = folder.path().join("news.idx");
    let mut index = Index::open(&path, Access::Create, &Params::default()).unwrap();
    for night in 0..3 {
        let now = Timestamp::from_second(1_700_000_000 + night * 86_400).unwrap();
        let article = |i: i64| Article {
            id: format!("{night}-{i}"),
            title: format!("Harbour fire number {} destroys boats", i % 5),
            text: format!("Nine boats burned in the harbour of Yarrow on day {night}. ")
                .repeat(4 + i as usize % 3),
            published: Some(now),
            ..Article::default()
        };
        index.update_articles((0..20).map(article).collect(), &Options::at(now)).unwrap();
    }
    let answer = said(&index).unwrap();
    (folder, answer)
});

fn said(index: &Index) -> Option<String> {
    index.check().ok()?;
    index.export().ok().map(|grouping| format!("{grouping:?}"))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fuzz_target!(|input: (u8, bool, Vec<(u32, u8)>)| {
    let (which, cut, changes) = input;
    let (whole, answer) = &*WHOLE;
    let folder = tempfile::Builder::new().tempdir_in("/dev/shm").unwrap();
    let path = folder.path().join("news.idx");
    fs::create_dir(&path).unwrap();
    // SQLite has no checksums of its own: the header and the segments have.
    let (sums, plain): (Vec<PathBuf>, Vec<PathBuf>) = files(&whole.path().join("news.idx"))
        .into_iter()
        .partition(|file| !file.to_string_lossy().contains("sqlite"));
    for (i, file) in sums.iter().chain(&plain).enumerate() {
        let mut bytes = fs::read(file).unwrap();
        if i == usize::from(which) % sums.len() && !bytes.is_empty() {
            for &(at, flip) in &changes {
                let at = at as usize % bytes.len();
                bytes[at] ^= flip;
                if cut {
                    bytes.truncate(at.max(1));
                }
            }
        }
        fs::write(path.join(file.file_name().unwrap()), bytes).unwrap();
    }
    let Ok(index) = Index::open(&path, Access::Read, &Params::default()) else { return };
    if let Some(now) = said(&index) {
        assert_eq!(&now, answer);
    }
});
