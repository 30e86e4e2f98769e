//! Who copies whom: in each near-duplicate group those outlets that come after the first.

use jiff::Timestamp;

use super::story::Story;
use crate::model::Grouping;

/// Copies of one outlet's texts that another one published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Flow<'a> {
    /// Who had the texts first.
    pub(super) from: &'a str,
    /// Who had them later.
    pub(super) to: &'a str,
    /// How many groups that is.
    pub(super) copies: usize,
    /// How many seconds later: the median, above 0.
    pub(super) lag: i64,
}

/// All flows between outlets, the most copies first. Only dated articles count, each outlet once a group, and only what came later:
/// of outlets that have a text at the same time, as bare days often are, none copies another. Of several that were first it is the
/// first by name.
pub(super) fn flows<'a>(grouping: &'a Grouping, stories: &[Story<'a>]) -> Vec<Flow<'a>> {
    let mut lags: Vec<(&str, &str, i64)> = Vec::new();
    let mut dated: Vec<(&str, Timestamp)> = Vec::new();
    for group in stories.iter().flat_map(|story| story.groups().map(|group| story.group(group))) {
        dated.clear();
        let entries = group.iter().map(|&article| &grouping.articles[article as usize]);
        dated.extend(entries.filter_map(|entry| Some((&*entry.source, entry.published()?))));
        dated.retain(|(source, _)| !source.is_empty());
        dated.sort_unstable();
        dated.dedup_by_key(|(source, _)| *source);
        let Some(&(first, begin)) = dated.iter().min_by_key(|&&(source, time)| (time, source))
        else {
            continue;
        };
        let lag = |time: Timestamp| time.as_second() - begin.as_second();
        let others = dated.iter().map(|&(source, time)| (first, source, lag(time)));
        lags.extend(others.filter(|&(.., lag)| lag > 0));
    }
    lags.sort_unstable();
    let flow = |same: &[(&'a str, &'a str, i64)]| {
        let (from, to, low) = same[(same.len() - 1) / 2];
        let (.., high) = same[same.len() / 2];
        Flow { from, to, copies: same.len(), lag: low.midpoint(high) }
    };
    let mut flows: Vec<Flow<'_>> =
        lags.chunk_by(|x, y| (x.0, x.1) == (y.0, y.1)).map(flow).collect();
    flows.sort_by_key(|flow| std::cmp::Reverse(flow.copies));
    flows
}
