//! The lines on a terminal.

use jobinsight_core::failpoints::before;
use jobinsight_tests::{Db, Terminal, failpoint};

use super::{SIGNS, has_progress, held, release, run};
use crate::wording::SNAPSHOTS;

/// Only the lines of the progress.
const NO_LOGS: (&str, &str) = ("ETL_LOG_LEVEL", "error");

/// The texts on the terminal while a run publishes the first of two batches.
const PUBLISHING: [&str; 2] = ["0 of 4 rows", "2 of 4 rows"];

/// Values that differ from run to run. A rate is right-aligned, and a bar fills the row.
const MASKS: [(&str, &str); 6] = [
    (r"[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]", "⠋"),
    (r"[━╸─]+", "━━──"),
    (r" +[\d.,]+(/s?)", "  #$1"),
    (r"[\d.]+ (s|min) left", "# left"),
    (r"[\d.]+ s\b", "# s"),
    (r"(?m) +$", ""),
];

#[tokio::test]
async fn each_phase_has_a_line_with_rows_rate_and_time_left() {
    let db = Db::new().await;
    let blocker = held(&db).await;
    let views: [(&str, &[&str], u16); 4] = [
        ("progress_80", &["run"], 80),
        ("progress_120", &["run"], 120),
        ("progress_lanes_80", &["run", "-v"], 80),
        ("progress_40", &["run"], 40),
    ];
    for (name, args, columns) in views {
        let terminal = Terminal::spawn(run(&db, args, &[NO_LOGS]), columns, 24);
        let screen = terminal.wait_for(&PUBLISHING);
        for row in screen.lines() {
            assert!(row.chars().count() < usize::from(columns), "{row}");
        }
        let mut settings = insta::Settings::new();
        settings.set_prepend_module_to_snapshot(false);
        settings.set_snapshot_path(SNAPSHOTS);
        settings.set_omit_expression(true);
        settings.set_filters(MASKS.to_vec());
        settings.bind(|| insta::assert_snapshot!(name, screen));
        terminal.signal("-TERM");
        assert_eq!(terminal.end().code, Some(143));
        db.jobinsight_with(&["retry"], &[("ETL_LOCK_TIMEOUT", "1")]);
    }
    release(blocker).await;
}

#[tokio::test]
async fn the_lines_make_place_for_the_results() {
    let db = Db::new().await;
    let blocker = held(&db).await;
    let debug = run(&db, &["run"], &[("ETL_LOG_LEVEL", "debug")]);
    let terminal = Terminal::spawn(debug, 250, 60);
    let screen = terminal.wait_for(&PUBLISHING);
    let rows = screen.lines().filter(|row| row.contains(" of 4 rows"));
    assert_eq!(rows.count(), 3, "each line is drawn once:\n{screen}");
    release(blocker).await;
    let ended = terminal.end();
    assert_eq!(ended.code, Some(0), "{}", ended.screen);
    assert!(!ended.is_cursor_hidden);
    assert!(!has_progress(&ended.screen), "{}", ended.screen);
    let logged = ended
        .screen
        .lines()
        .take_while(|row| !row.starts_with("Done in"));
    for row in logged {
        let is_whole = row.starts_with("20") && row.contains('Z');
        assert!(is_whole, "a torn log line: {row}\n{}", ended.screen);
    }
    assert!(ended.screen.contains("running on"), "{}", ended.screen);
    assert!(
        ended.screen.contains("4 raw rows: 4 new"),
        "{}",
        ended.screen
    );
    assert!(
        !ended.screen.contains("phase done"),
        "the summary has the same figures:\n{}",
        ended.screen
    );
}

#[tokio::test]
async fn a_signal_leaves_a_clean_terminal() {
    let db = Db::new().await;
    let blocker = held(&db).await;
    let terminal = Terminal::spawn(run(&db, &["run"], &[]), 100, 30);
    terminal.wait_for(&PUBLISHING);
    terminal.signal("-INT");
    let ended = terminal.end();
    assert_eq!(ended.code, Some(130));
    assert!(
        ended.screen.contains("jobinsight::run::interrupted"),
        "{}",
        ended.screen
    );
    let above = ended.screen.split("Failed in").next().unwrap_or_default();
    assert!(!above.contains(SIGNS), "{}", ended.screen);
    assert!(!ended.is_cursor_hidden);
    release(blocker).await;
}

#[tokio::test]
async fn a_second_signal_leaves_a_clean_terminal_too() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    let env = [
        failpoint(before("data_processing"), "sleep(3600000)"),
        ("TOKIO_WORKER_THREADS", "2"),
    ];
    let terminal = Terminal::spawn(run(&db, &["run"], &env), 100, 30);
    terminal.wait_for(&["0 of 1 row"]);
    terminal.signal("-TERM");
    terminal.wait_for(&["a second signal ends the process at once"]);
    terminal.signal("-TERM");
    let ended = terminal.end();
    assert_eq!(ended.code, Some(143));
    assert!(!has_progress(&ended.screen), "{}", ended.screen);
    assert!(!ended.is_cursor_hidden);
}

#[tokio::test]
async fn a_killed_run_leaves_the_cursor_below_its_lines() {
    let db = Db::new().await;
    let blocker = held(&db).await;
    let terminal = Terminal::spawn(run(&db, &["run"], &[]), 100, 30);
    terminal.wait_for(&PUBLISHING);
    terminal.signal("-KILL");
    let ended = terminal.end();
    assert_eq!(ended.code, None);
    assert!(!ended.is_cursor_hidden);
    assert!(ended.written.ends_with("\r\n"), "{}", ended.written);
    release(blocker).await;
}

#[tokio::test]
async fn a_terminal_of_any_size_and_one_that_changes_its_size_stay_in_order() {
    let db = Db::new().await;
    let blocker = held(&db).await;
    let terminal = Terminal::spawn(run(&db, &["run"], &[NO_LOGS]), 20, 4);
    terminal.wait_for(&["schema_setup"]);
    terminal.resize(120, 30);
    let wide = terminal.wait_for(&PUBLISHING);
    terminal.resize(60, 30);
    let narrow = terminal.wait_for(&["data_saving     0 of 4 rows"]);
    for screen in [wide, narrow] {
        let rows = screen.lines().filter(|row| row.contains("data_saving"));
        assert_eq!(rows.count(), 1, "{screen}");
    }
    terminal.resize(1, 1);
    terminal.resize(120, 30);
    terminal.wait_for(&PUBLISHING);
    release(blocker).await;
    let ended = terminal.end();
    assert_eq!(ended.code, Some(0), "{}", ended.screen);
    assert!(!has_progress(&ended.screen), "{}", ended.screen);
}
