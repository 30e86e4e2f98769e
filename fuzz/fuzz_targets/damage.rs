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

/// All files of a folder and the folders in it, by their names from there.
fn files(folder: &Path, below: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder.join(below)).unwrap() {
        let entry = entry.unwrap();
        let name = below.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            files.extend(self::files(folder, &name));
        } else {
            files.push(name);
        }
    }
    files.sort();
    files
}

fuzz_target!(|input: (u8, bool, Vec<(u32, u8)>)| {
    let (which, cut, changes) = input;
    let (whole, answer) = &*WHOLE;
    let folder = tempfile::Builder::new().tempdir_in("/dev/shm").unwrap();
    let path = folder.path().join("news.idx");
    // SQLite has no checksums of its own: the header and the segments have.
    let (sums, plain): (Vec<PathBuf>, Vec<PathBuf>) = files(&whole.path().join("news.idx"), Path::new(""))
        .into_iter()
        .partition(|file| !file.to_string_lossy().contains("sqlite"));
    for (i, file) in sums.iter().chain(&plain).enumerate() {
        let mut bytes = fs::read(whole.path().join("news.idx").join(file)).unwrap();
        if i == usize::from(which) % sums.len() && !bytes.is_empty() {
            for &(at, flip) in &changes {
                let at = at as usize % bytes.len();
                bytes[at] ^= flip;
                if cut {
                    bytes.truncate(at.max(1));
                }
            }
        }
        let copy = path.join(file);
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::write(copy, bytes).unwrap();
    }
    let Ok(index) = Index::open(&path, Access::Read, &Params::default()) else { return };
    if let Some(now) = said(&index) {
        assert_eq!(&now, answer);
    }
});
