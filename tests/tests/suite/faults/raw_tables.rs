//! Raw tables that are not plain tables, and plans that cannot consist of ranges of blocks.

use std::fmt::Write as _;

use jobinsight_tests::Db;

use super::first_load::{FILLED, ROWS, RUN, assert_indexes, by_ranges, filled, run};
use super::{postings, undisturbed};

#[tokio::test]
async fn a_raw_table_with_children_is_planned_by_rows_and_one_with_partitions_by_ranges() {
    for kind in ["PARTITION BY RANGE (job_id)", ""] {
        let db = Db::new().await;
        postings(&db, ROWS).await;
        let wanted = undisturbed(ROWS).await;
        let mut sql = format!(
            "ALTER TABLE raw_jobs RENAME TO old_jobs; CREATE TABLE raw_jobs (LIKE old_jobs INCLUDING DEFAULTS) {kind};
             ALTER TABLE raw_jobs ADD UNIQUE (job_id);"
        );
        if kind.is_empty() {
            sql.push_str(
                "CREATE TABLE part () INHERITS (raw_jobs); INSERT INTO part SELECT * FROM old_jobs",
            );
        } else {
            let _ = write!(sql, "CREATE TABLE low PARTITION OF raw_jobs FOR VALUES FROM (MINVALUE) TO ('5');
                 CREATE TABLE high PARTITION OF raw_jobs FOR VALUES FROM ('5') TO (MAXVALUE); INSERT INTO raw_jobs SELECT * FROM old_jobs");
        }
        db.client.batch_execute(&sql).await.unwrap();
        run(&db, &[]).ok();
        let ranges = db.count(FILLED).await;
        assert_eq!(ranges > 0, !kind.is_empty(), "{ranges} ranges: {kind}");
        assert_eq!(db.content().await, wanted, "{kind}");
        db.assert_all_accounted_for().await;
        assert_indexes(&db, kind).await;
    }
}

#[tokio::test]
async fn a_view_in_place_of_the_raw_table_is_refused_before_any_write() {
    let db = Db::new().await;
    postings(&db, 3).await;
    db.client
        .batch_execute("ALTER TABLE raw_jobs RENAME TO old_jobs; CREATE VIEW raw_jobs AS SELECT * FROM old_jobs")
        .await
        .unwrap();
    let end = run(&db, &[]);
    assert_eq!(end.code, 4, "{}", end.stderr);
    let written = db
        .count("SELECT count(*) FROM pg_namespace WHERE nspname = 'jobinsight_staging'")
        .await;
    assert_eq!(written, 0, "{}", end.stderr);
}

#[tokio::test]
async fn window_days_plans_by_rows_and_skips_older_rows() {
    let db = filled().await;
    db.client
        .batch_execute("UPDATE raw_jobs SET crawled_at = '2025-01-01Z' WHERE job_id < '2'")
        .await
        .unwrap();
    let old = db
        .count("SELECT count(*) FROM raw_jobs WHERE job_id < '2'")
        .await;
    let env = by_ranges(&[("ETL_PHASES__SQL_PROCEDURES__WINDOW_DAYS", "3")]);
    let end = db.json_with(&RUN, &env).ok();
    assert_eq!(
        end.stat("new") + end.stat("rejected"),
        121 - old.cast_unsigned()
    );
    assert_eq!(db.count(FILLED).await, 0, "no ranges");
    db.json_with(&RUN, &by_ranges(&[])).ok();
    db.assert_all_accounted_for().await;
}

#[tokio::test]
async fn a_window_without_rows_is_not_an_empty_raw_table() {
    let db = Db::new().await;
    let window = [("ETL_PHASES__SQL_PROCEDURES__WINDOW_DAYS", "3")];
    db.posting("1", &[("crawled_at", "2020-01-01T00:00:00Z")])
        .await;
    let end = db.json_with(&["run", "--rules", "v1"], &window).ok();
    let results = end.object();
    assert_eq!(results["message"], "nothing to do: no raw rows were found");
    assert_eq!(
        results["notes"],
        serde_json::json!([
            "no raw row was crawled in the last 3 days, the window of `phases.sql_procedures.window_days`; \
             raise or remove the setting, then: jobinsight run --rules v1"
        ])
    );
    assert_eq!(db.json(&["run"]).ok().stat("new"), 1);
}
