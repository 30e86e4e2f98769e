//! Segments: immutable files of a few sections, in blocks with a checksum each.
//!
//! A header says how long the sections are, blocks follow, packed or as they are, and at the end stands how long each is.

mod writer;

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, ErrorKind, Read as _, Seek as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use zstd::bulk::Decompressor;

use super::Error;
use super::header::versions;

pub use writer::{Keep, SegmentWriter};

const MAGIC: &[u8; 8] = b"SAMESEG\n";
/// Most sections of a segment.
const SECTIONS: usize = 12;
/// Bytes of the header: magic, versions, lengths of the sections, checksum.
const HEADER: usize = 8 + 3 * 4 + SECTIONS * 8 + 4;
/// Bytes under one checksum.
const BLOCK: usize = 1 << 15;
/// Bytes of a checksum.
const SUM: usize = 4;
/// Set in the length of a block that is packed.
const PACKED: u32 = 1 << 31;

fn checksum(block: u64, bytes: &[u8]) -> [u8; 4] {
    let mut sum = crc32fast::Hasher::new();
    sum.update(&block.to_le_bytes());
    sum.update(bytes);
    sum.finalize().to_le_bytes()
}

thread_local! {
    /// Made once: that costs as much as unpacking a block.
    static UNPACKER: RefCell<io::Result<Decompressor<'static>>> = RefCell::new(Decompressor::new());
}

/// The block of a segment that was read last.
#[derive(Debug, Default)]
pub struct Block {
    number: Option<usize>,
    bytes: Vec<u8>,
    /// As it is in the file.
    stored: Vec<u8>,
}

/// A segment opened for reading; it stays readable when its file is deleted.
#[derive(Debug)]
pub struct Segment {
    path: PathBuf,
    file: File,
    /// How long each section is.
    lengths: Vec<u64>,
    /// The first block of each section.
    first: Vec<usize>,
    /// Where each block begins, and the last one ends; and whether it is packed.
    blocks: Vec<(u64, bool)>,
}

/// Records that are read together.
const TOGETHER: usize = 1 << 10;

impl Segment {
    /// Opens a segment and checks its header and length.
    ///
    /// # Errors
    /// It cannot be read, is damaged, or of another version.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let mut file = File::open(path).map_err(Error::io(path))?;
        let mut header = [0; HEADER];
        file.read_exact(&mut header).map_err(|error| cut_short(path, error))?;
        let (said, sum) = header.split_at(HEADER - SUM);
        if !said.starts_with(MAGIC) || crc32fast::hash(said).to_le_bytes() != sum {
            return Err(Error::damaged(path, "the header does not read as it was written"));
        }
        let (found, lengths) = said[8..].split_at(12);
        let found: Vec<u32> = found.as_chunks().0.iter().map(|b| u32::from_le_bytes(*b)).collect();
        if found != versions() {
            let (found, expected) = (format!("{found:?}"), format!("{:?}", versions()));
            return Err(Error::Version { path: path.to_owned(), found, expected });
        }
        let lengths: Vec<u64> =
            lengths.as_chunks().0.iter().map(|b| u64::from_le_bytes(*b)).collect();
        let mut first = vec![0];
        for length in &lengths {
            first.push(first[first.len() - 1] + length.div_ceil(BLOCK as u64) as usize);
        }
        let length = file.metadata().map_err(Error::io(path))?.len();
        let blocks = blocks(path, &file, first[SECTIONS], length)?;
        Ok(Self { path: path.to_owned(), file, lengths, first, blocks })
    }

    /// Bytes of a section.
    pub fn section_len(&self, section: usize) -> u64 {
        self.lengths[section]
    }

    /// Reads a stretch of a section after what `out` holds.
    ///
    /// # Errors
    /// It cannot be read, or is damaged.
    pub fn read(
        &self,
        section: usize,
        from: u64,
        length: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        self.read_by(&mut Block::default(), section, from, length, out)
    }

    /// As [`Segment::read`], for stretches of this segment one after the other: what two have in common is read once.
    ///
    /// # Errors
    /// As [`Segment::read`].
    pub fn read_by(
        &self,
        last: &mut Block,
        section: usize,
        from: u64,
        length: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let end = from + length as u64;
        if end > self.lengths[section] {
            return Err(Error::damaged(&self.path, "a record points beyond its section"));
        }
        let size = BLOCK as u64;
        for block in from / size..end.div_ceil(size) {
            let begin = block * size;
            let number = self.first[section] + block as usize;
            if last.number != Some(number) {
                self.load(number, (self.lengths[section] - begin).min(size) as usize, last)?;
            }
            let stretch = from.saturating_sub(begin) as usize..(end - begin).min(size) as usize;
            out.extend_from_slice(&last.bytes[stretch]);
        }
        Ok(())
    }

    /// Reads a block of so many bytes and checks it.
    fn load(&self, number: usize, length: usize, block: &mut Block) -> Result<(), Error> {
        block.number = None;
        let ((at, packed), (end, _)) = (self.blocks[number], self.blocks[number + 1]);
        block.stored.resize((end - at) as usize, 0);
        let read = self.file.read_exact_at(&mut block.stored, at);
        read.map_err(|error| cut_short(&self.path, error))?;
        let (data, sum) = block.stored.split_at(block.stored.len() - SUM);
        let damaged = || {
            let what = format!("block {number} does not read as it was written");
            Error::damaged(&self.path, what)
        };
        if checksum(number as u64, data) != sum {
            return Err(damaged());
        }
        if packed {
            block.bytes.resize(length, 0);
            let bytes = &mut block.bytes;
            let unpacked = UNPACKER.with_borrow_mut(|unpacker| match unpacker {
                Ok(unpacker) => unpacker.decompress_to_buffer(data, bytes).ok(),
                Err(_) => None,
            });
            unpacked.filter(|&n| n == length).ok_or_else(damaged)?;
        } else {
            block.stored.truncate(length);
            std::mem::swap(&mut block.bytes, &mut block.stored);
        }
        block.number = Some(number);
        Ok(())
    }

    /// Reads a whole section.
    ///
    /// # Errors
    /// As [`Segment::read`].
    pub fn section(&self, section: usize) -> Result<Vec<u8>, Error> {
        let length = self.section_len(section) as usize;
        let mut out = Vec::with_capacity(length);
        self.read(section, 0, length, &mut out)?;
        Ok(out)
    }

    /// Calls `each` with every record of a section of records of this many bytes, in order. The section is never in memory
    /// whole.
    ///
    /// # Errors
    /// As [`Segment::read`], and those of `each`.
    pub fn each_record(
        &self,
        section: usize,
        size: usize,
        mut each: impl FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let (mut block, mut some) = (Block::default(), Vec::new());
        let (all, part) = (self.section_len(section), size * TOGETHER);
        for from in (0..all).step_by(part) {
            some.clear();
            let length = (all - from).min(part as u64) as usize;
            self.read_by(&mut block, section, from, length, &mut some)?;
            some.chunks_exact(size).try_for_each(&mut each)?;
        }
        Ok(())
    }

    /// Reads everything once, to see whether it is as it was written.
    ///
    /// # Errors
    /// As [`Segment::read`].
    pub fn check(&self) -> Result<(), Error> {
        (0..SECTIONS).try_for_each(|section| self.section(section).map(drop))
    }

    /// Copies the file as it is, and sees it onto the disk.
    pub(super) fn copy_to(&self, to: &Path) -> Result<(), Error> {
        let mut from = &self.file;
        from.rewind().map_err(Error::io(&self.path))?;
        let copied = File::create(to).and_then(|mut copy| {
            io::copy(&mut from, &mut copy)?;
            copy.sync_all()
        });
        copied.map_err(Error::io(to))
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Where the blocks of a segment are, as its end says.
fn blocks(path: &Path, file: &File, n: usize, length: u64) -> Result<Vec<(u64, bool)>, Error> {
    let expected = |n: u64| Error::damaged(path, format!("{length} bytes long, not {n}"));
    let said = n as u64 * 4 + SUM as u64;
    let at = length.checked_sub(said).ok_or_else(|| expected(said))?;
    let mut bytes = vec![0; said as usize];
    file.read_exact_at(&mut bytes, at).map_err(|error| cut_short(path, error))?;
    let (bytes, sum) = bytes.split_at(bytes.len() - SUM);
    if checksum(n as u64, bytes) != sum {
        return Err(Error::damaged(path, "its end does not read as it was written"));
    }
    let (mut blocks, mut begin) = (Vec::with_capacity(n + 1), HEADER as u64);
    for block in bytes.as_chunks().0.iter().map(|bytes| u32::from_le_bytes(*bytes)) {
        blocks.push((begin, block & PACKED != 0));
        begin += u64::from(block & !PACKED) + SUM as u64;
    }
    blocks.push((begin, false));
    if begin == at { Ok(blocks) } else { Err(expected(begin + said)) }
}

fn cut_short(path: &Path, error: std::io::Error) -> Error {
    match error.kind() {
        ErrorKind::UnexpectedEof => Error::damaged(path, "cut short"),
        _ => Error::Io { path: path.to_owned(), cause: error },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::hash::mix;

    #[test]
    fn sections_come_back_and_every_flipped_bit_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.seg");
        // The second block packs well, the others do not.
        let byte = |i: usize| if i < BLOCK { mix(i as u64) as u8 } else { (i / 50) as u8 };
        let long: Vec<u8> = (0..3 * BLOCK / 2).map(byte).collect();
        let mut writer = SegmentWriter::create(&path).unwrap();
        let sections = [
            (&b"one"[..], Keep::Plain),
            (&long, Keep::Packed),
            (b"", Keep::Packed),
            (b"end", Keep::Packed),
        ];
        for (bytes, keep) in sections {
            writer.section(keep).unwrap();
            writer.write(bytes).unwrap();
        }
        let length = writer.finish().unwrap();
        let segment = Segment::open(&path).unwrap();
        let read: Vec<Vec<u8>> = (0..4).map(|i| segment.section(i).unwrap()).collect();
        assert_eq!(read, [b"one".to_vec(), long.clone(), Vec::new(), b"end".to_vec()]);
        let mut part = Vec::new();
        segment.read(1, BLOCK as u64 - 5, 9, &mut part).unwrap();
        assert_eq!(part, long[BLOCK - 5..BLOCK + 4]);
        assert!(segment.read(0, 2, 2, &mut part).is_err());
        assert!(length < BLOCK as u64 * 5 / 4, "{length}");

        let whole = std::fs::read(&path).unwrap();
        for at in (0..length as usize).filter(|at| *at < 300 || at % 97 == 0) {
            let mut flipped = whole.clone();
            flipped[at] ^= 1 << (at % 8);
            std::fs::write(&path, &flipped).unwrap();
            let seen = Segment::open(&path).and_then(|segment| segment.check());
            assert!(seen.is_err_and(|error| error.to_string().contains("a.seg")), "byte {at}");
        }
        std::fs::write(&path, &whole[..whole.len() - 1]).unwrap();
        assert!(Segment::open(&path).is_err());
    }
}
