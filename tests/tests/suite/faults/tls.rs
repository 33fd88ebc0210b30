//! Servers that demand TLS.

use std::path::Path;

use jobinsight_tests::{Db, OwnServer, jobinsight};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

use super::{AS_OF, LENIENT, postings};

pub(super) fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(vec![]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, name);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A server that accepts only encrypted connections and has a certificate for `localhost`. The folder has two root files:
/// the right one and another one.
pub(super) async fn encrypted() -> (OwnServer, Db, tempfile::TempDir) {
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
    set(&db, "ssl", "on").await;
    let roots = tempfile::tempdir().unwrap();
    std::fs::write(roots.path().join("right.crt"), right.pem()).unwrap();
    std::fs::write(roots.path().join("other.crt"), other.pem()).unwrap();
    (server, db, roots)
}

/// Changes a setting of the server and waits until it has the new value.
pub(super) async fn set(db: &Db, name: &str, value: &str) {
    for sql in [
        format!("ALTER SYSTEM SET {name} = '{value}'"),
        "SELECT pg_reload_conf()".to_owned(),
    ] {
        db.client.batch_execute(&sql).await.unwrap();
    }
    let changed =
        format!("SELECT count(*) FROM pg_settings WHERE name = '{name}' AND setting = '{value}'");
    db.wait_for(&changed).await;
}

pub(super) fn set_mode(file: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// Writes a file that belongs to the owner of the server.
pub(super) fn owned(data: &Path, name: &str, text: &str) {
    use std::os::unix::fs::{MetadataExt, chown};
    let (file, owner) = (data.join(name), std::fs::metadata(data).unwrap());
    std::fs::write(&file, text).unwrap();
    set_mode(&file, 0o600);
    chown(file, Some(owner.uid()), Some(owner.gid())).unwrap();
}

#[tokio::test]
async fn a_server_that_demands_tls_is_reached_according_to_sslmode() {
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
        // The certificate is not for 127.0.0.1.
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
    // The environment variables of libpq work as well.
    let (port, password) = (
        db.port().to_string(),
        db.url.split([':', '@']).nth(2).unwrap().to_owned(),
    );
    let database = db.url.rsplit('/').next().unwrap();
    let env = [
        ("PGHOST", "localhost"),
        ("PGPORT", &port),
        ("PGUSER", "jobinsight"),
        ("PGPASSWORD", &password),
        ("PGDATABASE", database),
        ("PGSSLMODE", "verify-full"),
        ("PGSSLROOTCERT", &right),
        ("ETL_STATE_DIR", db.state.path().to_str().unwrap()),
    ];
    jobinsight(&["run"], &env).ok();
}

#[tokio::test]
async fn a_server_without_tls_is_refused_where_tls_is_required() {
    let db = Db::new().await;
    let url = format!("{}?sslmode=require", db.url);
    db.json_with(&["run"], &[("DATABASE_URL", &url)])
        .failed(2, "jobinsight::database::tls");
    let url = format!("{}?sslmode=prefer", db.url);
    db.json_with(&["run"], &[("DATABASE_URL", &url)]).ok();
}

/// A copy of the certificate in version 1 of X.509, which has no extensions. Its signature is not valid any more.
fn in_version_1(certificate: &rcgen::Certificate) -> String {
    use x509_cert::der::{Decode, Encode};
    let mut parsed = x509_cert::Certificate::from_der(certificate.der()).unwrap();
    parsed.tbs_certificate.version = x509_cert::Version::V1;
    parsed.tbs_certificate.extensions = None;
    pem::encode(&pem::Pem::new("CERTIFICATE", parsed.to_der().unwrap()))
}

#[tokio::test]
async fn a_certificate_of_version_1_works_unless_it_is_checked() {
    let (server, db, roots) = encrypted().await;
    postings(&db, 3).await;
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["localhost".to_owned()])
        .unwrap()
        .self_signed(&key)
        .unwrap();
    owned(&server.data(), "server.crt", &in_version_1(&certificate));
    owned(&server.data(), "server.key", &key.serialize_pem());
    set(&db, "ssl_prefer_server_ciphers", "off").await;
    for (words, works) in [
        ("sslmode=allow".to_owned(), true),
        ("sslmode=prefer".to_owned(), true),
        ("sslmode=require".to_owned(), true),
        (
            "sslmode=require&ssl_max_protocol_version=TLSv1.2".to_owned(),
            true,
        ),
        (
            "sslmode=require&ssl_min_protocol_version=TLSv1.3&sslsni=0".to_owned(),
            true,
        ),
        (
            format!(
                "sslmode=verify-ca&sslrootcert={}",
                roots.path().join("right.crt").display()
            ),
            false,
        ),
    ] {
        let url = format!("{}?{words}", db.url);
        let shown = db.json_with(
            &["run", "--as-of", AS_OF],
            &[("DATABASE_URL", &url), LENIENT[0]],
        );
        if works {
            assert_eq!(shown.code, 0, "{words}: {}", shown.stderr);
            assert!(is_encrypted(&db, &url), "{words}");
        } else {
            shown.failed(2, "jobinsight::database::tls");
        }
    }
}

/// Whether `doctor` says that its connection is encrypted.
fn is_encrypted(db: &Db, url: &str) -> bool {
    let doctor = db.json_with(&["doctor"], &[("DATABASE_URL", url)]);
    doctor.stdout.contains("on, sslmode = ")
}

#[tokio::test]
async fn certificates_of_the_operating_system_imply_verify_full() {
    let (_server, db, _roots) = encrypted().await;
    let at = |words: &str| format!("{}?sslrootcert=system{words}", db.url);
    for words in ["", "&sslmode=verify-full"] {
        let refused = db.json_with(&["status"], &[("DATABASE_URL", &at(words))]);
        refused.failed(2, "jobinsight::database::tls");
        assert!(
            refused.stderr.contains("sslmode = verify-full"),
            "{}",
            refused.stderr
        );
    }
    for words in ["&sslmode=prefer", "&sslmode=require", "&sslmode=verify-ca"] {
        let refused = db.json_with(&["status"], &[("DATABASE_URL", &at(words))]);
        refused.failed(2, "jobinsight::database::tls");
        assert!(refused.stderr.contains("too weak"), "{}", refused.stderr);
    }
}
