//! No text makes cleaning, tokenising or the detector panic, and what is left was there.
#![no_main]

use libfuzzer_sys::fuzz_target;
use samestory::stages::clean;
use samestory::text::words::Words;
use samestory::text::{html, language, markup, url};

fuzz_target!(|input: (&str, &str)| {
    let (title, text) = input;
    let (cleaned, dropped) = clean::clean_and_tell(None, "", title, text);
    let plain = markup::strip(text);
    for line in cleaned.text.lines().filter(|line| !line.trim().is_empty()) {
        assert!(plain.contains(line.trim()), "{line}");
    }
    for clean::Dropped { text, .. } in dropped {
        assert!(plain.contains(&text), "{text}");
    }
    let mut words = Words::default();
    words.add(&cleaned.text);
    for &word in words.list() {
        assert!(!words.text(word).is_empty());
    }
    language::detect(&words, text);
    html::extract(text);
    url::canonical(text);
});
