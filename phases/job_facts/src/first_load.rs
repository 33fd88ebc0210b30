//! The knowledge of a first load about the facts that it stores. With it, the end of the load need not group all facts.
//!
//! Most posting keys are new. A bit set remembers the first bits of each key that was stored. A key whose bit is set already may be
//! repeated, so it is collected. A few collected keys are not repeated, because other keys have the same first bits. Every
//! repeated key is collected.
//!
//! The knowledge is complete only if this process stored all facts of the table. So it is dropped if a batch is stored a second
//! time, because the facts of the first time were lost in a crash of the server, and if the table has another number of rows.

use std::collections::BTreeSet;

/// The number of first bits of a key that the set distinguishes. It needs 4 MiB. Of a million keys, about 15,000 are collected without
/// being repeated.
const BITS: u32 = 25;
/// The largest number of collected keys, as a limit of the memory. If there are more, the knowledge is dropped.
const MOST_KEYS: usize = 500_000;

/// The keys of the facts that a first load stored.
#[derive(Debug)]
pub(crate) struct FirstLoad {
    seen: Vec<u64>,
    collected: Vec<i64>,
    batches: BTreeSet<i64>,
    rows: i64,
}

impl FirstLoad {
    /// The knowledge of a load that has stored nothing yet.
    pub(crate) fn new() -> Self {
        Self {
            seen: vec![0; 1 << (BITS - u64::BITS.ilog2())],
            collected: Vec::new(),
            batches: BTreeSet::new(),
            rows: 0,
        }
    }

    /// Adds the keys of a batch whose facts were stored. A posting of an unknown company has no key. Returns `None` if the
    /// knowledge is not complete any more.
    pub(crate) fn with(
        mut self,
        batch: i64,
        keys: impl Iterator<Item = Option<i64>>,
    ) -> Option<Self> {
        if !self.batches.insert(batch) {
            return None;
        }
        for key in keys {
            self.rows += 1;
            let Some(key) = key else { continue };
            let first = key.cast_unsigned() >> (u64::BITS - BITS);
            let bit = 1 << (first % u64::from(u64::BITS));
            let word = usize::try_from(first / u64::from(u64::BITS)).ok();
            let word = self.seen.get_mut(word?)?;
            if *word & bit != 0 {
                self.collected.push(key);
            }
            *word |= bit;
        }
        (self.collected.len() <= MOST_KEYS).then_some(self)
    }

    /// All keys of which the table may have several rows, if the table has `rows` rows and this load stored as many.
    pub(crate) fn repeated(mut self, rows: i64) -> Option<Vec<i64>> {
        if self.rows != rows {
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
        let first = [Some(1 << 50), None, Some(-7), Some(i64::MAX)];
        let second = [Some(i64::MIN), Some(-7), Some(3 << 50), Some(-7)];
        let load = FirstLoad::new().with(1, first.into_iter());
        let load = load.and_then(|load| load.with(2, second.into_iter()));
        let repeated = load.and_then(|load| load.repeated(8));
        assert_eq!(repeated, Some(vec![-7]));
    }

    #[test]
    fn facts_of_another_process_make_the_knowledge_incomplete() {
        let load = FirstLoad::new().with(1, [Some(1), Some(1)].into_iter());
        assert_eq!(load.and_then(|load| load.repeated(3)), None);
    }

    #[test]
    fn a_batch_that_is_stored_again_makes_the_knowledge_incomplete() {
        let load = FirstLoad::new().with(1, [Some(1)].into_iter());
        let load = load.and_then(|load| load.with(1, [Some(1)].into_iter()));
        assert!(load.is_none());
    }
}
