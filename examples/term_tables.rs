//! Makes the term table of a language from word frequencies: `term_tables CODE < frequencies.tsv > CODE.bin`.
//!
//! Standard input is `word TAB frequency` a line. Each word goes through this crate's own tokeniser and stemmer, and a
//! stem's frequency is the sum of those of its words. See `src/text/tables/README.md`.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};

use samestory::kernel::hash::hash;
use samestory::stages::terms::each_word;
use samestory::text::language::Language;
use samestory::text::stem::Stem;
use samestory::text::tables::{RARE, level_of_frequency};
use samestory::text::words::Words;

/// Stems in a table.
const SIZE: usize = 30_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let code =
        std::env::args().nth(1).ok_or("usage: term_tables CODE < frequencies.tsv > CODE.bin")?;
    let language = Language::from_tag(&code).ok_or("not a language code")?;
    let stem = Stem::of(language);
    let mut frequencies = BTreeMap::<u32, f64>::new();
    let mut words = Words::default();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let (word, frequency) = line.split_once('\t').ok_or("a line without a tab")?;
        let frequency: f64 = frequency.parse()?;
        words.clear();
        words.add(word);
        each_word(&words, words.list(), |word, _| {
            *frequencies.entry((hash(stem.stem(word).as_bytes()) >> 36) as u32).or_default() +=
                frequency;
        });
    }
    let mut rows: Vec<(f64, u32)> =
        frequencies.into_iter().map(|(prefix, frequency)| (frequency, prefix)).collect();
    rows.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    rows.truncate(SIZE);
    let levels = rows
        .into_iter()
        .map(|(frequency, prefix)| prefix << 4 | u32::from(level_of_frequency(frequency)));
    let mut table: Vec<u32> = levels.filter(|row| row & 15 != u32::from(RARE)).collect();
    table.sort_unstable();
    let bytes: Vec<u8> = table.into_iter().flat_map(u32::to_le_bytes).collect();
    std::io::stdout().write_all(&bytes)?;
    Ok(())
}
