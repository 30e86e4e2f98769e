//! What a night found, as the place of every article in the stories that it touched.

use foldhash::{HashMap, HashSet};

use super::Error;
use super::findings::Findings;
use super::lists::Lists;
use super::near::folds;
use super::pairs::Pairs;
use super::regroup::Grouped;
use super::reports::Reports;
use super::state::NONE;
use super::work::Work;
use crate::kernel::linkage::Merger;
use crate::kernel::time::TimeFactor;
use crate::pipeline::Found;
use crate::pipeline::corpus::Corpus;
use crate::pipeline::exact::Exact;
use crate::pipeline::stories::Stories;
use crate::stages::crowd::Scores;
use crate::stages::decide::bind;
use crate::stages::duplicates::{Duplicates, Examined};
use crate::stages::neighbours::Similar;

/// With no more reports than this, stories beside those that changed are told of too: whoever adds a few articles at a time
/// wants to know what these nearly belong to.
const BESIDE: usize = 5_000;

/// The stories that changed, and a few beside them, ready to be placed. Gives the numbers of those of before that are now
/// among them, or gone.
pub(super) fn arrange(
    work: &mut Work<'_>,
    reports: &Reports,
    pairs: &Pairs,
    findings: &Findings,
    grouped: Grouped,
) -> Result<(Corpus, Found, Vec<u32>), Error> {
    let Grouped { positions, tree, mut stories } = grouped;
    let was = |work: &Work<'_>, i: u32| work.state.of(reports.rows[i as usize]).was.story;
    if positions.len() <= BESIDE {
        stories.extend(positions.iter().map(|&i| was(work, i)).filter(|&story| story != NONE));
    }
    let told = |i: u32| {
        let story = was(work, i);
        story == NONE || stories.contains(&story)
    };
    // Reports that are told of, numbered among themselves.
    let kept: Vec<usize> = (0..positions.len()).filter(|&n| told(positions[n])).collect();
    let mut number = vec![NONE; positions.len()];
    (0..).zip(&kept).for_each(|(k, &n)| number[n] = k);
    let rows: Vec<u32> = kept.iter().map(|&n| reports.rows[positions[n] as usize]).collect();
    let of_row: HashMap<u32, u32> = rows.iter().copied().zip(0..).collect();
    let mut members: Vec<Vec<u32>> = vec![Vec::new(); rows.len()];
    for (row, known) in (0..).zip(&work.state.rows).filter(|(_, known)| known.now.is_there()) {
        if let Some(&k) = of_row.get(&known.now.group) {
            members[k as usize].push(row);
        }
    }
    let corpus = work.corpus(&members.concat(), Lists::Facts)?;
    let position: HashMap<u32, u32> = corpus.articles.iter().map(|a| a.row).zip(0..).collect();
    let mut groups: Vec<Vec<u32>> =
        members.iter().map(|group| group.iter().map(|row| position[row]).collect()).collect();
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
        near.into_iter().filter_map(|(row, cosine)| Some((*of_row.get(&row)?, cosine))).collect()
    };
    let factor = TimeFactor::new(work.params.window_days);
    let (mut links, at) = (Vec::new(), |row: u32| reports.position[row as usize]);
    findings.each_similar(&rows, |k, similar| {
        for link in similar {
            let Some(&other) = of_row.get(&link.row) else { continue };
            let factor = reports.times.factor(at(rows[k]), at(link.row), &factor) as i32;
            let (a, b) = (other.min(k as u32), other.max(k as u32));
            links.push((Similar { a, b, cosine: link.cosine, factor }, link.score));
        }
    })?;
    links.sort_unstable();
    let penalties = rows.iter().map(|&row| findings.penalties[row as usize].into()).collect();
    let stories_found = Stories {
        count: story.iter().enumerate().filter(|&(i, &s)| i == s as usize).count(),
        story,
        mergers: tree.mergers.iter().filter_map(merger).collect(),
        similar: links.iter().map(|link| link.0).collect(),
        scores: Scores { pairs: links.iter().map(|link| link.1).collect(), penalties },
        nearest: findings.nearest(&rows)?.into_iter().map(nearest).collect(),
        ..Stories::default()
    };
    let found = Found {
        constraints: bind(&work.params.decisions, |id| corpus.position(id)),
        duplicates: Duplicates {
            group: Vec::new(),
            matches: matches(pairs, &position, &exact, work.state.rows.len())?,
        },
        exact,
        groups,
        stories: stories_found,
    };
    let mut stories: Vec<u32> = HashSet::into_iter(stories).collect();
    stories.sort_unstable();
    Ok((corpus, found, stories))
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
    let inside = pairs.select(&is_inside)?;
    let inside = inside.iter().filter(|p| p.related || p.is_candidate());
    let mut matches: Vec<Examined> =
        inside.filter_map(|p| p.examined(slot)).filter(Examined::matches).collect();
    matches.sort_unstable_by_key(|e| (e.a, e.b));
    Ok(matches)
}
