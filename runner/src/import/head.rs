//! The beginning of a stream, which decides how the stream is read.

use std::io::{self, Cursor, Read};

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
