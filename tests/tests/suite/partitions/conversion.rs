//! `jobinsight partition` converts a filled staging table, and back.

use std::time::Duration;

use jobinsight_tests::Db;

use super::{Parts, filled};
use crate::faults::AS_OF;

const RUN: [&str; 3] = ["run", "--as-of", AS_OF];

/// The objects of staging that a conversion must keep: columns with comments, indexes, triggers, privileges, owner.
const OBJECTS: &str = "
    SELECT string_agg(line, E'\\n' ORDER BY line COLLATE \"C\") FROM (
        SELECT concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid),
                         col_description(a.attrelid, a.attnum)) AS line
          FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
         WHERE a.attrelid = 'jobinsight_staging.staging_jobs'::regclass AND a.attnum > 0
        UNION ALL
        SELECT replace(pg_get_indexdef(indexrelid), ' ONLY ', ' ') FROM pg_index WHERE indrelid = 'jobinsight_staging.staging_jobs'::regclass
        UNION ALL
        SELECT concat_ws(' ', tgenabled, translate(pg_get_triggerdef(oid), '()', '')) FROM pg_trigger
         WHERE tgrelid = 'jobinsight_staging.staging_jobs'::regclass AND NOT tgisinternal
        UNION ALL
        SELECT concat_ws(' ', relowner::regrole, relacl, obj_description(oid, 'pg_class')) FROM pg_class
         WHERE oid = 'jobinsight_staging.staging_jobs'::regclass
        UNION ALL
        SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'jobinsight_staging.staging_jobs'::regclass
    ) AS objects";

const LEAVES: &str = "SELECT count(*) FROM pg_partition_tree('jobinsight_staging.staging_jobs') WHERE isleaf AND level > 0";

async fn published() -> Db {
    let db = filled(400, (Parts::None, Parts::None)).await;
    db.json(&RUN).ok();
    db.client
        .batch_execute(
            "ALTER TABLE jobinsight_staging.staging_jobs ADD COLUMN note text DEFAULT 'mine' CHECK (note <> '');
             UPDATE jobinsight_staging.staging_jobs SET processed_to_dwh = true, note = 'kept' WHERE job_id < '2';
             CREATE INDEX \"Mine\" ON jobinsight_staging.staging_jobs (lower(title)) WHERE note = 'kept';
             CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
             CREATE TRIGGER mine AFTER UPDATE ON jobinsight_staging.staging_jobs FOR EACH ROW EXECUTE FUNCTION nothing();
             ALTER TABLE jobinsight_staging.staging_jobs DISABLE TRIGGER mine;
             GRANT SELECT ON jobinsight_staging.staging_jobs TO PUBLIC; GRANT UPDATE ON jobinsight_staging.staging_jobs TO pg_monitor WITH GRANT OPTION;
             CREATE VIEW public.clean WITH (security_barrier = true) AS SELECT job_id, title_clean FROM jobinsight_staging.staging_jobs;
             CREATE VIEW public.above AS SELECT count(*) FROM public.clean",
        )
        .await
        .unwrap();
    db
}

#[tokio::test]
async fn a_filled_staging_table_is_converted_and_converted_back() {
    let db = published().await;
    let rows = "SELECT md5(string_agg(s::text, '' ORDER BY job_id)) FROM jobinsight_staging.staging_jobs s";
    let (objects, before) = (db.one(OBJECTS).await, db.one(rows).await);
    for (parts, leaves) in [("4", 4), ("16", 16), ("1", 0), ("3", 3)] {
        let args = ["partition", "--by", "hash", "--parts", parts];
        let dry = db.json(&[&args[..], &["--dry-run"]].concat()).ok().object();
        assert_eq!(dry["converted"], false);
        let converted = db.json(&args).ok().object();
        assert_eq!(
            (&converted["converted"], &converted["rows"]),
            (&true.into(), &400.into())
        );
        assert_eq!(converted["statements"], dry["statements"]);
        let again = db.json(&args).ok().object();
        assert_eq!(again["converted"], false, "{parts} parts already");

        assert_eq!(db.count(LEAVES).await, leaves);
        assert_eq!(db.one(rows).await, before, "{parts} parts");
        assert_eq!(db.one(OBJECTS).await, objects, "{parts} parts");
        assert_eq!(db.count("SELECT count FROM public.above").await, 400);
        let left = "SELECT count(*) FROM pg_class WHERE relname LIKE '%\\_new%' OR relname LIKE 'staging\\_jobs\\_old%'";
        assert_eq!(
            db.count(left).await,
            0,
            "no object of the conversion is left"
        );
        assert_eq!(
            db.json(&RUN).ok().stat("processed_records"),
            0,
            "{parts} parts"
        );
    }
    db.client
        .batch_execute("UPDATE raw_jobs SET title = 'Lái Xe' WHERE job_id = '3'")
        .await
        .unwrap();
    assert_eq!(db.json(&RUN).ok().stat("updated"), 1);
    let shown = "SELECT title_clean FROM public.clean WHERE job_id = '3'";
    assert_eq!(
        db.one(shown).await,
        "Lái Xe",
        "the view reads the new table"
    );
}

#[tokio::test]
async fn readers_continue_while_staging_is_converted() {
    let db = published().await;
    let reader = db.connect().await;
    reader
        .batch_execute("BEGIN; SELECT count(*) FROM jobinsight_staging.staging_jobs")
        .await
        .unwrap();
    let going = db.spawn(&["partition", "--parts", "4"], &[]);
    db.wait_for("SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE a.application_name = 'jobinsight partition' AND NOT l.granted")
        .await;
    // Another reader does not wait behind the conversion for long, and the conversion waits for the first one.
    let begun = std::time::Instant::now();
    db.count("SELECT count(*) FROM jobinsight_staging.staging_jobs")
        .await;
    assert!(begun.elapsed() < Duration::from_secs(3));
    db.jobinsight(&["run"]).failed(5, "jobinsight::run::locked");
    reader.batch_execute("COMMIT").await.unwrap();
    going.end().ok();
    assert_eq!(db.count(LEAVES).await, 4);
}

#[tokio::test]
async fn a_conversion_that_is_killed_or_blocked_changes_nothing() {
    let db = published().await;
    let before = db.one(OBJECTS).await;
    let reader = db.connect().await;
    reader
        .batch_execute("BEGIN; SELECT count(*) FROM jobinsight_staging.staging_jobs")
        .await
        .unwrap();
    let waiting = db
        .spawn(&["partition", "--parts", "4"], &[("ETL_LOCK_TIMEOUT", "1")])
        .end();
    assert_eq!(waiting.code, 1, "{}", waiting.stderr);
    assert!(
        waiting.stderr.contains("lock_timeout"),
        "{}",
        waiting.stderr
    );
    let going = db.spawn(&["partition", "--parts", "4"], &[]);
    db.wait_for("SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE a.application_name = 'jobinsight partition' AND NOT l.granted")
        .await;
    going.signal("-KILL");
    assert_eq!(going.end().code, 137);
    reader.batch_execute("COMMIT").await.unwrap();
    db.wait_for("SELECT (count(*) = 0)::int::bigint FROM pg_stat_activity WHERE application_name = 'jobinsight partition'")
        .await;
    assert_eq!(db.one(OBJECTS).await, before);

    db.client
        .batch_execute("CREATE TABLE refers (job_id varchar(20) REFERENCES jobinsight_staging.staging_jobs);
             CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM jobinsight_staging.staging_jobs;
             CREATE PUBLICATION everything FOR ALL TABLES")
        .await
        .unwrap();
    let refused = db.json(&["partition", "--parts", "4"]);
    refused.failed(2, "jobinsight::partition::refused");
    let message = refused.object()["error"]["message"].to_string();
    assert!(
        message
            .contains("foreign key refers_job_id_fkey of table refers, materialized view counted, publication everything"),
        "{message}"
    );
    assert_eq!(db.one(OBJECTS).await, before);

    let empty = Db::new().await;
    empty
        .jobinsight(&["partition", "--parts", "4"])
        .failed(2, "jobinsight::partition::no_staging");
}
