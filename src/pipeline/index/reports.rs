//! The story level of what a night touches: which reports are queried again, and what is found of them.
//!
//! A report is a group, seen through its earliest article. What its query finds is a function of the open postings of its
//! terms within its reach ([`asking`]): reports that came, and those that a changed posting may concern, are queried, all
//! others keep what was found. From a query come a report's similar pairs, its nearest and its local weights. A pair's score
//! looks at the local weights of its two, a report's penalty at those of itself and of its nearest: what names a report that
//! was queried is reckoned again.

use foldhash::{HashMap, HashSet};

use super::Error;
use super::findings::{Finding, Findings, Link};
use super::rows;
use super::state::{NONE, State};
use super::work::Work;
use rayon::prelude::*;

use crate::kernel::time::{DAY, TimeFactor};
use crate::pipeline::spool::Item as _;
use crate::stages::asking::{self, Moved, Postings};
use crate::stages::crowd::{self, CROWD, Scores};
use crate::stages::neighbours::{Found, Similar};
use crate::stages::reach::{FAR, NEAR, Times};
use crate::stages::weights::{Vectors, Weights};
use crate::store::{Block, Segment};

/// The reports that there are now, in their order.
pub(super) struct Reports {
    /// Their rows.
    pub(super) rows: Vec<u32>,
    /// For each row the position of its report, [`NONE`] where it is none.
    pub(super) position: Vec<u32>,
    pub(super) times: Times,
    /// Rows of reports that were none before.
    pub(super) came: Vec<u32>,
    /// Rows of reports that are none any more.
    pub(super) went: Vec<u32>,
}

impl Reports {
    /// All reports.
    pub(super) fn new(state: &State) -> Self {
        let mut rows = state.select(|row, known| known.now.group == row);
        let order = |row: u32| {
            let known = state.of(row);
            (rows::moment(known.time).time, known.identity, row)
        };
        // Stable, because rows mostly come in the order of time.
        rows.sort_by_key(|&row| order(row));
        let mut position = vec![NONE; state.rows.len()];
        (0..).zip(&rows).for_each(|(i, &row)| position[row as usize] = i);
        Self {
            times: times(state, &rows),
            came: state.select(|row, known| known.now.group == row && known.was.group != row),
            went: state.select(|row, known| known.was.group == row && known.now.group != row),
            rows,
            position,
        }
    }

    pub(super) fn time(&self, position: u32) -> Option<i64> {
        let dated = (position as usize).checked_sub(self.times.undated);
        dated.map(|i| self.times.seconds[i])
    }

    /// The positions of the reports from one time to another, both included; all undated ones too.
    pub(super) fn between(&self, from: i64, to: i64) -> Vec<u32> {
        let all = &self.times.seconds;
        let (first, last) = (all.partition_point(|&t| t < from), all.partition_point(|&t| t <= to));
        let dated = first + self.times.undated..last.max(first) + self.times.undated;
        (0..self.times.undated).chain(dated).map(|i| i as u32).collect()
    }
}

/// When some reports were published, in their order.
pub(super) fn times(state: &State, rows: &[u32]) -> Times {
    let mut times = Times::default();
    for &row in rows {
        let moment = rows::moment(state.of(row).time);
        times.undated += usize::from(moment.time.is_none());
        times.seconds.extend(moment.time);
        times.stamped.push(moment.stamped);
        times.identities.push(state.of(row).identity);
    }
    times
}

/// Queries what has to be queried again. Gives the rows of reports of which a pair with another report of before, or the
/// penalty, changed.
pub(super) fn find(
    work: &Work<'_>,
    reports: &Reports,
    findings: &mut Findings,
) -> Result<HashSet<u32>, Error> {
    let by_gap = TimeFactor::new(work.params.window_days);
    let asking = ask(work, reports, &by_gap)?;
    let asked: HashSet<u32> = asking.iter().map(|(i, _)| reports.rows[*i as usize]).collect();
    let others = naming(reports, findings, &asked)?;
    let changed = reckon(work, reports, findings, (asking, others), &by_gap)?;
    Ok(changed)
}

type Asking = Vec<(u32, [Vec<u32>; 2])>;

/// The reports that are queried, by position, with their candidates.
fn ask(work: &Work<'_>, reports: &Reports, by_gap: &TimeFactor) -> Result<Asking, Error> {
    let state = &work.state;
    let moved: Vec<u32> = reports.came.iter().chain(&reports.went).copied().collect();
    let posted = asking::posted(&state.terms(&moved)?);
    let terms = |posted: &[Vec<(u32, u16)>]| {
        let mut terms: Vec<u32> = posted.iter().flatten().map(|p| p.0).collect();
        terms.sort_unstable();
        terms.dedup();
        terms
    };
    let times = || moved.iter().filter_map(|&row| rows::moment(state.of(row).time).time);
    let stretch = times().min().zip(times().max()).map(|(first, last)| {
        // A day more, because what moves may change who else of its day is found; whole days, because crowding is a matter
        // of a day.
        let reach = NEAR + FAR + DAY;
        let [from, to] = [first.saturating_sub(reach), last.saturating_add(reach)];
        [from.div_euclid(DAY) * DAY, (to.div_euclid(DAY) + 1) * DAY]
    });
    let mut postings = postings(state, reports, &terms(&posted), stretch)?;
    let mut before: Vec<i64> = (0..)
        .zip(&state.rows)
        .filter(|(row, known)| known.was.group == *row)
        .filter_map(|(_, known)| rows::moment(known.time).time)
        .collect();
    before.sort();
    let as_moved = |row: u32, posted: &Vec<(u32, u16)>, only: Option<u32>| {
        let known = state.of(row);
        let position = Some(reports.position[row as usize]).filter(|&i| i != NONE);
        let (time, posted) = (rows::moment(known.time).time, posted.clone());
        Moved { position, time, identity: known.identity, posted, only }
    };
    let all = moved.iter().zip(&posted);
    let mut all: Vec<Moved> = all.map(|(&row, posted)| as_moved(row, posted, None)).collect();
    let flipped = asking::flipped(&postings, &reports.times, &all);
    let rows: Vec<u32> = flipped.iter().map(|(i, _)| reports.rows[*i as usize]).collect();
    let theirs = asking::posted(&state.terms(&rows)?);
    let missing = |postings: &Postings, posted: &[Vec<(u32, u16)>]| -> Vec<u32> {
        terms(posted).into_iter().filter(|&term| !postings.has(term)).collect()
    };
    let others = missing(&postings, &theirs);
    postings.extend(self::postings(state, reports, &others, stretch)?);
    for ((&row, posted), (_, term)) in rows.iter().zip(&theirs).zip(flipped) {
        all.push(as_moved(row, posted, Some(term)));
    }
    let dirty = asking::concerned(&postings, &reports.times, by_gap, &before, &all);
    let rows: Vec<u32> = dirty.iter().map(|&i| reports.rows[i as usize]).collect();
    let theirs = asking::posted(&state.terms(&rows)?);
    let others = missing(&postings, &theirs);
    postings.extend(self::postings(state, reports, &others, stretch)?);
    let came = reports.came.iter().map(|&row| reports.position[row as usize]).zip(posted);
    let mut asking: Vec<(u32, Vec<(u32, u16)>)> =
        came.chain(dirty.into_iter().zip(theirs)).collect();
    asking.sort_unstable_by_key(|(i, _)| *i);
    let found = asking::candidates(&postings, &asking, &reports.times, by_gap);
    Ok(asking.into_iter().map(|(i, _)| i).zip(found).collect())
}

/// Postings taken out of one segment.
#[derive(Default)]
struct Taken {
    /// Of which term how many.
    counts: Vec<(usize, usize)>,
    /// Position and weight.
    list: Vec<(u32, u16)>,
}

/// The postings of some terms, ascending, in a stretch of time; all where there are no times.
fn postings(
    state: &State,
    reports: &Reports,
    terms: &[u32],
    stretch: Option<[i64; 2]>,
) -> Result<Postings, Error> {
    if terms.is_empty() {
        return Ok(Postings::default());
    }
    let inside = |position: u32| match (reports.time(position), stretch) {
        (Some(time), Some([from, to])) => (from..to).contains(&time),
        _ => true,
    };
    let position = |&row: &u32| {
        let position = reports.position.get(row as usize).copied().unwrap_or(NONE);
        if position != NONE && inside(position) { position } else { NONE }
    };
    let take_from = |(segment, rows): (&Segment, Vec<u32>)| {
        let positions: Vec<u32> = rows.iter().map(position).collect();
        match positions.iter().all(|&position| position == NONE) {
            true => Ok(Taken::default()),
            false => take(segment, terms, &positions),
        }
    };
    let all: Vec<(&Segment, Vec<u32>)> =
        state.segments.iter().zip(state.rows_by_segment()).collect();
    let taken: Result<Vec<Taken>, Error> = all.into_par_iter().map(take_from).collect();
    let taken = taken?;
    let mut lengths = vec![0; terms.len()];
    for &(term, n) in taken.iter().flat_map(|taken| &taken.counts) {
        lengths[term] += n as u32;
    }
    let mut all = Postings::with_lengths(terms, &lengths);
    let mut filled = vec![0; terms.len()];
    for Taken { counts, list } in taken {
        let mut rest = &list[..];
        for (term, n) in counts {
            let (some, others) = rest.split_at(n);
            let (reports, weights) = all.of_mut(term);
            let places = reports[filled[term]..].iter_mut().zip(&mut weights[filled[term]..]);
            places.zip(some).for_each(|((report, weight), posting)| {
                (*report, *weight) = *posting;
            });
            filled[term] += n;
            rest = others;
        }
    }
    all.sort();
    Ok(all)
}

/// Takes the postings of some terms out of a segment, of whose articles only those with a position count.
fn take(segment: &Segment, terms: &[u32], positions: &[u32]) -> Result<Taken, Error> {
    let (mut taken, mut block, mut bytes) = (Taken::default(), Block::default(), Vec::new());
    let (mut begin, mut wanted) = (0, (0..).zip(terms).peekable());
    for entry in segment.section(rows::POSTED)?.as_chunks::<8>().0 {
        let int = |i: usize| u32::read(&entry[4 * i..4 * i + 4]);
        let (term, end) = (int(0), int(1));
        while wanted.next_if(|(_, wanted)| **wanted < term).is_some() {}
        if let Some((number, _)) = wanted.next_if(|(_, wanted)| **wanted == term) {
            bytes.clear();
            let length = end.saturating_sub(begin) as usize * rows::POSTING;
            let from = u64::from(begin) * rows::POSTING as u64;
            segment.read_by(&mut block, rows::POSTINGS, from, length, &mut bytes)?;
            let before = taken.list.len();
            for posting in bytes.as_chunks::<{ rows::POSTING }>().0 {
                let article = u32::read(&posting[..4]) as usize;
                match positions.get(article) {
                    Some(&position) if position != NONE => {
                        let weight = u16::from_le_bytes([posting[4], posting[5]]);
                        taken.list.push((position, weight));
                    }
                    _ => {}
                }
            }
            taken.counts.push((number, taken.list.len() - before));
        }
        begin = end;
    }
    Ok(taken)
}

/// What else names reports that are queried: of reports that are not, as their similar or nearest ones. By position, with
/// what was found of each.
fn naming(
    reports: &Reports,
    findings: &Findings,
    asked: &HashSet<u32>,
) -> Result<Vec<(u32, Finding)>, Error> {
    let came: HashSet<u32> = reports.came.iter().copied().collect();
    let again = || asked.iter().filter(|row| !came.contains(*row));
    let position = |row: &u32| reports.position[*row as usize];
    let times = || again().filter_map(|row| reports.time(position(row)));
    if again().next().is_none() {
        return Ok(Vec::new());
    }
    // Who names a report comes after it, or, with a short past, not long before.
    let stretch = times().min().zip(times().max()).unwrap_or((i64::MIN, i64::MAX));
    let near = reports.between(stretch.0.saturating_sub(NEAR), stretch.1.saturating_add(FAR));
    let rows: Vec<u32> = near
        .into_iter()
        .map(|i| reports.rows[i as usize])
        .filter(|row| !asked.contains(row))
        .collect();
    let mut named = Vec::new();
    findings.each_naming(&rows, |i, found| {
        let similar = found.similar.iter().any(|link| asked.contains(&link.row));
        if similar || found.nearest.iter().any(|(row, _)| asked.contains(row)) {
            named.push(rows[i]);
        }
    })?;
    let whole = findings.whole(&named)?;
    Ok(named.iter().map(position).zip(whole).collect())
}

/// Compares, scores and takes in what was found.
fn reckon(
    work: &Work<'_>,
    reports: &Reports,
    findings: &mut Findings,
    (asking, others): (Asking, Vec<(u32, Finding)>),
    by_gap: &TimeFactor,
) -> Result<HashSet<u32>, Error> {
    let state = &work.state;
    // All that is compared, by position; in what follows they are numbered among themselves, in the same order.
    let mut all: Vec<u32> =
        asking.iter().flat_map(|(i, [x, y])| x.iter().chain(y).chain([i])).copied().collect();
    let position = |row: u32| reports.position[row as usize];
    for (i, found) in &others {
        all.push(*i);
        all.extend(found.similar.iter().map(|link| position(link.row)));
        all.extend(found.nearest.iter().map(|(row, _)| position(*row)));
    }
    all.sort_unstable();
    all.dedup();
    let mut number = vec![NONE; reports.rows.len()];
    (0..).zip(&all).for_each(|(n, &i)| number[i as usize] = n);
    let number = |i: u32| number[i as usize];
    let rows: Vec<u32> = all.iter().map(|&i| reports.rows[i as usize]).collect();
    let (vectors, times) = (state.terms(&rows)?, times(state, &rows));
    let fixed = vectors.fixed();
    let numbered = |(i, candidates): (u32, [Vec<u32>; 2])| {
        (number(i), candidates.map(|list| list.into_iter().map(number).collect()))
    };
    let asking: Vec<(u32, [Vec<u32>; 2])> = asking.into_iter().map(numbered).collect();
    let asked: Vec<u32> = asking.iter().map(|(n, _)| *n).collect();
    let mut found = asking::compare(&vectors, &fixed, &times, by_gap, &asking);
    drop(fixed);
    let content = |n: u32| state.of(rows[n as usize]).content;
    // One text in two groups is a notice under unrelated headlines: what they share says nothing of an event.
    found.similar.retain(|pair| content(pair.a) != content(pair.b));
    let others: Vec<(u32, Finding)> = others.into_iter().map(|(i, f)| (number(i), f)).collect();
    let of_row = |row: u32| number(position(row));
    let own = std::mem::take(&mut found.local);
    let by_gap = |a: u32, b: u32| times.factor(a, b, by_gap);
    let (mut found, owners) = together(found, &asked, &others, of_row, rows.len(), by_gap);
    found.local = locals(&rows, &vectors, (&asked, &own), &found, findings)?;
    let scores = crowd::correct(&vectors, &found, times.undated);
    let mut rest = own.flat();
    let mut fresh: Vec<(u32, Finding)> = Vec::with_capacity(asked.len() + others.len());
    for i in asked {
        let (local, others) = rest.split_at(vectors.dimensions(i as usize).len());
        fresh.push((i, Finding { local: local.to_vec(), ..Finding::default() }));
        rest = others;
    }
    fresh.extend(
        others
            .into_iter()
            .map(|(i, known)| (i, Finding { local: known.local, ..Finding::default() })),
    );
    take_in(reports, findings, &rows, fresh, (&found, &owners, &scores))
}

/// Puts what was found of those that were asked beside what is known of others: all pairs, ascending, with whose they are.
fn together(
    found: Found,
    asked: &[u32],
    others: &[(u32, Finding)],
    of_row: impl Fn(u32) -> u32,
    n: usize,
    factor: impl Fn(u32, u32) -> i64,
) -> (Found, Vec<u32>) {
    let mut nearest = vec![Vec::new(); n];
    asked.iter().zip(found.nearest).for_each(|(&i, near)| nearest[i as usize] = near);
    let is_asked = |i: u32| asked.binary_search(&i).is_ok();
    // Of two that were both asked, or neither, the later one asks; of others only they themselves are known to ask.
    let mut pairs: Vec<(Similar, u32)> = found
        .similar
        .into_iter()
        .map(|pair| (pair, if is_asked(pair.b) { pair.b } else { pair.a }))
        .collect();
    for (i, theirs) in others {
        for link in &theirs.similar {
            let other = of_row(link.row);
            let (a, b) = (other.min(*i), other.max(*i));
            pairs.push((Similar { a, b, cosine: link.cosine, factor: factor(a, b) as i32 }, *i));
        }
        let near = theirs.nearest.iter().map(|&(row, cosine)| (of_row(row), cosine));
        nearest[*i as usize] = near.collect();
    }
    pairs.sort_unstable();
    let owners = pairs.iter().map(|pair| pair.1).collect();
    let similar = pairs.into_iter().map(|pair| pair.0).collect();
    (Found { similar, nearest, ..found }, owners)
}

/// The local weights of all that scores look at, in the order of the vectors; of others nothing but zeros.
fn locals(
    rows: &[u32],
    vectors: &Vectors,
    asked: (&[u32], &Weights),
    found: &Found,
    findings: &Findings,
) -> Result<Weights, Error> {
    let mut wanted: Vec<u32> = found.similar.iter().flat_map(|pair| [pair.a, pair.b]).collect();
    let owners = (0..).zip(&found.nearest).filter(|(_, near)| !near.is_empty());
    for (i, near) in owners {
        wanted.extend(near.iter().take(CROWD).map(|n| n.0).chain([i]));
    }
    wanted.sort_unstable();
    wanted.dedup();
    wanted.retain(|i| asked.0.binary_search(i).is_err());
    let theirs: Vec<u32> = wanted.iter().map(|&i| rows[i as usize]).collect();
    let mut stored = wanted.into_iter().zip(findings.local(&theirs)?).peekable();
    let (mut own, mut rest) = (asked.0.iter().peekable(), asked.1.flat());
    let mut weights = Weights::default();
    for i in 0..rows.len() as u32 {
        let n = vectors.dimensions(i as usize).len();
        if own.next_if_eq(&&i).is_some() {
            let (first, others) = rest.split_at(n);
            weights.push(first);
            rest = others;
        } else {
            let local = stored.next_if(|(stored, _)| *stored == i);
            weights
                .push(&local.map(|l| l.1).filter(|l| l.len() == n).unwrap_or_else(|| vec![0; n]));
        }
    }
    Ok(weights)
}

/// Takes in what was found. Gives the rows of reports whose penalty, or whose pair with another report of before, changed.
fn take_in(
    reports: &Reports,
    findings: &mut Findings,
    rows: &[u32],
    mut fresh: Vec<(u32, Finding)>,
    (found, owners, scores): (&Found, &[u32], &Scores),
) -> Result<HashSet<u32>, Error> {
    let place: HashMap<u32, usize> = fresh.iter().map(|(i, _)| *i).zip(0..).collect();
    for ((pair, owner), &score) in found.similar.iter().zip(owners).zip(&scores.pairs) {
        let other = if pair.a == *owner { pair.b } else { pair.a };
        let link = Link { row: rows[other as usize], cosine: pair.cosine, score };
        fresh[place[owner]].1.similar.push(link);
    }
    let old =
        findings.whole(&fresh.iter().map(|(i, _)| rows[*i as usize]).collect::<Vec<u32>>())?;
    let moved: HashSet<u32> = reports.came.iter().chain(&reports.went).copied().collect();
    let lasting = |found: &Finding| {
        let links = found.similar.iter().filter(|link| !moved.contains(&link.row));
        let mut links: Vec<(u32, i32)> = links.map(|link| (link.row, link.score)).collect();
        links.sort_unstable();
        links
    };
    let mut changed = HashSet::default();
    for ((i, mut now), was) in fresh.into_iter().zip(old) {
        let row = rows[i as usize];
        now.penalty = scores.penalties[i as usize] as i32;
        let near = found.nearest[i as usize].iter();
        now.nearest = near.map(|&(j, cosine)| (rows[j as usize], cosine)).collect();
        now.similar.sort_unstable();
        if !moved.contains(&row) && (now.penalty != was.penalty || lasting(&now) != lasting(&was)) {
            changed.insert(row);
        }
        if now != was {
            findings.put(row, now);
        }
    }
    Ok(changed)
}
