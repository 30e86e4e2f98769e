//! Small questions to the state: texts, names, explanations.

use super::problem::Problem;
use super::state::{App, Provisional};
use crate::kernel::base32;
use crate::model::Article;
use crate::model::explain::Explanation;
use crate::pipeline;
use crate::pipeline::index::{Error, Index, Told};

impl App {
    /// An article as it was sent, its latest version, as long as that waits for the index.
    pub(super) fn waits(&self, id: &str) -> Result<Option<Article>, Error> {
        self.texts.lock().expect("nobody panics with it").article(id)
    }

    /// Where an article belongs: as the index has it, else for now.
    pub(super) fn home(&self, index: &Index, id: &str) -> Result<Option<Provisional>, Error> {
        // In this order: what no longer waits, the index has.
        let pending = self.pending(id).map(|pending| pending.home);
        let placed = index.placed(id)?;
        let placed =
            placed.map(|(located, story)| Provisional { story_id: story.id, group: located.group });
        Ok(placed.or(pending))
    }

    /// The article whose story was given a name before the index had it.
    fn provisional_name(&self, name: &str) -> Result<Option<String>, Error> {
        let hash = name.strip_prefix('s').and_then(|hash| base32::decode(hash.as_bytes()));
        let Some(hash) = hash else { return Ok(None) };
        self.texts.lock().expect("nobody panics with it").named(hash)
    }

    /// The story of a name, or the one that the name leads to now.
    pub(super) fn find(&self, index: &Index, name: &str) -> Result<Told, Problem> {
        if let Some(told) = index.told(name)? {
            return Ok(told);
        }
        // A name that was given for now: that of an article alone.
        let article = self.provisional_name(name)?;
        let placed = article.map(|id| index.placed(&id)).transpose()?.flatten();
        let told = placed.map(|(_, story)| index.told(&story.id)).transpose()?.flatten();
        told.ok_or_else(|| Problem::missing("story", name))
    }

    /// What can be said of two articles alone: nothing of it depends on others.
    pub(super) fn explain(&self, [a, b]: [Article; 2]) -> Result<Explanation, Problem> {
        let ids = [a.id.clone(), b.id.clone()];
        let both = [ids[0].as_str(), ids[1].as_str()];
        let found = pipeline::explain([vec![a, b]], both, &self.options.params);
        found.map_err(|_| Problem::internal())?.map_err(|_| Problem::internal())
    }
}
