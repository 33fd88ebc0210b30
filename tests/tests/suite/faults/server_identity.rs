//! A server that does not tell its identity. A run needs the identity only to save time.

use jobinsight_tests::Db;

use super::privileges::{as_role, role};
use super::{AS_OF, lenient_and, postings, undisturbed};

const ROWS: usize = 8;
/// The name is free for a function of the test. Each database has its own catalog, so no other test sees the change.
const RENAME: &str =
    "ALTER FUNCTION pg_catalog.pg_control_system() RENAME TO pg_control_system_of_the_server";

#[tokio::test]
async fn a_server_that_hides_its_identity_gets_the_same_content() {
    let replaced = |body: &str| {
        format!(
            "{RENAME};
             CREATE FUNCTION pg_catalog.pg_control_system(OUT system_identifier bigint) LANGUAGE plpgsql AS $$BEGIN {body} END$$"
        )
    };
    let content = undisturbed(ROWS).await;
    for sql in [
        "REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC".to_owned(),
        RENAME.to_owned(),
        replaced("RAISE 'pg_control_system is not available on this server';"),
        replaced("RAISE insufficient_privilege;"),
        replaced("system_identifier := NULL;"),
    ] {
        let db = Db::new().await;
        postings(&db, ROWS).await;
        let name = role(&db, "").await;
        db.client
            .batch_execute(&format!(
                "{sql};
                 DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO {name}', current_database()); END $$;
                 GRANT SELECT ON raw_jobs TO {name}"
            ))
            .await
            .unwrap();
        let url = as_role(&db, &name);
        let env = lenient_and(&[("DATABASE_URL", url.as_str())]);
        let run = |args: &[&str]| {
            let all = [&["run", "--as-of", AS_OF], args].concat();
            db.json_with(&all, &env).ok()
        };
        assert_eq!(run(&[]).stat("new"), ROWS as u64, "{sql}");
        assert_eq!(db.content().await, content, "{sql}");
        run(&["--dry-run"]);
        db.client
            .batch_execute("UPDATE raw_jobs SET title = title || ' Cao Cấp' WHERE job_id = '3'")
            .await
            .unwrap();
        let again = run(&[]);
        assert_eq!(
            (again.stat("updated"), again.stat("unchanged")),
            (1, ROWS as u64 - 1),
            "{sql}"
        );
        db.client
            .batch_execute(&format!("DROP OWNED BY {name}"))
            .await
            .unwrap();
    }
}

/// Functions that a managed server may refuse, because they show or end the work of others, or reach outside the database.
const REFUSED: [&str; 10] = [
    "pg_control_system",
    "pg_terminate_backend",
    "pg_cancel_backend",
    "pg_blocking_pids",
    "pg_notify",
    "pg_logical_emit_message",
    "pg_read_file",
    "pg_ls_dir",
    "pg_stat_file",
    "pg_current_wal_lsn",
];

#[tokio::test]
async fn a_server_that_refuses_functions_gets_the_same_content() {
    let db = Db::new().await;
    postings(&db, ROWS).await;
    let name = role(&db, "").await;
    db.client
        .batch_execute(&format!(
            "DO $$ DECLARE f regprocedure; BEGIN
                 FOR f IN SELECT oid FROM pg_proc WHERE proname = ANY (string_to_array('{}', ' ')) LOOP
                     EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
                 END LOOP;
                 EXECUTE format('GRANT CREATE ON DATABASE %I TO {name}', current_database());
             END $$;
             GRANT SELECT ON raw_jobs TO {name}",
            REFUSED.join(" ")
        ))
        .await
        .unwrap();
    let url = as_role(&db, &name);
    let env = lenient_and(&[("DATABASE_URL", url.as_str())]);
    let run = db.json_with(&["run", "--as-of", AS_OF], &env).ok();
    assert_eq!(run.stat("new"), ROWS as u64);
    assert_eq!(db.content().await, undisturbed(ROWS).await);
    for args in [
        &["doctor"][..],
        &["status"],
        &["runs", "show"],
        &["explain-row", "1"],
        &["run", "--dry-run"],
        &["run", "--as-of", AS_OF],
    ] {
        db.json_with(args, &env).ok();
    }
    db.client
        .batch_execute(&format!("DROP OWNED BY {name}"))
        .await
        .unwrap();
}
