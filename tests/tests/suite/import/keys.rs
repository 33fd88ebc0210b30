//! Keys that programs changed, or that have blanks around them.

use jobinsight_tests::Db;

use super::report;

const KEYS: &str = "SELECT string_agg('[' || job_id || ']', '' ORDER BY job_id) FROM raw_jobs";

#[tokio::test]
async fn blanks_around_a_key_are_not_part_of_it() {
    let db = Db::new().await;
    let csv = "job_id,title\n 1,A\n2 ,B\n\u{a0}3,C\n\u{200b}4,D\n\u{feff}5,E\n  ,F\n";
    let first = report(&db, "a.csv", csv.as_bytes());
    assert_eq!(
        (&first["inserted"], &first["rejects"][0]["reason"]),
        (&5.into(), &"job_id is empty".into())
    );
    let json = "{\"job_id\":\"1\\t\",\"title\":\"A\"}\n{\"job_id\":\"\",\"title\":\"B\"}\n";
    let second = report(&db, "a.jsonl", json.as_bytes());
    assert_eq!(
        (&second["unchanged"], &second["rejects"][0]["cause"]),
        (&1.into(), &"missing_key".into())
    );
    assert_eq!(db.one(KEYS).await, "[1][2][3][4][5]");
}

#[tokio::test]
async fn a_key_that_a_program_changed_is_rejected() {
    let db = Db::new().await;
    for key in [
        "1.23E+09",
        "1.82825E9",
        "1828250.0",
        "\"1,828,250\"",
        "1.828.250",
        "1 828 250",
        "#REF!",
        "########",
        "=\"1828250\"",
        "\\N",
        "(null)",
    ] {
        let csv = format!("job_id,title\n1,A\n{key},B\n");
        let report = report(&db, "a.csv", csv.as_bytes());
        assert_eq!(report["rejected"], 1, "{key}: {report}");
    }
    // A data frame that was written by columns, and an id as MongoDB exports it.
    let json = concat!(
        "{\"job_id\":\"1\",\"title\":\"A\"}\n{\"job_id\":\"12E4\",\"title\":\"B\"}\n",
        "{\"job_id\":{\"0\":\"1\"},\"title\":{\"0\":\"A\"}}\n{\"job_id\":{\"$oid\":\"8\"},\"title\":\"A\"}\n"
    );
    let report = report(&db, "a.jsonl", json.as_bytes());
    assert_eq!(
        (&report["inserted"], &report["rejected"]),
        (&1.into(), &2.into())
    );
    assert_eq!(report["rejects"][0]["cause"], "changed_key");
    assert_eq!(db.one(KEYS).await, "[1][12E4]");
}

#[tokio::test]
async fn a_blank_value_is_null_in_a_column_that_is_not_a_text() {
    let db = Db::new().await;
    let json = "{\"job_id\":\"1\",\"title\":\"A\",\"posted_time\":\"\",\"skills\":\" \",\"verified_employer\":\"\",\"salary\":\"\"}\n";
    assert_eq!(report(&db, "a.jsonl", json.as_bytes())["inserted"], 1);
    let csv = "job_id,title,posted_time,skills,verified_employer,salary\n2,B, , , ,\\N\n";
    let report = report(&db, "a.csv", csv.as_bytes());
    assert_eq!(
        (&report["inserted"], &report["missing_words"]),
        (&1.into(), &1.into())
    );
    let rows = "SELECT string_agg(concat(job_id, posted_time, skills, verified_employer, '[' || salary || ']'), ' ' ORDER BY job_id) FROM raw_jobs";
    assert_eq!(db.one(rows).await, "1[] 2");
}
