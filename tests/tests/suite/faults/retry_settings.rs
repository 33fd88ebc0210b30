//! A retry uses the settings that its run recorded.

use jobinsight_tests::{CommandOutput, Db, without_digest};

use super::{LENIENT, lenient_and, postings};

/// A run with these arguments that was killed when it had planned its work and published nothing.
async fn killed(args: &[&str], env: &[(&str, &str)]) -> Db {
    let db = Db::new().await;
    db.json(&["run"]).ok();
    postings(&db, 8).await;
    let mut all = lenient_and(&[("FAILPOINTS", "data_loading/after=return(kill)")]);
    all.extend(env);
    let run = db.json_with(&[&["run"], args].concat(), &all);
    assert_eq!(run.code, 137, "{}", run.stderr);
    db
}

async fn rules(db: &Db) -> String {
    db.one("SELECT string_agg(DISTINCT split_part(rule_set, '/', 1), ',') FROM jobinsight_staging.staging_jobs")
        .await
}

fn notes(output: &CommandOutput) -> String {
    output.object()["notes"].to_string()
}

#[tokio::test]
async fn a_retry_uses_the_rules_of_its_run() {
    let db = killed(&["--rules", "v1"], &[]).await;
    let retry = db.json_with(&["retry"], LENIENT).ok();
    assert_eq!(rules(&db).await, "v1");
    assert_eq!(retry.object()["attempt"], 2, "{}", retry.stdout);
    assert!(
        notes(&retry).contains(r#"this retry uses rules = \"v1\", which the run recorded"#),
        "{}",
        notes(&retry)
    );
}

#[tokio::test]
async fn the_environment_does_not_change_the_settings_of_a_retry() {
    let db = killed(&[], &[("ETL_RULES", "v1"), ("ETL_LIMIT", "5")]).await;
    let env = lenient_and(&[("ETL_RULES", "standard"), ("ETL_BATCH_SIZE", "2")]);
    let retry = db.json_with(&["retry"], &env).ok();
    assert_eq!(rules(&db).await, "v1");
    assert_eq!(retry.object()["attempt"], 2, "{}", retry.stdout);
    let notes = notes(&retry);
    for note in [
        r#"rules = \"v1\", which the run recorded; the value in environment ETL_RULES is not used"#,
        "no batch_size, which the run recorded; the value in environment ETL_BATCH_SIZE is not used",
        "this retry uses limit = 5, which the run recorded",
    ] {
        assert!(notes.contains(note), "{note} in {notes}");
    }
}

#[tokio::test]
async fn a_retry_that_plans_again_keeps_the_limit_and_the_clock_of_its_run() {
    let clock = "2026-01-16T00:00:00Z";
    let db = killed(&["--limit", "5", "--as-of", clock], &[]).await;
    db.client
        .batch_execute("TRUNCATE jobinsight_staging.etl_work")
        .await
        .unwrap();
    let retry = db.json_with(&["retry"], LENIENT).ok();
    assert!(notes(&retry).contains("etl_work has lost its rows"));
    let stats = &retry.object()["stats"];
    let worked = ["new", "rejected"].map(|name| stats[name].as_u64().unwrap());
    assert_eq!(worked.iter().sum::<u64>(), 5, "{stats}");
    let as_of = "SELECT (as_of = '2026-01-16T00:00:00Z')::text FROM jobinsight_staging.etl_runs ORDER BY started_at DESC LIMIT 1";
    assert_eq!(db.one(as_of).await, "true");
}

#[tokio::test]
async fn other_settings_are_typed_at_the_retry() {
    let db = killed(&["--rules", "v1"], &[]).await;
    let retry = db
        .json_with(&["retry", "--rules", "standard"], LENIENT)
        .ok();
    assert_eq!(without_digest(&rules(&db).await), "standard");
    let notes = notes(&retry);
    for note in [
        r#"the run recorded rules = \"v1\"; this retry uses \"standard\" from the flag --rules"#,
        "the work is planned again: these settings differ from those that the run recorded: rules",
    ] {
        assert!(notes.contains(note), "{note} in {notes}");
    }

    let db = killed(&["--rules", "v1"], &[]).await;
    db.json_with(&["retry", "--current-settings"], LENIENT).ok();
    assert_eq!(without_digest(&rules(&db).await), "standard");
}

#[tokio::test]
async fn a_retry_finds_the_custom_rules_of_its_run_and_refuses_changed_ones() {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("acronyms.txt");
    std::fs::write(&table, "XYZQ\n").unwrap();
    let dir = folder.path().to_str().unwrap();
    let db = killed(&[], &[("ETL_RULES_DIR", dir)]).await;
    std::fs::write(&table, "XYZW\n").unwrap();
    let refused = db.json_with(&["retry"], LENIENT);
    refused.failed(2, "jobinsight::run::differs");
    std::fs::write(&table, "XYZQ\n").unwrap();
    let retry = db.json_with(&["retry"], LENIENT).ok();
    assert_eq!(retry.object()["attempt"], 2, "{}", retry.stdout);
    assert!(without_digest(&rules(&db).await).starts_with("standard+"));
}
