//! The package openlineage-python accepts the events. `cargo xtask openlineage` installs it and runs this test.

use std::process::Command;

use jobinsight_core::failpoints::before;
use jobinsight_tests::{Db, failpoint};

#[tokio::test]
#[ignore = "needs Python with the package; cargo xtask openlineage"]
async fn the_classes_of_the_package_accept_every_event() {
    let python = std::env::var("JOBINSIGHT_TESTS_OPENLINEAGE").expect("the program of Python");
    let db = Db::new().await;
    db.posting("1", &[("title", "Kế Toán"), ("salary", "khá")])
        .await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.jsonl");
    let variables = [
        ("ETL_OPENLINEAGE__FILE", file.to_str().unwrap()),
        ("ETL_UPSTREAM__MIN_ROWS", "1"),
        ("ETL_UPSTREAM__SQL", "SELECT true"),
        ("ETL_WARN__MEMORY_MB", "1"),
        (
            "OPENLINEAGE_PARENT_ID",
            "airflow/nightly.etl/f99310b4-3c3c-1a1a-2b2b-c1b95c24ff11",
        ),
    ];
    let stopped = [
        &variables[..],
        &[failpoint(before("data_processing"), "1*return(term)")],
    ]
    .concat();
    let args = [
        "run",
        "--with",
        "job_facts",
        "--as-of",
        "2026-01-16T00:00:00Z",
    ];
    db.json_with(&args, &stopped)
        .failed(143, "jobinsight::run::terminated");
    db.json_with(&["retry"], &variables).ok();
    db.break_contract().await;
    db.json_with(&args, &variables)
        .failed(4, "jobinsight::contract::missing_column");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/openlineage/check_events.py");
    let mut check = Command::new(python);
    let checked = check.arg("-B").arg(script).arg(&file).status().unwrap();
    assert!(checked.success());
}
