//! A run with facts that is killed, and its retry.

use jobinsight_core::failpoints::{COMMIT_AFTER, COMMIT_BEFORE, DATA_SAVING_BEFORE_FINISH};
use jobinsight_tests::{Db, failpoint};

use super::{ALL, FACTS, RUN, postings};

/// Failpoints before and after facts are stored, and before keys are compared.
const PLACES: [&str; 5] = [
    "job_facts/before",
    "job_facts/after",
    COMMIT_BEFORE,
    COMMIT_AFTER,
    DATA_SAVING_BEFORE_FINISH,
];

async fn killed(place: &str) -> Db {
    let db = Db::new().await;
    postings(&db).await;
    let env = [
        failpoint(place, "return(kill)"),
        ("ETL_BATCH_SIZE", "2"),
        ("ETL_INTEGRITY_THRESHOLD", "0"),
    ];
    let run = db.json_with(&RUN, &env);
    assert_eq!(run.code, 137, "{place}: {}", run.stderr);
    db
}

async fn assert_whole(db: &Db, place: &str) {
    assert_eq!(db.one(FACTS).await, ALL, "{place}");
    let open = "SELECT count(*) FROM jobinsight_staging.job_facts_open";
    assert_eq!(db.count(open).await, 0, "{place}");
    db.assert_all_accounted_for().await;
}

#[tokio::test]
async fn a_retry_stores_the_facts_that_a_killed_run_did_not_store() {
    for place in PLACES {
        let db = killed(place).await;
        // The retry has the phases that the run recorded.
        db.json(&["retry"]).ok();
        assert_whole(&db, place).await;
    }
}

#[tokio::test]
async fn the_next_run_compares_the_postings_of_a_killed_run() {
    for place in PLACES {
        let db = killed(place).await;
        db.json(&RUN).ok();
        assert_whole(&db, place).await;
    }
}
