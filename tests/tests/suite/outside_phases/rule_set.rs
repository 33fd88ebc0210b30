//! Phases that decide published columns are part of the rule set.

use jobinsight_core::database::{Target, TargetOrigin};
use jobinsight_runner::run::fill;
use jobinsight_tests::{Db, without_digest};

use super::{loaded_with, run_pipeline, run_with};

const STAGED: &str = "SELECT string_agg(concat_ws(' ', title_clean, rule_set), ', ') FROM jobinsight_staging.staging_jobs";

/// The rows of staging, without the digest of the built-in tables.
async fn staged(db: &Db) -> String {
    without_digest(&db.one(STAGED).await)
}

#[tokio::test]
async fn a_swapped_phase_counts_as_other_rules_and_its_rows_are_processed_again() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    assert_eq!(db.json(&["run"]).ok().stat("new"), 1);
    assert_eq!(staged(&db).await, "Kế Toán standard/25000");

    let ended = run_with(&db, "test_retitles").await;
    assert!(ended.error.is_none(), "{:?}", ended.error);
    assert_eq!(
        (ended.results.stats.updated, ended.results.stats.new),
        (1, 0)
    );
    assert_eq!(
        without_digest(&ended.results.rules),
        "standard+test_retitles@1"
    );
    assert_eq!(staged(&db).await, "x standard+test_retitles@1/25000");
    let again = run_with(&db, "test_retitles").await;
    assert_eq!(again.results.stats.unchanged, 1);

    let dry = db.json(&["run", "--dry-run"]).ok();
    assert_eq!(
        dry.object()["other_rules"]["published"],
        1,
        "{}",
        dry.stdout
    );
    assert_eq!(db.json(&["run"]).ok().stat("updated"), 1);
    assert_eq!(staged(&db).await, "Kế Toán standard/25000");
    let dry = db.json(&["run", "--dry-run"]).ok();
    assert_eq!(
        dry.object()["other_rules"]["published"],
        0,
        "{}",
        dry.stdout
    );
}

#[tokio::test]
async fn a_phase_that_produces_only_columns_of_its_own_is_not_part_of_the_rule_set() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    assert_eq!(db.json(&["run"]).ok().stat("new"), 1);
    let ended = run_pipeline(&db, &["data_processing", "test_wants_title"], 600).await;
    assert!(ended.error.is_none(), "{:?}", ended.error);
    assert_eq!(ended.results.stats.unchanged, 1);
    assert_eq!(staged(&db).await, "Kế Toán standard/25000");
}

#[tokio::test]
async fn a_fill_has_the_rules_of_the_pipeline_although_few_phases_work_in_it() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    assert_eq!(db.json(&["run"]).ok().stat("new"), 1);
    for (phases, rules) in [
        (&["data_processing", "test_columns"][..], "standard"),
        (
            &["data_processing", "test_columns", "test_retitles"],
            "standard+test_retitles@1",
        ),
    ] {
        let loaded = loaded_with(&db, phases, Vec::new());
        let target = Target::parse(&db.url, TargetOrigin::Test).unwrap();
        let ended = fill(&loaded, &target, "test_columns").await;
        assert!(ended.error.is_none(), "{:?}", ended.error);
        let worked = ended.results.phases.iter().map(|phase| &*phase.name);
        assert!(!worked.into_iter().any(|name| name == "data_processing"));
        assert_eq!(without_digest(&ended.results.rules), rules);
        let of_batches = format!(
            "SELECT string_agg(DISTINCT rule_set, ' ') FROM jobinsight_staging.etl_batches WHERE run_id = '{}'",
            ended.results.run_id
        );
        assert_eq!(without_digest(&db.one(&of_batches).await), rules);
        assert_eq!(staged(&db).await, "Kế Toán standard/25000");
    }
}
