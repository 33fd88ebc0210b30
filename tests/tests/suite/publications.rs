//! Publications of others that send the tables of the staging schema.

use jobinsight_tests::Db;

#[tokio::test]
async fn a_run_works_in_a_database_that_is_published() {
    for publication in [
        "FOR ALL TABLES",
        "FOR TABLES IN SCHEMA jobinsight_staging, public",
    ] {
        let db = Db::new().await;
        db.post("1", "Kế Toán").await;
        if publication == "FOR ALL TABLES" {
            db.client
                .batch_execute("CREATE PUBLICATION everything FOR ALL TABLES")
                .await
                .unwrap();
        }
        db.json(&["run"]).ok();
        if publication != "FOR ALL TABLES" {
            let version = db
                .count("SELECT current_setting('server_version_num')::bigint")
                .await;
            if version < 150_000 {
                continue;
            }
            db.client
                .batch_execute(&format!("CREATE PUBLICATION everything {publication}"))
                .await
                .unwrap();
        }
        db.post("1", "Lái Xe").await;
        db.post("2", " ").await;
        assert_eq!(db.json(&["run"]).ok().stat("updated"), 1, "{publication}");
        db.json(&["rejects", "replay", "--all"]).ok();
        db.json(&["run", "--only-unprocessed=false"]).ok();
        db.assert_all_accounted_for().await;
    }
}

#[tokio::test]
async fn a_publication_that_the_replica_identity_does_not_allow_is_named_before_any_write() {
    let staging = "jobinsight_staging.staging_jobs";
    let nothing = format!("ALTER TABLE {staging} REPLICA IDENTITY NOTHING");
    let everything = "CREATE PUBLICATION everything FOR ALL TABLES".to_owned();
    let title = format!("CREATE PUBLICATION titles FOR TABLE {staging} WHERE (title <> '')");
    let full = format!("ALTER TABLE {staging} REPLICA IDENTITY FULL");
    let listed = format!("CREATE PUBLICATION listed FOR TABLE {staging} (job_id, title)");
    let keyless =
        format!("CREATE PUBLICATION listed FOR TABLE {staging} (title) WHERE (job_id <> '')");
    let ledger = "ALTER TABLE jobinsight_staging.etl_salaries REPLICA IDENTITY NOTHING".to_owned();
    for (oldest, objects) in [
        (140_000, vec![&nothing, &everything]),
        (140_000, vec![&ledger, &everything]),
        (150_000, vec![&title]),
        (150_000, vec![&nothing, &title]),
        (150_000, vec![&full, &listed]),
        (150_000, vec![&keyless]),
        (150_000, vec![&title, &listed]),
    ] {
        let db = Db::new().await;
        let version = "SELECT current_setting('server_version_num')::bigint";
        if db.count(version).await < oldest {
            continue;
        }
        db.post("1", "Kế Toán").await;
        db.json(&["run"]).ok();
        for object in &objects {
            db.client.batch_execute(object).await.unwrap();
        }
        db.post("1", "Lái Xe").await;
        db.post("2", " ").await;
        let run = db.json(&["run"]);
        run.failed(4, "jobinsight::contract::replica_identity");
        let runs = "SELECT count(*) FROM jobinsight_staging.etl_rejects";
        assert_eq!(db.count(runs).await, 0, "{objects:?}");
        let doctor = db.jobinsight(&["doctor"]).stdout;
        assert!(doctor.contains("publication"), "{doctor}");
        let fix = run.object()["error"]["help"].as_str().unwrap().to_owned();
        db.client.batch_execute(&fix).await.unwrap();
        let fixed = db.json(&["run"]).ok();
        assert_eq!(fixed.stat("updated"), 1, "{objects:?}: {fix}");
        db.assert_all_accounted_for().await;
    }
}

#[tokio::test]
async fn a_publication_that_the_replica_identity_allows_passes() {
    let staging = "jobinsight_staging.staging_jobs";
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    db.json(&["run"]).ok();
    db.client
        .batch_execute(&format!(
            "ALTER TABLE {staging} REPLICA IDENTITY NOTHING;
             CREATE PUBLICATION inserted FOR TABLE {staging} WITH (publish = 'insert, truncate');
             CREATE TABLE jobinsight_staging.mine (a integer)"
        ))
        .await
        .unwrap();
    db.post("1", "Lái Xe").await;
    assert_eq!(db.json(&["run"]).ok().stat("updated"), 1);
    let version = "SELECT current_setting('server_version_num')::bigint";
    if db.count(version).await < 150_000 {
        return;
    }
    db.client
        .batch_execute(&format!(
            "ALTER TABLE {staging} REPLICA IDENTITY DEFAULT;
             CREATE PUBLICATION filtered FOR TABLE {staging} (title, job_id) WHERE (job_id <> '5')"
        ))
        .await
        .unwrap();
    db.post("1", "Thủ Kho").await;
    assert_eq!(db.json(&["run"]).ok().stat("updated"), 1);
}
