//! Inputs: one opened file or standard input, decompressed, in an encoding that has ASCII in it.

use std::fs::File;
#[cfg(feature = "parquet")]
use std::io::Cursor;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
#[cfg(feature = "parquet")]
use std::path::PathBuf;
use std::sync::Arc;

use encoding_rs::{Decoder, Encoding};
use flate2::bufread::MultiGzDecoder;

use super::again::Again;

/// How much of an input is looked at to tell its kind.
pub(super) const HEAD: usize = 1 << 16;

/// The name of standard input.
pub(super) const STDIN: &str = "-";

/// Why an input is refused that the system does not give.
pub(super) fn unreadable(error: &io::Error) -> String {
    format!("cannot be read ({error})")
}

/// One input, opened: its bytes are decompressed and have no byte order mark.
pub(super) struct Input {
    /// As named by the user or found in a folder.
    pub(super) file: Arc<str>,
    /// All of its bytes, the head included.
    pub(super) bytes: Again,
    /// A copy of its beginning.
    pub(super) head: Vec<u8>,
    packing: Option<&'static str>,
    /// Where it can be read again, from anywhere: a file that is as it is.
    #[cfg(feature = "parquet")]
    pub(super) path: Option<PathBuf>,
}

impl Input {
    /// Opens a file, or standard input for [`STDIN`]. Damage inside the file shows later, where it is.
    pub(super) fn open(file: Arc<str>, path: &Path) -> io::Result<Self> {
        let raw = if *file == *STDIN {
            Again::new(BufReader::with_capacity(HEAD, io::stdin()))
        } else {
            Again::new(BufReader::with_capacity(HEAD, File::open(path)?))
        };
        #[allow(unused_mut)]
        let mut input = Self::new(file, raw)?;
        #[cfg(feature = "parquet")]
        if input.packing.is_none() && *input.file != *STDIN {
            input.path = Some(path.to_owned());
        }
        Ok(input)
    }

    /// A file that is in memory.
    #[cfg(feature = "parquet")]
    pub(super) fn of_bytes(file: Arc<str>, bytes: Vec<u8>) -> io::Result<Self> {
        Self::new(file, Again::new(Cursor::new(bytes)))
    }

    fn new(file: Arc<str>, mut raw: Again) -> io::Result<Self> {
        let (packing, mut bytes) = match raw.peek(4)[..] {
            [0x1F, 0x8B, ..] => {
                let decoder = MultiGzDecoder::new(raw);
                (Some("gzip"), Again::new(BufReader::with_capacity(HEAD, decoder)))
            }
            [0x28, 0xB5, 0x2F, 0xFD] => {
                let decoder = zstd::stream::read::Decoder::with_buffer(raw)?;
                (Some("zstd"), Again::new(BufReader::with_capacity(HEAD, decoder)))
            }
            _ => (None, raw),
        };
        if let Some((encoding, length)) = Encoding::for_bom(&bytes.peek(3)) {
            io::copy(&mut bytes.by_ref().take(length as u64), &mut io::sink())?;
            if encoding != encoding_rs::UTF_8 {
                bytes =
                    Again::new(BufReader::with_capacity(HEAD, Transcoder::new(bytes, encoding)));
            }
        }
        let head = bytes.peek(HEAD);
        Ok(Self {
            file,
            bytes,
            head,
            packing,
            #[cfg(feature = "parquet")]
            path: None,
        })
    }

    /// Whether it holds nothing but white space.
    pub(super) fn is_blank(&self) -> bool {
        self.head.len() < HEAD && self.head.trim_ascii().is_empty()
    }

    /// Why what comes after a record is refused: reading failed there.
    pub(super) fn damage(&self, error: &io::Error) -> String {
        match self.packing {
            Some(packing) => {
                format!(
                    "the {packing} data is damaged or cut short after this record; the rest is not read ({error})"
                )
            }
            None => format!("reading failed after this record; the rest is not read ({error})"),
        }
    }
}

/// A reader that turns another encoding into UTF-8 on the way.
struct Transcoder {
    bytes: Again,
    decoder: Decoder,
    ended: bool,
    ready: Vec<u8>,
    taken: usize,
}

impl Transcoder {
    fn new(bytes: Again, encoding: &'static Encoding) -> Self {
        let decoder = encoding.new_decoder_without_bom_handling();
        Self { bytes, decoder, ended: false, ready: Vec::new(), taken: 0 }
    }

    fn refill(&mut self) -> io::Result<()> {
        let source = self.bytes.fill_buf()?;
        self.ended = source.is_empty();
        let room = self.decoder.max_utf8_buffer_length(source.len()).unwrap_or(HEAD);
        self.ready.resize(room.max(16), 0);
        let (_, read, written, _) =
            self.decoder.decode_to_utf8(source, &mut self.ready, self.ended);
        self.bytes.consume(read);
        self.ready.truncate(written);
        self.taken = 0;
        Ok(())
    }
}

impl Read for Transcoder {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.ready.len() && !self.ended {
            self.refill()?;
        }
        let read = (&self.ready[self.taken..]).read(out)?;
        self.taken += read;
        Ok(read)
    }
}
