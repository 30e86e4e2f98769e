//! Many small segments of articles to a larger one.

use std::ops::Range;

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
        let (bytes, Range { start, end }) = (writer.finish()? as i64, reach(&many));
        let kind = rows::KIND.to_owned();
        batch.segments.push(Named { number, kind, first_row: start, rows: end - start, bytes });
        Ok(())
    }
}

/// From the first row that some segments can have to behind the last: they stand by number, and one that was merged can have older
/// rows than one before it.
fn reach(segments: &[&Named]) -> Range<u32> {
    let start = segments.iter().map(|named| named.first_row).min().unwrap_or(0);
    let end = segments.iter().map(|named| named.first_row + named.rows).max().unwrap_or(start);
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_merged_segment_reaches_as_far_as_all_of_its_parts() {
        let named = |(number, first_row, rows)| Named {
            number,
            kind: rows::KIND.to_owned(),
            first_row,
            rows,
            bytes: 1,
        };
        let many = [(3, 540, 360), (7, 500, 440), (8, 940, 20)].map(named);
        assert_eq!(reach(&many.each_ref()), 500..960);
        assert_eq!(reach(&[]), 0..0);
    }
}
