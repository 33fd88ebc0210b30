//! Custom rules: files that extend the tables of rules without a rebuild.

use std::path::Path;

use jobinsight_tests::{CommandOutput, Db, jobinsight, without_digest};

/// A folder with these files of rules.
fn tables(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    dir
}

fn with_rules(args: &[&str], folder: &Path) -> CommandOutput {
    jobinsight(args, &[("ETL_RULES_DIR", folder.to_str().unwrap())])
}

/// The clean values and the rule set of the only row.
async fn row(db: &Db) -> String {
    let sql = "SELECT concat_ws(' | ', title_clean, company_name_standardized, location, rule_set) FROM jobinsight_staging.staging_jobs";
    without_digest(&db.one(sql).await)
}

#[tokio::test]
async fn rows_are_reprocessed_when_rule_files_change() {
    let db = Db::new().await;
    let fields = [
        ("title", "Kế Toán - Sân Chơi Cho Bé"),
        ("company_name", "ECO Chào Bạn"),
        ("location", "SGN"),
    ];
    db.posting("1", &fields).await;
    let before = "Kế Toán - Sân Chơi Cho Bé | Eco Chào Bạn | SGN | standard/25000";
    db.json(&["run"]).ok();
    assert_eq!(row(&db).await, before);

    let dir = tables(&[
        ("title_tails.txt", "# ours\nsân chơi\n"),
        // An editor on Windows writes a file like this.
        ("acronyms.txt", "\u{FEFF}eco\r\n"),
        ("recruiting.txt", "chào bạn\n"),
        ("provinces.txt", "VN-SG | Hồ Chí Minh | SGN\n"),
        ("README.md", "no table\n"),
    ]);
    let theirs = [("ETL_RULES_DIR", dir.path().to_str().unwrap())];
    let run = db.json_with(&["run"], &theirs).ok();
    assert_eq!((run.stat("updated"), run.stat("unchanged")), (1, 0));
    let rules = without_digest(run.object()["rules"].as_str().unwrap());
    let mark = rules.strip_prefix("standard+").unwrap().to_owned();
    assert_eq!(mark.len(), 8);
    let made = format!("Kế Toán | ECO | Hồ Chí Minh | {rules}/25000");
    assert_eq!(row(&db).await, made);
    let ledger = "SELECT settings->>'rules_dir' FROM jobinsight_staging.etl_runs ORDER BY started_at DESC LIMIT 1";
    assert_eq!(db.one(ledger).await, mark);

    // A comment changes nothing. A removed rule changes the row.
    std::fs::write(dir.path().join("acronyms.txt"), "# a word\n\n  eco\n").unwrap();
    let run = db.json_with(&["run"], &theirs).ok();
    assert_eq!((run.stat("updated"), run.stat("unchanged")), (0, 1));
    std::fs::remove_file(dir.path().join("acronyms.txt")).unwrap();
    db.json_with(&["run"], &theirs).ok();
    assert!(row(&db).await.starts_with("Kế Toán | Eco | Hồ Chí Minh"));
    db.json(&["run"]).ok();
    assert_eq!(row(&db).await, before);
}

#[tokio::test]
async fn a_built_in_rule_can_be_removed() {
    let db = Db::new().await;
    db.posting("1", &[("title", "Kế Toán - Hybrid")]).await;
    db.json(&["run"]).ok();
    assert!(row(&db).await.starts_with("Kế Toán |"));
    let dir = tables(&[(
        "title_tails.txt",
        "- * hybrid | not before: cloud, app, mobile, casual, - casual\n",
    )]);
    let theirs = [("ETL_RULES_DIR", dir.path().to_str().unwrap())];
    db.json_with(&["run"], &theirs).ok();
    assert!(row(&db).await.starts_with("Kế Toán - Hybrid |"));
}

#[tokio::test]
async fn a_custom_rule_never_empties_a_title() {
    let db = Db::new().await;
    db.posting("1", &[("title", "Kế Toán Trưởng")]).await;
    let dir = tables(&[("title_tails.txt", "kế toán\n")]);
    let theirs = [("ETL_RULES_DIR", dir.path().to_str().unwrap())];
    let run = db.json_with(&["run"], &theirs).ok();
    assert!(row(&db).await.starts_with("Kế Toán Trưởng |"));
    assert_eq!(run.object()["warnings"]["title"]["title_kept"], 1);
}

#[tokio::test]
async fn v1_ignores_custom_rules_and_says_so() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    let dir = tables(&[("acronyms.txt", "eco")]);
    let env = [
        ("ETL_RULES_DIR", dir.path().to_str().unwrap()),
        ("ETL_RULES", "v1"),
    ];
    let run = db.json_with(&["run"], &env).ok().object();
    assert!(run["notes"].to_string().contains("rules_dir"), "{run}");
    assert_eq!(run["rules"], "v1");
}

#[tokio::test]
async fn a_retry_keeps_its_rules_unless_other_settings_are_typed() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    db.post("2", "").await;
    db.json_with(&["run"], &[("ETL_INTEGRITY_MIN_REJECTS", "0")])
        .failed(3, "jobinsight::quality::integrity");
    let dir = tables(&[("acronyms.txt", "eco")]);
    let env = [
        ("ETL_RULES_DIR", dir.path().to_str().unwrap()),
        ("ETL_INTEGRITY_THRESHOLD", "0"),
    ];
    let retry = db.json_with(&["retry", "--current-settings"], &env);
    let notes = retry.ok().object()["notes"].to_string();
    assert!(
        notes.contains("the work is planned again") && notes.contains("rules_dir"),
        "{notes}"
    );
}

#[test]
fn an_invalid_rule_is_shown_in_its_file() {
    for (file, text, place, reason) in [
        (
            "title_tails.txt",
            "# ours\nlương 20\n",
            "title_tails.txt:2:1",
            "`20` is not a word",
        ),
        (
            "acronyms.txt",
            "eco\n\na&b c\n",
            "acronyms.txt:3:1",
            "`a&b`",
        ),
        (
            "recruiting.txt",
            "- gấp\n- gap\n",
            "recruiting.txt:2:1",
            "recruiting has no line `gap`",
        ),
        (
            "legal_forms.txt",
            "Doanh nghiệp\n",
            "legal_forms.txt:1:1",
            "a legal form is written",
        ),
        (
            "legal_forms.txt",
            "Doanh nghiệp | - | cty\n",
            "legal_forms.txt:1:1",
            "found as `Công ty` already",
        ),
        (
            "legal_forms.txt",
            "Cty Hợp danh | - | ctyhd\n",
            "legal_forms.txt:1:1",
            "would become",
        ),
        (
            "provinces.txt",
            "VN-HN | Hà Nội | Sài Gòn\n",
            "provinces.txt:1:1",
            "a spelling of Hồ Chí Minh too",
        ),
    ] {
        let dir = tables(&[(file, text)]);
        for args in [["run"].as_slice(), &["rules", "list"]] {
            let folder = dir.path().to_str().unwrap();
            let env = [
                ("ETL_RULES_DIR", folder),
                ("ETL_STATE_DIR", folder),
                ("DATABASE_URL", "postgresql://x@127.0.0.1:1/x"),
            ];
            let run = jobinsight(args, &env);
            run.failed(2, "jobinsight::rules::bad_line");
            // A line of the message may be wrapped.
            let words: String = run.stderr.split_whitespace().collect();
            for wanted in [place, reason] {
                let wanted: String = wanted.split_whitespace().collect();
                assert!(
                    words.replace('│', "").contains(&wanted),
                    "{wanted} in\n{}",
                    run.stderr
                );
            }
        }
    }
}

#[test]
fn unknown_rule_files_and_missing_folders_are_errors() {
    let dir = tables(&[("acronym.txt", "eco")]);
    let run = with_rules(&["config", "show"], dir.path());
    run.failed(2, "jobinsight::rules::unknown_table");
    assert!(run.stderr.contains("`acronyms`"), "{}", run.stderr);
    let run = with_rules(&["config", "show"], &dir.path().join("nowhere"));
    run.failed(2, "jobinsight::rules::unreadable");
    // A wrong value in the settings file is shown with its line.
    let file = dir.path().join("my.toml");
    std::fs::write(&file, "timeout = 5\nrules_dir = \"nowhere\"\n").unwrap();
    let args = ["config", "show", "--config", file.to_str().unwrap()];
    let shown = jobinsight(&args, &[]);
    shown.failed(2, "jobinsight::rules::unreadable");
    assert!(shown.stderr.contains("my.toml:2:1"), "{}", shown.stderr);
}

#[test]
fn rules_list_and_rules_show_include_custom_lines() {
    let dir = tables(&[(
        "title_tails.txt",
        "sân chơi\n- * hybrid | not before: cloud, app, mobile, casual, - casual\n",
    )]);
    let listed = with_rules(&["rules", "list", "--format", "json"], dir.path()).ok();
    let listed = listed.object();
    let rules = without_digest(listed["rules"].as_str().unwrap());
    assert!(rules.starts_with("standard+"), "{rules}");
    let all = listed["tables"].as_array().unwrap();
    let tails = all.iter().find(|table| table["table"] == "title_tails");
    let tails = tails.unwrap();
    assert_eq!(
        (&tails["own_lines"], &tails["taken_away"], &tails["phase"]),
        (&1.into(), &1.into(), &"data_processing".into())
    );
    let text = with_rules(&["rules", "list"], dir.path()).ok().stdout;
    assert!(
        text.contains("+1 -1") && text.contains("recruiting"),
        "{text}"
    );
    let shown = with_rules(&["rules", "show", "title_tails"], dir.path()).ok();
    for wanted in ["thu nhập", "<pay>", "sân chơi", "title_tails.txt"] {
        assert!(shown.stdout.contains(wanted), "{wanted}");
    }
    with_rules(&["rules", "show", "tails"], dir.path())
        .failed(2, "jobinsight::rules::unknown_table");
    let shown = with_rules(&["config", "show"], dir.path()).ok();
    assert!(shown.stdout.contains(dir.path().to_str().unwrap()));
}
