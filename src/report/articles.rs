//! The layout `articles`: one row per article, and why it stands where it stands.

use std::io;
use std::ops::Range;

use super::Emit;
use super::cell::Cell;
use super::pairs::texts_compared;
use super::reason::Reasons;
use crate::model::{Grouping, Match, MatchKind};

pub(super) const COLUMNS: &[&str] = &[
    "story_id",
    "story_size",
    "duplicate_group_id",
    "duplicate_group_size",
    "article_id",
    "role",
    "representative_id",
    "story_representative_id",
    "matched_article_id",
    "match_kind",
    "similarity",
    "containment",
    "score",
    "reason",
    "fingerprint",
    "title",
    "source",
    "published",
    "seen",
    "lang",
    "url",
    "file",
];

/// Where an article stands: positions in the lists of the grouping.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) story: usize,
    pub(super) group: usize,
    pub(super) article: usize,
    pub(super) role: Role,
}

/// What an article is to its story.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It stands for the story.
    Representative,
    /// It stands for its own group: another telling.
    Report,
    /// It is a copy.
    Duplicate,
    /// It is the whole story.
    Single,
}

impl Role {
    fn as_str(self) -> &'static str {
        match self {
            Self::Representative => "representative",
            Self::Report => "report",
            Self::Duplicate => "duplicate",
            Self::Single => "single",
        }
    }
}

/// Articles whose rows are spelled together.
const PART: usize = 1 << 10;

/// The stories in parts of some articles each.
pub(super) fn parts(grouping: &Grouping) -> Vec<Range<usize>> {
    let (mut parts, mut begin, mut articles) = (Vec::new(), 0, 0);
    for story in 0..grouping.n_stories() {
        articles += grouping.articles_of(story).len();
        if articles >= PART || story + 1 == grouping.n_stories() {
            parts.push(begin..story + 1);
            (begin, articles) = (story + 1, 0);
        }
    }
    parts
}

/// What the rows of all articles are made from.
pub(super) struct Rows<'a> {
    grouping: &'a Grouping,
    only: Option<&'a [bool]>,
    /// The user's columns.
    keep: &'a [String],
    reasons: Reasons<'a>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(
        grouping: &'a Grouping,
        only: Option<&'a [bool]>,
        keep: &'a [String],
    ) -> Self {
        Self { grouping, only, keep, reasons: Reasons::new(grouping) }
    }

    /// The rows of all articles.
    pub(super) fn all(&self, emit: &mut Emit<'_>) -> io::Result<()> {
        self.of(0..self.grouping.n_stories(), emit)
    }

    /// The rows of the articles of some stories.
    pub(super) fn of(&self, stories: Range<usize>, emit: &mut Emit<'_>) -> io::Result<()> {
        let grouping = self.grouping;
        for story in stories {
            let groups = grouping.groups_of(story);
            let alone = grouping.articles_of(story).len() == 1;
            for group in groups.clone() {
                for (n, &article) in grouping.members(group).iter().enumerate() {
                    let role = match (n == 0, group == groups.start) {
                        _ if alone => Role::Single,
                        (true, true) => Role::Representative,
                        (true, false) => Role::Report,
                        (false, _) => Role::Duplicate,
                    };
                    let place = Place { story, group, article: article as usize, role };
                    if self.only.is_none_or(|only| only[place.article]) {
                        row(grouping, place, &self.reasons.of(place), self.keep, emit)?;
                    }
                }
            }
        }
        Ok(())
    }
}

fn row(
    grouping: &Grouping,
    place: Place,
    reason: &str,
    keep: &[String],
    emit: &mut Emit<'_>,
) -> io::Result<()> {
    let Place { story, group, article, role } = place;
    let entry = &grouping.articles[article];
    let best = grouping.best[article].map(|best| &grouping.matches[best as usize]);
    let other = best.map(|best| if best.a as usize == article { best.b } else { best.a });
    let mut row = vec![
        Cell::Name('s', grouping.story_ids[story]),
        Cell::Count(grouping.articles_of(story).len()),
        Cell::Name('g', grouping.group_ids[group]),
        Cell::Count(grouping.members(group).len()),
        Cell::Text(&entry.id),
        Cell::Text(role.as_str()),
        Cell::Text(&grouping.representative(group).id),
        Cell::Text(&grouping.representative(grouping.groups_of(story).start).id),
        other.map_or(Cell::Nothing, |other| Cell::Text(&grouping.articles[other as usize].id)),
        best.map_or(Cell::Nothing, |best| Cell::Text(best.kind.as_str())),
        Cell::number(best.and_then(similarity)),
        Cell::number(best.filter(|best| texts_compared(best)).map(|best| best.containment)),
        Cell::number(best.filter(|best| best.kind == MatchKind::Story).map(|best| best.score)),
        Cell::Text(reason),
        Cell::Bits(entry.fingerprint),
        Cell::text(&entry.title),
        Cell::text(&entry.source),
        Cell::time(entry.published()),
        Cell::time(entry.seen()),
        Cell::text(&entry.lang),
        Cell::text(&entry.url),
        Cell::text(&entry.file),
    ];
    row.extend(keep.iter().map(|name| Cell::text(entry.kept.get(name))));
    emit(&row)
}

/// The similarity of a match; an editor's has none.
pub(super) fn similarity(found: &Match) -> Option<f32> {
    (found.kind != MatchKind::Editor).then_some(found.similarity)
}
