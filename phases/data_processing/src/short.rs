//! Short texts as one number, and what was found for them lately.

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

/// Recent results. Each key has one slot, and a new key with the same slot replaces the old one. So a look-up takes a few
/// instructions, and no sequence of keys can make it slow.
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

    /// The result for a key, if the cache contains it; for 0 there is none.
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_are_kept_and_the_others_are_zero() {
        let all = u128::from_le_bytes(*b"abcdefghijklmnop");
        for length in 0..=16 {
            let mut bytes = all.to_le_bytes();
            bytes[length..].fill(0);
            assert_eq!(first(all, length), u128::from_le_bytes(bytes), "{length}");
        }
    }

    #[test]
    fn what_was_found_is_found_again_until_another_takes_its_place() {
        let mut lately = Lately::new(2);
        for number in 1..100_u32 {
            let key = u128::from(number);
            lately.keep(key, number);
            assert_eq!(lately.get(key), Some(&number));
        }
        let known = (1..100_u32).filter(|number| lately.get(u128::from(*number)) == Some(number));
        assert_eq!(known.count(), 2);
        lately.keep(0, 7);
        assert_eq!(lately.get(0), None);
    }
}
