//! Defaults that a role, a database or the environment sets for each session. A run has the same content, or it is refused
//! with the name of the default.

use jobinsight_tests::Db;

use super::privileges::{as_role, role};
use super::{AS_OF, LENIENT, lenient_and, postings, undisturbed};

/// A run that is cut into many batches, so that its lanes work at the same time.
const RUN: [&str; 7] = super::in_batches("2", "4");

/// Groups of defaults that must not change a run. `transaction_timeout` exists from version 17 on.
const DEFAULTS: &[&[(&str, &str)]] = &[
    &[
        ("default_transaction_isolation", "'serializable'"),
        ("default_transaction_deferrable", "on"),
        ("row_security", "on"),
        ("synchronous_commit", "off"),
        ("check_function_bodies", "off"),
    ],
    &[("default_transaction_isolation", "'repeatable read'")],
    &[
        ("datestyle", "'German, DMY'"),
        ("intervalstyle", "'iso_8601'"),
        ("timezone", "'Asia/Ho_Chi_Minh'"),
        ("bytea_output", "'escape'"),
        ("extra_float_digits", "-15"),
        ("client_encoding", "'LATIN1'"),
        ("xmloption", "'document'"),
        ("lc_numeric", "'C'"),
        ("search_path", "nowhere"),
    ],
    &[
        ("datestyle", "'SQL, YMD'"),
        ("timezone", "'America/St_Johns'"),
        ("quote_all_identifiers", "on"),
        ("standard_conforming_strings", "off"),
        ("backslash_quote", "off"),
        ("array_nulls", "off"),
        ("transform_null_equals", "on"),
        ("exit_on_error", "on"),
        ("search_path", "''"),
    ],
    &[
        ("statement_timeout", "'150ms'"),
        ("lock_timeout", "'1ms'"),
        ("idle_in_transaction_session_timeout", "'1ms'"),
        ("idle_session_timeout", "'150ms'"),
        ("transaction_timeout", "'150ms'"),
        ("search_path", "public, pg_catalog"),
    ],
    &[
        ("session_replication_role", "'replica'"),
        ("client_min_messages", "'debug1'"),
        ("track_activities", "off"),
        ("track_counts", "off"),
        ("max_parallel_workers_per_gather", "0"),
        ("work_mem", "'64kB'"),
        ("plan_cache_mode", "'force_generic_plan'"),
        ("constraint_exclusion", "'on'"),
    ],
    &[
        ("enable_hashjoin", "off"),
        ("enable_seqscan", "off"),
        ("enable_sort", "off"),
        ("geqo_threshold", "2"),
        ("jit_above_cost", "0"),
        ("default_statistics_target", "1"),
    ],
];

/// The defaults of a group that this server knows.
async fn known(
    db: &Db,
    group: &[(&'static str, &'static str)],
) -> Vec<(&'static str, &'static str)> {
    let mut known = Vec::new();
    for (name, value) in group {
        let sql = format!("SELECT count(*) FROM pg_settings WHERE lower(name) = '{name}'");
        if db.count(&sql).await == 1 {
            known.push((*name, *value));
        } else {
            eprintln!("SKIPPED: this server does not have the setting {name}");
        }
    }
    known
}

#[tokio::test]
async fn defaults_of_a_role_do_not_change_a_run() {
    let wanted = undisturbed(12).await;
    for group in DEFAULTS {
        let db = Db::new().await;
        postings(&db, 12).await;
        let role = role(&db, "SUPERUSER").await;
        for (name, value) in known(&db, group).await {
            db.client
                .batch_execute(&format!("ALTER ROLE {role} SET {name} = {value}"))
                .await
                .unwrap();
        }
        let url = as_role(&db, &role);
        let run = db.json_with(&RUN, &lenient_and(&[("DATABASE_URL", &url)]));
        assert_eq!(run.code, 0, "{group:?}: {}", run.stderr);
        assert_eq!(db.content().await, wanted, "{group:?}");
        db.json_with(&["doctor"], &[("DATABASE_URL", &url)]).ok();
        db.client
            .batch_execute(&format!("DROP OWNED BY {role} CASCADE; DROP ROLE {role}"))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_role_that_works_as_another_role_can_run() {
    let db = Db::new().await;
    db.json(&["run"]).ok();
    postings(&db, 12).await;
    let (member, owner) = (role(&db, "").await, "jobinsight");
    db.client
        .batch_execute(&format!(
            "GRANT {owner} TO {member}; ALTER ROLE {member} SET role = '{owner}'"
        ))
        .await
        .unwrap();
    let url = as_role(&db, &member);
    db.json_with(&RUN, &lenient_and(&[("DATABASE_URL", &url)]))
        .ok();
    assert_eq!(db.content().await, undisturbed(12).await);
}

#[tokio::test]
async fn a_role_that_is_read_only_by_default_is_refused_by_name() {
    let db = Db::new().await;
    postings(&db, 3).await;
    let role = role(&db, "SUPERUSER").await;
    db.client
        .batch_execute(&format!(
            "ALTER ROLE {role} SET default_transaction_read_only = on"
        ))
        .await
        .unwrap();
    let url = as_role(&db, &role);
    for args in [&["run"][..], &["doctor"]] {
        let refused = db.json_with(args, &[("DATABASE_URL", &url)]);
        assert_eq!(refused.code, 2, "{args:?}: {}", refused.stderr);
        let shown = format!("{}{}", refused.stdout, refused.stderr);
        assert!(shown.contains("default_transaction_read_only"), "{shown}");
    }
}

#[tokio::test]
async fn row_level_security_that_hides_rows_is_named() {
    for (table, qualified) in [
        ("raw_jobs", "public.raw_jobs"),
        (
            "jobinsight_staging.staging_jobs",
            "jobinsight_staging.staging_jobs",
        ),
    ] {
        let db = Db::new().await;
        postings(&db, 3).await;
        db.json_with(&["run", "--as-of", AS_OF], LENIENT).ok();
        let role = role(&db, "").await;
        db.client
            .batch_execute(&format!(
                "GRANT USAGE ON SCHEMA jobinsight_staging TO {role}; GRANT SELECT ON raw_jobs TO {role};
                 GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA jobinsight_staging TO {role};
                 GRANT TRUNCATE ON jobinsight_staging.etl_work TO {role};
                 ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
            ))
            .await
            .unwrap();
        db.post("new", "Kế Toán").await;
        let url = as_role(&db, &role);
        let login = [("DATABASE_URL", url.as_str())];
        let run = db.json_with(&["run"], &login);
        run.failed(1, "jobinsight::database::row_security");
        assert!(
            run.error_message().contains(qualified) && run.stdout.contains("BYPASSRLS"),
            "{}",
            run.stdout
        );
        if table == "raw_jobs" {
            let file = db.state.path().join("a.csv");
            std::fs::write(&file, "job_id,title\n1,A\n").unwrap();
            let grants = format!("GRANT INSERT, UPDATE ON raw_jobs TO {role}");
            db.client.batch_execute(&grants).await.unwrap();
            db.json_with(&["import", file.to_str().unwrap()], &login)
                .failed(1, "jobinsight::database::row_security");
        }
        let doctor = db.json_with(&["doctor"], &login);
        assert_eq!(doctor.code, 1, "{}", doctor.stdout);
        assert!(
            doctor.stdout.contains("row_security") && doctor.stdout.contains(qualified),
            "{}",
            doctor.stdout
        );
        db.client
            .batch_execute(&format!("ALTER ROLE {role} BYPASSRLS"))
            .await
            .unwrap();
        db.json_with(&["doctor"], &login).ok();
        db.json_with(&["run", "--as-of", AS_OF], &login).ok();
        db.client
            .batch_execute(&format!("DROP OWNED BY {role} CASCADE; DROP ROLE {role}"))
            .await
            .unwrap();
    }
}
