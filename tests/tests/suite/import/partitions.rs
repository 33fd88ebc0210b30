//! Raw tables with partitions.

use jobinsight_tests::Db;

use super::report;

async fn raw_table(db: &Db, key: &str, partitions: &str) {
    db.client
        .batch_execute(&format!(
            "DROP TABLE raw_jobs;
             CREATE TABLE raw_jobs (job_id text, title text NOT NULL, salary text, month date NOT NULL DEFAULT '2026-01-01', PRIMARY KEY ({key})) {partitions}"
        ))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_table_with_partitions_is_upserted_and_counted_like_any_other() {
    let db = Db::new().await;
    raw_table(
        &db,
        "job_id",
        "PARTITION BY HASH (job_id);
         CREATE TABLE p0 PARTITION OF raw_jobs FOR VALUES WITH (MODULUS 2, REMAINDER 0);
         CREATE TABLE p1 PARTITION OF raw_jobs FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
    )
    .await;
    let counts = |report: &serde_json::Value| {
        ["inserted", "updated", "unchanged"].map(|name| report[name].as_u64().unwrap())
    };
    let csv = "job_id,title,salary\n1,A,x\n2,B,\n3,C,\n";
    assert_eq!(counts(&report(&db, "a.csv", csv.as_bytes())), [3, 0, 0]);
    let again = csv.replace("2,B", "2,Bb") + "4,D,\n";
    assert_eq!(counts(&report(&db, "a.csv", again.as_bytes())), [1, 1, 2]);
    let partial = "{\"job_id\":\"1\",\"title\":\"Aa\"}\n{\"job_id\":\"2\"}\n{\"job_id\":\"5\",\"title\":\"E\"}\n";
    assert_eq!(
        counts(&report(&db, "a.jsonl", partial.as_bytes())),
        [1, 1, 1]
    );
    let rows = "SELECT string_agg(job_id || title || coalesce(salary, ''), ',' ORDER BY job_id) FROM raw_jobs";
    assert_eq!(db.one(rows).await, "1Aax,2Bb,3C,4D,5E");
}

#[tokio::test]
async fn a_posting_moves_to_the_month_of_its_last_crawl() {
    let db = Db::new().await;
    raw_table(
        &db,
        "job_id, month",
        "PARTITION BY RANGE (month);
         CREATE TABLE january PARTITION OF raw_jobs FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
         CREATE TABLE february PARTITION OF raw_jobs FOR VALUES FROM ('2026-02-01') TO ('2026-03-01')",
    )
    .await;
    let counts = |report: &serde_json::Value| {
        ["inserted", "updated", "unchanged", "rejected"].map(|name| report[name].as_u64().unwrap())
    };
    let rows = "SELECT string_agg(concat_ws(' ', tableoid::regclass, job_id, title), ', ' ORDER BY job_id) FROM raw_jobs";

    // March has no partition.
    let csv = "job_id,title,month\n1,A,2026-01-01\n2,B,2026-01-02\n3,C,2026-03-01\n";
    assert_eq!(counts(&report(&db, "a.csv", csv.as_bytes())), [2, 0, 0, 1]);
    let later = "job_id,title,month\n1,A,2026-02-01\n2,B,2026-01-02\n4,D,2026-02-01\n";
    let later = report(&db, "b.csv", later.as_bytes());
    assert_eq!(counts(&later), [1, 1, 1, 0]);
    assert_eq!(
        db.one(rows).await,
        "february 1 A, january 2 B, february 4 D"
    );

    // A file without the month changes the row where it is. A new row has the default.
    let without = report(&db, "c.csv", b"job_id,title\n1,Aa\n5,E\n");
    assert_eq!(counts(&without), [1, 1, 0, 0]);
    let all = "february 1 Aa, january 2 B, february 4 D, january 5 E";
    assert_eq!(db.one(rows).await, all);
}
