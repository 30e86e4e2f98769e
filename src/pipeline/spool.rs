//! Lists that wait for their stage: in memory while they are few, in a temporary file beyond that.
//!
//! Shingles and terms are most of what is known of an article, and each is needed once, for some articles only. The file has
//! no name, so that nothing of it is left behind however the run ends.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use super::Memory;

/// A list item of fixed size.
pub(super) trait Item: Copy {
    /// Bytes of one item.
    const SIZE: usize;
    /// What stands in a place before its item comes.
    const NONE: Self;
    /// Writes the item to its bytes.
    fn write(self, bytes: &mut [u8]);
    /// Reads an item from its bytes.
    fn read(bytes: &[u8]) -> Self;
}

impl Item for u32 {
    const SIZE: usize = 4;
    const NONE: Self = 0;

    fn write(self, bytes: &mut [u8]) {
        bytes.copy_from_slice(&self.to_le_bytes());
    }

    fn read(bytes: &[u8]) -> Self {
        Self::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
    }
}

impl Item for u8 {
    const SIZE: usize = 1;
    const NONE: Self = 0;

    fn write(self, bytes: &mut [u8]) {
        bytes[0] = self;
    }

    fn read(bytes: &[u8]) -> Self {
        bytes[0]
    }
}

/// Where the list of one article is: the part, and the stretch of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) part: u32,
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Place {
    /// Length of the list.
    pub(super) fn len(self) -> usize {
        (self.end - self.start) as usize
    }
}

/// Bytes of lists that stay in memory, unless told otherwise.
const IN_MEMORY: usize = 16 << 20;

/// Bytes that are written at once, and the most that are read between two lists that are wanted: they stay in a near cache.
const BLOCK: usize = if cfg!(test) { 8 } else { 1 << 14 };

/// How many bytes may be in memory of what can wait elsewhere.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    /// Sketches, which the search for candidates reads again and again.
    pub(super) sketches: usize,
    /// Shingles, nearly all of which are compared.
    pub(super) shingles: usize,
    /// Words of headlines, and details, that go with them.
    pub(super) hashes: usize,
    /// Lists of each other kind.
    pub(super) lists: usize,
    /// Lists that are looked at together.
    pub(super) batch: usize,
    /// As in [`Memory::give_back`].
    pub(super) give_back: fn(),
}

impl Default for Room {
    fn default() -> Self {
        Self::new(Memory::default())
    }
}

impl Room {
    /// The room that there is in memory.
    pub(super) fn new(Memory { limit, give_back }: Memory) -> Self {
        let (sketches, shingles, batch) = (usize::MAX, 6 * IN_MEMORY, 64 << 20);
        let (hashes, lists) = (IN_MEMORY / 2, IN_MEMORY);
        let usual = Self { sketches, shingles, hashes, lists, batch, give_back };
        let Some(limit) = limit else { return usual };
        let batch = (limit / 16).min(usual.batch);
        let lists = (limit / 64).min(usual.lists);
        let hashes = lists.min(usual.hashes);
        Self { sketches: lists, shingles: lists, hashes, lists, batch, give_back }
    }
}

/// The lists of many articles, a part for each chunk of them.
#[derive(Debug)]
pub(super) struct Spool<T> {
    parts: Vec<Kept<T>>,
    /// Bytes that may be in memory.
    room: usize,
    /// Bytes in memory.
    held: usize,
    file: Option<File>,
    /// Length of the file.
    written: u64,
}

#[derive(Debug)]
enum Kept<T> {
    Here(Vec<T>),
    /// Offset in bytes.
    File(u64),
}

impl<T> Default for Spool<T> {
    fn default() -> Self {
        Self::with_room(IN_MEMORY)
    }
}

impl<T> Spool<T> {
    /// A spool that holds so many bytes in memory.
    pub(super) fn with_room(room: usize) -> Self {
        Self { parts: Vec::new(), room, held: 0, file: None, written: 0 }
    }

    /// The list at a place, where that is in memory.
    pub(super) fn here(&self, place: Place) -> Option<&[T]> {
        match &self.parts[place.part as usize] {
            Kept::Here(list) => Some(&list[place.start as usize..place.end as usize]),
            Kept::File(..) => None,
        }
    }

    /// Whether all of it is in memory.
    pub(super) fn is_here(&self) -> bool {
        self.file.is_none()
    }
}

impl<T: Item> Spool<T> {
    /// Adds a part.
    ///
    /// # Errors
    /// The temporary file cannot be made or written.
    pub(super) fn push(&mut self, mut part: Vec<T>) -> io::Result<()> {
        if self.held + part.len() * T::SIZE <= self.room {
            part.shrink_to_fit();
            self.held += part.len() * T::SIZE;
            self.parts.push(Kept::Here(part));
            return Ok(());
        }
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile()?),
        };
        let mut bytes = Vec::new();
        for some in part.chunks((BLOCK / T::SIZE).max(1)) {
            bytes.resize(some.len() * T::SIZE, 0);
            let places = bytes.chunks_exact_mut(T::SIZE);
            places.zip(some).for_each(|(place, item)| item.write(place));
            file.write_all(&bytes)?;
        }
        self.parts.push(Kept::File(self.written));
        self.written += (part.len() * T::SIZE) as u64;
        Ok(())
    }

    /// Calls `each` with the list at every place, together with the place's position; part by part.
    ///
    /// # Errors
    /// The temporary file cannot be read.
    pub(super) fn gather(
        &self,
        places: &[Place],
        mut each: impl FnMut(usize, &[T]),
    ) -> io::Result<()> {
        let mut order: Vec<u32> = (0..places.len() as u32).collect();
        order.sort_unstable_by_key(|&i| (places[i as usize], i));
        let (mut bytes, mut items) = (Vec::new(), Vec::new());
        let mut file = self.file.as_ref();
        let near = |&i: &u32, &j: &u32| {
            let (one, next) = (places[i as usize], places[j as usize]);
            let between = next.start.saturating_sub(one.end) as usize;
            one.part == next.part && between * T::SIZE <= BLOCK
        };
        for same in order.chunk_by(near) {
            let first = places[same[0] as usize];
            let end = same.iter().map(|&i| places[i as usize].end).max().unwrap_or(first.end);
            let (list, from) = match &self.parts[first.part as usize] {
                Kept::Here(list) => (list, 0),
                &Kept::File(offset) => {
                    let file = file.as_mut().ok_or(io::ErrorKind::NotFound)?;
                    bytes.resize((end - first.start) as usize * T::SIZE, 0);
                    file.seek(SeekFrom::Start(offset + u64::from(first.start) * T::SIZE as u64))?;
                    file.read_exact(&mut bytes)?;
                    items.clear();
                    items.extend(bytes.chunks_exact(T::SIZE).map(T::read));
                    (&items, first.start)
                }
            };
            for &i in same {
                let place = places[i as usize];
                each(i as usize, &list[(place.start - from) as usize..(place.end - from) as usize]);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_come_back_from_memory_and_from_the_file() {
        let mut spool = Spool::with_room(12);
        for part in [vec![1u32, 2, 3], vec![4, 5, 6, 7, 8, 9], vec![], vec![6]] {
            spool.push(part).unwrap();
        }
        assert!(spool.file.is_some());
        let places = [(3, 0, 1), (0, 1, 3), (1, 0, 2), (1, 1, 1), (0, 0, 3), (1, 5, 6), (1, 0, 1)];
        let places = places.map(|(part, start, end)| Place { part, start, end });
        let mut found = vec![Vec::new(); places.len()];
        spool.gather(&places, |i, list| found[i] = list.to_vec()).unwrap();
        let expected = [vec![6], vec![2, 3], vec![4, 5], vec![], vec![1, 2, 3], vec![9], vec![4]];
        assert_eq!(found, expected);
    }
}
