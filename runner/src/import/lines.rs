//! Reads a text file line by line, with a limit on the length of a line in memory.

use std::io::{self, BufRead, Read};

use super::head::skip_mark;

/// The longest line, or record of several lines, in bytes. Without this limit, one quote that is never closed would load
/// the whole file into memory.
pub(super) const LONGEST: usize = 16 << 20;

/// The result of [`Lines::next`].
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A line, with its line break.
    Line,
    /// A line that is longer than [`LONGEST`]; only its beginning is in memory.
    TooLong,
    /// No more lines.
    End,
}

/// The error of a file that ends within a record, as after a download that did not end.
pub(super) fn cut(line: u64) -> io::Error {
    let what = format!("the file ends within the record of line {line}");
    io::Error::new(io::ErrorKind::UnexpectedEof, what)
}

/// The lines of a file and their numbers; lines can be put back.
pub(super) struct Lines<R> {
    input: R,
    /// Lines that were read ahead and put back.
    again: io::Cursor<Vec<u8>>,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(mut input: R) -> io::Result<Self> {
        skip_mark(&mut input)?;
        Ok(Self {
            input,
            again: io::Cursor::default(),
            number: 0,
        })
    }

    /// The number of the line that was read last; 0 before the first.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// Appends the next line to `line`.
    pub(super) fn next(&mut self, line: &mut Vec<u8>) -> io::Result<Found> {
        let limit = u64::try_from(LONGEST).unwrap_or(u64::MAX);
        let before = line.len();
        self.again.read_until(b'\n', line)?;
        if !line[before..].ends_with(b"\n") {
            (&mut self.input).take(limit).read_until(b'\n', line)?;
        }
        let got = line.len() - before;
        if got == 0 {
            return Ok(Found::End);
        }
        self.number += 1;
        if got >= LONGEST && !line.ends_with(b"\n") {
            self.skip_to_break()?;
            return Ok(Found::TooLong);
        }
        Ok(Found::Line)
    }

    /// Puts back a text of `lines` lines, which was read last, so that it is read again.
    pub(super) fn put_back(&mut self, text: &[u8], lines: u64) {
        let at = usize::try_from(self.again.position()).unwrap_or(usize::MAX);
        if at < self.again.get_ref().len() {
            // All of the text was put back before, so it is still here. Copying it would take quadratic time.
            self.again.set_position((at - text.len()) as u64);
        } else {
            self.again = io::Cursor::new(text.to_vec());
        }
        self.number -= lines;
    }

    fn skip_to_break(&mut self) -> io::Result<()> {
        loop {
            let seen = self.input.fill_buf()?;
            if seen.is_empty() {
                return Ok(());
            }
            if let Some(at) = seen.iter().position(|&byte| byte == b'\n') {
                self.input.consume(at + 1);
                return Ok(());
            }
            let all = seen.len();
            self.input.consume(all);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[u8]) -> Lines<&[u8]> {
        Lines::new(text).unwrap()
    }

    #[test]
    fn counts_lines_and_takes_them_back() {
        let mut lines = lines(b"\xef\xbb\xbfa\nb\nc");
        let mut line = Vec::new();
        for _ in 0..3 {
            assert_eq!(lines.next(&mut line).unwrap(), Found::Line);
        }
        assert_eq!((line.as_slice(), lines.number()), (&b"a\nb\nc"[..], 3));
        lines.put_back(b"b\nc", 2);
        line.clear();
        lines.next(&mut line).unwrap();
        assert_eq!((line.as_slice(), lines.number()), (&b"b\n"[..], 2));
        lines.next(&mut line).unwrap();
        assert_eq!(lines.next(&mut line).unwrap(), Found::End);
        assert_eq!(lines.number(), 3);
    }

    #[test]
    fn a_line_without_end_is_left_behind() {
        let mut text = vec![b'x'; LONGEST + 5];
        text.extend(b"\nnext\n");
        let mut lines = lines(&text);
        let mut line = Vec::new();
        assert_eq!(lines.next(&mut line).unwrap(), Found::TooLong);
        assert_eq!(line.len(), LONGEST);
        line.clear();
        assert_eq!(lines.next(&mut line).unwrap(), Found::Line);
        assert_eq!((line.as_slice(), lines.number()), (&b"next\n"[..], 2));
    }
}
