//! The rule set `standard` on labelled postings of eight job boards, and the report of `cargo xtask quality`.

use jobinsight_tests::Db;
use jobinsight_tests::quality::{Cause, Kind, Score, known, measure};

/// Names of two companies whose labels are older than the rule that brands keep the spelling of their owners (MobiFone, IMAP).
const OVERRULED: [&str; 2] = [
    "CÔNG TY CỔ PHẦN GIẢI PHÁP SỐ MOBIFONE",
    "CÔNG TY CỔ PHẦN GIÁO DỤC VÀ ĐÀO TẠO IMAP VIỆT NAM - CHI NHÁNH TÂN BÌNH",
];

/// The share of labels that each column must meet, in percent.
fn floor(kind: Kind) -> f64 {
    match kind {
        Kind::Titles => 98.0,
        Kind::Companies => 100.0,
        _ => 97.0,
    }
}

#[tokio::test]
async fn the_pipeline_meets_the_labels_of_every_field() {
    let db = Db::new().await;
    let files = known(&Kind::ALL);
    let reports = measure(&db, &files).await.unwrap();
    let mut below = Vec::new();
    for ((kind, _), report) in files.iter().zip(&reports) {
        let overruled = report
            .misses
            .iter()
            .filter(|miss| OVERRULED.contains(&&*miss.given))
            .count();
        for field in &report.fields {
            let met = Score {
                right: field.all.right + overruled,
                ..field.all
            };
            if met.percent() < floor(*kind) {
                below.push(format!("{}: {}", field.column, report.details()));
            }
        }
        let merged: Vec<_> = report.misses_by(Cause::MergedCompanies).collect();
        assert!(
            merged.is_empty(),
            "different companies have one key: {merged:#?}"
        );
    }
    assert!(below.is_empty(), "{}", below.join("\n"));
}

#[tokio::test]
async fn labels_are_counted_by_column_and_board_and_each_miss_has_its_cause() {
    let db = Db::new().await;
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, lines: &[&str]| {
        let path = folder.path().join(name);
        std::fs::write(&path, lines.join("\n")).unwrap();
        path
    };
    let titles = file(
        "titles",
        &[
            r#"{"job_id": "kv1", "in": "Java / C++ - Gấp", "out": "Java/C++"}"#,
            r#"{"job_id": "kv2", "in": "Kế Toán - Gấp", "out": "Kế Toán - Gấp", "unsure": true, "alt": "Kế Toán"}"#,
            r#"{"job_id": "el1", "in": "Lái Xe - Gấp", "out": "Lái Xe - Gấp", "unsure": true}"#,
            r#"{"job_id": "1", "in": "   ", "out": "Lái Xe"}"#,
        ],
    );
    let deadlines = file(
        "deadlines",
        &[
            r#"{"deadline": "2 ngày", "crawled_at": "2026-01-01T08:00:00+07:00", "due_date": "2026-01-03T08:00:00+07:00"}"#,
            r#"{"deadline": "2 ngày", "crawled_at": "2026-01-01T08:00:00+07:00", "due_date": null}"#,
        ],
    );
    let files = [(Kind::Titles, titles), (Kind::Deadlines, deadlines)];
    let reports = measure(&db, &files).await.unwrap();

    let [titles, deadlines] = reports.as_slice() else {
        panic!("{} reports", reports.len());
    };
    let table = "titles                                        all   sure       ITviec 2     LinkedIn 1        TopCV 1
  title_clean                        2/4    50.0%  50.0%         100.0%           0.0%           0.0%
";
    assert_eq!(titles.table(), table);
    let causes: Vec<_> = titles
        .misses
        .iter()
        .map(|miss| {
            (
                &*miss.given,
                &*miss.got,
                &*miss.wanted,
                miss.difference.cause,
            )
        })
        .collect();
    assert_eq!(
        causes,
        [
            ("Lái Xe - Gấp", "Lái Xe", "Lái Xe - Gấp", Cause::CutTooMuch),
            ("   ", "", "Lái Xe", Cause::Rejected),
        ]
    );
    let [miss] = deadlines.misses.as_slice() else {
        panic!("one miss, not {:#?}", deadlines.misses);
    };
    assert_eq!(
        (&*miss.got, miss.difference.cause),
        ("2026-01-03T08:00:00+07:00", Cause::NotStated)
    );
}

#[tokio::test]
async fn a_line_that_is_not_a_label_is_refused_with_its_place() {
    let db = Db::new().await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, "{\"in\": \"Kế Toán\"}\n{\"out\": \"Kế Toán\"}\n").unwrap();
    let files = [(Kind::Titles, file.path().to_owned())];
    let refused = measure(&db, &files).await.unwrap_err();
    assert_eq!(
        refused,
        format!(
            "{}, line 2: not a label of titles: no \"in\"",
            file.path().display()
        )
    );
}
