//! Phases that break the batch contract.

use jobinsight_tests::Db;

use super::run_with;

#[tokio::test]
async fn a_phase_that_breaks_the_batch_contract_fails_its_run_and_publishes_nothing() {
    for (phase, what, help) in [
        (
            "test_loses_rows",
            "has 1 rows and 0 rejects, but it received 2 rows and 0 rejects",
            "move each row that it cannot process to the rejects of the batch",
        ),
        (
            "test_loses_columns",
            "lacks the column `job_id`",
            "return the columns that it received",
        ),
        (
            "test_gives_less",
            "lacks the column `mood`",
            "add the column, or remove it from GIVES",
        ),
        (
            "test_changes_keys",
            "has the key `9`, which it did not receive",
            "keep `job_id`, `row_version` of each row as they are",
        ),
        (
            "test_changes_versions",
            "with another `row_version`",
            "keep `job_id`, `row_version` of each row as they are",
        ),
        (
            "test_changes_fingerprints",
            "has the column `source_hash` with other values",
            "it says which row this is",
        ),
        (
            "test_changes_titles",
            "has the column `title_clean` with other values",
            "or add it to GIVES",
        ),
    ] {
        let db = Db::new().await;
        db.post("1", "Kế Toán").await;
        db.post("2", "Lái Xe").await;
        let ended = run_with(&db, phase).await;
        let error = ended.error.expect("a failure");
        assert_eq!(
            (error.code().name(), error.phase()),
            ("jobinsight::phases::broken_promise", Some(phase))
        );
        assert!(error.message().contains(what), "{error}");
        assert!(error.help_text().contains(help), "{error}");
        let staged = "SELECT count(*) FROM jobinsight_staging.staging_jobs";
        assert_eq!(db.count(staged).await, 0);
        assert_eq!(db.json(&["run"]).ok().stat("new"), 2);
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
async fn a_column_of_another_type_is_an_error_that_names_its_phase() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    let ended = run_with(&db, "test_retypes_title").await;
    let error = ended.error.expect("a failure");
    assert_eq!(error.code().name(), "jobinsight::phases::missing_column");
    assert_eq!(
        error.message(),
        "data_saving: phase `test_retypes_title` produces the batch column `title_clean` as Int64, but it must be Utf8"
    );
    assert_eq!(db.json(&["run"]).ok().stat("new"), 1);
}
