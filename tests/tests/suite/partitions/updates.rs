//! Runs after the first one update, insert and move rows.

use super::{COMBINATIONS, Parts, filled, partition};
use crate::faults::{AS_OF, LENIENT};
use crate::upgrades::{LENIENT as UNLIMITED, RUN as UPGRADE, STATES, earlier, raw};

/// Changes the title of a posting, moves two postings to another month, removes one, and adds two. One of these is rejected.
const CHANGES: &str = "
    UPDATE raw_jobs SET title = 'Kế Toán Trưởng' WHERE job_id = '3';
    UPDATE raw_jobs SET crawled_at = '2025-12-24T00:00:00Z' WHERE job_id IN ('4', '5');
    DELETE FROM raw_jobs WHERE job_id = '6';
    INSERT INTO raw_jobs SELECT (jsonb_populate_record(r, jsonb_build_object('job_id', n.id, 'title', n.title))).*
      FROM raw_jobs r, (VALUES ('new', 'Lái Xe'), ('blank', '')) AS n (id, title) WHERE r.job_id = '7'";

const RUN: [&str; 7] = [
    "run",
    "--as-of",
    AS_OF,
    "--batch-size",
    "7",
    "--max-workers",
    "3",
];

#[tokio::test]
async fn each_combination_of_tables_counts_and_publishes_like_plain_tables() {
    let plain = filled(40, (Parts::None, Parts::None)).await;
    let mut contents = [String::new(), String::new()];
    for (round, content) in contents.iter_mut().enumerate() {
        if round == 1 {
            plain.client.batch_execute(CHANGES).await.unwrap();
        }
        plain.json_with(&RUN, LENIENT).ok();
        *content = plain.content().await;
    }
    for kinds in COMBINATIONS {
        let db = filled(40, kinds).await;
        let first = db.json_with(&RUN, LENIENT).ok();
        assert_eq!((first.stat("new"), first.stat("updated")), (40, 0));
        assert_eq!(db.content().await, contents[0], "{kinds:?}");
        db.client
            .batch_execute("UPDATE jobinsight_staging.staging_jobs SET processed_to_dwh = true")
            .await
            .unwrap();

        db.client.batch_execute(CHANGES).await.unwrap();
        let second = db.json_with(&RUN, LENIENT).ok();
        let counts = ["new", "updated", "unchanged", "rejected", "total_records"];
        let counts = counts.map(|name| second.stat(name));
        assert_eq!(counts, [1, 3, 36, 1, 41], "{kinds:?}");
        let unseen = "SELECT string_agg(job_id, ',' ORDER BY job_id) FROM jobinsight_staging.staging_jobs WHERE NOT processed_to_dwh";
        assert_eq!(db.one(unseen).await, "3,4,5,new", "{kinds:?}");
        db.client
            .batch_execute("UPDATE jobinsight_staging.staging_jobs SET processed_to_dwh = false")
            .await
            .unwrap();
        assert_eq!(db.content().await, contents[1], "{kinds:?}");
        db.assert_all_accounted_for().await;
        let third = db.json_with(&RUN, LENIENT).ok();
        assert_eq!(third.stat("processed_records"), 0, "{kinds:?}");
    }
}

#[tokio::test]
async fn a_partitioned_staging_table_of_an_earlier_version_is_upgraded() {
    let new = raw().await;
    new.json_with(&UPGRADE, UNLIMITED).ok();
    let wanted = new.content().await;
    for state in STATES {
        let db = earlier(state).await;
        partition(&db, "jobinsight_staging", "staging_jobs", Parts::Hash(3)).await;
        db.json_with(&UPGRADE, UNLIMITED).ok();
        assert_eq!(db.content().await, wanted, "{state}");
        db.assert_all_accounted_for().await;
        let without_index = "SELECT string_agg(c.relname, ', ') FROM pg_class c WHERE c.relname LIKE 'staging\\_jobs\\_%' AND c.relkind = 'r'
             AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND pg_get_indexdef(i.indexrelid) LIKE '%brin (published_at)')";
        assert_eq!(db.one(without_index).await, "NULL", "{state}");
        let again = db.json_with(&UPGRADE, UNLIMITED).ok();
        assert_eq!(again.stat("processed_records"), 0, "{state}");
    }
}
