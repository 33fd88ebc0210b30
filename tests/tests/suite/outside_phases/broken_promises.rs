//! Phases that break the batch contract.

use jobinsight_tests::Db;
use serde_json::json;

use super::{flag, run_pipeline_with, run_with};

/// Every published row, with the transaction that wrote it.
const STAGED: &str = "SELECT string_agg(concat_ws(' ', s.xmin, s), E'\n' ORDER BY job_id) FROM jobinsight_staging.staging_jobs s";

/// Phase, last word of the error code, words of the message, words of the help.
const BROKEN: [(&str, &str, &str, &str); 13] = [
    (
        "test_loses_rows",
        "broken_promise",
        "has 1 row and 0 rejects, but it received 2 rows and 0 rejects",
        "move each row that it cannot process to the rejects of the batch",
    ),
    (
        "test_loses_columns",
        "broken_promise",
        "lacks the column `job_id`",
        "return the columns that it received",
    ),
    (
        "test_gives_less",
        "broken_promise",
        "lacks the column `mood`",
        "add the column, or remove it from GIVES",
    ),
    (
        "test_adds_undeclared",
        "broken_promise",
        "has the column `mood`, which is neither in its GIVES nor passed on",
        "add the column to GIVES of the phase, with its type Utf8",
    ),
    (
        "test_adds_twice",
        "broken_promise",
        "has two columns with the name `title_clean`",
        "replace the column",
    ),
    (
        "test_changes_keys",
        "broken_promise",
        "has the key `9`, which it did not receive",
        "keep `job_id`, `row_version` of each row as they are",
    ),
    (
        "test_doubles_keys",
        "broken_promise",
        "has the row with the key `1` twice",
        "keep `job_id`, `row_version` of each row as they are",
    ),
    (
        "test_erases_keys",
        "broken_promise",
        "has a row without a key",
        "keep `job_id`, `row_version` of each row as they are",
    ),
    (
        "test_changes_versions",
        "broken_promise",
        "with another `row_version`",
        "keep `job_id`, `row_version` of each row as they are",
    ),
    (
        "test_changes_fingerprints",
        "broken_promise",
        "has the column `source_hash` with other values",
        "it says which row this is",
    ),
    (
        "test_changes_titles",
        "broken_promise",
        "has the column `title_clean` with other values",
        "or add it to GIVES",
    ),
    (
        "test_retypes_title",
        "column_type",
        "the batch that phase `test_retypes_title` returned has the column `title_clean` as Int64, but its GIVES declares Utf8",
        "return Utf8, or correct the type in GIVES",
    ),
    (
        "test_retypes_keys",
        "column_type",
        "has the column `job_id` as LargeUtf8, but it received Utf8",
        "return Utf8, or add the column to GIVES",
    ),
];

#[tokio::test]
async fn a_phase_that_breaks_the_batch_contract_fails_its_run_and_published_rows_stay() {
    for (phase, code, what, help) in BROKEN {
        let db = Db::new().await;
        db.post("1", "Kế Toán").await;
        db.post("2", "Lái Xe").await;
        assert_eq!(db.json(&["run"]).ok().stat("new"), 2);
        let published = db.one(STAGED).await;

        let again = flag("only_unprocessed", json!(false));
        let ended = run_pipeline_with(&db, &["data_processing", phase], vec![again]).await;
        let error = ended.error.expect(phase);
        assert_eq!(
            (error.code().name(), error.phase()),
            (&*format!("jobinsight::phases::{code}"), Some(phase))
        );
        assert!(error.message().contains(what), "{error}");
        assert!(error.help_text().contains(help), "{error:?}");
        assert_eq!(db.one(STAGED).await, published, "{phase}");
        assert_eq!(db.json(&["run"]).ok().stat("unchanged"), 2);
        db.assert_all_accounted_for().await;
    }
}

#[tokio::test]
async fn a_phase_may_sort_its_batch() {
    let db = Db::new().await;
    for (key, title) in [("1", "Kế Toán"), ("2", " "), ("3", "Lái Xe")] {
        db.post(key, title).await;
    }
    let ended = run_with(&db, "test_reverses").await;
    assert!(ended.error.is_none(), "{:?}", ended.error);
    assert_eq!(
        db.one("SELECT string_agg(job_id || title_clean, ' ' ORDER BY job_id) FROM jobinsight_staging.staging_jobs").await,
        "1Kế Toán 3Lái Xe"
    );
    db.assert_all_accounted_for().await;
}

#[tokio::test]
async fn phases_that_declare_other_types_of_a_column_are_refused_before_they_work() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    let refused = run_with(&db, "test_declares_numbers").await;
    let error = refused.error.expect("a refusal");
    assert_eq!(error.code().name(), "jobinsight::phases::types");
    assert_eq!(
        error.message(),
        "`test_declares_numbers` produces the batch column `title_clean` as Int64, but `data_processing` produces it as Utf8"
    );
    let schemas = "SELECT count(*) FROM pg_namespace WHERE nspname = 'jobinsight_staging'";
    assert_eq!(db.count(schemas).await, 0, "no phase started");
}
