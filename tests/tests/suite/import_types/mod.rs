//! `import` and a run read each type exactly: columns of the raw table, dates and times, types of Parquet.

mod columns;
mod dates;
mod parquet;

use jobinsight_tests::Db;
use serde_json::Value;

/// Lets an import pass, however many records it rejects.
const LENIENT: (&str, &str) = ("ETL_IMPORT__INTEGRITY_THRESHOLD", "0");

/// Imports a file with these contents, and returns the report.
fn import(db: &Db, name: &str, contents: &[u8]) -> Value {
    let file = db.state.path().join(name);
    std::fs::write(&file, contents).unwrap();
    db.json_with(&["import", file.to_str().unwrap()], &[LENIENT])
        .ok()
        .object()["files"][0]["report"]
        .clone()
}

/// Replaces the raw table. `types` are changes of the types of its columns.
async fn raw_table(db: &Db, types: &str) {
    db.client
        .batch_execute(&format!("TRUNCATE raw_jobs; {types}"))
        .await
        .unwrap();
}
