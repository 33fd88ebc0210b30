//! The parameters and variables of libpq. They mean what they mean for psql.

use std::os::unix::fs::PermissionsExt;

use jobinsight_tests::{OwnServer, jobinsight, open_to_all};

/// A server whose users need a password over TCP and over its Unix socket, in the folder of the socket.
async fn guarded() -> (OwnServer, tempfile::TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    open_to_all(dir.path());
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
    let socket = format!("unix_socket_directories={}", dir.path().display());
    let server = OwnServer::start(&[&socket]).await;
    let hba = server.data().join("pg_hba.conf");
    let db = server.db().await;
    db.client
        .batch_execute("CREATE ROLE app SUPERUSER LOGIN PASSWORD 'pw:1'")
        .await
        .unwrap();
    std::fs::write(
        hba,
        "local all all scram-sha-256\nhost all all all scram-sha-256\n",
    )
    .unwrap();
    db.client
        .batch_execute("SELECT pg_reload_conf()")
        .await
        .unwrap();
    let database = db.url.rsplit('/').next().unwrap().to_owned();
    (server, dir, database)
}

/// An address, more variables, and whether the login succeeds.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], bool);

/// Whether psql connects with the same address and variables.
fn psql(server: &OwnServer, url: &str, env: &[(&str, &str)]) -> bool {
    let mut psql = std::process::Command::new(server.program("psql"));
    psql.env_clear().envs(env.iter().copied());
    psql.args(["-X", "-w", "-q", "-c", "SELECT 1", url]);
    psql.output().expect("psql").status.success()
}

#[tokio::test]
#[allow(clippy::too_many_lines)] // a table
async fn variables_of_libpq_fill_in_what_the_address_leaves_out() {
    let (server, socket, database) = guarded().await;
    let port = server.port().to_string();
    let home = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str, mode: u32| {
        let path = home.path().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        path.display().to_string()
    };
    let socket = socket.path().display().to_string();
    let escaped = socket.replace('/', "%2F");
    let good = file(
        "good",
        &format!("# ours\n127.0.0.1:{port}:*:other:no\n*:{port}:*:app:pw\\:1\n"),
        0o600,
    );
    let open = file("open", "*:*:*:*:pw\\:1\n", 0o644);
    let exact = file(
        "exact",
        &format!("{socket}:{port}:{database}:app:pw\\:1\n"),
        0o600,
    );
    let wrong = file("wrong", "*:*:*:app:no\n", 0o600);
    file(".pgpass", "*:*:*:app:pw\\:1\n", 0o600);
    file(
        ".pg_service.conf",
        &format!("[jobs]\nhost=127.0.0.1\nport={port}\ndbname={database}\nuser=app\n"),
        0o600,
    );
    let service = file(
        "services",
        &format!("[night]\nport={port}\nuser=nobody\npassword=no\n"),
        0o600,
    );
    let at = format!("127.0.0.1:{port}");
    let home = home.path().display().to_string();
    let url = format!("postgresql://app@{at}/{database}");
    let none = [("HOME", "/nonexistent")];
    let cases: &[Case<'_>] = &[
        // The password.
        (&url, &none, false),
        (&url, &[none[0], ("PGPASSWORD", "pw:1")], true),
        (&url, &[none[0], ("PGPASSFILE", &good)], true),
        (&url, &[none[0], ("PGPASSFILE", &open)], false),
        (&url, &[none[0], ("PGPASSFILE", &wrong)], false),
        (&url, &[("HOME", &home)], true),
        (&url, &[("HOME", &home), ("PGPASSWORD", "no")], false),
        (&format!("{url}?passfile={good}"), &none, true),
        (
            &format!("{url}?password=pw%3A1"),
            &[("HOME", &home), ("PGPASSWORD", "no")],
            true,
        ),
        // What else is missing.
        (
            &format!("postgresql://{at}"),
            &[
                ("HOME", &home),
                ("PGUSER", "app"),
                ("PGDATABASE", &database),
            ],
            true,
        ),
        (
            &format!("postgresql://app@127.0.0.1/{database}"),
            &[("HOME", &home), ("PGPORT", &port)],
            true,
        ),
        (
            "postgresql://",
            &[
                ("HOME", &home),
                ("PGUSER", "app"),
                ("PGDATABASE", &database),
                ("PGHOST", "127.0.0.1"),
                ("PGPORT", &port),
            ],
            true,
        ),
        (
            "dbname=postgres",
            &[
                ("HOME", &home),
                ("PGUSER", "app"),
                ("PGHOSTADDR", "127.0.0.1"),
                ("PGPORT", &port),
            ],
            true,
        ),
        (
            &url,
            &[
                ("HOME", &home),
                ("PGHOST", "192.0.2.1"),
                ("PGPORT", "1"),
                ("PGUSER", "no"),
                ("PGDATABASE", "no"),
            ],
            true,
        ),
        // A service.
        ("postgresql://?service=jobs", &[("HOME", &home)], true),
        ("service=jobs", &[("HOME", &home)], true),
        (
            &format!("postgresql://app@127.0.0.1/{database}?password=pw%3A1"),
            &[none[0], ("PGSERVICE", "night"), ("PGSERVICEFILE", &service)],
            true,
        ),
        (
            &url,
            &[
                none[0],
                ("PGSERVICE", "night"),
                ("PGSERVICEFILE", &service),
                ("PGPASSWORD", "pw:1"),
            ],
            false,
        ),
        // Unix sockets.
        (
            &format!("postgresql://app@{escaped}:{port}/{database}"),
            &[("HOME", &home), ("PGSSLMODE", "require")],
            true,
        ),
        (
            &format!("postgresql:///{database}?host={escaped}&port={port}&user=app"),
            &[none[0], ("PGPASSFILE", &exact)],
            true,
        ),
        (
            &format!("postgresql://app@/{database}"),
            &[("HOME", &home), ("PGHOST", &socket), ("PGPORT", &port)],
            true,
        ),
        // The drivers of SQLAlchemy.
        (
            &url.replace("postgresql:", "postgresql+psycopg2:"),
            &[("HOME", &home)],
            true,
        ),
        (
            &url.replace("postgresql:", "postgres:"),
            &[("HOME", &home)],
            true,
        ),
        // Several servers: the first does not exist.
        (
            &format!("postgresql://app@127.0.0.1:1,{at}/{database}"),
            &[("HOME", &home)],
            true,
        ),
        (
            &format!(
                "postgresql://app@{at}/{database}?target_session_attrs=read-write&load_balance_hosts=random"
            ),
            &[("HOME", &home)],
            true,
        ),
        (
            &url,
            &[
                ("HOME", &home),
                ("PGTARGETSESSIONATTRS", "primary"),
                (
                    "PGOPTIONS",
                    "-c default_transaction_isolation=serializable -c datestyle=German",
                ),
            ],
            true,
        ),
        (
            &url,
            &[
                ("HOME", &home),
                ("PGAPPNAME", "mine"),
                ("PGCLIENTENCODING", "LATIN1"),
                ("PGGSSENCMODE", "prefer"),
                ("PGKRBSRVNAME", "x"),
                ("PGCONNECT_TIMEOUT", "3"),
            ],
            true,
        ),
    ];
    for (url, env, works) in cases {
        let mut all = vec![("DATABASE_URL", *url)];
        all.extend(*env);
        let shown = jobinsight(&["rejects", "list"], &all);
        let why = format!("{url} {env:?}\n{}{}", shown.stdout, shown.stderr);
        assert!(!why.contains("pw:1 "), "{why}");
        // psql 15 does not know load_balance_hosts, and no psql knows the drivers of SQLAlchemy.
        if !url.contains("load_balance_hosts") && !url.contains('+') {
            assert_eq!(psql(&server, url, env), *works, "psql: {why}");
        }
        if *works {
            assert_eq!(shown.code, 0, "{why}");
        } else {
            assert_eq!(shown.code, 2, "{why}");
            assert!(
                shown.stderr.contains("jobinsight::database::login"),
                "{why}"
            );
        }
    }
    let refused = jobinsight(&["rejects", "list"], &[("DATABASE_URL", &url), none[0]]);
    assert!(refused.stderr.contains("~/.pgpass"), "{}", refused.stderr);
    let open = [("DATABASE_URL", url.as_str()), ("PGPASSFILE", &open)];
    let refused = jobinsight(&["rejects", "list"], &open);
    assert!(refused.stderr.contains("chmod 600"), "{}", refused.stderr);
}
