//! The title rules over real titles: those of `shared/data/raw_jobs.csv` where it stands beside the workspace, else those of
//! the sample that the demo uses.
#![allow(clippy::expect_used, missing_docs)]

use std::path::Path;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use jobinsight_data_processing::standard::title::{self, Cleaner};

fn main() {
    divan::main();
}

fn titles() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let path = [
        root.join("../shared/data/raw_jobs.csv"),
        root.join("runner/assets/sample.csv"),
    ]
    .into_iter()
    .find(|path| path.exists())
    .expect("the sample is part of the repository");
    let mut rows = csv::Reader::from_path(path).expect("the file opens");
    let column = rows
        .headers()
        .expect("it has a header")
        .iter()
        .position(|name| name == "title")
        .expect("it has titles");
    rows.records()
        .filter_map(|row| row.ok()?.get(column).map(str::to_owned))
        .filter(|title| !title.is_empty())
        .collect()
}

fn clean_all(bencher: Bencher<'_, '_>, titles: &[String]) {
    let mut cleaner = Cleaner::new();
    bencher
        .counter(ItemsCount::new(titles.len()))
        .bench_local(|| {
            for title in titles {
                black_box(cleaner.clean(black_box(title)));
            }
        });
}

/// All of them, one cleaner and one buffer for all, as a batch has them.
#[divan::bench]
fn all(bencher: Bencher<'_, '_>) {
    clean_all(bencher, &titles());
}

/// Those that stay as they are.
#[divan::bench]
fn untouched(bencher: Bencher<'_, '_>) {
    let titles: Vec<_> = titles()
        .into_iter()
        .filter(|title| title::clean(title).text == *title)
        .collect();
    clean_all(bencher, &titles);
}

/// Those that lose something.
#[divan::bench]
fn changed(bencher: Bencher<'_, '_>) {
    let titles: Vec<_> = titles()
        .into_iter()
        .filter(|title| title::clean(title).text != *title)
        .collect();
    clean_all(bencher, &titles);
}
