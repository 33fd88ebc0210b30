//! Short texts as one number, and what was found for them lately.

/// The most bytes of a text that has a [`key`].
pub(crate) const LONGEST: usize = 15;

/// The bytes of a text and how many they are, as one number; 0 where it is empty or too long.
#[inline]
pub(crate) fn key(text: &str) -> u128 {
    let (bytes, length) = (text.as_bytes(), text.len());
    if length == 0 || length > LONGEST {
        return 0;
    }
    // Its two ends, which meet or overlap: what both have is shifted out of the second.
    let ends = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>());
    let halves = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>());
    let (low, high) = if let (Some(first), Some(last)) = ends {
        let last = u128::from(u64::from_le_bytes(*last));
        (
            u128::from(u64::from_le_bytes(*first)),
            last << 64 >> (8 * (16 - length)) & !u128::from(u64::MAX),
        )
    } else if let (Some(first), Some(last)) = halves {
        let last = u64::from(u32::from_le_bytes(*last));
        let high = last << 32 >> (8 * (8 - length)) & !u64::from(u32::MAX);
        (u128::from(u32::from_le_bytes(*first)), u128::from(high))
    } else {
        let of = |at: usize| u128::from(bytes.get(at).copied().unwrap_or(0)) << (8 * at);
        (of(0) | of(1), of(2))
    };
    low | high | (length as u128) << (8 * LONGEST)
}

/// The first so many of sixteen bytes, which are the lowest, with zeros behind them.
#[inline]
pub(crate) fn first(bytes: u128, length: usize) -> u128 {
    const MASKS: [u128; 17] = {
        let mut masks = [u128::MAX; 17];
        let mut length = 0;
        while length < 16 {
            masks[length] = (1 << (8 * length)) - 1;
            length += 1;
        }
        masks
    };
    bytes & MASKS[length]
}

/// No key: those of fewer than sixteen bytes are smaller. It stands where nothing was found yet, so that [`Lately::get`]
/// need not ask for 0.
const NONE: u128 = u128::MAX;

/// What was found lately, each at one place only, where another takes it: no list of keys, whoever made it up, makes it
/// slow, and looking takes a few instructions.
#[derive(Debug)]
pub(crate) struct Lately<V> {
    slots: Box<[(u128, V)]>,
    shift: u32,
}

impl<V: Copy + Default> Lately<V> {
    /// One of at least so many places.
    pub(crate) fn new(places: usize) -> Self {
        let places = places.next_power_of_two().max(2);
        Self {
            slots: vec![(NONE, V::default()); places].into_boxed_slice(),
            shift: 64 - places.trailing_zeros(),
        }
    }

    #[inline]
    #[allow(clippy::cast_possible_truncation)] // halves are mixed, and the highest bits taken
    fn place(&self, key: u128) -> usize {
        let mixed =
            (key as u64 ^ ((key >> 64) as u64).rotate_left(23)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed >> self.shift) as usize
    }

    /// What was found for a key, if it is known; for 0 nothing is.
    #[inline]
    pub(crate) fn get(&self, key: u128) -> Option<&V> {
        let (known, value) = &self.slots[self.place(key)];
        (*known == key).then_some(value)
    }

    /// Keeps what was found for a key, in place of another's.
    #[inline]
    pub(crate) fn keep(&mut self, key: u128, value: V) {
        if key != 0 {
            let place = self.place(key);
            self.slots[place] = (key, value);
        }
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        self.slots.fill((NONE, V::default()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_differ_have_keys_that_differ() {
        let texts = [
            "a",
            "a\0",
            "\0",
            "ab",
            "Hà Nội",
            "hà nội",
            "123456789012345",
        ];
        let keys: std::collections::HashSet<u128> = texts.iter().map(|text| key(text)).collect();
        assert_eq!(keys.len(), texts.len());
        assert!(!keys.contains(&0));
        let text = "abcdefghijklmno";
        for length in 1..=LONGEST {
            let mut bytes = [0; LONGEST + 1];
            bytes[..length].copy_from_slice(&text.as_bytes()[..length]);
            bytes[LONGEST] = u8::try_from(length).unwrap();
            assert_eq!(key(&text[..length]), u128::from_le_bytes(bytes), "{length}");
        }
        let all = u128::from_le_bytes(*b"abcdefghijklmnop");
        for length in 0..=16 {
            let mut bytes = all.to_le_bytes();
            bytes[length..].fill(0);
            assert_eq!(first(all, length), u128::from_le_bytes(bytes), "{length}");
        }
        for none in ["", "1234567890123456", "12345678901234567"] {
            assert_eq!(key(none), 0, "{none}");
        }
    }

    #[test]
    fn what_was_found_is_found_again_until_another_takes_its_place() {
        let mut lately = Lately::new(2);
        for number in 1..100_u32 {
            let key = key(&number.to_string());
            lately.keep(key, number);
            assert_eq!(lately.get(key), Some(&number));
        }
        let known =
            (1..100_u32).filter(|number| lately.get(key(&number.to_string())) == Some(number));
        assert_eq!(known.count(), 2);
        lately.keep(0, 7);
        assert_eq!(lately.get(0), None);
        lately.clear();
        assert_eq!(lately.get(key("99")), None);
    }
}
