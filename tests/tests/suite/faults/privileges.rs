//! Roles with few privileges. The documented privileges are enough, and a message prints the GRANT for each missing one.

use jobinsight_tests::Db;

use super::{AS_OF, LENIENT, assert_promises, lenient_and, postings};

/// The URL of the same database for another role.
pub(super) fn as_role(db: &Db, role: &str) -> String {
    let rest = db.url.rsplit_once('@').unwrap().1;
    format!("postgresql://{role}:secret@{rest}")
}

/// Creates a role for this test. Its name contains the name of the database, because all databases share the roles.
pub(super) async fn role(db: &Db, options: &str) -> String {
    let name = format!("role_{}", db.url.rsplit('/').next().unwrap());
    let sql =
        format!("DROP ROLE IF EXISTS {name}; CREATE ROLE {name} LOGIN PASSWORD 'secret' {options}");
    db.client.batch_execute(&sql).await.unwrap();
    name
}

#[tokio::test]
async fn the_documented_privileges_are_enough() {
    let db = Db::new().await;
    db.json(&["run"]).ok();
    postings(&db, 8).await;
    let name = role(&db, "").await;
    let guide = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../docs/04-troubleshooting.md"
    ))
    .unwrap();
    let grants = guide
        .split("```sql\nGRANT")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    let grants = format!("GRANT{grants}").replace(" etl;", &format!(" {name};"));
    db.client.batch_execute(&grants).await.unwrap();
    let url = as_role(&db, &name);
    let strict = [
        ("DATABASE_URL", url.as_str()),
        ("ETL_INTEGRITY_THRESHOLD", "1"),
    ];
    db.json_with(&["run", "--as-of", AS_OF, "--batch-size", "3"], &strict)
        .failed(3, "jobinsight::quality::integrity");
    db.json_with(&["retry"], &lenient_and(&[("DATABASE_URL", &url)]))
        .ok();
    for args in [
        &["doctor"][..],
        &["status"],
        &["runs", "list"],
        &["runs", "show"],
        &["rejects", "list"],
        &["rejects", "replay", "--all"],
    ] {
        db.json_with(args, &[("DATABASE_URL", &url)]).ok();
    }
    db.json_with(
        &["run", "--as-of", AS_OF],
        &[("DATABASE_URL", &url), ("ETL_INTEGRITY_THRESHOLD", "0")],
    )
    .ok();
    assert_promises(&db, 8).await;
    db.client
        .batch_execute(&format!("DROP OWNED BY {name}"))
        .await
        .unwrap();
}

#[tokio::test]
async fn the_printed_grants_are_enough() {
    let db = Db::new().await;
    printed_grants_are_enough(&db).await;
    // The schema exists, and another role owns it.
    let db = Db::new().await;
    db.json(&["run"]).ok();
    printed_grants_are_enough(&db).await;
    // No role may create temporary tables.
    let db = Db::new().await;
    let name = db.url.rsplit('/').next().unwrap();
    db.client
        .batch_execute(&format!("REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC"))
        .await
        .unwrap();
    printed_grants_are_enough(&db).await;
    // An administrator created the schema, and nothing in it.
    let db = Db::new().await;
    db.client
        .batch_execute("CREATE SCHEMA jobinsight_staging")
        .await
        .unwrap();
    printed_grants_are_enough(&db).await;
    // No role may execute the functions of another one.
    let db = Db::new().await;
    db.json(&["run"]).ok();
    db.client
        .batch_execute("REVOKE EXECUTE ON ALL ROUTINES IN SCHEMA jobinsight_staging FROM PUBLIC")
        .await
        .unwrap();
    printed_grants_are_enough(&db).await;
}

#[tokio::test]
async fn a_schema_that_an_administrator_created_for_the_role_is_used() {
    let db = Db::new().await;
    postings(&db, 3).await;
    let name = role(&db, "").await;
    db.client
        .batch_execute(&format!(
            "GRANT SELECT, INSERT, UPDATE ON raw_jobs TO {name}; CREATE SCHEMA jobinsight_staging AUTHORIZATION {name}"
        ))
        .await
        .unwrap();
    let url = as_role(&db, &name);
    let login = [("DATABASE_URL", url.as_str()), LENIENT[0]];
    let file = db.state.path().join("a.csv");
    std::fs::write(&file, "job_id,title\n,x\na,y\n").unwrap();
    db.json_with(&["import", file.to_str().unwrap()], &login)
        .ok();
    db.json_with(&["run", "--as-of", AS_OF], &login).ok();
    db.json_with(&["doctor"], &login).ok();
    db.assert_all_accounted_for().await;
}

#[tokio::test]
async fn the_printed_grants_are_enough_for_an_import() {
    for (has_table, has_schema) in [(true, false), (true, true), (false, false)] {
        let db = Db::new().await;
        if has_schema {
            db.json(&["run"]).ok();
        }
        if !has_table {
            db.client
                .batch_execute("DROP TABLE raw_jobs; REVOKE CREATE ON SCHEMA public FROM PUBLIC")
                .await
                .unwrap();
        }
        let name = role(&db, "").await;
        let url = as_role(&db, &name);
        let login = [("DATABASE_URL", url.as_str())];
        let file = db.state.path().join("a.csv");
        // One record is rejected, so its table is needed too.
        std::fs::write(&file, "job_id,title\n,x\na,y\n").unwrap();
        let import = || db.json_with(&["import", "--create", file.to_str().unwrap()], &login);
        for _ in 0..4 {
            let result = import();
            if result.code == 0 {
                break;
            }
            result.failed(1, "jobinsight::database::privilege");
            let help = result.object()["error"]["help"]
                .as_str()
                .unwrap()
                .to_owned();
            let grants = help
                .strip_prefix("let an administrator run:\n")
                .unwrap_or_else(|| panic!("{help}"));
            db.client.batch_execute(grants).await.unwrap();
        }
        // The role imports again, into a table that another role may own.
        import().ok();
        assert_eq!(db.count("SELECT count(*) FROM raw_jobs").await, 1);
    }
}

#[tokio::test]
async fn a_role_that_may_not_connect_is_told_the_grant() {
    let db = Db::new().await;
    let name = role(&db, "").await;
    let database = db.url.rsplit('/').next().unwrap();
    db.client
        .batch_execute(&format!(
            "REVOKE CONNECT ON DATABASE {database} FROM PUBLIC"
        ))
        .await
        .unwrap();
    let url = as_role(&db, &name);
    let status = db.json_with(&["status"], &[("DATABASE_URL", &url)]);
    status.failed(2, "jobinsight::database::login");
    let help = status.object()["error"]["help"]
        .as_str()
        .unwrap()
        .to_owned();
    let grant = help.strip_prefix("let an administrator run: ").unwrap();
    db.client.batch_execute(grant).await.unwrap();
    db.json_with(&["status"], &[("DATABASE_URL", &url)]).ok();
}

/// Runs the printed GRANTs until none is missing.
async fn printed_grants_are_enough(db: &Db) {
    postings(db, 3).await;
    let name = role(db, "").await;
    let url = as_role(db, &name);
    let login = [("DATABASE_URL", url.as_str()), LENIENT[0]];
    for _ in 0..4 {
        let doctor = db.json_with(&["doctor"], &login);
        let run = db.json_with(&["run", "--as-of", AS_OF], &login);
        if run.code == 0 {
            db.json_with(&["doctor"], &login).ok();
            assert_promises(db, 3).await;
            return;
        }
        assert_eq!((doctor.code, run.code), (1, 1), "{}", run.stderr);
        let help = run.object()["error"]["help"].as_str().unwrap().to_owned();
        let grants = help
            .strip_prefix("let an administrator run:\n")
            .unwrap_or_else(|| panic!("{help}"));
        assert!(
            grants.contains("GRANT ") && grants.contains(&name),
            "{grants}"
        );
        db.client.batch_execute(grants).await.unwrap();
    }
    panic!("the printed GRANTs are not enough");
}
