//! `import` reads raw postings from files.

mod csv_lines;
mod file_forms;
mod keys;
mod partitions;
mod records;
mod rejects;
mod silent_pipes;
mod tables;

use std::process::{Child, Stdio};
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray, TimestampMillisecondArray};
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use jobinsight_runner::import::{Gate, Line, Options, Record, RecordReader, Rejects, Table, load};
use jobinsight_tests::Db;

fn report(db: &Db, name: &str, content: &[u8]) -> serde_json::Value {
    let file = db.state.path().join(name);
    std::fs::write(&file, content).unwrap();
    db.json(&["import", file.to_str().unwrap()]).ok().object()["files"][0]["report"].clone()
}

/// Starts an import of standard input.
fn start_stdin(db: &Db, args: &[&str]) -> Child {
    db.command(&[&["import", "--format", "json"], args, &["-"]].concat())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[tokio::test]
async fn a_truncated_file_fails_and_imports_nothing() {
    let db = Db::new().await;
    for (name, text) in [
        ("quote.csv", "job_id,title\n1,A\n2,\"Kế T"),
        ("fields.csv", "job_id,title\n1,A\n2"),
        (
            "cut.jsonl",
            "{\"job_id\":\"1\",\"title\":\"A\"}\n{\"job_id\":\"2\",\"ti",
        ),
    ] {
        let file = db.state.path().join(name);
        std::fs::write(&file, text).unwrap();
        db.jobinsight(&["import", file.to_str().unwrap()])
            .failed(1, "jobinsight::import::read");
    }
    assert_eq!(db.count("SELECT count(*) FROM raw_jobs").await, 0);
}

#[tokio::test]
async fn csv_is_upserted_by_key_and_equal_rows_are_not_written() {
    let db = Db::new().await;
    let csv = "job_id,title,skills,salary,extra\n1,\"Kế Toán\nTrưởng\",\"[\"\"SQL\"\"]\",,x\n2,Lái Xe,[],Thoả thuận,y\n";
    let first = report(&db, "a.csv", csv.as_bytes());
    assert_eq!(
        (
            &first["inserted"],
            &first["rejected"],
            &first["ignored_columns"][0]
        ),
        (&2.into(), &0.into(), &"extra".into())
    );
    assert_eq!(db.one("SELECT title || '|' || coalesce(salary, 'NULL') || '|' || (skills->>0) FROM raw_jobs WHERE job_id = '1'").await, "Kế Toán\nTrưởng|NULL|SQL");
    let again = report(&db, "a.csv", csv.replace("Lái Xe", "Lái Xe Tải").as_bytes());
    assert_eq!(
        (&again["inserted"], &again["updated"], &again["unchanged"]),
        (&0.into(), &1.into(), &1.into())
    );
}

#[tokio::test]
async fn bad_lines_are_rejected_with_file_and_line_and_the_rest_is_imported() {
    let db = Db::new().await;
    let long = "9".repeat(21);
    let csv = format!(
        "job_id,title,crawled_at\n1,A,2026-01-01\n2,B\n3,C,not a time\n{long},D,\n,E,\n6,F\u{0},2026-01-02T00:00:00Z\n7,G,\n8,H,\n"
    );
    let report = report(&db, "bad.csv", csv.as_bytes());
    assert_eq!(
        (
            &report["inserted"],
            &report["rejected"],
            &report["nul_dropped"]
        ),
        (&4.into(), &4.into(), &1.into()),
        "{report}"
    );
    let lines = db.one("SELECT string_agg(line::text, ',' ORDER BY line) FROM jobinsight_staging.import_rejects WHERE origin LIKE '%bad.csv'").await;
    assert_eq!(lines, "3,4,5,6");
    assert_eq!(
        db.one("SELECT string_agg(job_id, ',' ORDER BY job_id) FROM raw_jobs")
            .await,
        "1,6,7,8"
    );
}

/// Reads two records, and fails then.
struct Breaks {
    columns: Vec<String>,
    line: u64,
}

impl RecordReader for Breaks {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn next(&mut self) -> std::io::Result<Option<Line>> {
        self.line += 1;
        if self.line > 2 {
            return Err(std::io::Error::from_raw_os_error(5));
        }
        Ok(Some(Ok(Record {
            line: self.line,
            values: vec![Some(self.line.to_string()), Some("New".to_owned())],
            absent: Vec::new(),
        })))
    }
}

#[tokio::test]
async fn a_failed_read_imports_nothing_and_exits_1() {
    let db = Db::new().await;
    db.post("1", "Old").await;
    let table = Table {
        schema: "public".to_owned(),
        name: "raw_jobs".to_owned(),
    };
    let reader = Box::new(Breaks {
        columns: vec!["job_id".to_owned(), "title".to_owned()],
        line: 0,
    });
    let rejects = Rejects {
        schema: "jobinsight_staging",
        ddl: "",
        insert: "",
    };
    let mut client = db.connect().await;
    let options = Options {
        gate: Gate {
            threshold: 0.98,
            min_rejects: 10,
        },
        statement: std::time::Duration::from_secs(60),
        time_zone: jobinsight_core::clock::time_zone("Asia/Ho_Chi_Minh").unwrap(),
        triggers: Vec::new(),
    };
    let error = load(
        &mut client,
        &table,
        reader,
        "a.csv",
        rejects,
        options,
        &mut |_| {},
    )
    .await
    .unwrap_err();
    assert_eq!(
        (error.code().name(), error.kind().exit_code()),
        ("jobinsight::import::read", 1)
    );
    assert!(
        error
            .message()
            .contains("after line 2; nothing was imported"),
        "{error}"
    );
    let rows = "SELECT string_agg(job_id || title, ',') FROM raw_jobs";
    assert_eq!(db.one(rows).await, "1Old");
}

#[tokio::test]
async fn an_import_into_a_read_only_database_says_to_use_the_primary() {
    let db = Db::new().await;
    let name = db.one("SELECT current_database()").await;
    let file = db.state.path().join("a.csv");
    std::fs::write(&file, "job_id,title\n1,A\n").unwrap();
    db.client
        .batch_execute(&format!(
            "ALTER DATABASE {name} SET default_transaction_read_only = on"
        ))
        .await
        .unwrap();
    let run = db.json(&["import", file.to_str().unwrap()]);
    run.failed(2, "jobinsight::database::read_only");
    let error = &run.object()["error"];
    let help = error["help"].as_str().unwrap();
    assert!(help.starts_with("connect to the primary"), "{help}");
    let message = error["message"].as_str().unwrap();
    assert!(
        message.contains("default_transaction_read_only"),
        "{message}"
    );
}

#[tokio::test]
async fn json_lines_and_parquet_import_the_same_rows() {
    let db = Db::new().await;
    let json = "{\"job_id\":\"1\",\"title\":\"Kế Toán\",\"skills\":[\"SQL\"],\"verified_employer\":true,\"crawled_at\":\"2026-01-15T01:00:00Z\"}\nnot json\n";
    let first = report(&db, "a.jsonl", json.as_bytes());
    assert_eq!(
        (&first["inserted"], &first["rejected"]),
        (&1.into(), &1.into())
    );

    let schema = Arc::new(Schema::new(vec![
        Field::new("job_id", DataType::Utf8, false),
        Field::new("title", DataType::Utf8, false),
        Field::new(
            "crawled_at",
            DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into())),
            true,
        ),
    ]));
    let time = TimestampMillisecondArray::from(vec![1_768_438_800_000]).with_timezone("UTC");
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from(vec!["1"])),
        Arc::new(StringArray::from(vec!["Kế Toán"])),
        Arc::new(time),
    ];
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns).unwrap();
    let mut bytes = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut bytes, schema, None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let second = report(&db, "a.parquet", &bytes);
    assert_eq!(second["unchanged"], 1, "{second}");
}

#[tokio::test]
async fn import_creates_the_raw_table_on_request() {
    let db = Db::new().await;
    db.client
        .batch_execute("DROP TABLE raw_jobs")
        .await
        .unwrap();
    let file = db.state.path().join("a.csv");
    std::fs::write(&file, "job_id,title\n1,Kế Toán\n").unwrap();
    let file = file.to_str().unwrap();
    db.jobinsight(&["import", file])
        .failed(2, "jobinsight::import::missing_table");
    db.jobinsight(&["import", "--create", file]).ok();
    assert_eq!(db.json(&["run"]).ok().stat("new"), 1);
}

#[tokio::test]
async fn a_file_without_the_key_column_is_refused() {
    let db = Db::new().await;
    let file = db.state.path().join("a.csv");
    std::fs::write(&file, "id,title\n1,Kế Toán\n").unwrap();
    db.jobinsight(&["import", file.to_str().unwrap()])
        .failed(2, "jobinsight::import::missing_key");
    db.jobinsight(&["import", "/nowhere.csv"])
        .failed(2, "jobinsight::import::open");
}

#[tokio::test]
async fn an_escaped_backslash_before_u0000_is_not_a_nul() {
    let db = Db::new().await;
    let jsonl = concat!(
        r#"{"job_id":"1","title":"a \\u0000 b","skills":["x\\u0000y"]}"#,
        "\n",
        r#"{"job_id":"2","title":"c \u0000d","skills":["e\u0000f","\\\u0000"]}"#,
        "\n"
    );
    let jsonl_report = report(&db, "nul.jsonl", jsonl.as_bytes());
    assert_eq!(
        (&jsonl_report["inserted"], &jsonl_report["nul_dropped"]),
        (&2.into(), &3.into()),
        "{jsonl_report}"
    );
    let csv = "job_id,title,skills\n3,g \\u0000 h,\"[\"\"i\\u0000\"\"]\"\n";
    assert_eq!(report(&db, "nul.csv", csv.as_bytes())["nul_dropped"], 1);
    let rows = db
        .one("SELECT string_agg(title || ' ' || skills::text, E'\n' ORDER BY job_id) FROM raw_jobs")
        .await;
    assert_eq!(
        rows,
        concat!(
            r#"a \u0000 b ["x\\u0000y"]"#,
            "\n",
            r#"c d ["ef", "\\"]"#,
            "\n",
            r#"g \u0000 h ["i"]"#
        )
    );
}
