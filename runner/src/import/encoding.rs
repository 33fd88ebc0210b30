//! Reads text in other encodings than UTF-8.

use std::io;

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1258};
use unicode_normalization::UnicodeNormalization;

use super::convert::{BLOCK, Convert, Converted};
use super::head::{Stream, peek};

/// A byte that no text in UTF-8 contains. It replaces bytes that the encoding does not have, so that the record with them is
/// rejected.
const NOT_TEXT: u8 = 0xff;

/// The stream in UTF-8. A byte order mark decides the encoding, then `given`, then the zeros of UTF-16.
pub(super) fn decode(stream: Stream, given: Option<&'static Encoding>) -> io::Result<Stream> {
    let (head, stream) = peek(stream, |head| head.len() >= 4)?;
    let marked = Encoding::for_bom(&head).map(|(encoding, _)| encoding);
    let encoding = marked.or(given).or_else(|| without_mark(&head));
    Ok(match encoding {
        None => stream,
        Some(encoding) if encoding == UTF_8 => stream,
        Some(encoding) => {
            let conversion = ToUtf8 {
                decoder: encoding.new_decoder_with_bom_removal(),
                is_composed: encoding == WINDOWS_1258,
                pending: Vec::new(),
            };
            Box::new(Converted::new(stream, conversion))
        }
    })
}

/// UTF-16 without a byte order mark. The names of columns are ASCII, so every second byte is zero.
fn without_mark(head: &[u8]) -> Option<&'static Encoding> {
    match head {
        [a, 0, b, 0, ..] if *a != 0 && *b != 0 => Some(UTF_16LE),
        [0, a, 0, b, ..] if *a != 0 && *b != 0 => Some(UTF_16BE),
        _ => None,
    }
}

/// An encoding as a user names it: a label of the WHATWG list, such as `windows-1258` or `utf-16le`.
///
/// # Errors
/// A message if no encoding has this label.
pub(crate) fn parse_encoding(label: &str) -> Result<&'static Encoding, String> {
    Encoding::for_label_no_replacement(label.as_bytes())
        .ok_or_else(|| "an encoding is a name such as windows-1258, utf-16le or utf-8".to_owned())
}

/// A conversion to UTF-8.
struct ToUtf8 {
    decoder: Decoder,
    /// Whether letters and their marks are joined, because windows-1258 writes `ế` as `ê` and a mark.
    is_composed: bool,
    /// Decoded bytes that a mark of the next block may change.
    pending: Vec<u8>,
}

impl Convert for ToUtf8 {
    fn convert(&mut self, raw: &[u8], text: &mut Vec<u8>) -> io::Result<()> {
        let is_end = raw.is_empty();
        text.append(&mut self.pending);
        let (mut rest, mut block) = (raw, [0; BLOCK]);
        loop {
            let (result, read, written) = self
                .decoder
                .decode_to_utf8_without_replacement(rest, &mut block, is_end);
            text.extend_from_slice(&block[..written]);
            rest = &rest[read..];
            match result {
                DecoderResult::InputEmpty => break,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) if is_end => {
                    let what = "the file ends within a character";
                    return Err(io::Error::new(io::ErrorKind::UnexpectedEof, what));
                }
                DecoderResult::Malformed(..) => text.push(NOT_TEXT),
            }
        }
        if self.is_composed {
            self.compose(text, is_end);
        }
        Ok(())
    }
}

impl ToUtf8 {
    /// Joins letters and marks. The text from the last ASCII letter on has to wait for its marks.
    fn compose(&mut self, text: &mut Vec<u8>, is_end: bool) {
        if !is_end {
            let last = text.iter().rposition(u8::is_ascii).unwrap_or(0);
            self.pending = text.split_off(last);
        }
        let composed: String = String::from_utf8_lossy(text).nfc().collect();
        *text = composed.into_bytes();
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn read(bytes: &[u8], given: Option<&'static Encoding>) -> io::Result<Vec<u8>> {
        /// Gives one byte at a time.
        struct Slow(io::Cursor<Vec<u8>>);
        impl Read for Slow {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                self.0.read(&mut buffer[..1])
            }
        }
        let mut text = Vec::new();
        decode(Box::new(Slow(io::Cursor::new(bytes.to_vec()))), given)?.read_to_end(&mut text)?;
        Ok(text)
    }

    fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(unit).collect()
    }

    #[test]
    fn utf_16_is_read_with_and_without_a_mark() {
        let text = "job_id,title\n1,Kế Toán 😀\n";
        for unit in [u16::to_le_bytes, u16::to_be_bytes] {
            assert_eq!(
                read(&utf16(&format!("\u{feff}{text}"), unit), None).unwrap(),
                text.as_bytes()
            );
            assert_eq!(read(&utf16(text, unit), None).unwrap(), text.as_bytes());
        }
        let cut = utf16("ab", u16::to_le_bytes);
        assert_eq!(
            read(&cut[..3], Some(UTF_16LE)).unwrap_err().kind(),
            io::ErrorKind::UnexpectedEof
        );
        let lone = [&[0x61, 0, 0, 0xd8][..], &utf16("b\n", u16::to_le_bytes)].concat();
        assert_eq!(read(&lone, Some(UTF_16LE)).unwrap(), b"a\xffb\n");
    }

    #[test]
    fn windows_1258_becomes_composed_letters() {
        // ê and the acute mark, o and the dot below, ơ and the hook, đ.
        let bytes = b"K\xea\xec To\xe1n, \xf5\xd2, Tho\xf2\xf0\n";
        let text = String::from_utf8(read(bytes, Some(WINDOWS_1258)).unwrap()).unwrap();
        assert_eq!(text, "Kế Toán, ở, Thọđ\n");
    }
}
