//! A corpus to what a later run can be told: the boilerplate of each source, and term tables.

use std::collections::BTreeMap;

use foldhash::HashMap;

use super::clean::Cleaned;
use super::terms::Lexicon;
use crate::kernel::hash::hash;
use crate::kernel::time::DAY;
use crate::model::Article;
use crate::text::boilerplate::{Boilerplate, Key, Source, Support, pieces};
use crate::text::language::{self, Language};
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
        let (n_title, _) = self.words.take(&cleaned.title, &cleaned.text);
        let language = language::of(&article.lang, &self.words, &cleaned.text);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::clean::clean;

    const LINE: &str = "Tea is at four";
    const NOBODY: [&str; 0] = [];

    /// An article of an outlet, by its title and the day on which it came out, that has the line or not.
    type Made = (&'static str, &'static str, Option<i64>, bool);

    /// Of which outlets the line is learnt.
    fn learnt(made: &[Made]) -> Vec<&'static str> {
        let mut repeated = Repeated::default();
        for &(source, title, day, has) in made {
            let published = day.map(|day| jiff::Timestamp::from_second(day * DAY + 7).unwrap());
            let (source, title) = (source.to_owned(), title.to_owned());
            let text = format!("Of {title} only\n{}", if has { LINE } else { "" });
            let article = Article { source, title, text, published, ..Article::default() };
            repeated.add(&article, &clean(&article.title, &article.text));
        }
        let learnt = repeated.learn(Support { min_articles: 3, min_days: 3, min_share: 0.5 });
        let knows = |source: &&str| learnt.without(source, LINE, |_| ()).is_some();
        ["A", "B", "C", ""].into_iter().filter(knows).collect()
    }

    #[test]
    fn what_is_repeated_often_enough_is_learnt() {
        let days = |days: [Option<i64>; 3]| {
            let [a, b, c] = days;
            vec![("A", "x", a, true), ("A", "y", b, true), ("A", "z", c, true)]
        };
        let without = |n: usize| vec![("A", "w", Some(1), false); n];
        assert_eq!(learnt(&days([Some(1), Some(2), Some(3)])), ["A"]);
        assert_eq!(learnt(&days([Some(1), Some(1), Some(2)])), NOBODY);
        assert_eq!(learnt(&days([None, None, None])), ["A"]);
        assert_eq!(learnt(&days([Some(1), Some(2), Some(3)])[..2]), NOBODY);
        assert_eq!(learnt(&[days([Some(1), Some(2), Some(3)]), without(3)].concat()), ["A"]);
        assert_eq!(learnt(&[days([Some(1), Some(2), Some(3)]), without(4)].concat()), NOBODY);
        // Versions of one article count once.
        assert_eq!(
            learnt(&[
                ("A", "x", Some(1), true),
                ("A", "x", Some(2), true),
                ("A", "y", Some(3), true)
            ]),
            NOBODY
        );
        assert_eq!(
            learnt(&[("", "x", Some(1), true), ("", "y", Some(2), true), ("", "z", Some(3), true)]),
            NOBODY
        );
    }

    #[test]
    fn what_others_say_too_is_a_quotation() {
        let a = [("A", "x", Some(1), true), ("A", "y", Some(2), true), ("A", "z", Some(3), true)];
        let b = [("B", "x", Some(1), true), ("B", "y", Some(1), true), ("B", "z", Some(1), true)];
        let c = [("C", "x", Some(1), true)];
        assert_eq!(learnt(&[a, b].concat()), ["A"]);
        assert_eq!(learnt(&[&a[..], &b, &c].concat()), NOBODY);
        let b = b.map(|(source, title, _, has)| (source, title, None, has));
        assert_eq!(learnt(&[&a[..], &b, &c].concat()), ["A", "B"]);
    }

    #[test]
    fn a_term_counts_once_an_article() {
        let mut counted = Counted::default();
        for (title, text) in [("Train stops", "The train stopped."), ("Trains", "A bridge.")] {
            let lang = "en".to_owned();
            let article =
                Article { title: title.into(), text: text.into(), lang, ..Article::default() };
            counted.add(&article, &clean(title, text));
        }
        let [english] = &counted.learn()[..] else { panic!("one language") };
        assert_eq!((english.language, english.articles), (Language::from_tag("en").unwrap(), 2));
        let of = |term: &str| {
            let term = crate::stages::terms::term_hash(term) >> 4;
            english.terms.iter().find(|t| t.0 == term).map(|t| t.1)
        };
        assert_eq!([of("train"), of("stop")], [Some(2), Some(1)]);
    }
}
