//! What decided about a pair, in a sentence: an editor before the numbers.

use super::super::{Corpus, Found};
use crate::kernel::time::{DAY, TimeFactor};
use crate::model::explain::{Relation, StoryNumbers, TextNumbers};
use crate::model::{Decision, Verdict};
use crate::params::Params;

/// The editors' decisions that bear on two groups in different stories or in one, in the order in which they were made.
pub(super) fn decisions(
    corpus: &Corpus,
    found: &Found,
    groups: [usize; 2],
    params: &Params,
) -> Vec<Decision> {
    let stories = &found.stories.story;
    let story_of = |id: &str| {
        let article = corpus.position(id)?;
        Some(stories[found.groups.iter().position(|group| group.contains(&article))?])
    };
    let mut pair = groups.map(|group| stories[group]);
    pair.sort_unstable();
    let bears = |d: &&Decision| {
        let ends = [&d.article, &d.other].map(|id| story_of(id));
        match (d.verdict, ends) {
            (Verdict::MustLink | Verdict::CannotLink, [Some(a), Some(b)]) => {
                [a.min(b), a.max(b)] == pair
            }
            (Verdict::Lock, [Some(a), _]) => pair[0] != pair[1] && pair.contains(&a),
            _ => false,
        }
    };
    params.decisions.iter().filter(bears).cloned().collect()
}

/// What decided about the articles of these ids; `story` is missing for two of one group, and where stories were not asked for.
pub(super) fn why(
    ids: [&str; 2],
    verdict: Relation,
    text: &TextNumbers,
    story: Option<&StoryNumbers>,
    decisions: &[Decision],
    params: &Params,
) -> String {
    match (verdict, story) {
        (Relation::Duplicates, _) => of_one_group(text).to_owned(),
        (Relation::Story, Some(story)) => of_one_story(ids, story, decisions, params),
        (Relation::Apart | Relation::Story, _) => of_two_stories(story, decisions, params),
    }
}

fn of_one_group(text: &TextNumbers) -> &'static str {
    if text.same_words {
        "the same text, word for word"
    } else if text.matches() {
        "enough of one text is in the other"
    } else {
        "these two are no match, but other copies tie them"
    }
}

fn of_one_story(
    ids: [&str; 2],
    story: &StoryNumbers,
    decisions: &[Decision],
    params: &Params,
) -> String {
    let (average, cut) = (story.average, params.story_cut);
    let about = |d: &&Decision| ids.iter().all(|&id| id == d.article || id == d.other);
    // The mergers of a story are all above the cut, so with less than that on average an editor has joined it.
    let told = decisions.iter().find(about).or(decisions.first().filter(|_| average < cut));
    told.map_or_else(
        || {
            let pairs = pairs(story);
            format!(
                "their story holds together: on average {average:.4} over {pairs}, {cut} is enough"
            )
        },
        Decision::to_string,
    )
}

fn of_two_stories(story: Option<&StoryNumbers>, decisions: &[Decision], params: &Params) -> String {
    let cut = params.story_cut;
    if let Some(parted) = decisions.iter().find(|d| d.verdict == Verdict::CannotLink) {
        return parted.to_string();
    }
    let Some(story) = story else { return "stories were not asked for".to_owned() };
    let lock = decisions.iter().find(|d| d.verdict == Verdict::Lock);
    match (lock, story.supported) {
        (Some(lock), _) if story.average >= cut => lock.to_string(),
        _ if story.factor == 0.0 => too_far_apart(params.window_days),
        (_, None) => story.against.map_or_else(
            || format!("too little in common: similarity {:.4}", story.similarity),
            str::to_owned,
        ),
        (_, Some(score)) if score < cut => format!(
            "what they share, their neighbours share too: score {score:.4}, {cut} is needed"
        ),
        (_, Some(score)) => format!(
            "the two would fit (score {score:.4}), their stories do not: on average {:.4} over {}, {cut} is needed",
            story.average,
            pairs(story)
        ),
    }
}

fn too_far_apart(window: f64) -> String {
    // A long window ends after the factor has come to nothing.
    let days = TimeFactor::new(window).reach(1) as f64 / DAY as f64;
    if days < window {
        format!("too far apart in time: after {days:.1} days nothing matches, whatever the window")
    } else {
        format!("too far apart in time: the window is {window} days")
    }
}

fn pairs(story: &StoryNumbers) -> String {
    match story.pairs {
        1 => "1 pair".to_owned(),
        n => format!("{n} pairs"),
    }
}
