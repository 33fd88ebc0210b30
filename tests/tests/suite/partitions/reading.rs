//! How a first load reads the partitions of the raw table.

use super::{Parts, filled};
use crate::faults::AS_OF;

const RANGES: (&str, &str) = ("ETL_PHASES__SQL_PROCEDURES__RANGES_FROM", "1");
const RUN: [&str; 3] = ["run", "--as-of", AS_OF];
/// The ranges of the last run.
const OF_LAST_RUN: &str = "SELECT count(first_block) FROM jobinsight_staging.etl_batches
     WHERE run_id = (SELECT run_id FROM jobinsight_staging.etl_runs ORDER BY started_at DESC LIMIT 1)";

#[tokio::test]
async fn a_role_that_may_not_read_the_partitions_themselves_loads_by_rows() {
    let db = filled(120, (Parts::Hash(4), Parts::Hash(4))).await;
    db.json_with(&RUN, &[RANGES]).ok();
    let wanted = db.content().await;
    let role = format!("parts_{}", db.url.rsplit('/').next().unwrap());
    db.client
        .batch_execute(&format!(
            "DROP ROLE IF EXISTS {role}; CREATE ROLE {role} LOGIN PASSWORD 'secret'; GRANT SELECT ON raw_jobs TO {role};
             GRANT USAGE ON SCHEMA jobinsight_staging TO {role};
             DO $$ DECLARE name regclass; BEGIN
                 FOR name IN SELECT oid FROM pg_class WHERE relnamespace = 'jobinsight_staging'::regnamespace
                                AND relkind IN ('r', 'p', 'v') AND NOT relispartition LOOP
                     EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON %s TO {role}', name);
                 END LOOP;
             END $$"
        ))
        .await
        .unwrap();
    let rest = db.url.rsplit_once('@').unwrap().1;
    let url = format!("postgresql://{role}:secret@{rest}");
    let env = [RANGES, ("DATABASE_URL", url.as_str())];
    // The privileges on the table are enough, and a policy of a partition hides no row.
    db.json_with(&["doctor"], &env).ok();
    let partly = format!(
        "GRANT SELECT ON raw_jobs_0, raw_jobs_1, raw_jobs_2, raw_jobs_3 TO {role}; ALTER TABLE raw_jobs_0 ENABLE ROW LEVEL SECURITY"
    );
    for (change, has_ranges) in [
        ("SELECT 1", false),
        (&*partly, false),
        ("ALTER TABLE raw_jobs_0 DISABLE ROW LEVEL SECURITY", true),
    ] {
        db.client.batch_execute(change).await.unwrap();
        db.client
            .batch_execute("TRUNCATE jobinsight_staging.staging_jobs")
            .await
            .unwrap();
        assert_eq!(db.json_with(&RUN, &env).ok().stat("new"), 120, "{change}");
        assert_eq!(db.content().await, wanted, "{change}");
        let ranges = db.count(OF_LAST_RUN).await;
        assert_eq!(ranges > 0, has_ranges, "{change}: {ranges}");
    }
    db.client
        .batch_execute(&format!("DROP OWNED BY {role}"))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_range_of_large_rows_is_split_by_bytes() {
    const LARGE: &str =
        "UPDATE raw_jobs SET location_detail = 'Hà Nội: ' || job_id || repeat(' Trần Phú', 90000)";
    const CONTENT: &str = "SELECT md5(string_agg(md5((to_jsonb(s) - 'run_id' - 'processed_at' - 'published_at')::text), '' ORDER BY job_id))
                             FROM jobinsight_staging.staging_jobs s";
    let mut contents = Vec::new();
    for kinds in [(Parts::None, Parts::None), (Parts::Hash(2), Parts::Month)] {
        let db = filled(80, kinds).await;
        db.client.batch_execute(LARGE).await.unwrap();
        let end = db.json_with(&RUN, &[RANGES]).ok();
        assert_eq!(
            (end.stat("new"), end.stat("total_records")),
            (80, 80),
            "{kinds:?}"
        );
        let batches = end.stat("batch_count");
        assert!(batches > 2, "{kinds:?}: {batches} batches");
        contents.push(db.one(CONTENT).await);
    }
    assert_eq!(contents[0], contents[1]);
}

#[tokio::test]
async fn a_partition_that_is_attached_is_compared_and_published() {
    let db = filled(120, (Parts::Month, Parts::Month)).await;
    db.json_with(&RUN, &[RANGES]).ok();
    // The rows are older than the horizon, so their writers do not show that they are new.
    db.client
        .batch_execute(
            "CREATE TABLE old_part (LIKE raw_jobs INCLUDING ALL);
             INSERT INTO old_part SELECT (jsonb_populate_record(r, jsonb_build_object('job_id', 'old' || job_id, 'crawled_at', '2025-09-20T00:00:00Z'))).*
               FROM raw_jobs r WHERE job_id <= '15';
             CREATE TABLE jobinsight_staging.staging_jobs_old PARTITION OF jobinsight_staging.staging_jobs FOR VALUES FROM ('2025-09-01Z') TO ('2025-10-01Z')",
        )
        .await
        .unwrap();
    assert_eq!(db.json(&RUN).ok().stat("processed_records"), 0);
    let added = db.count("SELECT count(*) FROM old_part").await;
    db.client
        .batch_execute("ALTER TABLE raw_jobs ATTACH PARTITION old_part FOR VALUES FROM ('2025-09-01Z') TO ('2025-10-01Z')")
        .await
        .unwrap();
    assert_eq!(db.json(&RUN).ok().stat("new"), added.cast_unsigned());
    db.assert_all_accounted_for().await;
    // The partition is replaced by an older copy with another title.
    db.client
        .batch_execute(
            "CREATE TABLE copy_part (LIKE old_part INCLUDING ALL); INSERT INTO copy_part SELECT * FROM old_part; UPDATE copy_part SET title = 'Lái Xe'",
        )
        .await
        .unwrap();
    assert_eq!(db.json(&RUN).ok().stat("processed_records"), 0);
    db.client
        .batch_execute(
            "ALTER TABLE raw_jobs DETACH PARTITION old_part;
             ALTER TABLE raw_jobs ATTACH PARTITION copy_part FOR VALUES FROM ('2025-09-01Z') TO ('2025-10-01Z')",
        )
        .await
        .unwrap();
    assert_eq!(db.json(&RUN).ok().stat("updated"), added.cast_unsigned());
}
