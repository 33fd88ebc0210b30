//! Streams whose bytes are converted, one block at a time.

use std::io::{self, BufRead, Cursor, Read};

use super::head::Stream;

/// Bytes that are converted at a time.
pub(super) const BLOCK: usize = 16 << 10;

/// A conversion of the bytes of a stream.
pub(super) trait Convert: Send {
    /// Appends the converted block to `text`. The block is empty at the end of the stream.
    fn convert(&mut self, block: &[u8], text: &mut Vec<u8>) -> io::Result<()>;
}

/// A stream of converted bytes.
pub(super) struct Converted<C> {
    input: Stream,
    conversion: C,
    text: Cursor<Vec<u8>>,
    is_end: bool,
}

impl<C: Convert> Converted<C> {
    pub(super) fn new(input: Stream, conversion: C) -> Self {
        Self {
            input,
            conversion,
            text: Cursor::default(),
            is_end: false,
        }
    }
}

impl<C: Convert> Read for Converted<C> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.is_end && self.text.fill_buf()?.is_empty() {
            let mut block = [0; BLOCK];
            let count = self.input.read(&mut block)?;
            self.is_end = count == 0;
            self.text.set_position(0);
            let text = self.text.get_mut();
            text.clear();
            self.conversion.convert(&block[..count], text)?;
        }
        self.text.read(buffer)
    }
}
