//! A program and a staging schema of different versions.

use jobinsight_core::failpoints::after;
use jobinsight_tests::{Pause, WAITS, failpoint};

use super::upgrades::{LENIENT, RUN, earlier, raw};

#[tokio::test]
async fn a_newer_schema_is_refused_before_any_write() {
    let db = raw().await;
    db.json_with(&RUN, LENIENT).ok();
    let sql =
        "UPDATE jobinsight_staging.etl_scripts SET version = version + 1 WHERE version IS NOT NULL;
               UPDATE jobinsight_staging.etl_runs SET state = 'failed'";
    db.client.batch_execute(sql).await.unwrap();
    let file = db.state.path().join("new.csv");
    std::fs::write(&file, "job_id,title\n9,Lái Xe\n").unwrap();
    let state = "SELECT concat_ws(' ', (SELECT string_agg(xmin::text, ',') FROM jobinsight_staging.staging_jobs),
        (SELECT string_agg(xmin::text, ',') FROM jobinsight_staging.etl_rejects), (SELECT string_agg(xmin::text, ',') FROM jobinsight_staging.etl_runs),
        (SELECT string_agg(xmin::text, ',') FROM jobinsight_staging.etl_scripts), (SELECT count(*) FROM jobinsight_staging.etl_events),
        (SELECT count(*) FROM raw_jobs))";
    let before = db.one(state).await;
    let import = ["import", file.to_str().unwrap()];
    let writers: [&[&str]; 6] = [
        &["run"],
        &["run", "--from", "data_loading"],
        &["run", "--join"],
        &["retry"],
        &["rejects", "replay", "--all"],
        &import,
    ];
    for args in writers {
        let refused = db.jobinsight(args);
        refused.failed(4, "jobinsight::schema::newer");
        assert!(
            refused.stderr.contains("has version 5"),
            "{}",
            refused.stderr
        );
    }
    // A run that is refused for another reason writes no entry either.
    db.jobinsight(&["run", "--fill", "data_processing"])
        .failed(2, "jobinsight::phases::fill");
    let doctor = db.jobinsight(&["doctor"]);
    assert_eq!(doctor.code, 4);
    assert!(doctor.stdout.contains("has version 5"), "{}", doctor.stdout);
    let status = db.jobinsight(&["status"]).ok().stdout;
    assert!(
        status.contains("Schema    version 5, and this program knows only version 4"),
        "{status}"
    );
    assert_eq!(db.one(state).await, before);
}

#[tokio::test]
async fn phases_that_do_not_upgrade_an_older_schema_do_not_work_on_it() {
    let db = earlier("2a51ab4.dump").await;
    db.jobinsight(&["run", "--from", "data_loading"])
        .failed(2, "jobinsight::schema::older");
    let status = db.jobinsight(&["status"]).ok().stdout;
    assert!(
        status.contains("Schema    version 1; the next run upgrades it to version 4"),
        "{status}"
    );
    let run = db.jobinsight_with(&RUN, LENIENT).ok();
    assert!(
        run.stdout
            .contains("was upgraded from version 1 to version 4"),
        "{}",
        run.stdout
    );
}

#[tokio::test]
async fn a_process_of_another_version_does_not_join() {
    let db = raw().await;
    let pause = Pause::new();
    let waits = failpoint(after("data_processing"), "return(wait)");
    let leader = db.spawn(&RUN, &[LENIENT, &[waits, pause.env()]].concat());
    leader.wait_for_log(WAITS);
    let other = "UPDATE jobinsight_staging.etl_runs SET settings = jsonb_set(settings, '{program}', '\"9.9.9\"')";
    db.client.batch_execute(other).await.unwrap();
    let refused = db.json_with(&["run", "--join"], LENIENT);
    refused.failed(2, "jobinsight::run::differs");
    assert!(
        refused
            .error_message()
            .contains("is one of jobinsight 9.9.9, and this is jobinsight 0.1.0")
    );
    pause.release();
    leader.end().ok();
}
