//! `explain`, `doctor`, `rejects`.

use jobinsight_tests::{Db, jobinsight};

#[test]
fn explain_prints_meaning_and_fix_of_a_code() {
    for name in ["jobinsight::database::lock_timeout", "lock_timeout"] {
        let output = jobinsight(&["explain", name], &[]).ok().stdout;
        assert!(
            output.contains("ETL_LOCK_TIMEOUT") && output.contains("jobinsight retry"),
            "{output}"
        );
    }
    let wrong = jobinsight(&["explain", "lock_timout"], &[]);
    assert!(
        wrong.stderr.contains("did you mean lock_timeout"),
        "{}",
        wrong.stderr
    );
    wrong.failed(2, "jobinsight::explain::unknown");
    assert!(
        jobinsight(&["explain", "--format", "json"], &[])
            .ok()
            .object()["codes"]
            .as_array()
            .unwrap()
            .len()
            > 50
    );
}

#[tokio::test]
async fn the_doctor_finds_problems_and_says_what_to_type() {
    let db = Db::new().await;
    let healthy = db.json(&["doctor"]).ok().object();
    assert_eq!(healthy["healthy"], true, "{healthy}");
    db.json(&["run"]).ok();
    db.client
        .batch_execute("ALTER TABLE raw_jobs RENAME title TO name")
        .await
        .unwrap();
    let ailing = db.json(&["doctor"]);
    assert_eq!(ailing.code, 4, "{}", ailing.stdout);
    assert!(
        ailing
            .stdout
            .contains("jobinsight::contract::missing_column"),
        "{}",
        ailing.stdout
    );
    db.json(&["run"])
        .failed(4, "jobinsight::contract::missing_column");
    db.json_with(&["run"], &[("ETL_PIPELINE", "nonsense")])
        .failed(2, "jobinsight::phases::unknown");
    let checks = db.json(&["doctor"]).object()["checks"].clone();
    let last = checks
        .as_array()
        .unwrap()
        .iter()
        .find(|check| check["check"] == "last run")
        .unwrap();
    assert_eq!(
        (&last["state"], &last["help"]),
        (&"warn".into(), &"jobinsight retry".into()),
        "a run that could not begin does not hide how the last one ended"
    );
    let away = db.json_with(
        &["doctor"],
        &[("DATABASE_URL", "postgresql://x@127.0.0.1:1/x")],
    );
    assert_eq!(away.code, 75);
    assert!(
        away.object()["checks"]
            .as_array()
            .unwrap()
            .iter()
            .any(|check| check["check"] == "state directory" && check["state"] == "ok")
    );
}

#[tokio::test]
async fn rejects_are_listed_shown_and_replayed() {
    let db = Db::new().await;
    assert_eq!(
        db.json(&["rejects", "list"]).ok().object()["rejects"]
            .as_array()
            .unwrap()
            .len(),
        0
    );
    db.post("1", "Kế Toán").await;
    db.post("2", "\u{200b}").await;
    let lenient = [("ETL_INTEGRITY_THRESHOLD", "0")];
    db.json_with(&["run"], &lenient).ok();
    let list = db
        .json(&["rejects", "list", "--reason", "title_missing"])
        .ok()
        .object();
    assert_eq!(
        (
            list["rejects"][0]["key"].as_str(),
            list["rejects"].as_array().unwrap().len()
        ),
        (Some("2"), 1)
    );
    assert_eq!(
        db.json(&["rejects", "list", "--field", "location"])
            .ok()
            .object()["rejects"]
            .as_array()
            .unwrap()
            .len(),
        0
    );
    let shown = db.jobinsight(&["rejects", "show", "2"]).ok().stdout;
    assert!(
        shown.contains("title_missing") && shown.contains("jobinsight rejects replay 2"),
        "{shown}"
    );
    db.json(&["rejects", "show", "1"])
        .failed(2, "jobinsight::rejects::unknown");

    assert_eq!(
        db.json_with(&["run"], &lenient)
            .ok()
            .stat("processed_records"),
        0,
        "it is not tried again by itself"
    );
    assert_eq!(
        db.json(&["rejects", "replay", "2"]).ok().object()["replayed"],
        1
    );
    db.assert_all_accounted_for().await;
    assert_eq!(
        db.json_with(&["run"], &lenient)
            .ok()
            .stat("processed_records"),
        1
    );
    db.assert_all_accounted_for().await;
    assert_eq!(
        db.json(&["rejects", "replay"]).code,
        2,
        "which ones must be said"
    );
}
