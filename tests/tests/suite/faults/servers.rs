//! A server in trouble of its own: disk, connections, standby, conflicts. No row is rejected for it.

use std::process::Command;

use jobinsight_tests::{Db, OwnServer, as_owner, open_to_all};

use super::rights::{as_role, role};
use super::{AS_OF, LENIENT, and, assert_promises, postings};

/// A disk of 4 MB; `None`, loudly, where none may be mounted.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn new() -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"])
            .arg(dir.path())
            .stderr(std::process::Stdio::null())
            .status();
        if !mounted.is_ok_and(|status| status.success()) {
            eprintln!("SKIPPED: no disk may be mounted here, so a full one is not checked");
            return None;
        }
        Some(Self(dir))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[tokio::test]
async fn a_full_disk_rejects_no_row() {
    let Some(disk) = SmallDisk::new() else { return };
    let server = OwnServer::start(&[]).await;
    let db = server.db().await;
    db.json(&["run"]).ok();
    postings(&db, 60).await;
    db.client.batch_execute("UPDATE raw_jobs SET logo_url = (SELECT string_agg(md5(random()::text), '') FROM generate_series(1, 3000) WHERE job_id IS NOT NULL)").await.unwrap();
    open_to_all(disk.0.path());
    let place = disk.0.path().join("space");
    std::fs::create_dir(&place).unwrap();
    let mut chown = Command::new("chown");
    let data = server.data();
    chown
        .arg(format!("--reference={}", data.display()))
        .arg(&place);
    assert!(chown.status().unwrap().success());
    let sql = format!("CREATE TABLESPACE small LOCATION '{}'", place.display());
    db.client.batch_execute(&sql).await.unwrap();
    db.client
        .batch_execute("ALTER TABLE jobinsight_staging.staging_jobs SET TABLESPACE small")
        .await
        .unwrap();
    let run = db.json_with(&["run", "--as-of", AS_OF, "--batch-size", "10"], LENIENT);
    run.failed(1, "jobinsight::database::disk_full");
    assert_eq!(
        db.count("SELECT count(*) FROM jobinsight_staging.etl_rejects WHERE job_id <> 'blank'")
            .await,
        0
    );
    db.client
        .batch_execute("ALTER TABLE jobinsight_staging.staging_jobs SET TABLESPACE pg_default")
        .await
        .unwrap();
    let retry = db.json_with(&["retry"], LENIENT).ok();
    assert_eq!((retry.stat("new"), retry.stat("rejected")), (60, 1));
    db.assert_all_accounted_for().await;
    db.assert_nothing_left().await;
    db.client
        .batch_execute("DROP TABLESPACE small")
        .await
        .unwrap();
}

#[tokio::test]
async fn no_connection_left_is_a_passing_failure() {
    let db = Db::new().await;
    db.json(&["run"]).ok();
    postings(&db, 4).await;
    let name = role(&db, "SUPERUSER").await;
    let url = as_role(&db, &name);
    db.json_with(&["run", "--as-of", AS_OF], &and(&[("DATABASE_URL", &url)]))
        .ok();
    db.client
        .batch_execute(&format!("ALTER ROLE {name} NOSUPERUSER CONNECTION LIMIT 0"))
        .await
        .unwrap();
    let run = db.json_with(
        &["run"],
        &and(&[("DATABASE_URL", &url), ("ETL_TIMEOUT", "3")]),
    );
    run.failed(75, "jobinsight::database::too_many_connections");
    assert_promises(&db, 4).await;
}

#[tokio::test]
#[ignore = "slow: cargo xtask faults"]
async fn no_connection_left_for_the_phases_is_said_as_what_it_is() {
    let db = Db::new().await;
    db.json(&["run"]).ok();
    postings(&db, 4).await;
    let name = role(&db, "").await;
    db.client
        .batch_execute(&format!(
            "GRANT SELECT ON raw_jobs TO {name}; GRANT USAGE ON SCHEMA jobinsight_staging TO {name};
             GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA jobinsight_staging TO {name}"
        ))
        .await
        .unwrap();
    let url = as_role(&db, &name);
    let run = db.spawn(
        &["run", "--as-of", AS_OF],
        &and(&[
            ("DATABASE_URL", &url),
            ("FAILPOINTS", "run/locked=sleep(2000)"),
        ]),
    );
    db.wait_for("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())").await;
    // The connection that holds the lock is the only one that this role gets.
    db.client
        .batch_execute(&format!("ALTER ROLE {name} CONNECTION LIMIT 1"))
        .await
        .unwrap();
    run.end()
        .failed(75, "jobinsight::database::too_many_connections");
    db.json_with(&["retry"], LENIENT).ok();
    assert_promises(&db, 4).await;
}

#[tokio::test]
async fn a_database_that_takes_no_writes_exits_2() {
    let db = Db::new().await;
    let name = db.url.rsplit('/').next().unwrap();
    db.client
        .batch_execute(&format!(
            "ALTER DATABASE {name} SET default_transaction_read_only = on"
        ))
        .await
        .unwrap();
    let run = db.json(&["run"]);
    assert!(run.stderr.contains("primary"), "{}", run.stderr);
    run.failed(2, "jobinsight::database::read_only");
}

#[tokio::test]
#[ignore = "slow: cargo xtask faults"]
async fn a_standby_exits_2() {
    let server = OwnServer::start(&[]).await;
    let db = server.db().await;
    db.json(&["run"]).ok();
    let copy = tempfile::tempdir().unwrap();
    open_to_all(copy.path());
    let mut chown = Command::new("chown");
    chown
        .arg(format!("--reference={}", server.data().display()))
        .arg(copy.path());
    assert!(chown.status().unwrap().success());
    let password = db.url.split([':', '@']).nth(2).unwrap().to_owned();
    let run = |program: &str, args: &[&str]| {
        let mut command = Command::new(server.program(program));
        command
            .args(args)
            .env("PGPASSWORD", &password)
            .current_dir("/")
            .stdout(std::process::Stdio::null());
        as_owner(&mut command, &server.data());
        assert!(command.status().unwrap().success(), "{program}");
    };
    let (data, port) = (copy.path().join("data"), server.port().to_string());
    let data = data.to_str().unwrap();
    run(
        "pg_basebackup",
        &[
            "-h",
            "127.0.0.1",
            "-p",
            &port,
            "-U",
            "jobinsight",
            "-D",
            data,
            "-R",
            "-c",
            "fast",
        ],
    );
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let options = format!("-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''");
    run(
        "pg_ctl",
        &["start", "-w", "-l", "/dev/null", "-D", data, "-o", &options],
    );
    let (login, database) = (
        db.url.rsplit_once(':').unwrap().0,
        db.url.rsplit('/').next().unwrap(),
    );
    let standby = db.json_with(
        &["run"],
        &[("DATABASE_URL", &format!("{login}:{port}/{database}"))],
    );
    run("pg_ctl", &["stop", "-m", "immediate", "-D", data]);
    standby.failed(2, "jobinsight::database::read_only");
}

#[tokio::test]
async fn a_deadlock_is_tried_again_and_counted() {
    let db = Db::new().await;
    db.json(&["run"]).ok();
    postings(&db, 8).await;
    // Whoever inserts waits for us; we then wait for the lock that it holds: a real deadlock, which PostgreSQL ends.
    db.client
        .batch_execute(
            "CREATE TABLE turn (n int); INSERT INTO turn VALUES (0);
             CREATE SEQUENCE tries;
             CREATE FUNCTION entangle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 IF nextval('tries') <= 1 THEN
                     LOCK TABLE turn IN SHARE MODE;
                     PERFORM pg_advisory_xact_lock(42);
                 END IF;
                 RETURN NULL; END $$;
             CREATE TRIGGER entangle BEFORE INSERT ON jobinsight_staging.staging_jobs FOR EACH STATEMENT EXECUTE FUNCTION entangle();
             ALTER TABLE turn OWNER TO CURRENT_USER",
        )
        .await
        .unwrap();
    let other = db.connect().await;
    other
        .batch_execute("SET deadlock_timeout = '1h'; BEGIN; SELECT pg_advisory_xact_lock(42)")
        .await
        .unwrap();
    let run = db.spawn(&["run", "--as-of", AS_OF], LENIENT);
    db.wait_for("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        .await;
    other
        .batch_execute("UPDATE turn SET n = 1; COMMIT")
        .await
        .unwrap();
    let run = run.end().ok();
    assert_eq!(retries_of_saving(&run), 1, "{}", run.stderr);
    db.client
        .batch_execute("DROP TRIGGER entangle ON jobinsight_staging.staging_jobs")
        .await
        .unwrap();
    assert_promises(&db, 8).await;
}

/// How often `data_saving` was tried again.
fn retries_of_saving(run: &jobinsight_tests::Typed) -> u64 {
    let phases = run.object()["phases"].clone();
    let phases = phases.as_array().unwrap();
    phases
        .iter()
        .find(|phase| phase["name"] == "data_saving")
        .and_then(|phase| phase["retries"].as_u64())
        .unwrap()
}

#[tokio::test]
async fn a_serialization_failure_is_tried_again_and_counted() {
    let db = Db::new().await;
    postings(&db, 8).await;
    db.json_with(&["run", "--as-of", AS_OF], LENIENT).ok();
    db.post("3", "Lái Xe").await;
    let name = db.url.rsplit('/').next().unwrap();
    // Under repeatable read who writes a row that another changed since is refused with 40001. The first to save
    // waits, its snapshot taken, until another has changed the row that it will write.
    db.client
        .batch_execute(&format!(
            "ALTER DATABASE {name} SET default_transaction_isolation = 'repeatable read';
             CREATE SEQUENCE tries;
             CREATE FUNCTION wait_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 IF nextval('tries') <= 1 THEN PERFORM pg_advisory_xact_lock(42); END IF;
                 RETURN NULL; END $$;
             CREATE TRIGGER wait_once BEFORE INSERT ON jobinsight_staging.staging_jobs FOR EACH STATEMENT EXECUTE FUNCTION wait_once()"
        ))
        .await
        .unwrap();
    let other = db.connect().await;
    other
        .batch_execute("SELECT pg_advisory_lock(42)")
        .await
        .unwrap();
    let run = db.spawn(&["run", "--as-of", AS_OF], LENIENT);
    db.wait_for("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        .await;
    db.client
        .batch_execute(
            "UPDATE jobinsight_staging.staging_jobs SET processed_to_dwh = true WHERE job_id = '3'",
        )
        .await
        .unwrap();
    other
        .batch_execute("SELECT pg_advisory_unlock(42)")
        .await
        .unwrap();
    let run = run.end().ok();
    assert!(run.stderr.contains("40001"), "{}", run.stderr);
    assert_eq!(retries_of_saving(&run), 1, "{}", run.stderr);
    assert_eq!((run.stat("updated"), run.stat("unchanged")), (1, 7));
    db.assert_all_accounted_for().await;
    db.assert_nothing_left().await;
}

#[tokio::test]
async fn a_conflict_that_does_not_pass_is_tried_three_times_and_rejects_no_row() {
    for state in ["40001", "40P01"] {
        let db = Db::new().await;
        db.json(&["run"]).ok();
        postings(&db, 8).await;
        db.client
            .batch_execute(&format!(
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                     RAISE EXCEPTION 'somebody else was faster' USING ERRCODE = '{state}'; END $$;
                 CREATE TRIGGER refuse BEFORE INSERT ON jobinsight_staging.staging_jobs FOR EACH ROW EXECUTE FUNCTION refuse()"
            ))
            .await
            .unwrap();
        let run = db.json_with(&["run", "--as-of", AS_OF], LENIENT);
        run.failed(75, "jobinsight::database::conflict");
        assert_eq!(retries_of_saving(&run), 3, "{state}");
        assert_eq!(
            db.count("SELECT count(*) FROM jobinsight_staging.etl_rejects")
                .await,
            0
        );
        db.client
            .batch_execute("DROP TRIGGER refuse ON jobinsight_staging.staging_jobs")
            .await
            .unwrap();
        db.json_with(&["retry"], LENIENT).ok();
        assert_promises(&db, 8).await;
    }
}
