//! Many small segments to a larger one: a service adds articles a few at a time.

use super::world::World;
use super::{Error, Index, rows};
use crate::store::{Batch, Named};

/// Segments of about one size that become one.
const FAN: usize = 8;
/// Segments of more rows are large enough.
const ENOUGH: u32 = 20_000;

impl Index {
    /// Merges segments of which there are many of one size, so that each article is written again only a few times.
    pub(super) fn merge_small(&self, world: &World, batch: &mut Batch) -> Result<(), Error> {
        let all = self.store.segments()?;
        let class = |named: &&Named| named.rows.max(1).ilog2() / FAN.ilog2();
        let small: Vec<&Named> = all.iter().filter(|named| named.rows < ENOUGH).collect();
        let Some(many) = (0..8).find_map(|size| {
            let same: Vec<&Named> = small.iter().copied().filter(|n| class(n) == size).collect();
            (same.len() >= FAN).then_some(same)
        }) else {
            return Ok(());
        };
        let mut left = Vec::new();
        for named in &many {
            let whole = rows::read(&self.store.segment(named)?)?;
            left.push(rows::only(&whole, |a| world.has(a.row)));
        }
        batch.replaced_segments.extend(many.iter().map(|named| named.number));
        let rows: usize = left.iter().map(|chunk| chunk.articles.len()).sum();
        if rows == 0 {
            return Ok(());
        }
        let taken = batch.segments.iter().map(|named| named.number).max().unwrap_or(0);
        let number = self.store.next()?.segment.max(taken + 1);
        let mut writer = self.store.new_segment(number)?;
        rows::write(&mut writer, &left)?;
        let (bytes, first_row) = (writer.finish()? as i64, many[0].first_row);
        let end = many.iter().map(|named| named.first_row + named.rows).max().unwrap_or(first_row);
        let kind = rows::KIND.to_owned();
        batch.segments.push(Named { number, kind, first_row, rows: end - first_row, bytes });
        Ok(())
    }
}
