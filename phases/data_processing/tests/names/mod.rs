//! The company names of all available postings.

use std::collections::BTreeSet;
use std::path::Path;

use jobinsight_core::testing::postings::{read_columns, real_file, sample_file};

fn read(file: &Path) -> impl Iterator<Item = String> {
    let rows = read_columns(file, ["company_name"]).expect("the file has names of companies");
    rows.into_iter().flatten().flatten()
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
