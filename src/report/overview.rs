//! What a report says of its stories as a whole.

use foldhash::HashMap;
use jiff::Timestamp;

use super::flows::{Flow, flows};
use super::story::{Story, loosest};
use crate::model::{Decision, Grouping, MatchKind, Refusal};

/// Sizes of stories that are counted together: the least of each, and how they are called.
const SIZES: &[(usize, &str)] = &[
    (1, "1"),
    (2, "2"),
    (3, "3"),
    (4, "4–5"),
    (6, "6–10"),
    (11, "11–20"),
    (21, "21–50"),
    (51, "51–100"),
    (101, "over 100"),
];

/// Bars that a similarity of 0 to 1 is counted in: every threshold with two decimals and a half is the end of one.
pub(super) const BARS: usize = 40;

/// Most bars of a picture of time.
const MOST_STEPS: i64 = 72;

/// What a report is made from.
#[derive(Debug, Clone, Copy)]
pub struct Material<'a> {
    /// The articles and how they belong together.
    pub grouping: &'a Grouping,
    /// The records that could not be used.
    pub refusals: &'a [Refusal],
    /// What editors decided, in the order in which they did.
    pub decisions: &'a [Decision],
    /// What a match and a story needed.
    pub thresholds: Thresholds,
}

/// What a match and a story need.
#[derive(Debug, Clone, Copy)]
pub struct Thresholds {
    /// Least resemblance of near-duplicates.
    pub resemblance: f64,
    /// Least similarity of two reports that is kept.
    pub similarity: f64,
    /// Least average score inside a story.
    pub score: f64,
}

/// The chosen stories, counted.
#[derive(Debug)]
pub struct Overview<'a> {
    /// What it was made from.
    pub material: Material<'a>,
    /// The stories, largest first.
    pub stories: Vec<Story<'a>>,
    /// Their articles.
    pub articles: usize,
    /// Articles that copy another one.
    pub copies: usize,
    /// Stories that more than one outlet tells.
    pub shared: usize,
    /// Articles of no date.
    pub undated: usize,
    /// Outlets and how many articles each has, by name.
    pub sources: Vec<(&'a str, usize)>,
    /// Languages and how many articles are in each, by tag.
    pub langs: Vec<(&'a str, usize)>,
    /// When the first and the last dated article were published.
    pub span: Option<(Timestamp, Timestamp)>,
}

impl<'a> Overview<'a> {
    /// Counts some stories.
    pub fn new(material: Material<'a>, stories: Vec<Story<'a>>) -> Self {
        let entries = || stories.iter().flat_map(|story| story.entries());
        let times = || entries().filter_map(|entry| entry.published());
        let articles = entries().count();
        let groups: usize = stories.iter().map(|story| story.groups().len()).sum();
        Self {
            material,
            articles,
            copies: articles - groups,
            shared: stories.iter().filter(|story| story.sources().len() > 1).count(),
            undated: entries().filter(|entry| entry.published().is_none()).count(),
            sources: tally(entries().map(|entry| &*entry.source)),
            langs: tally(entries().map(|entry| &*entry.lang)),
            span: times().min().zip(times().max()),
            stories,
        }
    }

    /// How many stories are of which size, up to the largest that there is.
    pub fn sizes(&self) -> Vec<(&'static str, usize)> {
        let mut counts = vec![0; SIZES.len()];
        for story in &self.stories {
            counts[SIZES.partition_point(|size| size.0 <= story.size()) - 1] += 1;
        }
        let last = counts.iter().rposition(|&count| count > 0).map_or(0, |last| last + 1);
        SIZES.iter().map(|size| size.1).zip(counts).take(last).collect()
    }

    /// The articles over time.
    pub(super) fn hours(&self) -> Option<Hours> {
        let (from, to) = self.span?;
        let entries = self.stories.iter().flat_map(|story| story.entries());
        let times = entries.filter_map(|entry| entry.published()).map(Timestamp::as_second);
        Some(Hours::new(from.as_second(), to.as_second(), times))
    }

    /// How many matches of the articles are how similar: of copies that are not word for word, and of reports; all of them,
    /// then those inside one story.
    pub(super) fn similarities(&self) -> [[[usize; BARS]; 2]; 2] {
        let grouping = self.material.grouping;
        let mut story_of = vec![None; grouping.articles.len()];
        for story in &self.stories {
            story.members().iter().for_each(|&i| story_of[i as usize] = Some(story.position()));
        }
        let mut counts = [[[0; BARS]; 2]; 2];
        for found in &grouping.matches {
            let level = match found.kind {
                MatchKind::Near => 0,
                MatchKind::Story => 1,
                MatchKind::Exact | MatchKind::Editor => continue,
            };
            let ends = story_of[found.a as usize].zip(story_of[found.b as usize]);
            let Some((of_a, of_b)) = ends else { continue };
            let bar = (found.similarity.clamp(0.0, 1.0) * BARS as f32) as usize;
            let [all, inside] = &mut counts[level];
            all[bar.min(BARS - 1)] += 1;
            inside[bar.min(BARS - 1)] += usize::from(of_a == of_b);
        }
        counts
    }

    /// Who copies whom, the most copies first.
    pub(super) fn flows(&self) -> Vec<Flow<'a>> {
        flows(self.material.grouping, &self.stories)
    }

    /// What editors decided on articles of these stories, each with the story of the first such article.
    pub(super) fn decisions(&self) -> Vec<(&'a Decision, Story<'a>)> {
        let decisions = self.material.decisions;
        if decisions.is_empty() {
            return Vec::new();
        }
        let articles = self.stories.iter().flat_map(|&s| s.entries().map(move |e| (&*e.id, s)));
        let home: HashMap<&str, Story<'a>> = articles.collect();
        let of = |d: &'a Decision| {
            let story = home.get(d.article.as_str()).or(home.get(d.other.as_str()))?;
            Some((d, *story))
        };
        decisions.iter().filter_map(of).collect()
    }

    /// The stories that hold together by the least.
    pub(super) fn loosest(&self, most: usize) -> Vec<(Story<'a>, f32)> {
        loosest(self.stories.iter().copied(), most)
    }
}

/// How often each name occurs, by name; an empty one is none.
fn tally<'a>(names: impl Iterator<Item = &'a str>) -> Vec<(&'a str, usize)> {
    let mut names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    names.chunk_by(|x, y| x == y).map(|same| (same[0], same.len())).collect()
}

/// Articles over time, in steps of whole hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hours {
    /// Where the first step begins, in seconds.
    pub(super) start: i64,
    /// Length of a step in hours.
    pub(super) step: i64,
    pub(super) counts: Vec<usize>,
}

impl Hours {
    /// Steps from `from` to `to`: the shortest of which there are not too many.
    fn new(from: i64, to: i64, times: impl Iterator<Item = i64>) -> Self {
        let hours = (to - from) / 3600 + 1;
        let fitting =
            [1, 2, 3, 6, 12, 24, 48, 168, 720].into_iter().find(|s| hours / s <= MOST_STEPS);
        let step = fitting.unwrap_or((hours / MOST_STEPS / 24 + 1) * 24);
        let start = from.div_euclid(step * 3600) * step * 3600;
        let mut counts = vec![0; ((to - start) / (step * 3600)) as usize + 1];
        times.for_each(|time| counts[((time - start) / (step * 3600)) as usize] += 1);
        Self { start, step, counts }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_hours_as_long_as_they_are_few() {
        let hours = |times: &[i64]| {
            let h = Hours::new(times[0], times[times.len() - 1], times.iter().copied());
            assert_eq!(h.counts.iter().sum::<usize>(), times.len());
            (h.start, h.step, h.counts.len())
        };
        assert_eq!(hours(&[7_300]), (7_200, 1, 1));
        assert_eq!(hours(&[7_300, 7_400, 18_000]), (7_200, 1, 4));
        assert_eq!(hours(&[0, 71 * 3600]), (0, 1, 72));
        assert_eq!(hours(&[0, 72 * 3600]), (0, 2, 37));
        assert!(hours(&[-60_000_000_000, 1_700_000_000]).2 <= 74);
    }
}
