//! Why an article stands where it stands, in words.

use super::articles::{Place, Role};
use super::shown::counted;
use crate::model::{Grouping, Match, MatchKind, Places, Reason};

/// What the reasons of all articles are made from.
pub(super) struct Reasons<'a> {
    grouping: &'a Grouping,
    places: Places,
    /// The best story match that ties each group to another group of its story, or failing that an editor's.
    ties: Vec<Option<u32>>,
}

impl<'a> Reasons<'a> {
    /// Finds what ties each group to its story; one pass over the matches.
    pub(super) fn new(grouping: &'a Grouping) -> Self {
        let places = grouping.places();
        let mut ties: Vec<Option<u32>> = vec![None; grouping.group_ids.len()];
        let ties_groups =
            |found: &Match| matches!(found.kind, MatchKind::Story | MatchKind::Editor);
        for (i, found) in grouping.matches.iter().enumerate().filter(|(_, m)| ties_groups(m)) {
            let ends = [places.group(found.a), places.group(found.b)];
            if ends[0] != ends[1] && places.story(found.a) == places.story(found.b) {
                for end in ends {
                    let best =
                        ties[end].map_or(f32::MIN, |tie| grouping.matches[tie as usize].similarity);
                    if found.similarity > best {
                        ties[end] = Some(i as u32);
                    }
                }
            }
        }
        Self { grouping, places, ties }
    }

    /// The reason of one article.
    pub(super) fn of(&self, place: Place) -> String {
        match place.role {
            Role::Single => self.single(place),
            Role::Representative => self.representative(place),
            Role::Report => self.report(place),
            Role::Duplicate => self.duplicate(place),
        }
    }

    /// The best story match between a group and another of its story, or failing that an editor's.
    pub(super) fn tie(&self, group: usize) -> Option<&'a Match> {
        self.ties[group].map(|tie| &self.grouping.matches[tie as usize])
    }

    fn single(&self, place: Place) -> String {
        let said = "no other article tells it";
        match self.best(place) {
            Some((best, other)) if best.kind == MatchKind::Story => {
                format!("{said}; nearest is {other}: similarity {:.2}", best.similarity)
            }
            _ => said.to_owned(),
        }
    }

    fn representative(&self, place: Place) -> String {
        let grouping = self.grouping;
        let reports = grouping.groups_of(place.story).len();
        let copies = grouping.members(place.group).len() - 1;
        if reports == 1 {
            return format!(
                "{}; {}",
                words(grouping.group_reasons[place.group]),
                counted(copies, "copy", "copies")
            );
        }
        match grouping.story_reasons[place.story] {
            Reason::MostCentral => format!("most central of {reports} reports"),
            reason => format!(
                "{}; {}",
                words(reason),
                counted(reports - 1, "other report", "other reports")
            ),
        }
    }

    fn report(&self, place: Place) -> String {
        let said = "another report of the same event";
        let Some(tie) = self.tie(place.group) else { return said.to_owned() };
        let ends =
            if self.places.group(tie.a) == place.group { [tie.a, tie.b] } else { [tie.b, tie.a] };
        let [own, other] = ends.map(|i| &*self.grouping.articles[i as usize].id);
        match (tie.kind, self.linked_by(tie)) {
            (MatchKind::Story, by) => {
                let by = by.map(|by| format!("; {by} linked them")).unwrap_or_default();
                format!("{said}: similarity {:.2} with {other}{by}", tie.similarity)
            }
            (_, by) => {
                let own = if ends[0] as usize == place.article { "it" } else { own };
                format!("{} linked {own} with {other}", by.unwrap_or("an editor"))
            }
        }
    }

    /// Who linked two articles, if an editor did.
    pub(super) fn linked_by(&self, found: &Match) -> Option<&'a str> {
        let linked = &self.grouping.linked;
        let at = linked.binary_search_by(|(a, b, _)| (*a, *b).cmp(&(found.a, found.b))).ok()?;
        Some(if linked[at].2.is_empty() { "an editor" } else { &linked[at].2 })
    }

    fn duplicate(&self, place: Place) -> String {
        let grouping = self.grouping;
        let stands = &*grouping.representative(place.group).id;
        let near = self.best(place).filter(|(best, _)| best.kind != MatchKind::Story);
        let other = near.map_or(stands, |(_, other)| other);
        let mut said = copy_of(near.map(|(near, _)| near), other);
        let changes = &grouping.changes[place.article];
        if !changes.is_empty() {
            let from = if other == stands { String::new() } else { format!("against {stands}: ") };
            said = format!("{said}; {from}{changes}");
        }
        said
    }

    /// The best match of an article, and the id of its other end.
    fn best(&self, place: Place) -> Option<(&'a Match, &'a str)> {
        let best = &self.grouping.matches[self.grouping.best[place.article]? as usize];
        let other = if best.a as usize == place.article { best.b } else { best.a };
        Some((best, &self.grouping.articles[other as usize].id))
    }
}

/// How much a cut or padded copy contains beyond what it resembles, from where on the word is said.
const CUT: f32 = 0.2;

/// Whether a copy is cut or padded rather than edited.
pub(super) fn is_cut(near: &Match) -> bool {
    near.containment > near.resemblance + CUT
}

fn copy_of(near: Option<&Match>, other: &str) -> String {
    let Some(near) = near else { return format!("near-duplicate of {other}") };
    match near.kind {
        MatchKind::Exact => format!("same text as {other}"),
        MatchKind::Editor => format!("an editor joined it with {other}"),
        MatchKind::Near | MatchKind::Story if is_cut(near) => {
            let (containment, resemblance) = (near.containment, near.resemblance);
            format!(
                "cut or padded copy of {other}: containment {containment:.2}, resemblance {resemblance:.2}"
            )
        }
        MatchKind::Near | MatchKind::Story => {
            format!("near-duplicate of {other}: resemblance {:.2}", near.resemblance)
        }
    }
}

fn words(reason: Reason) -> &'static str {
    match reason {
        Reason::Alone => "no other version",
        Reason::NewestVersion => "newest version at the outlet that had it first",
        Reason::Earliest => "published first",
        Reason::Undated => "first by id, as none is dated",
        Reason::Longest => "longest text",
        Reason::PreferredSource => "from a preferred source",
        Reason::MostCentral => "most central",
        Reason::Editor => "chosen by an editor",
    }
}
