//! Lines of CSV that other programs add or change.

use jobinsight_tests::Db;

use super::report;

const KEYS: &str = "SELECT string_agg(job_id, ',' ORDER BY job_id) FROM raw_jobs";

#[tokio::test]
async fn the_header_of_a_file_that_was_joined_is_not_a_posting() {
    let db = Db::new().await;
    let csv = "\u{feff}job_id, title\n1,A\n2,B\n\u{feff}job_id, title\n3,C\n";
    let report = report(&db, "a.csv", csv.as_bytes());
    assert_eq!(
        (&report["inserted"], &report["rejects"][0]["cause"]),
        (&3.into(), &"repeated_header".into()),
        "{report}"
    );
    assert_eq!(db.one(KEYS).await, "1,2,3");
}

#[tokio::test]
async fn quotes_do_not_become_part_of_a_value() {
    let db = Db::new().await;
    let csv = "job_id,title\n1, \"Kế Toán\"\n2,Kho \"A\"\n3,\" \"\"A\"\" B\"\n4,D\n";
    let report = report(&db, "a.csv", csv.as_bytes());
    assert_eq!(
        (&report["inserted"], &report["rejects"][0]["cause"]),
        (&3.into(), &"quote".into()),
        "{report}"
    );
    assert_eq!(db.one(KEYS).await, "2,3,4");
}

#[tokio::test]
async fn the_end_of_file_character_of_dos_is_not_a_record() {
    let db = Db::new().await;
    let report = report(&db, "a.csv", b"job_id,title\r\n1,A\r\n\x1a");
    assert_eq!(
        (&report["inserted"], &report["rejected"]),
        (&1.into(), &0.into())
    );
}

#[tokio::test]
async fn lines_that_end_in_another_way_than_the_header_are_named() {
    let db = Db::new().await;
    let file = db.state.path().join("a.csv");
    std::fs::write(&file, "job_id,title\n1,A\r2,B\r3,C\r").unwrap();
    let import = db.json(&["import", file.to_str().unwrap()]);
    import.failed(3, "jobinsight::import::quality");
    let message = import.error_message();
    assert!(message.contains("tr '\\r' '\\n'"), "{message}");
}
