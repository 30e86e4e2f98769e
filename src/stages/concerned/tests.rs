//! Nobody is left out: whoever gives another answer than before is concerned. Caps are low in tests, so that crowded
//! days occur.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::kernel::hash::mix;
use crate::stages::asking;
use crate::stages::neighbours::{Neighbours, find};
use crate::stages::posted::IS_FIRST;
use crate::stages::reach::CALM;
use crate::stages::terms::Term;
use crate::stages::weights::Vectors;
use proptest::prelude::*;

/// Times of reports, dated ones in order, with identities from 1 on.
fn times(seconds: &[i64]) -> Times {
    let identities = (1..=seconds.len() as u64).collect();
    Times { undated: 0, seconds: seconds.to_vec(), stamped: vec![false; seconds.len()], identities }
}

/// Who is concerned, and for what, of reports of one term that stay, when one more of it goes that was there at 0.
fn when_one_goes(staying: &[i64]) -> Vec<(u32, Purpose)> {
    let posting = (7, 10_000 | IS_FIRST);
    let mut postings = Postings::with_lengths(&[posting.0], &[staying.len() as u32]);
    let (reports, weights) = postings.of_mut(0);
    (0..).zip(reports).for_each(|(i, report)| *report = i);
    weights.fill(posting.1);
    let went =
        Moved { position: None, time: 0, stamped: false, identity: 9, posted: vec![posting] };
    let mut before = [staying, &[0]].concat();
    before.sort_unstable();
    let factor = TimeFactor::new(7.0);
    let found = concerned(&postings, &times(staying), &factor, &before, &[went]);
    found.into_iter().map(|c| (c.report, c.purpose)).collect()
}

#[test]
fn who_is_within_reach_is_concerned() {
    for seconds in [0, FAR - 1] {
        assert_eq!(when_one_goes(&[seconds]), [(0, Purpose::Around)]);
    }
    assert_eq!(when_one_goes(&[FAR]), []);
    // With a short past one looks ahead.
    assert_eq!(when_one_goes(&[1 - NEAR]), [(0, Purpose::Around)]);
    assert_eq!(when_one_goes(&[-NEAR]), []);
}

#[test]
fn who_asks_for_those_that_a_crowd_hid_is_concerned() {
    // Of five of one day only the two hubs were found, of four all are.
    let asking =
        |seconds: i64| when_one_goes(&[0, 0, 0, 0, seconds]).contains(&(4, Purpose::Around));
    assert!(asking(FAR - 1) && !asking(FAR));
}

#[test]
fn who_reaches_a_day_that_is_calm_no_more_or_again_is_concerned() {
    let (last, factor) = (DAY - 1, TimeFactor::new(7.0));
    let concerned = |asking: i64, came: bool| {
        let [fewer, more] = [&[][..], &[last]].map(|one| [&[0; CALM], one, &[asking]].concat());
        let (before, now) = if came { (&fewer, &more) } else { (&more, &fewer) };
        // Without a term: who asks by any may find others now.
        let position = came.then_some(CALM as u32);
        let moved = Moved { position, time: last, stamped: false, identity: 0, posted: Vec::new() };
        let found = concerned(&Postings::default(), &times(now), &factor, before, &[moved]);
        [0, now.len() as u32 - 1]
            .map(|report| found.contains(&Concerned { report, purpose: Purpose::Matches }))
    };
    let reach = reach::back(&factor, false);
    for came in [true, false] {
        assert_eq!(concerned(last + reach, came), [true, true]);
        assert_eq!(concerned(last + reach + 1, came), [true, false]);
    }
}

#[test]
fn whose_past_becomes_too_short_is_concerned() {
    let crossed = |seconds: i64| {
        let mut before = vec![0; HISTORY];
        before.push(seconds);
        let now = times(&before[1..]);
        let went =
            Moved { position: None, time: 0, stamped: false, identity: 9, posted: Vec::new() };
        History { before: &before, now: &now }.crossed(&[went])
    };
    assert_eq!([crossed(FAR - 1), crossed(NEAR + 1)], [[HISTORY as u32 - 1]; 2]);
    assert!(crossed(FAR).is_empty() && crossed(NEAR).is_empty());
}

/// A report of one term: its time, its identity, and what the term weighs in it; 0 if it is not posted.
type Report = (i64, u64, u16);

/// Who is concerned, and for what, of some reports that are there when one goes, or when the one at a position came.
fn when_one_moves(there: &[Report], moved: Report, position: Option<u32>) -> Vec<(u32, Purpose)> {
    let posting: Vec<(u32, u16)> =
        (0..).zip(there.iter().map(|report| report.2)).filter(|posting| posting.1 > 0).collect();
    let mut postings = Postings::with_lengths(&[7], &[posting.len() as u32]);
    let (reports, weights) = postings.of_mut(0);
    (reports.iter_mut().zip(weights).zip(posting)).for_each(|((i, w), posting)| (*i, *w) = posting);
    let seconds: Vec<i64> = there.iter().map(|report| report.0).collect();
    let identities = there.iter().map(|report| report.1).collect();
    let times = Times { identities, ..times(&seconds) };
    let (time, identity, weight) = moved;
    let mut before = seconds;
    match position {
        Some(position) => drop(before.remove(position as usize)),
        None => before.push(time),
    }
    before.sort_unstable();
    let moved = Moved { position, time, stamped: false, identity, posted: vec![(7, weight)] };
    let found = concerned(&postings, &times, &TimeFactor::new(7.0), &before, &[moved]);
    found.into_iter().map(|c| (c.report, c.purpose)).collect()
}

#[test]
fn a_light_term_finds_matches_only() {
    let (heavy, light) = (10_000 | IS_FIRST, 10_000);
    let staying = [(0, 1, heavy), (0, 2, light)];
    let purposes = |went: u16| {
        let concerned = when_one_moves(&staying, (0, 9, went), None);
        concerned.into_iter().map(|c| c.1).collect::<Vec<Purpose>>()
    };
    assert_eq!(purposes(heavy), [Purpose::Around, Purpose::Matches]);
    assert_eq!(purposes(light), [Purpose::Matches; 2]);
}

#[test]
fn who_asks_is_within_reach_of_those_that_flip() {
    // Five are a crowd, of which the lowest two are found, of four all are; what the term weighs in the one that goes or
    // comes is not enough for a neighbour.
    let (heavy, late) = (10_000 | IS_FIRST, DAY - 1);
    let fifth = (0, 8, 1 | IS_FIRST);
    let around = (0, Purpose::Around);
    for (early, others) in [(3, [1, 2, 4]), (4, [1, 2, 3])] {
        let [x, y, z] = others.map(|identity| (late, identity, heavy));
        let goes = |asking: i64| {
            let there = [(asking, 9, heavy), (0, early, heavy), x, y, z];
            when_one_moves(&there, fifth, None).contains(&around)
        };
        let came = |asking: i64| {
            let there = [(asking, 9, heavy), fifth, (0, early, heavy), x, y, z];
            when_one_moves(&there, fifth, Some(1)).contains(&around)
        };
        assert!(goes(1 - NEAR) && !goes(-NEAR));
        assert!(came(1 - NEAR) && !came(-NEAR));
    }
}

#[test]
fn fewer_are_a_crowd_on_a_day_of_many() {
    // Of five that post a term all are found on a calm day, of as many on another the hubs; of four all.
    let asked = |others: usize| {
        let mut there: Vec<Report> = (1..5).map(|identity| (0, identity, 10_000)).collect();
        there.extend((10..).take(others).map(|identity| (0, identity, 0)));
        there.push((DAY, 9, 10_000));
        let asker = (there.len() as u32 - 1, Purpose::Matches);
        when_one_moves(&there, (0, 8, 1), None).contains(&asker)
    };
    assert_eq!([asked(0), asked(CALM)], [false, true]);
}

#[test]
fn a_past_is_short_with_fewer_reports_than_it_takes() {
    let mut seconds = vec![0; HISTORY];
    seconds.extend([FAR - 1, 40 * DAY]);
    let now = times(&seconds);
    let short = |before: &[i64], came: &[usize]| {
        let came: Vec<bool> = (0..seconds.len()).map(|i| came.contains(&i)).collect();
        let short = History { before, now: &now }.short(&came);
        short.windows(2).map(|ends| ends[0] < ends[1]).collect::<Vec<bool>>()
    };
    // The first have none in it, and of the last only the one before it is left.
    let mut expected = vec![true; seconds.len()];
    expected[HISTORY] = false;
    assert_eq!(short(&seconds, &[]), expected);
    // Or had: one came.
    assert_eq!(short(&seconds[1..], &[]), vec![true; seconds.len()]);
    expected[0] = false;
    assert_eq!(short(&seconds, &[0]), expected);
}

/// A report, and whether it is there before and now.
#[derive(Debug, Clone)]
struct Made {
    id: u64,
    time: i64,
    stamped: bool,
    terms: Vec<Term>,
    there: [bool; 2],
}

/// Reports of few terms and days, so that days are crowded; most stay.
fn made() -> impl Strategy<Value = Vec<Made>> {
    let day = prop::sample::select(vec![0, 1, 3, 4, 6, 32, 33, 36]);
    let time = (day, prop_oneof![Just(0), Just(DAY - 1), 0..DAY])
        .prop_map(|(day, seconds)| day * DAY + seconds);
    let terms = prop::collection::btree_map(0u32..20, (1u8..40, 2u8..15), 0..16);
    let there =
        prop_oneof![6 => Just([true, true]), 2 => Just([true, false]), 1 => Just([false, true])];
    let report = (time, any::<bool>(), terms, there);
    let reports = prop::collection::vec(report, 0..40);
    reports.prop_map(|mut all| {
        all.sort_by_key(|report| report.0);
        let report = |(id, (time, stamped, terms, there)): (u64, (_, _, BTreeMap<_, _>, _))| {
            let term = |(hash, (quarters, level))| Term::new(hash, quarters, level);
            let terms = terms.into_iter().map(term).collect();
            Made { id: mix(id), time, stamped, terms, there }
        };
        (0..).zip(all).map(report).collect()
    })
}

/// What there is before, or now.
struct World {
    times: Times,
    posted: Vec<Vec<(u32, u16)>>,
    found: Neighbours,
}

fn world(made: &[&Made], factor: &TimeFactor) -> World {
    let mut vectors = Vectors::with_lengths(made.iter().map(|report| report.terms.len()));
    let mut times = Times::default();
    for (i, report) in made.iter().enumerate() {
        vectors.fill(i, &report.terms);
        times.seconds.push(report.time);
        times.stamped.push(report.stamped);
        times.identities.push(report.id);
    }
    let found = find(&vectors, &times, factor);
    World { times, posted: asking::posted(&vectors), found }
}

/// Another report, by its identity, and the cosine.
type Told = (u64, i32);

impl World {
    /// The postings of all terms.
    fn postings(&self) -> Postings {
        let mut all: BTreeMap<u32, Vec<(u32, u16)>> = BTreeMap::new();
        for (i, posted) in (0..).zip(&self.posted) {
            posted
                .iter()
                .for_each(|&(term, weight)| all.entry(term).or_default().push((i, weight)));
        }
        let terms: Vec<u32> = all.keys().copied().collect();
        let lengths: Vec<u32> = all.values().map(|list| list.len() as u32).collect();
        let mut postings = Postings::with_lengths(&terms, &lengths);
        for (number, list) in all.values().enumerate() {
            let (reports, weights) = postings.of_mut(number);
            list.iter().enumerate().for_each(|(at, &(i, w))| (reports[at], weights[at]) = (i, w));
        }
        postings
    }

    /// The nearest neighbours of a report and how long its local weights are, and the matches that its query finds.
    fn answer(&self, i: usize) -> (Vec<Told>, f64, BTreeSet<Told>) {
        let identity = |i: u32| self.times.identities[i as usize];
        let Neighbours { nearest, similar, local, .. } = &self.found;
        let nearest = nearest[i].iter().map(|&(j, cosine)| (identity(j), cosine)).collect();
        let matches = similar.iter().filter(|p| p.b as usize == i);
        (nearest, local.length(i), matches.map(|p| (identity(p.a), p.cosine.get())).collect())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if std::env::var_os("SAMESTORY_FULL").is_some() { 20_000 } else { 500 }))]

    #[test]
    fn whoever_answers_otherwise_is_concerned(made in made()) {
        let factor = TimeFactor::new(7.0);
        let [old, new] = [0, 1].map(|now| made.iter().filter(|m| m.there[now]).collect::<Vec<&Made>>());
        let [before, now] = [&old, &new].map(|made| world(made, &factor));
        let moved = |at: Option<usize>, report: &Made, posted: &[(u32, u16)]| Moved {
            position: at.map(|at| at as u32),
            time: report.time,
            stamped: report.stamped,
            identity: report.id,
            posted: posted.to_vec(),
        };
        let went = old.iter().zip(&before.posted).filter(|(m, _)| !m.there[1]).map(|(m, posted)| moved(None, m, posted));
        let came = new.iter().zip(&now.posted).enumerate().filter(|(_, (m, _))| !m.there[0]);
        let moved: Vec<Moved> = went.chain(came.map(|(at, (m, posted))| moved(Some(at), m, posted))).collect();
        let found = concerned(&now.postings(), &now.times, &factor, &before.times.seconds, &moved);
        let purposes: BTreeMap<u32, Purpose> = found.iter().map(|c| (c.report, c.purpose)).collect();
        prop_assert_eq!(purposes.len(), found.len());
        for (at, report) in new.iter().enumerate() {
            let purpose = purposes.get(&(at as u32)).copied();
            let Some(was) = old.iter().position(|m| m.id == report.id) else {
                prop_assert_eq!(purpose, None, "it came itself");
                continue;
            };
            let (before, now) = (before.answer(was), now.answer(at));
            if (&before.0, before.1) != (&now.0, now.1) {
                prop_assert_eq!(purpose, Some(Purpose::Around));
            } else if before.2 != now.2 {
                prop_assert!(purpose.is_some());
            }
        }
    }
}
