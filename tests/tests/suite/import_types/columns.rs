//! The types that a column of the raw table may have: `character(n)`, domains, other types of text, other collations.

use jobinsight_tests::Db;

use super::{import, raw_table};

const CSV: &[u8] =
    "job_id,title,salary,skills,company_name\n1828250,Kế Toán,15 - 20 triệu,\"[\"\"SQL\"\"]\",A\n1828251,Lái Xe,10 triệu,[],B\n"
        .as_bytes();
const ROWS: &str = "SELECT string_agg(concat_ws('|', job_id::text, title::text, salary::text, skills::text), ' ' ORDER BY job_id) FROM raw_jobs";
const WANTED: &str = r#"1828250|Kế Toán|15 - 20 triệu|["SQL"] 1828251|Lái Xe|10 triệu|[]"#;
/// The content of staging that does not depend on types: each value with its length.
const STAGED: &str =
    "SELECT string_agg(concat_ws('|', job_id, title, length(title), salary, salary_min, salary_max, company_name, length(company_name)), ' ' ORDER BY job_id)
       FROM jobinsight_staging.staging_jobs";
const STAGED_WANTED: &str =
    "1828250|Kế Toán|7|15 - 20 triệu|15|20|A|1 1828251|Lái Xe|6|10 triệu|10|10|B|1";

const CHARACTER: &str = "ALTER TABLE raw_jobs ALTER job_id TYPE char(20), ALTER title TYPE char(100), ALTER salary TYPE bpchar,
     ALTER company_name TYPE char(200)";
const DOMAINS: &str = "CREATE DOMAIN short AS varchar(20); CREATE DOMAIN shorter AS short CHECK (length(value) < 15);
     CREATE DOMAIN padded AS char(100); CREATE DOMAIN list AS jsonb; CREATE DOMAIN moment AS timestamptz;
     ALTER TABLE raw_jobs ALTER job_id TYPE short, ALTER salary TYPE shorter, ALTER title TYPE padded, ALTER skills TYPE list,
         ALTER posted_time TYPE moment";
const NONDETERMINISTIC: &str = "CREATE COLLATION any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
     ALTER TABLE raw_jobs ALTER job_id TYPE varchar(20) COLLATE any_case, ALTER title TYPE text COLLATE any_case,
         ALTER salary TYPE text COLLATE any_case, ALTER company_name TYPE text COLLATE any_case,
         ALTER deadline TYPE text COLLATE any_case, ALTER location TYPE text COLLATE any_case";

#[tokio::test]
async fn values_arrive_whole_and_a_run_reads_them_without_padding() {
    for types in [CHARACTER, DOMAINS, NONDETERMINISTIC] {
        for from in ["1", "1000000"] {
            let db = Db::new().await;
            raw_table(&db, types).await;
            let ranges = [("ETL_PHASES__SQL_PROCEDURES__RANGES_FROM", from)];
            let report = import(&db, "a.csv", CSV);
            assert_eq!(
                (&report["inserted"], &report["rejected"]),
                (&2.into(), &0.into()),
                "{types}"
            );
            assert_eq!(import(&db, "a.csv", CSV)["unchanged"], 2, "{types}");
            assert_eq!(db.one(ROWS).await, WANTED, "{types}");
            assert_eq!(db.json_with(&["run"], &ranges).ok().stat("new"), 2);
            assert_eq!(db.one(STAGED).await, STAGED_WANTED, "{types} {from}");
            // A small update, and a run that finds nothing.
            let changed = String::from_utf8_lossy(CSV).replace("Lái Xe", "Lái xe");
            assert_eq!(
                import(&db, "a.csv", changed.as_bytes())["updated"],
                1,
                "{types}"
            );
            assert_eq!(
                db.json_with(&["run"], &ranges).ok().stat("updated"),
                1,
                "{types}"
            );
            assert_eq!(
                db.json_with(&["run"], &ranges).ok().stat("updated"),
                0,
                "{types}"
            );
            let wanted = STAGED_WANTED.replace("Lái Xe", "Lái xe");
            assert_eq!(db.one(STAGED).await, wanted, "{types} {from}");
            db.assert_all_accounted_for().await;
            db.assert_no_row_in_both_tables().await;
            let shown = db.json(&["explain-row", "1828251"]).ok().stdout;
            assert!(!shown.contains("Lái xe  "), "{shown}");
        }
    }
}

#[tokio::test]
async fn texts_that_a_collation_calls_equal_have_their_own_results() {
    let db = Db::new().await;
    raw_table(&db, NONDETERMINISTIC).await;
    let csv = "job_id,title,salary,deadline\n1,A,15 TRIỆU,CÒN 5 NGÀY\n2,B,15 triệu,còn 5 ngày\n3,C,Thoả thuận,x\n4,D,THOẢ THUẬN,X\n";
    assert_eq!(import(&db, "a.csv", csv.as_bytes())["inserted"], 4);
    for from in ["1", "1000000"] {
        db.json_with(
            &["run", "--only-unprocessed=false"],
            &[("ETL_PHASES__SQL_PROCEDURES__RANGES_FROM", from)],
        )
        .ok();
        let rows = "SELECT string_agg(job_id || salary, '|' ORDER BY job_id) FROM jobinsight_staging.staging_jobs";
        assert_eq!(
            db.one(rows).await,
            "115 TRIỆU|215 triệu|3Thoả thuận|4THOẢ THUẬN"
        );
        db.assert_all_accounted_for().await;
    }
}

#[tokio::test]
async fn a_text_that_is_too_long_for_a_column_is_rejected_and_not_cut() {
    let db = Db::new().await;
    raw_table(&db, DOMAINS).await;
    let csv = "job_id,title,salary\n1,A,1234567890123456\n2,B,123456789012345678901\n123456789012345678901,C,1\n4,D,1\n";
    let report = import(&db, "a.csv", csv.as_bytes());
    assert_eq!(
        (&report["inserted"], &report["rejected"]),
        (&1.into(), &3.into()),
        "{report}"
    );
    assert_eq!(
        db.one("SELECT string_agg(job_id, ',') FROM raw_jobs").await,
        "4"
    );
}

#[tokio::test]
async fn columns_without_a_zone_show_the_clock_of_the_import() {
    let db = Db::new().await;
    raw_table(&db, "ALTER TABLE raw_jobs ALTER posted_time TYPE timestamp, ALTER crawled_at DROP DEFAULT, ALTER crawled_at TYPE date, ALTER deadline TYPE point USING NULL").await;
    let csv = "job_id,title,posted_time,crawled_at,deadline\n1,A,2025-11-05T23:30:00Z,05/11/2025,\"(1,2)\"\n2,B,05/11/2025 10:00,2025-11-05T23:30:00Z,\n";
    assert_eq!(import(&db, "a.csv", csv.as_bytes())["inserted"], 2);
    assert_eq!(import(&db, "a.csv", csv.as_bytes())["unchanged"], 2);
    let rows = "SELECT string_agg(concat_ws('|', posted_time, crawled_at), ' ' ORDER BY job_id) FROM raw_jobs";
    assert_eq!(
        db.one(rows).await,
        "2025-11-06 06:30:00|2025-11-05 2025-11-05 10:00:00|2025-11-06"
    );
    // A run cannot know the zone of such a column.
    db.json(&["run"])
        .failed(4, "jobinsight::contract::wrong_type");
}

#[tokio::test]
async fn other_types_are_refused_by_name_before_any_write() {
    for (types, named) in [
        (
            "CREATE DOMAIN number AS integer; ALTER TABLE raw_jobs ALTER salary TYPE number USING NULL",
            "salary is integer",
        ),
        (
            "CREATE DOMAIN word AS text; ALTER TABLE raw_jobs ALTER company_name TYPE word[] USING NULL",
            "company_name is word[]",
        ),
        (
            "ALTER TABLE raw_jobs ALTER skills TYPE json USING NULL",
            "skills is json,",
        ),
        (
            "ALTER TABLE raw_jobs ALTER title TYPE \"char\"",
            "title is \"char\",",
        ),
    ] {
        let db = Db::new().await;
        raw_table(&db, types).await;
        let end = db.json(&["run"]);
        end.failed(4, "jobinsight::contract::wrong_type");
        assert!(
            end.error_message().contains(named),
            "{}",
            end.error_message()
        );
        let written = "SELECT count(*) FROM pg_namespace WHERE nspname = 'jobinsight_staging'";
        assert_eq!(db.count(written).await, 0);
    }
}
