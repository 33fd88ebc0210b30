//! The beginning of a stream, which decides how the stream is read.

use std::io::{self, BufRead, Cursor, Read};

/// Bytes of a file, from a disk or from a pipe.
pub(super) type Stream = Box<dyn Read + Send>;

/// The most bytes that are read before the format is known.
const LONGEST_HEAD: usize = 64 << 10;

/// Reads the first bytes, until they are enough, and puts them back.
pub(super) fn peek(
    mut stream: Stream,
    is_enough: impl Fn(&[u8]) -> bool,
) -> io::Result<(Vec<u8>, Stream)> {
    let (mut head, mut buffer) = (Vec::new(), [0; 4096]);
    while head.len() < LONGEST_HEAD && !is_enough(&head) {
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => head.extend_from_slice(&buffer[..count]),
            Err(problem) if problem.kind() == io::ErrorKind::Interrupted => {}
            Err(problem) => return Err(problem),
        }
    }
    let whole = Cursor::new(head.clone()).chain(stream);
    Ok((head, Box::new(whole)))
}

/// The byte order mark of UTF-8. It is not part of the text.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// The first bytes without a byte order mark.
pub(super) fn without_mark(head: &[u8]) -> &[u8] {
    head.strip_prefix(MARK).unwrap_or(head)
}

/// Skips a byte order mark. It would become part of the first column's name.
pub(super) fn skip_mark(input: &mut impl BufRead) -> io::Result<()> {
    if input.fill_buf()?.starts_with(MARK) {
        input.consume(MARK.len());
    }
    Ok(())
}
