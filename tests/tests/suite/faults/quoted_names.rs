//! Names from settings are quoted, even if they contain SQL.

use jobinsight_tests::Db;

use super::first_load::RANGES;
use super::{AS_OF, postings};

const RAW_SCHEMA: &str = "r\"; DROP TABLE raw_jobs;--";
const RAW_TABLE: &str = "t'\"; DROP TABLE raw_jobs;--";
const STAGING: &str = "x\"'; DROP TABLE raw_jobs;--";

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[tokio::test]
async fn names_that_hold_sql_are_quoted_by_every_command() {
    let db = Db::new().await;
    postings(&db, 30).await;
    let (schema, table) = (quoted(RAW_SCHEMA), quoted(RAW_TABLE));
    db.client
        .batch_execute(&format!(
            "CREATE SCHEMA {schema}; CREATE TABLE {schema}.{table} (LIKE raw_jobs INCLUDING ALL);
             INSERT INTO {schema}.{table} SELECT * FROM raw_jobs"
        ))
        .await
        .unwrap();
    let names = [
        ("ETL_RAW__SCHEMA", RAW_SCHEMA),
        ("ETL_RAW__TABLE", RAW_TABLE),
        ("ETL_STAGING__SCHEMA", STAGING),
        ("ETL_AS_OF", AS_OF),
        RANGES,
    ];
    let strict: Vec<_> = [&names[..], &[("ETL_INTEGRITY_THRESHOLD", "1")]].concat();
    let lenient: Vec<_> = [&names[..], &[("ETL_INTEGRITY_THRESHOLD", "0")]].concat();
    db.json_with(&["run", "--batch-size", "10"], &strict)
        .failed(3, "jobinsight::quality::integrity");
    let retry = db.json_with(&["retry"], &lenient).ok();
    assert_eq!((retry.stat("new"), retry.stat("rejected")), (30, 1));
    for args in [
        &["doctor"][..],
        &["status"],
        &["runs", "list"],
        &["runs", "show"],
        &["rejects", "list"],
        &["rejects", "show", "blank"],
        &["rejects", "replay", "--all"],
        &["run"],
        &["run", "--only-unprocessed=false"],
    ] {
        let done = db.json_with(args, &lenient);
        assert_eq!(done.code, 0, "{args:?}: {}", done.stderr);
    }
    let file = db.state.path().join("more.csv");
    std::fs::write(&file, "job_id,title\nmore,Lái Xe\n").unwrap();
    let import = ["import", file.to_str().unwrap()];
    db.json_with(&import, &lenient).ok();
    assert_eq!(db.json_with(&["run"], &lenient).ok().stat("new"), 1);
    let staging = format!("SELECT count(*) FROM {}.staging_jobs", quoted(STAGING));
    assert_eq!(db.count(&staging).await, 31);
    let raw = db.count("SELECT count(*) FROM raw_jobs").await;
    assert_eq!(raw, 31, "raw_jobs exists, with all rows");
}
