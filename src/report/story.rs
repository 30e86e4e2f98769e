//! One story of a grouping, looked at.

use std::ops::Range;

use jiff::Timestamp;

use super::cell::Cell;
use crate::model::{Entry, Grouping};

/// A story by its position; its articles are looked up in the grouping.
#[derive(Debug, Clone, Copy)]
pub struct Story<'a> {
    grouping: &'a Grouping,
    position: usize,
}

impl<'a> Story<'a> {
    /// All stories, in the order of the output.
    pub fn all(grouping: &'a Grouping) -> impl Iterator<Item = Self> {
        (0..grouping.n_stories()).map(move |position| Self::at(grouping, position))
    }

    /// The story at a position.
    pub(super) fn at(grouping: &'a Grouping, position: usize) -> Self {
        Self { grouping, position }
    }

    /// Its position in the grouping.
    pub fn position(self) -> usize {
        self.position
    }

    /// The id, as the tables spell it.
    pub fn id(self) -> String {
        let mut id = String::new();
        Cell::Name('s', self.grouping.story_ids[self.position]).spell(&mut id);
        id
    }

    /// How many articles tell it, copies included.
    pub fn size(self) -> usize {
        self.members().len()
    }

    /// Its near-duplicate groups, by position, that of the representative first.
    pub fn groups(self) -> Range<usize> {
        self.grouping.groups_of(self.position)
    }

    /// The articles of one of its groups, by position, the representative first.
    pub fn group(self, group: usize) -> &'a [u32] {
        self.grouping.members(group)
    }

    /// All its articles, by position.
    pub fn members(self) -> &'a [u32] {
        self.grouping.articles_of(self.position)
    }

    /// All its articles.
    pub fn entries(self) -> impl Iterator<Item = &'a Entry> {
        self.members().iter().map(move |&article| &self.grouping.articles[article as usize])
    }

    /// The article that stands for it.
    pub fn lead(self) -> &'a Entry {
        self.entries().next().expect("a story has an article")
    }

    /// When its first and its last dated article were published.
    pub fn span(self) -> Option<(Timestamp, Timestamp)> {
        let times = || self.entries().filter_map(|entry| entry.published());
        times().min().zip(times().max())
    }

    /// Its outlets, each once, by name.
    pub fn sources(self) -> Vec<&'a str> {
        let sources = self.entries().map(|entry| &*entry.source);
        let mut sources: Vec<&str> = sources.filter(|source| !source.is_empty()).collect();
        sources.sort_unstable();
        sources.dedup();
        sources
    }

    /// The average score of the last two parts it was put together from; `None` where there is but one report.
    pub fn weakest(self) -> Option<f32> {
        self.grouping.weakest[self.position]
    }
}

/// Those stories that hold together by the least, the loosest first; at most `most`. Links that look the same with four
/// decimals are the same: then the larger story goes first, as in the output.
pub fn loosest<'a>(stories: impl Iterator<Item = Story<'a>>, most: usize) -> Vec<(Story<'a>, f32)> {
    let mut loose: Vec<_> = stories.filter_map(|s| Some((s, s.weakest()?))).collect();
    let shown = |link: f32| (f64::from(link) * 1e4).round() as i64;
    let order = |x: &(Story<'_>, f32), y: &(Story<'_>, f32)| {
        shown(x.1).cmp(&shown(y.1)).then_with(|| x.0.position.cmp(&y.0.position))
    };
    if loose.len() > most {
        loose.select_nth_unstable_by(most, order);
        loose.truncate(most);
    }
    loose.sort_by(order);
    loose
}
