//! Many small segments of articles to a larger one.

use super::state::State;
use super::{Error, Index, absorb, rows};
use crate::store::{Batch, Named};

impl Index {
    /// The number of a segment that neither the index nor a batch has.
    pub(super) fn free_segment(&self, batch: &Batch) -> Result<u32, Error> {
        let taken = batch.segments.iter().map(|named| named.number).max().unwrap_or(0);
        Ok(self.store.next()?.segment.max(taken + 1))
    }

    /// Merges segments of articles of which there are many of one size.
    pub(super) fn merge_small(&self, state: &State, batch: &mut Batch) -> Result<(), Error> {
        let all = self.store.segments()?;
        let many = absorb::small(&all, rows::KIND);
        let mut left = Vec::new();
        for named in &many {
            let whole = rows::read(&self.store.segment(named)?)?;
            left.push(rows::only(&whole, |a| state.now(a.row).is_there()));
        }
        batch.replaced_segments.extend(many.iter().map(|named| named.number));
        let rows: usize = left.iter().map(|chunk| chunk.articles.len()).sum();
        if rows == 0 {
            return Ok(());
        }
        let number = self.free_segment(batch)?;
        let mut writer = self.store.new_segment(number)?;
        rows::write(&mut writer, &left)?;
        let (bytes, first_row) = (writer.finish()? as i64, many[0].first_row);
        let end = many.iter().map(|named| named.first_row + named.rows).max().unwrap_or(first_row);
        let kind = rows::KIND.to_owned();
        batch.segments.push(Named { number, kind, first_row, rows: end - first_row, bytes });
        Ok(())
    }
}
