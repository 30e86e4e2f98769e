//! Which stories are listed, as it is asked for in an address.

use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::pipeline::index::{Filter, Story};
use crate::service::problem::Problem;

/// Which stories, the one with the newest article first.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default)]
pub(in crate::service) struct Filters {
    /// With an article at or after this time, RFC 3339.
    pub(in crate::service) since: Option<String>,
    /// With an article at or before this time.
    pub(in crate::service) until: Option<String>,
    /// Told by this outlet.
    pub(in crate::service) source: Option<String>,
    /// Told in this language.
    pub(in crate::service) lang: Option<String>,
    /// Words in titles.
    pub(in crate::service) q: Option<String>,
    /// Of so many articles at least.
    #[param(minimum = 1)]
    pub(in crate::service) min_size: Option<u32>,
    /// As many at a time, 1 to 200.
    #[param(minimum = 1, maximum = 200)]
    pub(in crate::service) limit: Option<usize>,
    /// As an answer before gave it.
    pub(in crate::service) cursor: Option<String>,
}

/// The cursor that asks for those after a story.
pub(super) fn cursor(story: &Story) -> String {
    format!("{}~{}", story.last.as_deref().unwrap_or_default(), story.story)
}

impl Filters {
    /// As the index understands them; `most` where no limit is given.
    pub(in crate::service) fn filter(&self, most: usize) -> Result<Filter, Problem> {
        let most = self.limit.unwrap_or(most);
        if !(1..=200).contains(&most) {
            return Err(Problem::bad("limit: 1 to 200 stories at a time"));
        }
        if self.min_size == Some(0) {
            return Err(Problem::bad("min_size: 1 or more"));
        }
        let after = self.cursor.as_deref().map(|cursor| {
            let (last, story) = cursor.split_once('~')?;
            let fits = last.is_empty() || last.parse::<Timestamp>().is_ok();
            fits.then_some((last.to_owned(), story.parse().ok()?))
        });
        let after = match after {
            Some(None) => return Err(Problem::bad("cursor: not one of ours")),
            after => after.flatten(),
        };
        let given = |value: &Option<String>| value.clone().filter(|value| !value.is_empty());
        let words = self.q.as_deref().unwrap_or_default().split_whitespace().take(8);
        Ok(Filter {
            since: time("since", self.since.as_deref())?,
            until: time("until", self.until.as_deref())?,
            source: given(&self.source),
            lang: given(&self.lang),
            words: words.map(|word| word.chars().take(60).collect()).collect(),
            min_size: self.min_size.unwrap_or(1),
            after,
            most,
        })
    }
}

fn time(name: &str, given: Option<&str>) -> Result<Option<String>, Problem> {
    let Some(given) = given.filter(|given| !given.is_empty()) else { return Ok(None) };
    let read = given.parse::<Timestamp>();
    let read =
        read.map_err(|_| Problem::bad(format!("{name}: a time as in 2026-05-01T12:00:00Z")))?;
    Ok(Some(read.to_string()))
}
