//! Which group and story each article is in: the grouping read backwards.

use crate::model::Grouping;

/// Two look-ups, eight bytes an article.
pub(super) struct Places {
    group_of: Vec<u32>,
    story_of: Vec<u32>,
}

impl Places {
    /// Reads a grouping backwards.
    pub(super) fn new(grouping: &Grouping) -> Self {
        let mut group_of = vec![0; grouping.articles.len()];
        for (group, bounds) in grouping.groups.windows(2).enumerate() {
            for &article in &grouping.order[bounds[0] as usize..bounds[1] as usize] {
                group_of[article as usize] = group as u32;
            }
        }
        let stories = grouping.stories.windows(2).enumerate();
        let story_of = stories
            .flat_map(|(story, bounds)| (bounds[0]..bounds[1]).map(move |_| story as u32))
            .collect();
        Self { group_of, story_of }
    }

    /// The near-duplicate group of an article.
    pub(super) fn group(&self, article: u32) -> usize {
        self.group_of[article as usize] as usize
    }

    /// The story of an article.
    pub(super) fn story(&self, article: u32) -> usize {
        self.story_of[self.group(article)] as usize
    }
}
