//! Bytes that were looked at, to be read again before those behind them.

use std::io::{self, BufRead, Read};

/// A reader that takes back what was read from it.
pub(super) struct Again {
    bytes: Box<dyn BufRead + Send>,
    back: Vec<u8>,
    /// How many of those taken back have been read again.
    read: usize,
    /// An error that was met behind them.
    error: Option<io::Error>,
}

impl Again {
    pub(super) fn new(bytes: impl BufRead + Send + 'static) -> Self {
        Self { bytes: Box::new(bytes), back: Vec::new(), read: 0, error: None }
    }

    /// Takes back the bytes that were read last, and the error that was met behind them.
    pub(super) fn take_back(&mut self, mut bytes: Vec<u8>, error: Option<io::Error>) {
        bytes.extend_from_slice(&self.back[self.read..]);
        (self.back, self.read) = (bytes, 0);
        self.error = error.or_else(|| self.error.take());
    }

    /// The first `length` bytes, or all where there are fewer. They are still to be read.
    pub(super) fn peek(&mut self, length: usize) -> Vec<u8> {
        let mut head = Vec::new();
        let error = self.by_ref().take(length as u64).read_to_end(&mut head).err();
        self.take_back(head.clone(), error);
        head
    }
}

impl Read for Again {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(out)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for Again {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.read < self.back.len() {
            return Ok(&self.back[self.read..]);
        }
        match self.error.take() {
            Some(error) => Err(error),
            None => self.bytes.fill_buf(),
        }
    }

    fn consume(&mut self, amount: usize) {
        if self.read < self.back.len() {
            self.read += amount;
        } else {
            self.bytes.consume(amount);
        }
    }
}
