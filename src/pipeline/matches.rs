//! The evidence of an outcome: every verified match, and the best one of each article.

use super::Found;
use super::stories::Stories;
use crate::kernel::sort::by_number_and;
use crate::kernel::time::ONE;
use crate::model::{Grouping, Match, MatchKind};
use crate::params::Params;
use crate::stages::neighbours::Similar;

/// All verified matches of both levels, by position; those of copies are taken out of what was found. A report without a match inside
/// its story keeps its pairs there, however little they have in common.
pub(super) fn all(found: &mut Found, params: &Params) -> Vec<Match> {
    let examined = std::mem::take(&mut found.duplicates.matches);
    let Found { constraints, exact, groups, stories, .. } = found;
    let base = Match {
        a: 0,
        b: 0,
        kind: MatchKind::Exact,
        resemblance: 1.0,
        containment: 1.0,
        cosine: 0.0,
        similarity: 1.0,
        score: 0.0,
    };
    let between = |a: u32, b: u32| Match { a: a.min(b), b: a.max(b), ..base };
    let folded = exact.first().zip(0..).filter(|(first, i)| first != i);
    let same = folded.map(|(first, i)| between(first, i));
    let near = examined.iter().map(|e| Match {
        kind: MatchKind::Near,
        resemblance: e.resemblance,
        containment: e.containment,
        similarity: e.resemblance,
        ..between(exact.kept[e.a as usize], exact.kept[e.b as usize])
    });
    let share = |x: i64| (x as f64 / ONE as f64) as f32;
    let is_match = |pair: &Similar| share(pair.similarity()) >= params.min_similarity as f32;
    let loose = loose(stories, is_match);
    let holds =
        |pair: &Similar| stories.joins(pair) && [pair.a, pair.b].iter().any(|&i| loose[i as usize]);
    let told = stories.similar.iter().zip(&stories.scores.pairs);
    let told = told.filter(|(pair, _)| is_match(pair) || holds(pair));
    let told = told.map(|(pair, &score)| Match {
        kind: MatchKind::Story,
        resemblance: 0.0,
        containment: 0.0,
        cosine: share(pair.cosine.get().into()),
        similarity: share(pair.similarity()),
        score: share(stories.net(pair, score)),
        ..between(groups[pair.a as usize][0], groups[pair.b as usize][0])
    });
    let linked = constraints.together.iter().map(|&(a, b, _)| Match {
        a,
        b,
        kind: MatchKind::Editor,
        resemblance: 0.0,
        containment: 0.0,
        similarity: 0.0,
        ..base
    });
    let n = exact.first().len();
    let all = same.chain(near).chain(told).chain(linked);
    let mut all = by_number_and(all, n, |m| m.a as usize, |m| (m.b, m.kind));
    all.dedup_by_key(|m| (m.a, m.b));
    all
}

/// Whether each report has no match inside its story: its pairs there are all that says why it is in it.
fn loose(stories: &Stories, is_match: impl Fn(&Similar) -> bool) -> Vec<bool> {
    let mut loose = vec![true; stories.story.len()];
    for pair in stories.similar.iter().filter(|pair| is_match(pair) && stories.joins(pair)) {
        [pair.a, pair.b].into_iter().for_each(|i| loose[i as usize] = false);
    }
    loose
}

/// How many pairs that editors linked are in two stories nevertheless.
pub(super) fn unmet(grouping: &Grouping) -> u64 {
    let places = grouping.places();
    let linked = grouping.linked.iter();
    linked.filter(|(a, b, _)| places.story(*a) != places.story(*b)).count() as u64
}

/// Who linked which pairs, by position; of several for one pair the latest counts.
pub(super) fn linked(found: &Found) -> Vec<(u32, u32, Box<str>)> {
    let mut linked = found.constraints.together.clone();
    linked.sort_by_key(|&(a, b, _)| (a, b));
    linked
}

/// For each article its best match inside its story: the same words go before nearly the same words, and these before other
/// words; of one kind the most similar is best.
pub(super) fn best(grouping: &Grouping) -> Vec<Option<u32>> {
    let places = grouping.places();
    let mut best: Vec<Option<u32>> = vec![None; grouping.articles.len()];
    let better = |m: &Match, than: &Match| {
        m.kind.cmp(&than.kind).reverse().then(m.similarity.total_cmp(&than.similarity)).is_gt()
    };
    let inside = |m: &Match| places.story(m.a) == places.story(m.b);
    for (n, m) in grouping.matches.iter().enumerate().filter(|(_, m)| inside(m)) {
        for i in [m.a, m.b] {
            let kept = &mut best[i as usize];
            if kept.is_none_or(|k| better(m, &grouping.matches[k as usize])) {
                *kept = Some(n as u32);
            }
        }
    }
    best
}
