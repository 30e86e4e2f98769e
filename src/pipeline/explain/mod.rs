//! Why two articles are together, or why not: every number that decided, from the same stages as the run.

mod numbers;
mod texts;
mod tree;
mod why;

use std::io;

pub use tree::explain_story;
pub(super) use tree::of_story;

use super::prepare::{Preparer, delivered};
use super::{Clock, Corpus, Found, Run, checked};
use crate::model::explain::{Explanation, Needs, Party, Relation, SharedTerm};
use crate::model::{Article, Entry};
use crate::params::Params;
use crate::read::given;
use crate::stages::verify::STRONGEST;

/// Explains two articles by their ids, among all articles.
///
/// # Errors
/// A parameter is not in its range, or lists that were put aside cannot be read; within, the id that no article has.
pub fn explain(
    articles: impl IntoIterator<Item = Vec<Article>>,
    ids: [&str; 2],
    params: &Params,
) -> io::Result<Result<Explanation, String>> {
    let (corpus, originals) = gather(articles, |id| ids.contains(&id), params)?;
    of_pair(corpus, ids, &originals, params)
}

/// Explains two articles of a corpus by their ids; `originals` has them as they came, where they are at hand.
///
/// # Errors
/// As [`explain`].
pub(super) fn of_pair(
    mut corpus: Corpus,
    ids: [&str; 2],
    originals: &[Article],
    params: &Params,
) -> io::Result<Result<Explanation, String>> {
    let pair = match ids.map(|id| corpus.position(id)) {
        [Some(a), Some(b)] => [a, b],
        [None, _] => return Ok(Err(ids[0].to_owned())),
        [_, None] => return Ok(Err(ids[1].to_owned())),
    };
    // The run gives back what it is done with.
    let both = match pair.map(|i| original(originals, &corpus, i)) {
        [Some(a), Some(b)] => Some([a, b]),
        _ => None,
    };
    let mut text = numbers::text_numbers(&corpus, pair, params)?;
    let meet = numbers::meet(&corpus, pair, params)?;
    corpus.keep_terms();
    let found = Found::new(&mut corpus, params, &mut Run::default(), &mut Clock::default())?;
    if numbers::is_folded(&found, pair) {
        // The run compares nothing with what it is folded onto.
        (text.same_words, text.strength, text.against) = (true, STRONGEST, None);
    }
    let groups = pair.map(|i| found.groups.iter().position(|g| g.contains(&i)));
    let groups = groups.map(|group| group.expect("every article is in a group"));
    let stories = groups.map(|group| found.stories.story[group]);
    let verdict = match (groups[0] == groups[1], stories[0] == stories[1]) {
        (true, _) => Relation::Duplicates,
        (_, true) => Relation::Story,
        _ => Relation::Apart,
    };
    let mut preparer = Preparer::new(params);
    let texts = both.map(|both| both.map(|article| preparer.compared_text(article, params)));
    let compared = texts.map(|[a, b]| texts::compare([&a, &b])).unwrap_or_default();
    let story = (verdict != Relation::Duplicates && !params.only_duplicates)
        .then(|| numbers::story_numbers(&corpus, &found, groups, params))
        .transpose()?;
    let decisions = match verdict {
        Relation::Duplicates => Vec::new(),
        Relation::Story | Relation::Apart => why::decisions(&corpus, &found, groups, params),
    };
    if verdict != Relation::Duplicates {
        text.against = numbers::apart(&corpus, &found, pair, groups, (&text, meet));
    }
    Ok(Ok(Explanation {
        articles: pair.map(|i| party(&corpus.entries[i as usize])),
        verdict,
        why: why::why(ids, verdict, &text, story.as_ref(), &decisions, params),
        decisions,
        needs: needs(params),
        texts: both.is_some(),
        terms: both.map(|both| shared_terms(&mut preparer, both, params)).unwrap_or_default(),
        passages: compared.passages,
        edits: compared.edits,
        pieces: compared.pieces,
        nearest: (verdict == Relation::Apart)
            .then(|| numbers::nearest(&corpus, &found, stories))
            .flatten(),
        text,
        story,
    }))
}

/// Prepares all articles, and keeps those that are wanted as they came.
fn gather(
    articles: impl IntoIterator<Item = Vec<Article>>,
    wanted: impl Fn(&str) -> bool,
    params: &Params,
) -> io::Result<(Corpus, Vec<Article>)> {
    checked(params)?;
    let (mut originals, mut corpus) = (Vec::new(), Corpus::default());
    let mut preparer = Preparer::new(params);
    for some in articles {
        let some = given(some).articles;
        originals.extend(some.iter().filter(|article| wanted(&article.id)).cloned());
        corpus.add(preparer.prepare_all(some, params))?;
    }
    corpus.seal(&mut Run::default());
    Ok((corpus, originals))
}

/// The version of an article that was kept, if it is there.
fn original<'a>(originals: &'a [Article], corpus: &Corpus, i: u32) -> Option<&'a Article> {
    let is_kept = |o: &&Article| {
        *o.id == *corpus.entries[i as usize].id && delivered(o) == corpus.delivered(i)
    };
    originals.iter().find(is_kept)
}

fn needs(params: &Params) -> Needs {
    Needs {
        resemblance: params.min_resemblance,
        containment: params.min_containment,
        similarity: params.min_similarity,
        score: params.story_cut,
        window_days: params.window_days,
    }
}

fn party(entry: &Entry) -> Party {
    Party {
        id: entry.id.to_string(),
        title: entry.title.to_string(),
        source: entry.source.to_string(),
        published: entry.published().map_or("undated".to_owned(), |t| t.to_string()),
        lang: entry.lang.to_string(),
    }
}

/// The terms that both articles have, with the share of the cosine that each brings, the heaviest first.
fn shared_terms(
    preparer: &mut Preparer,
    articles: [&Article; 2],
    params: &Params,
) -> Vec<SharedTerm> {
    let [x, y] = articles.map(|article| preparer.named_terms(article, params));
    let length = |terms: &[(String, u32, u16)]| {
        terms.iter().map(|t| f64::from(t.2) * f64::from(t.2)).sum::<f64>().sqrt()
    };
    let product = length(&x) * length(&y);
    let share = |(word, hash, weight): &(String, u32, u16)| {
        let other = y.iter().find(|t| t.1 == *hash)?;
        let share = f64::from(*weight) * f64::from(other.2) / product;
        Some(SharedTerm { term: word.clone(), share })
    };
    let mut shared: Vec<SharedTerm> = x.iter().filter_map(share).collect();
    shared.sort_by(|p, q| q.share.total_cmp(&p.share).then_with(|| p.term.cmp(&q.term)));
    shared
}
