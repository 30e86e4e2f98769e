//! Some of all reports by themselves, to be compared: what they look like does not have to be read for the others.

use super::Error;
use super::reports::{Reports, times};
use super::state::{NONE, State};
use crate::kernel::time::TimeFactor;
use crate::stages::neighbours::Comparison;
use crate::stages::reach::Times;
use crate::stages::weights::{Vectors, Weights};

/// Some reports, numbered among themselves in the order of their positions.
pub(super) struct Few {
    /// The row of each.
    pub(super) rows: Vec<u32>,
    pub(super) vectors: Vectors,
    pub(super) fixed: Weights,
    pub(super) times: Times,
    /// For each position the number, or [`NONE`].
    numbers: Vec<u32>,
}

impl Few {
    /// Those at some positions, which may repeat.
    pub(super) fn new(
        state: &State,
        reports: &Reports,
        positions: impl Iterator<Item = u32>,
    ) -> Result<Self, Error> {
        let mut numbers = vec![NONE; reports.rows.len()];
        positions.for_each(|i| numbers[i as usize] = 0);
        let positions: Vec<u32> =
            (0..).zip(&numbers).filter(|(_, n)| **n != NONE).map(|(i, _)| i).collect();
        (0..).zip(&positions).for_each(|(n, &i)| numbers[i as usize] = n);
        let rows: Vec<u32> = positions.iter().map(|&i| reports.rows[i as usize]).collect();
        let (vectors, times) = (state.terms(&rows)?, times(state, &rows));
        Ok(Self { rows, fixed: vectors.fixed(), vectors, times, numbers })
    }

    /// The number of the report at a position, which is one of them.
    pub(super) fn number(&self, position: u32) -> u32 {
        self.numbers[position as usize]
    }

    /// Reports with others that each is compared with, by number instead of by position.
    pub(super) fn numbered<'a>(
        &self,
        stars: impl Iterator<Item = (u32, &'a Vec<u32>)>,
    ) -> Vec<(u32, Vec<u32>)> {
        let numbers = |others: &Vec<u32>| others.iter().map(|&i| self.number(i)).collect();
        stars.map(|(i, others)| (self.number(i), numbers(others))).collect()
    }

    /// What it takes to compare them.
    pub(super) fn comparison<'a>(&'a self, factor: &'a TimeFactor) -> Comparison<'a> {
        Comparison { vectors: &self.vectors, fixed: &self.fixed, times: &self.times, factor }
    }
}
