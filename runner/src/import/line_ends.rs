//! Files whose lines end in a carriage return alone, as old programs and some spreadsheets on a Mac write them.

use std::io;

use super::convert::{Convert, Converted};
use super::head::Stream;

/// Whether the head is enough to know how lines end, and which separator the header has.
pub(super) fn has_line(head: &[u8]) -> bool {
    head.len() >= 64 && first_break(head).is_some()
}

/// Replaces carriage returns by line feeds if the first line ends in a carriage return alone. In other files, a single
/// carriage return is text.
pub(super) fn with_line_feeds(head: &[u8], stream: Stream) -> Stream {
    match first_break(head) {
        Some(false) => Box::new(Converted::new(stream, CarriageReturns::default())),
        Some(true) | None => stream,
    }
}

/// The first line break outside of quotes: `true` if it contains a line feed, `false` if it is a carriage return alone.
/// `None` if the head has no line break, or ends in a carriage return that a line feed may follow.
fn first_break(head: &[u8]) -> Option<bool> {
    let mut is_quoted = false;
    for (at, byte) in head.iter().enumerate() {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\n' if !is_quoted => return Some(true),
            b'\r' if !is_quoted => return head.get(at + 1).map(|next| *next == b'\n'),
            _ => {}
        }
    }
    None
}

#[derive(Default)]
struct CarriageReturns {
    /// Whether the last block ended in a carriage return. The next byte decides what it is.
    is_held: bool,
}

impl Convert for CarriageReturns {
    fn convert(&mut self, block: &[u8], text: &mut Vec<u8>) -> io::Result<()> {
        for &byte in block {
            if std::mem::replace(&mut self.is_held, byte == b'\r') {
                text.push(if byte == b'\n' { b'\r' } else { b'\n' });
            }
            if byte != b'\r' {
                text.push(byte);
            }
        }
        if block.is_empty() && self.is_held {
            text.push(b'\n');
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn read(text: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let stream = Box::new(io::Cursor::new(text.to_vec()));
        with_line_feeds(text, stream).read_to_end(&mut out).unwrap();
        out
    }

    #[test]
    fn only_a_file_whose_first_line_ends_in_a_carriage_return_changes() {
        assert_eq!(read(b"a,b\r1,x\r\n\r2,y\r"), b"a,b\n1,x\r\n\n2,y\n");
        for text in [
            &b"a,b\r\n1,x\ry\r\n"[..],
            b"a,b\n1,x\r2\n",
            b"a,\"b\rc\"\n1,2\n",
            b"a\r",
        ] {
            assert_eq!(read(text), text);
        }
    }
}
