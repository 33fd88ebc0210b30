//! `run --dry-run`: every number is the number of the run that follows.

use jobinsight_tests::{Db, jobinsight};
use serde_json::{Value, json};

use crate::rows_in_both_tables::IS_OLD;

const LENIENT: &[(&str, &str)] = &[("ETL_INTEGRITY_THRESHOLD", "0")];

/// The JSON of a dry run.
fn dry(db: &Db, flags: &[&str], env: &[(&str, &str)]) -> Value {
    let args = [&["run", "--dry-run"], flags].concat();
    db.json_with(&args, env).ok().object()
}

/// Keeps the rows of staging as they are now, in the table `before`.
async fn remember(db: &Db) {
    let copy = "DROP TABLE IF EXISTS before; CREATE TABLE before AS SELECT * FROM jobinsight_staging.staging_jobs";
    db.client.batch_execute(copy).await.unwrap();
}

/// Runs the pipeline with the flags of a dry run, and compares each number of the dry run with what the run did.
async fn assert_foreseen(db: &Db, flags: &[&str], env: &[(&str, &str)]) -> Value {
    let schema = "SELECT count(*) FROM pg_namespace WHERE nspname = 'jobinsight_staging'";
    let has_staging = db.count(schema).await == 1;
    if has_staging {
        remember(db).await;
    } else {
        let empty = "CREATE TABLE before (job_id text, source_hash bigint, rule_set text)";
        db.client.batch_execute(empty).await.unwrap();
    }
    let dry = dry(db, flags, env);
    let rows = &dry["rows"];
    let run = db.json_with(&[&["run"], flags].concat(), env).ok().object();
    let (stats, case) = (
        &run["stats"],
        format!("{flags:?} {env:?}\n{rows:#}\n{run:#}"),
    );
    let number = |value: &Value| value.as_i64().unwrap();
    for (foreseen, done) in [
        (&rows["raw"], &stats["total_records"]),
        (&rows["planned"], &stats["processed_records"]),
        (&rows["rejected_before"], &stats["rejected_before"]),
        (&rows["left"], &stats["left"]),
        (&rows["batches"], &stats["batch_count"]),
    ] {
        assert_eq!(foreseen, done, "{case}");
    }
    let run_id = run["run_id"].as_str().unwrap();
    let both = format!(
        "FROM before b JOIN jobinsight_staging.staging_jobs s USING (job_id) WHERE s.run_id = '{run_id}'"
    );
    let rejected =
        format!("FROM jobinsight_staging.etl_rejects j WHERE j.run_id = '{run_id}'::uuid");
    let was_published = "EXISTS (SELECT FROM before b WHERE b.job_id = j.job_id)";
    let new_rejects = format!("SELECT count(*) {rejected} AND NOT {was_published}");
    assert_eq!(
        number(&rows["new"]),
        number(&stats["new"]) + db.count(&new_rejects).await,
        "{case}"
    );
    let changed = format!("SELECT count(*) {both} AND b.source_hash <> s.source_hash");
    let old_rejects = format!("SELECT count(*) {rejected} AND {was_published}");
    assert_eq!(
        number(&rows["changed"]),
        db.count(&changed).await + db.count(&old_rejects).await,
        "{case}"
    );
    let remade = format!(
        "SELECT count(*) {both} AND b.source_hash = s.source_hash AND b.rule_set <> s.rule_set"
    );
    assert_eq!(number(&rows["remade"]), db.count(&remade).await, "{case}");
    let kinds = ["new", "changed", "remade", "repeated"].map(|kind| number(&rows[kind]));
    assert_eq!(
        kinds.iter().sum::<i64>(),
        number(&rows["planned"]),
        "{case}"
    );
    assert_eq!(
        number(&rows["unchanged"]) + kinds[3],
        number(&stats["unchanged"]),
        "{case}"
    );
    db.client.batch_execute("DROP TABLE before").await.unwrap();
    dry
}

#[tokio::test]
async fn every_number_is_the_number_of_the_run_that_follows() {
    let db = Db::new().await;
    let postings = "INSERT INTO raw_jobs (job_id, title, company_name)
        SELECT n::text, CASE WHEN n % 50 = 0 THEN ' ' ELSE 'Kế Toán ' || n END, 'cty ' || n % 7 FROM generate_series(1, 200) n";
    db.client.batch_execute(postings).await.unwrap();
    // Nothing is published yet. The rules v1 produce a part of the rows.
    let first = ["--rules", "v1", "--limit", "120", "--batch-size", "50"];
    let foreseen = assert_foreseen(&db, &first, LENIENT).await;
    assert_eq!(foreseen["rows"]["new"], 120);
    assert_eq!(foreseen["rows"]["batches"], 3);
    assert_eq!(foreseen["estimate"], Value::Null);

    // Other rules, changed rows, a row that is rejected now, a deleted row, and new rows.
    let between = "
        UPDATE raw_jobs SET title = 'Thợ Điện' WHERE job_id IN ('1', '2', '3');
        UPDATE raw_jobs SET title = ' ' WHERE job_id = '4';
        DELETE FROM raw_jobs WHERE job_id = '5';
        INSERT INTO raw_jobs (job_id, title) SELECT 'n' || n, 'Lái Xe' FROM generate_series(1, 9) n";
    db.client.batch_execute(between).await.unwrap();
    let limited = ["--limit", "130", "--batch-size", "40"];
    let rows = &assert_foreseen(&db, &limited, LENIENT).await["rows"];
    assert!(rows["remade"].as_i64() > Some(100), "{rows}");
    let rows = &assert_foreseen(&db, &[], LENIENT).await["rows"];
    // PostgreSQL has moved the changed rows to the end of the table, beyond the limit.
    assert_eq!(rows["changed"], 4, "{rows}");
    let rows = &assert_foreseen(&db, &[], LENIENT).await["rows"];
    assert_eq!(rows["planned"], 0, "{rows}");

    db.wait_for(IS_OLD).await;
    db.post("n1", "Lái Xe Tải").await;
    db.post("late", "Bảo Vệ").await;
    let rows = &assert_foreseen(&db, &[], LENIENT).await["rows"];
    assert_eq!((&rows["new"], &rows["changed"]), (&json!(1), &json!(1)));
    let all = ["--only-unprocessed=false", "--batch-size", "64"];
    let rows = &assert_foreseen(&db, &all, LENIENT).await["rows"];
    assert!(rows["repeated"].as_i64() > Some(190), "{rows}");
}

#[tokio::test]
async fn the_batches_of_a_large_table_are_counted_as_a_run_cuts_them() {
    let ranges = [LENIENT[0], ("ETL_PHASES__SQL_PROCEDURES__RANGES_FROM", "1")];
    for size in [&[][..], &["--batch-size", "100"]] {
        let db = Db::new().await;
        let postings = "INSERT INTO raw_jobs (job_id, title, location_detail)
            SELECT n::text, 'Kế Toán ' || n, repeat('Hà Nội ', n % 90) FROM generate_series(1, 5000) n";
        db.client.batch_execute(postings).await.unwrap();
        let first = &assert_foreseen(&db, size, &ranges).await["rows"];
        assert_eq!(first["new"], 5000);
        let all = [size, &["--only-unprocessed=false"]].concat();
        let again = &assert_foreseen(&db, &all, &ranges).await["rows"];
        assert_eq!(again["repeated"], 5000);
        let window = [
            ranges[0],
            ranges[1],
            ("ETL_PHASES__SQL_PROCEDURES__WINDOW_DAYS", "1"),
        ];
        assert_foreseen(&db, &all, &window).await;
    }
}

#[tokio::test]
async fn the_time_is_estimated_from_runs_with_the_same_phases_and_a_similar_number_of_rows() {
    let db = Db::new().await;
    let more = async |from: i32, to: i32| {
        let postings = format!(
            "INSERT INTO raw_jobs (job_id, title) SELECT n::text, 'Kế Toán' FROM generate_series({from}, {to}) n"
        );
        db.client.batch_execute(&postings).await.unwrap();
    };
    more(1, 100).await;
    let env = [("COLUMNS", "1000")];
    let text = db.jobinsight_with(&["run", "--dry-run"], &env).ok().stdout;
    let none = "The time cannot be estimated, because the ledger has no successful run with the same phases and a similar number of rows.";
    assert!(text.contains(none), "{text}");
    db.json(&["run"]).ok();
    let taken = "SELECT results -> 'stats' ->> 'duration_seconds' FROM jobinsight_staging.etl_runs";
    let taken: f64 = db.one(taken).await.parse().unwrap();
    more(101, 300).await;
    let dry_run = dry(&db, &[], &[]);
    let estimate = &dry_run["estimate"];
    assert_eq!(estimate["runs"], 1);
    let seconds = estimate["seconds"].as_f64().unwrap();
    assert!((seconds - 2.0 * taken).abs() < 0.02, "{estimate} {taken}");
    let text = db.jobinsight_with(&["run", "--dry-run"], &env).ok().stdout;
    assert!(
        text.contains("The run would take ")
            && text.contains(", from 1 run with the same phases (median: "),
        "{text}"
    );
    // Fewer phases, far fewer rows, or no rows are another kind of run.
    for flags in [&["--until", "sql_procedures"][..], &["--limit", "9"]] {
        assert_eq!(dry(&db, flags, &[])["estimate"], Value::Null, "{flags:?}");
    }
    db.json(&["run"]).ok();
    assert_eq!(dry(&db, &[], &[])["estimate"], Value::Null);
    db.json(&["run"]).ok();
    let idle = &dry(&db, &[], &[])["estimate"];
    assert_eq!(
        (&idle["runs"], &idle["rows_per_second"]),
        (&json!(1), &Value::Null)
    );
}

#[tokio::test]
async fn a_dry_run_works_in_a_session_that_cannot_write() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    let read_only = [("PGOPTIONS", "-c transaction_read_only=on")];
    assert_eq!(dry(&db, &[], &read_only)["rows"]["new"], 1);
    db.json(&["run"]).ok();
    db.wait_for(IS_OLD).await;
    db.post("2", "Kế Toán").await;
    assert_eq!(dry(&db, &["--rules", "v1"], &read_only)["rows"]["new"], 1);
}

#[test]
fn a_dry_run_does_not_wait() {
    let refused = jobinsight(&["run", "--dry-run", "--wait-upstream", "1h"], &[]);
    assert_eq!(refused.code, 2);
    assert!(
        refused
            .stderr
            .contains("'--wait-upstream <TIME>' cannot be used with '--dry-run'")
            || refused
                .stderr
                .contains("'--dry-run' cannot be used with '--wait-upstream <TIME>'"),
        "{}",
        refused.stderr
    );
}
