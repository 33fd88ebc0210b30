//! The phase works from the first run on, or is added to a table that is published already.

use jobinsight_tests::Db;

use super::{ALL, FACTS, RUN, postings};

/// The settings of a first load by ranges of blocks.
const BY_RANGES: &[(&str, &str)] = &[("ETL_PHASES__SQL_PROCEDURES__RANGES_FROM", "1")];

#[tokio::test]
async fn a_first_load_with_facts_publishes_the_same_rows_as_one_without() {
    let (with, without) = (Db::new().await, Db::new().await);
    for db in [&with, &without] {
        postings(db).await;
    }
    let run = with.json(&RUN).ok();
    without.json(&["run"]).ok();
    assert_eq!(with.one(FACTS).await, ALL);
    assert_eq!(with.content().await, without.content().await);
    assert_eq!(run.object()["notes"], serde_json::json!([]));
    assert_eq!(
        with.one("SELECT to_regclass('jobinsight_staging.job_facts')::text")
            .await,
        "jobinsight_staging.job_facts"
    );
    assert_eq!(
        without
            .one("SELECT to_regclass('jobinsight_staging.job_facts')::text")
            .await,
        "NULL"
    );
    // Nothing is written again.
    with.json(&RUN).ok();
    assert_eq!(
        with.count("SELECT count(DISTINCT run_id) FROM jobinsight_staging.job_facts")
            .await,
        1
    );
}

#[tokio::test]
async fn a_first_load_by_ranges_stores_the_fingerprints_that_it_loaded() {
    let (with, without) = (Db::new().await, Db::new().await);
    for db in [&with, &without] {
        postings(db).await;
    }
    let run = with.json_with(&RUN, BY_RANGES).ok();
    without.json_with(&["run"], BY_RANGES).ok();
    let ranges =
        "SELECT count(*) FROM jobinsight_staging.etl_batches WHERE first_block IS NOT NULL";
    assert_eq!(with.count(ranges).await, 1);
    assert_eq!(with.one(FACTS).await, ALL);
    assert_eq!(run.object()["notes"], serde_json::json!([]));
    let hashes = "SELECT string_agg(job_id || ' ' || source_hash, ',' ORDER BY job_id) FROM jobinsight_staging.staging_jobs";
    assert_eq!(with.one(hashes).await, without.one(hashes).await);
    assert_eq!(with.content().await, without.content().await);
    // Staging has the fingerprints of the raw rows, so nothing is published again.
    let compare_all = [("ETL_PHASES__SQL_PROCEDURES__COMPARE_ALL", "true")];
    for db in [&with, &without] {
        let run = db.json_with(&["run"], &compare_all).ok();
        assert_eq!(run.stat("processed_records"), 0);
    }
}

#[tokio::test]
async fn published_rows_get_their_facts_from_a_fill_and_are_not_written_again() {
    let db = Db::new().await;
    postings(&db).await;
    db.json(&["run"]).ok();
    let published = "SELECT string_agg(published_at::text, ',' ORDER BY job_id) FROM jobinsight_staging.staging_jobs";
    let before = db.one(published).await;

    let run = db.json(&RUN).ok();
    assert_eq!(run.stat("updated"), 0);
    let note = run.object()["notes"][0]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    assert!(
        note.starts_with("4 rows of staging are without facts"),
        "{note}"
    );
    assert!(
        note.contains("run --fill job_facts --with job_facts"),
        "{note}"
    );
    assert_eq!(db.one(FACTS).await, "1\n2\n3\n4");

    let fill = ["run", "--with", "job_facts", "--fill", "job_facts"];
    assert_eq!(
        db.json(&[&fill[..], &["--dry-run"]].concat()).ok().object()["rows"],
        4
    );
    db.json(&fill).ok();
    assert_eq!(db.one(FACTS).await, ALL);
    assert_eq!(db.one(published).await, before);
    assert_eq!(db.json(&RUN).ok().object()["notes"], serde_json::json!([]));
}

#[tokio::test]
async fn facts_of_another_release_are_counted_and_read_again_by_a_fill() {
    let db = Db::new().await;
    postings(&db).await;
    db.json(&RUN).ok();
    let stored =
        "SELECT string_agg(f::text, E'\\n' ORDER BY job_id) FROM jobinsight_staging.job_facts f";
    let staging = db.content().await;
    let facts = db.one(stored).await;
    // The table as a release without the column left it, and one row as a release with other rules left it.
    let client = db.connect().await;
    client
        .batch_execute(
            "ALTER TABLE jobinsight_staging.job_facts DROP COLUMN rules;
             DELETE FROM jobinsight_staging.etl_scripts WHERE name = 'job_facts/schema.sql'",
        )
        .await
        .unwrap();
    db.json(&RUN).ok();
    client
        .batch_execute("UPDATE jobinsight_staging.job_facts SET rules = 'older', level = 'intern' WHERE job_id = '4'")
        .await
        .unwrap();

    let run = db.json(&RUN).ok();
    let note = run.object()["notes"][0]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    assert!(
        note.starts_with("the facts of 4 rows were read by the rules of another release"),
        "{note}"
    );
    assert!(
        note.contains("run --fill job_facts --with job_facts"),
        "{note}"
    );
    db.json(&["run", "--with", "job_facts", "--fill", "job_facts"])
        .ok();
    assert_eq!(db.one(FACTS).await, ALL);
    let run = db.json(&RUN).ok();
    assert_eq!(run.object()["notes"], serde_json::json!([]));
    assert_eq!(run.stat("processed_records"), 0);
    assert_eq!(db.content().await, staging);
    assert_ne!(db.one(stored).await, facts, "the fill wrote each row");
}

#[tokio::test]
async fn a_changed_posting_has_the_facts_of_its_published_version() {
    let db = Db::new().await;
    postings(&db).await;
    db.json(&RUN).ok();
    db.posting("4", &[("title", "Trưởng Nhóm Lái Xe")]).await;
    db.posting("2", &[("title", "")]).await;
    db.json(&RUN).ok();
    let level = "SELECT level FROM jobinsight_staging.jobs WHERE job_id = '4'";
    assert_eq!(db.one(level).await, "lead");
    let stored = "SELECT string_agg(job_id, ',' ORDER BY job_id) FROM jobinsight_staging.job_facts";
    assert_eq!(
        db.one(stored).await,
        "1,3,4",
        "the rejected posting has no facts any more"
    );
    // Without the phase, a posting that changes has no facts.
    db.posting("4", &[("title", "Giám Đốc")]).await;
    db.json(&["run"]).ok();
    assert_eq!(db.one(level).await, "NULL");
}

#[tokio::test]
async fn a_job_under_several_ids_has_the_earliest_posting_of_it() {
    let db = Db::new().await;
    let seen = "SELECT string_agg(job_id || ' ' || first_seen_job_id, ', ' ORDER BY job_id) FROM jobinsight_staging.jobs";
    for (key, title, company, crawled_at) in [
        (
            "1",
            "Kế Toán - Lương 20 Triệu",
            "CÔNG TY TNHH MINH LONG",
            "2026-01-03",
        ),
        ("2", "KẾ TOÁN (Gấp)", "Cty TNHH Minh Long", "2026-01-02"),
        ("3", "Kế Toán", "Công ty TNHH Minh Long Hai", "2026-01-01"),
        ("4", "Kế Toán Thuế", "Công ty TNHH Minh Long", "2026-01-01"),
    ] {
        let fields = [
            ("title", title),
            ("company_name", company),
            ("location", "Hà Nội"),
            ("crawled_at", crawled_at),
        ];
        db.posting(key, &fields).await;
    }
    db.json(&RUN).ok();
    assert_eq!(db.one(seen).await, "1 2, 2 2, 3 3, 4 4");
    // An earlier posting of the same job is found later; the posting that was the earliest becomes another job.
    db.posting(
        "5",
        &[
            ("title", "Kế Toán"),
            ("company_name", "Công ty TNHH Minh Long"),
            ("location", "HN"),
            ("crawled_at", "2026-01-01"),
        ],
    )
    .await;
    db.posting("2", &[("title", "Lái Xe")]).await;
    db.json(&RUN).ok();
    assert_eq!(db.one(seen).await, "1 5, 2 2, 3 3, 4 4, 5 5");
}
