//! TLS and poolers: what stands between us and the server.

use std::path::Path;

use jobinsight_tests::{Db, OwnServer, as_owner, command, open_to_all};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

use super::{AS_OF, LENIENT, assert_promises, postings};

fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(vec![]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, name);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A server that takes encrypted connections only, its certificate for `localhost`, and two root files: the right
/// one and another.
async fn encrypted() -> (OwnServer, Db, tempfile::TempDir) {
    let server = OwnServer::start(&[]).await;
    let db = server.db().await;
    let (right, other) = (authority("right"), authority("other"));
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["localhost".to_owned()])
        .unwrap()
        .signed_by(&key, &right)
        .unwrap();
    let data = server.data();
    owned(&data, "server.crt", &certificate.pem());
    owned(&data, "server.key", &key.serialize_pem());
    owned(
        &data,
        "pg_hba.conf",
        "hostssl all all 127.0.0.1/32 scram-sha-256\n",
    );
    db.client
        .batch_execute("ALTER SYSTEM SET ssl = on")
        .await
        .unwrap();
    db.client
        .batch_execute("SELECT pg_reload_conf()")
        .await
        .unwrap();
    db.wait_for("SELECT count(*) FROM pg_settings WHERE name = 'ssl' AND setting = 'on'")
        .await;
    let roots = tempfile::tempdir().unwrap();
    std::fs::write(roots.path().join("right.crt"), right.pem()).unwrap();
    std::fs::write(roots.path().join("other.crt"), other.pem()).unwrap();
    (server, db, roots)
}

/// Writes a file that belongs to who runs the server.
fn owned(data: &Path, name: &str, text: &str) {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
    let (file, owner) = (data.join(name), std::fs::metadata(data).unwrap());
    std::fs::write(&file, text).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    chown(file, Some(owner.uid()), Some(owner.gid())).unwrap();
}

#[tokio::test]
async fn a_server_that_demands_tls_is_reached_as_sslmode_says() {
    let (_server, db, roots) = encrypted().await;
    postings(&db, 3).await;
    let named = db.url.replace("127.0.0.1", "localhost");
    let root = |name: &str| roots.path().join(name).display().to_string();
    let (right, other) = (root("right.crt"), root("other.crt"));
    for (url, words) in [
        (&db.url, "sslmode=allow".to_owned()),
        (&db.url, "sslmode=prefer".to_owned()),
        (&db.url, "sslmode=require".to_owned()),
        (&db.url, format!("sslmode=verify-ca&sslrootcert={right}")),
        (&named, format!("sslmode=verify-full&sslrootcert={right}")),
    ] {
        let url = format!("{url}?{words}");
        let shown = db.json_with(
            &["run", "--as-of", AS_OF],
            &[("DATABASE_URL", &url), LENIENT[0]],
        );
        assert_eq!(shown.code, 0, "{words}: {}", shown.stderr);
    }
    for (url, words) in [
        (&db.url, format!("sslmode=require&sslrootcert={other}")),
        (&db.url, format!("sslmode=verify-ca&sslrootcert={other}")),
        (&named, format!("sslmode=verify-full&sslrootcert={other}")),
        // 127.0.0.1 is not what the certificate says.
        (&db.url, format!("sslmode=verify-full&sslrootcert={right}")),
        (&db.url, "sslmode=verify-full".to_owned()),
        (
            &db.url,
            format!("sslmode=verify-ca&sslrootcert={right}.gone"),
        ),
    ] {
        let url = format!("{url}?{words}");
        let refused = db.json_with(&["run"], &[("DATABASE_URL", &url)]);
        assert!(
            refused.stderr.contains("jobinsight::database::tls"),
            "{words}: {}",
            refused.stderr
        );
        refused.failed(2, "jobinsight::database::tls");
    }
    let plain = format!("{}?sslmode=disable", db.url);
    db.json_with(&["run"], &[("DATABASE_URL", &plain)])
        .failed(2, "jobinsight::database::login");
    // By the environment of libpq, as well.
    let (port, password) = (
        db.port().to_string(),
        db.url.split([':', '@']).nth(2).unwrap().to_owned(),
    );
    let database = db.url.rsplit('/').next().unwrap();
    let by_env = command(&["run"])
        .envs([
            ("PGHOST", "localhost"),
            ("PGPORT", &port),
            ("PGUSER", "jobinsight"),
            ("PGPASSWORD", &password),
            ("PGDATABASE", database),
        ])
        .envs([("PGSSLMODE", "verify-full"), ("PGSSLROOTCERT", &right)])
        .env("ETL_STATE_DIR", db.state.path())
        .output()
        .unwrap();
    jobinsight_tests::Typed::of(&by_env).ok();
}

/// Our own certificate by that authority, and its key, as files.
fn own_certificate(dir: &Path, name: &str, by: &CertifiedIssuer<'static, KeyPair>) -> String {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![]).unwrap();
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, "jobinsight");
    params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ClientAuth];
    let certificate = params.signed_by(&key, by).unwrap();
    let (crt, private) = (
        dir.join(format!("{name}.crt")),
        dir.join(format!("{name}.key")),
    );
    std::fs::write(&crt, certificate.pem()).unwrap();
    std::fs::write(&private, key.serialize_pem()).unwrap();
    format!("sslcert={}&sslkey={}", crt.display(), private.display())
}

#[tokio::test]
async fn a_server_that_asks_for_our_certificate_gets_it() {
    let (server, db, roots) = encrypted().await;
    postings(&db, 3).await;
    let (ours, theirs) = (authority("ours"), authority("theirs"));
    let (good, bad) = (
        own_certificate(roots.path(), "good", &ours),
        own_certificate(roots.path(), "bad", &theirs),
    );
    owned(&server.data(), "ca.crt", &ours.pem());
    for hba in [
        "hostssl all all 127.0.0.1/32 scram-sha-256 clientcert=verify-ca\n",
        "hostssl all all 127.0.0.1/32 cert\n",
    ] {
        owned(&server.data(), "pg_hba.conf", hba);
        db.client
            .batch_execute("ALTER SYSTEM SET ssl_ca_file = 'ca.crt'")
            .await
            .unwrap();
        db.client
            .batch_execute("SELECT pg_reload_conf()")
            .await
            .unwrap();
        db.wait_for(
            "SELECT count(*) FROM pg_settings WHERE name = 'ssl_ca_file' AND setting = 'ca.crt'",
        )
        .await;
        db.wait_for(&format!(
            "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method = '{}'",
            if hba.contains("scram") {
                "scram-sha-256"
            } else {
                "cert"
            }
        ))
        .await;
        let run = |words: &str| {
            let url = format!("{}?sslmode=require&{words}", db.url);
            db.json_with(
                &["run", "--as-of", AS_OF],
                &[("DATABASE_URL", &url), LENIENT[0]],
            )
        };
        run(&good).ok();
        let none = run("");
        assert!(none.stderr.contains("certificate"), "{}", none.stderr);
        none.failed(2, "jobinsight::database::login");
        run(&bad).failed(2, "jobinsight::database::tls");
        let (crt, key) = (
            good.split('&').next().unwrap(),
            bad.split('&').nth(1).unwrap(),
        );
        run(&format!("{crt}&{key}")).failed(2, "jobinsight::database::tls");
        run(&format!("{crt}&{key}.gone")).failed(2, "jobinsight::database::tls");
        let half = run(crt);
        assert!(half.stderr.contains("sslkey"), "{}", half.stderr);
        half.failed(2, "jobinsight::database::tls");
    }
    assert_promises(&db, 3).await;
}

#[tokio::test]
async fn a_server_without_tls_is_not_reached_where_tls_is_demanded() {
    let db = Db::new().await;
    let url = format!("{}?sslmode=require", db.url);
    db.json_with(&["run"], &[("DATABASE_URL", &url)])
        .failed(2, "jobinsight::database::tls");
    let url = format!("{}?sslmode=prefer", db.url);
    db.json_with(&["run"], &[("DATABASE_URL", &url)]).ok();
}

/// PgBouncer before the database, in this pool mode; `None`, loudly, where it is not installed.
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
    for _ in 0..100 {
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
async fn a_pooler_works_by_session_and_is_refused_by_transaction() {
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
        let _ = child.kill();
        let _ = child.wait();
        if works {
            run.ok();
            assert_promises(&db, 4).await;
        } else {
            run.failed(2, "jobinsight::database::pooler");
            assert_eq!(
                db.count("SELECT count(*) FROM pg_namespace WHERE nspname = 'jobinsight_staging'")
                    .await,
                0
            );
        }
    }
}
