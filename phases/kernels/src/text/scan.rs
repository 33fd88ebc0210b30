//! Scans a text for characters that need cleaning, in one pass over its bytes, sixteen at a time.
//!
//! Nearly every text of a posting is plain already: composed Vietnamese, single spaces, nothing invisible. The checks are
//! written over blocks of bytes without branches, which the compiler turns into vector instructions.

/// The number of bytes that are checked together.
const BLOCK: usize = 16;

/// Something that [`crate::text::clean`] might change, or that this module does not know.
const ODD: u8 = 1;
const BREAK: u8 = 2;

/// The result of [`scan`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scan(u8);

impl Scan {
    /// Every line, trimmed of spaces, is clean in the sense of [`crate::text::clean`].
    pub(crate) fn plain(self) -> bool {
        self.0 & ODD == 0
    }

    /// A line feed.
    pub(crate) fn breaks(self) -> bool {
        self.0 & BREAK != 0
    }
}

/// Scans a text.
pub(crate) fn scan(text: &str) -> Scan {
    let bytes = text.as_bytes();
    let mut seen = [0_u8; BLOCK];
    let mut rest = bytes;
    // A block is checked together with the two bytes after it.
    while let Some((whole, _)) = rest.split_first_chunk::<{ BLOCK + 2 }>() {
        look(whole, &mut seen);
        rest = &rest[BLOCK..];
    }
    // The rest is followed by letters, which are plain and end a character that is cut off.
    if rest.len() > BLOCK || bytes.len() < BLOCK {
        let mut last = [b'x'; BLOCK + 2];
        last[..rest.len()].copy_from_slice(rest);
        look(&last, &mut seen);
    }
    // The last block may overlap the one before, because a byte may be checked twice.
    if let Some(block) = bytes.last_chunk::<BLOCK>() {
        let mut last = [b'x'; BLOCK + 2];
        last[..BLOCK].copy_from_slice(block);
        look(&last, &mut seen);
    }
    Scan(seen.iter().fold(0, |all, found| all | found))
}

/// Adds the flags of the bytes of a block.
#[allow(clippy::needless_bitwise_bool)] // a branch would keep the loop from becoming vector instructions
fn look(bytes: &[u8; BLOCK + 2], seen: &mut [u8; BLOCK]) {
    let flag = |is: bool, flag: u8| u8::from(is).wrapping_neg() & flag;
    for at in 0..BLOCK {
        let (b, second, third) = (bytes[at], bytes[at + 1], bytes[at + 2]);
        let control = (b < 0x20) & (b != b'\n');
        // U+00C0..U+01BF (C3..C6) and U+1E80..U+1EFF (E1 BA, E1 BB) are composed letters; U+2010..U+2027 (E2 80 90..A7)
        // is visible punctuation. Other lead bytes may begin a space, a combining mark or something invisible.
        let lead = (b >= 0xC0) & !(0xC3..=0xC6).contains(&b) & (b != 0xE1) & (b != 0xE2);
        let letter = (b == 0xE1) & (second & 0xFE != 0xBA);
        let sign = (b == 0xE2) & !((second == 0x80) & (0x90..=0xA7).contains(&third));
        let spaces = (b == b' ') & (second == b' ');
        let odd = control | (b == 0x7F) | lead | letter | sign | spaces;
        seen[at] |= flag(odd, ODD) | flag(b == b'\n', BREAK);
    }
}

#[cfg(test)]
mod tests {
    use unicode_normalization::char::canonical_combining_class;
    use unicode_normalization::{IsNormalized, is_nfc_quick};

    use super::*;

    #[test]
    fn a_plain_character_is_written_as_it_is_and_composed() {
        let mut plain = 0;
        for c in (' '..=char::MAX).filter(|c| *c != ' ') {
            // At several positions in a block.
            for at in [0, 13, 14, 15, 16, 17, 30] {
                let text = "x".repeat(at) + &c.to_string() + "y";
                if scan(&text).plain() {
                    plain += 1;
                    assert!(!c.is_whitespace() && !c.is_control(), "{c:?}");
                    assert_eq!(is_nfc_quick(std::iter::once(c)), IsNormalized::Yes, "{c:?}");
                    assert_eq!(canonical_combining_class(c), 0, "{c:?}");
                }
            }
        }
        assert_eq!(plain % 7, 0, "a character is plain in one place only");
        // ASCII, U+00C0..U+01BF, U+1E80..U+1EFF, U+2010..U+2027
        assert_eq!(plain / 7, 94 + 256 + 128 + 24);
    }

    #[test]
    fn flags_are_found_at_every_position() {
        for at in 0..40 {
            let before = "Hà Nội ".repeat(9).chars().take(at).collect::<String>();
            let before = before.trim_end();
            let of = |text: &str| scan(&format!("{before}{text}"));
            assert!(of("a b").plain() && !of("a b").breaks(), "{before}");
            assert!(!of("a  b").plain());
            assert!(!of("a\u{a0}b").plain());
            assert!(of("a\nb").plain() && of("a\nb").breaks());
            assert!(of("–").plain());
            assert!(!of("\u{200b}").plain() && !of("e\u{301}").plain());
        }
        assert_eq!(scan(""), Scan(0));
    }
}
