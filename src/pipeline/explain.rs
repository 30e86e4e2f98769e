//! Why two articles are together, or why not: every number that decided, from the same stages as the run.

use std::{fmt, io};

use super::changes::facts;
use super::parts::Loaded;
use super::prepare::{Prepared, Preparer};
use super::{Clock, Corpus, Found, Run};
use crate::kernel::cosine::Probe;
use crate::kernel::sets::differences;
use crate::kernel::time::{DAY, ONE, TimeFactor};
use crate::model::Article;
use crate::params::Params;
use crate::read::Chunk;
use crate::stages::shingle;
use crate::stages::verify::{self, Near};

/// Shared terms that are listed.
const TERMS: usize = 12;
/// Changed numbers or names that are listed on each side.
const LISTED: usize = 12;

/// What decided about a pair of articles.
#[derive(Debug, Clone)]
pub struct Explanation {
    articles: [Side; 2],
    same_group: bool,
    same_story: bool,
    same_words: bool,
    text: TextNumbers,
    story: StoryNumbers,
    terms: Vec<(String, f64)>,
    params: Params,
}

#[derive(Debug, Clone)]
struct Side {
    id: String,
    title: String,
    published: String,
    lang: String,
}

/// The numbers of the near-duplicate level.
#[derive(Debug, Clone)]
struct TextNumbers {
    near: Near,
    /// In A, in B, in both.
    shingles: [usize; 3],
    days: Option<f64>,
    /// Numbers, then names: what only A has, what only B has.
    changed: [[Vec<String>; 2]; 2],
}

/// The numbers of the story level; those that the run did not need are not known.
#[derive(Debug, Clone)]
struct StoryNumbers {
    cosine: f64,
    factor: f64,
    /// Cosine times factor, rounded as the run does.
    similarity: f64,
    /// Similarity under fixed and local weights, times the time factor.
    corrected: Option<f64>,
    crowding: [f64; 2],
    /// Average score between the two stories, or within the one over all its pairs of groups.
    average: f64,
    /// Pairs of groups that average is over.
    pairs: usize,
}

/// Explains two articles by their ids, among all articles of the chunks.
///
/// # Errors
/// Lists that were put aside cannot be read; within, the id that no article has.
pub fn explain(
    chunks: impl IntoIterator<Item = Chunk>,
    ids: [&str; 2],
    params: &Params,
) -> io::Result<Result<Explanation, String>> {
    let mut run = Run::default();
    let (mut originals, mut corpus) = (Vec::new(), Corpus::default());
    let mut preparer = Preparer::new(params);
    for chunk in chunks {
        let articles = chunk.parse().articles;
        originals.extend(articles.iter().filter(|a| ids.contains(&a.id.as_str())).cloned());
        corpus.add(preparer.prepare_all(articles, params))?;
    }
    corpus.seal(&mut run);
    let at = |id: &str| corpus.articles.iter().position(|a| &*a.entry.id == id);
    let pair = match ids.map(at) {
        [Some(a), Some(b)] => [a, b],
        [None, _] => return Ok(Err(ids[0].to_owned())),
        [_, None] => return Ok(Err(ids[1].to_owned())),
    };
    // The run gives back the shingles when it is done with them.
    let text = text_numbers(&corpus, pair, params)?;
    let found = Found::new(&mut corpus, params, &mut run, &mut Clock::default())?;
    let original = |i: usize| {
        let entry = &corpus.articles[i].entry;
        originals.iter().find(|o| *o.id == *entry.id && *o.title == *entry.title)
    };
    let terms = pair.map(original).into_iter().flatten().collect::<Vec<_>>();
    let terms = <[&Article; 2]>::try_from(terms)
        .map_or_else(|_| Vec::new(), |both| shared_terms(both, params));
    let group_of = |i: usize| found.groups.iter().position(|g| g.contains(&(i as u32)));
    let groups = pair.map(|i| group_of(i).unwrap_or_default());
    Ok(Ok(Explanation {
        articles: pair.map(|i| side(&corpus.articles[i])),
        same_group: groups[0] == groups[1],
        same_story: found.stories.story[groups[0]] == found.stories.story[groups[1]],
        same_words: found.exact.first[pair[0]] == found.exact.first[pair[1]],
        text,
        story: story_numbers(&found, groups, params),
        terms,
        params: params.clone(),
    }))
}

/// The near-duplicate level's numbers.
fn text_numbers(corpus: &Corpus, [a, b]: [usize; 2], params: &Params) -> io::Result<TextNumbers> {
    let both = [a as u32, b as u32];
    let shingles = Loaded::from(&corpus.shingles, &both.map(|i| corpus.shingles_of(i)))?;
    let [x, y] = [0, 1].map(|k| corpus.copy(both[k], shingles.of(k)));
    let loaded = corpus.load_facts(&both)?;
    let facts = [0, 1].map(|side| facts(loaded.of(side)));
    Ok(TextNumbers {
        near: verify::near(&x, &y, params),
        shingles: [x.shingles.len(), y.shingles.len(), shingle::common(x.shingles, y.shingles)],
        days: x.time.zip(y.time).map(|(x, y)| (x - y).abs() as f64 / DAY as f64),
        changed: [0, 1].map(|n| only_one(&facts[0][n], &facts[1][n])),
    })
}

fn side(article: &Prepared) -> Side {
    Side {
        id: article.entry.id.to_string(),
        title: article.entry.title.to_string(),
        published: article.entry.published.map_or("undated".to_owned(), |t| t.to_string()),
        lang: article.entry.lang.to_string(),
    }
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
        average,
        pairs,
    }
}

/// The average score between two stories, or over all pairs within one, and the number of pairs.
fn average(stories: &super::stories::Stories, g: usize, h: usize) -> (f64, usize) {
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

/// The terms that both articles have, with the share of the cosine that each brings, the heaviest first.
fn shared_terms(articles: [&Article; 2], params: &Params) -> Vec<(String, f64)> {
    let mut preparer = Preparer::new(params);
    let [x, y] = articles.map(|article| preparer.named_terms(article, params));
    let length = |terms: &[(String, u32, u16)]| {
        terms.iter().map(|t| f64::from(t.2) * f64::from(t.2)).sum::<f64>().sqrt()
    };
    let product = length(&x) * length(&y);
    let share = |(word, hash, weight): &(String, u32, u16)| {
        let other = y.iter().find(|t| t.1 == *hash)?;
        Some((word.clone(), f64::from(*weight) * f64::from(other.2) / product))
    };
    let mut shared: Vec<(String, f64)> = x.iter().filter_map(share).collect();
    shared.sort_by(|p, q| q.1.total_cmp(&p.1).then_with(|| p.0.cmp(&q.0)));
    shared
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, side) in ["A", "B"].iter().zip(&self.articles) {
            writeln!(
                f,
                "{name}  {}\n   {}\n   {}, {}",
                side.id, side.title, side.published, side.lang
            )?;
        }
        let verdict = match (self.same_group, self.same_story) {
            (true, _) => "near-duplicates: one group in one story",
            (_, true) => "one story, told in other words",
            _ => "two stories",
        };
        writeln!(f, "\n{verdict}\n")?;
        self.fmt_text(f)?;
        writeln!(f)?;
        self.fmt_event(f)
    }
}

impl Explanation {
    fn fmt_text(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [n, m, common] = self.text.shingles;
        let (near, params) = (&self.text.near, &self.params);
        writeln!(f, "Is it the same text?")?;
        if self.same_words {
            writeln!(f, "  word for word              yes")?;
        }
        writeln!(f, "  3-word shingles            {n} in A, {m} in B, {common} in both")?;
        writeln!(
            f,
            "  resemblance                {:.4} (a match from {})",
            near.resemblance, params.min_resemblance
        )?;
        writeln!(
            f,
            "  containment                {:.4} (a match from {})",
            near.containment, params.min_containment
        )?;
        if let Some(days) = self.text.days {
            writeln!(f, "  days apart                 {days:.2}")?;
        }
        if let Some(against) = near.against.filter(|_| !self.same_words) {
            writeln!(f, "  against it                 {against}")?;
        }
        for (what, [gone, new]) in ["numbers", "names"].iter().zip(&self.text.changed) {
            for (name, words) in
                ["A", "B"].iter().zip([gone, new]).filter(|(_, words)| !words.is_empty())
            {
                let label = format!("{what} only in {name}");
                let more = words.len().saturating_sub(LISTED);
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                writeln!(f, "  {label:<26} {}{more}", words[..words.len().min(LISTED)].join(", "))?;
            }
        }
        Ok(())
    }

    fn fmt_event(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let story = &self.story;
        writeln!(f, "Is it the same event?")?;
        let shared: f64 = self.terms.iter().map(|t| t.1).sum();
        writeln!(
            f,
            "  shared terms               {} (share of the cosine {shared:.2})",
            self.terms.len()
        )?;
        for (word, share) in self.terms.iter().take(TERMS) {
            writeln!(f, "    {word:<24} {share:.4}")?;
        }
        writeln!(f, "  cosine                     {:.4}", story.cosine)?;
        writeln!(
            f,
            "  time factor                {:.4} (window {} days)",
            story.factor, self.params.window_days
        )?;
        writeln!(f, "  similarity                 {:.4} (cosine x time factor)", story.similarity)?;
        match story.corrected {
            Some(corrected) => {
                let [a, b] = story.crowding;
                writeln!(
                    f,
                    "  among their neighbours     {corrected:.4} (weights of their neighbourhoods)"
                )?;
                writeln!(f, "  crowding                   {a:.4} around A, {b:.4} around B")?;
                writeln!(
                    f,
                    "  score                      {:.4} (the two lines above, subtracted)",
                    corrected - a - b
                )?;
            }
            None => writeln!(
                f,
                "  score                      none: too little in common to be looked at closer"
            )?,
        }
        let (what, rule) = if self.same_story {
            ("within the story", "it holds")
        } else {
            ("between the stories", "they would be one")
        };
        writeln!(
            f,
            "  average {what:<18} {:.4} over {} ({rule} from {})",
            story.average,
            if story.pairs == 1 { "1 pair".to_owned() } else { format!("{} pairs", story.pairs) },
            self.params.story_cut
        )
    }
}
