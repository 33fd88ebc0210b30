//! A distributed table (Citus) looks like a plain table in `pg_class`, but its rows are on other servers. There, blocks and
//! transactions have other numbers. The catalog of distributed tables is imitated here, because no registry has the extension.

use jobinsight_tests::{CommandOutput, Db};

use super::{AS_OF, LENIENT, assert_promises, lenient_and, postings};

const ROWS: usize = 8;

/// Creates the catalog of distributed tables, with the raw table in it.
async fn distribute_raw(db: &Db) {
    db.client
        .batch_execute(
            "SET allow_system_table_mods = on;
             CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass NOT NULL, partmethod \"char\" NOT NULL);
             INSERT INTO pg_catalog.pg_dist_partition VALUES ('public.raw_jobs', 'h');
             RESET allow_system_table_mods;
             GRANT SELECT ON pg_catalog.pg_dist_partition TO PUBLIC",
        )
        .await
        .unwrap();
}

fn run(db: &Db) -> CommandOutput {
    db.json_with(&["run", "--as-of", AS_OF], LENIENT).ok()
}

/// Changes five raw rows. Then moves the recorded horizon behind the change, as if the numbers in `xmin` were those of another
/// server, which has had fewer transactions.
async fn change_with_older_numbers(db: &Db) {
    db.client
        .batch_execute("UPDATE raw_jobs SET title = title || ' Cao Cấp' WHERE job_id IN ('1', '2', '3', '4', '5')")
        .await
        .unwrap();
    // Other tests hold the horizon back.
    db.wait_for(
        "SELECT (pg_snapshot_xmin(pg_current_snapshot())::text::bigint > max(xmin::text::bigint))::int::bigint FROM raw_jobs",
    )
    .await;
    db.client
        .batch_execute(
            "UPDATE jobinsight_staging.etl_plans SET known_xid = pg_snapshot_xmin(pg_current_snapshot())::text::bigint",
        )
        .await
        .unwrap();
}

#[tokio::test]
async fn changes_of_a_distributed_raw_table_are_found_whatever_their_transaction_numbers() {
    for (is_distributed, found) in [(false, 0), (true, 5)] {
        let db = Db::new().await;
        postings(&db, ROWS).await;
        run(&db);
        if is_distributed {
            distribute_raw(&db).await;
        }
        change_with_older_numbers(&db).await;
        let forecast = db
            .json_with(&["run", "--as-of", AS_OF, "--dry-run"], LENIENT)
            .ok();
        let planned = forecast.object()["rows"]["changed"].clone();
        assert_eq!(planned, found, "a forecast reads the same rows");
        // A plain table misses the changes, so the numbers do imitate those of another server.
        assert_eq!(run(&db).stat("updated"), found);
    }
}

#[tokio::test]
async fn a_distributed_raw_table_is_not_read_by_ranges_of_blocks() {
    const RANGES: (&str, &str) = ("ETL_PHASES__SQL_PROCEDURES__RANGES_FROM", "1");
    for is_distributed in [false, true] {
        let db = Db::new().await;
        postings(&db, ROWS).await;
        if is_distributed {
            distribute_raw(&db).await;
        }
        db.json_with(&["run", "--as-of", AS_OF], &lenient_and(&[RANGES]))
            .ok();
        let ranges =
            "SELECT count(*) FROM jobinsight_staging.etl_batches WHERE first_block IS NOT NULL";
        assert_eq!(db.count(ranges).await > 0, !is_distributed);
        assert_promises(&db, ROWS).await;
    }
}
