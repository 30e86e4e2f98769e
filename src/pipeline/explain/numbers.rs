//! The numbers of both levels, from what the run found.

use std::io;

use super::super::changes;
use super::super::parts::Loaded;
use super::super::stories::Stories;
use super::super::{Corpus, Found};
use crate::kernel::cosine::Probe;
use crate::kernel::linkage::Edge;
use crate::kernel::time::{DAY, ONE, TimeFactor};
use crate::model::explain::{Nearest, StoryNumbers, TextNumbers};
use crate::params::Params;
use crate::stages::duplicates::hopeful;
use crate::stages::support::support;
use crate::stages::{candidates, shingle, verify};

/// Said of two groups where it is not the texts that keep them apart.
const PARTED: &str = "an editor parted them";
/// Said of two texts that were not compared, for three reasons.
const EARLIEST: &str = "a run compares the earliest articles of both texts, and finds no match";
const CROWDED: &str = "too many others have the same sketch: a run does not compare all of them";
const FAR: &str = "their sketches have too little in common: a run does not compare them";

/// The near-duplicate level's numbers.
pub(super) fn text_numbers(
    corpus: &Corpus,
    both: [u32; 2],
    params: &Params,
) -> io::Result<TextNumbers> {
    let (mut shingles, mut heads) = (Loaded::new(&corpus.shingles.spool), corpus.heads());
    shingles.load(both.into_iter().map(|i| corpus.shingles_of(i)))?;
    heads.load(both.into_iter())?;
    let [x, y] = [0, 1].map(|k| corpus.compared(both[k], shingles.of(k), heads.of(k)));
    let mut loaded = corpus.facts();
    loaded.load(both.into_iter().map(|i| corpus.facts_of(i)))?;
    let cases = changes::cases(corpus, both);
    let [numbers, names] = changes::between(loaded.of(0), loaded.of(1), cases.as_ref()).map(owned);
    let near = verify::near(&x, &y, params);
    let reached =
        near.resemblance >= params.min_resemblance || near.containment >= params.min_containment;
    Ok(TextNumbers {
        same_words: false,
        resemblance: near.resemblance,
        containment: near.containment,
        strength: near.strength,
        against: near.against.filter(|_| reached),
        shingles: [x.shingles.len(), y.shingles.len(), shingle::common(x.shingles, y.shingles)],
        days: x.time.zip(y.time).map(|(x, y)| (x - y).abs() as f64 / DAY as f64),
        numbers,
        names,
    })
}

/// Whether the sketches of two articles have so much in common that a run compares them, unless too many others have the same.
pub(super) fn meet(corpus: &Corpus, both: [u32; 2], params: &Params) -> io::Result<bool> {
    let mut sketches = Loaded::new(&corpus.sketches.spool);
    sketches.load(both.into_iter().map(|i| corpus.sketch(i)))?;
    let ([x], [y]) = (sketches.of(0), sketches.of(1)) else { return Ok(false) };
    Ok(candidates::meet(x, y) && hopeful([x, y], both.map(|i| corpus.n_shingles(i)), params))
}

/// Whether two articles are the same word for word to the run.
pub(super) fn is_folded(found: &Found, pair: [u32; 2]) -> bool {
    let [a, b] = pair.map(|i| found.exact.slot(i));
    a == b
}

/// What keeps the texts of two articles in two groups, if it is not that they have too little in common; given whether their
/// sketches [`meet`].
pub(super) fn apart(
    corpus: &Corpus,
    found: &Found,
    pair: [u32; 2],
    groups: [usize; 2],
    (text, meet): (&TextNumbers, bool),
) -> Option<&'static str> {
    let [x, y] = pair.map(|i| corpus.content(i));
    if (text.matches() || x == y) && is_parted(found, groups) {
        Some(PARTED)
    } else if text.matches() && is_match(found, pair) {
        Some("the two match, their groups do not on average")
    } else if text.matches() {
        let stands = |i: u32| found.exact.kept[found.exact.slot(i) as usize] == i;
        Some(match pair.into_iter().all(stands) {
            _ if !meet => FAR,
            true => CROWDED,
            false => EARLIEST,
        })
    } else {
        text.against
    }
}

/// Whether the run compared two articles and found that they match.
fn is_match(found: &Found, pair: [u32; 2]) -> bool {
    let [a, b] = pair.map(|i| found.exact.slot(i));
    let mut matches = found.duplicates.matches.iter();
    matches.any(|m| (m.a, m.b) == (a, b) || (m.a, m.b) == (b, a))
}

/// Whether an editor parted articles of two groups.
fn is_parted(found: &Found, groups: [usize; 2]) -> bool {
    let [g, h] = groups.map(|group| &found.groups[group]);
    let mut apart = found.constraints.apart.iter();
    apart.any(|(a, b)| g.contains(a) && h.contains(b) || g.contains(b) && h.contains(a))
}

fn owned(words: [Vec<&str>; 2]) -> [Vec<String>; 2] {
    words.map(|words| words.into_iter().map(str::to_owned).collect())
}

/// The story level's numbers between the two articles' groups.
pub(super) fn story_numbers(
    corpus: &Corpus,
    found: &Found,
    [g, h]: [usize; 2],
    params: &Params,
) -> io::Result<StoryNumbers> {
    let share = |x: i64| x as f64 / ONE as f64;
    let stories = &found.stories;
    let factor = TimeFactor::new(params.window_days);
    let factor = stories.times.factor(g as u32, h as u32, &factor);
    let mut probe = Probe::default();
    let vectors = corpus.load_terms([g, h].into_iter().map(|group| found.groups[group][0]))?;
    let fixed = vectors.fixed();
    vectors.load(&fixed, 0, &mut probe);
    let cosine = vectors.cosine(&fixed, &probe, 0, 1);
    let similarity = share(i64::from(cosine) * factor / ONE);
    let penalty = |g: usize| stories.scores.penalties[g];
    let pair = (g.min(h) as u32, g.max(h) as u32);
    let matched = stories.similar.binary_search_by_key(&pair, |s| (s.a, s.b)).ok();
    let scored = stories.similar.iter().zip(&stories.scores.pairs);
    let scored = scored.map(|(p, &score)| (p.a, p.b, score));
    // With a cut this low no pair is left out.
    let supported = support(scored.clone(), &stories.scores.penalties, -4 * ONE);
    let edges: Vec<Edge> = supported.edges(scored).collect();
    let penalties = &supported.penalties;
    let (average, pairs) = average(stories, (&edges, penalties), g, h);
    let net = |e: &Edge| share(e.sum - penalties[g] - penalties[h]);
    Ok(StoryNumbers {
        reports: [g, h].map(|group| canonical(corpus, found, group)),
        cosine: share(cosine.into()),
        factor: share(factor),
        similarity,
        corrected: matched.map(|m| share(stories.scores.pairs[m].into())),
        crowding: [g, h].map(|g| share(penalty(g))),
        score: matched.map(|m| score(stories, m)),
        supported: edges.iter().find(|e| (e.a, e.b) == pair).map(net),
        against: (similarity >= params.min_similarity && of_one_content(corpus, found, [g, h]))
            .then(|| if is_parted(found, [g, h]) { PARTED } else { verify::NOTICE }),
        average,
        pairs,
    })
}

/// Whether two groups are compared by articles of one content: what these share says nothing of an event.
fn of_one_content(corpus: &Corpus, found: &Found, groups: [usize; 2]) -> bool {
    let [x, y] = groups.map(|group| corpus.content(found.groups[group][0]));
    x == y
}

/// The average supported score between two stories, or over all pairs within one, and the number of pairs.
fn average(
    stories: &Stories,
    (edges, penalties): (&[Edge], &[i64]),
    g: usize,
    h: usize,
) -> (f64, usize) {
    let members = |story: u32| (0..stories.story.len()).filter(move |&i| stories.story[i] == story);
    let (s, t) = (stories.story[g], stories.story[h]);
    let within = |p: (u32, u32)| {
        let (x, y) = (stories.story[p.0 as usize], stories.story[p.1 as usize]);
        (x, y) == (s, t) || (y, x) == (s, t)
    };
    let sum: i64 = edges.iter().filter(|e| within((e.a, e.b))).map(|e| e.sum).sum();
    let of = |story: u32| members(story).map(|i| penalties[i]).sum::<i64>();
    let (n, m) = (members(s).count() as i64, members(t).count() as i64);
    // Each member's penalty counts once for every pair that it is in.
    let (pairs, off) = match s == t {
        true => (n * (n - 1) / 2, of(s) * (n - 1)),
        false => (n * m, of(s) * m + of(t) * n),
    };
    ((sum - off) as f64 / pairs.max(1) as f64 / ONE as f64, pairs as usize)
}

/// What crowding leaves of a pair of similar reports.
fn score(stories: &Stories, pair: usize) -> f64 {
    stories.net(&stories.similar[pair], stories.scores.pairs[pair]) as f64 / ONE as f64
}

/// The pair of reports of two stories with the best score.
pub(super) fn nearest(corpus: &Corpus, found: &Found, [s, t]: [u32; 2]) -> Option<Nearest> {
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
    Some(Nearest {
        ids: groups.map(|group| canonical(corpus, found, group as usize)),
        similarity: similar.similarity() as f64 / ONE as f64,
        score: score(stories, best),
    })
}

/// The id of the article by which a group is compared.
fn canonical(corpus: &Corpus, found: &Found, group: usize) -> String {
    corpus.entries[found.groups[group][0] as usize].id.to_string()
}
