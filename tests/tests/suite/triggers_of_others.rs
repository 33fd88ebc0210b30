//! Triggers that others add to the tables. They may refuse, drop or keep a row.

use jobinsight_tests::Db;

/// Bodies of a trigger that refuses the posting `n3`.
const REFUSE: [&str; 3] = [
    "RAISE EXCEPTION 'we do not want %', NEW.job_id",
    "RAISE EXCEPTION USING ERRCODE = 'ZZ001', MESSAGE = 'we do not want ' || NEW.job_id",
    "RAISE check_violation USING MESSAGE = 'we do not want ' || NEW.job_id",
];

/// Creates a trigger function `f` that executes a statement for one posting.
async fn function(db: &Db, condition: &str, statement: &str) {
    db.client
        .batch_execute(&format!(
            "CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN IF {condition} THEN {statement}; END IF; RETURN coalesce(NEW, OLD); END $$"
        ))
        .await
        .unwrap();
}

/// 100 published postings, and a trigger on staging.
async fn published_with(trigger: &str) -> Db {
    let db = Db::new().await;
    for n in 0..100 {
        db.post(&n.to_string(), "Kế Toán").await;
    }
    db.json(&["run"]).ok();
    function(&db, "false", "RAISE 'never'").await;
    db.client
        .batch_execute(&format!(
            "CREATE {trigger} ON jobinsight_staging.staging_jobs FOR EACH ROW EXECUTE FUNCTION f()"
        ))
        .await
        .unwrap();
    db
}

#[tokio::test]
async fn a_trigger_that_raises_an_error_rejects_only_its_row() {
    for trigger in [
        "TRIGGER t BEFORE INSERT OR UPDATE",
        "TRIGGER t AFTER INSERT OR UPDATE",
    ] {
        for refuse in REFUSE {
            let db = published_with(trigger).await;
            function(&db, "NEW.job_id = 'n3'", refuse).await;
            for n in 0..20 {
                db.post(&format!("n{n}"), "Lái Xe").await;
            }
            let run = db.json(&["run"]).ok();
            assert_eq!(
                (run.stat("new"), run.stat("rejected")),
                (19, 1),
                "{trigger}: {refuse}"
            );
            let reject = db.json(&["rejects", "show", "n3"]).ok().object();
            assert!(
                reject["value"]
                    .as_str()
                    .unwrap()
                    .contains("we do not want n3"),
                "{reject}"
            );
            db.assert_all_accounted_for().await;
        }
    }
}

#[tokio::test]
async fn a_deferred_trigger_that_raises_an_error_rejects_only_its_row() {
    let db = published_with("CONSTRAINT TRIGGER t AFTER INSERT OR UPDATE").await;
    db.client
        .batch_execute("DROP TRIGGER t ON jobinsight_staging.staging_jobs; CREATE CONSTRAINT TRIGGER t AFTER INSERT ON jobinsight_staging.staging_jobs DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION f()")
        .await
        .unwrap();
    function(&db, "NEW.job_id = 'n3'", REFUSE[0]).await;
    for n in 0..20 {
        db.post(&format!("n{n}"), "Lái Xe").await;
    }
    let run = db.json(&["run"]).ok();
    assert_eq!((run.stat("new"), run.stat("rejected")), (19, 1));
    db.assert_all_accounted_for().await;
}

#[tokio::test]
async fn a_trigger_that_raises_an_error_for_every_row_closes_the_quality_gate() {
    let db = published_with("TRIGGER t BEFORE INSERT").await;
    function(&db, "true", "RAISE 'the warehouse is closed'").await;
    for n in 0..60 {
        db.post(&format!("n{n}"), "Lái Xe").await;
    }
    let run = db.json(&["run"]);
    run.failed(3, "jobinsight::quality::integrity");
    assert!(
        run.error_message().contains("the warehouse is closed"),
        "{}",
        run.error_message()
    );
}

#[tokio::test]
async fn a_trigger_that_refuses_a_deletion_keeps_only_its_row() {
    for refuse in [
        "RAISE EXCEPTION 'never delete'",
        "RAISE EXCEPTION USING ERRCODE = 'ZZ001', MESSAGE = 'never delete'",
    ] {
        let db = published_with("TRIGGER t BEFORE DELETE").await;
        function(&db, "OLD.job_id = '1'", refuse).await;
        db.post("1", " ").await;
        db.post("2", " ").await;
        db.post("n1", "Lái Xe").await;
        let run = db.json(&["run"]).ok();
        assert_eq!(
            (run.stat("new"), run.object()["kept_in_staging"].as_u64()),
            (1, Some(1)),
            "{refuse}"
        );
    }
}

#[tokio::test]
async fn triggers_of_the_raw_table_drop_or_refuse_only_their_records() {
    let db = Db::new().await;
    let file = db.state.path().join("a.csv");
    let records = (0..40).map(|n| format!("n{n},Kế Toán\n"));
    std::fs::write(
        &file,
        "job_id,title\n".to_owned() + &records.collect::<String>(),
    )
    .unwrap();
    let import = || db.json(&["import", file.to_str().unwrap()]);
    db.client
        .batch_execute("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$; CREATE TRIGGER ours BEFORE INSERT ON raw_jobs FOR EACH ROW EXECUTE FUNCTION f()")
        .await
        .unwrap();
    function(&db, "NEW.job_id = 'n3'", "RETURN NULL").await;
    let report = import().ok().object()["files"][0]["report"].clone();
    assert_eq!(
        (
            &report["inserted"],
            &report["unchanged"],
            &report["dropped"]
        ),
        (&39.into(), &0.into(), &1.into())
    );
    assert_eq!(report["triggers"], serde_json::json!(["ours"]));
    let again = db
        .jobinsight(&["import", file.to_str().unwrap()])
        .ok()
        .stdout;
    assert!(
        again.contains("39 unchanged") && again.contains("1 record dropped by a trigger"),
        "{again}"
    );
    for refuse in REFUSE {
        function(&db, "NEW.job_id = 'n3'", refuse).await;
        let report = import().ok().object()["files"][0]["report"].clone();
        assert_eq!(
            (&report["unchanged"], &report["rejected"]),
            (&39.into(), &1.into()),
            "{refuse}"
        );
        let reason = report["rejects"][0]["reason"].as_str().unwrap();
        assert!(reason.contains("we do not want n3"), "{reason}");
    }
}

#[tokio::test]
async fn records_that_a_trigger_of_the_raw_table_drops_are_not_unchanged() {
    // The file without `title` is written by an update and an insert, and the other file by an upsert.
    for header in ["job_id,title,salary", "job_id,salary"] {
        let db = Db::new().await;
        for n in 0..10 {
            db.post(&n.to_string(), "Kế Toán").await;
        }
        let file = db.state.path().join("a.csv");
        let import = |salary: &str| {
            let title = if header.contains("title") {
                "Kế Toán,"
            } else {
                ""
            };
            let records = (0..10).map(|n| match n {
                0..3 => format!("{n},{title}\n"),
                _ => format!("{n},{title}{salary}\n"),
            });
            let records: String = records.collect();
            std::fs::write(&file, format!("{header}\n{records}")).unwrap();
            let output = db.json(&["import", file.to_str().unwrap()]).ok();
            let report = output.object()["files"][0]["report"].clone();
            ["updated", "unchanged", "dropped"].map(|name| report[name].as_u64().unwrap())
        };
        db.client
            .batch_execute("UPDATE raw_jobs SET salary = NULL")
            .await
            .unwrap();
        function(&db, "NEW.job_id IN ('4', '5')", "RETURN NULL").await;
        db.client
            .batch_execute(
                "CREATE TRIGGER t BEFORE UPDATE ON raw_jobs FOR EACH ROW EXECUTE FUNCTION f()",
            )
            .await
            .unwrap();
        assert_eq!(import("9 triệu"), [5, 3, 2], "{header}");
        assert_eq!(import("9 triệu"), [0, 8, 2], "{header}");
        // A trigger that changes each record drops none.
        function(&db, "true", "NEW.salary := upper(NEW.salary)").await;
        db.client
            .batch_execute("DROP TRIGGER t ON raw_jobs; CREATE TRIGGER t BEFORE INSERT OR UPDATE ON raw_jobs FOR EACH ROW EXECUTE FUNCTION f()")
            .await
            .unwrap();
        assert_eq!(import("10 triệu"), [7, 3, 0], "{header}");
        let [_, _, dropped] = import("10 triệu");
        assert_eq!(dropped, 0, "{header}");
    }
}

#[tokio::test]
async fn a_deferred_constraint_of_the_raw_table_rejects_only_its_records() {
    let db = Db::new().await;
    db.client
        .batch_execute("CREATE TABLE company (name text PRIMARY KEY); INSERT INTO company VALUES ('Ánh Dương');
             ALTER TABLE raw_jobs ALTER COLUMN company_name TYPE text, ADD FOREIGN KEY (company_name) REFERENCES company DEFERRABLE INITIALLY DEFERRED")
        .await
        .unwrap();
    let file = db.state.path().join("a.csv");
    let records = (0..20).map(|n| match n {
        7 => "7,Kế Toán,Nobody\n".to_owned(),
        _ => format!("{n},Kế Toán,Ánh Dương\n"),
    });
    let records: String = records.collect();
    std::fs::write(&file, format!("job_id,title,company_name\n{records}")).unwrap();
    let output = db.json(&["import", file.to_str().unwrap()]).ok();
    let report = output.object()["files"][0]["report"].clone();
    assert_eq!(
        (&report["inserted"], &report["rejected"]),
        (&19.into(), &1.into())
    );
    let reason = report["rejects"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("foreign key"), "{reason}");
}
