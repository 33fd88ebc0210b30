//! Servers that demand the certificate of the client.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use jobinsight_tests::CommandOutput;
use rcgen::{CertificateParams, CertifiedIssuer, KeyPair};

use super::tls::{authority, encrypted, owned, set, set_mode};
use super::{AS_OF, LENIENT, assert_promises, postings};

/// Writes a client certificate of this authority and its key. Returns the parameters of the URL.
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
    set_mode(&private, 0o600);
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
        set(&db, "ssl_ca_file", "ca.crt").await;
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
async fn a_key_that_other_users_can_read_is_refused_as_libpq_does() {
    let (server, db, folder) = encrypted().await;
    let ours = authority("ours");
    let words = own_certificate(folder.path(), "our", &ours);
    owned(&server.data(), "ca.crt", &ours.pem());
    set(&db, "ssl_ca_file", "ca.crt").await;
    let status = |mode: &str| -> CommandOutput {
        let url = format!("{}?sslmode={mode}&{words}", db.url);
        db.json_with(&["status"], &[("DATABASE_URL", &url)])
    };
    // The group may read a key of root.
    let is_root = std::fs::metadata(folder.path()).unwrap().uid() == 0;
    for (mode, is_refused) in [
        (0o400, false),
        (0o640, !is_root),
        (0o600, false),
        (0o644, true),
        (0o604, true),
        (0o660, true),
    ] {
        set_mode(&folder.path().join("our.key"), mode);
        let shown = status("require");
        if is_refused {
            shown.failed(2, "jobinsight::database::tls");
            let error = shown.object()["error"].to_string();
            assert!(
                error.contains("our.key is refused") && error.contains("chmod 600"),
                "{mode:o}: {error}"
            );
        } else {
            shown.ok();
        }
        // If TLS is not required, the connection works without the certificate.
        let shown = status("prefer").ok();
        assert_eq!(
            shown.stderr.contains("chmod 600"),
            is_refused,
            "{mode:o}: {}",
            shown.stderr
        );
    }
    // Without TLS, nothing reads the key.
    assert!(!status("disable").stderr.contains("chmod"));
}
