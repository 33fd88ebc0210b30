//! Records that are incomplete, that repeat a key, or that another program has changed.

use jobinsight_tests::Db;

use super::report;

/// Files with these records, next to each other and with other records between them, so that they are in other chunks.
fn near_and_far(records: &[&str]) -> [String; 2] {
    let fill = |name: char| -> String {
        let line = |n: u32| format!("{{\"job_id\":\"{name}{n}\",\"title\":\"x\"}}\n");
        (0..1_100).map(line).collect()
    };
    let near = records.join("\n") + "\n" + &fill('n');
    let far = records.iter().zip('a'..);
    let far = far.map(|(record, name)| format!("{record}\n{}", fill(name)));
    [near, far.collect()]
}

#[tokio::test]
async fn partial_records_of_one_key_give_the_same_row_at_any_distance() {
    let db = Db::new().await;
    let full = r#"{"job_id":"1","title":"Kế Toán","salary":"15 triệu","company_name":"A"}"#;
    let bad = r#"{"job_id":"1","title":"Kho","company_name":"B","crawled_at":"not a time"}"#;
    for (records, row) in [
        (
            vec![full, r#"{"job_id":"1","title":"Trưởng"}"#],
            "Trưởng|15 triệu|A",
        ),
        // NOT NULL of title does not matter, because the row has a title.
        (
            vec![full, r#"{"job_id":"1","company_name":"B"}"#],
            "Kế Toán|15 triệu|B",
        ),
        (vec![full, r#"{"job_id":"1","salary":null}"#], "Kế Toán|-|A"),
        (vec![full, r#"{"job_id":"1"}"#], "Kế Toán|15 triệu|A"),
        (
            vec![
                full,
                r#"{"job_id":"1","salary":"9"}"#,
                r#"{"job_id":"1","company_name":null}"#,
            ],
            "Kế Toán|9|-",
        ),
        (
            vec![
                r#"{"job_id":"1","salary":"9"}"#,
                full,
                r#"{"job_id":"1","title":"T"}"#,
            ],
            "T|15 triệu|A",
        ),
        (
            vec![full, bad, r#"{"job_id":"1","salary":"9"}"#],
            "Kế Toán|9|A",
        ),
        (
            vec![bad, r#"{"job_id":"1","title":"T","crawled_at":null}"#],
            "T|-|-",
        ),
    ] {
        for text in near_and_far(&records) {
            db.client.batch_execute("TRUNCATE raw_jobs").await.unwrap();
            report(&db, "a.jsonl", text.as_bytes());
            let found = db.one("SELECT concat_ws('|', title, coalesce(salary, '-'), coalesce(company_name, '-')) FROM raw_jobs WHERE job_id = '1'").await;
            assert_eq!(found, row, "{records:?}");
        }
    }
}

#[tokio::test]
async fn whole_records_of_one_key_give_the_same_row_at_any_distance() {
    let db = Db::new().await;
    let fill: Vec<String> = (0..1_100).map(|n| format!("f{n},x,\n")).collect();
    let fill = fill.concat();
    for last in ["1,B,", "1,C,not a time"] {
        let mut rows = Vec::new();
        for between in ["", &fill] {
            db.client.batch_execute("TRUNCATE raw_jobs").await.unwrap();
            let text = format!("job_id,title,crawled_at\n1,A,2026-01-01Z\n{between}{last}\n");
            report(&db, "a.csv", text.as_bytes());
            rows.push(db.one("SELECT title || coalesce(crawled_at::date::text, '-') FROM raw_jobs WHERE job_id = '1'").await);
        }
        let row = if last == "1,B," { "B-" } else { "A2026-01-01" };
        assert_eq!(rows, [row, row]);
    }
}

#[tokio::test]
async fn a_record_without_a_key_is_rejected_by_itself() {
    let db = Db::new().await;
    let text = concat!(
        r#"{"job_id":"1","title":"Kế Toán"}"#,
        "\n{}\n",
        r#"{"job_id":null,"title":"A"}"#,
        "\n",
        r#"{"job_id":"2","title":"Lái Xe"}"#,
        "\n",
        r#"{"job_id":"3","title":"Kho"}"#,
        "\n",
        r#"{"exported":2}"#,
        "\n",
        r#"{"job_id":"4","title":"Thợ"}"#,
        "\n"
    );
    let report = report(&db, "a.jsonl", text.as_bytes());
    assert_eq!(
        (&report["inserted"], &report["rejected"]),
        (&4.into(), &3.into())
    );
    let reasons: Vec<_> = report["rejects"]
        .as_array()
        .unwrap()
        .iter()
        .map(|bad| {
            (
                bad["line"].as_u64().unwrap(),
                bad["cause"].as_str().unwrap(),
                bad["reason"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        reasons,
        [
            (2, "missing_key", "has no column job_id"),
            (3, "missing_key", "job_id is empty"),
            (6, "missing_key", "has no column job_id"),
        ]
    );
}

#[tokio::test]
async fn words_for_a_missing_value_become_null_or_reject_the_record() {
    let db = Db::new().await;
    let csv = "job_id,title,salary,company_name,crawled_at\n1,Kế Toán,NaN,None,NaT\n2,None,,,\nnull,Kho,,,\n3,Nan Hotel,N/A,NA,NA\n4,Lái Xe,10 triệu,A,\n";
    let report = report(&db, "a.csv", csv.as_bytes());
    assert_eq!(
        (
            &report["inserted"],
            &report["rejected"],
            &report["missing_words"]
        ),
        (&3.into(), &2.into(), &5.into()),
        "{report}"
    );
    let rows = "SELECT string_agg(concat_ws('|', job_id, title, coalesce(salary, '-'), coalesce(company_name, '-'), coalesce(crawled_at::text, '-')), ' ' ORDER BY job_id) FROM raw_jobs";
    assert_eq!(
        db.one(rows).await,
        "1|Kế Toán|-|-|- 3|Nan Hotel|-|NA|- 4|Lái Xe|10 triệu|A|-"
    );
    for bad in report["rejects"].as_array().unwrap() {
        assert_eq!(bad["cause"], "missing_value", "{bad}");
    }
}

#[tokio::test]
async fn headers_in_another_case_or_with_spaces_are_the_columns_of_the_table() {
    let db = Db::new().await;
    let csv = "\u{feff},Job ID, TITLE ,companyName,extra,extra\n0,1,Kế Toán,A,x,y\n";
    let report = report(&db, "a.csv", csv.as_bytes());
    assert_eq!(report["inserted"], 1, "{report}");
    assert_eq!(
        report["ignored_columns"],
        serde_json::json!(["column 1 (without a name)", "extra", "extra"])
    );
    assert_eq!(
        db.one("SELECT job_id || title || company_name FROM raw_jobs")
            .await,
        "1Kế ToánA"
    );
    for header in ["job_id,title,title", "job_id,title,Title"] {
        let file = db.state.path().join("twice.csv");
        std::fs::write(&file, format!("{header}\n1,A,B\n")).unwrap();
        db.jobinsight(&["import", file.to_str().unwrap()])
            .failed(2, "jobinsight::import::duplicate_column");
    }
}
