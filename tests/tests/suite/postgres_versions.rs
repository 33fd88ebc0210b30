//! Each supported major version of PostgreSQL gives the same results, and an older version is refused. `cargo xtask matrix`
//! runs these tests on each version.

use jobinsight_tests::{Db, OwnServer, jobinsight};

/// The time at which the postings of the sample were crawled.
const AS_OF: &str = "2026-01-15T20:00:00+07:00";

/// The hash of the published sample, for each rule set.
const CONTENT: [(&str, &str); 2] = [
    ("standard", "99a5446a5cebdfbd32bb665c0e4763d7"),
    ("v1", "795bf85c5ba3f2471eecc3a47c7d817f"),
];

#[tokio::test]
async fn the_content_of_staging_is_the_same_on_every_version() {
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/../runner/assets/sample.csv");
    let mut found = Vec::new();
    for (rules, _) in CONTENT {
        let db = Db::new().await;
        db.json(&["import", sample]).ok();
        db.json(&["run", "--as-of", AS_OF, "--rules", rules]).ok();
        db.assert_all_accounted_for().await;
        found.push((rules, db.content().await));
    }
    let found: Vec<(&str, &str)> = found
        .iter()
        .map(|(rules, hash)| (*rules, &**hash))
        .collect();
    // If these hashes change with the columns or the rules, they must be the same again on every version.
    assert_eq!(found, CONTENT);
}

#[tokio::test]
#[ignore = "needs PostgreSQL 13: cargo xtask matrix"]
async fn a_server_older_than_14_is_refused_before_any_write() {
    let server = OwnServer::start(&[]).await;
    let db = server.db().await;
    for command in [
        &["run"] as &[&str],
        &["run", "--join"],
        &["import", "--create", "/dev/null"],
    ] {
        let refused = db.json(command);
        let schemas = "SELECT count(*) FROM pg_namespace WHERE nspname = 'jobinsight_staging'";
        assert_eq!(db.count(schemas).await, 0, "{command:?}");
        refused.failed(2, "jobinsight::database::version");
    }
    let doctor = jobinsight(&["doctor"], &[("DATABASE_URL", &db.url)]);
    assert!(doctor.stdout.contains("older than"), "{}", doctor.stdout);
}
