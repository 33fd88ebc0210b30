//! The speed of the kernels, in rows a second on one core.
//!
//! `cargo bench -p jobinsight-kernels --bench kernels` reads the real postings. If their file is missing, it reads
//! the postings of the demo. Every pass starts with empty caches.
#![allow(clippy::unwrap_used, missing_docs)]

use std::sync::{Arc, LazyLock};

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use jobinsight_core::testing::postings::{read_columns, real_file, sample_file};
use jobinsight_kernels::kernel::{self, RuleSet};
use jobinsight_kernels::standard::company::{self, Standardizer};
use jobinsight_kernels::standard::place::{PlaceRules, Places};
use jobinsight_kernels::{standard, v1};

/// Key, title, company, location and detail of a posting.
type Posting = [Option<String>; 5];

static POSTINGS: LazyLock<Vec<Posting>> = LazyLock::new(|| {
    let file = real_file().unwrap_or_else(sample_file);
    let columns = [
        "job_id",
        "title",
        "company_name",
        "location",
        "location_detail",
    ];
    read_columns(&file, columns).expect("the file has these columns")
});

fn batch() -> RecordBatch {
    let column = |index: usize| {
        Arc::new(
            POSTINGS
                .iter()
                .map(|row| row[index].as_deref())
                .collect::<StringArray>(),
        ) as ArrayRef
    };
    RecordBatch::try_from_iter([
        ("job_id", column(0)),
        ("title", column(1)),
        ("company_name", column(2)),
        ("location", column(3)),
        ("location_detail", column(4)),
    ])
    .unwrap()
}

fn main() {
    divan::main();
}

#[divan::bench]
fn standard_all(bencher: Bencher) {
    let batch = batch();
    bencher
        .counter(ItemsCount::new(batch.num_rows()))
        .bench(|| kernel::transform(black_box(&batch), RuleSet::Standard).unwrap());
}

#[divan::bench]
fn v1_all(bencher: Bencher) {
    let batch = batch();
    bencher
        .counter(ItemsCount::new(batch.num_rows()))
        .bench(|| kernel::transform(black_box(&batch), RuleSet::V1).unwrap());
}

#[divan::bench]
fn standard_titles(bencher: Bencher) {
    bencher
        .counter(ItemsCount::new(POSTINGS.len()))
        .bench_local(|| {
            let mut titles = standard::title::Cleaner::new();
            for [_, title, ..] in POSTINGS.iter() {
                black_box(titles.clean(title.as_deref().unwrap_or_default()));
            }
        });
}

#[divan::bench]
fn standard_companies(bencher: Bencher) {
    bencher
        .counter(ItemsCount::new(POSTINGS.len()))
        .bench_local(|| {
            let mut names = Standardizer::new(Arc::clone(company::Rules::shipped()));
            for [_, _, name, ..] in POSTINGS.iter() {
                black_box(names.standardize(name.as_deref().unwrap_or_default()));
            }
        });
}

#[divan::bench]
fn standard_places(bencher: Bencher) {
    bencher
        .counter(ItemsCount::new(POSTINGS.len()))
        .bench_local(|| {
            let mut places = Places::new(Arc::clone(PlaceRules::shipped()));
            for [_, _, _, location, detail] in POSTINGS.iter() {
                let [detail, location] =
                    [detail, location].map(|text| text.as_deref().unwrap_or_default());
                let detail = places.detail(detail);
                black_box(places.refine(location, &detail.pairs));
            }
        });
}

#[divan::bench]
fn v1_titles(bencher: Bencher) {
    bencher.counter(ItemsCount::new(POSTINGS.len())).bench(|| {
        for [_, title, ..] in POSTINGS.iter() {
            black_box(v1::clean_title(title.as_deref().unwrap_or_default()));
        }
    });
}

#[divan::bench]
fn v1_companies(bencher: Bencher) {
    bencher.counter(ItemsCount::new(POSTINGS.len())).bench(|| {
        for [_, _, name, ..] in POSTINGS.iter() {
            black_box(v1::clean_company_name(name.as_deref().unwrap_or_default()));
        }
    });
}

#[divan::bench]
fn v1_places(bencher: Bencher) {
    bencher.counter(ItemsCount::new(POSTINGS.len())).bench(|| {
        for [_, _, _, location, detail] in POSTINGS.iter() {
            let pairs = v1::extract_location_info(detail.as_deref().unwrap_or_default());
            black_box(v1::refine_location(
                location.as_deref().unwrap_or_default(),
                &pairs,
            ));
        }
    });
}
