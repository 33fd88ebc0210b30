//! Missing partitions, repeated postings, roles, triggers and foreign keys of others, and commands that only read.

use jobinsight_core::failpoints::COMMIT_AFTER;
use jobinsight_tests::{Pause, failpoint};

use super::{Parts, filled};
use crate::faults::{AS_OF, LENIENT, in_batches};

const RANGES: (&str, &str) = ("ETL_PHASES__SQL_PROCEDURES__RANGES_FROM", "1");
const RUN: [&str; 3] = ["run", "--as-of", AS_OF];

#[tokio::test]
async fn a_row_without_a_partition_is_rejected_until_doctor_s_statement_was_typed() {
    let db = filled(40, (Parts::None, Parts::Month)).await;
    db.json(&RUN).ok();
    db.client
        .batch_execute("UPDATE raw_jobs SET crawled_at = '2026-02-03T00:00:00Z' WHERE job_id IN ('1', '2');
             INSERT INTO raw_jobs SELECT (jsonb_populate_record(r, '{\"job_id\": \"new\"}')).* FROM raw_jobs r WHERE job_id = '1'")
        .await
        .unwrap();
    let end = db.json_with(&RUN, LENIENT).ok();
    let counts = ["new", "updated", "unchanged", "rejected"].map(|name| end.stat(name));
    assert_eq!(counts, [0, 0, 38, 3]);
    let notes = end.object()["notes"].to_string();
    assert!(
        notes.contains("has no partition for some postings"),
        "{notes}"
    );
    let rejects = "SELECT string_agg(concat_ws(' ', job_id, reason, rule_set), ', ' ORDER BY job_id) FROM jobinsight_staging.etl_rejects";
    assert_eq!(
        db.one(rejects).await,
        "1 no_partition kept_in_staging, 2 no_partition kept_in_staging, new no_partition replay"
    );

    let doctor = db.json(&["doctor"]).ok().object();
    let check = doctor["checks"].as_array().unwrap().iter();
    let check = check
        .clone()
        .find(|check| check["check"] == "partitions")
        .unwrap();
    assert_eq!(
        check["found"],
        "staging_jobs: 4 partitions by RANGE (crawled_at); staging_jobs lacks 1 partition, so a run rejects 3 raw rows"
    );
    let statement = check["help"].as_str().unwrap();
    assert_eq!(
        statement,
        "CREATE TABLE jobinsight_staging.staging_jobs_2026_02 PARTITION OF jobinsight_staging.staging_jobs FOR VALUES FROM ('2026-02-01Z') TO ('2026-03-01Z')"
    );
    db.client.batch_execute(statement).await.unwrap();
    let end = db.json(&RUN).ok();
    let counts = ["new", "updated", "unchanged", "rejected"].map(|name| end.stat(name));
    assert_eq!(counts, [1, 2, 38, 0]);
    db.assert_all_accounted_for().await;
}

#[tokio::test]
async fn doctor_names_a_missing_remainder() {
    let db = filled(40, (Parts::None, Parts::Hash(4))).await;
    db.json(&RUN).ok();
    db.client
        .batch_execute("DROP TABLE jobinsight_staging.staging_jobs_2")
        .await
        .unwrap();
    let doctor = db.jobinsight(&["doctor"]).ok().stdout;
    assert!(doctor.contains("MODULUS 4, REMAINDER 2"), "{doctor}");
    db.client
        .batch_execute("CREATE TABLE jobinsight_staging.staging_jobs_2 PARTITION OF jobinsight_staging.staging_jobs FOR VALUES WITH (MODULUS 4, REMAINDER 2)")
        .await
        .unwrap();
    let end = db.json(&RUN).ok();
    assert!(
        end.stat("new") > 0,
        "the rows of the dropped partition are published again"
    );
    db.assert_all_accounted_for().await;
}

#[tokio::test]
async fn two_raw_rows_of_a_posting_are_refused_before_any_write() {
    let db = filled(40, (Parts::Month, Parts::Hash(4))).await;
    db.client
        .batch_execute("INSERT INTO raw_jobs SELECT (jsonb_populate_record(r, '{\"crawled_at\": \"2026-01-20T00:00:00Z\"}')).* FROM raw_jobs r WHERE job_id = '1'")
        .await
        .unwrap();
    let refused = db.jobinsight(&RUN);
    refused.failed(4, "jobinsight::contract::repeated_key");
    assert!(
        refused
            .stderr
            .contains("has more than one row of 1 posting"),
        "{}",
        refused.stderr
    );
    assert_eq!(
        db.count("SELECT count(*) FROM jobinsight_staging.staging_jobs")
            .await,
        0
    );
    db.client
        .batch_execute("DELETE FROM raw_jobs o USING raw_jobs n WHERE n.job_id = o.job_id AND n.crawled_at > o.crawled_at")
        .await
        .unwrap();
    assert_eq!(db.json(&RUN).ok().stat("new"), 40);
}

#[tokio::test]
async fn a_row_that_moves_to_another_month_during_a_first_load_is_published_once() {
    let db = filled(400, (Parts::Month, Parts::Month)).await;
    let pause = Pause::new();
    let failpoints = failpoint(COMMIT_AFTER, "return(wait)");
    let going = db.spawn(&in_batches("50", "1"), &[RANGES, failpoints, pause.env()]);
    db.wait_for("SELECT count(*) FROM jobinsight_staging.staging_jobs")
        .await;
    let moved = "UPDATE raw_jobs SET crawled_at = '2026-01-31T00:00:00Z'
                  WHERE job_id = (SELECT min(job_id) FROM jobinsight_staging.staging_jobs)";
    db.client.batch_execute(moved).await.unwrap();
    pause.release();
    going.end().ok();
    let twice = "SELECT count(*) FROM (SELECT 1 FROM jobinsight_staging.staging_jobs GROUP BY job_id HAVING count(*) > 1) t";
    assert_eq!(db.count(twice).await, 0);
    let newest = "SELECT count(*) FROM jobinsight_staging.staging_jobs WHERE crawled_at = '2026-01-31T00:00:00Z'";
    assert_eq!(db.count(newest).await, 1);
    db.assert_all_accounted_for().await;
    assert_eq!(db.json(&RUN).ok().stat("processed_records"), 0);
}

#[tokio::test]
async fn a_partition_that_is_detached_during_a_first_load_ends_the_run() {
    let db = filled(400, (Parts::Hash(2), Parts::None)).await;
    let pause = Pause::new();
    let failpoints = failpoint(COMMIT_AFTER, "return(wait)");
    let going = db.spawn(&in_batches("50", "1"), &[RANGES, failpoints, pause.env()]);
    db.wait_for("SELECT count(*) FROM jobinsight_staging.staging_jobs")
        .await;
    db.client
        .batch_execute("ALTER TABLE raw_jobs DETACH PARTITION raw_jobs_1")
        .await
        .unwrap();
    pause.release();
    let end = going.end();
    assert!(
        end.stderr.contains("jobinsight::run::partition_gone"),
        "{}",
        end.stderr
    );
    let raw = db.count("SELECT count(*) FROM raw_jobs").await;
    db.json(&RUN).ok();
    db.assert_all_accounted_for().await;
    assert!(raw < 400);
}

#[tokio::test]
async fn triggers_and_foreign_keys_of_others_work_on_partitions() {
    for staging in [Parts::Hash(4), Parts::Month] {
        let db = filled(40, (Parts::None, staging)).await;
        db.json(&RUN).ok();
        let key = match staging {
            Parts::Month => "job_id, crawled_at",
            _ => "job_id",
        };
        db.client
            .batch_execute(&format!(
                "CREATE TABLE saved AS SELECT {key} FROM jobinsight_staging.staging_jobs WHERE job_id = '1';
                 ALTER TABLE saved ADD FOREIGN KEY ({key}) REFERENCES jobinsight_staging.staging_jobs ({key});
                 CREATE FUNCTION drop_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
                 CREATE TRIGGER filter BEFORE UPDATE ON jobinsight_staging.staging_jobs FOR EACH ROW WHEN (NEW.job_id = '2') EXECUTE FUNCTION drop_it();
                 UPDATE raw_jobs SET title = '' WHERE job_id = '1';
                 UPDATE raw_jobs SET title = 'Lái Xe' WHERE job_id IN ('2', '3')"
            ))
            .await
            .unwrap();
        let end = db.json_with(&RUN, LENIENT).ok();
        let counts = ["new", "updated", "unchanged", "rejected"].map(|name| end.stat(name));
        assert_eq!(counts, [0, 1, 37, 2], "{staging:?}");
        let rejects = "SELECT string_agg(concat_ws(' ', job_id, reason, rule_set), ', ' ORDER BY job_id) FROM jobinsight_staging.etl_rejects";
        assert_eq!(
            db.one(rejects).await,
            "1 title_missing kept_in_staging, 2 dropped_by_trigger kept_in_staging",
            "{staging:?}"
        );
        // Our own triggers mark and stamp a row of each partition.
        db.client
            .batch_execute("UPDATE jobinsight_staging.staging_jobs SET title_clean = 'x' WHERE job_id IN ('4', '5', '6', '7')")
            .await
            .unwrap();
        let marked = "SELECT count(*) FROM jobinsight_staging.staging_jobs WHERE rule_set IS NULL AND published_at = processed_at IS NOT TRUE";
        assert_eq!(db.count(marked).await, 4, "{staging:?}");
        assert_eq!(
            db.json_with(&RUN, LENIENT).ok().stat("updated"),
            4,
            "{staging:?}"
        );
    }
}

#[tokio::test]
async fn commands_that_read_work_on_partitioned_tables() {
    for kinds in [
        (Parts::Hash(4), Parts::Hash(4)),
        (Parts::Month, Parts::Month),
    ] {
        let db = filled(120, kinds).await;
        let plan = |args: &[&str]| {
            let plan = db.json_with(args, &[RANGES]).ok().object();
            ["new", "changed", "unchanged"].map(|name| plan["rows"][name].as_u64())
        };
        assert_eq!(plan(&["run", "--dry-run"])[0], Some(120), "{kinds:?}");
        db.json_with(&RUN, &[RANGES]).ok();
        db.client
            .batch_execute("UPDATE raw_jobs SET title = 'Lái Xe' WHERE job_id = '3'")
            .await
            .unwrap();
        assert_eq!(
            plan(&["run", "--dry-run"]),
            [Some(0), Some(1), Some(119)],
            "{kinds:?}"
        );
        for args in [
            &["doctor"][..],
            &["status"],
            &["runs", "list"],
            &["rejects", "list"],
            &["contract", "check"],
            &["report"],
            &["metrics"],
            &["explain-row", "3"],
        ] {
            let end = db.jobinsight(args);
            assert_eq!(
                end.code, 0,
                "{kinds:?}, {args:?}: {}{}",
                end.stdout, end.stderr
            );
        }
        let file = db.state.path().join("more.csv");
        std::fs::write(
            &file,
            // Posting 3 was crawled in another month before.
            "job_id,title,crawled_at\nadded,Lái Xe,2026-01-02T00:00:00Z\n3,Kế Toán,2025-12-20T00:00:00Z\n",
        )
        .unwrap();
        let imported = db.json(&["import", file.to_str().unwrap()]).ok().object();
        assert_eq!(imported["files"][0]["report"]["inserted"], 1, "{kinds:?}");
        assert_eq!(imported["files"][0]["report"]["updated"], 1, "{kinds:?}");
        let end = db.json(&RUN).ok();
        assert_eq!((end.stat("new"), end.stat("updated")), (1, 1), "{kinds:?}");
    }
}
