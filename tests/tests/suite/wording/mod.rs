//! Snapshots of the texts that users read: each file in `snapshots/` is one command and everything that it prints.
//!
//! A change of wording fails the test and shows a diff. To accept it:
//! `INSTA_UPDATE=always cargo test -p jobinsight-tests --test suite wording`, then read `git diff`.

mod errors;
mod explain;
mod help;
mod ledger;
mod settings;

use std::path::Path;
use std::process::Command;

use jobinsight_tests::{CommandOutput, Db, command};
use serde_json::Value;

/// The folder of the snapshots.
pub(crate) const SNAPSHOTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suite/snapshots");

/// Values that differ from run to run or from machine to machine, and the words that replace them. The order matters.
const MASKS: [(&str, &str); 25] = [
    (r"127\.0\.0\.1", "HOST"),
    (r"HOST:\d{4,5}", "HOST:PORT"),
    (
        r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)?",
        "TIME",
    ),
    (
        r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}",
        "RUN",
    ),
    // Measured times and sizes, as they are in sentences, in logs, in JSON and in the two tables of phases.
    (r"[\d.]+ (s|ms|MB|GB)\b", "# $1"),
    (r"(duration_s|busy_s|cpu_s)=[\d.e-]+", "$1=#"),
    (r"rss_mb=\S+ \(peak [\d.]+\)", "rss_mb=#"),
    (
        r#""(\w+_s|\w+_mb|duration_seconds)": [\d.e-]+"#,
        r#""$1": #"#,
    ),
    (
        r"(?m)^ (\w+) +(done|failed|skipped|stopped) +[\d.]+ +[\d.]+ +[\d.]+ +[\d.]+ ",
        " $1  $2  #  #  #  # ",
    ),
    (
        r"(?m)^ (\d) +(\w+) +(done|failed|skipped|stopped) +[\d.]+ +[\d.]+ ",
        " $1  $2  $3  #  # ",
    ),
    (r"TIME +\d+\.\d+ ", "TIME  # "),
    // The machine and its server.
    (r#""(host|version|database)": "[^"]+""#, r#""$1": "…""#),
    (r#""port": \d+"#, r#""port": #"#),
    (r"TIME, \d+ (minute|hour|day)s? ago", "TIME, # ago"),
    (r"on \S+ \(pid \d+\)", "on MACHINE (pid PID)"),
    (r"Process \d+ on [^ :]+", "Process PID on MACHINE"),
    (r"(?m)^ version +ok .*", " version  ok  VERSION"),
    (r"\d+ free, ", "# free, "),
    // A column is as wide as its widest value.
    (r"(\S)  +", "$1  "),
    (r"(?m) +$", ""),
    (r"(?m)^─+$", "────────"),
    // Rules are added often.
    (r"(?m)^      (\w+), line \d+:", "      $1, line #:"),
    (
        r"(?m)^ (\w+)  data_processing  \d+ ",
        " $1  data_processing  # ",
    ),
    (r"standard@[0-9a-f]{8}", "standard@DIGEST"),
    (r"standard@DIGEST\+[0-9a-f]{8}", "standard@DIGEST+MARK"),
];

/// Compares what a command prints without a database with its snapshot.
fn snapshot(name: &str, args: &[&str], env: &[(&str, &str)]) -> CommandOutput {
    snapshot_in(tempfile::tempdir().unwrap().path(), name, args, env)
}

/// [`snapshot`] in this folder, where a settings file or a folder of rules may lie.
fn snapshot_in(folder: &Path, name: &str, args: &[&str], env: &[(&str, &str)]) -> CommandOutput {
    let mut command = command(args);
    command.current_dir(folder).env("ETL_STATE_DIR", "state");
    compare(name, command, args, env, &[])
}

/// Compares what a command prints about this database with its snapshot.
fn snapshot_of(db: &Db, name: &str, args: &[&str], env: &[(&str, &str)]) -> CommandOutput {
    let words = [
        (db.state.path().to_str().unwrap(), "STATE_DIR"),
        (db.url.rsplit('/').next().unwrap(), "DATABASE"),
    ];
    compare(name, db.command(args), args, env, &words)
}

/// Runs the command and compares it with `snapshots/NAME.snap`. Each of `words` is a text and the mask for it.
pub(crate) fn compare(
    name: &str,
    mut command: Command,
    args: &[&str],
    env: &[(&str, &str)],
    words: &[(&str, &str)],
) -> CommandOutput {
    let is_help = args.contains(&"--help");
    // Only help is wrapped: elsewhere, where a line breaks depends on values that are masked.
    let columns = if is_help { "100" } else { "1000" };
    command.env("COLUMNS", columns).envs(env.iter().copied());
    let output = CommandOutput::of(&command.output().unwrap());
    let stderr = if output.stderr.is_empty() {
        String::new()
    } else {
        format!("── stderr ──\n{}", output.stderr)
    };
    let mut text = format!(
        "$ {}\n{}{stderr}── exit {} ──",
        line(args, env),
        pretty(&output.stdout),
        output.code
    );
    for (word, mask) in words {
        text = text.replace(word, mask);
    }
    let text = without_other_phases(&text);
    let mut settings = insta::Settings::new();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_snapshot_path(SNAPSHOTS);
    settings.set_omit_expression(true);
    if !is_help {
        settings.set_filters(MASKS.to_vec());
    }
    settings.bind(|| insta::assert_snapshot!(name, text));
    output
}

/// The text without the rows of `phases` and the settings that belong to phases outside the default pipeline, so that a
/// new phase changes no snapshot.
fn without_other_phases(text: &str) -> String {
    let pipeline = jobinsight_core::Settings::default().pipeline;
    let mut in_other_phase = false;
    let keep = |line: &&str| {
        // A phase outside the pipeline has a dash for its position, and the next lines of its row are indented.
        in_other_phase = line.starts_with(" -  ") || in_other_phase && line.starts_with("   ");
        let setting = line.trim_start().strip_prefix("phases.");
        let phase = setting.and_then(|path| path.split('.').next());
        !in_other_phase && phase.is_none_or(|name| pipeline.iter().any(|listed| listed == name))
    };
    text.split_inclusive('\n').filter(keep).collect()
}

/// The command as a person types it in a shell.
fn line(args: &[&str], env: &[(&str, &str)]) -> String {
    let quoted = |arg: &&str| {
        if arg.contains([' ', '"', '*']) {
            format!("'{arg}'")
        } else {
            (*arg).to_owned()
        }
    };
    let set = env.iter().map(|(name, value)| format!("{name}={value}"));
    let typed = args.iter().map(quoted);
    let words = set.chain(["jobinsight".to_owned()]).chain(typed);
    words.collect::<Vec<_>>().join(" ")
}

/// A JSON object over several lines, and any other text as it is.
fn pretty(stdout: &str) -> String {
    match serde_json::from_str::<Value>(stdout) {
        Ok(object @ Value::Object(_)) => format!("{object:#}\n"),
        _ => stdout.to_owned(),
    }
}
