//! Tests of the phase `seniority` alone, on a real database.
#![allow(missing_docs, clippy::unwrap_used)]

use example_seniority as _;
use jobinsight_core::testing::{BatchExt, TestRun, batch_of};
use jobinsight_sql::testing::Database;

#[tokio::test]
async fn levels_are_stored_with_the_fingerprint() {
    let db = Database::staged().await;
    let phase = db.run().await.phase("seniority");
    let given = batch_of![
        [job_id, source_hash, title_clean],
        ["1", 11, "Senior Java Developer"],
        ["2", 12, "Kế Toán"],
    ];
    let made = phase.process(given.clone()).await.unwrap();
    assert_eq!(made.texts("seniority"), [Some("senior"), None]);
    phase.process(given).await.unwrap(); // again, as after a retry

    let changed = batch_of![[job_id, source_hash, title_clean], ["1", 13, "Team Leader"]];
    phase.process(changed).await.unwrap();
    let stored =
        "SELECT string_agg(concat_ws(' ', job_id, source_hash, seniority), ', ' ORDER BY job_id)
                    FROM jobinsight_staging.job_seniority";
    assert_eq!(db.one(stored).await, "1 13 lead, 2 12");
}

#[tokio::test]
async fn without_store_the_phase_needs_no_database() {
    let run = TestRun::offline().await;
    let run = run.with("phases.seniority.store", false).await.unwrap();
    let given = batch_of![[job_id, source_hash, title_clean], ["1", 11, "Intern"]];
    let made = run.phase("seniority").process(given).await.unwrap();
    assert_eq!(made.texts("seniority"), [Some("intern")]);
}
