//! What a night found, as the place of every article in the stories that it touched.

use foldhash::{HashMap, HashSet};

use super::Error;
use super::findings::Findings;
use super::lists::Wanted;
use super::near::folds;
use super::pairs::Pairs;
use super::regroup::Grouped;
use super::reports::Reports;
use super::settle::Fresh;
use super::state::NONE;
use super::work::Work;
use super::world;
use crate::kernel::linkage::{Merger, Tree};
use crate::kernel::time::TimeFactor;
use crate::pipeline::Found;
use crate::pipeline::corpus::Corpus;
use crate::pipeline::exact::Exact;
use crate::pipeline::place::{self, Story};
use crate::pipeline::stories::Stories;
use crate::stages::crowd::Scores;
use crate::stages::decide::bind;
use crate::stages::duplicates::{Duplicates, Examined};
use crate::stages::neighbours::Similar;

/// With no more reports than this, stories beside those that changed are told of too: whoever adds a few articles at a time
/// wants to know what these nearly belong to.
const BESIDE: usize = if cfg!(test) { 6 } else { 5_000 };
/// Reports of stories without new articles that are in memory at once.
const PART: usize = if cfg!(test) { 3 } else { 20_000 };

/// The stories that a night may have changed.
pub(super) struct Arranged {
    /// Those with its articles, and a few beside them, ready to be placed.
    pub(super) corpus: Corpus,
    pub(super) found: Found,
    pub(super) placed: Vec<Story>,
    /// All: first the others, then those.
    pub(super) fresh: Vec<Fresh>,
    /// The numbers of those of before that are now among them, or gone.
    pub(super) old: Vec<u32>,
}

/// What stories are made of.
struct Parts<'a> {
    reports: &'a Reports,
    pairs: &'a Pairs,
    findings: &'a Findings,
    /// The reports that were grouped, by position among all.
    positions: Vec<u32>,
    tree: Tree,
    /// The articles of each of these reports, as far as it is told of.
    members: Vec<Vec<u32>>,
}

/// Finds the stories that a night may have changed.
pub(super) fn arrange(
    work: &mut Work<'_>,
    reports: &Reports,
    pairs: &Pairs,
    findings: &Findings,
    grouped: Grouped,
) -> Result<Arranged, Error> {
    let Grouped { positions, tree, mut stories } = grouped;
    let row = |n: usize| reports.rows[positions[n] as usize];
    let was = |n: usize| work.state.was(row(n)).story;
    let is_few = positions.len() <= BESIDE;
    if is_few {
        stories.extend((0..positions.len()).map(was).filter(|&story| story != NONE));
    }
    let told = |n: &usize| was(*n) == NONE || stories.contains(&was(*n));
    let told: Vec<usize> = (0..positions.len()).filter(told).collect();
    let mut number = vec![NONE; work.state.rows.len()];
    told.iter().for_each(|&n| number[row(n) as usize] = n as u32);
    let mut members: Vec<Vec<u32>> = vec![Vec::new(); positions.len()];
    for (row, now) in (0..).zip(&work.state.now).filter(|(_, now)| now.is_there()) {
        if let Some(members) = members.get_mut(number[now.group as usize] as usize) {
            members.push(row);
        }
    }
    let mut is_shown = vec![is_few; positions.len()];
    for &row in &work.told {
        is_shown[tree.label[number[work.group_of(row) as usize] as usize] as usize] = true;
    }
    let (shown, mut others): (Vec<usize>, Vec<usize>) =
        told.into_iter().partition(|&n| is_shown[tree.label[n] as usize]);
    let parts = Parts { reports, pairs, findings, positions, tree, members };
    let mut fresh: Vec<Fresh> = Vec::new();
    let mut add = |work: &Work<'_>, corpus: &Corpus, placed: &[Story]| {
        fresh.extend(placed.iter().map(|story| world::fresh(&work.state, corpus, story)));
    };
    others.sort_by_key(|&n| parts.tree.label[n]);
    let mut rest = &others[..];
    while !rest.is_empty() {
        let (some, others) = rest.split_at(parts.first_stories(rest));
        rest = others;
        let (corpus, found) = parts.of(work, some.to_vec(), false)?;
        add(work, &corpus, &place::assemble(&corpus, &found, work.params));
    }
    let (corpus, found) = parts.of(work, shown, true)?;
    let placed = place::assemble(&corpus, &found, work.params);
    add(work, &corpus, &placed);
    let mut old: Vec<u32> = HashSet::into_iter(stories).collect();
    old.sort_unstable();
    Ok(Arranged { corpus, found, placed, fresh, old })
}

impl Parts<'_> {
    /// How many of some reports, in the order of stories, are of the first stories that together are a part.
    fn first_stories(&self, reports: &[usize]) -> usize {
        let label = |n: usize| self.tree.label[n];
        let Some(&last) = reports.get(PART - 1) else { return reports.len() };
        PART + reports[PART..].iter().take_while(|&&n| label(n) == label(last)).count()
    }

    /// The stories of some reports, with what it takes to show them or without.
    fn of(
        &self,
        work: &mut Work<'_>,
        mut kept: Vec<usize>,
        shown: bool,
    ) -> Result<(Corpus, Found), Error> {
        let Self { reports, pairs, findings, positions, tree, members } = self;
        kept.sort_unstable();
        // The reports are numbered among themselves.
        let mut number = vec![NONE; positions.len()];
        (0..).zip(&kept).for_each(|(k, &n)| number[n] = k);
        let rows: Vec<u32> = kept.iter().map(|&n| reports.rows[positions[n] as usize]).collect();
        let of_row: HashMap<u32, u32> = rows.iter().copied().zip(0..).collect();
        let members = || kept.iter().map(|&n| &members[n]);
        let all: Vec<u32> = members().flatten().copied().collect();
        let corpus = work.corpus(&all, if shown { Wanted::Facts } else { Wanted::Neither })?;
        let position: HashMap<u32, u32> = corpus.rows().zip(0..).collect();
        let mut groups: Vec<Vec<u32>> =
            members().map(|group| group.iter().map(|row| position[row]).collect()).collect();
        for group in groups.iter_mut().filter(|group| group.len() > 1) {
            group.sort_by(|&i, &j| corpus.by_time(i).cmp(&corpus.by_time(j)));
        }
        let exact = folds(&work.state, &corpus);
        let label = |n: u32| number[tree.label[n as usize] as usize];
        let merger = |m: &Merger| {
            let (into, gone) = (number[m.into as usize], number[m.gone as usize]);
            (into != NONE).then_some(Merger { into, gone, ..*m })
        };
        let story: Vec<u32> = kept.iter().map(|&n| label(n as u32)).collect();
        let nearest = |near: Vec<(u32, i32)>| {
            near.into_iter()
                .filter_map(|(row, cosine)| Some((*of_row.get(&row)?, cosine)))
                .collect()
        };
        let nearest = match shown {
            true => findings.nearest(&rows)?.into_iter().map(nearest).collect(),
            false => Vec::new(),
        };
        let (similar, scores) = self.links(work, &rows, &of_row)?;
        let penalties = rows.iter().map(|&row| findings.penalties[row as usize].into()).collect();
        let stories = Stories {
            story,
            mergers: tree.mergers.iter().filter_map(merger).collect(),
            similar,
            scores: Scores { pairs: scores, penalties },
            nearest,
            ..Stories::default()
        };
        let matches = match shown {
            true => matches(pairs, &position, &exact, work.state.rows.len())?,
            false => Vec::new(),
        };
        let constraints = bind(&work.params.decisions, |id| corpus.position(id));
        let duplicates = Duplicates { group: Vec::new(), matches };
        let found = Found { constraints, duplicates, exact, groups, stories };
        Ok((corpus, found))
    }

    /// The similar pairs of some reports, numbered among themselves, and their scores.
    fn links(
        &self,
        work: &Work<'_>,
        rows: &[u32],
        of_row: &HashMap<u32, u32>,
    ) -> Result<(Vec<Similar>, Vec<i32>), Error> {
        let Self { reports, findings, .. } = self;
        let factor = TimeFactor::new(work.params.window_days);
        let (mut links, at) = (Vec::new(), |row: u32| reports.position[row as usize]);
        findings.each_similar(rows, |k, similar| {
            for link in similar {
                let Some(&other) = of_row.get(&link.row) else { continue };
                let factor = reports.times.factor(at(rows[k]), at(link.row), &factor);
                links.push((Similar::new((other, k as u32), link.cosine, factor), link.score));
            }
        })?;
        links.sort_unstable();
        Ok(links.into_iter().unzip())
    }
}

/// The near-duplicate matches among the articles of a corpus, by the texts that stand for them.
fn matches(
    pairs: &Pairs,
    position: &HashMap<u32, u32>,
    exact: &Exact,
    rows: usize,
) -> Result<Vec<Examined>, Error> {
    let slot = |row: u32| exact.slot(position[&row]);
    let mut is_inside = vec![false; rows];
    position.keys().for_each(|&row| is_inside[row as usize] = true);
    let inside = pairs.select(&is_inside, &is_inside)?;
    let inside = inside.iter().filter(|p| p.related || p.is_candidate());
    let mut matches: Vec<Examined> =
        inside.filter_map(|p| p.examined(slot)).filter(Examined::matches).collect();
    matches.sort_unstable_by_key(|e| (e.a, e.b));
    Ok(matches)
}
