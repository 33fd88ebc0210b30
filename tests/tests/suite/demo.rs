//! The demo: its results, its server, and signals that stop it.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use jobinsight_core::Settings;
use jobinsight_core::failpoints::before;
use jobinsight_sql::scripts::MEDIAN_PAY;
use jobinsight_tests::{CommandOutput, RunningCommand, command, failpoint, jobinsight, server_dir};

/// A state directory of its own. The server in it is deleted when the test ends.
struct State(PathBuf);

impl State {
    fn new(name: &str) -> Self {
        let name = format!("jobinsight-demo-{name}-{}", std::process::id());
        Self(server_dir().with_file_name(name))
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = command(args);
        command.env("ETL_STATE_DIR", &self.0);
        command
    }

    fn jobinsight(&self, args: &[&str]) -> CommandOutput {
        CommandOutput::of(&self.command(args).output().unwrap())
    }

    /// Starts the demo in a process group of its own, as a shell does.
    fn spawn(&self, env: &[(&str, &str)]) -> RunningCommand {
        let mut demo = self.command(&["demo"]);
        demo.envs(env.iter().copied()).process_group(0);
        RunningCommand::spawn(demo)
    }

    /// Fails the test if a process works on the server of this directory. The `pg_ctl stop` of a first Ctrl-C does not count: it
    /// looks ten times a second whether the server still runs, so it may end after the server that a second Ctrl-C stopped.
    fn assert_no_server(&self) {
        let all = Command::new("ps").args(["-eo", "args="]).output().unwrap();
        let all = String::from_utf8(all.stdout).unwrap();
        let mut works = all.lines().filter(|line| line.contains(self.path()));
        let server = works.find(|line| !line.contains("pg_ctl stop"));
        assert_eq!(server, None, "the server is stopped");
    }
}

impl Drop for State {
    fn drop(&mut self) {
        self.jobinsight(&["db", "destroy"]);
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Stops the demo in a phase that works for an hour.
const FOREVER: &str = "sleep(3600000)";

#[test]
fn the_demo_shows_its_results_and_stops_its_server() {
    let state = State::new("plain");
    let words = [(state.path(), "STATE_DIR")];
    crate::wording::compare("demo", state.command(&["demo"]), &["demo"], &[], &words).ok();
    state.assert_no_server();

    let json = |args: &[&str]| {
        state
            .jobinsight(&[args, &["--format", "json"]].concat())
            .ok()
    };
    assert_eq!(json(&["db", "start"]).object()["started"], true);
    assert_eq!(json(&["demo"]).stat("total_records"), 600);
    let stopped = json(&["db", "stop"]).object();
    assert_eq!(
        stopped["stopped"], true,
        "a server that ran before the demo is left running"
    );
}

/// A line without its spaces. Measured numbers are masked.
fn masked(line: &str) -> String {
    let is_measured = line.starts_with("Done in") || line.contains(" done ");
    let words = line.split_whitespace().map(|word| {
        if is_measured && word.contains('.') && word.parse::<f64>().is_ok() {
            "#"
        } else {
            word
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn the_readme_shows_what_the_demo_prints() {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let shown = readme
        .split_once("The demo prints:\n\n```text\n")
        .unwrap()
        .1;
    let shown = shown.split_once("```").unwrap().0;
    let state = State::new("readme");
    let mut demo = state.command(&["demo"]);
    let demo = demo.env("COLUMNS", "110").output().unwrap();
    let demo = CommandOutput::of(&demo).ok().stdout;
    let mut printed = demo.lines().map(masked);
    // Lines are left out of the README only where it says so, and nothing is left out before the first such place.
    let mut is_cut = false;
    let _ = printed.next();
    for line in shown.lines() {
        if line.trim() == "…" {
            is_cut = true;
            continue;
        }
        let line = masked(line);
        let is_next = if is_cut {
            printed.any(|printed| printed == line)
        } else {
            printed.next().as_ref() == Some(&line)
        };
        assert!(is_next, "the demo does not print {line:?} here:\n{demo}");
        is_cut = false;
    }
}

#[test]
fn the_readme_shows_the_question_that_the_demo_answers() {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let script = MEDIAN_PAY.render(&Settings::default());
    let statement = script.sql().lines().filter(|line| !line.starts_with("--"));
    let statement = statement.collect::<Vec<_>>().join("\n");
    let statement = statement.replace("\"jobinsight_staging\"", "jobinsight_staging");
    assert!(
        readme.contains(&format!("```sql\n{statement}\n```")),
        "README.md does not show this statement:\n{statement}"
    );
}

#[test]
fn every_command_that_the_kept_demo_prints_works() {
    let state = State::new("kept");
    let args = ["--state-dir", state.path(), "demo", "--keep"];
    let program = command(&[]).get_program().to_str().unwrap().to_owned();
    let words = [
        (program.as_str(), "jobinsight"),
        (state.path(), "STATE_DIR"),
    ];
    let kept = crate::wording::compare("demo_keep", command(&args), &args, &[], &words).ok();
    let printed = kept.stdout.split_once("Type this first").unwrap().1;
    let typed: Vec<&str> = printed
        .lines()
        .filter_map(|line| line.strip_prefix("  "))
        .map(|line| line.split("   ").next().unwrap())
        .collect();
    let [address, commands @ ..] = &typed[..] else {
        panic!("{printed}");
    };
    let sh = |line: &str| {
        let mut shell = Command::new("sh");
        shell.args(["-euc", line]).stdin(Stdio::null());
        shell.env_remove("DATABASE_URL").env_remove("ETL_STATE_DIR");
        let folder = Path::new(&program).parent().unwrap().display();
        shell.env(
            "PATH",
            format!("{folder}:{}", std::env::var("PATH").unwrap()),
        );
        CommandOutput::of(&shell.output().unwrap()).ok().stdout
    };
    let expected = [
        ("status", "597"),
        ("explain-row 9000302", "Mobile Engineer"),
        ("explain-row 9000078", "title_missing"),
        ("db psql", "597"),
        ("db stop", "Stopped"),
        ("db destroy", "deleted its data"),
    ];
    assert_eq!(commands.len(), expected.len(), "{printed}");
    let stopped = format!("{program} --state-dir {} db start", state.path());
    for (line, (command, result)) in commands.iter().zip(expected) {
        assert!(line.contains(command), "{line}");
        let line = match command {
            "db psql" => {
                format!("{line} -Atc 'SELECT count(*) FROM jobinsight_staging.staging_jobs'")
            }
            // A stopped server can be started again, and has its data.
            "db destroy" => format!("{stopped} && {address} && {} && {line}", commands[0]),
            _ => (*line).to_owned(),
        };
        let shown = sh(&format!("{address}; {line}"));
        assert!(shown.contains(result), "{line}: {shown}");
    }
    assert!(!Path::new(state.path()).join("postgres").exists());
    state.assert_no_server();
}

#[test]
fn ctrl_c_stops_the_demo_and_its_server_and_advises_to_start_again() {
    for keep in [false, true] {
        let state = State::new("interrupt");
        let mut demo = state.command(if keep { &["demo", "--keep"] } else { &["demo"] });
        let (name, value) = failpoint(before("data_processing"), FOREVER);
        demo.env(name, value)
            .env("ETL_LOG_LEVEL", "info")
            .process_group(0);
        let demo = RunningCommand::spawn(demo);
        demo.wait_for_log("phase done");
        demo.signal_group("-INT");
        let demo = demo.end();
        demo.failed(130, "jobinsight::run::interrupted");
        assert!(
            demo.stderr.contains("Ctrl-C stopped the demo"),
            "{}",
            demo.stderr
        );
        assert!(
            demo.stderr.contains("jobinsight demo, which starts again"),
            "{}",
            demo.stderr
        );
        assert!(!demo.stderr.contains("retry"), "{}", demo.stderr);
        state.assert_no_server();
    }
}

/// Types Ctrl-C, and again when the demo is stopping.
fn interrupt_twice(demo: RunningCommand) {
    demo.signal_group("-INT");
    demo.wait_for_log("stopping the demo");
    demo.signal_group("-INT");
    assert_eq!(demo.end().code, 130);
}

#[test]
fn a_second_ctrl_c_leaves_no_server_running() {
    let state = State::new("second");
    let demo = state.spawn(&[
        failpoint(before("data_processing"), FOREVER),
        ("ETL_LOG_LEVEL", "info"),
    ]);
    demo.wait_for_log("phase done");
    interrupt_twice(demo);
    state.assert_no_server();
}

#[test]
fn a_second_ctrl_c_while_the_server_starts_leaves_no_server_running() {
    let state = State::new("starting");
    let demo = state.spawn(&[]);
    // The lock is taken before the cluster is created, which takes a second.
    while !state.0.join("postgres/data").exists() {
        std::thread::sleep(Duration::from_millis(2));
    }
    interrupt_twice(demo);
    state.assert_no_server();
}

#[test]
fn a_server_that_ran_before_the_demo_survives_a_second_ctrl_c() {
    let state = State::new("before");
    jobinsight(&["db", "start"], &[("ETL_STATE_DIR", state.path())]).ok();
    let demo = state.spawn(&[
        failpoint(before("data_processing"), FOREVER),
        ("ETL_LOG_LEVEL", "info"),
    ]);
    demo.wait_for_log("phase done");
    interrupt_twice(demo);
    let stopped = state.jobinsight(&["db", "stop", "--format", "json"]).ok();
    assert_eq!(stopped.object()["stopped"], true);
}
