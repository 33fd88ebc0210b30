//! Each way to switch the rules of a live warehouse, with the statements of docs/migration.md.

use jobinsight_core::testing::postings::sample_file;
use jobinsight_tests::Db;

const LENIENT: &[(&str, &str)] = &[
    ("ETL_INTEGRITY_THRESHOLD", "0"),
    ("ETL_AS_OF", "2026-01-16T00:00:00Z"),
];
const NEXT: &[(&str, &str)] = &[
    LENIENT[0],
    LENIENT[1],
    ("ETL_STAGING__SCHEMA", "jobinsight_next"),
];

/// The page between two headings: its SQL, in order.
fn statements(from: &str, to: &str) -> Vec<&'static str> {
    let page = include_str!("../../../docs/migration.md");
    let section = page.split(from).nth(1).unwrap().split(to).next().unwrap();
    let blocks = section.split("```sql\n").skip(1);
    blocks
        .map(|block| block.split("```").next().unwrap())
        .collect()
}

/// A warehouse that was loaded from postings published by the rules `v1`. One of the postings is not in the raw table any more.
async fn warehouse() -> Db {
    let db = Db::new().await;
    let file = sample_file();
    db.jobinsight(&["import", file.to_str().unwrap()]).ok();
    db.json_with(&["run", "--rules", "v1"], LENIENT).ok();
    let create = statements("## Switch the rules of a live warehouse", "### Way 1");
    execute(&db, create[0]).await;
    let gone = "DELETE FROM raw_jobs WHERE job_id = (SELECT min(job_id) FROM raw_jobs)";
    execute(&db, gone).await;
    db
}

async fn execute(db: &Db, sql: &str) {
    if let Err(error) = db.client.batch_execute(sql).await {
        panic!("{error:?}\n{sql}");
    }
}

/// The content of the warehouse.
const WAREHOUSE: &str = "
    SELECT md5(string_agg(row, E'\\n' ORDER BY row COLLATE \"C\")) FROM (
        SELECT to_jsonb(c)::text AS row FROM dwh.companies c UNION ALL SELECT to_jsonb(j)::text FROM dwh.jobs j) AS rows";
/// The postings whose company differs from staging.
const OTHER_NAMES: &str = "
    SELECT count(*) FROM jobinsight_staging.staging_jobs s JOIN dwh.jobs j USING (job_id) LEFT JOIN dwh.companies c USING (company_id)
     WHERE c.name IS DISTINCT FROM s.company_name_standardized";
/// The names that a loader would add.
const UNKNOWN: &str = "
    SELECT count(DISTINCT company_name_standardized) FROM jobinsight_staging.staging_jobs s
     WHERE NOT EXISTS (SELECT FROM dwh.companies c WHERE c.name = s.company_name_standardized AND c.valid_to IS NULL)";

/// Each posting of the warehouse has the name of staging, and a loader would add no name.
async fn assert_names_of_staging(db: &Db) {
    let other = (db.count(UNKNOWN).await, db.count(OTHER_NAMES).await);
    assert_eq!(other, (0, 0));
}

#[tokio::test]
async fn a_warehouse_is_rebuilt_and_the_way_back_restores_it() {
    let db = warehouse().await;
    let before = db.one(WAREHOUSE).await;
    let way = statements("### Way 1: rebuild", "### Way 2");
    let [build, swap, remove, back] = way[..] else {
        panic!("{way:#?}");
    };
    db.json_with(&["run", "--rules", "standard"], NEXT).ok();
    execute(&db, build).await;
    assert_eq!(db.one(WAREHOUSE).await, before, "readers see the old one");
    execute(&db, swap).await;
    db.json_with(&["run", "--rules", "standard"], LENIENT).ok();
    assert_names_of_staging(&db).await;
    let missing = "SELECT count(*) FROM jobinsight_staging.staging_jobs s WHERE NOT EXISTS (SELECT FROM dwh.jobs j WHERE j.job_id = s.job_id)";
    assert_eq!(db.count(missing).await, 0);
    execute(&db, remove).await;
    execute(&db, back).await;
    db.json_with(&["run", "--rules", "v1"], LENIENT).ok();
    assert_eq!(db.one(WAREHOUSE).await, before);
    assert_names_of_staging(&db).await;
}

#[tokio::test]
async fn names_change_and_keys_stay_and_the_way_back_restores_them() {
    let db = warehouse().await;
    let before = db.one(WAREHOUSE).await;
    let way = statements("### Way 2: change the names", "## Run both side by side");
    let [names, change, check, back] = way[..] else {
        panic!("{way:#?}");
    };
    db.json_with(&["run", "--rules", "standard"], NEXT).ok();
    execute(&db, names).await;
    // Without the change, the loader would add many names, and all would be current.
    db.json_with(&["run", "--rules", "standard"], LENIENT).ok();
    assert!(db.count(UNKNOWN).await > 0);
    execute(&db, change).await;
    let checks: Vec<&str> = check.split_inclusive(';').collect();
    assert_eq!(db.count(checks[0]).await, 0, "unknown names");
    assert_eq!(db.count(checks[1]).await, 0, "postings with another name");
    execute(&db, checks[2]).await;
    let renamed = "SELECT count(*) FROM dwh.companies c JOIN dwh.companies_before b USING (company_id) WHERE c.name <> b.name";
    assert!(db.count(renamed).await > 0, "a renamed row keeps its key");
    let lost = "SELECT count(*) FROM dwh.companies_before b WHERE NOT EXISTS (SELECT FROM dwh.companies c WHERE c.company_id = b.company_id)";
    assert_eq!(db.count(lost).await, 0, "no key is deleted");
    let closed = "SELECT count(*) FROM dwh.companies c WHERE valid_to IS NOT NULL AND EXISTS (SELECT FROM dwh.jobs j WHERE j.company_id = c.company_id)";
    assert_eq!(db.count(closed).await, 0, "no posting has a closed name");

    execute(&db, back).await;
    db.json_with(&["run", "--rules", "v1"], LENIENT).ok();
    assert_eq!(db.one(WAREHOUSE).await, before);
    assert_names_of_staging(&db).await;
}
