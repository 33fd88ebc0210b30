//! Commands as a user types them: their output and their exit codes.

use std::os::unix::fs::symlink;
use std::process::Command;

use jobinsight_tests::{CommandOutput, Db, command, jobinsight};

#[test]
fn completions_are_printed_for_the_usual_shells() {
    for shell in ["bash", "zsh", "fish"] {
        let script = jobinsight(&["completions", shell], &[]).ok();
        assert!(script.stdout.contains("jobinsight"), "{shell}");
    }
}

#[test]
fn completions_are_for_the_name_of_the_program_that_was_called() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("acme-etl");
    symlink(command(&[]).get_program(), &program).unwrap();
    let bash = Command::new(&program)
        .args(["completions", "bash"])
        .output();
    let script = String::from_utf8(bash.unwrap().stdout).unwrap();
    // A shell that has read the script completes this name.
    let asked = format!("{script}\ncomplete -p acme-etl");
    let known = Command::new("bash").args(["-c", &asked]).output().unwrap();
    let known = String::from_utf8_lossy(&known.stdout).into_owned();
    assert!(known.ends_with(" acme-etl\n"), "{known}");
    assert!(!script.contains("jobinsight"), "{script}");
}

#[test]
fn each_command_has_a_manual_page_that_man_can_show() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("share/man1");
    jobinsight(&["man", pages.to_str().unwrap()], &[]).ok();
    let names = std::fs::read_dir(&pages).unwrap();
    let mut names: Vec<String> = names
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    // The help text lists the commands. A hidden command has no page.
    let help = jobinsight(&["--help"], &[]).ok().stdout;
    let (_, list) = help.split_once("Commands:\n").unwrap();
    let list = list.split("\n\n").next().unwrap();
    // The rest of a long description has more spaces before it.
    let commands = list.lines().filter_map(|line| line.strip_prefix("  "));
    let commands = commands.filter(|line| !line.starts_with(' '));
    let commands = commands.filter_map(|line| line.split(' ').next());
    for command in commands.filter(|command| *command != "help") {
        let page = format!("jobinsight-{command}.1");
        assert!(names.contains(&page), "{page} is not one of {names:?}");
    }
    for name in ["jobinsight.1", "jobinsight-runs-show.1"] {
        assert!(names.contains(&name.to_owned()), "{names:?}");
    }
    assert!(!names.contains(&"jobinsight-schemas.1".to_owned()));

    let page = jobinsight(&["man"], &[]).ok().stdout;
    let first = std::fs::read_to_string(pages.join("jobinsight.1")).unwrap();
    assert_eq!(page, first);
    for part in [
        ".SH NAME",
        "\\-\\-database\\-url",
        "Exit codes: 0 done",
        "retry",
    ] {
        assert!(page.contains(part), "{part} is missing in {page}");
    }
}

#[test]
fn a_manual_page_has_the_name_of_the_program_and_no_value_of_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("acme-etl");
    symlink(command(&[]).get_program(), &program).unwrap();
    let mut man = Command::new(&program);
    man.arg("man").arg(folder.path());
    let done = man
        .env("DATABASE_URL", "postgresql://me:s3cret@db/jobs")
        .status();
    assert!(done.unwrap().success());
    for name in ["acme-etl.1", "acme-etl-run.1"] {
        let page = std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert!(page.contains("acme\\-etl"), "{page}");
        assert!(!page.contains("\\fBjobinsight"), "{page}");
        assert!(!page.contains("s3cret"), "{page}");
    }
}

#[test]
fn pages_that_cannot_be_written_are_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let refused = jobinsight(&["man", file.to_str().unwrap()], &[]);
    assert_eq!(refused.code, 2);
    assert!(
        refused.stderr.contains("jobinsight::man::not_written"),
        "{}",
        refused.stderr
    );
}

#[test]
fn phases_lists_linked_phases_in_pipeline_order() {
    let listed = jobinsight(&["phases", "--format", "json"], &[])
        .ok()
        .object();
    let names: Vec<&str> = listed["phases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|phase| phase["name"].as_str().unwrap())
        .collect();
    let pipeline = jobinsight_core::Settings::default().pipeline;
    assert_eq!(
        &names[..pipeline.len()],
        pipeline,
        "those of the pipeline come first, in its order"
    );
    assert_eq!(listed["phases"][1]["settings"]["usd_vnd_rate"], 25000.0);
    let text = jobinsight(&["phases"], &[]).ok();
    assert!(
        text.stdout.contains("queue → batch") && text.stdout.contains("usd_vnd_rate"),
        "{}",
        text.stdout
    );
}

#[test]
fn a_phase_shows_what_it_needs_gives_and_drops() {
    let typed = |args: &[&str]| jobinsight(args, &[]);
    let json = typed(&["phases", "data_processing", "--format", "json"]).ok();
    let shown = json.object()["phases"].clone();
    assert_eq!(shown.as_array().unwrap().len(), 1);
    for (words, word) in [
        ("needs", "batch.title"),
        ("gives", "batch.title_clean"),
        ("drops", "batch.location_detail"),
    ] {
        let words = shown[0][words].as_array().unwrap();
        assert!(words.iter().any(|found| found == word), "{word}: {shown}");
    }
    assert_eq!(shown[0]["types"]["batch.title_clean"], "Utf8");
    let text = typed(&["phases", "data_processing"]).ok().stdout;
    let lines: Vec<String> = text
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    for line in [
        "place 4 in `pipeline`",
        "works for each batch: batch → batch",
        "needs batch.job_id (from data_loading)",
        "produces batch.title_clean (Utf8)",
        "drops batch.title",
    ] {
        assert!(
            lines.iter().any(|found| found == line),
            "no {line} in\n{text}"
        );
    }
    let text = typed(&["phases", "sql_procedures"]).ok().stdout;
    assert!(
        text.contains("VND for one USD") && text.contains("[phases.sql_procedures]"),
        "{text}"
    );
    let unknown = typed(&["phases", "data_savin"]);
    unknown.failed(2, "jobinsight::phases::unknown");
    assert!(
        unknown.stderr.contains("did you mean `data_saving`"),
        "{}",
        unknown.stderr
    );
}

#[tokio::test]
async fn a_second_run_exits_5_without_waiting_and_names_the_holder() {
    let db = Db::new().await;
    let blocker = hold_up(&db).await;
    let first = db.spawn(&["run"], &[]);
    db.wait_for("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())").await;
    let second = assert_refused(&db);
    let message = second.error_message();
    assert!(
        message.contains(": run 0") && message.contains("backend"),
        "the holder is named: {message}"
    );
    let_go(blocker).await;
    first.end().ok();
}

/// Asserts that a second run is refused while the first one works. The first run ends only after that, so a second run
/// that waits for it never ends.
pub(crate) fn assert_refused(db: &Db) -> CommandOutput {
    let refused = db.json_with(&["run"], &[FOREVER]);
    refused.failed(5, "jobinsight::run::locked");
    refused
}

/// No lock is waited for in vain. A test that asserts that a run stops waiting uses this limit, so that the limit is not
/// what ends the wait.
pub(crate) const FOREVER: (&str, &str) = ("ETL_LOCK_TIMEOUT", "3600");

/// Holds a lock that the first phases of a run need.
pub(crate) async fn hold_up(db: &Db) -> tokio_postgres::Client {
    db.json(&["run"]).ok();
    db.post("1", "Kế Toán").await;
    let blocker = db.connect().await;
    blocker
        .batch_execute("BEGIN; LOCK TABLE jobinsight_staging.etl_work IN ACCESS EXCLUSIVE MODE")
        .await
        .unwrap();
    blocker
}

/// Releases the lock now. A dropped connection would release it later, when its task runs next.
pub(crate) async fn let_go(blocker: tokio_postgres::Client) {
    blocker.batch_execute("ROLLBACK").await.unwrap();
}
