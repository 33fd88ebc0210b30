//! Files in other forms: compressed, with other separators, encodings and line ends, JSON arrays.

use std::io::Write;
use std::process::{Command, Stdio};

use jobinsight_tests::{CommandOutput, Db};

use super::{report, start_stdin};

const CSV: &str = "job_id,title\n1,Kế Toán Trưởng\n2,Lái Xe\n";
const ROWS: &str = "1Kế Toán Trưởng,2Lái Xe";

async fn rows(db: &Db) -> String {
    let rows = db
        .one("SELECT coalesce(string_agg(job_id || title, ',' ORDER BY job_id), '') FROM raw_jobs")
        .await;
    db.client.batch_execute("TRUNCATE raw_jobs").await.unwrap();
    rows
}

/// The output of a program such as `gzip`.
fn piped(program: &str, args: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new(program)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap().stdout
}

fn import_stdin(db: &Db, args: &[&str], input: &[u8]) -> CommandOutput {
    let mut child = start_stdin(db, args);
    // A command that refuses its arguments does not read.
    let _ = child.stdin.take().unwrap().write_all(input);
    CommandOutput::of(&child.wait_with_output().unwrap())
}

fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(unit).collect()
}

#[tokio::test]
async fn import_reads_standard_input() {
    let db = Db::new().await;
    let import = import_stdin(&db, &[], "job_id,title\n1,Kế Toán\n".as_bytes()).ok();
    assert_eq!(import.object()["files"][0]["report"]["inserted"], 1);
}

#[tokio::test]
async fn compressed_files_are_read_by_their_content_also_from_a_pipe() {
    let db = Db::new().await;
    let gzip = piped("gzip", &["-c"], CSV.as_bytes());
    for name in ["a.csv.gz", "a.csv", "a"] {
        report(&db, name, &gzip);
        assert_eq!(rows(&db).await, ROWS, "{name}");
    }
    import_stdin(&db, &[], &gzip).ok();
    assert_eq!(rows(&db).await, ROWS);
    let jsonl = piped("gzip", &["-c"], b"{\"job_id\":\"1\",\"title\":\"A\"}\n");
    report(&db, "a.jsonl.gz", &jsonl);
    assert_eq!(rows(&db).await, "1A");
}

#[tokio::test]
async fn a_truncated_compressed_file_fails_and_imports_nothing() {
    let db = Db::new().await;
    let lines: Vec<String> = (0..30_000)
        .map(|n| format!("{n},Kế Toán {}\n", n * 7919))
        .collect();
    let gzip = piped(
        "gzip",
        &["-c"],
        ("job_id,title\n".to_owned() + &lines.concat()).as_bytes(),
    );
    for end in [8, gzip.len() / 2, gzip.len() - 4] {
        let file = db.state.path().join("cut.csv.gz");
        std::fs::write(&file, &gzip[..end]).unwrap();
        db.jobinsight(&["import", file.to_str().unwrap()])
            .failed(1, "jobinsight::import::read");
    }
    assert_eq!(rows(&db).await, "");
}

#[tokio::test]
async fn separators_are_found_or_named() {
    let db = Db::new().await;
    for separator in [";", "\t", "|"] {
        report(&db, "a.csv", CSV.replace(',', separator).as_bytes());
        assert_eq!(rows(&db).await, ROWS, "{separator:?}");
    }
    let excel = format!(
        "\u{feff}sep=;\r\n{}",
        CSV.replace(',', ";").replace('\n', "\r\n")
    );
    report(&db, "a.csv", excel.as_bytes());
    assert_eq!(rows(&db).await, ROWS);
    import_stdin(&db, &["--delimiter", "^"], CSV.replace(',', "^").as_bytes()).ok();
    assert_eq!(rows(&db).await, ROWS);
    import_stdin(
        &db,
        &["--delimiter", "tab"],
        CSV.replace(',', "\t").as_bytes(),
    )
    .ok();
    assert_eq!(rows(&db).await, ROWS);
    let wrong = import_stdin(&db, &["--delimiter", "ab"], b"");
    assert_eq!(wrong.code, 2);
}

#[tokio::test]
async fn encodings_are_found_or_named() {
    let db = Db::new().await;
    for unit in [u16::to_le_bytes, u16::to_be_bytes] {
        for mark in ["\u{feff}", ""] {
            report(&db, "a.csv", &utf16(&format!("{mark}{CSV}"), unit));
            assert_eq!(rows(&db).await, ROWS);
        }
    }
    let json = "{\"job_id\":\"1\",\"title\":\"Kế\"}\r\n";
    report(
        &db,
        "a.json",
        &utf16(&format!("\u{feff}{json}"), u16::to_le_bytes),
    );
    assert_eq!(rows(&db).await, "1Kế");
    // windows-1258 has no ế: it writes ê and a mark, which are one letter in the table.
    let vietnamese = b"job_id,title\n1,K\xea\xec To\xe1n Tr\xfd\xf5\xd2ng\n2,L\xe1i Xe\n";
    import_stdin(&db, &["--encoding", "windows-1258"], vietnamese).ok();
    assert_eq!(rows(&db).await, ROWS);
    let cut = utf16(CSV, u16::to_le_bytes);
    import_stdin(&db, &["--encoding", "utf-16le"], &cut[..cut.len() - 1])
        .failed(1, "jobinsight::import::read");
    assert_eq!(import_stdin(&db, &["--encoding", "vni"], b"").code, 2);
}

#[tokio::test]
async fn lines_that_end_in_a_carriage_return_alone_are_lines() {
    let db = Db::new().await;
    report(&db, "a.csv", CSV.replace('\n', "\r").as_bytes());
    assert_eq!(rows(&db).await, ROWS);
    let json = "{\"job_id\":\"1\",\"title\":\"A\"}\r{\"job_id\":\"2\",\"title\":\"B\"}\r";
    report(&db, "a.jsonl", json.as_bytes());
    assert_eq!(rows(&db).await, "1A,2B");
}

#[tokio::test]
async fn json_arrays_and_objects_in_several_lines_are_read() {
    let db = Db::new().await;
    let objects = "{\n  \"job_id\": \"1\",\n  \"title\": \"A\"\n}";
    for text in [
        format!("[{objects},\n{}]", objects.replace('1', "2")),
        format!("{objects}\n{}\n", objects.replace('1', "2")),
        "[{\"job_id\":\"1\",\"title\":\"A\"},{\"job_id\":\"2\",\"title\":\"A\"}]".to_owned(),
        "{\"job_id\":\"1\",\"title\":\"A\"}{\"job_id\":\"2\",\"title\":\"A\"}".to_owned(),
        "{\"job_id\":\"1\",\n\"title\":\"A\"}\n{\"job_id\":\"2\",\n\"title\":\"A\"}\n".to_owned(),
    ] {
        for name in ["a.json", "a.txt"] {
            report(&db, name, text.as_bytes());
            assert_eq!(rows(&db).await, "1A,2A", "{text}");
        }
    }
    let file = db.state.path().join("cut.json");
    std::fs::write(&file, format!("[{objects},\n")).unwrap();
    db.jobinsight(&["import", file.to_str().unwrap()])
        .failed(1, "jobinsight::import::read");
    assert_eq!(rows(&db).await, "");
}

#[tokio::test]
async fn values_that_are_not_objects_and_nan_are_handled_record_by_record() {
    let db = Db::new().await;
    let text = concat!(
        "{\"job_id\":\"1\",\"title\":\"A\",\"salary\":NaN}\n",
        "[1]\n\"a\"\n7\n",
        "{\"job_id\":\"2\",\"title\":\"B\",\"title\":\"C\"}\n",
        "{\"index\":{\"_id\":\"3\"}}\n",
        "{\"job_id\":\"3\",\"title\":\"C\"}\n",
        "{\"job_id\":\"4\",\"title\":\"D\"}\n",
        "{\"job_id\":\"5\",\"title\":\"E\"}\n",
    );
    let report = report(&db, "a.jsonl", text.as_bytes());
    assert_eq!(
        (&report["inserted"], &report["rejected"], &report["skipped"]),
        (&4.into(), &4.into(), &1.into()),
        "{report}"
    );
    let causes: Vec<_> = report["rejects"]
        .as_array()
        .unwrap()
        .iter()
        .map(|bad| bad["cause"].as_str().unwrap())
        .collect();
    assert_eq!(
        causes,
        ["not_object", "not_object", "not_object", "repeated_name"]
    );
}

#[tokio::test]
async fn workbooks_and_other_archives_are_refused_with_advice() {
    let db = Db::new().await;
    for (head, advice) in [
        (&b"PK\x03\x04xl/workbook"[..], "CSV UTF-8"),
        (b"BZh91AY", "bzip2 -dc"),
        (b"\xfd7zXZ\0\0", "xz -dc"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "CSV UTF-8"),
        (b"<!DOCTYPE html>\n<html>", "login page"),
    ] {
        let import = import_stdin(&db, &[], head);
        import.failed(2, "jobinsight::import::format");
        let help = import.object()["error"]["help"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(help.contains(advice), "{help}");
    }
}

#[tokio::test]
async fn a_full_stdout_and_a_closed_stderr_do_not_end_in_a_panic() {
    let db = Db::new().await;
    let file = db.state.path().join("a.csv");
    std::fs::write(&file, "job_id,title\n1,A\n2\n").unwrap();
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let import = db
        .command(&["import", file.to_str().unwrap()])
        .stdout(full)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let output = import.wait_with_output().unwrap();
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(
        !log.contains("panicked") && output.status.code() != Some(101),
        "{log}"
    );
    let mut import = db
        .command(&["import", "/nowhere.csv"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(import.stderr.take());
    assert_eq!(import.wait_with_output().unwrap().status.code(), Some(2));
}

#[tokio::test]
async fn an_open_quote_rejects_one_line_and_many_of_them_end_the_import() {
    let db = Db::new().await;
    let csv = "job_id,title\n1,\"Kế\nToán\"\n2,\"Kho\n3,A\n4,B\n";
    let once = report(&db, "a.csv", csv.as_bytes());
    assert_eq!(
        (&once["inserted"], &once["rejected"]),
        (&3.into(), &1.into())
    );
    let bad = &once["rejects"][0];
    assert_eq!((&bad["line"], &bad["cause"]), (&4.into(), &"quote".into()));
    assert_eq!(
        bad["reason"],
        "a quote opens a field in line 4 and is never closed"
    );
    let file = db.state.path().join("many.csv");
    let many = "job_id,title\n".to_owned() + &"a\",\"b\n".repeat(1_500_000);
    std::fs::write(&file, many).unwrap();
    let import = db.json(&["import", file.to_str().unwrap()]);
    import.failed(1, "jobinsight::import::read");
    assert!(
        import
            .error_message()
            .contains("a quote opens a field in line"),
        "{}",
        import.error_message()
    );
}
