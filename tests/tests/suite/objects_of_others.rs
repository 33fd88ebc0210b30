//! Objects that others add to the database: foreign keys, triggers, columns, constraints.

use jobinsight_tests::Db;
use serde_json::json;

/// 100 published postings, and a table of the warehouse that refers to the postings 1 and 2.
async fn referred_to(on_delete: &str) -> Db {
    let db = Db::new().await;
    for n in 0..100 {
        db.post(&n.to_string(), "Kế Toán").await;
    }
    db.json(&["run"]).ok();
    db.client
        .batch_execute(&format!(
            "CREATE TABLE fact (job_id varchar(20) REFERENCES jobinsight_staging.staging_jobs {on_delete});
             INSERT INTO fact VALUES ('1'), ('2')"
        ))
        .await
        .unwrap();
    db
}

/// The postings 1 and 3 lose their titles, and posting 100 is new.
async fn crawl(db: &Db) {
    db.post("1", " ").await;
    db.post("3", " ").await;
    db.post("100", "Lái Xe").await;
}

async fn kept(db: &Db) -> String {
    db.one("SELECT string_agg(job_id || ' ' || warnings::text || ' ' || processed_to_dwh, ',') FROM jobinsight_staging.staging_jobs WHERE warnings <> '{}'").await
}

#[tokio::test]
async fn a_posting_that_a_foreign_key_refers_to_stays_when_it_is_rejected() {
    for on_delete in ["", "ON DELETE RESTRICT", "DEFERRABLE INITIALLY DEFERRED"] {
        let db = referred_to(on_delete).await;
        let published_at =
            "SELECT published_at::text FROM jobinsight_staging.staging_jobs WHERE job_id = '1'";
        let before = db.one(published_at).await;
        crawl(&db).await;
        let run = db.json(&["run"]).ok();
        assert_eq!(
            (run.stat("new"), run.stat("rejected")),
            (1, 2),
            "{on_delete}"
        );
        assert_ne!(db.one(published_at).await, before, "readers see the mark");
        assert_eq!(run.object()["kept_in_staging"], 1);
        assert_eq!(kept(&db).await, "1 {kept_in_staging} false");
        // Each row is in staging or rejected; the row that stays is in both.
        let both = "SELECT string_agg(job_id, ',') FROM jobinsight_staging.staging_jobs JOIN jobinsight_staging.etl_rejects USING (job_id)";
        assert_eq!(db.one(both).await, "1");
        assert_eq!(
            db.count("SELECT count(DISTINCT job_id) FROM (SELECT job_id FROM jobinsight_staging.staging_jobs UNION ALL SELECT job_id FROM jobinsight_staging.etl_rejects) a").await,
            101
        );
        assert_eq!(db.json(&["status"]).ok().object()["kept_in_staging"], 1);
        assert!(
            db.jobinsight(&["status"])
                .stdout
                .contains("1 rejected row stays in staging")
        );
        let shown = db.jobinsight(&["explain-row", "1"]).ok().stdout;
        assert!(
            shown.contains(
                "It stays in staging, because a foreign key or a trigger does not let it go"
            ),
            "{shown}"
        );

        // The next run tries again, and does not judge the row again.
        let again = db.json(&["run"]).ok();
        assert_eq!(
            (
                again.stat("rejected"),
                again.object()["kept_in_staging"].as_u64()
            ),
            (2, Some(1))
        );
        db.client.batch_execute("DELETE FROM fact").await.unwrap();
        let last = db.json(&["run"]).ok();
        assert_eq!(last.object()["kept_in_staging"], 0);
        db.assert_all_accounted_for().await;
    }
}

#[tokio::test]
async fn a_kept_posting_that_is_good_again_is_published() {
    let db = referred_to("").await;
    crawl(&db).await;
    db.json(&["run"]).ok();
    db.post("1", "Thủ Kho").await;
    assert_eq!(db.json(&["run"]).ok().stat("updated"), 1);
    assert_eq!(kept(&db).await, "NULL");
    db.assert_all_accounted_for().await;
}

#[tokio::test]
async fn a_foreign_key_that_cascades_follows_the_deletion() {
    let db = referred_to("ON DELETE CASCADE").await;
    crawl(&db).await;
    db.json(&["run"]).ok();
    assert_eq!(
        db.one("SELECT string_agg(job_id, ',') FROM fact").await,
        "2"
    );
    db.assert_all_accounted_for().await;
}

#[tokio::test]
async fn rows_that_a_trigger_drops_are_rejected_with_the_name_of_the_trigger() {
    // A trigger for INSERT also drops a row that would be updated, because PostgreSQL tries the INSERT first.
    for (event, new, rejected) in [("INSERT", 59, 2), ("UPDATE", 60, 1)] {
        let db = referred_to("").await;
        db.client
            .batch_execute(&format!(
                "CREATE FUNCTION drop_some() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                     IF NEW.job_id IN ('5', '100') THEN RETURN NULL; END IF; RETURN NEW; END $$;
                 CREATE TRIGGER somebody BEFORE {event} ON jobinsight_staging.staging_jobs
                     FOR EACH ROW EXECUTE FUNCTION drop_some()"
            ))
            .await
            .unwrap();
        for n in 101..160 {
            db.post(&n.to_string(), "Kế Toán").await;
        }
        let key = if event == "INSERT" { "100" } else { "5" };
        db.post("100", "Lái Xe").await;
        db.post("5", "Lái Xe").await;
        let run = db.json(&["run"]).ok();
        assert_eq!(
            (run.stat("new"), run.stat("rejected")),
            (new, rejected),
            "{event}: {}",
            run.stderr
        );
        assert_eq!(run.object()["kept_in_staging"], 1, "{event}");
        let reject = db.json(&["rejects", "show", key]).ok().object();
        assert_eq!(reject["reason"], json!("dropped_by_trigger"));
        assert_eq!(
            reject["value"],
            json!("a trigger of the staging table dropped the row: somebody"),
            "our own triggers are not named"
        );
        db.client
            .batch_execute("DROP TRIGGER somebody ON jobinsight_staging.staging_jobs")
            .await
            .unwrap();
        db.json(&["run"]).ok();
        db.assert_all_accounted_for().await;
    }
}

#[tokio::test]
async fn a_column_that_a_run_cannot_fill_is_named_before_any_write() {
    let db = referred_to("").await;
    let add = "ALTER TABLE jobinsight_staging.staging_jobs";
    db.client
        .batch_execute(&format!("{add} ADD COLUMN tenant integer; UPDATE jobinsight_staging.staging_jobs SET tenant = 1; {add} ALTER COLUMN tenant SET NOT NULL"))
        .await
        .unwrap();
    crawl(&db).await;
    let run = db.json(&["run"]);
    run.failed(4, "jobinsight::contract::unfilled_column");
    assert!(run.error_message().contains("tenant integer"));
    assert!(db.jobinsight(&["doctor"]).stdout.contains("tenant integer"));
    assert_eq!(
        db.count("SELECT count(*) FROM jobinsight_staging.etl_rejects")
            .await,
        0
    );
    db.client
        .batch_execute(&format!("{add} ALTER COLUMN tenant SET DEFAULT 7, ADD COLUMN n bigint GENERATED ALWAYS AS IDENTITY, ADD COLUMN twice integer GENERATED ALWAYS AS (tenant * 2) STORED"))
        .await
        .unwrap();
    assert_eq!(db.json(&["run"]).ok().stat("new"), 1);
}

#[tokio::test]
async fn a_constraint_of_others_rejects_only_its_rows() {
    let db = referred_to("").await;
    db.client
        .batch_execute("ALTER TABLE jobinsight_staging.staging_jobs ADD CONSTRAINT short CHECK (title <> 'Lái Xe')")
        .await
        .unwrap();
    for n in 101..160 {
        db.post(&n.to_string(), "Kế Toán").await;
    }
    db.post("100", "Lái Xe").await;
    let run = db.json(&["run"]).ok();
    assert_eq!((run.stat("new"), run.stat("rejected")), (59, 1));
    let reject = db.json(&["rejects", "show", "100"]).ok().object();
    assert!(
        reject["value"].as_str().unwrap().contains("short"),
        "{reject}"
    );
    db.assert_all_accounted_for().await;
}

#[tokio::test]
async fn a_constraint_that_refuses_every_row_is_noticed_early() {
    let db = Db::new().await;
    for n in 0..2000 {
        db.post(&n.to_string(), "Kế Toán").await;
    }
    db.json(&["run", "--limit", "1"]).ok();
    db.client
        .batch_execute("ALTER TABLE jobinsight_staging.staging_jobs ADD CONSTRAINT nothing CHECK (job_id IS NULL) NOT VALID")
        .await
        .unwrap();
    let run = db.json(&["run"]);
    run.failed(3, "jobinsight::quality::integrity");
    assert!(
        run.error_message().contains("nothing"),
        "{}",
        run.error_message()
    );
    let refused = run.stderr.matches("rejected: publishing a batch").count();
    assert!(refused < 200, "{refused} rows were tried");
}
