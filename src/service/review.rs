//! The doubtful: what holds together by the least, and what is apart by the least.

use foldhash::{HashMap, HashSet};

use super::problem::Problem;
use super::state::App;
use crate::model::{Grouping, MatchKind, Verdict};
use crate::pipeline::index::{Index, Located};

/// Pairs that are remembered.
const KEPT: usize = 600;
/// Pairs that are shown at a time.
const SHOWN: usize = 30;
/// Scores of reports that hold together from here on are not asked about.
const SURE: f32 = 0.2;
/// Scores of reports that are apart from here on down are not.
const APART: f32 = -0.05;

/// A doubtful pair of reports.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    a: String,
    b: String,
    together: bool,
    similarity: f32,
    score: f32,
}

/// A doubtful pair as it stands now.
#[derive(Debug, Clone)]
pub(super) struct Doubt {
    pub(super) together: bool,
    pub(super) similarity: f32,
    pub(super) article: Side,
    pub(super) other: Side,
}

/// One of the two.
#[derive(Debug, Clone)]
pub(super) struct Side {
    pub(super) located: Located,
    pub(super) story: String,
    pub(super) story_size: u32,
}

impl Doubt {
    pub(super) fn kind(&self) -> &'static str {
        if self.together { "weak-link" } else { "near-miss" }
    }
}

/// What is doubtful in a grouping: of each report the best link inside its story, where it is weak, and every match that
/// leads out of it.
pub(super) fn doubts(grouping: &Grouping) -> Vec<Pair> {
    let places = grouping.places();
    let (mut links, mut misses): (HashMap<usize, usize>, Vec<usize>) =
        (HashMap::default(), Vec::new());
    for (n, found) in grouping.matches.iter().enumerate() {
        if found.kind != MatchKind::Story {
            continue;
        }
        if places.story(found.a) != places.story(found.b) {
            misses.push(n);
            continue;
        }
        for group in [found.a, found.b].map(|article| places.group(article)) {
            let best = links.entry(group).or_insert(n);
            if grouping.matches[*best].score < found.score {
                *best = n;
            }
        }
    }
    let score = |n: &usize| grouping.matches[*n].score;
    let mut weak: Vec<usize> = links.into_values().filter(|n| score(n) < SURE).collect();
    weak.sort_unstable();
    weak.dedup();
    weak.sort_by(|x, y| score(x).total_cmp(&score(y)));
    misses.retain(|n| score(n) > APART);
    misses.sort_by(|x, y| score(y).total_cmp(&score(x)));
    let id = |i: u32| grouping.articles[i as usize].id.to_string();
    let pair = |together: bool| {
        move |n: &usize| {
            let m = &grouping.matches[*n];
            Pair { a: id(m.a), b: id(m.b), together, similarity: m.similarity, score: m.score }
        }
    };
    let weak = weak.iter().take(KEPT / 2).map(pair(true));
    weak.chain(misses.iter().take(KEPT / 2).map(pair(false))).collect()
}

/// Takes up what an update found; what it says of its articles replaces what was said before.
pub(super) fn take_up(app: &App, grouping: &Grouping) {
    let fresh = doubts(grouping);
    let known: HashSet<&str> = grouping.articles.iter().map(|entry| &*entry.id).collect();
    let mut pairs = app.review.lock().expect("nobody panics with it");
    pairs.retain(|pair| !(known.contains(&*pair.a) && known.contains(&*pair.b)));
    pairs.extend(fresh);
    // The least sure first: how far a score is from the line between together and apart.
    let line = app.options.params.story_cut as f32;
    pairs.sort_by(|x, y| {
        (x.score - line).abs().total_cmp(&(y.score - line).abs()).then_with(|| x.a.cmp(&y.a))
    });
    pairs.truncate(KEPT);
}

/// What waits for a decision, the least sure first.
pub(super) fn queue(app: &App, index: &Index) -> Result<Vec<Doubt>, Problem> {
    let pairs = app.review.lock().expect("nobody panics with it").clone();
    let decided: HashSet<(String, String)> = index
        .in_force()?
        .into_iter()
        .map(|d| d.decision)
        .filter(|d| matches!(d.verdict, Verdict::MustLink | Verdict::CannotLink))
        .map(|d| ordered(d.article, d.other))
        .collect();
    let (mut doubts, mut stories): (Vec<Doubt>, HashSet<(String, String)>) = Default::default();
    for pair in pairs {
        if doubts.len() == SHOWN {
            break;
        }
        if decided.contains(&ordered(pair.a.clone(), pair.b.clone())) {
            continue;
        }
        let (Some((a, s)), Some((b, t))) = (index.placed(&pair.a)?, index.placed(&pair.b)?) else {
            continue;
        };
        let asked = ordered(s.id.clone(), t.id.clone());
        // One question for two stories is enough at a time.
        if (s.story == t.story) != pair.together || (!pair.together && !stories.insert(asked)) {
            continue;
        }
        let side = |located, story: crate::pipeline::index::Story| Side {
            located,
            story: story.id,
            story_size: story.size,
        };
        let (article, other) = (side(a, s), side(b, t));
        doubts.push(Doubt { together: pair.together, similarity: pair.similarity, article, other });
    }
    Ok(doubts)
}

fn ordered(a: String, b: String) -> (String, String) {
    if a < b { (a, b) } else { (b, a) }
}
