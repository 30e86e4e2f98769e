//! A made-up corpus: one function of a number and a seed, so that every run measures the same articles.
//!
//! Words are drawn as in natural text (a few often, most seldom). A story has names and facts of its own and one to five
//! reports; of three reports one has a copy, with words changed, cut or padded. Stories are spread over 60 days.

use jiff::Timestamp;
use samestory::kernel::hash::{GOLDEN, mix};
use samestory::model::Article;

/// Words that all stories draw from.
const VOCABULARY: u64 = 30_000;
/// Seconds over which the stories are spread.
const SPAN: u64 = 60 * 86_400;

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0) % sides
    }

    /// The rank of a word, with a chance of about one over the rank.
    fn rank(&mut self) -> u64 {
        let share = self.roll(1 << 20) as f64 / f64::from(1 << 20);
        (VOCABULARY as f64).powf(share) as u64
    }
}

/// The most frequent words, by which a language is known.
const COMMON: &[&str] = &[
    "the", "of", "and", "to", "in", "a", "that", "for", "on", "was", "with", "said", "by", "at",
    "from",
];

/// A common word, or one of two to five syllables; equal numbers give equal words.
fn word(number: u64) -> String {
    if let Some(common) = COMMON.get(number as usize) {
        return (*common).to_owned();
    }
    let syllable = |part: u64| {
        let consonant = b"bdfgklmnprstvz"[(part % 14) as usize];
        [char::from(consonant), char::from(b"aeiou"[(part / 14 % 5) as usize])]
    };
    let mut rest = mix(number) >> 20;
    let mut text = String::new();
    for _ in 0..2 + number.ilog2().min(15) / 5 {
        text.extend(syllable(rest));
        rest /= 70;
    }
    text
}

fn name(number: u64) -> String {
    let word = word(number | 1 << 40);
    word[..1].to_uppercase() + &word[1..]
}

/// A report of a story: sentences of common words with the story's names and numbers in them.
fn report(story: u64, dice: &mut Dice) -> Vec<String> {
    let sentence = |dice: &mut Dice| {
        let words: Vec<String> = (0..8 + dice.roll(18))
            .map(|_| match dice.roll(9) {
                0 => name(story * 8 + dice.roll(8)),
                1 if dice.roll(3) == 0 => (mix(story + dice.roll(5)) % 900).to_string(),
                _ => word(dice.rank()),
            })
            .collect();
        words.join(" ") + "."
    };
    (0..6 + dice.roll(14)).map(|_| sentence(dice)).collect()
}

/// A copy: one word in twelve changed, a third of it cut off, or a paragraph before it.
fn copy(sentences: &[String], dice: &mut Dice) -> Vec<String> {
    match dice.roll(3) {
        0 => {
            let changed = |word: &str, dice: &mut Dice| {
                if dice.roll(12) == 0 { name(dice.roll(1 << 30)) } else { word.to_owned() }
            };
            let sentence = |sentence: &String| {
                sentence.split(' ').map(|word| changed(word, dice)).collect::<Vec<_>>().join(" ")
            };
            sentences.iter().map(sentence).collect()
        }
        1 => sentences[..sentences.len() * 2 / 3].to_vec(),
        _ => [report(dice.roll(1 << 30), dice)[..2].to_vec(), sentences.to_vec()].concat(),
    }
}

/// So many articles.
pub(crate) fn corpus(n: usize, seed: u64) -> Vec<Article> {
    let mut dice = Dice(mix(seed));
    let mut articles: Vec<Article> = Vec::with_capacity(n + 10);
    let mut story = 0;
    while articles.len() < n {
        story += 1;
        let begins = 1_700_000_000 + dice.roll(SPAN);
        for _ in 0..1 + dice.roll(5) * dice.roll(2) {
            let told = report(story, &mut dice);
            let copied = (dice.roll(3) == 0).then(|| copy(&told, &mut dice));
            for sentences in [Some(told), copied].into_iter().flatten() {
                let number = articles.len();
                let second = (begins + dice.roll(2 * 86_400)) as i64;
                articles.push(Article {
                    id: format!("a{number}"),
                    title: format!("{} {}", name(story * 8), &sentences[0]),
                    text: sentences.join(if number.is_multiple_of(3) { " " } else { "\n\n" }),
                    published: Timestamp::from_second(second).ok(),
                    source: format!("outlet {}", dice.roll(40)),
                    ..Article::default()
                });
            }
        }
    }
    articles.truncate(n);
    articles
}
