//! `--quiet`, `NO_COLOR`, and terminals without colors.

use jobinsight_tests::{Db, Terminal};

use super::{has_progress, held, release, run};

/// The code of a terminal that begins a color.
const COLOR: &str = "\u{1b}[3";

#[tokio::test]
async fn quiet_shows_only_warnings_errors_and_the_results() {
    let db = Db::new().await;
    let blocker = held(&db).await;
    let terminal = Terminal::spawn(run(&db, &["run", "--quiet"], &[]), 100, 30);
    db.wait_for("SELECT count(*) FROM jobinsight_staging.etl_batches WHERE state = 'claimed'")
        .await;
    // Longer than the time between two drawings.
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let screen = terminal.screen();
    assert!(
        !has_progress(&screen) && !screen.contains("INFO"),
        "{screen}"
    );
    release(blocker).await;
    let ended = terminal.end();
    assert!(ended.screen.contains("Done in"), "{}", ended.screen);
    let piped = db.jobinsight(&["run", "-q"]).ok();
    assert_eq!(piped.stderr, "");
    assert!(piped.stdout.contains("nothing to do"), "{}", piped.stdout);
    let unknown = db.jobinsight_with(&["run", "-q"], &[("ETL_MOOD", "1")]);
    assert!(unknown.stderr.contains("WARN"), "{}", unknown.stderr);
    db.break_contract().await;
    db.jobinsight(&["run", "-q"])
        .failed(4, "jobinsight::contract::missing_column");
}

#[tokio::test]
async fn quiet_excludes_verbose_and_a_level() {
    let db = Db::new().await;
    for more in [&["-v"][..], &["--log-level", "debug"]] {
        let typed = [&["run", "-q"], more].concat();
        assert_eq!(db.jobinsight(&typed).code, 2, "{more:?}");
    }
}

#[tokio::test]
async fn no_color_removes_every_color() {
    let db = Db::new().await;
    let blocker = held(&db).await;
    // An empty variable has no meaning: see https://no-color.org.
    for (value, has_colors) in [("", true), ("1", false)] {
        let env = [("NO_COLOR", value)];
        let terminal = Terminal::spawn(run(&db, &["run"], &env), 100, 30);
        terminal.wait_for(&["0 of 4 rows"]);
        terminal.signal("-INT");
        let ended = terminal.end();
        assert_eq!(
            ended.written.contains(COLOR),
            has_colors,
            "{}",
            ended.written
        );
        let error = ended.written.split("Error: ").nth(1).unwrap_or_default();
        assert_eq!(error.contains(COLOR), has_colors, "{error}");
    }
    let usage = |value| {
        let mut command = run(&db, &["run", "--unknown"], &[]);
        command.env("NO_COLOR", value);
        Terminal::spawn(command, 100, 30).end().written
    };
    assert!(!usage("1").contains("\u{1b}["), "{}", usage("1"));
    release(blocker).await;
}

#[tokio::test]
async fn a_terminal_that_cannot_move_its_cursor_and_a_json_log_get_no_lines() {
    let db = Db::new().await;
    let blocker = held(&db).await;
    for env in [("TERM", "dumb"), ("ETL_LOG_FORMAT", "json")] {
        let terminal = Terminal::spawn(run(&db, &["run"], &[env, ("NO_COLOR", "1")]), 200, 30);
        terminal.wait_for(&["4 rows go through"]);
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        terminal.signal("-INT");
        let written = terminal.end().written;
        assert!(!written.contains('\u{1b}'), "{env:?}: {written}");
    }
    release(blocker).await;
}
