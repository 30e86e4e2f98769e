//! Work on many reports, some of them at a time.

use std::ops::Range;

use rayon::prelude::*;

/// Reports of a part: so many that what is found lies in few lists, so few that all threads have work to the end.
const PART: usize = if cfg!(test) { 3 } else { 512 };

/// What `part` finds of each stretch of so many reports, in their order; a thread uses the same buffers for its next one.
pub(super) fn in_parts<B: Default, T: Send>(
    n: usize,
    part: impl Fn(&mut B, Range<usize>) -> T + Sync + Send,
) -> Vec<T> {
    let parts: Vec<usize> = (0..n).step_by(PART).collect();
    let part = |buffers: &mut B, from: usize| part(buffers, from..n.min(from + PART));
    parts.into_par_iter().map_init(B::default, part).collect()
}
