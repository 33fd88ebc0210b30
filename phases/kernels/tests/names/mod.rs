//! The company names of all available postings.

use std::collections::BTreeSet;
use std::path::Path;

use jobinsight_core::testing::postings::{read_columns, real_file, sample_file};

fn read(file: &Path) -> impl Iterator<Item = String> {
    let rows = read_columns(file, ["company_name"]).expect("the file has names of companies");
    rows.into_iter().flatten().flatten()
}

/// Compares the results of several spellings of each name.
#[derive(Default)]
pub(crate) struct SpellingResults {
    checked: usize,
    misses: Vec<String>,
}

impl SpellingResults {
    /// Compares the result of a spelling with the result of the name.
    pub(crate) fn check(&mut self, spelling: &str, got: &str, wanted: &str) {
        self.checked += 1;
        if got != wanted {
            let miss = format!("{spelling:?}\n  wanted {wanted}\n  got    {got}");
            self.misses.push(miss);
        }
    }

    /// Fails if a spelling has another result.
    pub(crate) fn end(self) {
        let Self { checked, misses } = self;
        eprintln!("{checked} spellings checked");
        assert!(
            misses.is_empty(),
            "{} misses:\n{}",
            misses.len(),
            misses.join("\n")
        );
    }
}

/// The names of the sample, and of both files of real postings if `shared` is beside the checkout.
pub(crate) fn all() -> BTreeSet<String> {
    let mut all: BTreeSet<String> = read(&sample_file()).collect();
    match real_file() {
        Some(file) => {
            let others = file.with_file_name("other_boards.csv");
            all.extend(read(&file));
            if others.exists() {
                all.extend(read(&others));
            } else {
                eprintln!(
                    "SKIPPED: the names of other boards, because {} is missing",
                    others.display()
                );
            }
        }
        None => {
            eprintln!(
                "SKIPPED: ../shared is missing, so only the names of the sample were checked"
            );
        }
    }
    assert!(all.len() > 100, "only {} names", all.len());
    all
}
