//! Segments: immutable files of a few sections, with a checksum for every block.

use std::fs::File;
use std::io::{BufWriter, ErrorKind, Read as _, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use super::header::versions;
use super::{Error, crash};

const MAGIC: &[u8; 8] = b"SAMESEG\n";
/// Most sections of a segment.
const SECTIONS: usize = 12;
/// Bytes of the header: magic, versions, lengths of the sections, checksum.
const HEADER: usize = 8 + 3 * 4 + SECTIONS * 8 + 4;
/// Bytes under one checksum.
const BLOCK: usize = 1 << 15;

/// Writes a segment, section by section.
#[derive(Debug)]
pub struct SegmentWriter {
    path: PathBuf,
    file: BufWriter<File>,
    lengths: Vec<u64>,
    block: Vec<u8>,
    blocks: u64,
}

impl SegmentWriter {
    /// Begins a segment.
    ///
    /// # Errors
    /// The file cannot be made.
    pub fn create(path: &Path) -> Result<Self, Error> {
        let file = File::create(path).map_err(Error::io(path))?;
        let mut file = BufWriter::with_capacity(1 << 18, file);
        file.write_all(&[0; HEADER]).map_err(Error::io(path))?;
        let block = Vec::with_capacity(BLOCK);
        Ok(Self { path: path.to_owned(), file, lengths: vec![0], block, blocks: 0 })
    }

    /// Appends to the section that is being written.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&mut self, mut bytes: &[u8]) -> Result<(), Error> {
        let length = self.lengths.last_mut().expect("there is always one being written");
        *length += bytes.len() as u64;
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(BLOCK - self.block.len()));
            self.block.extend_from_slice(now);
            bytes = later;
            if self.block.len() == BLOCK {
                self.end_block()?;
            }
        }
        Ok(())
    }

    /// Ends the section and begins the next one.
    pub fn next_section(&mut self) {
        self.lengths.push(0);
    }

    fn end_block(&mut self) -> Result<(), Error> {
        let sum = checksum(self.blocks, &self.block);
        let written = self.file.write_all(&self.block).and_then(|()| self.file.write_all(&sum));
        written.map_err(Error::io(&self.path))?;
        self.block.clear();
        self.blocks += 1;
        Ok(())
    }

    /// Completes the file and sees it onto the disk; gives its length.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn finish(mut self) -> Result<u64, Error> {
        if !self.block.is_empty() {
            self.end_block()?;
        }
        let mut header = Vec::with_capacity(HEADER);
        header.extend_from_slice(MAGIC);
        versions().iter().for_each(|v| header.extend_from_slice(&v.to_le_bytes()));
        self.lengths.resize(SECTIONS, 0);
        self.lengths.iter().for_each(|n| header.extend_from_slice(&n.to_le_bytes()));
        header.extend_from_slice(&crc32fast::hash(&header).to_le_bytes());
        crash::point("segment");
        let path = self.path;
        let finish = || {
            let file = self.file.into_inner().map_err(std::io::IntoInnerError::into_error)?;
            file.write_all_at(&header, 0)?;
            file.sync_all()?;
            Ok(file.metadata()?.len())
        };
        finish().map_err(Error::io(&path))
    }
}

fn checksum(block: u64, bytes: &[u8]) -> [u8; 4] {
    let mut sum = crc32fast::Hasher::new();
    sum.update(&block.to_le_bytes());
    sum.update(bytes);
    sum.finalize().to_le_bytes()
}

/// The block of a segment that was read last.
#[derive(Debug, Default)]
pub struct Block {
    number: Option<u64>,
    bytes: Vec<u8>,
}

/// A segment opened for reading; it stays readable when its file is deleted.
#[derive(Debug)]
pub struct Segment {
    path: PathBuf,
    file: File,
    /// Where each section begins, and the last one ends, in the stream of all.
    starts: Vec<u64>,
}

impl Segment {
    /// Opens a segment and checks its header and length.
    ///
    /// # Errors
    /// It cannot be read, is damaged, or of another version.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let mut file = File::open(path).map_err(Error::io(path))?;
        let mut header = [0; HEADER];
        file.read_exact(&mut header).map_err(|error| cut_short(path, error))?;
        let (said, sum) = header.split_at(HEADER - 4);
        if !said.starts_with(MAGIC) || crc32fast::hash(said).to_le_bytes() != sum {
            return Err(Error::damaged(path, "the header does not read as it was written"));
        }
        let (found, lengths) = said[8..].split_at(12);
        let found: Vec<u32> = found.as_chunks().0.iter().map(|b| u32::from_le_bytes(*b)).collect();
        if found != versions() {
            let (found, expected) = (format!("{found:?}"), format!("{:?}", versions()));
            return Err(Error::Version { path: path.to_owned(), found, expected });
        }
        let mut starts = vec![0u64];
        for length in lengths.as_chunks().0 {
            starts.push(starts[starts.len() - 1] + u64::from_le_bytes(*length));
        }
        let segment = Self { path: path.to_owned(), file, starts };
        let length = segment.file.metadata().map_err(Error::io(path))?.len();
        let all = segment.starts[SECTIONS];
        let expected = HEADER as u64 + all + all.div_ceil(BLOCK as u64) * 4;
        if length != expected {
            return Err(Error::damaged(path, format!("{length} bytes long, not {expected}")));
        }
        Ok(segment)
    }

    /// Bytes of a section.
    pub fn section_len(&self, section: usize) -> u64 {
        self.starts[section + 1] - self.starts[section]
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
        let (begin, end) =
            (self.starts[section] + from, self.starts[section] + from + length as u64);
        if end > self.starts[section + 1] {
            return Err(Error::damaged(&self.path, "a record points beyond its section"));
        }
        let size = BLOCK as u64;
        for block in begin / size..end.div_ceil(size).max(begin / size) {
            let length = (self.starts[SECTIONS] - block * size).min(size) as usize;
            if last.number != Some(block) {
                self.load(block, length, last)?;
            }
            let data = &last.bytes[..length];
            let first = begin.saturating_sub(block * size) as usize;
            let last = (end - block * size).min(data.len() as u64) as usize;
            out.extend_from_slice(&data[first..last]);
        }
        Ok(())
    }

    /// Reads a block and checks it.
    fn load(&self, number: u64, length: usize, block: &mut Block) -> Result<(), Error> {
        block.number = None;
        block.bytes.resize(length + 4, 0);
        let at = HEADER as u64 + number * (BLOCK as u64 + 4);
        let read = self.file.read_exact_at(&mut block.bytes, at);
        read.map_err(|error| cut_short(&self.path, error))?;
        let (data, sum) = block.bytes.split_at(length);
        if checksum(number, data) != sum {
            let what = format!("block {number} does not read as it was written");
            return Err(Error::damaged(&self.path, what));
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

    /// Reads everything once, to see whether it is as it was written.
    ///
    /// # Errors
    /// As [`Segment::read`].
    pub fn check(&self) -> Result<(), Error> {
        (0..SECTIONS).try_for_each(|section| self.section(section).map(drop))
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

fn cut_short(path: &Path, error: std::io::Error) -> Error {
    match error.kind() {
        ErrorKind::UnexpectedEof => Error::damaged(path, "cut short"),
        _ => Error::Io { path: path.to_owned(), source: error },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_come_back_and_every_flipped_bit_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.seg");
        let long: Vec<u8> = (0..3 * BLOCK / 2).map(|i| ((i * i) >> 3) as u8).collect();
        let mut writer = SegmentWriter::create(&path).unwrap();
        writer.write(b"one").unwrap();
        writer.next_section();
        writer.write(&long).unwrap();
        writer.next_section();
        writer.next_section();
        writer.write(b"end").unwrap();
        let length = writer.finish().unwrap();
        let segment = Segment::open(&path).unwrap();
        let read: Vec<Vec<u8>> = (0..4).map(|i| segment.section(i).unwrap()).collect();
        assert_eq!(read, [b"one".to_vec(), long.clone(), Vec::new(), b"end".to_vec()]);
        let mut part = Vec::new();
        segment.read(1, BLOCK as u64 - 5, 9, &mut part).unwrap();
        assert_eq!(part, long[BLOCK - 5..BLOCK + 4]);
        assert!(segment.read(0, 2, 2, &mut part).is_err());

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
