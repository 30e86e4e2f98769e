//! Articles made from a few bytes.

use jiff::Timestamp;
use samestory::model::Article;

/// Few words, so that copies, reports and look-alikes come up.
const WORDS: [&str; 24] = [
    "harbour", "fire", "destroyed", "nine", "boats", "monday", "minister", "said", "election", "votes",
    "counted", "storm", "surge", "barrier", "closed", "12", "13", "Merrin", "Yarrow", "police", "found",
    "market", "train", "summit",
];

/// The source, the time in half days, none for 0, and the words.
pub type Draft = (u8, u8, Vec<u8>);

/// An article with this id; without a word there is none.
pub fn article(id: String, (source, day, words): &Draft) -> Option<Article> {
    let words: Vec<&str> = words.iter().take(60).map(|&w| WORDS[w as usize % WORDS.len()]).collect();
    let day = i64::from(day % 64);
    (!words.is_empty()).then(|| Article {
        id,
        title: words.iter().take(6).copied().collect::<Vec<_>>().join(" "),
        text: words.join(" "),
        source: format!("s{}", source % 4),
        published: (day > 0).then(|| Timestamp::from_second(day * 43_200).unwrap()),
        ..Article::default()
    })
}
