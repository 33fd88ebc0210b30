//! Tests of the phase `job_facts` alone, on a real database.
#![allow(missing_docs, clippy::unwrap_used)]

use jobinsight_core::Batch;
use jobinsight_core::testing::{BatchExt, TestRun, batch_of};
use jobinsight_job_facts as _;
use jobinsight_sql::testing::Database;

/// The facts in the table, by key.
const STORED: &str = "SELECT string_agg(concat_ws(' ', job_id, source_hash, level, first_seen_job_id), ', ' ORDER BY job_id, source_hash)
      FROM jobinsight_staging.job_facts";
/// The repeated postings, as the view shows them.
const SEEN: &str = "SELECT string_agg(job_id || ' ' || coalesce(first_seen_job_id, '-'), ', ' ORDER BY job_id) FROM jobinsight_staging.jobs";

/// A batch of postings: key, fingerprint, title, location, skills and company. The clean title is the title.
macro_rules! postings {
    ($([$key:expr, $hash:expr, $title:expr, $location:tt, $skills:tt, $company:tt]),* $(,)?) => {
        batch_of![
            [
                job_id, source_hash, raw_title, raw_location, raw_skills, title_clean, company_key,
                province_codes
            ],
            $([($key), ($hash), ($title), $location, $skills, ($title), $company, "{01}"],)*
        ]
    };
}

fn posting(key: &str, hash: i64, title: &str) -> Batch {
    postings![[key, hash, title, "Hà Nội", null, "abc"]]
}

/// Puts the postings into staging, with the times of their crawls.
async fn publish(db: &Database, rows: &[(&str, i64, &str)]) {
    for (key, hash, crawled_at) in rows {
        db.publish(&batch_of![
            [job_id, title, source_hash, crawled_at],
            [(*key), "x", (*hash), (*crawled_at)],
        ])
        .await;
    }
}

#[tokio::test]
async fn facts_are_read_stored_and_shown() {
    let db = Database::staged().await;
    let phase = db.run().await.phase("job_facts");
    let made = phase
        .process(postings![
            [
                "1",
                11,
                "[Remote] Senior Java Developer - Tiếng Anh - 3-5 Năm Kinh Nghiệm",
                "Hà Nội",
                r#"["NodeJS", "", "node.js", "Phân Tích \"Dữ Liệu\""]"#,
                "abc"
            ],
            ["2", 12, "Kế Toán", null, null, null],
        ])
        .await
        .unwrap();
    assert_eq!(made.texts("level"), [Some("senior"), None]);
    assert_eq!(made.texts("languages"), [Some("{en}"), None]);
    publish(&db, &[("1", 11, "2026-01-01"), ("2", 12, "2026-01-01")]).await;
    phase.finish().await.unwrap();
    let shown = db
        .one("SELECT concat_ws('|', experience_min, experience_max, level, work_mode, employment_type, languages, skills_normalized, first_seen_job_id)
                FROM jobinsight_staging.jobs WHERE job_id = '1'")
        .await;
    assert_eq!(
        shown,
        r#"3|5|senior|remote|{en}|{Node.js,"Phân tích \"dữ liệu\"",Java}|1"#
    );
    let nothing = "SELECT concat_ws('|', experience_min, level, work_mode, languages, skills_normalized, posting_key, first_seen_job_id)
                     FROM jobinsight_staging.jobs WHERE job_id = '2'";
    assert_eq!(db.one(nothing).await, "2", "its company is not known");
}

/// The table as text, without the run.
const TABLE: &str = "SELECT string_agg((to_jsonb(f) - 'run_id')::text, E'\\n' ORDER BY job_id) FROM jobinsight_staging.job_facts f";

/// Postings with every fact, in several forms each.
fn every_fact() -> Batch {
    postings![
        [
            "1",
            11,
            "Senior Java Developer (Remote) - 3-5 Năm Kinh Nghiệm",
            "Hà Nội",
            r#"["NodeJS", "A, \"b\" \\ {c}"]"#,
            "abc"
        ],
        [
            "2",
            12,
            "Thực Tập Sinh Tiếng Anh/Nhật - 6 Tháng Kinh Nghiệm",
            null,
            "[]",
            "abc"
        ],
        [
            "3",
            -13,
            "Kế Toán - Dưới 1 Năm Kinh Nghiệm",
            "Làm Việc Từ Xa",
            r#"["null", "Thuế"]"#,
            null
        ],
        [
            "4",
            14,
            "Lái Xe - Không Yêu Cầu Kinh Nghiệm",
            null,
            null,
            "abc"
        ],
        ["5", 15, "Kế Toán - 8 Tháng Kinh Nghiệm", null, null, "abc"],
        ["6", 16, "Kế Toán - 1.5 Năm Kinh Nghiệm", null, null, "abc"],
    ]
}

#[tokio::test]
async fn facts_that_are_copied_equal_facts_that_are_written_over_others() {
    let (copied, written) = (Database::staged().await, Database::staged().await);
    let batch = every_fact();
    copied
        .run()
        .await
        .phase("job_facts")
        .process(batch.clone())
        .await
        .unwrap();
    // One row is stored already, with other facts, so PostgreSQL refuses the COPY, and no row of it remains.
    let phase = written.run().await.phase("job_facts");
    phase.process(posting("5", 15, "Giám Đốc")).await.unwrap();
    phase.process(batch.clone()).await.unwrap();
    let table = copied.one(TABLE).await;
    assert_eq!(written.one(TABLE).await, table);
    for part in [
        r#""experience_min": 0.67"#,
        r#""experience_min": 1.5"#,
        r#""experience_max": 1,"#,
        r#""languages": ["en", "ja"]"#,
        r#""experience_min": 0,"#,
    ] {
        assert!(table.contains(part), "{part}: {table}");
    }
    // Facts that are stored already are not written again.
    let runs = "SELECT count(DISTINCT run_id) FROM jobinsight_staging.job_facts";
    copied
        .run()
        .await
        .phase("job_facts")
        .process(batch)
        .await
        .unwrap();
    assert_eq!(copied.count(runs).await, 1);
    assert_eq!(copied.one(TABLE).await, table);
}

#[tokio::test]
async fn repeated_postings_have_the_earliest_that_staging_holds() {
    let db = Database::staged().await;
    let phase = db.run().await.phase("job_facts");
    for (key, hash, title) in [
        ("1", 11, "Kế Toán"),
        ("2", 12, "KẾ TOÁN"),
        ("3", 13, "Kế - Toán"),
        ("4", 14, "Lái Xe"),
    ] {
        phase.process(posting(key, hash, title)).await.unwrap();
    }
    let crawled = [
        ("1", 11, "2026-01-03"),
        ("2", 12, "2026-01-02"),
        ("3", 13, "2026-01-02"),
        ("4", 14, "2026-01-01"),
    ];
    publish(&db, &crawled).await;
    phase.finish().await.unwrap();
    assert_eq!(db.one(SEEN).await, "1 2, 2 2, 3 2, 4 4");
    assert_eq!(
        db.count("SELECT count(*) FROM jobinsight_staging.job_facts_open")
            .await,
        0
    );

    // The earliest posting changes into another job.
    phase.process(posting("2", 22, "Lái Xe")).await.unwrap();
    db.run()
        .await
        .phase("job_facts")
        .process(posting("2", 22, "Lái Xe"))
        .await
        .unwrap();
    db.one("WITH changed AS (UPDATE jobinsight_staging.staging_jobs SET source_hash = 22 WHERE job_id = '2' RETURNING 1) SELECT count(*)::text FROM changed").await;
    phase.finish().await.unwrap();
    assert_eq!(db.one(SEEN).await, "1 3, 2 4, 3 3, 4 4");

    // A user deletes the earliest posting of each job; the next run finds that.
    db.one("WITH gone AS (DELETE FROM jobinsight_staging.staging_jobs WHERE job_id IN ('3', '4') RETURNING 1) SELECT count(*)::text FROM gone").await;
    phase.finish().await.unwrap();
    assert_eq!(db.one(SEEN).await, "1 1, 2 2");
}

#[tokio::test]
async fn the_facts_of_the_published_version_stay_until_the_new_version_is_published() {
    let db = Database::staged().await;
    let first = db.run().await.phase("job_facts");
    first
        .process(posting("1", 11, "Senior Java Developer"))
        .await
        .unwrap();
    publish(&db, &[("1", 11, "2026-01-01")]).await;
    first.finish().await.unwrap();
    let second = db.run().await.phase("job_facts");
    second
        .process(posting("1", 12, "Team Leader"))
        .await
        .unwrap();
    second
        .process(posting("1", 12, "Team Leader"))
        .await
        .unwrap(); // again, as after a retry
    let level = "SELECT level FROM jobinsight_staging.jobs";
    assert_eq!(db.one(level).await, "senior");
    // The run is killed here, and the batch is published by the next one.
    db.one("WITH changed AS (UPDATE jobinsight_staging.staging_jobs SET source_hash = 12 RETURNING 1) SELECT count(*)::text FROM changed").await;
    db.run().await.phase("job_facts").finish().await.unwrap();
    assert_eq!(db.one(level).await, "lead");
    assert_eq!(
        db.one(STORED).await,
        "1 12 lead 1",
        "the old version is gone"
    );
}

#[tokio::test]
async fn the_view_gets_the_columns_that_staging_gets() {
    let db = Database::staged().await;
    let phase = db.run().await.phase("job_facts");
    phase.finish().await.unwrap();
    let columns = "SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'jobinsight_staging.jobs'::regclass AND attnum > 0";
    let whole = db.one(columns).await;
    assert!(whole.starts_with("job_id title title_clean "), "{whole}");
    assert!(
        whole.ends_with("skills_normalized posting_key first_seen_job_id"),
        "{whole}"
    );
    // As an older version created it, without two columns of staging.
    db.one("SELECT 'x' FROM (SELECT set_config('x.y', '1', true)) x")
        .await;
    let client = db.connect().await;
    client
        .batch_execute(
            "DROP VIEW jobinsight_staging.jobs;
             CREATE VIEW jobinsight_staging.jobs AS
             SELECT s.job_id, s.title_clean, f.level FROM jobinsight_staging.staging_jobs s LEFT JOIN jobinsight_staging.job_facts f USING (job_id, source_hash);
             CREATE VIEW of_a_user AS SELECT level FROM jobinsight_staging.jobs;
             DELETE FROM jobinsight_staging.etl_scripts WHERE name = 'job_facts/schema.sql'",
        )
        .await
        .unwrap();
    db.run().await.phase("job_facts").finish().await.unwrap();
    let now = db.one(columns).await;
    assert!(now.starts_with("job_id title_clean level title "), "{now}");
    assert_eq!(now.split(' ').count(), whole.split(' ').count());
}

#[tokio::test]
async fn without_store_the_phase_needs_no_database() {
    let run = TestRun::offline().await;
    let run = run.with("phases.job_facts.store", false).await.unwrap();
    let phase = run.phase("job_facts");
    let made = phase
        .process(posting("1", 11, "Thực Tập Sinh"))
        .await
        .unwrap();
    assert_eq!(made.texts("employment_type"), [Some("internship")]);
    phase.finish().await.unwrap();
}
