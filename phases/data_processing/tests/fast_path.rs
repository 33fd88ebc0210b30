//! Compares the fast path of titles with the passes that it saves.
#![allow(clippy::unwrap_used, missing_docs)]

use std::path::Path;

use jobinsight_core::testing::postings::{read_columns, real_file, sample_file};
use jobinsight_data_processing::standard::title::Cleaner;

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

fn titles(file: &Path) -> Vec<String> {
    let rows = read_columns(file, ["title"]).unwrap();
    rows.into_iter().flatten().flatten().collect()
}

#[test]
fn the_fast_path_equals_the_full_path_on_all_postings() {
    let mut given = golden();
    given.extend(titles(&sample_file()));
    match real_file() {
        Some(file) => {
            let folder = file.parent().unwrap();
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.extension().is_some_and(|extension| extension == "csv") {
                    given.extend(titles(&path));
                }
            }
        }
        None => eprintln!(
            "SKIPPED: shared/data is not beside the checkout, so no real posting is compared"
        ),
    }
    let (mut fast, mut full) = (Cleaner::new(), Cleaner::without_fast_path());
    for title in &given {
        assert_eq!(fast.clean(title), full.clean(title), "{title}");
    }
    assert!(given.len() > 1_000, "{} titles", given.len());
}
