//! An older staging schema becomes the schema of this program.

use std::time::Duration;

use jobinsight_sql::schema::VERSION;
use jobinsight_tests::{Db, golden, without_digest};

/// Rejected rows do not fail a run.
pub(crate) const LENIENT: &[(&str, &str)] = &[("ETL_INTEGRITY_THRESHOLD", "0")];
pub(crate) const RUN: [&str; 3] = ["run", "--as-of", "2026-01-16T00:00:00Z"];

/// The states that earlier programs left. A dump has the name of the last commit that made such a state.
pub(crate) const STATES: [&str; 4] = ["python.sql", "31ddac0.dump", "2a51ab4.dump", "535d345.dump"];

/// Each object of the staging schema: columns with types, defaults and comments, functions, triggers, indexes and constraints.
const CATALOG: &str = "
    SELECT string_agg(line, E'\\n' ORDER BY line COLLATE \"C\") FROM (
        SELECT concat_ws(' ', 'column', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                         pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum)) AS line
          FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
          LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
         WHERE c.relnamespace = 'jobinsight_staging'::regnamespace AND c.relkind = 'r'
        UNION ALL
        SELECT concat_ws(' ', 'table', relname, relpersistence, obj_description(oid, 'pg_class'))
          FROM pg_class WHERE relnamespace = 'jobinsight_staging'::regnamespace AND relkind = 'r'
        UNION ALL
        SELECT concat_ws(' ', 'function', oid::regprocedure, pg_get_function_result(oid), md5(prosrc), obj_description(oid, 'pg_proc'))
          FROM pg_proc WHERE pronamespace = 'jobinsight_staging'::regnamespace
        UNION ALL
        SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
         WHERE c.relnamespace = 'jobinsight_staging'::regnamespace AND NOT t.tgisinternal
        UNION ALL
        SELECT indexdef FROM pg_indexes WHERE schemaname = 'jobinsight_staging' AND indexname NOT LIKE 'idx_%'
        UNION ALL
        SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
         WHERE connamespace = 'jobinsight_staging'::regnamespace
    ) AS objects";

/// A database with the raw rows of the dumps.
pub(crate) async fn raw() -> Db {
    let db = Db::new().await;
    db.client
        .batch_execute(&golden("schemas/raw_rows.sql"))
        .await
        .unwrap();
    db
}

/// A database with the raw rows, and with the state that an earlier program left.
pub(crate) async fn earlier(state: &str) -> Db {
    let db = raw().await;
    // A dump changes settings of its session.
    let restored = db.connect().await;
    restored
        .batch_execute(&golden(&format!("schemas/{state}")))
        .await
        .unwrap();
    db
}

async fn version(db: &Db) -> String {
    db.one("SELECT string_agg(version::text, ',') FROM jobinsight_staging.etl_scripts")
        .await
}

const REJECTS: &str = "SELECT string_agg(concat_ws(' ', job_id, field, reason, rule_set), ', ' ORDER BY job_id) FROM jobinsight_staging.etl_rejects";

#[tokio::test]
async fn an_upgrade_from_every_earlier_state_equals_a_new_database() {
    let new = raw().await;
    new.json_with(&RUN, LENIENT).ok();
    let (catalog, content) = (new.one(CATALOG).await, new.content().await);
    assert_eq!(
        without_digest(&new.one(REJECTS).await),
        "4 title title_missing standard/25000"
    );
    for state in STATES {
        let db = earlier(state).await;
        let files = "SELECT concat_ws(' ', pg_relation_filenode('jobinsight_staging.staging_jobs'),
                            (SELECT string_agg(pg_relation_filenode(indexrelid)::text, ',' ORDER BY indexrelid) FROM pg_index
                              JOIN pg_class i ON i.oid = indexrelid
                              WHERE indrelid = 'jobinsight_staging.staging_jobs'::regclass AND i.relname LIKE '%location%'))";
        let before = db.one(files).await;
        db.json_with(&RUN, LENIENT).ok();
        let after = db.one(files).await;
        assert!(
            after.starts_with(&before),
            "{state}: nothing is written again: {before}, {after}"
        );
        // The Python pipeline limits the length of this copied column, and it stays as it is.
        let objects = |catalog: &str| -> Vec<String> {
            let lines = catalog.lines();
            let same = |line: &&str| state != STATES[0] || !line.contains("last_update");
            lines.filter(same).map(str::to_owned).collect()
        };
        let (found, wanted) = (objects(&db.one(CATALOG).await), objects(&catalog));
        for (found, wanted) in found.iter().zip(&wanted) {
            assert_eq!(found, wanted, "{state}");
        }
        assert_eq!(found.len(), wanted.len(), "{state}");
        assert_eq!(db.content().await, content, "{state}");
        assert_eq!(db.one(REJECTS).await, new.one(REJECTS).await, "{state}");
        assert_eq!(version(&db).await, VERSION.to_string(), "{state}");
        let again = db.json_with(&RUN, LENIENT).ok();
        assert!(
            again.stderr.contains("schema unchanged"),
            "{state}: {}",
            again.stderr
        );
    }
}

#[tokio::test]
async fn the_first_run_after_an_upgrade_fills_the_new_columns_of_all_rows() {
    let db = earlier("535d345.dump").await;
    let rules = "SELECT DISTINCT rule_set FROM jobinsight_staging.staging_jobs";
    assert_eq!(db.one(rules).await, "standard/25000");
    db.json_with(&["run", "--only", "schema_setup"], LENIENT)
        .ok();
    let dry = db.json_with(&["run", "--dry-run"], LENIENT).ok().object();
    assert_eq!(dry["other_rules"]["published"], 4, "{dry}");
    assert_eq!(dry["rule_change"]["columns"]["salary_source"], 2, "{dry}");
    db.json_with(&RUN, LENIENT).ok();
    let filled = "SELECT string_agg(concat_ws(' ', job_id, salary_source, salary_monthly_min, salary_monthly_max), ', ' ORDER BY job_id)
        FROM jobinsight_staging.staging_jobs";
    assert_eq!(db.one(filled).await, "1 salary 10 15, 2 salary 25 50, 3, 5");
}

#[tokio::test]
async fn an_upgrade_lets_readers_continue() {
    let db = earlier("2a51ab4.dump").await;
    let mut long = db.connect().await;
    let reader = long.transaction().await.unwrap();
    let count = "SELECT count(*) FROM jobinsight_staging.staging_jobs";
    reader.query_one(count, &[]).await.unwrap();
    let run = db.spawn(&RUN, LENIENT);
    run.wait_for_log("trying again for at most");
    db.client
        .batch_execute("SET statement_timeout = '2s'")
        .await
        .unwrap();
    for _ in 0..15 {
        db.client.query_one(count, &[]).await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    reader.commit().await.unwrap();
    let end = run.end().ok();
    assert!(
        end.stderr.contains("so that readers continue"),
        "{}",
        end.stderr
    );
    assert_eq!(version(&db).await, VERSION.to_string());
}

#[tokio::test]
async fn an_older_program_works_after_the_way_back_and_loses_nothing_for_readers() {
    let page = include_str!("../../../docs/upgrades.md");
    let back = page.split("## Go back to an older program").nth(1).unwrap();
    let back = back
        .split("```sql\n")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    let db = earlier("2a51ab4.dump").await;
    db.json_with(&RUN, LENIENT).ok();
    let content = db.content().await;
    db.client.batch_execute(back).await.unwrap();
    // The program of that commit knows no version. It publishes without published_at, and replaces functions by its own.
    let published =
        "SELECT published_at::text FROM jobinsight_staging.staging_jobs WHERE job_id = '1'";
    let before = db.one(published).await;
    let older = "INSERT INTO jobinsight_staging.staging_jobs AS s (job_id, title, title_clean, rule_set, run_id, source_hash)
         VALUES ('1', 'x', 'x', 'standard/25000', gen_random_uuid(), 7)
         ON CONFLICT (job_id) DO UPDATE SET (title_clean, run_id, source_hash) = (EXCLUDED.title_clean, EXCLUDED.run_id, EXCLUDED.source_hash);
         CREATE OR REPLACE FUNCTION jobinsight_staging.plain_text(source text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT source';
         INSERT INTO jobinsight_staging.etl_scripts (name, checksum) VALUES ('sql/stored_procedures.sql', 'older'), ('sql/schema_staging.sql', 'older')
         ON CONFLICT (name) DO UPDATE SET checksum = EXCLUDED.checksum";
    db.client.batch_execute(older).await.unwrap();
    assert_ne!(
        db.one(published).await,
        before,
        "readers see the row of the older program"
    );
    let upgraded = db
        .json_with(
            &["run", "--as-of", RUN[2], "--only-unprocessed=false"],
            LENIENT,
        )
        .ok();
    assert!(
        upgraded.object()["notes"]
            .to_string()
            .contains("was upgraded from version 1"),
        "{}",
        upgraded.stdout
    );
    assert_eq!(db.content().await, content);
    assert_eq!(version(&db).await, VERSION.to_string());
}
