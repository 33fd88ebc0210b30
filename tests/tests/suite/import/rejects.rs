//! Rejected records: how many an import accepts, and how they are stored.

use jobinsight_tests::Db;

use super::report;

fn import(db: &Db, text: &[u8], env: &[(&str, &str)]) -> jobinsight_tests::CommandOutput {
    let file = db.state.path().join("a.csv");
    std::fs::write(&file, text).unwrap();
    db.json_with(&["import", file.to_str().unwrap()], env)
}

/// A file of `good` records and `bad` records, whose time is not a time.
fn file(good: usize, bad: usize) -> String {
    let good = (0..good).map(|n| format!("g{n},A,\n"));
    let bad = (0..bad).map(|n| format!("b{n},A,x{n}\n"));
    "job_id,title,crawled_at\n".to_owned() + &good.chain(bad).collect::<String>()
}

#[tokio::test]
async fn an_import_that_rejects_too_many_records_exits_3_and_imports_nothing() {
    let db = Db::new().await;
    for (good, bad) in [(0, 1), (1, 2), (400, 10)] {
        let import = import(&db, file(good, bad).as_bytes(), &[]);
        import.failed(3, "jobinsight::import::quality");
        let message = import.error_message();
        assert!(
            message.starts_with(&format!("{bad} of {} ", good + bad)),
            "{message}"
        );
        let help = import.object()["error"]["help"].to_string();
        let accept = "ETL_IMPORT__INTEGRITY_THRESHOLD=0 ";
        let (_, command) = help.split_once(accept).unwrap();
        assert!(command.contains(" import "), "{help}");
    }
    assert_eq!(db.count("SELECT count(*) FROM raw_jobs").await, 0);
    let none = "SELECT count(*) FROM pg_tables WHERE tablename = 'import_rejects'";
    assert_eq!(db.count(none).await, 0);
    for (good, bad) in [(1, 1), (20, 9), (490, 10)] {
        import(&db, file(good, bad).as_bytes(), &[]).ok();
    }
    let accepted = [("ETL_IMPORT__INTEGRITY_THRESHOLD", "0")];
    import(&db, file(0, 20).as_bytes(), &accepted).ok();
    let strict = [("ETL_IMPORT__INTEGRITY_THRESHOLD", "1")];
    import(&db, file(99, 1).as_bytes(), &strict).failed(3, "jobinsight::import::quality");
}

#[tokio::test]
async fn a_file_in_another_encoding_fails_and_the_help_says_how_to_convert_it() {
    let db = Db::new().await;
    let import = self::import(&db, b"job_id,title\n1,K\xea To\xe1n\n2,L\xe1i Xe\n", &[]);
    import.failed(3, "jobinsight::import::quality");
    assert!(
        import
            .error_message()
            .contains("2 × not_text, such as line 2"),
        "{}",
        import.error_message()
    );
    let help = import.object()["error"]["help"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        help.contains("iconv -f windows-1258") && help.contains("--encoding windows-1258"),
        "{help}"
    );
    let half = b"job_id,title\n1,Kho\n2,Nhan\n3,K\xea To\xe1n\n4,L\xe1i Xe\n";
    self::import(&db, half, &[]).failed(3, "jobinsight::import::quality");
}

#[tokio::test]
async fn the_same_bad_lines_are_stored_once_however_often_they_are_imported() {
    let db = Db::new().await;
    let text = "job_id,title\n1,A\n2,B\n3,C\n4\n4\n";
    report(&db, "monday.csv", text.as_bytes());
    let more = format!("{text}5,D\n6\n").replace("1,A\n", "1,A\n7,E\n");
    report(&db, "tuesday.csv", more.as_bytes());
    let rows = db.one("SELECT string_agg(concat_ws(' ', content, line, times_seen, copy, cause), ', ' ORDER BY id) FROM jobinsight_staging.import_rejects WHERE origin LIKE '%tuesday.csv'").await;
    assert_eq!(
        rows,
        "4 6 2 1 field_count, 4 7 2 2 field_count, 6 9 1 1 field_count"
    );
    assert_eq!(
        db.count("SELECT count(*) FROM jobinsight_staging.import_rejects")
            .await,
        3
    );
}

#[tokio::test]
async fn a_line_whose_number_is_in_the_reason_is_stored_once() {
    let db = Db::new().await;
    let bad = "2,\"open\n3,C\n4,D\n";
    for good in ["1,A\n", "1,A\n5,E\n", ""] {
        report(
            &db,
            "a.csv",
            format!("job_id,title\n{good}{bad}").as_bytes(),
        );
    }
    let rows = "SELECT string_agg(times_seen || ' ' || reason, ', ') FROM jobinsight_staging.import_rejects";
    assert_eq!(
        db.one(rows).await,
        "3 a quote opens a field in line 2 and is never closed"
    );
}

#[tokio::test]
async fn the_table_of_an_earlier_version_gets_the_new_columns() {
    let db = Db::new().await;
    db.client
        .batch_execute(
            "CREATE SCHEMA jobinsight_staging;
             CREATE TABLE jobinsight_staging.import_rejects (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                 imported_at TIMESTAMPTZ NOT NULL DEFAULT now(), origin TEXT NOT NULL, line BIGINT NOT NULL, reason TEXT NOT NULL, content TEXT);
             INSERT INTO jobinsight_staging.import_rejects (origin, line, reason) VALUES ('old.csv', 1, 'old')",
        )
        .await
        .unwrap();
    report(&db, "a.csv", b"job_id,title\n1,A\n2\n");
    let rows = "SELECT string_agg(reason || times_seen, ', ' ORDER BY id) FROM jobinsight_staging.import_rejects";
    assert_eq!(db.one(rows).await, "old1, 1 fields where the header has 21");
}

#[tokio::test]
async fn rejected_records_of_imports_are_listed_and_purged() {
    let db = Db::new().await;
    let list = |args: &[&str]| {
        let all = [&["rejects", "imports", "list"], args].concat();
        db.json(&all).ok().object()["rejects"]
            .as_array()
            .unwrap()
            .clone()
    };
    let purge = |args: &[&str]| {
        let all = [&["rejects", "imports", "purge"], args].concat();
        db.json(&all).ok().object()["purged"].as_u64().unwrap()
    };
    assert_eq!((list(&[]).len(), purge(&["--all"])), (0, 0));
    report(&db, "a.csv", b"job_id,title\n1,A\n2\n1.5E+09,C\n4,D\n");
    report(&db, "b.csv", b"job_id,title\n5,A\n6\n");
    let file = db.state.path().join("b.csv").display().to_string();
    assert_eq!((list(&[]).len(), list(&["--limit", "2"]).len()), (3, 2));
    assert_eq!(list(&["--file", &file]).len(), 1);
    let changed = &list(&["--cause", "changed_key"])[0];
    assert_eq!(
        (&changed["line"], &changed["times_seen"]),
        (&4.into(), &1.into())
    );
    assert!(
        changed["last_seen_at"].as_str().unwrap().contains('T'),
        "{changed}"
    );
    assert_eq!(db.jobinsight(&["rejects", "imports", "purge"]).code, 2);
    assert_eq!(purge(&["--older-than", "1"]), 0);
    assert_eq!(purge(&["--file", &file, "--older-than", "0"]), 1);
    assert_eq!((purge(&["--all"]), list(&[]).len()), (2, 0));
    assert!(
        db.jobinsight(&["rejects", "imports", "list"])
            .ok()
            .stdout
            .contains("No record")
    );
}
