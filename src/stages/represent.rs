//! Who stands for a group, and who for a story, and why.

use std::cmp::Reverse;

use jiff::Timestamp;

use crate::model::Reason;
use crate::params::Representative;

/// What the choice looks at of one article.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// The outlet, empty when not known.
    pub source: &'a str,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// Words of its text.
    pub n_words: u32,
    /// Its id decides between equals.
    pub id: &'a str,
}

/// Texts with fewer words are one-line flashes: they stand for a story only among their like.
const FLASH: u32 = 40;

/// The position of the article that stands for a near-duplicate group, and why.
///
/// `members` are in the order of time, undated ones last, and those of one time by id. By default it is the newest version at
/// the outlet that had it first, since a correction replaces what it corrects.
pub fn of_group(members: &[Candidate], rule: &Representative) -> (usize, Reason) {
    if members.len() == 1 {
        return (0, Reason::Alone);
    }
    let newest_of = |source: &str| {
        let of_source = members.iter().enumerate().filter(|(_, m)| m.source == source);
        of_source.max_by_key(|(_, m)| (m.published, Reverse(m.id))).map(|(i, _)| i)
    };
    match rule {
        Representative::Longest => {
            let longest = (0..members.len()).max_by_key(|&i| (members[i].n_words, Reverse(i)));
            (longest.unwrap_or(0), Reason::Longest)
        }
        Representative::Source(sources) => {
            match sources.iter().find_map(|source| newest_of(source)) {
                Some(i) => (i, Reason::PreferredSource),
                None => of_group(members, &Representative::Earliest),
            }
        }
        Representative::Earliest if members[0].published.is_none() => (0, Reason::Undated),
        Representative::Earliest if members[0].source.is_empty() => (0, Reason::Earliest),
        Representative::Earliest => match newest_of(members[0].source) {
            Some(i) if i > 0 => (i, Reason::NewestVersion),
            _ => (0, Reason::Earliest),
        },
    }
}

/// The position of the group whose representative stands for a story, and why: the one that the others resemble most.
///
/// `similarity` is the sum of each group's scores with the others of the story; `groups` are the groups' representatives.
pub fn of_story(groups: &[Candidate], similarity: &[i64]) -> (usize, Reason) {
    let central = |&i: &usize| {
        let group = &groups[i];
        (
            group.n_words >= FLASH,
            similarity[i],
            Reverse((group.published.is_none(), group.published)),
            Reverse(group.id),
        )
    };
    let best = (0..groups.len()).max_by_key(central).unwrap_or(0);
    (best, if groups.len() == 1 { Reason::Alone } else { Reason::MostCentral })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(source: &'static str, hour: i64, n_words: u32, id: &'static str) -> Candidate<'static> {
        Candidate { source, published: Timestamp::from_second(hour * 3600).ok(), n_words, id }
    }

    #[test]
    fn a_correction_replaces_what_it_corrects_and_the_first_outlet_stays() {
        let members = [at("A", 1, 90, "a1"), at("B", 2, 120, "b"), at("A", 5, 91, "a2")];
        assert_eq!(of_group(&members, &Representative::Earliest), (2, Reason::NewestVersion));
        assert_eq!(of_group(&members[..2], &Representative::Earliest), (0, Reason::Earliest));
        assert_eq!(of_group(&members, &Representative::Longest), (1, Reason::Longest));
        assert_eq!(
            of_group(&members, &Representative::Source(vec!["C".into(), "B".into()])),
            (1, Reason::PreferredSource)
        );
        assert_eq!(of_group(&members[..1], &Representative::Longest), (0, Reason::Alone));
    }

    #[test]
    fn a_story_is_told_by_its_most_central_report_not_by_a_flash() {
        let groups = [at("A", 1, 9, "flash"), at("B", 2, 200, "b"), at("C", 3, 300, "c")];
        assert_eq!(of_story(&groups, &[900, 500, 400]), (1, Reason::MostCentral));
    }

    #[test]
    fn of_outlets_that_are_not_known_the_first_stays() {
        let members = [at("", 1, 90, "a"), at("", 2, 90, "b")];
        assert_eq!(of_group(&members, &Representative::Earliest), (0, Reason::Earliest));
    }

    #[test]
    fn where_none_is_dated_the_first_by_id_stays() {
        let undated = |source, id| Candidate { published: None, ..at(source, 0, 90, id) };
        for members in [["A", "A"], ["A", "B"], ["", ""]] {
            let members = [undated(members[0], "a"), undated(members[1], "b")];
            assert_eq!(of_group(&members, &Representative::Earliest), (0, Reason::Undated));
        }
        let one_is = [at("A", 1, 90, "b"), undated("A", "a")];
        assert_eq!(of_group(&one_is, &Representative::Earliest), (0, Reason::Earliest));
    }

    #[test]
    fn between_equals_the_earlier_one_tells() {
        let undated = Candidate { published: None, ..at("A", 0, 90, "a") };
        let groups = [undated, at("B", 2, FLASH, "b"), at("C", 3, 90, "c")];
        assert_eq!(of_story(&groups, &[500, 500, 500]), (1, Reason::MostCentral));
        assert_eq!(of_story(&groups[..1], &[0]), (0, Reason::Alone));
    }
}
