//! Why two articles of an index are together, or not, and how a story of it came together.

use super::world::aside;
use super::{Error, Index};
use crate::model::explain::{Explanation, StoryTree};
use crate::params::Params;
use crate::pipeline::explain;

impl Index {
    /// Explains two articles by their ids, among all in the index. `learnt` names the artefacts that they were read
    /// with: an index has no copy of these.
    ///
    /// # Errors
    /// The index is damaged or cannot be read; within, the id that no article has.
    pub fn explain(
        &self,
        ids: [&str; 2],
        learnt: &Params,
    ) -> Result<Result<Explanation, String>, Error> {
        let mut originals = Vec::new();
        for id in ids {
            originals.extend(self.original(id)?);
        }
        let (boilerplate, terms) = (learnt.boilerplate.clone(), learnt.terms.clone());
        let params = Params { boilerplate, terms, ..self.params.clone() };
        let corpus = self.world()?.0.corpus()?;
        explain::of_pair(corpus, ids, &originals, &params).map_err(aside)
    }

    /// Explains the story of this name, present or past, or the one that the article of this id is in; `None` where
    /// there is neither.
    ///
    /// # Errors
    /// The index is damaged or cannot be read.
    pub fn explain_story(&self, name: &str) -> Result<Option<StoryTree>, Error> {
        let present = self.store.story(name)?.map(|story| story.id);
        let (grouping, found) = self.grouped()?;
        Ok(explain::of_story(&grouping, &found, present.as_deref().unwrap_or(name), &self.params))
    }
}
