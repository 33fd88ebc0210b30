//! Both parsers have the same results for each real text, and for generated texts.

use jobinsight_tests::shared;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

use super::words::{changed, text};
use super::{assert_equal, real_texts};
use crate::generated_texts::noise::noise;
use crate::generated_texts::salaries::salary_text;
use crate::goldens::with_functions;

/// The number of generated texts of each kind.
const TEXTS: usize = 3_000;

#[tokio::test]
async fn each_real_text_has_the_same_result_in_rust() {
    let db = with_functions().await;
    let texts = real_texts();
    if shared("data/raw_jobs.csv").is_none() {
        eprintln!(
            "SKIPPED: the real postings, because ../shared/data is missing; {} texts of the sample are compared",
            texts.len()
        );
    }
    assert_equal(&db, &texts).await;
}

/// The inputs that the fuzzer kept. Each has several texts, one on each line.
#[tokio::test]
async fn each_text_of_the_fuzz_corpus_has_the_same_result_in_rust() {
    let db = with_functions().await;
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus/salary");
    let mut texts = Vec::new();
    for file in std::fs::read_dir(corpus).unwrap() {
        let input = std::fs::read(file.unwrap().path()).unwrap();
        // PostgreSQL cannot store U+0000 in a text.
        let input = String::from_utf8_lossy(&input).replace('\0', "");
        texts.extend(input.lines().map(str::to_owned));
    }
    assert!(texts.len() > 40, "{}", texts.len());
    assert_equal(&db, &texts).await;
}

/// Compares generated texts, real texts with a few changes, and texts whose meaning another test checks.
async fn compare_generated(seed: u64, count: usize) {
    let db = with_functions().await;
    let random = &mut StdRng::seed_from_u64(seed);
    let real = real_texts();
    let mut texts = Vec::new();
    for _ in 0..count {
        let real = real.choose(random).cloned().unwrap_or_default();
        texts.extend([
            text(random),
            changed(&real, random),
            noise(random),
            salary_text(random),
        ]);
    }
    for unit in [
        "9", "1.", "1,000.", " - ", "tr", "Tới ", "a", "\u{301}", "ngày", "1 ngày ",
    ] {
        texts.extend([30, 999, 1001, 10_001].map(|length| unit.repeat(length / unit.len() + 1)));
    }
    assert_equal(&db, &texts).await;
}

#[tokio::test]
async fn generated_texts_have_the_same_result_in_rust() {
    compare_generated(8, TEXTS).await;
}

/// Compares other texts at each run. JOBINSIGHT_SEED repeats a run.
#[tokio::test]
#[ignore = "slow"]
async fn many_generated_texts_have_the_same_result_in_rust() {
    let given = std::env::var("JOBINSIGHT_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    let seed = given.unwrap_or_else(rand::random);
    eprintln!("JOBINSIGHT_SEED={seed}");
    compare_generated(seed, TEXTS * 10).await;
}

#[tokio::test]
async fn the_time_that_is_left_has_the_same_words_in_rust() {
    let db = with_functions().await;
    let day = 86_400_000_000_i64;
    let spans = [
        -1,
        0,
        1,
        999_999,
        1_000_000,
        59_999_999,
        60_000_000,
        3_599_999_999,
        3_600_000_000,
        day - 1,
        day,
        day + 1,
        2 * day - 1,
        400 * day,
        36_500 * day - 1,
        36_500 * day,
        2_900_000 * day - 1,
    ];
    let sql = "SELECT jobinsight_staging.time_remaining(to_timestamp(0) + t.span * interval '1 microsecond', to_timestamp(0))
                 FROM unnest($1::bigint[]) WITH ORDINALITY AS t (span, n) ORDER BY t.n";
    let rows = db.client.query(sql, &[&spans.as_slice()]).await.unwrap();
    let wanted: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    let found = spans.map(|span| jobinsight_kernels::deadline::time_remaining(span, 0));
    assert_eq!(found.as_slice(), wanted);
}
