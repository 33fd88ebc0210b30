//! Tests of the phase `parquet_export` alone, on a real database.
#![allow(missing_docs, clippy::unwrap_used)]

use std::fs::File;

use example_parquet_export as _;
use jobinsight_core::arrow_array::cast::AsArray;
use jobinsight_core::arrow_array::types::Float64Type;
use jobinsight_core::arrow_array::{Array, RecordBatch};
use jobinsight_core::testing::{Cell, batch_from};
use jobinsight_sql::testing::Database;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

fn read(path: &std::path::Path) -> (usize, Vec<RecordBatch>) {
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
    let groups = builder.metadata().num_row_groups();
    (
        groups,
        builder.build().unwrap().map(Result::unwrap).collect(),
    )
}

/// Publishes rows with the keys from `first` on, as a run at that time would have.
async fn publish(db: &Database, rows: i64, first: i64, at: &str) {
    let names = [
        "job_id",
        "salary_min",
        "skills",
        "location_codes",
        "processed_at",
    ];
    let row = |key: i64| -> Vec<Cell> {
        let skills = "[\"Excel\"]".into();
        let codes = "{VN-HN,VN-SG}".into();
        vec![
            key.to_string().into(),
            10.5.into(),
            skills,
            codes,
            at.into(),
        ]
    };
    let rows = (first..first + rows).map(row).collect();
    db.publish(&batch_from(&names, rows)).await;
}

#[tokio::test]
async fn a_file_contains_the_postings_of_its_day_and_no_others() {
    let db = Database::staged().await;
    publish(&db, 2, 1, "2026-01-14T23:30:00+07:00").await;
    publish(&db, 3, 10, "2026-01-15T00:30:00+07:00").await;
    let dir = std::env::temp_dir().join(format!("parquet-export-{}", std::process::id()));
    let run = db
        .run()
        .await
        .with("phases.parquet_export.dir", dir.to_str());
    let run = run.await.unwrap();
    let phase = run.phase("parquet_export");
    phase.run().await.unwrap();
    phase.run().await.unwrap(); // the second run replaces the file

    let files: Vec<_> = std::fs::read_dir(&dir).unwrap().flatten().collect();
    assert_eq!(files.len(), 1, "no temporary file is left: {files:?}");
    let (_, batches) = read(&dir.join("postings-2026-01-15.parquet"));
    let [batch] = batches.as_slice() else {
        panic!("one batch")
    };
    let text = |name: &str| batch.column_by_name(name).unwrap().as_string::<i32>();
    assert_eq!(
        text("job_id").iter().flatten().collect::<Vec<_>>(),
        ["10", "11", "12"]
    );
    assert_eq!(text("skills").value(0), "[\"Excel\"]");
    let salary = batch.column_by_name("salary_min").unwrap();
    assert!((salary.as_primitive::<Float64Type>().value(0) - 10.5).abs() < 1e-9);
    let codes = batch
        .column_by_name("location_codes")
        .unwrap()
        .as_list::<i32>()
        .value(0);
    assert_eq!(codes.as_string::<i32>().value(1), "VN-SG");
    assert!(batch.column_by_name("due_date").unwrap().is_null(0));
    std::fs::remove_dir_all(&dir).unwrap();
}

#[tokio::test]
async fn many_postings_are_written_in_several_row_groups() {
    let db = Database::staged().await;
    publish(&db, 20_000, 1, "2026-01-15T08:00:00+07:00").await;
    let dir = std::env::temp_dir().join(format!("parquet-groups-{}", std::process::id()));
    let run = db
        .run()
        .await
        .with("phases.parquet_export.dir", dir.to_str());
    let run = run.await.unwrap();
    let run = run
        .with("phases.parquet_export.group_bytes", 100_000)
        .await
        .unwrap();
    run.phase("parquet_export").run().await.unwrap();
    let (groups, batches) = read(&dir.join("postings-2026-01-15.parquet"));
    assert_eq!(
        batches.iter().map(RecordBatch::num_rows).sum::<usize>(),
        20_000
    );
    assert!(groups > 1, "{groups} row groups");
    std::fs::remove_dir_all(&dir).unwrap();
}

#[tokio::test]
async fn a_folder_that_can_not_be_created_is_an_error_that_names_it() {
    let db = Database::staged().await;
    let run = db
        .run()
        .await
        .with("phases.parquet_export.dir", "/dev/null/x");
    let error = run
        .await
        .unwrap()
        .phase("parquet_export")
        .run()
        .await
        .unwrap_err();
    assert_eq!(error.code().name(), "jobinsight::parquet_export::write");
    assert!(error.message().contains("/dev/null/x"), "{error}");
}
