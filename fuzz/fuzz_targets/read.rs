//! No bytes make a reader panic, and what it reads does not depend on how often it is asked.
#![no_main]

use std::io::Write;

use libfuzzer_sys::fuzz_target;
use samestory::read::{self, Chunk, Format, Options};

const FORMATS: [&str; 8] = ["jsonl", "json", "csv", "tsv", "text", "html", "feed", "warc"];

fuzz_target!(|input: (u8, &[u8])| {
    let (kind, bytes) = input;
    let mut file = tempfile::Builder::new().tempfile_in("/dev/shm").unwrap();
    file.write_all(bytes).unwrap();
    let format: Option<Format> = FORMATS.get(kind as usize % 9).map(|name| name.parse().unwrap());
    let options = || Options { format, max_record: 4096, ..Options::default() };
    let inputs = [file.path().to_str().unwrap().to_owned()];
    let all = || {
        let chunks = read::open(&inputs, options()).ok()?;
        let parsed: Vec<_> = chunks.map(Chunk::parse).map(|p| (p.articles, p.refusals)).collect();
        Some(parsed)
    };
    let first = all();
    assert_eq!(first, all());
    for article in first.into_iter().flatten().flat_map(|parsed| parsed.0) {
        assert!(!article.id.is_empty() && !(article.title.is_empty() && article.text.is_empty()));
    }
});
