//! A text with bytes after it, so that sixteen bytes can be read from any position in it. Sixteen bytes are compared as
//! one number, which takes fewer instructions and fewer branches than a loop over bytes.

/// The number of bytes that are read together.
pub(crate) const BLOCK: usize = 16;

/// A number of sixteen equal bytes.
const fn bytes_of(byte: u8) -> u128 {
    u128::from_ne_bytes([byte; BLOCK])
}

/// A text, followed by spaces.
#[derive(Debug, Default)]
pub(crate) struct Padded {
    bytes: Vec<u8>,
    text_end: usize,
}

impl Padded {
    /// Takes a text, in place of the text before.
    pub(crate) fn take(&mut self, text: &str) {
        self.bytes.clear();
        self.bytes.extend_from_slice(text.as_bytes());
        self.bytes.extend_from_slice(&[b' '; BLOCK]);
        self.text_end = text.len();
    }

    /// The position of the first space from `start` on, or the end of the text. `start` is at most the end of the text.
    #[inline]
    pub(crate) fn find_space(&self, mut start: usize) -> usize {
        const HIGHEST: u128 = bytes_of(0x80);
        while let Some(block) = self.bytes[start..].first_chunk::<BLOCK>() {
            // A space becomes the byte 0, the only one whose highest bit is set after 1 is taken away, apart from bytes
            // that had it before, and from bytes after the first 0.
            let zeros = u128::from_le_bytes(*block) ^ bytes_of(b' ');
            let found = zeros.wrapping_sub(bytes_of(1)) & !zeros & HIGHEST;
            if found != 0 {
                return (start + found.trailing_zeros() as usize / 8).min(self.text_end);
            }
            start += BLOCK;
        }
        self.text_end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_space_is_found_at_every_position() {
        let mut padded = Padded::default();
        for other in ["a", "!", "\0", "ế", "\u{a0}", "\u{7f}"] {
            for (before, after) in
                (0..40).flat_map(|before| [(before, 0), (before, 3), (before, 20)])
            {
                let text = format!("{} {}", other.repeat(before), other.repeat(after));
                padded.take(&text);
                let space = other.len() * before;
                assert_eq!(padded.find_space(0), space, "{text:?}");
                assert_eq!(padded.find_space(space), space, "{text:?}");
                assert_eq!(padded.find_space(space + 1), text.len(), "{text:?}");
            }
        }
        padded.take("");
        assert_eq!(padded.find_space(0), 0);
    }
}
