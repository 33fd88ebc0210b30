//! Connections of the pool: refusals and session settings.

use std::time::Duration;

use jobinsight_core::Settings;
use jobinsight_core::database::{self, Target, TargetOrigin};
use jobinsight_tests::{Db, Proxy};

use super::privileges::{as_role, role};

#[tokio::test]
#[ignore = "slow: cargo xtask faults"]
async fn an_earlier_refusal_is_not_reported_for_a_later_failure() {
    let db = Db::new().await;
    let name = role(&db, "CONNECTION LIMIT 1").await;
    let proxy = Proxy::to(db.port());
    let target = Target::parse(&proxy.url(&as_role(&db, &name)), TargetOrigin::Test).unwrap();
    let settings = Settings {
        max_workers: 1,
        ..Settings::default()
    };
    let pool = database::pool(&target, &settings, "test").await.unwrap();
    let first = database::client(&pool).await.unwrap();
    let give_back = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        drop(first);
    };
    // The server refuses a second connection. The waiting lane gets the first one when it is returned.
    let (second, ()) = tokio::join!(database::client(&pool), give_back);
    let _second = second.unwrap();
    proxy.fall_silent();
    let error = database::client(&pool).await.err().unwrap();
    assert_eq!(
        error.code().name(),
        "jobinsight::database::connection",
        "{error}"
    );
}

#[tokio::test]
async fn connections_use_utc_in_every_database() {
    let db = Db::new().await;
    let name = db.url.rsplit('/').next().unwrap();
    db.client
        .batch_execute(&format!(
            "ALTER DATABASE {name} SET timezone = 'Asia/Ho_Chi_Minh'; ALTER DATABASE {name} SET datestyle = 'German'"
        ))
        .await
        .unwrap();
    let target = Target::parse(&db.url, TargetOrigin::Test).unwrap();
    let pool = database::pool(&target, &Settings::default(), "test")
        .await
        .unwrap();
    let client = database::client(&pool).await.unwrap();
    let row = client
        .query_one("SELECT '2026-01-15T08:00+07'::timestamptz::text", &[])
        .await
        .unwrap();
    assert_eq!(row.get::<_, String>(0), "2026-01-15 01:00:00+00");
}
