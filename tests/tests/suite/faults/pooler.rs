//! PgBouncer between a run and the server.

use std::path::Path;

use jobinsight_tests::{Db, as_owner, open_to_all};

use super::{AS_OF, LENIENT, assert_promises, postings};

/// Starts PgBouncer in this pool mode. Returns `None` and prints a line if it is not installed.
async fn bouncer(db: &Db, mode: &str) -> Option<(std::process::Child, tempfile::TempDir, String)> {
    let Some(program) = [
        "/usr/sbin/pgbouncer",
        "/usr/bin/pgbouncer",
        "/opt/homebrew/bin/pgbouncer",
    ]
    .into_iter()
    .find(|file| Path::new(file).exists()) else {
        eprintln!("SKIPPED: pgbouncer is not installed, so it is not checked");
        return None;
    };
    let dir = tempfile::tempdir().unwrap();
    open_to_all(dir.path());
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let (login, database) = (
        db.url.split([':', '@']).nth(2).unwrap(),
        db.url.rsplit('/').next().unwrap(),
    );
    let config = format!(
        "[databases]\n{database} = host=127.0.0.1 port={} user=jobinsight password={login}\n[pgbouncer]\nlisten_addr=127.0.0.1\nlisten_port={port}\n\
         auth_type=any\npool_mode={mode}\nunix_socket_dir=\nmax_client_conn=100\ndefault_pool_size=20\n",
        db.port()
    );
    let file = dir.path().join("pgbouncer.ini");
    std::fs::write(&file, config).unwrap();
    let mut start = std::process::Command::new(program);
    start
        .arg("-q")
        .arg(&file)
        .current_dir("/")
        .stderr(std::process::Stdio::null())
        .stdout(std::process::Stdio::null());
    let anybody = jobinsight_tests::server_dir().join("postgres/data");
    as_owner(&mut start, &anybody);
    let child = start.spawn().unwrap();
    for _ in 0..1200 {
        if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    Some((
        child,
        dir,
        format!("postgresql://jobinsight@127.0.0.1:{port}/{database}?sslmode=disable"),
    ))
}

#[tokio::test]
async fn a_pooler_works_in_session_mode_and_is_refused_in_transaction_mode() {
    for (mode, works) in [("session", true), ("transaction", false)] {
        let db = Db::new().await;
        postings(&db, 4).await;
        let Some((mut child, _dir, url)) = bouncer(&db, mode).await else {
            return;
        };
        let run = db.json_with(
            &["run", "--as-of", AS_OF],
            &[("DATABASE_URL", &url), LENIENT[0]],
        );
        let file = db.state.path().join("a.csv");
        std::fs::write(&file, "job_id,title\nnew,Kế Toán\n").unwrap();
        let others = [
            &["import", file.to_str().unwrap()][..],
            &["runs", "list"],
            &["runs", "list"],
            &["rejects", "list"],
            &["explain-row", "1"],
        ];
        let others = others.map(|args| db.json_with(args, &[("DATABASE_URL", &url)]));
        std::fs::remove_file(file).unwrap();
        let wrong = format!("{url}&options=-c%20geqo%3Doff");
        let refused = db.json_with(&["status"], &[("DATABASE_URL", &wrong)]);
        refused.failed(75, "jobinsight::database::connection");
        assert!(
            refused.stdout.contains("ignore_startup_parameters"),
            "{}",
            refused.stdout
        );
        let _ = child.kill();
        let _ = child.wait();
        // Without the check of a run, a command may get the same server process by chance.
        for other in others.iter().filter(|other| works || other.code != 0) {
            if works {
                assert_eq!(other.code, 0, "{}", other.stderr);
            } else {
                other.failed(2, "jobinsight::database::pooler");
            }
        }
        if works {
            run.ok();
            db.client
                .batch_execute("DELETE FROM raw_jobs WHERE job_id = 'new'")
                .await
                .unwrap();
            assert_promises(&db, 4).await;
        } else {
            run.failed(2, "jobinsight::database::pooler");
            others[0].failed(2, "jobinsight::database::pooler");
            assert_eq!(
                db.count("SELECT count(*) FROM pg_namespace WHERE nspname = 'jobinsight_staging'")
                    .await,
                0
            );
        }
    }
}
