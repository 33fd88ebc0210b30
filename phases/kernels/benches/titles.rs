//! Measures the title rules on the titles of real postings, or of the demo if there are no real ones.
#![allow(clippy::expect_used, missing_docs)]

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use jobinsight_core::testing::postings::{read_columns, real_file, sample_file};
use jobinsight_kernels::standard::title::{self, Cleaner};

fn main() {
    divan::main();
}

fn titles() -> Vec<String> {
    let file = real_file().unwrap_or_else(sample_file);
    let rows = read_columns(&file, ["title"]).expect("the file has titles");
    rows.into_iter().flatten().flatten().collect()
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

/// All titles, with one cleaner and one buffer, as in a batch.
#[divan::bench]
fn all(bencher: Bencher<'_, '_>) {
    clean_all(bencher, &titles());
}

/// Titles that no rule changes.
#[divan::bench]
fn untouched(bencher: Bencher<'_, '_>) {
    let titles: Vec<_> = titles()
        .into_iter()
        .filter(|title| title::clean(title).text == *title)
        .collect();
    clean_all(bencher, &titles);
}

/// Titles that a rule changes.
#[divan::bench]
fn changed(bencher: Bencher<'_, '_>) {
    let titles: Vec<_> = titles()
        .into_iter()
        .filter(|title| title::clean(title).text != *title)
        .collect();
    clean_all(bencher, &titles);
}
