//! The parsers of salaries and deadlines in Rust, beside the SQL functions of the pipeline: both have the same results.

mod compare;
mod published;
mod texts;
mod words;

use std::collections::BTreeSet;

use jobinsight_core::testing::postings::{read_columns, sample_file};
use jobinsight_tests::{Db, shared};

/// Fails the test if a text has another result in Rust than in SQL.
async fn assert_equal(db: &Db, texts: &[String]) {
    let mut different = compare::differences(db, texts).await;
    let count = different.len();
    different.truncate(20);
    assert!(
        count == 0,
        "{count} results differ:\n{}",
        different.join("\n")
    );
}

/// The distinct salaries, deadlines and titles of the sample, and of the files with real postings where they are.
fn real_texts() -> Vec<String> {
    let mut files = vec![sample_file()];
    files.extend(
        ["data/raw_jobs.csv", "data/other_boards.csv"]
            .iter()
            .filter_map(|file| shared(file)),
    );
    let mut texts = BTreeSet::new();
    for file in files {
        for column in ["salary", "deadline", "title"] {
            let rows = read_columns(&file, [column]).unwrap();
            texts.extend(rows.into_iter().flatten().flatten());
        }
    }
    texts.into_iter().collect()
}
