//! Near-duplicate groups of the articles that a night touches.
//!
//! The level is regrouped where it can differ from before, and nowhere else:
//!
//! - Articles that are the same word for word depend on those of the same words alone ([`super::fold`]).
//! - A pair is a candidate by the buckets that both are in. Their counts change by the buckets with a new or a gone
//!   article ([`changed`]); whether a candidate is examined, and what the check finds, depends on the two alone.
//! - Groups merge only where a pair between them matches, so that a group lies inside one component of matches, and the
//!   pairs asked for because of a common third do as well. Components with a new article, or with a pair that came or
//!   went, are grouped anew, whole.

use foldhash::HashMap;
use rayon::prelude::*;

use super::lists::Wanted;
use super::pairs::{self, Pair, Pairs, UNKNOWN};
use super::state::{State, numbers};
use super::work::Work;
use super::world::aside;
use super::{Error, fold};
use crate::kernel::buckets::{items, pair};
use crate::kernel::components::Components;
use crate::pipeline::copies;
use crate::pipeline::corpus::Corpus;
use crate::pipeline::exact::Exact;
use crate::stages::changed::{self, Fate, Proposals};
use crate::stages::decide::bind;
use crate::stages::duplicates::{self, Examined, hopeful};
use crate::stages::thirds;
use crate::stages::watched::{Members, Part, Watched};
use crate::store::Segment;

/// Finds the groups; afterwards all articles know theirs.
pub(super) fn regroup(work: &mut Work<'_>, pairs: &mut Pairs) -> Result<(), Error> {
    let folded = fold::fold(work)?;
    let touched = propose(work, pairs, &folded)?;
    let alone = group(work, pairs, &touched)?;
    for row in alone {
        work.state.now[row as usize].group = row;
    }
    Ok(())
}

/// Whether an article stood for a text.
fn stood(state: &State, row: u32) -> bool {
    state.was(row).first == row
}

/// Whether an article stands for a text now.
fn stands(state: &State, row: u32) -> bool {
    state.now(row).first == row
}

/// Finds which pairs are candidates now and which are no more. Gives, for each article, whether its component is to be grouped
/// anew.
fn propose(work: &Work<'_>, pairs: &mut Pairs, folded: &[u32]) -> Result<Vec<bool>, Error> {
    let state = &work.state;
    let shifts = shifts(state)?;
    let known = said_of(state, pairs, &shifts)?;
    let known = |(a, b): (u32, u32)| pairs::find(&known, a, b).copied();
    let mut is_end = vec![false; state.rows.len()];
    for (a, b) in shifts.iter().map(|shift| items(shift.0)).filter(|p| known(*p).is_none()) {
        (is_end[a as usize], is_end[b as usize]) = (true, true);
    }
    let ends = state.select(|row| is_end[row as usize]);
    let sketches = state.sketches(&ends)?;
    let mut together = pairs.together()?;
    let mut seeds: Vec<u32> = folded.to_vec();
    let mut put = Vec::new();
    for (p, by) in shifts {
        let (a, b) = items(p);
        let size = |row: u32| state.of(row).n_shingles as usize;
        let both = || [a, b].map(|row| &sketches[&row]);
        let mut now = match known((a, b)) {
            Some(known) => known,
            None if hopeful(both(), [size(a), size(b)], work.params) => {
                Pair { a, b, proposals: Default::default(), related: false, numbers: UNKNOWN }
            }
            None => continue,
        };
        let was = now.is_candidate();
        now.proposals.band += by.band;
        now.proposals.lead += by.lead;
        if was != now.is_candidate() {
            seeds.extend([a, b].into_iter().filter(|&row| stands(state, row)));
        }
        put.push(now);
    }
    put.iter().filter(|p| p.ties()).for_each(|p| {
        together.tie(p.a, p.b);
    });
    pairs.put(put);
    Ok(together.with(&seeds))
}

/// How the numbers of proposals change, by pair of rows.
fn shifts(state: &State) -> Result<Vec<(u64, Proposals)>, Error> {
    let fate = |row: u32| match (stood(state, row), stands(state, row)) {
        (false, _) => Fate::Comes,
        (true, false) => Fate::Goes,
        (true, true) => Fate::Stays,
    };
    let differing = state.select(|row| stood(state, row) != stands(state, row));
    let changing = state.sketches(&differing)?;
    // The buckets are told of articles in the order of time.
    let age = |row: u32| state.ages[row as usize];
    let row_of = |age: u32| state.in_time[age as usize];
    let mut shifts = Vec::new();
    for part in Part::all(changing.len()) {
        let with_sketches =
            differing.iter().filter_map(|row| Some((age(*row), changing.get(row)?)));
        let watched = Watched::new(part, with_sketches);
        let members = members(state, &watched)?;
        shifts.extend(changed::shifts(&watched, members, |age| fate(row_of(age))));
        changed::add_up(&mut shifts);
    }
    for (p, _) in &mut shifts {
        let (a, b) = items(*p);
        *p = pair(row_of(a), row_of(b));
    }
    Ok(shifts)
}

/// Which articles of before and now have the keys that are watched.
fn members(state: &State, watched: &Watched) -> Result<Members, Error> {
    let segments: Vec<(&Segment, &Vec<u32>)> =
        state.segments.iter().zip(&state.by_segment).collect();
    let find = |mut members: Members, (segment, rows): &(&Segment, &Vec<u32>)| {
        let wanted = |row: u32| stood(state, row) || stands(state, row);
        state.each_sketches(segment, rows, wanted, |some| {
            watched.find(some, &mut members);
        })?;
        Ok(members)
    };
    // What is found takes as much room for few segments as for all.
    let each = segments.len().div_ceil(rayon::current_num_threads());
    let found = segments.par_iter().with_min_len(each).try_fold(|| watched.nothing(), find);
    let found: Vec<Members> = found.collect::<Result<_, Error>>()?;
    let both = |mut members: Members, others| {
        members.extend(others);
        members
    };
    Ok(found.into_iter().reduce(both).unwrap_or_else(|| watched.nothing()))
}

/// What was said before of the pairs that shift.
fn said_of(state: &State, pairs: &Pairs, shifts: &[(u64, Proposals)]) -> Result<Vec<Pair>, Error> {
    // Nothing was said of a pair before both were there.
    let mut said = [vec![false; state.rows.len()], vec![false; state.rows.len()]];
    let were_there = |(a, b): (u32, u32)| [a, b].iter().all(|&row| state.was(row).is_there());
    for (a, b) in shifts.iter().map(|shift| items(shift.0)).filter(|p| were_there(*p)) {
        (said[0][a as usize], said[1][b as usize]) = (true, true);
    }
    pairs.select(&said[0], &said[1])
}

/// Groups the texts that are touched. Gives the articles that are groups of their own.
fn group(work: &mut Work<'_>, pairs: &mut Pairs, touched: &[bool]) -> Result<Vec<u32>, Error> {
    let all = pairs.select(touched, touched)?;
    let mut candidates = all.clone();
    candidates.retain(Pair::is_candidate);
    candidates.iter_mut().for_each(|p| p.related = false);
    let (mut together, alone) = partition(&work.state, &candidates, touched);
    let texts = Texts::of(&work.state, &together);
    let examined = |p: &Pair| p.examined(|row| texts.slots[row as usize]);
    examine(work, &mut candidates)?;
    let both = candidates.iter().map(|p| items(texts.pair(p)));
    let components = Components::new(texts.rows.len(), both, 1, |_| 0);
    let in_order = |pairs: &[Pair]| {
        components.sort(&pairs.iter().filter_map(examined).collect::<Vec<_>>(), |e| e.a)
    };
    let first = in_order(&candidates);
    let as_related = |p: &u64| {
        let (a, b) = items(*p);
        let (a, b) = items(pair(texts.rows[a as usize], texts.rows[b as usize]));
        let known = pairs::find(&all, a, b).copied();
        let unknown = Pair { a, b, proposals: Default::default(), related: true, numbers: UNKNOWN };
        Pair { related: true, ..known.unwrap_or(unknown) }
    };
    let mut related: Vec<Pair> = Vec::new();
    let by_thirds = thirds::relate(&first, &components, |pairs| {
        let mut new: Vec<Pair> = pairs.iter().map(as_related).collect();
        examine(work, &mut new)?;
        related.extend_from_slice(&new);
        Ok::<_, Error>(new.iter().filter_map(examined).collect())
    })?;
    related.sort_unstable_by_key(Pair::place);
    let stale = all.iter().filter(|p| p.related && !p.is_candidate());
    let stale = stale.filter(|p| pairs::find(&related, p.a, p.b).is_none());
    let stale = stale.map(|&p| Pair { related: false, numbers: UNKNOWN, ..p });
    let changed = [&candidates, &related].map(|now| pairs::differing(now, &all));
    let put: Vec<Pair> = stale.chain(changed.into_iter().flatten()).collect();
    let text = |row: u32| texts.slots[work.state.now(row).first as usize];
    let is_there = |row: &u32| together.binary_search(row).is_ok();
    let constraints = bind(&work.params.decisions, |id| work.row_of(id).filter(is_there));
    let apart = constraints.groups_apart(text);
    let groups = duplicates::groups([&first, &by_thirds], &components, apart);
    let group = |row: u32| groups[text(row) as usize];
    let published = |row: u32| work.state.published(row);
    together.sort_by_key(|&row| (group(row), published(row).is_none(), published(row)));
    let groups: Vec<&[u32]> = together.chunk_by(|&i, &j| group(i) == group(j)).collect();
    name_by_earliest(work, &groups)?;
    pairs.put(put);
    Ok(alone)
}

/// Texts that are compared, each by the article that stands for it.
struct Texts {
    /// The articles, in the order of time.
    rows: Vec<u32>,
    /// For each row its place among them.
    slots: Vec<u32>,
}

impl Texts {
    /// The texts of some articles; who stands for a text is among them.
    fn of(state: &State, articles: &[u32]) -> Self {
        let mut rows = articles.to_vec();
        rows.retain(|&row| stands(state, row));
        rows.sort_unstable_by_key(|&row| state.ages[row as usize]);
        Self { slots: numbers(&rows, state.rows.len()), rows }
    }

    /// A pair of articles by their places.
    fn pair(&self, p: &Pair) -> u64 {
        pair(self.slots[p.a as usize], self.slots[p.b as usize])
    }
}

/// Checks exactly those of some pairs that were not checked before; only their shingles are read.
fn examine(work: &Work<'_>, pairs: &mut [Pair]) -> Result<(), Error> {
    let new = || pairs.iter().filter(|p| !p.is_examined());
    let mut rows: Vec<u32> = new().flat_map(|p| [p.a, p.b]).collect();
    rows.sort_unstable();
    rows.dedup();
    let corpus = work.texts(&rows, Wanted::Checked)?;
    let exact = folds(&work.state, &corpus);
    let row = |slot: u32| corpus.row(exact.kept[slot as usize]);
    let slots: HashMap<u32, u32> = (0..rows.len() as u32).map(|slot| (row(slot), slot)).collect();
    let asked: Vec<u64> = new().map(|p| pair(slots[&p.a], slots[&p.b])).collect();
    let asked = copies::in_order(&corpus, &exact, &asked).1;
    let found = copies::examine(&corpus, &exact, &asked, work.params).map_err(aside)?;
    let numbers = |e: &Examined| {
        (items(pair(row(e.a), row(e.b))), [e.resemblance, e.containment, e.strength])
    };
    let numbers: HashMap<(u32, u32), [f32; 3]> = found.iter().map(numbers).collect();
    for p in pairs.iter_mut().filter(|p| !p.is_examined()) {
        p.numbers = numbers[&(p.a, p.b)];
    }
    Ok(())
}

/// Names groups, each in the order of time, by their earliest articles. Those of one second are told apart by what the
/// database has of them.
fn name_by_earliest(work: &mut Work<'_>, groups: &[&[u32]]) -> Result<(), Error> {
    let first = |work: &Work<'_>, group: &[u32]| {
        let published = |row: u32| work.state.published(row);
        group.iter().take_while(|row| published(**row) == published(group[0])).count()
    };
    let tied =
        groups.iter().map(|group| &group[..first(work, group)]).filter(|tied| tied.len() > 1);
    let tied: Vec<u32> = tied.flatten().copied().collect();
    work.read_entries(tied.into_iter())?;
    for group in groups {
        let place = |row: &&u32| {
            let entry = work.entry(**row);
            (entry.published(), &entry.id)
        };
        let earliest = match first(work, group) {
            1 => group[0],
            tied => *group[..tied].iter().min_by_key(place).expect("some are tied"),
        };
        group.iter().for_each(|&row| work.state.now[row as usize].group = earliest);
    }
    Ok(())
}

/// The articles of texts that are touched, those first that have others beside them.
fn partition(state: &State, candidates: &[Pair], touched: &[bool]) -> (Vec<u32>, Vec<u32>) {
    let mut beside = vec![false; touched.len()];
    for p in candidates {
        (beside[p.a as usize], beside[p.b as usize]) = (true, true);
    }
    let there =
        state.select(|row| state.now(row).is_there() && touched[state.now(row).first as usize]);
    let first = |row: u32| state.now(row).first;
    there.iter().filter(|&&row| first(row) != row).for_each(|&row| {
        beside[first(row) as usize] = true;
    });
    there.into_iter().partition(|&row| beside[first(row) as usize])
}

/// Which articles of a corpus are the same word for word, as the state has it.
pub(super) fn folds(state: &State, corpus: &Corpus) -> Exact {
    let position: HashMap<u32, u32> = corpus.rows().zip(0..).collect();
    let first = |row: u32| position[&state.now(row).first];
    Exact::new(corpus, corpus.rows().map(first).collect())
}
