//! Which stories a report is about.

use jiff::{SignedDuration, Timestamp};

use super::story::Story;
use crate::model::Grouping;

/// What the stories of a report have in common; nothing given lets all through.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// An article of it was published since.
    pub since: Option<Since>,
    /// An article of it is in one of these languages; `en` is `en-GB` as well.
    pub langs: Vec<String>,
    /// One of these outlets tells it.
    pub sources: Vec<String>,
    /// This outlet does not.
    pub own: Option<String>,
}

/// From when on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Since {
    /// From a moment on.
    At(Timestamp),
    /// For so many seconds up to the newest article.
    Last(i64),
}

impl Choice {
    /// The stories, in the order of the output.
    pub fn of<'a>(&self, grouping: &'a Grouping) -> Vec<Story<'a>> {
        let newest = grouping.articles.iter().filter_map(|entry| entry.published()).max();
        let since = self.since.map(|since| match since {
            Since::At(time) => time,
            Since::Last(seconds) => newest
                .and_then(|newest| newest.checked_sub(SignedDuration::from_secs(seconds)).ok())
                .unwrap_or(Timestamp::MIN),
        });
        Story::all(grouping).filter(|story| self.takes(*story, since)).collect()
    }

    /// The outlets that are named and that no article is of, each with its option.
    pub fn unknown<'a>(
        &'a self,
        grouping: &'a Grouping,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        let own = self.own.iter().map(|own| ("--own", &**own));
        let sources = self.sources.iter().map(|source| ("--source", &**source));
        let is_known = |outlet: &str| grouping.articles.iter().any(|a| same(&a.source, outlet));
        own.chain(sources).filter(move |(_, outlet)| !is_known(outlet))
    }

    fn takes(&self, story: Story<'_>, since: Option<Timestamp>) -> bool {
        let fresh = since.is_none_or(|since| story.span().is_some_and(|span| span.1 >= since));
        let told = |source: &str| story.sources().iter().any(|s| same(s, source));
        let primary = |tag: &str| tag.split(['-', '_']).next().unwrap_or_default().to_lowercase();
        let spoken =
            |lang: &String| story.entries().any(|entry| primary(&entry.lang) == primary(lang));
        fresh
            && (self.langs.is_empty() || self.langs.iter().any(spoken))
            && (self.sources.is_empty() || self.sources.iter().any(|source| told(source)))
            && !self.own.as_deref().is_some_and(told)
    }
}

/// Whether two names are those of one outlet.
fn same(x: &str, y: &str) -> bool {
    x.trim().to_lowercase() == y.trim().to_lowercase()
}
