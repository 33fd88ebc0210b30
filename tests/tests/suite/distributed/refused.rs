//! `jobinsight distribute` refuses a database without Citus.

use jobinsight_tests::Db;

#[tokio::test]
async fn plain_postgresql_is_refused_and_nothing_is_changed() {
    let db = Db::new().await;
    for args in [&["distribute"][..], &["distribute", "--dry-run"]] {
        let refused = db.json(args);
        refused.failed(2, "jobinsight::distribute::no_citus");
        let message = refused.object()["error"]["message"].to_string();
        assert!(
            message.contains("does not have the extension citus")
                && message.contains("nothing was changed"),
            "{message}"
        );
    }
    let schemas = "SELECT count(*) FROM pg_namespace WHERE nspname = 'jobinsight_staging'";
    assert_eq!(db.count(schemas).await, 0);
}
