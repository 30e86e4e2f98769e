//! What an index knows of every article, in a few numbers each. This much is read every night; all else is read for the
//! articles that a night touches.

use super::rows::{self, Brief};
use crate::store::{Error, Named, Segment, Store};

/// No row, no story.
pub(super) const NONE: u32 = u32::MAX;

/// Where an article belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Home {
    /// Its story, as a number.
    pub(super) story: u32,
    /// The earliest article of its near-duplicate group: the group's report.
    pub(super) group: u32,
    /// The article that stands for all that are the same word for word.
    pub(super) first: u32,
}

/// Where an article belongs that is not there.
pub(super) const NOWHERE: Home = Home { story: NONE, group: NONE, first: NONE };

impl Home {
    /// Whether the article is there.
    pub(super) fn is_there(self) -> bool {
        self.group != NONE
    }
}

/// An article that the index has, or has had.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    pub(super) brief: Brief,
    /// Its segment, among those at hand, and its place in it.
    pub(super) segment: u32,
    pub(super) at: u32,
}

const UNKNOWN: Known = Known {
    brief: Brief {
        identity: 0,
        delivered: 0,
        content: 0,
        time: i64::MIN,
        source: 0,
        n_words: 0,
        n_shingles: 0,
    },
    segment: NONE,
    at: 0,
};

/// All articles by row, and the segments that they are in.
#[derive(Default)]
pub(super) struct State {
    pub(super) segments: Vec<Segment>,
    /// For each segment the rows of its articles, in their order there.
    pub(super) by_segment: Vec<Vec<u32>>,
    pub(super) rows: Vec<Known>,
    /// Where each belonged before. Apart, because all are gone through again and again.
    pub(super) was: Vec<Home>,
    /// Where each belongs now; its story is not known before all is grouped.
    pub(super) now: Vec<Home>,
    /// All rows in the order of their articles in time, as in a corpus: unknown first.
    pub(super) in_time: Vec<u32>,
    /// For each row its place there.
    pub(super) ages: Vec<u32>,
}

impl State {
    /// What the index has, and what tonight's segments have.
    pub(super) fn load(store: &Store, tonight: &[Named]) -> Result<Self, Error> {
        let before = store.segments_of(rows::KIND)?;
        let segments = before.iter().chain(tonight).map(|named| store.segment(named));
        let segments: Vec<Segment> = segments.collect::<Result<_, Error>>()?;
        let records = segments.iter().map(|s| s.section_len(rows::RECORDS) as usize).sum::<usize>();
        let rows = Vec::with_capacity(records / rows::RECORD);
        let mut state = Self { rows, ..Self::default() };
        for segment in segments {
            let (mut of_segment, number) = (Vec::new(), state.segments.len() as u32);
            segment.each_record(rows::RECORDS, rows::RECORD, |record| {
                let (row, brief) = rows::brief(record);
                if state.rows.len() <= row as usize {
                    state.rows.resize(row as usize + 1, UNKNOWN);
                }
                let place = &mut state.rows[row as usize];
                if place.segment != NONE {
                    let what = format!("article {row} is in another segment as well");
                    return Err(Error::damaged(segment.path(), what));
                }
                *place = Known { brief, segment: number, at: of_segment.len() as u32 };
                of_segment.push(row);
                Ok(())
            })?;
            state.segments.push(segment);
            state.by_segment.push(of_segment);
        }
        let (mut was, mut is_whole) = (vec![NOWHERE; state.rows.len()], true);
        store.each_member(|m| match was.get_mut(m.row as usize) {
            Some(home) if state.rows[m.row as usize].segment != NONE => {
                *home = Home { story: m.story, group: m.group, first: m.first };
            }
            _ => is_whole = false,
        })?;
        (state.now, state.was) = (was.clone(), was);
        if !is_whole {
            return Err(Error::damaged(&store.database(), "an article is in no segment"));
        }
        state.in_time = in_time(&state.rows);
        state.ages = numbers(&state.in_time, state.rows.len());
        Ok(state)
    }

    /// What the record of an article says of it.
    pub(super) fn of(&self, row: u32) -> &Brief {
        &self.rows[row as usize].brief
    }

    /// Where an article belonged before.
    pub(super) fn was(&self, row: u32) -> Home {
        self.was[row as usize]
    }

    /// Where it belongs now.
    pub(super) fn now(&self, row: u32) -> Home {
        self.now[row as usize]
    }

    /// When a report was published or seen, and whether it is the latter, as [`rows::time`] has it.
    pub(super) fn time(&self, row: u32) -> (i64, bool) {
        rows::time(self.of(row).time)
    }

    /// When an article was published, to the second.
    pub(super) fn published(&self, row: u32) -> Option<i64> {
        let dated = rows::dated(self.of(row).time);
        dated.time.filter(|_| !dated.stamped)
    }

    /// Rows of articles that pass, ascending.
    pub(super) fn select(&self, pass: impl Fn(u32) -> bool) -> Vec<u32> {
        (0..self.rows.len() as u32).filter(|&row| pass(row)).collect()
    }
}

/// For each of so many rows or positions the number that it has among some, or [`NONE`].
pub(super) fn numbers(some: &[u32], n: usize) -> Vec<u32> {
    let mut numbers = vec![NONE; n];
    (0..).zip(some).for_each(|(number, &i)| numbers[i as usize] = number);
    numbers
}

/// All rows in the order of their articles in time.
fn in_time(rows: &[Known]) -> Vec<u32> {
    let of = |row: u32| &rows[row as usize].brief;
    let time = |row: &u32| rows::dated(of(*row).time).time;
    let mut in_time: Vec<u32> = (0..rows.len() as u32).collect();
    // Stable, because rows mostly come in the order of time.
    in_time.sort_by_key(time);
    for same in in_time.chunk_by_mut(|x, y| time(x) == time(y)) {
        same.sort_unstable_by_key(|&row| (of(row).identity, row));
    }
    in_time
}
