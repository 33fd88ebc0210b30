//! `run --fill`: the values of a phase that was added later, for the rows that are published already.

use std::process::{Child, Stdio};

use serde_json::json;

use crate::sandbox::{Sandbox, object, text};

pub(crate) const BEFORE: &str = "data_loading,data_processing,data_saving";
pub(crate) const AFTER: &str = "data_loading,data_processing,seniority,data_saving";
pub(crate) const FILL: [&str; 2] = ["--fill", "seniority"];
/// With so few rows, a part of them may be rejected.
const LENIENT: [(&str, &str); 1] = [("ETL_INTEGRITY_THRESHOLD", "0.5")];

/// Staging and the rejected rows, with the transaction and the place of each row.
pub(crate) const CONTENT: &str = "SELECT string_agg(x, E'\\n' ORDER BY x) FROM (
    SELECT concat_ws(' ', 's', s.xmin, s.ctid, to_jsonb(s)) FROM jobinsight_staging.staging_jobs s UNION ALL
    SELECT concat_ws(' ', 'r', r.xmin, r.ctid, to_jsonb(r)) FROM jobinsight_staging.etl_rejects r) AS x (x)";
const INDEXES: &str = "SELECT string_agg(indexrelid::text, ' ' ORDER BY indexrelid) FROM pg_index
    WHERE indrelid = 'jobinsight_staging.staging_jobs'::regclass";
/// Keys with a level, in order.
pub(crate) const LEVELS: &str =
    "SELECT string_agg(job_id || ' ' || seniority, ', ' ORDER BY job_id)
    FROM jobinsight_staging.jobs_with_seniority WHERE seniority IS NOT NULL";

/// Eight published rows, 3 to 10 among them with a level, and a rejected one, in batches by ranges or by rows.
pub(crate) async fn published(ranges_from: &str) -> Sandbox {
    let sandbox = Sandbox::new().await;
    for key in 3..=8 {
        let fields = [("title", "Team Leader")];
        sandbox.db.post(&key.to_string(), &fields).await;
    }
    sandbox.db.post("blank", &[("title", " ")]).await;
    let mut env = LENIENT.to_vec();
    env.push(("ETL_PHASES__SQL_PROCEDURES__RANGES_FROM", ranges_from));
    let first = object(&sandbox.run(BEFORE, &[], &env));
    assert_eq!(first["stats"]["new"], 8, "{first}");
    let taken = "UPDATE jobinsight_staging.staging_jobs SET processed_to_dwh = true";
    sandbox.db.client.batch_execute(taken).await.unwrap();
    sandbox
}

fn show(sandbox: &Sandbox, args: &[&str]) -> String {
    let mut command = sandbox.command(AFTER, args);
    text(&command.env("COLUMNS", "250").output().unwrap())
}

#[tokio::test]
async fn a_fill_adds_the_values_of_a_phase_and_changes_nothing_else() {
    for ranges_from in ["1", "1000"] {
        let sandbox = published(ranges_from).await;
        let db = &sandbox.db;
        let (content, indexes) = (db.one(CONTENT).await, db.one(INDEXES).await);

        let dry = object(&sandbox.run(AFTER, &["--fill", "seniority", "--dry-run"], &[]));
        assert_eq!(
            (&dry["rows"], &dry["fills"]),
            (&json!(8), &json!("seniority"))
        );
        let runs = "SELECT count(*) FROM jobinsight_staging.etl_runs";
        assert_eq!(db.count(runs).await, 1, "a dry run writes nothing");

        // The quality gate would end a run that rejects a row with this threshold.
        let strict = [("ETL_INTEGRITY_THRESHOLD", "1"), ("ETL_BATCH_SIZE", "3")];
        let filled = object(&sandbox.run(AFTER, &FILL, &strict));
        assert_eq!(filled["success"], true, "{filled}");
        assert_eq!(filled["fills"], "seniority");
        assert_eq!(
            filled["message"],
            "`seniority` is filled for 8 published rows"
        );
        let names: Vec<&str> = filled["phases"]
            .as_array()
            .unwrap()
            .iter()
            .map(|phase| phase["name"].as_str().unwrap())
            .collect();
        assert_eq!(
            names,
            [
                "schema_setup",
                "fill_planning",
                "data_loading",
                "data_processing",
                "seniority",
                "fill_closing"
            ]
        );
        assert_eq!(
            db.one(LEVELS).await,
            "1 senior, 3 lead, 4 lead, 5 lead, 6 lead, 7 lead, 8 lead"
        );
        assert_eq!(db.one(CONTENT).await, content, "no row was written");
        assert_eq!(db.one(INDEXES).await, indexes, "no index was dropped");

        for args in [&["status"] as &[&str], &["runs", "list"], &["runs", "show"]] {
            let shown = show(&sandbox, args);
            assert!(
                shown.contains("`seniority` is filled for 8 published rows"),
                "{shown}"
            );
        }
        assert!(show(&sandbox, &["status"]).contains("(fill of seniority) done"));
        assert!(show(&sandbox, &["status"]).contains("3 batches filled, 0 left"));

        // The next run trusts the horizon of the last complete run, and finds nothing to do.
        let debug = [("ETL_LOG_LEVEL", "debug")];
        let next = sandbox.run(AFTER, &[], &debug);
        assert_eq!(object(&next)["stats"]["unchanged"], 8);
        assert!(
            text(&next).contains("the others are unchanged"),
            "{}",
            text(&next)
        );
        assert_eq!(db.one(CONTENT).await, content);
    }
}

#[tokio::test]
async fn a_fill_leaves_rows_that_a_run_has_to_process() {
    let sandbox = published("1000").await;
    sandbox.db.post("8", &[("title", "Giám Đốc")]).await; // changed
    sandbox.db.post("9", &[("title", "Team Leader")]).await; // new
    let filled = object(&sandbox.run(AFTER, &FILL, &[]));
    assert_eq!(
        filled["message"],
        "`seniority` is filled for 7 published rows; 2 raw rows are not filled, because a run has to process them"
    );
    let stats = &filled["stats"];
    assert_eq!(
        (&stats["unchanged"], &stats["rejected"], &stats["left"]),
        (&json!(7), &json!(1), &json!(2))
    );
    let run = object(&sandbox.run(AFTER, &[], &[]));
    assert_eq!(
        (&run["stats"]["new"], &run["stats"]["updated"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(
        sandbox.db.one(LEVELS).await,
        "1 senior, 3 lead, 4 lead, 5 lead, 6 lead, 7 lead, 8 director, 9 lead"
    );
}

/// Starts a fill of three batches, which waits in its second batch until [`let_go`].
pub(crate) async fn waiting(sandbox: &Sandbox) -> Child {
    // The table of the phase exists, and a row of it waits for a lock that this test has.
    let wait = "CREATE TABLE jobinsight_staging.job_seniority (
            job_id TEXT NOT NULL, source_hash BIGINT NOT NULL, seniority TEXT, PRIMARY KEY (job_id, source_hash));
        CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN PERFORM pg_advisory_xact_lock_shared(7); RETURN NEW; END $$;
        CREATE TRIGGER wait BEFORE INSERT ON jobinsight_staging.job_seniority
            FOR EACH ROW WHEN (NEW.job_id = '5') EXECUTE FUNCTION wait();
        SELECT pg_advisory_lock(7)";
    sandbox.db.client.batch_execute(wait).await.unwrap();
    let args = [
        "run",
        "--fill",
        "seniority",
        "--batch-size",
        "3",
        "--max-workers",
        "1",
    ];
    let fill = sandbox
        .command(AFTER, &args)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    sandbox
        .db
        .wait_for(
            "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
              WHERE d.datname = current_database() AND locktype = 'advisory' AND objid = 7 AND NOT granted",
        )
        .await;
    fill
}

/// Lets the fill go on.
pub(crate) async fn let_go(sandbox: &Sandbox) {
    let unlock = "SELECT pg_advisory_unlock(7)";
    sandbox.db.client.batch_execute(unlock).await.unwrap();
}

/// A fill that was killed (SIGKILL) in its second batch. Returns its run.
pub(crate) async fn killed(sandbox: &Sandbox) -> String {
    let mut fill = waiting(sandbox).await;
    fill.kill().unwrap();
    fill.wait().unwrap();
    let_go(sandbox).await;
    let run = "SELECT run_id::text FROM jobinsight_staging.etl_runs WHERE fills = 'seniority'";
    sandbox.db.one(run).await
}

#[tokio::test]
async fn a_killed_fill_is_resumed_by_a_retry() {
    let sandbox = published("1000").await;
    let db = &sandbox.db;
    let content = db.one(CONTENT).await;
    let run = killed(&sandbox).await;
    let states =
        "SELECT string_agg(b.state, ' ' ORDER BY batch_no) FROM jobinsight_staging.etl_batches b
                    JOIN jobinsight_staging.etl_runs r USING (run_id) WHERE r.fills IS NOT NULL";
    assert_eq!(db.one(states).await, "done claimed queued");

    // An ordinary run of some phases must not publish the batches of the fill.
    let adopted = sandbox.run(AFTER, &["--from", "data_loading"], &[]);
    assert!(
        text(&adopted).contains("jobinsight::run::no_queue"),
        "{}",
        text(&adopted)
    );

    let retry = sandbox
        .command(AFTER, &["retry", &run, "--format", "json"])
        .output()
        .unwrap();
    let retried = object(&retry);
    assert_eq!(retried["success"], true, "{}", text(&retry));
    assert_eq!(
        (&retried["run_id"], &retried["attempt"]),
        (&json!(run), &json!(2))
    );
    assert_eq!(
        retried["message"],
        "`seniority` is filled for 8 published rows"
    );
    let notes = retried["notes"].to_string();
    assert!(
        notes.contains("1 of 3 batches is filled already"),
        "{notes}"
    );
    assert_eq!(db.one(states).await, "done done done");
    assert_eq!(
        db.one(LEVELS).await,
        "1 senior, 3 lead, 4 lead, 5 lead, 6 lead, 7 lead, 8 lead"
    );
    assert_eq!(db.one(CONTENT).await, content);
}

#[tokio::test]
async fn a_run_after_a_killed_fill_does_its_own_work_and_the_fill_starts_again() {
    let sandbox = published("1000").await;
    let content = sandbox.db.one(CONTENT).await;
    let run = killed(&sandbox).await;
    let next = object(&sandbox.run(AFTER, &[], &[]));
    assert_eq!(next["stats"]["unchanged"], 8, "{next}");
    let retry = sandbox.command(AFTER, &["retry", &run]).output().unwrap();
    assert_eq!(retry.status.code(), Some(2));
    assert!(
        text(&retry).contains("own-pipeline run --fill seniority"),
        "{}",
        text(&retry)
    );
    let filled = object(&sandbox.run(AFTER, &FILL, &[]));
    assert_eq!(
        filled["message"],
        "`seniority` is filled for 8 published rows"
    );
    assert_eq!(sandbox.db.one(CONTENT).await, content);
}
