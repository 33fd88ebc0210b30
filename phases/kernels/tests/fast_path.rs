//! Compares each fast path with the full path that it saves, over all available postings.
//!
//! # Module order
//! 1. `files`, `rows`
#![allow(clippy::unwrap_used, missing_docs)]

mod files;
mod rows;

use std::path::Path;

use jobinsight_core::testing::postings::read_columns;
use jobinsight_kernels::kernel::{Kernel, RuleSet};
use jobinsight_kernels::standard::place;
use jobinsight_kernels::standard::title::Cleaner;

/// Titles of the samples in `tests/golden`.
fn golden() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden");
    let mut titles = Vec::new();
    for file in ["labels_titles.jsonl", "v1_transforms_sample.jsonl"] {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        for line in text.lines() {
            let sample: serde_json::Value = serde_json::from_str(line).unwrap();
            titles.extend(sample["in"].as_str().map(str::to_owned));
        }
    }
    titles
}

#[test]
fn the_fast_path_of_titles_equals_the_full_path() {
    let mut given = golden();
    for file in files::all() {
        let rows = read_columns(&file, ["title"]).unwrap();
        given.extend(rows.into_iter().flatten().flatten());
    }
    let (mut fast, mut full) = (Cleaner::new(), Cleaner::without_fast_path());
    for title in &given {
        assert_eq!(fast.clean(title), full.clean(title), "{title}");
    }
    assert!(given.len() > 1_000, "{} titles", given.len());
}

#[test]
fn a_cached_result_equals_the_result_of_a_new_kernel() {
    let names = ["title", "company_name", "location", "location_detail"];
    for file in files::all() {
        let postings = read_columns(&file, names).unwrap();
        let given: Vec<rows::Row<'_>> = postings
            .iter()
            .map(|posting| posting.each_ref().map(Option::as_deref))
            .collect();
        let all = Kernel::new(RuleSet::Standard)
            .transform(&rows::batch(&given))
            .unwrap();
        let mut derived = 0;
        for (row, is_kept) in given.iter().zip(all.kept.iter()) {
            let alone = Kernel::new(RuleSet::Standard)
                .transform(&rows::batch(&[*row]))
                .unwrap();
            assert_eq!(Some(alone.rejects.is_empty()), is_kept, "{row:?}");
            if is_kept == Some(true) {
                // The first column is the key.
                let columns: Vec<usize> = (1..all.batch.num_columns()).collect();
                let cached = all.batch.slice(derived, 1).project(&columns).unwrap();
                assert_eq!(cached, alone.batch.project(&columns).unwrap(), "{row:?}");
                derived += 1;
            }
        }
        assert!(derived > 100, "{}: {derived} rows", file.display());
    }
}

#[test]
fn a_simple_page_equals_the_page_that_the_tokenizer_reads() {
    let mut pages = 0;
    for file in files::all() {
        for [detail] in read_columns(&file, ["location_detail"]).unwrap() {
            let detail = detail.unwrap_or_default();
            if detail.contains(['<', '&']) {
                pages += 1;
                // A page with a comment is not simple.
                let tokenized = format!("<!----> {detail}");
                assert_eq!(place::pairs(&detail), place::pairs(&tokenized));
            }
        }
    }
    assert!(pages > 100, "{pages} pages");
}
