//! What [`super::neighbours`] finds of some reports only, given the postings of their terms.
//!
//! A night asks for new reports, and for those whose answer may be another one now. What a report's query gives depends on
//! the open postings of its own terms, within its reach in time, and on how many reports there are in its past.

use rayon::prelude::*;

use super::neighbours::{self, Comparison, Index, Neighbours, Scratch, gather};
use super::posted::heaviest;
use super::postings::Postings;
use super::reach::{Own, Purpose, Times};
use super::weights::Vectors;
use crate::kernel::time::TimeFactor;

/// Reports that one thread queries at a time.
const PART: usize = 256;

/// By which terms the reports of some vectors are found, with their weights.
pub fn posted(vectors: &Vectors) -> Vec<Vec<(u32, u16)>> {
    let fixed = vectors.fixed();
    (0..vectors.len()).into_par_iter().map(|i| heaviest(i, vectors, &fixed).collect()).collect()
}

/// The candidates for the neighbourhoods of the reports that ask, given what these are found by.
pub fn around(
    postings: &Postings,
    asking: &[(u32, Vec<(u32, u16)>)],
    times: &Times,
    factor: &TimeFactor,
) -> Vec<Vec<u32>> {
    let index = Index::new(postings.lists.clone(), Purpose::Around, times, factor);
    let one = |scratch: &mut Scratch, (report, posted): &(u32, Vec<(u32, u16)>)| {
        let posted = posted.iter().map(|&(term, weight)| (postings.numbers.of(term), weight));
        index.around(*report, posted, scratch)
    };
    asking.par_iter().with_min_len(PART).map_init(Scratch::default, one).collect()
}

/// A report and by what it asks for matches.
pub type Asks = (u32, Vec<Own>);

/// The candidates for the matches of the reports that ask, given by what they ask.
pub fn matches(
    postings: Postings,
    asking: &[Asks],
    times: &Times,
    factor: &TimeFactor,
) -> Vec<Vec<u32>> {
    let Postings { numbers, lists } = postings;
    let index = Index::new(lists, Purpose::Matches, times, factor);
    let one = |scratch: &mut Scratch, (report, own): &Asks| {
        let own = own.iter().map(|&(term, weight)| (numbers.of(term), weight));
        index.matches(*report, own, scratch)
    };
    asking.par_iter().with_min_len(PART).map_init(Scratch::default, one).collect()
}

/// Reports, each with others to be compared with it; all are positions among the vectors and times.
pub type Stars = [(u32, Vec<u32>)];

/// The neighbours and the local weights of reports that ask, given their candidates, in the order of `asking`.
pub fn weigh(comparison: &Comparison<'_>, asking: &Stars) -> Neighbours {
    each(asking, |scratch, (report, around), found| {
        comparison.weigh(*report, around, &mut scratch.probe, found);
    })
}

/// The similar pairs of reports that ask, given their candidates.
pub fn compare(comparison: &Comparison<'_>, asking: &Stars) -> Neighbours {
    each(asking, |scratch, (report, matches), found| {
        comparison.compare(*report, matches, &mut scratch.probe, found);
    })
}

fn each(
    asking: &Stars,
    one: impl Fn(&mut Scratch, &(u32, Vec<u32>), &mut Neighbours) + Sync + Send,
) -> Neighbours {
    let of_one = |scratch: &mut Scratch, k: u32, found: &mut Neighbours| {
        one(scratch, &asking[k as usize], found);
    };
    gather(neighbours::each(asking.len(), of_one))
}
