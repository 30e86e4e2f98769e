//! One article as read to what the later stages need of it; the text itself is let go.

use std::borrow::Cow;
use std::sync::Arc;

use super::parts::{ChunkLists, Span};
use crate::kernel::hash::{GOLDEN, hash, mix};
use crate::kernel::runs::Begins;
use crate::kernel::simhash::simhash;
use crate::kernel::sort::Sorter;
use crate::kernel::time::DAY;
use crate::model::{Article, Entry};
use crate::params::Params;
use crate::stages::sketch::{Sketch, sketch};
use crate::stages::terms::{Lexicon, each_word, term_hash};
use crate::stages::weights::{Vectors, select};
use crate::stages::{clean, headline, shingle};
use crate::text::facts::Tokens;
use crate::text::language;
use crate::text::words::{GAP, Word, Words};

/// What is kept of one article. Its lists are among the [`ChunkLists`] of its chunk.
#[derive(Debug, Default)]
pub(super) struct Prepared {
    pub(super) entry: Entry,
    /// The hash of the id: articles are kept in its order.
    pub(super) identity: u64,
    /// As in [`Article::record`].
    pub(super) record: u64,
    /// Its number in an index.
    pub(super) row: u32,
    /// The hash of its source: what a segment has of it.
    pub(super) source: u64,
    /// The hash of title and text as delivered: the same id with another one is another version.
    pub(super) delivered: u64,
    /// The hash of the compared words in order: equal for texts that are the same word for word (of one day, if they are as
    /// short as a flash). 0 without any.
    pub(super) content: u64,
    /// Words of the text.
    pub(super) n_words: u32,
    /// Which part the lists are in.
    pub(super) part: u32,
    /// Whether these are the lists of another article, which was delivered before.
    pub(super) again: bool,
    /// The shingle set.
    pub(super) shingles: Span,
    /// None or one.
    pub(super) sketch: Span,
    /// What is compared at the story level, ascending by hash.
    pub(super) terms: Span,
    /// What is kept of the headline, ascending.
    pub(super) title_words: Span,
    /// Hashes of the [`Detail`]s of what is compared, ascending and distinct.
    pub(super) details: Span,
    /// The numbers themselves, and names.
    pub(super) facts: Span,
}

/// The hash of title and text as delivered.
pub(crate) fn delivered(article: &Article) -> u64 {
    mix(hash(article.title.as_bytes())) ^ hash(article.text.as_bytes())
}

/// The articles of one chunk.
#[derive(Debug, Default)]
pub(super) struct Chunkful {
    pub(super) articles: Vec<Prepared>,
    pub(super) lists: ChunkLists,
    pub(super) sketches: Vec<Sketch>,
}

/// The hash of all that the lists of an article depend on.
fn key(article: &Article, delivered: u64, params: &Params) -> u64 {
    let [source, lang] = [&article.source, &article.lang].map(|text| hash(text.as_bytes()));
    mix(mix(source) ^ lang) ^ delivered ^ day_of_flash(article, params)
}

/// Most bytes of a text that may say the same of something else on another day: "Markets at noon", a standing headline.
const FLASH: usize = 200;

/// The hash of the day of such a short text, so that it is the same word for word as those of its day only; 0 for a longer
/// one, and where no date is known.
fn day_of_flash(article: &Article, params: &Params) -> u64 {
    let dated = article.text.len() <= FLASH && !params.ignore_dates;
    let time = article.published.filter(|_| dated);
    time.map_or(0, |time| mix(time.as_second().div_euclid(DAY) as u64))
}

impl Chunkful {
    /// With room for what such articles usually have, so that little is moved to make more.
    fn with_room_for(articles: &[Article]) -> Self {
        let bytes: usize = articles.iter().map(|a| a.text.len()).sum();
        let (shingles, facts) = (Vec::with_capacity(bytes / 5), Vec::with_capacity(bytes / 4));
        Self {
            articles: Vec::with_capacity(articles.len()),
            lists: ChunkLists { shingles, facts, ..ChunkLists::default() },
            sketches: Vec::with_capacity(articles.len()),
        }
    }
}

/// Buffers that are used for one article after the other, and what is known of words.
#[derive(Default)]
pub(super) struct Preparer {
    words: Words,
    hashes: Vec<u64>,
    begins: Begins,
    details: Vec<u32>,
    sorter: Sorter,
    lexicon: Lexicon,
    /// The source and the language met last: most articles say the same again.
    recent: [Arc<str>; 2],
}

impl Preparer {
    /// Buffers for a run with these parameters.
    pub(super) fn new(params: &Params) -> Self {
        Self { lexicon: Lexicon::new(params.terms.clone()), ..Self::default() }
    }

    /// Prepares the articles of one chunk.
    pub(super) fn prepare_all(&mut self, articles: Vec<Article>, params: &Params) -> Chunkful {
        self.prepare_new(articles, params, |_| None).0
    }

    /// As [`Self::prepare_all`], with a key for each article: those of one key have the same lists, and one that is `known`
    /// by its key has them already.
    pub(super) fn prepare_new(
        &mut self,
        articles: Vec<Article>,
        params: &Params,
        known: impl Fn(u64) -> Option<Prepared>,
    ) -> (Chunkful, Vec<u64>) {
        let mut done = Chunkful::with_room_for(&articles);
        let delivered: Vec<u64> = articles.iter().map(delivered).collect();
        let key = |(article, &delivered): (&Article, &u64)| key(article, delivered, params);
        let keys: Vec<u64> = articles.iter().zip(&delivered).map(key).collect();
        // Asked for all at once, so that the memory is waited for once and not for each article.
        let known: Vec<Option<Prepared>> = keys.iter().map(|&key| known(key)).collect();
        for ((article, delivered), known) in articles.into_iter().zip(delivered).zip(known) {
            let prepared = match known {
                Some(known) => self.again(article, &known, params),
                None => self.prepare(article, delivered, &mut done, params),
            };
            done.articles.push(prepared);
        }
        (done, keys)
    }

    /// An article of which only the place, and what is said of it, is new.
    fn again(&mut self, article: Article, known: &Prepared, params: &Params) -> Prepared {
        Prepared {
            record: article.record,
            row: 0,
            identity: hash(article.id.as_bytes()),
            source: hash(article.source.as_bytes()),
            entry: self.entry(article, &known.entry.lang, known.entry.fingerprint, params),
            again: true,
            ..*known
        }
    }

    /// Cleans, tokenises, shingles, sketches and counts one article; appends its lists to those of its chunk.
    fn prepare(
        &mut self,
        article: Article,
        delivered: u64,
        chunk: &mut Chunkful,
        params: &Params,
    ) -> Prepared {
        let Chunkful { lists, sketches, .. } = chunk;
        let cleaned = cleaned(&article, params);
        let (n_title, start) = self.words.take(&cleaned.title, &cleaned.text);
        let text = &self.words.list()[n_title..];
        let compared = compared_text(&cleaned, text.len());
        let with_title = matches!(compared, Cow::Owned(_));
        let (list, start) = if with_title { (self.words.list(), 0) } else { (text, start) };
        shingle::shingle(list, &mut self.hashes);
        let sketch = sketch(&self.hashes);
        let fingerprint = simhash(&self.hashes);
        let language = language::of(&article.lang, &self.words, &cleaned.text);
        self.details.clear();
        let words = &self.words;
        let tokens = Tokens { text: &compared, words, list, start, is_ascii: compared.is_ascii() };
        let title = &words.list()[..n_title];
        let is_ascii = cleaned.title.is_ascii();
        let title = Tokens { text: &cleaned.title, words, list: title, start: 0, is_ascii };
        let title = (!with_title).then_some(title);
        let facts = lists.add_facts(title, tokens, &cleaned.tags, &mut self.begins, |detail| {
            if let Some(hash) = detail.hash(self.hashes.len()) {
                self.details.push(hash);
            }
        });
        Prepared {
            record: article.record,
            row: 0,
            identity: hash(article.id.as_bytes()),
            source: hash(article.source.as_bytes()),
            delivered,
            content: content(list, day_of_flash(&article, params)),
            n_words: text.len() as u32,
            title_words: lists.add_hashes(headline::kept(&self.words, n_title)),
            details: lists.add_hashes(self.details.iter().copied()),
            facts,
            shingles: Span::append(
                &mut lists.shingles,
                shingle::set(&self.hashes, &mut self.sorter),
            ),
            sketch: Span::append(sketches, sketch.as_slice()),
            terms: match params.only_duplicates {
                true => Span::default(),
                false => {
                    let terms = select(self.lexicon.terms(&self.words, n_title, language));
                    Span::append(&mut lists.terms, &terms)
                }
            },
            entry: self.entry(article, language.as_str(), fingerprint, params),
            part: 0,
            again: false,
        }
    }

    fn entry(
        &mut self,
        article: Article,
        detected: &str,
        fingerprint: u64,
        params: &Params,
    ) -> Entry {
        let given = (!language::is_open(&article.lang)).then_some(&*article.lang);
        let [source, lang] = &mut self.recent;
        Entry {
            source: same(source, &article.source),
            lang: same(lang, given.unwrap_or(detected)),
            id: article.id.into(),
            title: article.title.into(),
            url: article.url.into(),
            file: article.file,
            kept: article.kept,
            published: article.published.filter(|_| !params.ignore_dates).into(),
            seen: article.seen.filter(|_| !params.ignore_dates).into(),
            fingerprint,
        }
    }

    /// What is compared of an article, as it stands there.
    pub(super) fn compared_text(&mut self, article: &Article, params: &Params) -> String {
        let cleaned = cleaned(article, params);
        let (n_title, _) = self.words.take(&cleaned.title, &cleaned.text);
        let n_words = self.words.list().len() - n_title;
        compared_text(&cleaned, n_words).trim().to_owned()
    }

    /// The terms of an article as words, with hash and fixed weight, each once.
    pub(super) fn named_terms(
        &mut self,
        article: &Article,
        params: &Params,
    ) -> Vec<(String, u32, u16)> {
        let cleaned = cleaned(article, params);
        let (n_title, _) = self.words.take(&cleaned.title, &cleaned.text);
        let language = language::of(&article.lang, &self.words, &cleaned.text);
        let terms = select(self.lexicon.terms(&self.words, n_title, language));
        let mut vectors = Vectors::with_lengths(std::iter::once(terms.len()));
        vectors.fill(0, &terms);
        let fixed = vectors.fixed();
        let weights = vectors.weights(&fixed, 0);
        let mut named: Vec<(String, u32, u16)> = Vec::new();
        each_word(&self.words, self.words.list(), |word, _| {
            let stem = self.lexicon.stem(word);
            let found = terms.binary_search_by_key(&term_hash(&stem), |t| t.hash());
            if let Some(i) = found.ok().filter(|&i| named.iter().all(|n| n.1 != terms[i].hash())) {
                named.push((stem, terms[i].hash(), weights[i]));
            }
        });
        named
    }
}

/// What is compared of an article whose text has so many words: one too short for a shingle is compared with its title before it.
fn compared_text<'a>(cleaned: &'a clean::Cleaned<'_>, n_words: usize) -> Cow<'a, str> {
    if n_words < shingle::WORDS {
        Cow::Owned([&cleaned.title, GAP, &cleaned.text].concat())
    } else {
        Cow::Borrowed(&cleaned.text)
    }
}

pub(super) fn cleaned<'a>(article: &'a Article, params: &Params) -> clean::Cleaned<'a> {
    clean::clean_of(params.boilerplate.as_deref(), &article.source, &article.title, &article.text)
}

/// A hash of some words in their order, and of the day if that matters; 0 without any word.
fn content(words: &[Word], day: u64) -> u64 {
    if words.is_empty() {
        return 0;
    }
    // Four lanes, because each step has to wait for the one before it.
    let mut lanes = [0u64; 4];
    for four in words.chunks(lanes.len()) {
        for (lane, word) in lanes.iter_mut().zip(four) {
            *lane = (lane.rotate_left(23) ^ word.hash).wrapping_mul(GOLDEN);
        }
    }
    lanes.iter().fold(words.len() as u64 ^ day, |sum, lane| mix(sum ^ lane))
}

/// A text that is kept once for all articles in a row that have it.
fn same(recent: &mut Arc<str>, text: &str) -> Arc<str> {
    if **recent != *text {
        *recent = text.into();
    }
    recent.clone()
}
