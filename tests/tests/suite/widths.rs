//! The layout of texts for people: no line is wider than the output, and no word is broken.

use std::collections::HashSet;

use jobinsight_tests::{CommandOutput, Db};

/// A width that no line needs.
const WIDE: &str = "100000";

fn shown(db: &Db, args: &[&str], columns: &str) -> CommandOutput {
    let env = [
        ("COLUMNS", columns),
        ("ETL_INTEGRITY_THRESHOLD", "0"),
        ("ETL_LOG_LEVEL", "error"),
    ];
    db.jobinsight_with(args, &env)
}

/// The words of a text. A word with a digit is left out, because times and sizes differ from call to call. The punctuation at the
/// end is not part of a word.
fn words(text: &str) -> HashSet<String> {
    text.split_whitespace()
        .filter(|word| !word.contains(|c: char| c.is_ascii_digit()))
        .map(|word| word.trim_matches([':', ',', ';', '.', '─']).to_owned())
        .collect()
}

/// Three good rows, and rejected rows with a long value.
async fn postings() -> Db {
    let db = Db::new().await;
    db.client
        .batch_execute("ALTER TABLE raw_jobs ALTER company_name TYPE text")
        .await
        .unwrap();
    for key in ["1", "2", "3"] {
        db.post(key, "[Hà Nội] Nhân Viên Kế Toán Tổng Hợp - Lương 20 Triệu - Thưởng Tháng 13, Du Lịch Hằng Năm").await;
    }
    db.post("4", "\u{200b}").await;
    db.posting("5", &[("company_name", &"Minh Long, ".repeat(30))])
        .await;
    assert_eq!(shown(&db, &["run"], "80").code, 0);
    db
}

#[tokio::test]
async fn no_command_breaks_a_word_or_prints_a_line_that_is_too_wide() {
    let db = postings().await;
    let commands: [&[&str]; 20] = [
        &["run", "--only-unprocessed=false"],
        &["run", "--dry-run"],
        &["run", "--dry-run", "--rules", "v1"],
        &["status"],
        &["runs", "list"],
        &["runs", "show"],
        &["rejects", "list"],
        &["rejects", "show", "5"],
        &["rejects", "show", "1"],
        &["doctor"],
        &["phases"],
        &["phases", "data_processing"],
        &["phases", "sql_procedures"],
        &["config", "show"],
        &["config", "show", "--origin"],
        &["rules", "list"],
        &["explain"],
        &["explain", "jobinsight::contract::no_key"],
        &["explain-row", "1"],
        &["explain-row", "5"],
    ];
    for args in commands {
        let wide = shown(&db, args, WIDE);
        let known = words(&(wide.stdout + &wide.stderr));
        for columns in [80, 100, 120] {
            let narrow = shown(&db, args, &columns.to_string());
            let text = narrow.stdout + &narrow.stderr;
            for word in words(&text) {
                assert!(
                    known.contains(&word),
                    "{columns}, {args:?}: `{word}` is broken in\n{text}"
                );
            }
            for line in text.lines() {
                let is_one_word = line.split_whitespace().count() == 1;
                assert!(
                    line.replace('\u{200b}', "").chars().count() <= columns || is_one_word,
                    "{columns}, {args:?}: {line}\n{text}"
                );
            }
        }
    }
}

#[tokio::test]
async fn without_a_width_a_sentence_is_one_line() {
    let db = postings().await;
    let status = db.jobinsight(&["status"]).ok().stdout;
    assert!(
        status.contains("not taken by the warehouse yet; every row is whole, at any time\n"),
        "{status}"
    );
}

#[tokio::test]
async fn explain_row_writes_a_long_value_once() {
    let db = postings().await;
    let text = shown(&db, &["explain-row", "1"], WIDE).ok().stdout;
    let long = "Nhân Viên Kế Toán Tổng Hợp - Lương 20 Triệu - Thưởng Tháng 13";
    assert_eq!(text.matches(long).count(), 1, "{text}");
    let short = "\"[Hà Nội] Nhân Viên Kế Toán Tổ…\" → ";
    assert!(text.contains(short), "{text}");
}

#[tokio::test]
async fn one_is_singular() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    let run = shown(&db, &["run"], WIDE).ok().stdout;
    assert!(run.contains("1 raw row: 1 new"), "{run}");
    let again = shown(&db, &["run"], WIDE).ok().stdout;
    assert!(
        again.contains("nothing to do: 1 row is unchanged"),
        "{again}"
    );
    let all = shown(&db, &["run", "--only-unprocessed=false"], WIDE).ok();
    assert_eq!(all.code, 0);
    let status = shown(&db, &["status"], WIDE).ok().stdout;
    assert!(status.contains("Queue     1 batch published"), "{status}");
    assert!(status.contains("Staging   1 row,"), "{status}");
    let show = shown(&db, &["runs", "show"], WIDE).ok().stdout;
    assert!(show.contains(": 1 batch, ended"), "{show}");
}
