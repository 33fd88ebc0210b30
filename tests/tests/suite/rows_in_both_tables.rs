//! Rows that are in staging and among the rejected rows, in each way in which this can happen.

use jobinsight_tests::Db;
use serde_json::json;

use crate::other_programs::{self, COMPARE_ALL, EMPTY, counts, run};

/// True if every writer of the raw table is older than the horizon of the next run.
pub(crate) const IS_OLD: &str = "SELECT (pg_snapshot_xmin(pg_current_snapshot())::text::bigint > max(xmin::text::bigint))::int::bigint FROM raw_jobs";

/// Three published rows (1 to 3) and a rejected one (4). The next run compares only the rows that were written since.
async fn loaded() -> Db {
    let db = other_programs::loaded().await;
    // Other tests hold the horizon back.
    db.wait_for(IS_OLD).await;
    run(&db, &[], &[]).ok();
    db
}

/// Copies row 1 of staging to the key 4, with these changes.
fn restored(changes: &str) -> String {
    format!(
        "CREATE TEMPORARY TABLE copy AS SELECT * FROM jobinsight_staging.staging_jobs WHERE job_id = '1';
         UPDATE copy SET job_id = '4', {changes};
         INSERT INTO jobinsight_staging.staging_jobs SELECT * FROM copy"
    )
}

/// Adds a rejected row for the published row 2, with this fingerprint and this rule set.
fn rejected(hash: &str, rule_set: &str) -> String {
    format!(
        "INSERT INTO jobinsight_staging.etl_rejects (job_id, source_hash, rule_set, phase, field, reason, run_id)
         SELECT job_id, {hash}, {rule_set}, 'data_processing', 'title', 'title_missing', gen_random_uuid()
           FROM jobinsight_staging.staging_jobs WHERE job_id = '2'"
    )
}

const KEYS: &str = "SELECT (SELECT string_agg(job_id, ',' ORDER BY job_id) FROM jobinsight_staging.staging_jobs) || ' '
                        || (SELECT string_agg(job_id, ',' ORDER BY job_id) FROM jobinsight_staging.etl_rejects)";

#[tokio::test]
async fn each_run_finds_counts_and_repairs_a_row_that_is_in_both_tables() {
    let same_hash = "source_hash = (SELECT source_hash FROM jobinsight_staging.etl_rejects)";
    let (hash, rules) = ("source_hash", "rule_set");
    let cases = [
        // The old pipeline knows no rule set.
        (
            restored("rule_set = NULL, run_id = NULL, source_hash = NULL"),
            counts(1, 0, 0),
        ),
        (restored("source_hash = 0"), counts(1, 0, 0)),
        (restored("rule_set = 'standard/1'"), counts(1, 0, 0)),
        (
            restored("run_id = gen_random_uuid(), source_hash = NULL, warnings = NULL"),
            counts(1, 0, 0),
        ),
        // Both tables claim the current version, so the run decides.
        (restored(same_hash), counts(0, 0, 1)),
        (rejected(hash, rules), counts(0, 0, 1)),
        (rejected("0", rules), counts(0, 0, 1)),
        (rejected(hash, "'standard/1'"), counts(0, 0, 1)),
        (rejected(hash, "'replay'"), counts(0, 0, 1)),
    ];
    let ranges = ("ETL_PHASES__SQL_PROCEDURES__RANGES_FROM", "1");
    let modes: [(&[&str], &[_]); 4] = [
        (&[], &[]),
        (&[], &[COMPARE_ALL]),
        (&["--only-unprocessed=false"], &[]),
        (&["--only-unprocessed=false"], &[ranges]),
    ];
    for (sql, expected) in &cases {
        for (args, env) in modes {
            let db = loaded().await;
            let content = db.content().await;
            db.client.batch_execute(sql).await.unwrap();
            let case = format!("{sql} {args:?} {env:?}");
            let output = run(&db, args, env).ok();
            assert_eq!(output.object()["other_programs"], *expected, "{case}");
            assert_eq!(db.one(KEYS).await, "1,2,3 4", "{case}");
            assert_eq!(db.content().await, content, "{case}");
            db.assert_all_accounted_for().await;
            let again = run(&db, &[], &[]).ok();
            assert_eq!(again.object()["other_programs"], counts(0, 0, 0), "{case}");
        }
    }
}

#[tokio::test]
async fn the_commands_say_that_a_row_is_in_both_tables_and_what_to_type() {
    let db = loaded().await;
    assert!(!db.jobinsight(&["doctor"]).stdout.contains("other programs"));
    db.client
        .batch_execute(&restored("source_hash = 0"))
        .await
        .unwrap();
    let status = db.json(&["status"]).ok().object();
    assert_eq!(status["other_programs"]["inserted_since"], 1);
    assert_eq!(status["other_programs"]["changed_since"], 0);
    let words = "another program inserted 1 row and changed 0 rows";
    let text = db.jobinsight(&["status"]).ok().stdout;
    assert!(
        text.contains(&format!("Since then, {words}: `")) && text.contains("run` processes them"),
        "{text}"
    );
    let env = [("COLUMNS", "1000")];
    let text = db.jobinsight_with(&["doctor"], &env).ok().stdout;
    assert!(text.contains(words), "{text}");
    let dry = db.json(&["run", "--dry-run"]).ok().object();
    assert_eq!(dry["other_rules"]["other_programs"], 1, "{dry}");
    let text = db.jobinsight_with(&["explain-row", "4"], &env).ok().stdout;
    assert!(
        text.contains("it is among the rejected rows as well, so the next run deletes it"),
        "{text}"
    );
    run(&db, &[], &[]).ok();
    let status = db.json(&["status"]).ok().object();
    assert_eq!(
        status["other_programs"],
        json!({ "last_run": counts(1, 0, 0), "inserted_since": 0, "changed_since": 0 })
    );
    let text = db.jobinsight_with(&["explain-row", "4"], &env).ok().stdout;
    assert!(text.contains("a run deleted that row at"), "{text}");
}

#[tokio::test]
async fn a_kept_row_leaves_staging_when_nothing_keeps_it_even_if_it_was_marked_for_replay() {
    for free in [
        "DELETE FROM fact",
        "ALTER TABLE fact DROP CONSTRAINT fact_job_id_fkey",
        "DROP TABLE fact",
    ] {
        for is_replayed in [false, true] {
            let case = format!("{free} {is_replayed}");
            let db = loaded().await;
            db.client
                .batch_execute("CREATE TABLE fact (job_id varchar(20) REFERENCES jobinsight_staging.staging_jobs); INSERT INTO fact VALUES ('1')")
                .await
                .unwrap();
            db.post("1", EMPTY).await;
            assert_eq!(run(&db, &[], &[]).ok().object()["kept_in_staging"], 1);
            // The raw row is older than the horizon of the next run.
            db.wait_for(IS_OLD).await;
            run(&db, &[], &[]).ok();
            if is_replayed {
                db.json(&["rejects", "replay", "1"]).ok();
            }
            db.client.batch_execute(free).await.unwrap();
            let output = run(&db, &[], &[]).ok().object();
            assert_eq!(output["kept_in_staging"], 0, "{case}");
            assert_eq!(
                output["other_programs"],
                counts(0, 0, 0),
                "{case}: we kept it"
            );
            assert_eq!(db.one(KEYS).await, "2,3 1,4", "{case}");
            db.assert_all_accounted_for().await;
        }
    }
}

#[tokio::test]
async fn a_row_that_an_unfinished_run_left_in_both_tables_is_not_said_to_come_from_another_program()
{
    let db = loaded().await;
    let left = restored("source_hash = 0");
    db.client
        .batch_execute(&format!(
            "{left};
             UPDATE jobinsight_staging.etl_batches SET first_block = 0, end_block = 1;
             UPDATE jobinsight_staging.etl_runs SET state = 'failed'"
        ))
        .await
        .unwrap();
    let output = run(&db, &[], &[]).ok().object();
    assert_eq!(output["other_programs"], counts(0, 0, 0));
    assert_eq!(db.one(KEYS).await, "1,2,3 4");
    db.assert_all_accounted_for().await;
}
