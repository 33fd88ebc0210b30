//! Bad rows, and sessions that write during a run.

use jobinsight_core::failpoints::before;
use jobinsight_tests::{Db, Pause, WAITS, failpoint};

use super::{AS_OF, LENIENT, postings, undisturbed};

async fn widened() -> Db {
    let db = Db::new().await;
    db.client
        .batch_execute(
            "ALTER TABLE raw_jobs ALTER title TYPE text, ALTER title DROP NOT NULL, ALTER location TYPE text,
                                  ALTER salary TYPE text, ALTER deadline TYPE text, ALTER company_name TYPE text;
             DROP INDEX idx_raw_jobs_location",
        )
        .await
        .unwrap();
    for n in 0..20 {
        db.post(&n.to_string(), "Kế Toán").await;
    }
    db
}

#[tokio::test]
async fn a_bad_row_is_rejected_alone_with_its_field_and_reason() {
    let db = widened().await;
    db.post("long", &"ế".repeat(256)).await;
    db.post("just", &"ế".repeat(255)).await;
    db.post("hostile", &"a_".repeat(2000)).await;
    db.posting("company", &[("company_name", &"gấp ".repeat(4000))])
        .await;
    db.posting("places", &[("location", &"Hà Nội, ".repeat(60))])
        .await;
    // Nothing repeats, so the index cannot compress the text.
    let endless = db
        .one("SELECT string_agg(md5(n::text), '') FROM generate_series(1, 200) n")
        .await;
    db.posting("endless", &[("location", &endless)]).await;
    db.post("blank", " \u{a0} ").await;
    db.post("invisible", "\u{200b}\u{feff}\u{200d}").await;
    db.post("none", "x").await;
    db.client
        .batch_execute("UPDATE raw_jobs SET title = NULL WHERE job_id = 'none'")
        .await
        .unwrap();
    db.json_with(&["run", "--as-of", AS_OF], LENIENT).ok();
    let found = db
        .one("SELECT string_agg(job_id || ' ' || field || ' ' || reason, ', ' ORDER BY job_id) FROM jobinsight_staging.etl_rejects")
        .await;
    assert_eq!(
        found,
        "blank title title_missing, company company_name too_long, hostile title too_long, invisible title title_missing, \
         long title too_long, none title title_missing"
    );
    let warned = "SELECT length(location) || ' ' || warnings::text FROM jobinsight_staging.staging_jobs WHERE job_id = 'endless'";
    assert_eq!(db.one(warned).await, "2600 {location_cut}");
    let places = "SELECT location FROM jobinsight_staging.staging_jobs WHERE job_id = 'places'";
    assert_eq!(db.one(places).await.matches("Hà Nội").count(), 60);
    assert_eq!(
        db.count("SELECT count(*) FROM jobinsight_staging.staging_jobs")
            .await,
        23
    );
    db.assert_all_accounted_for().await;
}

#[tokio::test]
async fn an_unreadable_value_is_a_warning_and_null() {
    let db = widened().await;
    db.posting(
        "odd",
        &[("salary", "nhiều lắm 7x7"), ("deadline", "31/02/2026")],
    )
    .await;
    let html = format!(
        "{}Hà Nội: 1 Trần Phú{}",
        "<div>".repeat(10_000),
        "</div>".repeat(10_000)
    );
    db.posting("nested", &[("location_detail", &html)]).await;
    let big = format!(
        "<p>Hà Nội: 1 Trần Phú</p>{}",
        "<b>x & y</b>".repeat(900_000)
    );
    db.posting("big", &[("location_detail", &big)]).await;
    db.posting(
        "null",
        &[(
            "location_detail",
            "Hà Nội: 1&#0; Trần&#0000;&#x00 Phú &amp;#0;x A",
        )],
    )
    .await;
    // Each spelling of the reference.
    for (key, detail) in [
        ("null1", "Hà Nội: 1&#0; Trần Phú"),
        ("null2", "Hà Nội: 1&#0000; Trần Phú"),
        ("null3", "Hà Nội: 1&#x00; Trần Phú"),
        ("null4", "Hà Nội: 1&#X0 Trần Phú"),
    ] {
        db.posting(key, &[("location_detail", detail)]).await;
    }
    let run = db.json_with(&["run", "--as-of", AS_OF], LENIENT).ok();
    assert_eq!(run.stat("new"), 28, "{}", run.stderr);
    assert_eq!(
        run.object()["warnings"],
        serde_json::json!({
            "deadline": { "deadline_unparsed": 1 },
            "location_detail": { "nul_dropped": 5 },
            "salary": { "salary_unparsed": 1 },
        }),
        "all are counted"
    );
    let odd = db.one("SELECT concat_ws(' ', salary_min IS NULL, due_date IS NULL, array_length(warnings, 1) >= 2) FROM jobinsight_staging.staging_jobs WHERE job_id = 'odd'").await;
    assert_eq!(odd, "t t t");
    let peak = run.object()["phases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|phase| phase["rss_peak_mb"].as_f64().unwrap())
        .fold(0.0, f64::max);
    assert!(peak < 400.0, "10 MB of HTML took {peak} MB");
    let cpu = run.object()["phases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|phase| phase["cpu_s"].as_f64().unwrap())
        .sum::<f64>();
    assert!(cpu < 15.0, "10 MB of HTML took {cpu} s of CPU");
    let pairs = db.one("SELECT location_pairs::text FROM jobinsight_staging.staging_jobs WHERE job_id = 'null'").await;
    assert_eq!(pairs, r#"["Hà Nội: 1 Trần Phú &#0;x A"]"#);
    let pairs = db.one("SELECT string_agg(DISTINCT location_pairs::text, ' ') FROM jobinsight_staging.staging_jobs WHERE job_id LIKE 'null_'").await;
    assert_eq!(pairs, r#"["Hà Nội: 1 Trần Phú"]"#);
}

#[tokio::test]
async fn a_late_commit_with_an_old_time_is_processed_by_the_next_run() {
    let db = Db::new().await;
    postings(&db, 8).await;
    let late = db.connect().await;
    late.batch_execute("BEGIN; INSERT INTO raw_jobs (job_id, title, crawled_at) VALUES ('late', 'Lái Xe', '2020-01-01Z')").await.unwrap();
    assert_eq!(
        db.json_with(&["run", "--as-of", AS_OF], LENIENT)
            .ok()
            .stat("total_records"),
        9
    );
    late.batch_execute("COMMIT").await.unwrap();
    assert_eq!(
        db.json_with(&["run", "--as-of", AS_OF], LENIENT)
            .ok()
            .stat("new"),
        1
    );
    db.assert_all_accounted_for().await;
}

#[tokio::test]
async fn the_warehouse_may_set_its_flag_during_a_run() {
    let db = Db::new().await;
    postings(&db, 8).await;
    db.json_with(&["run", "--as-of", AS_OF], LENIENT).ok();
    db.post("3", "Lái Xe").await;
    let pause = Pause::new();
    let run = db.spawn(
        &[
            "run",
            "--as-of",
            AS_OF,
            "--only-unprocessed=false",
            "--batch-size",
            "2",
        ],
        &super::lenient_and(&[
            failpoint(before("data_saving"), "return(wait)"),
            pause.env(),
        ]),
    );
    run.wait_for_log(WAITS);
    db.client
        .batch_execute("UPDATE jobinsight_staging.staging_jobs SET processed_to_dwh = true")
        .await
        .unwrap();
    pause.release();
    assert_eq!(run.end().ok().stat("updated"), 1);
    let taken = db.one("SELECT string_agg(job_id, ',') FROM jobinsight_staging.staging_jobs WHERE NOT processed_to_dwh").await;
    assert_eq!(taken, "3", "false on exactly the row that changed");
}

#[tokio::test]
async fn no_row_is_lost_when_the_crawler_writes_all_the_time() {
    let db = Db::new().await;
    postings(&db, 30).await;
    let crawler = db.connect().await;
    let writing = tokio::spawn(async move {
        for n in 0..120 {
            let sql = format!(
                "UPDATE raw_jobs SET title = title || ' {n}', crawled_at = crawled_at + interval '1 s' WHERE job_id = '{}'",
                n % 30
            );
            crawler.batch_execute(&sql).await.unwrap();
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    });
    while !writing.is_finished() {
        let run = db.spawn(&["run", "--as-of", AS_OF, "--batch-size", "3"], LENIENT);
        tokio::task::spawn_blocking(|| run.end().ok())
            .await
            .unwrap();
        db.assert_no_row_in_both_tables().await;
    }
    writing.await.unwrap();
    // The crawler restores the first content, so that the result is that of an undisturbed run.
    postings(&db, 30).await;
    db.client
        .batch_execute("UPDATE raw_jobs SET crawled_at = '2026-01-15T08:00:00+07:00'")
        .await
        .unwrap();
    db.json_with(&["run", "--as-of", AS_OF], LENIENT).ok();
    db.assert_all_accounted_for().await;
    assert_eq!(db.content().await, undisturbed(30).await);
}

#[tokio::test]
async fn no_time_zone_moves_a_date() {
    let mut contents = Vec::new();
    for zone in ["UTC", "Asia/Ho_Chi_Minh", "America/New_York"] {
        let db = Db::new().await;
        let name = db.url.rsplit('/').next().unwrap();
        db.client
            .batch_execute(&format!("ALTER DATABASE {name} SET timezone = '{zone}'"))
            .await
            .unwrap();
        postings(&db, 6).await;
        db.posting("date", &[("deadline", "22/02/2026")]).await;
        // In New York, one of these days has 23 hours.
        db.posting("far", &[("deadline", "60")]).await;
        db.json_with(
            &["run", "--as-of", AS_OF],
            &super::lenient_and(&[("TZ", zone), ("PGTZ", zone)]),
        )
        .ok();
        db.client
            .batch_execute("SET timezone = 'UTC'")
            .await
            .unwrap();
        contents.push(db.content().await);
    }
    contents.dedup();
    assert_eq!(contents.len(), 1);
}
