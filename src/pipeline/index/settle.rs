//! Stories keep their names: what was found tonight, beside what stood before.
//!
//! A story's name stays with the part that holds its representative. Where several names meet, the oldest lives and the
//! others lead to it.

use foldhash::{HashMap, HashSet};

use crate::kernel::hash::mix;
use crate::model::Change;
use crate::pipeline::name::{number_of, spelled};
use crate::store::{Batch, Member, Story};

/// A story as it was found tonight.
#[derive(Debug, Clone, Default)]
pub(super) struct Fresh {
    /// Its articles; what is said of their story does not count.
    pub(super) members: Vec<Member>,
    pub(super) representative: u32,
    pub(super) groups: u32,
    /// The hash of the id of its earliest article.
    pub(super) identity: u64,
    pub(super) first: Option<String>,
    pub(super) last: Option<String>,
}

/// What stood before, of all stories that tonight's have articles of.
#[derive(Debug, Default)]
pub(super) struct Before {
    pub(super) members: Vec<Member>,
    /// Oldest first.
    pub(super) stories: Vec<Story>,
    /// Rows of new versions, by the row of the version before.
    pub(super) successors: HashMap<u32, u32>,
    /// The number of the next new story.
    pub(super) next: u32,
}

/// What becomes of an old story that has no article left.
pub(super) struct Ending {
    pub(super) change: &'static str,
    pub(super) reason: String,
}

/// Writes into a batch which members and stories changed, and how; returns the name of each fresh story.
///
/// `in_use` gives those of some names that are.
///
/// # Errors
/// Those of `in_use`.
pub(super) fn settle<E>(
    before: &Before,
    fresh: &[Fresh],
    ending: &Ending,
    in_use: impl Fn(&[String]) -> Result<HashSet<String>, E>,
    batch: &mut Batch,
) -> Result<Vec<u64>, E> {
    let successor = |row: u32| before.successors.get(&row).copied().unwrap_or(row);
    let old: HashMap<u32, &Member> = before.members.iter().map(|m| (successor(m.row), m)).collect();
    let story: HashMap<u32, &Story> = before.stories.iter().map(|s| (s.story, s)).collect();
    let heirs = heirs(before, fresh, &old);
    let mut claims: Vec<Vec<u32>> = vec![Vec::new(); fresh.len()];
    for s in &before.stories {
        match heirs.get(&s.story) {
            Some(&heir) => claims[heir].push(s.story),
            None => {
                batch.gone.push((s.clone(), None));
                batch.log.push(change(&s.id, ending.change, "", 0, ending.reason.clone()));
            }
        }
    }
    let shrunk = shrunk(before, fresh, successor);
    let new = fresh.iter().zip(&claims).filter(|(_, claims)| claims.is_empty());
    let new: Vec<u64> = new.map(|(fresh, _)| fresh.identity).collect();
    let mut free = free_names(&new, in_use)?.into_iter();
    let (mut names, mut next) = (Vec::new(), before.next);
    for (fresh, claims) in fresh.iter().zip(&claims) {
        let kept = claims.first().map(|number| story[number]);
        let number = kept.map_or(next, |story| story.story);
        next += u32::from(kept.is_none());
        let id = kept.map_or_else(|| free.next().expect("one each"), |story| story.id.clone());
        names.push(number_of(&id));
        let now = Story {
            story: number,
            id,
            representative: fresh.representative,
            size: fresh.members.len() as u32,
            groups: fresh.groups,
            first: fresh.first.clone(),
            last: fresh.last.clone(),
        };
        for other in claims.iter().skip(1) {
            batch.gone.push((story[other].clone(), Some(number)));
        }
        for member in &fresh.members {
            let member = Member { story: number, ..*member };
            if old.get(&member.row).is_none_or(|m| **m != member) {
                batch.members.push(member);
            }
        }
        if claims.iter().any(|story| shrunk.contains(story)) {
            let reason = "an article of it was forgotten".to_owned();
            batch.log.push(change(&now.id, "forgotten", "", 0, reason));
        }
        tell(&now, fresh, claims, (&old, &story), &successor, batch);
        if kept != Some(&now) {
            batch.stories.push(now);
        }
    }
    Ok(names)
}

/// The old stories with articles that are in no fresh one. Whole stories expire, so they were forgotten.
fn shrunk(before: &Before, fresh: &[Fresh], successor: impl Fn(u32) -> u32) -> HashSet<u32> {
    let there: HashSet<u32> = fresh.iter().flat_map(|s| &s.members).map(|m| m.row).collect();
    let lost = before.members.iter().filter(|m| !there.contains(&successor(m.row)));
    lost.map(|m| m.story).collect()
}

/// For each old story the fresh one that has its representative, or failing that most of it.
fn heirs(before: &Before, fresh: &[Fresh], old: &HashMap<u32, &Member>) -> HashMap<u32, usize> {
    let mut home: HashMap<u32, usize> = HashMap::default();
    let mut shares: Vec<(u32, usize)> = Vec::new();
    for (n, story) in fresh.iter().enumerate() {
        for Member { row, .. } in &story.members {
            home.insert(*row, n);
            shares.extend(old.get(row).map(|m| (m.story, n)));
        }
    }
    shares.sort_unstable();
    let mut heirs: HashMap<u32, usize> = HashMap::default();
    let mut most = (u32::MAX, 0);
    for share in shares.chunk_by(|x, y| x == y) {
        let (story, n) = share[0];
        if most.0 != story || share.len() > most.1 {
            most = (story, share.len());
            heirs.insert(story, n);
        }
    }
    for story in &before.stories {
        let row = before.successors.get(&story.representative).unwrap_or(&story.representative);
        if let Some(&n) = home.get(row).filter(|_| old.contains_key(row)) {
            heirs.insert(story.story, n);
        }
    }
    heirs
}

type Old<'a> = (&'a HashMap<u32, &'a Member>, &'a HashMap<u32, &'a Story>);

/// Logs what happened to one story.
fn tell(
    now: &Story,
    fresh: &Fresh,
    claims: &[u32],
    (old, story): Old<'_>,
    successor: &dyn Fn(u32) -> u32,
    batch: &mut Batch,
) {
    let mut from: Vec<u32> =
        fresh.members.iter().filter_map(|m| Some(old.get(&m.row)?.story)).collect();
    let added = (fresh.members.len() - from.len()) as u32;
    from.sort_unstable();
    from.dedup();
    let moved: Vec<u32> = from.iter().copied().filter(|s| !claims.contains(s)).collect();
    let ids = |numbers: &[u32]| {
        numbers.iter().map(|n| story[n].id.as_str()).collect::<Vec<_>>().join(" ")
    };
    let mut log = |what, from: &str, reason: &str| {
        batch.log.push(change(&now.id, what, from, added, reason.to_owned()));
    };
    let Some(kept) = claims.first().map(|number| story[number]) else {
        match moved.is_empty() {
            true => log("new", "", "no story told it before"),
            false => log("split", &ids(&moved), "what held it to the rest is too little now"),
        }
        return;
    };
    if claims.len() > 1 {
        log("merged", &ids(&claims[1..]), "their reports belong together now");
    }
    if added > 0 || !moved.is_empty() {
        log(
            "grew",
            &ids(&moved),
            if added > 0 { "new articles" } else { "articles of other stories" },
        );
    }
    if successor(kept.representative) != now.representative {
        log("representative", "", "another report stands for it");
    }
}

fn change(story_id: &str, what: &str, from: &str, added: u32, reason: String) -> Change {
    let (story_id, change, from) = (story_id.to_owned(), what.to_owned(), from.to_owned());
    Change { story_id, change, from, articles_added: added, reason }
}

/// A name for each new story: made of its hash, or of what follows from it where that is in use.
fn free_names<E>(
    identities: &[u64],
    in_use: impl Fn(&[String]) -> Result<HashSet<String>, E>,
) -> Result<Vec<String>, E> {
    // All at once and in their order, because so they stand in the database.
    let mut wished: Vec<String> = identities.iter().map(|&identity| spelled(identity)).collect();
    wished.sort_unstable();
    let mut given = in_use(&wished)?;
    let mut names = Vec::with_capacity(identities.len());
    for &(mut identity) in identities {
        let mut name = spelled(identity);
        while given.contains(&name) {
            identity = mix(identity.wrapping_add(1));
            name = spelled(identity);
            given.extend(in_use(std::slice::from_ref(&name))?);
        }
        given.insert(name.clone());
        names.push(name);
    }
    Ok(names)
}
