//! A first load of partitioned tables: ranges of blocks of each partition, and indexes that are created at the end.

use jobinsight_core::failpoints::{COMMIT_AFTER, DATA_SAVING_INDEX_MADE, after};
use jobinsight_tests::{Db, failpoint};

use super::{COMBINATIONS, Parts, filled};
use crate::faults::{AS_OF, in_batches};

/// Plans by ranges, however few rows there are.
const RANGES: (&str, &str) = ("ETL_PHASES__SQL_PROCEDURES__RANGES_FROM", "1");

/// The ranges that belong to a partition.
const OF_PARTITIONS: &str = "SELECT count(*) FROM jobinsight_staging.etl_batches WHERE first_block IS NOT NULL AND partition IS NOT NULL";

async fn content(rows: usize, kinds: (Parts, Parts)) -> String {
    let db = filled(rows, kinds).await;
    db.json(&["run", "--as-of", AS_OF]).ok();
    db.content().await
}

/// Asserts that staging and each of its partitions has all indexes, and that autovacuum works on them.
async fn assert_indexes(db: &Db, what: &str) {
    let tables = "FROM pg_class c WHERE c.relnamespace = 'jobinsight_staging'::regnamespace AND c.relname ~ '^staging_jobs(_[0-9]+)?$' AND c.relkind IN ('r', 'p')";
    let wrong = format!(
        "SELECT string_agg(format('%s: %s', c.relname, (SELECT count(*) FROM pg_index i WHERE i.indrelid = c.oid AND i.indisvalid)), ', ')
         {tables} AND (SELECT count(*) FROM pg_index i WHERE i.indrelid = c.oid AND i.indisvalid) <> 8"
    );
    assert_eq!(db.one(&wrong).await, "NULL", "{what}");
    let off = format!("SELECT count(*) {tables} AND c.reloptions IS NOT NULL");
    assert_eq!(db.count(&off).await, 0, "{what}: autovacuum is off");
}

#[tokio::test]
async fn each_combination_of_tables_is_loaded_by_ranges_like_plain_tables() {
    let wanted = content(300, (Parts::None, Parts::None)).await;
    for kinds in COMBINATIONS {
        for args in [
            &in_batches("50", "3")[..],
            &["run", "--as-of", AS_OF, "--max-workers", "4"],
        ] {
            let db = filled(300, kinds).await;
            let end = db.json_with(args, &[RANGES]).ok();
            let what = format!("{kinds:?}, {args:?}");
            let counts = ["new", "updated", "unchanged", "rejected", "total_records"];
            let counts = counts.map(|name| end.stat(name));
            assert_eq!(counts, [300, 0, 0, 0, 300], "{what}");
            let ranges = db.count(OF_PARTITIONS).await;
            assert_eq!(ranges >= 4, kinds.0 != Parts::None, "{what}: {ranges}");
            assert_eq!(db.content().await, wanted, "{what}");
            assert_indexes(&db, &what).await;
            // The horizon of a partitioned raw table is used.
            let again = db.json_with(args, &[RANGES]).ok();
            assert_eq!(again.stat("processed_records"), 0, "{what}");
        }
    }
}

#[tokio::test]
async fn all_rows_can_be_processed_again_by_ranges() {
    for kinds in [
        (Parts::Hash(4), Parts::Hash(4)),
        (Parts::Month, Parts::Month),
    ] {
        let db = filled(300, kinds).await;
        db.json_with(&["run", "--as-of", AS_OF], &[RANGES]).ok();
        let wanted = db.content().await;
        db.client
            .batch_execute("UPDATE jobinsight_staging.staging_jobs SET title_clean = 'x' WHERE job_id IN ('1', '2')")
            .await
            .unwrap();
        let args = ["run", "--as-of", AS_OF, "--only-unprocessed=false"];
        let end = db.json_with(&args, &[RANGES]).ok();
        let counts = ["new", "updated", "unchanged"].map(|name| end.stat(name));
        assert_eq!(counts, [0, 2, 298], "{kinds:?}");
        assert_eq!(db.content().await, wanted, "{kinds:?}");
    }
}

#[tokio::test]
async fn the_number_of_partitions_and_lanes_does_not_change_the_content() {
    let wanted = content(400, (Parts::None, Parts::None)).await;
    for parts in [1, 4, 16] {
        for lanes in ["1", "2", "5", "16"] {
            let db = filled(400, (Parts::Hash(parts), Parts::Hash(parts))).await;
            db.json_with(&in_batches("50", lanes), &[RANGES]).ok();
            assert_eq!(db.content().await, wanted, "{parts} parts, {lanes} lanes");
            let mixed =
                "SELECT count(*) FROM jobinsight_staging.etl_batches WHERE partition IS NULL";
            assert_eq!(db.count(mixed).await, 0);
        }
    }
}

#[tokio::test]
#[ignore = "slow: cargo xtask faults of_many_rows"]
async fn the_number_of_partitions_and_lanes_does_not_change_the_content_of_many_rows() {
    let wanted = content(60_000, (Parts::None, Parts::None)).await;
    for parts in [1, 4, 16] {
        for lanes in ["1", "2", "4", "8", "16"] {
            let db = filled(60_000, (Parts::Hash(parts), Parts::Hash(parts))).await;
            db.json(&["run", "--as-of", AS_OF, "--max-workers", lanes])
                .ok();
            assert_eq!(db.content().await, wanted, "{parts} parts, {lanes} lanes");
        }
    }
}

#[tokio::test]
async fn a_lane_prefers_its_own_partitions() {
    let db = filled(2000, (Parts::Hash(4), Parts::Hash(4))).await;
    db.json_with(&in_batches("50", "1"), &[RANGES]).ok();
    // A single lane owns every partition, so it takes the batches as the plan mixes them.
    let order = "SELECT string_agg(partition_no::text, '' ORDER BY claimed_at) FROM jobinsight_staging.etl_batches";
    assert!(db.one(order).await.starts_with("01230123"));

    let db = filled(2000, (Parts::Hash(4), Parts::Hash(4))).await;
    db.json_with(&in_batches("50", "4"), &[RANGES]).ok();
    let own = "SELECT count(*) FILTER (WHERE partition_no::text = split_part(claimed_by, '/', -1)) * 100 / count(*) FROM jobinsight_staging.etl_batches";
    let own = db.count(own).await;
    assert!(
        own >= 60,
        "{own} % of the batches are of the lane's own partition"
    );
}

#[tokio::test]
async fn a_first_load_that_is_killed_is_finished_with_all_indexes() {
    let wanted = content(300, (Parts::None, Parts::None)).await;
    for place in [
        failpoint(after("data_loading"), "1*off->return(kill)"),
        failpoint(COMMIT_AFTER, "1*off->return(kill)"),
        failpoint(DATA_SAVING_INDEX_MADE, "2*off->return(kill)"),
    ] {
        for again in [&["run", "--as-of", AS_OF][..], &["retry"]] {
            let db = filled(300, (Parts::Month, Parts::Month)).await;
            let killed = db.json_with(&in_batches("50", "2"), &[RANGES, place]);
            assert_eq!(killed.code, 137, "{}", killed.stderr);
            db.json_with(again, &[RANGES]).ok();
            let what = format!("{}, {again:?}", place.1);
            assert_eq!(db.content().await, wanted, "{what}");
            assert_indexes(&db, &what).await;
            db.assert_all_accounted_for().await;
            db.assert_nothing_left().await;
        }
    }
}

#[tokio::test]
async fn sixty_thousand_rows_are_loaded_without_a_setting() {
    for kinds in [
        (Parts::Hash(4), Parts::Hash(4)),
        (Parts::Month, Parts::Month),
    ] {
        let db = filled(60_000, kinds).await;
        let end = db.json(&["run", "--as-of", AS_OF]).ok();
        assert_eq!(end.stat("new"), 60_000, "{kinds:?}");
        assert!(db.count(OF_PARTITIONS).await >= 4, "{kinds:?}");
        assert_indexes(&db, &format!("{kinds:?}")).await;
        db.assert_all_accounted_for().await;
    }
}
