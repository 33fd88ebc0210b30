//! The knowledge of a first load about the facts that it stores. With it, the end of the load need not group all facts.
//!
//! Most posting keys are new. A bit set remembers the first bits of each key that was stored. A key whose bit is set already may be
//! repeated, so it is collected. A few collected keys are not repeated, because other keys have the same first bits. Every
//! repeated key is collected. The knowledge is complete only if this process stored all facts of the table.

/// The number of first bits of a key that the set distinguishes. It needs 4 MiB. Of a million keys, about 15,000 are collected without
/// being repeated.
const BITS: u32 = 25;
/// If more keys are collected, PostgreSQL groups the facts faster than it compares them with the keys.
const MOST_KEYS: usize = 500_000;

/// The keys of the facts that a first load stored.
#[derive(Debug)]
pub(crate) struct FirstLoad {
    seen: Vec<u64>,
    collected: Vec<i64>,
    rows: i64,
}

impl FirstLoad {
    /// The knowledge of a load that has stored nothing yet.
    pub(crate) fn new() -> Self {
        Self {
            seen: vec![0; (1 << BITS) / 64],
            collected: Vec::new(),
            rows: 0,
        }
    }

    /// Adds the keys of facts that were stored. A posting of an unknown company has no key.
    pub(crate) fn add(&mut self, keys: impl Iterator<Item = Option<i64>>) {
        for key in keys {
            self.rows += 1;
            let Some(key) = key else { continue };
            let first = key.cast_unsigned() >> (u64::BITS - BITS);
            let (word, bit) = (first / 64, 1 << (first % 64));
            let Some(word) = usize::try_from(word)
                .ok()
                .and_then(|word| self.seen.get_mut(word))
            else {
                continue;
            };
            if *word & bit != 0 {
                self.collected.push(key);
            }
            *word |= bit;
        }
    }

    /// All keys of which the table may have several rows, if the table has `rows` rows and this load stored all of them.
    pub(crate) fn repeated(mut self, rows: i64) -> Option<Vec<i64>> {
        if self.rows != rows || self.collected.len() > MOST_KEYS {
            return None;
        }
        self.collected.sort_unstable();
        self.collected.dedup();
        Some(self.collected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_repeated_key_is_collected() {
        let mut load = FirstLoad::new();
        load.add([Some(1 << 50), None, Some(-7), Some(i64::MAX)].into_iter());
        load.add([Some(i64::MIN), Some(-7), Some(3 << 50), Some(-7)].into_iter());
        assert_eq!(load.repeated(8), Some(vec![-7]));
    }

    #[test]
    fn facts_of_another_process_make_the_knowledge_incomplete() {
        let mut load = FirstLoad::new();
        load.add([Some(1), Some(1)].into_iter());
        assert_eq!(load.repeated(3), None);
    }
}
