//! The answer: which articles are copies, which tell one story, and who stands for them.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{Entry, Match, Reason};

/// What a run decided: every article in one near-duplicate group inside one story.
///
/// The grouping is a permutation and two levels of boundaries: `order` lists every article once, in the order of the
/// output; group `g` is `order[groups[g]..groups[g + 1]]`, its representative first; story `s` is made of the groups
/// `stories[s]..stories[s + 1]`, that of its representative first. Both lists of boundaries end with a closing one,
/// so that no articles at all are `[0]` and `[0]`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Grouping {
    /// All articles, ascending by the hash of their ids.
    pub articles: Vec<Entry>,
    /// Positions in `articles`, in the order of the output.
    pub order: Vec<u32>,
    /// Where each group begins in `order`.
    pub groups: Vec<u32>,
    /// Where each story begins in `groups`.
    pub stories: Vec<u32>,
    /// The hash that names each group.
    pub group_ids: Vec<u64>,
    /// The hash that names each story.
    pub story_ids: Vec<u64>,
    /// The average score between the last two parts that each story was put together from, by story: its weakest link.
    /// `None` for a story of one group.
    pub weakest: Vec<Option<f32>>,
    /// The story that came before each one in time and is near it, as a position in `story_ids`.
    pub related: Vec<Option<u32>>,
    /// Verified matches, by (`a`, `b`).
    pub matches: Vec<Match>,
    /// The position in `matches` of each article's best one, in the order of `articles`.
    pub best: Vec<Option<u32>>,
    /// What changed from its representative, in words, in the order of `articles`; empty when nothing did.
    pub changes: Vec<Box<str>>,
    /// Pairs that editors linked, by (`a`, `b`), and who did.
    pub linked: Vec<(u32, u32, Box<str>)>,
    /// Why each group's representative was chosen, by group.
    pub group_reasons: Vec<Reason>,
    /// Why each story's representative was chosen, by story.
    pub story_reasons: Vec<Reason>,
}

impl Grouping {
    /// How many stories there are.
    pub fn n_stories(&self) -> usize {
        self.story_ids.len()
    }

    /// How many near-duplicate groups there are.
    pub fn n_groups(&self) -> usize {
        self.group_ids.len()
    }

    /// The groups of a story, that of its representative first.
    pub fn groups_of(&self, story: usize) -> Range<usize> {
        self.stories[story] as usize..self.stories[story + 1] as usize
    }

    /// The articles of a group, as positions in `articles`, its representative first.
    pub fn members(&self, group: usize) -> &[u32] {
        &self.order[self.groups[group] as usize..self.groups[group + 1] as usize]
    }

    /// The articles of a story, as positions in `articles`, its representative first.
    pub fn articles_of(&self, story: usize) -> &[u32] {
        let Range { start, end } = self.groups_of(story);
        &self.order[self.groups[start] as usize..self.groups[end] as usize]
    }

    /// The earliest article of a group, whatever stands for it: see [`Entry::by_time`].
    pub fn earliest(&self, group: usize) -> &Entry {
        let members = self.members(group).iter().map(|&article| &self.articles[article as usize]);
        members.min_by(|a, b| a.by_time().cmp(&b.by_time())).expect("no group is empty")
    }

    /// The article that stands for a group.
    pub fn representative(&self, group: usize) -> &Entry {
        &self.articles[self.order[self.groups[group] as usize] as usize]
    }

    /// The grouping read backwards.
    pub fn places(&self) -> Places {
        let mut group_of = vec![0; self.articles.len()];
        let mut story_of = vec![0; self.articles.len()];
        for story in 0..self.n_stories() {
            for group in self.groups_of(story) {
                for &article in self.members(group) {
                    group_of[article as usize] = group as u32;
                    story_of[article as usize] = story as u32;
                }
            }
        }
        Places { group_of, story_of }
    }
}

/// Which group and story each article is in: two look-ups, eight bytes an article.
#[derive(Debug, Clone)]
pub struct Places {
    group_of: Vec<u32>,
    story_of: Vec<u32>,
}

impl Places {
    /// The near-duplicate group of an article, as a position.
    pub fn group(&self, article: u32) -> usize {
        self.group_of[article as usize] as usize
    }

    /// The story of an article, as a position.
    pub fn story(&self, article: u32) -> usize {
        self.story_of[article as usize] as usize
    }
}
