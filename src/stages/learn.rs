//! A corpus to what a later run can be told: the boilerplate of each source, and term tables.

use std::collections::BTreeMap;

use foldhash::HashMap;

use super::clean::Cleaned;
use super::terms::Lexicon;
use crate::kernel::hash::hash;
use crate::kernel::time::DAY;
use crate::model::Article;
use crate::text::boilerplate::{Boilerplate, Key, Source, Support, pieces};
use crate::text::language::{Language, detect};
use crate::text::learnt_terms::Counts;
use crate::text::words::Words;

/// Least share of a repeated text's articles that are of sources which repeat it; below it, it is a quotation or a
/// common sentence.
const OWN: f64 = 0.5;

/// Counts in how many articles of each language each term is.
#[derive(Default)]
pub struct Counted {
    lexicon: Lexicon,
    words: Words,
    languages: BTreeMap<Language, (u32, HashMap<u32, u32>)>,
}

impl Counted {
    /// Adds an article and what is left of it after cleaning.
    pub fn add(&mut self, article: &Article, cleaned: &Cleaned) {
        self.words.clear();
        self.words.add(&cleaned.title);
        let n_title = self.words.list().len();
        self.words.add(&cleaned.text);
        let given = Language::from_tag(&article.lang);
        let language = given.unwrap_or_else(|| detect(&self.words, &cleaned.text));
        let (articles, counts) = self.languages.entry(language).or_default();
        *articles += 1;
        let mut terms: Vec<u32> = self
            .lexicon
            .terms(&self.words, n_title, language)
            .iter()
            .map(|term| term.hash() >> 4)
            .collect();
        terms.dedup();
        terms.into_iter().for_each(|term| *counts.entry(term).or_default() += 1);
    }

    /// What was counted, by language. The order in which articles were added does not matter.
    pub fn learn(self) -> Vec<Counts> {
        let counts = |(language, (articles, counts)): (Language, (u32, HashMap<u32, u32>))| {
            let mut terms: Vec<(u32, u32)> = counts.into_iter().collect();
            terms.sort_unstable();
            Counts { language, articles, terms }
        };
        self.languages.into_iter().map(counts).collect()
    }
}

/// One text in one article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    key: Key,
    source: u32,
    /// The hash of the title: versions of one article count once.
    title: u64,
    day: i64,
}

/// Gathers what the articles of each source repeat.
#[derive(Debug, Default)]
pub struct Repeated {
    sources: BTreeMap<String, u32>,
    /// Articles of each source.
    articles: Vec<u32>,
    rows: Vec<Row>,
}

impl Repeated {
    /// Adds an article and what is left of it after cleaning; an article without a source says nothing.
    pub fn add(&mut self, article: &Article, cleaned: &Cleaned) {
        if article.source.is_empty() {
            return;
        }
        let next = self.articles.len() as u32;
        let source = *self.sources.entry(article.source.clone()).or_insert(next);
        if source == next {
            self.articles.push(0);
        }
        self.articles[source as usize] += 1;
        let title = hash(cleaned.title.as_bytes());
        let time = article.published.or(article.seen).map(|time| time.as_second().div_euclid(DAY));
        // Days that are not known are as many as there are titles.
        let day = time.unwrap_or(title as i64 | i64::MIN);
        let row = |key| Row { key, source, title, day };
        self.rows.extend(pieces(&cleaned.text).map(|(_, key)| row(key)));
    }

    /// What is repeated often enough. The order in which articles were added does not matter.
    pub fn learn(mut self, support: Support) -> Boilerplate {
        self.rows.sort_unstable();
        let mut texts: Vec<Vec<(Key, u32)>> = vec![Vec::new(); self.articles.len()];
        for of_text in self.rows.chunk_by(|a, b| a.key == b.key) {
            let of_sources = of_text.chunk_by(|a, b| a.source == b.source);
            let counted: Vec<(u32, u32, bool)> =
                of_sources.map(|rows| self.count(rows, &support)).collect();
            let all: u32 = counted.iter().map(|c| c.1).sum();
            let repeated = || counted.iter().filter(|c| c.2);
            if f64::from(repeated().map(|c| c.1).sum::<u32>()) >= OWN * f64::from(all) {
                repeated()
                    .for_each(|&(source, n, _)| texts[source as usize].push((of_text[0].key, n)));
            }
        }
        let source = |(name, i): (String, u32)| Source {
            source: name,
            articles: self.articles[i as usize],
            texts: std::mem::take(&mut texts[i as usize]),
        };
        let mut sources: Vec<Source> = self.sources.into_iter().map(source).collect();
        sources.retain(|source| !source.texts.is_empty());
        Boilerplate::new(self.articles.iter().copied().map(u64::from).sum(), support, sources)
    }

    /// The source of some rows of one text, in how many articles it has the text, and whether that is often enough.
    fn count(&self, rows: &[Row], support: &Support) -> (u32, u32, bool) {
        let source = rows[0].source;
        let articles = rows.chunk_by(|a, b| a.title == b.title).count() as u32;
        let mut days: Vec<i64> = rows.iter().map(|row| row.day).collect();
        days.sort_unstable();
        days.dedup();
        let share = f64::from(articles) / f64::from(self.articles[source as usize]);
        let often = articles >= support.min_articles
            && days.len() >= support.min_days as usize
            && share >= support.min_share;
        (source, articles, often)
    }
}
