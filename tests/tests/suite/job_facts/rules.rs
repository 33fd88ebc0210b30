//! The rules of facts: custom tables, and the rule set `v1`.

use jobinsight_tests::Db;

use super::{ALL, FACTS, RUN, postings};

#[tokio::test]
async fn v1_publishes_its_rows_and_the_facts_are_the_same() {
    let (with, without) = (Db::new().await, Db::new().await);
    for db in [&with, &without] {
        postings(db).await;
    }
    with.json(&[&RUN[..], &["--rules", "v1"]].concat()).ok();
    without.json(&["run", "--rules", "v1"]).ok();
    assert_eq!(with.one(FACTS).await, ALL);
    assert_eq!(with.content().await, without.content().await);
    let keys = "SELECT count(posting_key) FROM jobinsight_staging.jobs";
    assert_eq!(with.count(keys).await, 0, "v1 has no key of the company");
}

#[tokio::test]
async fn custom_lines_change_the_facts_of_published_rows() {
    let db = Db::new().await;
    postings(&db).await;
    db.json(&RUN).ok();
    let rules = tempfile::tempdir().unwrap();
    let table = |name: &str| rules.path().join(name);
    std::fs::write(table("fact_levels.txt"), "lead (first): lái xe\n").unwrap();
    std::fs::write(table("fact_skills.txt"), "Thuế: kế toán thuế\n").unwrap();
    let env = [("ETL_RULES_DIR", rules.path().to_str().unwrap())];
    db.json_with(&RUN, &env).ok();
    let changed = ALL
        .replace("4|4", "4|lead|4")
        .replace("\"Kế toán thuế\"", "Thuế");
    assert_eq!(db.one(FACTS).await, changed);
    std::fs::write(table("fact_levels.txt"), "boss: sếp\n").unwrap();
    let refused = db.json_with(&RUN, &env);
    refused.failed(2, "rules::bad_line");
}
