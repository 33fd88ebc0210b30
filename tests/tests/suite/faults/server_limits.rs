//! A server without disk space, connections or write access. No row is rejected because of it.

use std::process::Command;

use jobinsight_core::failpoints::RUN_LOCKED;
use jobinsight_tests::{Db, OwnServer, Pause, WAITS, as_owner, failpoint, open_to_all};

use super::privileges::{as_role, role};
use super::{AS_OF, LENIENT, assert_promises, lenient_and, postings};

/// A disk of 4 MB. [`SmallDisk::new`] returns `None` and prints a line if it cannot be mounted.
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
async fn a_role_without_a_connection_left_exits_75() {
    let db = Db::new().await;
    db.json(&["run"]).ok();
    postings(&db, 4).await;
    let name = role(&db, "SUPERUSER").await;
    let url = as_role(&db, &name);
    db.json_with(
        &["run", "--as-of", AS_OF],
        &lenient_and(&[("DATABASE_URL", &url)]),
    )
    .ok();
    db.client
        .batch_execute(&format!("ALTER ROLE {name} NOSUPERUSER CONNECTION LIMIT 0"))
        .await
        .unwrap();
    let run = db.json_with(
        &["run"],
        &lenient_and(&[("DATABASE_URL", &url), ("ETL_TIMEOUT", "3")]),
    );
    run.failed(75, "jobinsight::database::too_many_connections");
    assert_promises(&db, 4).await;
}

#[tokio::test]
#[ignore = "slow: cargo xtask faults"]
async fn phases_without_a_connection_left_exit_75() {
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
    let pause = Pause::new();
    let run = db.spawn(
        &["run", "--as-of", AS_OF],
        &lenient_and(&[
            ("DATABASE_URL", &url),
            failpoint(RUN_LOCKED, "return(wait)"),
            pause.env(),
        ]),
    );
    run.wait_for_log(WAITS);
    // The role gets one connection, and that one holds the lock.
    db.client
        .batch_execute(&format!("ALTER ROLE {name} CONNECTION LIMIT 1"))
        .await
        .unwrap();
    pause.release();
    run.end()
        .failed(75, "jobinsight::database::too_many_connections");
    db.json_with(&["retry"], LENIENT).ok();
    assert_promises(&db, 4).await;
}

#[tokio::test]
async fn a_read_only_database_exits_2() {
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
