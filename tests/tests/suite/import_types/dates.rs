//! A date or a time means the same on each server, in each session and in each format.

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use jobinsight_tests::Db;
use parquet::arrow::ArrowWriter;

use super::import;

const TEXTS: [&str; 6] = [
    "05/11/2025",
    "13/11/2025 08:30",
    "2025-11-05",
    "2025-11-05T10:00:00",
    "2025-11-05T10:00:00Z",
    "2025-11-05 10:00:00.5-03:30",
];
const MEANINGS: &str = "2025-11-04 17:00:00|2025-11-13 01:30:00|2025-11-04 17:00:00|2025-11-05 03:00:00|2025-11-05 10:00:00|2025-11-05 13:30:00.5";
const READ: &str =
    "SELECT string_agg((posted_time AT TIME ZONE 'UTC')::text, '|' ORDER BY job_id) FROM raw_jobs";

fn csv(texts: &[&str]) -> Vec<u8> {
    let rows = texts.iter().enumerate();
    let rows: Vec<String> = rows.map(|(n, text)| format!("{n},T,{text}")).collect();
    format!("job_id,title,posted_time\n{}\n", rows.join("\n")).into_bytes()
}

fn jsonl(texts: &[&str]) -> Vec<u8> {
    let rows = texts.iter().enumerate().map(|(n, text)| {
        format!("{{\"job_id\":\"{n}\",\"title\":\"T\",\"posted_time\":\"{text}\"}}\n")
    });
    rows.collect::<String>().into_bytes()
}

fn parquet(texts: &[&str]) -> Vec<u8> {
    let keys: Vec<String> = (0..texts.len()).map(|n| n.to_string()).collect();
    let batch = RecordBatch::try_from_iter([
        ("job_id", Arc::new(StringArray::from(keys)) as ArrayRef),
        ("title", Arc::new(StringArray::from(vec!["T"; texts.len()]))),
        ("posted_time", Arc::new(StringArray::from(texts.to_vec()))),
    ])
    .unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

#[tokio::test]
async fn a_date_means_the_same_with_each_setting_of_database_and_role_and_in_each_format() {
    let db = Db::new().await;
    let name = db.one("SELECT current_database()").await;
    for settings in [
        "datestyle = 'ISO, MDY'",
        "datestyle = 'ISO, DMY'",
        "datestyle = 'SQL, YMD'",
        "timezone = 'America/New_York'",
        "intervalstyle = 'iso_8601'",
    ] {
        for place in [
            format!("DATABASE {name}"),
            format!("ROLE CURRENT_USER IN DATABASE {name}"),
        ] {
            let change = |what: &str| format!("ALTER {place} {what}");
            db.client
                .batch_execute(&change(&format!("SET {settings}")))
                .await
                .unwrap();
            for (file, bytes) in [
                ("a.csv", csv(&TEXTS)),
                ("a.jsonl", jsonl(&TEXTS)),
                ("a.parquet", parquet(&TEXTS)),
            ] {
                db.client.batch_execute("TRUNCATE raw_jobs").await.unwrap();
                assert_eq!(import(&db, file, &bytes)["rejected"], 0);
                assert_eq!(db.one(READ).await, MEANINGS, "{place} {settings} {file}");
            }
            db.client.batch_execute(&change("RESET ALL")).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_text_with_no_certain_meaning_is_rejected_with_column_and_reason() {
    let db = Db::new().await;
    let texts = [
        "31/02/2025",
        "11/13/2025",
        "05/11/25",
        "1730775600",
        "1730775600000",
        "infinity",
        "now",
        "2025-11-05 BC",
    ];
    let report = import(&db, "a.csv", &csv(&texts));
    assert_eq!(report["rejected"], texts.len());
    let reasons = db
        .one(
            "SELECT string_agg(reason, E'\n' ORDER BY line) FROM jobinsight_staging.import_rejects",
        )
        .await;
    for (text, reason) in texts.iter().zip(reasons.lines()) {
        assert!(
            reason.starts_with(&format!("posted_time: `{text}` ")),
            "{reason}"
        );
    }
    assert!(reasons.contains("seconds or milliseconds"), "{reasons}");
    assert!(reasons.contains("two digits"), "{reasons}");
}

#[tokio::test]
async fn a_time_without_an_offset_has_the_time_zone_of_the_setting() {
    let db = Db::new().await;
    let file = db.state.path().join("a.csv");
    std::fs::write(&file, csv(&["2025-07-01 12:00", "2025-07-01 12:00Z"])).unwrap();
    let arguments = ["import", file.to_str().unwrap()];
    for (zone, meaning) in [
        ("UTC", "2025-07-01 12:00:00|2025-07-01 12:00:00"),
        ("Europe/Paris", "2025-07-01 10:00:00|2025-07-01 12:00:00"),
        (
            "Asia/Ho_Chi_Minh",
            "2025-07-01 05:00:00|2025-07-01 12:00:00",
        ),
    ] {
        db.json_with(&arguments, &[("ETL_IMPORT__TIME_ZONE", zone)])
            .ok();
        assert_eq!(db.one(READ).await, meaning, "{zone}");
    }
    db.client
        .batch_execute("DROP TABLE raw_jobs")
        .await
        .unwrap();
    // PostgreSQL would read `UTC+7` as seven hours west.
    for zone in ["Asia/Hanoi", "UTC+7", "+07:00"] {
        let end = db.json_with(
            &["import", "--create", arguments[1]],
            &[("ETL_IMPORT__TIME_ZONE", zone)],
        );
        end.failed(2, "jobinsight::settings::invalid");
        assert!(end.stdout.contains("Asia/Ho_Chi_Minh"), "{}", end.stdout);
    }
    let created = "SELECT count(*) FROM pg_class WHERE relname = 'raw_jobs'";
    assert_eq!(db.count(created).await, 0);
}

#[tokio::test]
async fn deadlines_mean_the_same_with_each_date_style() {
    let db = Db::new().await;
    let name = db.one("SELECT current_database()").await;
    db.posting("1", &[("deadline", "05/11/2025")]).await;
    db.posting("2", &[("deadline", "2025-11-05")]).await;
    db.posting("3", &[("deadline", "13/13/2025")]).await;
    for style in ["MDY", "DMY", "YMD"] {
        db.client
            .batch_execute(&format!(
                "ALTER DATABASE {name} SET datestyle = 'SQL, {style}'; ALTER DATABASE {name} SET timezone = 'America/New_York'"
            ))
            .await
            .unwrap();
        db.json(&["run", "--only-unprocessed=false"]).ok();
        let due = "SELECT string_agg(coalesce((due_date AT TIME ZONE 'Asia/Ho_Chi_Minh')::text, 'none'), '|' ORDER BY job_id)
             FROM jobinsight_staging.staging_jobs";
        assert_eq!(
            db.one(due).await,
            "2025-11-05 23:59:59|2025-11-05 23:59:59|none",
            "{style}"
        );
    }
}
