//! Many small segments to a larger one: a service adds articles a few at a time.

use crate::store::{Batch, Named};

/// Segments of about one size that become one.
const FAN: usize = 8;
/// Segments of more rows are large enough: what a night adds is not written twice.
const ENOUGH: u32 = 8_000;

/// A segment that stands for others.
#[derive(Debug, Default)]
pub(super) struct Absorbed {
    pub(super) new: Option<Named>,
    /// The numbers of those that it stands for.
    pub(super) gone: Vec<u32>,
}

impl Absorbed {
    /// Makes it count.
    pub(super) fn into_batch(self, batch: &mut Batch) {
        batch.segments.extend(self.new);
        batch.replaced_segments.extend(self.gone);
    }
}

/// The segments of a kind that should become one, if there are many of one size: so each row is written again only a few
/// times.
pub(super) fn small<'a>(all: &'a [Named], kind: &str) -> Vec<&'a Named> {
    let class = |named: &Named| named.rows.max(1).ilog2() / FAN.ilog2();
    let small = all.iter().filter(|named| named.kind == kind && named.rows < ENOUGH);
    let of_class = |size: u32| small.clone().filter(move |named| class(named) == size);
    let many = (0..8).find(|&size| of_class(size).count() >= FAN);
    many.map_or_else(Vec::new, |size| of_class(size).collect())
}
