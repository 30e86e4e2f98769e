//! Writing segments.

use std::fs::File;
use std::io::{BufWriter, IntoInnerError, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use super::{BLOCK, HEADER, MAGIC, PACKED, SECTIONS, checksum};
use crate::store::header::versions;
use crate::store::{Error, crash};

/// How hard zstd tries.
const LEVEL: i32 = 1;

/// How a section is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// As it is: read often, or of no order.
    Plain,
    /// Packed, block by block, where that helps.
    Packed,
}

/// Writes a segment, section by section.
#[derive(Debug)]
pub struct SegmentWriter {
    path: PathBuf,
    file: BufWriter<File>,
    lengths: Vec<u64>,
    keep: Keep,
    block: Vec<u8>,
    /// How long each block is in the file, and whether it is packed.
    blocks: Vec<u32>,
}

impl SegmentWriter {
    /// Begins a segment, of which no section is there yet.
    ///
    /// # Errors
    /// The file cannot be made.
    pub fn create(path: &Path) -> Result<Self, Error> {
        let file = File::create(path).map_err(Error::io(path))?;
        let mut file = BufWriter::with_capacity(1 << 18, file);
        file.write_all(&[0; HEADER]).map_err(Error::io(path))?;
        Ok(Self {
            path: path.to_owned(),
            file,
            lengths: Vec::new(),
            keep: Keep::Plain,
            block: Vec::with_capacity(BLOCK),
            blocks: Vec::new(),
        })
    }

    /// Ends the section that was being written, if any, and begins the next one.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn section(&mut self, keep: Keep) -> Result<(), Error> {
        self.end_block()?;
        self.keep = keep;
        self.lengths.push(0);
        Ok(())
    }

    /// Appends to the section that is being written.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&mut self, mut bytes: &[u8]) -> Result<(), Error> {
        let length = self.lengths.last_mut().expect("a section was begun");
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

    fn end_block(&mut self) -> Result<(), Error> {
        if self.block.is_empty() {
            return Ok(());
        }
        let packed = match self.keep {
            Keep::Plain => None,
            Keep::Packed => zstd::bulk::compress(&self.block, LEVEL).ok(),
        };
        let packed = packed.filter(|packed| packed.len() < self.block.len());
        let (stored, flag) = packed.as_ref().map_or((&self.block, 0), |packed| (packed, PACKED));
        let sum = checksum(self.blocks.len() as u64, stored);
        let written = self.file.write_all(stored).and_then(|()| self.file.write_all(&sum));
        written.map_err(Error::io(&self.path))?;
        self.blocks.push(stored.len() as u32 | flag);
        self.block.clear();
        Ok(())
    }

    /// Completes the file and sees it onto the disk; gives its length.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn finish(mut self) -> Result<u64, Error> {
        self.end_block()?;
        let mut header = Vec::with_capacity(HEADER);
        header.extend_from_slice(MAGIC);
        versions().iter().for_each(|v| header.extend_from_slice(&v.to_le_bytes()));
        self.lengths.resize(SECTIONS, 0);
        self.lengths.iter().for_each(|n| header.extend_from_slice(&n.to_le_bytes()));
        header.extend_from_slice(&crc32fast::hash(&header).to_le_bytes());
        let mut blocks: Vec<u8> = self.blocks.iter().flat_map(|n| n.to_le_bytes()).collect();
        blocks.extend(checksum(self.blocks.len() as u64, &blocks));
        crash::point("segment");
        let Self { path, mut file, .. } = self;
        let finish = || {
            file.write_all(&blocks)?;
            let file = file.into_inner().map_err(IntoInnerError::into_error)?;
            file.write_all_at(&header, 0)?;
            file.sync_all()?;
            Ok(file.metadata()?.len())
        };
        finish().map_err(Error::io(&path))
    }
}
