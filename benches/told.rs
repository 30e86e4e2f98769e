//! Articles to what the story level is given: one report of each near-duplicate group, as terms and times.

use std::collections::BTreeMap;

use samestory::kernel::hash::hash;
use samestory::model::Article;
use samestory::params::Params;
use samestory::pipeline::cluster_articles;
use samestory::read;
use samestory::stages::clean;
use samestory::stages::reach::Times;
use samestory::stages::terms::{Lexicon, Term};
use samestory::text::language::{Language, detect};
use samestory::text::words::Words;

/// All articles of some inputs.
pub(crate) fn articles(inputs: &[String]) -> Vec<Article> {
    let chunks = read::open(inputs, read::Options::default()).expect("the inputs are there");
    chunks.flat_map(|chunk| chunk.parse().articles).collect()
}

/// For each article the one that stands for its near-duplicate group, both by id.
pub(crate) fn copies(articles: &[Article]) -> BTreeMap<String, String> {
    let params = Params { only_duplicates: true, ..Params::default() };
    let grouping = cluster_articles(articles.to_vec(), &params).expect("there is room").grouping;
    let in_group = |group: usize| grouping.members(group).iter().map(move |&i| (i, group));
    let copy = |(i, group): (u32, usize)| {
        let (own, stands) = (&grouping.articles[i as usize], grouping.representative(group));
        (own.id.to_string(), stands.id.to_string())
    };
    (0..grouping.n_groups()).flat_map(in_group).map(copy).collect()
}

/// Which words of an article are looked at, and how.
#[derive(Clone, Copy)]
pub(crate) struct View {
    /// The title counts for more than the text.
    pub(crate) title: bool,
    /// The text beyond its first words counts.
    pub(crate) rest: bool,
    /// Common words count for less.
    pub(crate) table: bool,
}

impl Default for View {
    fn default() -> Self {
        Self { title: true, rest: true, table: true }
    }
}

/// Words of the text that count in full.
const LEAD: usize = 150;
/// The level of all words where there is no table: that of a word which one article in eighty has.
const MIDDLE: u8 = 8;

/// Puts articles in the order of time, undated ones first, and gives their terms and times.
pub(crate) fn terms(articles: &mut Vec<Article>, view: View) -> (Vec<Vec<Term>>, Times) {
    articles.sort_by_key(|a| (a.published, hash(a.id.as_bytes())));
    let (mut words, mut lexicon, mut times) =
        (Words::default(), Lexicon::default(), Times::default());
    let mut terms: Vec<Vec<Term>> = Vec::new();
    for article in articles {
        let cleaned = clean::clean(&article.title, &article.text);
        words.clear();
        words.add(&cleaned.title);
        let title = if view.title { words.list().len() } else { 0 };
        words.add(if view.rest { &cleaned.text } else { lead(&cleaned.text) });
        let language = Language::from_tag(&article.lang);
        let language = language.unwrap_or_else(|| detect(&words, &cleaned.text));
        let mut own = lexicon.terms(&words, title, language);
        if !view.table {
            own.iter_mut().for_each(|term| term.level = MIDDLE);
        }
        terms.push(own);
        times.undated += usize::from(article.published.is_none());
        times.seconds.extend(article.published.map(|time| time.as_second()));
        times.stamped.push(article.published.is_none());
        times.identities.push(hash(article.id.as_bytes()));
    }
    (terms, times)
}

/// The first words of a text.
fn lead(text: &str) -> &str {
    let end = text.match_indices(char::is_whitespace).nth(LEAD).map_or(text.len(), |space| space.0);
    &text[..end]
}
