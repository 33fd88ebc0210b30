//! The bounds of a negotiable salary come from the title.

use jobinsight_tests::Db;
use serde_json::Value;

/// Titles and salaries, and the published bounds: source, type, bounds, bounds for a month.
const POSTINGS: [(&str, &str, &str); 6] = [
    (
        "Kế Toán - Lương 10-15 Triệu",
        "Thoả thuận",
        "title range 10 15 10 15",
    ),
    (
        "Kế Toán - Lương 10-15 Triệu",
        "20 triệu",
        "salary range 20 20 20 20",
    ),
    ("Kế Toán", "Thoả thuận", "negotiable"),
    (
        "Lái Xe (Lương 500K/Ngày)",
        "Cạnh tranh",
        "title range 0.5 0.5 13 13",
    ),
    // An implausible amount in a title is not read, and the salary stays negotiable.
    (
        "Bán Hàng - Lương 900 Triệu/Ngày",
        "Thoả thuận",
        "negotiable",
    ),
    ("Thợ Hàn - Lương 10-15 Triệu", "nhiều lắm 7x7", "unknown"),
];

const PUBLISHED: &str =
    "SELECT concat_ws(' ', salary_source, salary_type, salary_min, salary_max, salary_monthly_min, salary_monthly_max)
       FROM jobinsight_staging.staging_jobs ORDER BY job_id";

async fn postings() -> Db {
    let db = Db::new().await;
    for (at, (title, salary, _)) in POSTINGS.iter().enumerate() {
        let fields = [("title", *title), ("salary", *salary)];
        db.posting(&at.to_string(), &fields).await;
    }
    db
}

async fn published(db: &Db) -> Vec<String> {
    let rows = db.client.query(PUBLISHED, &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

fn wanted() -> Vec<String> {
    POSTINGS
        .iter()
        .map(|(_, _, out)| (*out).to_owned())
        .collect()
}

#[tokio::test]
async fn the_title_has_the_bounds_of_a_negotiable_salary_on_every_path() {
    // A first load, from a list of rows and from ranges of blocks.
    let ranges = [("ETL_PHASES__SQL_PROCEDURES__RANGES_FROM", "1")];
    for settings in [&[][..], &ranges] {
        let db = postings().await;
        db.json_with(&["run"], settings).ok();
        assert_eq!(published(&db).await, wanted(), "{settings:?}");
    }

    // Under the rules v1, no title is read.
    let db = postings().await;
    db.json(&["run", "--rules", "v1"]).ok();
    let with_source = "SELECT count(*) FROM jobinsight_staging.staging_jobs
        WHERE num_nonnulls(salary_source, salary_monthly_min, salary_monthly_max, company_key, province_codes, places) > 0";
    assert_eq!(db.count(with_source).await, 0);

    // A dry run compares the rows with the same bounds, and a later load publishes them.
    let dry = db.json(&["run", "--dry-run"]).ok().object();
    let columns = dry["rule_change"]["columns"].clone();
    assert_eq!(columns["salary_source"], 3, "{dry}");
    assert_eq!(columns["salary_monthly_max"], 3, "{dry}");
    db.json(&["run"]).ok();
    assert_eq!(published(&db).await, wanted());
    let all = [("ETL_ONLY_UNPROCESSED", "false")];
    let again = db.json_with(&["run", "--dry-run"], &all).ok().object();
    assert_eq!(again["rule_change"]["changed"], 0, "{again}");

    // So does an update of the posting.
    let change = "UPDATE raw_jobs SET title = 'Kế Toán - Lương 12 Triệu' WHERE job_id = '0'";
    db.client.batch_execute(change).await.unwrap();
    db.json(&["run"]).ok();
    assert_eq!(published(&db).await[0], "title range 12 12 12 12");
}

#[tokio::test]
async fn a_pay_that_many_titles_name_is_parsed_once_for_each_connection() {
    let db = Db::new().await;
    let postings = "INSERT INTO raw_jobs (job_id, title, salary)
        SELECT n::text, 'Kế Toán - Lương 10-15 Triệu', 'Thoả thuận' FROM generate_series(1, 40) n";
    db.client.batch_execute(postings).await.unwrap();
    let name = db.one("SELECT current_database()").await;
    let count = format!("ALTER DATABASE {name} SET track_functions = 'pl'");
    db.client.batch_execute(&count).await.unwrap();
    let one_lane = ["run", "--batch-size", "10", "--max-workers", "1"];
    assert_eq!(db.json(&one_lane).ok().stat("batch_count"), 4);
    let bounds = "SELECT count(*) FROM jobinsight_staging.staging_jobs WHERE salary_source = 'title' AND salary_min = 10";
    assert_eq!(db.count(bounds).await, 40);
    let calls = "SELECT calls FROM pg_stat_user_functions WHERE funcname = 'salary_parts_standard'";
    db.wait_for(calls).await;
    assert_eq!(db.count(calls).await, 1);

    // A later run on another connection has other bounds, if its settings are other.
    let days = [("ETL_PHASES__SQL_PROCEDURES__PLAUSIBLE_MAX", "14")];
    db.json_with(&one_lane, &days).ok();
    assert_eq!(db.count(bounds).await, 0);
}

#[tokio::test]
async fn explain_row_shows_the_pay_that_a_title_names() {
    let db = postings().await;
    db.json(&["run"]).ok();
    let made = |key: &str| {
        let explained = db.json(&["explain-row", key]).ok().object();
        assert_eq!(explained["staging"]["same"], true, "{explained}");
        let phases = explained["phases"].as_array().unwrap();
        let saving = phases.iter().find(|phase| phase["phase"] == "data_saving");
        saving.unwrap()["story"]["fields"][0]["made"].clone()
    };
    let pay = made("0");
    assert_eq!(
        (&pay["salary_source"], &pay["salary_max"]),
        (&"title".into(), &15.into())
    );
    // The salary, and not the title, has the bounds of the next row. The one after it has none.
    assert_eq!(
        (made("1"), made("2"), made("4")),
        (Value::Null, Value::Null, Value::Null)
    );
}

#[tokio::test]
async fn the_settings_of_salaries_decide_the_bounds_of_titles_too() {
    let db = postings().await;
    db.json(&["run"]).ok();
    let settings = [
        ("ETL_PHASES__SQL_PROCEDURES__MONTH_DAYS", "20"),
        ("ETL_PHASES__SQL_PROCEDURES__PLAUSIBLE_MAX", "14"),
    ];
    let run = db.json_with(&["run"], &settings).ok();
    assert_eq!(run.stat("updated"), 6, "{}", run.stdout);
    let bounds = published(&db).await;
    assert_eq!(bounds[0], "negotiable");
    assert_eq!(bounds[1], "unknown");
    assert_eq!(bounds[3], "title range 0.5 0.5 10 10");
    let rules = "SELECT DISTINCT split_part(rule_set, '/', 2) FROM jobinsight_staging.staging_jobs";
    assert_eq!(db.one(rules).await, "25000,month_days=20,plausible_max=14");
}

#[tokio::test]
async fn rows_of_a_release_with_other_rule_tables_are_processed_again() {
    let db = postings().await;
    db.json(&["run"]).ok();
    // The rows and the ledger, as a release with other tables would have left them.
    let digest = "SELECT DISTINCT substring(rule_set FROM '@[0-9a-f]{8}') FROM jobinsight_staging.staging_jobs";
    let digest = db.one(digest).await;
    let older = format!(
        "UPDATE jobinsight_staging.staging_jobs SET rule_set = replace(rule_set, '{digest}', '@00000000');
         UPDATE jobinsight_staging.etl_plans SET bound_to = replace(bound_to, '{digest}', '@00000000')"
    );
    db.client.batch_execute(&older).await.unwrap();
    let dry = db.json(&["run", "--dry-run"]).ok().object();
    assert_eq!(dry["other_rules"]["published"], 6, "{dry}");
    assert_eq!(dry["rule_change"]["unchanged"], 6, "{dry}");
    assert_eq!(db.json(&["run"]).ok().stat("updated"), 6);
    assert_eq!(db.json(&["run"]).ok().stat("unchanged"), 6);

    // No table decides the results of the rules v1.
    db.json(&["run", "--rules", "v1"]).ok();
    let rules = "SELECT DISTINCT rule_set FROM jobinsight_staging.staging_jobs";
    assert_eq!(db.one(rules).await, "v1/24000");
}
