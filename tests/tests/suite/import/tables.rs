//! Tables with identity columns, limits, ranges of dates, and columns that a file does not have.

use jobinsight_tests::Db;

use super::report;

const ROWS: &str = "SELECT string_agg(job_id || title || coalesce(salary, '-'), ' ' ORDER BY job_id) FROM raw_jobs";

#[tokio::test]
async fn a_file_without_a_column_that_must_have_a_value_updates_existing_rows() {
    let db = Db::new().await;
    report(&db, "a.csv", b"job_id,title,salary\n1,A,9\n2,B,9\n");
    let patch = report(&db, "b.csv", b"job_id,salary\n1,10\n2,9\n3,11\n");
    assert_eq!(
        (&patch["updated"], &patch["unchanged"], &patch["rejected"]),
        (&1.into(), &1.into(), &1.into()),
        "{patch}"
    );
    assert_eq!(db.one(ROWS).await, "1A10 2B9");
}

#[tokio::test]
async fn a_value_beyond_a_limit_of_postgresql_rejects_only_its_record() {
    let db = Db::new().await;
    db.client
        .batch_execute(
            "ALTER TABLE raw_jobs ADD number bigint GENERATED ALWAYS AS IDENTITY, ADD short name;
             CREATE INDEX ON raw_jobs (job_url)",
        )
        .await
        .unwrap();
    // Digits that PostgreSQL cannot compress to the size of an entry of an index.
    let mut state = 1_u64;
    let digit = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        char::from_digit((state >> 60) as u32, 16)
    };
    let long: String = std::iter::repeat_with(digit)
        .take(20_000)
        .flatten()
        .collect();
    let deep = "[".repeat(20_000) + &"]".repeat(20_000);
    let csv = format!(
        "job_id,title,job_url,skills,number,short\n1,A,x,[],7,{}\n2,B,{long},,8,\n3,C,y,{deep},9,\n4,D,z,,9,é\n5,E,,,,\n6,F,,,,\n",
        "n".repeat(64)
    );
    let report = report(&db, "a.csv", csv.as_bytes());
    assert_eq!(
        (
            &report["inserted"],
            &report["rejected"],
            &report["ignored_columns"]
        ),
        (&3.into(), &3.into(), &serde_json::json!(["number"])),
        "{report}"
    );
    assert_eq!(db.one(ROWS).await, "4D- 5E- 6F-");
}

#[tokio::test]
async fn a_range_of_dates_has_the_order_of_a_date() {
    let db = Db::new().await;
    db.client
        .batch_execute("ALTER TABLE raw_jobs ADD open daterange")
        .await
        .unwrap();
    let csv = "job_id,title,open\n1,A,\"[05/11/2025,06/11/2025)\"\n";
    assert_eq!(report(&db, "a.csv", csv.as_bytes())["inserted"], 1);
    assert_eq!(
        db.one("SELECT open::text FROM raw_jobs").await,
        "[2025-11-05,2025-11-06)"
    );
}
