//! The story level once more, slow and plain: every pair is compared, without an index and without limits.

use rayon::prelude::*;
use samestory::kernel::cosine::Probe;
use samestory::kernel::time::TimeFactor;
use samestory::stages::neighbours::{NEAREST, Neighbours, Similar, keep_nearest};
use samestory::stages::reach::{self, Dated, HISTORY, Times};
use samestory::stages::weights::{Vectors, Weights};

/// What [`samestory::stages::neighbours::find`] is to find.
pub(crate) fn find(vectors: &Vectors, times: &Times, factor: &TimeFactor) -> Neighbours {
    let fixed = vectors.fixed();
    let dated = |i: usize| Dated {
        time: i.checked_sub(times.undated).map(|i| times.seconds[i]),
        stamped: times.stamped[i],
    };
    let one = |probe: &mut Probe, i: usize| {
        vectors.load(&fixed, i, probe);
        let past = dated(i).time.map(reach::past);
        let past = past.map_or(0, |past| times.seconds.iter().filter(|t| past.contains(t)).count());
        let (mut similar, mut near) = (Vec::new(), Vec::new());
        for j in (0..vectors.len()).filter(|&j| j != i) {
            let cosine = vectors.cosine(&fixed, probe, i, j);
            let factor = reach::factor(dated(i), dated(j), factor);
            if i < j && reach::is_similar(cosine, factor) {
                similar.push(Similar::new((i as u32, j as u32), cosine, factor));
            }
            if reach::is_around(dated(i), dated(j), past >= HISTORY) {
                near.push((j as u32, cosine));
            }
        }
        keep_nearest(&mut near);
        let local = vectors.local_of(i, &near, probe);
        near.truncate(NEAREST);
        (similar, near, local)
    };
    let all: Vec<_> = (0..vectors.len()).into_par_iter().map_init(Probe::default, one).collect();
    let (mut found, mut local) = (Neighbours::default(), Weights::default());
    for (similar, near, weights) in all {
        found.similar.extend(similar);
        found.nearest.push(near);
        local.push(&weights);
    }
    Neighbours { local, ..found }
}
