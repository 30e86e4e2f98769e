//! Why two articles are together, or why not: every number that decided, from the same stages as the run.

mod texts;
mod tree;

use std::io;

pub use tree::explain_story;
pub(super) use tree::of_story;

use super::changes::facts;
use super::parts::Loaded;
use super::prepare::{Prepared, Preparer, cleaned};
use super::stories::Stories;
use super::{Clock, Corpus, Found, Run};
use crate::kernel::cosine::Probe;
use crate::kernel::sets::differences;
use crate::kernel::time::{DAY, ONE, TimeFactor};
use crate::model::explain::{
    Explanation, Nearest, Needs, Party, SharedTerm, StoryNumbers, TextNumbers, Verdict,
};
use crate::model::{Article, Entry};
use crate::params::Params;
use crate::stages::{shingle, verify};

/// Explains two articles by their ids, among all articles.
///
/// # Errors
/// Lists that were put aside cannot be read; within, the id that no article has.
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
        [Some(a), Some(b)] => [a as usize, b as usize],
        [None, _] => return Ok(Err(ids[0].to_owned())),
        [_, None] => return Ok(Err(ids[1].to_owned())),
    };
    // The run gives back the shingles when it is done with them.
    let mut text = text_numbers(&corpus, pair, params)?;
    let found = Found::new(&mut corpus, params, &mut Run::default(), &mut Clock::default())?;
    text.same_words = found.exact.first[pair[0]] == found.exact.first[pair[1]];
    let groups = pair.map(|i| found.groups.iter().position(|g| g.contains(&(i as u32))));
    let groups = groups.map(|group| group.expect("every article is in a group"));
    let stories = groups.map(|group| found.stories.story[group]);
    let verdict = match (groups[0] == groups[1], stories[0] == stories[1]) {
        (true, _) => Verdict::Duplicates,
        (_, true) => Verdict::Story,
        _ => Verdict::Apart,
    };
    let both = match pair.map(|i| original(originals, &corpus.articles[i])) {
        [Some(a), Some(b)] => Some([a, b]),
        _ => None,
    };
    let texts = both.map(|both| both.map(|article| compared_text(article, params)));
    let compared = texts.map(|[a, b]| texts::compare([&a, &b])).unwrap_or_default();
    let story = story_numbers(&found, groups, params);
    Ok(Ok(Explanation {
        articles: pair.map(|i| party(&corpus.articles[i].entry)),
        verdict,
        why: why(verdict, &text, &story, params),
        needs: needs(params),
        texts: both.is_some(),
        terms: both.map(|both| shared_terms(both, params)).unwrap_or_default(),
        passages: compared.passages,
        edits: compared.edits,
        pieces: compared.pieces,
        nearest: (verdict == Verdict::Apart).then(|| nearest(&corpus, &found, stories)).flatten(),
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
    let (mut originals, mut corpus) = (Vec::new(), Corpus::default());
    let mut preparer = Preparer::new(params);
    for some in articles {
        originals.extend(some.iter().filter(|article| wanted(&article.id)).cloned());
        corpus.add(preparer.prepare_all(some, params))?;
    }
    corpus.seal(&mut Run::default());
    Ok((corpus, originals))
}

/// The version of an article that was kept, if it is there.
fn original<'a>(originals: &'a [Article], kept: &Prepared) -> Option<&'a Article> {
    originals.iter().find(|o| *o.id == *kept.entry.id && kept.is_of(o))
}

/// What is compared of an article: its text, or failing that its title.
fn compared_text(article: &Article, params: &Params) -> String {
    let cleaned = cleaned(article, params);
    if cleaned.text.is_empty() { cleaned.title } else { cleaned.text.into_owned() }
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
        published: entry.published.map_or("undated".to_owned(), |t| t.to_string()),
        lang: entry.lang.to_string(),
    }
}

/// What decided, in a sentence.
fn why(verdict: Verdict, text: &TextNumbers, story: &StoryNumbers, params: &Params) -> String {
    let cut = params.story_cut;
    let pairs =
        if story.pairs == 1 { "1 pair".to_owned() } else { format!("{} pairs", story.pairs) };
    match verdict {
        Verdict::Duplicates if text.same_words => "the same text, word for word".to_owned(),
        Verdict::Duplicates if text.strength >= 1.0 => {
            "enough of one text is in the other".to_owned()
        }
        Verdict::Duplicates => "these two are no match, but other copies tie them".to_owned(),
        Verdict::Story => format!(
            "their story holds together: on average {:.4} over {pairs}, {cut} is enough",
            story.average
        ),
        Verdict::Apart if params.only_duplicates => "stories were not asked for".to_owned(),
        Verdict::Apart if story.factor == 0.0 => {
            format!("too far apart in time: the window is {} days", params.window_days)
        }
        Verdict::Apart => match story.score {
            None => format!("too little in common: similarity {:.4}", story.similarity),
            Some(score) if score < cut => format!(
                "what they share, their neighbours share too: score {score:.4}, {cut} is needed"
            ),
            Some(score) => format!(
                "the two would fit (score {score:.4}), their stories do not: on average {:.4} over {pairs}, {cut} is needed",
                story.average
            ),
        },
    }
}

/// The near-duplicate level's numbers.
fn text_numbers(corpus: &Corpus, [a, b]: [usize; 2], params: &Params) -> io::Result<TextNumbers> {
    let both = [a as u32, b as u32];
    let shingles = Loaded::from(&corpus.shingles, &both.map(|i| corpus.shingles_of(i)))?;
    let [x, y] = [0, 1].map(|k| corpus.copy(both[k], shingles.of(k)));
    let loaded = corpus.load_facts(&both)?;
    let facts = [0, 1].map(|side| facts(loaded.of(side)));
    let near = verify::near(&x, &y, params);
    let [numbers, names] = [0, 1].map(|n| only_one(&facts[0][n], &facts[1][n]));
    Ok(TextNumbers {
        same_words: false,
        resemblance: near.resemblance,
        containment: near.containment,
        strength: near.strength,
        against: near.against,
        shingles: [x.shingles.len(), y.shingles.len(), shingle::common(x.shingles, y.shingles)],
        days: x.time.zip(y.time).map(|(x, y)| (x - y).abs() as f64 / DAY as f64),
        numbers,
        names,
    })
}

/// What only the first and what only the second article has.
fn only_one(x: &[&str], y: &[&str]) -> [Vec<String>; 2] {
    let (gone, new) = differences(x, y);
    [gone, new].map(|words| words.into_iter().map(|&word| word.to_owned()).collect())
}

/// The story level's numbers between the two articles' groups.
fn story_numbers(found: &Found, [g, h]: [usize; 2], params: &Params) -> StoryNumbers {
    let share = |x: i64| x as f64 / ONE as f64;
    let stories = &found.stories;
    let factor = TimeFactor::new(params.window_days);
    let factor = stories.times.factor(g as u32, h as u32, &factor);
    let mut probe = Probe::default();
    let fixed = stories.vectors.fixed();
    stories.vectors.load(&fixed, g, &mut probe);
    let cosine = stories.vectors.cosine(&fixed, &probe, g, h);
    let penalty = |g: usize| stories.scores.penalties.get(g).copied().unwrap_or(0);
    let pair = (g.min(h) as u32, g.max(h) as u32);
    let matched = stories.similar.binary_search_by_key(&pair, |s| (s.a, s.b)).ok();
    let (average, pairs) = average(stories, g, h);
    StoryNumbers {
        cosine: share(cosine.into()),
        factor: share(factor),
        similarity: share(i64::from(cosine) * factor / ONE),
        corrected: matched.map(|m| share(stories.scores.pairs[m].into())),
        crowding: [g, h].map(|g| share(penalty(g))),
        score: matched.map(|m| score(stories, m)),
        average,
        pairs,
    }
}

/// The average score between two stories, or over all pairs within one, and the number of pairs.
fn average(stories: &Stories, g: usize, h: usize) -> (f64, usize) {
    let members = |story: u32| (0..stories.story.len()).filter(move |&i| stories.story[i] == story);
    let (s, t) = (stories.story[g], stories.story[h]);
    let penalty = |i: usize| stories.scores.penalties.get(i).copied().unwrap_or(0);
    let within = |p: (u32, u32)| {
        let (x, y) = (stories.story[p.0 as usize], stories.story[p.1 as usize]);
        (x, y) == (s, t) || (y, x) == (s, t)
    };
    let mut sum: i64 = stories
        .similar
        .iter()
        .zip(&stories.scores.pairs)
        .filter(|(p, _)| within((p.a, p.b)))
        .map(|(_, &score)| i64::from(score))
        .sum();
    let (n, m) = (members(s).count(), members(t).count());
    let pairs = if s == t { n * (n - 1) / 2 } else { n * m };
    // Each member's penalty counts once for every pair that it is in.
    let others = |story: u32| {
        if s == t {
            n - 1
        } else if story == s {
            m
        } else {
            n
        }
    };
    sum -= members(s).map(|i| penalty(i) * others(s) as i64).sum::<i64>();
    if s != t {
        sum -= members(t).map(|i| penalty(i) * others(t) as i64).sum::<i64>();
    }
    (sum as f64 / pairs.max(1) as f64 / ONE as f64, pairs)
}

/// What crowding leaves of a pair of similar reports.
fn score(stories: &Stories, pair: usize) -> f64 {
    let similar = stories.similar[pair];
    let penalty = [similar.a, similar.b].map(|g| stories.scores.penalties[g as usize]);
    let corrected = i64::from(stories.scores.pairs[pair]);
    (corrected - penalty[0] - penalty[1]) as f64 / ONE as f64
}

/// The pair of reports of two stories with the best score.
fn nearest(corpus: &Corpus, found: &Found, [s, t]: [u32; 2]) -> Option<Nearest> {
    let stories = &found.stories;
    let ends = |pair: usize| [stories.similar[pair].a, stories.similar[pair].b];
    let of = |pair: &usize| ends(*pair).map(|g| stories.story[g as usize]);
    let between =
        (0..stories.similar.len()).filter(|pair| of(pair) == [s, t] || of(pair) == [t, s]);
    let best =
        between.max_by(|&x, &y| score(stories, x).total_cmp(&score(stories, y)).then(y.cmp(&x)))?;
    let mut groups = ends(best);
    if of(&best) != [s, t] {
        groups.reverse();
    }
    let similar = stories.similar[best];
    let id =
        |group: u32| corpus.articles[found.groups[group as usize][0] as usize].entry.id.to_string();
    Some(Nearest {
        ids: groups.map(id),
        similarity: (i64::from(similar.cosine) * i64::from(similar.factor) / ONE) as f64
            / ONE as f64,
        score: score(stories, best),
    })
}

/// The terms that both articles have, with the share of the cosine that each brings, the heaviest first.
fn shared_terms(articles: [&Article; 2], params: &Params) -> Vec<SharedTerm> {
    let mut preparer = Preparer::new(params);
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
