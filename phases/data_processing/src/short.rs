//! Short texts as one number, and what was found for them lately.

/// The most bytes of a text that has a [`key`].
pub(crate) const LONGEST: usize = 15;

/// The bytes of a text and how many they are, as one number; 0 where it is empty or too long.
#[inline]
pub(crate) fn key(text: &str) -> u128 {
    let mut bytes = [0; LONGEST + 1];
    let Some(place) = bytes.get_mut(..text.len()).filter(|place| place.len() <= LONGEST) else {
        return 0;
    };
    place.copy_from_slice(text.as_bytes());
    u128::from_le_bytes(bytes) | (text.len() as u128) << (8 * LONGEST)
}

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
            slots: vec![(0, V::default()); places].into_boxed_slice(),
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
    pub(crate) fn get(&self, key: u128) -> Option<V> {
        let (known, value) = self.slots[self.place(key)];
        (known == key && key != 0).then_some(value)
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
        self.slots.fill((0, V::default()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_differ_have_keys_that_differ() {
        let texts = ["a", "a\0", "\0", "ab", "Hà Nội", "hà nội", "123456789012345"];
        let keys: std::collections::HashSet<u128> = texts.iter().map(|text| key(text)).collect();
        assert_eq!(keys.len(), texts.len());
        assert!(!keys.contains(&0));
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
            assert_eq!(lately.get(key), Some(number));
        }
        let known = (1..100_u32).filter(|number| lately.get(key(&number.to_string())) == Some(*number));
        assert_eq!(known.count(), 2);
        lately.keep(0, 7);
        assert_eq!(lately.get(0), None);
        lately.clear();
        assert_eq!(lately.get(key("99")), None);
    }
}
