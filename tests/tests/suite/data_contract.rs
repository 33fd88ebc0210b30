//! `jobinsight contract`: the data contracts of the raw table and of staging.

use boon::{Compiler, Schemas};
use jobinsight_tests::Db;
use serde_json::{Value, json};

use crate::reading_staging::postings;

/// The differences of one table, without the texts: column, kind, whether it breaks the contract, rows.
fn differences(shown: &Value, table: &str) -> Vec<Value> {
    let tables = shown["tables"].as_array().unwrap();
    let table = tables.iter().find(|one| one["table"] == table).unwrap();
    let differences = table["differences"].as_array().unwrap().iter();
    let short = |one: &Value| json!([one["column"], one["kind"], one["breaks"], one["rows"]]);
    differences.map(short).collect()
}

/// A database with published postings whose tables hold their contracts.
async fn published() -> Db {
    let db = postings(5).await;
    db.json(&["run"]).ok();
    let checked = db.json(&["contract", "check"]);
    assert_eq!(checked.code, 0, "{}", checked.stdout);
    assert_eq!(checked.object()["holds"], true);
    db
}

#[test]
fn the_contracts_are_valid_in_the_open_data_contract_standard() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/standards");
    let schema = std::fs::read_to_string(format!("{folder}/odcs-json-schema-v3.1.0.json")).unwrap();
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    let schema: Value = serde_json::from_str(&schema).unwrap();
    compiler.add_resource("mem:///odcs.json", schema).unwrap();
    let index = compiler.compile("mem:///odcs.json", &mut schemas).unwrap();
    for name in ["raw_jobs", "staging_jobs"] {
        let file = format!(
            "{}/../docs/contracts/{name}.yaml",
            env!("CARGO_MANIFEST_DIR")
        );
        let text = std::fs::read_to_string(file).unwrap();
        let contract: Value = yaml_serde::from_str(&text).unwrap();
        if let Err(error) = schemas.validate(&contract, index) {
            panic!("{name}: {error:#}");
        }
        // A schema that allows everything would have allowed this as well.
        let mut wrong = contract.clone();
        wrong["schema"][0]["properties"][0]["logicalType"] = json!("varchar");
        assert!(schemas.validate(&wrong, index).is_err());
        let mut wrong = contract;
        wrong["schema"][0]["properties"][0]["sort"] = json!("unknown");
        assert!(schemas.validate(&wrong, index).is_err());
    }
}

#[tokio::test]
async fn the_contract_is_the_same_in_yaml_and_in_json_and_names_the_configured_table() {
    let db = Db::new().await;
    let env = &[("ETL_RAW__TABLE", "crawled")];
    let shown = db.json_with(&["contract", "show", "raw"], env).ok();
    let contract = &shown.object()["contract"];
    let text = db.jobinsight_with(&["contract", "show", "raw"], env);
    assert_eq!(text.code, 0, "{}", text.stderr);
    let parsed: Value = yaml_serde::from_str(&text.stdout).unwrap();
    assert_eq!(&parsed, contract);
    assert_eq!(contract["schema"][0]["physicalName"], "public.crawled");
    let first = &contract["schema"][0]["properties"][0];
    assert_eq!(
        [&first["name"], &first["primaryKey"], &first["required"]],
        [&json!("job_id"), &json!(true), &json!(true)]
    );
}

#[tokio::test]
async fn each_difference_of_the_raw_table_is_named_with_what_to_type() {
    let db = published().await;
    db.client
        .batch_execute(
            "ALTER TABLE raw_jobs RENAME salary TO salaries;
             ALTER TABLE raw_jobs DROP COLUMN logo_url;
             ALTER TABLE raw_jobs ALTER COLUMN verified_employer TYPE text;
             ALTER TABLE raw_jobs ALTER COLUMN title TYPE text;
             ALTER TABLE raw_jobs DROP CONSTRAINT raw_jobs_pkey;
             ALTER TABLE raw_jobs ADD COLUMN board text",
        )
        .await
        .unwrap();
    let checked = db.json(&["contract", "check"]);
    assert_eq!(checked.code, 4, "{}", checked.stdout);
    let shown = checked.object();
    assert_eq!(
        differences(&shown, "raw"),
        [
            json!(["job_id", "no_key", true, null]),
            json!(["title", "other_type", false, null]),
            json!(["salary", "missing_column", true, null]),
            json!(["verified_employer", "wrong_type", true, null]),
            json!(["logo_url", "missing_column", true, null]),
            json!(["salaries", "unknown_column", false, null]),
            json!(["board", "unknown_column", false, null]),
        ]
    );
    assert_eq!(differences(&shown, "staging"), [] as [Value; 0]);

    // The statements of the help end the differences.
    let all = shown["tables"][0]["differences"].as_array().unwrap();
    for help in all.iter().filter_map(|one| one["help"].as_str()) {
        db.client.batch_execute(help).await.unwrap();
    }
    let checked = db.json(&["contract", "check", "raw"]);
    assert_eq!(checked.code, 0, "{}", checked.stdout);
    db.json(&["run"]).ok();
}

#[tokio::test]
async fn a_posting_without_a_title_is_shown_and_does_not_break_the_contract() {
    let db = published().await;
    db.client
        .batch_execute("ALTER TABLE raw_jobs ALTER COLUMN title DROP NOT NULL; UPDATE raw_jobs SET title = NULL WHERE job_id IN ('1', '2')")
        .await
        .unwrap();
    let checked = db.json(&["contract", "check", "raw"]);
    assert_eq!(checked.code, 0, "{}", checked.stdout);
    let shown = checked.object();
    assert_eq!(
        differences(&shown, "raw"),
        [json!(["title", "nulls", false, 2])]
    );
    assert_eq!(
        shown["tables"][0]["differences"][0]["keys"],
        json!(["1", "2"])
    );
}

#[tokio::test]
async fn each_wrong_value_of_staging_is_counted_with_examples() {
    let db = published().await;
    db.client
        .batch_execute(
            "ALTER TABLE jobinsight_staging.staging_jobs ALTER COLUMN title_clean DROP NOT NULL;
             UPDATE jobinsight_staging.staging_jobs SET salary_type = 'odd', salary_source = 'odd' WHERE job_id IN ('1', '2', '3');
             UPDATE jobinsight_staging.staging_jobs
                SET salary_min = 2, salary_max = 1, warnings = '{odd,salary_unparsed}', location_codes = '{VN-HN,odd}',
                    province_codes = '{1}', rule_set = 'standards', salary_period = 'year', title_clean = NULL
              WHERE job_id = '4'",
        )
        .await
        .unwrap();
    let before = db.content().await;
    let checked = db.json(&["contract", "check", "staging"]);
    assert_eq!(checked.code, 3, "{}", checked.stdout);
    let shown = checked.object();
    assert_eq!(
        differences(&shown, "staging"),
        [
            json!(["title_clean", "nullable", true, null]),
            json!(["location_codes", "values", true, 1]),
            json!(["province_codes", "values", true, 1]),
            json!(["rule_set", "values", true, 1]),
            json!(["salary_min", "bounds", true, 1]),
            json!(["salary_source", "values", true, 3]),
            json!(["salary_type", "values", true, 3]),
            json!(["title_clean", "nulls", true, 1]),
            json!(["warnings", "values", true, 1]),
        ]
    );
    let kind = &shown["tables"][0]["differences"][6];
    assert_eq!(kind["keys"], json!(["1", "2", "3"]));
    assert_eq!(kind["values"], json!(["odd"]));
    assert_eq!(db.content().await, before, "nothing was written");

    // The help of the values is a run of all rows.
    db.json(&["run", "--only-unprocessed=false"]).ok();
    db.client
        .batch_execute(
            "ALTER TABLE jobinsight_staging.staging_jobs ALTER COLUMN title_clean SET NOT NULL",
        )
        .await
        .unwrap();
    assert_eq!(db.json(&["contract", "check"]).code, 0);
}

#[tokio::test]
async fn a_missing_table_breaks_its_contract() {
    let db = postings(1).await;
    let checked = db.json(&["contract", "check"]);
    assert_eq!(checked.code, 3, "{}", checked.stdout);
    assert_eq!(
        differences(&checked.object(), "staging"),
        [json!([null, "missing_table", true, null])]
    );
    db.client
        .batch_execute("DROP TABLE raw_jobs")
        .await
        .unwrap();
    let checked = db.json(&["contract", "check"]);
    assert_eq!(checked.code, 4, "{}", checked.stdout);
}

#[tokio::test]
async fn the_values_of_every_rule_set_are_those_of_the_contract() {
    for rules in ["standard", "v1"] {
        let db = Db::new().await;
        for (key, salary) in [
            "Thoả thuận",
            "10 - 20 triệu",
            "Tới 1,500 USD",
            "Từ 8 triệu",
            "200k/giờ",
            "500k/ngày",
            "3 triệu/tuần",
            "300 triệu/năm",
            "50k/sản phẩm",
            "Lương 12 x",
            "1 USD",
        ]
        .iter()
        .enumerate()
        {
            let fields = [
                ("title", "Kế Toán - Lương 20 Triệu"),
                ("salary", salary),
                ("location", "Hà Nội, Hồ Chí Minh, Nhật Bản"),
            ];
            db.posting(&key.to_string(), &fields).await;
        }
        db.json(&["run", "--rules", rules]).ok();
        let checked = db.json(&["contract", "check"]);
        assert_eq!(checked.code, 0, "{rules}: {}", checked.stdout);
    }
}
